resource "null_resource" "p" {
  connection {
    type = "ssh"
    host = self.id
  }
  provisioner "file" {
    source      = "a"
    destination = "/b"
    connection { host = self.triggers["x"] }
  }
  provisioner "remote-exec" {
    when       = destroy
    on_failure = continue
    inline     = ["echo ${self.id} ${path.cwd}"]
  }
  triggers = { x = path.root, y = terraform.workspace, z = path.module }
}

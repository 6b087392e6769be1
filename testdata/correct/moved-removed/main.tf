moved {
  from = aws_instance.old
  to   = module.new[0].aws_instance.this["a"]
}
moved {
  from = module.a
  to   = module.b
}
removed {
  from = aws_instance.gone
  lifecycle { destroy = false }
}
removed {
  from = module.gone.aws_instance.x
  lifecycle { destroy = true }
  provisioner "local-exec" {
    when    = destroy
    command = "echo ${self.id}"
  }
}
module "new" {
  source = "acme/x/aws"
  count  = 1
}
module "b" {
  source = "git::https://example.com/x.git?ref=v1"
}

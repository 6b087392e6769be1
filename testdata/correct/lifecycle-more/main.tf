resource "null_resource" "l" {
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [tags["a"], triggers, block[0].x, tags.b]
    postcondition {
      condition     = self.id != "" && null_resource.l.id != ""
      error_message = "x"
    }
  }
}
data "aws_x" "d" {
  lifecycle {
    postcondition {
      condition     = self.arch == "x86_64"
      error_message = "The image ${self.id} is wrong."
    }
  }
}
output "o" {
  value = data.aws_x.d.id
  precondition {
    condition     = data.aws_x.d.id != ""
    error_message = "x"
  }
}

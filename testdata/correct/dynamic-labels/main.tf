variable "blocks" { default = {} }
resource "x_thing" "a" {
  dynamic "setting" {
    for_each = var.blocks
    labels   = [setting.key]
    content {
      value = setting.value
    }
  }
}

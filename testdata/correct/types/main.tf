variable "a" { type = any }
variable "b" { type = list(any) }
variable "c" { type = map(set(tuple([string, number, list(bool)]))) }
variable "d" {
  type = object({
    a = string
    "b" = optional(number)
    c = optional(object({ d = optional(bool, true), e = list(string) }), { e = [] })
    f = optional(map(any), {})
  })
}
variable "e" { type = tuple([]) }
variable "f" { type = object({}) }
variable "g" { type = (string) }
variable "h" { type = list(
  object({
    x = optional(list(object({ y = optional(string, "z") })), [])
  })
) }
variable "i" { type = list }
variable "j" { type = map }
variable "k" {
  type        = bool
  default     = "true"
  nullable    = false
  sensitive   = true
  description = <<-EOT
    A long text with $${dollars} and "quotes".
  EOT
}
variable "l" {
  type    = number
  default = "5"
  validation {
    condition     = var.l > 3 && (var.k || local.x)
    error_message = "no: ${var.l}"
  }
  validation {
    condition     = can(regex("^[0-9]+$", var.l))
    error_message = "digits"
  }
}
locals { x = true }

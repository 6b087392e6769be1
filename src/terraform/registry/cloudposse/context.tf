# What all modules of Cloud Posse have: the inputs of `cloudposse/label/null`, given one by one or together as `context`, and the
# id that comes of them.
variable "context" {
  default = {}
}
variable "enabled" {
  type    = bool
  default = null
}
variable "namespace" {
  type    = string
  default = null
}
variable "tenant" {
  type    = string
  default = null
}
variable "environment" {
  type    = string
  default = null
}
variable "stage" {
  type    = string
  default = null
}
variable "name" {
  type    = string
  default = null
}
variable "attributes" {
  type    = list(string)
  default = []
}
variable "delimiter" {
  type    = string
  default = null
}
variable "label_order" {
  type    = list(string)
  default = null
}
variable "label_value_case" {
  type    = string
  default = null
}
variable "regex_replace_chars" {
  type    = string
  default = null
}
variable "id_length_limit" {
  type    = number
  default = null
}

locals {
  enabled = coalesce(var.enabled, try(var.context.enabled, null), true)

  # An argument overrides what the context says, except for attributes, which are added to it.
  label = {
    delimiter           = var.delimiter != null ? var.delimiter : try(var.context.delimiter, null)
    label_order         = var.label_order != null ? var.label_order : try(var.context.label_order, null)
    label_value_case    = var.label_value_case != null ? var.label_value_case : try(var.context.label_value_case, null)
    regex_replace_chars = var.regex_replace_chars != null ? var.regex_replace_chars : try(var.context.regex_replace_chars, null)
    id_length_limit     = var.id_length_limit != null ? var.id_length_limit : try(var.context.id_length_limit, null)
  }
  delimiter   = local.label.delimiter == null ? "-" : local.label.delimiter
  label_case  = local.label.label_value_case == null ? "lower" : local.label.label_value_case
  label_order = coalescelist(local.label.label_order == null ? [] : local.label.label_order, ["namespace", "environment", "stage", "name", "attributes"])
  not_allowed = local.label.regex_replace_chars == null ? "/[^-a-zA-Z0-9]/" : local.label.regex_replace_chars

  written = {
    namespace   = var.namespace != null ? var.namespace : try(var.context.namespace, null)
    tenant      = var.tenant != null ? var.tenant : try(var.context.tenant, null)
    environment = var.environment != null ? var.environment : try(var.context.environment, null)
    stage       = var.stage != null ? var.stage : try(var.context.stage, null)
    name        = var.name != null ? var.name : try(var.context.name, null)
  }
  allowed = { for label, text in local.written : label => text == null ? "" : replace(text, local.not_allowed, "") }
  labels = {
    for label, text in local.allowed : label =>
    local.label_case == "none" ? text : local.label_case == "title" ? title(lower(text)) : local.label_case == "upper" ? upper(text) : lower(text)
  }

  all_attributes = concat(try(var.context.attributes, null) == null ? [] : var.context.attributes, var.attributes == null ? [] : var.attributes)
  attributes = compact(distinct([
    for text in compact(distinct([for a in local.all_attributes : replace(a, local.not_allowed, "")])) :
    local.label_case == "none" ? text : local.label_case == "title" ? title(lower(text)) : local.label_case == "upper" ? upper(text) : lower(text)
  ]))

  parts   = merge(local.labels, { attributes = join(local.delimiter, local.attributes) })
  id_full = join(local.delimiter, [for part in local.label_order : local.parts[part] if local.parts[part] != ""])

  # An id that is too long is cut and ends in five characters of its MD5, so that it stays unique.
  limit   = local.label.id_length_limit == null ? 0 : local.label.id_length_limit
  room    = local.limit - (5 + length(local.delimiter))
  start   = local.room <= 0 ? "" : "${trimsuffix(substr(local.id_full, 0, local.room), local.delimiter)}${local.delimiter}"
  hash    = "${md5(local.id_full)}qrstuvwxyz"
  ending  = replace(local.label_case == "title" ? title(local.hash) : local.label_case == "upper" ? upper(local.hash) : local.hash, local.not_allowed, "")
  too_big = local.limit != 0 && length(local.id_full) > local.limit
  id      = local.too_big ? substr("${local.start}${local.ending}", 0, local.limit) : local.id_full
}

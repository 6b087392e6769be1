output "enabled" {
  value = local.enabled
}
output "id" {
  value = local.enabled ? local.id : ""
}
output "id_full" {
  value = local.enabled ? local.id_full : ""
}
output "namespace" {
  value = local.enabled ? local.labels.namespace : ""
}
output "tenant" {
  value = local.enabled ? local.labels.tenant : ""
}
output "environment" {
  value = local.enabled ? local.labels.environment : ""
}
output "stage" {
  value = local.enabled ? local.labels.stage : ""
}
output "name" {
  value = local.enabled ? local.labels.name : ""
}
output "attributes" {
  value = local.enabled ? local.attributes : []
}
output "delimiter" {
  value = local.enabled ? local.delimiter : ""
}
output "label_order" {
  value = local.label_order
}
output "regex_replace_chars" {
  value = local.not_allowed
}
output "id_length_limit" {
  value = local.limit
}
# What is given on to other modules is what was given to this one; tags are left out.
output "context" {
  value = merge(local.label, local.written, { enabled = local.enabled, attributes = compact(distinct(local.all_attributes)) })
}
output "normalized_context" {
  value = merge(local.labels, {
    enabled             = local.enabled
    attributes          = local.attributes
    delimiter           = local.delimiter
    label_order         = local.label_order
    label_value_case    = local.label_case
    regex_replace_chars = local.not_allowed
    id_length_limit     = local.limit
  })
}

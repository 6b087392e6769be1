variable "use_fullname" {
  type    = bool
  default = true
}
variable "principals" {
  type    = map(list(string))
  default = {}
}
variable "assume_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRole", "sts:TagSession"]
}
variable "assume_role_conditions" {
  type = list(object({
    test     = string
    variable = string
    values   = list(string)
  }))
  default = []
}
variable "assume_role_policy" {
  type    = string
  default = null
}
variable "policy_documents" {
  type    = list(string)
  default = []
}
variable "policy_document_count" {
  type    = number
  default = 1
}
variable "policy_name" {
  type    = string
  default = ""
}
variable "managed_policy_arns" {
  type    = set(string)
  default = []
}
variable "permissions_boundary" {
  type    = string
  default = ""
}
variable "path" {
  type    = string
  default = "/"
}
variable "instance_profile_enabled" {
  type    = bool
  default = false
}

locals {
  role_id = length(local.id) > 64 ? null : local.id
}

# One document a kind of principal, laid over one another: statements without a sid are all kept.
data "aws_iam_policy_document" "assume_role" {
  for_each = local.enabled ? var.principals : {}

  statement {
    actions = var.assume_role_actions
    principals {
      type        = each.key
      identifiers = each.value
    }
    dynamic "condition" {
      for_each = var.assume_role_conditions
      content {
        test     = condition.value.test
        variable = condition.value.variable
        values   = condition.value.values
      }
    }
  }
}

data "aws_iam_policy_document" "assume_role_aggregated" {
  count = local.enabled ? 1 : 0

  override_policy_documents = values(data.aws_iam_policy_document.assume_role)[*].json
}

resource "aws_iam_role" "default" {
  count = local.enabled ? 1 : 0

  name                 = var.use_fullname ? local.role_id : local.labels.name
  path                 = var.path
  permissions_boundary = var.permissions_boundary
  assume_role_policy   = var.assume_role_policy != null ? var.assume_role_policy : data.aws_iam_policy_document.assume_role_aggregated[0].json
}

data "aws_iam_policy_document" "default" {
  count = local.enabled && var.policy_document_count > 0 ? 1 : 0

  override_policy_documents = var.policy_documents
}

resource "aws_iam_policy" "default" {
  count = local.enabled && var.policy_document_count > 0 ? 1 : 0

  name   = var.policy_name != "" && var.policy_name != null ? var.policy_name : local.id
  path   = var.path
  policy = data.aws_iam_policy_document.default[0].json
}

resource "aws_iam_role_policy_attachment" "default" {
  count = local.enabled && var.policy_document_count > 0 ? 1 : 0

  role       = aws_iam_role.default[0].name
  policy_arn = aws_iam_policy.default[0].arn
}

resource "aws_iam_role_policy_attachment" "managed" {
  for_each = local.enabled ? var.managed_policy_arns : toset([])

  role       = aws_iam_role.default[0].name
  policy_arn = each.key
}

resource "aws_iam_instance_profile" "default" {
  count = local.enabled && var.instance_profile_enabled ? 1 : 0

  name = local.id
  role = aws_iam_role.default[0].name
}

output "name" {
  value = one(aws_iam_role.default[*].name)
}
output "arn" {
  value = one(aws_iam_role.default[*].arn)
}
output "id" {
  value = one(aws_iam_role.default[*].unique_id)
}
output "policy" {
  value = one(data.aws_iam_policy_document.default[*].json)
}
output "instance_profile" {
  value = one(aws_iam_instance_profile.default[*].name)
}

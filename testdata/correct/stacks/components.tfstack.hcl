component "x" {
  source = "./x"
  for_each = var.regions
  providers = { aws = provider.aws.configurations[each.value] }
}

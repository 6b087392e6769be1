variable "envs" {
  default = {
    dev  = { size = 1, regions = ["eu", "us"] }
    prod = { size = 3, regions = ["eu"] }
  }
}

# Each of these two needs an output of the other.
module "names" {
  source   = "./names"
  env      = "dev"
  endpoint = module.api.endpoint
}

module "api" {
  source        = "./api"
  function_name = module.names.function_name
  regions       = var.envs.dev.regions
}

module "stage" {
  source   = "./stage"
  for_each = { for k, v in var.envs : k => v if v.size > 0 }
  name     = each.key
  size     = each.value.size
  config   = { prefix = "p-${each.key}", regions = each.value.regions }
}

output "unused" { value = module.stage["dev"].all }

resource "terraform_data" "summary" {
  input = {
    leaves   = { for k, m in module.stage : k => m.all }
    flat     = flatten([for m in values(module.stage) : values(m.all)])
    names    = module.names.label
    urls     = module.names.url
    one      = one(module.stage["prod"].first[*])
    outputs  = module.stage["prod"]
    try_none = try(module.stage["none"].all, "no such instance")
    keys     = keys(module.stage)
  }
}

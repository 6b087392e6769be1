terraform {
  required_version = "~> 1.9"
  experiments      = []
  cloud {
    organization = "acme"
    workspaces { tags = ["a"] }
  }
  required_providers {
    aws = "~> 5.0"
    random = {
      source  = "hashicorp/random"
      version = ">= 3"
    }
  }
  provider_meta "x" { module_name = "y" }
}
terraform {
  required_providers {
    null = { source = "hashicorp/null" }
  }
}

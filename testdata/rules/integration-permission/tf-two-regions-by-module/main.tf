provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "eu"
  region = "eu-west-1"
}

module "us" {
  source  = "./api"
  granted = false
}

module "eu" {
  source  = "./api"
  granted = true

  providers = {
    aws = aws.eu
  }
}

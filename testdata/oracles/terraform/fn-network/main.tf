resource "terraform_data" "network" {
  input = {
    host     = [cidrhost("10.0.0.0/16", 5), cidrhost("10.0.0.0/16", -1), cidrhost("10.12.112.0/20", 268), cidrhost("fd00:fd12:3456:7890:00a2::/72", 34), cidrhost("10.1.2.3/24", 0), cidrhost("10.0.0.0/32", 0), cidrhost("::/0", -1)]
    bad_host = [try(cidrhost("10.0.0.0/30", 4), "error"), try(cidrhost("10.0.0.0/30", -5), "error"), try(cidrhost("10.0.0.0", 1), "error"), try(cidrhost("10.0.0.0/33", 1), "error"), try(cidrhost("x/8", 1), "error"), try(cidrhost("10.0.0.0/8", 1.5), "error")]
    mask     = [cidrnetmask("172.16.0.0/12"), cidrnetmask("10.0.0.0/0"), cidrnetmask("10.0.0.0/32"), try(cidrnetmask("fd00::/8"), "error")]
    subnet   = [cidrsubnet("172.16.0.0/12", 4, 2), cidrsubnet("10.1.2.0/24", 4, 15), cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162), cidrsubnet("10.0.0.0/8", 0, 0), cidrsubnet("10.1.2.3/16", 8, 1), cidrsubnet("::/0", 128, 5), cidrsubnet("010.001.0.0/16", 8, 1)]
    bad_sub  = [try(cidrsubnet("10.0.0.0/24", 9, 0), "error"), try(cidrsubnet("10.0.0.0/24", 2, 4), "error")]
    subnets  = [cidrsubnets("10.1.0.0/16", 4, 4, 8, 4), cidrsubnets("10.0.0.0/8"), cidrsubnets("fd00:fd12:3456:7890::/56", 16, 16, 16, 32), cidrsubnets("10.0.0.0/30", 1, 2, 2), cidrsubnets("10.0.0.0/16", 8, 4)]
    bad_subs = [try(cidrsubnets("10.0.0.0/31", 1, 1, 1), "error"), try(cidrsubnets("10.0.0.0/16", 0), "error"), try(cidrsubnets("10.0.0.0/16", 17), "error")]
  }
}

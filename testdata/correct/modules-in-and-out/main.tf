module "a" {
  source = "./a"
  out    = module.b.first
}
module "b" {
  source = "./b"
  x      = 1
  later  = module.a.own
}
output "all" { value = module.b.second }

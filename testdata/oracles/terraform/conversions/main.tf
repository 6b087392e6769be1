module "defaults" { source = "./child" }
module "given" {
  source = "./child"
  text   = 5
  number = "7.50"
  flag   = "true"
  set    = ["b", "a", "b", 1]
  list   = toset(["z", "y"])
  map    = { a = 1, b = true }
  object = { name = 1, extra = "dropped", nested = [{ port = "80" }, { port = 443, cidrs = ["::/0"] }] }
  tuple  = ["1", 2]
  any    = { mixed = [1, "a"], same = [1, 2] }
  anys   = [1, "2", true]
  nulled = null
  kept   = null
}
module "untyped" {
  source  = "./child"
  untyped = [1, "two", { three = 3 }]
  map     = null
}

# What Terraform rejects: `can` says so.
variable "l" { default = ["a", "b"] }
variable "m" { default = { a = 1, b = "x" } }
variable "s" { default = "text" }
variable "n" { default = 3 }
variable "z" { default = null }
locals {
  list = tolist(["a"])
  map  = tomap({ a = "1" })
  set  = toset(["a"])
}
resource "terraform_data" "access" {
  input = [
    can(var.l[2]), can(var.l[-1]), can(var.l[0.5]), can(var.l["x"]), can(var.l["1"]), can(var.l.0), can(var.m.c), can(var.m["c"]),
    can(var.s[0]), can(var.s.x), can(var.n.x), can(var.z.x), can(var.z[0]), can(local.set[0]), can(local.list.x), can(local.map.b),
    can(local.map["b"]), can(local.list[1]), can(var.m[null]), can(var.l[*].x), can(var.z[*].x), can(var.m[*].a), can(var.s[*]),
    can(var.l[true]), can(local.map[1]), can([for k, v in var.m : v.x]), can({ for x in ["a", "a"] : x => 1 }),
    can({ for x in ["a", "a"] : x => 1... }), can([for x in var.s : x]), can([for x in var.z : x]), can({ for x in [null] : x => 1 }),
  ]
}
resource "terraform_data" "operators" {
  input = [
    can(var.s + 1), can("3" + 1), can(var.z + 1), can(1 / 0), can(0 / 0), can(5 % 0), can(-var.s), can(!var.s), can(!"true"), can(!1),
    can(var.l + var.l), can(var.l && true), can("a" < "b"), can("1" < "2"), can(true < false), can(null && true), can(true && 1),
    can(var.l == var.l), can(1 == "1"), can(null == null), can(var.z == "a"), can("${var.l}"), can("${var.m}"), can("a${var.z}"),
    can("a${1}"), can("%{if var.s}a%{endif}"), can("%{if "true"}a%{endif}"), can("%{for x in var.s}a%{endfor}"), can("%{for x in var.m}${x}%{endfor}"),
  ]
}
resource "terraform_data" "calls" {
  input = [
    can(upper(var.l)), can(upper(null)), can(upper(1)), can(join(",", "a")), can(join(",", [["a"]])), can(join(",", [1, null])), can(length(1)),
    can(split(",", var.l)), can(format("%d", "x")), can(format("%d", "3")), can(format("%s")), can(format("%s", "a", "b")), can(format("%q", var.l)),
    can(tonumber("x")), can(tobool("yes")), can(tobool(1)), can(tostring(var.l)), can(toset(var.m)), can(tolist(var.s)), can(tomap(var.l)),
    can(tolist([1, [2]])), can(tomap({ a = 1, b = [1] })), can(jsondecode("{")), can(jsondecode("")), can(jsondecode("null")), can(yamldecode("a: [")),
    can(base64decode("%")), can(base64decode("/w==")), can(regex("a", "b")), can(regex("(", "b")), can(replace("a", "/(/", "b")), can(cidrhost("10.0.0.0/8", -1)),
    can(cidrhost("10.0.0.0/33", 1)), can(cidrsubnet("10.0.0.0/31", 2, 0)), can(cidrsubnet("10.0.0.0/16", 8, 256)), can(parseint("z", 10)),
    can(parseint("ff", 16)), can(parseint("1", 99)), can(formatdate("YYYY", "x")),
    can(formatdate("Q", "2020-01-01T00:00:00Z")), can(timeadd("2020-01-01T00:00:00Z", "x")), can(timecmp("x", "y")), can(zipmap(["a"], [])),
    can(element([], 0)), can(index(["a"], "b")), can(lookup(var.m, "q")), can(lookup({ a = 1 }, "q", "d")), can(coalesce(null, null)), can(coalesce()),
    can(concat()), can(merge()), can(max()), can(min(1, "x")), can(max("2", 1)), can(sum([])), can(sum(["a"])), can(range(1, 2, 0)), can(range(3, 1, 1)),
    can(range(0, 2000)), can(chunklist(["a"], -1)), can(slice(["a"], 1, 0)), can(one(["a", "b"])), can(flatten("a")), can(keys(["a"])),
    can(values(["a"])), can(setproduct(["a"])), can(substr("abc", 5, 1)), can(substr("abc", -9, 1)), can(strrev(null)), can(pow("a", 1)), can(log(-1, 10)),
    can(log(0, 2)), can(signum("x")), can(abs("-1")), can(floor("x")), can(urlencode(null)), can(try()), can(try(var.m.q)), can(try(var.m.q, 1)),
  ]
}

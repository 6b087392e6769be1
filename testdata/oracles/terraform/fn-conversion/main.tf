locals {
  map  = tomap({ b = 1, a = "x" })
  list = tolist([1, "a", true])
}
resource "terraform_data" "conversion" {
  input = {
    tostring = [tostring("a"), tostring(1.50), tostring(true), tostring(null), try(tostring(["a"]), "error"), try(tostring({}), "error")]
    tonumber = [tonumber("1.50"), tonumber(2), tonumber(null), try(tonumber("x"), "error"), try(tonumber(true), "error"), try(tonumber(""), "error"), tonumber("-1e-2")]
    tobool   = [tobool("true"), tobool(false), tobool(null), try(tobool("yes"), "error"), try(tobool(1), "error"), try(tobool("1"), "error"), try(tobool("True"), "error"), try(tobool(""), "error"), try(tobool("0"), "error")]
    tolist   = [tolist(["a", 1]), tolist(toset(["b", "a"])), tolist([]), tolist([null, "a"]), try(tolist("a"), "error"), try(tolist({ a = 1 }), "error"), try(tolist([1, ["a"]]), "error"), tolist([[1], ["a", "b"]]), tolist([{ a = 1 }, { a = "x" }]), tolist([true, "x", 1]), try(tolist([true, 1]), "error"), tolist([{ a = 1 }, { b = 2 }])]
    toset    = [toset(["b", "a", "b"]), toset([2, 1, "1"]), toset([]), toset([null, "a"]), try(toset("a"), "error"), toset([[1], [1]])]
    tomap    = [tomap({ a = 1, b = "x" }), tomap({}), tomap({ a = { x = 1 }, b = { x = "y" } }), try(tomap(["a"]), "error"), try(tomap({ a = 1, b = [] }), "error"), tomap({ a = null, b = 1 }), tomap({ a = [1], b = ["x", "y"] }), tomap({ a = { x = 1 }, b = { y = "z" } })]
    map_text = [for k, v in local.map : "${k}=${v}"]
    list_txt = [for v in local.list : v]
    mark     = [nonsensitive("a"), issensitive("a")]
    equality = [tolist(["a"]) == tolist(["a"]), tolist(["a"]) == ["a"], toset(["a", "b"]) == toset(["b", "a"]), tomap({ a = "1" }) == tomap({ a = "1" }), tomap({ a = "1" }) == { a = "1" }, { a = 1, b = 2 } == { b = 2, a = 1 }, { a = 1 } == { a = "1" }, [] == [], [null] == [null], null == null, 1 == "1", true == "true", [1, "a"] == [1, "a"], {} == {}, tolist([]) == []]
    cond     = [true ? 1 : "a", false ? [1] : ["a", "b"], true ? null : "x", true ? tolist(["a"]) : [], false ? {} : { a = 1 }, true ? ["a", 1] : ["b", 2], true ? toset(["a"]) : ["b"]]
    encoded  = jsonencode([tolist([1, "a"]), tomap({ a = 1, b = "x" }), toset([3, "1"]), true ? 1 : "a", [for x in [1, 2] : x]])
  }
}

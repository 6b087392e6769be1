resource "terraform_data" "u" { input = "u" }
locals {
  id = terraform_data.u.id
}
resource "terraform_data" "text" {
  input = {
    join      = [join("-", ["a", local.id]), join("-", ["a", "b"]), join(",", [for x in ["p", "q"] : upper(x)])]
    format    = [format("%s/%s", "a", local.id), format("%s", "k"), format("%d", 3)]
    list      = formatlist("%s-%s", ["a", "b"], local.id)
    mixed     = formatlist("%s-%s", ["a", "b"], "k")
    json      = [jsonencode({ a = local.id }), jsonencode({ a = 1 })]
    replace   = [replace("a-b", "-", local.id), replace("a-b", "-", "+")]
    split     = split(",", "a,b")
    unknown   = split(",", local.id)
    lengths   = [length([local.id, "a"]), length({ a = local.id }), length(tolist([local.id]))]
    starts    = [startswith("x-${local.id}", "x-"), startswith("ab", "a")]
    template  = ["${local.id}", "a", "x${local.id}y", "%{if true}k%{endif}", "%{for x in [1, 2]}${x},%{endfor}"]
    try       = [try(local.id, "a"), try("k", local.id), try({}.a, "k"), try([local.id][1], "none")]
    coalesce  = [coalesce("k", local.id), coalesce(null, "", "k")]
    coalescel = [coalescelist([], ["k"]), coalescelist([local.id], ["b"])]
    compare   = [local.id == "a", "a" == "a", "a" != "b"]
    trim      = [trimspace(" k "), trimspace(local.id), trimprefix("ab", "a"), trimsuffix(local.id, "a")]
    sub       = [substr("abc", 1, 1), substr(local.id, 0, 2), strrev("ab"), title(local.id), upper(local.id), upper("k")]
    hash      = [md5("a"), md5(local.id), base64encode("a"), base64encode(local.id)]
    numbers   = [1 + 2, length(local.id) + 1, max(1, 2), max(1, length(local.id))]
    type      = [tostring(1), tostring(local.id), tobool("true"), can({}.a)]
  }
}
resource "terraform_data" "rendered" {
  input = [templatefile("t.tftpl", { name = "k", list = ["a", "b"] }), templatefile("t.tftpl", { name = local.id, list = ["a"] }), templatefile("t.tftpl", { name = "k", list = [local.id] })]
}

resource "terraform_data" "u" {
  for_each = toset(["x", "y"])
  input    = each.key
}
locals {
  id   = terraform_data.u["x"].id
  ids  = [terraform_data.u["x"].id, "k"]
  map  = { known = "k", unknown = terraform_data.u["y"].id }
  deep = { a = [{ n = 1, id = terraform_data.u["x"].id }, { n = 2, id = "k" }], b = { c = "known" } }
}
resource "terraform_data" "lists" {
  input = {
    concat   = concat(["a"], [local.id], ["b"])
    flatten  = flatten([["a", local.id], ["b"]])
    element  = [element(["a", local.id], 0), element(local.ids, 1), element(local.ids, 2)]
    slice    = slice(["a", local.id, "c"], 1, 3)
    reverse  = reverse(["a", local.id])
    index    = [local.ids[0], local.ids[1]]
    splat    = [local.deep.a[*].n, local.deep.a[*].id]
    keys     = keys(local.map)
    values   = values(local.map)
    lookup   = [lookup(local.map, "known", "d"), lookup(local.map, "unknown", "d"), lookup(local.map, "none", "d"), lookup(local.map, "none", local.id)]
    merge    = merge({ a = 1, known = "old" }, local.map, { b = local.id })
    zipmap   = zipmap(["a", "b"], ["k", local.id])
    product  = [for p in setproduct(["a", "b"], [1, 2]) : "${p[0]}${p[1]}"]
    products = setproduct(["a"], ["b", "c"])
    tuple    = [for i, x in local.ids : "${i}-${x}"]
    object   = { for k, v in local.map : upper(k) => v }
    filtered = { for k, v in local.map : k => v if k == "known" }
    grouped  = { for o in local.deep.a : (o.n > 1 ? "big" : "small") => o.id... }
    contains = [contains(["a", "b"], "a"), contains(["a", local.id], "a")]
    chunks   = chunklist(["a", "b", local.id], 2)
    deep     = local.deep
    distinct = distinct(["a", "b", "a"])
    sum      = sum([1, 2])
    range    = range(2)
    length   = [length(local.ids), length(local.map), length(local.deep.a)]
    one      = [one([local.id]), one(["k"]), one([])]
    alltrue  = [alltrue([true, local.id == "a"]), alltrue([false, local.id == "a"]), anytrue([true, true])]
    compact  = compact(["a", ""])
    matchkey = matchkeys(["a", "b"], ["x", "y"], ["y"])
    coalesce = coalesce(local.map["known"], local.id)
    transp   = transpose({ a = ["x"] })
    tomap    = tomap({ a = local.id, b = "k" })
    tolist   = tolist(["k", local.id])
  }
}

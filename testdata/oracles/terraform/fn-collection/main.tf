locals {
  list  = tolist(["a", "b", "c"])
  tuple = ["a", 1, true]
  map   = tomap({ b = "2", a = "1" })
  obj   = { z = 1, y = "two" }
}
resource "terraform_data" "lists" {
  input = {
    alltrue   = [alltrue([]), alltrue([true, "true"]), alltrue([true, null]), alltrue([false]), try(alltrue(["x"]), "error"), alltrue(toset([true]))]
    anytrue   = [anytrue([]), anytrue([false, "true"]), anytrue([null]), anytrue([null, true])]
    chunklist = [chunklist(["a", "b", "c"], 2), chunklist([], 2), chunklist(["a", "b"], 0), chunklist(["a"], 5), chunklist(["a", 1], 1), try(chunklist(["a"], -1), "error")]
    coalesce  = [coalesce("a", "b"), coalesce("", "b"), coalesce(null, 1), coalesce(1, "a"), coalesce(null, "", "c"), try(coalesce("", null), "error"), coalesce(false, true), coalesce(0, 1), coalesce([], ["a"]), try(coalesce(), "error")]
    coalescel = [coalescelist([], ["a"]), coalescelist(["b"], ["a"]), try(coalescelist([], []), "error"), try(coalescelist(null, ["x"]), "error"), coalescelist(tolist([]), [1, "a"])]
    compact   = [compact(["a", "", null, "b"]), compact([]), compact([1, "", 2]), compact(toset(["", "b", "a"]))]
    concat    = [concat(["a"], ["b", 1]), concat([], []), concat(["a"]), concat(local.list, ["d"]), concat(tolist([1]), tolist(["a"])), try(concat("a"), "error"), try(concat(["a"], null), "error"), concat([["a"]], [["b"]])]
    contains  = [contains(["a", "b"], "a"), contains([], "a"), contains([1, "a"], 1), contains(["1"], 1), contains(toset(["a"]), "a"), contains([[1], [2]], [1]), contains(tolist([1, 2]), "1"), try(contains(["a"], null), "error"), contains([true], "true"), contains([{ a = 1 }], { a = 1 })]
    distinct  = [distinct(["b", "a", "b"]), distinct([]), distinct([1, "1", 2]), distinct([[1], [1], [2]]), distinct([1, 1.0, 2])]
    element   = [element(["a", "b"], 0), element(["a", "b"], 3), element(local.list, 5), element(local.tuple, 1), try(element([], 0), "error"), try(element(["a"], 0.5), "error"), try(element(toset(["a"]), 0), "error"), element(["a", "b"], "1")]
    flatten   = [flatten([["a", "b"], [], ["c"]]), flatten([]), flatten([[["a"], "b"], "c"]), flatten([toset(["b", "a"]), local.list]), flatten([{ a = [1] }, [{ b = 2 }]]), flatten([[null], null]), try(flatten("a"), "error"), flatten([[1, ["2"]], [true]])]
    index     = [index(["a", "b"], "b"), index([1, 2], 2), try(index(["a"], "z"), "error"), try(index([], "z"), "error"), try(index(["1"], 1), "error"), index(local.tuple, true)]
    lengths   = [length([]), length(["a", 1]), length({}), length(local.map), length(toset(["a", "a"])), length("abc"), try(length(12), "error"), try(length(null), "error"), try(length(true), "error")]
    matchkeys = [matchkeys(["i1", "i2", "i3"], ["a", "b", "a"], ["a"]), matchkeys(["x"], ["1"], [1]), matchkeys([], [], ["a"]), try(matchkeys(["a"], [], ["a"]), "error"), matchkeys(["a", "b"], [1, 2], toset([2])), matchkeys(["a"], ["x"], [])]
    one       = [one([]), one(["a"]), one(toset(["b"])), try(one(["a", "b"]), "error"), try(one(null), "error"), one(tolist([]))]
    reverse   = [reverse(["a", "b"]), reverse([]), reverse(local.tuple), reverse(toset(["b", "a"])), reverse(local.list)]
    slice     = [slice(["a", "b", "c"], 1, 2), slice(local.list, 0, 0), slice(local.tuple, 1, 3), try(slice(["a"], 1, 0), "error"), try(slice(["a"], 0, 2), "error"), slice([], 0, 0), try(slice(toset(["a"]), 0, 1), "error")]
    sort      = [sort(["b", "A", "a", "10", "9"]), sort([]), sort([3, 20, 1]), sort(["é", "z", "e"]), sort(toset(["b", "a"])), try(sort(["a", null]), "error")]
  }
}
resource "terraform_data" "maps" {
  input = {
    keys      = [keys({ b = 1, a = 2 }), keys({}), keys(local.map), try(keys(["a"]), "error"), keys({ B = 1, a = 2, "_" = 3 })]
    values    = [values({ b = 1, a = "x" }), values({}), values(local.map)]
    lookup    = [lookup(local.map, "a", "d"), lookup(local.map, "z", "d"), lookup(local.obj, "z", 0), lookup(local.obj, "nope", 5), lookup({}, "a", "d"), try(lookup(local.map, "z"), "error"), lookup(local.map, "a"), lookup(tomap({ a = "1" }), "z", 5), lookup(local.map, "z", null), lookup({ a = { b = 1 } }, "a", {})]
    merge     = [merge({ a = 1 }, { b = 2 }), merge({ a = 1 }, { a = 2 }), merge(), merge(null), merge({ a = 1 }, null), merge(local.map, { c = "3" }), merge(local.map, { c = 3 }), merge({ a = { x = 1 } }, { a = { y = 2 } }), try(merge(["a"]), "error"), merge({}, {}), merge([{ a = 1 }, { b = 2 }]...)]
    transpose = [transpose({ a = ["1", "2"], b = ["2", "3"] }), transpose({}), transpose({ a = [] }), transpose({ b = ["x"], a = ["x"] })]
    zipmap    = [zipmap(["a", "b"], [1, 2]), zipmap([], []), zipmap(["a", "a"], [1, 2]), zipmap(["b", "a"], local.list == null ? [] : ["x", "y"]), try(zipmap(["a"], []), "error"), zipmap([1], ["x"]), zipmap(["a", "b"], ["x", 1])]
  }
}
resource "terraform_data" "sets" {
  input = {
    inter    = [setintersection(["a", "b"], ["b", "c"]), setintersection(["a"]), setintersection([1, 2], ["2"]),  setintersection(["a", "b"], ["b"], ["b", "x"])]
    subtract = [setsubtract(["a", "b", "c"], ["b"]), setsubtract([], ["a"]), setsubtract(["a"], []), setsubtract([1, 2], [2])]
    union    = [setunion(["b"], ["a", "b"]), setunion([]), setunion([1], ["a"]), setunion(["a"], [], ["c", "b"])]
    product  = [setproduct(["dev", "prod"], ["a", "b"]), setproduct(["a"], [1, 2]), setproduct(toset(["b", "a"]), toset(["y", "x"])), setproduct(toset(["b", "a"]), ["y", "x"]), setproduct(["a"], ["b"], ["c", "d"]), try(setproduct(["a"]), "error")]
    order    = [toset(["b", "a", "B", "10", "9", "é"]), toset([10, 9, 1.5, -1]), toset([true, false]), toset([{ a = 2 }, { a = 10 }, { a = 1 }]), toset([["b"], ["a", "c"], ["a"]]), toset([{ name = "x", port = 443 }, { name = "x", port = 80 }, { name = "a", port = 9000 }]), toset(["", "a"])]
    numbers  = [toset([{ p = 100000 }, { p = 20000 }, { p = 0.5 }, { p = 12345678901 }]), toset([{ b = true }, { b = false }]), toset([{ k = null }, { k = "a" }])]
    for_set  = [for x in toset(["c", "a", "b"]) : upper(x)]
    dedupe   = [toset([1, "1"]), toset([{ a = 1 }, { a = "1" }]), toset([[1], ["1"]])]
  }
}

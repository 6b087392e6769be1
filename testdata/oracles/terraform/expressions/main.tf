locals {
  list   = [{ a = 1, b = [{ c = "x" }, { c = "y" }] }, { a = 2, b = [] }]
  map    = { one = { v = 1 }, two = { v = 2 } }
  none   = null
  number = 5
}

resource "terraform_data" "splat" {
  input = {
    full          = local.list[*].a
    nested        = local.list[*].b[*].c
    attr          = local.list.*.a
    attr_index    = local.list.*.a[1]
    full_index    = local.list[*].b
    single        = local.map.one[*].v
    null_splat    = local.none[*]
    legacy        = local.list.0.a
    map_values    = values(local.map)[*].v
    inner         = [for l in local.list : l.b[*].c]
    after_paren   = (local.list)[1].a
    on_call       = tolist(["a", "b"])[1]
    on_object     = { k = [10, 20] }.k[1]
    on_list       = [1, 2, 3][2]
    string_key    = local.map["one"]["v"]
    number_key    = { "5" = "five" }[5]
    computed_key  = local.map[join("", ["t", "wo"])].v
  }
}

resource "terraform_data" "for_expressions" {
  input = {
    list_of_map   = [for k, v in local.map : "${k}=${v.v}"]
    only_values   = [for v in local.map : v.v]
    set           = [for k, v in toset(["b", "a"]) : "${k}${v}"]
    index         = [for i, v in ["x", "y"] : i]
    filtered      = { for k, v in local.map : k => v.v if v.v > 1 }
    grouped       = { for v in ["aa", "ab", "ba"] : substr(v, 0, 1) => v... }
    nested        = [for a in [1, 2] : [for b in [10, 20] : a * b]]
    shadow        = [for local_name in ["p"] : [for local_name in ["q"] : local_name]]
    empty         = [for v in [] : v]
    empty_map     = { for v in [] : v => v }
    number_key    = { for i, v in ["x", "y"] : i => v }
    keyed_order   = { for v in ["z", "a", "m"] : v => upper(v) }
    keys_of       = keys({ z = 1, a = 2 })
    newline = {
      for k, v in local.map :
      k => v.v == 1 ?
      "first" :
      "other"
      if v != null
    }
  }
}

resource "terraform_data" "conditionals" {
  input = {
    mixed        = true ? 1 : "a"
    mixed_bool   = true ? true : "a"
    with_null    = false ? null : 3
    null_chosen  = true ? null : 3
    string_false = "false" ? 1 : 2
    nested       = local.number > 3 ? (local.number > 4 ? "big" : "middle") : "small"
    error_unused = local.number > 3 ? "ok" : local.list[7].a
    lists        = true ? [1] : ["a"]
    precedence   = 1 + 2 * 3 == 7 && !false ? "yes" : "no"
    unary        = -local.number + 1
    not          = !(local.number == 5)
    modulo       = -7 % 3
    division     = 10 / 4
    compare      = [1 < 2, 2 <= 2, 3 > 4, 4 >= 5, 1 != 2, "a" != "a"]
    numbers      = [1.0, 1e2, 0.1 + 0.2, 3 * 0.1, 7 / 7, 1000000 * 1000000]
    concat_text  = "${1}${true}${"x"}"
    wrapped      = "${[1, 2]}"
    parens       = ((1 + 2)) * 3
    or           = false || true && false
  }
}

resource "terraform_data" "tries" {
  input = {
    first      = try(local.map.three.v, local.map.two.v, "none")
    index      = try(local.list[9], "none")
    nulls      = try(local.none.x, "was null")
    can_yes    = can(local.list[0].a)
    can_no     = can(local.list[0].z)
    regex      = can(regex("^a", "bcd"))
    nested     = try(try(local.list[9]), try(local.map.x), "deep")
    convert    = try(tonumber("x"), 0)
    key        = lookup(local.map, "one", { v = 0 }).v
    type       = try(tostring([]), "no string")
    coalesce   = coalesce(null, "", "x")
    null_equal = local.none == null
    expand     = max([1, 5, 3]...)
    expand_mix = concat(["a"], [["b"], ["c"]]...)
    comma      = join(",", ["a", "b", ])
    in_object = {
      (local.number) : "computed"
      "a b" : 1, plain = 2
    }
    duplicate = { a = 1, a = 2 }
  }
}

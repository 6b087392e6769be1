resource "terraform_data" "numeric" {
  input = {
    parseint  = [parseint("ff", 16), parseint("-FF", 16), parseint("zZ", 62), parseint("1010", 2), parseint("100000000000000000000", 10), parseint("0", 10), parseint("Zz", 36)]
    bad_int   = [try(parseint("g", 16), "error"), try(parseint("", 10), "error"), try(parseint("1.5", 10), "error"), try(parseint("1", 1), "error"), try(parseint("1", 63), "error"), try(parseint(" 1", 10), "error"), try(parseint(12, 10), "error"), try(parseint("+5", 10), "error"), try(parseint("0x1f", 16), "error"), try(parseint("1_0", 10), "error")]
    signum    = [signum(-3), signum(0), signum(2), try(signum(0.1), 9)]
    sums      = [sum([1, 2, 3]), sum(toset([1, 1, 2])), sum(["1", "2"]), try(sum([]), "error"), try(sum("x"), "error"), try(sum([null]), "error"), try(sum(["x"]), "error"), sum([1.5])]
    extremes  = [max(1), min(3, "2"), max([1, 5, 2]...), try(max(), "error"), try(max("a"), "error")]
    ranges    = [range(3), range(0), range(1, 4), range(4, 1), range(1, 8, 3), range(0, 1, 0.25), range(5, 0, -2), range(-2), range(3, 3)]
    bad_range = [try(range(1, 5, 0), "error"), try(range(1, 5, -1), "error"), try(range(2000), "error"), try(range(5, 1, 1), "error"), try(range(1, 1, 0), "error")]
    powers    = [pow(3, 2), pow(4, 0), pow(2, 0.5), pow(2, -1)]
    logs      = [log(50, 10), log(16, 2), log(8, 2), log(1, 10)]
  }
}

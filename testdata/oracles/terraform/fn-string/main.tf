resource "terraform_data" "string" {
  input = {
    chomp      = [chomp("a\n"), chomp("a\r\n\n"), chomp("a\n\nb"), chomp(""), chomp("\n"), chomp("a\r")]
    endswith   = [endswith("", ""), endswith("abc", "bc"), endswith("abc", "ab"), endswith("abc", "")]
    startswith = [startswith("", ""), startswith("abc", "ab"), startswith("abc", "bc")]
    contains   = [strcontains("abc", ""), strcontains("", "a"), strcontains("héllo", "é")]
    indent     = [indent(2, "a\nb\n\nc"), indent(0, "a\nb"), indent(3, ""), indent(1, "\n")]
    join       = [join(",", []), join("", ["a", "b"]), join(", ", ["a"], ["b", "c"]), join("-", [1, true, "x"]), join(",", toset(["b", "a"])), try(join(",", [null]), "error"), join("x", tolist([1.5, 2])), join("é", ["a", "b"])]
    lower      = [lower("ÀÉÎ ABC"), lower("ǅ"), lower("İ"), lower("ΑΣ")]
    upper      = [upper("àéî abc"), upper("ß"), upper("ﬁ")]
    title      = [title("hello world"), title("don't stop x_y 1a"), title("é-é ßa"), title("a\tb\nc"), title("HELLO")]
    replace    = [replace("a.b.c", ".", ""), replace("abc", "", "-"), replace("aaa", "aa", "b"), replace("hello", "/l+/", "L"), replace("hello world", "/(\\w+) (\\w+)/", "$2 $1"), replace("a/b/c", "/", "-"), replace("a/b", "//", "x"), replace("abc", "/(?P<x>b)/", "[$${x}]"), replace("abc", "/b/", "$0$0"), replace("a1b2", "/[0-9]/", "$$"), replace("abc", "/x*/", "-")]
    split      = [split(",", ""), split(",", "a"), split(",", "a,,b,"), split("", "aéb"), split("ab", "1ab2ab3"), split(",", ",")]
    strrev     = [strrev("abc"), strrev("héllo"), strrev("e\u0301x"), strrev("")]
    substr     = [substr("hello", 0, 2), substr("hello", 1, -1), substr("hello", -2, 2), substr("hello", -2, -1), substr("hello", 3, 10), substr("héllo", 1, 1), substr("hello", 10, 1), substr("hello", 2, 0), substr("", 0, 1), substr("hello", -10, 3), substr("hello", 1, -3)]
    trim       = [trim("?!hello?!", "!?"), trim("abc", ""), trim("aaa", "a"), trim("ééaé", "é")]
    trimprefix = [trimprefix("hello", "he"), trimprefix("hello", "lo"), trimprefix("hehe", "he"), trimprefix("a", "")]
    trimsuffix = [trimsuffix("hello", "lo"), trimsuffix("hello", "he"), trimsuffix("lolo", "lo")]
    trimspace  = [trimspace(" a b\t\n"), trimspace("\u00a0a\u00a0"), trimspace("")]
    length     = [length(""), length("héllo"), length("e\u0301"), length("👨‍👩‍👧")]
    numbers    = [upper(12), lower(true), replace(100, "0", "x"), length("12"), startswith(123, 1)]
    null_err   = [try(upper(null), "error"), try(join(null, ["a"]), "error")]
  }
}
resource "terraform_data" "regex" {
  input = {
    whole     = regex("[a-z]+", "53453453.345345aaabbbccc23454")
    groups    = regex("(\\d\\d\\d\\d)-(\\d\\d)-(\\d\\d)", "2019-02-01")
    named     = regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")
    optional  = regex("(a)|(b)", "b")
    nomatch   = try(regex("x", "abc"), "error")
    invalid   = try(regex("(", "abc"), "error")
    mixed     = try(regex("(?P<a>x)(y)", "xy"), "error")
    all       = regexall("[a-z]+", "1234abcd5678efgh9")
    all_none  = regexall("x", "abc")
    all_group = regexall("(\\w)=(\\d)", "a=1, b=2")
    all_named = regexall("(?P<k>\\w)=(?P<v>\\d)", "a=1, b=2")
    count     = length(regexall("a", "banana"))
    unicode   = regexall("\\w+", "aé b")
    flags     = regex("(?i)ABC", "xabc")
    multi     = regexall("(?m)^b", "a\nb\nb")
    dotall    = try(regex("a.b", "a\nb"), "error")
    lazy      = regex("a+?", "aaa")
    class     = regex("[[:alpha:]]+", "12ab")
    boundary  = regexall("\\bfoo\\b", "foo food foo")
    escape    = regex("\\$\\{(\\w+)\\}", "x$${name}")
    brace     = regex("a{2,}", "baaa")
    empty     = regexall("", "ab")
    backref   = try(regex("(a)\\1", "aa"), "error")
    lookahead = try(regex("a(?=b)", "ab"), "error")
    pl        = regex("\\p{Lu}", "aÉ")
    hex       = regex("\\x41", "xA")
    arn       = regex("^arn:aws:lambda:(?P<region>[a-z0-9-]+):(?P<account>\\d{12}):function:(?P<name>[^:]+)$", "arn:aws:lambda:eu-west-1:123456789012:function:orders")
  }
}

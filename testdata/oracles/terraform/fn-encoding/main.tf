locals {
  manifest = <<-EOT
    # a comment
    name: orders
    list: [1, two, 3.5, true, null, ~]
    nested:
      - a: 1
        b: "2"
      - [x, [y]]
    bools: [true, True, TRUE, false, yes, no, on, off, y, n]
    numbers: [0x1F, 0o17, 017, 1_000, 1e3, -5, +5, .5, 5., 0b11, 1.0]
    floats: [1.50, -0.25, 6.02e+23]
    strings: ['single ''quoted''', "double \"q\" \u00e9\n", plain text, "true", '1']
    nulls: [~, null, Null, NULL, ""]
    empty:
    folded: >
      one
      two

      three
    literal: |
      one
        two
    strip: |-
      x
    anchors:
      base: &base { k: v, n: 1 }
      ref: *base
      merged:
        <<: *base
        n: 2
    date: 2001-12-14
    time: 2001-12-14T21:59:43Z
    version: 1.2.3
    colon: "a:b"
    1: number key
    true: bool key
    "quoted key": x
    tagged: !!str 12
    arn: arn:aws:lambda:eu-west-1:123456789012:function:f
    empty_map: {}
    empty_list: []
  EOT
}
resource "terraform_data" "json" {
  input = {
    escapes = jsonencode("\u0008\u000c\u2028\u2029\u0001\u007f</>&é\t\r\n\\\"😀")
    sorted  = jsonencode({ b = 1, a = 2, B = 3, _ = 4, "1" = 5, é = 6 })
    nested  = jsonencode({ a = [1, [2, {}], []], n = null, t = true })
    scalars = [jsonencode("x"), jsonencode(1.50), jsonencode(true), jsonencode(null), jsonencode([]), jsonencode({})]
    sets    = jsonencode(toset(["b", "a"]))
    maps    = jsonencode(tomap({ b = "1", a = "2" }))
    key     = jsonencode({ "<k>" = "v" })
    decoded = [jsondecode("{\"a\":[1,2.5,\"x\",null,true,{}]}"), jsondecode("\"s\""), jsondecode(" 12 "), jsondecode("null") == null, jsondecode("\"\\u00e9\\ud83d\\ude00\"")]
    invalid = [for s in ["", "{", "{\"a\":1,}", "'a'", "{a:1}", "1 2", "nul", "[1,]"] : try(jsondecode(s), "error")]
    dup     = try(jsondecode("{\"a\":1,\"a\":2}"), "error")
    order   = keys(jsondecode("{\"b\":1,\"a\":2}"))
    round   = jsonencode(jsondecode("{\"b\":1.0,\"a\":\"\\u003c\"}"))
  }
}
resource "terraform_data" "yaml" {
  input = {
    decoded = yamldecode(local.manifest)
    scalars = [for s in ["", "~", "x", "12", "\"12\"", "[1]", "true", "a: b: c", "- a\n b", "{", "a: 1\na: 2", "--- x", "x\n---\ny", "%YAML 1.2\n---\nz", "0x1F", ".inf", "# c", "1: a", "[a, b", "k: !custom v", "!!binary aGk=", "a: &x 1\nb: *x", "- 1\n- 2", "? a\n: b", "12e03", "1e-2", "0.0", "1_000", "12:30:45", "2020-01-01"] : try(jsonencode(yamldecode(s)), "error")]
    encoded = yamlencode({ a = 1, b = ["x", { c = true }], d = "m\nn", e = null, f = {}, g = [], h = "true", i = 1.5, "k y" = { z = [[1, [2]]] }, u = "é\u0001\t\"\\" })
    forms   = [yamlencode("x"), yamlencode([]), yamlencode({}), yamlencode(["a", ["b", "c"], [[]], [{}]]), yamlencode("a\nb\n"), yamlencode({ a = "x\n\n" }), yamlencode(["a\nb"]), yamlencode(1.5), yamlencode(null), yamlencode(true), yamlencode(""), yamlencode(1e21)]
    texts   = [for s in ["a: b", "- x", "#c", " lead", "trail ", "\n", "a\n", "\na", "a\n\nb", "  ind\nx", "tab\t\nx", "é\nü", "null", "😀", "\u0085", "\u2028x", "a\\b", "it's", "long ${join(" ", [for i in range(40) : "word"])}", "a\r\nb", "x \ny"] : yamlencode(s)]
    policy  = yamlencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["a:*"], Resource = "*" }] })
    objects = yamlencode([{ b = 1, a = { c = [{ d = 1, e = 2 }] } }])
  }
}
resource "terraform_data" "base64" {
  input = {
    encode = [base64encode(""), base64encode("a"), base64encode("héllo"), base64encode(12)]
    decode = [base64decode(""), base64decode("aMOpbGxv"), try(base64decode("a"), "error"), try(base64decode("/w=="), "error"), try(base64decode("YQ"), "error"), try(base64decode("YQ=="), "error"), base64decode("aGVs\nbG8="), try(base64decode("aGVs bG8="), "error")]
    utf16  = [textencodebase64("hé", "UTF-16LE"), textencodebase64("hé", "UTF-16BE"), textencodebase64("hé", "UTF-8"), textencodebase64("hé", "ISO-8859-1")]
    back   = [textdecodebase64("aADpAA==", "UTF-16LE"), textdecodebase64("aOk=", "ISO-8859-1"), textdecodebase64("aMOp", "utf-8")]
  }
}
resource "terraform_data" "other" {
  input = {
    url    = [urlencode("a b/c?d=é&f+g"), urlencode("-_.~!*'()"), urlencode(""), urlencode("😀")]
    csv    = [csvdecode("a,b\n1,2\n3,4\n"), csvdecode("a\n\"x,y\"\n\"q\"\"q\"\n"), csvdecode("a,b\n"), csvdecode("a,b\r\n1,2\r\n"), csvdecode("a\n\nb\n")]
    badcsv = [try(csvdecode(""), "error"), try(csvdecode("a,b\n1\n"), "error"), try(csvdecode("a,a\n1,2\n"), "error"), try(csvdecode("a\n\"x\n"), "error")]
  }
}

variable "secret" {
  default   = "s"
  sensitive = true
}
locals {
  template = "Hello $${name}%%{ if n > 1 }, all%%{ endif }"
}
resource "terraform_data" "marks" {
  input = [
    nonsensitive(sensitive("a")), nonsensitive(sensitive(["a", 1])), issensitive("a"),
    nonsensitive(upper(var.secret)), nonsensitive(var.secret) == "s",
    nonsensitive(length(sensitive(["a", "b"]))), ephemeralasnull("x"), ephemeralasnull(null), ephemeralasnull(["a"]),
  ]
}
resource "terraform_data" "templates" {
  input = [
    templatestring(local.template, { name = "x", n = 2 }), templatestring(local.template, { name = "é", n = 1 }),
    textdecodebase64(textencodebase64("é", "UTF-16LE"), "UTF-16LE"), textencodebase64("é", "ISO-8859-1"), textencodebase64("", "UTF-8"),
    base64encode(""), base64decode(base64encode("ü€")), basename(abspath("x/y")), pathexpand("/a/b"), filesha256("main.tf") == sha256(file("main.tf")),
    filebase64sha512("main.tf") == base64sha512(file("main.tf")), filemd5("main.tf") == md5(file("main.tf")), base64sha512("é"), sha512("é"), uuidv5("dns", "é"),
    uuidv5("url", ""), urlencode("é &=/?"), title("é über"), strrev("e\u0301x"), upper("ß"), lower("ÀÉ"), substr("naïve", 2, 2), length("👍🏽é"),
    split("", "né"), trimprefix("éa", "é"), indent(2, "é\n\nx"), replace("né", "é", "ö"), format("%5s|%-5s|%05d|%x|%e", "é", "ü", -3, 255, 0.5),
    formatlist("%s=%v", ["a", "b"], [1, null == null]), jsonencode("<é&>\u2028"), jsonencode({ "é" = "\\\"" }), yamlencode({ "é" = ["ü", "a: b"] }),
    csvdecode("a,b\n\"é\",\"x\"\"y\"\n"), sort(["é", "e", "z", "Z", ""]), toset(["é", "e\u0301"]), "e\u0301" == "é", length("e\u0301"), { "e\u0301" = 1 },
  ]
}

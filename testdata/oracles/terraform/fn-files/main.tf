resource "terraform_data" "files" {
  input = {
    file    = file("${path.module}/data/a.txt")
    raw     = try(file("data/raw.bin"), "error")
    base64  = [filebase64("data/raw.bin"), filebase64("./data/a.txt")]
    hashes  = [filemd5("data/a.txt"), filesha1("data/a.txt"), filesha256("data/a.txt"), filesha512("data/a.txt"), filebase64sha256("data/raw.bin"), filebase64sha512("data/raw.bin")]
    exists  = [fileexists("data/a.txt"), fileexists("data/none"), try(fileexists("data"), "error"), fileexists("data/sub/../a.txt")]
    sets    = [fileset("data", "*"), fileset("data", "**"), fileset("data", "*.txt"), fileset("data", "**/*.json"), fileset("data", "sub/*.json"), fileset("data", "{a,b}.*"), fileset("data", "[ab].*"), fileset("data", "?.txt"), fileset("data", "sub/**/d.json"), fileset("data", "none*"), fileset("data", "[^a].*"), fileset("data", "sub"), fileset("data", "*/*"), fileset("data", "**/sub/**")]
    decoded = [yamldecode(file("data/b.yaml")), jsondecode(file("data/sub/c.json"))]
    for_set = { for f in fileset("data", "**/*.json") : trimsuffix(basename(f), ".json") => jsondecode(file("data/${f}")) }
    base    = [basename("a/b.txt"), basename("a/"), basename("/"), basename(""), basename("a"), basename("a//b//")]
    dir     = [dirname("a/b.txt"), dirname("a"), dirname(""), dirname("/"), dirname("/a"), dirname("a/b/"), dirname("./a/../b/c"), dirname("a//b"), dirname("../a")]
    expand  = pathexpand("a/~b")
    abs     = [abspath("/a/../b"), basename(abspath("data/./x"))]
  }
}

resource "terraform_data" "hash" {
  input = {
    md5       = [md5(""), md5("héllo"), md5(12)]
    sha1      = [sha1(""), sha1("héllo")]
    sha256    = [sha256(""), sha256("héllo")]
    sha512    = [sha512(""), sha512("héllo")]
    b64       = [base64sha256("héllo"), base64sha512("héllo")]
    uuid      = [uuidv5("dns", "www.terraform.io"), uuidv5("url", "https://www.terraform.io/"), uuidv5("oid", "1.3.6.1.4"), uuidv5("x500", "CN=Example,C=GB"), uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.terraform.io"), uuidv5("743ac3c0-3bf7-4a5b-9e6c-59360447c757", "LIBS:diskfont.library")]
    bad_uuid  = [try(uuidv5("tld", "x"), "error"), try(uuidv5("6ba7b8109dad11d180b400c04fd430c", "x"), "error")]
    of_object = sha1(jsonencode({ b = 1, a = ["x"] }))
  }
}

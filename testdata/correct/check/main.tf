variable "url" { type = string }
check "health" {
  data "http" "it" {
    url = var.url
  }
  assert {
    condition     = data.http.it.status_code == 200
    error_message = "${data.http.it.url} answered ${data.http.it.status_code}"
  }
}
check "no_data" {
  assert {
    condition     = alltrue([for k in [1, 2] : k > 0])
    error_message = "no"
  }
}

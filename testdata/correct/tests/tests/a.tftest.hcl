run "z" {}

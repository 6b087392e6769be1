env = "example"

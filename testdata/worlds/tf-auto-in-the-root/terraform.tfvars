env = "default"

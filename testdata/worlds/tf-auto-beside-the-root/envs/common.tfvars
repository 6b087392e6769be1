env = "none"

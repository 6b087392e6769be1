env    = "dev"
office = ["0.0.0.0/0"]

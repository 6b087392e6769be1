env    = "stage"
office = ["0.0.0.0/0"]

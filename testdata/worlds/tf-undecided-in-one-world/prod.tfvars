env = "prod"
open = true

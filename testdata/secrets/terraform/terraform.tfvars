from_file = "hush7-tfvars/hush7-second"

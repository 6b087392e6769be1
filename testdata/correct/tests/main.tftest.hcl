variables { x = 3 }
provider "aws" { region = "x" }
mock_provider "aws" { alias = "fake" }
run "one" {
  command = plan
  variables { x = 2 }
  assert {
    condition = output.o == 2
    error_message = "no"
  }
}
run "two" {
  variables { x = run.one.o }
  module { source = "./x" }
}

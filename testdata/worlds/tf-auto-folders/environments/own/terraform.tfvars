env = "own"

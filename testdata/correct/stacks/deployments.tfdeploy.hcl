deployment "d" { inputs = { a = store.varset.x.y } }

//! The command `iacscan`.

fn main() {}

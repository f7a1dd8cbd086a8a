//! How long parsing takes.

fn main() {}

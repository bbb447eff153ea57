//! Stages of the night, timed.
fn main() {}

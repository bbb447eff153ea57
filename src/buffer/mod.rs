//! What to hold back, per listing, and why?

pub mod theory;

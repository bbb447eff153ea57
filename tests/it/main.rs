//! The one test binary: with Polars to link, a second would cost more than it tells.

mod forecast;
mod lake;
mod query;

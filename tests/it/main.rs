//! The one test binary: with Polars to link, a second would cost more than it tells.

mod config;
mod ingest;
mod lake;
mod pnl;
mod query;
mod shell;
mod theory;

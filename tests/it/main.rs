//! The one test binary: with Polars to link, a second would cost more than it tells.

mod buffer;
mod config;
mod lake;
mod pnl;
mod publish;
mod query;
mod shell;
mod theory;

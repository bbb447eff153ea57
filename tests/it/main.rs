//! The one test binary: with Polars to link, a second would cost more than it tells.

mod config;
mod drift;
mod ledger;
mod shell;
mod theory;

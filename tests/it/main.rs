//! The one test binary: with Polars to link, a second would cost more than it tells.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod adversary;
mod buffer;
mod catalog;
mod buffer_inputs;
mod config;
mod drift;
mod duckdb;
mod health;
mod ingest;
mod forecast;
mod lake;
mod layers;
mod ledger;
mod pnl;
mod pnl_duckdb;
mod publish;
mod query;
mod report;
mod shell;
mod theory;

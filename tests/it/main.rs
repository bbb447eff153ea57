//! The one test binary: with Polars to link, a second would cost more than it tells.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may unwrap, and says what it skips")]

mod adversary;
mod buffer;
mod catalog;
mod buffer_inputs;
mod config;
mod drift;
mod duckdb;
mod forecast;
mod health;
mod ingest;
mod ingest_others;
mod lake;
mod layers;
mod ledger;
mod pnl;
mod pnl_duckdb;
mod publish;
mod query;
mod report;
mod sample;
mod shell;
mod theory;

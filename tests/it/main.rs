//! The one test binary: with Polars to link, a second would cost more than it tells.

mod adversary;
mod buffer;
mod buffer_inputs;
mod config;
mod demand;
mod drift;
mod duckdb;
mod forecast;
mod health;
mod ingest;
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

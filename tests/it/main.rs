//! The one test binary: with Polars to link, a second would cost more than it tells.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test may unwrap, and says what it skips")]

mod adversary;
mod buffer;
mod buffer_inputs;
mod buffer_season;
mod catalog;
mod check;
mod config;
mod demand;
mod drift;
mod duckdb;
mod first_night;
mod forecast;
mod forecast_reference;
mod forecast_series;
mod forecast_shop;
mod forecast_young;
mod health;
mod hostile;
mod ingest;
mod ingest_amended;
mod ingest_guesses;
mod ingest_marketplaces;
mod ingest_others;
mod ingest_properties;
mod ingest_twins;
mod judged;
mod lake;
mod layers;
mod ledger;
mod mutations;
mod newcomer;
mod pnl;
mod pnl_duckdb;
mod project;
mod publish;
mod query;
mod readme;
mod report;
mod sample;
mod shell;
mod theory;
mod truth;

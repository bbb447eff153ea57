//! trueup: what really happened, what will happen next, and what to hold back.
//!
//! > SQL says what happened, Rust says what follows from it, and every number can be walked back to
//! > a line of an export.
//!
//! ```text
//! exports ─ingest→ lake ─query→ marts ─┬→ demand → forecast ─┬→ buffer ─┬→ publish
//!  (files)       (Parquet)     (SQL)   ├→ ledger → drift ────┘          └→ report
//!                                      └→ pnl, health ───────────────────↗
//! ```
//!
//! A module imports only layers above it in this table; a test reads the table and checks.
//!
//! | layer | module | question it answers |
//! |--:|---|---|
//! | 0 | `types` | what are the nouns? |
//! | 1 | `error` | what is a message? |
//! | 2 | `lake` | where do facts live? |
//! | 3 | `config` | what did the user ask for? |
//! | 4 | `ingest` | how does an export become rows or rejects, none lost? |
//! | 4 | `query` | how do `queries/*.sql` run over the lake? |
//! | 5 | `catalog` | which product is this listing, and what is in this bundle? |
//! | 6 | `demand` | what did customers want, per SKU and day? |
//! | 6 | `ledger` | what should the count be, and which orders had no unit? |
//! | 7 | `forecast` | what will they want, with what error? |
//! | 8 | `drift` | where do the book and a channel disagree, and why? |
//! | 8 | `pnl` | what did each channel and SKU earn? |
//! | 9 | `buffer` | what to hold back, per listing, and why? |
//! | 10 | `health` | which checks hold, what needs a person? |
//! | 11 | `report` | how does it look on a page and in a table? |
//! | 11 | `publish` | what changes for the live system? |
//! | 11 | `sample` | what would a whole shop's exports look like? |
//! | 12 | `cli` | what was asked? |
//! | 12 | `shell` | how is it said? The only code that prints |
//! | 13 | `commands` | in which order? |

pub mod buffer;
pub mod catalog;
pub mod cli;
pub mod commands;
pub mod config;
pub mod demand;
pub mod drift;
pub mod error;
pub mod forecast;
pub mod health;
pub mod ingest;
pub mod lake;
pub mod ledger;
pub mod pnl;
pub mod publish;
pub mod query;
pub mod report;
pub mod sample;
pub mod shell;
pub mod types;

//! Where do facts live? Typed tables as Parquet, changed by atomic commits, described by manifests.
//!
//! ```text
//! lake/order_lines/2026-02-3f9c….parquet   one month of a large table, named by its content
//! lake/order_lines_history/…               states that a newer one has replaced
//! lake/products/all-77ab….parquet          a small table, whole
//! lake/rejects.csv                         what could not be read, with file, line and reason
//! lake/_log/00000000000000000007.json      what the lake consists of since commit 7
//! lake/tmp, lake/.lock, lake/.partials, lake/.seen
//!                                          of the program; may be deleted when nothing runs
//! ```
//!
//! A manifest is the only commit point: data files are written and synced under names that say
//! their content, then one manifest appears by an atomic link. Files it does not name are removed
//! right after, so `lake/<table>/*.parquet` is the table for any reader of Parquet.

mod commit;
mod digest;
mod files;
mod hold;
mod manifest;
mod meaning;
mod merge;
mod months;
mod moved;
mod next;
mod parquet_file;
mod rejects;
mod rows;
mod run;
mod runs;
mod snapshot;
mod staging;
mod states;
mod store;
mod tables;
mod twins;
mod verify;
mod words;

pub use commit::{Commit, Merged};
pub use hold::Hold;
pub use manifest::{DataFile, SourceRecord};
pub use merge::MergeCounts;
pub use rejects::{REJECTS, Reject};
pub use rows::{Amounts, Cell, Days, Flags, Integers, Rates, Reals, Rows, RowsBuilder, Texts, Timestamps};
pub use snapshot::Snapshot;
pub use store::Lake;
pub use tables::{Column, Kind, Merge, ORIGIN, TABLES, Table};
pub use verify::{digest, verify};
pub use words::{LineRole, MOVEMENT_KINDS, ORDER_LINE_KIND_WORDS, ORDER_LINE_KINDS, ORDER_TOTALS, SETTLEMENT_KINDS};

pub(crate) use files::{create_folder, entries, place, read_bytes, remove, sha256};
pub(crate) use parquet_file::{decode, encode};
pub(crate) use snapshot::{changed_meanwhile, is_table, schema_of};
pub(crate) use tables::{column_place, same_text, table_place};
pub(crate) use twins::{is_made, name as twin_name};

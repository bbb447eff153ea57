//! Where do facts live? Typed tables as Parquet, changed by atomic commits, described by manifests.

mod rows;
mod tables;

pub use rows::{Amounts, Cell, Days, Flags, Integers, Rates, Reals, Rows, RowsBuilder, Texts, Timestamps};
pub use tables::{Column, Kind, MOVEMENT_KINDS, Merge, ORIGIN, SETTLEMENT_KINDS, TABLES, Table};

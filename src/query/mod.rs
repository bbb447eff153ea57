//! How do `queries/*.sql` run over the lake?
//!
//! Goes in: a [`Snapshot`](crate::lake::Snapshot), the run's parameters and tables that settings
//! decide. Comes out: [`Rows`](crate::lake::Rows) by the query's name. The engine is Polars, and
//! only `engine` and `convert` know it; every query keeps to the subset of SQL that `guard` lets
//! through, which other engines answer alike.

mod catalogue;
mod convert;
mod engine;
mod extras;
mod graph;
mod guard;
mod header;
mod list;
mod marts;
mod overflow;
mod partials;
mod unknown;

pub use catalogue::Catalogue;
pub(crate) use engine::ASK_FOR_LESS;
pub use extras::{
    BUNDLE_PARTS, CALENDAR, CHANNEL_CURRENCIES, CHANNELS, EXTRA_TABLES, ExtraTable, RUN, RunParameters, SKU_MAP,
};
pub use guard::{Portable, check as check_sql};
pub use header::{Level, Query};
pub use marts::Marts;

//! How does it look on a page and in a table? The night's sheets in, files out as bytes.
//!
//! Goes in: a [`Night`]. Comes out: [`Page`]s, which [`Folder`] puts in place as a whole. The page
//! stands alone in one file and loads nothing.

mod chart;
pub mod csv;
mod figures;
mod folder;
mod html;
mod needs;
mod night;
mod numbers;
mod sheet;
mod summary;

pub use figures::OVERSELL_DAYS;
pub use folder::{Folder, Page};
pub use night::{CheckOutcome, LeftOut, Night, ReadFile, RunFacts};

use crate::error::Result;

/// The sheets that machines want as Parquet too.
const PARQUET: &[&str] = &[
    "buffers",
    "demand_daily",
    "drift",
    "drift_causes",
    "forecast",
    "lead_time_demand",
    "oversells",
    "pnl_by_channel",
    "pnl_by_sku",
];

/// The files of a night: every sheet as CSV, some as Parquet, `index.html`, `run.json`,
/// `timings.json` and `metrics.prom`.
///
/// # Errors
/// If a sheet holds a column of a type that no sheet has.
pub fn render(night: &Night<'_>) -> Result<Vec<Page>> {
    let page = |name: &str, bytes: Vec<u8>| Page { name: name.to_owned(), bytes };
    let mut pages = vec![
        page("index.html", html::page(night)),
        page("metrics.prom", summary::metrics(night)),
        page("run.json", summary::run_json(night)),
        page("timings.json", summary::timings_json(night)),
    ];
    for (name, rows) in night.sheets {
        pages.push(page(&format!("{name}.csv"), csv::write(rows, csv::Reader::Person)?));
        if PARQUET.contains(&name.as_str()) {
            pages.push(page(&format!("{name}.parquet"), csv::write_parquet(rows)?));
        }
    }
    pages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(pages)
}

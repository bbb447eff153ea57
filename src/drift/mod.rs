//! Where do the book and a channel disagree, and why? And how late is each channel?
//!
//! Goes in: the ledger with its facts, and what the channels reported. Comes out: [`Drifts`], each
//! gap split into causes that add up to it, and [`Latency`] per channel and class of SKUs.

mod compare;
mod gap;
mod latency;
mod sheets;

pub use compare::{ChannelReports, Drift, Drifts, compare, drift_units, has_unexplained, is_alert};
pub use gap::{CauseUnits, Circumstances, DriftCause, PENDING_DAYS, expected_of_feed, explain};
pub use latency::{LagMeasure, LagSeconds, Latency, MEASURED_DAYS, is_late, lag_measures, measure};
pub use sheets::{drift_causes_sheet, drift_sheet, sync_latency_sheet};

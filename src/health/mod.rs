//! Which checks hold, and what needs a person?
//!
//! Goes in: the `check_*` queries, the ledger, drifts, lags, listings, demand and returns. Comes out: [`Check`]s
//! with their findings, [`Exception`]s ranked by money with playbook, owner and due time, price
//! breaches, listings that stand for no product, and a [`Scorecard`] per channel.

mod chance;
mod checks;
mod exceptions;
mod identity;
mod parity;
mod scorecard;
mod shifts;

pub use chance::{Share, chance_of_difference};
pub use checks::{Check, any_error, checks_sheet, run_checks};
pub use exceptions::{Evidence, Exception, ExceptionKind, OVERSELL_DAYS, Playbook, alerts_sheet, exceptions};
pub use identity::{UnmappedListing, sku_map_sheet, unmapped_listings, unmapped_listings_sheet};
pub use parity::{
    Breach, Differential, Listings, PriceBreach, Prices, Suspension, WHOLESALE_SHARE, breaches, inspect,
    price_breaches_sheet,
};
pub use scorecard::{Earned, Scorecard, ScorecardInput, Verdict, channel_scorecard_sheet, scorecards};
pub use shifts::{RECENT_DAYS, Shift, ShiftKind, shifts};

//! Which checks hold, and what needs a person?
//!
//! Goes in: the `check_*` queries, the ledger, drifts, lags, listings, demand and returns. Comes out: [`Check`]s
//! with their findings, the [`Freshness`] of every source, [`Exception`]s with playbook, owner and due
//! time (money that is not known first, then by money), price breaches, listings that stand for no
//! product, and a [`Scorecard`] per channel.

mod alerts;
mod chance;
mod checks;
mod exceptions;
mod freshness;
mod identity;
mod parity;
mod playbook;
mod scorecard;
mod shifts;
mod tone;
mod unknowns;

pub use alerts::alerts_sheet;
pub use chance::{Share, chance_of_difference};
pub use checks::{Check, Outcome, checks_sheet, errors, run_checks};
pub use exceptions::{Evidence, Exception, exceptions};
pub use freshness::{Freshness, ORDERS, freshness, freshness_sheet};
pub use identity::{UnmappedListing, sku_map_sheet, unmapped_listings, unmapped_listings_sheet};
pub use parity::{Breach, Listings, PriceBreach, Prices, Suspension, breaches, inspect, price_breaches_sheet};
pub use playbook::{ExceptionKind, Playbook};
pub use scorecard::{Earned, Issue, Scorecard, ScorecardInput, Verdict, channel_scorecard_sheet, scorecards};
pub use shifts::{RECENT_DAYS, Shift, ShiftKind, shifts};
pub use tone::Tone;
pub use unknowns::{is_unknown_money, ranked};

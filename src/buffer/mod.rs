//! What to hold back, per listing, and why?
//!
//! Goes in: one [`ListingInput`] per SKU and channel, and the settings. Comes out: one
//! [`Recommendation`] each, with two numbers that are never mixed: the *cover target* says how much
//! stock the business needs until the next delivery, the *listing hold-back* how many units a channel
//! must not be shown because its count is old.

mod allocation;
mod cover;
mod explain;
mod holdback;
mod input;
mod listings;
mod overrides;
mod promotion;
mod reason;
mod recommend;
mod rules;
mod sheet;
mod stranded;
mod sync;
pub mod theory;
mod version;
mod weakness;
mod words;

pub use allocation::{Claim, Grant, allocate_pool};
pub use cover::replenishment_units;
pub use explain::{Explanation, Line, explain};
pub use input::{Decision, Lag, LeadTime, ListingDemand, ListingInput, PoolStock, Present, Promotion, PromotionState};
pub use listings::{Sources, listings};
pub use overrides::{Ask, OverrideOutcome, OverrideOutcomes, Overrides};
pub use promotion::{Readiness, release_waves};
pub use recommend::{Action, Recommendation, Recommendations, recommend};
pub use sheet::COLUMNS;
pub use sync::{is_too_thin, needed_tier, observed_tier};
pub use weakness::{Confidence, Weakness};

//! What changes for the live system?
//!
//! Goes in: the recommendations and what was published before. Comes out: a [`Plan`] with each
//! number before and after; once it is cleared by the [`Rails`], a folder with the feed as CSV, JSON
//! and Parquet that appears whole or not at all.

mod feed;
mod plan;
mod rails;
mod write;

pub use feed::{Feed, FeedRow};
pub use plan::{Approved, Change, Plan, Waiting, plan};
pub use rails::{Cleared, InputAge, Rails};
pub use write::{Outcome, hold, publish, published};

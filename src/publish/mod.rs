//! What changes for the live system?
//!
//! Goes in: the recommendations, what was published before, what the channels report and what the
//! last run said. Comes out: a [`Plan`] with each number before and after; once no [`Rail`] stands
//! against it, a folder with the feed as CSV, JSON and Parquet that appears whole or not at all.

mod feed;
mod journal;
mod plan;
mod rails;
mod shown;
mod verdict;
mod write;

pub use feed::{Feed, FeedRow};
pub use journal::{Word, vouch};
pub use plan::{Approved, Change, Plan, Waiting, plan};
pub use rails::{Breach, Circumstances, Cleared, Rail};
pub use shown::{Baseline, Cover, Shown};
pub use verdict::{Answer, Verdict};
pub use write::{Outcome, hold, publish, published};

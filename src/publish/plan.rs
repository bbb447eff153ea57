//! What would change? Every number before and after, and what waits for a person.

use std::collections::BTreeSet;

use super::feed::{Feed, FeedRow};
use super::shown::{Baseline, Cover, Shown, shown, silent_channels};
use crate::buffer::{Action, Recommendation, Recommendations};
use crate::error::Result;
use crate::lake::{Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Day, Sku};

/// Which large changes a person has let through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Approved {
    /// None.
    #[default]
    None,
    /// Those of these SKUs.
    Skus(BTreeSet<Sku>),
    /// All.
    All,
}

impl Approved {
    fn lets(&self, sku: &Sku) -> bool {
        match self {
            Self::None => false,
            Self::Skus(skus) => skus.contains(sku),
            Self::All => true,
        }
    }
}

/// One listing whose numbers change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The product.
    pub sku: String,
    /// The channel.
    pub channel: String,
    /// Units held back before; none if it was not published.
    pub holdback_before: Option<i64>,
    /// Units held back after; none if the listing is gone.
    pub holdback_after: Option<i64>,
    /// Units shown before.
    pub listed_before: Option<i64>,
    /// Units shown after.
    pub listed_after: Option<i64>,
    /// Why.
    pub reason: String,
}

impl Change {
    /// True where a listing that showed units shows none.
    pub fn is_zeroed(&self) -> bool {
        self.listed_before.is_some_and(|units| units > 0) && self.listed_after == Some(0)
    }

    fn between(before: Option<&FeedRow>, after: Option<&FeedRow>) -> Option<Self> {
        let any = after.or(before)?;
        let figures = |row: &FeedRow| (row.listing_holdback, row.listed_quantity, row.pause_below, row.promo_reserve);
        if before.map(figures) == after.map(figures) {
            return None;
        }
        Some(Self {
            sku: any.sku.clone(),
            channel: any.channel.clone(),
            holdback_before: before.map(|row| row.listing_holdback),
            holdback_after: after.map(|row| row.listing_holdback),
            listed_before: before.and_then(|row| row.listed_quantity),
            listed_after: after.and_then(|row| row.listed_quantity),
            reason: after.map_or_else(|| "No longer listed.".to_owned(), |row| row.reason.clone()),
        })
    }
}

/// One listing whose present number stays for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The product.
    pub sku: Sku,
    /// The channel.
    pub channel: Channel,
    /// `hold` or `approve`.
    pub action: Action,
    /// Units that stay held back; none if nothing was published.
    pub stays: Option<i64>,
    /// Units that would be held back.
    pub would_be: i64,
    /// Why.
    pub reason: String,
}

/// What a publication would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The name of the publication: its day and a digest of its content.
    pub version: String,
    /// The run that found the numbers.
    pub run: String,
    /// The day they stand on.
    pub as_of: Day,
    /// What the live system would read.
    pub feed: Feed,
    /// Every listing whose numbers change, sorted by SKU and channel.
    pub changes: Vec<Change>,
    /// What waits, sorted by SKU and channel.
    pub waiting: Vec<Waiting>,
    /// Listings published before.
    pub published_before: usize,
    /// Listings that the run has a number for, or that wait for one.
    pub recommended: usize,
    /// Units of every listing before and after, sorted by SKU and channel.
    pub shown: Vec<Shown>,
    /// Cover targets before and after.
    pub cover: Cover,
    /// Channels without a listing that had one, or that the shop has where nothing was published.
    pub silent_channels: Vec<Channel>,
    /// The newest day that a listing in force stands on.
    pub in_force_as_of: Option<Day>,
}

/// Works out what a publication would do. Listings that wait keep what was published before; where
/// nothing was, they are left out. What was never published is held against the `baseline`.
///
/// # Errors
/// A feed in force with a day that is none.
pub fn plan(
    recommendations: &Recommendations,
    in_force: Option<&Feed>,
    baseline: &Baseline,
    approved: &Approved,
) -> Result<Plan> {
    let nothing = Feed::default();
    let before = in_force.unwrap_or(&nothing);
    let mut rows = Vec::with_capacity(recommendations.rows.len());
    let mut waiting = Vec::new();
    for row in &recommendations.rows {
        let old = before.row(row.sku.as_str(), row.channel.as_str());
        if goes_out(row, approved) {
            rows.push(repeat_or_replace(old, FeedRow::new(recommendations, row)));
        } else {
            rows.extend(old.cloned());
            waiting.push(wait(row, old));
        }
    }
    let feed = Feed { rows };
    Ok(Plan {
        version: feed.version(recommendations.as_of),
        run: recommendations.run.clone(),
        as_of: recommendations.as_of,
        changes: changes(before, &feed),
        published_before: before.rows.len(),
        recommended: recommendations.rows.len(),
        cover: Cover::between(in_force, &feed),
        shown: shown(before, &feed, baseline),
        silent_channels: silent_channels(in_force, &feed, &waiting, baseline),
        waiting,
        in_force_as_of: before.newest_day()?,
        feed,
    })
}

fn goes_out(row: &Recommendation, approved: &Approved) -> bool {
    match row.action {
        Action::Publish => true,
        Action::Approve => approved.lets(&row.sku),
        Action::Hold => false,
    }
}

/// The row as it was published, where the same day says the same again: otherwise a second run of one
/// day would publish a new version only because the first is now the one before.
fn repeat_or_replace(old: Option<&FeedRow>, new: FeedRow) -> FeedRow {
    let says_the_same = |old: &&FeedRow| {
        let same = FeedRow {
            run: old.run.clone(),
            current_buffer: old.current_buffer,
            change: old.change,
            action: old.action.clone(),
            reason: old.reason.clone(),
            ..new.clone()
        };
        same == **old
    };
    old.filter(says_the_same).cloned().unwrap_or(new)
}

fn wait(row: &Recommendation, old: Option<&FeedRow>) -> Waiting {
    Waiting {
        sku: row.sku.clone(),
        channel: row.channel.clone(),
        action: row.action,
        stays: old.map(|row| row.listing_holdback),
        would_be: row.listing_holdback,
        reason: row.reason.clone(),
    }
}

fn changes(before: &Feed, after: &Feed) -> Vec<Change> {
    let gone = before.rows.iter().filter(|row| after.row(&row.sku, &row.channel).is_none());
    let mut changes: Vec<Change> = gone.filter_map(|row| Change::between(Some(row), None)).collect();
    let kept = after.rows.iter();
    changes.extend(kept.filter_map(|row| Change::between(before.row(&row.sku, &row.channel), Some(row))));
    changes.sort_by(|a, b| (&a.sku, &a.channel).cmp(&(&b.sku, &b.channel)));
    changes
}

impl Plan {
    /// Listings published before whose hold-back changes or that are gone, over all published before;
    /// 0 where nothing was.
    pub fn changed_share(&self) -> f64 {
        let changed = self
            .changes
            .iter()
            .filter(|change| change.holdback_before.is_some() && change.holdback_before != change.holdback_after)
            .count();
        if self.published_before == 0 { 0.0 } else { changed as f64 / self.published_before as f64 }
    }

    /// Listings that showed units and would show none.
    pub fn zeroed(&self) -> usize {
        self.changes.iter().filter(|change| change.is_zeroed()).count()
    }

    /// The table `publish_plan`, one row per listing that changes.
    pub fn sheet(&self) -> Rows {
        let column = |name, kind, nullable| Column { name, kind, nullable };
        let mut table = RowsBuilder::new(
            "publish_plan",
            [
                column("sku", Kind::Text, false),
                column("channel", Kind::Text, false),
                column("holdback_before", Kind::Integer, true),
                column("holdback_after", Kind::Integer, true),
                column("listed_before", Kind::Integer, true),
                column("listed_after", Kind::Integer, true),
                column("reason", Kind::Text, false),
            ],
        );
        for change in &self.changes {
            table.push([
                change.sku.as_str().into(),
                change.channel.as_str().into(),
                change.holdback_before.into(),
                change.holdback_after.into(),
                change.listed_before.into(),
                change.listed_after.into(),
                change.reason.as_str().into(),
            ]);
        }
        table.finish()
    }
}

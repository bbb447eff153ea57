//! What do buyers see before and after? Units by listing, and what is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::feed::{Feed, FeedRow};
use super::plan::Waiting;
use crate::types::{Channel, Sku};

/// What is known of a shop that has not published yet, so that its first publication is held against
/// something too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    /// The channels that the settings name.
    pub channels: BTreeSet<Channel>,
    /// Units that a channel reports of its own listing.
    pub reported: BTreeMap<(Sku, Channel), i64>,
}

/// One listing that is in force or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The product.
    pub sku: String,
    /// The channel.
    pub channel: String,
    /// Units shown before: as published, else as the channel reports; none where neither tells.
    pub before: Option<i64>,
    /// Units shown after, none where they are unknown; a listing that is gone shows 0.
    pub after: Option<i64>,
    /// True where it was published and would be no longer.
    pub is_gone: bool,
}

impl Shown {
    /// Units before and after, where both are known: nothing follows from a number that is not.
    pub(super) fn both(&self) -> Option<(i64, i64)> {
        self.before.zip(self.after)
    }
}

/// Stock to have until the next delivery, over all listings that are in both feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Units before; none where nothing was published.
    pub before: Option<i64>,
    /// Units after.
    pub after: i64,
}

impl Cover {
    pub(super) fn between(before: Option<&Feed>, after: &Feed) -> Self {
        let sum = |units: &mut dyn Iterator<Item = i64>| units.fold(0, i64::saturating_add);
        let old = |row: &FeedRow| before?.row(&row.sku, &row.channel).map(|old| old.cover_target);
        let kept = |row: &&FeedRow| before.is_none() || old(row).is_some();
        Self {
            before: before.map(|_| sum(&mut after.rows.iter().filter_map(old))),
            after: sum(&mut after.rows.iter().filter(kept).map(|row| row.cover_target)),
        }
    }
}

/// Every listing of both feeds, sorted by SKU and channel.
pub(super) fn shown(before: &Feed, after: &Feed, baseline: &Baseline) -> Vec<Shown> {
    let gone = before.rows.iter().filter(|row| after.row(&row.sku, &row.channel).is_none());
    let gone = gone.map(|row| one(row, row.listed_quantity, Some(0), true));
    let there = after.rows.iter().map(|row| {
        let known = match before.row(&row.sku, &row.channel) {
            Some(old) => old.listed_quantity,
            None => baseline.reported.get(&row.key()).copied(),
        };
        one(row, known, row.listed_quantity, false)
    });
    let mut all: Vec<Shown> = gone.chain(there).collect();
    all.sort_by(|a, b| (&a.sku, &a.channel).cmp(&(&b.sku, &b.channel)));
    all
}

fn one(row: &FeedRow, before: Option<i64>, after: Option<i64>, is_gone: bool) -> Shown {
    Shown { sku: row.sku.clone(), channel: row.channel.clone(), before, after, is_gone }
}

/// Channels of which nothing is left, neither a listing nor one that waits: of those that had one, and on the
/// first day of those that the shop has.
pub(super) fn silent_channels(
    before: Option<&Feed>,
    after: &Feed,
    waiting: &[Waiting],
    baseline: &Baseline,
) -> Vec<Channel> {
    let channels = |feed: &Feed| feed.rows.iter().map(|row| Channel::new(&row.channel)).collect::<BTreeSet<Channel>>();
    let expected = before.map_or_else(|| baseline.channels.clone(), channels);
    let mut left = channels(after);
    left.extend(waiting.iter().map(|wait| wait.channel.clone()));
    expected.difference(&left).cloned().collect()
}

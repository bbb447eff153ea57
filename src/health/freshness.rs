//! Which sources have stopped coming?
//!
//! A source is a kind of fact of one channel, or of the source of truth: the orders of Shopify, the
//! settlements of Amazon, the stock movements. It is stale when its newest record is older than it
//! ever usually was: than `[alerts] stale-after-days` where that is set, else than three times the
//! median gap between days with records, than the gap that 95 of 100 do not exceed, and than three
//! days.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Day};

/// No source is stale earlier: a weekend without an export is none.
const LEAST_DAYS: i32 = 3;
/// So many usual gaps without a record are too many.
const GAPS: i32 = 3;
/// How long a source may be silent of which too few records tell how often it comes.
const UNKNOWN_CADENCE_DAYS: i32 = 7;

/// The source whose newest day the report is held against first.
pub const ORDERS: &str = "orders";

/// How fresh one source is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// What it tells: `orders`, `settlements`, `stock counts`.
    pub source: String,
    /// Whose; `None` for the source of truth.
    pub channel: Option<Channel>,
    /// The newest day with a record, up to the report's.
    pub newest: Day,
    /// Days from that to the report's.
    pub age_days: i32,
    /// Median days from one day with records to the next; unknown with fewer than two such days.
    pub usual_gap_days: Option<i32>,
    /// It is stale when it is older than this.
    pub stale_after_days: i32,
}

impl Freshness {
    /// True where the newest record is older than it may be.
    pub fn is_stale(&self) -> bool {
        self.age_days > self.stale_after_days
    }

    /// Its name: `orders of shopify`, `stock counts`.
    pub fn name(&self) -> String {
        match &self.channel {
            Some(channel) => format!("{} of {channel}", self.source),
            None => self.source.clone(),
        }
    }
}

/// Every source of `mart_source_days`, by name and channel. `stale_after` is the user's limit in days.
///
/// # Errors
/// Where a column of the answer is missing or of another type.
pub fn freshness(days: &Rows, as_of: Day, stale_after: Option<u32>) -> Result<Vec<Freshness>> {
    let (source, channel, day) = (days.text("source")?, days.text("channel")?, days.day("day")?);
    let mut seen: BTreeMap<(&str, &str), Vec<Day>> = BTreeMap::new();
    for row in 0..days.len() {
        if let (Some(source), Some(channel), Some(day)) = (source.get(row), channel.get(row), day.get(row)) {
            seen.entry((source, channel)).or_default().push(day);
        }
    }
    let one = |((source, channel), days): ((&str, &str), Vec<Day>)| {
        let newest = *days.iter().max()?;
        let gaps = gaps(days);
        Some(Freshness {
            source: source.to_owned(),
            channel: (!channel.is_empty()).then(|| Channel::new(channel)),
            newest,
            age_days: as_of.since(newest),
            usual_gap_days: at_rank(&gaps, 50),
            stale_after_days: stale_after
                .map_or_else(|| patience(&gaps), |days| i32::try_from(days).unwrap_or(i32::MAX)),
        })
    };
    Ok(seen.into_iter().filter_map(one).collect())
}

/// Days from each day with records to the next, rising.
fn gaps(mut days: Vec<Day>) -> Vec<i32> {
    days.sort_unstable();
    let mut gaps: Vec<i32> = days.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    gaps.sort_unstable();
    gaps
}

/// The smallest gap that at least so many of 100 do not exceed; `None` without gaps.
fn at_rank(gaps: &[i32], percent: usize) -> Option<i32> {
    gaps.get((gaps.len() * percent).div_ceil(100).max(1) - 1).copied()
}

fn patience(gaps: &[i32]) -> i32 {
    match (at_rank(gaps, 50), at_rank(gaps, 95)) {
        (Some(usual), Some(long)) => (GAPS * usual).max(long).max(LEAST_DAYS),
        _ => UNKNOWN_CADENCE_DAYS,
    }
}

const FRESHNESS: &[Column] = &[
    Column { name: "source", kind: Kind::Text, nullable: false },
    Column { name: "channel", kind: Kind::Text, nullable: true },
    Column { name: "newest", kind: Kind::Day, nullable: false },
    Column { name: "age_days", kind: Kind::Integer, nullable: false },
    Column { name: "usual_gap_days", kind: Kind::Integer, nullable: true },
    Column { name: "stale_after_days", kind: Kind::Integer, nullable: false },
    Column { name: "stale", kind: Kind::Flag, nullable: false },
];

/// `freshness.csv`: the newest record of every source.
pub fn freshness_sheet(all: &[Freshness]) -> Rows {
    let mut rows = RowsBuilder::new("freshness", FRESHNESS.iter().copied());
    for one in all {
        rows.push([
            Cell::from(one.source.as_str()),
            one.channel.as_ref().map(Channel::as_str).into(),
            one.newest.into(),
            i64::from(one.age_days).into(),
            one.usual_gap_days.map(i64::from).into(),
            i64::from(one.stale_after_days).into(),
            one.is_stale().into(),
        ]);
    }
    rows.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(offsets: &[i32]) -> Vec<Day> {
        offsets.iter().map(|offset| Day::from_days(20_000 + offset)).collect()
    }

    #[test]
    fn patience_follows_what_was_usual() {
        for (offsets, usual, patient) in [
            (&[0, 1, 2, 3, 4, 5, 6][..], Some(1), 3),
            (&[0, 14, 28, 42], Some(14), 42),
            // a long pause that is no exception: one in nine
            (&[0, 1, 2, 3, 4, 5, 6, 7, 8, 20], Some(1), 12),
            (&[9], None, 7),
        ] {
            let gaps = gaps(days(offsets));
            assert_eq!((at_rank(&gaps, 50), patience(&gaps)), (usual, patient), "{offsets:?}");
        }
    }
}

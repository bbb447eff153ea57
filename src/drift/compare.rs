//! Every listing's newest report against the book.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use rayon::prelude::*;

use super::gap::{CauseUnits, Circumstances, DriftCause, expected_of_feed, explain};
use crate::config::DriftAlert;
use crate::error::Result;
use crate::lake::Rows;
use crate::ledger::{Feed, Ledger, Pools, StockIndex};
use crate::query::Marts;
use crate::types::{Channel, Sku, Timestamp};

/// What the comparison reads beside the ledger's facts.
#[derive(Clone, Debug)]
pub struct ChannelReports {
    /// `mart_channel_stock`: the reports of the last weeks.
    pub reports: Rows,
    /// `fact_stock_returns`
    pub returns: Rows,
    /// `mart_listing_conflicts`: listings that stand for two SKUs.
    pub conflicts: Rows,
    /// Hold-backs in force by listing, in units. A channel without updates may show so many less
    /// than the book: it does what it was told.
    pub held_back: BTreeMap<(Sku, Channel), i64>,
}

impl ChannelReports {
    /// Runs the queries; no hold-back is in force.
    ///
    /// # Errors
    /// Where a query cannot run.
    pub fn read(marts: &Marts) -> Result<Self> {
        Ok(Self {
            held_back: BTreeMap::new(),
            reports: marts.rows("mart_channel_stock")?,
            returns: marts.rows("fact_stock_returns")?,
            conflicts: marts.rows("mart_listing_conflicts")?,
        })
    }
}

/// One listing whose count is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The channel.
    pub channel: Channel,
    /// The SKU.
    pub sku: Sku,
    /// The location as the channel names it.
    pub location: String,
    /// The channel's own number of the listing.
    pub channel_sku: String,
    /// When the channel reported.
    pub reported_at: Timestamp,
    /// Units the channel shows.
    pub reported: i64,
    /// Units it should show.
    pub expected: i64,
    /// What explains the gap; the units add up to it.
    pub causes: Vec<CauseUnits>,
    /// The first of the unbroken row of reports that were off.
    pub first_seen: Timestamp,
    /// Hours from then to the end of the run's day.
    pub age_hours: i64,
    /// Whether it is worth an alert.
    pub alert: bool,
}

impl Drift {
    /// Reported − expected.
    pub const fn gap(&self) -> i64 {
        self.reported - self.expected
    }

    /// The cause that explains most of the gap: of those with its sign the largest, the earlier in
    /// the order of [`DriftCause`] where two are equal.
    pub fn main_cause(&self) -> Option<&CauseUnits> {
        let sign = self.gap().signum();
        let same_sign = self.causes.iter().filter(|part| part.units.signum() == sign);
        same_sign.max_by(|a, b| a.units.abs().cmp(&b.units.abs()).then(b.cause.cmp(&a.cause)))
    }

    /// `oversell risk` where more is shown than is there, `lost sales` where less.
    pub const fn direction(&self) -> &'static str {
        if self.gap() > 0 { "oversell risk" } else { "lost sales" }
    }
}

/// The comparison's result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drifts {
    /// Listings that are off, by channel, SKU and location.
    pub found: Vec<Drift>,
    /// Listings compared.
    pub compared: usize,
    /// Listings that could not be compared: no count on one of the two sides.
    pub unknown: usize,
    /// Listings whose own channel's count is the book: a channel can't differ from itself.
    pub own_book: usize,
}

/// True where a gap is worth an alert: more than the settings' units, or more than their share of
/// the expected count and at least 2 units.
pub fn is_alert(expected: i64, reported: i64, alert: &DriftAlert) -> bool {
    let gap = (reported - expected).abs();
    let above_share = alert.drift_rate.is_some_and(|rate| {
        let share = i128::from(expected.max(0)) * i128::from(rate.millionths());
        gap >= 2 && i128::from(gap) * i128::from(crate::types::Rate::SCALE) > share
    });
    gap > alert.drift_units || above_share
}

/// Compares the newest report of every listing and location with the book.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn compare(
    index: &StockIndex<'_>,
    ledger: &Ledger,
    pools: &Pools,
    reports: &ChannelReports,
    alert: &DriftAlert,
) -> Result<Drifts> {
    let all = listings(&reports.reports)?;
    let is_book = |listing: &Listing<'_>| {
        let stand_in = pools.pool(listing.channel).and_then(|pool| index.facts.stand_ins.get(pool));
        stand_in.is_some_and(|stand_in| stand_in.channel.as_str() == listing.channel)
    };
    let (own_book, listings): (Vec<_>, Vec<_>) = all.into_iter().partition(|(listing, _)| is_book(listing));
    let beside = Beside::read(reports)?;
    let several = several_locations(&listings);
    let compared: Vec<Option<Drift>> = listings
        .par_iter()
        .map(|(listing, history)| {
            let only_location = !several.contains_key(&(listing.channel, listing.sku));
            let mut book = Book::of(index, ledger, pools, listing, only_location);
            book.held_back = book.held_back(listing, pools, reports);
            book.compare(listing, history, &beside, index, alert)
        })
        .collect();
    let mut drifts = Drifts { own_book: own_book.len(), ..Drifts::default() };
    for drift in compared {
        match drift {
            Some(drift) => {
                drifts.compared += 1;
                if drift.gap() != 0 {
                    drifts.found.push(drift);
                }
            }
            None => drifts.unknown += 1,
        }
    }
    drifts.found.sort_by(|a, b| key(a).cmp(&key(b)).then(b.gap().abs().cmp(&a.gap().abs())));
    drifts.found.dedup_by(|second, first| key(first) == key(second));
    Ok(drifts)
}

fn key(drift: &Drift) -> (&Channel, &Sku, &str) {
    (&drift.channel, &drift.sku, &drift.location)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listing<'a> {
    channel: &'a str,
    sku: &'a str,
    location: &'a str,
    channel_sku: &'a str,
}

/// Reports of one listing, oldest first: when, and how many units it showed.
type History = Vec<(Timestamp, i64)>;

fn listings(rows: &Rows) -> Result<Vec<(Listing<'_>, History)>> {
    let (channel, sku, location) = (rows.text("channel")?, rows.text("sku")?, rows.text("location")?);
    let (channel_sku, reported_at) = (rows.text("channel_sku")?, rows.timestamp("reported_at")?);
    let listed = rows.integer("listed")?;
    let mut listings: BTreeMap<Listing<'_>, History> = BTreeMap::new();
    for row in 0..rows.len() {
        let (Some(channel), Some(sku), Some(location)) = (channel.get(row), sku.get(row), location.get(row)) else {
            continue;
        };
        let (Some(at), Some(units)) = (reported_at.get(row), listed.get(row)) else { continue };
        let channel_sku = channel_sku.get(row).unwrap_or_default();
        listings.entry(Listing { channel, sku, location, channel_sku }).or_default().push((at, units));
    }
    let mut listings: Vec<(Listing<'_>, History)> = listings.into_iter().collect();
    for (_, history) in &mut listings {
        history.sort_unstable();
    }
    Ok(listings)
}

/// Listings that a channel reports at more than one location.
fn several_locations<'a>(listings: &[(Listing<'a>, History)]) -> BTreeMap<(&'a str, &'a str), ()> {
    let mut first: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    let mut several = BTreeMap::new();
    for (listing, _) in listings {
        let key = (listing.channel, listing.sku);
        if *first.entry(key).or_insert(listing.location) != listing.location {
            several.insert(key, ());
        }
    }
    several
}

/// When a return set out, of how many units, and its order.
type Returned<'a> = (Timestamp, i64, &'a str);

#[derive(Default)]
struct Beside<'a> {
    returns: BTreeMap<(&'a str, &'a str), Vec<Returned<'a>>>,
    conflicts: BTreeMap<(&'a str, &'a str), String>,
}

/// Days that a return may be on its way.
const RETURN_DAYS: i64 = 30;

impl<'a> Beside<'a> {
    fn read(reports: &'a ChannelReports) -> Result<Self> {
        let mut beside = Self::default();
        let returns = &reports.returns;
        let (channel, sku, order) = (returns.text("channel")?, returns.text("sku")?, returns.text("order_id")?);
        let (at, units) = (returns.timestamp("refunded_at")?, returns.integer("units")?);
        for row in 0..returns.len() {
            let (Some(channel), Some(sku)) = (channel.get(row), sku.get(row)) else { continue };
            let (Some(at), Some(units)) = (at.get(row), units.get(row)) else { continue };
            let refund = (at, units, order.get(row).unwrap_or_default());
            beside.returns.entry((channel, sku)).or_default().push(refund);
        }
        let conflicts = &reports.conflicts;
        let (channel, channel_sku) = (conflicts.text("channel")?, conflicts.text("channel_sku")?);
        let sku = conflicts.text("sku")?;
        for row in 0..conflicts.len() {
            let (Some(channel), Some(listing), Some(sku)) = (channel.get(row), channel_sku.get(row), sku.get(row))
            else {
                continue;
            };
            let skus = beside.conflicts.entry((channel, listing)).or_default();
            if !skus.is_empty() {
                skus.push_str(" and ");
            }
            skus.push_str(sku);
        }
        Ok(beside)
    }

    fn circumstances<'s>(&'s self, listing: &Listing<'s>, at: Timestamp, zone: Tz) -> Circumstances<'s> {
        let from = at.plus_seconds(-RETURN_DAYS * 86_400);
        let returns = self.returns.get(&(listing.channel, listing.sku));
        let is_on_the_way = |refund: &&(Timestamp, i64, &str)| refund.0 > from && refund.0 <= at;
        let on_the_way: Vec<_> = returns.into_iter().flatten().filter(is_on_the_way).collect();
        Circumstances {
            zone,
            returning_units: on_the_way.iter().map(|(_, units, _)| units).sum(),
            returning_order: on_the_way.first().map_or("", |(_, _, order)| order),
            mapped_to: self.conflicts.get(&(listing.channel, listing.channel_sku)).map(String::as_str),
        }
    }
}

/// What one listing should show at any time.
struct Book<'i, 'a> {
    feed: Feed<'a>,
    ledger: &'i Ledger,
    sku: &'i str,
    /// The location whose count is meant; none where updates tell.
    counted_at: Option<&'i str>,
    /// Units that the channel is told not to show.
    held_back: i64,
}

impl<'i, 'a> Book<'i, 'a> {
    fn of(
        index: &StockIndex<'a>,
        ledger: &'i Ledger,
        pools: &'i Pools,
        listing: &Listing<'i>,
        only_location: bool,
    ) -> Self {
        let feed = Feed::of(index, listing.channel, listing.sku);
        let pool = pools.pool(listing.channel);
        let counted_at = if pools.fulfilled_by_channel(listing.channel) && only_location {
            pool
        } else if !only_location {
            Some(listing.location)
        } else if feed.events().is_empty() {
            pool
        } else {
            None
        };
        Self { feed, ledger, sku: listing.sku, counted_at, held_back: 0 }
    }

    /// The hold-back in force, where no update tells what the channel was sent.
    fn held_back(&self, listing: &Listing<'_>, pools: &Pools, reports: &ChannelReports) -> i64 {
        if !self.feed.events().is_empty() || pools.fulfilled_by_channel(listing.channel) {
            return 0;
        }
        let key = (Sku::new(listing.sku), Channel::new(listing.channel));
        reports.held_back.get(&key).map_or(0, |units| (*units).max(0))
    }

    /// The count expected of a channel that shows `shown`. Whether the hold-back reached it by then
    /// is not told, so all between the book with and without it is as expected.
    fn expected_where(&self, at: Timestamp, shown: i64) -> Option<i64> {
        let most = self.expected(at)?;
        let least = most.saturating_sub(self.held_back).max(most.min(0));
        Some(shown.clamp(least, most))
    }

    fn expected(&self, at: Timestamp) -> Option<i64> {
        match self.counted_at {
            Some(location) => self.ledger.available_at(self.sku, location, at).map(|units| units.max(0)),
            None => expected_of_feed(&self.feed, at),
        }
    }

    fn compare(
        &self,
        listing: &Listing<'i>,
        history: &History,
        beside: &'i Beside<'i>,
        index: &StockIndex<'_>,
        alert: &DriftAlert,
    ) -> Option<Drift> {
        let (reported_at, reported) = *history.last()?;
        let expected = self.expected_where(reported_at, reported)?;
        let circumstances = beside.circumstances(listing, reported_at, index.facts.zone);
        let causes = explain(&self.feed, reported_at, reported, expected, circumstances);
        let off = |(at, units): &&(Timestamp, i64)| {
            self.expected_where(*at, *units).is_some_and(|expected| expected != *units)
        };
        let first_seen = history.iter().rev().take_while(off).last().map_or(reported_at, |(at, _)| *at);
        Some(Drift {
            channel: Channel::new(listing.channel),
            sku: Sku::new(listing.sku),
            location: listing.location.to_owned(),
            channel_sku: listing.channel_sku.to_owned(),
            reported_at,
            reported,
            expected,
            causes,
            first_seen,
            age_hours: index.facts.as_of_end.seconds_since(first_seen).max(0) / 3_600,
            alert: is_alert(expected, reported, alert),
        })
    }
}

/// Units of all gaps of one channel, without sign.
pub fn drift_units(drifts: &Drifts, channel: &Channel) -> i64 {
    drifts.found.iter().filter(|drift| drift.channel == *channel).map(|drift| drift.gap().abs()).sum()
}

/// True where a part of the drift rests on no evidence.
pub fn has_unexplained(drift: &Drift) -> bool {
    drift.causes.iter().any(|part| part.cause == DriftCause::Unexplained)
}

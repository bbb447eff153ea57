//! Which products come back at another rate than before, and which sell on other channels than before, by
//! more than chance?
//!
//! Order lines are counted, not units: one order of a hundred is one decision. The last four weeks stand
//! against the weeks before them by Fisher's exact test. Because every listing is tested every night, what
//! chance explains is divided among all tests of a kind (Bonferroni): of a hundred nights without any
//! change one raises one alarm. A difference that hardly matters is none: odds must at least double or halve.
//!
//! Returns take time, so a line counts for the share of returns that had come by its age, as the channel's
//! older orders tell. Shares leave out the days on which the product was out of stock or on promotion on
//! any channel.

use std::collections::BTreeMap;

use super::chance::{Share, chance_of_difference};
use crate::demand::{Demand, DemandSeries};
use crate::error::Result;
use crate::lake::Rows;
use crate::types::{Channel, Day, Sku};

/// Days that stand against those before.
pub const RECENT_DAYS: i32 = 28;
/// Days of orders before, whose returns are the usual ones.
const DAYS_BEFORE_RETURNS: i32 = 180;
/// Days before, whose channels are the usual ones.
const DAYS_BEFORE_SHARES: i32 = 84;
/// A return that takes longer is not waited for.
const LONGEST_RETURN: usize = 56;
/// Returns that tell how long they take.
const LEAST_RETURNS: usize = 20;
/// Order lines that either time must have.
const LEAST_LINES: u64 = 20;
/// Lines that both times together must count, and leave uncounted.
const LEAST_COUNTED: u64 = 5;
/// What chance may explain over all tests of a kind.
const CHANCE: f64 = 0.01;
/// Odds must be so many times as large or as small.
const LEAST_ODDS: f64 = 2.0;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftKind {
    /// How many of its order lines come back.
    ReturnRate,
    /// How many of a product's order lines are the channel's.
    ChannelShare,
}

/// A share that changed by more than chance.
#[derive(Clone, Debug, PartialEq)]
pub struct Shift {
    /// What changed.
    pub kind: ShiftKind,
    /// The channel.
    pub channel: Channel,
    /// The product.
    pub sku: Sku,
    /// The first of the recent days.
    pub since: Day,
    /// In the recent days.
    pub recent: Share,
    /// In the days before.
    pub before: Share,
}

impl Shift {
    /// Lines of the recent days beyond what the days before foretold; fewer below zero.
    pub fn excess_lines(&self) -> f64 {
        self.recent.count as f64 - self.before.rate() * self.recent.of as f64
    }
}

/// Every change of a return rate, then of a channel's share, by SKU and channel. `returned` is
/// `mart_demand_returned`.
///
/// # Errors
/// A column that is missing or of another type.
pub fn shifts(demand: &Demand, returned: &Rows) -> Result<Vec<Shift>> {
    let returns = Returns::read(returned, demand.as_of)?;
    let of_returns = demand.series.iter().filter_map(|series| returns.compare(series, demand.as_of)).collect();
    let of_shares = demand
        .series
        .chunk_by(|one, next| one.sku == next.sku)
        .flat_map(|channels| compare_channels(channels, demand.as_of))
        .collect();
    let of_sku = |mut found: Vec<Shift>| {
        found.dedup_by(|second, first| second.sku == first.sku);
        found
    };
    Ok([beyond_chance(of_returns), of_sku(beyond_chance(of_shares))].concat())
}

/// Those that chance does not explain. Of a product the least likely comes first.
fn beyond_chance(tested: Vec<Shift>) -> Vec<Shift> {
    let tests = tested.len() as f64;
    let judged = tested.into_iter().map(|shift| (chance_of_difference(shift.recent, shift.before), shift));
    let mut found: Vec<(f64, Shift)> = judged
        .filter(|(chance, shift)| chance * tests < CHANCE && shift.recent.odds_apart(shift.before) >= LEAST_ODDS)
        .collect();
    found.sort_by(|a, b| a.1.sku.cmp(&b.1.sku).then(a.0.total_cmp(&b.0)).then(a.1.channel.cmp(&b.1.channel)));
    found.into_iter().map(|(_, shift)| shift).collect()
}

fn is_enough(recent: Share, before: Share) -> bool {
    let (counted, of) = (recent.count + before.count, recent.of + before.of);
    recent.of.min(before.of) >= LEAST_LINES && counted.min(of - counted) >= LEAST_COUNTED
}

/// How many lines came back, and how long that takes.
struct Returns<'a> {
    /// Days of order and lines that came back, by SKU and channel.
    lines: BTreeMap<(&'a str, &'a str), Vec<(Day, u64)>>,
    /// By channel the share of returns that have come after so many days.
    arrived: BTreeMap<&'a str, Vec<f64>>,
}

impl<'a> Returns<'a> {
    fn read(rows: &'a Rows, as_of: Day) -> Result<Self> {
        let (channel, sku) = (rows.text("channel")?, rows.text("sku")?);
        let (ordered, refunded) = (rows.day("order_day")?, rows.day("refund_day")?);
        let counted = rows.integer("lines")?;
        let mut lines: BTreeMap<(&str, &str), Vec<(Day, u64)>> = BTreeMap::new();
        let mut delays: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for row in 0..rows.len() {
            let (Some(channel), Some(sku)) = (channel.get(row), sku.get(row)) else { continue };
            let (Some(ordered), Some(refunded)) = (ordered.get(row), refunded.get(row)) else { continue };
            let delay = usize::try_from(refunded.since(ordered)).unwrap_or(0);
            if delay > LONGEST_RETURN {
                continue;
            }
            let count = counted.get(row).and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
            lines.entry((sku, channel)).or_default().push((ordered, count));
            // Of younger orders only the quick returns have come.
            if as_of.since(ordered) >= LONGEST_RETURN as i32 {
                delays.entry(channel).or_default().extend(std::iter::repeat_n(delay, count as usize));
            }
        }
        let told = delays.into_iter().filter(|(_, delays)| delays.len() >= LEAST_RETURNS);
        Ok(Self { lines, arrived: told.map(|(channel, delays)| (channel, arrived(&delays))).collect() })
    }

    /// The recent return rate of a listing and the one before.
    fn compare(&self, series: &DemandSeries, as_of: Day) -> Option<Shift> {
        let arrived = self.arrived.get(series.channel.as_str())?;
        let since = as_of.plus(1 - RECENT_DAYS);
        let share = |from: Day, until: Day| {
            let days = (from.days()..=until.days()).map(Day::from_days);
            let due = days.map(|day| lines_of(series, day) * arrived[(as_of.since(day) as usize).min(LONGEST_RETURN)]);
            let came = self.lines.get(&(series.sku.as_str(), series.channel.as_str())).into_iter().flatten();
            let count = came.filter(|(day, _)| *day >= from && *day <= until).map(|(_, count)| count).sum();
            Share { count, of: (due.sum::<f64>().round() as u64).max(count) }
        };
        let (recent, before) = (share(since, as_of), share(since.plus(-DAYS_BEFORE_RETURNS), since.plus(-1)));
        let (channel, sku) = (series.channel.clone(), series.sku.clone());
        is_enough(recent, before).then_some(Shift { kind: ShiftKind::ReturnRate, channel, sku, since, recent, before })
    }
}

/// The share of returns that took at most so many days.
fn arrived(delays: &[usize]) -> Vec<f64> {
    let within = |days: usize| delays.iter().filter(|delay| **delay <= days).count() as f64;
    (0..=LONGEST_RETURN).map(|days| within(days) / delays.len() as f64).collect()
}

/// Each channel's share of a product's order lines, recent and before.
fn compare_channels(channels: &[DemandSeries], as_of: Day) -> Vec<Shift> {
    let since = as_of.plus(1 - RECENT_DAYS);
    let all_on_offer = channels.iter().map(|series| series.first).max().unwrap_or(as_of);
    let start = since.plus(-DAYS_BEFORE_SHARES).max(all_on_offer);
    if channels.len() < 2 || since.since(start) < RECENT_DAYS {
        return Vec::new();
    }
    let usual: Vec<Day> = (start.days()..=as_of.days())
        .map(Day::from_days)
        .filter(|day| channels.iter().all(|series| is_usual(series, *day)))
        .collect();
    let (before, recent) = usual.split_at(usual.partition_point(|day| *day < since));
    let lines = |series: &DemandSeries, days: &[Day]| days.iter().map(|day| lines_of(series, *day)).sum::<f64>() as u64;
    let all = |days: &[Day]| channels.iter().map(|series| lines(series, days)).sum::<u64>();
    let (all_before, all_recent) = (all(before), all(recent));
    let compare = |series: &DemandSeries| {
        let recent = Share { count: lines(series, recent), of: all_recent };
        let before = Share { count: lines(series, before), of: all_before };
        let (channel, sku) = (series.channel.clone(), series.sku.clone());
        is_enough(recent, before).then_some(Shift {
            kind: ShiftKind::ChannelShare,
            channel,
            sku,
            since,
            recent,
            before,
        })
    };
    channels.iter().filter_map(compare).collect()
}

fn place(series: &DemandSeries, day: Day) -> Option<usize> {
    usize::try_from(day.since(series.first)).ok().filter(|place| *place < series.len())
}

fn lines_of(series: &DemandSeries, day: Day) -> f64 {
    place(series, day).map_or(0.0, |place| f64::from(series.lines[place]))
}

fn is_usual(series: &DemandSeries, day: Day) -> bool {
    place(series, day).is_none_or(|place| series.out_of_stock[place] <= 0.0 && !series.promotion[place])
}

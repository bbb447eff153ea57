//! How much of each day had nothing left to sell? From the book of movements where there is one, which
//! tells to the second; else from counts, and between two counts from the days that sold.

use std::collections::{BTreeMap, BTreeSet};

use super::series::{Demand, DemandSeries};
use crate::error::Result;
use crate::lake::Rows;
use crate::types::{Day, Sku, Timestamp};

/// Times with nothing available, each from its start until before its end; the last may have no end.
pub type EmptySpans = Vec<(Timestamp, Option<Timestamp>)>;

impl Demand {
    /// Takes the times without stock from a book of every movement, where it has one for a SKU and
    /// pool; what counts alone had suggested is dropped there. Days are those of `zone`.
    pub fn follow_book(&mut self, zone: chrono_tz::Tz, spans: impl Fn(&Sku, &str) -> Option<EmptySpans>) {
        for series in &mut self.series {
            let pool = self.pools.get(&series.channel).map_or(series.channel.as_str(), String::as_str);
            if let Some(spans) = spans(&series.sku, pool) {
                series.out_of_stock.fill(0.0);
                spans.iter().for_each(|(from, until)| mark_span(series, zone, *from, *until));
            }
        }
    }
}

fn mark_span(series: &mut DemandSeries, zone: chrono_tz::Tz, from: Timestamp, until: Option<Timestamp>) {
    let first = from.day_in(zone).since(series.first).max(0);
    for index in first..series.len() as i32 {
        let day = series.first.plus(index);
        let (start, end) = (day.start_in(zone), day.plus(1).start_in(zone));
        if until.is_some_and(|until| until <= start) {
            return;
        }
        let empty = until.map_or(end, |until| until.min(end)).seconds_since(from.max(start));
        let share = &mut series.out_of_stock[index as usize];
        *share = (*share + empty as f32 / end.seconds_since(start) as f32).min(1.0);
    }
}

/// Share of each day out of stock by SKU and location, as far as counts tell.
pub(super) struct Shortages {
    by_place: BTreeMap<(String, String), BTreeMap<Day, f32>>,
}

impl Shortages {
    /// From `mart_demand_stock`. `sold` tells on which days a place sold something it had.
    pub(super) fn read(rows: &Rows, sold: &SellingDays, as_of: Day) -> Result<Self> {
        let (day, sku, location) = (rows.day("day")?, rows.text("sku")?, rows.text("location")?);
        let (now, before) = (rows.integer("available")?, rows.integer("available_before")?);
        let (counted_before, counted_after) = (rows.day("counted_before")?, rows.day("counted_after")?);
        let mut by_place: BTreeMap<(String, String), BTreeMap<Day, f32>> = BTreeMap::new();
        for row in 0..rows.len() {
            let (Some(day), Some(sku), Some(location)) = (day.get(row), sku.get(row), location.get(row)) else {
                continue;
            };
            let place = (sku.to_owned(), location.to_owned());
            let sold = sold.by_place.get(sku).and_then(|locations| locations.get(location));
            let empty = |available: Option<i64>| available.is_some_and(|units| units <= 0);
            let span = Span { from: counted_before.get(row).unwrap_or(day.plus(-1)).plus(1), until: day };
            let shares = by_place.entry(place).or_default();
            shares.extend(span.shares(empty(before.get(row)), empty(now.get(row)), sold));
            if empty(now.get(row)) && counted_after.get(row).is_none() {
                let rest = Span { from: day.plus(1), until: as_of };
                let sells_again = rest.selling(sold).next().unwrap_or(as_of.plus(1));
                shares.extend((rest.from.days()..sells_again.days()).map(|day| (Day::from_days(day), 1.0)));
            }
        }
        Ok(Self { by_place })
    }

    /// Marks the days of a series that draws on a pool.
    pub(super) fn mark(&self, series: &mut DemandSeries, pool: &str) {
        let Some(days) = self.by_place.get(&(series.sku.as_str().to_owned(), pool.to_owned())) else { return };
        for (day, share) in days.range(series.first..) {
            if let Some(slot) = series.out_of_stock.get_mut(day.since(series.first) as usize) {
                *slot = *share;
            }
        }
    }
}

/// Days on which a place sold units that it had, by SKU and location.
#[derive(Default)]
pub(super) struct SellingDays {
    pub(super) by_place: BTreeMap<String, BTreeMap<String, BTreeSet<Day>>>,
}

/// The days after one count up to the next.
#[derive(Clone, Copy)]
struct Span {
    from: Day,
    until: Day,
}

impl Span {
    fn selling(self, sold: Option<&BTreeSet<Day>>) -> impl DoubleEndedIterator<Item = Day> {
        let days = (self.from <= self.until).then_some(sold).flatten();
        days.map(|days| days.range(self.from..=self.until)).into_iter().flatten().copied()
    }

    /// Between two counts stock came before the first sale and went with the last; half of the day
    /// on which it did, and half of every day where no sale tells which.
    fn shares(self, empty_before: bool, empty_now: bool, sold: Option<&BTreeSet<Day>>) -> Vec<(Day, f32)> {
        let days = (self.from.days()..=self.until.days()).map(Day::from_days);
        let share = |day: Day| match (empty_before, empty_now) {
            (true, true) => 1.0,
            (false, false) => 0.0,
            (true, false) => self.selling(sold).next().map_or(0.5, |came| after(came, day)),
            (false, true) => self.selling(sold).next_back().map_or(0.5, |went| after(day, went)),
        };
        days.map(|day| (day, share(day))).filter(|(_, share)| *share > 0.0).collect()
    }
}

/// 1 where one day is after another, half on the day itself.
fn after(one: Day, other: Day) -> f32 {
    match one.cmp(&other) {
        std::cmp::Ordering::Greater => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Less => 0.0,
    }
}

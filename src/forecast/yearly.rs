//! What share of a year's demand falls into each week? Learnt from the totals of categories with two
//! years or more of history, never from one product: its own two years say too little.
//!
//! Index of week `w` = mean over years of (units of `w` / units of its year), growth from year to year
//! taken off first; as far as the years disagree, smoothed over three weeks and pulled to 1. A peak is
//! repeated no larger than the smallest that any year had in that week or one beside it: what only one
//! year had was an event and no season.

use std::collections::BTreeMap;

use super::velocity::LOOK_BACK;
use crate::demand::{Comparable, Demand, DemandSeries};
use crate::types::{Day, Sku};

const YEAR: usize = 365;
const WEEKS: usize = 52;
/// Years looked back on.
const MOST_YEARS: usize = 3;
/// Units a category must sell in a year for its weeks to say anything.
const LEAST_UNITS: f64 = 500.0;
/// Growth in a year beyond this, either way, is not believed.
const MOST_GROWTH: f64 = 3.0;
/// A year this flat is taken as flat.
const FLAT: f64 = 0.1;

/// Week indices by category; mean 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Yearly {
    by_category: BTreeMap<Option<String>, [f64; WEEKS]>,
    of_sku: BTreeMap<Sku, Option<String>>,
    as_of: Option<Day>,
}

impl Yearly {
    /// Learns from all but the last `held_out` days.
    pub(crate) fn measure(demand: &Demand, comparable: &Comparable, held_out: usize) -> Self {
        let as_of = demand.as_of.plus(-(held_out as i32));
        let category = |sku: &Sku| demand.products.get(sku).and_then(|facts| facts.category.clone());
        let mut totals: BTreeMap<Option<String>, Vec<f64>> = BTreeMap::new();
        for (series, units) in demand.series.iter().zip(&comparable.units) {
            let known = &units[..units.len().saturating_sub(held_out)];
            let total = totals.entry(category(&series.sku)).or_default();
            // Newest first, so that series of any length add up by date.
            if total.len() < known.len() {
                total.resize(known.len(), 0.0);
            }
            total.iter_mut().zip(known.iter().rev()).for_each(|(sum, units)| *sum += f64::from(*units));
        }
        let by_category: BTreeMap<Option<String>, [f64; WEEKS]> =
            totals.into_iter().filter_map(|(category, total)| Some((category, index(&total)?))).collect();
        if by_category.is_empty() {
            return Self::default();
        }
        let of_sku = demand.series.iter().map(|series| (series.sku.clone(), category(&series.sku))).collect();
        Self { by_category, of_sku, as_of: Some(as_of) }
    }

    /// The season of a product, to be asked for many days.
    pub(crate) fn of(&self, sku: &Sku) -> ProductSeason<'_> {
        let weeks = || self.by_category.get(self.of_sku.get(sku)?);
        ProductSeason(weeks().zip(self.as_of))
    }

    /// Mean index of the week after a series over that of its last 90 days, parts of days in stock
    /// counted; `None` where nothing was learnt, or nothing was in stock.
    pub(crate) fn ahead(&self, series: &DemandSeries) -> Option<f64> {
        let season = self.of(&series.sku);
        season.0?;
        let index = |day: usize| season.on(series.first.plus(day as i32));
        let coming = (series.len()..series.len() + 7).map(index).sum::<f64>() / 7.0;
        let (mut seasons, mut days) = (0.0, 0.0);
        for day in series.len().saturating_sub(LOOK_BACK)..series.len() {
            let in_stock = 1.0 - f64::from(series.out_of_stock[day]);
            seasons += index(day) * in_stock;
            days += in_stock;
        }
        (seasons > 0.0).then(|| coming * days / seasons)
    }
}

/// The week indices of one product and the day they are counted back from, where any were learnt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProductSeason<'a>(Option<(&'a [f64; WEEKS], Day)>);

impl ProductSeason<'_> {
    /// True where anything was learnt.
    pub(crate) const fn is_known(self) -> bool {
        self.0.is_some()
    }

    /// The index on a day: 1 where nothing was learnt.
    pub(crate) fn on(self, day: Day) -> f64 {
        self.0.map_or(1.0, |(weeks, as_of)| weeks[week(as_of.since(day).rem_euclid(YEAR as i32) as usize)])
    }
}

/// Weeks are counted back from the last day known.
fn week(back: usize) -> usize {
    (back / 7).min(WEEKS - 1)
}

/// From a category's days, newest first; `None` with less than two years or without a season.
fn index(total: &[f64]) -> Option<[f64; WEEKS]> {
    let years = (total.len() / YEAR).min(MOST_YEARS);
    let sums: Vec<f64> = (0..years).map(|year| total[year * YEAR..(year + 1) * YEAR].iter().sum()).collect();
    if years < 2 || sums.iter().any(|units| *units < LEAST_UNITS) {
        return None;
    }
    let growth = (sums[0] / sums[years - 1]).powf(1.0 / (years - 1) as f64).clamp(1.0 / MOST_GROWTH, MOST_GROWTH);
    let shares: Vec<[f64; WEEKS]> =
        (0..years).map(|year| shares(&total[year * YEAR..(year + 1) * YEAR], growth)).collect();
    let shares = agreed(&shares);
    let mean: [f64; WEEKS] = std::array::from_fn(|week| shares.iter().map(|one| one[week]).sum::<f64>() / years as f64);
    let smooth: [f64; WEEKS] = std::array::from_fn(|week| {
        (mean[(week + WEEKS - 1) % WEEKS] + 2.0 * mean[week] + mean[(week + 1) % WEEKS]) / 4.0
    });
    let scatter = shares.iter().flatten().zip(mean.iter().cycle()).map(|(one, mean)| (one - mean).powi(2)).sum::<f64>();
    let noise = scatter / ((years - 1) * WEEKS) as f64 / years as f64;
    let spread = mean.iter().map(|one| (one - 1.0).powi(2)).sum::<f64>() / WEEKS as f64;
    let trust = if spread > 0.0 { (1.0 - noise / spread).max(0.0) } else { 0.0 };
    // Weeks that the years agree on keep their edges.
    let sharp: [f64; WEEKS] = std::array::from_fn(|week| trust * mean[week] + (1.0 - trust) * smooth[week]);
    let pulled = sharp.map(|one| (1.0 + trust * (one - 1.0)).max(0.1));
    let level = pulled.iter().sum::<f64>() / WEEKS as f64;
    let index = pulled.map(|one| one / level);
    index.iter().any(|one| (one - 1.0).abs() > FLAT).then_some(index)
}

/// The years' indices without what only some of them had: above 1 none is larger than the smallest that any
/// year reached in that week or one beside it, for feasts move by days.
fn agreed(shares: &[[f64; WEEKS]]) -> Vec<[f64; WEEKS]> {
    let reached = |year: &[f64; WEEKS], week: usize| {
        [(week + WEEKS - 1) % WEEKS, week, (week + 1) % WEEKS].map(|near| year[near]).into_iter().fold(0.0, f64::max)
    };
    let most = |week: usize| shares.iter().map(|year| reached(year, week)).fold(f64::INFINITY, f64::min).max(1.0);
    shares.iter().map(|year| std::array::from_fn(|week| year[week].min(most(week)))).collect()
}

/// Each week's units over the year's mean week, growth within the year taken off.
fn shares(year: &[f64], growth: f64) -> [f64; WEEKS] {
    let (mut units, mut days) = ([0.0; WEEKS], [0.0; WEEKS]);
    for (back, demand) in year.iter().enumerate() {
        let middle = (YEAR / 2) as f64 - back as f64;
        units[week(back)] += demand / growth.powf(middle / YEAR as f64);
        days[week(back)] += 1.0;
    }
    let daily: [f64; WEEKS] = std::array::from_fn(|week| units[week] / f64::max(days[week], 1.0));
    let mean = daily.iter().sum::<f64>() / WEEKS as f64;
    daily.map(|one| one / mean.max(1e-9))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days of as many years, newest first: a hundred a day, times what a year has so many weeks back.
    fn days(factors: &[&dyn Fn(usize) -> f64]) -> Vec<f64> {
        let of_year =
            |factor: &&dyn Fn(usize) -> f64| (0..YEAR).map(|back| 100.0 * factor(back / 7)).collect::<Vec<_>>();
        factors.iter().flat_map(of_year).collect()
    }

    fn peak(weeks: std::ops::Range<usize>, factor: f64) -> impl Fn(usize) -> f64 {
        move |week| if weeks.contains(&week) { factor } else { 1.0 }
    }

    /// A December that every year had is repeated, also where its weeks moved by one; the week in which
    /// last year alone sold eight times as much is not.
    #[test]
    fn a_peak_is_repeated_no_larger_than_the_years_agree_on() {
        let (this, before) = (peak(8..12, 3.0), peak(9..13, 2.0));
        let event = peak(30..31, 8.0);
        let last = |week: usize| this(week) * event(week);
        let weeks = index(&days(&[&last, &before])).expect("a season");
        assert!((1.4..2.1).contains(&weeks[9]) && (1.4..2.1).contains(&weeks[10]), "{weeks:?}");
        assert!(weeks[30] < 1.1, "{}", weeks[30]);
        // Eight times in both years is what the years agree on.
        let also = |week: usize| before(week) * event(week);
        let weeks = index(&days(&[&last, &also])).expect("a season");
        assert!(weeks[30] > 4.0, "{}", weeks[30]);
    }
}

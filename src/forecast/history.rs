//! Which histories are forecast? Every channel of every SKU, the pools that several share, and all
//! together, each as comparable demand; a new product's begins with what stands in for it.

use std::collections::BTreeMap;

use super::analog;
use super::engine::SeriesSet;
use super::forecasts::pool_total;
use super::yearly::Yearly;
use crate::demand::{Comparable, Demand, DemandSeries};
use crate::types::{Channel, Day, Sku};

/// A series with fewer days leans on its analog or its category.
pub(super) const NEW_DAYS: usize = 28;
/// Days that the category's level is worth to a new series.
const PRIOR_DAYS: f32 = 7.0;

/// One line of the forecast: the series whose sum it is.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) sku: Sku,
    pub(super) channel: Channel,
    pub(super) parts: Vec<usize>,
}

/// Every channel of every SKU, then the totals.
pub(super) fn targets(demand: &Demand) -> Vec<Target> {
    let mut by_sku: BTreeMap<&Sku, Vec<usize>> = BTreeMap::new();
    for (index, series) in demand.series.iter().enumerate() {
        by_sku.entry(&series.sku).or_default().push(index);
    }
    let mut targets = Vec::new();
    for (sku, parts) in by_sku {
        let target = |channel: Channel, parts: Vec<usize>| Target { sku: sku.clone(), channel, parts };
        for &part in &parts {
            targets.push(target(demand.series[part].channel.clone(), vec![part]));
        }
        let mut pools: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &part in &parts {
            let channel = &demand.series[part].channel;
            pools.entry(demand.pools.get(channel).map_or(channel.as_str(), String::as_str)).or_default().push(part);
        }
        if pools.len() > 1 {
            let shared = pools.iter().filter(|(_, parts)| parts.len() > 1);
            targets.extend(shared.map(|(pool, parts)| target(pool_total(pool), parts.clone())));
        }
        targets.push(target(Channel::all(), parts));
    }
    targets
}

/// The comparable demand of every target without the last `held_out` days, its yearly season taken off.
pub(super) fn series_set(
    demand: &Demand,
    comparable: &Comparable,
    yearly: &Yearly,
    targets: &[Target],
    held_out: usize,
) -> SeriesSet {
    let priors = Priors::measure(demand, comparable);
    let mut set = SeriesSet::default();
    for target in targets {
        let first = first_day(demand, target);
        let length = days_from(demand, first).saturating_sub(held_out);
        let mut units = vec![0.0f32; length];
        for &part in &target.parts {
            let skip = demand.series[part].first.since(first) as usize;
            if skip < length {
                units[skip..].iter_mut().zip(&comparable.units[part]).for_each(|(sum, one)| *sum += one);
            }
        }
        let new = (held_out == 0 && length < NEW_DAYS).then(|| analog::before(demand, comparable, target)).flatten();
        let first = first.plus(-(new.as_ref().map_or(0, Vec::len) as i32));
        let mut units = [new.unwrap_or_default(), units].concat();
        if yearly.weeks(&target.sku).is_some() {
            for (day, units) in units.iter_mut().enumerate() {
                *units /= yearly.of(&target.sku, first.plus(day as i32)) as f32;
            }
        }
        set.priors.push(priors.of(demand, target, units.len()));
        set.push(units, first.weekday() as u32);
    }
    set
}

pub(super) fn first_day(demand: &Demand, target: &Target) -> Day {
    target.parts.iter().map(|part| demand.series[*part].first).min().unwrap_or(demand.as_of)
}

/// Days of a series that starts on `first`; none for one that is empty.
fn days_from(demand: &Demand, first: Day) -> usize {
    usize::try_from(demand.as_of.since(first) + 1).unwrap_or(0)
}

/// What a new product of a category sells a day on a channel.
struct Priors {
    by_category: BTreeMap<(Option<String>, Channel), (f64, f64)>,
}

impl Priors {
    fn measure(demand: &Demand, comparable: &Comparable) -> Self {
        let mut by_category: BTreeMap<(Option<String>, Channel), (f64, f64)> = BTreeMap::new();
        for (series, units) in demand.series.iter().zip(&comparable.units) {
            if series.len() >= NEW_DAYS {
                let mean = units.iter().map(|units| f64::from(*units)).sum::<f64>() / units.len() as f64;
                let slot = by_category.entry((category(demand, &series.sku), series.channel.clone())).or_default();
                *slot = (slot.0 + mean, slot.1 + 1.0);
            }
        }
        Self { by_category }
    }

    /// Level and weight for a target of `length` days; no weight for one that is not new.
    fn of(&self, demand: &Demand, target: &Target, length: usize) -> (f32, f32) {
        if length >= NEW_DAYS {
            return (0.0, 0.0);
        }
        let level: f64 = target
            .parts
            .iter()
            .filter_map(|part| {
                let key = (category(demand, &target.sku), demand.series[*part].channel.clone());
                self.by_category.get(&key).map(|(sum, count)| sum / count)
            })
            .sum();
        if level > 0.0 { (level as f32, PRIOR_DAYS) } else { (0.0, 0.0) }
    }
}

fn category(demand: &Demand, sku: &Sku) -> Option<String> {
    demand.products.get(sku).and_then(|facts| facts.category.clone())
}

/// The target's series added up, for its velocity.
pub(super) fn joined(demand: &Demand, target: &Target) -> DemandSeries {
    let first = first_day(demand, target);
    let length = days_from(demand, first);
    let mut sum = DemandSeries::plain(target.sku.clone(), target.channel.clone(), first, vec![0.0; length]);
    let share = 1.0 / target.parts.len().max(1) as f32;
    for &part in &target.parts {
        let series = &demand.series[part];
        let skip = series.first.since(first) as usize;
        for day in 0..series.len() {
            sum.units[skip + day] += series.units[day];
            sum.out_of_stock[skip + day] += series.out_of_stock[day] * share;
        }
    }
    sum
}

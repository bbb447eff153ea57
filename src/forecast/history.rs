//! Which histories are forecast? Every channel of every SKU, the pools that several share, and all
//! together, each as comparable demand; what little was seen of a listing is pulled towards what was to be
//! expected of it, and a new product's begins with what stands in for it.

use std::collections::BTreeMap;

use super::analog;
use super::engine::SeriesSet;
use super::forecasts::pool_total;
use super::scant::Scant;
use super::yearly::Yearly;
use crate::demand::{Comparable, Demand, DemandSeries};
use crate::types::{Channel, Day, Sku};

/// A series with fewer days leans on its analog or its category.
pub(super) const NEW_DAYS: usize = 28;

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

/// The comparable demand of every target without the last `held_out` days, its yearly season taken off;
/// season and beliefs are those of the days before.
pub(super) fn series_set(
    demand: &Demand,
    comparable: &Comparable,
    (yearly, scant): (&Yearly, &Scant),
    targets: &[Target],
    held_out: usize,
) -> SeriesSet {
    let mut set = SeriesSet::default();
    for target in targets {
        let first = first_day(demand, target);
        let length = days_from(demand, first).saturating_sub(held_out);
        let stands_in = || analog::before(demand, comparable, scant, target);
        let before = (held_out == 0 && length < NEW_DAYS).then(stands_in).flatten();
        let belief = scant.belief(target).filter(|_| before.is_none());
        // From what is itself believed, the pool still learns what came.
        let own = |part: usize| scant.pace(part).filter(|_| belief.is_none()).map(|pace| pace.units.as_slice());
        let units = summed(demand, target, length, |part| own(part).unwrap_or(&comparable.units[part]));
        let first = first.plus(-(before.as_ref().map_or(0, Vec::len) as i32));
        let mut units = [before.unwrap_or_default(), units].concat();
        let season = yearly.of(&target.sku);
        if season.is_known() {
            for (day, units) in units.iter_mut().enumerate() {
                *units /= season.on(first.plus(day as i32)) as f32;
            }
        }
        set.beliefs.push(belief);
        set.push(units, first.weekday() as u32);
    }
    set
}

/// Comparable demand of a target without the last `held_out` days, as it came.
pub(super) fn as_it_came(demand: &Demand, comparable: &Comparable, target: &Target, held_out: usize) -> Vec<f32> {
    let length = days_from(demand, first_day(demand, target)).saturating_sub(held_out);
    summed(demand, target, length, |part| &comparable.units[part])
}

/// The first `length` days of a target: its series added up by date.
fn summed<'a>(demand: &Demand, target: &Target, length: usize, units_of: impl Fn(usize) -> &'a [f32]) -> Vec<f32> {
    let first = first_day(demand, target);
    let mut units = vec![0.0f32; length];
    for &part in &target.parts {
        let skip = demand.series[part].first.since(first) as usize;
        if skip < length {
            units[skip..].iter_mut().zip(units_of(part)).for_each(|(sum, one)| *sum += one);
        }
    }
    units
}

pub(super) fn first_day(demand: &Demand, target: &Target) -> Day {
    target.parts.iter().map(|part| demand.series[*part].first).min().unwrap_or(demand.as_of)
}

/// Days of a series that starts on `first`; none for one that is empty.
fn days_from(demand: &Demand, first: Day) -> usize {
    usize::try_from(demand.as_of.since(first) + 1).unwrap_or(0)
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

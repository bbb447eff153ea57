//! Forecasts of a whole shop: every SKU on every channel, all channels together, and past forecasts
//! measured.
//!
//! The mean of a total is the sum of its channels'; its quantiles are its own errors around that mean.
//! Variances or quantiles of channels are never added: channels move together.

use std::collections::{BTreeMap, BTreeSet};

use super::LEVELS;
use super::accuracy::{Accuracy, Tally};
use super::check::{CHECKED_DAYS, WeekCheck, beyond_chance, with_channels};
use super::class::classify;
use super::engine::{EngineForecast, EngineOptions, SeriesSet, forecast as engine_forecast};
use super::forecasts::{Forecasts, LeadTimeDemand, SkuForecast, pool_total};
use super::overrides::{ForecastOverride, apply};
use super::velocity::Velocity;
use super::yearly::Yearly;
use crate::demand::{Comparable, Demand, DemandSeries, Promotion, comparable};
use crate::types::{Channel, Day, Sku};

/// Days in a week.
const SEASON: usize = 7;
/// A series with fewer days leans on its category.
const NEW_DAYS: usize = 28;
/// Days that the category's level is worth to a new series.
const PRIOR_DAYS: f32 = 7.0;

/// What to forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastOptions {
    /// Days to forecast one by one.
    pub horizon: u32,
    /// Numbers of days whose sum is wanted for every SKU.
    pub days: Vec<u32>,
    /// Further numbers of days wanted for single SKUs, such as lead times.
    pub lead_times: BTreeMap<Sku, Vec<u32>>,
    /// Most series to backtest in one band of history length.
    pub backtest_series: usize,
    /// Past days, so many horizons ago, whose forecasts are measured.
    pub measured_origins: u32,
    /// What people know better.
    pub overrides: Vec<ForecastOverride>,
}

impl Default for ForecastOptions {
    fn default() -> Self {
        Self {
            horizon: 28,
            days: vec![1, 7, 14, 28],
            lead_times: BTreeMap::new(),
            backtest_series: 600,
            measured_origins: 2,
            overrides: Vec::new(),
        }
    }
}

impl ForecastOptions {
    /// Numbers of days worked out for every series: those asked for, on a coarser grid where they are
    /// many; what lies between is read off.
    fn grid(&self) -> Vec<usize> {
        let mut wanted: BTreeSet<u32> = self.days.iter().copied().collect();
        wanted.extend(self.lead_times.values().flatten().copied());
        wanted.insert(1);
        wanted.remove(&0);
        const MOST: usize = 10;
        const STEPS: [u32; 16] = [1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 56, 84, 112, 182, 273, 365];
        if wanted.len() > MOST {
            let last = wanted.last().copied().unwrap_or(1);
            wanted = STEPS.into_iter().filter(|days| *days < last).chain([last]).collect();
            wanted.extend(self.days.iter().copied().filter(|days| *days > 0));
        }
        wanted.into_iter().map(|days| days as usize).collect()
    }
}

/// One line of the forecast: the series whose sum it is.
struct Target {
    sku: Sku,
    channel: Channel,
    parts: Vec<usize>,
}

/// Forecasts every SKU per channel and in total. Marks bulk days in the demand on the way.
pub fn forecast(demand: &mut Demand, options: &ForecastOptions) -> Forecasts {
    demand.series.iter_mut().for_each(DemandSeries::keep_numbers);
    let comparable = comparable(demand);
    let targets = targets(demand);
    let grid = options.grid();
    let yearly = Yearly::measure(demand, &comparable, 0);
    let set = series_set(demand, &comparable, &yearly, &targets, 0);
    let engine = engine_options(options, &grid);
    let answer = engine_forecast(&set, &engine);
    let shop = Shop {
        demand,
        comparable: &comparable,
        yearly: &yearly,
        targets: &targets,
        options,
        grid: &grid,
        engine: &engine,
    };
    let mut skus = shop.channels(&answer);
    shop.reconcile(&mut skus, &answer);
    let accuracy = shop.accuracy(&answer);
    let checks = shop.last_week();
    for one in &mut skus {
        shop.finish(one);
    }
    skus.sort_by(|a, b| (&a.sku, &a.channel).cmp(&(&b.sku, &b.channel)));
    Forecasts { as_of: demand.as_of, skus, accuracy, checks }
}

fn engine_options(options: &ForecastOptions, grid: &[usize]) -> EngineOptions {
    let horizon = options.horizon.max(1) as usize;
    EngineOptions {
        season: SEASON,
        horizon,
        steps: horizon.max(grid.last().copied().unwrap_or(1)),
        days: grid.to_vec(),
        levels: LEVELS.to_vec(),
        backtest_series: options.backtest_series,
        cuts: 4,
    }
}

/// Every channel of every SKU, then the totals.
fn targets(demand: &Demand) -> Vec<Target> {
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
fn series_set(
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
        if yearly.weeks(&target.sku).is_some() {
            for (day, units) in units.iter_mut().enumerate() {
                *units /= yearly.of(&target.sku, first.plus(day as i32)) as f32;
            }
        }
        set.push(units, first.weekday() as u32);
        set.priors.push(priors.of(demand, target, length));
    }
    set
}

fn first_day(demand: &Demand, target: &Target) -> Day {
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

/// Everything the steps below look at.
struct Shop<'a> {
    demand: &'a Demand,
    comparable: &'a Comparable,
    yearly: &'a Yearly,
    targets: &'a [Target],
    options: &'a ForecastOptions,
    grid: &'a [usize],
    engine: &'a EngineOptions,
}

impl Shop<'_> {
    /// One forecast per target, as the engine gave it.
    fn channels(&self, answer: &EngineForecast) -> Vec<SkuForecast> {
        let one = |(index, target): (usize, &Target)| {
            let means = answer.means(index, self.engine);
            let sums = (0..self.grid.len()).map(|days| LeadTimeDemand {
                days: self.grid[days] as u32,
                mean: means[..self.grid[days]].iter().map(|mean| f64::from(*mean)).sum(),
                quantiles: answer.quantiles(index, days, self.engine),
            });
            let mut sum = joined(self.demand, target);
            sum.channel = target.channel.clone();
            SkuForecast {
                sku: target.sku.clone(),
                channel: target.channel.clone(),
                first: self.demand.as_of.plus(1),
                mean: means.iter().map(|mean| f64::from(*mean)).collect(),
                quantiles: Vec::new(),
                sums: sums.collect(),
                velocity: Velocity { mean_per_day: self.pace(target), ..Velocity::of(&sum) },
                model: answer.model_name(index),
            }
        };
        self.targets.iter().enumerate().map(one).collect()
    }

    /// Units a day of the target: its channels' paces added up, each off its own promotions.
    fn pace(&self, target: &Target) -> f64 {
        target.parts.iter().map(|part| Velocity::of(&self.demand.series[*part]).mean_per_day).sum()
    }

    /// Planned promotions and the end of sale enter the channels; totals become the channels' sums in
    /// the mean and keep their own width.
    fn reconcile(&self, skus: &mut [SkuForecast], answer: &EngineForecast) {
        let mut own: BTreeMap<usize, usize> = BTreeMap::new();
        for (index, target) in self.targets.iter().enumerate() {
            if let [part] = target.parts[..]
                && target.channel == self.demand.series[part].channel
            {
                own.insert(part, index);
            }
        }
        let as_of = self.demand.as_of;
        let ahead: Vec<&Promotion> = self.demand.promotions.iter().filter(|one| one.until > as_of).collect();
        let mut means = BTreeMap::new();
        for &index in own.values() {
            let one = &mut skus[index];
            let before = one.mean.clone();
            self.plan(one, &ahead);
            means.insert((one.sku.clone(), one.channel.clone()), (index, before));
        }
        self.follow_people(skus, means);
        let of_one_channel: BTreeSet<usize> = own.values().copied().collect();
        for (index, target) in self.targets.iter().enumerate() {
            if of_one_channel.contains(&index) {
                continue;
            }
            let channels: Vec<usize> = target.parts.iter().filter_map(|part| own.get(part).copied()).collect();
            let mean: Vec<f64> =
                (0..skus[index].mean.len()).map(|day| channels.iter().map(|one| skus[*one].mean[day]).sum()).collect();
            let before = std::mem::replace(&mut skus[index].mean, mean);
            if let [only] = channels[..] {
                skus[index].sums = skus[only].sums.clone();
                skus[index].model = answer.model_name(only);
                continue;
            }
            self.follow(&mut skus[index], &before);
        }
    }

    /// Multiplies planned promotion days by the uplift and ends a discontinued product.
    fn plan(&self, one: &mut SkuForecast, ahead: &[&Promotion]) {
        let facts = self.demand.products.get(&one.sku);
        let uplift = self.comparable.uplifts.of(&one.sku, facts.and_then(|facts| facts.category.as_deref()));
        let planned: Vec<_> = ahead.iter().filter(|promotion| promotion.concerns(&one.sku, &one.channel)).collect();
        let end = facts.and_then(|facts| facts.discontinued_on);
        for (day, mean) in one.mean.iter_mut().enumerate() {
            let date = one.first.plus(day as i32);
            *mean *= self.yearly.of(&one.sku, date);
            if planned.iter().any(|promotion| promotion.runs_on(date)) {
                *mean *= uplift;
            }
            if end.is_some_and(|end| date > end) {
                *mean = 0.0;
            }
            *mean = rounded(*mean);
        }
    }

    /// Puts people's changes on top of the channels' means, and moves the sums with them.
    fn follow_people(&self, skus: &mut [SkuForecast], planned: BTreeMap<(Sku, Channel), (usize, Vec<f64>)>) {
        let mut means: BTreeMap<(Sku, Channel), Vec<f64>> =
            planned.iter().map(|(key, (index, _))| (key.clone(), skus[*index].mean.clone())).collect();
        apply(&mut means, &self.options.overrides, self.demand.as_of);
        for (key, mean) in means {
            let (index, before) = &planned[&key];
            skus[*index].mean = mean.into_iter().map(rounded).collect();
            self.follow(&mut skus[*index], before);
        }
    }

    /// Last week as it had been projected on the day before it, channel by channel.
    fn last_week(&self) -> Vec<WeekCheck> {
        let known = self.demand.as_of.plus(-(CHECKED_DAYS as i32));
        let each = |(part, series): (usize, &DemandSeries)| Target {
            sku: series.sku.clone(),
            channel: series.channel.clone(),
            parts: vec![part],
        };
        let old = |series: &DemandSeries| series.len() >= CHECKED_DAYS + 2 * SEASON;
        let targets: Vec<Target> =
            self.demand.series.iter().enumerate().filter(|(_, series)| old(series)).map(each).collect();
        let yearly = Yearly::measure(self.demand, self.comparable, CHECKED_DAYS);
        let past = series_set(self.demand, self.comparable, &yearly, &targets, CHECKED_DAYS);
        let engine = EngineOptions {
            horizon: CHECKED_DAYS,
            steps: CHECKED_DAYS,
            days: vec![CHECKED_DAYS],
            ..self.engine.clone()
        };
        let then = engine_forecast(&past, &engine);
        let mut means: BTreeMap<(Sku, Channel), Vec<f64>> = BTreeMap::new();
        for (index, target) in targets.iter().enumerate() {
            let category = self.demand.products.get(&target.sku).and_then(|facts| facts.category.as_deref());
            let uplift = self.comparable.uplifts.of(&target.sku, category);
            let series = &self.demand.series[target.parts[0]];
            let week = &series.promotion[series.len() - CHECKED_DAYS..];
            let mean = then.means(index, &engine).iter().zip(week).enumerate().map(|(day, (mean, promoted))| {
                let season = yearly.of(&target.sku, known.plus(day as i32 + 1));
                f64::from(*mean) * season * if *promoted { uplift } else { 1.0 }
            });
            means.insert((target.sku.clone(), target.channel.clone()), mean.collect());
        }
        let modelled = means.clone();
        let changed: BTreeSet<(Sku, Channel)> = apply(&mut means, &self.options.overrides, known).into_iter().collect();
        let check = |(index, target): (usize, &Target)| {
            let key = (target.sku.clone(), target.channel.clone());
            let series = &self.demand.series[target.parts[0]];
            let units = &series.units[series.len() - CHECKED_DAYS..];
            let actual: f64 = units.iter().map(|units| f64::from(*units)).sum();
            let (modelled, projected) = (modelled[&key].iter().sum::<f64>(), means[&key].iter().sum::<f64>());
            let quantiles: [f64; 6] = then.quantiles(index, 0, &engine);
            let base: f64 = then.means(index, &engine).iter().map(|mean| f64::from(*mean)).sum();
            let factor = if base > 0.0 { projected / base } else { 1.0 };
            WeekCheck {
                exception: beyond_chance(quantiles[0] * factor, quantiles[4] * factor, actual),
                overridden: changed.contains(&key),
                channel: key.1,
                sku: key.0,
                from: known.plus(1),
                until: self.demand.as_of,
                modelled,
                projected,
                actual,
            }
        };
        with_channels(targets.iter().enumerate().map(check).collect())
    }

    /// Moves the sums' quantiles with a changed mean: in proportion where it shrank or grew by a
    /// factor.
    fn follow(&self, one: &mut SkuForecast, before: &[f64]) {
        for sum in &mut one.sums {
            let days = sum.days as usize;
            let (old, new) = (before[..days].iter().sum::<f64>(), one.mean[..days].iter().sum::<f64>());
            let factor = if old > 0.0 { new / old } else { 1.0 };
            // A little more or less demand keeps its width; much more has more of it.
            let stretch = if (0.8..1.25).contains(&factor) { 1.0 } else { factor };
            for quantile in &mut sum.quantiles {
                *quantile = (new + (*quantile - old) * stretch).max(0.0);
            }
            sum.mean = new;
        }
    }

    /// Daily quantiles, rounding, and the horizon that was asked for.
    fn finish(&self, one: &mut SkuForecast) {
        let day = one.sums.iter().find(|sum| sum.days == 1).copied();
        one.mean.truncate(self.options.horizon as usize);
        let base = day.map_or(0.0, |day| day.mean);
        one.quantiles = one
            .mean
            .iter()
            .map(|&mean| {
                let width = if base > 0.0 { (mean / base).max(0.0).sqrt() } else { 1.0 };
                let of = |quantile: f64| (mean + (quantile - base) * width).max(0.0);
                day.map_or([0.0; 6], |day| day.quantiles.map(|quantile| rounded(of(quantile))))
            })
            .collect();
        let wanted = self.options.lead_times.get(&one.sku).into_iter().flatten().chain(&self.options.days);
        let wanted: BTreeSet<u32> = wanted.copied().filter(|days| *days > 0).collect();
        let sums: Vec<LeadTimeDemand> = wanted.into_iter().filter_map(|days| one.over(days)).collect();
        one.sums = sums;
        let mut least = [0.0f64; 6];
        for sum in &mut one.sums {
            sum.mean = rounded(sum.mean);
            for (quantile, least) in sum.quantiles.iter_mut().zip(&mut least) {
                *quantile = rounded(quantile.max(*least));
                *least = *quantile;
            }
        }
    }

    /// Past forecasts of each SKU's total, from earlier days with what was known then.
    fn accuracy(&self, answer: &EngineForecast) -> Vec<Accuracy> {
        let horizon = self.engine.horizon;
        let totals: Vec<usize> =
            (0..self.targets.len()).filter(|index| self.targets[*index].channel == Channel::all()).collect();
        let targets: Vec<Target> = totals
            .iter()
            .map(|&index| {
                let target = &self.targets[index];
                Target { sku: target.sku.clone(), channel: target.channel.clone(), parts: target.parts.clone() }
            })
            .collect();
        let full = series_set(self.demand, self.comparable, &Yearly::default(), &targets, 0);
        let days: Vec<usize> = self.grid.iter().copied().filter(|days| *days <= horizon).collect();
        let engine = EngineOptions { steps: horizon, days: days.clone(), ..self.engine.clone() };
        let mut tallies = vec![Tally::default(); targets.len()];
        let mut origins = vec![0usize; targets.len()];
        for origin in 1..=self.options.measured_origins as usize {
            let held_out = origin * horizon;
            let yearly = Yearly::measure(self.demand, self.comparable, held_out);
            let past = series_set(self.demand, self.comparable, &yearly, &targets, held_out);
            let known_day = self.demand.as_of.plus(-(held_out as i32));
            let then = engine_forecast(&past, &engine);
            for (index, tally) in tallies.iter_mut().enumerate() {
                let known = &full.values(index)[..past.values(index).len()];
                if known.len() < 2 * SEASON {
                    continue;
                }
                let actual = &full.values(index)[known.len()..known.len() + horizon];
                let flat = then.means(index, &engine);
                let season = |day: usize| yearly.of(&targets[index].sku, known_day.plus(day as i32 + 1)) as f32;
                let means: Vec<f32> = flat.iter().enumerate().map(|(day, mean)| mean * season(day)).collect();
                tally.add(known, actual, &means, SEASON);
                for (position, &days) in days.iter().enumerate() {
                    let sum = actual[..days].iter().map(|units| f64::from(*units)).sum();
                    let quantiles: [f64; 6] = then.quantiles(index, position, &engine);
                    let (flat, means) = (flat[..days].iter().sum::<f32>(), means[..days].iter().sum::<f32>());
                    let factor = if flat > 0.0 { f64::from(means / flat) } else { 1.0 };
                    tally.cover(sum, quantiles[3] * factor);
                }
                origins[index] += 1;
            }
        }
        totals
            .iter()
            .enumerate()
            .map(|(index, &target)| Accuracy {
                sku: self.targets[target].sku.clone(),
                model: answer.model_name(target),
                why: answer.reason(target),
                class: classify(full.values(index)),
                measures: tallies[index].measures(),
                origins: origins[index],
            })
            .collect()
    }
}

/// The target's series added up, for its velocity.
fn joined(demand: &Demand, target: &Target) -> DemandSeries {
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

/// To a ten-thousandth of a unit.
fn rounded(units: f64) -> f64 {
    (units * 1e4).round() / 1e4
}

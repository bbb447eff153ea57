//! Forecasts of a whole shop: every SKU on every channel, all channels together, and past forecasts
//! measured.
//!
//! The mean of a total is the sum of its channels'; its quantiles are its own errors around that mean.
//! Variances or quantiles of channels are never added: channels move together.

use std::collections::{BTreeMap, BTreeSet};

use super::LEVELS;
use super::engine::{EngineForecast, EngineOptions, forecast as engine_forecast};
use super::forecasts::{Forecasts, LeadTimeDemand, SkuForecast};
use super::history::{Target, joined, series_set, targets};
use super::overrides::{ForecastOverride, apply};
use super::scant::{Pace, Scant};
use super::velocity::Velocity;
use super::yearly::Yearly;
use crate::demand::{Comparable, Demand, DemandSeries, Promotion, comparable};
use crate::types::{Channel, Sku};

/// Days in a week.
pub(super) const SEASON: usize = 7;

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

/// Forecasts every SKU per channel and in total. Marks bulk days in the demand on the way.
pub fn forecast(demand: &mut Demand, options: &ForecastOptions) -> Forecasts {
    demand.series.iter_mut().for_each(DemandSeries::keep_numbers);
    let comparable = comparable(demand);
    let targets = targets(demand);
    let grid = options.grid();
    let yearly = Yearly::measure(demand, &comparable, 0);
    let scant = Scant::measure(demand, &comparable, &yearly, 0);
    let set = series_set(demand, &comparable, (&yearly, &scant), &targets, 0);
    let engine = engine_options(options, &grid);
    let answer = engine_forecast(&set, &engine);
    let shop = Shop {
        demand,
        scant: &scant,
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

/// Everything the steps below look at.
pub(super) struct Shop<'a> {
    pub(super) demand: &'a Demand,
    pub(super) comparable: &'a Comparable,
    pub(super) scant: &'a Scant,
    pub(super) yearly: &'a Yearly,
    pub(super) targets: &'a [Target],
    pub(super) options: &'a ForecastOptions,
    pub(super) grid: &'a [usize],
    pub(super) engine: &'a EngineOptions,
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
                velocity: Velocity {
                    mean_per_day: self.pace(target),
                    season: self.yearly.ahead(&sum),
                    ..Velocity::of(&sum)
                },
                model: answer.model_name(index),
            }
        };
        self.targets.iter().enumerate().map(one).collect()
    }

    /// Units a day of the target: its channels' paces added up, each off its own promotions, or what is
    /// believed of a channel where little was seen.
    fn pace(&self, target: &Target) -> f64 {
        let seen = |part: usize| Velocity::of(&self.demand.series[part]).mean_per_day;
        target.parts.iter().map(|part| self.scant.pace(*part).map_or_else(|| seen(*part), Pace::recent)).sum()
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
        let season = self.yearly.of(&one.sku);
        for (day, mean) in one.mean.iter_mut().enumerate() {
            let date = one.first.plus(day as i32);
            *mean *= season.on(date);
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
}

/// To a ten-thousandth of a unit.
fn rounded(units: f64) -> f64 {
    (units * 1e4).round() / 1e4
}

//! How did past forecasts do? Forecasts made again from earlier days with what was known then: last week
//! by channel, and the last horizons by SKU.

use std::collections::{BTreeMap, BTreeSet};

use super::accuracy::{Accuracy, Came, Tally};
use super::check::{CHECKED_DAYS, WeekCheck, with_totals};
use super::class::classify;
use super::engine::{EngineForecast, EngineOptions, forecast as engine_forecast};
use super::history::{Target, as_it_came, series_set};
use super::overrides::apply;
use super::scant::Scant;
use super::shop::{SEASON, Shop};
use super::yearly::Yearly;
use crate::demand::DemandSeries;
use crate::types::{Channel, Day, Sku};

impl Shop<'_> {
    /// Last week as it had been projected on the day before it, channel by channel.
    pub(super) fn last_week(&self) -> Vec<WeekCheck> {
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
        let scant = Scant::measure(self.demand, self.comparable, &yearly, CHECKED_DAYS);
        let past = series_set(self.demand, self.comparable, (&yearly, &scant), &targets, CHECKED_DAYS);
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
            let season = yearly.of(&target.sku);
            let mean = then.means(index, &engine).iter().zip(week).enumerate().map(|(day, (mean, promoted))| {
                f64::from(*mean) * season.on(known.plus(day as i32 + 1)) * if *promoted { uplift } else { 1.0 }
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
                half_width: ((quantiles[4] - quantiles[0]) * factor).max(0.0),
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
        with_totals(targets.iter().enumerate().map(check).collect())
    }

    /// Past forecasts of each SKU's total, from earlier days with what was known then, against what was
    /// wanted as it came in. Days out of stock are left out: what was wanted then is not known.
    pub(super) fn accuracy(&self, answer: &EngineForecast) -> Vec<Accuracy> {
        let horizon = self.engine.horizon;
        let totals: Vec<usize> =
            (0..self.targets.len()).filter(|index| self.targets[*index].channel == Channel::all()).collect();
        let targets: Vec<Target> = totals.iter().map(|index| self.targets[*index].clone()).collect();
        let days: Vec<usize> = self.grid.iter().copied().filter(|days| *days <= horizon).collect();
        let engine = EngineOptions { steps: horizon, days: days.clone(), ..self.engine.clone() };
        let mut tallies = vec![Tally::default(); targets.len()];
        for origin in 1..=self.options.measured_origins as usize {
            let held_out = origin * horizon;
            let yearly = Yearly::measure(self.demand, self.comparable, held_out);
            let scant = Scant::measure(self.demand, self.comparable, &yearly, held_out);
            let past = series_set(self.demand, self.comparable, (&yearly, &scant), &targets, held_out);
            let known_day = self.demand.as_of.plus(-(held_out as i32));
            let then = engine_forecast(&past, &engine);
            for (index, tally) in tallies.iter_mut().enumerate() {
                let target = &targets[index];
                let known = as_it_came(self.demand, self.comparable, target, held_out);
                if known.len() < 2 * SEASON {
                    continue;
                }
                let flat = then.means(index, &engine);
                let season = yearly.of(&target.sku);
                let came: Vec<Came> = (0..horizon)
                    .map(|ahead| {
                        let day = known_day.plus(ahead as i32 + 1);
                        let season = season.on(day) as f32;
                        Came { expected: flat[ahead] * season * self.promoted(target, day), ..self.came(target, day) }
                    })
                    .collect();
                tally.add(&known, &came, SEASON);
                for (position, &days) in days.iter().enumerate() {
                    let quantiles: [f64; 6] = then.quantiles(index, position, &engine);
                    let flat = flat[..days].iter().sum::<f32>();
                    let expected = came[..days].iter().map(|day| day.expected).sum::<f32>();
                    let factor = if flat > 0.0 { f64::from(expected / flat) } else { 1.0 };
                    tally.cover(&came[..days], quantiles[3] * factor);
                }
            }
        }
        totals
            .iter()
            .enumerate()
            .map(|(index, &target)| Accuracy {
                sku: self.targets[target].sku.clone(),
                model: answer.model_name(target),
                why: self.why(target, answer),
                class: classify(&as_it_came(self.demand, self.comparable, &targets[index], 0)),
                measures: tallies[index].measures(),
                origins: tallies[index].origins(),
                days: tallies[index].days(),
            })
            .collect()
    }

    /// What was wanted of a target on a day, as it came in.
    fn came(&self, target: &Target, day: Day) -> Came {
        let mut came = Came::default();
        for part in &target.parts {
            let series = &self.demand.series[*part];
            let Ok(index) = usize::try_from(day.since(series.first)) else { continue };
            came.units += series.units.get(index).copied().unwrap_or(0.0);
            came.censored |= series.out_of_stock.get(index).is_some_and(|share| *share > 0.0);
        }
        came
    }

    /// By how much promotions on some of its channels raise a target's day.
    fn promoted(&self, target: &Target, day: Day) -> f32 {
        let facts = self.demand.products.get(&target.sku);
        let uplift = self.comparable.uplifts.of(&target.sku, facts.and_then(|facts| facts.category.as_deref())) as f32;
        let (mut all, mut raised) = (0.0, 0.0);
        for part in &target.parts {
            let series = &self.demand.series[*part];
            let units: f32 = self.comparable.units[*part].iter().sum();
            let index = usize::try_from(day.since(series.first)).ok();
            let promoted = index.and_then(|index| series.promotion.get(index)).is_some_and(|promoted| *promoted);
            all += units;
            raised += units * if promoted { uplift } else { 1.0 };
        }
        if all > 0.0 { raised / all } else { 1.0 }
    }
}

//! Demand made comparable from day to day: bulk orders cut to what is usual, promotions divided by
//! their uplift, days out of stock raised to what they would have sold.
//!
//! A censored day is a lower bound: `x = max(y, w l + (1 - w) y)` with `w` the share of the day out of
//! stock and `l` the level so far. Leaving such days out is worse, because days sell out when demand
//! is high.

use rayon::prelude::*;

use super::outlier::mark_outliers;
use super::promotion::Uplifts;
use super::series::{Demand, DemandSeries};

/// Smoothing of the level that stands in for what was not seen.
const ALPHA: f32 = 0.1;

/// Demand that the forecast can learn from, series by series as in [`Demand`].
#[derive(Clone, Debug, PartialEq)]
pub struct Comparable {
    /// Units of each day, comparable.
    pub units: Vec<Vec<f32>>,
    /// Factors of promotions, to be put back on planned ones.
    pub uplifts: Uplifts,
}

/// Marks bulk days in the demand and gives it made comparable.
pub fn comparable(demand: &mut Demand) -> Comparable {
    let usual: Vec<Option<f32>> = demand.series.par_iter_mut().map(mark_outliers).collect();
    let without_promotions = |(series, usual): (&DemandSeries, &Option<f32>)| levels(series, *usual);
    let expected: Vec<Vec<f32>> = demand.series.par_iter().zip(&usual).map(without_promotions).collect();
    let any = demand.series.iter().any(|series| series.promotion.contains(&true));
    let uplifts = if any { Uplifts::measure(demand, &expected) } else { Uplifts::none() };
    let units = demand
        .series
        .par_iter()
        .zip(&usual)
        .map(|(series, usual)| {
            let category = demand.products.get(&series.sku).and_then(|facts| facts.category.as_deref());
            clean(series, *usual, uplifts.of(&series.sku, category) as f32)
        })
        .collect();
    Comparable { units, uplifts }
}

/// The level expected on each day, learnt on earlier days without promotion.
fn levels(series: &DemandSeries, usual: Option<f32>) -> Vec<f32> {
    let mut level = Level::default();
    let mut levels = Vec::with_capacity(series.len());
    for day in 0..series.len() {
        levels.push(level.units);
        if !series.promotion[day] {
            level.see(uncensored(series, day, usual, 1.0, level.units));
        }
    }
    levels
}

/// Raises values of steps that were out of stock for a share, in place; nothing else is known of them.
pub(crate) fn raise_censored(values: &mut [f32], out_of_stock: &[f32]) {
    let mut level = Level::default();
    for (value, out) in values.iter_mut().zip(out_of_stock) {
        *value = value.max(out * level.units + (1.0 - out) * *value);
        level.see(*value);
    }
}

fn clean(series: &DemandSeries, usual: Option<f32>, uplift: f32) -> Vec<f32> {
    let mut level = Level::default();
    (0..series.len())
        .map(|day| {
            let units = uncensored(series, day, usual, uplift, level.units);
            level.see(units);
            units
        })
        .collect()
}

fn uncensored(series: &DemandSeries, day: usize, usual: Option<f32>, uplift: f32, level: f32) -> f32 {
    let mut units = series.units[day].max(0.0);
    if let Some(usual) = usual.filter(|_| series.outlier[day]) {
        units = units.min(usual);
    }
    if series.promotion[day] {
        units /= uplift;
    }
    let out = series.out_of_stock[day].clamp(0.0, 1.0);
    units.max(out * level + (1.0 - out) * units)
}

#[derive(Default)]
struct Level {
    units: f32,
    days: f32,
}

impl Level {
    fn see(&mut self, units: f32) {
        self.days += 1.0;
        self.units += ALPHA.max(1.0 / self.days) * (units - self.units);
    }
}

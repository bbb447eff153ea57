//! How fast does it sell, how fast at its peak, and is that changing?

use std::borrow::Cow;

use super::class::{DemandClass, classify};
use crate::demand::DemandSeries;

/// Days that a velocity looks back on.
pub(super) const LOOK_BACK: usize = 90;
/// Days of each half of the trend.
const TREND_DAYS: usize = 28;
/// Days in stock and off promotion that tell a pace.
const LEAST_USUAL_DAYS: f64 = 14.0;

/// How one SKU sells on one channel or in all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Velocity {
    /// Units a day over the last 90 days, counting only the time in stock, without days on promotion
    /// or distorted by one bulk order where enough others are known.
    pub mean_per_day: f64,
    /// The 95th percentile of the last 90 days' units (nearest rank).
    pub peak_per_day: f64,
    /// Change of the last 28 days' mean on the 28 days before, as a fraction; `None` without demand
    /// before.
    pub trend: Option<f64>,
    /// Variance of daily units over their mean, last 90 days; `None` without demand.
    pub variance_to_mean: Option<f64>,
    /// Days of history.
    pub days_observed: usize,
    /// Days of the last 90 with something to sell, parts of days added up.
    pub days_in_stock: f64,
    /// Season of the coming week over that of the days looked back on; `None` where no season is known.
    pub season: Option<f64>,
    /// Syntetos and Boylan's class.
    pub class: DemandClass,
}

impl Velocity {
    /// Of a series of demand.
    pub fn of(series: &DemandSeries) -> Self {
        let series = &numbers(series);
        let from = series.len().saturating_sub(LOOK_BACK);
        let recent: Vec<f64> = series.units[from..].iter().map(|units| f64::from(*units)).collect();
        let in_stock: f64 = series.out_of_stock[from..].iter().map(|share| 1.0 - f64::from(*share)).sum();
        Self {
            mean_per_day: usual(series, from).unwrap_or_else(|| pace(series, from, |_| true).0),
            peak_per_day: peak(&recent),
            trend: trend(&series.units),
            variance_to_mean: variance_to_mean(&recent),
            days_observed: series.len(),
            days_in_stock: in_stock,
            season: None,
            class: classify(&series.units),
        }
    }

    /// Units expected in `minutes` at the mean velocity: rate × m / 1440.
    pub fn units_in(&self, minutes: f64) -> f64 {
        self.mean_per_day * minutes / 1440.0
    }
}

/// Units a day in stock on days that count, and how many such days there were.
fn pace(series: &DemandSeries, from: usize, counts: impl Fn(usize) -> bool) -> (f64, f64) {
    let days = || (from..series.len()).filter(|day| counts(*day));
    let sold: f64 = days().map(|day| f64::from(series.units[day])).sum();
    let in_stock: f64 = days().map(|day| 1.0 - f64::from(series.out_of_stock[day])).sum();
    // A product that was never in stock and still sold had some stock.
    (if sold > 0.0 { sold / in_stock.max(1.0) } else { 0.0 }, in_stock)
}

/// The pace of days without promotion or bulk order; `None` where they are too few to tell.
fn usual(series: &DemandSeries, from: usize) -> Option<f64> {
    let (pace, days) = pace(series, from, |day| !series.promotion[day] && !series.outlier[day]);
    (days >= LEAST_USUAL_DAYS).then_some(pace)
}

fn numbers(series: &DemandSeries) -> Cow<'_, DemandSeries> {
    let all = series.units.iter().chain(&series.out_of_stock).all(|value| value.is_finite());
    if all {
        return Cow::Borrowed(series);
    }
    let mut kept = series.clone();
    kept.keep_numbers();
    Cow::Owned(kept)
}

fn peak(days: &[f64]) -> f64 {
    let mut sorted = days.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() as f64 * 0.95).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

fn trend(units: &[f32]) -> Option<f64> {
    let middle = units.len().checked_sub(TREND_DAYS)?;
    let before = &units[middle.checked_sub(TREND_DAYS)?..middle];
    let sum = |days: &[f32]| days.iter().map(|units| f64::from(*units)).sum::<f64>();
    let earlier = sum(before);
    (earlier > 0.0).then(|| sum(&units[middle..]) / earlier - 1.0)
}

fn variance_to_mean(days: &[f64]) -> Option<f64> {
    let count = days.len() as f64;
    let mean = days.iter().sum::<f64>() / count.max(1.0);
    let squares: f64 = days.iter().map(|units| (units - mean) * (units - mean)).sum();
    (mean > 0.0 && count > 1.0).then(|| squares / (count - 1.0) / mean)
}

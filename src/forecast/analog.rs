//! A new product that is expected to sell like a known one: the known one's demand stands before its
//! own first day, on the same channels.
//!
//! Scaled by `s = (Σ own + k r) / ((n + k) r)` with `r` the analog's pace, `n` own days in stock and `k`
//! days that the analog is worth: the more own days there are, the more they set the level.

use super::history::{Target, first_day};
use crate::config::{Analog, Settings};
use crate::demand::{Comparable, Demand};
use crate::error::Diagnostic;
use crate::types::Sku;

/// Own days in stock that weigh as much as the analog.
const WORTH_DAYS: f32 = 14.0;
/// No more of the analog's history is taken.
const MOST_DAYS: usize = 364;
/// Days whose mean is the analog's pace.
const PACE_DAYS: usize = 56;
/// No scaling beyond these is believed.
const LIMITS: (f32, f32) = (0.05, 20.0);

/// Demand of the days before a new target's own first day; `None` without an analog that sold then.
pub(super) fn before(demand: &Demand, comparable: &Comparable, target: &Target) -> Option<Vec<f32>> {
    let analog = demand.products.get(&target.sku)?.analog.as_ref()?;
    let start = first_day(demand, target);
    let known: Vec<usize> =
        target.parts.iter().filter_map(|part| demand.position(analog, &demand.series[*part].channel)).collect();
    let oldest = known.iter().map(|index| demand.series[*index].first).min()?;
    let days = usize::try_from(start.since(oldest)).ok()?.min(MOST_DAYS);
    let mut units = vec![0.0f32; days];
    for index in known {
        let series = &demand.series[index];
        for (ahead, units) in units.iter_mut().enumerate() {
            let day = start.plus(ahead as i32 - days as i32).since(series.first);
            *units += usize::try_from(day).ok().and_then(|day| comparable.units[index].get(day)).unwrap_or(&0.0);
        }
    }
    let recent = &units[days.saturating_sub(PACE_DAYS)..];
    let pace = recent.iter().sum::<f32>() / recent.len().max(1) as f32;
    let (mut sold, mut in_stock) = (0.0f32, 0.0f32);
    for part in &target.parts {
        let series = &demand.series[*part];
        sold += series.units.iter().sum::<f32>();
        in_stock += series.out_of_stock.iter().map(|out| 1.0 - out).sum::<f32>() / target.parts.len() as f32;
    }
    let scale = (sold + WORTH_DAYS * pace) / ((in_stock + WORTH_DAYS) * pace);
    (pace > 0.0).then(|| units.iter().map(|units| units * scale.clamp(LIMITS.0, LIMITS.1)).collect())
}

/// What is wrong with the analogs that the settings name: they change nothing.
pub fn analog_problems(demand: &Demand, settings: &Settings) -> Vec<Diagnostic> {
    let problem = |message: String, line: usize, hint: &str| {
        Diagnostic::warning("analog", message).at_line(&settings.file, line).hint(hint)
    };
    let sells = |sku: &Sku| {
        let own = demand.series.iter().filter(|series| series.sku == *sku);
        own.flat_map(|series| &series.units).any(|units| *units > 0.0)
    };
    let of_one = |(sku, analog): (&Sku, &Analog)| {
        if !demand.products.contains_key(sku) && !sells(sku) {
            let message = format!("`{sku}` is to sell like `{}`, but no product has that SKU", analog.sku);
            Some(problem(message, analog.line, "add it to `products.csv` or correct the name under `[analogs]`"))
        } else if !sells(&analog.sku) {
            let message = format!("`{sku}` is to sell like `{}`, which has never sold", analog.sku);
            Some(problem(message, analog.line, "name a product that has sold for a few weeks under `[analogs]`"))
        } else {
            None
        }
    };
    settings.analogs.iter().filter_map(of_one).collect()
}

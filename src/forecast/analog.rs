//! A new product that is expected to sell like a known one: the known one's demand stands before its
//! own first day, on the same channels, scaled to what is believed of the new one. The analog's pace is
//! the prior of that belief, worth at least two weeks: the more own days there are, the more they set
//! the level.

use super::history::{Target, first_day};
use super::prior::Prior;
use super::scant::Scant;
use crate::config::{Analog, Settings};
use crate::demand::{Comparable, Demand, DemandSeries};
use crate::error::Diagnostic;
use crate::types::{Channel, Day, Sku};

/// Own days in stock that weigh as much as the analog.
const WORTH_DAYS: f64 = 14.0;
/// No more of the analog's history is taken.
const MOST_DAYS: usize = 364;
/// Days whose mean is the analog's pace.
const PACE_DAYS: usize = 56;
/// No scaling beyond these is believed.
const LIMITS: (f64, f64) = (0.05, 20.0);

/// The analog's pace before a new listing's own first day, as the prior of that listing.
pub(super) fn prior(demand: &Demand, comparable: &Comparable, series: &DemandSeries) -> Option<Prior> {
    let units = history(demand, comparable, &series.sku, &[&series.channel], series.first)?;
    Some(Prior::of_analog(pace(&units), WORTH_DAYS)).filter(|prior| prior.per_day > 0.0)
}

/// Demand of the days before a new target's own first day; `None` without an analog that sold then.
pub(super) fn before(demand: &Demand, comparable: &Comparable, scant: &Scant, target: &Target) -> Option<Vec<f32>> {
    let channels: Vec<&Channel> = target.parts.iter().map(|part| &demand.series[*part].channel).collect();
    let units = history(demand, comparable, &target.sku, &channels, first_day(demand, target))?;
    let own: f64 = target.parts.iter().filter_map(|part| scant.pace(*part)).map(|pace| pace.per_day).sum();
    let pace = pace(&units);
    let scale = (own / pace).clamp(LIMITS.0, LIMITS.1) as f32;
    (pace > 0.0).then(|| units.iter().map(|units| units * scale).collect())
}

/// Demand of a product's analog on these channels before a day.
fn history(demand: &Demand, comparable: &Comparable, sku: &Sku, channels: &[&Channel], start: Day) -> Option<Vec<f32>> {
    let analog = demand.products.get(sku)?.analog.as_ref()?;
    let known: Vec<usize> = channels.iter().filter_map(|channel| demand.position(analog, channel)).collect();
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
    Some(units)
}

fn pace(units: &[f32]) -> f64 {
    let recent = &units[units.len().saturating_sub(PACE_DAYS)..];
    recent.iter().map(|units| f64::from(*units)).sum::<f64>() / recent.len().max(1) as f64
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

//! How would the whole engine have done from past steps? It chooses and calibrates anew with what was
//! known then.
//!
//! `sPL` is the pinball loss of the sum over L steps, over levels and lead times, divided by the mean
//! absolute step of the known history times √L: what a safety stock is judged by.

use super::super::engine::{EngineOptions, SeriesSet, forecast};

/// Averages over the series of one origin; a series without a scale is left out of its measure.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginMeasures {
    /// Steps held out.
    pub(crate) origin: usize,
    /// Series measured.
    pub(crate) series: usize,
    pub(crate) rmsse: f64,
    pub(crate) mase: f64,
    pub(crate) smape: f64,
    pub(crate) wape: f64,
    pub(crate) bias: f64,
    pub(crate) spl: f64,
    /// By level.
    pub(crate) coverage: Vec<f64>,
}

#[derive(Clone, Copy, Default)]
struct Mean(f64, f64);

impl Mean {
    fn add(&mut self, value: f64) {
        if value.is_finite() {
            *self = Self(self.0 + value, self.1 + 1.0);
        }
    }

    /// Not a number where nothing was added.
    fn value(self) -> f64 {
        self.0 / self.1
    }
}

/// One row per origin. Series with fewer than 8 known values after their first other than 0, with fewer
/// than two such, or that never change, are not measured.
pub(crate) fn measure(set: &SeriesSet, options: &EngineOptions, origins: &[usize]) -> Vec<OriginMeasures> {
    origins.iter().map(|&origin| at_origin(set, options, origin)).collect()
}

fn at_origin(set: &SeriesSet, options: &EngineOptions, origin: usize) -> OriginMeasures {
    let mut known = SeriesSet::default();
    let mut actual = Vec::new();
    for series in 0..set.len() {
        let values = set.values(series);
        let Some(length) = values.len().checked_sub(origin) else { continue };
        let first = values[..length].iter().position(|value| *value != 0.0).unwrap_or(length);
        let past = &values[first..length];
        let sold = past.iter().filter(|value| **value != 0.0).count();
        if past.len() >= 8 && sold >= 2 && past.iter().any(|value| *value != past[0]) {
            known.push(past.iter().copied(), set.phases[series] + (first % options.season.max(1)) as u32);
            actual.push(&values[length..values.len().min(length + options.horizon)]);
        }
    }
    let answer = forecast(&known, options);
    let mut tally = Tally { covered: vec![Mean::default(); options.levels.len()], ..Tally::default() };
    for (series, actual) in actual.iter().enumerate() {
        tally.steps(known.values(series), actual, answer.means(series, options), options.season);
        for (index, &steps) in options.days.iter().enumerate().filter(|(_, steps)| **steps <= actual.len()) {
            let width = options.levels.len();
            let from = (series * options.days.len() + index) * width;
            tally.sum(known.values(series), &actual[..steps], &answer.quantiles[from..from + width], &options.levels);
        }
    }
    tally.finish(origin, known.len())
}

#[derive(Default)]
struct Tally {
    rmsse: Mean,
    mase: Mean,
    smape: Mean,
    spl: Mean,
    absolute: f64,
    signed: f64,
    demand: f64,
    covered: Vec<Mean>,
}

impl Tally {
    fn steps(&mut self, known: &[f32], actual: &[f32], means: &[f32], season: usize) {
        let (mut absolute, mut squares, mut relative) = (0.0, 0.0, 0.0);
        for (&actual, &mean) in actual.iter().zip(means) {
            let (actual, mean) = (f64::from(actual), f64::from(mean));
            let error = actual - mean;
            absolute += error.abs();
            squares += error * error;
            relative += if error == 0.0 { 0.0 } else { 200.0 * error.abs() / (actual.abs() + mean.abs()) };
            self.signed -= error;
            self.demand += actual.abs();
        }
        let count = actual.len().max(1) as f64;
        self.absolute += absolute;
        self.rmsse.add((squares / count / lagged(known, 1, |step| step * step)).sqrt());
        self.mase.add(absolute / count / lagged(known, season, f64::abs));
        self.smape.add(relative / count);
    }

    fn sum(&mut self, known: &[f32], actual: &[f32], quantiles: &[f32], levels: &[f64]) {
        let sum: f64 = actual.iter().map(|value| f64::from(*value)).sum();
        let scale = lagged(known, 1, f64::abs) * (actual.len() as f64).sqrt();
        for ((&quantile, &level), covered) in quantiles.iter().zip(levels).zip(&mut self.covered) {
            let miss = sum - f64::from(quantile);
            self.spl.add((level * miss).max((level - 1.0) * miss) / scale);
            covered.add(if miss <= 1e-9 { 1.0 } else { 0.0 });
        }
    }

    fn finish(self, origin: usize, series: usize) -> OriginMeasures {
        let demand = if self.demand > 0.0 { self.demand } else { f64::NAN };
        OriginMeasures {
            origin,
            series,
            rmsse: self.rmsse.value(),
            mase: self.mase.value(),
            smape: self.smape.value(),
            wape: self.absolute / demand,
            bias: self.signed / demand,
            spl: self.spl.value(),
            coverage: self.covered.into_iter().map(Mean::value).collect(),
        }
    }
}

/// Mean of `of` over the steps between values `lag` apart; not a number without any.
fn lagged(known: &[f32], lag: usize, of: impl Fn(f64) -> f64) -> f64 {
    let count = known.len().saturating_sub(lag);
    let sum: f64 = (0..count).map(|index| of(f64::from(known[index + lag]) - f64::from(known[index]))).sum();
    sum / count as f64
}

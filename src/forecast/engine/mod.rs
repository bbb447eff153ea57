//! What will each of many series sum to over any number of days, with what error?
//!
//! Goes in: flat histories on one grid. Comes out: the mean of each day and quantiles of the sum over
//! each number of days asked for, from the rolling errors of that very sum. Models and shapes are
//! chosen, averaged and calibrated over a pool of series by backtest, never series by series.

mod backtest;
mod calibrate;
mod catalogue;
mod choose;
mod plan;
mod profile;
#[cfg(test)]
mod properties;
mod quantile;
mod run;
mod sample;
mod sums;
mod variance;
mod walk;

pub(crate) use quantile::normal_quantile;
pub(crate) use run::{EngineForecast, forecast};

/// Many histories, one after the other, on one grid (days, weeks, months).
#[derive(Clone, Debug, Default)]
pub(crate) struct SeriesSet {
    /// All values, series after series, oldest first.
    pub(crate) values: Vec<f32>,
    /// Where each series ends in `values`.
    pub(crate) ends: Vec<usize>,
    /// Position in the season of each series' first value.
    pub(crate) phases: Vec<u32>,
    /// What is believed of the level of each series whose own values say too little, in units a step: it
    /// is forecast from that alone. Empty where nothing is believed of any.
    pub(crate) beliefs: Vec<Option<f32>>,
}

impl SeriesSet {
    /// How many series.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Appends a series.
    pub(crate) fn push(&mut self, values: impl IntoIterator<Item = f32>, phase: u32) {
        self.values.extend(values);
        self.ends.push(self.values.len());
        self.phases.push(phase);
    }

    /// What is believed of a series' level.
    pub(crate) fn belief(&self, series: usize) -> Option<f32> {
        self.beliefs.get(series).copied().flatten()
    }

    /// The values of a series.
    pub(crate) fn values(&self, series: usize) -> &[f32] {
        let from = if series == 0 { 0 } else { self.ends[series - 1] };
        &self.values[from..self.ends[series]]
    }
}

/// What to forecast, and how thoroughly to choose.
#[derive(Clone, Debug)]
pub(crate) struct EngineOptions {
    /// Values in a season: 7 for days with a weekly shape, 1 for none.
    pub(crate) season: usize,
    /// Steps over which the mean is backtested.
    pub(crate) horizon: usize,
    /// Steps whose mean is wanted, one by one.
    pub(crate) steps: usize,
    /// Numbers of steps whose sum is wanted, rising.
    pub(crate) days: Vec<usize>,
    /// Levels of the quantiles, rising, each inside 0 and 1.
    pub(crate) levels: Vec<f64>,
    /// Most series to backtest in one band of history length.
    pub(crate) backtest_series: usize,
    /// Past days to forecast from in the backtest.
    pub(crate) cuts: usize,
}

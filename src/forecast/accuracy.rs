//! How well did past forecasts do? From past days, with only what was known then, models chosen anew.
//!
//! Measured against units wanted as they came in, bulk orders and promotions included, on days that
//! were in stock from start to end; of other days only a lower bound is known.
//!
//! RMSSE = √(mean e² / mean (y_t - y_{t-1})²), the M5 measure; MASE = mean |e| / mean |y_t - y_{t-7}|
//! (Hyndman & Koehler 2006, IJF 22); WAPE = Σ|e| / Σ y; bias = Σ(ŷ - y) / Σ y; coverage = share of sums
//! over days that were at or below their quantile.

use super::class::DemandClass;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::Sku;

/// How past forecasts of one SKU, over all its channels, did.
#[derive(Clone, Debug, PartialEq)]
pub struct Accuracy {
    /// The product.
    pub sku: Sku,
    /// The models whose average the mean is.
    pub model: String,
    /// Why these: what was compared.
    pub why: String,
    /// Syntetos and Boylan's class.
    pub class: DemandClass,
    /// The figures.
    pub measures: Measures,
    /// Past days forecast from.
    pub origins: usize,
    /// Days that were measured: in stock from start to end.
    pub days: usize,
}

/// One day of the past: what was expected of it and what came.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Came {
    pub(crate) expected: f32,
    pub(crate) units: f32,
    /// Out of stock for some of the day: then `units` is a lower bound.
    pub(crate) censored: bool,
}

/// Measures of one or more forecasts against what happened; `None` where a ratio has no base.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measures {
    /// Mean absolute error over that of the seasonal naive in the history.
    pub mase: Option<f64>,
    /// Root mean squared error over that of the naive in the history.
    pub rmsse: Option<f64>,
    /// Sum of absolute errors over the sum of demand.
    pub wape: Option<f64>,
    /// Sum of forecast less actual over the sum of demand: positive is too high.
    pub bias: Option<f64>,
    /// Share of sums over days at or below their 95 % quantile.
    pub coverage_95: Option<f64>,
    /// MASE of the seasonal naive on the same days.
    pub naive_mase: Option<f64>,
}

/// Adds up errors over origins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    absolute: f64,
    signed: f64,
    demand: f64,
    mase: Mean,
    rmsse: Mean,
    naive: Mean,
    covered: Mean,
    days: usize,
    origins: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.sum += value;
            self.count += 1.0;
        }
    }

    fn value(self) -> Option<f64> {
        (self.count > 0.0).then(|| self.sum / self.count)
    }
}

impl Tally {
    /// One origin: comparable demand that was known, and the days that came.
    pub(crate) fn add(&mut self, known: &[f32], came: &[Came], season: usize) {
        let open = || came.iter().enumerate().filter(|(_, day)| !day.censored);
        let errors = || open().map(|(_, day)| f64::from(day.units - day.expected));
        let days = open().count();
        if days == 0 {
            return;
        }
        self.days += days;
        self.origins += 1;
        let days = days as f64;
        let absolute: f64 = errors().map(f64::abs).sum();
        self.absolute += absolute;
        self.signed -= errors().sum::<f64>();
        self.demand += open().map(|(_, day)| f64::from(day.units.abs())).sum::<f64>();
        if let Some((seasonal, _)) = steps(known, season) {
            let last = &known[known.len() - season.min(known.len())..];
            let naive = |(ahead, day): (usize, &Came)| f64::from((day.units - last[ahead % last.len()]).abs());
            self.mase.add(absolute / days / seasonal);
            self.naive.add(open().map(naive).sum::<f64>() / days / seasonal);
        }
        if let Some((_, square)) = steps(known, 1) {
            let squares: f64 = errors().map(|error| error * error).sum();
            self.rmsse.add((squares / days / square).sqrt());
        }
    }

    /// One sum over days and its 95 % quantile; nothing is learnt where a day was out of stock.
    pub(crate) fn cover(&mut self, came: &[Came], quantile: f64) {
        if came.iter().all(|day| !day.censored) {
            let actual: f64 = came.iter().map(|day| f64::from(day.units)).sum();
            self.covered.add(if actual <= quantile + 1e-9 { 1.0 } else { 0.0 });
        }
    }

    /// Days measured.
    pub(crate) fn days(&self) -> usize {
        self.days
    }

    /// Origins with a day that was measured.
    pub(crate) fn origins(&self) -> usize {
        self.origins
    }

    /// The measures.
    pub(crate) fn measures(&self) -> Measures {
        let share = |sum: f64| (self.demand > 0.0).then(|| sum / self.demand);
        Measures {
            mase: self.mase.value(),
            rmsse: self.rmsse.value(),
            wape: share(self.absolute),
            bias: share(self.signed),
            coverage_95: self.covered.value(),
            naive_mase: self.naive.value(),
        }
    }
}

/// Mean absolute and mean squared step over a lag; `None` without a step.
fn steps(known: &[f32], lag: usize) -> Option<(f64, f64)> {
    let count = known.len().checked_sub(lag).filter(|count| *count > 0)? as f64;
    let (mut absolute, mut squares) = (0.0, 0.0);
    for (later, earlier) in known[lag..].iter().zip(known) {
        let step = f64::from(later - earlier);
        absolute += step.abs();
        squares += step * step;
    }
    (absolute > 0.0).then(|| (absolute / count, squares / count))
}

/// The columns of `forecast_accuracy.csv`.
pub const FORECAST_ACCURACY: &[Column] = &[
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "model", kind: Kind::Text, nullable: false },
    Column { name: "class", kind: Kind::Text, nullable: false },
    Column { name: "mase", kind: Kind::Real, nullable: true },
    Column { name: "rmsse", kind: Kind::Real, nullable: true },
    Column { name: "wape", kind: Kind::Real, nullable: true },
    Column { name: "bias", kind: Kind::Real, nullable: true },
    Column { name: "coverage_95", kind: Kind::Real, nullable: true },
    Column { name: "naive_mase", kind: Kind::Real, nullable: true },
    Column { name: "origins", kind: Kind::Integer, nullable: false },
    Column { name: "why", kind: Kind::Text, nullable: false },
    Column { name: "days", kind: Kind::Integer, nullable: false },
];

/// `forecast_accuracy.csv`, by SKU.
pub(crate) fn sheet(all: &[Accuracy]) -> Rows {
    let mut rows = RowsBuilder::new("forecast_accuracy", FORECAST_ACCURACY.iter().copied());
    for one in all {
        let of = &one.measures;
        let figures = [of.mase, of.rmsse, of.wape, of.bias, of.coverage_95, of.naive_mase];
        rows.push(
            [Cell::from(&one.sku), one.model.clone().into(), one.class.word().into()]
                .into_iter()
                .chain(figures.map(|figure| figure.map(to_six_places).into()))
                .chain([(one.origins as i64).into(), one.why.clone().into(), (one.days as i64).into()]),
        );
    }
    rows.finish()
}

fn to_six_places(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

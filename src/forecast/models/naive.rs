//! Yardsticks: tomorrow is like today; tomorrow is like the same day of last season.
//!
//! `ŷ_{t+h} = y_t`; `ŷ_{t+h} = y_{t+h-m⌈h/m⌉}`. Hyndman & Athanasopoulos, Forecasting: Principles and
//! Practice, 3rd ed., §5.2. Every accuracy figure is a ratio to one of them.

use super::{Fitted, Model};

/// Tomorrow is like today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Naive;

impl Model for Naive {
    fn name(&self) -> String {
        "naive".to_owned()
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        Fitted { level: demand.last().map_or(0.0, |units| super::known(*units)), trend: 0.0, damping: 0.0 }
    }
}

/// Tomorrow is like the same day of last season; no level can say that, so it predicts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeasonalNaive {
    /// Days in a season: 7 for a week.
    pub season: usize,
}

impl SeasonalNaive {
    /// Expected demand of each of the next `days`; the plain naive while a season is not complete.
    pub fn predict(&self, demand: &[f64], days: usize) -> Vec<f64> {
        let season = self.season.max(1);
        match demand.len().checked_sub(season) {
            Some(from) => (0..days).map(|day| super::known(demand[from + day % season])).collect(),
            None => Naive.fit(demand).predict(days),
        }
    }
}

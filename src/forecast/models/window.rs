//! The mean of the last days.
//!
//! `l_t = (y_{t-w+1} + … + y_t) / (s_{t-w+1} + … + s_t)`: no published source is needed for a mean; as
//! a yardstick it is what most sellers use.

use super::{Fitted, Model};

/// The mean of the last `days`, or of fewer where there are fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many days.
    pub days: usize,
}

impl Window {
    /// The level after `seen` days from running sums of demand and shares, which start with a 0.
    #[inline]
    pub(crate) fn level(self, demand_sums: &[f64], share_sums: &[f64], seen: usize) -> f64 {
        let from = seen.saturating_sub(self.days);
        let shares = share_sums[seen] - share_sums[from];
        if shares > 0.0 { (demand_sums[seen] - demand_sums[from]) / shares } else { 0.0 }
    }
}

impl Model for Window {
    fn name(&self) -> String {
        format!("window {}", self.days)
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        let recent = &demand[demand.len().saturating_sub(self.days)..];
        let level = if recent.is_empty() {
            0.0
        } else {
            recent.iter().map(|units| super::known(*units)).sum::<f64>() / recent.len() as f64
        };
        Fitted { level, trend: 0.0, damping: 0.0 }
    }
}

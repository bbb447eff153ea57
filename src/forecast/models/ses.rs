//! Simple exponential smoothing.
//!
//! `l_t = l_{t-1} + g_t (y_t - s_t l_{t-1})`, `s_t` the day's share of the profile.
//! Classical: `g_t = α`, `l_1 = y_1` (Brown 1956; Gardner 1985, "Exponential smoothing: the state of
//! the art"). Averaging: `g_t = max(α, 1 / Σ s)`, the plain mean until it has seen `1/α` days, so that
//! a small α does not remember its first day for months.

use super::{Fitted, Model, Prior, Recurrence, bounded};

/// Simple exponential smoothing with a fixed constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ses {
    /// Share of each day's surprise that is believed, 0 to 1.
    pub alpha: f64,
    /// Whether it starts as a mean instead of with the first day.
    pub averaging: bool,
}

impl Ses {
    /// The textbook form, which starts with the first value.
    ///
    /// ```
    /// use trueup::forecast::{Model, Ses};
    /// let fitted = Ses::classical(0.3).fit(&[94764.0, 103900.0, 167777.0, 291264.0]);
    /// assert!((fitted.level - 170389.72).abs() < 0.005);
    /// ```
    pub fn classical(alpha: f64) -> Self {
        Self { alpha, averaging: false }
    }
}

impl Model for Ses {
    fn name(&self) -> String {
        format!("ses {}", self.alpha)
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        super::fit(self, demand, 0.0)
    }
}

impl Recurrence for Ses {
    /// Level, days seen.
    type State = (f64, f64);

    fn start(&self, prior: Prior) -> Self::State {
        (prior.level, prior.weight)
    }

    #[inline]
    fn step(&self, (level, weight): &mut Self::State, demand: f64, share: f64) {
        let first = *weight <= 0.0;
        *weight += share;
        let averages = first || self.averaging && self.alpha * *weight < 1.0;
        let gain = if averages { self.alpha.max(1.0 / *weight) } else { self.alpha };
        *level += bounded(gain, share) * (demand - share * *level);
    }

    #[inline]
    fn outlook(&self, &(level, _): &Self::State) -> (f64, f64) {
        (level, 0.0)
    }
}

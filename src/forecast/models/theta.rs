//! The Theta method: simple exponential smoothing with half of the line's slope as drift.
//!
//! `ŷ_{t+h} = l_t + (b/2) (h - 1 + 1/α - (1-α)^t / α)`, `b` the least-squares slope over the history,
//! `l` smoothed with `l_1 = y_1`. Assimakopoulos & Nikolopoulos (2000), IJF 16; in this form Hyndman &
//! Billah (2003), "Unmasking the Theta method", IJF 19.

use super::{Fitted, Model, Prior, Recurrence, bounded};

/// The Theta method with a fixed constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Theta {
    /// Smoothing of the level, 0 to 1.
    pub alpha: f64,
}

/// The level and the running sums of the line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    level: f64,
    days: f64,
    demand: f64,
    day_demand: f64,
    forgotten: f64,
}

impl Model for Theta {
    fn name(&self) -> String {
        format!("theta {}", self.alpha)
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        super::fit(self, demand, 1.0)
    }
}

impl Recurrence for Theta {
    type State = State;

    fn start(&self, prior: Prior) -> State {
        State { level: prior.level, forgotten: 1.0, ..State::default() }
    }

    #[inline]
    fn step(&self, state: &mut State, demand: f64, share: f64) {
        let gain = if state.days <= 0.0 { 1.0 } else { self.alpha };
        state.level += bounded(gain, share) * (demand - share * state.level);
        let adjusted = demand / share;
        state.demand += adjusted;
        state.day_demand += state.days * adjusted;
        state.days += 1.0;
        state.forgotten *= 1.0 - self.alpha;
    }

    #[inline]
    fn outlook(&self, state: &State) -> (f64, f64) {
        let n = state.days;
        if n < 2.0 {
            return (state.level, 0.0);
        }
        let slope = (state.day_demand - state.demand * (n - 1.0) / 2.0) / (n * (n * n - 1.0) / 12.0);
        let drift = slope / 2.0;
        (state.level + drift * ((1.0 - state.forgotten) / self.alpha - 1.0), drift)
    }
}

//! Croston's method and its correction by Syntetos and Boylan.
//!
//! On days with demand only: size `z += α (y - z)`, interval `p += α (q - p)` with `q` the days since
//! the last demand; forecast `z / p` (Croston 1972, Operational Research Quarterly 23), times
//! `1 - α/2` for the approximately unbiased form (Syntetos & Boylan 2005, IJF 21).

use super::{Fitted, Model, Prior, Recurrence};

/// Croston's method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Croston {
    /// Smoothing of size and interval, 0 to 1.
    pub alpha: f64,
    /// With the correction of Syntetos and Boylan.
    pub corrected: bool,
}

/// Size, interval, days since the last demand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    size: f64,
    interval: f64,
    waited: f64,
}

impl Model for Croston {
    fn name(&self) -> String {
        format!("{} {}", if self.corrected { "sba" } else { "croston" }, self.alpha)
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        super::fit(self, demand, 0.0)
    }
}

impl Recurrence for Croston {
    type State = State;

    fn start(&self, prior: Prior) -> State {
        if prior.level <= 0.0 {
            return State::default();
        }
        let interval = (1.0 / prior.level).max(1.0);
        State { size: prior.level * interval, interval, waited: 0.0 }
    }

    #[inline]
    fn step(&self, state: &mut State, demand: f64, share: f64) {
        state.waited += share;
        if demand <= 0.0 {
            return;
        }
        if state.interval <= 0.0 {
            *state = State { size: demand, interval: state.waited, waited: 0.0 };
            return;
        }
        state.size += self.alpha * (demand - state.size);
        state.interval += self.alpha * (state.waited - state.interval);
        state.waited = 0.0;
    }

    #[inline]
    fn outlook(&self, state: &State) -> (f64, f64) {
        if state.interval <= 0.0 {
            return (0.0, 0.0);
        }
        let correction = if self.corrected { 1.0 - self.alpha / 2.0 } else { 1.0 };
        (correction * state.size / state.interval, 0.0)
    }
}

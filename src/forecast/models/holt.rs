//! Holt's linear trend, damped.
//!
//! `l_t = m + α (y_t - m)` with `m = l_{t-1} + φ b_{t-1}`; `b_t = φ b_{t-1} + β (l_t - m)` with
//! `β = α β*`; forecast `l + (φ + … + φ^h) b`. Gardner & McKenzie (1985), Management Science 31;
//! Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., §8.2.

use super::{Fitted, Model, Prior, Recurrence, bounded};

/// Damped linear trend; the trend starts at 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holt {
    /// Smoothing of the level, 0 to 1.
    pub alpha: f64,
    /// Smoothing of the trend, 0 to 1 (β*).
    pub beta: f64,
    /// What is left of the trend from one day to the next, 0 to 1.
    pub damping: f64,
}

/// Constants tried by [`Holt::tuned`]: the level's, the trend's, the damping.
const ALPHAS: [f64; 4] = [0.1, 0.3, 0.6, 1.0];
const BETAS: [f64; 3] = [0.02, 0.1, 0.4];
const DAMPINGS: [f64; 3] = [0.9, 0.98, 1.0];
const GRID: usize = ALPHAS.len() * (1 + BETAS.len() * DAMPINGS.len());
/// Only so many of the newest values are looked at.
const LOOK_BACK: usize = 400;

impl Holt {
    /// The constants, out of a fixed grid that includes no trend at all, with the least mean squared
    /// error one step ahead over the history's last three quarters. `share` tells each value's share
    /// of the profile.
    pub(crate) fn tuned(demand: &[f64], share: impl Fn(usize) -> f64) -> Self {
        let grid = grid();
        let from = demand.len().saturating_sub(LOOK_BACK);
        let recent = &demand[from..];
        let (mut level, mut trend) = ([0.0f64; GRID], [0.0f64; GRID]);
        let mut squares = [0.0f64; GRID];
        for (day, &units) in recent.iter().enumerate() {
            let share = share(from + day);
            if day == 0 {
                level = [units / share; GRID];
                continue;
            }
            let counts = if day >= recent.len() / 4 { 1.0 } else { 0.0 };
            for (index, &(alpha, beta, damping)) in grid.iter().enumerate() {
                let expected = level[index] + damping * trend[index];
                let miss = units - share * expected;
                squares[index] += counts * miss * miss;
                let surprise = bounded(alpha, share) * miss;
                level[index] = expected + surprise;
                trend[index] = damping * trend[index] + beta * surprise;
            }
        }
        let mut best = 0;
        for index in 1..GRID {
            if squares[index] < squares[best] {
                best = index;
            }
        }
        let (alpha, beta, damping) = grid[best];
        Self { alpha, beta, damping }
    }
}

fn grid() -> [(f64, f64, f64); GRID] {
    let mut grid = [(0.0, 0.0, 0.0); GRID];
    let mut next = 0;
    for alpha in ALPHAS {
        grid[next] = (alpha, 0.0, DAMPINGS[0]);
        next += 1;
        for beta in BETAS {
            for damping in DAMPINGS {
                grid[next] = (alpha, beta, damping);
                next += 1;
            }
        }
    }
    grid
}

/// Level, trend, days seen.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    level: f64,
    trend: f64,
    days: f64,
}

impl Model for Holt {
    fn name(&self) -> String {
        format!("holt {} {} {}", self.alpha, self.beta, self.damping)
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        super::fit(self, demand, self.damping)
    }
}

impl Recurrence for Holt {
    type State = State;

    fn start(&self, prior: Prior) -> State {
        State { level: prior.level, trend: 0.0, days: prior.weight }
    }

    #[inline]
    fn step(&self, state: &mut State, demand: f64, share: f64) {
        let gain = if state.days <= 0.0 { 1.0 } else { self.alpha };
        state.days += 1.0;
        let expected = state.level + self.damping * state.trend;
        let surprise = bounded(gain, share) * (demand - share * expected);
        state.level = expected + surprise;
        let learning = if state.days <= 1.0 { 0.0 } else { self.beta };
        state.trend = self.damping * state.trend + learning * surprise;
    }

    #[inline]
    fn outlook(&self, state: &State) -> (f64, f64) {
        (state.level, state.trend)
    }
}

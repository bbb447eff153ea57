//! Teunter-Syntetos-Babai: the chance of a sale fades on every day without one, so a product that is
//! being phased out is forgotten.
//!
//! `p_t = p_{t-1} + β (o_t - p_{t-1})` with `o_t` 1 on a day with demand; `z_t = z_{t-1} + α (y_t - z_{t-1})`
//! on days with demand; forecast `p z`. Teunter, Syntetos, Babai (2011), "Intermittent demand: Linking
//! forecasting to inventory obsolescence", EJOR 214.

use super::{Fitted, Model, Prior, Recurrence};

/// Teunter-Syntetos-Babai.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tsb {
    /// Smoothing of the size of a demand, 0 to 1.
    pub size: f64,
    /// Smoothing of the chance of a demand, 0 to 1.
    pub chance: f64,
}

/// Chance, size, days seen, days with demand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct State {
    chance: f64,
    size: f64,
    days: f64,
    demands: f64,
}

impl Model for Tsb {
    fn name(&self) -> String {
        format!("tsb {} {}", self.size, self.chance)
    }

    fn fit(&self, demand: &[f64]) -> Fitted {
        super::fit(self, demand, 0.0)
    }
}

impl Recurrence for Tsb {
    type State = State;

    fn start(&self, prior: Prior) -> State {
        if prior.level <= 0.0 {
            return State::default();
        }
        let chance = prior.level.min(1.0);
        State { chance, size: prior.level / chance, days: prior.weight, demands: prior.weight * chance }
    }

    #[inline]
    fn step(&self, state: &mut State, demand: f64, share: f64) {
        let occurs = if demand > 0.0 { 1.0 } else { 0.0 };
        let first_day = state.days <= 0.0;
        state.days += 1.0;
        let gain = if first_day { 1.0 } else { self.chance };
        state.chance = (state.chance + gain * (occurs - state.chance * share)).clamp(0.0, 1.0);
        if demand > 0.0 {
            let gain = if state.demands <= 0.0 { 1.0 } else { self.size };
            state.size += gain * (demand - state.size);
            state.demands += 1.0;
        }
    }

    #[inline]
    fn outlook(&self, state: &State) -> (f64, f64) {
        (state.chance * state.size, 0.0)
    }
}

//! Which level will demand have? Each model walks a history once, day by day, and is one file with
//! its equation and its source.
//!
//! Goes in: demand per day and the share of the weekday profile each day carries (1 on an average
//! day). Comes out: a [`Fitted`] level and trend, which can predict; the model itself cannot.

mod croston;
mod holt;
mod naive;
mod ses;
mod theta;
mod tsb;
mod window;

pub use croston::Croston;
pub use holt::Holt;
pub use naive::{Naive, SeasonalNaive};
pub use ses::Ses;
pub use theta::Theta;
pub use tsb::Tsb;
pub use window::Window;

/// A model of the level: fitting it to a history gives something that can predict.
pub trait Model {
    /// Its name in `forecast_accuracy.csv`.
    fn name(&self) -> String;

    /// Walks the history, oldest day first. An empty history gives a level of 0.
    fn fit(&self, demand: &[f64]) -> Fitted;
}

/// A level and trend at the end of a history.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fitted {
    /// Expected demand of an average day, in units.
    pub level: f64,
    /// Growth per day, in units.
    pub trend: f64,
    /// What is left of the growth from one day to the next, 0 to 1.
    pub damping: f64,
}

impl Fitted {
    /// Expected demand of each of the next `days`.
    pub fn predict(&self, days: usize) -> Vec<f64> {
        let (mut growth, mut factor) = (0.0, self.damping);
        (0..days)
            .map(|_| {
                growth += factor;
                factor *= self.damping;
                self.level + self.trend * growth
            })
            .collect()
    }
}

/// A model as one step per day: what the engine walks without allocating.
pub(crate) trait Recurrence: Copy {
    /// What it remembers.
    type State: Copy;

    /// Before the first day. A prior level counts as if it had been seen for `weight` days.
    fn start(&self, prior: Prior) -> Self::State;

    /// One day: its demand and its share of the weekday profile.
    fn step(&self, state: &mut Self::State, demand: f64, share: f64);

    /// Level and trend after the days seen.
    fn outlook(&self, state: &Self::State) -> (f64, f64);
}

/// A level believed before any day is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Prior {
    /// Units per day.
    pub(crate) level: f64,
    /// How many days of seeing it is worth.
    pub(crate) weight: f64,
}

/// A gain that does not overshoot on a day with a large share: at most `1 / share`. Written so that the
/// division is rare.
#[inline]
pub(crate) fn bounded(gain: f64, share: f64) -> f64 {
    if gain * share > 1.0 { 1.0 / share } else { gain }
}

/// No demand is larger.
pub(crate) const MOST: f64 = 1e15;

/// A value that is no number, or beyond any demand, says nothing of it.
pub(crate) fn known(units: f64) -> f64 {
    if units.is_finite() { units.clamp(-MOST, MOST) } else { 0.0 }
}

/// Fits a recurrence to a history without a profile.
fn fit<R: Recurrence>(model: &R, demand: &[f64], damping: f64) -> Fitted {
    let mut state = model.start(Prior::default());
    for &units in demand {
        model.step(&mut state, known(units), 1.0);
    }
    let (level, trend) = model.outlook(&state);
    Fitted { level, trend, damping }
}

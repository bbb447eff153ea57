//! Level and trend of one history after each of its days, without allocating.

use super::super::models::{Holt, Prior, Recurrence, known};
use super::catalogue::ModelKind;

/// Buffers of one thread, reused from series to series.
#[derive(Clone, Debug, Default)]
pub(crate) struct Workspace {
    /// The history.
    pub(crate) demand: Vec<f64>,
    /// `demand_sums[t]` = demand of the first `t` days.
    pub(crate) demand_sums: Vec<f64>,
    /// `step_sums[t]` = absolute steps from day to day over the first `t` days.
    pub(crate) step_sums: Vec<f64>,
    /// Share of the profile of each phase.
    pub(crate) profile: Vec<f64>,
    /// Phase of day 0.
    pub(crate) phase: usize,
    /// Phase of each day and of the day after the last.
    pub(crate) phases: Vec<u32>,
    /// Belief before the first day.
    pub(crate) prior: Prior,
    /// `share_sums[t]` = shares of the first `t` days.
    pub(crate) share_sums: Vec<f64>,
    /// The walk of the model last walked: level after `t` days.
    pub(crate) level: Vec<f64>,
    /// Trend after `t` days; empty for a model without one.
    pub(crate) trend: Vec<f64>,
    /// What is left of that model's trend from one day to the next.
    pub(crate) damping: f64,
    /// This series' own constants of a damped trend, once asked for.
    pub(crate) tuned: Option<Holt>,
    /// Constants may be tuned to so many days.
    pub(crate) tune_until: usize,
    /// Errors being sorted.
    pub(crate) keys: Vec<u32>,
    pub(crate) scaled_keys: Vec<u32>,
    /// True where every value is a whole number.
    pub(crate) whole: bool,
    /// True where some value is below zero: then forecasts may be, too.
    pub(crate) signed: bool,
}

impl Workspace {
    /// Takes a history.
    pub(crate) fn load(&mut self, values: &[f32], phase: u32, season: usize, prior: Prior) {
        self.demand.clear();
        self.demand_sums.clear();
        self.demand_sums.push(0.0);
        self.phase = phase as usize % season.max(1);
        self.prior = prior;
        self.whole = true;
        self.signed = false;
        self.step_sums.clear();
        self.step_sums.push(0.0);
        let (mut sum, mut steps, mut before) = (0.0, 0.0, None);
        for &value in values {
            let value = known(f64::from(value));
            sum += value;
            steps += before.map_or(0.0, |before| f64::abs(value - before));
            before = Some(value);
            self.step_sums.push(steps);
            self.demand.push(value);
            self.demand_sums.push(sum);
            self.whole &= value.fract() == 0.0;
            self.signed |= value < 0.0;
        }
    }

    /// The running sums of shares, once the profile is known.
    pub(crate) fn sum_shares(&mut self) {
        self.share_sums.clear();
        self.share_sums.push(0.0);
        self.phases.clear();
        let mut sum = 0.0;
        let mut phase = self.phase;
        for _ in 0..self.demand.len() {
            self.phases.push(phase as u32);
            sum += self.profile[phase];
            self.share_sums.push(sum);
            phase += 1;
            if phase == self.profile.len() {
                phase = 0;
            }
        }
        self.phases.push(phase as u32);
    }

    /// Walks a model over the first `until` days of the history.
    pub(crate) fn walk(&mut self, model: ModelKind, until: usize) {
        self.damping = 0.0;
        match model {
            ModelKind::Ses(model) => self.walk_flat(model, until),
            ModelKind::Tsb(model) => self.walk_flat(model, until),
            ModelKind::Croston(model) => self.walk_flat(model, until),
            ModelKind::Holt(model) => self.walk_trend(model, model.damping, until),
            ModelKind::Theta(model) => self.walk_trend(model, 1.0, until),
            ModelKind::Tuned => {
                let model = self.tune();
                self.walk_trend(model, model.damping, until);
            }
            ModelKind::Window(model) => {
                self.level.clear();
                self.trend.clear();
                for seen in 0..=until {
                    self.level.push(model.level(&self.demand_sums, &self.share_sums, seen));
                }
            }
        }
    }

    fn tune(&mut self) -> Holt {
        let (demand, profile, phases) = (&self.demand[..self.tune_until], &self.profile, &self.phases);
        *self.tuned.get_or_insert_with(|| Holt::tuned(demand, |day| profile[phases[day] as usize]))
    }

    fn walk_flat<R: Recurrence>(&mut self, model: R, until: usize) {
        self.trend.clear();
        let mut state = model.start(self.prior);
        self.level.clear();
        self.level.push(model.outlook(&state).0);
        let profile = &self.profile;
        self.level.extend(self.demand[..until].iter().zip(&self.phases).map(|(&demand, &phase)| {
            model.step(&mut state, demand, profile[phase as usize]);
            model.outlook(&state).0
        }));
    }

    fn walk_trend<R: Recurrence>(&mut self, model: R, damping: f64, until: usize) {
        self.damping = damping;
        let mut state = model.start(self.prior);
        let (level, trend) = model.outlook(&state);
        self.level.clear();
        self.trend.clear();
        self.level.resize(until + 1, level);
        self.trend.resize(until + 1, trend);
        let slots = self.level[1..].iter_mut().zip(&mut self.trend[1..]);
        for ((&demand, &phase), (level, trend)) in self.demand[..until].iter().zip(&self.phases).zip(slots) {
            model.step(&mut state, demand, self.profile[phase as usize]);
            (*level, *trend) = model.outlook(&state);
        }
    }
}

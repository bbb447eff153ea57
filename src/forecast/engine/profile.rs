//! What share of the week's demand falls on each weekday? Each series' own answer, pulled towards
//! that of all series as far as chance alone would scatter it.
//!
//! Raw index `r_d = mean of day d / mean of all days`, pooled index `π_d` weighted by demand. Own
//! index `p_d = π_d + w (r_d - π_d)` with `w = τ² / (τ² + v_d)`: `v_d` the sampling variance of `r_d`,
//! `τ²` the variance between series that is left of the scatter after `v` (empirical Bayes by
//! moments: Efron & Morris 1973; Morris 1983, JASA 78).

/// What all series share.
#[derive(Clone, Debug)]
pub(crate) struct PooledProfile {
    /// Index of each phase; mean 1.
    pub(crate) index: Vec<f64>,
    /// Variance of the true index between series.
    pub(crate) between: f64,
}

/// Days that a profile looks back on: a year.
const LOOK_BACK: usize = 364;
/// No day is quite closed: a share of 0 could never be divided by.
const SMALLEST_SHARE: f64 = 0.01;

/// Sums of one history by phase.
#[derive(Clone, Debug, Default)]
pub(crate) struct PhaseSums {
    demand: Vec<f64>,
    count: Vec<f64>,
    mean: f64,
    dispersion: f64,
}

impl PhaseSums {
    /// Adds up the last year of a history that ends before `until`; `phase` is that of day 0.
    pub(crate) fn read(&mut self, demand: &[f64], until: usize, phase: usize, season: usize) {
        self.demand.clear();
        self.demand.resize(season, 0.0);
        self.count.clear();
        self.count.resize(season, 0.0);
        let look_back = LOOK_BACK.max(season * 4) / season * season;
        let from = until.saturating_sub(look_back);
        let mut position = (phase + from) % season;
        let (mut sum, mut squares) = (0.0, 0.0);
        for &units in &demand[from..until] {
            self.demand[position] += units;
            self.count[position] += 1.0;
            sum += units;
            squares += units * units;
            position = if position + 1 == season { 0 } else { position + 1 };
        }
        let days = (until - from).max(1) as f64;
        self.mean = sum / days;
        let variance = (squares / days - self.mean * self.mean).max(0.0);
        self.dispersion = variance;
    }

    /// Raw index of a phase and its sampling variance; `None` where nothing is known.
    fn raw(&self, phase: usize) -> Option<(f64, f64)> {
        let usable = self.mean > 0.0 && self.count[phase] > 0.0;
        usable.then(|| {
            let index = self.demand[phase] / self.count[phase] / self.mean;
            (index, self.dispersion / (self.count[phase] * self.mean * self.mean))
        })
    }
}

impl PooledProfile {
    /// No profile: every phase alike and none allowed to differ.
    pub(crate) fn flat(season: usize) -> Self {
        Self { index: vec![1.0; season.max(1)], between: 0.0 }
    }

    /// Pools the sums of many series.
    pub(crate) fn pool(all: &[PhaseSums], season: usize) -> Self {
        let mut pooled = Self::flat(season);
        if season < 2 {
            return pooled;
        }
        let (mut weighted, mut weights) = (vec![0.0; season], vec![0.0; season]);
        for sums in all {
            for phase in 0..season {
                if let Some((index, variance)) = sums.raw(phase) {
                    let weight = 1.0 / (variance + 0.05);
                    weighted[phase] += weight * index;
                    weights[phase] += weight;
                }
            }
        }
        for phase in 0..season {
            pooled.index[phase] = if weights[phase] > 0.0 { weighted[phase] / weights[phase] } else { 1.0 };
        }
        normalise(&mut pooled.index);
        pooled.between = pooled.variance_between(all);
        pooled
    }

    fn variance_between(&self, all: &[PhaseSums]) -> f64 {
        let (mut excess, mut weights) = (0.0, 0.0);
        for sums in all {
            for phase in 0..self.index.len() {
                if let Some((index, variance)) = sums.raw(phase) {
                    let weight = 1.0 / (variance + 0.05).powi(2);
                    excess += weight * ((index - self.index[phase]).powi(2) - variance);
                    weights += weight;
                }
            }
        }
        if weights > 0.0 { (excess / weights).max(0.0) } else { 0.0 }
    }

    /// The profile of one series.
    pub(crate) fn shrink(&self, sums: &PhaseSums, profile: &mut Vec<f64>) {
        profile.clear();
        for (phase, &pooled) in self.index.iter().enumerate() {
            let own = match sums.raw(phase) {
                Some((index, variance)) if self.between > 0.0 => {
                    pooled + self.between / (self.between + variance) * (index - pooled)
                }
                _ => pooled,
            };
            profile.push(own.max(SMALLEST_SHARE));
        }
        normalise(profile);
    }
}

fn normalise(index: &mut [f64]) {
    let mean = index.iter().sum::<f64>() / index.len() as f64;
    if mean > 0.0 {
        index.iter_mut().for_each(|share| *share = (*share / mean).max(SMALLEST_SHARE));
    }
}

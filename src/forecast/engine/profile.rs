//! What share of the week's demand falls on each weekday? Each series' own answer, pulled towards
//! that of all series as far as chance alone would scatter it.
//!
//! Raw index `r_d = 1 + mean distance of day d from its own week's mean / mean of all days`, pooled index `π_d` weighted by demand. Own
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
/// Seasons from which on a series may have a profile of its own.
const OWN_FROM: f64 = 8.0;
/// No day is quite closed: a share of 0 could never be divided by.
const SMALLEST_SHARE: f64 = 0.01;

/// Whole seasons of one history: how far each phase lies from its own season's mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct PhaseSums {
    away: Vec<f64>,
    away_squared: Vec<f64>,
    seasons: f64,
    mean: f64,
    scatter: f64,
}

impl PhaseSums {
    /// Looks at the whole seasons of the year before `until`; `phase` is that of day 0. A season's own
    /// mean is taken off first, so that a rising or falling level is not mistaken for noise.
    pub(crate) fn read(&mut self, demand: &[f64], until: usize, phase: usize, season: usize) {
        *self = Self {
            away: std::mem::take(&mut self.away),
            away_squared: std::mem::take(&mut self.away_squared),
            ..Self::default()
        };
        for sums in [&mut self.away, &mut self.away_squared] {
            sums.clear();
            sums.resize(season, 0.0);
        }
        let most = (LOOK_BACK / season).max(4);
        let seasons = (until / season).min(most);
        let first = until - seasons * season;
        let mut sum = 0.0;
        for block in demand[first..until].chunks_exact(season) {
            let total: f64 = block.iter().sum();
            let mean = total / season as f64;
            sum += total;
            let mut position = (phase + first) % season;
            for units in block {
                let away = units - mean;
                self.away[position] += away;
                self.away_squared[position] += away * away;
                position = if position + 1 == season { 0 } else { position + 1 };
            }
        }
        self.seasons = seasons as f64;
        self.mean = sum / (seasons * season).max(1) as f64;
        self.scatter = self.scatter();
    }

    /// Raw index of a phase and its sampling variance; `None` where nothing is known. The variance is
    /// that of all phases together: one phase alone that never sold would look certain.
    fn raw(&self, phase: usize) -> Option<(f64, f64)> {
        let usable = self.mean > 0.0 && self.seasons >= 1.0;
        usable.then(|| {
            let index = 1.0 + self.away[phase] / self.seasons / self.mean;
            (index, self.scatter / (self.seasons * self.mean * self.mean))
        })
    }

    /// Variance of one day around its phase; while seasons are few, around its season.
    fn scatter(&self) -> f64 {
        let days = self.seasons * self.away.len() as f64;
        let whole: f64 = self.away_squared.iter().sum();
        if self.seasons < OWN_FROM {
            return whole / days.max(1.0);
        }
        let explained: f64 = self.away.iter().map(|away| away * away / self.seasons).sum();
        (whole - explained).max(0.0) / (days - self.away.len() as f64)
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
                Some((index, variance)) if self.between > 0.0 && sums.seasons >= OWN_FROM => {
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

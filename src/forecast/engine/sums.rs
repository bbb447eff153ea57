//! The rolling errors of a sum over so many days, from running sums and one walk of the level.
//!
//! `e_t = (Y_{t+L} - Y_t) - (l_t P_L + b_t Q_L)`, `P_L` the profile's shares of those days added up and
//! `Q_L` the shares times the damped growth. No refit: the level after each day is the walk's.

use super::walk::Workspace;

/// Shares of the profile added up over `L` days, by the phase of the first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    pub(crate) days: usize,
    shares: Vec<f64>,
    growth: Vec<f64>,
}

impl Span {
    /// For sums over `days` days under the workspace's profile and the trend of its walk.
    pub(crate) fn prepare(&mut self, work: &Workspace, days: usize) {
        let profile = &work.profile;
        let season = profile.len();
        self.days = days;
        self.shares.clear();
        self.growth.clear();
        let whole: f64 = profile.iter().sum::<f64>() * (days / season) as f64;
        for first in 0..season {
            let rest: f64 = (0..days % season).map(|step| profile[(first + step) % season]).sum();
            self.shares.push(whole + rest);
        }
        if !work.trend.is_empty() {
            let damping = work.damping;
            for first in 0..season {
                let (mut sum, mut growth, mut factor) = (0.0, 0.0, damping);
                for step in 0..days {
                    growth += factor;
                    factor *= damping;
                    sum += growth * profile[(first + step) % season];
                }
                self.growth.push(sum);
            }
        }
    }

    /// What the walk expected of the `days` days after day `seen`.
    #[inline(always)]
    pub(crate) fn expected(&self, work: &Workspace, seen: usize) -> f64 {
        let phase = work.phases[seen] as usize;
        let flat = work.level[seen] * self.shares[phase];
        let mean = if work.trend.is_empty() { flat } else { flat + work.trend[seen] * self.growth[phase] };
        if work.signed { mean } else { mean.max(0.0) }
    }
}

/// What past errors of the sum say of the next.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    /// What is expected of the sum now.
    pub(crate) mean: f64,
    /// Mean square of past errors.
    pub(crate) variance: f64,
    /// Mean square of past errors over the mean of what was expected then, times what is now.
    pub(crate) scaled_variance: f64,
    /// Mean absolute step of the history, times the root of the days.
    pub(crate) rough: f64,
    /// Mean of the newest days, and of all.
    pub(crate) recent: f64,
    pub(crate) usual: f64,
    /// How many errors there are to look at.
    pub(crate) errors: usize,
}

impl Moments {
    /// Adds a share of another model's, for the average of both.
    pub(crate) fn add(&mut self, other: &Self, share: f64) {
        self.mean += share * other.mean;
        self.variance += share * other.variance;
        self.scaled_variance += share * other.scaled_variance;
        self.rough += share * other.rough;
        self.recent += share * other.recent;
        self.usual += share * other.usual;
        self.errors = self.errors.min(other.errors);
    }
}

/// A series must have been seen so long before its errors count.
fn burn_in(seen: usize) -> usize {
    (seen / 4).clamp(1, 28)
}

/// Errors that are enough for a variance, and the least for a quantile where there are more.
const ENOUGH: usize = 64;
/// Days that tell whether demand is rising right now.
const RECENT: usize = 5;
/// Sums that share all but this part of their days say nearly the same: one in so many is looked at.
const OVERLAP: usize = 8;

/// What the average of some models' walks expected of the sum after each day: its own errors are
/// smaller than those of its parts, so they are looked at, not the parts'.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blend {
    expected: Vec<f64>,
}

impl Blend {
    /// Starts anew, for the days up to `seen`.
    pub(crate) fn clear(&mut self, seen: usize) {
        self.expected.clear();
        self.expected.resize(seen + 1, 0.0);
    }

    /// Adds a share of the walk in the workspace.
    pub(crate) fn add(&mut self, work: &Workspace, span: &Span, share: f64) {
        let days = self.expected.iter_mut().zip(&work.level).zip(&work.phases);
        let least = if work.signed { f64::NEG_INFINITY } else { 0.0 };
        if work.trend.is_empty() {
            for ((slot, level), &phase) in days {
                *slot += share * (level * span.shares[phase as usize]).max(least);
            }
            return;
        }
        for (((slot, level), &phase), trend) in days.zip(&work.trend) {
            let phase = phase as usize;
            *slot += share * (level * span.shares[phase] + trend * span.growth[phase]).max(least);
        }
    }

    /// Looks back on the errors of the average.
    pub(crate) fn look_back(
        &self,
        work: &mut Workspace,
        days: usize,
        ages: &[u32],
        seen: usize,
        keep: bool,
    ) -> Moments {
        look_back(work, days, ages, seen, keep, |_, day| self.expected[day])
    }
}

/// Looks at the sampled errors of sums that ended by day `seen`; keeps them in the workspace where
/// `keep` says so, plain and scaled.
pub(crate) fn look_back(
    work: &mut Workspace,
    days: usize,
    ages: &[u32],
    seen: usize,
    keep: bool,
    expected_after: impl Fn(&Workspace, usize) -> f64,
) -> Moments {
    let mean = expected_after(work, seen);
    let mut keys = std::mem::take(&mut work.keys);
    let mut scaled_keys = std::mem::take(&mut work.scaled_keys);
    keys.clear();
    scaled_keys.clear();
    let (mut squares, mut expected_sum, mut count) = (0.0, 0.0, 0usize);
    if let Some((newest, oldest)) = seen.checked_sub(days).zip(Some(burn_in(seen))).filter(|(new, old)| new >= old) {
        let usable = ages.partition_point(|age| *age as usize <= newest - oldest);
        let thinned = usable / ENOUGH;
        let stride = if keep { thinned.min(days / OVERLAP) } else { thinned }.max(1);
        for &age in ages[..usable].iter().step_by(stride) {
            let origin = newest - age as usize;
            let expected = expected_after(work, origin);
            let error = work.demand_sums[origin + days] - work.demand_sums[origin] - expected;
            squares += error * error;
            expected_sum += expected;
            count += 1;
            if keep {
                keys.push(to_key(error as f32));
                scaled_keys.push(to_key((error / (expected + FLOOR).sqrt()) as f32));
            }
        }
    }
    work.keys = keys;
    work.scaled_keys = scaled_keys;
    let variance = if count > 0 { squares / count as f64 } else { 0.0 };
    let scaled_variance = if expected_sum > 0.0 { squares / expected_sum * mean.max(0.0) } else { variance };
    let errors = seen.saturating_sub(days).saturating_sub(burn_in(seen).saturating_sub(1));
    let rough = work.step_sums[seen] / seen.saturating_sub(1).max(1) as f64 * (days as f64).sqrt();
    let newest = RECENT.min(seen);
    let recent = (work.demand_sums[seen] - work.demand_sums[seen - newest]) / newest.max(1) as f64;
    let usual = work.demand_sums[seen] / seen.max(1) as f64;
    Moments { mean, variance, scaled_variance, rough, recent, usual, errors }
}

/// Keeps a scaled error finite where nothing was expected.
pub(crate) const FLOOR: f64 = 0.25;

/// A key that sorts as its number does.
#[inline]
pub(crate) fn to_key(value: f32) -> u32 {
    let bits = value.to_bits();
    if bits >> 31 == 1 { !bits } else { bits | 0x8000_0000 }
}

/// The number of a key.
#[inline]
pub(crate) fn from_key(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 { key & 0x7fff_ffff } else { !key })
}

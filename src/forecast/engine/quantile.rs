//! Quantiles of a sum from its mean and the variance of its error, or from past errors.

use super::sums::from_key;

/// Mean below which a count is added up exactly.
const EXACT_BELOW: f64 = 50.0;
/// Mean that larger sums are brought to.
const COMMON_MEAN: f64 = 20.0;

/// Quantile of the standard normal distribution, relative error below 1.2e-9.
///
/// Acklam (2003), "An algorithm for computing the inverse normal cumulative distribution function".
pub(crate) fn normal_quantile(level: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.383_577_518_672_69e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 5] =
        [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 4] = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
    const LOW: f64 = 0.02425;
    let tail = |level: f64| {
        let q = (-2.0 * level.ln()).sqrt();
        (((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5])
            / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1.0)
    };
    let level = level.clamp(1e-12, 1.0 - 1e-12);
    if level < LOW {
        tail(level)
    } else if level > 1.0 - LOW {
        -tail(1.0 - level)
    } else {
        let q = level - 0.5;
        let r = q * q;
        (((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q
            / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1.0)
    }
}

/// Quantiles of a negative binomial with this mean and variance (Poisson where the variance is not
/// above the mean), by adding up `P(k+1) = P(k) (k+r)/(k+1) (1-p)`, `p = mean/variance`,
/// `r = mean p / (1-p)`. Amounts that are not whole, and large means, use the same shape on a scale of
/// 50 units, and Wilson & Hilferty's (1931) root where that is nearly normal.
pub(crate) fn count_quantiles(mean: f64, variance: f64, whole: bool, levels: &[f64], out: &mut [f32]) {
    if mean <= 0.0 {
        let spread = variance.max(0.0).sqrt();
        for (slot, &level) in out.iter_mut().zip(levels) {
            *slot = (normal_quantile(level) * spread).max(0.0) as f32;
        }
        return;
    }
    if whole && mean < EXACT_BELOW {
        return add_up(mean, variance, 1.0, true, levels, out);
    }
    let relative = variance / (mean * mean);
    if relative > 2.0 / COMMON_MEAN {
        let scale = mean / COMMON_MEAN;
        add_up(COMMON_MEAN, variance / (scale * scale), scale, false, levels, out);
    } else {
        let ninth = relative / 9.0;
        for (slot, &level) in out.iter_mut().zip(levels) {
            let root = 1.0 - ninth + normal_quantile(level) * ninth.sqrt();
            *slot = (mean * root.max(0.0).powi(3)) as f32;
        }
    }
}

fn add_up(mean: f64, variance: f64, scale: f64, whole: bool, levels: &[f64], out: &mut [f32]) {
    let ratio = (variance / mean).max(1.000_1);
    let successes = mean / (ratio - 1.0);
    let step = 1.0 - 1.0 / ratio;
    let mut probability = (-successes * ratio.ln()).exp();
    let mut below = 0.0;
    let mut total = probability;
    let mut count = 0.0;
    let longest = mean + 40.0 * variance.max(mean).sqrt() + 40.0;
    for (slot, &level) in out.iter_mut().zip(levels) {
        while total < level && count < longest {
            probability *= (count + successes) / (count + 1.0) * step;
            count += 1.0;
            below = total;
            total += probability;
        }
        let exact = if whole || total <= below {
            count
        } else {
            (count - 1.0 + ((level - below) / (total - below)).clamp(0.0, 1.0)).max(0.0)
        };
        *slot = (exact * scale) as f32;
    }
}

/// Quantiles from this level on lie above the mean, unless the variance is so many times the mean
/// squared: from there on even a gamma distribution has its 0.8-quantile below its mean.
const ABOVE_MEAN: f64 = 0.8;
const MOST_SKEW: f64 = 7.34;

/// Raises high quantiles of a sum to the mean of its steps. Both come from different models, each the best
/// at its own loss, and must not contradict each other.
pub(crate) fn agree_with_mean(mean: f64, variance: f64, levels: &[f64], quantiles: &mut [f32]) {
    if mean > 0.0 && variance < MOST_SKEW * mean * mean {
        let high = quantiles.iter_mut().zip(levels).filter(|(_, level)| **level >= ABOVE_MEAN);
        high.for_each(|(slot, _)| *slot = slot.max(mean as f32));
    }
}

/// Quantiles of sorted keys, straight between neighbours: element `(n-1) level` counted from 0.
pub(crate) fn key_quantiles(keys: &mut [u32], levels: &[f64], out: &mut [f32]) {
    let Some(last) = keys.len().checked_sub(1) else {
        out.fill(0.0);
        return;
    };
    let lowest = (levels[0] * last as f64) as usize;
    if lowest > 8 {
        keys.select_nth_unstable(lowest);
        keys[lowest..].sort_unstable();
    } else {
        keys.sort_unstable();
    }
    for (slot, &level) in out.iter_mut().zip(levels) {
        let position = level * last as f64;
        let lower = position as usize;
        let upper = (lower + 1).min(last);
        let share = (position - lower as f64) as f32;
        let (low, high) = (from_key(keys[lower]), from_key(keys[upper]));
        *slot = low + share * (high - low);
    }
}

#[cfg(test)]
mod tests {
    use super::{agree_with_mean, count_quantiles, key_quantiles, normal_quantile};
    use crate::forecast::LEVELS;
    use crate::forecast::engine::sums::to_key;

    fn counts(mean: f64, variance: f64, whole: bool) -> [f32; 6] {
        let mut out = [0.0; 6];
        count_quantiles(mean, variance, whole, &LEVELS, &mut out);
        out
    }

    /// `scipy.stats.nbinom.ppf`, `poisson.ppf` and `gamma.ppf` at the six levels.
    #[test]
    fn quantiles_agree_with_scipy() {
        assert_eq!(counts(4.0, 10.0, true), [3.0, 6.0, 8.0, 10.0, 12.0, 14.0]);
        assert_eq!(counts(0.3, 0.9, true), [0.0, 0.0, 1.0, 2.0, 3.0, 5.0]);
        assert_eq!(counts(30.0, 200.0, true), [28.0, 41.0, 49.0, 56.0, 63.0, 72.0]);
        assert_eq!(counts(3.0, 3.0, true), [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let gamma = [367.206, 551.505, 668.078, 775.366, 876.727, 1004.512];
        for (ours, exact) in counts(400.0, 40_000.0, false).into_iter().zip(gamma) {
            assert!((ours / exact - 1.0).abs() < 0.05, "{ours} and {exact}");
        }
        let normal = [(0.01, -2.326_347_874), (0.5, 0.0), (0.8, 0.841_621_234), (0.975, 1.959_963_985)];
        for (level, exact) in normal {
            assert!((normal_quantile(level) - exact).abs() < 1e-8);
        }
    }

    #[test]
    fn nothing_expected_and_nothing_missed_is_nothing() {
        assert_eq!(counts(0.0, 0.0, true), [0.0; 6]);
        assert!(counts(1e-9, 1e12, true).iter().all(|units| units.is_finite()));
        assert!(counts(1e9, 1e20, false).iter().all(|units| units.is_finite()));
    }

    #[test]
    fn high_quantiles_do_not_contradict_the_mean() {
        let of = |variance: f64| {
            let mut quantiles = [31.0, 79.0, 129.0, 179.0, 241.0, 329.0];
            agree_with_mean(80.0, variance, &LEVELS, &mut quantiles);
            quantiles
        };
        assert_eq!(of(6400.0), [31.0, 80.0, 129.0, 179.0, 241.0, 329.0], "the median may lie below");
        // Mostly nothing and seldom much: the mean lies high, and that is no contradiction.
        assert_eq!(of(8.0 * 6400.0), [31.0, 79.0, 129.0, 179.0, 241.0, 329.0]);
    }

    #[test]
    fn quantiles_of_errors_lie_between_neighbours() {
        let mut keys: Vec<u32> = (-50..=50).rev().map(|value| to_key(value as f32)).collect();
        let mut out = [0.0; 6];
        key_quantiles(&mut keys, &LEVELS, &mut out);
        for (ours, exact) in out.into_iter().zip([0.0, 30.0, 40.0, 45.0, 47.5, 49.0]) {
            assert!((ours - exact).abs() < 1e-4, "{ours} and {exact}");
        }
    }
}

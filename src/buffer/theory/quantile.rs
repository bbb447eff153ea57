//! Quantiles of demand: the smallest quantity that covers demand with a given probability.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::{gamma_lr, gamma_ur};

/// How units in an interval vary around their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Demand {
    /// Variance equals the mean.
    Poisson {
        /// Units in the interval.
        mean: f64,
    },
    /// Variance is `variance_to_mean` (> 1) times the mean.
    NegativeBinomial {
        /// Units in the interval.
        mean: f64,
        /// Variance over mean.
        variance_to_mean: f64,
    },
}

impl Demand {
    /// The distribution of this mean and variance-to-mean ratio: negative binomial by moments
    /// (p = 1/VMR, n = μ/(VMR − 1)) where VMR > 1.0001, else Poisson, which errs on the safe side
    /// for demand that varies less.
    pub fn by_moments(mean: f64, variance_to_mean: f64) -> Self {
        if variance_to_mean > 1.0001 {
            Self::NegativeBinomial { mean, variance_to_mean }
        } else {
            Self::Poisson { mean }
        }
    }

    /// P(N > units).
    pub fn upper_tail(self, units: i64) -> f64 {
        let mean = match self {
            Self::Poisson { mean } | Self::NegativeBinomial { mean, .. } => mean,
        };
        if units < 0 {
            return 1.0;
        }
        // Below this the chance of a single unit is below any risk that a policy can name.
        if mean.is_nan() || mean < 1e-9 {
            return 0.0;
        }
        let next = units as f64 + 1.0;
        match self {
            Self::Poisson { mean } => gamma_lr(next, mean),
            Self::NegativeBinomial { mean, variance_to_mean } => {
                beta_reg(next, mean / (variance_to_mean - 1.0), 1.0 - 1.0 / variance_to_mean)
            }
        }
    }

    /// P(N ≤ units).
    fn cumulative(self, units: i64) -> f64 {
        match self {
            Self::Poisson { mean } if mean >= 1e-9 && units >= 0 => gamma_ur(units as f64 + 1.0, mean),
            _ => 1.0 - self.upper_tail(units),
        }
    }

    /// The smallest quantity that demand exceeds with a chance of at most `risk`.
    pub fn smallest_exceeded_at_most(self, risk: f64) -> i64 {
        smallest(|units| self.upper_tail(units) <= risk)
    }

    /// The smallest quantity with P(N ≤ quantity) ≥ `ratio`; 0 for ratio 0.
    pub fn quantile(self, ratio: f64) -> i64 {
        smallest(|units| self.cumulative(units) >= ratio)
    }
}

/// Units beyond which no quantile is looked for; a risk of 0 ends here.
const LARGEST: i64 = 1 << 40;

/// The smallest quantity from 0 on for which a monotone condition holds.
pub(super) fn smallest(holds: impl Fn(i64) -> bool) -> i64 {
    if holds(0) {
        return 0;
    }
    let (mut fails, mut high) = (0, 1);
    while high < LARGEST && !holds(high) {
        fails = high;
        high *= 2;
    }
    while high - fails > 1 {
        let middle = fails + (high - fails) / 2;
        if holds(middle) { high = middle } else { fails = middle }
    }
    high
}

/// Smallest k with P(N ≤ k) ≥ q for N ~ Poisson(μ). Ratio 0 and mean 0 give 0.
///
/// ```
/// use trueup::buffer::theory::poisson_quantile;
/// assert_eq!(poisson_quantile(2.5, 0.99), 7);
/// ```
pub fn poisson_quantile(mean: f64, ratio: f64) -> i64 {
    Demand::Poisson { mean }.quantile(ratio)
}

/// Smallest k with P(N ≤ k) ≥ q for a negative binomial with this mean and variance-to-mean ratio.
///
/// ```
/// use trueup::buffer::theory::negative_binomial_quantile;
/// assert_eq!(negative_binomial_quantile(10.0, 3.0, 0.99), 26);
/// ```
pub fn negative_binomial_quantile(mean: f64, variance_to_mean: f64, ratio: f64) -> i64 {
    Demand::by_moments(mean, variance_to_mean).quantile(ratio)
}

/// Quantile of a gamma distribution by moments: shape μ²/σ², scale σ²/μ. A deviation of 0 gives
/// the mean. Strijbosch & Moors, *Modified normal demand distributions in (R,S)-inventory control*,
/// EJOR 172 (2006).
///
/// ```
/// use trueup::buffer::theory::gamma_quantile;
/// assert!((gamma_quantile(100.0, 30.0, 0.95) / 153.91020393096895 - 1.0).abs() < 1e-9);
/// ```
pub fn gamma_quantile(mean: f64, deviation: f64, ratio: f64) -> f64 {
    if deviation <= 0.0 || mean <= 0.0 {
        return mean.max(0.0);
    }
    let (shape, scale) = ((mean / deviation).powi(2), deviation * deviation / mean);
    if ratio <= 0.0 {
        return 0.0;
    }
    if ratio >= 1.0 {
        return f64::INFINITY;
    }
    let mut high = shape.max(1.0);
    while gamma_lr(shape, high) < ratio {
        high *= 2.0;
    }
    let mut low = 0.0;
    while high - low > 1e-14 * high {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if gamma_lr(shape, middle) < ratio { low = middle } else { high = middle }
    }
    scale * f64::midpoint(low, high)
}

/// Smallest k with P(units ≤ k) ≥ q when orders come as a Poisson process and each is for one of
/// `sizes` (units > 0, probability), by Panjer's recursion
/// g(0) = e^−λ, g(n) = λ/n · Σ j·f(j)·g(n − j). Panjer, ASTIN Bulletin 12 (1981).
///
/// The mean of orders is to be below 700, beyond which e^−λ is 0 in a float; such a mean is served by
/// [`gamma_quantile`].
///
/// ```
/// use trueup::buffer::theory::compound_poisson_quantile;
/// assert_eq!(compound_poisson_quantile(3.0, &[(1, 0.6), (2, 0.3), (5, 0.1)], 0.99), 16);
/// ```
pub fn compound_poisson_quantile(orders: f64, sizes: &[(usize, f64)], ratio: f64) -> i64 {
    let first = (-orders).exp();
    if first == 0.0 {
        let mean: f64 = sizes.iter().map(|(size, share)| orders * *size as f64 * share).sum();
        let variance: f64 = sizes.iter().map(|(size, share)| orders * (*size as f64).powi(2) * share).sum();
        return gamma_quantile(mean, variance.sqrt(), ratio).ceil() as i64;
    }
    let largest = sizes.iter().map(|(size, _)| *size).max().unwrap_or(0);
    let mut chances = vec![first];
    let mut sum = first;
    // Beyond this many units the remaining chance is lost in rounding.
    let end = largest * (orders as usize * 4 + 200);
    while sum < ratio && chances.len() <= end {
        let units = chances.len();
        let next = sizes
            .iter()
            .filter(|(size, _)| (1..=units).contains(size))
            .map(|(size, share)| orders * *size as f64 * share * chances[units - size])
            .sum::<f64>()
            / units as f64;
        chances.push(next);
        sum += next;
    }
    chances.len() as i64 - 1
}

/// P(N > b) for N ~ Poisson(μ): the chance that more than `buffer` units sell unseen.
///
/// ```
/// use trueup::buffer::theory::exposure;
/// assert!((exposure(3, 2.5) - 0.2424238668669339).abs() < 1e-12);
/// ```
pub fn exposure(buffer: i64, mean: f64) -> f64 {
    Demand::Poisson { mean }.upper_tail(buffer)
}

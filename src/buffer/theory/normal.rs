//! The normal distribution and its loss functions.

use statrs::distribution::{Continuous, ContinuousCDF, Normal};

fn standard() -> Normal {
    Normal::new(0.0, 1.0).expect("zero and one are a mean and a deviation")
}

/// Density φ(z).
pub(super) fn density(z: f64) -> f64 {
    standard().pdf(z)
}

/// Upper tail 1 − Φ(z).
pub(super) fn upper_tail(z: f64) -> f64 {
    standard().sf(z)
}

/// Service factor Z = Φ⁻¹(service level), without unit: so many deviations are held.
///
/// Service level 0 gives −∞ and 1 gives +∞.
///
/// ```
/// use trueup::buffer::theory::service_factor;
/// assert!((service_factor(0.95) - 1.6448536269514722).abs() < 1e-9);
/// ```
pub fn service_factor(service_level: f64) -> f64 {
    standard().inverse_cdf(service_level.clamp(0.0, 1.0))
}

/// Standard normal loss G(z) = φ(z) − z·(1 − Φ(z)): units short per deviation when z deviations
/// above the mean are held. Snyder & Shen, *Fundamentals of Supply Chain Theory*, 2nd edition, §C.3.1.
///
/// ```
/// use trueup::buffer::theory::normal_loss;
/// assert!((normal_loss(0.3) - 0.26676124211720986).abs() < 1e-12);
/// ```
pub fn normal_loss(z: f64) -> f64 {
    density(z) - z * upper_tail(z)
}

/// Second-order loss H(z) = ½·((z² + 1)(1 − Φ(z)) − z·φ(z)), the integral of G from z upwards.
/// Snyder & Shen, 2nd edition, §C.3.1.
pub fn normal_loss_second(z: f64) -> f64 {
    0.5 * ((z * z + 1.0) * upper_tail(z) - z * density(z))
}

/// The z whose loss G(z) is `loss` (> 0), by bisection; G falls from +∞ to 0.
pub fn normal_loss_inverse(loss: f64) -> f64 {
    // G(z) → −z far below the mean, so −loss − 1 is below the root; G(40) is 0 in a float.
    let (mut low, mut high) = (-loss - 1.0, 40.0);
    while high - low > 1e-14 * (1.0 + f64::abs(low)) {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if normal_loss(middle) > loss { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

//! Protection levels: how many units wait for a channel that earns more.

use super::normal::service_factor;
use super::quantile::{Demand, smallest};

/// Demand of one class of buyers until the next delivery.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tier {
    /// What one unit earns there, in any one currency.
    pub value: f64,
    /// Units expected.
    pub mean: f64,
    /// Their deviation.
    pub deviation: f64,
}

/// Littlewood's rule for normal demand: y with P(D₁ > y) = v₂/v₁, in units; 0 where the second class
/// earns no less. Littlewood 1972; Topkis, Management Science 15 (1968) for stock.
///
/// ```
/// use trueup::buffer::theory::littlewood_normal;
/// assert!((littlewood_normal(20.0, 8.0, 30.0, 10.0) - 32.533471031358).abs() < 1e-9);
/// ```
pub fn littlewood_normal(value_high: f64, value_low: f64, mean: f64, deviation: f64) -> f64 {
    if value_low >= value_high {
        return 0.0;
    }
    (mean + deviation * service_factor(1.0 - value_low / value_high)).max(0.0)
}

/// Littlewood's rule for Poisson demand: the largest y with v₁·P(D₁ ≥ y) > v₂, or 0.
pub fn littlewood_poisson(value_high: f64, value_low: f64, mean: f64) -> i64 {
    if value_low >= value_high {
        return 0;
    }
    let demand = Demand::Poisson { mean };
    smallest(|units| value_high * demand.upper_tail(units) <= value_low)
}

/// EMSR-b: units to keep for the first `protected` tiers against the next one, in units. The tiers
/// above are pooled (means and variances add, their value is the mean by units) and Littlewood's
/// rule is applied to the pool. Belobaba, MIT 1992.
///
/// Empty pools and a tier that is not there protect nothing.
pub fn protection_level(tiers: &[Tier], protected: usize) -> f64 {
    let Some(next) = tiers.get(protected) else { return 0.0 };
    let above = &tiers[..protected];
    let mean: f64 = above.iter().map(|tier| tier.mean).sum();
    if mean <= 0.0 {
        return 0.0;
    }
    let value = above.iter().map(|tier| tier.value * tier.mean).sum::<f64>() / mean;
    let deviation = above.iter().map(|tier| tier.deviation.powi(2)).sum::<f64>().sqrt();
    littlewood_normal(value, next.value, mean, deviation)
}

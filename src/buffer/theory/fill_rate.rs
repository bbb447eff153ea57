//! Type 2 service: the share of units that are sold from stock.

use super::normal::{normal_loss, normal_loss_inverse};
use super::quantile::exposure;

/// Fill rate of a lot Q at reorder point r, simple form 1 − σ_L·G(k)/Q with k = (r − μ_L)/σ_L; too
/// low for small lots. King, *Crack the Code*, APICS Magazine, July 2011.
pub fn fill_rate_lot_simple(mean: f64, deviation: f64, reorder_point: f64, lot: f64) -> f64 {
    1.0 - deviation * normal_loss((reorder_point - mean) / deviation) / lot
}

/// Fill rate of a lot Q at reorder point r: 1 − σ_L·(G(k) − G(k + Q/σ_L))/Q.
///
/// ```
/// use trueup::buffer::theory::fill_rate_lot;
/// assert!((fill_rate_lot(100.0, 30.0, 150.0, 10.0) - 0.9659924528363165).abs() < 1e-9);
/// ```
pub fn fill_rate_lot(mean: f64, deviation: f64, reorder_point: f64, lot: f64) -> f64 {
    let factor = (reorder_point - mean) / deviation;
    1.0 - deviation * (normal_loss(factor) - normal_loss(factor + lot / deviation)) / lot
}

/// Safety stock in units for a fill rate β: k·σ_L where G(k) = (1 − β)·Q/σ_L. Negative where the lot
/// alone gives more than β; clamping it is the caller's rule.
///
/// ```
/// use trueup::buffer::theory::safety_stock_for_fill_rate;
/// assert!((safety_stock_for_fill_rate(30.0, 200.0, 0.98) - 22.2150216264973).abs() < 1e-8);
/// ```
pub fn safety_stock_for_fill_rate(deviation: f64, lot: f64, fill_rate: f64) -> f64 {
    deviation * normal_loss_inverse((1.0 - fill_rate) * lot / deviation)
}

/// Fill rate of an order-up-to level S reviewed every R days:
/// 1 − (σ_{L+R}·G(k₁) − σ_L·G(k₂))/(D̄·R), the shortage at the start of the cycle subtracted.
pub fn fill_rate_periodic(level: f64, mean: f64, deviation: f64, lead_time: f64, review: f64) -> f64 {
    let short = |interval: f64| {
        let spread = deviation * interval.sqrt();
        if spread == 0.0 {
            (mean * interval - level).max(0.0)
        } else {
            spread * normal_loss((level - mean * interval) / spread)
        }
    };
    1.0 - (short(lead_time + review) - short(lead_time)) / (mean * review)
}

/// Fill rate of a base-stock level S under Poisson demand in unit sizes: P(D_L ≤ S − 1).
pub fn fill_rate_base_stock_poisson(level: i64, mean: f64) -> f64 {
    if level <= 0 { 0.0 } else { 1.0 - exposure(level - 1, mean) }
}

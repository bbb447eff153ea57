//! How much to buy at once: economic lot and newsvendor.

use super::lag::critical_ratio;
use super::normal::{density, service_factor};
use super::quantile::poisson_quantile;

/// Economic order quantity √(2KD/h): units per order for fixed cost K per order, demand D and
/// holding cost h per unit and the same period. Snyder & Shen, 2nd edition, §3.2, example 3.1.
///
/// ```
/// use trueup::buffer::theory::economic_lot;
/// assert!((economic_lot(8.0, 0.225, 1300.0) - 304.0467800264368).abs() < 1e-9);
/// ```
pub fn economic_lot(fixed_cost: f64, holding_cost: f64, demand: f64) -> f64 {
    (2.0 * fixed_cost * demand / holding_cost).sqrt()
}

/// Cost per period of the economic lot: √(2KDh).
pub fn economic_lot_cost(fixed_cost: f64, holding_cost: f64, demand: f64) -> f64 {
    (2.0 * fixed_cost * demand * holding_cost).sqrt()
}

/// Cost per period of any lot Q: KD/Q + hQ/2.
pub fn lot_cost(fixed_cost: f64, holding_cost: f64, demand: f64, lot: f64) -> f64 {
    fixed_cost * demand / lot + holding_cost * lot / 2.0
}

/// Economic lot when late delivery costs p per unit and period: √(2KD/h)·√((h + p)/p).
/// Snyder & Shen, 2nd edition, §3.5, example 3.8.
///
/// ```
/// use trueup::buffer::theory::economic_lot_backorders;
/// assert!((economic_lot_backorders(8.0, 0.225, 5.0, 1300.0) - 310.81255515896464).abs() < 1e-9);
/// ```
pub fn economic_lot_backorders(fixed_cost: f64, holding_cost: f64, penalty: f64, demand: f64) -> f64 {
    economic_lot(fixed_cost, holding_cost, demand) * ((holding_cost + penalty) / penalty).sqrt()
}

/// Share of demand that is delivered late at that lot: h/(h + p).
pub fn stock_out_share(holding_cost: f64, penalty: f64) -> f64 {
    holding_cost / (holding_cost + penalty)
}

/// Newsvendor quantity for normal demand: μ + σ·Φ⁻¹(p/(p + h)), in units.
/// Snyder & Shen, 2nd edition, §4.3, example 4.3.
///
/// ```
/// use trueup::buffer::theory::newsvendor_normal;
/// assert!((newsvendor_normal(0.18, 0.70, 50.0, 8.0) - 56.60395592743389).abs() < 1e-9);
/// ```
pub fn newsvendor_normal(holding_cost: f64, stock_out_cost: f64, mean: f64, deviation: f64) -> f64 {
    mean + deviation * service_factor(critical_ratio(stock_out_cost, holding_cost))
}

/// Expected cost at the newsvendor quantity: (h + p)·σ·φ(z*).
pub fn newsvendor_cost_normal(holding_cost: f64, stock_out_cost: f64, deviation: f64) -> f64 {
    let factor = service_factor(critical_ratio(stock_out_cost, holding_cost));
    (holding_cost + stock_out_cost) * deviation * density(factor)
}

/// Newsvendor quantity for Poisson demand: smallest S with F(S) ≥ p/(p + h).
/// Snyder & Shen, 2nd edition, §4.3, example 4.7.
///
/// ```
/// use trueup::buffer::theory::newsvendor_poisson;
/// assert_eq!(newsvendor_poisson(1.0, 4.0, 6.0), 8);
/// ```
pub fn newsvendor_poisson(holding_cost: f64, stock_out_cost: f64, mean: f64) -> i64 {
    poisson_quantile(mean, critical_ratio(stock_out_cost, holding_cost))
}

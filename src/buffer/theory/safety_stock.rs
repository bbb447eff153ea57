//! What the business needs until the next delivery: safety stock, reorder point, cover.

use super::allocation::whole_units_up;
use super::lag::critical_ratio;
use super::normal::service_factor;
use super::quantile::poisson_quantile;
use crate::config::Multiplier;

/// Safety stock when demand and lead time vary independently: Z·√(L·σ_D² + D̄²·σ_L²), in units.
/// King, *Crack the Code*, APICS Magazine, July 2011. Rates per day, lead time in days.
///
/// ```
/// use trueup::buffer::theory::{safety_stock_independent, service_factor};
/// let units = safety_stock_independent(service_factor(0.975), 40.0, 12.5, 7.0, 1.5);
/// assert!((units - 134.27899068593362).abs() < 1e-9);
/// ```
pub fn safety_stock_independent(
    service_factor: f64,
    mean_demand: f64,
    demand_deviation: f64,
    lead_time: f64,
    lead_time_deviation: f64,
) -> f64 {
    let variance = lead_time * demand_deviation.powi(2) + (mean_demand * lead_time_deviation).powi(2);
    service_factor * variance.sqrt()
}

/// Safety stock when demand and lead time move together: Z·σ_D·√L + Z·D̄·σ_L, in units; never below
/// the independent form. King, *Crack the Code*, APICS Magazine, July 2011.
pub fn safety_stock_dependent(
    service_factor: f64,
    mean_demand: f64,
    demand_deviation: f64,
    lead_time: f64,
    lead_time_deviation: f64,
) -> f64 {
    service_factor * demand_deviation * lead_time.sqrt() + service_factor * mean_demand * lead_time_deviation
}

/// Reorder point D̄·L + safety stock, in units.
pub fn reorder_point(mean_demand: f64, lead_time: f64, safety_stock: f64) -> f64 {
    mean_demand * lead_time + safety_stock
}

/// Order-up-to level of a review every R days: D̄(L + R) + Z·√((L + R)σ_D² + D̄²σ_L²), in units.
/// Snyder & Shen, 2nd edition, §4.3.
pub fn order_up_to(
    service_factor: f64,
    mean_demand: f64,
    demand_deviation: f64,
    lead_time: f64,
    lead_time_deviation: f64,
    review: f64,
) -> f64 {
    let interval = lead_time + review;
    mean_demand * interval
        + safety_stock_independent(service_factor, mean_demand, demand_deviation, interval, lead_time_deviation)
}

/// Base-stock level for normal demand over lead time and review, at the ratio p/(p + h), in units.
/// Snyder & Shen, 2nd edition, §4.3.4.
pub fn base_stock_normal(
    holding_cost: f64,
    stock_out_cost: f64,
    mean: f64,
    deviation: f64,
    lead_time: f64,
    review: f64,
) -> f64 {
    let factor = service_factor(critical_ratio(stock_out_cost, holding_cost));
    order_up_to(factor, mean, deviation, lead_time, 0.0, review)
}

/// Base-stock level for Poisson demand over lead time and review: smallest S with F(S) ≥ p/(p + h).
/// Snyder & Shen, 2nd edition, problem 4.19.
///
/// ```
/// use trueup::buffer::theory::base_stock_poisson;
/// assert_eq!(base_stock_poisson(0.08, 1.25, 18.0, 4.0, 1.0), 105);
/// ```
pub fn base_stock_poisson(holding_cost: f64, stock_out_cost: f64, mean: f64, lead_time: f64, review: f64) -> i64 {
    poisson_quantile(mean * (lead_time + review), critical_ratio(stock_out_cost, holding_cost))
}

/// Deviation of the sum of channels that share one pool: √(Σ Σ ρ·σᵢ·σⱼ) with one correlation ρ
/// between any two. Eppen, *Effects of centralization*, Management Science 25 (1979).
///
/// ```
/// use trueup::buffer::theory::pooled_deviation;
/// assert_eq!(pooled_deviation(&[3.0, 4.0], 0.0), 5.0);
/// ```
pub fn pooled_deviation(deviations: &[f64], correlation: f64) -> f64 {
    let sum: f64 = deviations.iter().sum();
    let squares: f64 = deviations.iter().map(|deviation| deviation * deviation).sum();
    (squares + correlation * (sum * sum - squares)).max(0.0).sqrt()
}

/// Cover target in whole units, rounded up: what must be in stock until the next delivery. Never a
/// number of units to hide from a channel.
///
/// ```
/// use trueup::buffer::theory::cover_target;
/// use trueup::config::Multiplier;
/// assert_eq!(cover_target(Multiplier::Whole, 10.0 * 14.0, 30.0, 1.5), 255);
/// assert_eq!(cover_target(Multiplier::CycleOnly, 25.0 * 3.0, 15.0, 1.5), 128);
/// ```
pub fn cover_target(form: Multiplier, cycle_units: f64, safety_stock: f64, multiplier: f64) -> i64 {
    whole_units_up(match form {
        Multiplier::Whole => (cycle_units + safety_stock) * multiplier,
        Multiplier::CycleOnly => cycle_units * multiplier + safety_stock,
    })
}

/// How much a product matters, for the rule-of-thumb safety stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The top fifth of products by revenue.
    Hero,
    /// The products between.
    Standard,
    /// The slow ones.
    LongTail,
}

/// Rule-of-thumb safety stock in units: a count or some days of sales, whichever is more (20 or 7
/// days, 10 or 5, 5 or 3).
///
/// ```
/// use trueup::buffer::theory::{Segment, segment_safety_stock};
/// assert_eq!(segment_safety_stock(Segment::Hero, 25.0), 175);
/// ```
pub fn segment_safety_stock(segment: Segment, units_per_day: f64) -> i64 {
    let (units, days) = match segment {
        Segment::Hero => (20, 7.0),
        Segment::Standard => (10, 5.0),
        Segment::LongTail => (5, 3.0),
    };
    units.max(whole_units_up(units_per_day * days))
}

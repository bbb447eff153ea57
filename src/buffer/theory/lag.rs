//! The listing buffer: how many units a channel must not see because its count is old.

use super::allocation::whole_units_up;
use super::normal::service_factor;
use super::quantile::{Demand, poisson_quantile, smallest};

/// Critical ratio p/(p + h): the share of cases that is worth covering when a missing unit costs p
/// and an idle one h. No penalty gives 0. Snyder & Shen, 2nd edition, §4.3.
pub fn critical_ratio(penalty: f64, holding_cost: f64) -> f64 {
    if penalty <= 0.0 { 0.0 } else { penalty / (penalty + holding_cost) }
}

/// Units that sell before a channel shows them: μ_c = λ_c·ℓ + Λ₋c·(T + ℓ).
///
/// Pushes of absolute counts overwrite the channel's own decrements, so its own sales during the
/// latency ℓ come back to life; those of the other channels stay unseen for the period T between
/// pushes as well. Rates per minute, times in minutes.
///
/// ```
/// use trueup::buffer::theory::lag_mean_units;
/// let units = lag_mean_units(6.0 / 60.0, 12.0 / 60.0, 0.0, 5.0);
/// assert!((units - 1.5).abs() < 1e-12);
/// ```
pub fn lag_mean_units(own_rate: f64, others_rate: f64, period: f64, latency: f64) -> f64 {
    own_rate * latency + others_rate * (period + latency)
}

/// Rule of thumb: ⌈units in the lag × risk factor⌉.
///
/// ```
/// use trueup::buffer::theory::lag_buffer_naive;
/// assert_eq!(lag_buffer_naive(2.5, 1.5), 4);
/// ```
pub fn lag_buffer_naive(mean_in_lag: f64, risk_factor: f64) -> i64 {
    whole_units_up(mean_in_lag * risk_factor)
}

/// Smallest b with P(N > b) ≤ risk: the risk is a bound per stock-out, not per day.
///
/// ```
/// use trueup::buffer::theory::{Demand, lag_buffer_quantile};
/// assert_eq!(lag_buffer_quantile(Demand::Poisson { mean: 2.5 }, 0.01), 7);
/// ```
pub fn lag_buffer_quantile(demand: Demand, risk: f64) -> i64 {
    demand.smallest_exceeded_at_most(risk)
}

/// Smallest b with P(N ≥ b) ≤ risk: one more unit, for the buyer who certainly comes for the last
/// one. For channels that suspend accounts.
///
/// ```
/// use trueup::buffer::theory::{Demand, lag_buffer_worst_case};
/// assert_eq!(lag_buffer_worst_case(Demand::Poisson { mean: 2.5 }, 0.01), 8);
/// ```
pub fn lag_buffer_worst_case(demand: Demand, risk: f64) -> i64 {
    smallest(|units| demand.upper_tail(units - 1) <= risk)
}

/// Smallest b with P(N ≤ b) ≥ p/(p + h) for Poisson demand; penalty 0 gives 0.
pub fn lag_buffer_newsvendor(mean_in_lag: f64, penalty: f64, hide_cost: f64) -> i64 {
    poisson_quantile(mean_in_lag, critical_ratio(penalty, hide_cost))
}

/// What a quantile buffer is as a risk factor: b/μ.
pub fn implied_risk_factor(mean_in_lag: f64, risk: f64) -> f64 {
    lag_buffer_quantile(Demand::Poisson { mean: mean_in_lag }, risk) as f64 / mean_in_lag
}

/// The same by the normal approximation: 1 + z·√(VMR/μ).
pub fn risk_factor_normal(mean_in_lag: f64, variance_to_mean: f64, risk: f64) -> f64 {
    1.0 + service_factor(1.0 - risk) * (variance_to_mean / mean_in_lag).sqrt()
}

/// Oversold units per stock-out on one channel: (λ_c/Λ)·E[(N − b)⁺] with N ~ Poisson(μ). Equal to
/// the simulated value for a small own share, an upper bound otherwise.
///
/// ```
/// use trueup::buffer::theory::expected_oversells;
/// let units = expected_oversells(4, 3.0, 0.01 / 0.03);
/// assert!((units - 0.10645243724946486).abs() < 1e-12);
/// ```
pub fn expected_oversells(buffer: i64, mean_in_lag: f64, own_share: f64) -> f64 {
    let demand = Demand::Poisson { mean: mean_in_lag };
    let beyond = mean_in_lag * demand.upper_tail(buffer - 1) - buffer as f64 * demand.upper_tail(buffer);
    own_share * beyond.max(0.0)
}

/// A risk multiplier m read as a penalty ratio: m·CR₀/(1 − CR₀ + m·CR₀).
///
/// ```
/// use trueup::buffer::theory::ratio_from_multiplier;
/// assert!((ratio_from_multiplier(0.95, 1.5) - 0.9661016949152542).abs() < 1e-12);
/// ```
pub fn ratio_from_multiplier(base_ratio: f64, multiplier: f64) -> f64 {
    multiplier * base_ratio / (1.0 - base_ratio + multiplier * base_ratio)
}

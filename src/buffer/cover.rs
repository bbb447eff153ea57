//! How much stock does the business need until the next delivery? A target for buying, never a
//! number of units to hide.

use super::input::ListingInput;
use super::theory;
use crate::config::Policy;

/// The cover target and its parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cover {
    /// Stock to have until the next delivery, in whole units.
    pub target: i64,
    /// Units expected to sell until then.
    pub cycle_units: f64,
    /// Units on top, for what was not expected.
    pub safety_stock: f64,
    /// Days until the next delivery.
    pub lead_time_days: u32,
}

pub(super) fn cover(input: &ListingInput, policy: &Policy) -> Cover {
    let lead_time_days = input.lead_time.days.unwrap_or(policy.lead_time_days.value);
    let days = f64::from(lead_time_days);
    let velocity = input.demand.own_units_per_day.max(0.0);
    let cycle_units = input.lead_time.mean_units.unwrap_or(velocity * days).max(0.0);
    let safety_stock = safety_stock(input, policy, velocity, days);
    Cover {
        target: theory::cover_target(
            policy.multiplier_form.value,
            cycle_units,
            safety_stock,
            policy.risk_multiplier.value,
        ),
        cycle_units,
        safety_stock,
        lead_time_days,
    }
}

/// The policy's units; else the forecast's quantile less its mean, which carries the forecast's own
/// error; else King's formula on the demand's variance. Never negative: a service level below one
/// half would ask for less than the mean.
fn safety_stock(input: &ListingInput, policy: &Policy, velocity: f64, days: f64) -> f64 {
    if let Some(units) = &policy.safety_stock_units {
        return units.value as f64;
    }
    if let (Some(quantile), Some(mean)) = (input.lead_time.quantile_units, input.lead_time.mean_units) {
        return (quantile - mean).max(0.0);
    }
    let deviation = (velocity * input.demand.variance_to_mean.unwrap_or(1.0).max(1.0)).sqrt();
    let factor = theory::service_factor(policy.service_level.value);
    theory::safety_stock_independent(factor, velocity, deviation, days, 0.0).max(0.0)
}

/// Units to send to a channel's own warehouse: none while available and inbound units cover
/// `cover_days` (exactly covering is enough), else up to the cover and the way there.
pub fn replenishment_units(position: i64, units_per_day: f64, cover_days: u32, lead_time_days: u32) -> i64 {
    let covered = position as f64 + 1e-9 >= units_per_day * f64::from(cover_days);
    if covered {
        return 0;
    }
    let up_to = units_per_day * f64::from(cover_days + lead_time_days);
    theory::whole_units_up(up_to).saturating_sub(position.max(0)).max(0)
}

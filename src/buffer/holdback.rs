//! How many units must a channel not be shown? The units that can sell before it knows.

use super::input::{ListingInput, PromotionState};
use super::overrides::Ask;
use super::theory::{self, Demand};
use super::weakness::Weakness;
use crate::config::{ChannelSettings, HoldbackModel, Policy};
use crate::types::Rate;

/// Risk factor while a promotion runs or the data are weak, at least.
const PRUDENT_FACTOR: f64 = 2.0;
/// Variance over mean that is assumed at least where the data are weak.
const PRUDENT_VARIANCE_TO_MEAN: f64 = 2.0;
/// A season beyond this is an artefact of the history.
const LARGEST_RISE: f64 = 10.0;
/// A variance-to-mean ratio beyond this is an artefact of the history.
const LARGEST_VARIANCE_TO_MEAN: f64 = 1_000.0;

/// Units a channel must not be shown, and how they came about.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Holdback {
    /// The hold-back, with everything added: what a person decided, else the policy's.
    pub units: i64,
    /// What the policy holds back where no person decides.
    pub policy_units: i64,
    /// What the model says alone.
    pub model_units: i64,
    /// How the model works.
    pub basis: Basis,
    /// Units of the pool that sell in one lag.
    pub units_in_lag: f64,
    /// The lag in seconds, measured or assumed.
    pub lag_seconds: f64,
    /// Units added because drift is unexplained.
    pub drift_units: i64,
    /// The factor of a promotion, where it asks for more than the model.
    pub promotion_factor: Option<f64>,
    /// The policy's floor, where it decided.
    pub lifted_to_floor: Option<i64>,
    /// Oversold units to expect on this channel per stock-out, with this hold-back.
    pub expected_oversells: f64,
}

/// The model that decided, with its figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Basis {
    /// The channel ships its own stock: its count is never old.
    ChannelShips,
    /// More sells in one lag with a chance of at most `risk`.
    Quantile {
        /// Accepted chance per stock-out.
        risk: f64,
        /// One more unit, because the channel can suspend the account.
        worst_case: bool,
        /// True where the channel's penalty in money gave the risk.
        from_penalty: bool,
    },
    /// Units in the lag times this factor.
    RuleOfThumb(f64),
    /// This share of what is available.
    Percentage(Rate),
    /// A fixed number.
    Flat,
}

pub(super) fn holdback(
    input: &ListingInput,
    channel: &ChannelSettings,
    policy: &Policy,
    weaknesses: &[Weakness],
) -> Holdback {
    let lag_seconds = lag_seconds(input, policy);
    let units_in_lag = if channel.fulfilled_by_channel { 0.0 } else { units_in_lag(input, lag_seconds) };
    let weak = !weaknesses.is_empty();
    let basis = basis(input, channel, policy, weak);
    let demand = Demand::by_moments(units_in_lag, variance_to_mean(input, weak));
    let (model_units, promotion_factor) = model_units(basis, input, policy, demand, units_in_lag);
    let drift_units = if channel.fulfilled_by_channel { 0 } else { input.unexplained_drift_units.max(0) };
    let computed = model_units.saturating_add(drift_units);
    let floor = policy.floor_units.value;
    let policy_units = computed.max(floor);
    let (units, lifted_to_floor) = match input.present.number.as_ref().map(|decision| decision.ask) {
        // No level below the policy's lowers a floor, and a person's number is the lowest level.
        Some(Ask::HoldBack(asked)) => (asked.max(floor), (floor > asked).then_some(floor)),
        Some(Ask::Freeze) => (input.present.buffer.unwrap_or(policy_units), None),
        _ => (policy_units, (floor > computed).then_some(floor)),
    };
    let own_share = share(input.demand.own_units_per_day, input.demand.pool_units_per_day);
    Holdback {
        units,
        policy_units,
        model_units,
        basis,
        units_in_lag,
        lag_seconds,
        drift_units,
        promotion_factor,
        lifted_to_floor,
        expected_oversells: theory::expected_oversells(units, units_in_lag, own_share),
    }
}

fn basis(input: &ListingInput, channel: &ChannelSettings, policy: &Policy, weak: bool) -> Basis {
    if channel.fulfilled_by_channel {
        return Basis::ChannelShips;
    }
    match policy.holdback.value {
        HoldbackModel::Quantile => {
            let penalty_risk = penalty_risk(input, channel, policy);
            Basis::Quantile {
                risk: penalty_risk.unwrap_or(policy.oversell_risk.value),
                worst_case: channel.can_suspend,
                from_penalty: penalty_risk.is_some(),
            }
        }
        HoldbackModel::RuleOfThumb => {
            let least = if weak || input.promotion.state.is_active() { PRUDENT_FACTOR } else { 0.0 };
            Basis::RuleOfThumb(policy.risk_factor.value.max(least))
        }
        HoldbackModel::Percentage => Basis::Percentage(policy.reserve_rate.value),
        HoldbackModel::Flat => Basis::Flat,
    }
}

/// What the model holds back, and the factor of a promotion where that asks for more.
fn model_units(
    basis: Basis,
    input: &ListingInput,
    policy: &Policy,
    demand: Demand,
    units_in_lag: f64,
) -> (i64, Option<f64>) {
    let units = match basis {
        Basis::ChannelShips => 0,
        Basis::Quantile { risk, worst_case, .. } => {
            let units = if worst_case {
                theory::lag_buffer_worst_case(demand, risk)
            } else {
                theory::lag_buffer_quantile(demand, risk)
            };
            // A promotion's velocity was never seen, so the rule of thumb stands beside the quantile.
            let factor = policy.risk_factor.value.max(PRUDENT_FACTOR);
            let promoted = theory::lag_buffer_naive(units_in_lag, factor);
            if input.promotion.state != PromotionState::None && promoted > units {
                return (promoted, Some(factor));
            }
            units
        }
        Basis::RuleOfThumb(factor) => theory::lag_buffer_naive(units_in_lag, factor),
        Basis::Percentage(rate) => theory::percent_reserve(input.pool.available.unwrap_or(0), rate),
        Basis::Flat => policy.flat_units.value,
    };
    (units, None)
}

/// The risk that the channel's penalty allows: h/(p + h) with the unit's margin as the cost of
/// hiding it. Only where the policy leaves the risk to trueup's default and both amounts are known.
fn penalty_risk(input: &ListingInput, channel: &ChannelSettings, policy: &Policy) -> Option<f64> {
    if policy.oversell_risk.scope != crate::config::PolicyScope::Default {
        return None;
    }
    let penalty = channel.oversell_penalty?.to_f64();
    let margin = input.unit_margin?.to_f64();
    (penalty > 0.0 && margin > 0.0).then(|| (1.0 - theory::critical_ratio(penalty, margin)).clamp(0.001, 0.5))
}

fn lag_seconds(input: &ListingInput, policy: &Policy) -> f64 {
    let assumed = f64::from(policy.sync.value.assumed_minutes()) * 60.0;
    input.lag.seconds.filter(|seconds| seconds.is_finite()).unwrap_or(assumed).max(0.0)
}

/// Units of the pool in one lag, at the mean or at the peak, whichever is more, in the season that
/// begins.
fn units_in_lag(input: &ListingInput, lag_seconds: f64) -> f64 {
    const DAY: f64 = 86_400.0;
    let own = known(input.demand.own_units_per_day);
    let others = (known(input.demand.pool_units_per_day) - own).max(0.0);
    let mean = theory::lag_mean_units(own / DAY, others / DAY, known(input.lag.period_seconds), lag_seconds);
    mean.max(known(input.demand.peak_units_in_lag.unwrap_or(0.0))) * rise(input)
}

/// How many times as much as so far is about to sell: a pace of the last 90 days is half of what the
/// weeks before Christmas bring. A quieter season lowers nothing, for what was sold is known and what
/// will be is expected.
pub(super) fn rise(input: &ListingInput) -> f64 {
    input.demand.season.filter(|season| season.is_finite()).unwrap_or(1.0).clamp(1.0, LARGEST_RISE)
}

fn variance_to_mean(input: &ListingInput, weak: bool) -> f64 {
    let least = if weak { PRUDENT_VARIANCE_TO_MEAN } else { 1.0 };
    known(input.demand.variance_to_mean.unwrap_or(1.0)).clamp(least, LARGEST_VARIANCE_TO_MEAN)
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { (known(part) / whole).min(1.0) } else { 0.0 }
}

fn known(value: f64) -> f64 {
    if value.is_finite() { value.max(0.0) } else { 0.0 }
}

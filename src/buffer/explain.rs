//! Where does a number come from? The lines of `trueup explain`.

use super::holdback::{Basis, rise};
use super::input::ListingInput;
use super::recommend::{Work, channel_of, work};
use super::rules;
use super::words::{days, duration, percent, quantity, units};
use crate::config::Settings;
use crate::error::Result;
use crate::types::Day;

/// One line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about, one word or two.
    pub label: &'static str,
    /// The figure in words.
    pub value: String,
    /// The query, the settings' line or the formula it comes from.
    pub source: String,
}

/// An explanation of one listing: a headline and its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `MUG-BLUE on amazon: hold back 7 of 52 units, as of 2026-02-28`
    pub headline: String,
    /// From what was sold to what is shown.
    pub lines: Vec<Line>,
}

/// Explains the recommendation for one listing.
///
/// # Errors
/// A listing on a channel that the settings do not have.
pub fn explain(input: &ListingInput, settings: &Settings, as_of: Day) -> Result<Explanation> {
    let channel = channel_of(input, settings)?;
    let policy = settings.policy_for(channel, input.product_class.as_deref(), &input.sku);
    let work = work(input, channel, &policy, as_of);
    let file = rules::file_name(settings);
    let mut lines = evidence(&work, &file);
    lines.extend(decisions(&work, &file));
    lines.extend(results(&work, &file));
    Ok(Explanation { headline: headline(&work), lines })
}

fn line(label: &'static str, value: String, source: impl Into<String>) -> Line {
    Line { label, value, source: source.into() }
}

fn headline(work: &Work) -> String {
    let of = work.input.pool.available.map_or_else(String::new, |available| format!(" of {available}"));
    let (sku, channel, held) = (&work.input.sku, &work.input.channel, work.holdback.units);
    let noun = if of.is_empty() && held == 1 { "unit" } else { "units" };
    format!("{sku} on {channel}: hold back {held}{of} {noun}, as of {}", work.as_of)
}

fn evidence(work: &Work, file: &str) -> Vec<Line> {
    let (demand, lag) = (&work.input.demand, &work.input.lag);
    let sold = format!(
        "{} units/day in {}, in stock on {}",
        quantity(demand.own_units_per_day),
        days(demand.days_observed),
        demand.days_in_stock
    );
    let pool =
        format!("{} units/day on all channels of pool {}", quantity(demand.pool_units_per_day), work.input.pool.name);
    let time = duration(work.holdback.lag_seconds);
    let lag = match lag.seconds {
        Some(_) => line("lag", format!("{time}, 95th percentile of {} changes", lag.events), "fact_stock_events"),
        None => line("lag", format!("{time}, assumed: nothing was measured"), work.policy.sync.rule(file)),
    };
    let mut lines = vec![line("sold", sold, "mart_demand_daily"), line("pool", pool, "mart_demand_daily")];
    if let Some(peak) = demand.peak_units_in_lag {
        lines.push(line("peak", format!("{} units in the busiest {time}", quantity(peak)), "fact_stock_orders"));
    }
    if rise(work.input) > 1.0 {
        let season = format!("the coming week sells {} times as much", quantity(rise(work.input)));
        lines.push(line("season", season, "mart_demand_daily, weeks of two years and more"));
    }
    lines.push(lag);
    let in_lag = format!("{} units sell before {} knows", quantity(work.holdback.units_in_lag), work.channel.name);
    lines.push(line("exposure", in_lag, "own × lag + others × (period + lag), or the peak"));
    lines
}

fn decisions(work: &Work, file: &str) -> Vec<Line> {
    let (holdback, policy) = (&work.holdback, work.policy);
    let mut lines = Vec::new();
    if let Some(decision) = work.number() {
        lines.push(line("decided", units(holdback.units), rules::holdback(work, file)));
        if decision.units().is_some() {
            lines.push(line("policy", format!("{} without that", units(holdback.policy_units)), "the lines below"));
        }
    }
    let model = match holdback.basis {
        Basis::ChannelShips => "the channel ships from its own warehouse".to_owned(),
        Basis::Quantile { risk, worst_case, .. } => {
            let last = if worst_case { ", and one unit for the last buyer" } else { "" };
            format!("{}, risk {}{last}", units(holdback.model_units), percent(risk))
        }
        Basis::RuleOfThumb(factor) => format!("{}, factor {}", units(holdback.model_units), quantity(factor)),
        Basis::Percentage(rate) => format!("{}, {} of available", units(holdback.model_units), percent(rate.to_f64())),
        Basis::Flat => units(holdback.model_units),
    };
    lines.push(line("method", model, model_source(work, file)));
    if holdback.drift_units > 0 {
        lines.push(line("drift", format!("{} that nothing explains", units(holdback.drift_units)), "drift.csv"));
    }
    if policy.floor_units.value > 0 {
        lines.push(line("floor", units(policy.floor_units.value), policy.floor_units.rule(file)));
    }
    lines
}

/// The model's place, also where the floor decided in the end.
fn model_source(work: &Work, file: &str) -> String {
    match work.holdback.basis {
        Basis::Quantile { from_penalty: false, .. } => work.policy.oversell_risk.rule(file),
        Basis::RuleOfThumb(_) => work.policy.risk_factor.rule(file),
        Basis::Percentage(_) => work.policy.reserve_rate.rule(file),
        Basis::Flat => work.policy.flat_units.rule(file),
        Basis::ChannelShips | Basis::Quantile { .. } => {
            format!("{file}:{} (channel {})", work.channel.line, work.channel.name)
        }
    }
}

fn results(work: &Work, file: &str) -> Vec<Line> {
    let (input, listed, cover) = (work.input, &work.listed, &work.cover);
    let stock = match input.pool.available {
        Some(available) => format!("{} in pool {}", units(available), input.pool.name),
        None => format!("unknown in pool {}", input.pool.name),
    };
    let mut lines = vec![line("available", stock, "fact_movements")];
    if listed.promo_reserve > 0 {
        lines.push(line("reserve", format!("{} for a promotion elsewhere", units(listed.promo_reserve)), "promotions"));
    }
    if listed.pause_below > 0 {
        let state = if listed.paused && work.pause().is_none() { "paused" } else { "not paused" };
        let value = format!("below {}: {state}", units(listed.pause_below));
        lines.push(line("pause", value, rules::pause_rule(work, file)));
    }
    let shown = listed.quantity.map_or_else(|| "unknown".to_owned(), units);
    lines.push(line("list", shown, rules::listed(work, file)));
    let present = input.present.buffer.map_or_else(|| "unknown".to_owned(), units);
    lines.push(line("current", present, "overrides, else last published"));
    let target = format!(
        "{} in stock: {} in {} and {} as safety stock, still listed",
        units(cover.target),
        quantity(cover.cycle_units),
        days(i64::from(cover.lead_time_days)),
        quantity(cover.safety_stock)
    );
    lines.push(line("cover", target, rules::cover(work, file)));
    lines
}

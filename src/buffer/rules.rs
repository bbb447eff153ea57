//! Which rule decided each number, and where was it written?

use super::holdback::Basis;
use super::overrides::Ask;
use super::reason::signed;
use super::recommend::Work;
use super::words::percent;
use crate::config::{Multiplier, Settings};

/// The settings file's name without its folders, so that the same shop gives the same bytes anywhere.
pub(super) fn file_name(settings: &Settings) -> String {
    settings.file.file_name().map_or_else(|| "trueup.toml".to_owned(), |name| name.to_string_lossy().into_owned())
}

pub(super) fn holdback(work: &Work, file: &str) -> String {
    let policy = work.policy;
    if let Some(floor) = work.holdback.lifted_to_floor {
        return format!("floor {floor}, {}", policy.floor_units.rule(file));
    }
    match work.number() {
        Some(decision) if decision.ask == Ask::Freeze => return format!("frozen by {}", signed(decision)),
        Some(decision) => return format!("decided by {}", signed(decision)),
        None => {}
    }
    match work.holdback.basis {
        Basis::ChannelShips => format!("fulfilled by the channel, {}", channel_rule(work, file)),
        Basis::Quantile { risk, worst_case, from_penalty } => {
            let name = if worst_case { "quantile and one unit" } else { "quantile" };
            let place = match from_penalty {
                true => format!("oversell penalty, {}", channel_rule(work, file)),
                false => policy.oversell_risk.rule(file),
            };
            format!("{name} at {} risk, {place}", percent(risk))
        }
        Basis::RuleOfThumb(factor) => format!("rule of thumb × {factor}, {}", policy.risk_factor.rule(file)),
        Basis::Percentage(rate) => {
            format!("{} of available, {}", percent(rate.to_f64()), policy.reserve_rate.rule(file))
        }
        Basis::Flat => format!("flat {}, {}", policy.flat_units.value, policy.flat_units.rule(file)),
    }
}

pub(super) fn listed(work: &Work, file: &str) -> String {
    let (listed, policy) = (work.listed, work.policy);
    if let Some(decision) = work.pause() {
        return format!("paused by {}", signed(decision));
    }
    if listed.quantity.is_none() {
        return "stock unknown".to_owned();
    }
    if listed.paused {
        return format!("paused below {}, {}", listed.pause_below, pause_rule(work, file));
    }
    match (&listed.capped_at, &policy.cap_units) {
        (Some(units), Some(cap)) => format!("cap {units}, {}", cap.rule(file)),
        _ if listed.promo_reserve > 0 => "available − promotion reserve − hold-back".to_owned(),
        _ => "available − hold-back".to_owned(),
    }
}

pub(super) fn cover(work: &Work, file: &str) -> String {
    let multiplier = &work.policy.risk_multiplier;
    let form = match work.policy.multiplier_form.value {
        Multiplier::Whole => "(cycle + safety stock)",
        Multiplier::CycleOnly => "cycle, then + safety stock",
    };
    format!("{} × {form}, {}", multiplier.value, multiplier.rule(file))
}

pub(super) fn pause_rule(work: &Work, file: &str) -> String {
    let flash = work.input.promotion.state == super::input::PromotionState::FlashSale;
    let policy = work.policy;
    if flash { &policy.pause_below_in_flash_sale } else { &policy.pause_below }.rule(file)
}

fn channel_rule(work: &Work, file: &str) -> String {
    format!("{file}:{} (channel {})", work.channel.line, work.channel.name)
}

//! One sentence that a warehouse manager understands, with the figures in it.

use super::holdback::{Basis, rise};
use super::input::Decision;
use super::overrides::Ask;
use super::recommend::Work;
use super::sync::is_too_thin;
use super::weakness::Weakness;
use super::words::{days, duration, one_line, percent, quantity, units};

/// A season that is worth a clause.
const NOTABLE_RISE: f64 = 1.1;

/// What to do and why, in one sentence.
pub(super) fn sentence(work: &Work) -> String {
    let mut clauses = vec![main(work)];
    clauses.extend(additions(work));
    clauses.extend(doubts(work));
    format!("{}.", clauses.join("; "))
}

/// What is shown and held back, and by which rule. A stock that is unknown, used up, or smaller than
/// the hold-back is never counted as one of which so many are hidden.
fn main(work: &Work) -> String {
    let (held, ground) = (work.holdback.units, ground(work));
    let buffer = if held == 0 { "no buffer".to_owned() } else { format!("buffer {held}") };
    if let Some(decision) = work.pause() {
        let stock = work.input.pool.available.filter(|available| *available > 0);
        let listed =
            stock.map_or_else(|| "nothing is listed".to_owned(), |stock| format!("none of {} is listed", units(stock)));
        return format!("Paused by {}; {listed}; otherwise {buffer}: {ground}", signed(decision));
    }
    let Some(available) = work.input.pool.available else {
        return format!("Pending stock data; {buffer} once it is known: {ground}");
    };
    let available = available.max(0);
    if work.listed.paused {
        let threshold = work.listed.pause_below;
        return format!(
            "Paused as stock {available} is below the threshold of {threshold}; otherwise {buffer}: {ground}"
        );
    }
    match (available, held) {
        (0, _) => format!("Out of stock; {buffer} once there is stock: {ground}"),
        (_, 0) => format!("No buffer on {}: {ground}", units(available)),
        _ if held >= available => format!("Buffer {held} leaves nothing of {} to list: {ground}", units(available)),
        _ => format!("Buffer {held} of {}: {ground}", units(available)),
    }
}

/// What the hold-back rests on: a person's decision, else the policy's model.
fn ground(work: &Work) -> String {
    let decided = |decision: &Decision, how: &str| {
        let instead = match work.holdback.policy_units {
            0 => "nothing".to_owned(),
            held => units(held),
        };
        format!("{how} by {}; the policy would hold back {instead}: {}", signed(decision), model(work))
    };
    match &work.input.present.number {
        Some(decision) if matches!(decision.ask, Ask::HoldBack(_)) => decided(decision, "decided"),
        Some(decision) if decision.ask == Ask::Freeze => {
            let how = if work.input.present.buffer.is_some() { "frozen" } else { "frozen with nothing published yet" };
            decided(decision, how)
        }
        _ => model(work),
    }
}

/// `ana until 2026-02-28 (opening week), override O9`
pub(super) fn signed(decision: &Decision) -> String {
    let owner = decision.owner.as_deref().map_or_else(|| "somebody unnamed".to_owned(), one_line);
    let until = decision.until.map_or_else(String::new, |until| format!(" until {until}"));
    let reason = decision.reason.as_deref().map_or_else(String::new, |reason| format!(" ({})", one_line(reason)));
    format!("{owner}{until}{reason}, override {}", one_line(&decision.id))
}

fn model(work: &Work) -> String {
    let holdback = &work.holdback;
    match holdback.basis {
        Basis::ChannelShips => format!("{} ships from its own warehouse and knows its count", work.channel.name),
        Basis::Quantile { risk, worst_case, .. } => {
            let need = match holdback.promotion_factor {
                Some(factor) => format!("taken {} for the promotion", times(factor)),
                None => enough(holdback.model_units, risk, worst_case),
            };
            format!("{}, {need}", exposure(work))
        }
        Basis::RuleOfThumb(factor) => {
            format!("{}, taken {} as its risk factor", exposure(work), times(factor))
        }
        Basis::Percentage(rate) => format!("{} of available stock (policy)", percent(rate.to_f64())),
        Basis::Flat => format!("fixed buffer {} (policy)", holdback.model_units),
    }
}

/// `once`, `1.5 times`
fn times(factor: f64) -> String {
    match quantity(factor).as_str() {
        "1" => "once".to_owned(),
        number => format!("{number} times"),
    }
}

/// How old the channel's count can be and what sells meanwhile.
fn exposure(work: &Work) -> String {
    let time = duration(work.holdback.lag_seconds);
    let delay = match work.input.lag.seconds {
        Some(_) => format!("P95 sync delay {time}"),
        None => format!("assumed sync delay {time}"),
    };
    format!("{delay} in which {}", sales(work.holdback.units_in_lag))
}

/// Units that sell, in words that also fit next to nothing and one.
fn sales(count: f64) -> String {
    match quantity(count).as_str() {
        _ if count <= 0.0 => "nothing sells".to_owned(),
        _ if count < 0.01 => "fewer than 0.01 units sell".to_owned(),
        "1" => "1 unit sells".to_owned(),
        number => format!("{number} units sell"),
    }
}

/// The units that cover the risk, and the one for the last buyer.
fn enough(model_units: i64, risk: f64, worst_case: bool) -> String {
    let last = worst_case && model_units > 0;
    let covered = match model_units - i64::from(last) {
        0 => "none".to_owned(),
        needed => needed.to_string(),
    };
    let reserve = if last { " and 1 as last-unit reserve" } else { "" };
    format!("{covered} for {} oversell risk{reserve}", percent(risk))
}

fn additions(work: &Work) -> Vec<String> {
    let (holdback, listed) = (&work.holdback, &work.listed);
    let drift = (holdback.drift_units > 0)
        .then(|| format!("{} more for drift that nothing explains", units(holdback.drift_units)));
    let season = rise(work.input);
    let season = (season >= NOTABLE_RISE)
        .then(|| format!("the coming week sells {} times as much as the days before it", quantity(season)));
    let floor = holdback.lifted_to_floor.map(|floor| format!("raised to minimum {floor}"));
    let reserve = (listed.promo_reserve > 0)
        .then(|| format!("{} more reserved for a promotion elsewhere", units(listed.promo_reserve)));
    let cap = listed.capped_at.map(|cap| format!("no more than {cap} listed (cap)"));
    let thin = work
        .input
        .present
        .buffer
        .filter(|present| *present < holdback.policy_units && is_too_thin(*present, holdback.units_in_lag))
        .map(|present| format!("the present buffer of {present} is too thin"));
    [season, drift, floor, reserve, cap, thin].into_iter().flatten().collect()
}

fn doubts(work: &Work) -> Vec<String> {
    let raised = matches!(work.holdback.basis, Basis::Quantile { .. } | Basis::RuleOfThumb(_));
    let caution = if raised { ", so it errs on the safe side" } else { "" };
    let doubt = |weakness: &Weakness| match weakness {
        Weakness::ShortHistory(0) => Some(format!("no day in stock is known{caution}")),
        Weakness::ShortHistory(1) => Some(format!("only 1 day in stock is known{caution}")),
        Weakness::ShortHistory(known) => Some(format!("only {} in stock are known{caution}", days(*known))),
        Weakness::LagAssumed => Some("the delay was never measured".to_owned()),
        // The sentence begins with the one, and the other's units are named among the additions.
        Weakness::StockUnknown | Weakness::UnexplainedDrift(_) => None,
    };
    work.weaknesses.iter().filter_map(doubt).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::buffer::input::{Lag, LeadTime, ListingDemand, ListingInput, PoolStock, Present, Promotion};
    use crate::buffer::{PromotionState, recommend};
    use crate::config::Settings;
    use crate::types::Channel;

    const SHOP: &str = "[shop]\ncurrency = \"EUR\"\n[channel.shopify]\n[channel.ebay]\n\
        [channel.amazon]\nfulfilled-by-channel = true\n";

    fn settings(policy: &str) -> Settings {
        Settings::parse(Path::new("trueup.toml"), Path::new("."), &format!("{SHOP}[policy]\n{policy}")).unwrap()
    }

    fn decision(ask: Ask) -> Decision {
        Decision { id: "O1".into(), ask, owner: Some("mei".into()), reason: None, until: None }
    }

    fn listing(channel: &str, available: Option<i64>, units_per_day: f64) -> ListingInput {
        ListingInput {
            sku: "MUG".into(),
            channel: Channel::new(channel),
            product_class: None,
            pool: PoolStock { name: "main".into(), available, inbound: 0 },
            present: Present::default(),
            demand: ListingDemand {
                own_units_per_day: units_per_day,
                pool_units_per_day: units_per_day,
                days_observed: 90,
                days_in_stock: 80,
                ..ListingDemand::default()
            },
            lead_time: LeadTime::default(),
            lag: Lag { seconds: Some(3600.0), period_seconds: 0.0, events: 50 },
            unit_margin: None,
            promotion: Promotion::default(),
            unexplained_drift_units: 0,
        }
    }

    /// Every listing that another clause of the sentence is about.
    fn variants(plain: ListingInput) -> Vec<ListingInput> {
        let change = |change: &dyn Fn(&mut ListingInput)| {
            let mut changed = plain.clone();
            change(&mut changed);
            changed
        };
        let with_number = |ask, buffer| {
            change(&|one| one.present = Present { buffer, number: Some(decision(ask)), ..Present::default() })
        };
        vec![
            plain.clone(),
            change(&|one| one.lag.seconds = None),
            change(&|one| one.demand.days_in_stock = 0),
            change(&|one| one.demand.days_in_stock = 1),
            change(&|one| one.demand.season = Some(1.6)),
            change(&|one| one.unexplained_drift_units = 1),
            change(&|one| one.present.buffer = Some(0)),
            change(&|one| one.promotion.reserved_elsewhere = 1),
            change(&|one| one.promotion.state = PromotionState::FlashSale),
            change(&|one| one.present.showing = Some(decision(Ask::Pause))),
            with_number(Ask::HoldBack(0), Some(0)),
            with_number(Ask::HoldBack(1), Some(1)),
            with_number(Ask::HoldBack(40), Some(40)),
            with_number(Ask::Freeze, None),
            with_number(Ask::Freeze, Some(0)),
            with_number(Ask::Freeze, Some(9)),
        ]
    }

    /// Phrases that would be nonsense or bad English.
    const NEVER: [&str; 12] = [
        "of 0 units",
        "last 0 units",
        " 1 units",
        " 0 cover",
        " 0 for ",
        " 0 units sell",
        " 1 days",
        " 1 minutes",
        " 1 times",
        "Buffer 0 ",
        "NaN",
        "  ",
    ];

    #[test]
    fn no_combination_makes_nonsense() {
        let policies = [
            "",
            "floor-units = 1",
            "floor-units = 6",
            "cap-units = 1",
            "cap-units = 0",
            "pause-below = 1",
            "pause-below = 20",
            "holdback = \"flat\"\nflat-units = 0",
            "holdback = \"flat\"\nflat-units = 1",
            "holdback = \"percentage\"",
            "holdback = \"percentage\"\nreserve-rate = 0",
            "holdback = \"rule-of-thumb\"\nrisk-factor = 1.0",
        ];
        let mut sentences = 0;
        for settings in policies.map(settings) {
            for channel in ["shopify", "ebay", "amazon"] {
                for available in [None, Some(-2), Some(0), Some(1), Some(2), Some(71)] {
                    for pace in [0.0, 0.0001, 0.2, 24.0, 300.0] {
                        for input in variants(listing(channel, available, pace)) {
                            let as_of = "2026-02-28".parse().unwrap();
                            let row = recommend(&[input], &settings, "r", as_of).unwrap().rows.remove(0);
                            holds(&row.reason, available, row.listing_holdback);
                            sentences += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(sentences, 12 * 3 * 6 * 5 * 16);
    }

    fn holds(reason: &str, available: Option<i64>, held: i64) {
        for phrase in NEVER {
            assert!(!reason.contains(phrase), "`{phrase}` in: {reason}");
        }
        assert!(reason.ends_with('.') && !reason.contains(". ") && !reason.contains('\n'), "{reason}");
        assert!(reason.starts_with(|letter: char| letter.is_uppercase()), "{reason}");
        let said = if held == 0 { "no buffer".to_owned() } else { format!("buffer {held}") };
        assert!(reason.to_lowercase().contains(&said), "`{said}` is not in: {reason}");
        assert_eq!(
            reason.contains("Pending stock data"),
            available.is_none() && !reason.starts_with("Paused by"),
            "{reason}"
        );
    }
}

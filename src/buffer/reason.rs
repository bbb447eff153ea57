//! One sentence that a warehouse manager understands, with the figures in it.

use super::holdback::{Basis, rise};
use super::recommend::{Work, is_held};
use super::sync::is_too_thin;
use super::weakness::Weakness;
use super::words::{days, duration, percent, quantity, units};

/// A season that is worth a clause.
const NOTABLE_RISE: f64 = 1.1;

/// What to do and why, in one sentence.
pub(super) fn sentence(work: &Work) -> String {
    let mut clauses = vec![format!("{}: {}", what(work), why(work))];
    clauses.extend(additions(work));
    clauses.extend(doubts(work));
    clauses.extend(person(work));
    format!("{}.", clauses.join("; "))
}

fn what(work: &Work) -> String {
    let Some(available) = work.input.pool.available else {
        let hidden = if work.holdback.units == 0 { "none".to_owned() } else { units(work.holdback.units) };
        return format!("Hide {hidden} once the stock is known");
    };
    if work.listed.paused {
        return format!("List none of {}", units(available.max(0)));
    }
    match work.holdback.units {
        0 => format!("Hide none of {}", units(available.max(0))),
        hidden => format!("Hide {hidden} of {}", units(available.max(0))),
    }
}

fn why(work: &Work) -> String {
    let channel = &work.channel.name;
    if work.listed.paused {
        let threshold = units(work.listed.pause_below);
        return format!(
            "{channel} is paused below {threshold} in the pool, and else {} would be hidden, as {}",
            units(work.holdback.units),
            model(work)
        );
    }
    model(work)
}

fn model(work: &Work) -> String {
    let (channel, holdback) = (&work.channel.name, &work.holdback);
    let stretch = lag(work);
    let sold = quantity(holdback.units_in_lag);
    match holdback.basis {
        Basis::ChannelShips => format!("{channel} ships from its own warehouse and knows its count"),
        Basis::Quantile { risk, worst_case, .. } => {
            let last = if worst_case { " and one is for the last buyer" } else { "" };
            format!(
                "{channel} {stretch}, {sold} units sell in that time and {} cover it in {} of cases{last}",
                holdback.model_units - i64::from(worst_case && holdback.model_units > 0),
                percent(1.0 - risk)
            )
        }
        Basis::RuleOfThumb(factor) => {
            format!("{channel} {stretch}, {sold} units sell in that time, and that is taken {} times", quantity(factor))
        }
        Basis::Percentage(rate) => format!("{channel} is not shown {} of what is available", percent(rate.to_f64())),
        Basis::Flat => format!("{channel} is never shown the last {}", units(holdback.model_units)),
    }
}

fn lag(work: &Work) -> String {
    let time = duration(work.holdback.lag_seconds);
    match work.input.lag.seconds {
        Some(_) => format!("learns of a sale up to {time} late"),
        None => format!("is taken to learn of a sale up to {time} late"),
    }
}

fn additions(work: &Work) -> Vec<String> {
    let (holdback, listed) = (&work.holdback, &work.listed);
    let drift = (holdback.drift_units > 0)
        .then(|| format!("{} more for drift that nothing explains", units(holdback.drift_units)));
    let season = rise(work.input);
    let season = (season >= NOTABLE_RISE)
        .then(|| format!("the coming week sells {} times as much as the days before it", quantity(season)));
    let floor = holdback.lifted_to_floor.map(|floor| format!("the floor makes it {floor}"));
    let reserve = (listed.promo_reserve > 0)
        .then(|| format!("{} more wait for a promotion elsewhere", units(listed.promo_reserve)));
    let cap = listed.capped_at.map(|cap| format!("no more than {cap} are listed by its cap"));
    let thin = work
        .input
        .present
        .buffer
        .filter(|present| is_too_thin(*present, holdback.units_in_lag))
        .map(|present| format!("the present buffer of {present} is too thin"));
    [season, drift, floor, reserve, cap, thin].into_iter().flatten().collect()
}

fn doubts(work: &Work) -> Vec<String> {
    let raised = matches!(work.holdback.basis, Basis::Quantile { .. } | Basis::RuleOfThumb(_));
    let caution = if raised { ", so it errs on the safe side" } else { "" };
    let doubt = |weakness: &Weakness| match weakness {
        Weakness::StockUnknown => Some("nobody knows the stock, so nothing changes yet".to_owned()),
        Weakness::ShortHistory(known) => Some(format!("only {} in stock are known{caution}", days(*known))),
        Weakness::LagAssumed => Some("the lag was never measured".to_owned()),
        // The units are named among the additions.
        Weakness::UnexplainedDrift(_) => None,
    };
    work.weaknesses.iter().filter_map(doubt).collect()
}

fn person(work: &Work) -> Option<String> {
    let hold = work.input.present.hold.as_ref().filter(|_| is_held(work))?;
    let owner = hold.owner.as_deref().unwrap_or("somebody");
    Some(match hold.until {
        Some(until) => format!("{owner} holds the present number until {until}"),
        None => format!("{owner} holds the present number"),
    })
}

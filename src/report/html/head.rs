//! The head of the page: whose night it was, and the night in six figures.

use maud::{Markup, html};

use super::left_out;
use super::parts::{Tone, mark, nil};
use crate::health::Outcome;
use crate::report::figures::{Figures, OVERSELL_DAYS, RISK_NEEDS, share};
use crate::report::needs::{self, Need};
use crate::report::night::{Night, ReadFile};
use crate::report::numbers::{self, things};
use crate::types::Money;

/// Title, verdict and headline figures.
pub(super) fn header(night: &Night<'_>) -> Markup {
    let figures = Figures::of(night);
    html! {
        header {
            p.brand { strong { "trueup" } " nightly report" }
            h1 { (night.shop) }
            p.stand { "As of " (numbers::long_day(night.as_of)) ". " (read(night)) " Amounts in " (night.currency) ", times in " (night.zone.name()) "." }
            p.verdict { (verdict(night, &figures)) }
            (left_out::block(night))
            dl.figures {
                (profit(night, &figures))
                (oversold(night, &figures))
                (drifting(night, &figures))
                (buffers(night, &figures))
                (at_risk(night, &figures))
            }
        }
    }
}

/// What run made the page.
pub(super) fn footer(night: &Night<'_>) -> Markup {
    let run = night.run;
    html! {
        footer {
            p {
                "trueup " (run.version) ", run " (run.run) ", policy " (run.policy_version) ", lake version " (run.lake_version) ". "
                "The same exports, settings and day give this page byte for byte. Inputs with their digests: "
                a href="run.json" { "run.json" } "."
            }
        }
    }
}

fn figure(name: &str, value: &str, context: &str) -> Markup {
    html! { div { dt { (name) } dd.value { (value) } dd.context { (context) } } }
}

/// A figure that could not be judged, with what it takes.
fn unjudged_figure(night: &Night<'_>, name: &str, needs: &[&Need]) -> Markup {
    let unmet = needs::unmet(night, needs);
    html! {
        div {
            dt { (name) }
            dd.value { (nil()) }
            dd.context { @if unmet.is_empty() { "unknown" } @else { "needs " a href="#missing" { (needs::names(night, &unmet)) } } }
        }
    }
}

fn oversold(night: &Night<'_>, figures: &Figures) -> Markup {
    let Some(units) = figures.oversold_units else {
        return unjudged_figure(night, "Units oversold", &[&needs::MOVEMENTS]);
    };
    let orders = things(figures.oversold_orders, "order", "orders");
    figure("Units oversold", &numbers::count(units), &format!("{orders}, last {OVERSELL_DAYS} days"))
}

fn drifting(night: &Night<'_>, figures: &Figures) -> Markup {
    let Some((listings, alerts)) = figures.drifting_listings.zip(figures.drift_alerts) else {
        return unjudged_figure(night, "Listings out of sync", &[&needs::CHANNEL_COUNTS]);
    };
    let context = format!("{} over threshold", numbers::count(alerts as i64));
    figure("Listings out of sync", &numbers::count(listings as i64), &context)
}

fn buffers(night: &Night<'_>, figures: &Figures) -> Markup {
    let Some(changes) = figures.buffers_to_change else {
        return unjudged_figure(night, "Buffers to change", &[&needs::ORDERS, &needs::STOCK]);
    };
    let context = match (figures.buffers_to_review, figures.first_buffers) {
        (0, _) => "none for a person to approve".to_owned(),
        (review, 0) => format!("{} for a person to approve", numbers::count(review as i64)),
        (review, first) => format!(
            "{} for a person to look at: {} have no number yet",
            numbers::count(review as i64),
            numbers::count(first as i64)
        ),
    };
    figure("Buffers to change", &numbers::count(changes as i64), &context)
}

fn at_risk(night: &Night<'_>, figures: &Figures) -> Markup {
    let Some(money) = figures.money_at_risk else {
        return unjudged_figure(night, "Money at risk", RISK_NEEDS);
    };
    let unmet = needs::unmet(night, RISK_NEEDS);
    let without = if unmet.is_empty() { String::new() } else { format!("; without {}", needs::names(night, &unmet)) };
    let context = format!("in {}{without}", things(figures.alerts - figures.unknowns, "exception", "exceptions"));
    figure("Money at risk", &numbers::whole_money(money, night.currency), &context)
}

fn profit(night: &Night<'_>, figures: &Figures) -> Markup {
    let month = figures.month.as_deref().map_or_else(|| "no sales yet".to_owned(), numbers::month);
    let money = |value: Option<Money>| {
        value.map_or_else(|| numbers::UNKNOWN.to_owned(), |value| numbers::whole_money(value, night.currency))
    };
    let against = |now: Option<Money>, before: Option<Money>| {
        let change = now.zip(before).and_then(|(now, before)| share(now - before, before));
        change.map_or(String::new(), |change| {
            let sign = if change.millionths() > 0 { "+" } else { "" };
            format!(", {sign}{} vs the month before", numbers::percent(change))
        })
    };
    html! {
        (figure("Net sales", &money(figures.net_sales), &format!("{month}{}", against(figures.net_sales, figures.net_sales_before))))
        (figure("Contribution", &contribution(night, figures), &contribution_context(night, figures)))
    }
}

/// The amount, marked where a part of it is estimated.
fn contribution(night: &Night<'_>, figures: &Figures) -> String {
    let Some(money) = figures.contribution else { return numbers::UNKNOWN.to_owned() };
    let is_estimated = figures.estimated_fees.is_some_and(|share| share.millionths() > 0);
    format!("{}{}", if is_estimated { "~\u{202f}" } else { "" }, numbers::whole_money(money, night.currency))
}

fn contribution_context(night: &Night<'_>, figures: &Figures) -> String {
    let mut parts = vec![match (figures.contribution, figures.contribution_rate()) {
        (Some(_), Some(rate)) => format!("{} of net sales", numbers::percent(rate)),
        (Some(_), None) => "no net sales".to_owned(),
        (None, _) => match figures.contribution_of_costed {
            Some(rest) if figures.units_without_cost > 0 && needs::COSTS.is_met(night) => format!(
                "{} without a known cost; {} without them",
                things(figures.units_without_cost as usize, "unit", "units"),
                numbers::whole_money(rest, night.currency)
            ),
            _ if !needs::COSTS.is_met(night) => "needs unit costs".to_owned(),
            _ => "some costs are missing".to_owned(),
        },
    }];
    if let Some(share) = figures.estimated_fees.filter(|share| share.millionths() > 0) {
        parts.push(format!("{} of its fees estimated", numbers::percent(share)));
    }
    if figures.unknowns > 0 {
        parts.push(format!("{} not known", things(figures.unknowns, "amount", "amounts")));
    }
    parts.join("; ")
}

fn read(night: &Night<'_>) -> String {
    let sum = |count: fn(&ReadFile) -> u64| night.files.iter().map(count).sum::<u64>() as usize;
    let known = match sum(|file| file.duplicate) {
        0 => String::new(),
        rows => format!(", {} known already", numbers::count(rows as i64)),
    };
    let aside = match sum(|file| file.rejected) {
        0 => "none rejected".to_owned(),
        rows => format!("{} rejected", numbers::count(rows as i64)),
    };
    let left_out: String = left_out::counts(night).into_iter().map(|count| format!(", {count}")).collect();
    format!(
        "{} from {}{known}, {aside}{left_out}.",
        things(sum(|file| file.accepted), "row", "rows"),
        things(night.files.len(), "file", "files")
    )
}

/// The night in a sentence: what was not read, how old the data is, what is not known, then the checks.
/// Nothing is green that was not judged, or that was judged long ago.
fn verdict(night: &Night<'_>, figures: &Figures) -> Markup {
    html! {
        (left_out::verdict(night))
        (age(night, figures))
        @if figures.unknowns > 0 {
            a href="#morning" { (mark(Tone::Warn, &format!("{} not known.", things(figures.unknowns, "amount", "amounts")))) } " "
        }
        (checks(night, figures.stale_sources > 0)) " "
        (people(night, figures))
        (unjudged(night))
    }
}

/// How long ago the newest order was, where that is too long, and how many other sources are stale.
fn age(night: &Night<'_>, figures: &Figures) -> Markup {
    let orders = figures.newest_order.filter(|(_, is_stale)| *is_stale);
    html! {
        @if let Some((newest, _)) = orders {
            @let days = usize::try_from(night.as_of.since(newest)).unwrap_or(0);
            (mark(Tone::Bad, &format!("Newest order {}: {} before this report.", numbers::day(newest), things(days, "day", "days")))) " "
        }
        @if figures.stale_sources > 0 {
            a href="#morning" { (mark(Tone::Bad, &format!("{}.", things(figures.stale_sources, "stale source", "stale sources")))) } " "
        }
    }
}

/// The checks that could be judged, and how many could not.
fn checks(night: &Night<'_>, is_stale: bool) -> Markup {
    let of = |outcome: Outcome| night.checks.iter().filter(|check| check.outcome == outcome).count();
    let (failed, passed, idle) = (of(Outcome::Failed), of(Outcome::Passed), of(Outcome::NotApplicable));
    let all = failed + passed;
    let of_all = match idle {
        0 => things(all, "check", "checks"),
        _ => things(all, "applicable check", "applicable checks"),
    };
    let rest = if idle > 0 { format!(" · {idle} not applicable (no data)") } else { String::new() };
    let passes = if all == 1 { "passes" } else { "pass" };
    match (failed, passed) {
        (0, 0) if idle == 0 => html! {},
        (0, 0) => mark(Tone::Calm, &format!("No check could be judged{rest}.")),
        (0, _) if is_stale => mark(Tone::Calm, &format!("{all} of {of_all} {passes} on old data{rest}.")),
        (0, _) => mark(Tone::Good, &format!("{all} of {of_all} {passes}{rest}.")),
        (failed, _) => mark(Tone::Bad, &format!("{failed} of {of_all} failed{rest}.")),
    }
}

fn people(night: &Night<'_>, figures: &Figures) -> Markup {
    let is_judged = needs::unmet(night, needs::WATCHED).is_empty();
    match figures.alerts {
        0 if left_out::is_any(night) => html! { "Nothing else needs a person today." },
        0 if !is_judged => html! { "Nothing found that needs a person, as far as there is data." },
        0 => html! { "Nothing needs a person today." },
        alerts => html! {
            a href="#morning" { (things(alerts, "exception needs", "exceptions need")) " a person" } " today."
        },
    }
}

/// What was not read could not be judged; silence about it would sound like good news.
fn unjudged(night: &Night<'_>) -> Markup {
    let unmet = needs::unmet(night, needs::WATCHED);
    html! {
        @if !unmet.is_empty() { " No current data for: " a href="#missing" { (needs::names(night, &unmet)) } "." }
    }
}

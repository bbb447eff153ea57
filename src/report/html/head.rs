//! The head of the page: whose night it was, and the night in six figures.

use maud::{Markup, html};

use super::left_out;
use super::parts::{Tone, mark};
use super::table::is_unread;
use crate::report::figures::{Figures, OVERSELL_DAYS, share};
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
                (figure("Units oversold", &numbers::count(figures.oversold_units), &format!(
                    "{}, last {OVERSELL_DAYS} days", things(figures.oversold_orders, "order", "orders")
                )))
                (figure("Listings drifting", &numbers::count(figures.drifting_listings as i64), &format!(
                    "{} above the alert line", numbers::count(figures.drift_alerts as i64)
                )))
                (figure("Buffers to change", &numbers::count(figures.buffers_to_change as i64), &format!(
                    "{} for a person to approve", numbers::count(figures.buffers_to_approve as i64)
                )))
                (figure("Money at risk", &figures.money_at_risk.map_or_else(
                    || numbers::UNKNOWN.to_owned(), |money| numbers::whole_money(money, night.currency)
                ), &format!("in {}", things(figures.alerts, "exception", "exceptions"))))
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

fn profit(night: &Night<'_>, figures: &Figures) -> Markup {
    let month = figures.month.as_deref().map_or_else(|| "no sales yet".to_owned(), numbers::month);
    let money = |value: Option<Money>| {
        value.map_or_else(|| numbers::UNKNOWN.to_owned(), |value| numbers::whole_money(value, night.currency))
    };
    let against = |now: Option<Money>, before: Option<Money>| {
        let change = now.zip(before).and_then(|(now, before)| share(now - before, before));
        change.map_or(String::new(), |change| {
            let sign = if change.millionths() > 0 { "+" } else { "" };
            format!(", {sign}{} on the month before", numbers::percent(change))
        })
    };
    let rate = match (figures.contribution, figures.contribution_rate()) {
        (Some(_), Some(rate)) => format!("{} of net sales", numbers::percent(rate)),
        (Some(_), None) => "no net sales".to_owned(),
        (None, _) => match figures.contribution_of_costed {
            Some(rest) if figures.units_without_cost > 0 => format!(
                "{} without a known cost; {} without them",
                things(figures.units_without_cost as usize, "unit", "units"),
                numbers::whole_money(rest, night.currency)
            ),
            _ => "some costs are missing".to_owned(),
        },
    };
    html! {
        (figure("Net sales", &money(figures.net_sales), &format!("{month}{}", against(figures.net_sales, figures.net_sales_before))))
        (figure("Contribution", &money(figures.contribution), &rate))
    }
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

/// The night in a sentence, the state of the books first.
fn verdict(night: &Night<'_>, figures: &Figures) -> Markup {
    let broken = night.checks.iter().filter(|check| check.offending_rows > 0).count();
    let books = match (night.checks.len(), broken) {
        (0, _) => html! {},
        (all, 0) => html! { (mark(Tone::Good, &format!("All {} hold.", things(all, "check", "checks")))) " " },
        (all, broken) => {
            let fails = if broken == 1 { "does" } else { "do" };
            html! { (mark(Tone::Bad, &format!("{broken} of {} {fails} not hold.", things(all, "check", "checks")))) " " }
        }
    };
    let people = match figures.alerts {
        0 if !left_out::is_any(night) => html! { "Nothing needs a person today." },
        0 => html! { "Nothing else needs a person today." },
        alerts => html! {
            a href="#morning" { (things(alerts, "exception needs", "exceptions need")) " a person" } " today."
        },
    };
    html! { (left_out::verdict(night)) (books) (people) (unjudged(night)) }
}

/// What was not read could not be judged; silence about it would sound like good news.
fn unjudged(night: &Night<'_>) -> Markup {
    const WATCHED: &[(&str, &str)] = &[
        ("channel_stock", "the channels' counts"),
        ("stock_movements", "movements of stock"),
        ("settlement_lines", "settlements"),
        ("sync_events", "sync events"),
        ("costs", "costs"),
    ];
    let unread: Vec<&str> =
        WATCHED.iter().filter(|(table, _)| is_unread(night, table)).map(|(_, words)| *words).collect();
    html! {
        @if !unread.is_empty() { " Not read, so not judged: " (unread.join(", ")) "." }
    }
}

//! Exceptions first: what is not known, then what needs a person, with what to do, who and by when.

use maud::{Markup, html};

use super::parts::{Tone, mark, nothing, prose};
use super::table::more;
use super::{accuracy, left_out, projection};
use crate::health::ExceptionKind;
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};

/// More stale sources than this are one entry: nothing else would fit.
const MANY_STALE: usize = 3;

/// What a rule's exceptions are called.
static TITLES: &[(&str, &str)] = &[
    ("unknown money", "Not known"),
    ("stale source", "Stale source"),
    ("oversell", "Oversold"),
    ("price breach", "Price outside its limits"),
    ("listing suspended", "Listing suspended"),
    ("losing money", "Unprofitable"),
    ("drift", "Stock mismatch"),
    ("sync latency", "Updates are late"),
    ("silent channel", "Channel is silent"),
    ("return rate changed", "Comes back at another rate"),
    ("channel share changed", "Sells on other channels"),
    ("override", "Override does nothing"),
    ("check", "Check failed"),
];

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let alerts = night.sheet("alerts");
    html! {
        @if alerts.is_empty() { (nothing(quiet(night))) } @else {
            @let shown: Vec<usize> = alerts.rows().filter(|row| !is_grouped(alerts, *row)).collect();
            ol.morning { @for row in shown.iter().take(night.morning_items) { (exception(night, alerts, *row)) } }
            (more(shown.len(), night.morning_items, "alerts"))
        }
        (forecast(night))
    }
}

/// The stale sources, where there are so many that one entry has to tell of all.
fn many_stale(alerts: Sheet<'_>) -> Vec<usize> {
    let stale: Vec<usize> =
        alerts.rows().filter(|row| alerts.text(*row, "rule") == ExceptionKind::StaleSource.word()).collect();
    if stale.len() > MANY_STALE { stale } else { Vec::new() }
}

/// True for a stale source that the entry of another tells of.
fn is_grouped(alerts: Sheet<'_>, row: usize) -> bool {
    many_stale(alerts).iter().skip(1).any(|stale| *stale == row)
}

/// One entry for many sources that stopped coming.
fn stale_sources(night: &Night<'_>, alerts: Sheet<'_>, rows: &[usize]) -> Markup {
    let names: Vec<&str> = rows.iter().map(|row| alerts.text(*row, "subject")).collect();
    html! {
        li {
            div.what {
                p.rule { (title(ExceptionKind::StaleSource.word())) span.subject { (numbers::things(rows.len(), "source", "sources")) } }
                p.hint { "What rests on these stands on old data: " (names.join(", ")) "." }
                div.facts { span { a href="#quality" { "newest record of each" } } (playbook(alerts.text(rows[0], "playbook"), false)) }
            }
            p.money { strong.none { "money unknown" } span { (alerts.text(rows[0], "owner")) } (due(night, alerts, rows[0])) }
        }
    }
}

fn title(rule: &str) -> &str {
    TITLES.iter().find(|(known, _)| *known == rule).map_or(rule, |(_, title)| title)
}

/// What to do, step by step. Of what is not known it stands open: it names what to type.
fn playbook(steps: &str, is_open: bool) -> Markup {
    html! { @if !steps.is_empty() {
        details open[is_open] {
            summary { "what to do" }
            ol { @for step in steps.split("; ") { li { (prose(step)) } } }
        }
    } }
}

/// What a list without exceptions means.
fn quiet(night: &Night<'_>) -> &'static str {
    match (left_out::is_any(night), needs::unmet(night, needs::WATCHED).is_empty()) {
        (true, _) => "Nothing needs a person this morning but what the top of the page names.",
        (false, true) => "Nothing needs a person this morning.",
        (false, false) => "Nothing was found that needs a person; the top of the page names what there is no data for.",
    }
}

/// How far the numbers that rest on the forecast can be trusted.
fn forecast(night: &Night<'_>) -> Markup {
    let (week, tested) = (projection::verdict_of_week(night), accuracy::beaten(night));
    html! {
        @if week.is_some() || tested.is_some() {
            p.finding { a href="#demand" { "Forecast" } ": "
                @if let Some(week) = &week { (week) "; " }
                @if let Some(tested) = &tested { (tested) } @else { "too young to be tested" }
                "."
            }
        }
    }
}

fn exception(night: &Night<'_>, alerts: Sheet<'_>, row: usize) -> Markup {
    let read = |column: &str| alerts.text(row, column);
    let stale = many_stale(alerts);
    if stale.first() == Some(&row) {
        return stale_sources(night, alerts, &stale);
    }
    html! {
        li {
            div.what {
                p.rule { (title(read("rule"))) span.subject { (read("subject")) } }
                @if !read("hint").is_empty() { p.hint { (prose(&in_money(alerts, row, read("hint")))) } }
                div.facts {
                    (measured(alerts, row))
                    @if let Some(day) = night.day(alerts.value(row, "since")) { span { "since " (numbers::short_day(day)) } }
                    (playbook(read("playbook"), read("rule") == ExceptionKind::UnknownMoney.word()))
                }
            }
            p.money {
                (at_stake(night, alerts, row))
                span { (read("owner")) }
                (due(night, alerts, row))
            }
        }
    }
}

/// The money that it is about. Of what is not known the value is that money, where it is in another currency.
fn at_stake(night: &Night<'_>, alerts: Sheet<'_>, row: usize) -> Markup {
    let foreign = || {
        let is_unknown = alerts.text(row, "rule") == ExceptionKind::UnknownMoney.word();
        let value = alerts.text(row, "value").parse().ok().filter(|_| is_unknown)?;
        Some(numbers::money(value, alerts.text(row, "currency").parse().ok()?))
    };
    let told = alerts.money(row, "money").map(|money| numbers::money(money, night.currency));
    match told.or_else(foreign) {
        Some(money) => html! { strong { (money) } },
        None => html! { strong.none { "money unknown" } },
    }
}

/// By when, and whether that was before the report's day was over.
fn due(night: &Night<'_>, alerts: Sheet<'_>, row: usize) -> Markup {
    match alerts.value(row, "due_at") {
        Value::Timestamp(due) if due.day_in(night.zone) <= night.as_of => {
            mark(Tone::Warn, &format!("was due {}", numbers::instant(due, night.zone)))
        }
        Value::Timestamp(due) => html! { span { "due " (numbers::instant(due, night.zone)) } },
        _ => html! {},
    }
}

/// What would have been fine, or what decides it; that it is better to lose nothing needs no saying.
fn limit(rule: &str, threshold: &str) -> Markup {
    html! {
        @if rule == ExceptionKind::UnknownMoney.word() { span { (prose(threshold)) } }
        @else if rule != ExceptionKind::LosingMoney.word() { span { "threshold " (threshold) } }
    }
}

fn measured(alerts: Sheet<'_>, row: usize) -> Markup {
    let read = |column: &str| match alerts.value(row, column) {
        Value::Unknown | Value::Text("") => None,
        Value::Text(text) => Some(in_money(alerts, row, text)),
        Value::Integer(value) => Some(numbers::count(value)),
        value => value.number().map(|value| {
            let text = numbers::decimal(value, 2);
            text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
        }),
    };
    // What is not known is told as the money at stake.
    let is_unknown = alerts.text(row, "rule") == ExceptionKind::UnknownMoney.word();
    html! {
        @if let Some(value) = read("value").filter(|_| !is_unknown) { span { (value) } }
        @if let Some(threshold) = read("threshold") { (limit(alerts.text(row, "rule"), &threshold)) }
    }
}

/// The text with its amounts in the exception's own currency, where it names any.
fn in_money(alerts: Sheet<'_>, row: usize, text: &str) -> String {
    match alerts.text(row, "currency").parse() {
        Ok(currency) => numbers::with_money(text, Some(currency)),
        Err(_) => match text.strip_prefix('-') {
            Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => format!("−{number}"),
            _ => numbers::with_money(text, None),
        },
    }
}

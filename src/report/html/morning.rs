//! Exceptions first: what needs a person, with what to do, who and by when.

use maud::{Markup, html};

use super::left_out;
use super::parts::{Tone, mark, nothing, prose};
use super::table::more;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};

/// How many exceptions fit one person's morning.
const FIRST: usize = 10;

/// What a rule's exceptions are called.
static TITLES: &[(&str, &str)] = &[
    ("oversell", "Oversold"),
    ("price breach", "Price outside its corridor"),
    ("listing suspended", "Listing suspended"),
    ("losing money", "Loses money"),
    ("drift", "Count differs"),
    ("sync latency", "Updates are late"),
    ("silent channel", "Channel is silent"),
    ("return rate changed", "Comes back at another rate"),
    ("channel share changed", "Sells on other channels"),
    ("check", "Check does not hold"),
];

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let alerts = night.sheet("alerts");
    if alerts.is_empty() {
        return nothing(match left_out::is_any(night) {
            false => "Nothing needs a person this morning.",
            true => "Nothing needs a person this morning but what the top of the page names.",
        });
    }
    let mut rows: Vec<usize> = alerts.rows().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(alerts.money(*row, "money")));
    html! {
        ol.morning { @for row in rows.iter().take(FIRST) { (exception(night, alerts, *row)) } }
        (more(rows.len(), FIRST, "alerts"))
    }
}

fn exception(night: &Night<'_>, alerts: Sheet<'_>, row: usize) -> Markup {
    let read = |column: &str| alerts.text(row, column);
    let rule = read("rule");
    let title = TITLES.iter().find(|(known, _)| *known == rule).map_or(rule, |(_, title)| title);
    html! {
        li {
            div.what {
                p.rule { (title) span.subject { (read("subject")) } }
                @if !read("hint").is_empty() { p.hint { (prose(&in_money(night, alerts, row, read("hint")))) } }
                div.facts {
                    (measured(night, alerts, row))
                    @if let Some(day) = night.day(alerts.value(row, "since")) { span { "since " (numbers::short_day(day)) } }
                    @if !read("playbook").is_empty() {
                        details {
                            summary { "what to do" }
                            ol { @for step in read("playbook").split("; ") { li { (prose(step)) } } }
                        }
                    }
                }
            }
            p.money {
                @match alerts.money(row, "money") {
                    Some(money) => strong { (numbers::money(money, night.currency)) },
                    None => strong.none { "money unknown" },
                }
                span { (read("owner")) }
                (due(night, alerts, row))
            }
        }
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

fn measured(night: &Night<'_>, alerts: Sheet<'_>, row: usize) -> Markup {
    let read = |column: &str| match alerts.value(row, column) {
        Value::Unknown => None,
        Value::Text(text) => Some(in_money(night, alerts, row, text)),
        Value::Integer(value) => Some(numbers::count(value)),
        value => value.number().map(|value| {
            let text = numbers::decimal(value, 2);
            text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
        }),
    };
    html! {
        @match (read("value"), read("threshold")) {
            (Some(value), Some(threshold)) => { span { (value) } span { "limit " (threshold) } },
            (Some(value), None) => span { (value) },
            _ => {},
        }
    }
}

/// The text with its amounts in the exception's own currency, where it names any.
fn in_money(night: &Night<'_>, alerts: Sheet<'_>, row: usize, text: &str) -> String {
    match alerts.text(row, "currency") {
        "" => match text.strip_prefix('-') {
            Some(number) if number.starts_with(|first: char| first.is_ascii_digit()) => format!("−{number}"),
            _ => text.to_owned(),
        },
        currency => numbers::with_money(text, currency.parse().unwrap_or(night.currency)),
    }
}

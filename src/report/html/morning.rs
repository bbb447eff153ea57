//! Exceptions first: what needs a person, with what to do, who and by when.

use maud::{Markup, html};

use super::parts::{nothing, prose};
use super::table::more;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};

/// How many exceptions fit one person's morning.
const FIRST: usize = 10;

/// What to do about a kind of exception.
struct Playbook {
    /// A word of the rules that it is for.
    rule: &'static str,
    title: &'static str,
    due: &'static str,
    owner: &'static str,
    steps: &'static [&'static str],
}

/// Playbooks for alerts that bring none of their own.
static PLAYBOOKS: &[Playbook] = &[
    Playbook {
        rule: "oversell",
        title: "Oversold",
        due: "within 1 hour",
        owner: "operations",
        steps: &[
            "Look for the unit in another pool or location.",
            "Expedite it, or cancel with an offer before the channel does.",
            "Find the cause in the evidence and note it.",
            "Raise the buffer of this listing until the cause is gone.",
        ],
    },
    Playbook {
        rule: "price",
        title: "Price breach",
        due: "within 4 hours",
        owner: "pricing",
        steps: &[
            "Correct the price.",
            "Keep the evidence of what was shown, and since when.",
            "Update the rules if the price was meant.",
        ],
    },
    Playbook {
        rule: "suspen",
        title: "Listing suspended",
        due: "within 24 hours",
        owner: "listings",
        steps: &[
            "Read the channel's reason.",
            "Look for the same issue on the other channels.",
            "Appeal with the evidence.",
            "Check what its stock does on the other channels meanwhile.",
        ],
    },
    Playbook {
        rule: "drift",
        title: "Count differs",
        due: "today",
        owner: "operations",
        steps: &[
            "Read the causes below.",
            "Send the count again.",
            "Count the shelf if the difference stays unexplained.",
        ],
    },
    Playbook {
        rule: "latency",
        title: "Sync is late",
        due: "today",
        owner: "integrations",
        steps: &[
            "See which failures the channel's events carry.",
            "Hold back more until updates are on time.",
            "Ask the sync service if all its channels are late.",
        ],
    },
    Playbook {
        rule: "silent",
        title: "Feed is silent",
        due: "within 1 hour",
        owner: "integrations",
        steps: &["Restart the feed.", "Freeze listings with little stock on this channel until it speaks."],
    },
    Playbook {
        rule: "losing",
        title: "Loses money",
        due: "this week",
        owner: "pricing",
        steps: &["See which cost tips it.", "Raise the price, cut that cost, or end the listing."],
    },
    Playbook {
        rule: "settlement",
        title: "Settlement does not add up",
        due: "this week",
        owner: "finance",
        steps: &["Compare the lines with the payout.", "Open a case with the channel for what is missing."],
    },
    Playbook { rule: "", title: "Look at it", due: "today", owner: "operations", steps: &[] },
];

impl Playbook {
    fn of(rule: &str) -> &'static Self {
        let fits = |playbook: &&Self| rule.contains(playbook.rule);
        PLAYBOOKS.iter().find(fits).expect("the last playbook fits every rule")
    }
}

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let alerts = night.sheet("alerts");
    if alerts.is_empty() {
        return nothing("Nothing needs a person this morning.");
    }
    let mut rows: Vec<usize> = alerts.rows().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(alerts.money(*row, "money")));
    html! {
        ol.morning { @for row in rows.iter().take(FIRST) { (exception(night, alerts, *row)) } }
        (more(rows.len(), FIRST, "alerts"))
    }
}

fn exception(night: &Night<'_>, alerts: Sheet<'_>, row: usize) -> Markup {
    let rule = alerts.text(row, "rule");
    let playbook = Playbook::of(rule);
    let or = |column: &str, default: &'static str| match alerts.text(row, column) {
        "" => default.to_owned(),
        own => own.to_owned(),
    };
    let own_steps = alerts.text(row, "playbook");
    html! {
        li {
            div.what {
                p.rule { (playbook.title) span.subject { (alerts.text(row, "subject")) } }
                @if !alerts.text(row, "hint").is_empty() { p.hint { (prose(alerts.text(row, "hint"))) } }
                div.facts {
                    (measured(alerts, row))
                    @if let Some(day) = alerts.day(row, "since") { span { "since " (numbers::short_day(day)) } }
                    span { "rule " code { (rule) } }
                    @if !own_steps.is_empty() || !playbook.steps.is_empty() {
                        details {
                            summary { "what to do" }
                            @if own_steps.is_empty() {
                                ol { @for step in playbook.steps { li { (step) } } }
                            } @else { p { (prose(own_steps)) } }
                        }
                    }
                }
            }
            p.money {
                @match alerts.money(row, "money") {
                    Some(money) => strong { (numbers::money(money, night.currency)) },
                    None => strong { (numbers::UNKNOWN) },
                }
                span { (or("owner", playbook.owner)) }
                span { (or("due", playbook.due)) }
            }
        }
    }
}

fn measured(alerts: Sheet<'_>, row: usize) -> Markup {
    let read = |column: &str| match alerts.value(row, column) {
        Value::Unknown => None,
        Value::Text(text) => Some(text.replacen('-', "−", usize::from(text.parse::<f64>().is_ok()))),
        Value::Integer(value) => Some(numbers::count(value)),
        value => value.number().map(|value| {
            let text = numbers::decimal(value, 2);
            text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
        }),
    };
    html! {
        @match (read("value"), read("threshold")) {
            (Some(value), Some(threshold)) => span { "value " (value) ", threshold " (threshold) },
            (Some(value), None) => span { "value " (value) },
            _ => {},
        }
    }
}

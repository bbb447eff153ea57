//! What each channel costs to run, and what other policies would have done.

use maud::{Markup, html};

use super::parts::heading;
use super::table::{Empty, Order, Show, Table, column};
use crate::report::needs;
use crate::report::night::Night;

static SCORECARD: Table = Table {
    sheet: "channel_scorecard",
    caption: "What each channel earns against what it costs to run",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("Contribution", "contribution", Show::Money),
        column("With known COGS", "contribution_of_costed", Show::Money),
        column("Oversells", "oversells", Show::Count),
        column("Units of drift", "drift_units", Show::Count),
        column("P95 latency", "latency_p95_s", Show::Seconds),
        column("Manual overrides", "interventions", Show::Count),
        column("Cost of errors", "error_cost", Show::Money),
        column("Verdict", "verdict", Show::Verdict),
        column("What is off", "issues", Show::Sentence),
    ],
    order: &[Order::Descending("contribution_of_costed")],
    first: 20,
    empty: Empty {
        judged: "No channel has sold anything yet.",
        unjudged: "No channel can be scored.",
        needs: &[&needs::ORDERS],
    },
};

static REPLAY: Table = Table {
    sheet: "replay",
    caption: "What each buffer policy would have done on the recorded orders",
    columns: &[
        column("Policy", "model", Show::Plain),
        column("Channel", "channel", Show::Plain),
        column("Oversold", "oversold_units", Show::Count),
        column("Lost sales", "lost_units", Show::Count),
        column("Hidden", "hidden_units", Show::Count),
        column("Stranded", "stranded_units", Show::Count),
        column("Cost of oversells", "oversell_cost", Show::Money),
        column("Lost margin", "lost_margin", Show::Money),
    ],
    order: &[],
    first: 30,
    empty: Empty {
        judged: "There is no recorded order to replay.",
        unjudged: "No policy can be replayed.",
        needs: &[&needs::ORDERS],
    },
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    html! {
        @if night.sheets.contains_key("channel_scorecard") {
            (heading("Channel scorecard", "Contribution less cost of errors, 90 days; drift is of now, latency of the last 30 days. Verdict: `loses money` below 0; `costly errors` where these cost a tenth of the contribution or more; `watch` with an oversell, or drift or P95 latency over the thresholds under `[alerts]`; else `healthy`, or `errors not judged` where no stock movement or channel count was read."))
            (SCORECARD.draw(night))
        }
        @if night.sheets.contains_key("replay") {
            (heading("Replay", "The recorded orders and lags against each policy: units sold that were not there, sales lost because units were hidden, units left on a channel that did not need them."))
            (REPLAY.draw(night))
        }
    }
}

//! What each channel costs to run, and what other policies would have done.

use maud::{Markup, html};

use super::parts::heading;
use super::table::{Order, Show, Table, column};
use crate::report::night::Night;

static SCORECARD: Table = Table {
    sheet: "channel_scorecard",
    caption: "What each channel earns against what it costs to run",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("Contribution", "contribution", Show::Money),
        column("Of SKUs with a cost", "contribution_of_costed", Show::Money),
        column("Oversells", "oversells", Show::Count),
        column("Units of drift", "drift_units", Show::Count),
        column("95 % of updates within", "latency_p95_s", Show::Seconds),
        column("Changes by hand", "interventions", Show::Count),
        column("Cost of errors", "error_cost", Show::Money),
        column("Verdict", "verdict", Show::Word),
    ],
    order: &[Order::Descending("contribution_of_costed")],
    first: 20,
    empty: "No channel has sold anything yet.",
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
    empty: "There is no recorded order to replay.",
};

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    html! {
        @if night.sheets.contains_key("channel_scorecard") {
            (heading("Scorecard", "How many channels can be run well: what a channel earned, and what its errors took back, in the last 90 days. Drift is of now, updates of the last 30 days."))
            (SCORECARD.draw(night))
        }
        @if night.sheets.contains_key("replay") {
            (heading("Replay", "The recorded orders and lags against each policy: units sold that were not there, sales lost because units were hidden, units left on a channel that did not need them."))
            (REPLAY.draw(night))
        }
    }
}

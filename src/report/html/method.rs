//! Which query makes which number.

use maud::{Markup, html};

use crate::report::night::Night;

/// A table of the page, how it comes about, and the queries it starts from.
static ORIGINS: &[(&str, &str, &str)] = &[
    (
        "pnl_by_channel",
        "Sums per day and line, allocated by largest remainder; converted at the day's rate.",
        "mart_pnl_daily",
    ),
    ("losing_skus", "The same by SKU, over 90 days.", "mart_pnl_daily"),
    ("settlements", "Payouts against the sum of their lines.", "mart_settlements"),
    (
        "drift",
        "The channel's newest count against what it was last told; causes in a fixed order, what is left is unexplained.",
        "mart_channel_stock",
    ),
    ("oversells", "Every order line against what its pool had when the order reached the book.", "fact_orders"),
    ("sync_latency", "Percentiles over 30 days of sync events.", "mart_sync_latency"),
    (
        "demand_daily",
        "Units wanted, cancelled for lack of stock included, bundles as their components; days without stock are marked.",
        "mart_demand_daily",
    ),
    ("forecast", "The model with the smallest error on the SKU's own past, as a distribution.", "mart_demand_daily"),
    (
        "buffers",
        "The smallest hold-back for which selling more within the channel's lag is rarer than its risk allows.",
        "mart_peak",
    ),
    (
        "replenishment",
        "Demand over the lead time at the service level, less what is there and coming.",
        "mart_demand_daily",
    ),
];

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let here: Vec<_> = ORIGINS.iter().filter(|(sheet, ..)| night.sheets.contains_key(*sheet)).collect();
    html! {
        @if !here.is_empty() {
            div.scroll tabindex="0" role="region" aria-label="Where numbers come from" {
                table {
                    thead { tr { th scope="col" { "Sheet" } th scope="col" { "How" } th scope="col" { "Starts from" } } }
                    tbody { @for (sheet, how, query) in here {
                        tr {
                            td.code { a href={ (sheet) ".csv" } { (sheet) ".csv" } }
                            td.sentence { (how) }
                            td.code { (query) }
                        }
                    } }
                }
            }
        }
        p.reading {
            "To see the rows behind a number, run " code { "trueup query NAME" } "; for one listing, "
            code { "trueup explain SKU --channel NAME" } ". Every row carries the file and line it was read from. "
            "A cell that says “unknown” is not zero: a cost, a lag or a count is missing."
        }
    }
}

//! Which query makes which number.

use maud::{Markup, html};

use crate::report::night::Night;

/// A table of the page, how it comes about, and the queries it starts from.
static ORIGINS: &[(&str, &str, &[&str])] = &[
    (
        "pnl_by_channel",
        "Sums by day and line, converted at the day's rate; what belongs to several SKUs is split by largest remainder; refunds without the buyer's tax.",
        &["mart_pnl_sales", "mart_pnl_charges", "mart_pnl_orders", "mart_cost_units", "mart_cost_prices"],
    ),
    ("losing_skus", "The same by SKU, over 90 days.", &["mart_pnl_sales", "mart_pnl_charges", "mart_cost_units"]),
    ("settlements", "Payouts against the sum of their lines.", &["mart_settlements"]),
    ("unmatched", "Orders without a settlement line and the other way round.", &["mart_unmatched"]),
    ("held", "Order lines that are no income: gift cards sold and used, donations, deposits, duties.", &["mart_held"]),
    (
        "unpaid_orders",
        "Orders in a state before payment, and until when the policy lets them hold stock.",
        &["fact_order_unpaid"],
    ),
    (
        "drift",
        "The channel's newest count against what it was last told; causes in a fixed order, what is left is unexplained.",
        &["mart_channel_stock", "fact_stock_events", "fact_stock_orders"],
    ),
    (
        "oversells",
        "Every order line against what its pool had when the order reached the book.",
        &["fact_stock_orders", "fact_movements", "fact_stock_counts"],
    ),
    ("stock_balance", "Opening and movements against the counts.", &["fact_movements", "fact_stock_counts"]),
    (
        "freshness",
        "The newest day with a record of each source against its usual gap between such days.",
        &["mart_source_days"],
    ),
    ("sync_latency", "Percentiles over 30 days of sync events.", &["fact_stock_events"]),
    (
        "unmapped_listings",
        "Numbers that no barcode, alias or SKU maps, with what they sold; what is close is suggested only.",
        &["mart_listing_unmapped"],
    ),
    ("price_breaches", "The newest price of a listing against its corridor.", &["mart_listing_prices"]),
    (
        "demand_daily",
        "Units wanted, cancelled for lack of stock included, bundles as their components; days without stock are marked.",
        &["mart_demand_daily", "mart_demand_stock", "fact_movements"],
    ),
    (
        "demand_credited",
        "Order lines that were credited whole within a day: they are in no demand and no forecast.",
        &["mart_demand_credited"],
    ),
    (
        "forecast",
        "The average of the models that did best on past days over many SKUs, as a distribution; of a listing that sold little, its few orders and what its like sell.",
        &["mart_demand_daily", "mart_demand_shown", "mart_demand_stock"],
    ),
    (
        "forecast_accuracy",
        "Forecasts made again from earlier days, against units wanted as they came in; days out of stock are left out.",
        &["mart_demand_daily", "mart_demand_stock"],
    ),
    (
        "forecast_check",
        "The forecast of a week ago against the week that came; what people changed by then is in it.",
        &["mart_demand_daily", "mart_demand_stock"],
    ),
    (
        "lost_sales",
        "The pace in stock times the days without stock, at most 28 days of one stock-out, at the product's price.",
        &["mart_demand_daily", "fact_movements", "fact_stock_counts"],
    ),
    (
        "demand_peaks",
        "Units ordered in windows as long as the channel's lag, over every second of 90 days.",
        &["fact_stock_orders", "fact_stock_events"],
    ),
    (
        "buffers",
        "The hold-back that the policy's model gives for what can sell within the channel's lag.",
        &["mart_demand_daily", "fact_stock_events"],
    ),
    (
        "replenishment",
        "Demand over the lead time at the service level, less what is there and coming.",
        &["mart_demand_daily", "fact_movements", "fact_stock_counts"],
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
                    tbody { @for (sheet, how, queries) in here {
                        tr {
                            td.code { a href={ (sheet) ".csv" } { (sheet) ".csv" } }
                            td.sentence { (how) }
                            td { @for query in *queries { code.query { (query) } } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_origin_is_a_query() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
        for query in ORIGINS.iter().flat_map(|(.., queries)| *queries) {
            assert!(folder.join(format!("{query}.sql")).is_file(), "{query}");
        }
    }
}

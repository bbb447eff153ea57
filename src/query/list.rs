//! The files of `queries/`, one line each; a test compares this list with the folder and writes it
//! anew when `TRUEUP_BLESS` is set.

pub(crate) static SOURCES: &[(&str, &str)] = &[
    ("fact_fees", include_str!("../../queries/fact_fees.sql")),
    ("fact_identifiers", include_str!("../../queries/fact_identifiers.sql")),
    ("fact_refunds", include_str!("../../queries/fact_refunds.sql")),
    ("fact_sales", include_str!("../../queries/fact_sales.sql")),
    ("fact_sales_orders", include_str!("../../queries/fact_sales_orders.sql")),
    ("fact_settle_orders", include_str!("../../queries/fact_settle_orders.sql")),
    ("fact_settle_totals", include_str!("../../queries/fact_settle_totals.sql")),
    ("mart_cost_prices", include_str!("../../queries/mart_cost_prices.sql")),
    ("mart_cost_receipts", include_str!("../../queries/mart_cost_receipts.sql")),
    ("mart_cost_units", include_str!("../../queries/mart_cost_units.sql")),
    ("mart_pnl_charges", include_str!("../../queries/mart_pnl_charges.sql")),
    ("mart_pnl_orders", include_str!("../../queries/mart_pnl_orders.sql")),
    ("mart_pnl_rates", include_str!("../../queries/mart_pnl_rates.sql")),
    ("mart_pnl_sales", include_str!("../../queries/mart_pnl_sales.sql")),
    ("mart_pnl_shares", include_str!("../../queries/mart_pnl_shares.sql")),
    ("mart_settlements", include_str!("../../queries/mart_settlements.sql")),
    ("mart_unmatched", include_str!("../../queries/mart_unmatched.sql")),
];

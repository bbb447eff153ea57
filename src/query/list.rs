//! The files of `queries/`, one line each; a test compares this list with the folder and writes it
//! anew when `TRUEUP_BLESS` is set.

pub(crate) static SOURCES: &[(&str, &str)] = &[
    ("fact_demand_daily", include_str!("../../queries/fact_demand_daily.sql")),
    ("fact_demand_stock", include_str!("../../queries/fact_demand_stock.sql")),
    ("fact_identifiers", include_str!("../../queries/fact_identifiers.sql")),
    ("mart_demand_daily", include_str!("../../queries/mart_demand_daily.sql")),
    ("mart_demand_on_hand", include_str!("../../queries/mart_demand_on_hand.sql")),
    ("mart_demand_stock", include_str!("../../queries/mart_demand_stock.sql")),
];

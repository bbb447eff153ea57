//! What must have been read for a figure to be judged? Where it was not, an empty table is no good
//! news and a count of nothing is unknown.

use super::night::Night;
use super::sheet::Value;
use crate::types::Money;

/// One thing that a figure rests on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    found: Found,
    /// The source whose freshness decides whether it still says anything.
    source: Option<&'static str>,
    /// Its name, as a reader knows it.
    what: &'static str,
    /// Which export brings it.
    pub(crate) export: &'static str,
}

/// What shows that it is there.
#[derive(Clone, Copy, Debug)]
enum Found {
    /// Rows in a table of the lake.
    Table(&'static str),
    /// A value in a column of a sheet; an amount of nothing is none.
    Value(&'static str, &'static str),
}

const fn table(name: &'static str, what: &'static str, export: &'static str) -> Need {
    Need { found: Found::Table(name), source: None, what, export }
}

const fn value(sheet: &'static str, column: &'static str, what: &'static str, export: &'static str) -> Need {
    Need { found: Found::Value(sheet, column), source: None, what, export }
}

const fn fresh(need: Need, source: &'static str) -> Need {
    Need { source: Some(source), ..need }
}

pub(crate) static ORDERS: Need = fresh(table("order_lines", "orders", "the channels' order exports"), "orders");
pub(crate) static SETTLEMENTS: Need =
    fresh(table("settlement_lines", "settlements", "the channels' settlement reports"), "settlements");
pub(crate) static CHANNEL_COUNTS: Need =
    fresh(table("channel_stock", "channel counts", "the channels' inventory exports"), "channel counts");
pub(crate) static MOVEMENTS: Need =
    fresh(table("stock_movements", "stock movements", "`truth/stock_movements.csv`"), "stock movements");
pub(crate) static SYNC_EVENTS: Need =
    fresh(table("sync_events", "sync events", "`truth/sync_events.csv`"), "sync updates");
pub(crate) static STOCK: Need = fresh(value("stock", "on_hand", "stock counts", "`truth/stock.csv`"), "stock counts");
pub(crate) static COSTS: Need = value("pnl_by_sku", "cost_of_goods", "unit costs", "`truth/costs.csv`");
pub(crate) static LISTED_PRICES: Need = table("listings", "listings", "the channels' listing exports");
pub(crate) static PRICES: Need = table("products", "products with their prices", "`truth/products.csv`");
pub(crate) static PLANS: Need = table("promotions", "promotions", "`truth/promotions.csv`");

/// What the page names where it is missing, each with what it makes unknown.
pub(crate) static WATCHED: &[&Need] =
    &[&ORDERS, &CHANNEL_COUNTS, &STOCK, &MOVEMENTS, &SETTLEMENTS, &SYNC_EVENTS, &COSTS];

/// Tables of the lake that a check may lack, as a reader knows them.
static TABLES: &[(&str, &str)] = &[
    ("order_lines", "orders"),
    ("refund_lines", "refunds"),
    ("settlement_lines", "settlements"),
    ("settlements", "settlement totals"),
    ("channel_stock", "channel counts"),
    ("stock", "stock counts"),
    ("stock_movements", "stock movements"),
    ("sync_events", "sync events"),
    ("overrides", "manual overrides"),
];

impl Need {
    /// True where it was read and still comes.
    pub(crate) fn is_met(&self, night: &Night<'_>) -> bool {
        self.was_read(night) && !self.is_stale(night)
    }

    /// Its name: `stock counts`, or `newer stock counts` where those that were read say nothing any more.
    pub(crate) fn name(&self, night: &Night<'_>) -> String {
        if self.was_read(night) { format!("newer {}", self.what) } else { self.what.to_owned() }
    }

    fn was_read(&self, night: &Night<'_>) -> bool {
        match self.found {
            Found::Table(name) => !night.run.lake_rows.iter().any(|(table, rows)| table == name && *rows == 0),
            Found::Value(sheet, column) => {
                let sheet = night.sheet(sheet);
                sheet.rows().any(|row| !matches!(sheet.value(row, column), Value::Unknown | Value::Money(Money::ZERO)))
            }
        }
    }

    /// True where the source is stale on every channel that has it.
    fn is_stale(&self, night: &Night<'_>) -> bool {
        let sheet = night.sheet("freshness");
        let mut rows = sheet.rows().filter(|row| Some(sheet.text(*row, "source")) == self.source).peekable();
        rows.peek().is_some() && rows.all(|row| sheet.is_set(row, "stale"))
    }
}

/// Those of several that were not read, or long ago.
pub(crate) fn unmet<'a>(night: &Night<'_>, needs: &[&'a Need]) -> Vec<&'a Need> {
    needs.iter().copied().filter(|need| !need.is_met(night)).collect()
}

/// `stock counts, unit costs`.
pub(crate) fn names(night: &Night<'_>, needs: &[&Need]) -> String {
    needs.iter().map(|need| need.name(night)).collect::<Vec<_>>().join(", ")
}

/// A table of the lake, as a reader knows it.
pub(crate) fn table_name(table: &str) -> String {
    TABLES
        .iter()
        .find(|(name, _)| *name == table)
        .map_or_else(|| table.replace('_', " "), |(_, words)| (*words).to_owned())
}

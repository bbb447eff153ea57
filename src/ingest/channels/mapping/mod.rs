//! What the user describes under `[mapping.NAME]`, checked before a file is read with it.

mod checks;
mod fields;

use super::plain::{filled_in, layout};
use crate::config::{Mapping, Settings};
use crate::error::{Diagnostic, Result};
use crate::ingest::export::{Layout, Owner, Part, Rules, TaxedTotal};
use crate::ingest::price_words;
use crate::ingest::shape::ByRow;
use crate::lake::Table;
pub(crate) use checks::words_of;

/// What the lines of an order come to, beside the total that each of them may state.
const TAXED_TOTAL: TaxedTotal = TaxedTotal {
    total: "order_total",
    parts: &[
        Part::PlusOrProduct("gross", ["unit_price", "quantity"]),
        Part::Minus("discount"),
        Part::Plus("shipping_charged"),
    ],
    tax: "tax",
};

/// The layouts of `[mapping.NAME]`.
///
/// # Errors
/// Where one fills a table or a column that does not exist, leaves out what every row must have, or
/// writes words that the lake does not know.
pub(crate) fn mappings(settings: &Settings) -> Result<Vec<Layout>> {
    settings.mappings.iter().map(|mapping| mapped(mapping, settings)).collect()
}

fn mapped(mapping: &Mapping, settings: &Settings) -> Result<Layout> {
    let wrong = |message| wrong(mapping, settings, message);
    let table = Table::named(&mapping.table)
        .ok_or_else(|| wrong(format!("`[mapping.{}]` fills `{}`, which is no table", mapping.name, mapping.table)))?;
    checks::check(mapping, table, settings)?;
    let named = fields::naming_orders_line(mapping, &settings.mappings);
    let counted_anew = fields::counted_anew(mapping, &settings.mappings).map(str::to_owned);
    let mut layout = layout(format!("mapping.{}", mapping.name), table, fields::fields(&named, table));
    layout.owner = mapping.channel.clone().map_or(Owner::Rows, Owner::Named);
    if table.name != "order_lines" {
        layout.shape = |_| Box::new(ByRow(filled_in));
    }
    layout.exact = false;
    layout.style.decimal = mapping.decimal;
    layout.style.encoding = mapping.encoding;
    layout.dates = mapping.date_order;
    layout.zone = mapping.time_zone;
    layout.style.refuses_undecided_dates = true;
    layout.style.taxed_total = (table.name == "order_lines").then_some(TAXED_TOTAL);
    layout.rules = Rules {
        negative_is_refunded: mapping.negative_is_refunded,
        state_tells_refund: table.name == "order_lines",
        not_articles: mapping.not_articles.clone(),
        prices_hold_tax: mapping.prices_hold_tax,
        counted_anew,
        headers_hold_tax: headers_hold_tax(&layout),
        amounts: mapping.amounts.clone(),
    };
    Ok(layout)
}

/// What the headers of the prices say of their tax.
fn headers_hold_tax(layout: &Layout) -> Option<bool> {
    let prices = layout.fields.iter().filter(|field| matches!(field.name.as_str(), "unit_price" | "gross" | "amount"));
    price_words::agreed(prices.map(|field| field.written.as_str()))
}

fn wrong(mapping: &Mapping, settings: &Settings, message: String) -> Diagnostic {
    Diagnostic::error("mapping", message).at_line(&settings.file, mapping.line)
}

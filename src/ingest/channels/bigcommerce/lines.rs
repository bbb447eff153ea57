//! The lines of an order, which are packed into one cell.

use crate::ingest::cell::Locale;
use crate::ingest::cell::Reader::{self, Count, Identifier, Money, Prose};
use crate::ingest::shape::Complaint;
use crate::lake::Cell;
use crate::types::Money as Amount;

/// A line of an order.
pub(super) struct Line {
    pub(super) sku: Cell,
    pub(super) product: Cell,
    pub(super) title: Cell,
    pub(super) quantity: i64,
    pub(super) price: Amount,
    pub(super) total: Amount,
}

impl Line {
    /// What the shop knows its article by.
    pub(super) fn article(&self) -> &str {
        match (&self.sku, &self.product) {
            (Cell::Text(text), _) | (_, Cell::Text(text)) => text,
            _ => "line",
        }
    }

    /// Whether it sold a gift certificate, which is no product of the catalogue.
    pub(super) fn is_gift_certificate(&self) -> bool {
        let of_catalogue = matches!(&self.product, Cell::Text(id) if *id != "0");
        let named = matches!(&self.title, Cell::Text(title) if title.to_lowercase().contains("gift certificate"));
        named && !of_catalogue
    }
}

/// Labels of the packed cell. Names hold commas, so that only a known label ends a value.
const LABELS: &[&str] = &[
    "Product ID",
    "Product Qty",
    "Product SKU",
    "Product Name",
    "Product Weight",
    "Product Variation Details",
    "Product Unit Price",
    "Product Total Price",
];

pub(super) fn articles(packed: &str) -> Vec<&str> {
    let starts: Vec<usize> = packed.match_indices("Product ID:").map(|(start, _)| start).collect();
    let ends = starts.iter().skip(1).copied().chain([packed.len()]);
    starts.iter().zip(ends).map(|(start, end)| packed[*start..end].trim_end_matches(['|', ' ', ','])).collect()
}

fn value<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let start = text.find(&format!("{label}:"))? + label.len() + 1;
    let rest = &text[start..];
    let end = LABELS.iter().filter_map(|label| rest.find(&format!(", {label}:"))).min().unwrap_or(rest.len());
    Some(rest[..end].trim())
}

pub(super) fn line(text: &str, locale: &Locale) -> Result<Line, Complaint> {
    let cell = |label: &str, reader: Reader| {
        let read = reader.read(value(text, label).unwrap_or_default(), locale);
        let read = read.map(Cell::from);
        read.map_err(|flaw| Complaint::new("products", flaw.code, format!("`{label}` is {}", flaw.reason)))
    };
    let money = |label: &str| match cell(label, Money)? {
        Cell::Money(amount) => Ok(amount),
        _ => Err(Complaint::new("products", "missing_value", format!("a line without `{label}`"))),
    };
    let (price, total) = (money("Product Unit Price")?, money("Product Total Price")?);
    let quantity = match cell("Product Qty", Count)? {
        Cell::Integer(units) => units,
        _ => units(price, total)
            .ok_or_else(|| Complaint::new("products", "missing_value", "a line without `Product Qty`"))?,
    };
    Ok(Line {
        sku: cell("Product SKU", Identifier)?,
        product: cell("Product ID", Identifier)?,
        title: cell("Product Name", Prose)?,
        quantity,
        price,
        total,
    })
}

/// How many units a total is, where the price divides it.
fn units(price: Amount, total: Amount) -> Option<i64> {
    let (price, total) = (price.ten_thousandths(), total.ten_thousandths());
    (price > 0 && total > 0 && total % price == 0).then(|| total / price)
}

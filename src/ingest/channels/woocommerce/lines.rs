//! A line of an order, from a row of its own or from a cell that holds all of them.

use super::items::by_pipe;
use crate::ingest::cell::Locale;
use crate::ingest::cell::Reader::{self, Count, Identifier, Money, Prose};
use crate::ingest::shape::{Complaint, View};
use crate::lake::Cell;
use crate::types::Money as Amount;

/// A line of an order.
pub(super) struct Line {
    pub(super) item: String,
    pub(super) sku: Cell,
    pub(super) title: Cell,
    pub(super) quantity: i64,
    /// Of all units, before coupons and after.
    pub(super) subtotal: Amount,
    pub(super) total: Amount,
    pub(super) tax: Option<Amount>,
    /// What went back of it so far, without tax.
    pub(super) refunded: Amount,
    pub(super) refunded_units: i64,
}

impl Line {
    /// The line of a file with a row for each.
    pub(super) fn of_row(view: &View<'_>) -> Self {
        Self {
            item: view.text("item").unwrap_or_default().to_owned(),
            sku: view.cell("sku"),
            title: view.cell("title"),
            quantity: view.count("quantity").unwrap_or_default(),
            subtotal: view.money("subtotal").unwrap_or_default(),
            total: view.money("total").unwrap_or_default(),
            tax: view.money("tax"),
            refunded: view.money("refunded").unwrap_or_default(),
            refunded_units: view.count("refunded_units").unwrap_or_default(),
        }
    }

    /// The lines that are packed into one cell.
    pub(super) fn of_cell(packed: &str, locale: &Locale) -> Result<Vec<Self>, Complaint> {
        by_pipe(packed).iter().map(|pairs| unpacked(pairs, locale)).collect()
    }

    /// Whether anything of it went back.
    pub(super) fn came_back(&self) -> bool {
        self.refunded_units != 0 || !self.refunded.is_zero()
    }

    /// What the shop knows its article by; without a SKU that is its title.
    pub(super) fn article(&self) -> Cell {
        if self.sku == Cell::Null { self.title.clone() } else { self.sku.clone() }
    }
}

fn unpacked(pairs: &[(String, String)], locale: &Locale) -> Result<Line, Complaint> {
    let cell = |key: &str, reader: Reader| -> Result<Cell, Complaint> {
        let Some((_, text)) = pairs.iter().find(|(known, _)| known == key) else { return Ok(Cell::Null) };
        let read = reader.read(text, locale).map(Cell::from);
        read.map_err(|flaw| Complaint::new("line_items", flaw.code, format!("`{key}` is {}", flaw.reason)))
    };
    let money =
        |key: &str| cell(key, Money).map(|cell| if let Cell::Money(amount) = cell { Some(amount) } else { None });
    let count =
        |key: &str| cell(key, Count).map(|cell| if let Cell::Integer(count) = cell { Some(count) } else { None });
    let known = |key: &str| Complaint::new("line_items", "missing_value", format!("a line without `{key}`"));
    let item = pairs.iter().find(|(key, _)| key == "id").map(|(_, id)| id.clone());
    let total = money("total")?.ok_or_else(|| known("total"))?;
    Ok(Line {
        item: item.ok_or_else(|| known("id"))?,
        sku: cell("sku", Identifier)?,
        title: cell("name", Prose)?,
        quantity: count("quantity")?.ok_or_else(|| known("quantity"))?,
        subtotal: money("subtotal")?.unwrap_or(total),
        total,
        tax: money("total_tax")?,
        refunded: money("refunded")?.unwrap_or_default(),
        refunded_units: count("refunded_qty")?.unwrap_or_default(),
    })
}

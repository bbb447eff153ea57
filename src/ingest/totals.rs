//! What does a document say an order comes to? Its own total, which the order's lines are held
//! against on every run.

use super::export::Layout;
use super::shape::{Draft, Verdict, View, draft};
use crate::lake::{Cell, TABLES, column_place, table_place};
use crate::types::Money;

/// A total that an export states of every order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    pub(crate) field: &'static str,
    /// What it holds: one of [`crate::lake::ORDER_TOTALS`].
    pub(crate) of: &'static str,
}

impl Total {
    /// All that the buyer is to pay: goods less discounts, shipping, tax and whatever else.
    pub(crate) const fn all(field: &'static str) -> Self {
        Self { field, of: "all" }
    }

    /// The same before tax.
    pub(crate) const fn without_tax(field: &'static str) -> Self {
        Self { field, of: "without_tax" }
    }

    /// The goods less their discounts, before tax.
    pub(crate) const fn goods(field: &'static str) -> Self {
        Self { field, of: "goods" }
    }
}

const LINES: usize = table_place("order_lines");
const ORDER_ID: usize = column_place(LINES, "order_id");

/// Adds to the rows of each order the total that the export states of it, once: the first of the
/// layout's totals that a record of the order gives.
pub(super) fn add_totals(layout: &Layout, views: &[View<'_>], verdicts: &mut [Verdict]) {
    if layout.totals.is_empty() {
        return;
    }
    let mut told = Cell::Null;
    for (view, verdict) in views.iter().zip(verdicts) {
        let Some(line) = verdict.drafts().iter().find(|draft| std::ptr::eq(draft.table, &TABLES[LINES])) else {
            continue;
        };
        let stated = layout.totals.iter().find_map(|(place, of)| Some((view.money(*place)?, *of)));
        if let Some((total, of)) = stated.filter(|_| line.cells[ORDER_ID] != told) {
            told = line.cells[ORDER_ID].clone();
            let order = order(view, line, total, of);
            verdict.add(order);
        }
    }
}

fn order(view: &View<'_>, line: &Draft, total: Money, of: &'static str) -> Draft {
    let same = |column: usize| line.cells[column].clone();
    draft!(
        "orders",
        "channel": same(const { column_place(LINES, "channel") }),
        "order_id": same(ORDER_ID),
        "ordered_at": same(const { column_place(LINES, "ordered_at") }),
        "updated_at": same(const { column_place(LINES, "updated_at") }),
        "exported_at": same(const { column_place(LINES, "exported_at") }),
        "total": total,
        "total_of": Cell::word(of),
        "currency": same(const { column_place(LINES, "currency") }),
        "payment_method": view.cell("payment_method"),
    )
}

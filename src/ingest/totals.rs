//! What does a document say of an order as a whole? What it comes to, which the order's lines are held
//! against on every run, and what of it went back so far.

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

/// The field of plain lists with all that went back of the order so far, the buyer's tax with it.
pub(crate) const REFUNDED: &str = "order_refunded";

/// Adds to the rows of each order the total that the export states of it, once: the first of the
/// layout's totals that a record of the order gives; and likewise what went back.
pub(super) fn add_totals(layout: &Layout, views: &[View<'_>], verdicts: &mut [Verdict]) {
    let tells_refunds = layout.field(REFUNDED).is_some();
    if layout.totals.is_empty() && !tells_refunds {
        return;
    }
    let (mut told, mut refunded) = (Cell::Null, Cell::Null);
    for (view, verdict) in views.iter().zip(verdicts) {
        let Some(line) = verdict.drafts().iter().find(|draft| std::ptr::eq(draft.table, &TABLES[LINES])) else {
            continue;
        };
        let (order_id, back) = (line.cells[ORDER_ID].clone(), view.money(REFUNDED).filter(|back| !back.is_zero()));
        let back = back.filter(|_| order_id != refunded).map(|amount| refund_so_far(line, amount));
        let total = layout.totals.iter().find_map(|(place, of)| Some((view.money(*place)?, *of)));
        let total = total.filter(|_| order_id != told).map(|(total, of)| stated(view, line, total, of));
        if let Some(total) = total {
            told = order_id.clone();
            verdict.add(total);
        }
        if view.is_known(REFUNDED) {
            // It says what the states of the lines say too.
            verdict.retain(|draft| *draft.get("cumulative") != Cell::Flag(true));
        }
        if let Some(back) = back {
            refunded = order_id;
            verdict.add(back);
        }
    }
}

/// What the document of this record says its order comes to; `line` is one of the order's lines. A layout
/// whose total must be worked out adds it itself.
pub(crate) fn stated(view: &View<'_>, line: &Draft, total: Money, of: &'static str) -> Draft {
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

/// All that went back of the order of a line so far, the buyer's tax with it. Its document dates neither
/// the refund nor its articles: it stands on the order's own day, so that a second download says the same.
pub(crate) fn refund_so_far(line: &Draft, amount: Money) -> Draft {
    let same = |column: usize| line.cells[column].clone();
    draft!(
        "refund_lines",
        "channel": same(const { column_place(LINES, "channel") }),
        "refund_id": same(ORDER_ID),
        "line_id": Cell::word("order"),
        "order_id": same(ORDER_ID),
        "refunded_at": same(const { column_place(LINES, "ordered_at") }),
        "exported_at": same(const { column_place(LINES, "exported_at") }),
        "amount": amount.abs(),
        "currency": same(const { column_place(LINES, "currency") }),
        "disposition": Cell::word("unknown"),
        "tax_included": true,
        "cumulative": true,
    )
}

//! The ledger's tables.

use super::book::Ledger;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};

const fn need(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

const OVERSELLS: &[Column] = &[
    need("channel", Kind::Text),
    need("order_id", Kind::Text),
    need("line_id", Kind::Text),
    need("sku", Kind::Text),
    need("ordered_at", Kind::Timestamp),
    need("units", Kind::Integer),
    may("listed_then", Kind::Integer),
    need("available_then", Kind::Integer),
    need("cause", Kind::Text),
    may("smallest_holdback", Kind::Integer),
    need("location", Kind::Text),
    may("late_seconds", Kind::Integer),
    need("evidence", Kind::Text),
];

const BALANCE: &[Column] = &[
    need("sku", Kind::Text),
    need("location", Kind::Text),
    need("opening_at", Kind::Timestamp),
    need("opening", Kind::Integer),
    need("receipts", Kind::Integer),
    need("shipments", Kind::Integer),
    need("returns", Kind::Integer),
    need("adjustments", Kind::Integer),
    need("damage", Kind::Integer),
    need("transfers", Kind::Integer),
    need("expected", Kind::Integer),
    need("closing_at", Kind::Timestamp),
    need("closing", Kind::Integer),
    need("missing", Kind::Integer),
    need("breaks", Kind::Integer),
    may("first_break_at", Kind::Timestamp),
];

const STOCK: &[Column] = &[
    need("sku", Kind::Text),
    need("location", Kind::Text),
    need("on_hand", Kind::Integer),
    need("reserved", Kind::Integer),
    need("damaged", Kind::Integer),
    need("quality_hold", Kind::Integer),
    need("inbound", Kind::Integer),
    need("available", Kind::Integer),
];

/// `oversells.csv`: one row per order line that had no unit, by channel, order and line.
pub fn oversells_sheet(ledger: &Ledger) -> Rows {
    let mut rows = RowsBuilder::new("oversells", OVERSELLS.iter().copied());
    for oversell in ledger.oversells() {
        rows.push([
            Cell::from(&oversell.channel),
            oversell.order_id.as_str().into(),
            oversell.line_id.as_str().into(),
            (&oversell.sku).into(),
            oversell.ordered_at.into(),
            oversell.units.into(),
            oversell.listed_then.into(),
            oversell.available_then.into(),
            oversell.cause.word().into(),
            oversell.smallest_holdback.into(),
            oversell.location.as_str().into(),
            oversell.late_seconds.into(),
            oversell.evidence.as_str().into(),
        ]);
    }
    rows.finish()
}

/// `stock_balance.csv`: opening + receipts − shipments + returns ± everything else against the
/// last count, one row per SKU and location that was ever counted.
pub fn balance_sheet(ledger: &Ledger) -> Rows {
    let mut rows = RowsBuilder::new("stock_balance", BALANCE.iter().copied());
    for (sku, location, account) in ledger.accounts() {
        let Some(balance) = &account.balance else { continue };
        rows.push([
            Cell::from(sku),
            location.into(),
            balance.opening_at.into(),
            balance.opening.into(),
            balance.receipts.into(),
            balance.shipments.into(),
            balance.returns.into(),
            balance.adjustments.into(),
            balance.damage.into(),
            balance.transfers.into(),
            balance.expected().into(),
            balance.closing_at.into(),
            balance.closing.into(),
            balance.missing().into(),
            (account.breaks.len() as i64).into(),
            account.breaks.first().map(|first| first.at).into(),
        ]);
    }
    rows.finish()
}

/// `stock.csv`: the newest counts by state, one row per SKU and location that was ever counted.
pub fn stock_sheet(ledger: &Ledger) -> Rows {
    let mut rows = RowsBuilder::new("stock", STOCK.iter().copied());
    for (sku, location, account) in ledger.accounts() {
        let Some(counts) = account.latest else { continue };
        rows.push([
            Cell::from(sku),
            location.into(),
            counts.on_hand.into(),
            counts.reserved.into(),
            counts.damaged.into(),
            counts.quality_hold.into(),
            counts.inbound.into(),
            counts.available().into(),
        ]);
    }
    rows.finish()
}

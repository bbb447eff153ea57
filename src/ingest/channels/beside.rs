//! What of an order stands on none of its lines? Amounts of the order as a whole become lines of their
//! own or parts of its lines.

use crate::ingest::shape::Draft;
use crate::lake::Cell;
use crate::types::Money;

/// An amount of the whole order, shared out over its goods by what each is worth.
pub(super) struct Shared(Option<Vec<Money>>);

impl Shared {
    pub(super) fn of(amount: Option<Money>, worth: &[i64]) -> Self {
        Self(amount.map(|amount| amount.split(worth)))
    }

    /// The part of the goods at this place; none where the order does not tell the amount.
    pub(super) fn at(&self, index: usize) -> Option<Money> {
        self.0.as_ref().map(|parts| parts[index])
    }
}

/// What an amount weighs when another is shared out by it.
pub(super) fn weight(amount: Money) -> i64 {
    amount.ten_thousandths().max(0)
}

/// The sum of two amounts of which either may be unknown.
pub(super) fn sum(one: Option<Money>, other: Option<Money>) -> Option<Money> {
    match (one, other) {
        (None, None) => None,
        (one, other) => Some(one.unwrap_or_default() + other.unwrap_or_default()),
    }
}

/// What every line of an order has in common.
const OF_ORDER: &[&str] = &[
    "channel",
    "order_id",
    "ordered_at",
    "updated_at",
    "exported_at",
    "currency",
    "currency_assumed",
    "status",
    "fulfilment",
    "location",
    "country",
];

/// A line that is no article, beside one of its order's goods. An order has one of each kind.
pub(super) fn line(goods: &Draft, kind: &str, amount: Money, tax: Option<Money>) -> Draft {
    let same = |line: Draft, column: &&str| line.set(column, goods.get(column).clone());
    OF_ORDER
        .iter()
        .fold(Draft::new("order_lines"), same)
        .set("line_id", kind)
        .set("kind", kind)
        .set("quantity", 1)
        .set("unit_price", amount)
        .set("gross", amount)
        .set("tax", tax)
}

/// What the seller kept of an order that was cancelled after it was paid, where less went back than
/// it came to. Its part of the order's tax is not the seller's.
pub(super) fn kept(goods: &Draft, total: Money, tax: Money, refunded: Money) -> Option<Draft> {
    let kept = total - refunded.abs();
    let is_cancelled = *goods.get("status") == Cell::word("cancelled");
    if !is_cancelled || refunded.is_zero() || kept <= Money::ZERO {
        return None;
    }
    let parts = kept.split(&[weight(total - tax), weight(tax)]);
    Some(line(goods, "kept", parts[0], Some(parts[1])).set("status", "completed"))
}

//! What is a line of an order, where its file does not say? An article, or one that was given away.

use super::shape::Draft;
use crate::lake::{Cell, column_place, table_place};
use crate::types::Money;

const LINES: usize = table_place("order_lines");
const KIND: usize = column_place(LINES, "kind");
const QUANTITY: usize = column_place(LINES, "quantity");
const GROSS: usize = column_place(LINES, "gross");
const DISCOUNT: usize = column_place(LINES, "discount");
const UNIT_PRICE: usize = column_place(LINES, "unit_price");

/// Fills in the kind of an order line that has none. Where its price is known and the buyer pays
/// nothing of it, it is a gift: a replacement, a sample, a line discounted whole.
pub(super) fn fill_in(line: &mut Draft) {
    if line.cells[KIND].is_null() {
        line.cells[KIND] = Cell::word(if is_given_away(line) { "giveaway" } else { "article" });
    }
}

fn is_given_away(line: &Draft) -> bool {
    let money = |column: usize| match line.cells[column] {
        Cell::Money(amount) => Some(amount),
        _ => None,
    };
    let units = matches!(line.cells[QUANTITY], Cell::Integer(units) if units > 0);
    let price = money(GROSS).or(money(UNIT_PRICE).filter(|price| price.is_zero()));
    units && price.is_some_and(|price| price <= money(DISCOUNT).unwrap_or(Money::ZERO))
}

//! What of an order's refunds went back for its cancelled lines? Those were never sold, so it takes
//! nothing off the sale.
//!
//! What came back for them is returned first:
//!
//! ```text
//! of the sale = max(0, refunded so far − worth of the cancelled lines)
//! ```
//!
//! where a refund that names a cancelled line's article is a part of that worth already, and one that names
//! an article that was sold alone is none.
//!
//! Example: of an order of 60.00 and of a line over 40.00 that was cancelled, 45.00 went back. The sale
//! gave up 5.00. Had only 15.00 gone back, it would count as the cancelled line's, and a warning says so.

use std::collections::BTreeMap;

use super::input::{RefundRow, RefundSource, Refunded};
use super::refunds::{SAME_MONEY, refunds};
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Money};

/// What each refund of one order and source gave back of what was sold, in the order of the days.
pub(super) fn of_sale(refunds: &[&RefundRow]) -> Vec<Money> {
    let named = refunds.iter().filter(|refund| refund.names == Refunded::Cancelled);
    let nameless = (worth(refunds) - named.map(|refund| refund.amount).sum()).max(Money::ZERO);
    let mut so_far = Money::ZERO;
    let parts = refunds.iter().map(|refund| match refund.names {
        Refunded::Sold => refund.amount,
        Refunded::Cancelled => Money::ZERO,
        Refunded::Either => {
            let before = beyond(so_far, nameless);
            so_far += refund.amount;
            beyond(so_far, nameless) - before
        }
    });
    parts.collect()
}

fn beyond(refunded: Money, worth: Money) -> Money {
    if refunded.is_negative() { refunded } else { (refunded - worth).max(Money::ZERO) }
}

/// What the order's cancelled lines would have come to, with tax where these refunds hold it.
fn worth(refunds: &[&RefundRow]) -> Money {
    let Some(order) = refunds.first() else { return Money::ZERO };
    let tax = order.cancelled_tax.filter(|_| refunds.iter().any(|refund| refund.tax_included));
    order.cancelled_goods.unwrap_or_default() + tax.unwrap_or_default()
}

/// One warning per channel and currency with what was taken for the cancelled lines' though nothing tells.
pub(super) fn warnings(rows: &[RefundRow]) -> Vec<Diagnostic> {
    let mut orders: BTreeMap<(&Channel, &str), Vec<&RefundRow>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.order_id.is_empty()) {
        orders.entry((&row.channel, &row.order_id)).or_default().push(row);
    }
    let mut open: BTreeMap<(&Channel, Currency), Money> = BTreeMap::new();
    for ((channel, _), rows) in orders.iter().filter(|(_, rows)| is_open(rows)) {
        let taken: Vec<RefundRow> = rows.iter().map(|row| (*row).clone()).collect();
        let other = taken.iter().map(|row| RefundRow { names: row.names.otherwise(), ..row.clone() });
        let difference = counted(&taken) - counted(&other.collect::<Vec<_>>());
        *open.entry((channel, rows[0].currency)).or_default() += difference;
    }
    let told = open.into_iter().filter(|(_, amount)| *amount > Money::ZERO);
    told.map(|((channel, currency), amount)| warning(channel, amount, currency)).collect()
}

/// As refunds move the balance.
fn counted(rows: &[RefundRow]) -> Money {
    refunds(rows).iter().map(|charge| charge.amount).sum()
}

/// Whether nothing tells that the cancelled lines had been paid: neither the order's total, nor that just
/// their worth went back, nor that more did than the sale came to.
fn is_open(rows: &[&RefundRow]) -> bool {
    let first = rows[0];
    let sold = first.order_goods.unwrap_or_default() + first.order_tax.unwrap_or_default();
    let is_told = |refunds: &[&RefundRow]| {
        let back: Money = refunds.iter().map(|row| row.amount).sum();
        (back - worth(refunds)).abs() <= SAME_MONEY || back > sold
    };
    let by_source = RefundSource::ALL.map(|source| rows.iter().copied().filter(move |row| row.source == source));
    let mut told = by_source.map(Iterator::collect::<Vec<_>>).into_iter().filter(|refunds| !refunds.is_empty());
    rows.iter().any(|row| row.names == Refunded::Either) && !first.cancelled_paid && !told.any(|rows| is_told(&rows))
}

fn warning(channel: &Channel, amount: Money, currency: Currency) -> Diagnostic {
    let message = format!(
        "{amount} {currency} went back of orders of `{channel}` of which lines were cancelled, and nothing tells for \
         which: taken for the cancelled lines', so it lowers no sale"
    );
    let hint = "a file of refunds can name the article as `sku`, or the order's line as `order_line_id`";
    Diagnostic::warning("refunds-of-cancelled-lines", message).hint(hint).amount(amount, currency)
}

#[cfg(test)]
mod tests {
    use super::super::refunds::tests::{money, refund};
    use super::*;

    fn back(amount: &str, names: Refunded) -> RefundRow {
        RefundRow { names, cancelled_goods: Some(money("40.00")), ..refund(RefundSource::Order, "2026-02-10", amount) }
    }

    fn of(rows: &[RefundRow]) -> Vec<String> {
        of_sale(&rows.iter().collect::<Vec<_>>()).iter().map(Money::to_string).collect()
    }

    #[test]
    fn cancelled_lines_are_paid_back_first() {
        assert_eq!(of(&[back("30.00", Refunded::Either), back("15.00", Refunded::Either)]), ["0.00", "5.00"]);
        assert_eq!(of(&[back("45.00", Refunded::Either), back("-45.00", Refunded::Either)]), ["5.00", "-5.00"]);
    }

    #[test]
    fn a_refund_that_names_the_cancelled_line_is_its_worth() {
        assert_eq!(of(&[back("40.00", Refunded::Cancelled), back("5.00", Refunded::Either)]), ["0.00", "5.00"]);
        assert_eq!(of(&[back("25.00", Refunded::Cancelled), back("20.00", Refunded::Either)]), ["0.00", "5.00"]);
        assert_eq!(of(&[back("7.00", Refunded::Sold)]), ["7.00"]);
    }

    #[test]
    fn what_nothing_tells_is_said() {
        let amounts = |rows: &[RefundRow]| warnings(rows).iter().map(|told| told.message.clone()).collect::<Vec<_>>();
        let order = |amount| RefundRow { order_goods: Some(money("60.00")), ..back(amount, Refunded::Either) };
        assert!(amounts(&[order("15.00")])[0].starts_with("15.00 USD went back of orders of `shopify`"));
        assert!(amounts(&[order("45.00")])[0].starts_with("40.00 USD"), "the cancelled line may not have been paid");
        assert!(amounts(&[order("40.00")]).is_empty());
        assert!(amounts(&[order("70.00")]).is_empty(), "more than was sold");
        assert!(amounts(&[RefundRow { cancelled_paid: true, ..order("15.00") }]).is_empty());
    }
}

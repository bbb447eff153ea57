//! What of an order's refunds went back for its cancelled lines? Those were never sold, so it takes
//! nothing off the sale.
//!
//! Where they had been paid, what came back for them is returned first:
//!
//! ```text
//! of the sale = max(0, refunded so far − worth of the cancelled lines)
//! ```
//!
//! where a refund that names a cancelled line's article is a part of that worth already, and one that names
//! an article that was sold alone is none.
//!
//! The payment tells whether they had been: it comes to the lines that were sold, and then all that went back is of
//! the sale, or to all lines. What was settled goes before the order's own total, which an edit lowers after the
//! payment: where it has just the sold lines and just the cancelled ones' worth went back, that is theirs all the
//! same. Where nothing tells they are taken to have been paid, and a warning says how much that decides. In another
//! currency than the refund they have no worth to take off, which is said too.
//!
//! Example: of an order of 60.00 and of a line over 40.00 that was cancelled, 45.00 went back. The sale
//! gave up 5.00. Had only 15.00 gone back, it would count as the cancelled line's, and a warning says so. Had 60.00
//! been settled, the 15.00 would be of the sale.

use std::collections::BTreeMap;

use super::input::{PaidFor, RefundRow, RefundSource, Refunded};
use super::refunds::{SAME_MONEY, refunds};
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Money};

/// What each refund of one order, source and currency gave back of what was sold, in the order of the days;
/// `cancelled_paid` says whether its cancelled lines come first.
pub(super) fn of_sale(refunds: &[&RefundRow], cancelled_paid: bool) -> Vec<Money> {
    let open = if cancelled_paid { open_worth(refunds) } else { Money::ZERO };
    let mut so_far = Money::ZERO;
    let parts = refunds.iter().map(|refund| match refund.names {
        Refunded::Sold => refund.amount,
        Refunded::Cancelled => Money::ZERO,
        Refunded::Either => {
            let before = beyond(so_far, open);
            so_far += refund.amount;
            beyond(so_far, open) - before
        }
    });
    parts.collect()
}

/// Whether the cancelled lines of an order are taken to have been paid; `rows` are its refunds in one currency.
pub(super) fn were_paid(rows: &[&RefundRow]) -> bool {
    match rows.first().map(|row| row.paid_for) {
        None | Some(PaidFor::Sold) => false,
        Some(PaidFor::SoldByTotal) => is_their_worth(rows),
        Some(PaidFor::All | PaidFor::Untold) => true,
    }
}

fn beyond(refunded: Money, worth: Money) -> Money {
    if refunded.is_negative() { refunded } else { (refunded - worth).max(Money::ZERO) }
}

/// What the cancelled lines would have come to, with tax where these refunds hold it, beyond what names them.
fn open_worth(refunds: &[&RefundRow]) -> Money {
    let Some(order) = refunds.first() else { return Money::ZERO };
    let tax = order.cancelled_tax.filter(|_| refunds.iter().any(|refund| refund.tax_included));
    let worth = order.cancelled_goods.unwrap_or_default() + tax.unwrap_or_default();
    (worth - back(refunds, |names| names == Refunded::Cancelled)).max(Money::ZERO)
}

fn back(refunds: &[&RefundRow], which: impl Fn(Refunded) -> bool) -> Money {
    refunds.iter().filter(|refund| which(refund.names)).map(|refund| refund.amount).sum()
}

/// Whether just the cancelled lines' worth went back, and nothing that was sold comes to as much.
fn is_their_worth(rows: &[&RefundRow]) -> bool {
    let is_worth = |refunds: &[&RefundRow]| {
        let nameless = back(refunds, |names| names == Refunded::Either);
        nameless > Money::ZERO && (nameless - open_worth(refunds)).abs() <= SAME_MONEY
    };
    rows.iter().any(|row| !row.cancelled_alike) && by_source(rows).iter().any(|refunds| is_worth(refunds))
}

fn by_source<'a>(rows: &[&'a RefundRow]) -> [Vec<&'a RefundRow>; 3] {
    RefundSource::ALL.map(|source| rows.iter().copied().filter(|row| row.source == source).collect())
}

/// One warning per channel, currency and reading with what was taken for the cancelled lines', or for the sold
/// ones', though nothing tells.
pub(super) fn warnings(rows: &[RefundRow]) -> Vec<Diagnostic> {
    let mut orders: BTreeMap<(&Channel, &str), Vec<&RefundRow>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.order_id.is_empty()) {
        orders.entry((&row.channel, &row.order_id)).or_default().push(row);
    }
    let mut open: BTreeMap<(&Channel, Currency, bool), Money> = BTreeMap::new();
    for ((channel, _), rows) in orders.iter().filter(|(_, rows)| rows.iter().any(|row| row.names == Refunded::Either)) {
        for (currency, difference) in decided(rows) {
            *open.entry((channel, currency, difference.is_negative())).or_default() += difference.abs();
        }
    }
    let told = open.into_iter().filter(|(_, amount)| !amount.is_zero());
    told.map(|((channel, currency, is_sale), amount)| warning(channel, (amount, currency), is_sale)).collect()
}

/// What one order's refunds would take off its sale otherwise, less what they do, by currency.
fn decided(rows: &[&RefundRow]) -> BTreeMap<Currency, Money> {
    let of_currency = |currency| rows.iter().copied().filter(|row| row.currency == currency).collect::<Vec<_>>();
    let other = rows.iter().map(|row| RefundRow {
        names: if is_open(&of_currency(row.currency)) { otherwise(row) } else { row.names },
        ..(*row).clone()
    });
    let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
    for charge in refunds(&rows.iter().map(|row| (*row).clone()).collect::<Vec<_>>()) {
        *sums.entry(charge.bucket.currency).or_default() += charge.amount;
    }
    for charge in refunds(&other.collect::<Vec<_>>()) {
        *sums.entry(charge.bucket.currency).or_default() -= charge.amount;
    }
    sums
}

/// What a refund names under the other reading.
fn otherwise(row: &RefundRow) -> Refunded {
    match row.names {
        Refunded::Either if row.cancelled_foreign => Refunded::Cancelled,
        Refunded::Either => Refunded::Sold,
        names => names,
    }
}

/// Whether nothing tells that the cancelled lines had been paid, or not: neither the payment, nor that just their
/// worth went back, nor that more did than the sale came to. `rows` are an order's refunds in one currency.
fn is_open(rows: &[&RefundRow]) -> bool {
    let first = rows[0];
    let sold = first.order_goods.unwrap_or_default() + first.order_tax.unwrap_or_default();
    let is_more = |refunds: &[&RefundRow]| back(refunds, |_| true) > sold;
    match first.paid_for {
        PaidFor::Sold | PaidFor::All => false,
        PaidFor::SoldByTotal => is_their_worth(rows),
        PaidFor::Untold if first.cancelled_foreign => true,
        PaidFor::Untold => !is_their_worth(rows) && !by_source(rows).iter().any(|refunds| is_more(refunds)),
    }
}

fn warning(channel: &Channel, (amount, currency): (Money, Currency), is_sale: bool) -> Diagnostic {
    let taken = if is_sale {
        "taken for the sold ones', since the cancelled ones stand in another currency"
    } else {
        "taken for the cancelled lines', so it lowers no sale"
    };
    let message = format!(
        "{amount} {currency} went back of orders of `{channel}` of which lines were cancelled, and nothing tells for \
         which: {taken}"
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
        of_sale(&rows.iter().collect::<Vec<_>>(), true).iter().map(Money::to_string).collect()
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
        let alike = RefundRow { cancelled_alike: true, ..order("40.00") };
        assert!(amounts(&[alike])[0].starts_with("40.00 USD"), "as much was sold");
        assert!(amounts(&[order("70.00")]).is_empty(), "more than was sold");
        assert!(amounts(&[RefundRow { paid_for: PaidFor::All, ..order("15.00") }]).is_empty());
        assert!(amounts(&[RefundRow { paid_for: PaidFor::Sold, ..order("40.00") }]).is_empty());
    }

    #[test]
    fn lines_that_the_payment_does_not_hold_come_to_nothing() {
        let paid = |paid_for, amount| were_paid(&[&RefundRow { paid_for, ..back(amount, Refunded::Either) }]);
        assert!(paid(PaidFor::All, "15.00") && paid(PaidFor::Untold, "15.00"));
        assert!(!paid(PaidFor::Sold, "40.00") && !paid(PaidFor::SoldByTotal, "15.00"));
        assert!(paid(PaidFor::SoldByTotal, "40.00"), "an edit took them out of the total");
        assert_eq!(of_sale(&[&back("40.00", Refunded::Either)], false), [money("40.00")]);
    }

    #[test]
    fn lines_in_another_currency_are_taken_off_nothing_and_said() {
        let foreign = RefundRow { cancelled_goods: None, cancelled_foreign: true, ..back("12.00", Refunded::Either) };
        assert_eq!(of(std::slice::from_ref(&foreign)), ["12.00"]);
        let told = warnings(&[foreign]);
        assert_eq!(told[0].amount, Some((money("12.00"), Currency::USD)));
        assert!(told[0].message.ends_with("in another currency"), "{}", told[0].message);
    }
}

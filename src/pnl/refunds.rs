//! What went back of each order, whoever tells of it: every amount once.
//!
//! A settlement tells the refunds that went through it; a document of refunds tells them again, or
//! others that were paid in another way or are not settled yet; an order's own document tells all
//! that went back so far. So of one order
//!
//! ```text
//! went back = max(settled, single refunds, total)
//! ```
//!
//! each without the buyer's tax and without what went back for cancelled lines. The settled ones count as they are. What is more than those comes
//! from the single refunds that no settlement has, the newest first, and else from the total.
//!
//! Where documents tell an order's refunds in several currencies nothing says which amounts are the same
//! money: then the settled ones are believed, else the single ones, else the total.
//!
//! Example: of an order the settlement of February paid back 5.00 and its document says 20.00 so
//! far. The 5.00 count on the day they were settled, and 15.00 on the day of the document.

use std::collections::{BTreeMap, BTreeSet};

use super::cancelled::{of_sale, were_paid};
use super::input::{Bucket, Charge, RefundRow, RefundSource};
use super::named_refunds::named;
use super::tax::without_tax;
use crate::types::{Channel, Currency, Money};

/// Two documents divide an amount into goods and tax each in its own way: up to so much apart they
/// tell the same money.
pub(super) const SAME_MONEY: Money = Money::from_cents(2);

/// The refunds as charges, each amount once.
pub(super) fn refunds(rows: &[RefundRow]) -> Vec<Charge> {
    let mut orders: BTreeMap<(&Channel, &str), Vec<&RefundRow>> = BTreeMap::new();
    for row in rows {
        orders.entry((&row.channel, &row.order_id)).or_default().push(row);
    }
    orders.into_values().flat_map(of_order).collect()
}

/// The refunds of one order; or all of a channel that name none.
fn of_order(mut rows: Vec<&RefundRow>) -> Vec<Charge> {
    rows.sort_by_key(|row| (row.day, row.source));
    let is_mixed = rows.iter().any(|row| row.currency != rows[0].currency);
    let named = if rows[0].order_id.is_empty() || is_mixed { None } else { named(&rows) };
    let counted = match (rows[0].order_id.is_empty(), is_mixed, &named) {
        // Without its order nothing tells whether a refund stands in another document too.
        (true, ..) => rows.into_iter().map(|row| (row, row.amount)).collect(),
        (false, true, _) => most_believed(&rows),
        (false, false, None) => once(&rows),
        (false, false, Some(named)) => once(&named.iter().collect::<Vec<_>>()),
    };
    counted.into_iter().filter(|(_, amount)| !amount.is_zero()).map(|(row, amount)| charge(row, amount)).collect()
}

/// The refunds of the first kind of document that tells any, with what counts of each.
fn most_believed<'a>(rows: &[&'a RefundRow]) -> Vec<(&'a RefundRow, Money)> {
    let told = RefundSource::ALL.map(|source| told_by(rows, source));
    told.into_iter().find(|refunds| refunds.iter().any(|(_, amount)| !amount.is_zero())).unwrap_or_default()
}

/// The refunds of one order, by day, with what counts of each.
fn once<'a>(rows: &[&'a RefundRow]) -> Vec<(&'a RefundRow, Money)> {
    let [mut settled, mut singles, totals] = RefundSource::ALL.map(|source| told_by(rows, source));
    let others = [&singles, &totals].into_iter().filter_map(|refunds| Some((sum(refunds), refunds.last()?.0)));
    // Of two that tell as much this is the total.
    let Some((most, newest)) = others.max_by_key(|(sum, _)| *sum) else { return settled };
    let mut open = most - sum(&settled);
    if open <= SAME_MONEY {
        return settled;
    }
    singles.retain({
        let mut known: Vec<Money> = settled.iter().map(|(_, amount)| *amount).collect();
        move |(_, amount)| match known.iter().position(|known| is_same(*known, *amount)) {
            Some(place) => {
                known.swap_remove(place);
                false
            }
            None => true,
        }
    });
    for (row, amount) in singles.into_iter().rev().chain(totals.into_iter().rev()) {
        let part = amount.min(open);
        if part > Money::ZERO {
            settled.push((row, part));
            open -= part;
        }
    }
    // A settled refund that was taken back, of money that no settlement here had paid.
    if open > SAME_MONEY {
        settled.push((newest, open));
    }
    settled
}

/// What one kind of document tells that the order's sale gave up, without tax.
fn told_by<'a>(rows: &[&'a RefundRow], source: RefundSource) -> Vec<(&'a RefundRow, Money)> {
    let currencies: BTreeSet<Currency> = rows.iter().map(|row| row.currency).collect();
    // Nothing of one currency is subtracted from another.
    let told = currencies.into_iter().flat_map(|currency| {
        let alike: Vec<&RefundRow> = rows.iter().copied().filter(|row| row.currency == currency).collect();
        let told: Vec<&RefundRow> = alike.iter().copied().filter(|row| row.source == source).collect();
        let amounts = without_tax(&told, &of_sale(&told, were_paid(&alike)));
        told.into_iter().zip(amounts)
    });
    told.collect()
}

fn sum(refunds: &[(&RefundRow, Money)]) -> Money {
    refunds.iter().map(|(_, amount)| *amount).sum()
}

fn is_same(one: Money, other: Money) -> bool {
    (one - other).abs() <= SAME_MONEY
}

/// A refund as it moves the balance.
fn charge(row: &RefundRow, amount: Money) -> Charge {
    let bucket = Bucket {
        month: row.month,
        recent: row.recent,
        channel: row.channel.clone(),
        sku: row.sku.clone(),
        currency: row.currency,
        rate_day: row.day,
    };
    let order_id = if row.shared { row.order_id.clone() } else { String::new() };
    Charge { bucket, order_id, kind: "refund".to_owned(), amount: -amount }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::pnl::{PaidFor, Refunded};
    use crate::types::Day;

    pub(in crate::pnl) fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    pub(in crate::pnl) fn refund(source: RefundSource, day: &str, amount: &str) -> RefundRow {
        let day: Day = day.parse().unwrap();
        RefundRow {
            month: day.month(),
            recent: true,
            channel: "shopify".into(),
            order_id: "#1".to_owned(),
            source,
            sku: "MUG".into(),
            shared: false,
            day,
            currency: Currency::USD,
            tax_included: false,
            amount: money(amount),
            order_goods: None,
            order_tax: None,
            sku_goods: None,
            sku_tax: None,
            names: Refunded::Sold,
            cancelled_goods: None,
            cancelled_tax: None,
            cancelled_foreign: false,
            cancelled_alike: false,
            paid_for: PaidFor::Untold,
            unknown_rows: 0,
        }
    }

    fn told(rows: &[RefundRow]) -> Vec<(String, String)> {
        let charge = |charge: &Charge| (charge.bucket.rate_day.to_string(), charge.amount.to_string());
        refunds(rows).iter().map(charge).collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(day, amount)| ((*day).to_owned(), (*amount).to_owned())).collect()
    }

    use RefundSource::{Order, Settlement, Single};

    #[test]
    fn what_a_settlement_lacks_comes_from_the_orders_own_total() {
        let rows = [refund(Settlement, "2026-02-10", "5.00"), refund(Order, "2026-01-04", "20.00")];
        assert_eq!(told(&rows), pairs(&[("2026-02-10", "-5.00"), ("2026-01-04", "-15.00")]));
    }

    #[test]
    fn what_two_documents_tell_counts_once() {
        let rows = [
            refund(Settlement, "2026-02-10", "5.00"),
            refund(Single, "2026-02-09", "5.00"),
            refund(Order, "2026-01-04", "5.01"),
        ];
        assert_eq!(told(&rows), pairs(&[("2026-02-10", "-5.00")]));
    }

    #[test]
    fn a_single_refund_that_no_settlement_has_keeps_its_day() {
        let rows = [
            refund(Settlement, "2026-02-10", "5.00"),
            refund(Single, "2026-02-09", "5.00"),
            refund(Single, "2026-02-20", "7.00"),
            refund(Order, "2026-01-04", "14.00"),
        ];
        let expected = [("2026-02-10", "-5.00"), ("2026-02-20", "-7.00"), ("2026-01-04", "-2.00")];
        assert_eq!(told(&rows), pairs(&expected));
    }

    #[test]
    fn a_refund_that_failed_is_open_again() {
        let rows = [
            refund(Settlement, "2026-02-10", "5.00"),
            refund(Settlement, "2026-02-12", "-5.00"),
            refund(Order, "2026-01-04", "5.00"),
        ];
        let expected = [("2026-02-10", "-5.00"), ("2026-02-12", "5.00"), ("2026-01-04", "-5.00")];
        assert_eq!(told(&rows), pairs(&expected));
    }

    /// Its payment was settled before the first settlement here; the order says 30.00 all the same.
    #[test]
    fn a_refund_that_failed_before_is_no_part_of_what_went_back() {
        let rows = [refund(Settlement, "2026-02-10", "-20.00"), refund(Order, "2026-01-04", "30.00")];
        let expected = [("2026-02-10", "20.00"), ("2026-01-04", "-30.00"), ("2026-01-04", "-20.00")];
        assert_eq!(told(&rows), pairs(&expected));
        let rows = [refund(Settlement, "2026-02-10", "-20.00"), refund(Single, "2026-02-09", "-20.00")];
        assert_eq!(told(&rows), pairs(&[("2026-02-10", "20.00")]));
        assert_eq!(told(&rows[..1]), pairs(&[("2026-02-10", "20.00")]));
    }

    #[test]
    fn documents_in_two_currencies_may_tell_the_same_money() {
        let settled = RefundRow { currency: Currency::EUR, ..refund(Settlement, "2026-02-10", "20.00") };
        let rows = [settled, refund(Order, "2026-01-04", "40.00")];
        assert_eq!(told(&rows), pairs(&[("2026-02-10", "-20.00")]));
    }

    #[test]
    fn without_an_order_every_refund_counts() {
        let nameless = |row: RefundRow| RefundRow { order_id: String::new(), ..row };
        let rows = [nameless(refund(Single, "2026-02-10", "5.00")), nameless(refund(Single, "2026-02-10", "5.00"))];
        assert_eq!(told(&rows).len(), 2);
    }
}

//! Refunds without the buyer's tax, as sales are told.
//!
//! Some documents tell what went back to the buyer, tax and all. Of an order that came to `goods`
//! without tax and to `tax` on top, what was refunded so far holds
//!
//! ```text
//! net = refunded × goods ÷ (goods + tax)
//! ```
//!
//! of goods, by largest remainder. Each refund counts what it adds to that, in the order of the
//! days, so that the parts of an order that went back whole are its goods to the cent, in however
//! many refunds.
//!
//! Example: of 100.00 with 8.00 tax, 54.00, 27.01 and 26.99 went back. So far that is 50.00, 75.01
//! and 100.00 of goods, and the refunds count 50.00, 25.01 and 24.99.

use std::collections::BTreeMap;

use super::input::{Charge, TaxedRefund};
use crate::types::{Channel, Currency, Money};

/// The charges, those of [`Charge::taxed`] without their part of the tax.
pub(super) fn without_tax(charges: &[Charge]) -> Vec<Charge> {
    let mut charges = charges.to_vec();
    for refunds in refunds_of_orders(&charges).into_values() {
        let (mut refunded, mut told) = (Money::ZERO, Money::ZERO);
        for index in refunds {
            let charge = &mut charges[index];
            let Some(taxed) = &charge.taxed else { continue };
            refunded += charge.amount;
            let net = goods_of(refunded, taxed);
            charge.amount = net - told;
            told = net;
        }
    }
    charges
}

type Order = (Channel, String, Currency);

/// The places of each order's refunds with tax, by day and SKU.
fn refunds_of_orders(charges: &[Charge]) -> BTreeMap<Order, Vec<usize>> {
    let taxed = charges.iter().enumerate().filter_map(|(index, charge)| Some((index, charge, charge.taxed.as_ref()?)));
    let mut taxed: Vec<_> = taxed.collect();
    taxed.sort_by(|(_, one, first), (_, other, second)| {
        (first.day, &one.bucket.sku).cmp(&(second.day, &other.bucket.sku))
    });
    let mut orders: BTreeMap<Order, Vec<usize>> = BTreeMap::new();
    for (index, charge, taxed) in taxed {
        let key = (charge.bucket.channel.clone(), taxed.order_id.clone(), charge.bucket.currency);
        orders.entry(key).or_default().push(index);
    }
    orders
}

/// The part of an amount that is no tax; all of it where the order tells no such part.
fn goods_of(refunded: Money, order: &TaxedRefund) -> Money {
    if order.goods.is_negative() || order.tax <= Money::ZERO {
        return refunded;
    }
    refunded.split(&[order.goods.ten_thousandths(), order.tax.ten_thousandths()])[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pnl::Bucket;
    use crate::types::Day;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn refund(day: &str, amount: &str, goods: &str, tax: &str) -> Charge {
        let day: Day = day.parse().unwrap();
        let bucket = Bucket {
            month: day.month(),
            recent: true,
            channel: "shopify".into(),
            sku: "MUG".into(),
            currency: Currency::USD,
            rate_day: day,
        };
        let taxed = TaxedRefund { order_id: "#1".to_owned(), day, goods: money(goods), tax: money(tax) };
        let (order_id, kind) = (String::new(), "refund".to_owned());
        Charge { bucket, order_id, kind, amount: money(amount), taxed: Some(taxed), unknown_rows: 0 }
    }

    fn net(charges: &[Charge]) -> Vec<String> {
        without_tax(charges).iter().map(|charge| charge.amount.to_string()).collect()
    }

    #[test]
    fn refunds_of_a_whole_order_are_its_goods_to_the_cent() {
        // given out of order: the days decide
        let three = [("2026-02-09", "-26.99"), ("2026-02-03", "-54.00"), ("2026-02-05", "-27.01")];
        let charges = three.map(|(day, amount)| refund(day, amount, "100.00", "8.00"));
        assert_eq!(net(&charges), ["-24.99", "-50.00", "-25.01"]);
        // thirds of a cent go neither lost nor found
        let thirds = ["-3.61", "-3.61", "-3.61"].map(|amount| refund("2026-02-03", amount, "10.03", "0.80"));
        let sum: Money = without_tax(&thirds).iter().map(|charge| charge.amount).sum();
        assert_eq!(sum, money("-10.03"));
    }

    #[test]
    fn a_failed_refund_takes_its_goods_back() {
        let charges =
            [refund("2026-02-03", "-54.00", "100.00", "8.00"), refund("2026-02-04", "54.00", "100.00", "8.00")];
        assert_eq!(net(&charges), ["-50.00", "50.00"]);
    }

    #[test]
    fn an_order_below_nothing_tells_no_share() {
        assert_eq!(net(&[refund("2026-02-03", "-5.00", "-1.00", "8.00")]), ["-5.00"]);
    }
}

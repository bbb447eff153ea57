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

use super::input::RefundRow;
use crate::types::Money;

/// What each refund of one order and source gave back of its goods, in the order of the days; `amounts` is
/// what each gave back of the sale.
pub(super) fn without_tax(refunds: &[&RefundRow], amounts: &[Money]) -> Vec<Money> {
    let (mut refunded, mut told) = (Money::ZERO, Money::ZERO);
    let net = refunds.iter().zip(amounts).map(|(refund, amount)| {
        if !refund.tax_included {
            return *amount;
        }
        refunded += *amount;
        let goods = goods_of(refunded, refund);
        let added = goods - told;
        told = goods;
        added
    });
    net.collect()
}

/// The part of an amount that is no tax; all of it where the order tells no such part.
fn goods_of(refunded: Money, refund: &RefundRow) -> Money {
    match (refund.order_goods, refund.order_tax) {
        (Some(goods), Some(tax)) if !goods.is_negative() && tax > Money::ZERO => {
            refunded.split(&[goods.ten_thousandths(), tax.ten_thousandths()])[0]
        }
        // A gift card paid a part: of what was paid otherwise went back, the goods are more.
        (Some(goods), Some(held)) if goods > Money::ZERO && held.is_negative() && goods + held > Money::ZERO => {
            refunded + (-held).split(&[refunded, goods + held - refunded].map(|part| part.ten_thousandths().max(0)))[0]
        }
        _ => refunded,
    }
}

#[cfg(test)]
mod tests {
    use super::super::refunds::tests::{money, refund};
    use super::*;
    use crate::pnl::RefundSource;

    fn net(amounts: &[&str], goods: &str, tax: &str) -> Vec<Money> {
        let refunds: Vec<RefundRow> = amounts
            .iter()
            .map(|amount| RefundRow {
                tax_included: true,
                order_goods: Some(money(goods)),
                order_tax: Some(money(tax)),
                ..refund(RefundSource::Settlement, "2026-02-03", amount)
            })
            .collect();
        let amounts: Vec<Money> = refunds.iter().map(|refund| refund.amount).collect();
        without_tax(&refunds.iter().collect::<Vec<_>>(), &amounts)
    }

    fn told(amounts: &[Money]) -> Vec<String> {
        amounts.iter().map(Money::to_string).collect()
    }

    #[test]
    fn refunds_of_a_whole_order_are_its_goods_to_the_cent() {
        assert_eq!(told(&net(&["54.00", "27.01", "26.99"], "100.00", "8.00")), ["50.00", "25.01", "24.99"]);
        // thirds of a cent go neither lost nor found
        let thirds = net(&["3.61", "3.61", "3.61"], "10.03", "0.80");
        assert_eq!(thirds.into_iter().sum::<Money>(), money("10.03"));
    }

    #[test]
    fn a_failed_refund_takes_its_goods_back() {
        assert_eq!(told(&net(&["54.00", "-54.00"], "100.00", "8.00")), ["50.00", "-50.00"]);
    }

    #[test]
    fn a_gift_card_that_paid_a_part_goes_back_with_the_rest() {
        assert_eq!(told(&net(&["40.00"], "100.00", "-60.00")), ["100.00"]);
        assert_eq!(told(&net(&["10.00", "30.00"], "100.00", "-60.00")), ["25.00", "75.00"]);
    }

    #[test]
    fn an_order_below_nothing_tells_no_share() {
        assert_eq!(told(&net(&["5.00"], "-1.00", "8.00")), ["5.00"]);
    }
}

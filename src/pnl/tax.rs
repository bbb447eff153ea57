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
//! A refund that names its article holds that article's goods and tax, and the others share what the order has beyond
//! those. Example: of a book of 50.00 with 3.50 tax and a pot of 100.00 with 19.00, the book's 53.50 are 50.00 of goods.
//!
//! Example: of 100.00 with 8.00 tax, 54.00, 27.01 and 26.99 went back. So far that is 50.00, 75.01
//! and 100.00 of goods, and the refunds count 50.00, 25.01 and 24.99.

use std::collections::BTreeMap;

use super::input::RefundRow;
use crate::types::{Money, Sku};

/// What each refund of one order and source gave back of its goods, in the order of the days; `amounts` is
/// what each gave back of the sale.
pub(super) fn without_tax(refunds: &[&RefundRow], amounts: &[Money]) -> Vec<Money> {
    let mut articles: BTreeMap<&Sku, SoFar> = BTreeMap::new();
    let named = refunds.iter().zip(amounts).map(|(refund, amount)| {
        let article = Sale::of_article(refund)?;
        Some(articles.entry(&refund.sku).or_default().add(*amount, article))
    });
    let named: Vec<Option<Money>> = named.collect();
    let rest = refunds.first().and_then(|refund| Sale::of_order(refund));
    let rest = rest.map(|order| articles.values().fold(order, Sale::without)).unwrap_or_default();
    let mut others = SoFar::default();
    let net = refunds.iter().zip(amounts).zip(named).map(|((refund, amount), named)| match named {
        Some(net) => net,
        None if refund.tax_included => others.add(*amount, rest),
        None => *amount,
    });
    net.collect()
}

/// What a refund may be a part of.
#[derive(Clone, Copy, Debug, Default)]
struct Sale {
    goods: Money,
    /// With what is held for others.
    tax: Money,
}

impl Sale {
    fn of_order(refund: &RefundRow) -> Option<Self> {
        Some(Self { goods: refund.order_goods?, tax: refund.order_tax? })
    }

    /// The article that the refund names. Of an order that a gift card paid in part no article tells its own.
    fn of_article(refund: &RefundRow) -> Option<Self> {
        let is_told = refund.tax_included && refund.order_tax? > Money::ZERO;
        is_told.then_some(Self { goods: refund.sku_goods?, tax: refund.sku_tax? })
    }

    /// What is left of it beside what went back of one article.
    fn without(self, article: &SoFar) -> Self {
        let tax = self.tax - (article.refunded - article.goods);
        Self { goods: self.goods - article.goods, tax: tax.max(Money::ZERO) }
    }

    /// The part of an amount that is no tax; all of it where the sale tells no such part.
    fn goods_of(self, refunded: Money) -> Money {
        let Self { goods, tax } = self;
        if !goods.is_negative() && tax > Money::ZERO {
            return refunded.split(&[goods.ten_thousandths(), tax.ten_thousandths()])[0];
        }
        // A gift card paid a part: of what was paid otherwise went back, the goods are more.
        if goods > Money::ZERO && tax.is_negative() && goods + tax > Money::ZERO {
            let parts = [refunded, goods + tax - refunded].map(|part| part.ten_thousandths().max(0));
            return refunded + (-tax).split(&parts)[0];
        }
        refunded
    }
}

/// What went back of a sale so far, and the goods in it.
#[derive(Clone, Copy, Debug, Default)]
struct SoFar {
    refunded: Money,
    goods: Money,
}

impl SoFar {
    /// Adds a refund: what it adds to the goods.
    fn add(&mut self, amount: Money, of: Sale) -> Money {
        self.refunded += amount;
        let goods = of.goods_of(self.refunded);
        let added = goods - self.goods;
        self.goods = goods;
        added
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

    /// A book of 60.00 with 3.00 tax and a pot of 40.00 with 8.00: the pot is named, and all went back.
    #[test]
    fn a_named_article_bears_its_own_tax_and_the_others_the_rest() {
        let row = |sku: &str, amount: &str, own: Option<(&str, &str)>| RefundRow {
            sku: sku.into(),
            tax_included: true,
            order_goods: Some(money("100.00")),
            order_tax: Some(money("11.00")),
            sku_goods: own.map(|(goods, _)| money(goods)),
            sku_tax: own.map(|(_, tax)| money(tax)),
            ..refund(RefundSource::Single, "2026-02-03", amount)
        };
        let rows = [row("(unallocated)", "63.00", None), row("POT", "48.00", Some(("40.00", "8.00")))];
        let amounts = rows.each_ref().map(|row| row.amount);
        assert_eq!(told(&without_tax(&rows.each_ref(), &amounts)), ["60.00", "40.00"]);
        assert_eq!(told(&without_tax(&[&rows[1]], &amounts[1..])), ["40.00"]);
    }
}

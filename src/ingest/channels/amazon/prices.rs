//! What does an item of an order come to without the tax that its prices hold?

use crate::ingest::context::Context;
use crate::ingest::discounted_tax::{Discounted, is_of_paid};
use crate::ingest::shape::{View, total};
use crate::types::Money;

/// What the buyer is to pay for an item; unknown where the export leaves it open.
#[derive(Default)]
pub(super) struct Prices {
    /// Of all units, without tax.
    pub(super) gross: Option<Money>,
    /// On the goods and on their shipping, without tax, positive.
    pub(super) discount: Option<Money>,
    /// Shipping and gift wrap, without tax.
    pub(super) shipping: Option<Money>,
    pub(super) tax: Option<Money>,
    /// Whether all of the goods' price is taken off again.
    pub(super) is_free: bool,
    /// What lies between two readings of its taxes, of which nothing tells the right one.
    pub(super) doubt: Option<Money>,
}

/// The fields that tell a price: what is paid, its tax, what is taken off, and in some exports the
/// price without tax.
type Fields = [&'static str; 4];

const ITEM: Fields = ["item_price", "item_tax", "item_discount", "item_without_tax"];
const SHIPPING: Fields = ["shipping_price", "shipping_tax", "shipping_discount", "shipping_without_tax"];
const WRAP: Fields = ["wrap_price", "wrap_tax", "", "wrap_without_tax"];

/// Each price with its tax and what is taken off it.
pub(super) const DISCOUNTED: &[Discounted] = &[[ITEM[0], ITEM[1], ITEM[2]], [SHIPPING[0], SHIPPING[1], SHIPPING[2]]];

impl Prices {
    /// The prices of a record in a currency of so many decimals; `None` where they come to more than any amount.
    pub(super) fn of(view: &View<'_>, hold_tax: bool, decimals: u32, context: &Context) -> Option<Self> {
        let usual = context.most_taxes_are_of_paid;
        let part = |fields| Part::of(view, fields, hold_tax, (usual, decimals));
        let (item, shipping, wrap) = (part(ITEM)?, part(SHIPPING)?, part(WRAP)?);
        let is_free = item.price.is_some_and(|price| price <= item.discount.unwrap_or_default());
        // Of a price that holds its tax a file may not tell how much that is: then it is unknown.
        let is_told = !hold_tax || item.tax.is_some() || item.price.is_none_or(Money::is_zero);
        Some(Self {
            gross: item.price,
            discount: sum([item.discount, shipping.discount])?,
            shipping: sum([shipping.price, wrap.price])?,
            tax: sum([item.tax, shipping.tax, wrap.tax])?.filter(|_| is_told),
            is_free,
            doubt: sum([item.doubt, shipping.doubt])?,
        })
    }
}

/// One price, without the tax that it holds, and that tax.
struct Part {
    price: Option<Money>,
    discount: Option<Money>,
    tax: Option<Money>,
    doubt: Option<Money>,
}

impl Part {
    /// `usual` is whether taxes are those of what was paid, where a price does not tell it itself, with the
    /// decimals of its currency.
    fn of(view: &View<'_>, fields: Fields, holds_tax: bool, usual: (Option<bool>, u32)) -> Option<Self> {
        let [price, tax, discount, without_tax] = fields.map(|name| view.money(name));
        let told = Self { price, discount: discount.map(Money::abs), tax, doubt: None };
        let Some(price) = price.filter(|_| holds_tax) else { return Some(told) };
        match (without_tax.filter(|net| *net > Money::ZERO), tax) {
            (Some(net), _) => told.less_tax(net, price.checked_add(-net)?),
            (None, Some(tax)) => told.less_told(price, tax, usual),
            (None, None) => Some(told),
        }
    }

    /// Amazon says of the tax that it is the price's, and some of its files tell that of what was paid.
    fn less_told(self, price: Money, tax: Money, (usual, decimals): (Option<bool>, u32)) -> Option<Self> {
        let off = self.discount.unwrap_or_default();
        let paid = price.checked_add(-off)?;
        let net = paid.checked_add(-tax)?;
        if off.is_zero() || tax <= Money::ZERO || net <= Money::ZERO {
            return self.less_tax(price.checked_add(-tax)?, tax);
        }
        match is_of_paid(price, paid, tax, decimals).or(usual) {
            Some(true) => {
                let gross = price.split(&[net.ten_thousandths(), tax.ten_thousandths()])[0];
                Some(Self { price: Some(gross), discount: Some(gross.checked_add(-net)?), ..self })
            }
            Some(false) => self.less_tax(price.checked_add(-tax)?, tax),
            None => {
                let doubt = tax.split(&[off.ten_thousandths(), paid.ten_thousandths()])[0];
                Some(Self { doubt: Some(doubt), ..self.less_tax(price.checked_add(-tax)?, tax)? })
            }
        }
    }

    /// A discount holds its share of the tax, and takes it off what is due.
    fn less_tax(self, net: Money, tax: Money) -> Option<Self> {
        let is_share = !net.is_negative() && tax > Money::ZERO;
        let split = |discount: Money| discount.split(&[net.ten_thousandths(), tax.ten_thousandths()])[0];
        let discount = if is_share { self.discount.map(split) } else { self.discount };
        let taken_off = self.discount.unwrap_or_default().checked_add(-discount.unwrap_or_default())?;
        Some(Self { price: Some(net), discount, tax: Some(tax.checked_add(-taken_off)?), ..self })
    }
}

/// The sum of what is known. The outer `None` is a sum beyond any amount, the inner one nothing known.
fn sum<const COUNT: usize>(amounts: [Option<Money>; COUNT]) -> Option<Option<Money>> {
    if amounts.iter().all(Option::is_none) { Some(None) } else { total(amounts.into_iter().flatten()).map(Some) }
}

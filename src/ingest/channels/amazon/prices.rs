//! What does an item of an order come to without the tax that its prices hold?

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
}

/// The fields that tell a price: what is paid, its tax, what is taken off, and in some exports the
/// price without tax.
type Fields = [&'static str; 4];

const ITEM: Fields = ["item_price", "item_tax", "item_discount", "item_without_tax"];
const SHIPPING: Fields = ["shipping_price", "shipping_tax", "shipping_discount", "shipping_without_tax"];
const WRAP: Fields = ["wrap_price", "wrap_tax", "", "wrap_without_tax"];

impl Prices {
    /// The prices of a record; `None` where they come to more than any amount.
    pub(super) fn of(view: &View<'_>, hold_tax: bool) -> Option<Self> {
        let part = |fields| Part::of(view, fields, hold_tax);
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
        })
    }
}

/// One price, without the tax that it holds, and that tax.
struct Part {
    price: Option<Money>,
    discount: Option<Money>,
    tax: Option<Money>,
}

impl Part {
    fn of(view: &View<'_>, [price, tax, discount, without_tax]: Fields, holds_tax: bool) -> Option<Self> {
        let [price, tax, discount, without_tax] = [price, tax, discount, without_tax].map(|name| view.money(name));
        let discount = discount.map(Money::abs);
        let told = Self { price, discount, tax };
        let Some(price) = price.filter(|_| holds_tax) else { return Some(told) };
        let net = match (without_tax.filter(|net| *net > Money::ZERO), tax) {
            (Some(net), _) => net,
            (None, Some(tax)) => price.checked_add(-tax)?,
            (None, None) => return Some(told),
        };
        told.less_tax(net, price.checked_add(-net)?)
    }

    /// A discount holds its share of the tax, and takes it off what is due.
    fn less_tax(self, net: Money, tax: Money) -> Option<Self> {
        let is_share = !net.is_negative() && tax > Money::ZERO;
        let split = |discount: Money| discount.split(&[net.ten_thousandths(), tax.ten_thousandths()])[0];
        let discount = if is_share { self.discount.map(split) } else { self.discount };
        let taken_off = self.discount.unwrap_or_default().checked_add(-discount.unwrap_or_default())?;
        Some(Self { price: Some(net), discount, tax: Some(tax.checked_add(-taken_off)?) })
    }
}

/// The sum of what is known. The outer `None` is a sum beyond any amount, the inner one nothing known.
fn sum<const COUNT: usize>(amounts: [Option<Money>; COUNT]) -> Option<Option<Money>> {
    if amounts.iter().all(Option::is_none) { Some(None) } else { total(amounts.into_iter().flatten()).map(Some) }
}

//! Is the tax that a user's own file tells of a line a part of its price? The mapping says it, or the
//! file's totals prove it, or the prices' headers say it, or the channel's settings know that its prices hold
//! a tax.

use crate::ingest::context::Context;
use crate::ingest::discounted_tax::is_of_paid;
use crate::ingest::notes::Note;
use crate::ingest::price_tax::{LineAmounts, prices_hold_tax, shares, take_off};
use crate::ingest::shape::View;
use crate::types::{Currency, Money, Rate};

/// What a line comes to, without tax where that is known. Of a credit note all is positive, as it was sold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Prices {
    /// Whether that is what was given back.
    pub(super) is_credit: bool,
    pub(super) gross: Option<Money>,
    pub(super) discount: Option<Money>,
    pub(super) shipping: Option<Money>,
    /// Unknown where nothing tells whether the prices hold it.
    pub(super) tax: Option<Money>,
    /// Where that tax stood, if it is told and known: then the amounts are without it.
    pub(super) stood: Option<Stood>,
    pub(super) note: Option<Note>,
}

/// Where a tax stood that a file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stood {
    InPrices,
    OnTop,
}

/// Whether the prices of an order hold the tax beside them: by the mapping, else by what the order is
/// stated to come to. `prices` are those of its lines as the file has them.
pub(super) fn of_order(views: &[View<'_>], prices: &[Prices]) -> Option<bool> {
    let layout = views[0].layout;
    layout.field("tax").filter(|_| layout.mapping().is_some())?;
    layout.rules.prices_hold_tax.or_else(|| {
        let stated = views.iter().find_map(|view| view.money("order_total"))?;
        // Not every file writes a credit note's total with its sign.
        let total = if prices.iter().all(|line| line.is_credit) { -stated.abs() } else { stated };
        let sum = |amount: fn(&Prices) -> Option<Money>| {
            sum(prices.iter().filter_map(|line| Some(line.moved(amount(line)?))))
        };
        let paid = sum(|line| line.gross)?.checked_add(-sum(|line| line.discount)?)?;
        let rest = total.checked_add(-paid)?.checked_add(-sum(|line| line.shipping)?)?;
        prices_hold_tax(rest, sum(|line| line.tax)?)
    })
}

fn sum(amounts: impl Iterator<Item = Money>) -> Option<Money> {
    crate::ingest::shape::total(amounts)
}

impl Prices {
    /// The same as what was given back, in whichever signs a file writes that.
    pub(super) fn given_back(self) -> Self {
        let [gross, discount, shipping, tax] =
            [self.gross, self.discount, self.shipping, self.tax].map(|amount| amount.map(Money::abs));
        Self { is_credit: true, gross, discount, shipping, tax, ..self }
    }

    /// An amount as it moves the order's sum.
    fn moved(&self, amount: Money) -> Money {
        if self.is_credit { -amount } else { amount }
    }

    /// What the buyer paid, or got back; `None` where it is not told, or beyond any amount.
    pub(super) fn paid(&self) -> Option<Money> {
        let goods = self.gross?.checked_add(-self.discount.unwrap_or_default())?;
        goods.checked_add(self.shipping.unwrap_or_default())
    }

    /// The prices without the tax that they hold; `order` is what [`of_order`] tells.
    pub(super) fn settled(self, view: &View<'_>, order: Option<bool>, context: &Context) -> Self {
        let Some(tax) = self.tax.filter(|tax| !tax.is_zero() && view.layout.mapping().is_some()) else {
            return self.as_headers_say(view);
        };
        let Some(gross) = self.gross else { return self };
        let by_line = || self.by_line(view, gross, tax);
        let by_headers = || view.layout.rules.headers_hold_tax;
        let by_channel = || by_channel(view, context);
        let usual = || context.most_prices_hold_tax;
        match order.or_else(by_line).or_else(by_headers).or_else(by_channel).or_else(usual) {
            Some(true) => self.without(gross, tax, currency(view, context).decimals()),
            Some(false) => Self { stood: Some(Stood::OnTop), ..self },
            None => self.open(view, context),
        }
    }

    /// Prices under a header such as `VK netto` hold no tax, and no column tells of one that comes on top.
    fn as_headers_say(self, view: &View<'_>) -> Self {
        let is_net = view.layout.rules.headers_hold_tax == Some(false) && view.layout.field("tax").is_none();
        if is_net && self.gross.is_some() { Self { tax: Some(Money::ZERO), ..self } } else { self }
    }

    /// A line that has both a price of one and one of all tells which of them holds the tax.
    fn by_line(&self, view: &View<'_>, gross: Money, tax: Money) -> Option<bool> {
        let by_unit = view.money("unit_price")?.checked_times(view.count("quantity")?)?;
        // Where the two differ by the tax the larger holds it; else both may.
        let (gross, by_unit) = (gross.abs(), by_unit.abs());
        let differ_by_tax = prices_hold_tax(gross.checked_add(-by_unit)?.abs(), tax.abs()) == Some(false);
        differ_by_tax.then_some(gross > by_unit)
    }

    /// Takes the tax off the price, the discount and the shipping that hold it. All are below zero of a
    /// line that takes something off its order. A tax is that of what was paid, unless its rate shows that it
    /// is the price's: then the discount takes its share off it.
    fn without(self, gross: Money, tax: Money, decimals: u32) -> Self {
        let turn = |amount: Money| if gross.is_negative() { -amount } else { amount };
        let discount = turn(self.discount.unwrap_or_default());
        let mut line = [LineAmounts { gross: turn(gross), discount, is_taxed: true }];
        let mut shipping = turn(self.shipping.unwrap_or_default());
        let tax = of_paid(&line[0], shipping, turn(tax), decimals);
        let parts = shares(tax, &line, shipping);
        take_off(&parts, &mut line, &mut shipping);
        Self {
            gross: Some(turn(line[0].gross)),
            discount: self.discount.map(|_| turn(line[0].discount)),
            shipping: self.shipping.map(|_| turn(shipping)),
            tax: Some(turn(tax)),
            stood: Some(Stood::InPrices),
            ..self
        }
    }

    /// Nothing tells it. Where prices usually hold their tax they are taken whole, and that is said: of
    /// sales beside the statement, of what was given back here.
    fn open(self, view: &View<'_>, context: &Context) -> Self {
        let currency = currency(view, context);
        if !currency.prices_hold_tax() {
            return self;
        }
        let given_back = self.paid().filter(|_| self.is_credit);
        Self { tax: None, note: given_back.map(|amount| Note::OpenTax(amount, currency)), ..self }
    }
}

fn currency(view: &View<'_>, context: &Context) -> Currency {
    view.text("currency").and_then(|code| code.parse().ok()).unwrap_or(context.locale.currency)
}

/// The tax in what was paid for a line, which may be told of its price before the discount.
fn of_paid(line: &LineAmounts, shipping: Money, tax: Money, decimals: u32) -> Money {
    let paid = line.gross - line.discount;
    let is_partly_off = shipping.is_zero() && line.discount > Money::ZERO && paid > Money::ZERO;
    if is_partly_off && is_of_paid(line.gross, paid, tax, decimals) == Some(false) {
        return tax.split(&[paid, line.discount].map(Money::ten_thousandths))[0];
    }
    tax
}

/// What the channel's `prices-hold-tax` says of the line's country and article.
fn by_channel(view: &View<'_>, context: &Context) -> Option<bool> {
    let channel = context.channel.as_ref().map(|channel| channel.as_str()).or(view.text("channel"))?;
    let article = view.text("sku").or(view.text("channel_sku"));
    let rate = context.held_tax.get(channel)?.of(view.text("country"), article)?;
    Some(rate != Rate::ZERO)
}

//! Money that is neither earned nor spent: what is held for others, and what orders wait for.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::parts::{heading, nil};
use super::table::{Empty, Order, Show, Table, column, more};
use crate::report::night::Night;
use crate::report::numbers::{self, things};
use crate::report::sheet::Sheet;
use crate::types::Money;

static HELD: Table = Table {
    sheet: "held",
    caption: "Money held for others",
    columns: &[
        column("Channel", "channel", Show::Plain),
        column("What", "kind", Show::With(kind)),
        column("Came in this month", "month_received", Show::Money),
        column("Used this month", "month_used", Show::Money),
        column("Came in", "received", Show::Money),
        column("Used", "used", Show::Money),
        column("Outstanding", "outstanding", Show::Money),
        column("Since", "first_day", Show::When),
        column("Used, amount not told", "untold_orders", Show::Range(untold)),
    ],
    order: &[Order::Magnitude("outstanding")],
    first: 12,
    empty: Empty { judged: "Nothing is held for others.", unjudged: "Nothing is held for others.", needs: &[] },
};

/// What lines of these kinds are called where they are many.
static KINDS: &[(&str, &str)] =
    &[("gift_card", "gift cards"), ("donation", "donations"), ("deposit", "deposits"), ("duties", "duties")];

/// Gift cards, donations and the like, where there are any.
pub(super) fn held(night: &Night<'_>) -> Markup {
    html! { @if !night.sheet(HELD.sheet).is_empty() {
        (heading("Held for others", "Gift cards sold are owed to whoever brings them back; donations, deposits and duties are passed on. None of it is income or cost. What was sold before the first export is not in it."))
        (HELD.draw(night))
    } }
}

fn kind(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    let word = sheet.text(row, "kind");
    html! { (KINDS.iter().find(|(known, _)| *known == word).map_or_else(|| word.replace('_', " "), |(_, many)| (*many).to_owned())) }
}

/// Orders that a gift card paid beside another method: nobody tells how much.
fn untold(_: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
    match sheet.integer(row, "untold_orders") {
        Some(orders) if orders > 0 => html! { (things(orders.unsigned_abs() as usize, "order", "orders")) },
        _ => nil(),
    }
}

/// The unpaid orders of one channel in one currency.
#[derive(Default)]
struct Waiting {
    orders: usize,
    holding: usize,
    /// Unknown where one of them has a line without a price.
    amount: Option<Money>,
}

impl Waiting {
    /// What they hold of the stock.
    fn hold(&self) -> String {
        match (self.orders, self.holding) {
            (1, 0) => "which may hold no stock any more".to_owned(),
            (1, _) => "which may still hold stock".to_owned(),
            (_, 0) => "none of which may hold stock any more".to_owned(),
            (_, holding) => format!("{} of which may still hold stock", numbers::count(holding as i64)),
        }
    }
}

/// Orders that wait for their payment, by channel, where there are any.
pub(super) fn unpaid(night: &Night<'_>) -> Markup {
    let waiting = waiting(night.sheet("unpaid_orders"));
    html! { @if !waiting.is_empty() {
        (heading("Waiting for payment", "Orders and carts that nobody has paid: no sale and no demand. They hold stock for `unpaid-reserve-days` from their order on."))
        ul.notes { @for ((channel, currency), found) in &waiting { li {
            (channel) ": " (things(found.orders, "order", "orders")) " of "
            @match found.amount {
                Some(amount) => (numbers::money(amount, currency.parse().unwrap_or(night.currency))),
                None => "unknown amount",
            }
            ", " (found.hold())
        } } }
        (more(0, 0, "unpaid_orders"))
    } }
}

fn waiting(sheet: Sheet<'_>) -> BTreeMap<(&str, &str), Waiting> {
    let mut waiting: BTreeMap<(&str, &str), Waiting> = BTreeMap::new();
    for row in sheet.rows() {
        let key = (sheet.text(row, "channel"), sheet.text(row, "currency"));
        let found = waiting.entry(key).or_insert_with(|| Waiting { amount: Some(Money::ZERO), ..Waiting::default() });
        found.orders += 1;
        found.holding += usize::from(sheet.is_set(row, "holds_stock"));
        found.amount = found.amount.zip(sheet.money(row, "amount")).map(|(sum, amount)| sum + amount);
    }
    waiting
}

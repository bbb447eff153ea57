//! What Amazon pays and keeps, in its two flat files. A file whose lines do not add up to its own
//! total is refused whole.

use std::any::Any;
use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::STYLE;
use super::kinds;
use super::marketplaces::{self, prices_hold_tax};
use crate::config::ChannelKind;
use crate::error::{Diagnostic, Result};
use crate::ingest::cell::Reader::{AnyInstant, Count, Currency, Identifier, Instant, Money, Prose, WrittenDay};
use crate::ingest::channels::meaning::{Meaning, joined};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Place, head, may, need, place};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View, draft};
use crate::lake::{self, Cell};
use crate::types::{Money as Amount, Timestamp};

/// What both generations have, in the same places.
const HEAD: [Field; 13] = [
    need("settlement_id", &["settlement-id"], Identifier),
    head("start", &["settlement-start-date"], AnyInstant),
    head("end", &["settlement-end-date"], AnyInstant),
    head("deposited_on", &["deposit-date"], WrittenDay),
    head("total", &["total-amount"], Money),
    head("currency", &["currency"], Currency),
    head("transaction", &["transaction-type"], Prose),
    head("order_id", &["order-id"], Identifier),
    head("sku", &["sku"], Identifier),
    head("quantity", &["quantity-purchased"], Count),
    may("posted_at", &["posted-date-time", "posted-date"], Instant),
    may("item", &["order-item-code"], Identifier),
    may("marketplace", &["marketplace-name"], Prose),
];
const SETTLEMENT_ID: Place = place(&HEAD, "settlement_id");
const TOTAL: Place = place(&HEAD, "total");
const CURRENCY: Place = place(&HEAD, "currency");
const TRANSACTION: Place = place(&HEAD, "transaction");
const ORDER_ID: Place = place(&HEAD, "order_id");
const SKU: Place = place(&HEAD, "sku");
const QUANTITY: Place = place(&HEAD, "quantity");
const POSTED_AT: Place = place(&HEAD, "posted_at");
const ITEM: Place = place(&HEAD, "item");
const MARKETPLACE: Place = place(&HEAD, "marketplace");

/// The head and what one generation has beside it.
const fn headed<const ALL: usize>(rest: &[Field]) -> [Field; ALL] {
    assert!(ALL == HEAD.len() + rest.len(), "every field has its place");
    let mut fields = [HEAD[0]; ALL];
    let mut place = 0;
    while place < ALL {
        fields[place] = if place < HEAD.len() { HEAD[place] } else { rest[place - HEAD.len()] };
        place += 1;
    }
    fields
}

const V1: [Field; 29] = headed(&[
    may("shipment_fee_type", &["shipment-fee-type"], Prose),
    may("shipment_fee", &["shipment-fee-amount"], Money),
    may("order_fee_type", &["order-fee-type"], Prose),
    may("order_fee", &["order-fee-amount"], Money),
    head("price_type", &["price-type"], Prose),
    head("price", &["price-amount"], Money),
    head("item_fee_type", &["item-related-fee-type"], Prose),
    head("item_fee", &["item-related-fee-amount"], Money),
    may("misc_fee", &["misc-fee-amount"], Money),
    may("other_fee", &["other-fee-amount"], Money),
    may("other_fee_type", &["other-fee-reason-description"], Prose),
    may("promotion_type", &["promotion-type"], Prose),
    may("promotion", &["promotion-amount"], Money),
    may("direct_type", &["direct-payment-type"], Prose),
    may("direct", &["direct-payment-amount"], Money),
    head("other", &["other-amount"], Money),
]);

const V2: [Field; 17] = headed(&[
    head("group", &["amount-type"], Prose),
    head("what", &["amount-description"], Prose),
    head("amount", &["amount"], Money),
    may("posted_day", &["posted-date"], Instant),
]);
const GROUP: Place = place(&V2, "group");
const WHAT: Place = place(&V2, "what");
const AMOUNT: Place = place(&V2, "amount");

/// The flat file V2: one amount per row, the quantity repeated on every one.
pub(crate) static SETTLEMENT_V2: Export = Export {
    id: "amazon-settlement-v2",
    kind: ChannelKind::Amazon,
    document: "settlement",
    table: "settlement_lines",
    fields: &V2,
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(Settlement::new(one_part)),
};

/// The flat file V1: several amounts per row, the quantity on a row without any.
pub(crate) static SETTLEMENT_V1: Export = Export {
    id: "amazon-settlement-v1",
    fields: &V1,
    shape: |_| Box::new(Settlement::new(many_parts)),
    ..SETTLEMENT_V2
};

/// An amount of a row: what group it is of, what it is for, how much.
struct Part<'a> {
    group: &'a str,
    what: &'a str,
    amount: Amount,
    /// Whether the row's quantity counts here.
    counts: bool,
}

fn one_part<'a>(view: &View<'a>) -> Vec<Part<'a>> {
    let (group, what) = (view.text(GROUP).unwrap_or_default(), view.text(WHAT).unwrap_or_default());
    let counts = match group {
        "ItemPrice" => what == "Principal",
        _ => ["other-transaction", "FBA Inventory Reimbursement"].contains(&group),
    };
    view.money(AMOUNT).map(|amount| Part { group, what, amount, counts }).into_iter().collect()
}

/// V1's amounts, in V2's words: the amount's column, its group, the column that says what it is for. An
/// other fee beside an item's is the tax on it, and of its group.
const PARTS: &[(&str, &str, &str)] = &[
    ("shipment_fee", "ShipmentFees", "shipment_fee_type"),
    ("order_fee", "OrderFees", "order_fee_type"),
    ("price", "ItemPrice", "price_type"),
    ("item_fee", "ItemFees", "item_fee_type"),
    ("misc_fee", "ItemFees", "transaction"),
    ("other_fee", "ItemFees", "other_fee_type"),
    ("promotion", "Promotion", "promotion_type"),
    ("direct", "DirectPayment", "direct_type"),
    ("other", "other-transaction", "transaction"),
];

fn many_parts<'a>(view: &View<'a>) -> Vec<Part<'a>> {
    let mut parts: Vec<Part<'a>> = PARTS
        .iter()
        .filter_map(|(column, group, what)| {
            let what = view.text(what).unwrap_or_default();
            let counts = *group == "other-transaction";
            let fee = view.text("item_fee_type").filter(|_| *column == "other_fee");
            view.money(column).map(|amount| Part { group: fee.unwrap_or(group), what, amount, counts })
        })
        .collect();
    if parts.is_empty() && view.is_known(QUANTITY) {
        parts.push(Part { group: "ItemPrice", what: "Quantity", amount: Amount::ZERO, counts: true });
    }
    parts
}

/// What a settlement states and what its lines come to.
#[derive(Clone, Default)]
struct Sum {
    total: Option<Amount>,
    currency: Option<String>,
    /// In ten-thousandths: the lines may go beyond any amount and come back.
    lines: i128,
}

/// Settlements that a fork is told of; a file has one or two.
const HEADS: usize = 1_000;

/// Both generations: a row with the total first, then the lines that it must be the sum of.
struct Settlement {
    parts: for<'a> fn(&View<'a>) -> Vec<Part<'a>>,
    sums: BTreeMap<String, Sum>,
    kinds: Kinds,
    /// Whether it is a fork that met lines of a settlement whose head stands elsewhere.
    lacks_head: bool,
}

impl Settlement {
    fn new(parts: for<'a> fn(&View<'a>) -> Vec<Part<'a>>) -> Self {
        Self { parts, sums: BTreeMap::new(), kinds: Kinds::default(), lacks_head: false }
    }
}

impl Shape for Settlement {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        rows.iter().map(|row| self.row(row, context)).collect()
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        if self.sums.len() > HEADS {
            return None;
        }
        let heads = self.sums.iter().map(|(id, sum)| (id.clone(), Sum { lines: 0, ..sum.clone() }));
        Some(Box::new(Self { sums: heads.collect(), ..Self::new(self.parts) }))
    }

    fn join(&mut self, fork: Box<dyn Any>) -> bool {
        let fork = fork.downcast::<Self>().expect("a settlement's forks are settlements");
        let agrees = |(id, later): (&String, &Sum)| {
            let known = self.sums.get(id).filter(|sum| sum.total.is_some());
            known.is_none_or(|sum| (later.total, &later.currency) == (sum.total, &sum.currency))
        };
        if fork.lacks_head || !fork.sums.iter().all(agrees) {
            return false;
        }
        for (id, later) in fork.sums {
            let sum = self.sums.entry(id).or_default();
            *sum = Sum { lines: sum.lines + later.lines, ..later };
        }
        true
    }

    fn finish(&mut self) -> Result<()> {
        for (id, sum) in &self.sums {
            let Some(total) = sum.total else {
                return Err(refusal(format!("settlement `{id}` has no row with its total")));
            };
            if i128::from(total.ten_thousandths()) != sum.lines {
                let lines = i64::try_from(sum.lines).map(Amount::from_ten_thousandths);
                let lines = lines.map_or_else(|_| "more than any amount".to_owned(), |lines| lines.to_string());
                return Err(refusal(format!("settlement `{id}` states {total} but its lines come to {lines}")));
            }
        }
        Ok(())
    }
}

fn refusal(message: String) -> Box<Diagnostic> {
    Diagnostic::error("control-total", message)
        .hint("download the settlement again; do not edit it in a spreadsheet")
        .into()
}

impl Settlement {
    fn row(&mut self, view: &View<'_>, context: &Context) -> Verdict {
        let id = view.text(SETTLEMENT_ID).unwrap_or_default();
        if let Some(total) = view.money(TOTAL).filter(|_| !view.is_known(TRANSACTION)) {
            return self.total(view, id, total, context);
        }
        let parts = (self.parts)(view);
        if parts.is_empty() {
            return Complaint::missing("amount").into();
        }
        let Some(at) = view.instant(POSTED_AT).or_else(|| view.instant("posted_day")) else {
            return Complaint::missing("posted_at").into();
        };
        if !self.sums.contains_key(id) {
            self.sums.insert(id.to_owned(), Sum::default());
        }
        let sum = self.sums.get_mut(id).expect("it was put there");
        let currency = view.text(CURRENCY).or(sum.currency.as_deref()).map(SmolStr::from);
        self.lacks_head |= currency.is_none();
        sum.lines += parts.iter().map(|part| i128::from(part.amount.ten_thousandths())).sum::<i128>();
        if let [part] = parts.as_slice() {
            return Verdict::Fact(self.line(view, id, at, part, currency, context));
        }
        Verdict::Facts(parts.iter().map(|part| self.line(view, id, at, part, currency.clone(), context)).collect())
    }

    fn total(&mut self, view: &View<'_>, id: &str, total: Amount, context: &Context) -> Verdict {
        let sum = self.sums.entry(id.to_owned()).or_default();
        if sum.total.is_some_and(|known| known != total) {
            return Complaint::new("total", "control_total", "the settlement states another total above").into();
        }
        sum.total = Some(total);
        sum.currency = view.text(CURRENCY).map(str::to_owned);
        Verdict::Fact(Draft::new("settlements").with(view).set("channel", context.channel_name()))
    }

    fn line(
        &mut self,
        view: &View<'_>,
        id: &str,
        at: Timestamp,
        part: &Part<'_>,
        currency: Option<SmolStr>,
        context: &Context,
    ) -> Draft {
        let text = |field: Place| view.text(field).unwrap_or_default();
        let (transaction, order) = (text(TRANSACTION), text(ORDER_ID));
        let (meaning, description) = self.kinds.of(transaction, part.group, part.what);
        let tax_included = tax_included(meaning.kind, text(MARKETPLACE), currency.as_deref());
        let (micros, amount) = (at.micros().to_le_bytes(), part.amount.ten_thousandths().to_le_bytes());
        let said = [id, text(ITEM), text(SKU), transaction, order, part.group, part.what].map(str::as_bytes);
        let content = [said[0], &micros, &amount, said[1], said[2], said[3], said[4], said[5], said[6]];
        draft!(
            "settlement_lines",
            "channel": context.channel_name(),
            "settlement_id": id,
            "line": lake::twin_name(order, &content),
            "posted_at": at,
            "order_id": view.cell(ORDER_ID).clone(),
            "sku": view.cell(SKU).clone(),
            "channel_sku": view.cell(SKU).clone(),
            "quantity": view.count(QUANTITY).filter(|_| part.counts),
            "kind": Cell::word(meaning.kind),
            "description": description,
            "amount": part.amount,
            "currency": currency,
            "tax_included": tax_included,
            "whole": true,
            "kind_assumed": meaning.is_assumed.then_some(true),
        )
        .sold_in(marketplaces::country(text(MARKETPLACE)))
    }
}

/// Whether an amount holds the buyer's tax. Where prices hold their tax, a refund does as well, unless its
/// settlement tells that tax in lines of their own: those say so.
fn tax_included(kind: &str, marketplace: &str, currency: Option<&str>) -> Option<bool> {
    let told = match kind {
        "refund" => true,
        "tax_collected" => false,
        _ => return None,
    };
    prices_hold_tax(marketplace, currency.unwrap_or_default()).then_some(told)
}

/// Groups that say no more than what sort of amount it is.
const GENERAL: &[&str] =
    &["ItemPrice", "ItemFees", "ItemWithheldTax", "Promotion", "ShipmentFees", "OrderFees", "other-transaction"];

/// What an amount is for: its description, with its group where that says more, and all of its names
/// where no list knows it.
fn described(transaction: &str, group: &str, what: &str, meaning: Meaning) -> String {
    match what {
        _ if meaning.is_open() => joined(&[transaction, group, what]),
        "" => transaction.to_owned(),
        _ if GENERAL.contains(&group) => what.to_owned(),
        _ => joined(&[group, what]),
    }
}

/// What the amounts are that were met so far, and what they are called: a file of millions of lines
/// has a few dozen.
#[derive(Default)]
struct Kinds(Vec<([SmolStr; 3], Meaning, SmolStr)>);

impl Kinds {
    fn of(&mut self, transaction: &str, group: &str, what: &str) -> (Meaning, SmolStr) {
        let known = self.0.iter().find(|([a, b, c], ..)| a == transaction && b == group && c == what);
        if let Some((_, meaning, description)) = known {
            return (*meaning, description.clone());
        }
        let meaning = kinds::of_line(transaction, group, what);
        let description = SmolStr::from(described(transaction, group, what, meaning));
        if self.0.len() < 200 {
            self.0.push(([transaction, group, what].map(SmolStr::from), meaning, description.clone()));
        }
        (meaning, description)
    }
}

//! What Etsy took in and kept, and what it sent to the bank.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{self, Currency, Instant, Money, Prose};
use crate::ingest::cell::{Locale, Value};
use crate::ingest::channels::named_by_content;
use crate::ingest::channels::words::containing;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View, total};
use crate::types::Money as Amount;

/// The monthly statement: sales under `Amount`, fees and taxes in their own column, both in `Net`.
pub(crate) static STATEMENT: Export = Export {
    id: "etsy-statement",
    kind: ChannelKind::Etsy,
    document: "settlement",
    table: "settlement_lines",
    fields: &[
        need("posted_at", &["Date"], Instant),
        need("type", &["Type"], Prose),
        need("title", &["Title"], Prose),
        head("info", &["Info"], Prose),
        head("currency", &["Currency"], Currency),
        head("amount", &["Amount"], Money),
        head("fees", &["Fees & Taxes"], Money),
        head("net", &["Net"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(line)),
};

/// What a line is, by its type. A payment is what the seller paid of a debt to Etsy, and no cost: those
/// stand on lines of their own.
const BY_TYPE: &[(&str, &str)] = &[
    ("sale", "sale"),
    ("refund", "refund"),
    ("tax", "tax_withheld"),
    ("marketing", "advertising"),
    ("shipping", "shipping_label"),
    ("deposit", "payout"),
    ("payment", "balance"),
    ("reserve", "reserve"),
    // What a buyer pays for a state, such as a levy on deliveries, and Etsy hands on.
    ("buyer fee", "tax_withheld"),
];

/// What a fee is, by its title: of Etsy's Fees & Payments Policy (etsy.com/legal/fees, read 2026-12-01) in
/// the words of statements. The tax on a fee is told by the fee's name, some of them cut short, such as
/// `VAT: transaction` and `VAT: auto-renew sold`, and is of its kind: it is kept with it.
const BY_TITLE: &[(&str, &str)] = &[
    // First: what follows it is an article's title, which may hold any word.
    ("transaction", "referral_fee"),
    ("regulatory operating", "referral_fee"),
    ("share & save", "referral_fee"),
    ("processing", "payment_fee"),
    ("currency conversion", "payment_fee"),
    ("deposit fee", "payment_fee"),
    ("offsite ads", "advertising"),
    ("etsy ads", "advertising"),
    ("promoted listing", "advertising"),
    ("subscription", "subscription_fee"),
    ("etsy plus", "subscription_fee"),
    ("pattern", "subscription_fee"),
    ("set-up fee", "subscription_fee"),
    ("listing", "service_fee"),
    ("renew", "service_fee"),
    ("multi-quantity", "service_fee"),
    ("seller fees", "service_fee"),
];

/// A line has no number of its own, and twins among them are two fees.
fn line(view: &View<'_>, context: &Context) -> Verdict {
    let amount = match amount(view, context) {
        Ok(amount) => amount,
        Err(complaint) => return complaint.into(),
    };
    let Some(at) = view.instant("posted_at") else { return Complaint::missing("posted_at").into() };
    let text = |name: &str| view.text(name).unwrap_or_default();
    let month: String = at.day_in(context.locale.zone).to_string().chars().take(7).collect();
    let order = order(text("info")).or_else(|| order(text("title")));
    let said = [text("type"), text("title"), text("info"), &amount.to_string()];
    let kind = kind(text("type"), text("title"));
    let draft = Draft::new("settlement_lines")
        .set("channel", context.channel_name())
        .set("settlement_id", month)
        .set("line", named_by_content(order.unwrap_or_default(), at, &said))
        .set("posted_at", at)
        .set("order_id", order)
        .set("title", article(text("title")))
        .set("kind", kind)
        .set("tax_included", tax_included(kind, text("type"), order))
        .set("description", text("title"))
        .set("amount", amount)
        .set("currency", view.text("currency").unwrap_or(context.channel_currency.as_str()));
    Verdict::Facts(vec![draft])
}

/// A sale and its refund hold the tax. That which Etsy keeps and pays itself has lines beside both, and of a
/// refund no other part is tax: what was the seller's own has none.
fn tax_included(kind: &str, by_type: &str, order: Option<&str>) -> Option<bool> {
    let is_apart = by_type.eq_ignore_ascii_case("tax") && order.is_some();
    if is_apart { Some(false) } else { (kind == "refund").then_some(true) }
}

/// The title of the article that a fee is for: `Transaction fee: Blue mug`, and `VAT: Transaction fee: Blue mug`.
/// `Shipping` is what the same fee takes of the shipping.
fn article(title: &str) -> Option<&str> {
    const MARK: &str = "transaction fee: ";
    // What comes before the title is plain ASCII, which keeps its places in small letters.
    let start = title.to_ascii_lowercase().find(MARK)? + MARK.len();
    Some(title[start..].trim()).filter(|article| !article.eq_ignore_ascii_case("shipping"))
}

fn kind(by_type: &str, title: &str) -> &'static str {
    match by_type.to_lowercase().as_str() {
        "fee" | "vat" => containing(title, BY_TITLE).unwrap_or("other"),
        by_type => containing(by_type, BY_TYPE).unwrap_or("other"),
    }
}

/// How a line moves the balance. What went to the bank is told by its title alone: `$68.87 sent to
/// your bank account`.
fn amount(view: &View<'_>, context: &Context) -> Result<Amount, Complaint> {
    let parts = total(["amount", "fees"].iter().filter_map(|name| view.money(name)));
    let parts = parts.ok_or_else(|| Complaint::overflow("amount"))?;
    let known = view.is_known("amount") || view.is_known("fees");
    match view.money("net") {
        Some(net) if known && net != parts => {
            Err(Complaint::new("net", "control_total", "net is not the amount with fees and taxes"))
        }
        Some(net) => Ok(net),
        None if known => Ok(parts),
        None => sent(view, context).map(|amount| -amount),
    }
}

fn sent(view: &View<'_>, context: &Context) -> Result<Amount, Complaint> {
    let unknown = || Complaint::new("title", "missing_value", "no column and no title tells the amount");
    let (written, _) = view.text("title").and_then(|title| title.split_once(" sent to ")).ok_or_else(unknown)?;
    let currency = view.text("currency").and_then(|currency| currency.parse().ok()).unwrap_or(context.channel_currency);
    let locale = Locale { currency, ..context.locale.clone() };
    match Reader::Money.read(written, &locale) {
        Ok(Value::Money(amount)) => Ok(amount),
        Ok(_) => Err(unknown()),
        Err(flaw) => Err(Complaint::new("title", flaw.code, flaw.reason)),
    }
}

/// The number after `Order #` or `order:`.
fn order(text: &str) -> Option<&str> {
    let rest = ["Order #", "order #", "order: ", "Order: "].iter().find_map(|mark| text.split_once(mark))?.1;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

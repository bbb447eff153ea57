//! What eBay paid out, and what it kept.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Currency, Day, Instant, Money, Prose, TabbedIdentifier, Word};
use crate::ingest::channels::words::containing;
use crate::ingest::channels::{named_by_content, unread};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, head, may, need};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View, total};
use crate::types::{self, Money as Amount, Timestamp};

/// One row per transaction. An order of several lines has a row with its amounts and below it one
/// per line with article and fees; the tax that eBay collects and pays itself is in neither.
///
/// The German headers are those of programs that read such reports: `Versandziel - Land`, `Gebühr für
/// gesetzliche Betriebskosten` and the fees for bad service among them (GitHub code search, 2026-12-01).
/// A fee in a column that is new, or in another language, is told by the row's own net.
pub(crate) static TRANSACTIONS: Export = Export {
    id: "ebay-transactions",
    kind: ChannelKind::Ebay,
    document: "settlement",
    table: "settlement_lines",
    fields: FIELDS,
    others: Some(Prose),
    never: &[],
    width: None,
    style: STYLE,
    group: Some("order_id"),
    totals: &[],
    shape: |_| Box::new(ByGroup(transactions)),
};

const FIELDS: &[Field] = &[
    need("posted_at", &["Transaction creation date", "Datum der Transaktionserstellung"], Instant),
    need("type", &["Type", "Typ"], Word(TYPE)),
    head("order_id", &["Order number", "Bestellnummer"], TabbedIdentifier),
    may("legacy", &["Legacy order ID", "Alte Bestellnummer"], TabbedIdentifier),
    head("net", &["Net amount", "Betrag abzügl. Kosten"], Money),
    may("payout_currency", &["Payout currency", "Auszahlungswährung"], Currency),
    may("payout_day", &["Payout date", "Auszahlungsdatum"], Day),
    head("payout_id", &["Payout ID", "Auszahlung Nr."], TabbedIdentifier),
    may("item", &["Item ID", "Artikelnummer"], TabbedIdentifier),
    may("transaction", &["Transaction ID", "Transaktionsnummer"], TabbedIdentifier),
    may("sku", &["Custom label", "Bestandseinheit"], TabbedIdentifier),
    may("quantity", &["Quantity", "Stückzahl", "Anzahl"], Count),
    may("subtotal", &["Item subtotal", "Zwischensumme Artikel"], Money),
    may("shipping", &["Shipping and handling", "Postage and packaging", "Verpackung und Versand"], Money),
    may("tax", &["Seller collected tax", "Vom Verkäufer eingezogene Steuer"], Money),
    head("final_fixed", &["Final Value Fee - fixed", "Fixer Anteil der Verkaufsprovision"], Money),
    head("final_variable", &["Final Value Fee - variable", "Variabler Anteil der Verkaufsprovision"], Money),
    may("regulatory", &["Regulatory operating fee", "Gebühr für gesetzliche Betriebskosten"], Money),
    may(
        "not_as_described",
        &[
            "Very high \"item not as described\" fee",
            "Very high 'item not as described' fee",
            "Gebühr für sehr hohe Quote an \"nicht wie beschriebenen Artikeln\"",
        ],
        Money,
    ),
    may(
        "below_standard",
        &["Below standard performance fee", "Gebühr für unterdurchschnittlichen Servicestatus"],
        Money,
    ),
    may("international", &["International fee", "Internationale Gebühr"], Money),
    may("charity", &["Charity donation"], Money),
    may("deposit", &["Deposit processing fee"], Money),
    head("gross", &["Gross transaction amount", "Transaktionsbetrag (inkl. Kosten)"], Money),
    may("currency", &["Transaction currency", "Transaktionswährung"], Currency),
    may("reference", &["Reference ID", "Referenznummer"], TabbedIdentifier),
    may("description", &["Description", "Beschreibung"], Prose),
];

const TYPE: &[(&str, &str)] = &[
    ("order", "order"),
    ("bestellung", "order"),
    ("refund", "refund"),
    ("rückerstattung", "refund"),
    ("payout", "payout"),
    ("secondary payout", "payout"),
    ("auszahlung", "payout"),
    ("hold", "hold"),
    ("einbehaltung", "hold"),
    ("charge", "charge"),
    ("belastung", "charge"),
    ("other fee", "fee"),
    ("andere gebühr", "fee"),
    ("shipping label", "label"),
    ("postage label", "label"),
    ("versandetikett", "label"),
    ("claim", "claim"),
    ("payment dispute", "claim"),
    ("transfer", "transfer"),
    ("adjustment", "adjustment"),
    ("purchase", "purchase"),
    ("withheld tax", "tax"),
    ("reserve", "reserve"),
];

/// The columns with eBay's fees, negative where they are kept.
const FEES: &[(&str, &str)] = &[
    ("final_fixed", "referral_fee"),
    ("final_variable", "referral_fee"),
    ("regulatory", "referral_fee"),
    ("not_as_described", "referral_fee"),
    ("below_standard", "referral_fee"),
    ("international", "referral_fee"),
    ("charity", "other"),
    ("deposit", "payment_fee"),
];

/// What a fee that is charged by itself is for, by its description.
const FEE_WORDS: &[(&str, &str)] = &[
    ("final value", "referral_fee"),
    ("verkaufsprovision", "referral_fee"),
    ("promoted", "advertising"),
    ("ad fee", "advertising"),
    ("anzeige", "advertising"),
    ("subscription", "subscription_fee"),
    ("shop-abo", "subscription_fee"),
    ("international", "referral_fee"),
];

/// An amount of a transaction: the row that tells it, the field or the header of a column that no field
/// names, what it is, how much.
struct Part<'a> {
    row: usize,
    field: &'a str,
    kind: &'static str,
    amount: Amount,
}

fn transactions(rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(rows.len());
    let mut start = 0;
    while start < rows.len() {
        let lines = rows[start + 1..].iter().take_while(|row| is_line(row)).count();
        verdicts.extend(transaction(&rows[start..=start + lines], context));
        start += lines + 1;
    }
    verdicts
}

/// True for a line of the transaction above it.
fn is_line(view: &View<'_>) -> bool {
    !view.is_known("gross") && !view.is_known("net")
}

fn transaction(rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let first = &rows[0];
    let all = |verdict: Verdict| vec![verdict; rows.len()];
    let (Some(at), Some(kind)) = (first.instant("posted_at"), first.text("type")) else {
        return all(Complaint::missing("posted_at").into());
    };
    let Some(gross) = first.money("gross").or(first.money("net")) else {
        let reason = "the order's row with its amounts does not stand before it";
        return all(Complaint::new("gross", "orphan_continuation", reason).into());
    };
    match kind {
        "payout" => return all(Verdict::Structure("payout")),
        // A hold and its release name the order's money a second time.
        "hold" => return all(Verdict::Structure("hold")),
        _ => {}
    }
    let Some(settlement) = settlement(first) else { return all(Verdict::Structure("not paid out yet")) };
    let parts = parts(rows, kind, gross);
    let sum = parts.as_ref().and_then(|parts| total(parts.iter().map(|part| part.amount)));
    let (Some(mut parts), Some(sum)) = (parts, sum) else { return all(Complaint::overflow("gross").into()) };
    match unread_fees(rows, sum, context) {
        Ok(fees) => parts.extend(fees),
        Err(complaint) => return all(complaint.into()),
    }
    let mut drafts: Vec<Vec<Draft>> = vec![Vec::new(); rows.len()];
    let currency = first.text("currency").unwrap_or(context.channel_currency.as_str());
    let holds_tax = currency.parse().is_ok_and(types::Currency::prices_hold_tax);
    for part in parts {
        let view = &rows[part.row];
        let draft = Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", settlement.as_str())
            .set("line", name(view, at, kind, gross, part.field))
            .set("posted_at", at)
            .set("order_id", first.cell("order_id").clone())
            .set("sku", view.cell("sku").clone())
            .set("channel_sku", view.text("sku").or(view.text("item")))
            .set("quantity", view.count("quantity").filter(|_| part.field == "subtotal"))
            .set("kind", part.kind)
            .set("description", described(view, &part))
            .set("amount", part.amount)
            .set("currency", currency)
            .set("tax_included", (part.kind == "refund" && holds_tax).then_some(true));
        drafts[part.row].push(draft);
    }
    drafts.into_iter().map(Verdict::Facts).collect()
}

/// What the net lacks, where columns that no table knows hold exactly that: fees, by their own names.
fn unread_fees<'a>(rows: &[View<'a>], told: Amount, context: &Context) -> Result<Vec<Part<'a>>, Complaint> {
    let first = &rows[0];
    let one_currency = !first.is_known("payout_currency") || first.text("currency") == first.text("payout_currency");
    let Some(net) = first.money("net").filter(|net| one_currency && *net != told) else { return Ok(Vec::new()) };
    let lacking = net.checked_add(-told).ok_or_else(|| Complaint::overflow("net"))?;
    let numbers = unread::numbers(rows, context);
    let Some(fees) = unread::making_up(lacking, &numbers) else {
        let reason = format!("net is not gross with the fees: {lacking} is in no fee{}", unread::named(&numbers));
        return Err(Complaint::new("net", "control_total", reason));
    };
    let part = |fee: unread::Unread<'a>| Part { row: fee.row, field: fee.header, kind: "other", amount: fee.amount };
    Ok(fees.into_iter().map(part).collect())
}

/// The payout is no part of it: a transaction gets one only when it is paid out.
fn name(view: &View<'_>, at: Timestamp, kind: &str, gross: Amount, field: &str) -> String {
    let [order, item, transaction, reference, description] =
        ["order_id", "item", "transaction", "reference", "description"].map(|name| view.text(name).unwrap_or_default());
    let said = [kind, item, transaction, reference, description, &gross.to_string(), field];
    named_by_content(order, at, &said)
}

fn settlement(view: &View<'_>) -> Option<String> {
    let day = || view.day("payout_day").map(|day| day.to_string());
    view.text("payout_id").map(str::to_owned).or_else(day)
}

/// The amounts of a transaction; none where they come to more than any amount.
fn parts(rows: &[View<'_>], kind: &str, gross: Amount) -> Option<Vec<Part<'static>>> {
    let mut parts = Vec::new();
    let mut add = |row: usize, field: &'static str, kind: &'static str, amount: Option<Amount>| {
        parts.extend(amount.filter(|amount| !amount.is_zero()).map(|amount| Part { row, field, kind, amount }));
    };
    let mut told = Amount::ZERO;
    if kind == "refund" {
        for (row, view) in rows.iter().enumerate() {
            add(row, "tax", "tax_collected", view.money("tax"));
            told = told.checked_add(view.money("tax").unwrap_or_default())?;
        }
    }
    if kind == "order" {
        // The row of an order with lines has no article; what it shares with them is told once.
        for (field, kind) in [("subtotal", "sale"), ("shipping", "shipping_charged"), ("tax", "tax_collected")] {
            let by_line = rows.iter().skip(1).any(|row| row.is_known(field));
            for (row, view) in rows.iter().enumerate().skip(usize::from(by_line)) {
                add(row, field, kind, view.money(field));
                told = told.checked_add(view.money(field).unwrap_or_default())?;
            }
        }
    }
    let rest = match kind {
        "order" if told.is_zero() => "sale",
        "refund" => "refund",
        // What eBay takes from the seller's card or account, or hands on to another of its own accounts.
        "charge" | "transfer" => "balance",
        "label" => "shipping_label",
        "claim" => "chargeback",
        "tax" => "tax_withheld",
        "reserve" => "reserve",
        "fee" => rows[0].text("description").and_then(|text| containing(text, FEE_WORDS)).unwrap_or("other"),
        _ => "other",
    };
    add(0, "gross", rest, Some(gross.checked_add(-told)?));
    for (row, view) in rows.iter().enumerate() {
        for (field, kind) in FEES {
            add(row, field, kind, view.money(field));
        }
    }
    Some(parts)
}

/// The fee's column; for a whole transaction what eBay says of it.
fn described(view: &View<'_>, part: &Part<'_>) -> String {
    let said = view.text("description").filter(|text| part.field == "gross" && *text != "--");
    let field = view.layout.field(part.field).and_then(|field| view.layout.fields[field].headers.first());
    said.map(|text| text.trim().to_owned()).or(field.cloned()).unwrap_or_else(|| part.field.to_owned())
}

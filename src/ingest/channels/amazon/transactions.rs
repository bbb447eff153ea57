//! The date-range report of transactions: what Amazon pays and keeps, a row per transaction.
//!
//! It tells the same money as the settlement's flat file. Where the lake has both, the flat file
//! counts, because it holds the settlement whole while this report may end in the middle of it.

use std::any::Any;

use super::STYLE;
use super::kinds;
use super::marketplaces;
use super::transaction_headers as of;
use crate::config::{ChannelKind, Decimal};
use crate::ingest::cell::Reader::{Count, Identifier, Instant, Money, Prose};
use crate::ingest::cell::{self, Value};
use crate::ingest::channels::meaning::Meaning;
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, Style, head, may, need};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View};
use crate::lake::Cell;
use crate::types::Money as Amount;

/// Quoted text with commas, any number of lines before the header, in the office's language.
pub(crate) static TRANSACTIONS: Export = Export {
    id: "amazon-transactions",
    kind: ChannelKind::Amazon,
    document: "settlement",
    table: "settlement_lines",
    fields: FIELDS,
    others: Some(Prose),
    never: &["日付/時間"],
    width: None,
    style: Style { quotes: true, ragged: false, ..STYLE },
    group: None,
    totals: &[],
    shape: |_| Box::new(Transactions::default()),
};

/// Japan's, where commas only ever group digits.
pub(crate) static TRANSACTIONS_JP: Export = Export {
    id: "amazon-transactions-jp",
    never: &[],
    fields: FIELDS_JP,
    style: Style { decimal: Some(Decimal::Point), ..TRANSACTIONS.style },
    ..TRANSACTIONS
};

const FIELDS: &[Field] = &[
    need("posted_at", of::DATE, Instant),
    head("settlement_id", of::SETTLEMENT, Identifier),
    head("type", of::TYPE, Prose),
    head("order_id", of::ORDER, Identifier),
    head("sku", &["sku"], Identifier),
    head("description", of::DESCRIPTION, Prose),
    head("quantity", of::QUANTITY, Count),
    head("marketplace", of::MARKETPLACE, Prose),
    may("account", &["account type"], Prose),
    may("fulfilment", of::FULFILMENT, Prose),
    may("city", of::CITY, Prose),
    may("state", of::STATE, Prose),
    may("postal", of::POSTAL, Prose),
    may("tax_model", of::TAX_MODEL, Prose),
    head("sales", of::SALES, Money),
    may("sales_tax", of::SALES_TAX, Money),
    may("shipping", of::SHIPPING, Money),
    may("shipping_tax", of::SHIPPING_TAX, Money),
    may("wrap", of::WRAP, Money),
    may("wrap_tax", of::WRAP_TAX, Money),
    may("regulatory", &["regulatory fee"], Money),
    may("regulatory_tax", &["tax on regulatory fee"], Money),
    may("rebates", of::REBATES, Money),
    may("rebates_tax", of::REBATES_TAX, Money),
    may("tax_collected", of::TAX_COLLECTED, Money),
    may("facilitator", of::FACILITATOR, Money),
    may("withheld", of::WITHHELD, Money),
    may("tcs_cgst", &["tcs-cgst"], Money),
    may("tcs_sgst", &["tcs-sgst"], Money),
    may("tcs_igst", &["tcs-igst"], Money),
    may("tds", &["tds (section 194-o)"], Money),
    head("selling_fees", of::SELLING_FEES, Money),
    head("fba_fees", of::FBA_FEES, Money),
    may("transaction_fees", of::TRANSACTION_FEES, Money),
    head("other", of::OTHER, Money),
    head("total", of::TOTAL, Money),
    may("status", of::STATUS, Prose),
    may("released", of::RELEASED, Prose),
];

const FIELDS_JP: &[Field] = &[
    need("posted_at", &["日付/時間"], Instant),
    head("settlement_id", &["決済番号"], Identifier),
    head("type", &["トランザクションの種類"], Prose),
    head("order_id", &["注文番号"], Identifier),
    head("sku", &["sku"], Identifier),
    head("description", &["説明"], Prose),
    head("quantity", &["数量"], Count),
    may("marketplace", &["amazon 出品サービス"], Prose),
    may("fulfilment", &["フルフィルメント"], Prose),
    may("city", &["市町村"], Prose),
    may("state", &["都道府県"], Prose),
    may("postal", &["郵便番号"], Prose),
    may("tax_model", &["税金徴収型"], Prose),
    head("sales", &["商品売上"], Money),
    may("sales_tax", &["商品の売上税"], Money),
    may("shipping", &["配送料"], Money),
    may("shipping_tax", &["配送料の税金"], Money),
    may("wrap", &["ギフト包装手数料"], Money),
    may("wrap_tax", &["ギフト包装クレジットの税金"], Money),
    may("points", &["amazonポイントの費用"], Money),
    may("rebates", &["プロモーション割引額"], Money),
    may("rebates_tax", &["プロモーション割引の税金"], Money),
    may("withheld", &["源泉徴収税を伴うマーケットプレイス"], Money),
    head("selling_fees", &["手数料"], Money),
    head("fba_fees", &["fba 手数料"], Money),
    may("transaction_fees", &["トランザクションに関するその他の手数料"], Money),
    head("other", &["その他"], Money),
    head("total", &["合計"], Money),
    may("status", &["トランザクションのステータス"], Prose),
    may("released", &["トランザクション開始日"], Prose),
];

/// What each amount is, and what it is in a refund.
const PARTS: &[(&str, &str, &str)] = &[
    ("sales", "sale", "refund"),
    ("sales_tax", "tax_collected", "tax_collected"),
    ("shipping", "shipping_charged", "refund"),
    ("shipping_tax", "tax_collected", "tax_collected"),
    ("wrap", "shipping_charged", "refund"),
    ("wrap_tax", "tax_collected", "tax_collected"),
    ("regulatory", "tax_collected", "tax_collected"),
    ("regulatory_tax", "tax_collected", "tax_collected"),
    ("points", "service_fee", "service_fee"),
    ("rebates", "discount", "refund"),
    ("rebates_tax", "tax_collected", "tax_collected"),
    ("tax_collected", "tax_collected", "tax_collected"),
    ("facilitator", "tax_withheld", "tax_withheld"),
    ("withheld", "tax_withheld", "tax_withheld"),
    ("tcs_cgst", "tax_withheld", "tax_withheld"),
    ("tcs_sgst", "tax_withheld", "tax_withheld"),
    ("tcs_igst", "tax_withheld", "tax_withheld"),
    ("tds", "tax_withheld", "tax_withheld"),
];

/// What the buyer's tax stands in.
const TAXES: &[&str] = &["sales_tax", "shipping_tax", "wrap_tax", "rebates_tax", "tax_collected"];

/// Fees, and what they are of a sale. Of anything else the transaction's description and type tell
/// it: storage stands among the fees of the warehouses too. Shipping held back, fees per item and for
/// collecting tax share a column ("Definitions" above the report's table).
const FEES: &[(&str, &str)] =
    &[("selling_fees", "referral_fee"), ("fba_fees", "fulfilment_fee"), ("transaction_fees", "service_fee")];

/// Beginnings of the types that pay out, in the languages of Amazon's offices.
const TRANSFERS: &[&str] = &["transfer", "übertrag", "transfert", "trasferimento", "transferir", "振込"];
const REFUNDS: &[&str] =
    &["refund", "erstattung", "remboursement", "rimborso", "reembolso", "返金", "chargeback", "buyer recharge"];
const LIQUIDATIONS: &[&str] = &["liquidation"];

/// Twins are real here: two equal fees are two fees.
#[derive(Default)]
struct Transactions {
    /// The currency of the marketplace that was named last: transfers name none.
    currency: Option<&'static str>,
    /// Of a fork: the currency that it began with, which a row has if it leans on it, and whether a
    /// marketplace was named since.
    began_with: Option<&'static str>,
    leans: bool,
    is_named: bool,
}

impl Shape for Transactions {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        rows.iter().map(|row| self.transaction(row, context)).collect()
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        let (currency, began_with) = (self.currency, self.currency);
        Some(Box::new(Self { currency, began_with, ..Self::default() }))
    }

    fn join(&mut self, fork: Box<dyn Any>) -> bool {
        let fork = fork.downcast::<Self>().expect("forks of transactions are transactions");
        if fork.leans && fork.began_with != self.currency {
            return false;
        }
        if fork.is_named {
            self.currency = fork.currency;
        }
        true
    }
}

impl Transactions {
    fn transaction(&mut self, view: &View<'_>, context: &Context) -> Verdict {
        let said = |name: &str| view.text(name).unwrap_or_default();
        let named = marketplaces::currency(said("marketplace"));
        self.is_named |= named.is_some();
        self.currency = named.or(self.currency);
        // Deferred money comes again when it is released.
        if said("status").to_lowercase().starts_with("deferred") {
            return Verdict::Structure("deferred, not released yet");
        }
        let Some(settlement) = view.text("settlement_id") else {
            return Verdict::Structure("not settled yet");
        };
        let mut parts = match parts(view, context) {
            Ok(parts) => parts,
            Err(complaint) => return complaint.into(),
        };
        parts.retain(|part| !part.amount.is_zero());
        if parts.is_empty() {
            return Verdict::Structure("nothing was paid");
        }
        let Some(at) = view.instant("posted_at") else { return Complaint::missing("posted_at").into() };
        self.leans |= !self.is_named;
        let total = view.money("total").unwrap_or_default().to_string();
        let currency = self.currency.unwrap_or(context.channel_currency.as_str());
        let holds_tax = marketplaces::prices_hold_tax(said("marketplace"), currency) && tells_no_tax(view);
        let line = |(index, part): (usize, Part)| {
            let content = [said("type"), said("sku"), said("description"), &total, &part.header];
            let is_refund = part.meaning.kind == "refund";
            let sold = ["sale", "liquidation"].contains(&part.meaning.kind) || (is_refund && index == 0);
            Draft::new("settlement_lines")
                .set("channel", context.channel_name())
                .set("settlement_id", settlement)
                .set("line", named_by_content(said("order_id"), at, &content))
                .set("posted_at", at)
                .set("order_id", view.cell("order_id").clone())
                .set("sku", view.cell("sku").clone())
                .set("channel_sku", view.cell("sku").clone())
                .set("quantity", if sold { view.cell("quantity").clone() } else { Cell::Null })
                .set("kind", part.meaning.kind)
                .set("description", part.header)
                .set("amount", part.amount)
                .set("currency", currency)
                .set("tax_included", (is_refund && holds_tax).then_some(true))
                .set("kind_assumed", part.meaning.is_assumed.then_some(true))
                .sold_in(marketplaces::country(said("marketplace")))
        };
        Verdict::Facts(parts.into_iter().enumerate().map(line).collect())
    }
}

/// An amount of a transaction.
struct Part {
    header: String,
    meaning: Meaning,
    amount: Amount,
}

/// The amounts of a transaction, which must come to its total.
fn parts(view: &View<'_>, context: &Context) -> Result<Vec<Part>, Complaint> {
    let sales = view.money("sales").unwrap_or_default();
    let is_refund = is_of(view, REFUNDS) || sales < Amount::ZERO;
    let mut parts = priced(view, is_refund);
    parts.extend(explained(view, is_refund || !sales.is_zero()));
    let sum = |parts: &[Part]| parts.iter().map(|part| part.amount).sum::<Amount>();
    let (told, total) = (sum(&parts), view.money("total").unwrap_or_default());
    if told != total {
        let unknown = unknown(view, context);
        if told + sum(&unknown) != total {
            return Err(Complaint::new("total", "control_total", format!("its amounts come to {told}")));
        }
        parts.extend(unknown);
    }
    Ok(parts)
}

/// Whether the transaction's type begins with one of these words.
fn is_of(view: &View<'_>, words: &[&str]) -> bool {
    let kind = view.text("type").unwrap_or_default().to_lowercase();
    words.iter().any(|word| kind.starts_with(word))
}

/// Whether none of the buyer's tax stands in a column of its own: then prices hold it.
fn tells_no_tax(view: &View<'_>) -> bool {
    TAXES.iter().all(|column| view.money(column).is_none_or(Amount::is_zero))
}

/// What the buyer paid or got, and the tax.
fn priced(view: &View<'_>, is_refund: bool) -> Vec<Part> {
    let is_liquidation = is_of(view, LIQUIDATIONS);
    let part = |(column, kind, refunded): &(&str, &'static str, &'static str)| {
        let kind = match *column {
            "sales" if is_liquidation => "liquidation",
            _ if is_refund => refunded,
            _ => kind,
        };
        let header = (*column).replace('_', " ");
        view.money(column).map(|amount| Part { header, meaning: Meaning::known(kind), amount })
    };
    PARTS.iter().filter_map(part).collect()
}

/// Fees, and what only the transaction's description and type explain. Those of a sale have the
/// article's name as their description.
fn explained(view: &View<'_>, is_sale: bool) -> Vec<Part> {
    let told = |column: &str| view.money(column).filter(|amount| !amount.is_zero());
    let by_names = |column: &str, amount| {
        let meaning = meaning(view, is_sale);
        Part { header: described(view, column, meaning), meaning, amount }
    };
    let fee = |(column, of_sale): &(&str, &'static str)| {
        let amount = told(column)?;
        let usual = || Part { header: (*column).replace('_', " "), meaning: Meaning::known(of_sale), amount };
        if is_sale {
            return Some(usual());
        }
        let part = by_names(column, amount);
        Some(if part.meaning.is_open() && *column != "transaction_fees" { usual() } else { part })
    };
    FEES.iter().filter_map(fee).chain(told("other").map(|amount| by_names("other", amount))).collect()
}

/// What a transaction is by its description and its type.
fn meaning(view: &View<'_>, is_sale: bool) -> Meaning {
    let [by_type, description] = ["type", "description"].map(|name| view.text(name).unwrap_or_default());
    match () {
        () if is_of(view, TRANSFERS) => Meaning::known("payout"),
        () if is_sale => kinds::of_names(&[by_type]),
        () => kinds::of_names(&[description, by_type]),
    }
}

/// Amounts of columns that are new since this was written.
fn unknown(view: &View<'_>, context: &Context) -> Vec<Part> {
    let locale = view.locale(context);
    let amount = |value: Value<&str>| match value {
        Value::Text(text) => cell::money(text, &locale).ok(),
        _ => None,
    };
    let part = |(header, value): (&str, Value<&str>)| {
        Some(Part { header: header.to_owned(), meaning: Meaning::known("other"), amount: amount(value)? })
    };
    view.others().filter_map(part).collect()
}

fn described(view: &View<'_>, column: &str, meaning: Meaning) -> String {
    let [by_type, description] = ["type", "description"].map(|name| view.text(name));
    let said = match (by_type, description) {
        (Some(by_type), Some(description)) if meaning.is_open() => format!("{by_type} / {description}"),
        _ => description.or(by_type).unwrap_or_default().to_owned(),
    };
    format!("{}: {said}", column.replace('_', " "))
}

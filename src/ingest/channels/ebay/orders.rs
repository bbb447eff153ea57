//! What was ordered on eBay.

use std::collections::BTreeSet;

use super::STYLE;
use crate::config::{ChannelKind, TaxRates};
use crate::error::{Diagnostic, Result};
use crate::ingest::cell::Reader::{Count, CurrencyOfAmount, Instant, Money, Prose, TabbedIdentifier};
use crate::ingest::channels::{after_step, beside};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{Complaint, Draft, Shape, Verdict, View, line_names, total as sum_of};
use crate::ingest::tax_in_prices;
use crate::ingest::totals;
use crate::lake::Cell;
use crate::types::{Money as Amount, Timestamp};

/// One row per line; an order of several lines has a row of its own above them. Its last lines
/// count the records, also where people joined several downloads.
pub(crate) static ORDERS: Export = Export {
    id: "ebay-orders",
    kind: ChannelKind::Ebay,
    document: "orders",
    table: "order_lines",
    fields: &[
        need("record", &["Sales Record Number", "Verkaufsprotokollnummer"], TabbedIdentifier),
        head("order_id", &["Order Number", "Bestellnummer"], TabbedIdentifier),
        may("item", &["Item Number", "Artikelnummer"], TabbedIdentifier),
        may("title", &["Item Title", "Angebotstitel"], Prose),
        may("sku", &["Custom Label", "Custom Label (SKU)", "Bestandseinheit"], TabbedIdentifier),
        head("quantity", &["Quantity", "Anzahl"], Count),
        head("unit_price", &["Sold For", "Verkauft für"], Money),
        may(
            "shipping",
            &[
                "Shipping And Handling",
                "Postage And Packaging",
                "Postage And Packing",
                "Postage And Handling",
                "Verpackung und Versand",
            ],
            Money,
        ),
        may("taxes", &["Seller Collected Tax"], Money),
        may("ebay_tax", &["eBay Collected Tax", "Von eBay eingezogene Steuer"], Money),
        may("ebay_charges", &["eBay Collected Charges"], Money),
        may("holds_ebay", &["eBay Collected Tax and Fees Included in Total"], Prose),
        may("tax_rate", &["Inklusive MwSt.-Satz", "Inklusive Mehrwertsteuersatz"], Prose),
        head("total", &["Total Price", "Gesamtbetrag"], Money),
        // An order in another currency than the shop's says so beside its amounts.
        head("currency", &["Total Price", "Gesamtbetrag"], CurrencyOfAmount),
        need("ordered_at", &["Sale Date", "Verkauft am"], Instant),
        head("paid_at", &["Paid On Date", "Zahlungsdatum"], Instant),
        may(
            "shipped_at",
            &["Shipped On Date", "Dispatched On Date", "Posted On Date", "Verschickt am - Datum"],
            Instant,
        ),
        // `Versand nach - Land` and `Land des Käufers` as a program reads them that imports such reports
        // (GitHub code search, 2026-12-01).
        may(
            "country",
            &[
                "Ship To Country",
                "Post To Country",
                "Versand nach - Land",
                "Versand nach Land",
                "Buyer Country",
                "Land des Käufers",
            ],
            Prose,
        ),
        may("transaction", &["Transaction ID", "Transaktionsnummer"], TabbedIdentifier),
        may("payment_method", &["Payment Method", "Zahlungsmethode"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style { frames: &[COUNTED, "Seller ID"], ..STYLE },
    group: Some("record"),
    totals: &[],
    shape: |_| Box::new(Orders::default()),
};

/// What stands beside the number of records at the end of a download.
const COUNTED: &str = "record(s) downloaded";

#[derive(Default)]
struct Orders {
    /// Sales since the last count.
    sales: BTreeSet<String>,
    /// Records before the last count.
    counted: u64,
    refusal: Option<String>,
}

impl Shape for Orders {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        self.sales.extend(rows[0].text("record").map(str::to_owned));
        order(rows, context)
    }

    /// A download states how many records it has. Whether an order of several lines is one of them
    /// or several is not known, so both are right.
    fn frame(&mut self, line: &str, records: u64) {
        let Some((before, _)) = line.split_once(COUNTED) else { return };
        let digits: String = before.chars().filter(char::is_ascii_digit).collect();
        let here = records - self.counted;
        match digits.parse::<u64>() {
            Ok(stated) if !(self.sales.len() as u64..=here).contains(&stated) => {
                let message = format!("the download states {stated} records but has {here}");
                self.refusal.get_or_insert(message);
            }
            _ => {}
        }
        self.counted = records;
        self.sales.clear();
    }

    fn finish(&mut self) -> Result<()> {
        match self.refusal.take() {
            Some(message) => {
                Err(Diagnostic::error("control-total", message).hint("download the orders report again").into())
            }
            None => Ok(()),
        }
    }
}

fn order(rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let is_summary = rows.len() > 1 && !names_article(&rows[0]);
    let lines = &rows[usize::from(is_summary)..];
    let mut verdicts = vec![Verdict::Structure("order above its lines"); usize::from(is_summary)];
    let gross: Vec<Option<Amount>> = lines.iter().map(gross_of).collect();
    let worth: Vec<i64> = gross.iter().map(|amount| amount.map_or(0, beside::weight)).collect();
    let keys: Vec<(&str, _)> =
        lines.iter().map(|view| (article(view), (view.money("unit_price"), view.count("quantity")))).collect();
    let names = line_names(&keys);
    // What only the order's own row tells is shared out.
    let share = |name: &str| -> Vec<Option<Amount>> {
        if is_summary && !lines.iter().any(|view| view.is_known(name)) {
            let parts = beside::Shared::of(rows[0].money(name), &worth);
            return (0..lines.len()).map(|index| parts.at(index)).collect();
        }
        lines.iter().map(|view| view.money(name)).collect()
    };
    let (shipping, tax) = (share("shipping"), share("taxes"));
    for (index, view) in lines.iter().enumerate() {
        let line = Line {
            head: is_summary.then_some(&rows[0]),
            view,
            gross: gross[index],
            shipping: shipping[index],
            // Of a tax that eBay collects, or that the prices hold, it says nothing here.
            tax: tax[index].filter(|tax| !tax.is_zero()),
            name: &names[index],
        };
        verdicts.push(line.verdict(context));
    }
    add_total(&rows[0], &mut verdicts);
    verdicts
}

/// The order's own total, where it has not gone back to nothing.
fn add_total(head: &View<'_>, verdicts: &mut [Verdict]) {
    let lines = verdicts.iter().flat_map(Verdict::drafts).filter(|draft| draft.table.name == "order_lines");
    let sum = lines.map(paid).try_fold(Amount::ZERO, |sum, paid| sum.checked_add(paid?));
    let stated = head.money("total").filter(|total| !total.is_zero());
    let Some((total, sum)) = stated.zip(sum) else { return };
    let Some(verdict) = verdicts.iter_mut().find(|verdict| !verdict.drafts().is_empty()) else { return };
    let stated = totals::stated(head, &verdict.drafts()[0], total - of_ebay(head, total, sum), "all");
    verdict.add(stated);
}

/// What a line comes to for its buyer; none beyond any amount.
fn paid(line: &Draft) -> Option<Amount> {
    let amount = |column: &str| if let Cell::Money(amount) = line.get(column) { Some(*amount) } else { None };
    sum_of(["gross", "shipping_charged", "tax"].into_iter().filter_map(amount))
}

/// What of an order's total eBay collected and pays itself. Sites that do not say whether the total
/// holds it are held against the lines.
fn of_ebay(head: &View<'_>, total: Amount, lines: Amount) -> Amount {
    let collected = ["ebay_tax", "ebay_charges"].iter().filter_map(|name| head.money(*name)).sum();
    let is_held = match head.text("holds_ebay") {
        Some(word) => word.eq_ignore_ascii_case("yes"),
        None => total - collected == lines,
    };
    if is_held { collected } else { Amount::ZERO }
}

fn names_article(view: &View<'_>) -> bool {
    ["item", "title", "sku"].iter().any(|name| view.is_known(name))
}

fn gross_of(view: &View<'_>) -> Option<Amount> {
    view.money("unit_price")?.checked_times(view.count("quantity")?)
}

fn article<'a>(view: &View<'a>) -> &'a str {
    view.text("sku").or(view.text("item")).or(view.text("title")).unwrap_or("line")
}

/// One line of an order.
struct Line<'a> {
    /// The order's own row.
    head: Option<&'a View<'a>>,
    view: &'a View<'a>,
    gross: Option<Amount>,
    shipping: Option<Amount>,
    tax: Option<Amount>,
    name: &'a str,
}

impl Line<'_> {
    fn verdict(&self, context: &Context) -> Verdict {
        let Some(order) = self.text("order_id") else {
            // It has no number to know it by again, and gets one when it is paid.
            return Verdict::Structure("sale not paid yet");
        };
        if !self.view.is_known("quantity") {
            return Complaint::missing("quantity").into();
        }
        let Some(gross) = self.gross else {
            return Complaint::new("unit_price", "bad_money", "no price, or one beyond any amount").into();
        };
        let status = self.status(gross);
        let line_id = self.view.text("transaction").unwrap_or(self.name);
        let newest = ["ordered_at", "paid_at", "shipped_at"].iter().filter_map(|name| self.instant(name)).max();
        let updated = newest.map(|at| after_step(at, status));
        let mut draft = Draft::new("order_lines")
            .set("channel", context.channel_name())
            .set("order_id", order)
            .set("line_id", line_id)
            .set("ordered_at", self.instant("ordered_at"))
            .set("updated_at", updated)
            .set("exported_at", context.exported_after(updated))
            .set("sku", self.view.cell("sku").clone())
            .set("channel_sku", article(self.view))
            .set("title", self.view.cell("title").clone())
            .set("quantity", self.view.cell("quantity").clone())
            .set("unit_price", self.view.cell("unit_price").clone())
            .set("gross", gross)
            .set("shipping_charged", self.shipping)
            .set("tax", self.tax)
            .set("currency", self.text("currency").unwrap_or(context.channel_currency.as_str()))
            .set("currency_assumed", self.text("currency").map(|_| false))
            .set("status", status)
            .set("fulfilment", "seller")
            .set("location", context.pool.as_str())
            .set("country", self.text("country"));
        let Some(paid) = paid(&draft) else { return Complaint::overflow("shipping").into() };
        let went_back = status == "refunded" || status == "cancelled" && self.instant("paid_at").is_some();
        let back = went_back.then(|| self.refund(&draft, paid, newest));
        if let Some(rate) = self.text("tax_rate").and_then(TaxRates::rate_in) {
            tax_in_prices::take_out(&mut draft, rate);
        }
        Verdict::Facts([Some(draft), back].into_iter().flatten().collect())
    }

    /// A total of nothing tells an order whose money went back: returned where it had been sent, and else
    /// cancelled. Price and quantity stay as they were. Until the day of the payment stands nobody has paid.
    fn status(&self, gross: Amount) -> &'static str {
        let nothing = self.money("total").is_some_and(Amount::is_zero) && !gross.is_zero();
        let (paid, shipped) = (self.instant("paid_at").is_some(), self.instant("shipped_at").is_some());
        match (nothing, paid, shipped) {
            (true, _, false) => "cancelled",
            (true, _, true) => "refunded",
            (false, _, true) => "shipped",
            (false, true, false) => "unshipped",
            (false, false, false) => "unpaid",
        }
    }

    /// All that the buyer had paid. The report does not date it; what never left is as good as before.
    fn refund(&self, sale: &Draft, paid: Amount, at: Option<Timestamp>) -> Draft {
        let left = self.instant("shipped_at").is_some();
        let same = |column: &str| sale.get(column).clone();
        Draft::new("refund_lines")
            .set("channel", same("channel"))
            .set("refund_id", same("order_id"))
            .set("line_id", same("line_id"))
            .set("order_id", same("order_id"))
            .set("refunded_at", at)
            .set("exported_at", same("exported_at"))
            .set("sku", same("sku"))
            .set("channel_sku", same("channel_sku"))
            .set("quantity", same("quantity"))
            .set("amount", paid)
            .set("currency", same("currency"))
            .set("tax_included", true)
            .set("cumulative", true)
            .set("disposition", if left { "unknown" } else { "sellable" })
    }

    /// The line's value, or its order's.
    fn either(&self, name: &str) -> &View<'_> {
        self.head.filter(|_| !self.view.is_known(name)).unwrap_or(self.view)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.either(name).text(name)
    }

    /// An amount that is the order's as a whole.
    fn money(&self, name: &str) -> Option<Amount> {
        self.head.unwrap_or(self.view).money(name)
    }

    fn instant(&self, name: &str) -> Option<Timestamp> {
        self.either(name).instant(name)
    }
}

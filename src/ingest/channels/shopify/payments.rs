//! What was paid, what the processor kept, what was paid out.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Currency, Day, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};
use crate::lake::Cell;
use crate::types::Money as Amount;

/// Payments and what the processor keeps of them, by payout.
pub(crate) static PAYMENTS: Export = Export {
    id: "shopify-payments",
    kind: ChannelKind::Shopify,
    document: "payments",
    table: "settlement_lines",
    fields: &[
        need("posted_at", &["Transaction Date"], Instant),
        need("kind", &["Type"], Word(PAYMENT_KIND)),
        head("order_id", &["Order"], Identifier),
        may("payout_status", &["Payout Status"], Prose),
        head("payout_day", &["Payout Date"], Day),
        need("amount", &["Amount"], Money),
        head("fee", &["Fee"], Money),
        need("net", &["Net"], Money),
        may("checkout", &["Checkout"], Identifier),
        need("currency", &["Currency"], Currency),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(payment)),
};

const PAYMENT_KIND: &[(&str, &str)] = &[
    ("charge", "sale"),
    ("refund", "refund"),
    ("refund_failure", "refund"),
    ("chargeback", "chargeback"),
    ("chargeback won", "chargeback"),
    ("chargeback_won", "chargeback"),
    ("dispute", "chargeback"),
    ("adjustment", "other"),
    ("shop cash credit", "other"),
    ("reserve", "reserve"),
    ("transfer", "payout"),
    ("payout", "payout"),
    ("payout_failure", "payout"),
    ("payout failure", "payout"),
];

fn payment(view: &View<'_>, context: &Context) -> Verdict {
    // Newer files number their payouts; older ones and the summary of payouts know only the day.
    let Cell::Day(day) = view.cell("payout_day") else {
        return Verdict::Structure("payment not paid out yet");
    };
    let Some(at) = view.instant("posted_at") else { return Complaint::missing("posted_at").into() };
    let settlement = day.to_string();
    let amount = view.money("amount").unwrap_or_default();
    let fee = view.money("fee").unwrap_or_default();
    if view.money("net") != Some(amount - fee) {
        return Complaint::new("net", "control_total", "net is not amount less fee").into();
    }
    // What is paid and paid back is the whole order, tax and all.
    let tax_included = (view.text("kind") == Some("refund")).then_some(true);
    let text = |name: &str| view.text(name).unwrap_or_default();
    let order = text("order_id");
    let line = |part: &str, kind: Cell, told: Amount| {
        let name = named_by_content(order, at, &[text("kind"), text("checkout"), &amount.to_string(), part]);
        Draft::new("settlement_lines")
            .set("channel", context.channel_name())
            .set("settlement_id", settlement.as_str())
            .set("line", name)
            .set("posted_at", at)
            .set("order_id", view.cell("order_id").clone())
            .set("kind", kind)
            .set("amount", told)
            .set("currency", view.cell("currency").clone())
    };
    let mut lines = vec![line("amount", view.cell("kind").clone(), amount).set("tax_included", tax_included)];
    if !fee.is_zero() {
        lines.push(line("fee", Cell::from("payment_fee"), -fee));
    }
    Verdict::Facts(lines)
}

/// What was paid out, by day.
pub(crate) static PAYOUTS: Export = Export {
    id: "shopify-payouts",
    kind: ChannelKind::Shopify,
    document: "payouts",
    table: "settlements",
    fields: &[
        need("deposited_on", &["Payout Date"], Day),
        need("status", &["Status"], Prose),
        head("charges", &["Charges"], Money),
        head("refunds", &["Refunds"], Money),
        head("fees", &["Fees"], Money),
        need("total", &["Total"], Money),
        need("currency", &["Currency"], Currency),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(payout)),
};

fn payout(view: &View<'_>, context: &Context) -> Verdict {
    let paid = view.text("status").is_some_and(|status| status.eq_ignore_ascii_case("paid"));
    let Cell::Day(day) = view.cell("deposited_on") else { return Complaint::missing("deposited_on").into() };
    if !paid {
        return Verdict::Structure("payout under way");
    }
    let draft = Draft::new("settlements").with(view).set("channel", context.channel_name());
    Verdict::Facts(vec![draft.set("settlement_id", day.to_string())])
}

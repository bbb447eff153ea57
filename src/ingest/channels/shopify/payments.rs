//! What was paid, what the processor kept, what was paid out.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Currency, Day, Identifier, Instant, Money, Prose, Word};
use crate::ingest::channels::{named_by_content, unread};
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
        // The word itself.
        may("type", &["Type"], Prose),
        head("order_id", &["Order"], Identifier),
        may("payout_status", &["Payout Status"], Prose),
        head("payout_day", &["Payout Date"], Day),
        need("amount", &["Amount"], Money),
        head("fee", &["Fee"], Money),
        need("net", &["Net"], Money),
        may("checkout", &["Checkout"], Identifier),
        need("currency", &["Currency"], Currency),
    ],
    others: Some(Prose),
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(payment)),
};

/// Types of payments (shopify.dev, `ShopifyPaymentsTransactionType`, 2026-10, and the words of older
/// files). What moves between accounts is no cost; a bounced payout is its payout taken back.
const PAYMENT_KIND: &[(&str, &str)] = &[
    ("charge", "sale"),
    ("charge_adjustment", "sale"),
    ("refund", "refund"),
    ("refund_failure", "refund"),
    ("refund_adjustment", "refund"),
    ("chargeback", "chargeback"),
    ("chargeback_won", "chargeback"),
    ("chargeback_hold", "chargeback"),
    ("chargeback_hold_release", "chargeback"),
    ("chargeback_protection_credit", "chargeback"),
    ("chargeback_protection_credit_reversal", "chargeback"),
    ("chargeback_protection_debit", "chargeback"),
    ("chargeback_protection_debit_reversal", "chargeback"),
    ("dispute", "chargeback"),
    ("dispute_withdrawal", "chargeback"),
    ("dispute_reversal", "chargeback"),
    ("chargeback_fee", "payment_fee"),
    ("chargeback_fee_refund", "payment_fee"),
    ("application_fee_refund", "payment_fee"),
    ("stripe_fee", "payment_fee"),
    ("ach_bank_failure_debit_fee", "payment_fee"),
    ("ach_bank_failure_debit_reversal_fee", "payment_fee"),
    ("payout", "payout"),
    ("payout_failure", "payout"),
    ("payout_cancellation", "payout"),
    ("transfer", "payout"),
    ("transfer_failure", "payout"),
    ("transfer_cancel", "payout"),
    ("transfer_refund", "payout"),
    ("reserve", "reserve"),
    ("reserved_funds", "reserve"),
    ("reserved_funds_reversal", "reserve"),
    ("reserved_funds_withdrawal", "reserve"),
    ("risk_withdrawal", "reserve"),
    ("risk_reversal", "reserve"),
    ("advance", "balance"),
    ("advance_funding", "balance"),
    ("balance_transfer_inbound", "balance"),
    ("balance_transfer_outbound", "balance"),
    ("collections_credit", "balance"),
    ("collections_credit_reversal", "balance"),
    ("lending_credit", "balance"),
    ("lending_credit_reversal", "balance"),
    ("lending_debit", "balance"),
    ("lending_debit_reversal", "balance"),
    ("lending_capital_refund", "balance"),
    ("lending_capital_refund_reversal", "balance"),
    ("lending_capital_remittance", "balance"),
    ("lending_capital_remittance_reversal", "balance"),
    ("tax_adjustment", "tax_withheld"),
    ("tax_adjustment_credit", "tax_withheld"),
    ("tax_adjustment_credit_reversal", "tax_withheld"),
    ("tax_adjustment_debit", "tax_withheld"),
    ("tax_adjustment_debit_reversal", "tax_withheld"),
    ("vat_refund_credit", "tax_withheld"),
    ("vat_refund_credit_reversal", "tax_withheld"),
    ("marketplace_sales_tax", "tax_withheld"),
    ("import_tax", "tax_withheld"),
    ("import_tax_adjustment", "tax_withheld"),
    ("import_tax_refund", "tax_withheld"),
    ("customs_duty", "tax_withheld"),
    ("customs_duty_adjustment", "tax_withheld"),
    ("shipping_label", "shipping_label"),
    ("shipping_label_adjustment", "shipping_label"),
    ("shipping_label_adjustment_base", "shipping_label"),
    ("shipping_label_adjustment_surcharge", "shipping_label"),
    ("shipping_other_carrier_charge_adjustment", "shipping_label"),
    ("shipping_return_to_origin_adjustment", "shipping_label"),
    ("marketplace_fee", "referral_fee"),
    ("marketplace_fee_credit", "referral_fee"),
    ("marketplace_fee_credit_reversal", "referral_fee"),
    ("referral_fee", "referral_fee"),
    ("referral_fee_tax", "referral_fee"),
    ("billing_debit", "subscription_fee"),
    ("billing_debit_reversal", "subscription_fee"),
    // A buyer's Shop Cash is a payment like a card's.
    ("shop_cash_credit", "sale"),
    ("shop_cash_credit_reversal", "sale"),
    ("shop_cash_refund_debit", "refund"),
    ("shop_cash_refund_debit_reversal", "refund"),
    ("shop_cash_billing_debit", "advertising"),
    ("shop_cash_billing_debit_reversal", "advertising"),
    ("shop_cash_campaign_billing_credit", "advertising"),
    ("shop_cash_campaign_billing_credit_reversal", "advertising"),
    ("shop_cash_campaign_billing_debit", "advertising"),
    ("shop_cash_campaign_billing_debit_reversal", "advertising"),
    ("merchant_goodwill_credit", "reimbursement"),
    ("merchant_goodwill_credit_reversal", "reimbursement"),
    ("seller_protection_credit", "reimbursement"),
    ("seller_protection_credit_reversal", "reimbursement"),
    ("adjustment", "other"),
    ("ads_publisher_credit", "other"),
    ("ads_publisher_credit_reversal", "other"),
    ("anomaly_credit", "other"),
    ("anomaly_credit_reversal", "other"),
    ("anomaly_debit", "other"),
    ("anomaly_debit_reversal", "other"),
    ("channel_credit", "other"),
    ("channel_credit_reversal", "other"),
    ("channel_promotion_credit", "other"),
    ("channel_promotion_credit_reversal", "other"),
    ("channel_transfer_credit", "other"),
    ("channel_transfer_credit_reversal", "other"),
    ("channel_transfer_debit", "other"),
    ("channel_transfer_debit_reversal", "other"),
    ("managed_markets_charge_credit", "other"),
    ("managed_markets_customs_duty_credit", "other"),
    ("managed_markets_dispute_credit", "other"),
    ("markets_pro_credit", "other"),
    ("merchant_to_merchant_credit", "other"),
    ("merchant_to_merchant_credit_reversal", "other"),
    ("merchant_to_merchant_debit", "other"),
    ("merchant_to_merchant_debit_reversal", "other"),
    ("promotion_credit", "other"),
    ("promotion_credit_reversal", "other"),
    ("shopify_collective_credit", "other"),
    ("shopify_collective_credit_reversal", "other"),
    ("shopify_collective_debit", "other"),
    ("shopify_collective_debit_reversal", "other"),
    ("shopify_source_credit", "other"),
    ("shopify_source_credit_reversal", "other"),
    ("shopify_source_debit", "other"),
    ("shopify_source_debit_reversal", "other"),
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
    let further = match unread_fees(view, amount - fee, context) {
        Ok(further) => further,
        Err(complaint) => return complaint.into(),
    };
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
            .set("description", view.text("type"))
            .set("amount", told)
            .set("currency", view.cell("currency").clone())
    };
    let mut lines = vec![line("amount", view.cell("kind").clone(), amount).set("tax_included", tax_included)];
    if !fee.is_zero() {
        lines.push(line("fee", Cell::from("payment_fee"), -fee));
    }
    lines.extend(
        further.iter().map(|fee| line(fee.header, Cell::from("other"), fee.amount).set("description", fee.header)),
    );
    Verdict::Facts(lines)
}

/// What the net lacks, where columns that no table knows hold exactly that: kept, by their own names. Fees
/// are written above zero here.
fn unread_fees<'a>(view: &View<'a>, told: Amount, context: &Context) -> Result<Vec<unread::Unread<'a>>, Complaint> {
    let lacking = view.money("net").unwrap_or_default() - told;
    if lacking.is_zero() {
        return Ok(Vec::new());
    }
    let numbers = unread::numbers(&[*view], context);
    let reason = || format!("net is not amount less fee: {lacking} is in neither{}", unread::named(&numbers));
    match unread::making_up(-lacking, &numbers) {
        Some(fees) => Ok(fees.into_iter().map(|fee| unread::Unread { amount: -fee.amount, ..fee }).collect()),
        None => unread::making_up(lacking, &numbers).ok_or_else(|| Complaint::new("net", "control_total", reason())),
    }
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
        may("retried", &["Retried Amount"], Money),
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
    // What an earlier payout failed to bring comes with this one, and its payments stand with that one.
    let total = view.money("total").unwrap_or_default() - view.money("retried").unwrap_or_default();
    let draft = Draft::new("settlements").with(view).set("channel", context.channel_name());
    Verdict::Facts(vec![draft.set("settlement_id", day.to_string()).set("total", total)])
}

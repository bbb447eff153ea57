//! What is an amount of Walmart's reconciliation report, and what is it for?

use crate::ingest::channels::meaning::{Kinds, Meaning, joined};
use crate::ingest::channels::words::named;

/// Amounts whose type alone says what they are. A saving that Walmart funds is paid to the seller beside
/// the lower price that the buyer is charged, less the buyer's code: together they are the seller's
/// price ("Price incentives API overview", developer.walmart.com).
const AMOUNT_TYPES: Kinds = &[
    ("Total Walmart Funded Savings", "reimbursement"),
    ("Promo Code", "reimbursement"),
    ("Extra Savings", "reimbursement"),
    ("Extra Discount", "reimbursement"),
    ("SEM Marketing Fee", "advertising"),
    ("Review Accelerator Fee", "service_fee"),
    ("Ocean freight and related services", "fulfilment_fee"),
];

/// What else Walmart takes and pays, by the transaction's description, its reason or its type. `Reserve` and
/// `Release Reserve` are explained in "WFS reports: Marketplace and WFS payments"
/// (marketplacelearn.walmart.com); the other names stand in reconciliation reports that tools on public
/// GitHub are checked against, or are likely spellings of the same. Read 2026-12-01.
const NAMES: Kinds = &[
    ("Reserve", "reserve"),
    ("Release Reserve", "reserve"),
    ("Reserve credited back", "reserve"),
    ("Funds withheld to cover future refunds", "reserve"),
    ("Hold*", "reserve"),
    ("Opening balance", "balance"),
    ("Closing balance", "balance"),
    ("Negative balance*", "balance"),
    ("Balance carried*", "balance"),
    ("Carry over*", "balance"),
    ("Payment failed*", "balance"),
    ("Returned payment*", "balance"),
    ("Deposited in*", "payout"),
    ("Walmart Product Advertising*", "advertising"),
    ("SEM Marketing", "advertising"),
    ("Campaigns", "advertising"),
    ("Walmart Shipping Label*", "shipping_label"),
    ("Shipping label charge", "shipping_label"),
    ("WFS StorageFee", "storage_fee"),
    ("WFS Lost*", "reimbursement"),
    ("WFS Found*", "reimbursement"),
    ("WFS Damage*", "reimbursement"),
    ("WFS Refund", "reimbursement"),
    ("LostInventory", "reimbursement"),
    ("DamageInWarehouse", "reimbursement"),
    ("Business initiated discrete partner credit", "reimbursement"),
    ("WFS Return*", "return_fee"),
    ("WFS InventoryRemoval*", "return_fee"),
    ("WFS InventoryDisposal*", "return_fee"),
    ("WFS RC_InventoryDisposalFee", "return_fee"),
    ("WFS Fulfillment fee", "fulfilment_fee"),
    ("WFS Charge", "fulfilment_fee"),
    ("WFS Inbound*", "fulfilment_fee"),
    ("WFS InventoryTransferFee", "fulfilment_fee"),
    ("WFS PrepService*", "fulfilment_fee"),
    ("InboundTransportationFee", "fulfilment_fee"),
    ("WMSC Logistics Services", "fulfilment_fee"),
    ("Review Accelerator", "service_fee"),
    ("Dispute Settlement", "chargeback"),
];

/// Words that explain a name that is in no list.
const WORDS: Kinds = &[
    ("label", "shipping_label"),
    ("advertis", "advertising"),
    ("sponsored", "advertising"),
    ("storage", "storage_fee"),
    ("reimburs", "reimbursement"),
    ("lost", "reimbursement"),
    ("damage", "reimbursement"),
    ("found", "reimbursement"),
    ("return", "return_fee"),
    ("dispute", "chargeback"),
    ("chargeback", "chargeback"),
    ("fulfil", "fulfilment_fee"),
    ("inbound", "fulfilment_fee"),
    ("removal", "return_fee"),
    ("disposal", "return_fee"),
    ("subscription", "subscription_fee"),
    ("reserve", "reserve"),
    ("balance", "balance"),
    ("deposit", "payout"),
];

/// What an amount is by its own type, else by what its transaction is called.
pub(super) fn of_line(by_type: &str, amount_type: &str, what: &str, reason: &str) -> Meaning {
    of_amount(by_type, amount_type).map_or_else(|| Meaning::of(&[what, reason, by_type], NAMES, WORDS), Meaning::known)
}

fn of_amount(by_type: &str, amount_type: &str) -> Option<&'static str> {
    let lower = amount_type.to_lowercase();
    match () {
        () if lower.contains("withheld") => Some("tax_withheld"),
        () if lower.contains("tax") => Some("tax_collected"),
        () if lower.contains("commission") => Some("referral_fee"),
        () if named(amount_type, AMOUNT_TYPES).is_some() => named(amount_type, AMOUNT_TYPES),
        () if lower.contains("fee") => None,
        () if by_type.to_lowercase().contains("refund") => Some("refund"),
        () if lower.contains("shipping") => Some("shipping_charged"),
        () if lower.contains("price") => Some("sale"),
        () => None,
    }
}

/// What an amount is for: its type, or the transaction where the type says nothing, and all of its
/// names where no list knows it.
pub(super) fn described(by_type: &str, amount_type: &str, what: &str, meaning: Meaning) -> String {
    let is_general = amount_type.is_empty() || amount_type.ends_with("Fee/Reimbursement");
    match () {
        () if meaning.is_open() => joined(&[by_type, amount_type, what]),
        () if is_general => what.to_owned(),
        () => amount_type.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::channels::meaning::tests::holds;

    #[test]
    fn every_name_is_of_a_kind_and_hides_none() {
        holds(NAMES, WORDS);
        holds(AMOUNT_TYPES, &[]);
    }

    #[test]
    fn the_description_tells_what_the_amounts_type_does_not() {
        let kind = |by_type, what| of_line(by_type, "WFS Inventory Fee/Reimbursement", what, "").kind;
        assert_eq!(kind("Service Fee", "WFS StorageFee"), "storage_fee");
        assert_eq!(kind("Adjustment", "WFS LostInventory"), "reimbursement");
        assert_eq!(kind("Other", "WFS RC_InventoryDisposalFee"), "return_fee");
        assert_eq!(of_line("Release Reserve", "", "Reserve credited back", "").kind, "reserve");
    }
}

//! What is an amount of a settlement? Its `amount-type` and `amount-description` tell it, in the
//! older file the columns' types and the transaction, in the report of transactions its type and
//! description.
//!
//! The names below stand in settlements that sellers and their tools made public: the files of
//! adwweaver/Amazon-Settlement-Transformer, amzn/selling-partner-api-models issue 5391 (`FBAFees`,
//! `FBA Inventory Storage Fee`, `Base fee`), Continia's list of Amazon's transaction types, the
//! reimbursement reasons of `GET_FBA_REIMBURSEMENTS_DATA`, and classifications that public code on
//! GitHub checked against real payouts. Read 2026-12-01. A name that is in no list counts as another
//! fee and is told; one that only a word in it explains is told as well.

use crate::ingest::channels::meaning::{Kinds, Meaning};
use crate::ingest::channels::words::{containing, named};

/// Names of what Amazon takes and pays beside sales and refunds. An amount's group is looked up before its
/// description: of `FBA Removal Order: Return Fee` even the `Tax on fee` is a cost of returns.
const NAMES: Kinds = &[
    // movements of the balance
    ("Current Reserve Amount", "reserve"),
    ("Previous Reserve Amount Balance", "reserve"),
    ("Reserve Debit", "reserve"),
    ("Reserve Credit", "reserve"),
    ("Beginning Balance", "balance"),
    ("Payable to Amazon", "balance"),
    ("Successful charge", "balance"),
    ("Charge to credit card", "balance"),
    ("Micro Deposit", "balance"),
    ("Failed disbursement", "balance"),
    ("Transfer of funds unsuccessful*", "balance"),
    ("Debt", "balance"),
    ("Debt Adjustment", "balance"),
    ("Debt Recovery", "balance"),
    ("Debt Payment", "balance"),
    ("Cross-Account Debt Adjustment*", "balance"),
    ("Direct Payment", "balance"),
    ("Solde négatif", "balance"),
    ("Saldo negativo", "balance"),
    ("マイナス残高", "balance"),
    // advertising
    ("Cost of Advertising", "advertising"),
    ("Refund for Advertiser", "advertising"),
    ("Product Ads Payment", "advertising"),
    ("Sponsored Products*", "advertising"),
    ("広告費用", "advertising"),
    // storage
    ("Storage Fee", "storage_fee"),
    ("Storage Fee - Reversal", "storage_fee"),
    ("FBA Storage Fee", "storage_fee"),
    ("FBA Inventory Storage Fee", "storage_fee"),
    ("FBA Long-Term Storage*", "storage_fee"),
    ("FBA Inventory Storage Overage Fee", "storage_fee"),
    ("FBA Overage Fee", "storage_fee"),
    ("Capacity Reservation Fee", "storage_fee"),
    ("StorageRenewalBilling", "storage_fee"),
    ("AWD Storage Fee", "storage_fee"),
    ("FBA在庫保管手数料", "storage_fee"),
    ("FBA長期在庫保管手数料", "storage_fee"),
    // what comes back, and what is removed
    ("FBA Removal Order*", "return_fee"),
    ("Fulfilment by Amazon removal order*", "return_fee"),
    ("FBA Disposal Fee", "return_fee"),
    ("FBA Return Fee", "return_fee"),
    ("RemovalComplete", "return_fee"),
    ("DisposalComplete", "return_fee"),
    ("FBA Customer Return*", "return_fee"),
    ("FBACustomerReturn*", "return_fee"),
    ("Frais de retour client FBA", "return_fee"),
    ("Return Postage Billing*", "return_fee"),
    ("ReturnShipping", "return_fee"),
    ("High Return Rate*", "return_fee"),
    ("Grade and Resell*", "return_fee"),
    ("Re-Commerce Grading*", "return_fee"),
    // to the warehouses and from them
    ("Inbound Transportation*", "fulfilment_fee"),
    ("FBA Inbound*", "fulfilment_fee"),
    ("FBA Amazon-Partnered Carrier*", "fulfilment_fee"),
    ("Inbound Defect Fee*", "fulfilment_fee"),
    ("FBA Prep*", "fulfilment_fee"),
    ("LabelingFee", "fulfilment_fee"),
    ("AWD Processing Fee", "fulfilment_fee"),
    ("AWD Transportation Fee", "fulfilment_fee"),
    ("FBA Inventory Fee - LowInventoryLevel*", "fulfilment_fee"),
    ("LowInventoryLevelFee", "fulfilment_fee"),
    ("FBAPerUnitFulfillmentFee", "fulfilment_fee"),
    ("FBAPerOrderFulfillmentFee", "fulfilment_fee"),
    ("FBAWeightBasedFee", "fulfilment_fee"),
    ("FBADeliveryServicesFee", "fulfilment_fee"),
    ("FBA fulfilment fee*", "fulfilment_fee"),
    ("FBA fulfillment fee*", "fulfilment_fee"),
    ("FBA Pick & Pack Fee", "fulfilment_fee"),
    ("FBA transportation fee", "fulfilment_fee"),
    ("MCF Preferred Pricing Seller Credit", "fulfilment_fee"),
    ("ShippingChargeback", "fulfilment_fee"),
    ("ShippingHB", "fulfilment_fee"),
    ("GiftwrapChargeback", "fulfilment_fee"),
    // labels of the seller's own parcels
    ("Shipping label purchase*", "shipping_label"),
    ("Shipping Services", "shipping_label"),
    ("Purchase of Shipping Services", "shipping_label"),
    ("MFNPostageFee", "shipping_label"),
    ("Postage Billing", "shipping_label"),
    ("Postage Refund", "shipping_label"),
    ("Amazon Easy Ship*", "shipping_label"),
    ("Easy Ship発送重量手数料", "shipping_label"),
    // on sales
    ("Commission", "referral_fee"),
    ("RefundCommission", "referral_fee"),
    ("ReferralFee", "referral_fee"),
    ("GiftwrapCommission", "referral_fee"),
    ("FixedClosingFee", "referral_fee"),
    ("VariableClosingFee", "referral_fee"),
    ("PerItemFee", "referral_fee"),
    ("DigitalServicesFee*", "referral_fee"),
    ("AmazonExclusivesFee", "referral_fee"),
    ("RenewedProgramFee", "referral_fee"),
    ("PaymentMethodFee", "payment_fee"),
    ("CODChargeback", "payment_fee"),
    ("GetPaidFasterFee", "payment_fee"),
    // for the account and its programmes
    ("Subscription", "subscription_fee"),
    ("Subscription Fee", "subscription_fee"),
    ("月額登録料", "subscription_fee"),
    ("CouponRedemptionFee", "service_fee"),
    ("Coupon Participation Fee*", "service_fee"),
    ("Coupon Performance Based Fee*", "service_fee"),
    ("Deal Fee", "service_fee"),
    ("Deal Participation Fee*", "service_fee"),
    ("Deal Performance Based Fee*", "service_fee"),
    ("Lightning Deal Fee*", "service_fee"),
    ("Blitzangebotsgebühr", "service_fee"),
    ("Tarif de la Vente Flash", "service_fee"),
    ("Tariffa dell'Offerta Lampo", "service_fee"),
    ("Tarifa de Oferta flash", "service_fee"),
    ("数量限定タイムセール手数料", "service_fee"),
    ("Vine Enrollment Fee*", "service_fee"),
    ("Eco-contribution*", "service_fee"),
    ("Amazon service fee for EPR*", "service_fee"),
    ("SalesTaxCollectionFee", "service_fee"),
    ("Manual Processing Fee", "service_fee"),
    ("HighVolumeListingFee", "service_fee"),
    ("Points", "service_fee"),
    ("PointsGranted", "service_fee"),
    ("PointsReturned", "service_fee"),
    ("PointsAdjusted", "service_fee"),
    ("CostOfPoints*", "service_fee"),
    ("LiquidationsBrokerageFee", "service_fee"),
    // reimbursements, by reason, and what is taken back of them
    ("FBA Inventory Reimbursement*", "reimbursement"),
    ("COMPENSATED_CLAWBACK", "reimbursement"),
    ("CS_ERROR_ITEMS", "reimbursement"),
    ("CS_ERROR_NON_ITEMIZED", "reimbursement"),
    ("CUSTOMER_DAMAGE", "reimbursement"),
    ("CUSTOMER_RETURN", "reimbursement"),
    ("FREE_REPLACEMENT_REFUND_ITEMS", "reimbursement"),
    ("INBOUND_CARRIER_DAMAGE", "reimbursement"),
    ("INCORRECT_FEES_ITEMS", "reimbursement"),
    ("INCORRECT_FEES_NON_ITEMIZED", "reimbursement"),
    ("MISSING_FROM_INBOUND", "reimbursement"),
    ("MISSING_FROM_INBOUND_CLAWBACK", "reimbursement"),
    ("MULTICHANNEL_ORDER_DAMAGED", "reimbursement"),
    ("MULTICHANNEL_ORDER_LOST", "reimbursement"),
    ("PAYMENT_RETRACTION_ITEMS", "reimbursement"),
    ("RE_EVALUATION", "reimbursement"),
    ("REMOVAL_ORDER_DAMAGED", "reimbursement"),
    ("REMOVAL_ORDER_LOST", "reimbursement"),
    ("REVERSAL_REIMBURSEMENT", "reimbursement"),
    ("WAREHOUSE_DAMAGE", "reimbursement"),
    ("WAREHOUSE_DAMAGE_EXCEPTION", "reimbursement"),
    ("WAREHOUSE_LOST", "reimbursement"),
    ("WAREHOUSE_LOST_MANUAL", "reimbursement"),
    ("SAFE-T Reimbursement", "reimbursement"),
    ("Reimbursement for Lost packages", "reimbursement"),
    ("Manual Processing Fee Reimbursement", "reimbursement"),
    ("Refund Reimbursal", "reimbursement"),
    // disputes
    ("A-to-z Guarantee*", "chargeback"),
    ("Réclamation dans le cadre de la Garantie A à z", "chargeback"),
    ("Chargeback Refund", "chargeback"),
    ("Chargeback", "chargeback"),
];

/// Words that explain a name that is in no list, the first one that it holds.
const WORDS: Kinds = &[
    ("reserve", "reserve"),
    ("transfer of funds", "balance"),
    ("disbursement", "balance"),
    ("debt", "balance"),
    ("advertis", "advertising"),
    ("sponsored", "advertising"),
    ("subscription", "subscription_fee"),
    ("storage", "storage_fee"),
    ("longterm", "storage_fee"),
    ("reimburs", "reimbursement"),
    ("clawback", "reimbursement"),
    ("a-to-z", "chargeback"),
    ("chargeback", "chargeback"),
    ("shipping label", "shipping_label"),
    ("shipping services", "shipping_label"),
    ("return", "return_fee"),
    ("removal", "return_fee"),
    ("disposal", "return_fee"),
    ("coupon", "service_fee"),
    ("transportation", "fulfilment_fee"),
    ("inbound", "fulfilment_fee"),
    ("fba", "fulfilment_fee"),
    ("fulfil", "fulfilment_fee"),
    ("commission", "referral_fee"),
    ("referral", "referral_fee"),
    ("closingfee", "referral_fee"),
    ("transfer", "payout"),
];

/// Transactions that give money back to a buyer, or take it back again.
const REFUNDS: Kinds =
    &[("refund", "refund"), ("chargeback", "refund"), ("a-to-z", "refund"), ("buyerrecharge", "refund")];

/// Tax that Amazon keeps and pays to the state, whatever group it stands in.
const WITHHELD: Kinds = &[
    ("MarketplaceFacilitator*", "tax_withheld"),
    ("LowValueGoodsTax*", "tax_withheld"),
    ("TCS-*", "tax_withheld"),
    ("TDS*", "tax_withheld"),
];

/// What an amount of a flat file is: of a transaction, in a group, for something.
pub(super) fn of_line(transaction: &str, group: &str, what: &str) -> Meaning {
    if group == "ItemWithheldTax" || named(what, WITHHELD).is_some() {
        return Meaning::known("tax_withheld");
    }
    match group {
        "ItemPrice" | "Promotion" => of_price(transaction, group, what),
        _ => of_names(&[group, what, transaction]),
    }
}

/// What an amount is that a buyer paid or got.
fn of_price(transaction: &str, group: &str, what: &str) -> Meaning {
    let is_of = |words: &[(&str, &'static str)]| containing(transaction, words).is_some();
    let kind = match what {
        // Tax that was told wrong at first: nothing of it is the seller's.
        _ if what.contains("Tax") || is_of(&[("retrocharge", "")]) => "tax_collected",
        _ if is_of(&[("liquidation", "")]) => "liquidation",
        _ if is_of(REFUNDS) => "refund",
        _ if group == "Promotion" => "discount",
        "Shipping" | "GiftWrap" | "ShippingPrice" | "COD" => "shipping_charged",
        "Principal" | "Quantity" => "sale",
        _ => return of_names(&[what, transaction]),
    };
    Meaning::known(kind)
}

/// What an amount is that only its names explain.
pub(super) fn of_names(names: &[&str]) -> Meaning {
    Meaning::of(names, NAMES, WORDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::channels::meaning::tests::holds;

    fn kind(line: [&str; 3]) -> &'static str {
        let [transaction, group, what] = line;
        of_line(transaction, group, what).kind
    }

    #[test]
    fn every_name_is_of_a_kind_and_hides_none() {
        holds(NAMES, WORDS);
        holds(WITHHELD, &[]);
    }

    #[test]
    fn the_group_decides_before_the_description() {
        assert_eq!(kind(["FBAFees", "FBA Removal Order: Disposal Fee", "Tax on fee"]), "return_fee");
        assert_eq!(kind(["FBAFees", "FBA Inventory Storage Fee", "Base fee"]), "storage_fee");
        assert_eq!(kind(["AmazonFees", "Coupon Participation Fee", "Base fee"]), "service_fee");
        assert_eq!(kind(["other-transaction", "FBA Inventory Reimbursement", "SOMETHING_NEW"]), "reimbursement");
    }

    #[test]
    fn the_older_file_says_the_same_by_its_transaction() {
        assert_eq!(kind(["WAREHOUSE_LOST_MANUAL", "other-transaction", "WAREHOUSE_LOST_MANUAL"]), "reimbursement");
        assert_eq!(kind(["Payable to Amazon", "other-transaction", "Payable to Amazon"]), "balance");
        assert_eq!(kind(["ServiceFee", "Cost of Advertising", "TaxAmount"]), "advertising");
    }

    #[test]
    fn tax_that_is_charged_later_is_no_refund() {
        assert_eq!(kind(["Refund_Retrocharge", "ItemPrice", "Tax"]), "tax_collected");
        assert_eq!(kind(["Refund_Retrocharge", "ItemPrice", "Goodwill"]), "tax_collected");
        assert_eq!(kind(["Order", "ItemFees", "MarketplaceFacilitatorVAT-Principal"]), "tax_withheld");
    }

    #[test]
    fn what_only_a_word_explains_is_marked_and_what_nothing_explains_is_other() {
        let assumed = Meaning { kind: "storage_fee", is_assumed: true };
        assert_eq!(of_line("FBAFees", "Cold storage surcharge", "Base fee"), assumed);
        assert!(assumed.is_open());
        assert_eq!(of_line("AmazonFees", "Mystery", "Base fee"), Meaning::known("other"));
    }
}

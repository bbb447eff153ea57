//! Orders that only settlements know: whole, or not at all.

use trueup::config::ChannelKind;

use super::books::{Books, PLAIN, amount, channel, sku};

/// P7 is told whole, with its units; P8 lacks the units of one SKU, P9 its sale; the removal R1 needs none.
fn told_by_settlements() -> Books {
    Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\namazon,A1,2026-02-03,MUG,1,20.00")
        .with("costs", "sku,from,unit_cost\nMUG,2020-01-01,4.00")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,quantity,kind,amount
             amazon,S1,1,A1,2026-02-05,MUG,1,sale,20.00
             amazon,S1,2,A1,2026-02-05,MUG,,referral_fee,-3.00
             amazon,S1,3,P7,2026-02-04,MUG,3,sale,60.00
             amazon,S1,4,P7,2026-02-04,MUG,,discount,-6.00
             amazon,S1,5,P7,2026-02-04,MUG,,shipping_charged,5.00
             amazon,S1,6,P7,2026-02-04,MUG,,referral_fee,-9.00
             amazon,S1,7,P7,2026-02-09,MUG,,refund,-18.00
             amazon,S1,8,P8,2026-02-04,,,sale,70.00
             amazon,S1,9,P8,2026-02-04,MUG,,referral_fee,-10.50
             amazon,S1,10,P9,2026-02-04,MUG,,refund,-40.00
             amazon,S1,11,P9,2026-02-04,MUG,,referral_fee,6.00
             amazon,S1,12,R1,2026-02-04,MUG,,return_fee,-1.25",
        )
}

#[test]
fn a_settled_order_that_no_export_has_counts_whole_or_not_at_all() {
    let pnl = told_by_settlements().work();
    let mug = sku(&pnl, "2026-02", "amazon", "MUG");
    assert_eq!((mug.orders, mug.units), (2, 4));
    assert_eq!((amount(mug, "gross_sales"), amount(mug, "discounts")), ("80.00".into(), "6.00".into()));
    assert_eq!((amount(mug, "shipping_charged"), amount(mug, "refunds")), ("5.00".into(), "18.00".into()));
    assert_eq!((amount(mug, "referral_fees"), amount(mug, "cost_of_goods")), ("12.00".into(), "16.00".into()));
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "return_costs"), "1.25");
    // 80 − 6 − 18 + 5 − 12 − 16 − 1.25
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "contribution"), "31.75");
}

#[test]
fn what_is_taken_and_what_is_left_out_is_said_with_its_money() {
    let pnl = told_by_settlements().work();
    let told: Vec<&str> = pnl
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == "unknown-orders")
        .map(|diagnostic| diagnostic.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "1 order of `amazon` in no export of orders: taken whole from its settlements, with sales of 60.00 USD",
            "2 orders of `amazon` in no export of orders: left out whole, with settlement lines that come to 25.50 USD",
        ]
    );
}

#[test]
fn shipping_that_names_no_article_has_no_cost_to_be_missing() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with("costs", "sku,from,unit_cost\nMUG,2020-01-01,4.00")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,quantity,kind,amount
             amazon,S1,1,P5,2026-02-06,MUG,2,sale,44.00
             amazon,S1,2,P5,2026-02-06,,,shipping_charged,3.50",
        );
    let pnl = books.work();
    let amazon = channel(&pnl, "2026-02", "amazon");
    assert_eq!((amount(amazon, "shipping_charged"), amount(amazon, "cost_of_goods")), ("3.50".into(), "8.00".into()));
}

/// Nobody knows what was sold in P9: what was paid for its loss is the seller's all the same. In P5 the dispute was
/// lost, in P6 won, which only gives back a sale that does not count.
#[test]
fn income_of_its_own_counts_though_its_order_is_unknown() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN), ("shopify", ChannelKind::Shopify, PLAIN)]).with(
        "settlement_lines",
        "channel,settlement_id,line,order_id,posted_day,sku,kind,amount
         amazon,S1,1,P9,2026-02-04,MUG,refund,-31.00
         amazon,S1,2,P9,2026-02-04,MUG,referral_fee,4.65
         amazon,S1,3,P9,2026-02-09,MUG,reimbursement,17.30
         shopify,S2,1,P6,2026-02-06,,chargeback,48.00
         shopify,S2,2,P5,2026-02-06,,chargeback,-25.00
         shopify,S2,3,P5,2026-02-06,,payment_fee,-15.00",
    );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "reimbursements"), "17.30");
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "contribution"), "17.30");
    assert_eq!(amount(channel(&pnl, "2026-02", "shopify"), "return_costs"), "0.00");
    assert_eq!(amount(channel(&pnl, "2026-02", "shopify"), "payment_fees"), "0.00");
    let told = pnl.diagnostics.iter().filter(|told| told.code == "unknown-orders");
    let told: Vec<&str> = told.map(|told| told.message.split(": ").nth(1).unwrap()).collect();
    assert_eq!(
        told,
        [
            // −31.00 + 4.65 + 17.30 is what the settlement tells
            "left out but for 17.30 USD of its own that count without a sale, with settlement lines that come to \
             -26.35 USD",
            "left out whole, with settlement lines that come to 8.00 USD",
        ]
    );
}

/// The credit note has a number of its own and a line of its own in the user's list, with what the channel took.
#[test]
fn what_was_charged_for_a_credit_note_counts_with_its_article() {
    let books = Books::new(&[("portal", ChannelKind::Other, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nportal,R1,2026-02-03,MUG,2,40.00")
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount,credit_note
             portal,G1/1,G1,2026-02-09,MUG,1,20.00,true",
        )
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,kind,amount
             portal,L,R1/1/fee,R1,2026-02-03,MUG,referral_fee,-4.00
             portal,L,G1/1/fee,G1,2026-02-09,MUG,referral_fee,2.00",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "portal", "MUG");
    assert_eq!((amount(mug, "referral_fees"), amount(mug, "net_sales")), ("2.00".into(), "20.00".into()));
    assert!(!pnl.diagnostics.iter().any(|told| told.code == "unknown-orders"), "{:?}", pnl.diagnostics);
}

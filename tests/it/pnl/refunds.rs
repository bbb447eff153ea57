//! What went back to buyers: with or without tax, from one document or two.

use trueup::config::ChannelKind;

use super::books::{Books, PLAIN, amount, channel, sku};

/// 100.00 and 8.00 tax, all of it paid back by the processor: nothing is left.
#[test]
fn an_order_that_went_back_with_its_tax_leaves_nothing() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,tax\nshopify,#1,2026-02-03,MUG,1,100.00,8.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount,tax_included
             shopify,#1,2026-02-04,sale,108.00,
             shopify,#1,2026-02-09,refund,-108.00,true",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "shopify", "MUG");
    assert_eq!((amount(mug, "refunds"), amount(mug, "net_sales")), ("100.00".into(), "0.00".into()));
}

/// Discount, shipping and two SKUs; three refunds in two months, a third of a cent in each.
#[test]
fn parts_of_a_refund_with_tax_add_up_to_the_sale() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,discount,shipping_charged,tax
             shopify,#1,1,2026-01-30,MUG,1,60.00,5.00,5.00,4.44
             shopify,#1,2,2026-01-30,POT,2,40.01,,,3.23",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount,tax_included
             shopify,#1,2026-01-31,refund,-35.89,true
             shopify,#1,2026-02-01,refund,-35.89,true
             shopify,#1,2026-02-02,refund,-35.90,true",
        );
    let pnl = books.work();
    // 35.89 of 107.68 is 33.33366…, 71.78 is 66.66733…, 107.68 is 100.01
    assert_eq!(amount(channel(&pnl, "2026-01", "shopify"), "refunds"), "33.33");
    assert_eq!(amount(channel(&pnl, "2026-02", "shopify"), "refunds"), "66.68");
}

/// A marketplace that tells the tax on lines of its own pays back the goods as they are.
#[test]
fn a_refund_without_tax_stays_as_it_is() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN), ("bigcommerce", ChannelKind::Bigcommerce, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,tax
             amazon,A1,2026-02-03,MUG,1,100.00,8.00
             bigcommerce,B1,2026-02-03,MUG,1,100.00,8.00
             bigcommerce,B2,2026-02-03,MUG,1,100.00,",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,sku,kind,amount
             amazon,A1,2026-02-09,MUG,refund,-100.00
             amazon,A1,2026-02-09,MUG,tax_collected,-8.00
             amazon,A1,2026-02-09,MUG,tax_withheld,8.00",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,amount,tax_included
             bigcommerce,R1,B1,2026-02-09,54.00,true
             bigcommerce,R2,B2,2026-02-09,54.00,true
             bigcommerce,R3,X9,2026-02-09,54.00,true",
        );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "refunds"), "100.00");
    // B1 without its tax; the tax of B2 nobody knows, and of X9 not even the sale
    assert_eq!(amount(channel(&pnl, "2026-02", "bigcommerce"), "refunds"), "104.00");
}

/// A date-range report tells of a settlement what its own file tells whole.
#[test]
fn a_settlement_told_by_two_documents_counts_once() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\namazon,A1,2026-02-03,MUG,1,100.00")
        .with("settlements", "channel,settlement_id,total\namazon,S1,80.00")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,kind,amount,whole
             amazon,S1,1,A1,2026-02-05,MUG,sale,100.00,true
             amazon,S1,2,A1,2026-02-05,MUG,referral_fee,-15.00,true
             amazon,S1,3,A1,2026-02-09,MUG,refund,-5.00,true
             amazon,S1,r1,A1,2026-02-05,MUG,sale,100.00,
             amazon,S1,r2,A1,2026-02-05,MUG,referral_fee,-15.00,
             amazon,S1,r3,A1,2026-02-09,MUG,refund,-5.00,
             amazon,S1,r4,X9,2026-02-09,MUG,refund,-5.00,
             amazon,S2,r5,A1,2026-02-19,MUG,referral_fee,-1.00,",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "amazon", "MUG");
    // S2 has no file of its own
    assert_eq!((amount(mug, "referral_fees"), amount(mug, "refunds")), ("16.00".into(), "5.00".into()));
    assert_eq!(pnl.settlements[0].lines_sum, Some(super::books::money("80.00")));
    assert!(pnl.unmatched.is_empty(), "{:?}", pnl.unmatched);
}

/// What Amazon ships for another channel's order is that channel's sale.
#[test]
fn an_order_shipped_for_another_channel_is_sold_once() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN), ("shopify", ChannelKind::Shopify, PLAIN)]).with(
        "order_lines",
        "channel,order_id,order_day,sku,quantity,gross,fulfilment
         shopify,#1,2026-02-03,MUG,1,40.00,seller
         amazon,S01-1,2026-02-03,MUG,1,40.00,other_channel",
    );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "shopify"), "gross_sales"), "40.00");
    assert!(!pnl.by_channel.keys().any(|(_, name)| name.as_str() == "amazon"), "nothing was sold there");
}

/// The processor paid 30.00 of 90.00 back, the rest went to a gift card: the order's own export says all.
#[test]
fn what_a_processor_did_not_pay_back_is_told_by_the_order() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,tax\nshopify,#1,2026-02-03,MUG,1,90.00,9.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount,tax_included
             shopify,#1,2026-02-04,sale,33.00,
             shopify,#1,2026-02-09,refund,-33.00,true",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,amount,tax_included,cumulative
             shopify,R1,#1,2026-02-05,99.00,true,true",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "shopify", "MUG");
    assert_eq!((amount(mug, "refunds"), amount(mug, "net_sales")), ("90.00".into(), "0.00".into()));
}

/// The pot was cancelled and paid back before it was sent: the mug stays sold.
#[test]
fn what_went_back_for_a_cancelled_line_was_never_sold() {
    let books = Books::new(&[("portal", ChannelKind::Other, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,status
             portal,P1,1,2026-02-03,MUG,1,60.00,shipped
             portal,P1,2,2026-02-03,POT,1,40.00,cancelled",
        )
        .with(
            "refund_lines",
            "channel,refund_id,line_id,order_id,refund_day,sku,amount
             portal,R1,1,P1,2026-02-05,POT,40.00
             portal,R2,1,P1,2026-02-09,MUG,5.00",
        );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "portal"), "net_sales"), "55.00");
}

/// An order of a mug over 60.00 and a cancelled pot over 40.00, both with 10 % tax on top.
fn half_cancelled(channel: &str, kind: ChannelKind) -> Books {
    let lines = format!(
        "channel,order_id,line_id,order_day,sku,quantity,gross,tax,status
         {channel},P1,1,2026-02-03,MUG,1,60.00,6.00,shipped
         {channel},P1,2,2026-02-03,POT,1,40.00,4.00,cancelled"
    );
    Books::new(&[(channel, kind, PLAIN)]).with("order_lines", &lines)
}

fn doubts(pnl: &trueup::pnl::Pnl) -> Vec<String> {
    let told = pnl.diagnostics.iter().filter(|diagnostic| diagnostic.code == "refunds-of-cancelled-lines");
    told.map(|diagnostic| diagnostic.message.clone()).collect()
}

/// The order says 49.50 so far, tax and all: 44.00 for the pot, and 5.50 of the mug's 66.00.
#[test]
fn what_went_back_so_far_is_for_cancelled_lines_first() {
    let so_far = "channel,refund_id,order_id,refund_day,amount,tax_included,cumulative
                  woocommerce,R1,P1,2026-02-05,49.50,true,true";
    let books = half_cancelled("woocommerce", ChannelKind::Woocommerce).with("refund_lines", so_far);
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "woocommerce"), "net_sales"), "55.00");
    assert!(doubts(&pnl)[0].starts_with("40.00 USD"), "{:?}", doubts(&pnl));
    // The order's total holds the pot: it had been paid.
    let total = "channel,order_id,order_day,total,total_of\nwoocommerce,P1,2026-02-03,110.00,all";
    let pnl = books.with("orders", total).work();
    assert_eq!(amount(channel(&pnl, "2026-02", "woocommerce"), "net_sales"), "55.00");
    assert!(doubts(&pnl).is_empty(), "{:?}", doubts(&pnl));
}

/// A processor names no article: the mug stays sold whole, and nobody is told what is certain.
#[test]
fn a_settled_refund_of_a_cancelled_lines_worth_lowers_no_sale() {
    let settled = "channel,order_id,posted_day,kind,amount,tax_included
                   shopify,P1,2026-02-04,sale,110.00,
                   shopify,P1,2026-02-05,refund,-44.00,true";
    let pnl = half_cancelled("shopify", ChannelKind::Shopify).with("settlement_lines", settled).work();
    assert_eq!(amount(channel(&pnl, "2026-02", "shopify"), "net_sales"), "60.00");
    assert!(doubts(&pnl).is_empty(), "{:?}", doubts(&pnl));
}

/// The pot's 40.00 are named, and the order's total so far tells 5.00 more without saying what for.
#[test]
fn a_named_refund_of_a_cancelled_line_is_no_part_of_what_is_left() {
    let books = half_cancelled("tiktok", ChannelKind::Tiktok).with(
        "refund_lines",
        "channel,refund_id,line_id,order_id,refund_day,sku,amount,cumulative
         tiktok,R1,1,P1,2026-02-05,POT,40.00,
         tiktok,R1,order,P1,2026-02-05,,45.00,true",
    );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "tiktok"), "net_sales"), "55.00");
}

#[test]
fn money_that_went_back_for_nobody_knows_which_line_is_said() {
    let back = "channel,refund_id,order_id,refund_day,amount,cumulative\nportal,R1,P1,2026-02-05,13.00,true";
    let pnl = half_cancelled("portal", ChannelKind::Other).with("refund_lines", back).work();
    assert_eq!(amount(channel(&pnl, "2026-02", "portal"), "net_sales"), "60.00");
    assert_eq!(
        doubts(&pnl),
        ["13.00 USD went back of orders of `portal` of which lines were cancelled, and nothing tells for which: \
              taken for the cancelled lines', so it lowers no sale"]
    );
}

/// Both documents count their lines from 1: that says nothing of each other. Only the second names the order's.
#[test]
fn a_refunds_own_line_is_no_line_of_the_order() {
    let of = |line: &str| {
        Books::new(&[("portal", ChannelKind::Other, PLAIN)])
            .with(
                "order_lines",
                "channel,order_id,line_id,order_day,sku,quantity,gross
                 portal,P1,1,2026-02-03,MUG,1,30.00
                 portal,P1,2,2026-02-03,POT,1,60.00",
            )
            .with(
                "refund_lines",
                &format!(
                    "channel,refund_id,line_id,order_id,refund_day,amount,order_line_id
                     portal,R1,1,P1,2026-02-05,9.00,{line}"
                ),
            )
            .work()
    };
    let refunds = |pnl, name| amount(sku(pnl, "2026-02", "portal", name), "refunds");
    let (open, named) = (of(""), of("2"));
    assert_eq!((refunds(&open, "MUG"), refunds(&open, "POT")), ("3.00".into(), "6.00".into()));
    assert_eq!((refunds(&named, "MUG"), refunds(&named, "POT")), ("0.00".into(), "9.00".into()));
}

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

/// The portal keeps the tax of its buyers: of P1 it gave nothing of it back, of P2 a part in the next month, and P3 it
/// told without. The tax that went back of P4 is no refund: nothing went back with it.
#[test]
fn tax_that_a_channel_keeps_tells_itself_what_of_it_went_back() {
    let books = Books::new(&[("portal", ChannelKind::Other, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,tax
             portal,P1,2026-01-28,MUG,1,50.00,5.00
             portal,P2,2026-01-28,MUG,1,50.00,5.00
             portal,P3,2026-01-28,MUG,1,50.00,5.00
             portal,P4,2026-01-28,MUG,1,50.00,5.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount,tax_included
             portal,P1,2026-01-29,tax_withheld,-5.00,false
             portal,P1,2026-02-03,refund,-11.00,true
             portal,P2,2026-01-30,refund,-33.00,true
             portal,P2,2026-02-02,tax_withheld,3.00,false
             portal,P3,2026-02-03,refund,-22.00,true
             portal,P4,2026-02-03,tax_withheld,5.00,false",
        );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-01", "portal"), "refunds"), "33.00");
    // 11.00 whole, 3.00 less, and 20.00 of 22.00
    assert_eq!(amount(channel(&pnl, "2026-02", "portal"), "refunds"), "28.00");
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

/// The mug was settled and the pot never: what comes to the pot's worth went back for the mug. So it is where the
/// order's total has the mug alone, and as much was sold as was cancelled.
#[test]
fn a_refund_of_a_cancelled_lines_worth_is_of_the_sale_where_that_alone_was_paid() {
    let settled = |channel: &str| {
        format!(
            "channel,order_id,posted_day,sku,kind,amount,tax_included
             {channel},P1,2026-02-04,MUG,sale,60.00,
             {channel},P1,2026-02-04,MUG,tax_collected,6.00,
             {channel},P1,2026-02-05,,refund,-44.00,true"
        )
    };
    for (channel, kind) in [("amazon", ChannelKind::Amazon), ("etsy", ChannelKind::Etsy)] {
        let pnl = half_cancelled(channel, kind).with("settlement_lines", &settled(channel)).work();
        assert_eq!(amount(super::books::channel(&pnl, "2026-02", channel), "net_sales"), "20.00");
        assert!(doubts(&pnl).is_empty(), "{:?}", doubts(&pnl));
    }
    let twins = "channel,order_id,line_id,order_day,sku,quantity,gross,status
                 portal,P1,1,2026-02-03,MUG,1,35.00,shipped
                 portal,P1,2,2026-02-03,MUG,1,35.00,cancelled";
    let back = "channel,refund_id,order_id,refund_day,amount,sku\nportal,R1,P1,2026-02-05,35.00,MUG";
    let units = "channel,order_id,line_id,order_day,sku,quantity,gross,status
                 portal,P1,1,2026-02-03,MUG,2,70.00,shipped
                 portal,P1,2,2026-02-03,POT,1,35.00,cancelled";
    let nameless = "channel,refund_id,order_id,refund_day,amount\nportal,R1,P1,2026-02-05,35.00";
    let twins_of_units =
        Books::new(&[("portal", ChannelKind::Other, PLAIN)]).with("order_lines", units).with("refund_lines", nameless);
    let twins =
        Books::new(&[("portal", ChannelKind::Other, PLAIN)]).with("order_lines", twins).with("refund_lines", back);
    let open = twins.work();
    assert!(doubts(&open)[0].starts_with("35.00 USD"), "{:?}", doubts(&open));
    // Nor where one of two units is as much.
    let of_units = twins_of_units.work();
    assert!(doubts(&of_units)[0].starts_with("35.00 USD"), "{:?}", doubts(&of_units));
    let told = twins.with("orders", "channel,order_id,order_day,total,total_of\nportal,P1,2026-02-03,35.00,all").work();
    assert_eq!(amount(channel(&told, "2026-02", "portal"), "net_sales"), "0.00");
    assert!(doubts(&told).is_empty(), "{:?}", doubts(&told));
}

/// A total that lacks the pot may have been lowered by the edit that took it out: just its worth went back.
#[test]
fn an_edit_that_took_a_line_out_and_its_worth_back_lowers_no_sale_and_is_said() {
    let total = "channel,order_id,order_day,total,total_of\nshopify,P1,2026-02-03,66.00,all";
    let net = |amount_back: &str| {
        let back = format!(
            "channel,refund_id,order_id,refund_day,amount,tax_included,cumulative\nshopify,R1,P1,2026-02-05,{amount_back},true,true"
        );
        let books = half_cancelled("shopify", ChannelKind::Shopify).with("orders", total).with("refund_lines", &back);
        let pnl = books.work();
        (amount(channel(&pnl, "2026-02", "shopify"), "net_sales"), doubts(&pnl).len())
    };
    assert_eq!(net("44.00"), ("60.00".into(), 1));
    assert_eq!(net("11.00"), ("50.00".into(), 0));
}

/// No line of the order has that name: not the cancelled one either.
#[test]
fn a_refund_that_names_what_the_order_does_not_have_is_of_the_sale() {
    let back = "channel,refund_id,order_id,refund_day,sku,amount
                portal,R1,P1,2026-02-05,POSTAGE,7.00
                portal,R2,P1,2026-02-09,POT,40.00";
    let pnl = half_cancelled("portal", ChannelKind::Other).with("refund_lines", back).work();
    assert_eq!(amount(channel(&pnl, "2026-02", "portal"), "refunds"), "7.00");
    let settled = "channel,order_id,posted_day,sku,kind,amount\namazon,P1,2026-02-05,MUG-OLD,refund,-9.00";
    let pnl = half_cancelled("amazon", ChannelKind::Amazon).with("settlement_lines", settled).work();
    assert_eq!(amount(channel(&pnl, "2026-02", "amazon"), "refunds"), "9.00");
}

/// The order is in euros and 25.00 dollars went back: no euro of the cancelled pot is taken off them.
#[test]
fn a_cancelled_line_in_another_currency_is_taken_off_no_refund() {
    let books = Books::new(&[("portal", ChannelKind::Other, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,status,currency
             portal,P1,1,2026-02-03,MUG,1,60.00,shipped,EUR
             portal,P1,2,2026-02-03,POT,1,25.00,cancelled,EUR",
        )
        .with("exchange_rates", "day,currency,into,rate\n2026-02-01,EUR,USD,1")
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,amount,currency\nportal,R1,P1,2026-02-05,25.00,USD",
        );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "portal"), "refunds"), "25.00");
    assert_eq!(
        doubts(&pnl),
        ["25.00 USD went back of orders of `portal` of which lines were cancelled, and nothing tells for which: \
              taken for the sold ones', since the cancelled ones stand in another currency"]
    );
}

/// A book with 3.50 tax in 53.50 and a pot with 19.00 in 119.00: the refund says whose it is, in a settlement too.
#[test]
fn a_refund_that_names_its_article_gives_up_that_articles_tax() {
    let lines = "channel,order_id,line_id,order_day,sku,quantity,gross,tax
                 portal,P1,1,2026-02-03,BOOK,1,50.00,3.50
                 portal,P1,2,2026-02-03,POT,1,100.00,19.00
                 amazon,A1,1,2026-02-03,BOOK,1,50.00,3.50
                 amazon,A1,2,2026-02-03,POT,1,100.00,19.00";
    let pnl = Books::new(&[("portal", ChannelKind::Other, PLAIN), ("amazon", ChannelKind::Amazon, PLAIN)])
        .with("order_lines", lines)
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,amount,tax_included\nportal,R1,P1,2026-02-05,BOOK,53.50,true",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,sku,kind,amount,tax_included\namazon,A1,2026-02-05,POT,refund,-59.50,true",
        )
        .work();
    assert_eq!(amount(sku(&pnl, "2026-02", "portal", "BOOK"), "refunds"), "50.00");
    assert_eq!(amount(sku(&pnl, "2026-02", "amazon", "POT"), "refunds"), "50.00");
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

/// A list of one's own says which orders wait to be sent, and a list of credits what came back to the shelf.
#[test]
fn what_never_left_has_no_cost_and_comes_back_to_no_shelf() {
    let of = |status: &str, back: &str, exported: &str| {
        let pnl = Books::new(&[("portal", ChannelKind::Other, PLAIN)])
            .with(
                "order_lines",
                &format!(
                    "channel,order_id,line_id,order_day,sku,quantity,gross,tax,status,exported_at
                     portal,P1,1,2026-02-03,MUG,2,40.00,4.00,{status},{exported}
                     portal,P2,1,2026-02-03,MUG,5,100.00,10.00,shipped,"
                ),
            )
            .with("costs", "sku,from,unit_cost\nMUG,2026-01-01,7.00")
            .with(
                "refund_lines",
                &format!(
                    "channel,refund_id,order_id,refund_day,sku,quantity,amount,tax_included,disposition
                     portal,R1,P1,2026-02-06,MUG,2,{back},true,sellable"
                ),
            )
            .work();
        let mug = sku(&pnl, "2026-02", "portal", "MUG");
        (mug.units, amount(mug, "cost_of_goods"), amount(mug, "refunds"))
    };
    assert_eq!(of("unshipped", "44.00", ""), (5, "35.00".into(), "0.00".into()));
    assert_eq!(of("unshipped", "43.00", ""), (7, "35.00".into(), "39.09".into()), "not all of it went back");
    assert_eq!(of("paid", "44.00", ""), (7, "35.00".into(), "40.00".into()), "nothing tells whether it was sent");
    assert_eq!(of("unshipped", "44.00", "2026-02-05"), (7, "35.00".into(), "40.00".into()), "it may have left since");
    assert_eq!(of("unshipped", "44.00", "2026-02-06").0, 5);
}

/// A book at 5 % and a vase at 20 %: 6.30 went back, and a credit note says that it was for the book.
fn book_and_vase(name: &str, kind: ChannelKind, settled: &str, credits: &str) -> [String; 2] {
    let pnl = Books::new(&[(name, kind, PLAIN)])
        .with(
            "order_lines",
            &format!(
                "channel,order_id,line_id,order_day,sku,quantity,gross,tax
                 {name},B1,1,2026-02-03,BOOK,1,40.00,2.00
                 {name},B1,2,2026-02-03,VASE,1,60.00,12.00"
            ),
        )
        .with("settlement_lines", &format!("channel,order_id,posted_day,kind,amount,tax_included\n{settled}"))
        .with(
            "refund_lines",
            &format!("channel,refund_id,order_id,refund_day,sku,amount,tax_included,cumulative\n{credits}"),
        )
        .work();
    ["BOOK", "VASE"].map(|article| amount(sku(&pnl, "2026-02", name, article), "refunds"))
}

#[test]
fn a_refund_that_names_no_article_is_that_of_the_same_money() {
    let shopify = |credits: &str| {
        book_and_vase("shopify", ChannelKind::Shopify, "shopify,B1,2026-02-09,refund,-6.30,true", credits)
    };
    let total = "shopify,T,B1,2026-02-03,,6.30,true,true";
    assert_eq!(shopify(&format!("{total}\nshopify,C1,B1,2026-02-08,BOOK,6.00,,")), ["6.00", "0.00"]);
    assert_eq!(shopify(&format!("{total}\nshopify,C1,B1,2026-02-08,VASE,5.25,,")), ["0.00", "5.25"]);
    // another amount says nothing of this one: it is shared
    assert_eq!(shopify(total), ["2.21", "3.32"]);
    assert_eq!(shopify(&format!("{total}\nshopify,C1,B1,2026-02-08,BOOK,1.00,,")), ["2.21", "3.32"]);
}

/// One settled amount may be several lines of a credit note.
#[test]
fn a_refund_that_names_no_article_is_those_of_the_same_money_together() {
    let settled = "etsy,B1,2026-02-09,refund,-16.20,true";
    let credits = "etsy,C1,B1,2026-02-08,BOOK,4.00,,\netsy,C2,B1,2026-02-08,VASE,10.00,,";
    assert_eq!(book_and_vase("etsy", ChannelKind::Etsy, settled, credits), ["4.00", "10.00"]);
}

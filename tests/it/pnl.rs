//! What did each channel and SKU earn: worked numbers over the queries.

pub(crate) mod books;
pub(crate) mod chance;
mod costs;
mod order_totals;
mod properties;
mod refunds;
mod settlements;
mod sheets;
mod unknown_orders;

use trueup::config::{ChannelKind, FeeSchedule};
use trueup::types::{Money, Sku};

use books::{Books, PLAIN, amount, channel, money, rate, sku};

#[test]
fn quantity_times_price() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)]).with(
        "order_lines",
        "channel,order_id,order_day,sku,quantity,unit_price
         wholesale,W1,2026-02-03,PEN,8000,1.95
         wholesale,W1,2026-02-03,BOOK,800,6.95",
    );
    let pnl = books.work();
    let total = channel(&pnl, "2026-02", "wholesale");
    assert_eq!(amount(total, "gross_sales"), "21160.00");
    assert_eq!((total.orders, total.units), (1, 8800));
    assert_eq!(total.settled_share(), None, "no marketplace, no settlement: nobody knows");
}

/// Sale and capture of one payment, and one refund of 10 in both of the channel's files.
#[test]
fn one_refund_of_ten_is_ten_and_not_twenty() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nshopify,#1,2026-02-03,MUG,1,40.00")
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount\nshopify,R1,#1,2026-02-09,MUG,1,10.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             shopify,#1,2026-02-04,sale,40.00
             shopify,#1,2026-02-04,sale,0.00
             shopify,#1,2026-02-04,payment_fee,-1.46
             shopify,#1,2026-02-09,refund,-10.00",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "shopify", "MUG");
    assert_eq!(amount(mug, "refunds"), "10.00");
    assert_eq!(amount(mug, "net_sales"), "30.00");
    assert_eq!(amount(mug, "payment_fees"), "1.46");
    assert_eq!(mug.estimated("payment_fees"), Some(Money::ZERO));
    assert_eq!(mug.settled_share(), Some(rate("1")));
    assert!(pnl.by_sku.keys().all(|(_, _, sku)| *sku != Sku::unallocated()), "nothing is left over");
}

/// A shop is paid through more than one processor: only one of them writes settlements.
#[test]
fn each_orders_refund_comes_from_where_it_stands() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             shopify,#1,2026-02-03,MUG,1,40.00
             shopify,#2,2026-02-03,POT,1,30.00
             shopify,#3,2026-02-03,CUP,1,20.00",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,amount
             shopify,#1/refunded,#1,2026-02-09,10.00
             shopify,#2/refunded,#2,2026-02-09,30.00
             shopify,#3/refunded,#3,2026-02-09,20.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             shopify,#1,2026-02-09,refund,-10.00
             shopify,#3,2026-03-01,refund,-20.00",
        );
    let pnl = books.work();
    let refunds = |name| amount(sku(&pnl, "2026-02", "shopify", name), "refunds");
    assert_eq!([refunds("MUG"), refunds("POT"), refunds("CUP")], ["10.00", "30.00", "20.00"]);
}

/// Without settlements the return files tell the refund.
#[test]
fn a_channel_without_settlements_takes_refunds_from_its_return_files() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nwholesale,W1,2026-01-03,MUG,4,40.00")
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount
             wholesale,R1,W1,2026-02-09,MUG,1,10.00
             wholesale,R2,W1,2026-02-09,MUG,1,",
        );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "wholesale"), "refunds"), "10.00");
    let warned = pnl.diagnostics.iter().find(|warning| warning.code == "missing-refund-amount").unwrap();
    assert_eq!(warned.message, "1 refund line of `wholesale` without an amount: left out of refunds");
}

#[test]
fn a_fee_without_sku_on_an_order_of_three_is_counted_once_and_shared() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,discount
             amazon,A1,1,2026-02-03,CUP,1,10.00,
             amazon,A1,2,2026-02-03,MUG,2,25.00,5.00
             amazon,A1,3,2026-02-03,POT,1,10.00,",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             amazon,A1,2026-02-05,referral_fee,-1.01
             amazon,,2026-02-05,subscription_fee,-39.99",
        );
    let pnl = books.work();
    let fee = |name| amount(sku(&pnl, "2026-02", "amazon", name), "referral_fees");
    // 1.01 over 10, 20 and 10: 0.2525, 0.505, 0.2525; the odd cent to the largest remainder
    assert_eq!([fee("CUP"), fee("MUG"), fee("POT")], ["0.25", "0.51", "0.25"]);
    let total = channel(&pnl, "2026-02", "amazon");
    assert_eq!(amount(total, "referral_fees"), "1.01");
    assert_eq!((total.orders, total.units), (1, 4));
    assert_eq!(amount(sku(&pnl, "2026-02", "amazon", "(unallocated)"), "other_fees"), "39.99");
}

/// List price, platform fee, fulfilment, cost of returns: what is left before the goods.
#[test]
fn what_four_channels_leave_of_one_price() {
    let schedule = |referral, fulfilment, payment, per_order, shipping| FeeSchedule {
        referral_rate: rate(referral),
        fulfilment_per_unit: money(fulfilment),
        payment_rate: rate(payment),
        payment_per_order: money(per_order),
        shipping_per_order: money(shipping),
    };
    let books = Books::new(&[
        ("amazon", ChannelKind::Amazon, schedule("0.15", "5.50", "0", "0", "0")),
        ("shopify", ChannelKind::Shopify, schedule("0", "4.00", "0.029", "0.30", "5.95")),
        ("free-shipping", ChannelKind::Shopify, schedule("0", "4.00", "0.029", "0.30", "0")),
        ("walmart", ChannelKind::Walmart, schedule("0.12", "4.50", "0", "0", "0")),
        ("tiktok", ChannelKind::Tiktok, schedule("0.05", "4.00", "0", "0", "0")),
    ])
    .with(
        "order_lines",
        "channel,order_id,order_day,sku,quantity,gross
         amazon,1,2026-02-03,LAMP,1,50.00
         shopify,2,2026-02-03,LAMP,1,50.00
         free-shipping,3,2026-02-03,LAMP,1,50.00
         walmart,4,2026-02-03,LAMP,1,50.00
         tiktok,5,2026-02-03,LAMP,1,47.50",
    )
    .with(
        "settlement_lines",
        "channel,posted_day,sku,kind,amount
         amazon,2026-02-05,LAMP,return_fee,-2.00
         shopify,2026-02-05,LAMP,return_fee,-3.00
         free-shipping,2026-02-05,LAMP,return_fee,-3.00
         walmart,2026-02-05,LAMP,return_fee,-2.00
         tiktok,2026-02-05,LAMP,return_fee,-1.50",
    )
    .with("costs", "sku,from,unit_cost\nLAMP,2026-01-01,0.00");
    let pnl = books.work();
    let left = |name| amount(channel(&pnl, "2026-02", name), "contribution");
    assert_eq!(left("amazon"), "35.00");
    assert_eq!(left("shopify"), "35.30");
    assert_eq!(left("free-shipping"), "41.25");
    assert_eq!(left("walmart"), "37.50");
    assert_eq!(left("tiktok"), "39.62");
    let amazon = channel(&pnl, "2026-02", "amazon");
    assert_eq!(amazon.estimated("referral_fees"), Some(money("7.50")));
    assert_eq!(amazon.settled_share(), Some(rate("0")));
}

#[test]
fn what_was_cancelled_earned_and_cost_nothing() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,status,fulfilment,tax
             shopify,1,2026-02-03,MUG,1,10.00,cancelled,seller,0.80
             shopify,2,2026-02-03,MUG,1,10.00,completed,other_channel,0.80
             shopify,3,2026-02-03,MUG,1,10.00,refunded,seller,0.80",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             shopify,1,2026-02-03,sale,10.00
             shopify,1,2026-02-04,refund,-10.00
             shopify,3,2026-02-04,refund,-10.00
             shopify,3,2026-02-04,tax_collected,0.80
             shopify,,2026-02-04,reserve,-500.00
             shopify,,2026-02-04,payout,-300.00
             shopify,,2026-02-04,reimbursement,2.00
             shopify,,2026-02-04,chargeback,-15.00",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,disposition\nshopify,R,1,2026-02-04,MUG,1,sellable",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2026-01-01,4.00")
        .with(
            "advertising",
            "channel,day,campaign,sku,amount,in_settlement
             shopify,2026-02-05,A,MUG,1.50,
             shopify,2026-02-05,B,,2.50,false
             shopify,2026-02-05,C,,9.00,true",
        );
    let pnl = books.work();
    let total = channel(&pnl, "2026-02", "shopify");
    let expected = [
        ("gross_sales", "10.00"),
        ("refunds", "10.00"),
        ("net_sales", "0.00"),
        ("advertising", "4.00"),
        ("return_costs", "15.00"),
        ("reimbursements", "2.00"),
        ("cost_of_goods", "4.00"),
        ("contribution", "-21.00"),
    ];
    for (column, text) in expected {
        assert_eq!(amount(total, column), text, "{column}");
    }
    assert_eq!(total.orders, 1);
    assert_eq!(amount(sku(&pnl, "2026-02", "shopify", "MUG"), "advertising"), "1.50");
}

#[test]
fn foreign_amounts_are_converted_at_the_days_rate_and_unknown_without_one() {
    let books = Books::new(&[("ebay", ChannelKind::Ebay, FeeSchedule { referral_rate: rate("0.10"), ..PLAIN })])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,currency
             ebay,1,2026-02-03,MUG,1,10.01,EUR
             ebay,2,2026-02-03,MUG,1,10.02,EUR
             ebay,3,2026-02-04,MUG,1,10.00,EUR
             ebay,4,2026-02-04,POT,1,10.00,GBP
             ebay,5,2026-02-04,POT,1,10.00,USD",
        )
        .with("costs", "sku,from,unit_cost,currency\nMUG,2026-02-03,1.0000,EUR\nPOT,2026-01-01,1.00,USD")
        .with(
            "exchange_rates",
            "day,currency,into,rate
             2026-02-03,EUR,USD,1.10
             2026-02-04,EUR,USD,1.25
             2026-02-04,GBP,EUR,1.15",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "ebay", "MUG");
    // 20.03 × 1.10 = 22.033, 10.00 × 1.25 = 12.50
    assert_eq!(amount(mug, "gross_sales"), "34.53");
    // 2.00 × 1.10 + 1.00 × 1.25
    assert_eq!(amount(mug, "referral_fees"), "3.45");
    assert_eq!(amount(mug, "cost_of_goods"), "3.30");
    let pot = sku(&pnl, "2026-02", "ebay", "POT");
    assert_eq!((pot.amount("gross_sales"), pot.contribution()), (None, None));
    assert_eq!(amount(pot, "cost_of_goods"), "2.00");
    assert_eq!(channel(&pnl, "2026-02", "ebay").contribution(), None);
    assert_eq!(channel(&pnl, "2026-02", "ebay").contribution_of_costed(), Some(money("27.78")));
    let warned: Vec<_> = pnl.diagnostics.iter().filter(|warning| warning.code == trueup::pnl::MISSING_RATE).collect();
    assert_eq!(warned.len(), 1);
    assert_eq!(warned[0].message, "no rate from `GBP` into `USD` on 1 day: what they earned is unknown");
}

/// A pending order of a marketplace has no price yet: it is no loss.
#[test]
fn units_without_a_price_are_no_loss() {
    let fees = FeeSchedule { fulfilment_per_unit: money("5.00"), payment_per_order: money("0.30"), ..PLAIN };
    let books = Books::new(&[("amazon", ChannelKind::Amazon, fees)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,status
             amazon,1,1,2026-02-03,MUG,1,20.00,shipped
             amazon,2,1,2026-02-27,MUG,3,,pending
             amazon,3,1,2026-02-27,POT,2,,pending
             amazon,4,1,2026-02-27,CUP,1,20.00,shipped
             amazon,4,2,2026-02-27,POT,1,,shipped",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2026-01-01,4.00\nPOT,2026-01-01,4.00\nCUP,2026-01-01,4.00");
    let pnl = books.work();
    assert!(pnl.losing.is_empty(), "{:?}", pnl.losing);
    let mug = sku(&pnl, "2026-02", "amazon", "MUG");
    assert_eq!((mug.orders, mug.units), (1, 1));
    assert_eq!(amount(mug, "contribution"), "10.70");
    assert_eq!(amount(sku(&pnl, "2026-02", "amazon", "CUP"), "contribution"), "10.70");
    let total = channel(&pnl, "2026-02", "amazon");
    assert_eq!((total.orders, total.units), (2, 2));
    let warned = pnl.diagnostics.iter().find(|warning| warning.code == "missing-price").unwrap();
    assert_eq!(warned.message, "3 order lines of `amazon` without a price: left out of the profit and loss");
}

#[test]
fn a_discount_on_what_has_no_price_takes_nothing_off() {
    let books = Books::new(&[("etsy", ChannelKind::Etsy, PLAIN)]).with(
        "order_lines",
        "channel,order_id,line_id,order_day,sku,quantity,gross,discount,kind
         etsy,1,1,2026-02-03,MUG,1,20.00,,article
         etsy,1,2,2026-02-03,WRAP,1,,2.00,gift_wrap
         etsy,1,3,2026-02-03,TIP,1,,1.00,tip",
    );
    let pnl = books.work();
    let etsy = channel(&pnl, "2026-02", "etsy");
    assert_eq!((amount(etsy, "shipping_charged"), amount(etsy, "other_income")), ("0.00".into(), "0.00".into()));
}

#[test]
fn the_cost_above_the_channels_own_tips_a_losing_sku() {
    let books = Books::new(&[("tiktok", ChannelKind::Tiktok, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             tiktok,1,2026-02-03,LAMP,4,100.00
             tiktok,2,2026-02-03,MUG,40,900.00
             tiktok,3,2025-11-30,OLD,1,1.00
             tiktok,4,2025-12-01,NEW,1,1.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,sku,kind,amount
             tiktok,1,2026-02-05,LAMP,referral_fee,-15.00
             tiktok,1,2026-02-05,LAMP,shipping_label,-30.00
             tiktok,2,2026-02-05,MUG,referral_fee,-135.00
             tiktok,2,2026-02-05,MUG,shipping_label,-50.00",
        )
        .with(
            "costs",
            "sku,from,unit_cost
             LAMP,2025-01-01,15.00
             MUG,2025-01-01,12.25
             OLD,2025-01-01,5.00
             NEW,2025-01-01,5.00",
        );
    let pnl = books.work();
    let found: Vec<_> = pnl.losing.iter().map(|losing| (losing.sku.as_str(), losing.tipped_by.column)).collect();
    assert_eq!(found, [("LAMP", "shipping_paid"), ("NEW", "cost_of_goods")], "the 90 days begin on 2025-12-01");
    assert_eq!(pnl.losing[0].contribution, money("-5.00"));
    assert_eq!(pnl.losing[0].per_unit, Some(money("-1.25")));
    assert_eq!(pnl.unit_margin(&"tiktok".into(), &"LAMP".into()), Some(money("-1.25")));
    assert_eq!(pnl.unit_margin(&"tiktok".into(), &"OLD".into()), None);
}

/// The channel's card tells the 90 days and not the newest month; a SKU without a cost hides nothing.
#[test]
fn a_channel_earned_what_its_skus_did_in_ninety_days() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,1,2025-11-30,MUG,1,1000.00
             wholesale,2,2025-12-01,MUG,1,100.00
             wholesale,3,2026-02-03,MUG,1,10.00
             wholesale,4,2026-01-03,POT,1,10.00",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2025-01-01,4.00");
    let pnl = books.work();
    let card = &pnl.recent_channels()[&trueup::types::Channel::new("wholesale")];
    assert_eq!(card.contribution(), None, "nobody knows what POT cost");
    assert_eq!(card.contribution_of_costed(), Some(money("102.00")));
}

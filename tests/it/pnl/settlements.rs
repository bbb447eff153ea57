//! What is settled, what is estimated, and what is missing on either side.

use trueup::config::{ChannelKind, FeeSchedule, Mapping};
use trueup::lake::Rows;
use trueup::types::{Currency, Money};

use super::books::{Books, PLAIN, amount, channel, money, rate, sku};

#[test]
fn settled_and_estimated_fees_are_told_apart() {
    let fees = FeeSchedule {
        referral_rate: rate("0.06"),
        payment_per_order: money("0.30"),
        shipping_per_order: money("5.01"),
        ..PLAIN
    };
    let books = Books::new(&[("tiktok", ChannelKind::Tiktok, fees)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,discount,shipping_charged
             tiktok,T1,1,2026-02-03,MUG,1,30.00,,
             tiktok,T2,1,2026-02-03,MUG,1,10.00,2.00,4.00
             tiktok,T3,1,2026-02-03,MUG,1,10.00,,
             tiktok,T3,2,2026-02-03,POT,1,20.00,,",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,sku,kind,amount
             tiktok,T1,2026-02-05,MUG,referral_fee,-2.00
             tiktok,T3,2026-02-05,,shipping_label,-9.00",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "tiktok", "MUG");
    // T1 settled; T2 estimated: 6 % of 10.00 − 2.00 + 4.00; a label alone leaves T3's fees to be estimated
    assert_eq!(amount(mug, "referral_fees"), "3.32");
    assert_eq!(mug.estimated("referral_fees"), Some(money("1.32")));
    assert_eq!(amount(mug, "payment_fees"), "0.40");
    // T1 is settled without a label and T2 not at all, so both are estimated; T3 paid one for both
    assert_eq!(amount(mug, "shipping_paid"), "13.02");
    assert_eq!(mug.estimated("shipping_paid"), Some(money("10.02")));
    assert_eq!(amount(sku(&pnl, "2026-02", "tiktok", "POT"), "shipping_paid"), "6.00");
    // 30.00 of 50.00
    assert_eq!(mug.settled_share(), Some(rate("0.6")));
    assert_eq!(mug.orders, 3);
    assert_eq!(channel(&pnl, "2026-02", "tiktok").orders, 3);
}

#[test]
fn fixed_fees_of_an_unsettled_order_are_shared_by_its_skus() {
    let fees = FeeSchedule { payment_per_order: money("0.30"), shipping_per_order: money("5.01"), ..PLAIN };
    let books = Books::new(&[("shopify", ChannelKind::Shopify, fees)]).with(
        "order_lines",
        "channel,order_id,line_id,order_day,sku,quantity,gross,fulfilment
         shopify,1,1,2026-02-03,MUG,1,10.00,seller
         shopify,1,2,2026-02-03,POT,1,20.00,seller
         shopify,2,1,2026-02-03,MUG,1,10.00,channel",
    );
    let pnl = books.work();
    let (mug, pot) = (sku(&pnl, "2026-02", "shopify", "MUG"), sku(&pnl, "2026-02", "shopify", "POT"));
    assert_eq!((amount(mug, "payment_fees"), amount(pot, "payment_fees")), ("0.40".into(), "0.20".into()));
    assert_eq!((amount(mug, "shipping_paid"), amount(pot, "shipping_paid")), ("1.67".into(), "3.34".into()));
}

/// Pounds and dollars have no sum.
#[test]
fn an_unsettled_order_in_two_currencies_has_no_one_amount() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,currency,status
             amazon,A1,1,2026-01-03,MUG,1,10.00,USD,completed
             amazon,A1,2,2026-01-03,POT,1,20.00,GBP,completed
             amazon,A2,1,2026-01-03,MUG,1,10.00,GBP,completed",
        )
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,kind,amount
             amazon,S1,1,,2026-01-02,storage_fee,-1.00",
        );
    let pnl = books.work();
    let unmatched = pnl.unmatched.iter().map(|row| (row.order_id.as_str(), row.amount, row.currency.as_str()));
    assert_eq!(unmatched.collect::<Vec<_>>(), [("A1", None, "GBP"), ("A2", Some(money("10.00")), "GBP")]);
}

#[test]
fn settlements_add_up_or_say_by_how_much_not() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,status
             amazon,A1,2026-01-03,MUG,1,10.00,completed
             amazon,A2,2026-01-04,MUG,1,11.00,completed
             amazon,A3,2026-02-07,MUG,1,12.00,completed
             amazon,A4,2025-12-04,MUG,1,13.00,completed
             amazon,A5,2026-01-05,MUG,1,13.00,cancelled
             amazon,A6,2026-02-06,MUG,1,14.00,completed",
        )
        .with("settlements", "channel,settlement_id,total\namazon,S1,7.00\namazon,S2,1.00")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,kind,amount
             amazon,S1,1,A1,2026-01-03,sale,10.00
             amazon,S1,2,A1,2026-01-03,referral_fee,-1.50
             amazon,S1,3,X9,2026-01-04,fulfilment_fee,-1.00
             amazon,S1,4,,2026-01-14,payout,-7.00
             amazon,S3,1,A5,2026-01-14,reserve,-0.25",
        );
    let pnl = books.work();
    let sheet = pnl.settlements_sheet();
    let texts =
        |rows: &Rows, name: &str| rows.text(name).unwrap().iter().flatten().map(str::to_owned).collect::<Vec<_>>();
    let moneys = |name: &str| -> Vec<Option<Money>> { sheet.money(name).unwrap().iter().collect() };
    assert_eq!(texts(&sheet, "settlement_id"), ["S1", "S2", "S3"]);
    assert_eq!(moneys("lines_sum"), [Some(money("7.50")), Some(money("0")), Some(money("-0.25"))]);
    assert_eq!(moneys("difference"), [Some(money("-0.50")), Some(money("1.00")), None]);
    assert_eq!(sheet.integer("orders").unwrap().iter().flatten().collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(sheet.integer("unmatched_orders").unwrap().iter().flatten().collect::<Vec<_>>(), [1, 0, 0]);
    let unmatched = pnl.unmatched_sheet();
    // A3 is 21 days old, A6 is 22
    assert_eq!(texts(&unmatched, "order_id"), ["A2", "A4", "A6", "X9"]);
    assert_eq!(unmatched.integer("age_days").unwrap().iter().flatten().collect::<Vec<_>>(), [55, 86, 22, 55]);
    assert_eq!(texts(&unmatched, "line"), ["*", "*", "*", "S1/3"]);
    assert_eq!(
        texts(&unmatched, "reason"),
        [
            "in no settlement for more than 21 days",
            "ordered before the first settlement in the lake",
            "in no settlement for more than 21 days",
            "order not found in any order export",
        ]
    );
}

#[test]
fn lines_in_two_currencies_have_no_sum() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with("settlements", "channel,settlement_id,total,currency\nshopify,S1,7.00,USD\nshopify,S2,7.00,USD")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,kind,amount,currency
             shopify,S1,1,1,2026-01-03,sale,7.00,USD
             shopify,S1,2,2,2026-01-03,sale,900.00,JPY
             shopify,S2,1,3,2026-01-03,sale,7.00,EUR",
        );
    let sheet = books.work().settlements_sheet();
    assert_eq!(sheet.money("lines_sum").unwrap().iter().collect::<Vec<_>>(), [None, None]);
    assert_eq!(sheet.money("difference").unwrap().iter().collect::<Vec<_>>(), [None, None]);
}

/// Neither a settlement nor the settings tell the fees: they are not nothing.
#[test]
fn fees_that_nobody_told_are_said_to_be_missing() {
    let told = |kind: ChannelKind, fees_told: bool, settled: &str| {
        let mut books = Books::new(&[("shop", kind, PLAIN)])
            .with(
                "order_lines",
                "channel,order_id,order_day,sku,quantity,gross,discount,shipping_charged
                 shop,A,2026-02-03,MUG,2,30.00,5.00,4.00
                 shop,B,2026-02-03,MUG,1,15.00,,",
            )
            .with("settlement_lines", &format!("channel,order_id,posted_day,kind,amount\n{settled}"));
        books.settings.channels[0].fees_told = fees_told;
        let found = books.work().diagnostics.into_iter().find(|problem| problem.code == "missing-fees");
        found.map(|problem| (problem.amount, problem.key))
    };
    let dollars = |text: &str| Some((Some((money(text), Currency::USD)), Some("fees")));
    assert_eq!(told(ChannelKind::Shopify, false, ""), dollars("44.00"));
    let settled = "shop,B,2026-02-04,sale,15.00\nshop,B,2026-02-04,referral_fee,-2.25";
    assert_eq!(told(ChannelKind::Etsy, false, settled), dollars("29.00"));
    assert_eq!(told(ChannelKind::Shopify, true, ""), None, "the settings tell");
    assert_eq!(told(ChannelKind::Wholesale, false, ""), None, "a channel that may charge nothing");
}

/// Of 100.00 with 19.00 tax in its price the marketplace takes 15 % of 119.00. Where tax comes on top it takes them of
/// 100.00. The processor takes 2 % of all that it takes in.
#[test]
fn rates_are_taken_of_what_the_buyer_paid_where_prices_hold_tax() {
    let fees = FeeSchedule { referral_rate: rate("0.15"), payment_rate: rate("0.02"), ..PLAIN };
    let books = Books::new(&[("amazon", ChannelKind::Amazon, fees), ("etsy", ChannelKind::Etsy, fees)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,tax,currency
             amazon,A1,2026-02-03,MUG,1,100.00,19.00,EUR
             etsy,E1,2026-02-03,MUG,1,100.00,8.00,USD",
        )
        .with("exchange_rates", "day,currency,into,rate\n2026-02-01,EUR,USD,1");
    let pnl = books.work();
    let fees = |name| {
        let statement = channel(&pnl, "2026-02", name);
        (amount(statement, "referral_fees"), amount(statement, "payment_fees"))
    };
    assert_eq!(fees("amazon"), ("17.85".into(), "2.38".into()));
    assert_eq!(fees("etsy"), ("15.00".into(), "2.16".into()));
}

/// What a mapping says of a channel's prices goes before the custom of its currency.
#[test]
fn the_settings_say_whether_fees_are_taken_of_tax_too() {
    let fees = |currency: &str, mapped: Option<bool>| {
        let fees = FeeSchedule { referral_rate: rate("0.10"), payment_rate: rate("0.01"), ..PLAIN };
        let mut books = Books::new(&[("portal", ChannelKind::Other, fees)])
            .with(
                "order_lines",
                &format!("channel,order_id,order_day,sku,quantity,gross,tax,currency\nportal,P1,2026-02-03,MUG,1,200.00,30.00,{currency}"),
            )
            .with("exchange_rates", "day,currency,into,rate\n2026-02-01,EUR,USD,1");
        books.settings.mappings.extend(mapped.map(|held| Mapping {
            channel: Some("portal".into()),
            table: "order_lines".to_owned(),
            prices_hold_tax: Some(held),
            ..Mapping::default()
        }));
        let pnl = books.work();
        let statement = channel(&pnl, "2026-02", "portal");
        (amount(statement, "referral_fees"), amount(statement, "payment_fees"))
    };
    let of = |amount: &str| (amount.to_owned(), "2.30".to_owned());
    assert_eq!(fees("USD", None), of("20.00"));
    assert_eq!(fees("EUR", None), of("23.00"));
    assert_eq!(fees("USD", Some(true)), of("23.00"));
    assert_eq!(fees("EUR", Some(false)), of("20.00"));
}

/// The settled order shows the base: 12.00 of 80.00 without their 16.00 tax is 15 %, 14.40 would be of all. So it is
/// where a part went back with its fee.
#[test]
fn settled_fees_tell_what_rates_are_taken_of() {
    let fees = FeeSchedule { referral_rate: rate("0.15"), ..PLAIN };
    let estimate = |fee: &str, back: &str| {
        let settled = format!(
            "channel,settlement_id,line,order_id,posted_day,sku,kind,amount,currency
             kaufland,S1,1,K1,2026-02-04,MUG,sale,80.00,EUR
             kaufland,S1,2,K1,2026-02-04,MUG,referral_fee,-{fee},EUR
             kaufland,S1,3,K1,2026-02-09,MUG,refund,-{back},EUR"
        );
        let books = Books::new(&[("kaufland", ChannelKind::Other, fees)])
            .with(
                "order_lines",
                "channel,order_id,order_day,sku,quantity,gross,tax,currency
                 kaufland,K1,2026-02-03,MUG,1,80.00,16.00,EUR
                 kaufland,K2,2026-02-03,MUG,1,40.00,8.00,EUR",
            )
            .with("settlement_lines", &settled)
            .with("exchange_rates", "day,currency,into,rate\n2026-02-01,EUR,USD,1");
        let pnl = books.work();
        channel(&pnl, "2026-02", "kaufland").estimated("referral_fees").map(|fee| fee.to_string())
    };
    assert_eq!(estimate("12.00", "0.00").as_deref(), Some("6.00"));
    assert_eq!(estimate("14.40", "0.00").as_deref(), Some("7.20"));
    assert_eq!(estimate("10.80", "20.00").as_deref(), Some("7.20"), "15 % of 96.00, less a quarter that went back");
    assert_eq!(estimate("3.00", "0.00").as_deref(), Some("7.20"), "neither: as marketplaces usually do");
}

/// The processor took 65.40 dollars for 60.00 euros: the euros of W1 went back whole, and of W2 nobody knows how much
/// of the dollars 20.00 euros are.
#[test]
fn euros_that_went_back_are_not_taken_off_dollars_that_were_paid() {
    let back = |order: &str, amount: &str| {
        let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
            .with(
                "order_lines",
                &format!("channel,order_id,order_day,sku,quantity,gross,status,currency\nshopify,{order},2026-02-03,MUG,1,60.00,cancelled,EUR"),
            )
            .with("settlement_lines", &format!("channel,order_id,posted_day,kind,amount\nshopify,{order},2026-02-04,sale,65.40"))
            .with(
                "refund_lines",
                &format!("channel,refund_id,order_id,refund_day,amount,currency,cumulative\nshopify,R1,{order},2026-02-05,{amount},EUR,true"),
            );
        let told = books.work().diagnostics.into_iter().find(|told| told.code == "kept-of-cancelled");
        told.and_then(|told| told.amount)
    };
    assert_eq!(back("W1", "60.00"), None);
    assert_eq!(back("W2", "20.00"), Some((money("65.40"), Currency::USD)));
}

/// W1 was cancelled and paid back by half, W2 whole, W3 by its own document; W4 stands as never paid.
#[test]
fn money_of_cancelled_orders_that_stayed_is_said() {
    let books = Books::new(&[("walmart", ChannelKind::Walmart, PLAIN), ("portal", ChannelKind::Other, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,status
             walmart,W1,2026-02-03,MUG,1,36.00,cancelled
             walmart,W2,2026-02-03,MUG,1,36.00,cancelled
             portal,W3,2026-02-03,MUG,1,36.00,cancelled
             portal,W4,2026-02-03,MUG,1,36.00,unpaid
             portal,W5,2026-02-03,MUG,1,36.00,shipped",
        )
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,sku,kind,amount
             walmart,S1,1,W1,2026-02-04,MUG,sale,36.00
             walmart,S1,2,W1,2026-02-06,MUG,refund,-16.00
             walmart,S1,3,W2,2026-02-04,MUG,sale,36.00
             walmart,S1,4,W2,2026-02-06,MUG,refund,-36.00
             portal,S2,1,W3,2026-02-04,,sale,36.00
             portal,S2,2,W4,2026-02-04,,sale,36.00
             portal,S2,3,W5,2026-02-04,,sale,36.00",
        )
        .with("refund_lines", "channel,refund_id,order_id,refund_day,amount\nportal,R1,W3,2026-02-05,36.00");
    let pnl = books.work();
    let told = pnl.diagnostics.iter().filter(|told| told.code == "kept-of-cancelled");
    let told: Vec<&str> = told.map(|told| told.message.split(" that").next().unwrap()).collect();
    assert_eq!(told, ["buyers paid 36.00 USD for orders of `portal`", "buyers paid 20.00 USD for orders of `walmart`"]);
}

/// A parcel that the seller pays elsewhere stands in no settlement: it is not nothing.
#[test]
fn postage_that_nobody_told_is_said_to_be_missing() {
    let told = |kind: ChannelKind, fees_told: bool, postage_told: bool, settled: &str| {
        let mut books = Books::new(&[("shop", kind, PLAIN)])
            .with(
                "order_lines",
                "channel,order_id,order_day,sku,quantity,gross,discount,fulfilment,status
                 shop,A,2026-02-03,MUG,2,30.00,5.00,seller,shipped
                 shop,B,2026-02-03,MUG,1,15.00,,seller,shipped
                 shop,C,2026-02-03,MUG,1,15.00,,channel,shipped
                 shop,D,2026-02-03,MUG,1,15.00,,seller,unshipped",
            )
            .with(
                "settlement_lines",
                &format!("channel,order_id,posted_day,kind,amount\nshop,D,2026-02-05,refund,-15.00\n{settled}"),
            );
        books.settings.channels[0].fees_told = fees_told;
        books.settings.channels[0].postage_told = postage_told;
        let found = books.work().diagnostics.into_iter().find(|problem| problem.code == "missing-postage");
        found.map(|problem| (problem.amount, problem.message, problem.hint.unwrap_or_default()))
    };
    let settled = "shop,A,2026-02-04,sale,25.00\nshop,C,2026-02-04,sale,15.00";
    let (amount, message, hint) = told(ChannelKind::Ebay, false, false, settled).unwrap();
    assert_eq!(amount, Some((money("40.00"), Currency::USD)));
    assert!(message.starts_with("the shop itself ships 2 orders of `shop` with sales of 40.00 USD"), "{message}");
    assert!(hint.starts_with("type `fees = { shipping-per-order = 4.90 }` under `[channel.shop]`"), "{hint}");
    let (.., hint) = told(ChannelKind::Shopify, true, false, settled).unwrap();
    assert!(hint.starts_with("add `shipping-per-order = 4.90` to the `fees` under `[channel.shop]`"), "{hint}");
    assert!(told(ChannelKind::Shopify, true, true, settled).is_none(), "the settings tell");
    let label = format!("{settled}\nshop,B,2026-02-04,shipping_label,-4.00");
    assert!(told(ChannelKind::Ebay, false, false, &label).is_none(), "the channel's labels tell");
}

/// Each article of an order pays its own fee, where the settlement names it by its title.
#[test]
fn a_fee_that_names_a_title_is_of_the_article_that_is_called_so() {
    let books = Books::new(&[("etsy", ChannelKind::Etsy, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,title,quantity,gross
             etsy,E1,1,2026-02-03,MUG,Blue mug,1,10.00
             etsy,E1,2,2026-02-03,POT,Tea pot,1,30.00
             etsy,E2,1,2026-02-03,MUG,Mug,1,10.00
             etsy,E2,2,2026-02-03,POT,Mug,1,30.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,title,kind,amount
             etsy,E1,2026-02-05,blue mug ,referral_fee,-3.00
             etsy,E1,2026-02-05,Tea pot,referral_fee,-1.00
             etsy,E2,2026-02-05,Mug,referral_fee,-4.00",
        );
    let pnl = books.work();
    // of E2 two articles are called so, and its fee is shared by what they sold: 1.00 and 3.00
    assert_eq!(amount(sku(&pnl, "2026-02", "etsy", "MUG"), "referral_fees"), "4.00");
    assert_eq!(amount(sku(&pnl, "2026-02", "etsy", "POT"), "referral_fees"), "4.00");
}

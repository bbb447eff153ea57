//! What payments, statements and clocks tell of orders beside the orders' own export.

use std::fs;

use trueup::types::Money;

use crate::orders_as_meant::{SHOPIFY, Shop, TIKTOK, more, shopify};
use crate::project::has;

const PAYMENTS: &str =
    "Transaction Date,Type,Order,Payout Status,Payout Date,Payout ID,Amount,Fee,Net,Checkout,Currency\n";

/// A payment of `#1` on a day of 2026, paid out on the same.
fn payment(day: &str, kind: &str, amount: &str, fee: &str) -> String {
    let net = amount.parse::<Money>().unwrap() - fee.parse::<Money>().unwrap();
    format!("2026-{day} 12:00:00 +0100,{kind},#1,paid,2026-{day},p{day},{amount},{fee},{net},#c1,EUR\n")
}

/// An order `#1` of one mug, paid without tax in a single sum.
fn one_mug(price: &str, state: &str, refunded: &str) -> String {
    let amounts = format!("{price},0.00,0.00,{price},0.00");
    let line = format!("1,Mug,{price},MUG,true,true");
    shopify("#1", state, &amounts, &line, &format!(",{refunded},0.00,card,CA"))
}

fn paid_for(orders: &str, payments: &[String]) -> Shop {
    let (orders, payments) = (format!("{SHOPIFY}{orders}"), format!("{PAYMENTS}{}", payments.concat()));
    Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &orders), ("shopify/payments.csv", &payments)])
}

fn told(shop: &Shop, sheet: &str) -> String {
    fs::read_to_string(shop.project.path("reports").join(sheet)).unwrap()
}

#[test]
fn an_exchange_is_told_by_what_was_paid_on_every_channel() {
    let order = shopify("#1", "paid", "75.00,0.00,0.00,75.00,0.00", "1,Mug,20.00,MUG,true,true", ",0.00,0.00,card,CA");
    let payments = [payment("02-10", "charge", "20.00", "0.50"), payment("02-18", "charge", "35.00", "0.90")];
    let shop = paid_for(&format!("{order}{}", more("#1", "1,Pot,55.00,POT,true,true")), &payments);
    has(&shop.said, &["order `#1` of `shopify` was settled with 55.00 and its lines come to 75.00"]);
    has(&told(&shop, "order_differences.csv"), &["#1,settlement,55.00,75.00,-20.00,settlement,EUR"]);

    let order = "57001,Completed,Normal,1,MUG,Mug,1,30.00,30.00,0.00,0.00,30.00,0.00,0.00,30.00,0.00,13/02/2026 10:00:00,Germany\n";
    let statement = "Order/adjustment ID,Type,Order settled time,Currency,Total settlement amount,Total Revenue,\
        Subtotal before discounts,Total Fees,TikTok Shop commission fee\n57001,Order,2026/02/20,EUR,20.40,22.00,22.00,-1.60,-1.60\n";
    let files = [("tiktok/orders.csv", format!("{TIKTOK}{order}")), ("tiktok/income.csv", statement.to_owned())];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let shop = Shop::run("[channel.tiktok]", &files);
    has(&told(&shop, "order_differences.csv"), &["57001,settlement,22.00,30.00,-8.00,settlement,EUR"]);
}

/// The card for 25.00 is a debt until it pays, and nothing of the payment is missing where it did.
#[test]
fn a_gift_card_is_no_sale_when_sold_and_a_payment_when_used() {
    let sold = shopify("#1", "paid", "43.00,0.00,0.00,43.00,0.00", "1,Mug,18.00,MUG,true,true", ",0.00,0.00,card,CA");
    let card = more("#1", "1,Gift Card - 25.00,25.00,,false,false");
    let used =
        shopify("#2", "paid", "22.00,0.00,0.00,22.00,0.00", "1,Pot,22.00,POT,true,true", ",0.00,0.00,Gift Card,CA");
    let shop = paid_for(&format!("{sold}{card}{used}"), &[payment("02-10", "charge", "43.00", "1.25")]);
    let sums = shop.sums(&["gross_sales", "units", "payment_fees", "contribution"]);
    assert_eq!(sums, ["40.00", "2.00", "1.25", "36.75"], "{}", shop.said);
    assert_eq!(told(&shop, "order_differences.csv").lines().count(), 1, "nothing differs");
}

/// 66.00 hold 6.00 of tax. What a payout holds counts on its day; the rest, not paid out yet, is told by
/// the order alone, which has no day but its own.
#[test]
fn refunds_count_on_the_day_that_is_told_and_once() {
    let order = shopify(
        "#1",
        "partially_refunded",
        "55.00,5.00,6.00,66.00,0.00",
        "1,Mug,55.00,MUG,true,true",
        ",27.50,0.00,card,CA",
    );
    let pending = "2026-03-20 12:00:00 +0100,refund,#1,pending,,,-11.00,0.00,-11.00,#c1,EUR\n".to_owned();
    let payments = [payment("02-10", "charge", "66.00", "1.90"), payment("03-05", "refund", "-16.50", "0.00"), pending];
    let shop = paid_for(&order, &payments);
    let sheet = told(&shop, "pnl_by_channel.csv");
    let mut rows = csv::Reader::from_reader(sheet.as_bytes());
    let place = rows.headers().unwrap().iter().position(|header| header == "refunds").unwrap();
    let months: Vec<(String, String)> =
        rows.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[place].to_owned())).collect();
    let expected = [("2026-02", "10.00"), ("2026-03", "15.00")];
    assert_eq!(months, expected.map(|(month, amount)| (month.to_owned(), amount.to_owned())), "{}", shop.said);
}

#[test]
fn a_chargeback_that_was_won_leaves_nothing_of_it() {
    let lost = [payment("02-10", "charge", "40.00", "1.10"), payment("02-20", "chargeback", "-40.00", "12.00")];
    let won = payment("03-05", "chargeback won", "40.00", "-12.00");
    for (payments, left) in
        [(lost.to_vec(), ["40.00", "13.10", "-14.10"]), ([&lost[..], &[won]].concat(), ["0.00", "1.10", "37.90"])]
    {
        let shop = paid_for(&one_mug("40.00", "paid", "0.00"), &payments);
        assert_eq!(shop.sums(&["return_costs", "payment_fees", "contribution"]), left, "{}", shop.said);
    }
}

/// Of types that came later each is read or named; tax that moves through an account is nobody's cost.
#[test]
fn no_type_of_payment_is_passed_over() {
    let kinds = [
        ("Shop Cash Credit", "6.00"),
        ("marketplace_fee_credit", "1.50"),
        ("import_tax", "-2.20"),
        ("tax_adjustment_debit", "-0.80"),
        ("dispute_reversal", "9.00"),
        ("glitter_levy", "-4.00"),
    ];
    let rows: Vec<String> = [("charge", "40.00")]
        .iter()
        .chain(&kinds)
        .enumerate()
        .map(|(index, (kind, amount))| payment(&format!("02-1{index}"), kind, amount, "0.00"))
        .collect();
    let shop = paid_for(&one_mug("40.00", "paid", "0.00"), &rows);
    let mut read = shop.query("select description from settlement_lines order by description");
    read.extend(shop.query("select text from rejects"));
    for (kind, _) in kinds {
        let words = kind.to_lowercase().replace('_', " ");
        assert!(read.iter().any(|row| row.to_lowercase().replace('_', " ").contains(&words)), "{kind}: {read:?}");
    }
    assert_eq!(shop.sums(&["gross_sales", "referral_fees"]), ["40.00", "-1.50"], "{}", shop.said);
}

/// 130 × 4.30 less 51.17 and with 6.49 for shipping: 514.32, of which 82.12 are tax.
#[test]
fn a_discount_that_divides_by_no_number_of_lines_adds_up() {
    let first =
        shopify("#1", "paid", "507.83,6.49,82.12,514.32,51.17", "1,Mug,4.30,MUG,true,true", ",0.00,0.00,card,DE");
    let rest = more("#1", "1,Mug,4.30,MUG,true,true").repeat(129);
    let text = format!("{SHOPIFY}{first}{rest}");
    let shop = Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &text)]);
    let sum = |column| shop.sum(column).unwrap();
    assert_eq!((sum("net_sales") + sum("shipping_charged")).to_string(), "432.20", "{}", shop.said);
    assert_eq!(shop.query("select sum(tax) as tax from order_lines"), ["82.12"]);

    let header = "order_id,order_number,date,status,shipping_total,fee_total,fee_tax_total,tax_total,order_total,\
        order_currency,shipping_country,item_id,item_name,item_sku,item_quantity,item_subtotal,item_total,item_total_tax\n";
    let rows: String = (1..=7)
        .map(|item| {
            format!("5,5,2026-02-10 12:00:00,completed,0,-10.00,0,0,41.10,EUR,DE,{item},Pot,POT,1,7.30,7.30,0\n")
        })
        .collect();
    let shop = Shop::run("[channel.woocommerce]", &[("woocommerce/orders.csv", &format!("{header}{rows}"))]);
    assert_eq!(shop.sums(&["discounts", "net_sales", "units"]), ["10.00", "41.10", "7.00"], "{}", shop.said);
}

/// A day is the shop's: the leap day to its last second, and the night in which an hour is skipped.
#[test]
fn days_and_months_end_where_the_shops_clock_says() {
    let at = |name: &str, price: &str, time: &str| {
        let row = shopify(
            name,
            "paid",
            &format!("{price},0.00,0.00,{price},0.00"),
            &format!("1,Mug,{price},MUG,true,true"),
            ",0.00,0.00,card,DE",
        );
        row.replace("2026-02-10 12:00:00 +0100", time)
    };
    let orders = [
        at("#1", "11.00", "2024-02-28 23:59:59 +0100"),
        at("#2", "12.00", "2024-02-29 00:00:00 +0100"),
        at("#3", "13.00", "2024-02-29 23:59:59 +0100"),
        at("#4", "14.00", "2024-03-31 01:59:59 +0100"),
        at("#5", "15.00", "2024-03-31 03:00:00 +0200"),
        at("#6", "16.00", "2024-03-31 23:59:59 +0200"),
        at("#7", "17.00", "2024-04-01 00:00:00 +0200"),
    ];
    // 22:59:59 and 23:00:00 UTC are the last second of the leap day and the first of March in Berlin
    let marketplace = "amazon-order-id\torder-status\tpurchase-date\tsales-channel\tsku\tquantity\tcurrency\titem-price\titem-tax\n\
        302-1\tShipped\t2024-02-29T22:59:59+00:00\tAmazon.de\tPOT\t1\tEUR\t5.00\t0.00\n\
        302-2\tShipped\t2024-02-29T23:00:00+00:00\tAmazon.de\tPOT\t1\tEUR\t6.00\t0.00\n";
    let text = format!("{SHOPIFY}{}", orders.concat());
    let shop = Shop::run(
        "[channel.shopify]\n[channel.amazon]",
        &[("shopify/orders_export.csv", &text), ("amazon/orders.txt", marketplace)],
    );
    let days =
        shop.query("select order_day, sum(gross) as gross from order_lines group by order_day order by order_day");
    let expected = ["2024-02-28,11.00", "2024-02-29,30.00", "2024-03-01,6.00", "2024-03-31,45.00", "2024-04-01,17.00"];
    assert_eq!(days, expected, "{}", shop.said);
}

/// Spaces around a number are no part of it; another letter, dash or zero is, and the number is asked about.
#[test]
fn spellings_of_a_number_are_named_and_never_put_together() {
    let spelt = |name: &str, sku: &str| {
        shopify(name, "paid", "8.00,0.00,0.00,8.00,0.00", &format!("1,Mug,8.00,{sku},true,true"), ",0.00,0.00,card,DE")
    };
    let orders = [spelt("#1", "CUP-7"), spelt("#2", " CUP-7  "), spelt("#3", "cup-7"), spelt("#4", "CUP–7")].concat();
    let book = "order_id,sku,channel,qty,unit_price,currency,ordered_at,status\n\
        P1, CUP-7 ,portal,1,8.00,EUR,2026-02-11,paid\nP2,Cup-7,portal,1,8.00,EUR,2026-02-11,paid\n";
    let known = "sku,from,unit_cost,currency\nCUP-7,2025-01-01,2.00,EUR\n";
    let shop = Shop::run(
        "[channel.shopify]\n[channel.portal]\nkind = \"other\"",
        &[
            ("shopify/orders_export.csv", &format!("{SHOPIFY}{orders}")),
            ("orders.csv", book),
            ("truth/costs_of_cups.csv", known),
            ("truth/products.csv", "sku,title\nCUP-7,Cup\n"),
        ],
    );
    let sold = shop
        .query("select channel, sku, sum(units) as units from fact_sales group by channel, sku order by channel, sku");
    let expected = ["portal,CUP-7,1", "portal,Cup-7,1", "shopify,CUP-7,2", "shopify,CUP–7,1", "shopify,cup-7,1"];
    assert_eq!(sold, expected, "{}", shop.said);
    let unmapped = told(&shop, "unmapped_listings.csv");
    for number in ["shopify,cup-7", "shopify,CUP–7", "portal,Cup-7"] {
        let row = unmapped.lines().find(|line| line.starts_with(number)).unwrap_or_default();
        assert!(row.contains("CUP-7"), "{number}: {unmapped}");
    }
}

/// A statement of TikTok tells an order's sale and its fees, but neither SKU nor units: it leaves whole.
#[test]
fn an_order_that_only_a_statement_knows_does_not_leave_its_fees() {
    let order = "57002,Completed,Normal,1,MUG,Mug,1,30.00,30.00,0.00,0.00,30.00,0.00,0.00,30.00,0.00,13/02/2026 10:00:00,Germany\n";
    let statement = "Order/adjustment ID,Type,Order settled time,Currency,Total settlement amount,Total Revenue,\
        Subtotal before discounts,Total Fees,TikTok Shop commission fee\n\
        57002,Order,2026/02/20,EUR,28.50,30.00,30.00,-1.50,-1.50\n57000,Order,2026/02/05,EUR,44.00,70.00,70.00,-26.00,-26.00\n";
    let shop = Shop::run(
        "[channel.tiktok]",
        &[("tiktok/orders.csv", &format!("{TIKTOK}{order}")), ("tiktok/income.csv", statement)],
    );
    assert_eq!(shop.sums(&["net_sales", "referral_fees", "contribution"]), ["30.00", "1.50", "27.50"], "{}", shop.said);
    has(&shop.said, &["1 order of `tiktok` in no export of orders: left out whole", "44.00 EUR"]);
}

/// The orders name neither currency nor country, but the statement does: that they are in euros is not taken.
#[test]
fn a_statement_in_another_currency_makes_the_orders_ask() {
    let header = TIKTOK.replace(",Country", "");
    let order =
        "57003,Completed,Normal,1,MUG,Mug,1,30.00,30.00,0.00,0.00,30.00,0.00,0.00,30.00,0.00,13/02/2026 10:00:00\n";
    let statement = "Order/adjustment ID,Type,Order settled time,Currency,Total settlement amount,Total Revenue,\
        Subtotal before discounts,Total Fees,TikTok Shop commission fee\n57003,Order,2026/02/20,GBP,27.00,30.00,30.00,-3.00,-3.00\n";
    let rates = ("truth/exchange_rates.csv", "day,currency,into,rate\n2026-02-13,GBP,EUR,1.20\n");
    let orders = format!("{header}{order}");
    let files = [("tiktok/orders.csv", orders.as_str()), ("tiktok/income.csv", statement), rates];
    let shop = Shop::run("[channel.tiktok]", &files);
    has(&shop.said, &["`tiktok` over 30.00 name no currency", "`currency = "]);
    assert_eq!(shop.sums(&["gross_sales"]), ["unknown"]);
    let named = Shop::run("[channel.tiktok]\ncurrency = \"GBP\"", &files);
    assert_eq!(named.sums(&["gross_sales", "referral_fees"]), ["36.00", "3.60"], "{}", named.said);
}

/// A credit that names the order and no article may be of any of them, but not of more than there were.
#[test]
fn more_came_back_than_an_order_had_though_no_article_is_named() {
    let settings = "[channel.desk]\nkind = \"other\"\n\
        [mapping.back]\nchannel = \"desk\"\ntable = \"refund_lines\"\n\
        columns = { refund_id = \"Credit\", refunded_at = \"On\", order_id = \"Of\", quantity = \"Pieces\", amount = \"Money\" }\n\
        constants = { currency = \"EUR\", disposition = \"unknown\" }";
    let orders = "order_id,line_id,channel,sku,qty,unit_price,currency,ordered_at,status\n\
        1,1,desk,MUG,2,5.00,EUR,2026-02-10,paid\n1,2,desk,POT,1,5.00,EUR,2026-02-10,paid\n2,1,desk,MUG,1,5.00,EUR,2026-02-10,paid\n";
    let back = "Credit,On,Of,Pieces,Money\nR1,2026-02-14,1,3,15.00\nR2,2026-02-14,2,1,5.00\n";
    let found = |back: &str| {
        let shop = Shop::run(settings, &[("orders.csv", orders), ("desk/back.csv", back)]);
        let asked = shop.project.trueup(&["query", "check_refund_exceeds_sale"]);
        String::from_utf8(asked.stdout).unwrap().lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(found(back).is_empty());
    let more = found(&format!("{back}R3,2026-02-15,1,1,0.00\n"));
    assert!(more.len() == 1 && more[0].starts_with("desk,1,3,4,"), "{more:?}");
}

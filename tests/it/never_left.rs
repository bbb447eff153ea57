//! Orders that went back whole and were never sent: cancelled, whatever the channel calls them.

use crate::orders_as_meant::{SHOPIFY, Shop, TIKTOK, shopify};
use crate::overrides::{cells, row};
use crate::project::has;

/// What an order of MUG leaves: units, cost and the fee that was kept.
const LEFT: [&str; 4] = ["units", "cost_of_goods", "net_sales", "contribution"];

/// Two of four eBay orders went back whole; of these one had been sent. The fixed fee of 0.40 stayed.
#[test]
fn an_ebay_order_without_a_day_of_shipping_that_went_back_was_not_sold() {
    let head = "Sales Record Number,Order Number,Buyer Username,Ship To Country,Item Number,Item Title,Custom Label,\
        Quantity,Sold For,Shipping And Handling,Seller Collected Tax,eBay Collected Tax,Total Price,Sale Date,Paid On Date,\
        Shipped On Date,Transaction ID\n";
    let order = |number: &str, shipped: &str| {
        format!(
            "{number},24-00001-0000{number},b,Germany,225,Mug,MUG,3,11.00,0.00,0.00,0.00,33.00,02-Mar-26,02-Mar-26,\
             {shipped},90{number}\n"
        )
    };
    let orders = format!("{head}{}{}{}", order("1", "03-Mar-26"), order("2", ""), order("3", ""));
    let transactions = "Transaction creation date,Type,Order number,Net amount,Payout currency,Payout date,Payout ID,\
        Item ID,Transaction ID,Item title,Custom label,Quantity,Item subtotal,Postage and packaging,\
        Final value fee – fixed,Final value fee – variable,Gross transaction amount,Transaction currency,Description\n";
    let sale = |number: &str| {
        format!(
            "\"2 Mar 2026\",Order,24-00001-0000{number},29.60,EUR,\"9 Mar 2026\",61,225,90{number},Mug,MUG,3,33,0,-0.4,-3,33,\
             EUR,--\n"
        )
    };
    let back = |number: &str| {
        format!(
            "\"5 Mar 2026\",Refund,24-00001-0000{number},-30.00,EUR,\"9 Mar 2026\",61,225,90{number},Mug,MUG,3,-33,0,--,3,-33,\
             EUR,--\n"
        )
    };
    let settled: String = ["1", "2", "3"].map(sale).into_iter().chain(["1", "2"].map(back)).collect();
    let transactions = format!("{transactions}{settled}");
    let files = [("ebay/orders.csv", orders.as_str()), ("ebay/transactions.csv", transactions.as_str())];
    let shop = Shop::run("[channel.ebay]\nprices-hold-tax = \"0%\"\nfees = { shipping-per-order = 5.00 }", &files);
    let mug = row(&shop.project, "pnl_by_sku.csv", &[("channel", "ebay")]);
    // sent and back again costs its goods and its postage; what was never sent costs neither
    assert_eq!(cells(&mug, LEFT), ["6", "6.00", "33.00", "12.80"], "{}", shop.said);
    assert_eq!(cells(&mug, ["shipping_paid", "referral_fees", "refunds"]), ["10.00", "4.20", "33.00"]);
    has(&shop.said, &["ebay order 24-00001-00002 of 2026-03-02: 3 units of `MUG`, credited"]);
}

/// Shopify says it in one row: refunded, and nothing of it fulfilled, though nobody called it off.
#[test]
fn a_shopify_order_that_was_refunded_unfulfilled_was_not_sold() {
    let order = |name: &str, fulfilled: &str| {
        let row =
            shopify(name, "refunded", "26.00,4.00,0.00,30.00,0.00", "2,Mug,13.00,MUG,true,true", ",30.00,0.00,card,CA");
        row.replacen(",fulfilled,", &format!(",{fulfilled},"), 1)
    };
    let told = |fulfilled: &str| {
        let orders = format!("{SHOPIFY}{}", order("#1", fulfilled));
        let shop = Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &orders)]);
        (
            shop.sums(&["gross_sales", "units", "cost_of_goods"]),
            shop.query("select sum(units) as units from fact_demand_daily"),
        )
    };
    assert_eq!(told("unfulfilled"), (vec!["0.00".to_owned(); 3], vec!["\"\"".to_owned()]));
    assert_eq!(told("partial").0, ["26.00", "2.00", "2.00"], "a part was sent");
    assert_eq!(told("fulfilled").1, ["2"], "what was sent was wanted");
}

/// The items say no day of shipping, and only the list of orders says why.
#[test]
fn an_etsy_order_that_is_called_off_was_not_sold() {
    let header = "Sale Date,Order ID,Number of Items,Payment Method,Date Shipped,Ship Country,Currency,Order Value,\
        Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Adjusted Order Total\n";
    let items = "Sale Date,Item Name,Quantity,Price,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,\
        Item Total,Currency,Transaction ID,Date Paid,Date Shipped,Ship Country,Order ID,SKU\n\
        02/03/26,Mug,1,17.00,0,0,0,0,17.00,EUR,9,02/03/26,,Germany,61,MUG\n\
        02/04/26,Mug,2,17.00,0,0,0,0,34.00,EUR,10,02/04/26,,Germany,62,MUG\n";
    let order = |number: u32, total: &str, status: &str| {
        format!("02/03/26,{number},1,Card,,Germany,EUR,{total},0,0,0,0,{total},{status},0\n")
    };
    let told = |status: &str| {
        let orders = format!("{header}{}{}", order(61, "17.00", status), order(62, "34.00", "Paid"));
        let files = [("etsy/sold_orders.csv", orders.as_str()), ("etsy/items.csv", items)];
        Shop::run("[channel.etsy]\nprices-hold-tax = \"0%\"", &files).sums(&["gross_sales", "units", "cost_of_goods"])
    };
    assert_eq!(told("Canceled"), ["34.00", "2.00", "2.00"]);
    assert_eq!(told("Paid"), ["51.00", "3.00", "3.00"]);
}

/// TikTok Shop tells what waits to be sent, and what went back of it, in one row.
#[test]
fn a_tiktok_order_that_waits_and_went_back_was_not_sold() {
    let order = |number: u32, state: &str, back: &str| {
        format!(
            "{number},{state},Normal,1,MUG,Mug,4,6.00,24.00,0.00,0.00,24.00,0.00,0.00,24.00,{back},13/02/2026 10:00:00,Germany\n"
        )
    };
    let told = |state: &str, back: &str| {
        let orders = format!("{TIKTOK}{}{}", order(58001, state, back), order(58002, "Completed", "0.00"));
        Shop::run("[channel.tiktok]", &[("tiktok/orders.csv", &orders)]).sums(&["units", "cost_of_goods", "refunds"])
    };
    assert_eq!(told("To ship", "24.00"), ["4.00", "4.00", "0.00"]);
    assert_eq!(told("Shipped", "24.00"), ["8.00", "8.00", "24.00"]);
    assert_eq!(told("To ship", "23.00"), ["8.00", "8.00", "23.00"], "not all of it went back");
}

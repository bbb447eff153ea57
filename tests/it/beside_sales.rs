//! Money that is neither earned nor spent: gift cards and what else is held for others, and orders that
//! nobody has paid, which hold stock as long as the policy says.

use std::fs;

use crate::orders_as_meant::{SHOPIFY, Shop, more, shopify};
use crate::overrides::{Cells, cells, row, rows};
use crate::project::{Project, has, stderr};

const HELD: [&str; 4] = ["kind", "received", "used", "outstanding"];

fn page(project: &Project) -> String {
    fs::read_to_string(project.path("reports/index.html")).unwrap()
}

/// Two cards are sold; one order is paid by card alone, one by card and something else.
#[test]
fn gift_cards_are_owed_until_they_pay() {
    let sold = shopify("#1", "paid", "58.00,0.00,0.00,58.00,0.00", "1,Mug,18.00,MUG,true,true", ",0.00,0.00,card,CA");
    let card = more("#1", "1,Gift Card - 40.00,40.00,,false,false");
    let used =
        shopify("#2", "paid", "27.00,0.00,0.00,27.00,0.00", "1,Pot,27.00,POT,true,true", ",0.00,0.00,Gift Card,CA");
    let both = shopify(
        "#3",
        "paid",
        "33.00,0.00,0.00,33.00,0.00",
        "1,Pot,33.00,POT,true,true",
        ",0.00,0.00,Shopify Payments + Gift Card,CA",
    );
    let lost =
        shopify("#4", "voided", "27.00,0.00,0.00,27.00,0.00", "1,Pot,27.00,POT,true,true", ",0.00,0.00,Gift Card,CA");
    let orders = format!("{SHOPIFY}{sold}{card}{used}{both}{lost}");
    let shop = Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &orders)]);
    let held = row(&shop.project, "held.csv", &[("channel", "shopify")]);
    assert_eq!(cells(&held, HELD), ["gift_card", "40.00", "", ""], "what the card paid of #3 is not told");
    assert_eq!(cells(&held, ["untold_orders", "month_received", "currency"]), ["1", "0.00", "EUR"]);
    let told = orders.replace("Shopify Payments + Gift Card", "Swift Card Transfer");
    let told = Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &told)]);
    let held = row(&told.project, "held.csv", &[("channel", "shopify")]);
    assert_eq!(cells(&held, HELD), ["gift_card", "40.00", "27.00", "13.00"], "a card of a bank is no gift card");
    assert_eq!(shop.sums(&["gross_sales"]), ["78.00"], "a card sold is no sale");
    has(&page(&shop.project), &["Held for others", "gift cards", "1 order"]);
}

/// What a payment tells, the card did not pay.
#[test]
fn a_gift_card_beside_a_payment_paid_the_rest() {
    let both = |name: &str, total: &str| {
        let amounts = format!("{total},0.00,0.00,{total},0.00");
        let line = format!("1,Pot,{total},POT,true,true");
        shopify(name, "paid", &amounts, &line, ",0.00,0.00,gift_card + Shopify Payments,CA")
    };
    let one = format!("{SHOPIFY}{}", both("#1", "61.00"));
    let two = format!("{one}{}", both("#2", "20.00"));
    let payments = "Transaction Date,Type,Order,Payout Status,Payout Date,Payout ID,Amount,Fee,Net,Checkout,Currency\n\
        2026-02-10 12:00:00 +0100,charge,#1,paid,2026-02-12,p1,21.00,0.70,20.30,#c1,EUR\n";
    let told = |orders: &str| {
        let shop = Shop::run(
            "[channel.shopify]",
            &[("shopify/orders_export.csv", orders), ("shopify/payments.csv", payments)],
        );
        let held = row(&shop.project, "held.csv", &[("channel", "shopify")]);
        [cells(&held, HELD).to_vec(), cells(&held, ["untold_orders"]).to_vec()].concat()
    };
    assert_eq!(told(&one), ["gift_card", "0.00", "40.00", "-40.00", "0"]);
    assert_eq!(told(&two), ["gift_card", "0.00", "", "", "1"], "of the second order no payment is known");
}

/// A card that was given back is owed to nobody; of a part that went back nothing tells whether it was the card's.
#[test]
fn a_card_that_was_given_back_is_not_owed() {
    let order = |refunded: &str| {
        let state = if refunded == "40.00" { "refunded" } else { "partially_refunded" };
        let rest = format!(",{refunded},0.00,card,CA");
        shopify("#9", state, "40.00,0.00,0.00,40.00,0.00", "1,Gift Card - 40.00,40.00,,false,false", &rest)
    };
    let kept =
        shopify("#8", "paid", "25.00,0.00,0.00,25.00,0.00", "1,Gift Card,25.00,,false,false", ",0.00,0.00,card,CA");
    let told = |refunded: &str| {
        let orders = format!("{SHOPIFY}{kept}{}", order(refunded));
        let shop = Shop::run("[channel.shopify]", &[("shopify/orders_export.csv", &orders)]);
        cells(&row(&shop.project, "held.csv", &[("channel", "shopify")]), HELD)
    };
    assert_eq!(told("40.00"), ["gift_card", "25.00", "0.00", "25.00"]);
    assert_eq!(told("10.00"), ["gift_card", "65.00", "", ""]);
}

#[test]
fn donations_and_deposits_of_any_channel_are_told_in_their_currency() {
    let lines = "channel,order_id,line_id,ordered_at,sku,title,kind,quantity,unit_price,status,currency\n\
        stall,S1,1,2026-03-03T10:00:00Z,MUG,Mug,article,1,20.00,completed,EUR\n\
        stall,S1,2,2026-03-03T10:00:00Z,,Crate,deposit,4,1.50,completed,EUR\n\
        stall,S2,1,2026-02-03T10:00:00Z,,For the shelter,donation,1,5.00,completed,CHF\n\
        stall,S3,1,2026-03-04T10:00:00Z,,Voucher,gift_card,1,-7.00,completed,EUR\n\
        stall,S4,1,2026-03-04T10:00:00Z,,Crate,deposit,1,1.50,unpaid,EUR\n";
    let shop = Shop::run("[channel.stall]", &[("truth/order_lines.csv", lines)]);
    let held: Vec<Cells> = rows(&shop.project, "held.csv");
    let told: Vec<_> = held.iter().map(|row| cells(row, HELD)).collect();
    let expected = [
        ["deposit", "6.00", "0.00", "6.00"],
        ["donation", "5.00", "0.00", "5.00"],
        ["gift_card", "0.00", "7.00", "-7.00"],
    ];
    assert_eq!(told, expected);
    assert_eq!(cells(&held[0], ["month_received", "currency"]), ["6.00", "EUR"]);
    assert_eq!(cells(&held[1], ["month_received", "currency"]), ["0.00", "CHF"]);
    has(&page(&shop.project), &["donations", "5.00\u{a0}CHF"]);
    let nothing =
        Shop::run("[channel.stall]", &[("truth/order_lines.csv", &lines[..lines.find("stall,S1,2").unwrap()])]);
    assert!(rows(&nothing.project, "held.csv").is_empty() && !page(&nothing.project).contains("Held for others"));
}

const LINES: &str = "channel,order_id,line_id,ordered_at,sku,quantity,unit_price,status,currency\n";

/// Of two orders that nobody paid, both reserved at the source of truth, one is of 12 days ago, one of 3.
fn reserved(keys: &str) -> (Cells, Project) {
    let mut orders = format!(
        "{LINES}ebay,U1,1,2026-02-08T10:00:00Z,VASE,5,30.00,unpaid,EUR\n\
         stall,U2,1,2026-02-17T10:00:00Z,VASE,2,31.00,unpaid,EUR\n"
    );
    for day in 1..20 {
        orders += &format!("stall,P{day},1,2026-02-{day:02}T18:05:00Z,VASE,1,31.00,completed,EUR\n");
    }
    let movements = "movement_id,at,sku,location,kind,quantity,reference,owner\n\
        M1,2026-02-08T10:01:00Z,VASE,main,order,5,U1,ebay\nM2,2026-02-17T10:01:00Z,VASE,main,order,2,U2,stall\n";
    let stock = "sku,location,at,on_hand\nVASE,main,2026-02-01T06:00:00Z,60\nVASE,main,2026-02-20T20:00:00Z,60\n";
    let settings = format!(
        "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Vienna\"\nas-of = 2026-02-20\n\n[channel.ebay]\n[channel.stall]\n{keys}\n"
    );
    let files = [
        ("truth/order_lines.csv", orders.as_str()),
        ("truth/stock.csv", stock),
        ("truth/stock_movements.csv", movements),
    ];
    let project = Project::of(&settings, &files);
    stderr(&project.trueup(&["run"]));
    (row(&project, "stock.csv", &[("sku", "VASE")]), project)
}

#[test]
fn an_unpaid_order_holds_stock_no_longer_than_the_policy_says() {
    let held = |keys: &str| cells(&reserved(keys).0, ["reserved", "available"]);
    assert_eq!(held(""), ["2", "58"], "after a week the older one holds nothing");
    assert_eq!(held("[policy]\nunpaid-reserve-days = 30"), ["7", "53"]);
    assert_eq!(held("[policy]\nunpaid-reserve-days = 1"), ["0", "60"]);
    assert_eq!(held("[policy]\nunpaid-reserve-days = 1\n[channel.ebay.policy]\nunpaid-reserve-days = 20"), ["5", "55"]);
}

#[test]
fn the_page_counts_unpaid_orders_by_channel_with_their_amount() {
    let (_, project) = reserved("");
    let told: Vec<_> = rows(&project, "unpaid_orders.csv")
        .iter()
        .map(|row| cells(row, ["channel", "order_id", "amount", "holds_until", "holds_stock"]))
        .collect();
    let expected = [
        ["ebay", "U1", "150.00", "2026-02-15T10:00:00Z", "false"],
        ["stall", "U2", "62.00", "2026-02-24T10:00:00Z", "true"],
    ];
    assert_eq!(told, expected);
    let waiting = [
        "ebay: 1 order of €150.00, which may hold no stock any more",
        "stall: 1 order of €62.00, which may still hold stock",
    ];
    has(&page(&project), &[&["Waiting for payment", "unpaid-reserve-days"], &waiting[..]].concat());
}

/// The store's own count is the book, and commits three units: one to an order that waits since January.
#[test]
fn what_a_store_commits_to_an_unpaid_order_lapses_too() {
    let orders = format!(
        "{LINES}shopify,W1,1,2026-01-22T10:00:00Z,JUG,1,30.00,unpaid,EUR\n\
         shopify,W2,1,2026-02-19T10:00:00Z,JUG,2,30.00,processing,EUR\n"
    );
    let inventory = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,\
        SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,On hand\n\
        jug,Jug,,,,,,,JUG,,,Shop,0,0,3,20,23\n";
    let files =
        [("truth/order_lines.csv", orders.as_str()), ("shopify/inventory_export_2026-02-20T2100.csv", inventory)];
    let settings =
        "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Vienna\"\nas-of = 2026-02-20\n\n[channel.shopify]\n";
    for (days, available) in [(7, "21"), (60, "20")] {
        let project = Project::of(&format!("{settings}[policy]\nunpaid-reserve-days = {days}\n"), &files);
        stderr(&project.trueup(&["run"]));
        assert_eq!(row(&project, "stock.csv", &[("sku", "JUG")])["available"], available, "{days} days");
    }
}

/// A shop whose file does not tell what is shipped: the bare name of a card or a gift says what it is.
#[test]
fn a_bare_name_is_held_for_others_where_nothing_tells_what_is_shipped() {
    let header = "order_id,order_number,date,status,shipping_total,shipping_tax_total,fee_total,fee_tax_total,tax_total,\
        discount_total,order_total,refunded_total,order_currency,payment_method,shipping_method,customer_id,shipping_country,\
        customer_note,item_id,item_product_id,item_name,item_sku,item_quantity,item_subtotal,item_subtotal_tax,item_total,\
        item_total_tax,item_refunded,item_refunded_qty,item_meta\n";
    let line = |order: &str, item: &str, sku: &str, money: &str| {
        format!(
            "{order},{order},2026-02-05 10:00:00,completed,0,0,0,0,0,0,{money},0,EUR,card,Post,7,DE,,{order}1,12,{item},{sku},1,\
             {money},0,{money},0,0,0,\n"
        )
    };
    let rows = [
        line("501", "Geschenkkarte 30 €", "", "30.00"),
        line("502", "Gift Card", "CARD-25", "25.00"),
        line("503", "Spenden", "", "4.00"),
        line("504", "Gift card box", "BOX", "9.00"),
    ];
    let orders = format!("{header}{}", rows.concat());
    let shop = Shop::run("[channel.woo]\nkind = \"woocommerce\"", &[("woo/orders.csv", &orders)]);
    assert_eq!(shop.sums(&["gross_sales"]), ["9.00"], "a box for a card is an article");
    let held = |kind: &str| cells(&row(&shop.project, "held.csv", &[("kind", kind)]), HELD);
    assert_eq!(held("gift_card"), ["gift_card", "55.00", "0.00", "55.00"]);
    assert_eq!(held("donation"), ["donation", "4.00", "0.00", "4.00"]);
}

/// A list that tells what orders came to, and not of what.
#[test]
fn orders_without_their_lines_are_said_with_their_money() {
    let header = "Sale Date,Order ID,Number of Items,Payment Method,Date Shipped,Ship Country,Currency,Order Value,\
        Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,Adjusted Order Total\n";
    let list = format!(
        "{header}02/03/26,7001,2,Card,02/04/26,Germany,EUR,50.00,5.00,0,6.00,0,51.00,Completed,0\n\
         02/05/26,7002,1,Card,02/06/26,Germany,EUR,20.00,0,0,4.00,0,24.00,Completed,0\n"
    );
    let shop = Shop::run("[channel.etsy]", &[("etsy/EtsySoldOrders2026-2.csv", &list)]);
    has(&shop.said, &["`etsy` tells what 2 orders came to, 75.00 EUR", "exports/etsy/"]);
    assert!(page(&shop.project).contains("75.00"));
}

//! What do settlements tell of sales that no export of orders tells, or tells in another state?

use std::fs;

use crate::orders_as_meant::{SHOPIFY, Shop, shopify};
use crate::project::has;

/// Amazon's flat file V2 of these rows: transaction, order, group, description, amount, SKU, units.
fn amazon(marketplace: &str, currency: &str, total: &str, rows: &[&str]) -> String {
    let head = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\t\
        transaction-type\torder-id\tmarketplace-name\tamount-type\tamount-description\tamount\tposted-date-time\tsku\t\
        quantity-purchased";
    let first = format!(
        "41\t2026-03-01 00:00:00 UTC\t2026-03-15 00:00:00 UTC\t2026-03-17 00:00:00 UTC\t{total}\t{currency}{}",
        "\t".repeat(9)
    );
    let line = |row: &&str| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [transaction, order, group, what, amount, sku, units] = cells[..] else { panic!("not seven cells: {row}") };
        format!(
            "41\t\t\t\t\t\t{transaction}\t{order}\t{marketplace}\t{group}\t{what}\t{amount}\t2026-03-09 12:00:00 UTC\t{sku}\t{units}"
        )
    };
    let lines: Vec<String> = [head.to_owned(), first].into_iter().chain(rows.iter().map(line)).collect();
    lines.join("\n") + "\n"
}

/// Of Poland, at 23 %: 246.00 for two mugs and 12.30 for sending them, of which no tax is told; one went back.
/// Another order tells its tax in a row of its own.
fn polish() -> String {
    amazon(
        "Amazon.pl",
        "EUR",
        "286.59",
        &[
            "Order | 171-4 | ItemPrice | Principal | 246.00 | MUG | 2",
            "Order | 171-4 | ItemPrice | Shipping | 12.30 | MUG | 2",
            "Order | 171-4 | ItemFees | Commission | -36.90 | MUG | 2",
            "Refund | 171-4 | ItemPrice | Principal | -123.00 | MUG | ",
            "Refund | 171-4 | ItemFees | Commission | 18.45 | MUG | ",
            "Order | 171-5 | ItemPrice | Principal | 150.00 | POT | 1",
            "Order | 171-5 | ItemPrice | Tax | 34.50 | POT | 1",
            "Order | 171-5 | Promotion | Principal | -15.00 | POT | ",
            "Order | 171-5 | Promotion | TaxDiscount | -3.45 | POT | ",
            "Order | 171-5 | ItemFees | Commission | 3.69 | POT | ",
        ],
    )
}

fn sold(shop: &Shop) -> Vec<String> {
    shop.sums(&["gross_sales", "discounts", "shipping_charged", "refunds", "units"])
}

#[test]
fn tax_in_a_sale_that_only_a_settlement_tells_is_asked_for() {
    let shop = Shop::run("[channel.amazon]", &[("amazon/settlement.txt", &polish())]);
    assert_eq!(sold(&shop), ["396.00", "15.00", "12.30", "123.00", "3.00"]);
    let open = "sales of 258.30 EUR on `amazon` may hold VAT, which no file tells: they count whole until `prices-hold-tax` \
        under `[channel.amazon]` says so";
    has(&shop.said, &[open]);
    has(&fs::read_to_string(shop.project.path("reports/index.html")).unwrap(), &["258.30 EUR", "prices-hold-tax"]);
}

#[test]
fn the_settings_tell_it_by_the_country_of_the_marketplace() {
    for rates in ["{ PL = \"23%\" }", "\"23%\"", "{ PL = \"23%\", KETTLE = \"5%\" }"] {
        let settings = format!("[channel.amazon]\nprices-hold-tax = {rates}");
        let shop = Shop::run(&settings, &[("amazon/settlement.txt", &polish())]);
        // Of the order that tells its own tax nothing more is taken.
        assert_eq!(sold(&shop), ["350.00", "15.00", "10.00", "100.00", "3.00"], "{rates}");
        assert!(!shop.said.contains("may hold"), "{}", shop.said);
    }
    let settings = "[channel.amazon]\nprices-hold-tax = \"0%\"";
    let shop = Shop::run(settings, &[("amazon/settlement.txt", &polish())]);
    assert_eq!(sold(&shop), ["396.00", "15.00", "12.30", "123.00", "3.00"]);
    assert!(!shop.said.contains("may hold"), "{}", shop.said);
}

/// Of a sale on eBay the report tells no country and no tax.
const EBAY: &str = "Transaction creation date,Type,Order number,Net amount,Payout currency,Payout date,Payout ID,Item ID,\
    Transaction ID,Custom label,Quantity,Item subtotal,Postage and packaging,Final Value Fee - fixed,\
    Final Value Fee - variable,Gross transaction amount,Transaction currency,Reference ID,Description\n\
    20 Mar 2026,Order,24-7,25.30,EUR,25 Mar 2026,778,71,907,MUG,1,24,6,-0.5,-4.2,30,EUR,--,--\n";

#[test]
fn without_a_country_the_doubt_is_said_with_the_key_that_ends_it() {
    let of = |rates: &str| Shop::run(&format!("[channel.ebay]\n{rates}"), &[("ebay/transactions.csv", EBAY)]);
    let open = "sales of 30.00 EUR on `ebay` may hold VAT, which no file tells";
    has(&of("").said, &[open, "`prices-hold-tax` under `[channel.ebay]`"]);
    has(&of("prices-hold-tax = { DE = \"20%\" }").said, &[open, "a country that their file does not tell"]);
    let told = of("prices-hold-tax = \"20%\"");
    assert_eq!(told.sums(&["gross_sales", "shipping_charged"]), ["20.00", "5.00"]);
    assert!(!told.said.contains("may hold"), "{}", told.said);
}

fn listed(rows: &[&str]) -> String {
    let head =
        "amazon-order-id\torder-status\tpurchase-date\tsales-channel\tsku\tquantity\tcurrency\titem-price\titem-tax";
    let rows = rows.iter().map(|row| row.split('|').map(str::trim).collect::<Vec<_>>().join("\t"));
    [head.to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n") + "\n"
}

/// 80-1 and 80-2 stand as pending and were settled, a part of 80-2 went back; of the cancelled 80-3 a part stayed, and
/// 80-4 went back whole but for a fee.
#[test]
fn an_order_counts_with_its_settled_fees_or_without_both() {
    let orders = listed(&[
        "80-1 | Pending | 2026-03-02T10:00:00Z | Amazon.com | MUG | 1 | EUR | | ",
        "80-2 | Pending | 2026-03-02T10:00:00Z | Amazon.com | POT | 1 | EUR | 60.00 | 4.80",
        "80-3 | Cancelled | 2026-03-02T10:00:00Z | Amazon.com | BOWL | 0 | EUR | | ",
        "80-4 | Cancelled | 2026-03-02T10:00:00Z | Amazon.com | BOWL | 0 | EUR | | ",
    ]);
    let settled = amazon(
        "Amazon.com",
        "EUR",
        "88.45",
        &[
            "Order | 80-1 | ItemPrice | Principal | 50.00 | MUG | 1",
            "Order | 80-1 | ItemFees | Commission | -7.50 | MUG | ",
            "Order | 80-2 | ItemPrice | Principal | 60.00 | POT | 1",
            "Order | 80-2 | ItemFees | Commission | -9.00 | POT | ",
            "Refund | 80-2 | ItemPrice | Principal | -20.00 | POT | ",
            "Order | 80-3 | ItemPrice | Principal | 70.00 | BOWL | 1",
            "Order | 80-3 | ItemFees | Commission | -10.50 | BOWL | ",
            "Refund | 80-3 | ItemPrice | Principal | -50.00 | BOWL | ",
            "Refund | 80-3 | ItemFees | Commission | 6.45 | BOWL | ",
            "Order | 80-4 | ItemPrice | Principal | 30.00 | BOWL | 1",
            "Refund | 80-4 | ItemPrice | Principal | -30.00 | BOWL | ",
            "Refund | 80-4 | ItemFees | RefundCommission | -1.00 | BOWL | ",
        ],
    );
    let files = [("amazon/orders.txt", &*orders), ("amazon/settlement.txt", &*settled)];
    let shop = Shop::run("[channel.amazon]", &files);
    let earned = shop.sums(&["gross_sales", "refunds", "referral_fees", "units", "cost_of_goods"]);
    assert_eq!(earned, ["110.00", "20.00", "17.50", "2.00", "2.00"], "{}", shop.said);
    has(
        &shop.said,
        &[
            "2 orders of `amazon` shown as not paid yet: taken whole from their settlements, with sales of 110.00 EUR",
            "buyers paid 20.00 EUR for orders of `amazon` that were cancelled or never marked as paid",
            "settlements of `amazon` took 4.05 EUR of orders whose payment stayed and does not count",
        ],
    );
    let sum = "select sum(l.amount) as amount from fact_kept_charges as l\n";
    assert_eq!(shop.query(sum), ["-4.05"]);
}

/// A processor tells no article, so an order that waits for its payment stays out, and its fee with it; what it took
/// of one that went back whole is lost.
#[test]
fn a_processors_fee_goes_as_its_payment_goes() {
    let order = |name: &str, state: &str| {
        shopify(name, state, "71.40,0.00,11.40,71.40,0.00", "1,Pot,71.40,POT,true,true", ",0.00,,card,DE")
    };
    let waiting = order("#1", "pending").replace("pending,fulfilled", "pending,unfulfilled");
    let orders = [waiting, order("#2", "voided"), order("#3", "paid")].concat();
    let paid = |name: &str, kind: &str, amount: &str, fee: &str, net: &str| {
        format!("2026-03-03 12:00:00 +0100,{kind},{name},paid,2026-03-05,p5,{amount},{fee},{net},#c{name},EUR\n")
    };
    let payments = [
        "Transaction Date,Type,Order,Payout Status,Payout Date,Payout ID,Amount,Fee,Net,Checkout,Currency\n".to_owned(),
        paid("#1", "charge", "71.40", "2.30", "69.10"),
        paid("#2", "charge", "71.40", "2.20", "69.20"),
        paid("#2", "refund", "-71.40", "0.00", "-71.40"),
        paid("#3", "charge", "71.40", "2.10", "69.30"),
    ];
    let (orders, payments) = (format!("{SHOPIFY}{orders}"), payments.concat());
    let files = [("shopify/orders_export.csv", &*orders), ("shopify/payments.csv", &*payments)];
    let shop = Shop::run("[channel.shopify]\nfees = { shipping-per-order = 0 }", &files);
    assert_eq!(shop.sums(&["gross_sales", "refunds", "payment_fees"]), ["60.00", "0.00", "4.30"], "{}", shop.said);
    has(
        &shop.said,
        &["buyers paid 71.40 EUR for orders of `shopify`", "settlements of `shopify` took 2.30 EUR of orders"],
    );
}

/// What Etsy keeps of the buyer's tax has rows of its own: 81 got none of it back, 82 a half. The sale of 84 stands
/// in no statement here, and 83 holds no such tax.
#[test]
fn a_refund_holds_the_tax_that_etsy_gave_back_and_no_other() {
    let items = "Sale Date,Item Name,Quantity,Price,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,\
        Item Total,Currency,Transaction ID,Date Paid,Date Shipped,Ship Country,Order ID,SKU\n\
        03/03/26,Bowl,1,40.00,0,0,6.00,3.68,40.00,EUR,8,03/03/26,03/05/26,United States,81,BOWL\n\
        03/03/26,Mug,1,25.00,0,0,0,2.00,25.00,EUR,9,03/03/26,03/05/26,United States,82,MUG\n\
        03/03/26,Mug,1,30.00,0,0,0,0,30.00,EUR,10,03/03/26,03/05/26,United States,83,MUG\n\
        03/03/26,Pot,1,20.00,0,0,0,1.60,20.00,EUR,11,03/03/26,03/05/26,United States,84,POT\n";
    let row = |day: u32, by_type: &str, title: &str, info: &str, amount: &str, tax: &str| {
        let net = if amount == "--" { tax } else { amount };
        format!("\"March {day}, 2026\",{by_type},{title},{info},EUR,{amount},{tax},{net}\n")
    };
    let statement = [
        "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net\n".to_owned(),
        row(3, "Sale", "Payment for Order #81", "", "49.68", "--"),
        row(3, "Tax", "Sales tax paid by buyer", "Order #81", "--", "-3.68"),
        row(9, "Refund", "Partial refund to buyer for Order #81", "", "-12.00", "--"),
        row(3, "Sale", "Payment for Order #82", "", "27.00", "--"),
        row(3, "Tax", "Sales tax paid by buyer", "Order #82", "--", "-2.00"),
        row(9, "Refund", "Partial refund to buyer for Order #82", "", "-13.50", "--"),
        row(10, "Tax", "Sales tax refunded to buyer", "Order #82", "--", "1.00"),
        row(3, "Sale", "Payment for Order #83", "", "30.00", "--"),
        row(9, "Refund", "Partial refund to buyer for Order #83", "", "-9.00", "--"),
        row(9, "Refund", "Partial refund to buyer for Order #84", "", "-5.40", "--"),
    ]
    .concat();
    let files = [("etsy/EtsySoldOrderItems2026-3.csv", items), ("etsy/statement.csv", &*statement)];
    let shop = Shop::run("[channel.etsy]\nfees = { shipping-per-order = 0 }", &files);
    // 12.00 and 12.50, 9.00, and 5.00 of 5.40 at 8 %
    assert_eq!(shop.sums(&["gross_sales", "refunds"]), ["115.00", "38.50"], "{}", shop.said);
}

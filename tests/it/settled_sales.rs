//! What do settlements tell of sales that no export of orders tells, or tells in another state?

use std::fs;

use crate::orders_as_meant::Shop;
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

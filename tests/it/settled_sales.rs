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

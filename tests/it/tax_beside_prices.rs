//! Whose is the tax that stands beside prices? By rates of one order, by totals, by what the user says.

use super::orders_as_meant::Shop;
use super::project::{Project, has, stderr};

const HEADER: &str = "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,\
    Lineitem name,Lineitem price,Lineitem sku,Lineitem taxable,Shipping Country,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value\n";

/// An order of a German shop: its amounts, its first line and its taxes.
fn order(name: &str, amounts: &str, line: &str, taxes: &str) -> String {
    format!("#{name},paid,EUR,{amounts},2026-03-04 10:00:00 +0100,{line},true,DE,{taxes}\n")
}

fn more(name: &str, line: &str, taxable: bool) -> String {
    format!("#{name},,,,,,,2026-03-04 10:00:00 +0100,{line},{taxable},,,,,\n")
}

const NET: &str = "select order_id, title, gross, shipping_charged, tax from order_lines order by order_id, title\n";

#[test]
fn a_line_bears_the_rate_that_its_order_proves() {
    let orders = [
        // 24.00 at 20 % hold 4.00, 11.00 at 10 % hold 1.00; nothing is paid for sending them.
        order("1", "35.00,0.00,5.00,35.00", "2,Mug,12.00,MUG", "AT MwSt. 20%,4.00,AT MwSt. 10%,1.00"),
        more("1", "1,Book,11.00,BOOK", true),
        // The 6.00 for sending hold 1.00 at 20 %; the voucher holds nothing.
        order("2", "65.00,6.00,6.00,71.00", "1,Mug,24.00,MUG", "AT MwSt. 20%,5.00,AT MwSt. 10%,1.00"),
        more("2", "1,Book,11.00,BOOK", true),
        more("2", "1,Stamp,30.00,STAMP", false),
    ];
    let shop = Shop::run("[channel.shopify]", &[("shopify/orders.csv", &(HEADER.to_owned() + &orders.concat()))]);
    let wanted = [
        "#1,Book,10.00,0.00,1.00",
        "#1,Mug,20.00,0.00,4.00",
        "#2,Book,10.00,0.84,1.17",
        "#2,Mug,20.00,1.85,4.37",
        "#2,Stamp,30.00,2.31,0.46",
    ];
    assert_eq!(shop.query(NET), wanted);
    assert!(!shop.said.contains("tax-shared") && !shop.said.contains("shared by value"), "{}", shop.said);
}

#[test]
fn rates_that_nothing_proves_are_shared_by_value_and_said() {
    // Both cost 33.00: 5.50 at 20 % and 3.00 at 10 % may be either's.
    let orders = [
        order("7", "66.00,0.00,8.50,66.00", "1,Mug,33.00,MUG", "AT MwSt. 20%,5.50,AT MwSt. 10%,3.00"),
        more("7", "1,Book,33.00,BOOK", true),
    ];
    let file = HEADER.to_owned() + &orders.concat();
    let shop = Shop::run("[channel.shopify]", &[("shopify/orders.csv", &file)]);
    assert_eq!(shop.query(NET), ["#7,Book,28.75,0.00,4.25", "#7,Mug,28.75,0.00,4.25"]);
    has(
        &shop.said,
        &[
            "1 order has tax in its prices of which nothing proves which line bears which rate: 8.50 EUR are shared by value",
            "`[channel.shopify]`, such as `prices-hold-tax = { \"*\" = \"19%\", \"BOOK-1\" = \"7%\" }`",
        ],
    );
    let told = "[channel.shopify]\nprices-hold-tax = { \"*\" = \"20%\", BOOK = \"10%\" }\n";
    let shop = Shop::run(told, &[("shopify/orders.csv", &file)]);
    assert_eq!(shop.query(NET), ["#7,Book,30.00,0.00,3.00", "#7,Mug,27.50,0.00,5.50"]);
    assert!(!shop.said.contains("shared by value"), "{}", shop.said);
}

/// Orders that tell it stand at the end of a file of more than one block; the others tell nothing.
#[test]
fn the_whole_file_votes_on_what_an_order_leaves_open() {
    let silent = |number: usize| {
        format!(
            "#{number},paid,EUR,12.00,0.00,2.00,,2026-03-04 10:00:00 +0100,1,Mug {},12.00,MUG,true,AT,,,,\n",
            "x".repeat(300)
        )
    };
    let silent: String = (1..4_000).map(silent).collect();
    let telling = order("4000", "24.00,0.00,4.00,24.00", "1,Mug,24.00,MUG", ",,,");
    let shop = Shop::run("[channel.shopify]", &[("shopify/orders.csv", &format!("{HEADER}{silent}{telling}"))]);
    let sums = shop.query("select sum(gross) as gross, sum(tax) as tax from order_lines\n");
    assert_eq!(sums, ["40010.00,8002.00"]);
}

/// A channel whose files a mapping reads, with its tax in a column of its own.
fn mapped(columns: &str, keys: &str) -> String {
    format!(
        "[channel.portal]\nkind = \"wholesale\"\n{keys}[mapping.portal]\nchannel = \"portal\"\ntable = \"order_lines\"\n\
         columns = {{ order_id = \"Beleg\", ordered_at = \"Datum\", sku = \"Artikel\", quantity = \"Menge\", \
         gross = \"Betrag\", tax = \"MwSt\"{columns} }}\n\
         constants = {{ currency = \"EUR\", status = \"completed\" }}\ndecimal = \",\"\n"
    )
}

const BOOKED: &str = "Beleg;Datum;Artikel;Menge;Betrag;MwSt;Einzeln;Summe\n\
    R1;2026-03-02;MUG;2;48,00;8,00;20,00;59,00\nR1;2026-03-02;POT;1;11,00;1,00;10,00;59,00\n\
    R2;2026-03-03;MUG;1;24,00;4,00;20,00;\nR3;2026-03-03;MUG;-1;-24,00;-4,00;20,00;\n";

const BY_LINE: &str = "select order_id, sku, gross, tax from order_lines order by order_id, sku\n";

#[test]
fn a_stated_total_tells_whether_a_mapped_tax_is_in_the_prices() {
    let keys = mapped(", order_total = \"Summe\"", "") + "negative = \"refunded\"\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", BOOKED)]);
    let net = ["R1,MUG,40.00,8.00", "R1,POT,10.00,1.00", "R2,MUG,20.00,4.00"];
    assert_eq!(shop.query(BY_LINE), net, "R2 tells no total and follows most orders");
    let back = shop.query("select amount, tax_included from refund_lines\n");
    assert_eq!(back, ["20.00,false"]);
    assert_eq!(shop.sums(&["gross_sales", "refunds"]), ["70.00", "20.00"]);
}

#[test]
fn a_price_of_one_beside_a_price_of_all_tells_it_too() {
    let keys = mapped(", unit_price = \"Einzeln\"", "") + "negative = \"refunded\"\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", BOOKED)]);
    assert_eq!(shop.query(BY_LINE)[..2], ["R1,MUG,40.00,8.00", "R1,POT,10.00,1.00"]);
}

#[test]
fn the_mapping_or_the_channel_may_say_it() {
    for (keys, gross) in [("true", "40.00"), ("false", "48.00")] {
        let keys = mapped("", "") + "negative = \"refunded\"\nprices-hold-tax = " + keys + "\n";
        let shop = Shop::run(&keys, &[("portal/a.csv", BOOKED)]);
        assert_eq!(shop.query(BY_LINE)[0], format!("R1,MUG,{gross},8.00"));
    }
    let keys = mapped("", "prices-hold-tax = \"20%\"\n") + "negative = \"refunded\"\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", BOOKED)]);
    assert_eq!(shop.query(BY_LINE)[0], "R1,MUG,40.00,8.00", "the file's own amount, not the rate's");
}

#[test]
fn what_nothing_tells_counts_whole_and_is_said_by_check_and_run() {
    let shop = Shop::run(&(mapped("", "") + "negative = \"refunded\"\n"), &[("portal/a.csv", BOOKED)]);
    assert_eq!(shop.query(BY_LINE)[0], "R1,MUG,48.00,");
    let of_file = "3 lines tell their tax, and nothing whether the prices hold it: 83.00 EUR count whole until \
        `prices-hold-tax` under `[mapping.portal]` says so";
    let of_channel = "sales of 83.00 EUR on `portal` may hold VAT";
    has(&shop.said, &[of_file, of_channel]);
    has(&stderr(&shop.project.trueup(&["check"])), &[of_file, of_channel]);
}

#[test]
fn where_prices_are_usually_without_it_tax_is_on_top() {
    let keys = mapped("", "").replace("EUR", "USD") + "negative = \"refunded\"\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", BOOKED)]);
    assert_eq!(shop.query(BY_LINE)[0], "R1,MUG,48.00,8.00");
}

#[test]
fn a_mapping_without_a_tax_cannot_say_where_it_stands() {
    let keys = mapped("", "").replace(", tax = \"MwSt\"", "") + "prices-hold-tax = true\n";
    let settings = format!("[shop]\ncurrency = \"EUR\"\n\n{keys}");
    let project = Project::of(&settings, &[("portal/a.csv", BOOKED)]);
    let wanted = ["`[mapping.portal]` says `prices-hold-tax` and not where the tax stands", "give the header of `tax`"];
    has(&stderr(&project.trueup(&["check"])), &wanted);
}

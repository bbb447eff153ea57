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
    let twice = format!("{file}{}", file.replace("#7", "#8").strip_prefix(HEADER).unwrap());
    let said = Shop::run("[channel.shopify]", &[("shopify/orders.csv", &twice)]).said;
    has(&said, &["2 orders have tax in their prices of which nothing proves", "17.00 EUR are shared by value"]);
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
    let of_refunds = "1 credit note tells its tax, and nothing whether the prices hold it: refunds of 24.00 EUR count whole \
        until `prices-hold-tax` under `[mapping.portal]` says so";
    let of_sales = "sales of 83.00 EUR on `portal` may hold VAT: nothing tells whether the prices hold what their file tells \
        of it; they count whole until `prices-hold-tax` under `[mapping.portal]` says so";
    let check = stderr(&shop.project.trueup(&["check"]));
    for said in [shop.said, check] {
        has(&said, &[of_refunds, of_sales]);
        assert!(!said.contains("no file tells"), "one saying, and one key: {said}");
    }
}

#[test]
fn sales_without_a_tax_of_their_own_are_decided_by_the_channel() {
    let keys = mapped("", "").replace(", tax = \"MwSt\"", "") + "negative = \"refunded\"\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", BOOKED)]);
    has(&shop.said, &["may hold VAT, which no file tells", "`prices-hold-tax` under `[channel.portal]`"]);
}

/// Credit notes alone: by their price of one, by their own amounts, and with a total that has no sign.
#[test]
fn credit_notes_prove_by_their_totals_that_their_prices_hold_tax() {
    let header = "Beleg;Datum;Artikel;Menge;Betrag;MwSt;Fracht;Summe\n";
    let rows = "G1;2026-03-05;MUG;-1;-36,00;-6,00;0,00;-36,00\nG2;2026-03-05;MUG;-2;-72,00;-13,00;-6,00;-78,00\n\
        G3;2026-03-06;POT;-1;-36,00;6,00;0,00;36,00\n";
    let on_top = "G1;2026-03-05;MUG;-1;-30,00;-6,00;0,00;-36,00\nG2;2026-03-05;MUG;-2;-60,00;-13,00;-5,00;-78,00\n";
    let keys = mapped(", shipping_charged = \"Fracht\", order_total = \"Summe\"", "") + "negative = \"refunded\"\n";
    for (rows, refunds) in [(rows, "125.00"), (on_top, "95.00")] {
        let shop = Shop::run(&keys, &[("portal/a.csv", &format!("{header}{rows}"))]);
        assert_eq!(shop.sums(&["refunds"]), [refunds], "{}", shop.said);
        assert!(!shop.said.contains("whether the prices hold"), "{}", shop.said);
    }
}

const NOTES: &str = "Beleg;Datum;Artikel;Menge;Betrag;MwSt;Summe;Status\n";

/// The units of a credit note are below zero, its price is, or both; each proves its tax, though most orders have
/// theirs on top.
#[test]
fn a_line_below_zero_is_a_credit_note_in_whichever_way_it_is_written() {
    let keys = mapped(", order_total = \"Summe\", status = \"Status\"", "")
        .replace("gross = \"Betrag\"", "unit_price = \"Betrag\"")
        .replace(", status = \"completed\"", "")
        + "words.status = { gut = \"refunded\", bezahlt = \"completed\" }\n";
    let notes = "G1;2026-03-05;MUG;-1;60,00;-10,00;-60,00;gut\nG2;2026-03-05;MUG;-1;-60,00;-10,00;-60,00;gut\n\
        G3;2026-03-05;MUG;1;-60,00;-10,00;-60,00;gut\nG4;2026-03-05;MUG;-1;60,00;10,00;60,00;gut\n";
    let sold = |number: usize| format!("R{number};2026-03-05;MUG;1;50,00;10,00;60,00;bezahlt\n");
    let sold: String = (1..=5).map(sold).collect();
    for (rule, notes) in [("", notes.to_owned()), ("negative = \"refunded\"\n", notes.replace("gut", "bezahlt"))] {
        let shop = Shop::run(&(keys.clone() + rule), &[("portal/a.csv", &format!("{NOTES}{notes}{sold}"))]);
        assert!(!shop.said.contains("sold, and given back"), "{}", shop.said);
        let back = shop.query("select order_id, quantity, amount from refund_lines order by order_id\n");
        assert_eq!(back, ["G1,1,50.00", "G2,1,50.00", "G3,1,50.00", "G4,1,50.00"]);
        assert_eq!(shop.query("select kind from order_lines\n").len(), 5);
        assert_eq!(shop.sums(&["gross_sales", "refunds"]), ["250.00", "200.00"]);
    }
}

/// Three offers would hold their tax; the two orders that are sold have it on top.
#[test]
fn rows_that_are_left_out_tell_nothing_of_the_others() {
    let offer = |number: usize| format!("A{number};2026-03-05;MUG;1;36,00;6,00;36,00;Angebot\n");
    let offers: String = (1..=3).map(offer).collect();
    let sold = "R1;2026-03-05;MUG;1;30,00;6,00;36,00;Verkauf\nR2;2026-03-05;MUG;1;30,00;6,00;;Verkauf\n\
        R3;2026-03-06;POT;1;25,00;5,00;30,00;Verkauf\n";
    let keys = mapped(", order_total = \"Summe\"", "") + "skip = { Status = \"Angebot\" }\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", &format!("{NOTES}{offers}{sold}"))]);
    assert_eq!(shop.query(BY_LINE), ["R1,MUG,30.00,6.00", "R2,MUG,30.00,6.00", "R3,POT,25.00,5.00"]);
}

/// 48.00 and 6.00 for sending hold 9.00; so do those of the credit note, of which the discount is none.
#[test]
fn what_is_given_back_in_full_holds_what_was_paid_for_sending_it() {
    let file = "Beleg;Datum;Artikel;Menge;Betrag;MwSt;Fracht;Rabatt;Summe;Status\n\
        R1;2026-03-05;MUG;2;60,00;9,00;6,00;12,00;54,00;gut\nR2;2026-03-05;POT;1;60,00;9,00;6,00;12,00;54,00;bezahlt\n\
        G3;2026-03-06;POT;-1;-60,00;-9,00;-6,00;-12,00;-54,00;bezahlt\n";
    let columns =
        ", shipping_charged = \"Fracht\", discount = \"Rabatt\", order_total = \"Summe\", status = \"Status\"";
    let keys = mapped(columns, "").replace(", status = \"completed\"", "")
        + "negative = \"refunded\"\nwords.status = { gut = \"refunded\", bezahlt = \"completed\" }\n";
    let shop = Shop::run(&keys, &[("portal/a.csv", file)]);
    let back = shop.query("select order_id, amount from refund_lines order by order_id\n");
    assert_eq!(back, ["G3,45.00", "R1,45.00"]);
    assert_eq!(
        shop.sums(&["gross_sales", "discounts", "shipping_charged", "refunds"]),
        ["100.00", "20.00", "10.00", "90.00"]
    );
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

/// 60.00 less 15.00: 7.50 are the tax of what was paid at 20 %, and 10.00 that of the price.
#[test]
fn a_tax_beside_a_discount_may_be_that_of_the_price() {
    let file = "Beleg;Datum;Artikel;Menge;Betrag;MwSt;Rabatt;Summe\n\
        R1;2026-03-05;MUG;1;60,00;7,50;15,00;45,00\nR2;2026-03-05;MUG;1;60,00;10,00;15,00;45,00\n";
    let keys = mapped(", discount = \"Rabatt\", order_total = \"Summe\"", "prices-hold-tax = \"20%\"\n");
    let shop = Shop::run(&keys, &[("portal/a.csv", file)]);
    let lines = shop.query("select order_id, gross, discount, tax from order_lines order by order_id\n");
    assert_eq!(lines, ["R1,50.00,12.50,7.50", "R2,50.00,12.50,7.50"]);
}

//! Layouts whose records have no names of their own, or a state from record to record, cut anywhere.

use super::*;

/// Sizes of blocks below one record, of a few and of many.
fn sizes() -> impl Iterator<Item = usize> {
    (1..400).step_by(19).chain([701, 1_501, 3_001])
}

/// A file in the shop, the golden's input that it is made of, and the lines above its records.
const FILES: &[(&str, &str, usize)] = &[
    ("amazon/returns.csv", "amazon_returns.csv", 1),
    ("amazon/merchant_returns.txt", "others/amazon/merchant_returns.txt", 1),
    ("amazon/ledger.csv", "others/amazon/ledger_events.csv", 1),
    ("amazon/date_range.csv", "others/amazon/date_range_us.csv", 8),
    ("ebay/transactions.csv", "ebay_transactions.csv", 12),
    ("etsy/statement.csv", "etsy_statement.csv", 1),
    ("shopify/payments.csv", "shopify_payments.csv", 1),
    ("tiktok/income.csv", "tiktok_income.csv", 1),
    ("walmart/settlement.csv", "walmart_settlement_wide.csv", 4),
    ("portal/shipstation.csv", "others/magento/shipstation.csv", 1),
];

/// The lines above the records of a golden's input, and the records.
fn input(name: &str, above: usize) -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest").join(name);
    let text = fs::read_to_string(path).unwrap();
    let ends = text.match_indices('\n').nth(above - 1).unwrap().0 + 1;
    (text[..ends].to_owned(), text[ends..].to_owned())
}

/// Twins stand in every block.
#[test]
fn twins_may_lie_on_both_sides_of_a_cut() {
    for (name, golden, above) in FILES {
        let (head, records) = input(golden, *above);
        held_together(name, &format!("{head}{}", records.repeat(12)), sizes());
    }
}

#[test]
fn what_a_mapping_leaves_without_a_name_may_be_cut_anywhere() {
    let row = "2026-02-03T10:00:00Z,MUG-BLUE,-1,shipment\n2026-02-03T10:00:00Z,CUP,12,receipt\n";
    held_together("moves.csv", &format!("When,Item,Units,Why\n{}", row.repeat(30)), sizes());
}

/// Transfers have the currency of the marketplace that was named last.
#[test]
fn a_marketplace_may_be_named_before_the_cut() {
    let (head, records) = input("others/amazon/date_range_ca_old.csv", 3);
    let transfer = records.lines().last().unwrap().to_owned() + "\n";
    let other = records.replace("amazon.ca", "amazon.com");
    let text =
        format!("{head}{transfer}{}", format!("{records}{}{other}{other}{transfer}", transfer.repeat(9)).repeat(6));
    held_together("amazon/date_range.csv", &text, sizes());
}

/// Shipments of one to four articles, some told twice and apart, some with a second fee; labels without
/// a number are twins.
#[test]
fn a_shipment_may_be_cut_between_its_articles() {
    let mut text = "Order Number,Ship Date,Carrier Fee,Shipment ID\n".to_owned();
    for number in 0..60 {
        let shipment = number % 50;
        text += &format!("W{shipment},2026-02-13,7.20,50{shipment}\n").repeat(number % 4 + 1);
        if number % 7 == 0 {
            text += &format!("W{shipment},2026-02-13,7.90,50{shipment}\nW1,2026-02-13,3.10,\nW1,2026-02-13,3.10,\n");
        }
    }
    held_together("portal/labels.csv", &text, sizes());
}

const WALMART: &str = "Period Start Date\tPeriod End Date\tTotal Payable\tCurrency\tTransaction Key\t\
    Transaction Posted Timestamp\tTransaction Type\tTransaction Description\tCustomer Order #\tAmount\tAmount Type\t\
    Partner Item Id\n";

/// Lines before any period, three periods with twins, and below them how many rows they are.
fn walmart(off: &str) -> String {
    let line = |number: usize| {
        format!(
            "\t\t\t\tK{}\t2/11/2026\tSale\tPurchase\t20000000000000{}\t1.25\tProduct Price\tMUG\n",
            number / 3,
            number % 2
        )
    };
    let mut text = format!("{WALMART}{}", line(1).repeat(3));
    for (period, lines) in
        [("02/01/2026\t02/14/2026", 12), ("02/15/2026\t02/28/2026", 1), ("03/01/2026\t03/14/2026", 20)]
    {
        let total = format!("{}.{:02}", lines * 125 / 100, lines * 125 % 100);
        let total = if off == period { "9.99" } else { &total };
        text += &format!("{period}\t{total}\tUSD\t\t\tPaymentSummary\t\t\t\t\t\n");
        (0..lines).for_each(|number| text += &line(number));
    }
    text + if off == "count" { "Number of Lines in file 55\n" } else { "Number of Lines in file 39\n" }
}

#[test]
fn a_period_may_begin_before_the_cut() {
    held_together("walmart/settlement.txt", &walmart(""), sizes());
}

#[test]
fn a_total_that_the_lines_do_not_meet_is_found_wherever_the_file_is_cut() {
    for off in ["02/01/2026\t02/14/2026", "02/15/2026\t02/28/2026", "03/01/2026\t03/14/2026", "count"] {
        let text = walmart(off);
        let folder = shop("walmart/settlement.txt", &text);
        let told = |bytes| {
            let refusal = try_read(folder.path(), "walmart/settlement.txt", bytes).1.unwrap_err();
            (refusal.code, refusal.message)
        };
        let whole = told(text.len());
        assert_eq!(whole.0, "control-total");
        for bytes in sizes() {
            assert_eq!(told(bytes), whole, "in blocks of {bytes}");
        }
    }
}

/// Orders of eBay count sales from one line around the records to the next, across all cuts.
#[test]
fn every_layout_but_one_is_read_on_all_cores() {
    let folder = shop("moves.csv", "");
    let settings = Settings::read(folder.path()).unwrap();
    let context = Context::new(Path::new("x.csv"), &FileContext::default(), &settings, None);
    let alone: Vec<String> = channels::layouts(&settings)
        .unwrap()
        .into_iter()
        .filter(|layout| (layout.shape)(&context).fork().is_none())
        .map(|layout| layout.id)
        .collect();
    assert_eq!(alone, ["ebay-orders"]);
}

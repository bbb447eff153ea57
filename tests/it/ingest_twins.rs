//! Rows that a file gives no name and that say the same: as many as they are, and one where downloads
//! overlap, whatever table they go to.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use trueup::config::Settings;
use trueup::ingest::{self, Summary};
use trueup::lake::{Lake, TABLES, Table};

use crate::ingest::goldens;

const SHOP: &str = r#"
[shop]
currency = "USD"
time-zone = "America/New_York"

[channel.shopify]
[channel.amazon]
[channel.ebay]
[channel.etsy]
[channel.tiktok]
[channel.walmart]

[channel.portal]
kind = "other"

[mapping.moves]
table = "stock_movements"
columns = { at = "When", sku = "Item", quantity = "Units", kind = "Why" }
constants = { location = "main" }

[mapping.returns]
channel = "portal"
table = "refund_lines"
columns = { refunded_at = "Back", order_id = "Order", sku = "Item", quantity = "Units" }
constants = { disposition = "sellable" }
"#;

/// A folder with files, read one run after the other; the lake and what the last run did.
struct Shop {
    folder: tempfile::TempDir,
    settings: Settings,
}

impl Shop {
    fn new(toml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::parse(&folder.path().join("trueup.toml"), folder.path(), toml).unwrap();
        Self { folder, settings }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.settings.exports.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn ingest(&self) -> Summary {
        let lake = Lake::open(&self.settings.lake).unwrap();
        let summary = ingest::run(&self.settings, &lake, &mut |_| {}).unwrap();
        assert!(summary.refused.is_empty() && summary.ignored.is_empty(), "{summary:?}");
        summary
    }
}

/// The names of a table's rows and how many there are of each, the latter to be one.
fn names(summary: &Summary, table: &Table) -> BTreeMap<String, usize> {
    let mut names = BTreeMap::new();
    for month in summary.snapshot.months(table.name) {
        let rows = summary.snapshot.read(table.name, Some(month)).unwrap();
        let keys: Vec<_> = table.key.iter().map(|column| rows.text(column).unwrap()).collect();
        for row in 0..rows.len() {
            let name: Vec<&str> = keys.iter().map(|key| key.get(row).unwrap()).collect();
            *names.entry(name.join(" ")).or_insert(0) += 1;
        }
    }
    names
}

/// A file in the shop, the golden's input that it is made of, the lines above its records, and how
/// many rows one copy of the records gives.
const FILES: &[(&str, &str, usize, usize)] = &[
    ("amazon/returns", "amazon_returns.csv", 1, 3),
    ("amazon/merchant_returns", "others/amazon/merchant_returns.txt", 1, 2),
    ("amazon/ledger", "others/amazon/ledger_events.csv", 1, 5),
    ("amazon/date_range", "others/amazon/date_range_us.csv", 8, 18),
    ("ebay/transactions", "ebay_transactions.csv", 12, 21),
    ("etsy/statement", "etsy_statement.csv", 1, 13),
    ("shopify/payments", "shopify_payments.csv", 1, 5),
    ("tiktok/income", "tiktok_income.csv", 1, 9),
    ("walmart/settlement", "walmart_settlement_wide.csv", 4, 8),
];

/// The lines above the records of a golden's input, and the records.
fn input(name: &str, above: usize) -> (String, String) {
    let text = fs::read_to_string(goldens().join(name)).unwrap();
    let ends = text.match_indices('\n').nth(above - 1).unwrap().0 + 1;
    (text[..ends].to_owned(), text[ends..].to_owned())
}

#[test]
fn twins_stay_and_overlapping_downloads_are_one() {
    for (name, golden, above, rows) in FILES {
        let (head, records) = input(golden, *above);
        let ending = Path::new(golden).extension().unwrap().to_str().unwrap();
        let [one, other] = [1, 2].map(|number| format!("{name}_{number}.{ending}"));
        let (whole, part) = (format!("{head}{}", records.repeat(3)), format!("{head}{}", records.repeat(2)));
        // What comes first, and whether it comes in a run of its own, changes nothing.
        let mut digests = Vec::new();
        for (first, second, at_once) in [(&whole, &part, true), (&whole, &part, false), (&part, &whole, false)] {
            let shop = Shop::new(SHOP);
            shop.write(&one, first);
            if !at_once {
                shop.ingest();
            }
            shop.write(&other, second);
            let summary = shop.ingest();
            let named: BTreeMap<String, usize> = TABLES
                .iter()
                .filter(|table| table.named_by_content.is_some())
                .flat_map(|table| names(&summary, table))
                .collect();
            assert_eq!(named.len(), 3 * rows, "{name}: {named:?}");
            assert!(named.values().all(|count| *count == 1), "{name}: {named:?}");
            assert!(!named.keys().any(|name| name.ends_with('-')), "{name}: every twin has its number");
            digests.push(summary.snapshot.digest().unwrap());
        }
        assert!(digests.windows(2).all(|two| two[0] == two[1]), "{name}");
    }
}

const MOVES: &str = "When,Item,Units,Why\n";
const SOLD: &str = "2026-02-03T10:00:00Z,MUG,-1,shipment\n";

#[test]
fn movements_of_a_mapping_are_twins_too() {
    let shop = Shop::new(SHOP);
    shop.write("monday.csv", &format!("{MOVES}{}2026-02-03T11:00:00Z,MUG,-1,shipment\n", SOLD.repeat(12)));
    shop.write("tuesday.csv", &format!("{MOVES}{}2026-02-04T11:00:00Z,CUP,-1,shipment\n", SOLD.repeat(2)));
    let summary = shop.ingest();
    assert_eq!((summary.accepted(), summary.duplicate(), summary.rejected()), (14, 2, 0));
    let again = shop.ingest();
    assert_eq!(again.unchanged.len(), 2);
    assert_eq!(names(&again, Table::named("stock_movements").unwrap()).len(), 14);
}

/// What a file calls a row stays, even where it looks like a name that was made.
#[test]
fn names_that_files_give_are_kept_beside_those_that_are_made() {
    let shop = Shop::new(SHOP);
    let head = "movement_id,at,sku,location,kind,quantity\n";
    let row = |name: &str, units: i64| format!("{name},2026-02-03T10:00:00Z,MUG,main,receipt,{units}\n");
    let given =
        ["MUG.0123456789abcdef-2", "MUG.0123456789abcdef-7", "MUG.0123456789abcdef-07", "MUG.0123456789abcdef-x"];
    let rows: String = given.iter().enumerate().map(|(place, name)| row(name, place as i64 + 1)).collect();
    shop.write("stock_movements_1.csv", &format!("{head}{rows}"));
    shop.write("moves.csv", &format!("{MOVES}{SOLD}{SOLD}"));
    let summary = shop.ingest();
    let movements = Table::named("stock_movements").unwrap();
    let kept: Vec<String> = names(&summary, movements).into_keys().filter(|name| given.contains(&&**name)).collect();
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert_eq!((summary.accepted(), summary.duplicate(), summary.rejected()), (6, 0, 0));
    // A given name with another content is a contradiction, and no twin.
    shop.write("stock_movements_2.csv", &format!("{head}{}{}", row(given[0], 1), row(given[1], 9)));
    let summary = shop.ingest();
    assert_eq!((summary.accepted(), summary.duplicate(), summary.rejected()), (0, 1, 1));
    assert_eq!(names(&summary, movements).len(), 6);
}

/// In another time zone the twins lie in another month, all of them.
#[test]
fn twins_move_together() {
    let row = "2026-02-01T02:00:00Z,W1,MUG,1\n";
    let text = format!("Back,Order,Item,Units\n{row}{row}{row}");
    let mut shop = Shop::new(SHOP);
    shop.write("portal/returns_1.csv", &text);
    let first = shop.ingest();
    let refunds = Table::named("refund_lines").unwrap();
    let (months, twins) = (first.snapshot.months("refund_lines"), names(&first, refunds));
    assert_eq!((months.len(), twins.len()), (1, 3));
    let toml = SHOP.replace("America/New_York", "Europe/Berlin");
    shop.settings = Settings::parse(&shop.folder.path().join("trueup.toml"), shop.folder.path(), &toml).unwrap();
    shop.write("portal/returns_2.csv", &format!("{text}\n"));
    let second = shop.ingest();
    assert_eq!(names(&second, refunds), twins);
    let after = second.snapshot.months("refund_lines");
    assert!(after.len() == 1 && after != months, "{after:?}");
}

/// A settlement over the turn of a month, whose twins are numbered in each month by itself.
#[test]
fn lines_that_differ_in_their_time_alone_are_no_twins() {
    let line = |day: &str| format!("\t\t\t\tK1\t{day}\tAdjustment\tStorage\t\t-2.50\tFee/Reimbursement\t\n");
    let lines = [line("1/31/2026").repeat(2), line("2/1/2026").repeat(2)].concat();
    let shop = Shop::new(SHOP);
    shop.write(
        "walmart/settlement.txt",
        &format!(
            "Period Start Date\tPeriod End Date\tTotal Payable\tCurrency\tTransaction Key\t\
             Transaction Posted Timestamp\tTransaction Type\tTransaction Description\tCustomer Order #\tAmount\t\
             Amount Type\tPartner Item Id\n01/25/2026\t02/07/2026\t-10.00\tUSD\t\t\tPaymentSummary\t\t\t\t\t\n{lines}"
        ),
    );
    let summary = shop.ingest();
    assert_eq!(summary.snapshot.months("settlement_lines").len(), 2);
    assert_eq!(names(&summary, Table::named("settlement_lines").unwrap()).len(), 4);
}

//! What was planted is found, all of it and nothing else; and a second run changes no byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::project::{Project, said};

/// The columns of a CSV file's rows, in the order asked for.
fn rows(path: &Path, columns: &[&str]) -> BTreeSet<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let headers = reader.headers().expect("a header").clone();
    let place = |column: &&str| headers.iter().position(|header| header == *column).expect("the column is there");
    let places: Vec<usize> = columns.iter().map(place).collect();
    let cells = |record: csv::StringRecord| places.iter().map(|place| record[*place].to_owned()).collect();
    reader.records().map(|record| cells(record.expect("a record"))).collect()
}

/// Compares what was planted with what the reports say.
fn found_is_planted(shop: &Path, reports: &Path) {
    for (file, columns) in [
        ("oversells.csv", &["channel", "order_id", "line_id", "sku", "units"][..]),
        ("drift_causes.csv", &["channel", "sku", "location", "cause", "units"]),
        ("losing_skus.csv", &["channel", "sku"]),
    ] {
        let planted = rows(&shop.join("truth").join(file), columns);
        let found = rows(&reports.join(file), columns);
        let missed: Vec<_> = planted.difference(&found).collect();
        let invented: Vec<_> = found.difference(&planted).collect();
        assert!(!planted.is_empty(), "{file}: nothing was planted");
        assert!(missed.is_empty() && invented.is_empty(), "{file}: missed {missed:?}, invented {invented:?}");
    }
    let planted = rows(&shop.join("truth/breaches.csv"), &["channel", "sku", "field", "seen"]);
    assert_eq!(planted, rows(&reports.join("price_breaches.csv"), &["channel", "sku", "field", "seen"]));
    causes_add_up(reports);
    units_and_sales(shop, reports);
    meanings_are_understood(shop, reports);
}

/// The causes of every gap add up to it.
fn causes_add_up(reports: &Path) {
    let mut sums: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    for cause in rows(&reports.join("drift_causes.csv"), &["channel", "sku", "location", "cause", "units"]) {
        *sums.entry(cause[..3].to_vec()).or_default() += cause[4].parse::<i64>().expect("units");
    }
    for gap in rows(&reports.join("drift.csv"), &["channel", "sku", "location", "gap"]) {
        let units: i64 = gap[3].parse().expect("a gap in units");
        assert_eq!(sums.get(&gap[..3]), Some(&units), "{gap:?}");
    }
}

/// Units and gross sales of every channel, over all months, are those of the simulation.
fn units_and_sales(shop: &Path, reports: &Path) {
    let mut sums: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in rows(&reports.join("pnl_by_channel.csv"), &["channel", "month", "units", "gross_sales"]) {
        let sum = sums.entry(row[0].clone()).or_default();
        sum.0 += row[2].parse::<i64>().expect("units");
        sum.1 += cents(&row[3]);
    }
    for row in rows(&shop.join("truth/totals.csv"), &["channel", "units", "gross"]) {
        assert_eq!(sums[&row[0]], (row[1].parse().expect("units"), cents(&row[2])), "{}", row[0]);
    }
}

/// Columns of the statement of which the channels abroad have what was laid out by hand and nothing else.
const MEANT: [&str; 13] = [
    "units",
    "gross_sales",
    "discounts",
    "refunds",
    "net_sales",
    "shipping_charged",
    "other_income",
    "storage_fees",
    "other_fees",
    "advertising",
    "return_costs",
    "reimbursements",
    "cost_of_goods",
];

/// What orders mean that look like something else, to the cent and the unit, by month, channel, SKU and
/// column; and whose documents disagree.
fn meanings_are_understood(shop: &Path, reports: &Path) {
    let planted = rows(&shop.join("truth/meanings.csv"), &["month", "channel", "sku", "column", "amount"]);
    let channels: BTreeSet<String> = planted.iter().map(|row| row[1].clone()).collect();
    assert_eq!(channels.len(), 3, "{channels:?}");
    let is_meant = |row: &Vec<String>| channels.contains(&row[1]);
    let mut found = wanted(reports, &channels);
    let columns: Vec<&str> = ["month", "channel", "sku"].into_iter().chain(MEANT).collect();
    for row in rows(&reports.join("pnl_by_sku.csv"), &columns).into_iter().filter(is_meant) {
        let amounts = MEANT.iter().zip(&row[3..]).filter(|(_, amount)| !matches!(amount.as_str(), "0" | "0.00"));
        found.extend(amounts.map(|(column, amount)| {
            let key = row[..3].iter().map(String::as_str).chain([*column, amount]);
            key.map(str::to_owned).collect::<Vec<String>>()
        }));
    }
    let missed: Vec<_> = planted.difference(&found).collect();
    let invented: Vec<_> = found.difference(&planted).collect();
    assert!(missed.is_empty() && invented.is_empty(), "meanings: missed {missed:?}, invented {invented:?}");
    let columns = ["channel", "order_id", "against", "difference", "currency"];
    let differing = rows(&reports.join("order_differences.csv"), &columns);
    assert_eq!(rows(&shop.join("truth/order_differences.csv"), &columns), differing);
}

/// The units that buyers of these channels wanted, by month and SKU.
fn wanted(reports: &Path, channels: &BTreeSet<String>) -> BTreeSet<Vec<String>> {
    let mut sums: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    let daily = rows(&reports.join("demand_daily.csv"), &["day", "channel", "sku", "units"]);
    for row in daily.into_iter().filter(|row| channels.contains(&row[1])) {
        let units: i64 = row[3].parse().expect("units");
        *sums.entry([&row[0][..7], &row[1], &row[2], "wanted"].map(str::to_owned).into()).or_default() += units;
    }
    let known = sums.into_iter().filter(|(_, units)| *units != 0);
    known.map(|(key, units)| key.into_iter().chain([units.to_string()]).collect()).collect()
}

fn cents(amount: &str) -> i64 {
    let (whole, fraction) = amount.split_once('.').expect("an amount with decimals");
    assert_eq!(fraction.len(), 2, "{amount}");
    format!("{whole}{fraction}").parse().expect("an amount")
}

#[test]
fn the_planted_truth_of_two_other_shops_is_found() {
    for (seed, orders, skus, days) in [("7", "7000", "90", "200"), ("11", "6000", "150", "200")] {
        let project = Project::empty();
        let sample =
            project.trueup(&["sample", "shop", "--seed", seed, "--orders", orders, "--skus", skus, "--days", days]);
        assert!(sample.status.success(), "{}", said(&sample));
        let run = project.trueup(&["run", "--project", "shop"]);
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
        found_is_planted(&project.path("shop"), &project.path("shop/reports"));
    }
}

#[test]
fn the_committed_reports_are_what_a_run_writes_and_hold_the_planted_truth() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Project::of_sample_data();
    let run = project.trueup(&["run", "--project", "sample-data"]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let first = files(&project.path("reports"));
    let bless = std::env::var_os("TRUEUP_BLESS").is_some();
    for (name, bytes) in &first {
        let committed = root.join("reports").join(name);
        if bless {
            fs::write(&committed, bytes).expect("a report can be written");
        }
        let same = fs::read(&committed).is_ok_and(|committed| committed == *bytes);
        assert!(
            same,
            "reports/{name} differs from what a run writes; `TRUEUP_BLESS=1 cargo test committed_reports` if it should"
        );
    }
    assert_eq!(fs::read_dir(root.join("sample-data/truth")).expect("a folder").count(), 8);
    oversells_and_causes_of_the_committed_shop(root, &project.path("reports"));
    let again = project.trueup(&["run", "--project", "sample-data"]);
    assert_eq!(again.status.code(), Some(0), "{}", said(&again));
    assert!(said(&again).contains("Unchanged"), "{}", said(&again));
    let second = files(&project.path("reports"));
    let changed: Vec<&String> =
        first.iter().filter(|(name, bytes)| second.get(*name) != Some(bytes)).map(|(name, _)| name).collect();
    assert!(changed.is_empty(), "a second run changes {changed:?}");
}

/// Faults were planted by hand after the simulation, so units and sales differ by them alone; what
/// the simulation planted must still be found.
fn oversells_and_causes_of_the_committed_shop(root: &Path, reports: &Path) {
    for (file, columns) in [
        ("oversells.csv", &["channel", "order_id", "line_id", "sku", "units"][..]),
        ("drift_causes.csv", &["channel", "sku", "location", "cause", "units"]),
        ("losing_skus.csv", &["channel", "sku", "tipped_by"]),
    ] {
        let planted = rows(&root.join("sample-data/truth").join(file), columns);
        assert_eq!(planted, rows(&reports.join(file), columns), "{file}");
    }
    causes_add_up(reports);
    meanings_are_understood(&root.join("sample-data"), reports);
}

/// What a run writes, but for the times it took.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a report folder").map(|entry| entry.expect("an entry"));
    let named = entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
    let kept = named.filter(|(name, _)| name != "timings.json");
    kept.map(|(name, path)| (name, fs::read(path).expect("a report"))).collect()
}

//! A made-up shop keeps the rules that the rest is held against.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;
use trueup::sample::{self, Sample, Size};

type Row = BTreeMap<String, String>;

fn size() -> Size {
    Size { orders: 1_500, skus: 40, channels: 5, days: 120, ..Size::committed() }
}

fn shop() -> &'static (TempDir, Sample) {
    static SHOP: OnceLock<(TempDir, Sample)> = OnceLock::new();
    SHOP.get_or_init(|| write(&size()))
}

fn write(size: &Size) -> (TempDir, Sample) {
    let folder = tempfile::tempdir().unwrap();
    let sample = sample::write(folder.path(), size, &mut |_, _| {}).unwrap();
    (folder, sample)
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn rows_of(path: &Path, separator: u8, quoting: bool) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .quoting(quoting)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|row| header.iter().map(str::to_owned).zip(row.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

/// The rows of every file of a folder whose name starts so; ragged rows fail.
fn rows(folder: &str, start: &str) -> Vec<Row> {
    let folder = shop().0.path().join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start));
    paths
        .iter()
        .flat_map(|path| match path.extension().unwrap().to_str().unwrap() {
            "txt" => rows_of(path, b'\t', false),
            _ if start.starts_with("portal") => rows_of(path, b';', true),
            _ => rows_of(path, b',', true),
        })
        .collect()
}

fn number(row: &Row, column: &str) -> i64 {
    row[column].parse().unwrap_or_else(|_| panic!("`{column}` is `{}`", row[column]))
}

fn cents(text: &str) -> i64 {
    text.replace(['.', ','], "").parse().unwrap()
}

fn movements() -> Vec<Row> {
    let mut movements = rows("exports/truth", "stock_movements_");
    movements.sort_by(|a, b| a["at"].cmp(&b["at"]));
    movements
}

fn snapshots() -> BTreeMap<(String, String), Vec<Row>> {
    let mut snapshots: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for row in rows("exports/truth", "stock_2") {
        snapshots.entry((row["sku"].clone(), row["location"].clone())).or_default().push(row);
    }
    snapshots
}

/// On hand and reserved move so.
fn change(movement: &Row) -> (i64, i64) {
    let quantity = number(movement, "quantity");
    match movement["kind"].as_str() {
        "order" | "cancellation" => (0, quantity),
        "shipment" => (quantity, quantity),
        _ => (quantity, 0),
    }
}

#[test]
fn the_same_size_gives_the_same_bytes_and_another_seed_does_not() {
    let small = Size { orders: 200, skus: 20, channels: 4, days: 40, ..Size::committed() };
    let (one, two) = (write(&small), write(&small));
    assert_eq!(files(one.0.path()), files(two.0.path()));
    let other = write(&Size { seed: 1, ..small });
    assert_ne!(files(one.0.path()), files(other.0.path()));
}

#[test]
fn a_size_that_no_shop_can_have_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in [Size { channels: 6, ..size() }, Size { days: 3, ..size() }, Size { skus: 0, ..size() }] {
        let refused = sample::write(folder.path(), &wrong, &mut |_, _| {}).unwrap_err();
        assert_eq!(refused.code, "sample-size");
    }
    assert!(files(folder.path()).is_empty());
}

#[test]
fn opening_and_movements_make_every_snapshot() {
    let mut by_shelf: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
    for movement in movements() {
        by_shelf.entry((movement["sku"].clone(), movement["location"].clone())).or_default().push(movement);
    }
    let mut compared = 0;
    for (shelf, snapshots) in snapshots() {
        let moved = by_shelf.remove(&shelf).unwrap_or_default();
        let mut moved = moved.iter().peekable();
        let mut balance = (number(&snapshots[0], "on_hand"), number(&snapshots[0], "reserved"));
        for snapshot in &snapshots[1..] {
            while let Some(movement) = moved.next_if(|movement| movement["at"] <= snapshot["at"]) {
                let (on_hand, reserved) = change(movement);
                balance = (balance.0 + on_hand, balance.1 + reserved);
            }
            assert_eq!(
                balance,
                (number(snapshot, "on_hand"), number(snapshot, "reserved")),
                "{shelf:?} {}",
                snapshot["at"]
            );
            assert!(balance.0 >= 0 && balance.1 >= 0, "{shelf:?} at {}", snapshot["at"]);
            compared += 1;
        }
        assert!(moved.next().is_none(), "{shelf:?} moved after the last count");
    }
    assert!(by_shelf.is_empty(), "movements of what was never counted");
    assert!(compared > 4_000, "{compared}");
}

#[test]
fn oversells_are_those_that_the_movements_tell() {
    let cancelled: BTreeMap<(String, String), String> = movements()
        .into_iter()
        .filter(|movement| movement["kind"] == "cancellation")
        .map(|movement| ((movement["reference"].clone(), movement["sku"].clone()), movement["reason"].clone()))
        .collect();
    let mut available: BTreeMap<(String, String), i64> = snapshots()
        .into_iter()
        .map(|(shelf, rows)| {
            let first = &rows[0];
            (shelf, number(first, "on_hand") - number(first, "reserved") - number(first, "damaged"))
        })
        .collect();
    let mut told = BTreeSet::new();
    for movement in movements() {
        let shelf = (movement["sku"].clone(), movement["location"].clone());
        let left = available.get_mut(&shelf).unwrap();
        let key = (movement["reference"].clone(), movement["sku"].clone());
        let quantity = number(&movement, "quantity");
        let lives = cancelled.get(&key).is_none_or(|reason| reason == "no_stock");
        if movement["kind"] == "order" && quantity > *left && lives {
            told.insert((movement["owner"].clone(), key.0, key.1, quantity - (*left).max(0)));
        }
        let (on_hand, reserved) = change(&movement);
        *left += on_hand - reserved;
    }
    let planted: BTreeSet<_> = rows("truth", "oversells")
        .into_iter()
        .map(|row| (row["channel"].clone(), row["order_id"].clone(), row["sku"].clone(), number(&row, "units")))
        .collect();
    assert_eq!(told, planted);
    assert!(!told.is_empty(), "a shop without oversells shows nothing");
    assert_eq!(shop().1.oversells, told.len() as u64);
}

#[test]
fn every_gap_at_the_last_report_is_a_planted_one() {
    let aliases: BTreeMap<(String, String), String> = rows("exports/truth", "aliases")
        .into_iter()
        .map(|row| ((row["channel"].clone(), row["channel_sku"].clone()), row["sku"].clone()))
        .collect();
    let sku = |channel: &str, number: &str| {
        let key = (channel.to_owned(), number.to_owned());
        aliases.get(&key).cloned().unwrap_or(key.1)
    };
    let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
    for event in rows("exports/truth", "sync_events_") {
        if event["result"] != "duplicate" && event["source_at"].as_str() <= "2026-03-01T04:00:00Z" {
            expected.insert((event["channel"].clone(), event["sku"].clone()), number(&event, "quantity"));
        }
    }
    let mut gaps = BTreeMap::new();
    let mut report = |channel: &str, article: &str, shown: i64| {
        let key = (channel.to_owned(), sku(channel, article));
        let gap = shown - expected[&key];
        if gap != 0 {
            gaps.insert(key, gap);
        }
    };
    for channel in ["shopify", "boutique"] {
        for row in rows(&format!("exports/{channel}"), "inventory_export_2026-02-28") {
            report(channel, &row["SKU"], number(&row, "Available"));
        }
    }
    for (channel, article) in [("tiktok", "Seller number"), ("wholesale", "Item")] {
        for row in rows(&format!("exports/{channel}"), "shown_counts_2026-02-28") {
            report(channel, &row[article], number(&row, "Shown"));
        }
    }
    let mut planted: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut causes = BTreeSet::new();
    for row in rows("truth", "drift_causes").into_iter().filter(|row| row["location"] == "main") {
        *planted.entry((row["channel"].clone(), row["sku"].clone())).or_default() += number(&row, "units");
        causes.insert(row["cause"].clone());
    }
    assert_eq!(gaps, planted);
    assert_eq!(causes.len(), 6, "{causes:?}");
}

#[test]
fn settlements_add_up_to_their_totals() {
    let mut totals: BTreeMap<String, i64> = BTreeMap::new();
    for row in rows("exports/amazon", "settlement_") {
        let sign = if row["total-amount"].is_empty() { cents(&row["amount"]) } else { -cents(&row["total-amount"]) };
        *totals.entry(row["settlement-id"].clone()).or_default() += sign;
    }
    assert!(totals.len() >= 6, "{totals:?}");
    assert!(totals.values().all(|difference| *difference == 0), "{totals:?}");
    for row in rows("exports/shopify", "payment_transactions_") {
        assert_eq!(cents(&row["Net"]), cents(&row["Amount"]) - cents(&row["Fee"]));
    }
}

#[test]
fn totals_are_those_of_the_exports() {
    let counted = |live: &[(bool, i64, i64)]| {
        let sum = |of: fn(&(bool, i64, i64)) -> i64| live.iter().filter(|line| line.0).map(of).sum::<i64>();
        (live.len() as i64, sum(|line| line.1), sum(|line| line.2))
    };
    let shopify = |channel: &str| {
        let mut cancelled = BTreeSet::new();
        let rows = rows(&format!("exports/{channel}"), "orders_export_");
        cancelled.extend(rows.iter().filter(|row| !row["Cancelled at"].is_empty()).map(|row| row["Name"].clone()));
        let line = |row: &Row| {
            let quantity = number(row, "Lineitem quantity");
            (!cancelled.contains(&row["Name"]), quantity, quantity * cents(&row["Lineitem price"]))
        };
        counted(&rows.iter().map(line).collect::<Vec<_>>())
    };
    let amazon = rows("exports/amazon", "All_Orders_").into_iter().map(|row| {
        let live = row["order-status"] != "Cancelled" && row["sales-channel"] == "Amazon.com";
        (live, number(&row, "quantity"), if live { cents(&row["item-price"]) } else { 0 })
    });
    let tiktok = rows("exports/tiktok", "All order-").into_iter().filter(|row| row["Order ID"].ends_with('\t'));
    let tiktok = tiktok.map(|row| {
        let gross = cents(&row["SKU Subtotal Before Discount"]);
        (row["Order Status"] != "Canceled", number(&row, "Quantity"), gross)
    });
    let portal = rows("exports/wholesale", "portal_").into_iter();
    let portal = portal.map(|row| (row["State"] != "void", number(&row, "Qty"), cents(&row["Amount"])));
    let found = BTreeMap::from([
        ("shopify".to_owned(), shopify("shopify")),
        ("boutique".to_owned(), shopify("boutique")),
        ("amazon".to_owned(), counted(&amazon.collect::<Vec<_>>())),
        ("tiktok".to_owned(), counted(&tiktok.collect::<Vec<_>>())),
        ("wholesale".to_owned(), counted(&portal.collect::<Vec<_>>())),
    ]);
    let told: BTreeMap<String, (i64, i64, i64)> = rows("truth", "totals")
        .into_iter()
        .map(|row| (row["channel"].clone(), (number(&row, "order_lines"), number(&row, "units"), cents(&row["gross"]))))
        .collect();
    assert_eq!(found, told);
    let lines: i64 = told.values().map(|total| total.0).sum();
    assert_eq!(shop().1.order_lines, lines as u64);
}

#[test]
fn orders_have_the_columns_that_the_channels_write() {
    let columns = |folder: &str, start: &str| rows(folder, start)[0].len();
    assert_eq!(columns("exports/shopify", "orders_export_1"), 79);
    assert_eq!(columns("exports/shopify", "payment_transactions_"), 16);
    assert_eq!(columns("exports/amazon", "All_Orders_"), 34);
    assert_eq!(columns("exports/amazon", "settlement_"), 24);
    assert_eq!(columns("exports/tiktok", "All order-"), 54);
    let first_rows = rows("exports/shopify", "orders_export_");
    let names: BTreeSet<&String> = first_rows.iter().map(|row| &row["Name"]).collect();
    assert!(names.len() < first_rows.len(), "no order has two lines");
    let ids = first_rows.iter().filter(|row| !row["Id"].is_empty() && !row["Total"].is_empty());
    assert_eq!(ids.count(), names.len(), "order-level cells stand on the first row alone");
}

#[test]
fn the_committed_shop_is_what_the_code_writes() {
    let folder = tempfile::tempdir().unwrap();
    sample::write_committed(folder.path(), &mut |_, _| {}).unwrap();
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    if std::env::var_os("TRUEUP_BLESS").is_some() {
        for (path, bytes) in files(folder.path()) {
            fs::create_dir_all(committed.join(&path).parent().unwrap()).unwrap();
            fs::write(committed.join(path), bytes).unwrap();
        }
    }
    let mut committed = files(&committed);
    committed.retain(|path, _| !path.starts_with("lake") && !path.starts_with("reports"));
    let written = files(folder.path());
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&committed), names(&written));
    for (path, bytes) in written {
        assert!(committed[&path] == bytes, "{} differs", path.display());
    }
}

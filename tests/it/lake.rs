//! The lake: commits, merges, damage.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use trueup::lake::{Cell, Lake, MergeCounts, Rows, RowsBuilder, Snapshot, SourceRecord, Table, verify};
use trueup::types::{Day, Money, Timestamp};

/// An order line as the tests write it: order, second of `updated_at`, quantity.
pub(crate) struct Line {
    pub(crate) order: &'static str,
    pub(crate) day: &'static str,
    pub(crate) updated: Option<i64>,
    pub(crate) quantity: i64,
    pub(crate) file: &'static str,
    pub(crate) line: i64,
}

pub(crate) fn line(order: &'static str, updated: Option<i64>, quantity: i64, file: &'static str, line: i64) -> Line {
    Line { order, day: "2026-02-03", updated, quantity, file, line }
}

pub(crate) fn order_lines(lines: &[Line]) -> Rows {
    let table = Table::named("order_lines").expect("a table");
    let mut builder = RowsBuilder::new(table.name, table.all_columns());
    for line in lines {
        let day: Day = line.day.parse().expect("a day");
        let mut cells = BTreeMap::from([
            ("channel", Cell::from("shopify")),
            ("order_id", line.order.into()),
            ("line_id", "1".into()),
            ("ordered_at", day.start_utc().into()),
            ("order_day", day.into()),
            ("updated_at", line.updated.map(Timestamp::from_seconds).into()),
            ("sku", "MUG".into()),
            ("quantity", line.quantity.into()),
            ("gross", Money::from_cents(line.quantity * 999).into()),
            ("currency", "USD".into()),
            ("status", "paid".into()),
            ("fulfilment", "seller".into()),
            ("source_file", line.file.into()),
            ("source_line", line.line.into()),
            ("run", "r".into()),
        ]);
        builder.push(table.all_columns().map(|column| cells.remove(column.name).unwrap_or(Cell::Null)));
        assert!(cells.is_empty(), "not columns: {cells:?}");
    }
    builder.finish()
}

pub(crate) fn commit(root: &Path, run: &str, lines: &[Line]) -> (Snapshot, BTreeMap<String, MergeCounts>) {
    let lake = Lake::open(root).unwrap();
    let mut commit = lake.begin(run).unwrap();
    commit.stage(Table::named("order_lines").unwrap(), order_lines(lines).batch()).unwrap();
    let merged = commit.merge().unwrap();
    let counts = merged.by_file.clone();
    let sources = merged.by_file.iter().map(|(file, counts)| SourceRecord {
        file: file.clone(),
        sha256: format!("hash of {file}"),
        export: "orders".into(),
        rows_read: counts.total(),
        accepted: counts.accepted(),
        rejected: counts.conflict,
        duplicate: counts.duplicate,
        run: run.into(),
        ..SourceRecord::default()
    });
    (commit.finish(sources.collect(), Vec::new()).unwrap(), counts)
}

fn quantities(snapshot: &Snapshot, table: &str) -> Vec<(String, i64)> {
    let rows = snapshot.read(table, None).unwrap();
    let (order, quantity) = (rows.text("order_id").unwrap(), rows.integer("quantity").unwrap());
    (0..rows.len()).map(|row| (order.get(row).unwrap().to_owned(), quantity.get(row).unwrap())).collect()
}

fn named(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(order, quantity)| ((*order).to_owned(), *quantity)).collect()
}

#[test]
fn the_newest_state_wins_and_the_older_one_is_history() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2), line("B", Some(10), 5, "a.csv", 3)]);
    let (snapshot, counts) = commit(
        folder.path(),
        "2",
        &[line("A", Some(20), 2, "b.csv", 2), line("B", Some(5), 4, "b.csv", 3), line("B", Some(10), 5, "b.csv", 4)],
    );
    assert_eq!(quantities(&snapshot, "order_lines"), named(&[("A", 2), ("B", 5)]));
    assert_eq!(quantities(&snapshot, "order_lines_history"), named(&[("A", 1), ("B", 4)]));
    let expected = MergeCounts { amended: 1, stale: 1, duplicate: 1, ..MergeCounts::default() };
    assert_eq!(counts["b.csv"], expected);
    assert!(verify(folder.path(), true).is_empty());
}

#[test]
fn another_content_under_the_same_key_and_time_is_a_reject() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    let (snapshot, counts) = commit(folder.path(), "2", &[line("A", Some(10), 7, "b.csv", 9)]);
    assert_eq!(quantities(&snapshot, "order_lines"), named(&[("A", 1)]));
    assert_eq!(counts["b.csv"].conflict, 1);
    let csv = fs::read_to_string(folder.path().join("rejects.csv")).unwrap();
    let expected = "source_file,source_line,column,code,reason,text\n\
        b.csv,9,,conflicting_duplicate,`order_lines` has another row of this key and time from a.csv:2,\n";
    assert_eq!(csv, expected);
}

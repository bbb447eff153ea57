//! The lake: commits, merges, damage.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use trueup::lake::{Cell, Lake, MergeCounts, Reject, Rows, RowsBuilder, Snapshot, SourceRecord, Table, verify};
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
            ("kind", "article".into()),
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

#[test]
fn of_two_new_rows_that_contradict_each_other_neither_is_believed() {
    let folder = tempfile::tempdir().unwrap();
    let lines =
        [line("A", Some(10), 1, "a.csv", 2), line("A", Some(10), 7, "b.csv", 9), line("A", Some(5), 3, "b.csv", 8)];
    let (snapshot, counts) = commit(folder.path(), "1", &lines);
    assert_eq!(quantities(&snapshot, "order_lines"), named(&[("A", 3)]));
    assert_eq!((counts["a.csv"].conflict, counts["b.csv"].conflict), (1, 1));
    let csv = fs::read_to_string(folder.path().join("rejects.csv")).unwrap();
    assert!(
        csv.contains("a.csv,2,,conflicting_duplicate,`order_lines` has another row of this key and time from b.csv:9")
    );
    assert!(
        csv.contains("b.csv,9,,conflicting_duplicate,`order_lines` has another row of this key and time from a.csv:2")
    );
    // What the lake knows already is not put in doubt by what comes later.
    let (snapshot, counts) =
        commit(folder.path(), "2", &[line("A", Some(5), 4, "c.csv", 2), line("A", Some(5), 3, "c.csv", 3)]);
    assert_eq!(quantities(&snapshot, "order_lines"), named(&[("A", 3)]));
    assert_eq!(counts["c.csv"], MergeCounts { duplicate: 1, conflict: 1, ..MergeCounts::default() });
}

#[test]
fn reading_the_same_rows_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let lines = || [line("A", Some(10), 1, "a.csv", 2), line("B", None, 5, "a.csv", 3)];
    let (first, _) = commit(folder.path(), "1", &lines());
    let before = tree(folder.path());
    let (second, counts) = commit(folder.path(), "1", &lines());
    assert_eq!(counts["a.csv"], MergeCounts { duplicate: 2, ..MergeCounts::default() });
    assert_eq!(first.digest().unwrap(), second.digest().unwrap());
    assert_eq!(first.files("order_lines"), second.files("order_lines"));
    // The record of the source now says that all were duplicates; the rows lie as they lay.
    let data = |files: BTreeMap<String, Vec<u8>>| -> BTreeMap<String, Vec<u8>> {
        files.into_iter().filter(|(name, _)| name.ends_with(".parquet")).collect()
    };
    assert_eq!(data(before), data(tree(folder.path())));
}

#[test]
fn a_commit_without_news_makes_no_version() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    let before = tree(folder.path());
    let lake = Lake::open(folder.path()).unwrap();
    let commit = lake.begin("2").unwrap();
    let snapshot = commit.finish(Vec::new(), Vec::new()).unwrap();
    assert_eq!(snapshot.version(), 1);
    assert_eq!(before, tree(folder.path()));
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    for folder in &folders {
        commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2), line("B", None, 5, "a.csv", 3)]);
    }
    assert_eq!(tree(folders[0].path()), tree(folders[1].path()));
}

#[test]
fn a_second_run_is_told_that_the_lake_is_busy() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let first = lake.begin("1").unwrap();
    let refused = lake.begin("2").unwrap_err();
    assert_eq!(refused.code, "lake-busy");
    drop(first);
    lake.begin("2").unwrap();
}

#[test]
fn a_run_that_died_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    let before = tree(folder.path());
    // Everything but the manifest was written when it died.
    let mut dying = Lake::open(folder.path()).unwrap().begin("2").unwrap();
    dying.stage(Table::named("order_lines").unwrap(), order_lines(&[line("B", None, 1, "b.csv", 2)]).batch()).unwrap();
    dying.merge().unwrap();
    drop(dying);
    fs::create_dir_all(folder.path().join("tmp/run-2")).unwrap();
    fs::write(folder.path().join("tmp/run-2/half"), b"half").unwrap();
    assert_ne!(before, tree(folder.path()));
    assert_eq!(quantities(&Lake::open(folder.path()).unwrap().snapshot().unwrap(), "order_lines"), named(&[("A", 1)]));
    drop(Lake::open(folder.path()).unwrap().begin("3").unwrap());
    assert_eq!(before, tree(folder.path()));
}

#[test]
fn rows_that_got_lost_stop_the_commit() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let source =
        SourceRecord { file: "a.csv".into(), rows_read: 3, accepted: 1, rejected: 1, ..SourceRecord::default() };
    let error = lake.begin("1").unwrap().finish(vec![source], Vec::new()).unwrap_err();
    assert_eq!(error.code, "rows-lost");
    assert_eq!(lake.snapshot().unwrap().version(), 0);
}

#[test]
fn rejects_are_kept_per_file() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    let reject = |file: &str, text: &str| Reject {
        source_file: file.into(),
        source_line: 4,
        column: Some("Total".into()),
        code: "bad_money".into(),
        reason: "not an amount".into(),
        text: Some(text.into()),
    };
    let source = |file: &str, sha256: &str| SourceRecord {
        file: file.into(),
        sha256: sha256.into(),
        rows_read: 1,
        rejected: 1,
        ..SourceRecord::default()
    };
    let finish = |sources, rejects| lake.begin("1").unwrap().finish(sources, rejects).unwrap();
    finish(vec![source("a.csv", "1"), source("b.csv", "2")], vec![reject("a.csv", "=1+1"), reject("b.csv", "-x")]);
    let snapshot = finish(vec![source("a.csv", "3")], vec![reject("a.csv", "1,2,3")]);
    let csv = fs::read_to_string(folder.path().join("rejects.csv")).unwrap();
    let expected = "source_file,source_line,column,code,reason,text\n\
        a.csv,4,Total,bad_money,not an amount,\"1,2,3\"\n\
        b.csv,4,Total,bad_money,not an amount,'-x\n";
    assert_eq!(csv, expected);
    assert_eq!(snapshot.row_count("rejects"), 2);
    assert!(snapshot.has_read("1") && snapshot.has_read("3") && !snapshot.has_read("4"));
}

/// Every file of a lake, cut at every length and with a bit turned at every byte: never a panic,
/// never a wrong number, always the file's name.
#[test]
fn damage_is_named_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    assert_eq!(verify(folder.path(), true), []);
    let data = snapshot.files("order_lines")[0].path.clone();
    let manifest = "_log/00000000000000000001.json".to_owned();
    for name in [data, manifest] {
        let path = folder.path().join(&name);
        let whole = fs::read(&path).unwrap();
        let cut = (0..whole.len()).step_by(7).map(|length| whole[..length].to_vec());
        let turned = (0..whole.len()).step_by(3).map(|byte| {
            let mut bytes = whole.clone();
            bytes[byte] ^= 1 << (byte % 8);
            bytes
        });
        for bytes in cut.chain(turned) {
            fs::write(&path, &bytes).unwrap();
            let read = Lake::open(folder.path()).unwrap().snapshot().and_then(|lake| lake.read("order_lines", None));
            let error = read.expect_err("a damaged file was read");
            assert!(error.message.contains(path.file_name().unwrap().to_str().unwrap()), "{error}");
            assert!(!verify(folder.path(), true).is_empty());
        }
        fs::remove_file(&path).unwrap();
        assert!(!verify(folder.path(), false).is_empty() || name.starts_with("_log"), "{name} is missing");
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(verify(folder.path(), true), []);
}

#[test]
fn a_gap_or_a_stranger_among_the_manifests_is_named() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    commit(folder.path(), "2", &[line("B", Some(10), 1, "b.csv", 2)]);
    let first = folder.path().join("_log/00000000000000000001.json");
    let bytes = fs::read(&first).unwrap();
    fs::remove_file(&first).unwrap();
    assert!(verify(folder.path(), false)[0].message.contains("00000000000000000001.json"));
    fs::write(&first, bytes).unwrap();
    fs::write(folder.path().join("_log/notes.txt"), "hello").unwrap();
    let error = Lake::open(folder.path()).unwrap().snapshot().unwrap_err();
    assert!(error.message.contains("notes.txt"), "{error}");
}

#[test]
fn a_lake_of_another_format_is_told() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    let path = folder.path().join("_log/00000000000000000001.json");
    let text = fs::read_to_string(&path).unwrap();
    for (other, told) in [("", "format 1"), ("\"format\": 99,", "format 99")] {
        fs::write(&path, text.replace("\"format\": 5,", other)).unwrap();
        let error = Lake::open(folder.path()).unwrap().snapshot().unwrap_err();
        assert_eq!(error.code, "lake-format");
        assert!(error.message.contains(told), "{error}");
    }
}

#[test]
fn a_file_of_another_hand_is_reported_and_swept() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2)]);
    let stray = folder.path().join("order_lines/2026-02-stray.parquet");
    fs::write(&stray, b"PAR1").unwrap();
    assert_eq!(verify(folder.path(), true)[0].code, "lake-unnamed-file");
    drop(Lake::open(folder.path()).unwrap().begin("2").unwrap());
    assert!(!stray.exists());
}

#[test]
fn a_key_that_moves_to_another_month_is_still_one_row() {
    let folder = tempfile::tempdir().unwrap();
    commit(folder.path(), "1", &[line("A", Some(10), 1, "a.csv", 2), line("B", Some(10), 1, "a.csv", 3)]);
    let moved = Line { day: "2026-03-01", ..line("A", Some(20), 2, "b.csv", 2) };
    let stale = Line { day: "2026-01-31", ..line("B", Some(5), 7, "b.csv", 3) };
    let (snapshot, counts) = commit(folder.path(), "2", &[moved, stale]);
    assert_eq!(quantities(&snapshot, "order_lines"), named(&[("B", 1), ("A", 2)]));
    assert_eq!(counts["b.csv"], MergeCounts { amended: 1, stale: 1, ..MergeCounts::default() });
    assert!(verify(folder.path(), true).is_empty());
}

fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let name = entry.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&entry).unwrap());
            }
        }
    }
    files
}

const ORDERS: [&str; 3] = ["A", "B", "C"];
const DAYS: [&str; 3] = ["2026-01-31", "2026-02-01", "2026-02-03"];

prop_compose! {
    /// Lines whose content and month follow from key and time, so that there is nothing to conflict
    /// and much to move.
    fn lines()(states in vec((0..3_usize, 0..5_i64), 1..20)) -> Vec<(usize, i64)> {
        states
    }
}

fn stated(states: &[(usize, i64)], file: &'static str) -> Vec<Line> {
    let lines = states.iter().zip(2..).map(|((order, time), number)| Line {
        day: DAYS[(*order + *time as usize) % 3],
        ..line(ORDERS[*order], Some(*time), *order as i64 * 100 + *time, file, number)
    });
    lines.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_files_and_runs_gives_the_same_lake(states in lines(), cut in 0..20_usize, swap in any::<bool>()) {
        let cut = cut.min(states.len());
        let (one, other) = states.split_at(cut);
        let at_once = tempfile::tempdir().unwrap();
        let mut all = stated(one, "a.csv");
        all.extend(stated(other, "b.csv"));
        let (whole, counts) = commit(at_once.path(), "1", &all);
        let merged: u64 = counts.values().map(MergeCounts::total).sum();
        prop_assert_eq!(merged, states.len() as u64);
        let in_turn = tempfile::tempdir().unwrap();
        let mut parts = [(one, "a.csv"), (other, "b.csv")];
        if swap {
            parts.reverse();
        }
        for (states, file) in parts {
            commit(in_turn.path(), file, &stated(states, file));
        }
        let cut_in_two = Lake::open(in_turn.path()).unwrap().snapshot().unwrap();
        prop_assert_eq!(whole.digest().unwrap(), cut_in_two.digest().unwrap());
        prop_assert!(verify(in_turn.path(), true).is_empty());
    }

    /// Also where rows of one key and time differ, the order in which a run meets its rows is
    /// nothing: none of those stays.
    #[test]
    fn the_order_within_a_run_is_nothing(quantities in vec((0..3_usize, 0..3_i64, 0..2_i64), 1..20)) {
        let lines = |reversed: bool| {
            let mut lines: Vec<Line> = quantities.iter().zip(2..).map(|((order, time, quantity), number)| {
                line(ORDERS[*order], (*time > 0).then_some(*time), *quantity, "a.csv", number)
            }).collect();
            if reversed {
                lines.reverse();
            }
            lines
        };
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let (one, here) = commit(folders[0].path(), "1", &lines(false));
        let (other, there) = commit(folders[1].path(), "1", &lines(true));
        prop_assert_eq!(here, there);
        prop_assert_eq!(one.digest().unwrap(), other.digest().unwrap());
        prop_assert_eq!(tree(folders[0].path()), tree(folders[1].path()));
    }
}

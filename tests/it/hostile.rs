//! What the world does to a shop's files and to the program: contradictions, refunds that cannot
//! be, things that are no files, two runs at once, readers that leave.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use trueup::ingest::{self, Summary};
use trueup::lake::Lake;
use trueup::query::{Marts, RunParameters};
use trueup::types::Currency;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::ingest::{golden_settings, goldens, project};

const ORDERS: &str = "order_id,line_id,channel,sku,qty,unit_price,currency,ordered_at,status,updated_at\n";
const SOLD: &str = "O1,1,shopify,MUG,2,10.00,USD,2026-02-01T00:00:00Z,paid,2026-02-01T00:00:00Z\n";

fn orders(lines: &[&str]) -> Vec<u8> {
    (ORDERS.to_owned() + &lines.concat()).into_bytes()
}

/// The exports read one after the other, each on its own night.
fn in_turn(nights: &[(&str, Vec<u8>)]) -> (TempDir, Vec<Summary>) {
    let (folder, settings, lake) = project(&[]);
    let summaries = nights.iter().map(|(name, bytes)| {
        fs::create_dir_all(&settings.exports).unwrap();
        fs::write(settings.exports.join(name), bytes).unwrap();
        ingest::run(&settings, &lake, &mut |_| {}).unwrap()
    });
    let summaries = summaries.collect();
    (folder, summaries)
}

fn codes(summary: &Summary) -> BTreeMap<String, usize> {
    let rejects = summary.snapshot.read("rejects", None).unwrap();
    let mut codes = BTreeMap::new();
    for code in rejects.text("code").unwrap().iter().flatten() {
        *codes.entry(code.to_owned()).or_default() += 1;
    }
    codes
}

#[test]
fn a_state_that_contradicts_the_lake_is_rejected() {
    let other = SOLD.replace(",2,10.00", ",5,10.00");
    let (_folder, nights) = in_turn(&[("a.csv", orders(&[SOLD])), ("b.csv", orders(&[&other]))]);
    let last = &nights[1];
    assert_eq!((last.accepted(), last.rejected()), (0, 1));
    assert_eq!(codes(last), BTreeMap::from([("conflicting_duplicate".to_owned(), 1)]));
    let lines = last.snapshot.read("order_lines", None).unwrap();
    assert_eq!(lines.integer("quantity").unwrap().iter().collect::<Vec<_>>(), [Some(2)]);
}

#[test]
fn of_two_counts_of_one_moment_neither_is_believed() {
    let counts = "channel,sku,available,as_of\n\
        shopify,SKU-1,79,2026-02-01T06:00:00Z\n\
        amazon,SKU-1,84,2026-02-01T06:00:00Z\n\
        shopify,SKU-2,-3,2026-02-01T06:00:00Z\n\
        shopify,SKU-1,80,2026-02-01T06:00:00Z\n\
        shopify,SKU-404,5,2026-02-01T06:00:00Z\n\
        shopify,SKU-3,,2026-02-01T06:00:00Z\n\
        shopify,SKU-4,3.5,2026-02-01T06:00:00Z\n";
    let (_folder, nights) = in_turn(&[("counts.csv", counts.as_bytes().to_vec())]);
    assert_eq!((nights[0].accepted(), nights[0].rejected()), (3, 4));
    let found = codes(&nights[0]);
    assert_eq!(found["conflicting_duplicate"], 2);
    let stock = nights[0].snapshot.read("channel_stock", None).unwrap();
    let counted: Vec<_> = stock.text("channel_sku").unwrap().iter().flatten().map(str::to_owned).collect();
    assert_eq!(counted, ["SKU-1", "SKU-2", "SKU-404"]);
    assert_eq!(stock.text("channel").unwrap().get(0), Some("amazon"));
}

#[test]
fn refunds_that_cannot_be_are_found() {
    let refund = |order: &str, line: &str, quantity: i64| {
        format!("{order},{line},shopify,MUG,{quantity},10.00,USD,2026-02-02T00:00:00Z,refunded,2026-02-09T00:00:00Z\n")
    };
    let (partial, too_much, orphan) = (refund("O1", "R1", -1), refund("O1", "R2", -5), refund("O9", "R1", -1));
    // What the checks find after each night; the order of the orphan arrives in the last.
    let nights = [
        ("partial.csv", orders(&[SOLD, &partial]), "", ""),
        ("too-much.csv", orders(&[&too_much]), "O1", ""),
        ("orphan.csv", orders(&[&orphan]), "O1", "O9"),
        ("late.csv", orders(&[&SOLD.replace("O1", "O9")]), "O1", ""),
    ];
    for count in 1..=nights.len() {
        let exports: Vec<_> = nights[..count].iter().map(|(name, bytes, ..)| (*name, bytes.clone())).collect();
        let (_folder, summaries) = in_turn(&exports);
        let found = |check: &str| {
            let run = RunParameters::new("2026-02-28".parse().unwrap(), Currency::USD);
            let rows = Marts::open(&summaries[count - 1].snapshot, run, Vec::new()).unwrap().rows(check).unwrap();
            rows.text("order_id").unwrap().iter().flatten().collect::<Vec<_>>().join(" ")
        };
        let (_, _, exceeds, orphan) = &nights[count - 1];
        assert_eq!(found("check_refund_exceeds_sale"), *exceeds, "night {count}");
        assert_eq!(found("check_refund_orphan"), *orphan, "night {count}");
    }
}

/// Every text of such a sheet is a number into the table of texts. One beyond its end proves that
/// the two are not of one writing, and then a number within it may name another row's SKU.
#[test]
fn a_workbook_whose_texts_are_not_its_own_is_refused_whole() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/exports/tiktok/income_2025-10.xlsx");
    let mut archive = ZipArchive::new(Cursor::new(fs::read(&sample).unwrap())).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..archive.len() {
        let mut entry = archive.by_index(part).unwrap();
        let (name, mut text) = (entry.name().unwrap().to_string(), String::new());
        entry.read_to_string(&mut text).unwrap();
        if name.ends_with("sheet1.xml") {
            let last = text.rfind("t=\"s\"><v>").unwrap() + 9;
            text.insert_str(last, "42949");
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let mut settings = golden_settings();
    settings.exports = folder.path().to_owned();
    let path = folder.path().join("income.xlsx");
    fs::write(&path, writer.finish().unwrap().into_inner()).unwrap();
    let refusal = ingest::recognise(&path, &settings).unwrap_err();
    assert_eq!(refusal.code, "xlsx-damaged");
    assert!(refusal.message.contains("shared strings"), "{refusal}");
}

/// A project on disk, for the program.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[shop]\nname = \"Hostile\"\ncurrency = \"USD\"\ntime-zone = \"UTC\"\n\n[channel.shopify]\nkind = \"shopify\"\n";
    fs::write(folder.path().join("trueup.toml"), settings).unwrap();
    fs::create_dir(folder.path().join("exports")).unwrap();
    fs::write(folder.path().join("exports/orders.csv"), orders(&[SOLD])).unwrap();
    folder
}

fn trueup(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trueup")).args(arguments).arg("--project").arg(folder).output().unwrap()
}

fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(tree(&entry));
        }
        files.insert(entry.clone(), fs::read(&entry).unwrap_or_default());
    }
    files
}

#[test]
fn of_two_runs_at_once_the_second_changes_nothing() {
    let folder = shop();
    let lake = Lake::open(folder.path().join("lake")).unwrap();
    let first = lake.begin("first").unwrap();
    let before = tree(folder.path());
    let second = trueup(folder.path(), &["ingest"]);
    assert_eq!(second.status.code(), Some(75), "{second:?}");
    assert_eq!(tree(folder.path()), before);
    // Looking is no run.
    assert_eq!(trueup(folder.path(), &["verify"]).status.code(), Some(0));
    drop(first);
    assert_eq!(trueup(folder.path(), &["ingest"]).status.code(), Some(0));
}

#[test]
fn things_that_are_no_files_are_refused_aloud() {
    let folder = shop();
    let exports = folder.path().join("exports");
    let outside = folder.path().join("secret.csv");
    fs::write(&outside, orders(&[&SOLD.replace("O1", "O2")])).unwrap();
    std::os::unix::fs::symlink(&outside, exports.join("link.csv")).unwrap();
    std::os::unix::fs::symlink(folder.path(), exports.join("loop")).unwrap();
    assert!(Command::new("mkfifo").arg(exports.join("pipe.csv")).status().unwrap().success());
    fs::create_dir(exports.join("folder.csv")).unwrap();
    fs::write(exports.join("folder.csv/inside.csv"), orders(&[&SOLD.replace("O1", "O3")])).unwrap();
    let run = trueup(folder.path(), &["ingest"]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(1), "{said}");
    for name in ["link.csv", "pipe.csv"] {
        assert!(said.contains(&format!("{name}` is not a regular file")), "{said}");
    }
    let lines = Lake::open(folder.path().join("lake")).unwrap().snapshot().unwrap().read("order_lines", None).unwrap();
    assert_eq!(lines.text("order_id").unwrap().iter().flatten().collect::<Vec<_>>(), ["O1", "O3"]);
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = shop();
    for arguments in [&["completions", "bash"][..], &["man"], &["--help"], &["ingest"], &["verify"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::null());
        let said = folder.path().join("said");
        let mut child = command.stdout(Stdio::piped()).stderr(fs::File::create(&said).unwrap()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
        assert!(!fs::read_to_string(&said).unwrap().contains("panicked"), "{arguments:?}");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn a_golden_becomes_the_same_rows_under_another_name() {
    // Only the content says whether a file is known: a renamed copy is no second sale.
    let bytes = fs::read(goldens().join("amazon_orders.txt")).unwrap();
    let (_folder, settings, lake) = project(&[("a.txt", &bytes)]);
    ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    let digest = lake.snapshot().unwrap().digest().unwrap();
    fs::rename(settings.exports.join("a.txt"), settings.exports.join("b.txt")).unwrap();
    let again = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!(again.unchanged, ["b.txt"]);
    assert_eq!(again.snapshot.digest().unwrap(), digest);
}

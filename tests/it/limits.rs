//! What has no end on paper has one here, and says so: options, amounts, sums, settings of any length, and
//! text that would steer a terminal.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use trueup::config::Settings;
use trueup::error::Diagnostic;
use trueup::forecast::{SeriesOptions, forecast_series};
use trueup::ingest::Event;
use trueup::query::Marts;
use trueup::{ingest, shell};

use crate::ingest::project;
use crate::lake::{line, order_lines};
use crate::project::{Project, has, stderr};
use crate::query::run;

fn series(steps: impl IntoIterator<Item = i64>, compression: Compression) -> Vec<u8> {
    let steps = Int64Array::from_iter_values(steps);
    let names = StringArray::from(vec!["A"; steps.len()]);
    let values = Float64Array::from_iter_values((0..steps.len()).map(|step| (step % 7) as f64));
    let columns: [(&str, ArrayRef); 3] =
        [("unique_id", Arc::new(names)), ("ds", Arc::new(steps)), ("y", Arc::new(values))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn forecast(folder: &Path, bytes: &[u8], options: &SeriesOptions) -> Result<usize, Box<Diagnostic>> {
    let path = folder.join("series.parquet");
    fs::write(&path, bytes).unwrap();
    forecast_series(&path, options).map(|output| output.forecast.len())
}

#[test]
fn series_are_read_as_most_tools_compress_them() {
    let folder = tempfile::tempdir().unwrap();
    for compression in [Compression::SNAPPY, Compression::UNCOMPRESSED] {
        let answer = forecast(folder.path(), &series(0..60, compression), &SeriesOptions::default());
        assert_eq!(answer.unwrap(), 28, "{compression}");
    }
}

#[test]
fn every_option_of_a_forecast_has_a_limit_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let usual = SeriesOptions::default;
    let far = usize::MAX;
    let refused = [
        ("forecast-steps", SeriesOptions { horizon: 0, ..usual() }),
        ("forecast-steps", SeriesOptions { horizon: far, ..usual() }),
        ("forecast-steps", SeriesOptions { season: Some(far), ..usual() }),
        ("forecast-steps", SeriesOptions { season: Some(0), ..usual() }),
        ("forecast-steps", SeriesOptions { lead_times: vec![7, far], ..usual() }),
        ("forecast-steps", SeriesOptions { backtest: vec![0], ..usual() }),
        ("forecast-steps", SeriesOptions { backtest: vec![far], ..usual() }),
        ("forecast-options", SeriesOptions { lead_times: vec![7; 101], ..usual() }),
        ("forecast-levels", SeriesOptions { levels: vec![f64::NAN], ..usual() }),
        ("forecast-levels", SeriesOptions { levels: vec![1e-300], ..usual() }),
        ("forecast-levels", SeriesOptions { levels: vec![], ..usual() }),
    ];
    let bytes = series(0..60, Compression::UNCOMPRESSED);
    for (code, options) in refused {
        let told = forecast(folder.path(), &bytes, &options).unwrap_err();
        assert!(told.code == code && told.hint.is_some(), "{options:?}: {told:?}");
    }
    let most = SeriesOptions { horizon: 10_000, season: Some(10_000), lead_times: vec![10_000], ..usual() };
    assert_eq!(forecast(folder.path(), &bytes, &most).unwrap(), 10_000);
}

#[test]
fn steps_at_the_end_of_the_numbers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for far in [i64::MAX, i64::MIN, 1 << 60] {
        let told = forecast(folder.path(), &series([far], Compression::UNCOMPRESSED), &SeriesOptions::default());
        assert_eq!(told.unwrap_err().code, "series-cell");
    }
}

/// Each bit of the footer and of the pages, turned once: an answer or a message, never an end.
#[test]
fn a_damaged_series_ends_in_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let whole = series(0..40, Compression::SNAPPY);
    let options = SeriesOptions { horizon: 1, lead_times: vec![1], ..SeriesOptions::default() };
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        let _ = forecast(folder.path(), &bytes, &options);
    }
}

fn settings(text: &str) -> Result<Settings, Box<Diagnostic>> {
    Settings::parse(Path::new("trueup.toml"), Path::new("."), text)
}

#[test]
fn an_amount_of_the_settings_has_a_limit() {
    let penalty =
        |amount: &str| settings(&format!("[shop]\ncurrency = \"USD\"\n[channel.etsy]\noversell-penalty = {amount}\n"));
    assert!(penalty("100000000").is_ok());
    let told = penalty("\"100000000.01\"").unwrap_err();
    assert_eq!(told.message, "`oversell-penalty` must be 100,000,000 or less");
    assert_eq!(told.place.unwrap().line, Some(4));
}

#[test]
fn a_secret_in_the_settings_is_not_repeated() {
    for line in [
        "password = \"swordfish\"",
        "currency = \"USD\"\napi_key = \"swordfish\"",
        "currency = \"USD\"\nname = \"https://ada:swordfish@shop.example\" oops",
        "currency = 5 # token = swordfish",
        "currency = \"USD\"\nname = { token = \"swordfish\" }",
        "password = swordfish",
    ] {
        let told = settings(&format!("[shop]\n{line}\n")).unwrap_err();
        let drawn = shell::draw(&told, false);
        assert!(!drawn.contains("swordfish") && drawn.contains("trueup.toml:"), "{drawn}");
    }
}

#[test]
fn many_tables_of_products_are_read_in_seconds() {
    let mut text = "[shop]\ncurrency = \"USD\"\n".to_owned();
    for sku in 0..30_000 {
        writeln!(text, "[sku.\"SKU-{sku}\"]\ncap-units = {sku}").unwrap();
    }
    let start = Instant::now();
    let settings = settings(&text).unwrap();
    assert_eq!(settings.policy.skus.len(), 30_000);
    assert_eq!(settings.policy.skus.values().map(|level| level.line).max(), Some(2 + 2 * 29_999 + 1));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

/// Twelve orders that each are in range; the eleventh is one too many.
#[test]
fn what_nobody_can_add_up_is_refused_where_it_enters() {
    let header = "order_id,channel,sku,qty,unit_price,currency,ordered_at,status\n";
    let order = |number: usize| format!("O{number},etsy,MUG,1,990000000000.00,USD,2026-02-01T00:00:00Z,paid\n");
    let lines = |orders: std::ops::Range<usize>| header.to_owned() + &orders.map(order).collect::<String>();
    let (_folder, settings, lake) = project(&[("a.csv", lines(0..6).as_bytes()), ("b.csv", lines(6..9).as_bytes())]);
    assert_eq!(ingest::run(&settings, &lake, &mut |_| {}).unwrap().accepted(), 9);
    fs::write(settings.exports.join("c.csv"), lines(9..12)).unwrap();
    fs::write(settings.exports.join("d.csv"), lines(12..13)).unwrap();
    let second = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    let told = &second.refused[0];
    let place = told.place.as_ref().unwrap();
    assert_eq!((told.code, place.line), ("sum-too-large", Some(3)));
    assert!(place.path.ends_with("c.csv"), "{told}");
    assert_eq!((second.refused.len(), second.accepted()), (1, 1), "the file after it still has its room");
}

#[test]
fn an_integer_beyond_its_bits_is_told() {
    let marts = Marts::in_memory(vec![order_lines(&[line("A", None, 1, "a.csv", 2)])], run()).unwrap();
    for (expression, is_fine) in [
        ("quantity * 3037000500 * 3037000500", false),
        ("9223372036854775807 + quantity", false),
        ("sum(quantity * 3037000500 * 3037000500)", false),
        ("quantity * 3037000499 * 3037000499", true),
        ("sum(quantity) * 1000 - 7", true),
    ] {
        let told = marts.sql("typed", &format!("select {expression} as much from order_lines"));
        match told {
            Ok(_) => assert!(is_fine, "{expression}"),
            Err(problem) => assert!(!is_fine && problem.code == "integer-overflow", "{expression}: {problem:?}"),
        }
    }
}

#[test]
fn nothing_steers_a_terminal() {
    let told = shell::plain_lines("sku,title\r\nMUG,\"a\u{1b}[2J\u{202e}b\u{61c}\u{9b}\"\n\u{e0041}\u{2066}end");
    assert!(told.chars().all(|letter| letter == '\n' || (' '..='~').contains(&letter)), "{told:?}");
    assert_eq!(told.lines().count(), 3);
}

const LINES: &str = "order_id,line_id,channel,sku,qty,unit_price,currency,ordered_at,status\n";

fn order_line(number: usize) -> String {
    format!("O{number},1,etsy,SKU-{number},1,10.00,USD,2026-02-01T00:00:00Z,paid\n")
}

#[test]
fn a_query_ends_within_its_limits_and_names_the_key() {
    let orders = LINES.to_owned() + &(0..3_000).map(order_line).collect::<String>();
    let settings = "[shop]\ncurrency = \"USD\"\n[channel.etsy]\n[query]\nmegabytes = 300\nseconds = 3\n";
    let project = Project::of(settings, &[("orders.csv", &orders)]);
    assert!(project.trueup(&["ingest"]).status.success());
    let asked = |sql: &str| {
        let answer = project.trueup(&["query", sql]);
        (answer.status.code(), String::from_utf8(answer.stdout.clone()).unwrap(), stderr(&answer))
    };
    let pairs = "order_lines as a cross join order_lines as b";
    let (code, rows, told) = asked(&format!("select a.sku as sku, b.sku as other from {pairs} order by a.sku, b.sku"));
    assert_eq!((code, rows.as_str()), (Some(2), ""), "{told}");
    has(&told, &["more than 300 MB of memory", "set `megabytes = 600` under `[query]` in `trueup.toml`"]);
    let start = Instant::now();
    let few = "with few as (select quantity as quantity from order_lines where sku < 'SKU-12')";
    let sum = "select sum(a.quantity * b.quantity * c.quantity) as triples from";
    let (code, rows, told) = asked(&format!("{few} {sum} {pairs} cross join few as c"));
    assert_eq!((code, rows.as_str()), (Some(2), ""), "{told}");
    has(&told, &["no answer after 3 seconds", "set `seconds = 6` under `[query]` in `trueup.toml`"]);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let (code, rows, told) = asked("select cast(count(*) as bigint) as lines from order_lines");
    assert_eq!((code, rows.as_str()), (Some(0), "lines\n3000\n"), "{told}");
}

#[test]
fn more_rows_than_are_counted_are_told() {
    let lines: Vec<_> = (0..1_700).map(|number| line("A", None, 1, "a.csv", number)).collect();
    let marts = Marts::in_memory(vec![order_lines(&lines)], run()).unwrap();
    let triples = "order_lines as a cross join order_lines as b cross join order_lines as c";
    let told = marts.sql("typed", &format!("select cast(count(*) as bigint) as triples from {triples}")).unwrap_err();
    assert_eq!((told.code, told.message.contains("more than 4,294,967,295 rows")), ("query-too-large", true), "{told}");
}

#[test]
fn a_limit_of_queries_is_one() {
    let limits = |text: &str| settings(&format!("[shop]\ncurrency = \"USD\"\n[query]\n{text}\n"));
    let query = limits("seconds = 5\nmegabytes = 4000").unwrap().query;
    assert_eq!((query.seconds, query.megabytes), (5, Some(4_000)));
    for (text, key) in [("seconds = 0", "`seconds` must be from 1"), ("megabytes = 5", "`megabytes` must be from 200")]
    {
        let told = limits(text).unwrap_err();
        assert!(told.message.starts_with(key) && told.place.unwrap().line == Some(4), "{}", told.message);
    }
}

/// A file that is too large to be kept is looked at with the others and read when its turn comes.
#[test]
fn of_a_large_file_that_is_cut_before_its_turn_nothing_is_kept() {
    let note = "x".repeat(60_000);
    let header = LINES.replace('\n', ",note\n");
    let large: String = (0..1_150).map(|number| order_line(number).replace('\n', &format!(",{note}\n"))).collect();
    let files = [("a.csv", LINES.to_owned() + &order_line(9_000)), ("b.csv", header + &large)];
    let (_folder, settings, lake) = project(&files.each_ref().map(|(name, text)| (*name, text.as_bytes())));
    let path = settings.exports.join("b.csv");
    let mut cut = |event: Event| {
        if matches!(event, Event::Read(receipt) if receipt.file == "a.csv") {
            fs::File::options().write(true).open(&path).unwrap().set_len(40 << 20).unwrap();
        }
    };
    let summary = ingest::run(&settings, &lake, &mut cut).unwrap();
    assert_eq!((summary.refused.len(), summary.accepted(), summary.rejected()), (1, 1, 0));
    assert_eq!(summary.refused[0].code, "changed-during-read");
    assert!(summary.refused[0].place.as_ref().unwrap().path.ends_with("b.csv"));
    let lines = summary.snapshot.read("order_lines", None).unwrap();
    assert_eq!(lines.text("order_id").unwrap().iter().collect::<Vec<_>>(), [Some("O9000")]);
}

#[test]
fn a_file_that_is_gone_when_its_turn_comes_is_refused_by_name() {
    // More than are read at once.
    let names: Vec<String> = (0..=2 * rayon::current_num_threads()).map(|number| format!("{number:03}.csv")).collect();
    let (first, last) = (names.first().unwrap(), names.last().unwrap());
    let texts: Vec<String> = (0..names.len()).map(|number| LINES.to_owned() + &order_line(number)).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().zip(&texts).map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let (_folder, settings, lake) = project(&files);
    let path = settings.exports.join(last);
    let mut remove = |event: Event| {
        if matches!(event, Event::Read(receipt) if receipt.file == *first) {
            fs::remove_file(&path).unwrap();
        }
    };
    let summary = ingest::run(&settings, &lake, &mut remove).unwrap();
    assert_eq!((summary.accepted(), summary.refused.len()), (names.len() as u64 - 1, 1));
    assert!(summary.refused[0].to_string().contains(last.as_str()), "{}", summary.refused[0]);
}

/// Somebody empties a file at any moment of its being read: all of it is in the lake, or it is refused by name.
#[test]
fn of_a_file_that_is_emptied_meanwhile_all_or_nothing_is_kept() {
    let text = LINES.to_owned() + &(0..3_000).map(order_line).collect::<String>();
    let mut refused = 0;
    for delay in 0..24 {
        let (_folder, settings, lake) = project(&[("a.csv", text.as_bytes())]);
        let path = settings.exports.join("a.csv");
        let emptied = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(delay * 8));
            fs::File::create(path).unwrap();
        });
        let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
        emptied.join().unwrap();
        let told: Vec<&str> = summary.refused.iter().map(|problem| problem.code).collect();
        match summary.accepted() {
            3_000 => assert!(told.is_empty(), "{told:?}"),
            accepted => {
                assert!(
                    accepted == 0 && matches!(told[..], ["changed-during-read" | "empty-file"]),
                    "{accepted}: {told:?}"
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "nothing was emptied in time");
}

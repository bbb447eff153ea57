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
use trueup::query::Marts;
use trueup::{ingest, shell};

use crate::ingest::project;
use crate::lake::{line, order_lines};
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

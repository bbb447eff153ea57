//! `trueup forecast` and what a file holds beside plain values: `NA`, other columns, quarters and years.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use chrono::Days;
use trueup::error::Diagnostic;
use trueup::forecast::{BlankRows, Frequency, SeriesOptions, SeriesOutput, forecast_series};

use crate::forecast_gaps::{date, steps};
use crate::project::{Project, said};

/// Rows as a file has them: the value as text, or none.
type Row = (&'static str, String, Option<f64>);

fn day(day: u64) -> String {
    (date("2025-04-07") + Days::new(day)).to_string()
}

fn csv(rows: &[Row], unknown: &str) -> String {
    let cell = |value: Option<f64>| value.map_or(unknown.to_owned(), |value| value.to_string());
    let lines = rows.iter().map(|(name, step, value)| format!("{name},{step},{}\n", cell(*value)));
    std::iter::once("unique_id,ds,y\n".to_owned()).chain(lines).collect()
}

fn write_parquet(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn texts(values: impl IntoIterator<Item = impl AsRef<str>>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn options(frequency: Option<Frequency>) -> SeriesOptions {
    SeriesOptions { frequency, horizon: 7, ..SeriesOptions::default() }
}

fn read(text: &str, frequency: Option<Frequency>) -> Result<SeriesOutput, Box<Diagnostic>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    fs::write(&path, text).unwrap();
    forecast_series(&path, &options(frequency))
}

/// Three series of 140 days; LATE is known from the fifth week on, EARLY up to the last but one, TORN lacks
/// ten days, and every series has five rows to be forecast.
fn rows() -> Vec<Row> {
    let value = |name: &str, on: u64| {
        let is_known = match name {
            "LATE" => on >= 28,
            "EARLY" => on < 133,
            _ => !(60..70).contains(&on),
        };
        (is_known && on < 140).then_some(15.0 + (on % 7) as f64)
    };
    ["LATE", "EARLY", "TORN"]
        .into_iter()
        .flat_map(|name| (0..145).map(move |on| (name, day(on), value(name, on))))
        .collect()
}

fn is_told(blanks: &BlankRows) {
    assert_eq!((blanks.rows, blanks.series), (28 + 7 + 10 + 15, 3));
    assert_eq!((blanks.before, blanks.unknown, blanks.after), (28, 17, 15));
    assert_eq!((blanks.most.as_str(), blanks.most_rows, blanks.noun), ("LATE", 33, "day"));
}

/// However a file writes that nobody knows a value: it is not 0, and not a step to begin or to end with.
#[test]
fn a_value_that_nobody_knows_is_left_out_however_it_is_written() {
    let plain = read(&csv(&rows(), "NA"), None).unwrap();
    is_told(plain.blanks.as_ref().unwrap());
    assert_eq!(plain.values, 3 * 140 - 28 - 7 - 10);
    assert!(plain.missing.is_none() && plain.early_ends.is_none() && plain.launches.is_none());
    for (step, mean) in steps(&plain) {
        assert!(step >= day(140) && step < day(147), "{step}");
        let weekday = (date(&step) - date(&day(0))).num_days() % 7;
        assert!((mean - 15.0 - weekday as f64).abs() < 1.0, "{step}: {mean}");
    }
    for unknown in ["NA", "NaN", "nan", "null", "NULL", "None", ".", " n/a ", "#N/A"] {
        assert_eq!(steps(&read(&csv(&rows(), unknown), None).unwrap()), steps(&plain), "{unknown}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.parquet");
    let rows = rows();
    let values = |nan: bool| -> Float64Array { rows.iter().map(|row| row.2.or(nan.then_some(f64::NAN))).collect() };
    let words = texts(rows.iter().map(|row| row.2.map_or("NA".to_owned(), |value| value.to_string())));
    for y in [Arc::new(values(true)) as ArrayRef, Arc::new(values(false)), words] {
        let (names, days) = (texts(rows.iter().map(|row| row.0)), texts(rows.iter().map(|row| &row.1)));
        write_parquet(&path, vec![("unique_id", names), ("ds", days), ("y", y)]);
        let output = forecast_series(&path, &options(None)).unwrap();
        is_told(output.blanks.as_ref().unwrap());
        assert_eq!(steps(&output), steps(&plain));
    }
}

/// A list of sales means 0 where it is silent, and still nothing where it says `NA`.
#[test]
fn a_list_of_sales_may_say_that_it_does_not_know() {
    let sells = |on: u64| on == 0 || on * 7_919 % 101 < 30 || on == 299;
    let known = |on: u64| !(180..240).contains(&on);
    let sales: Vec<Row> =
        (0..300).filter(|on| sells(*on) || !known(*on)).map(|on| ("S", day(on), known(on).then_some(2.0))).collect();
    let output = read(&csv(&sales, "NA"), None).unwrap();
    assert_eq!(output.blanks.unwrap().unknown, 60);
    let missing = output.missing.unwrap();
    assert_eq!((missing.unknown, missing.not_sold), (0, missing.missing));
    let mean = output.forecast.real("mean").unwrap().get(0).unwrap();
    assert!((0.4..0.8).contains(&mean), "{mean}");
}

#[test]
fn a_series_without_any_value_has_no_forecast_and_other_text_is_refused() {
    let unknown = |step: u64| ("NEW", day(step), None);
    let known = (0..30).map(|on| ("OLD", day(on), Some(4.0)));
    let output = read(&csv(&known.chain((0..30).map(unknown)).collect::<Vec<_>>(), "NA"), None).unwrap();
    assert_eq!((output.series, output.empty), (1, vec!["NEW".to_owned()]));
    assert_eq!(output.forecast.len(), 7);
    let nothing = read(&csv(&[unknown(0), unknown(1)], "NA"), None).unwrap_err();
    assert_eq!(nothing.code, "series-empty");
    for word in ["", "many", "-", "NA2", "inf"] {
        let refused = read(&csv(&[("A", day(0), Some(1.0)), ("A", day(1), None)], word), None).unwrap_err();
        assert_eq!((refused.code, refused.place.as_ref().unwrap().line), ("series-cell", Some(3)), "{word}");
        assert!(refused.message.contains("`NA`"), "{refused}");
    }
    let twice = [("A", day(0), Some(1.0)), ("A", day(1), Some(2.0)), ("A", day(0), None)];
    assert_eq!(read(&csv(&twice, "NA"), None).unwrap_err().code, "series-duplicate");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.parquet");
    write_parquet(
        &path,
        vec![("unique_id", texts(["A", "A"])), ("ds", texts([day(0), day(1)])), ("y", texts(["3", "many"]))],
    );
    let refused = forecast_series(&path, &options(None)).unwrap_err();
    assert!(refused.message.contains("`y` is missing or no such value in row 2"), "{refused}");
}

/// Nobody shall believe that a price counts because a file has it.
#[test]
fn columns_that_are_not_used_are_named_once() {
    let project = Project::empty();
    let mut text = "unique_id,ds,y,price,stockout_hours,promo,\n".to_owned();
    (0..60).for_each(|on| text.push_str(&format!("A,{},{},9.99,NA,1,x\n", day(on), on % 4)));
    fs::write(project.path("series.csv"), text).unwrap();
    let told = said(&project.trueup(&["forecast", "series.csv", "--quantiles", "0.25,0.75"]));
    let unused = "warning: `price`, `promo` and `column 7` are not used: only `y` and its own past are forecast from\n";
    assert_eq!(told.matches(unused).count(), 1, "{told}");
    let sums = fs::read_to_string(project.path("forecast/lead_time_demand.csv")).unwrap();
    assert!(sums.starts_with("unique_id,steps,mean,p25,p75\n"), "{sums}");
    let means = fs::read_to_string(project.path("forecast/forecast.csv")).unwrap();
    assert!(means.starts_with("unique_id,ds,mean\nA,2025-06-06,"), "{means}");

    let columns = vec![
        ("event", texts(["none", "none"])),
        ("unique_id", texts(["A", "A"])),
        ("ds", texts([day(0), day(1)])),
        ("y", Arc::new(Float64Array::from(vec![1.0, 2.0])) as ArrayRef),
    ];
    write_parquet(&project.path("series.parquet"), columns);
    let output = forecast_series(&project.path("series.parquet"), &options(None)).unwrap();
    assert_eq!(output.unused, ["event"]);
}

/// Quarters and years are written as the file writes them, at the begin or the end, and a quarter's season
/// is the year.
#[test]
fn quarters_and_years_go_on_as_the_file_writes_them() {
    let quarters = |ends: [&'static str; 4]| -> Vec<Row> {
        let at = |step: usize| format!("{}-{}", 2015 + step / 4, ends[step % 4]);
        (0..40).map(|step| ("Q", at(step), Some([90.0, 60.0, 70.0, 140.0][step % 4]))).collect()
    };
    let next = |ends: [&'static str; 4]| {
        let output = read(&csv(&quarters(ends), ""), Some(Frequency::Quarterly)).unwrap();
        steps(&output).into_iter().take(4).collect::<Vec<_>>()
    };
    let ahead = next(["01-01", "04-01", "07-01", "10-01"]);
    let days: Vec<&str> = ahead.iter().map(|(day, _)| day.as_str()).collect();
    assert_eq!(days, ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"]);
    assert!(ahead[3].1 > 1.5 * ahead[1].1, "{ahead:?}");
    let days: Vec<String> = next(["03-31", "06-30", "09-30", "12-31"]).into_iter().map(|(day, _)| day).collect();
    assert_eq!(days, ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"]);

    let year = |year: u64| ("Y", format!("{}-02-28", 1990 + year), Some(50.0 + (year % 2) as f64));
    let mut years: Vec<Row> = (0..30).map(year).collect();
    years[12].2 = None;
    let output = read(&csv(&years, "NA"), Some(Frequency::Yearly)).unwrap();
    assert_eq!(steps(&output)[0].0, "2020-02-28");
    assert!((49.0..52.0).contains(&steps(&output)[0].1));
    assert_eq!((output.blanks.unwrap().noun, output.missing), ("year", None));
}

/// The dates of a Parquet file are quarters as well, refused as days; and a list of sales ends with its newest.
#[test]
fn a_parquet_file_has_quarters_and_ends_as_a_csv_file_has() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.parquet");
    let quarter = |step: i32| date(&format!("{}-{:02}-15", 2016 + step / 4, step % 4 * 3 + 2)).to_epoch_days();
    // DEAD sold in each of twelve quarters, in some of the next, and then no more; the others in half of them, in no order of the year.
    let sells = |item: i32, step: i32| match item {
        0 => step < 12 || (step < 20 && step % 2 == 0),
        _ => (step * step * 7 + step * 3 + item * 5) % 11 < 5 || step == 39,
    };
    let rows: Vec<(i32, i32)> =
        (0..6).flat_map(|item| (0..40).filter(move |step| sells(item, *step)).map(move |step| (item, step))).collect();
    let names = texts(rows.iter().map(|(item, _)| if *item == 0 { "DEAD".to_owned() } else { format!("P{item}") }));
    let days: Date32Array = rows.iter().map(|(_, step)| Some(quarter(*step))).collect();
    let values: Float64Array = rows.iter().map(|_| Some(6.0)).collect();
    write_parquet(&path, vec![("unique_id", names), ("ds", Arc::new(days)), ("y", Arc::new(values))]);
    assert!(forecast_series(&path, &options(None)).unwrap_err().hint.unwrap().contains("`--freq q`"));
    let output = forecast_series(&path, &options(Some(Frequency::Quarterly))).unwrap();
    let ends = output.early_ends.as_ref().unwrap();
    assert_eq!((ends.newest.as_str(), ends.earliest.as_str(), ends.noun), ("2025-11-15", "DEAD", "quarter"));
    assert_eq!(ends.not_sold, ends.series);
    let dead = &steps(&output)[0];
    assert_eq!(dead.0, "2026-02-15");
    assert!(dead.1 < 0.2, "{dead:?}");
}

#[test]
fn the_help_says_which_file_holds_what() {
    let project = Project::empty();
    let told = said(&project.trueup(&["forecast", "--help"]));
    for part in
        ["forecast          unique_id, ds, mean", "lead_time_demand  unique_id, steps, mean, p50", "--quantiles"]
    {
        assert!(told.contains(part), "{part}: {told}");
    }
}

//! `forecast_series` over files: stock-outs, what no demand can be, one mean for both tables, threads.

use std::fs;
use std::path::Path;

use trueup::forecast::{SeriesOptions, SeriesOutput, forecast_series};
use trueup::types::Day;

use crate::project::{Project, said};

const FIRST: Day = Day::from_days(20_000);
const DAYS: usize = 120;

/// Units of a day from a fixed generator; a weekday's shape, no randomness between runs.
fn units(series: usize, day: usize) -> f64 {
    let mut state = (series * 1_000 + day) as u64;
    for _ in 0..3 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
    let chance = (state >> 40) as f64 / (1u64 << 24) as f64;
    let weekday = if day % 7 < 5 { 1.0 } else { 1.5 };
    ((3.0 + series as f64 * 0.5) * weekday * (0.4 + 1.2 * chance)).round()
}

fn options() -> SeriesOptions {
    SeriesOptions { horizon: 14, lead_times: vec![7, 14], ..SeriesOptions::default() }
}

fn forecast_text(folder: &Path, text: &str) -> SeriesOutput {
    let path = folder.join("series.csv");
    fs::write(&path, text).unwrap();
    forecast_series(&path, &options()).unwrap()
}

/// The mean of all steps of all series.
fn mean(output: &SeriesOutput) -> f64 {
    let means = output.forecast.real("mean").unwrap();
    (0..output.forecast.len()).filter_map(|row| means.get(row)).sum::<f64>() / output.forecast.len() as f64
}

/// Every third day of the last six weeks sells only in the morning: 4 of 16 open hours.
#[test]
fn hours_out_of_stock_are_recovered() {
    let folder = tempfile::tempdir().unwrap();
    let (mut full, mut cut, mut told) = (
        "unique_id,ds,y\n".to_owned(),
        "unique_id,ds,y\n".to_owned(),
        "unique_id,ds,y,stockout_hours,open_hours\n".to_owned(),
    );
    for series in 0..40 {
        for day in 0..DAYS {
            let (date, wanted) = (FIRST.plus(day as i32), units(series, day));
            let short = day >= DAYS - 42 && (day + series) % 3 == 0;
            let sold = if short { (wanted / 4.0).floor() } else { wanted };
            full.push_str(&format!("S{series},{date},{wanted}\n"));
            cut.push_str(&format!("S{series},{date},{sold}\n"));
            told.push_str(&format!("S{series},{date},{sold},{},16\n", if short { 12 } else { 0 }));
        }
    }
    let [full, cut, told] = [full, cut, told].map(|text| mean(&forecast_text(folder.path(), &text)));
    assert!(cut < 0.85 * full, "stock-outs taken for want of demand: {cut} of {full}");
    assert!((told / full - 1.0).abs() < 0.08, "{told} of {full}");
}

#[test]
fn both_tables_speak_of_the_same_mean() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "unique_id,ds,y\n".to_owned();
    for series in 0..60 {
        for day in 0..DAYS {
            text.push_str(&format!("S{series},{},{}\n", FIRST.plus(day as i32), units(series, day)));
        }
    }
    let output = forecast_text(folder.path(), &text);
    let (steps, sums) = (&output.forecast, &output.lead_time_demand);
    let (step_mean, sum_mean) = (steps.real("mean").unwrap(), sums.real("mean").unwrap());
    let (p80, p95) = (sums.real("p80").unwrap(), sums.real("p95").unwrap());
    for series in 0..60 {
        for (index, days) in [7, 14].into_iter().enumerate() {
            let added: f64 = (0..days).map(|step| step_mean.get(series * 14 + step).unwrap()).sum();
            let row = series * 2 + index;
            let mean = sum_mean.get(row).unwrap();
            assert!((added - mean).abs() < 1e-6 * mean, "{added} and {mean}");
            assert!(p80.get(row).unwrap() >= mean * (1.0 - 1e-6) && p95.get(row).unwrap() > mean);
        }
    }
}

#[test]
fn what_no_demand_can_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    for value in ["many", "inf", "-inf", "1e39", "1e30", "-1e16", "N"] {
        fs::write(&path, format!("unique_id,ds,y\nA,2026-01-01,5\nA,2026-01-02,{value}\n")).unwrap();
        let refused = forecast_series(&path, &options()).unwrap_err();
        assert_eq!((refused.code, refused.place.as_ref().unwrap().line), ("series-cell", Some(3)), "{value}");
    }
    fs::write(&path, "unique_id,ds,y\nA,2026-01-01,1e15\nA,2026-01-02,-3\n").unwrap();
    assert!(mean(&forecast_series(&path, &options()).unwrap()).is_finite());
}

/// An empty file, one parted by another mark and one with other names are told apart; what the hint says
/// to type makes a file that is read.
#[test]
fn a_file_whose_columns_are_not_found_is_told_what_it_is() {
    let project = Project::empty();
    let refused = |name: &str, text: &str| {
        fs::write(project.path(name), text).unwrap();
        let run = project.trueup(&["forecast", name]);
        assert_eq!(run.status.code(), Some(2));
        said(&run)
    };
    let empty = refused("empty.csv", "");
    assert!(empty.contains("error: the file is empty\n") && empty.contains("`unique_id,ds,y`"), "{empty}");
    let other = refused("other.csv", "sku,ds,y\nA;B,2026-01-01,5\n");
    assert!(other.contains("error: the file has no column `unique_id`\n"), "{other}");
    for (mark, name) in [(";", "semicolons"), ("\t", "tabs"), ("|", "upright bars")] {
        let days = (0..60).map(|day| format!("A{mark}{}{mark}{},5\n", Day::from_days(20_400 + day), day % 5));
        let header =
            if mark == ";" { "\"unique_id\";\"ds\";\"y\"\n".to_owned() } else { ["unique_id", "ds", "y\n"].join(mark) };
        let other = refused("it's here.csv", &(header + &days.collect::<String>()));
        let told = format!("error: the columns are parted by {name}, not by commas\n");
        assert!(other.contains(&told), "{other}");
        let hint = other.split("hint: ").nth(1).unwrap().lines().next().unwrap();
        let shell = std::process::Command::new("sh").args(["-c", hint]).current_dir(project.path("")).status().unwrap();
        assert!(shell.success(), "{hint}");
        let run = project.trueup(&["forecast", "series.csv"]);
        assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    }
}

#[test]
fn a_file_gives_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    let mut text = "unique_id,ds,y\n".to_owned();
    for series in 0..150 {
        for day in 0..DAYS {
            text.push_str(&format!("S{series},{},{}\n", FIRST.plus(day as i32), units(series, day)));
        }
    }
    fs::write(&path, text).unwrap();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let output =
            pool.install(|| forecast_series(&path, &SeriesOptions { backtest: vec![14], ..options() })).unwrap();
        let real = |rows: &trueup::lake::Rows, name: &str| -> Vec<Option<u64>> {
            let values = rows.real(name).unwrap();
            (0..rows.len()).map(|row| values.get(row).map(f64::to_bits)).collect()
        };
        let mut bits = real(&output.forecast, "mean");
        for name in ["p50", "p80", "p90", "p95", "p975", "p99"] {
            bits.extend(real(&output.lead_time_demand, name));
        }
        bits.extend(real(&output.accuracy, "spl"));
        bits
    };
    assert_eq!(on(1), on(5));
}

/// The command says where it wrote what; accuracy is a table only where it was asked for.
#[test]
fn the_command_says_where_it_wrote() {
    let project = Project::empty();
    let mut text = "unique_id,ds,y\n".to_owned();
    for item in 0..3 {
        for day in 0..60 {
            text.push_str(&format!("item-{item},{},{}\n", Day::from_days(20_400 + day), (day * 7 + item) % 5));
        }
    }
    fs::write(project.path("series.csv"), text).unwrap();
    let tables = |folder: &str| {
        let files = fs::read_dir(project.path(folder)).unwrap();
        let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".csv"));
        names.sort();
        names
    };
    let plain = project.trueup(&["forecast", "series.csv", "--horizon", "14"]);
    let wrote =
        "Wrote `forecast` and `lead_time_demand` as CSV and Parquet to ./forecast/; `--backtest 14` adds `accuracy`";
    assert!(said(&plain).contains(wrote), "{}", said(&plain));
    assert_eq!(tables("forecast"), ["forecast.csv", "lead_time_demand.csv"]);
    let tested = project.trueup(&["forecast", "series.csv", "--backtest", "14,59", "--out", "tested"]);
    let wrote = "Wrote `forecast`, `lead_time_demand` and `accuracy` as CSV and Parquet to ./tested/\n";
    assert!(said(&tested).contains(wrote), "{}", said(&tested));
    let accuracy = fs::read_to_string(project.path("tested/accuracy.csv")).unwrap();
    let rows: Vec<&str> = accuracy.lines().skip(1).collect();
    assert!(rows[0].starts_with("14,3,") && !rows[0].contains(",,"), "{accuracy}");
    assert!(rows[1].starts_with("59,0,,,,,,,"), "what was measured on nothing is unknown: {accuracy}");
}

//! Parquet files of series: any types, any values, and pages that are not what they say.

use std::fs;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use trueup::forecast::{Frequency, SeriesOptions, Until, forecast_series};

use super::{End, try_all};
use crate::mutations::{Chance, damage};

const WHOLE: &[i64] = &[0, 1, -1, i64::MAX, i64::MIN, 1 << 53, -(1 << 40), 86_400_000_000, 20_000, 719_163];
const REAL: &[f64] =
    &[0.0, -0.0, 1.0, -1.0, 0.1, 1e308, -1e308, 1e-320, f64::MAX, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e19];
const TEXTS: &[&str] = &[
    "2026-02-28",
    "2026-02-28T24:00:00",
    "0000-00-00",
    "9999-12-31",
    "-1",
    "1e400",
    "",
    "\u{202e}",
    "20260228",
    "2026-W09",
];

/// A value as it should be, now and then another.
fn whole(usual: i64, chance: &mut Chance, rarely: usize) -> Option<i64> {
    match chance.below(rarely) {
        0 => Some(WHOLE[chance.below(WHOLE.len())]),
        1 => None,
        _ => Some(usual),
    }
}

fn real(usual: f64, chance: &mut Chance, rarely: usize) -> Option<f64> {
    match chance.below(rarely) {
        0 => Some(REAL[chance.below(REAL.len())]),
        1 => None,
        _ => Some(usual),
    }
}

fn steps(length: i64, chance: &mut Chance, rarely: usize) -> ArrayRef {
    let first = [1, 20_000, 20_500][chance.below(3)];
    let days: Vec<Option<i64>> = (first..first + length).map(|step| whole(step, chance, rarely)).collect();
    match chance.below(5) {
        0 => Arc::new(Int64Array::from(days)),
        1 => Arc::new(days.iter().map(|day| day.map(|day| day as i32)).collect::<Date32Array>()),
        2 => {
            let instants = days.iter().map(|day| day.map(|day| day.wrapping_mul(86_400_000_000)));
            Arc::new(instants.collect::<TimestampMicrosecondArray>())
        }
        3 => {
            let mut text =
                |day: i64| if day == 20_001 { TEXTS[chance.below(TEXTS.len())].to_owned() } else { day.to_string() };
            Arc::new(days.into_iter().map(|day| day.map(&mut text)).collect::<StringArray>())
        }
        _ => Arc::new(days.iter().map(|day| day.map(|day| day as f64)).collect::<Float64Array>()),
    }
}

fn values(length: i64, chance: &mut Chance, rarely: usize) -> ArrayRef {
    let usual = |step: i64| (step % 7 * (step % 3)) as f64;
    let values: Vec<Option<f64>> = (0..length).map(|step| real(usual(step), chance, rarely)).collect();
    match chance.below(6) {
        0 => Arc::new(values.iter().map(|value| value.map(|value| value as i64)).collect::<Int64Array>()),
        1 => Arc::new(values.iter().map(|value| value.map(|value| value.to_string())).collect::<StringArray>()),
        2 => Arc::new(values.iter().map(|value| value.map(|value| value as i128)).collect::<Decimal128Array>()),
        3 if chance.below(4) == 0 => Arc::new(values.iter().map(|value| value.map(|_| true)).collect::<BooleanArray>()),
        _ => Arc::new(Float64Array::from(values)),
    }
}

fn file(chance: &mut Chance) -> Vec<u8> {
    let length = chance.below(40) as i64;
    // In most files everything is as it should be, so that more than the first value is read.
    let rarely = [20, 400, 1_000_000, 1_000_000][chance.below(4)];
    let names: StringArray = (0..length).map(|step| Some(if step * 3 < length { "A" } else { "B" })).collect();
    let mut columns: Vec<(&str, ArrayRef)> = vec![
        ("unique_id", Arc::new(names)),
        ("ds", steps(length, chance, rarely)),
        ("y", values(length, chance, rarely)),
    ];
    if chance.below(3) == 0 {
        columns.push(("stockout_hours", values(length, chance, rarely)));
        columns.push(("open_hours", values(length, chance, rarely)));
    }
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, values)| (name, values, true)));
    let batch = batch.unwrap();
    let compression = [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::default())];
    let properties = WriterProperties::builder()
        .set_compression(compression[chance.below(3)])
        .set_dictionary_enabled(chance.below(2) == 0)
        .set_max_row_group_row_count(Some(1 + chance.below(60)))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

fn options(chance: &mut Chance) -> SeriesOptions {
    let count = |chance: &mut Chance, usual: usize| match chance.below(40) {
        0 => [0, 1, 10_001, usize::MAX][chance.below(4)],
        _ => 1 + chance.below(usual),
    };
    let frequencies = [
        Frequency::Daily,
        Frequency::Weekly,
        Frequency::Monthly,
        Frequency::Hourly,
        Frequency::Quarterly,
        Frequency::Yearly,
    ];
    SeriesOptions {
        horizon: count(chance, 8),
        lead_times: (0..chance.below(3)).map(|_| count(chance, 5)).collect(),
        levels: if chance.below(30) == 0 { vec![f64::NAN, 1.0] } else { vec![0.5, 0.99] },
        season: (chance.below(3) == 0).then(|| count(chance, 9)),
        frequency: (chance.below(2) == 0).then(|| frequencies[chance.below(frequencies.len())]),
        backtest: (0..chance.below(2)).map(|_| count(chance, 30)).collect(),
        backtest_series: chance.below(3),
        until: [None, Some(Until::Own), Some(Until::Newest)][chance.below(3)],
    }
}

#[test]
fn any_file_of_series_is_forecast_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.parquet");
    try_all("series", 300, |chance| {
        let mut bytes = file(chance);
        if chance.below(3) == 0 {
            let other = file(chance);
            damage(&mut bytes, &[other], chance);
        }
        fs::write(&path, bytes).unwrap();
        End::of(forecast_series(&path, &options(chance)))
    });
}

//! A Parquet file of series.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use chrono::{DateTime, Datelike, Offset, TimeDelta, TimeZone, Utc};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::ParquetMetaData;

use super::super::models::MOST;
use super::calendar::Position;
use super::csv_file::UNLIKE;
use super::unknown::is_unknown;
use super::{COLUMNS, Collector, Frequency, Reading};
use crate::error::{Diagnostic, Result, caught};

/// Rows that are in memory at once.
const BATCH_ROWS: usize = 65_536;
/// Bytes of one column of a row group, once inflated.
const MOST_INFLATED: i64 = 1 << 30;

/// Reads the same columns as the CSV reader, of any type that can become text, a date or a number; returns
/// the names of the others.
pub(super) fn read(path: &Path, collector: &mut Collector) -> Result<Vec<String>> {
    // A file's contents must not end the program, even where the reader would panic on them.
    let read = caught(|| read_batches(path, collector));
    read.unwrap_or_else(|| Err(unreadable(path, &"its pages contradict its own description")))
}

fn read_batches(path: &Path, collector: &mut Collector) -> Result<Vec<String>> {
    let file = File::open(path).map_err(|error| Diagnostic::io("read", path, &error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(path, &error))?;
    believable(path, builder.metadata())?;
    let schema = builder.parquet_schema();
    for name in &COLUMNS[..3] {
        if !schema.columns().iter().any(|column| column.name() == *name) {
            let message = format!("the file has no column `{name}`");
            let hint = "columns are `unique_id`, `ds` and `y`";
            return Err(Diagnostic::error("series-column", message).in_file(path).hint(hint).into());
        }
    }
    let mask = ProjectionMask::columns(schema, COLUMNS);
    let names = builder.schema().fields().iter().map(|field| field.name());
    let others = names.filter(|name| !COLUMNS.contains(&name.as_str())).cloned().collect();
    let batches = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
    let mut before = 0;
    for batch in batches.map_err(|error| unreadable(path, &error))? {
        let batch = batch.map_err(|error| unreadable(path, &error))?;
        take(path, &batch, before, collector)?;
        before += batch.num_rows();
    }
    Ok(others)
}

/// What the file states of itself decides how much room its reader asks for.
fn believable(path: &Path, stated: &ParquetMetaData) -> Result<()> {
    let length = File::open(path).and_then(|file| file.metadata()).map_or(0, |stated| stated.len());
    for column in stated.row_groups().iter().flat_map(|group| group.columns()) {
        // A dictionary stands before the pages and is counted with them.
        let from = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
        let bytes = u64::try_from(from).ok().zip(u64::try_from(column.compressed_size()).ok());
        let ends = bytes.and_then(|(from, size)| from.checked_add(size));
        if ends.is_none_or(|end| end > length) {
            return Err(unreadable(path, &"a column lies outside of the file"));
        }
        if !(0..=MOST_INFLATED).contains(&column.uncompressed_size()) || column.num_values() < 0 {
            return Err(unreadable(path, &format!("a column states more than {MOST_INFLATED} bytes in one row group")));
        }
    }
    Ok(())
}

/// Takes the rows of a batch; `before` it came so many.
fn take(path: &Path, batch: &RecordBatch, before: usize, collector: &mut Collector) -> Result<()> {
    let column = |name: &str| batch.column_by_name(name);
    let need = |name: &str| column(name).ok_or_else(|| unreadable(path, &format!("no column `{name}`")));
    let names = cast(need("unique_id")?, &DataType::Utf8).map_err(|error| unreadable(path, &error))?;
    let names: &StringArray = names.as_string();
    let steps = Steps::of(path, need("ds")?)?;
    let values = Numbers::of(path, need("y")?)?;
    let hours = column("stockout_hours").map(|array| Numbers::of(path, array)).transpose()?;
    let open = column("open_hours").map(|array| Numbers::of(path, array)).transpose()?;
    for row in 0..batch.num_rows() {
        let bad = |name: &str| {
            let message = format!("`{name}` is missing or no such value in row {}", before + row + 1);
            Box::new(Diagnostic::error("series-cell", message).in_file(path))
        };
        let position = steps.at(row, collector.frequency).ok_or_else(|| bad("ds"))?;
        let name = names.is_valid(row).then(|| names.value(row)).ok_or_else(|| bad("unique_id"))?;
        let value = values.at(row).ok_or_else(|| bad("y"))?;
        if value.is_some_and(|value| value.abs() > MOST) {
            return Err(bad("y"));
        }
        let hours_of = |numbers: &Option<Numbers>, name: &str| match numbers {
            Some(numbers) => numbers.at(row).ok_or_else(|| bad(name)),
            None => Ok(None),
        };
        let of = hours_of(&open, "open_hours")?.unwrap_or(24.0);
        let share = hours_of(&hours, "stockout_hours")?.unwrap_or(0.0) / of;
        let out_of_stock = if share.is_finite() { share.clamp(0.0, 1.0) as f32 } else { 0.0 };
        if !collector.add(name, Reading { position, value: value.map(|value| value as f32), out_of_stock }) {
            let message = format!("`ds` of row {} is not {UNLIKE}", before + row + 1);
            return Err(Diagnostic::error("series-cell", message).in_file(path).into());
        }
    }
    Ok(())
}

/// A column of numbers beside what the file has in their place.
struct Numbers {
    values: Float64Array,
    /// The texts, where the column is of text.
    texts: Option<ArrayRef>,
}

impl Numbers {
    fn of(path: &Path, array: &ArrayRef) -> Result<Self> {
        let to = |kind: &DataType| cast(array, kind).map_err(|error| unreadable(path, &error));
        let values = to(&DataType::Float64)?.as_primitive::<Float64Type>().clone();
        let is_text = !array.data_type().is_primitive() && !array.data_type().is_null();
        Ok(Self { values, texts: if is_text { Some(to(&DataType::Utf8)?) } else { None } })
    }

    /// The number of a row, `Some(None)` where the file says that nobody knows it; `None` where it has
    /// something else.
    fn at(&self, row: usize) -> Option<Option<f64>> {
        if self.values.is_valid(row) {
            let value = self.values.value(row);
            return (!value.is_infinite()).then(|| (!value.is_nan()).then_some(value));
        }
        let text =
            self.texts.as_ref().filter(|texts| texts.is_valid(row)).map(|texts| texts.as_string::<i32>().value(row));
        text.is_none_or(|text| is_unknown(text.trim())).then_some(None)
    }
}

/// `ds` as numbers, instants or text.
enum Steps {
    Numbers(ArrayRef),
    /// Microseconds of UTC with their zone, of the local clock without one.
    Instants(ArrayRef, Option<Zone>),
    Texts(ArrayRef),
}

impl Steps {
    fn of(path: &Path, array: &ArrayRef) -> Result<Self> {
        let to = |kind: DataType| cast(array, &kind).map_err(|error| unreadable(path, &error));
        Ok(match array.data_type() {
            kind if kind.is_integer() => Self::Numbers(to(DataType::Int64)?),
            DataType::Timestamp(_, Some(zone)) => {
                let known =
                    Zone::named(zone).ok_or_else(|| unreadable(path, &format!("`ds` is in no known zone `{zone}`")))?;
                let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into()));
                Self::Instants(to(utc)?, Some(known))
            }
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
                Self::Instants(to(DataType::Timestamp(TimeUnit::Microsecond, None))?, None)
            }
            _ => Self::Texts(to(DataType::Utf8)?),
        })
    }

    fn at(&self, row: usize, frequency: Frequency) -> Option<Position> {
        match self {
            Self::Numbers(array) => {
                array.is_valid(row).then(|| Position::number(array.as_primitive::<Int64Type>().value(row)))?
            }
            Self::Instants(array, zone) => {
                let micros =
                    array.is_valid(row).then(|| array.as_primitive::<TimestampMicrosecondType>().value(row))?;
                let utc = DateTime::from_timestamp_micros(micros)?;
                let offset = zone.as_ref().map(|zone| zone.offset_at(utc));
                let local = utc.naive_utc().checked_add_signed(TimeDelta::seconds(offset.unwrap_or(0).into()))?;
                // A text cannot name another year, and calendars end.
                (0..10_000).contains(&local.year()).then(|| frequency.at(local, offset))
            }
            Self::Texts(array) => {
                array.is_valid(row).then(|| frequency.position(array.as_string::<i32>().value(row)))?
            }
        }
    }
}

/// What a file's clocks are: a place's, or so many seconds ahead of UTC.
enum Zone {
    Place(chrono_tz::Tz),
    Fixed(i32),
}

impl Zone {
    fn named(name: &str) -> Option<Self> {
        let place = || name.parse().ok().map(Self::Place);
        super::calendar::utc_offset(name).map(Self::Fixed).or_else(place)
    }

    fn offset_at(&self, utc: DateTime<Utc>) -> i32 {
        match self {
            Self::Place(zone) => zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc(),
            Self::Fixed(seconds) => *seconds,
        }
    }
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Box<Diagnostic> {
    let hint = "it must be uncompressed or compressed with Snappy or zstd; a CSV file does as well";
    let message = format!("cannot read the file as Parquet: {error}");
    Box::new(Diagnostic::error("series-parquet", message).in_file(path).hint(hint))
}

//! A Parquet file of series.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType};
use chrono::DateTime;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::super::models::MOST;
use super::calendar::Position;
use super::{Collector, Frequency, Reading};
use crate::error::{Diagnostic, Result};

const WANTED: [&str; 5] = ["unique_id", "ds", "y", "stockout_hours", "open_hours"];

/// Reads the same columns as the CSV reader, of any type that can become text, a date or a number.
pub(super) fn read(path: &Path, collector: &mut Collector) -> Result<()> {
    let file = File::open(path).map_err(|error| Diagnostic::io("read", path, &error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| unreadable(path, &error))?;
    let schema = builder.parquet_schema();
    for name in &WANTED[..3] {
        if !schema.columns().iter().any(|column| column.name() == *name) {
            let message = format!("the file has no column `{name}`");
            let hint = "columns are `unique_id`, `ds` and `y`";
            return Err(Diagnostic::error("series-column", message).in_file(path).hint(hint).into());
        }
    }
    let mask = ProjectionMask::columns(schema, WANTED);
    let batches = builder.with_projection(mask).with_batch_size(65_536).build();
    for batch in batches.map_err(|error| unreadable(path, &error))? {
        let batch = batch.map_err(|error| unreadable(path, &error))?;
        take(path, &batch, collector)?;
    }
    Ok(())
}

fn take(path: &Path, batch: &RecordBatch, collector: &mut Collector) -> Result<()> {
    let column = |name: &str| batch.column_by_name(name);
    let need = |name: &str| column(name).ok_or_else(|| unreadable(path, &format!("no column `{name}`")));
    let names = cast(need("unique_id")?, &DataType::Utf8).map_err(|error| unreadable(path, &error))?;
    let names: &StringArray = names.as_string();
    let steps = Steps::of(path, need("ds")?)?;
    let values = numbers(path, need("y")?)?;
    let hours = column("stockout_hours").map(|array| numbers(path, array)).transpose()?;
    let open = column("open_hours").map(|array| numbers(path, array)).transpose()?;
    for row in 0..batch.num_rows() {
        let missing = |name: &str| {
            let message = format!("`{name}` is missing or no such value in row {} of a batch", row + 1);
            Box::new(Diagnostic::error("series-cell", message).in_file(path))
        };
        let position = steps.at(row, collector.frequency).ok_or_else(|| missing("ds"))?;
        let known = values.is_valid(row) && values.value(row).abs() <= MOST && names.is_valid(row);
        let value = known.then(|| values.value(row) as f32).ok_or_else(|| missing("y"))?;
        let of = |array: &Option<Float64Array>, default: f64| {
            array.as_ref().filter(|array| array.is_valid(row)).map_or(default, |array| array.value(row))
        };
        let share = of(&hours, 0.0) / of(&open, 24.0);
        let out_of_stock = if share.is_finite() { share.clamp(0.0, 1.0) as f32 } else { 0.0 };
        collector.add(names.value(row), Reading { position, value, out_of_stock });
    }
    Ok(())
}

fn numbers(path: &Path, array: &ArrayRef) -> Result<Float64Array> {
    let cast = cast(array, &DataType::Float64).map_err(|error| unreadable(path, &error))?;
    Ok(cast.as_primitive::<Float64Type>().clone())
}

/// `ds` as numbers, instants or text.
enum Steps {
    Numbers(ArrayRef),
    Instants(ArrayRef),
    Texts(ArrayRef),
}

impl Steps {
    fn of(path: &Path, array: &ArrayRef) -> Result<Self> {
        let to = |kind: DataType| cast(array, &kind).map_err(|error| unreadable(path, &error));
        Ok(match array.data_type() {
            kind if kind.is_integer() => Self::Numbers(to(DataType::Int64)?),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
                Self::Instants(to(DataType::Timestamp(TimeUnit::Microsecond, None))?)
            }
            _ => Self::Texts(to(DataType::Utf8)?),
        })
    }

    fn at(&self, row: usize, frequency: Frequency) -> Option<Position> {
        match self {
            Self::Numbers(array) => {
                array.is_valid(row).then(|| Position::number(array.as_primitive::<Int64Type>().value(row)))
            }
            Self::Instants(array) => {
                let micros =
                    array.is_valid(row).then(|| array.as_primitive::<TimestampMicrosecondType>().value(row))?;
                Some(frequency.at(DateTime::from_timestamp_micros(micros)?.naive_utc()))
            }
            Self::Texts(array) => {
                array.is_valid(row).then(|| frequency.position(array.as_string::<i32>().value(row)))?
            }
        }
    }
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Box<Diagnostic> {
    let hint = "it must be uncompressed or compressed with zstd; a CSV file does as well";
    let message = format!("cannot read the file as Parquet: {error}");
    Box::new(Diagnostic::error("series-parquet", message).in_file(path).hint(hint))
}

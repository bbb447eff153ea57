//! The engine's answer as rows: exact, or a message; never a value of another kind.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Field, Schema};
use polars::prelude::{Column, DataFrame, DataType, PolarsError, TimeUnit};

use crate::error::{Diagnostic, Result};
use crate::lake::{Kind, Rows};

/// Ten to the 18th: the first number that `DECIMAL(18, …)` cannot hold.
const LIMIT: i128 = 1_000_000_000_000_000_000;

/// The rows of a frame. Sums of money, which the engine widens, are money again.
pub(crate) fn rows(name: &str, frame: &DataFrame) -> Result<Rows> {
    let mut fields = Vec::with_capacity(frame.width());
    let mut arrays = Vec::with_capacity(frame.width());
    for column in frame.columns() {
        let (kind, array) = array(name, column)?;
        fields.push(Field::new(column.name().as_str(), kind.data_type(), true));
        arrays.push(array);
    }
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(frame.height()));
    let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|error| Diagnostic::error("engine", format!("`{name}`: {error}")))?;
    Ok(Rows::new(name, batch))
}

fn array(name: &str, column: &Column) -> Result<(Kind, ArrayRef)> {
    let failed = |error: PolarsError| Diagnostic::error("engine", format!("`{name}`.`{}`: {error}", column.name()));
    Ok(match column.dtype() {
        DataType::String => {
            (Kind::Text, Arc::new(column.str().map_err(failed)?.iter().collect::<StringArray>()) as ArrayRef)
        }
        DataType::Int64 => (Kind::Integer, Arc::new(column.i64().map_err(failed)?.iter().collect::<Int64Array>())),
        DataType::Float64 => (Kind::Real, Arc::new(column.f64().map_err(failed)?.iter().collect::<Float64Array>())),
        DataType::Boolean => (Kind::Flag, Arc::new(column.bool().map_err(failed)?.iter().collect::<BooleanArray>())),
        DataType::Date => {
            let days = column.date().map_err(failed)?.physical().iter().collect::<Date32Array>();
            (Kind::Day, Arc::new(days))
        }
        DataType::Datetime(TimeUnit::Microseconds, _) => {
            let times = column.datetime().map_err(failed)?.physical().iter().collect::<TimestampMicrosecondArray>();
            (Kind::Timestamp, Arc::new(times.with_timezone("UTC")))
        }
        DataType::Decimal(_, scale) => {
            let kind = if *scale == 6 { Kind::Rate } else { Kind::Money };
            let values = column.decimal().map_err(failed)?.physical().iter();
            let values: Result<Vec<Option<i128>>> =
                values.map(|value| value.map(|value| narrowed(name, column, value, *scale)).transpose()).collect();
            (kind, Arc::new(Decimal128Array::from(values?).with_data_type(kind.data_type())))
        }
        other => return Err(unportable(name, column, other).into()),
    })
}

/// The value at scale 4, or as it is at scale 6, if 18 digits hold it.
fn narrowed(name: &str, column: &Column, value: i128, scale: usize) -> Result<i128> {
    let exact = match scale {
        4 | 6 => Some(value),
        0..4 => value.checked_mul(10_i128.pow(4 - scale as u32)),
        _ => {
            let factor = u32::try_from(scale - 4).ok().and_then(|digits| 10_i128.checked_pow(digits));
            factor.filter(|factor| value % factor == 0).map(|factor| value / factor)
        }
    };
    exact.filter(|value| value.abs() < LIMIT).ok_or_else(|| {
        let message = format!("`{name}`.`{}` holds an amount beyond DECIMAL(18,4)", column.name());
        Diagnostic::error("money-overflow", message).into()
    })
}

fn unportable(name: &str, column: &Column, found: &DataType) -> Diagnostic {
    let column = column.name();
    let message = format!("column `{column}` of `{name}` is {found}, which engines do not agree on");
    let hint = match found {
        DataType::Null => format!("give it a type: `cast(null as varchar) as {column}`"),
        DataType::Duration(_) => "return both times; the difference is taken outside SQL".to_owned(),
        _ => format!("write `cast(… as bigint) as {column}`"),
    };
    Diagnostic::error("column-type", message).hint(hint)
}

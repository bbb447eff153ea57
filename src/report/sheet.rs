//! A sheet as the page reads it: one value at a time, and a column that is not there is unknown.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};

use crate::lake::Rows;
use crate::types::{Day, Money, Rate, Timestamp};

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Unknown,
    Text(&'a str),
    Integer(i64),
    Money(Money),
    Rate(Rate),
    Day(Day),
    Timestamp(Timestamp),
    Real(f64),
    Flag(bool),
}

impl Value<'_> {
    /// The number in it, for charts and for ranking only.
    pub(crate) fn number(self) -> Option<f64> {
        match self {
            Self::Integer(value) => Some(value as f64),
            Self::Money(value) => Some(value.to_f64()),
            Self::Rate(value) => Some(value.to_f64()),
            Self::Real(value) => Some(value),
            Self::Day(value) => Some(f64::from(value.days())),
            Self::Timestamp(value) => Some(value.seconds() as f64),
            Self::Flag(value) => Some(f64::from(u8::from(value))),
            Self::Unknown | Self::Text(_) => None,
        }
    }
}

/// A sheet or its absence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sheet<'a>(Option<&'a Rows>);

impl<'a> Sheet<'a> {
    pub(crate) fn new(rows: Option<&'a Rows>) -> Self {
        Self(rows)
    }

    pub(crate) fn len(self) -> usize {
        self.0.map_or(0, Rows::len)
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    pub(crate) fn has(self, column: &str) -> bool {
        self.0.is_some_and(|rows| rows.batch().column_by_name(column).is_some())
    }

    pub(crate) fn rows(self) -> impl Iterator<Item = usize> {
        0..self.len()
    }

    /// The column, found once: the way to walk a long sheet.
    pub(crate) fn column(self, column: &str) -> Cells<'a> {
        Cells(self.0.and_then(|rows| rows.batch().column_by_name(column)))
    }

    pub(crate) fn value(self, row: usize, column: &str) -> Value<'a> {
        self.column(column).value(row)
    }

    pub(crate) fn text(self, row: usize, column: &str) -> &'a str {
        match self.value(row, column) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn integer(self, row: usize, column: &str) -> Option<i64> {
        match self.value(row, column) {
            Value::Integer(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn money(self, row: usize, column: &str) -> Option<Money> {
        match self.value(row, column) {
            Value::Money(value) => Some(value),
            _ => None,
        }
    }

    pub(crate) fn number(self, row: usize, column: &str) -> Option<f64> {
        self.value(row, column).number()
    }

    /// True for a flag that is set, and for a word other than `no`, `none` or nothing.
    pub(crate) fn is_set(self, row: usize, column: &str) -> bool {
        match self.value(row, column) {
            Value::Flag(set) => set,
            Value::Text(word) => !matches!(word, "" | "no" | "none" | "false"),
            Value::Integer(count) => count != 0,
            _ => false,
        }
    }

    /// The exact sum over `rows`; unknown as soon as one part is.
    pub(crate) fn sum(self, rows: &[usize], column: &str) -> Option<Money> {
        rows.iter().map(|row| self.money(*row, column)).sum()
    }
}

/// A column or its absence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cells<'a>(Option<&'a ArrayRef>);

impl<'a> Cells<'a> {
    pub(crate) fn value(self, row: usize) -> Value<'a> {
        self.0.and_then(|array| value(array.as_ref(), row)).unwrap_or(Value::Unknown)
    }

    pub(crate) fn text(self, row: usize) -> &'a str {
        match self.value(row) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub(crate) fn number(self, row: usize) -> Option<f64> {
        self.value(row).number()
    }

    pub(crate) fn day(self, row: usize) -> Option<Day> {
        match self.value(row) {
            Value::Day(day) => Some(day),
            _ => None,
        }
    }
}

/// The cell of an array; `None` where it is null or of a type that no sheet has.
pub(crate) fn value(array: &dyn Array, row: usize) -> Option<Value<'_>> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Utf8 => Value::Text(array.as_string::<i32>().value(row)),
        DataType::Int64 => Value::Integer(array.as_primitive::<Int64Type>().value(row)),
        DataType::Decimal128(_, 4) => {
            let units = array.as_primitive::<Decimal128Type>().value(row);
            Value::Money(Money::from_ten_thousandths(i64::try_from(units).ok()?))
        }
        DataType::Decimal128(_, 6) => {
            let units = array.as_primitive::<Decimal128Type>().value(row);
            Value::Rate(Rate::from_millionths(i64::try_from(units).ok()?))
        }
        DataType::Date32 => Value::Day(Day::from_days(array.as_primitive::<Date32Type>().value(row))),
        DataType::Timestamp(_, _) => {
            let array = array.as_primitive_opt::<TimestampMicrosecondType>()?;
            Value::Timestamp(Timestamp::from_micros(array.value(row)))
        }
        DataType::Float64 => Value::Real(array.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => Value::Flag(array.as_boolean().value(row)),
        _ => return None,
    })
}

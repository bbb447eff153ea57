//! Rows in memory: one Arrow batch with typed columns, in and out of the lake, the queries and the
//! reports alike.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBuilder, Date32Array, Date32Builder, Decimal128Array,
    Decimal128Builder, Float64Array, Float64Builder, Int64Array, Int64Builder, RecordBatch, StringArray, StringBuilder,
    TimestampMicrosecondArray, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{Date32Type, Decimal128Type, Field, Float64Type, Int64Type, Schema, TimestampMicrosecondType};
use smol_str::SmolStr;

use super::tables::{Column, Kind};
use crate::error::{Diagnostic, Result};
use crate::types::{Channel, Day, Money, Rate, Sku, Timestamp};

/// A named table in memory: what a query answers, what a stage hands to the reports.
#[derive(Clone, Debug)]
pub struct Rows {
    name: String,
    batch: RecordBatch,
}

impl Rows {
    /// A batch under a name; the name is used in messages.
    pub fn new(name: impl Into<String>, batch: RecordBatch) -> Self {
        Self { name: name.into(), batch }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The batch.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// True without rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A text column.
    pub fn text(&self, column: &str) -> Result<Texts<'_>> {
        self.array(column, Kind::Text).map(|array| Texts(array.as_string()))
    }

    /// A column of whole numbers.
    pub fn integer(&self, column: &str) -> Result<Integers<'_>> {
        self.array(column, Kind::Integer).map(|array| Integers(array.as_primitive::<Int64Type>()))
    }

    /// A column of amounts.
    pub fn money(&self, column: &str) -> Result<Amounts<'_>> {
        self.array(column, Kind::Money).map(|array| Amounts(array.as_primitive::<Decimal128Type>()))
    }

    /// A column of rates.
    pub fn rate(&self, column: &str) -> Result<Rates<'_>> {
        self.array(column, Kind::Rate).map(|array| Rates(array.as_primitive::<Decimal128Type>()))
    }

    /// A column of days.
    pub fn day(&self, column: &str) -> Result<Days<'_>> {
        self.array(column, Kind::Day).map(|array| Days(array.as_primitive::<Date32Type>()))
    }

    /// A column of instants.
    pub fn timestamp(&self, column: &str) -> Result<Timestamps<'_>> {
        self.array(column, Kind::Timestamp).map(|array| Timestamps(array.as_primitive::<TimestampMicrosecondType>()))
    }

    /// A column of measurements.
    pub fn real(&self, column: &str) -> Result<Reals<'_>> {
        self.array(column, Kind::Real).map(|array| Reals(array.as_primitive::<Float64Type>()))
    }

    /// A column of yes and no.
    pub fn flag(&self, column: &str) -> Result<Flags<'_>> {
        self.array(column, Kind::Flag).map(|array| Flags(array.as_boolean()))
    }

    fn array(&self, column: &str, kind: Kind) -> Result<&ArrayRef> {
        let array = self
            .batch
            .column_by_name(column)
            .ok_or_else(|| Diagnostic::error("missing-column", format!("`{}` has no column `{column}`", self.name)))?;
        if *array.data_type() != kind.data_type() {
            let message =
                format!("column `{column}` of `{}` is {} and not {}", self.name, array.data_type(), kind.data_type());
            return Err(Diagnostic::error("column-type", message).into());
        }
        Ok(array)
    }
}

macro_rules! column {
    ($(#[$doc:meta])* $type:ident, $array:ty, $value:ty, |$self:ident, $row:ident| $get:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $type<'a>(&'a $array);

        impl<'a> $type<'a> {
            /// The value of a row; `None` where it is unknown.
            pub fn get(&self, $row: usize) -> Option<$value> {
                let $self = self.0;
                ($self.is_valid($row)).then(|| $get)
            }

            /// The values in order.
            pub fn iter(self) -> impl Iterator<Item = Option<$value>> + 'a {
                (0..self.0.len()).map(move |row| self.get(row))
            }
        }
    };
}

column!(
    /// A text column.
    Texts, StringArray, &'a str, |array, row| array.value(row)
);
column!(
    /// A column of whole numbers.
    Integers, Int64Array, i64, |array, row| array.value(row)
);
column!(
    /// A column of amounts.
    Amounts, Decimal128Array, Money, |array, row| Money::from_ten_thousandths(array.value(row) as i64)
);
column!(
    /// A column of rates.
    Rates, Decimal128Array, Rate, |array, row| Rate::from_millionths(array.value(row) as i64)
);
column!(
    /// A column of days.
    Days, Date32Array, Day, |array, row| Day::from_days(array.value(row))
);
column!(
    /// A column of instants.
    Timestamps, TimestampMicrosecondArray, Timestamp, |array, row| Timestamp::from_micros(array.value(row))
);
column!(
    /// A column of measurements.
    Reals, Float64Array, f64, |array, row| array.value(row)
);
column!(
    /// A column of yes and no.
    Flags, BooleanArray, bool, |array, row| array.value(row)
);

/// One value on its way into a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unknown.
    Null,
    /// Text; short ones need no memory of their own, and all are quick to copy.
    Text(SmolStr),
    /// A count.
    Integer(i64),
    /// An amount.
    Money(Money),
    /// A rate.
    Rate(Rate),
    /// A day.
    Day(Day),
    /// An instant.
    Timestamp(Timestamp),
    /// A measurement; one that is not finite becomes unknown.
    Real(f64),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// A text that the program itself knows.
    pub const fn word(text: &'static str) -> Self {
        Self::Text(SmolStr::new_static(text))
    }

    /// True where nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

macro_rules! cell_from {
    ($($source:ty => |$value:ident| $cell:expr),+ $(,)?) => {
        $(impl From<$source> for Cell {
            fn from($value: $source) -> Self {
                $cell
            }
        })+
    };
}

cell_from! {
    &str => |value| Self::Text(value.into()),
    String => |value| Self::Text(value.into()),
    SmolStr => |value| Self::Text(value),
    &Sku => |value| Self::Text(value.as_str().into()),
    &Channel => |value| Self::Text(value.as_str().into()),
    i64 => |value| Self::Integer(value),
    Money => |value| Self::Money(value),
    Rate => |value| Self::Rate(value),
    Day => |value| Self::Day(value),
    Timestamp => |value| Self::Timestamp(value),
    f64 => |value| Self::Real(value),
    bool => |value| Self::Flag(value),
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Builds [`Rows`] row by row.
#[derive(Debug)]
pub struct RowsBuilder {
    name: String,
    columns: Vec<Column>,
    builders: Vec<ColumnBuilder>,
}

#[derive(Debug)]
enum ColumnBuilder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Money(Decimal128Builder),
    Rate(Decimal128Builder),
    Day(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Real(Float64Builder),
    Flag(BooleanBuilder),
}

impl RowsBuilder {
    /// An empty table of these columns.
    pub fn new(name: impl Into<String>, columns: impl IntoIterator<Item = Column>) -> Self {
        let columns: Vec<Column> = columns.into_iter().collect();
        let builders = columns.iter().map(|column| ColumnBuilder::new(column.kind)).collect();
        Self { name: name.into(), columns, builders }
    }

    /// Appends one row.
    ///
    /// # Panics
    /// If the cells are not those of the columns: a defect of the caller, not of the data.
    pub fn push(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.push_all(&cells.into_iter().collect::<Vec<Cell>>());
    }

    /// The same of cells that lie next to each other, as those of an export do: there are millions.
    pub(crate) fn push_all(&mut self, cells: &[Cell]) {
        assert_eq!(cells.len(), self.columns.len(), "cells of a row of `{}`", self.name);
        for ((column, builder), cell) in self.columns.iter().zip(&mut self.builders).zip(cells) {
            assert!(column.nullable || !cell.is_null(), "`{}.{}` must be known", self.name, column.name);
            if !builder.push(cell) {
                panic!("`{}.{}` does not hold such a cell", self.name, column.name);
            }
        }
    }

    /// The table's columns.
    pub(crate) fn arrays(mut self) -> Vec<ArrayRef> {
        self.builders.iter_mut().map(ColumnBuilder::finish).collect()
    }

    /// The table.
    pub fn finish(mut self) -> Rows {
        let arrays: Vec<ArrayRef> = self.builders.iter_mut().map(ColumnBuilder::finish).collect();
        let fields: Vec<Field> = self
            .columns
            .iter()
            .map(|column| Field::new(column.name, column.kind.data_type(), column.nullable))
            .collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .expect("columns are of one length and of their types");
        Rows { name: self.name, batch }
    }
}

impl ColumnBuilder {
    fn new(kind: Kind) -> Self {
        let decimal = || Decimal128Builder::new().with_data_type(kind.data_type());
        match kind {
            Kind::Text => Self::Text(StringBuilder::new()),
            Kind::Integer => Self::Integer(Int64Builder::new()),
            Kind::Money => Self::Money(decimal()),
            Kind::Rate => Self::Rate(decimal()),
            Kind::Day => Self::Day(Date32Builder::new()),
            Kind::Timestamp => Self::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("UTC")),
            Kind::Real => Self::Real(Float64Builder::new()),
            Kind::Flag => Self::Flag(BooleanBuilder::new()),
        }
    }

    /// False where the cell is of another kind than the column.
    fn push(&mut self, cell: &Cell) -> bool {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(value)) => builder.append_value(value.as_str()),
            (Self::Text(builder), Cell::Null) => builder.append_null(),
            (Self::Integer(builder), Cell::Integer(value)) => builder.append_value(*value),
            (Self::Integer(builder), Cell::Null) => builder.append_null(),
            (Self::Money(builder), Cell::Money(value)) => builder.append_value(value.ten_thousandths().into()),
            (Self::Rate(builder), Cell::Rate(value)) => builder.append_value(value.millionths().into()),
            (Self::Money(builder) | Self::Rate(builder), Cell::Null) => builder.append_null(),
            (Self::Day(builder), Cell::Day(value)) => builder.append_value(value.days()),
            (Self::Day(builder), Cell::Null) => builder.append_null(),
            (Self::Timestamp(builder), Cell::Timestamp(value)) => builder.append_value(value.micros()),
            (Self::Timestamp(builder), Cell::Null) => builder.append_null(),
            (Self::Real(builder), Cell::Real(value)) if value.is_finite() => builder.append_value(*value),
            (Self::Real(builder), Cell::Real(_) | Cell::Null) => builder.append_null(),
            (Self::Flag(builder), Cell::Flag(value)) => builder.append_value(*value),
            (Self::Flag(builder), Cell::Null) => builder.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Money(builder) | Self::Rate(builder) => Arc::new(builder.finish()),
            Self::Day(builder) => Arc::new(builder.finish()),
            Self::Timestamp(builder) => Arc::new(builder.finish()),
            Self::Real(builder) => Arc::new(builder.finish()),
            Self::Flag(builder) => Arc::new(builder.finish()),
        }
    }
}

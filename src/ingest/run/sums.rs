//! Can what the lake is given still be added up? Every cell is in its range, and so must be what a shop's
//! cells come to: beyond it no sum over the shop has a number.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Int64Type};

use crate::error::{Diagnostic, Result};
use crate::ingest::limits;
use crate::lake::{Kind, Snapshot, Table};
use crate::types::Money;

/// What every column of amounts or counts has come to, whatever the sign.
#[derive(Clone, Default)]
pub(super) struct Sums {
    of: BTreeMap<(&'static str, &'static str), i128>,
    /// Tables of which the lake's own rows are counted in.
    with_lake: Vec<&'static str>,
}

impl Sums {
    /// Takes a batch in. What the lake has already is only looked up once a batch comes to a noticeable
    /// part of the limit, which no ordinary night does.
    ///
    /// # Errors
    /// Names the file, the line and the column with which a sum leaves its range.
    pub(super) fn add(&mut self, lake: Option<&Snapshot>, table: &'static Table, batch: &RecordBatch) -> Result<()> {
        if let Some(lake) = lake
            && !self.with_lake.contains(&table.name)
            && self.over(table, batch, limits::NOTICEABLE_SUM).is_some()
        {
            self.with_lake.push(table.name);
            for file in lake.files(table.name) {
                self.take(table, &lake.read_file(file)?);
            }
        }
        if let Some((column, row)) = self.over(table, batch, limits::SUM) {
            return Err(beyond(column, batch, row));
        }
        self.take(table, batch);
        Ok(())
    }

    fn take(&mut self, table: &'static Table, batch: &RecordBatch) {
        for column in columns(table) {
            let sum: i128 = sizes(batch, column).flatten().sum();
            *self.of.entry((table.name, column)).or_default() += sum;
        }
    }

    /// The first column, and its row, with which a sum is larger than this.
    fn over(&self, table: &'static Table, batch: &RecordBatch, limit: i128) -> Option<(&'static str, usize)> {
        columns(table).find_map(|column| {
            let mut sum = self.of.get(&(table.name, column)).copied().unwrap_or_default();
            let mut sizes = sizes(batch, column);
            let row = sizes.position(|size| {
                sum += size.unwrap_or_default();
                sum > limit
            })?;
            Some((column, row))
        })
    }
}

/// Columns that are added up: amounts, and counts of units.
fn columns(table: &'static Table) -> impl Iterator<Item = &'static str> {
    let is_summed = |kind: Kind| matches!(kind, Kind::Money | Kind::Integer);
    table.columns.iter().filter(move |column| is_summed(column.kind)).map(|column| column.name)
}

/// How large each cell is, in units or in the currency's unit rounded up to the next ten-thousandth of it.
fn sizes<'a>(batch: &'a RecordBatch, column: &str) -> Box<dyn Iterator<Item = Option<i128>> + 'a> {
    let Some(array) = batch.column_by_name(column) else { return Box::new(std::iter::empty()) };
    if let Some(counts) = array.as_primitive_opt::<Int64Type>() {
        return Box::new(
            counts.iter().map(|count| count.map(|count| i128::from(count).abs() * i128::from(Money::SCALE))),
        );
    }
    match array.as_primitive_opt::<Decimal128Type>() {
        Some(amounts) => Box::new(amounts.iter().map(|amount| amount.map(i128::abs))),
        None => Box::new(std::iter::empty()),
    }
}

fn beyond(column: &str, batch: &RecordBatch, row: usize) -> Box<Diagnostic> {
    let file = batch.column_by_name("source_file").and_then(|files| files.as_string_opt::<i32>());
    let line = batch.column_by_name("source_line").and_then(|lines| lines.as_primitive_opt::<Int64Type>());
    let file = file.filter(|files| files.is_valid(row)).map_or("", |files| files.value(row));
    let line = line.map_or(0, |lines| lines.value(row));
    let message = format!(
        "with this line `{column}` comes to more than 10,000,000,000,000 over the shop, which nobody can add up"
    );
    Diagnostic::error("sum-too-large", message)
        .at_line(file, usize::try_from(line).unwrap_or_default())
        .hint("correct the amounts or quantities there and above it, or take the file out of the exports' folder")
        .into()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Decimal128Array, Int64Array, StringArray};

    use super::*;

    fn fees(units: &[i128]) -> RecordBatch {
        let table = Table::named("settlement_lines").unwrap();
        let amounts = units.iter().map(|units| units * i128::from(Money::SCALE)).collect::<Decimal128Array>();
        let lines = Int64Array::from_iter_values(2..2 + units.len() as i64);
        let column =
            columns(table).find(|name| table.place(name).is_some_and(|at| table.columns[at].kind == Kind::Money));
        let columns: Vec<(&str, ArrayRef)> = vec![
            (column.unwrap(), Arc::new(amounts.with_data_type(Kind::Money.data_type()))),
            ("source_file", Arc::new(StringArray::from(vec!["fees.csv"; units.len()]))),
            ("source_line", Arc::new(lines)),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    }

    #[test]
    fn a_sum_stays_in_its_range_whatever_the_signs() {
        let table = Table::named("settlement_lines").unwrap();
        let mut sums = Sums::default();
        sums.add(None, table, &fees(&[4_000_000_000_000, -5_999_999_999_999])).unwrap();
        sums.clone().add(None, table, &fees(&[0, 1])).unwrap();
        let told = sums.add(None, table, &fees(&[0, 1, 1])).unwrap_err();
        assert_eq!(told.code, "sum-too-large");
        assert_eq!(told.place.unwrap().line, Some(4));
        assert!(sums.add(None, table, &fees(&[1])).is_ok(), "a file that is refused counts for nothing");
    }
}

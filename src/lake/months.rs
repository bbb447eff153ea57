//! Which month is a row of? Facts lie by the month of one day column.

use std::collections::BTreeMap;

use arrow::array::{AsArray, RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::Date32Type;

use super::tables::Table;
use crate::error::{Diagnostic, Result};
use crate::types::{Day, Month};

/// The batch cut by month; one part under `None` for a table that is not kept by month.
pub(crate) fn by_month(table: &Table, batch: &RecordBatch) -> Result<Vec<(Option<Month>, RecordBatch)>> {
    if batch.num_rows() == 0 {
        return Ok(Vec::new());
    }
    let Some(column) = table.month_by else {
        return Ok(vec![(None, batch.clone())]);
    };
    let days = batch.column_by_name(column).expect("the schema was checked").as_primitive::<Date32Type>();
    let mut rows: BTreeMap<Month, Vec<u32>> = BTreeMap::new();
    let mut last: Option<(Month, i32, i32)> = None;
    for row in 0..days.len() {
        let day = days.value(row);
        let month = match last {
            Some((month, first, end)) if (first..=end).contains(&day) => month,
            _ => {
                let month = Day::from_days(day).month();
                last = Some((month, month.first().days(), month.last().days()));
                month
            }
        };
        rows.entry(month).or_default().push(row as u32);
    }
    if rows.len() == 1 {
        return Ok(rows.into_keys().map(|month| (Some(month), batch.clone())).collect());
    }
    rows.into_iter().map(|(month, rows)| Ok((Some(month), take(batch, rows)?))).collect()
}

/// These rows of the batch, in this order.
pub(crate) fn take(batch: &RecordBatch, rows: Vec<u32>) -> Result<RecordBatch> {
    take_record_batch(batch, &UInt32Array::from(rows))
        .map_err(|error| Diagnostic::error("arrow", format!("cannot sort rows: {error}")).into())
}

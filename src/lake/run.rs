//! A sorted run of staged rows on disk. What all its rows say in a column is kept beside it and not in it:
//! the file that they come from, the run, mostly the channel and the currency.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;

use super::files;
use super::runs::{Batches, sorted};
use super::tables::Table;
use crate::error::{Diagnostic, Result};

/// Rows that are in memory at once when a run is read back.
const BATCH_ROWS: usize = 1_024;

/// A run on disk.
#[derive(Debug)]
pub(super) struct Run {
    path: PathBuf,
    /// By column what all rows say in it, as one row; none where they differ.
    fixed: Vec<Option<ArrayRef>>,
}

impl Run {
    /// Sorts rows and writes them. Each of the batches has rows.
    pub(super) fn write(table: &'static Table, batches: Vec<RecordBatch>, path: PathBuf) -> Result<Self> {
        let failed = |error: ArrowError| unwritten(&path, error);
        let fixed = fixed(&batches).map_err(failed)?;
        let columns: Vec<usize> = (0..fixed.len()).filter(|place| fixed[*place].is_none()).collect();
        let schema = table.schema().project(&columns).expect("the columns are those of the table");
        let file = File::create(&path).map_err(|error| Diagnostic::io("write", &path, &error))?;
        let mut writer = StreamWriter::try_new_buffered(file, &schema).map_err(failed)?;
        for batch in sorted(table, batches, BATCH_ROWS, &columns)? {
            writer.write(&batch?).map_err(failed)?;
        }
        writer.finish().map_err(failed)?;
        Ok(Self { path, fixed })
    }

    /// The rows, in the order of keys.
    pub(super) fn read(self, table: &'static Table) -> Result<Batches<'static>> {
        let Self { path, fixed } = self;
        let file = File::open(&path).map_err(|error| Diagnostic::io("read", &path, &error))?;
        let lost = |path: &Path, error| {
            Box::new(Diagnostic::error("arrow", format!("cannot read `{}` back: {error}", path.display())))
        };
        let reader = StreamReader::try_new_buffered(file, None).map_err(|error| lost(&path, error))?;
        let schema = table.schema();
        Ok(Box::new(reader.map(move |batch| {
            let whole = batch.and_then(|batch| {
                let first = UInt32Array::from(vec![0; batch.num_rows()]);
                let mut varying = batch.columns().iter();
                let columns = fixed.iter().map(|fixed| match fixed {
                    Some(said) => take(said, &first, None),
                    None => Ok(varying.next().expect("what is not fixed is on disk").clone()),
                });
                RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
            });
            whole.map_err(|error| lost(&path, error))
        })))
    }

    pub(super) fn remove(&self) -> Result<()> {
        files::remove(&self.path)
    }
}

/// By column what all rows say in it: a text, or nothing.
fn fixed(batches: &[RecordBatch]) -> Result<Vec<Option<ArrayRef>>, ArrowError> {
    let Some(first) = batches.first() else { return Ok(Vec::new()) };
    let says_same = |place: usize| {
        let columns = || batches.iter().map(|batch| batch.column(place));
        if columns().all(|column| column.null_count() == column.len()) {
            return true;
        }
        let Some(texts) = first.column(place).as_string_opt::<i32>().filter(|texts| texts.is_valid(0)) else {
            return false;
        };
        columns().all(|column| column.as_string::<i32>().iter().all(|text| text == Some(texts.value(0))))
    };
    // Copied, so that nothing else of the batch stays in memory.
    let one = UInt32Array::from(vec![0]);
    let fixed = |place| says_same(place).then(|| take(first.column(place), &one, None)).transpose();
    (0..first.num_columns()).map(fixed).collect()
}

fn unwritten(path: &Path, error: ArrowError) -> Box<Diagnostic> {
    match error {
        ArrowError::IoError(_, error) => Diagnostic::io("write", path, &error).into(),
        error => Diagnostic::error("arrow", format!("cannot keep staged rows: {error}")).into(),
    }
}

#[cfg(test)]
mod tests {
    use arrow::compute::concat_batches;

    use super::*;
    use crate::lake::{Cell, RowsBuilder};
    use crate::types::{Day, Timestamp};

    /// Refunds of these lines: one channel for all, a reason where there is one.
    fn refunds(table: &Table, lines: &[(&'static str, Option<&'static str>)]) -> RecordBatch {
        let mut rows = RowsBuilder::new(table.name, table.all_columns());
        for (line, reason) in lines {
            rows.push(table.all_columns().map(|column| match column.name {
                "line_id" => Cell::from(*line),
                "reason" => (*reason).into(),
                "refunded_at" => Cell::Timestamp(Timestamp::from_seconds(0)),
                "refund_day" => Cell::Day(Day::from_days(0)),
                "source_line" => Cell::Integer(1),
                _ if column.nullable => Cell::Null,
                name => Cell::from(name),
            }));
        }
        rows.finish().batch().clone()
    }

    #[test]
    fn what_all_rows_say_comes_back_with_them() {
        let folder = tempfile::tempdir().unwrap();
        let table = Table::named("refund_lines").unwrap();
        for reasons in [[None, None, None], [Some("late"); 3], [None, Some("late"), Some("late")]] {
            let batches =
                vec![refunds(table, &[("c", reasons[0]), ("a", reasons[1])]), refunds(table, &[("b", reasons[2])])];
            let run = Run::write(table, batches, folder.path().join("run")).unwrap();
            let place = |name: &str| table.schema().index_of(name).unwrap();
            let is_fixed = |name: &str| run.fixed[place(name)].is_some();
            assert!(is_fixed("channel") && is_fixed("amount") && !is_fixed("line_id") && !is_fixed("source_line"));
            assert_eq!(is_fixed("reason"), reasons[0] == reasons[1]);
            let back = run.read(table).unwrap().collect::<Result<Vec<_>>>().unwrap();
            let back = concat_batches(&table.schema(), &back).unwrap();
            assert_eq!(back, refunds(table, &[("a", reasons[1]), ("b", reasons[2]), ("c", reasons[0])]));
        }
    }
}

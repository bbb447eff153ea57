//! Is a key in two months? It happens when a row's day changes: another time zone in the settings,
//! a corrected date. The files of the months lie sorted by key, so one pass over their keys, side
//! by side, finds it in the memory of a few pages.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::{concat_batches, filter_record_batch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::merge::{Judged, States, sortable};
use super::tables::Table;
use crate::error::{Diagnostic, Result};

/// A key as bytes that compare as its columns do.
pub(crate) type Key = Vec<u8>;

/// The keys that more than one of these files of a table hold; each file is sorted by key.
pub(crate) fn repeated_keys(table: &Table, paths: &[PathBuf]) -> Result<BTreeSet<Key>> {
    let mut streams = paths.iter().map(|path| Keys::open(table, path)).collect::<Result<Vec<_>>>()?;
    let mut next = BinaryHeap::new();
    for (index, stream) in streams.iter_mut().enumerate() {
        next.extend(stream.next()?.map(|key| Reverse((key, index))));
    }
    let mut repeated = BTreeSet::new();
    let mut last: Option<Key> = None;
    while let Some(Reverse((key, index))) = next.pop() {
        next.extend(streams[index].next()?.map(|key| Reverse((key, index))));
        if last.as_ref() == Some(&key) {
            repeated.insert(key);
        } else {
            last = Some(key);
        }
    }
    Ok(repeated)
}

/// The rows of a batch whose keys are among `keys`, or the others.
pub(crate) fn of_keys(table: &Table, batch: &RecordBatch, keys: &BTreeSet<Key>, among: bool) -> Result<RecordBatch> {
    let rows = sortable(batch, table.key)?;
    let mask = rows.iter().map(|row| Some(keys.contains(row.data()) == among)).collect();
    filter_record_batch(batch, &mask)
        .map_err(|error| Diagnostic::error("arrow", format!("cannot pick rows: {error}")).into())
}

/// Decides between rows of one key in different months: of `old`, which the lake had, and `new`.
/// The judgements are by row of `old` followed by `new`.
pub(crate) fn judge(table: &Table, old: &RecordBatch, new: &RecordBatch) -> Result<(RecordBatch, Vec<Judged>)> {
    let all = joined(table, &[old.clone(), new.clone()])?;
    let states = States::new(table, &all, old.num_rows(), old.num_rows())?;
    let judged = states.judge();
    Ok((all, judged))
}

/// A month's history with more rows, in its order and without repetition.
pub(crate) fn with_history(table: &Table, history: &RecordBatch, more: &RecordBatch) -> Result<RecordBatch> {
    let all = joined(table, &[history.clone(), more.clone()])?;
    States::new(table, &all, 0, all.num_rows())?.distinct(&all)
}

/// Batches of a table as one.
pub(crate) fn joined(table: &Table, batches: &[RecordBatch]) -> Result<RecordBatch> {
    concat_batches(&table.schema(), batches)
        .map_err(|error| Diagnostic::error("arrow", format!("cannot join `{}`: {error}", table.name)).into())
}

/// Rows by the month they came from.
pub(crate) fn split<T: Ord + Copy>(months: &[T], rows: impl Iterator<Item = usize>) -> BTreeMap<T, Vec<u32>> {
    let mut parts: BTreeMap<T, Vec<u32>> = BTreeMap::new();
    for row in rows {
        parts.entry(months[row]).or_default().push(row as u32);
    }
    parts
}

/// The keys of one file, in order.
struct Keys {
    reader: ParquetRecordBatchReader,
    columns: Vec<&'static str>,
    batch: std::vec::IntoIter<Key>,
    path: PathBuf,
}

impl Keys {
    fn open(table: &Table, path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Diagnostic::io("read", path, &error))?;
        let damaged = |error| damaged(path, &error);
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), table.key.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(4096).build().map_err(damaged)?;
        Ok(Self { reader, columns: table.key.to_vec(), batch: Vec::new().into_iter(), path: path.to_owned() })
    }

    fn next(&mut self) -> Result<Option<Key>> {
        if let Some(key) = self.batch.next() {
            return Ok(Some(key));
        }
        let Some(batch) = self.reader.next() else { return Ok(None) };
        let batch = batch.map_err(|error| damaged(&self.path, &error))?;
        let rows = sortable(&batch, &self.columns)?;
        self.batch = rows.iter().map(|row| row.data().to_vec()).collect::<Vec<_>>().into_iter();
        Ok(self.batch.next())
    }
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Box<Diagnostic> {
    let message = format!("`{}` cannot be read as Parquet: {error}", path.display());
    Diagnostic::error("lake-damaged", message).in_file(path).into()
}

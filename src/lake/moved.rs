//! Is a key in two months? It happens when a row's day changes: another time zone in the settings,
//! a corrected date. Only a month that a run has changed can hold a key that another month has, so
//! its keys are looked for in the others: as short hashes, a share of them at a time, so that no lake
//! is too large for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::row::Rows as SortableRows;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use twox_hash::XxHash3_64;

use super::merge::{Judged, States, sortable};
use super::tables::Table;
use crate::error::{Diagnostic, Result};

/// A key as bytes that compare as its columns do.
pub(crate) type Key = Vec<u8>;

/// Hashes that are in memory at once.
const SHARE: u64 = 4 << 20;

/// The keys that a changed file of a table and another file of it hold. `rows` are those of the
/// changed files; a file's keys are distinct.
pub(crate) fn repeated_keys(
    table: &Table,
    changed: &[PathBuf],
    others: &[PathBuf],
    rows: u64,
) -> Result<BTreeSet<Key>> {
    let shares = rows.div_ceil(SHARE).max(1);
    let mut repeated = BTreeSet::new();
    for share in 0..shares {
        let of_share = |hash: &u64| hash % shares == share;
        let hashes: Vec<Vec<u64>> =
            changed.par_iter().map(|path| hashes_of(table, path, of_share)).collect::<Result<_>>()?;
        let mut known: FxHashSet<u64> = FxHashSet::default();
        let mut twice: FxHashSet<u64> = FxHashSet::default();
        known.reserve(hashes.iter().map(Vec::len).sum());
        twice.extend(hashes.into_iter().flatten().filter(|hash| !known.insert(*hash)));
        let elsewhere = others.par_iter().map(|path| hashes_of(table, path, |hash| known.contains(hash)));
        elsewhere.collect::<Result<Vec<_>>>()?.into_iter().for_each(|hashes| twice.extend(hashes));
        repeated.extend(confirmed(table, changed.iter().chain(others), &twice)?);
    }
    Ok(repeated)
}

fn hashes_of(table: &Table, path: &Path, wanted: impl Fn(&u64) -> bool) -> Result<Vec<u64>> {
    let mut hashes = Vec::new();
    for keys in Keys::open(table, path)? {
        hashes.extend(keys?.iter().map(|key| XxHash3_64::oneshot(key.data())).filter(&wanted));
    }
    Ok(hashes)
}

/// The keys with one of these hashes that really are in two files.
fn confirmed<'a>(table: &Table, paths: impl Iterator<Item = &'a PathBuf>, hashes: &FxHashSet<u64>) -> Result<Vec<Key>> {
    let mut found: FxHashMap<Key, u32> = FxHashMap::default();
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    for path in paths {
        for keys in Keys::open(table, path)? {
            let keys = keys?;
            for key in keys.iter().filter(|key| hashes.contains(&XxHash3_64::oneshot(key.data()))) {
                *found.entry(key.data().to_vec()).or_insert(0) += 1;
            }
        }
    }
    Ok(found.into_iter().filter(|(_, files)| *files > 1).map(|(key, _)| key).collect())
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

/// The keys of one file.
struct Keys {
    reader: ParquetRecordBatchReader,
    columns: Vec<&'static str>,
    path: PathBuf,
}

impl Keys {
    fn open(table: &Table, path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|error| Diagnostic::io("read", path, &error))?;
        let damaged = |error| damaged(path, &error);
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(damaged)?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), table.key.iter().copied());
        let reader = builder.with_projection(mask).with_batch_size(4096).build().map_err(damaged)?;
        Ok(Self { reader, columns: table.key.to_vec(), path: path.to_owned() })
    }
}

impl Iterator for Keys {
    type Item = Result<SortableRows>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        let rows = batch.map_err(|error| damaged(&self.path, &error));
        Some(rows.and_then(|batch| sortable(&batch, &self.columns)))
    }
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Box<Diagnostic> {
    let message = format!("`{}` cannot be read as Parquet: {error}", path.display());
    Diagnostic::error("lake-damaged", message).in_file(path).into()
}

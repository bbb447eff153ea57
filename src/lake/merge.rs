//! What becomes of a row whose key the lake knows? Newest state, duplicate, stale or conflict:
//! never silently the last one written. Of
//! two new rows that contradict each other neither is believed.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::row::{RowConverter, Rows as SortableRows, SortField};

use super::months::take;
use super::rejects::Reject;
use super::tables::{Merge, ORIGIN, Table};
use crate::error::{Diagnostic, Result};

/// What became of the rows of one file. Rows that were amended and rows that were stale are in the
/// lake: the ones as the newest state, the others in its history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MergeCounts {
    /// Keys that the lake did not know.
    pub inserted: u64,
    /// Newer states of known keys.
    pub amended: u64,
    /// The same state again.
    pub duplicate: u64,
    /// Older states, which went into the history.
    pub stale: u64,
    /// Another content under the same key and time; refused.
    pub conflict: u64,
}

impl MergeCounts {
    /// Rows that are in the lake or its history.
    pub fn accepted(&self) -> u64 {
        self.inserted + self.amended + self.stale
    }

    /// All rows that were merged.
    pub fn total(&self) -> u64 {
        self.accepted() + self.duplicate + self.conflict
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.inserted += other.inserted;
        self.amended += other.amended;
        self.duplicate += other.duplicate;
        self.stale += other.stale;
        self.conflict += other.conflict;
    }
}

/// One month after a merge.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The newest states, sorted by key.
    pub(crate) current: RecordBatch,
    /// The states that were replaced, sorted by key and time.
    pub(crate) history: RecordBatch,
    /// By source file of the new rows.
    pub(crate) by_file: BTreeMap<String, MergeCounts>,
    /// The conflicting duplicates.
    pub(crate) conflicts: Vec<Reject>,
}

/// Merges new rows of one month into those the lake has. The order of `staged` does not matter:
/// rows of one key are taken by time, then by file name and line.
pub(crate) fn merge(
    table: &Table,
    current: &RecordBatch,
    history: &RecordBatch,
    staged: &RecordBatch,
) -> Result<Outcome> {
    let all = concat_batches(&table.schema(), [current, history, staged])
        .map_err(|error| Diagnostic::error("arrow", format!("cannot join `{}`: {error}", table.name)))?;
    let states = States::new(table, &all, current.num_rows(), current.num_rows() + history.num_rows())?;
    states.merge(&all)
}

/// Where a row came from, in the order in which rows of one key are looked at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    History,
    Current,
    Staged,
}

/// The rows that are about to come together.
pub(crate) struct States<'a> {
    table: &'a Table,
    keys: SortableRows,
    contents: SortableRows,
    updated_at: Option<Vec<Option<i64>>>,
    files: ArrayRef,
    lines: ArrayRef,
    first_history: usize,
    first_staged: usize,
}

impl<'a> States<'a> {
    /// Of `all`, the rows before `first_history` are newest states, those before `first_staged`
    /// history, the others new.
    pub(crate) fn new(table: &'a Table, all: &RecordBatch, first_history: usize, first_staged: usize) -> Result<Self> {
        let (keys, contents) = split_columns(table);
        let column = |name: &str| all.column_by_name(name).expect("the schema was checked").clone();
        let updated_at = all.column_by_name("updated_at").map(|array| {
            let array = array.as_primitive::<TimestampMicrosecondType>();
            array.iter().collect()
        });
        Ok(Self {
            table,
            keys: sortable(all, &keys)?,
            contents: sortable(all, &contents)?,
            updated_at,
            files: column("source_file"),
            lines: column("source_line"),
            first_history,
            first_staged,
        })
    }

    fn merge(&self, all: &RecordBatch) -> Result<Outcome> {
        let mut order: Vec<usize> = (0..all.num_rows()).collect();
        order.sort_unstable_by(|one, other| self.order(*one, *other));
        let mut kept = Kept::default();
        for rows in order.chunk_by(|one, other| self.keys.row(*one) == self.keys.row(*other)) {
            self.merge_key(rows, &mut kept);
        }
        Ok(Outcome {
            current: take(all, kept.current)?,
            history: take(all, kept.history)?,
            by_file: kept.by_file,
            conflicts: kept.conflicts,
        })
    }

    /// Which of several newest states of one key is the newest; by row.
    pub(crate) fn judge(&self) -> Vec<Judged> {
        let mut order: Vec<usize> = (0..self.keys.num_rows()).collect();
        order.sort_unstable_by(|one, other| self.order(*one, *other));
        let mut judged: Vec<Judged> = order.iter().map(|_| Judged::Newest).collect();
        for rows in order.chunk_by(|one, other| self.keys.row(*one) == self.keys.row(*other)) {
            let mut current = rows[0];
            for &row in &rows[1..] {
                match self.fate(row, Some(current), &[]) {
                    Fate::Inserted | Fate::Amended => {
                        judged[row] = Judged::Replaces;
                        judged[current] = Judged::Replaced;
                        current = row;
                    }
                    Fate::Stale => judged[row] = Judged::Stale,
                    Fate::Duplicate => judged[row] = Judged::Duplicate,
                    Fate::Conflict(with) => judged[row] = Judged::Conflict(self.conflict(row, with)),
                }
            }
        }
        judged
    }

    /// The rows sorted by key, time and content, each content once.
    pub(crate) fn distinct(&self, all: &RecordBatch) -> Result<RecordBatch> {
        let mut rows: Vec<usize> = (0..all.num_rows()).collect();
        rows.sort_by(|one, other| {
            let by_key = self.keys.row(*one).cmp(&self.keys.row(*other));
            by_key.then_with(|| self.by_version(*one, *other))
        });
        rows.dedup_by(|one, other| self.keys.row(*one) == self.keys.row(*other) && self.same(*one, *other));
        take(all, rows.into_iter().map(|row| row as u32).collect())
    }

    /// By key, then what the lake has before what is new, then by time, file and line.
    fn order(&self, one: usize, other: usize) -> Ordering {
        let by_key = self.keys.row(one).cmp(&self.keys.row(other));
        by_key
            .then_with(|| self.standing(one).cmp(&self.standing(other)))
            .then_with(|| self.version(one).cmp(&self.version(other)))
            .then_with(|| self.file(one).cmp(self.file(other)))
            .then_with(|| self.line(one).cmp(&self.line(other)))
            .then_with(|| self.contents.row(one).cmp(&self.contents.row(other)))
    }

    /// Takes the rows of one key, in order.
    fn merge_key(&self, rows: &[usize], kept: &mut Kept) {
        let (known, staged) = rows.split_at(rows.partition_point(|row| self.standing(*row) < Standing::Staged));
        let (history, current) = known.split_at(known.partition_point(|row| self.standing(*row) == Standing::History));
        let mut current = current.first().copied();
        let mut past = history.to_vec();
        for group in staged.chunk_by(|one, other| self.version(*one) == self.version(*other)) {
            let contradiction = self.contradiction(group, current, &past);
            for &row in group {
                let fate = match contradiction {
                    Some((one, other)) => Fate::Conflict(if self.same(row, one) { other } else { one }),
                    None => self.fate(row, current, &past),
                };
                let counts = kept.by_file.entry(self.file(row).to_owned()).or_default();
                match fate {
                    Fate::Inserted => {
                        counts.inserted += 1;
                        current = Some(row);
                    }
                    Fate::Amended => {
                        counts.amended += 1;
                        past.extend(current.replace(row));
                    }
                    Fate::Duplicate => counts.duplicate += 1,
                    Fate::Stale => {
                        counts.stale += 1;
                        past.push(row);
                    }
                    Fate::Conflict(with) => {
                        counts.conflict += 1;
                        kept.conflicts.push(self.conflict(row, with));
                    }
                }
            }
        }
        past.sort_by(|one, other| self.by_version(*one, *other));
        past.dedup_by(|one, other| self.same(*one, *other));
        kept.current.extend(current.map(|row| row as u32));
        kept.history.extend(past.into_iter().map(|row| row as u32));
    }

    /// Two new rows of one key and time that differ, where the lake knows neither: nothing says which
    /// is right, so none of the group is.
    fn contradiction(&self, group: &[usize], current: Option<usize>, past: &[usize]) -> Option<(usize, usize)> {
        let (first, others) = group.split_first()?;
        let known = match (self.table.merge, self.version(*first)) {
            (Merge::Immutable, _) => current.is_some(),
            // The newest run is right.
            (Merge::NewestState, None) => return None,
            (Merge::NewestState, version) => past.iter().chain(&current).any(|row| self.version(*row) == version),
        };
        let other = others.iter().find(|other| !self.same(*first, **other)).filter(|_| !known)?;
        Some((*first, *other))
    }

    fn by_version(&self, one: usize, other: usize) -> Ordering {
        let by_version = self.version(one).cmp(&self.version(other));
        by_version.then_with(|| self.contents.row(one).cmp(&self.contents.row(other)))
    }

    fn fate(&self, row: usize, current: Option<usize>, past: &[usize]) -> Fate {
        let Some(current) = current else { return Fate::Inserted };
        if self.same(row, current) {
            return Fate::Duplicate;
        }
        if self.table.merge == Merge::Immutable {
            return Fate::Conflict(current);
        }
        let Some(version) = self.version(row) else {
            // Without a time the newest run is right, unless the lake's state has a time.
            return match self.version(current) {
                None => Fate::Amended,
                Some(_) if past.iter().any(|other| self.same(row, *other)) => Fate::Duplicate,
                Some(_) => Fate::Stale,
            };
        };
        if past.iter().any(|other| self.same(row, *other)) {
            return Fate::Duplicate;
        }
        let mut others = past.iter().copied().chain([current]);
        match others.find(|other| self.version(*other) == Some(version)) {
            Some(other) => Fate::Conflict(other),
            None if Some(version) > self.version(current) => Fate::Amended,
            None => Fate::Stale,
        }
    }

    fn conflict(&self, row: usize, with: usize) -> Reject {
        let table = self.table.name;
        let reason = format!(
            "`{table}` has another row of this key{} from {}:{}",
            if self.version(row).is_some() { " and time" } else { "" },
            self.file(with),
            self.line(with),
        );
        Reject {
            source_file: self.file(row).to_owned(),
            source_line: self.line(row),
            column: None,
            code: "conflicting_duplicate".to_owned(),
            reason,
            text: None,
        }
    }

    fn standing(&self, row: usize) -> Standing {
        if row >= self.first_staged {
            Standing::Staged
        } else if row >= self.first_history {
            Standing::History
        } else {
            Standing::Current
        }
    }

    fn same(&self, one: usize, other: usize) -> bool {
        self.contents.row(one) == self.contents.row(other)
    }

    fn version(&self, row: usize) -> Option<i64> {
        self.updated_at.as_ref().and_then(|times| times[row])
    }

    fn file(&self, row: usize) -> &str {
        self.files.as_string::<i32>().value(row)
    }

    fn line(&self, row: usize) -> i64 {
        self.lines.as_primitive::<Int64Type>().value(row)
    }
}

/// What becomes of a new row.
enum Fate {
    Inserted,
    Amended,
    Duplicate,
    Stale,
    Conflict(usize),
}

/// What becomes of a newest state whose key another month has too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// It stays.
    Newest,
    /// It stays, and is a newer state of the other.
    Replaces,
    /// It was the newest and is history now.
    Replaced,
    /// It is new and older than the other.
    Stale,
    /// It is new and the same as the other.
    Duplicate,
    /// It is new and contradicts the other.
    Conflict(Reject),
}

#[derive(Default)]
struct Kept {
    current: Vec<u32>,
    history: Vec<u32>,
    by_file: BTreeMap<String, MergeCounts>,
    conflicts: Vec<Reject>,
}

/// The names of the key columns and of those that are neither key nor origin.
pub(crate) fn split_columns(table: &Table) -> (Vec<&'static str>, Vec<&'static str>) {
    let names = table.columns.iter().map(|column| column.name);
    let contents = names.filter(|name| !table.key.contains(name) && !ORIGIN.iter().any(|column| column.name == *name));
    (table.key.to_vec(), contents.collect())
}

/// These columns as rows of bytes that compare as the values do; nulls come first.
pub(crate) fn sortable(batch: &RecordBatch, columns: &[&str]) -> Result<SortableRows> {
    let arrays: Vec<ArrayRef> =
        columns.iter().map(|name| batch.column_by_name(name).expect("the schema was checked").clone()).collect();
    let fields = arrays.iter().map(|array| SortField::new(array.data_type().clone())).collect();
    let failed = |error| Diagnostic::error("arrow", format!("cannot compare rows: {error}"));
    let converter = RowConverter::new(fields).map_err(failed)?;
    Ok(converter.convert_columns(&arrays).map_err(failed)?)
}

//! Rows of one table held against each other: which is newer, which say the same?

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use arrow::row::{RowConverter, Rows as SortableRows, SortField};

use super::months::take;
use super::rejects::Reject;
use super::tables::{Merge, ORIGIN, Table};
use crate::error::{Diagnostic, Result};

/// What a row does not say about its key: when somebody looked, and what the settings call the
/// place it ships from.
const NOT_CONTENT: &[(&str, &str)] = &[
    ("order_lines", "exported_at"),
    ("orders", "exported_at"),
    ("refund_lines", "exported_at"),
    ("order_lines", "location"),
];

/// The table whose documents show all lines of the order they name.
const WHOLE_ORDERS: &str = "order_lines";

/// The key columns whose rows are merged together, where that is not the whole key.
pub(super) fn whole_of(table: &Table) -> Option<&'static [&'static str]> {
    (table.name == WHOLE_ORDERS).then_some(&["channel", "order_id"])
}

/// Where a row came from, in the order in which rows of one key are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    History,
    Current,
    Staged,
}

/// What becomes of a new row.
#[derive(Clone, Copy)]
pub(super) enum Fate {
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

/// The rows that are about to come together.
pub(crate) struct States<'a> {
    pub(super) table: &'a Table,
    keys: SortableRows,
    contents: SortableRows,
    updated_at: Option<Vec<Option<i64>>>,
    exported_at: Option<Vec<Option<i64>>>,
    /// Channel and order, where a document shows whole orders.
    orders: Option<[ArrayRef; 2]>,
    locations: Option<ArrayRef>,
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
        let instants = |name: &str| {
            let array = all.column_by_name(name)?.as_primitive::<TimestampMicrosecondType>();
            Some(array.iter().collect::<Vec<_>>())
        };
        let whole = table.name == WHOLE_ORDERS;
        Ok(Self {
            table,
            keys: sortable(all, &keys)?,
            contents: sortable(all, &contents)?,
            updated_at: instants("updated_at"),
            exported_at: instants("exported_at"),
            orders: whole.then(|| [column("channel"), column("order_id")]),
            locations: whole.then(|| column("location")),
            files: column("source_file"),
            lines: column("source_line"),
            first_history,
            first_staged,
        })
    }

    /// Which of several newest states of one key is the newest; by row.
    pub(crate) fn judge(&self) -> Vec<Judged> {
        let order = self.in_order();
        let mut judged: Vec<Judged> = order.iter().map(|_| Judged::Newest).collect();
        for rows in order.chunk_by(|one, other| self.same_key(*one, *other)) {
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
        rows.dedup_by(|one, other| self.same_key(*one, *other) && self.same(*one, *other));
        take(all, rows.into_iter().map(|row| row as u32).collect())
    }

    /// All rows by key, then what the lake has before what is new, then by time, file and line.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.keys.num_rows()).collect();
        order.sort_unstable_by(|one, other| self.order(*one, *other));
        order
    }

    fn order(&self, one: usize, other: usize) -> Ordering {
        let by_key = self.keys.row(one).cmp(&self.keys.row(other));
        by_key
            .then_with(|| self.standing(one).cmp(&self.standing(other)))
            .then_with(|| self.version(one).cmp(&self.version(other)))
            .then_with(|| self.exported(one).cmp(&self.exported(other)))
            .then_with(|| self.file(one).cmp(self.file(other)))
            .then_with(|| self.line(one).cmp(&self.line(other)))
            .then_with(|| self.contents.row(one).cmp(&self.contents.row(other)))
    }

    /// By time, then by content; of the same content the row of the newest document first.
    pub(super) fn by_version(&self, one: usize, other: usize) -> Ordering {
        let by_version = self.version(one).cmp(&self.version(other));
        by_version
            .then_with(|| self.contents.row(one).cmp(&self.contents.row(other)))
            .then_with(|| self.exported(other).cmp(&self.exported(one)))
    }

    /// Which of two rows of a key is newer; none where nothing tells.
    pub(super) fn age(&self, one: usize, other: usize) -> Option<Ordering> {
        let by_version = self.version(one).cmp(&self.version(other));
        let telling = |order: &Ordering| order.is_ne();
        Some(by_version).filter(telling).or_else(|| {
            let by_document = self.exported(one)?.cmp(&self.exported(other)?);
            Some(by_document).filter(telling)
        })
    }

    /// Two new rows of one key and time that differ, where the lake knows neither: nothing says which
    /// is right, so none of the group is.
    pub(super) fn contradiction(
        &self,
        group: &[usize],
        current: Option<usize>,
        past: &[usize],
    ) -> Option<(usize, usize)> {
        let (first, others) = group.split_first()?;
        let known = match (self.table.merge, self.version(*first)) {
            (Merge::Immutable, _) => current.is_some(),
            // The newest run is right.
            (Merge::NewestState, None) => return None,
            (Merge::NewestState, _) => past.iter().chain(&current).any(|row| self.age(*row, *first).is_none()),
        };
        let other = others.iter().find(|other| !self.same(*first, **other)).filter(|_| !known)?;
        Some((*first, *other))
    }

    pub(super) fn fate(&self, row: usize, current: Option<usize>, past: &[usize]) -> Fate {
        let Some(current) = current else { return Fate::Inserted };
        if self.same(row, current) {
            return Fate::Duplicate;
        }
        if self.table.merge == Merge::Immutable {
            return Fate::Conflict(current);
        }
        let timeless = self.version(row).is_none();
        match self.age(row, current) {
            Some(Ordering::Greater) => Fate::Amended,
            // Without a time the newest run is right, unless the lake's state has a time.
            None if timeless => Fate::Amended,
            _ if past.iter().any(|other| self.same(row, *other)) => Fate::Duplicate,
            None => Fate::Conflict(current),
            Some(_) => match past.iter().find(|other| self.age(row, **other).is_none()) {
                Some(other) if !timeless => Fate::Conflict(*other),
                _ => Fate::Stale,
            },
        }
    }

    pub(super) fn conflict(&self, row: usize, with: usize) -> Reject {
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

    pub(super) fn standing(&self, row: usize) -> Standing {
        if row >= self.first_staged {
            Standing::Staged
        } else if row >= self.first_history {
            Standing::History
        } else {
            Standing::Current
        }
    }

    pub(super) fn same_key(&self, one: usize, other: usize) -> bool {
        self.keys.row(one) == self.keys.row(other)
    }

    pub(super) fn same(&self, one: usize, other: usize) -> bool {
        self.contents.row(one) == self.contents.row(other)
    }

    /// Whether a document that shows the one shows the other too.
    pub(super) fn same_order(&self, one: usize, other: usize) -> bool {
        let text = |array: &ArrayRef| array.as_string::<i32>().value(one) == array.as_string::<i32>().value(other);
        self.orders.as_ref().map_or_else(|| self.same_key(one, other), |columns| columns.iter().all(text))
    }

    pub(super) fn has_orders(&self) -> bool {
        self.orders.is_some()
    }

    /// Whether a row of the same content tells newer things that are not content.
    pub(super) fn refreshes(&self, row: usize, known: usize) -> bool {
        let place = |row: usize| {
            let locations = self.locations.as_ref()?.as_string::<i32>();
            locations.is_valid(row).then(|| locations.value(row))
        };
        match self.exported(row).cmp(&self.exported(known)) {
            Ordering::Less => false,
            Ordering::Equal => place(row) != place(known),
            Ordering::Greater => true,
        }
    }

    pub(super) fn version(&self, row: usize) -> Option<i64> {
        self.updated_at.as_ref().and_then(|times| times[row])
    }

    pub(super) fn exported(&self, row: usize) -> Option<i64> {
        self.exported_at.as_ref().and_then(|times| times[row])
    }

    pub(super) fn file(&self, row: usize) -> &str {
        self.files.as_string::<i32>().value(row)
    }

    fn line(&self, row: usize) -> i64 {
        self.lines.as_primitive::<Int64Type>().value(row)
    }
}

/// The names of the key columns and of those that say something about the key.
pub(crate) fn split_columns(table: &Table) -> (Vec<&'static str>, Vec<&'static str>) {
    let is_content = |name: &&str| {
        !table.key.contains(name)
            && !ORIGIN.iter().any(|column| column.name == *name)
            && !NOT_CONTENT.contains(&(table.name, *name))
    };
    let contents = table.columns.iter().map(|column| column.name).filter(is_content);
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

//! What becomes of a row whose key the lake knows? Newest state, duplicate, stale or conflict:
//! never silently the last one written. Of two new rows that contradict each other neither is
//! believed. What comes of the same rows does not depend on the order in which they came.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;

use super::months::take;
use super::rejects::Reject;
use super::states::{Fate, Standing};
pub(crate) use super::states::{Judged, States, sortable, split_columns};
use super::tables::Table;
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
    /// Whether the month holds anything that it did not hold before.
    pub(crate) changed: bool,
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
    let mut kept = Kept::default();
    let order = states.in_order();
    for rows in order.chunk_by(|one, other| states.same_order(*one, *other)) {
        let keys = rows.chunk_by(|one, other| states.same_key(*one, *other));
        let mut keys: Vec<Key> = keys.map(|rows| Key::merge(&states, rows)).collect();
        retract(&states, &mut keys);
        keys.into_iter().for_each(|key| kept.take(&states, key));
    }
    let first_staged = (current.num_rows() + history.num_rows()) as u32;
    let known = (0..current.num_rows() as u32, current.num_rows() as u32..first_staged);
    let changed = !(kept.current.iter().copied().eq(known.0) && kept.history.iter().copied().eq(known.1));
    Ok(Outcome {
        current: take(&all, kept.current)?,
        history: take(&all, kept.history)?,
        changed,
        by_file: kept.by_file,
        conflicts: kept.conflicts,
    })
}

/// What is known of one key.
struct Key {
    current: Option<usize>,
    past: Vec<usize>,
    /// What became of the new rows.
    fates: Vec<(usize, Fate)>,
}

impl Key {
    /// Takes the rows of one key, in order.
    fn merge(states: &States<'_>, rows: &[usize]) -> Self {
        let (known, staged) = rows.split_at(rows.partition_point(|row| states.standing(*row) < Standing::Staged));
        let (history, current) =
            known.split_at(known.partition_point(|row| states.standing(*row) == Standing::History));
        let mut key = Self { current: current.first().copied(), past: history.to_vec(), fates: Vec::new() };
        // A line that its order had lost may be back: whether it is, its order decides.
        if key.current.is_none() && staged.iter().any(|row| states.exported(*row).is_some()) {
            key.past.sort_by_key(|row| (states.version(*row), states.exported(*row)));
            key.current = key.past.pop();
        }
        for group in staged.chunk_by(|one, other| {
            states.version(*one) == states.version(*other) && states.exported(*one) == states.exported(*other)
        }) {
            let contradiction = states.contradiction(group, key.current, &key.past);
            for &row in group {
                let fate = match contradiction {
                    Some((one, other)) => Fate::Conflict(if states.same(row, one) { other } else { one }),
                    None => states.fate(row, key.current, &key.past),
                };
                key.apply(states, row, fate);
            }
        }
        key
    }

    fn apply(&mut self, states: &States<'_>, row: usize, fate: Fate) {
        match fate {
            Fate::Inserted => self.current = Some(row),
            Fate::Amended => self.past.extend(self.current.replace(row)),
            Fate::Stale => self.past.push(row),
            Fate::Duplicate => self.refresh(states, row),
            Fate::Conflict(_) => {}
        }
        self.fates.push((row, fate));
    }

    /// Takes over what a row tells beside its content.
    fn refresh(&mut self, states: &States<'_>, row: usize) {
        let mut known = self.current.iter_mut().chain(&mut self.past);
        if let Some(place) = known.find(|known| states.same(row, **known) && states.refreshes(row, **known)) {
            *place = row;
        }
    }

    /// Everything that is known of it.
    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.past.iter().copied().chain(self.current)
    }
}

/// Takes lines out of an order that a newer document of it does not show: it was edited, and the
/// line became history. Only documents that show whole orders and say when they were made count.
fn retract(states: &States<'_>, keys: &mut [Key]) {
    if !states.has_orders() {
        return;
    }
    let rows = keys.iter().flat_map(Key::rows);
    let mut documents: Vec<_> = rows.filter_map(|row| Some((states.exported(row)?, states.version(row)))).collect();
    documents.sort_unstable();
    // With each document the newest state of the order that it or a later one tells.
    for place in (1..documents.len()).rev() {
        documents[place - 1].1 = documents[place - 1].1.max(documents[place].1);
    }
    for key in keys {
        let Some(shown) = key.rows().filter_map(|row| states.exported(row)).max() else { continue };
        let later = documents.partition_point(|(exported, _)| *exported <= shown);
        let Some((_, version)) = documents.get(later) else { continue };
        let outdated = |row: &usize| states.exported(*row).is_some() && states.version(*row) <= *version;
        if let Some(row) = key.current.take_if(|row| outdated(row)) {
            key.past.push(row);
            let news = key.fates.iter_mut().filter(|(_, fate)| matches!(fate, Fate::Inserted | Fate::Amended));
            news.for_each(|(_, fate)| *fate = Fate::Stale);
        }
    }
}

#[derive(Default)]
struct Kept {
    current: Vec<u32>,
    history: Vec<u32>,
    by_file: BTreeMap<String, MergeCounts>,
    conflicts: Vec<Reject>,
}

impl Kept {
    fn take(&mut self, states: &States<'_>, key: Key) {
        for (row, fate) in key.fates {
            let counts = self.by_file.entry(states.file(row).to_owned()).or_default();
            match fate {
                Fate::Inserted => counts.inserted += 1,
                Fate::Amended => counts.amended += 1,
                Fate::Duplicate => counts.duplicate += 1,
                Fate::Stale => counts.stale += 1,
                Fate::Conflict(with) => {
                    counts.conflict += 1;
                    self.conflicts.push(states.conflict(row, with));
                }
            }
        }
        let mut past = key.past;
        past.sort_by(|one, other| states.by_version(*one, *other));
        past.dedup_by(|one, other| states.same(*one, *other));
        past.retain(|row| key.current.is_none_or(|current| !states.same(*row, current)));
        self.current.extend(key.current.map(|row| row as u32));
        self.history.extend(past.into_iter().map(|row| row as u32));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::{Cell, RowsBuilder};
    use crate::types::{Day, Timestamp};

    /// One refund, as a document of this second told it.
    fn refund(table: &Table, exported_at: i64) -> RecordBatch {
        let mut rows = RowsBuilder::new(table.name, table.all_columns());
        rows.push(table.all_columns().map(|column| match column.name {
            "refunded_at" => Cell::Timestamp(Timestamp::from_seconds(0)),
            "exported_at" => Cell::Timestamp(Timestamp::from_seconds(exported_at)),
            "refund_day" => Cell::Day(Day::from_days(0)),
            "source_line" => Cell::Integer(1),
            _ if column.nullable => Cell::Null,
            name => Cell::from(name),
        }));
        rows.finish().batch().clone()
    }

    #[test]
    fn a_state_that_leaves_the_history_is_a_change() {
        let table = Table::named("refund_lines").unwrap();
        let nothing = RecordBatch::new_empty(table.schema());
        let (past, again) = (refund(table, 7), refund(table, 7));
        let outcome = merge(table, &nothing, &past, &again).unwrap();
        assert_eq!((outcome.current.num_rows(), outcome.history.num_rows()), (1, 0));
        assert!(outcome.changed, "what the lake had was not this");
        let outcome = merge(table, &past, &nothing, &again).unwrap();
        assert!(!outcome.changed, "the same again is nothing new");
    }
}

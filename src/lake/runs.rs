//! Rows of one month from several places, in the order of their keys, a block at a time: what the
//! lake has, what it had, and what is new. A block holds all rows of each of its keys, so that it can
//! be merged by itself and the memory of a merge does not grow with the month.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::interleave_record_batch;
use arrow::row::Rows as SortableRows;

use super::merge::{MergeCounts, sortable};
use super::states::{Standing, whole_of};
use super::tables::Table;
use super::twins;
use crate::error::{Diagnostic, Result};

/// Rows of a block, and of a slice of the output.
pub(crate) const BLOCK_ROWS: usize = 16_384;

/// Batches one after the other, sorted by key.
pub(crate) type Batches<'a> = Box<dyn Iterator<Item = Result<RecordBatch>> + Send + 'a>;

/// Rows that lie next to each other in the order of keys.
pub(crate) enum Block {
    /// Each key is there once: the rows as they stay, and which are new.
    Plain {
        /// In the order of keys.
        rows: RecordBatch,
        /// The new ones by file.
        new: Vec<(String, MergeCounts)>,
    },
    /// Some key is there twice.
    Contested {
        /// The newest states, the history and what is new, each in the order of keys.
        rows: [RecordBatch; 3],
    },
}

/// Keys of a batch; names of twins count as one until they are numbered.
fn keys_of(table: &Table, batch: &RecordBatch) -> Result<SortableRows> {
    match twins::column(table) {
        Some(column) => sortable(&twins::together(batch, column), table.key),
        None => sortable(batch, table.key),
    }
}

struct Cursor<'a> {
    standing: Standing,
    batches: Batches<'a>,
    batch: usize,
    keys: Option<SortableRows>,
    /// What must lie in one block, where that is more than a key.
    wholes: Option<SortableRows>,
    at: usize,
}

impl Cursor<'_> {
    fn key(&self) -> &[u8] {
        let keys = self.keys.as_ref().expect("a cursor at its end is put away");
        keys.row(self.at).data()
    }

    fn whole(&self) -> &[u8] {
        self.wholes.as_ref().map_or_else(|| self.key(), |wholes| wholes.row(self.at).data())
    }
}

/// The blocks of a month.
pub(crate) struct Blocks<'a> {
    table: &'static Table,
    /// By their next key; the one to take from is the last.
    cursors: Vec<Cursor<'a>>,
    batches: Vec<RecordBatch>,
    is_contested: bool,
    picked: Vec<(Standing, usize, usize)>,
    last: Vec<u8>,
    last_whole: Vec<u8>,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(table: &'static Table, sources: Vec<(Standing, Batches<'a>)>) -> Result<Self> {
        let mut blocks = Self {
            table,
            cursors: Vec::new(),
            batches: Vec::new(),
            is_contested: false,
            picked: Vec::new(),
            last: Vec::new(),
            last_whole: Vec::new(),
        };
        for (standing, batches) in sources {
            let mut cursor = Cursor { standing, batches, batch: 0, keys: None, wholes: None, at: 0 };
            if blocks.load(&mut cursor)? {
                blocks.put_back(cursor);
            }
        }
        Ok(blocks)
    }

    /// The cursor's next batch; false at its end.
    fn load(&mut self, cursor: &mut Cursor<'_>) -> Result<bool> {
        for batch in cursor.batches.by_ref() {
            let batch = batch?;
            if batch.num_rows() > 0 {
                cursor.keys = Some(keys_of(self.table, &batch)?);
                cursor.wholes = whole_of(self.table).map(|columns| sortable(&batch, columns)).transpose()?;
                cursor.batch = self.batches.len();
                cursor.at = 0;
                self.batches.push(batch);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn put_back(&mut self, cursor: Cursor<'a>) {
        let place = self.cursors.partition_point(|other| other.key() > cursor.key());
        self.cursors.insert(place, cursor);
    }

    /// The next block; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Block>> {
        self.picked.clear();
        self.is_contested = false;
        while let Some(mut cursor) = self.cursors.pop() {
            let is_full = loop {
                if self.cursors.last().is_some_and(|other| other.key() < cursor.key()) {
                    break false;
                }
                let belongs = !self.picked.is_empty() && cursor.whole() == self.last_whole;
                if !belongs && self.picked.len() >= BLOCK_ROWS {
                    break true;
                }
                let pick = (cursor.standing, cursor.batch, cursor.at);
                self.is_contested |= cursor.standing == Standing::History
                    || belongs && (cursor.key() == self.last || !self.is_like_the_last(pick));
                cursor.key().clone_into(&mut self.last);
                cursor.whole().clone_into(&mut self.last_whole);
                self.picked.push(pick);
                cursor.at += 1;
                if cursor.at == cursor.keys.as_ref().map_or(0, SortableRows::num_rows) && !self.load(&mut cursor)? {
                    cursor.keys = None;
                    break false;
                }
            };
            if cursor.keys.is_some() {
                self.put_back(cursor);
            }
            if is_full {
                break;
            }
        }
        if self.picked.is_empty() { Ok(None) } else { self.block().map(Some) }
    }

    /// Whether a row comes from where the one before it comes from: rows of one file never take
    /// each other's place.
    fn is_like_the_last(&self, (standing, batch, row): (Standing, usize, usize)) -> bool {
        let Some((last_standing, last_batch, last_row)) = self.picked.last() else { return true };
        standing == *last_standing
            && (standing == Standing::Current || self.file(batch, row) == self.file(*last_batch, *last_row))
    }

    fn file(&self, batch: usize, row: usize) -> &str {
        let files = self.batches[batch].column_by_name("source_file").expect("the schema was checked");
        files.as_string::<i32>().value(row)
    }

    fn block(&mut self) -> Result<Block> {
        let block = if self.is_contested {
            let of = |wanted| {
                let picked = self.picked.iter().filter(|(standing, ..)| *standing == wanted);
                self.gather(picked.map(|(_, batch, row)| (*batch, *row)).collect())
            };
            let staged = twins::numbered(self.table, of(Standing::Staged)?)?;
            Block::Contested { rows: [of(Standing::Current)?, of(Standing::History)?, staged] }
        } else {
            let rows = self.gather(self.picked.iter().map(|(_, batch, row)| (*batch, *row)).collect())?;
            Block::Plain { rows: twins::numbered(self.table, rows)?, new: self.new_by_file() }
        };
        self.forget();
        Ok(block)
    }

    fn new_by_file(&self) -> Vec<(String, MergeCounts)> {
        let mut counts: Vec<(String, MergeCounts)> = Vec::new();
        for (_, batch, row) in self.picked.iter().filter(|(standing, ..)| *standing == Standing::Staged) {
            let file = self.file(*batch, *row);
            match counts.last_mut().filter(|(last, _)| last == file) {
                Some((_, count)) => count.inserted += 1,
                None => counts.push((file.to_owned(), MergeCounts { inserted: 1, ..MergeCounts::default() })),
            }
        }
        counts
    }

    /// These rows in this order.
    fn gather(&self, picked: Vec<(usize, usize)>) -> Result<RecordBatch> {
        let (Some(&(batch, first)), Some(&last)) = (picked.first(), picked.last()) else {
            return Ok(RecordBatch::new_empty(self.table.schema()));
        };
        if picked.iter().all(|(other, _)| *other == batch) && last == (batch, first + picked.len() - 1) {
            return Ok(self.batches[batch].slice(first, picked.len()));
        }
        interleaved(&self.batches, picked)
    }

    /// Puts away the batches that no cursor is at any more.
    fn forget(&mut self) {
        let mut kept = Vec::new();
        for cursor in &mut self.cursors {
            kept.push(self.batches[cursor.batch].clone());
            cursor.batch = kept.len() - 1;
        }
        self.batches = kept;
    }
}

/// Rows by batch and row, in this order.
fn interleaved(batches: &[RecordBatch], picked: Vec<(usize, usize)>) -> Result<RecordBatch> {
    // The batches that take part, so that those of other runs cost nothing.
    let mut place = vec![usize::MAX; batches.len()];
    let mut used = Vec::new();
    let mut picked = picked;
    for (batch, _) in &mut picked {
        if place[*batch] == usize::MAX {
            place[*batch] = used.len();
            used.push(&batches[*batch]);
        }
        *batch = place[*batch];
    }
    interleave_record_batch(&used, &picked)
        .map_err(|error| Diagnostic::error("arrow", format!("cannot bring rows together: {error}")).into())
}

/// Batches of a table as one run: sorted by key, then by file and line, a batch of so many rows at
/// a time.
pub(crate) fn sorted(
    table: &'static Table,
    batches: Vec<RecordBatch>,
    rows: usize,
) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send> {
    let keys = batches.iter().map(|batch| keys_of(table, batch)).collect::<Result<Vec<_>>>()?;
    let mut order: Vec<(u32, u32)> = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
    for (batch, keys) in keys.iter().enumerate() {
        order.extend((0..keys.num_rows()).map(|row| (batch as u32, row as u32)));
    }
    let key = |&(batch, row): &(u32, u32)| keys[batch as usize].row(row as usize).data();
    // Exports are mostly in order already, which a stable sort is quick with.
    order.sort_by(|one, other| key(one).cmp(key(other)));
    drop(keys);
    let batches = Arc::new(batches);
    let mut next = 0;
    Ok(std::iter::from_fn(move || {
        let part = order.get(next..(next + rows).min(order.len())).filter(|part| !part.is_empty())?;
        next += part.len();
        Some(interleaved(&batches, part.iter().map(|(batch, row)| (*batch as usize, *row as usize)).collect()))
    }))
}

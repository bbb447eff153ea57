//! Rows of one month from several places, in the order of their keys, a block at a time: what the
//! lake has, what it had, and what is new. A block holds all rows of each of its keys, so that it can
//! be merged by itself and the memory of a merge does not grow with the month.

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::compute::{concat_batches, interleave_record_batch};
use arrow::row::Rows as SortableRows;

use super::merge::{MergeCounts, sortable};
use super::states::{Standing, whole_of};
use super::tables::Table;
use super::twins;
use crate::error::{Diagnostic, Result};

/// Rows of a block, and of a slice of the output.
pub(crate) const BLOCK_ROWS: usize = 16_384;

/// Rows of a stretch from which on it is copied as a whole.
const LONG_STRETCH: usize = 16;

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
fn keys_of(table: &Table, batch: &RecordBatch, columns: &[&str]) -> Result<SortableRows> {
    match twins::column(table) {
        Some(column) => sortable(&twins::together(batch, column), columns),
        None => sortable(batch, columns),
    }
}

struct Cursor<'a> {
    standing: Standing,
    batches: Batches<'a>,
    batch: usize,
    keys: Option<SortableRows>,
    at: usize,
}

impl Cursor<'_> {
    fn key(&self) -> &[u8] {
        let keys = self.keys.as_ref().expect("a cursor at its end is put away");
        keys.row(self.at).data()
    }
}

/// Rows that a cursor is at, and those of their columns that are looked at row by row.
#[derive(Clone)]
struct Loaded {
    rows: RecordBatch,
    files: StringArray,
    /// What tells the rows that must lie in one block, where that is not the whole key.
    whole: Option<Vec<StringArray>>,
}

impl Loaded {
    fn new(table: &Table, rows: RecordBatch) -> Self {
        let texts = |name: &str| rows.column_by_name(name).expect("the schema was checked").as_string::<i32>().clone();
        let whole = whole_of(table).map(|names| names.iter().map(|name| texts(name)).collect());
        Self { files: texts("source_file"), whole, rows }
    }
}

/// The blocks of a month.
pub(crate) struct Blocks<'a> {
    table: &'static Table,
    /// By their next key; the one to take from is the last.
    cursors: Vec<Cursor<'a>>,
    batches: Vec<Loaded>,
    is_contested: bool,
    /// Rows next to each other in a batch, in the order of keys.
    picked: Vec<Stretch>,
    rows: usize,
    last: Vec<u8>,
}

/// Some rows of a batch.
#[derive(Clone, Copy)]
struct Stretch {
    standing: Standing,
    batch: usize,
    start: usize,
    end: usize,
}

impl<'a> Blocks<'a> {
    pub(crate) fn new(table: &'static Table, sources: Vec<(Standing, Batches<'a>)>) -> Result<Self> {
        let mut blocks = Self {
            table,
            cursors: Vec::new(),
            batches: Vec::new(),
            is_contested: false,
            picked: Vec::new(),
            rows: 0,
            last: Vec::new(),
        };
        for (standing, batches) in sources {
            let mut cursor = Cursor { standing, batches, batch: 0, keys: None, at: 0 };
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
                cursor.keys = Some(keys_of(self.table, &batch, self.table.key)?);
                cursor.batch = self.batches.len();
                cursor.at = 0;
                self.batches.push(Loaded::new(self.table, batch));
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
        self.rows = 0;
        self.is_contested = false;
        while let Some(mut cursor) = self.cursors.pop() {
            let is_full = loop {
                if self.cursors.last().is_some_and(|other| other.key() < cursor.key()) {
                    break false;
                }
                if self.rows >= BLOCK_ROWS && !self.belongs(&cursor) {
                    break true;
                }
                self.is_contested = self.is_contested || self.contests(&cursor);
                cursor.key().clone_into(&mut self.last);
                self.pick(&cursor);
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

    fn pick(&mut self, cursor: &Cursor<'_>) {
        let Cursor { standing, batch, at, .. } = *cursor;
        self.rows += 1;
        match self.picked.last_mut() {
            Some(last) if last.batch == batch && last.end == at => last.end += 1,
            _ => self.picked.push(Stretch { standing, batch, start: at, end: at + 1 }),
        }
    }

    /// The batch and row before.
    fn last(&self) -> Option<(Standing, usize, usize)> {
        self.picked.last().map(|last| (last.standing, last.batch, last.end - 1))
    }

    /// Whether the row at the cursor must lie in one block with the one before it.
    fn belongs(&self, cursor: &Cursor<'_>) -> bool {
        let Some((_, batch, row)) = self.last() else { return false };
        match (&self.batches[batch].whole, &self.batches[cursor.batch].whole) {
            (Some(before), Some(columns)) => {
                before.iter().zip(columns).all(|(before, column)| before.value(row) == column.value(cursor.at))
            }
            _ => cursor.key() == self.last,
        }
    }

    /// Whether the row at the cursor and the one before it cannot both stay as they are. Rows of one
    /// file never take each other's place, unless their keys are the same.
    fn contests(&self, cursor: &Cursor<'_>) -> bool {
        let Some((standing, batch, row)) = self.last() else { return cursor.standing == Standing::History };
        let are_alike = || {
            standing == cursor.standing
                && (standing == Standing::Current || self.file(batch, row) == self.file(cursor.batch, cursor.at))
        };
        cursor.standing == Standing::History || cursor.key() == self.last || !are_alike() && self.belongs(cursor)
    }

    fn file(&self, batch: usize, row: usize) -> &str {
        self.batches[batch].files.value(row)
    }

    fn block(&mut self) -> Result<Block> {
        let block = if self.is_contested {
            let of = |wanted| self.gather(self.picked.iter().filter(|stretch| stretch.standing == wanted));
            let staged = twins::numbered(self.table, of(Standing::Staged)?)?;
            Block::Contested { rows: [of(Standing::Current)?, of(Standing::History)?, staged] }
        } else {
            let rows = self.gather(self.picked.iter())?;
            Block::Plain { rows: twins::numbered(self.table, rows)?, new: self.new_by_file() }
        };
        self.forget();
        Ok(block)
    }

    fn new_by_file(&self) -> Vec<(String, MergeCounts)> {
        let mut counts: Vec<(String, MergeCounts)> = Vec::new();
        for stretch in self.picked.iter().filter(|stretch| stretch.standing == Standing::Staged) {
            for row in stretch.start..stretch.end {
                let file = self.file(stretch.batch, row);
                match counts.last_mut().filter(|(last, _)| last == file) {
                    Some((_, count)) => count.inserted += 1,
                    None => counts.push((file.to_owned(), MergeCounts { inserted: 1, ..MergeCounts::default() })),
                }
            }
        }
        counts
    }

    /// These rows in this order.
    fn gather<'s>(&self, stretches: impl Iterator<Item = &'s Stretch>) -> Result<RecordBatch> {
        let stretches: Vec<Stretch> = stretches.copied().collect();
        let slice =
            |stretch: &Stretch| self.batches[stretch.batch].rows.slice(stretch.start, stretch.end - stretch.start);
        let rows: usize = stretches.iter().map(|stretch| stretch.end - stretch.start).sum();
        if let [only] = stretches.as_slice() {
            return Ok(slice(only));
        }
        if rows >= stretches.len() * LONG_STRETCH {
            let slices: Vec<RecordBatch> = stretches.iter().map(slice).collect();
            return concat_batches(&self.table.schema(), &slices)
                .map_err(|error| Diagnostic::error("arrow", format!("cannot bring rows together: {error}")).into());
        }
        let rows = |stretch: Stretch| (stretch.start..stretch.end).map(move |row| (stretch.batch, row));
        let batches: Vec<&RecordBatch> = self.batches.iter().map(|loaded| &loaded.rows).collect();
        interleaved(&batches, stretches.into_iter().flat_map(rows).collect())
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
fn interleaved(batches: &[&RecordBatch], picked: Vec<(usize, usize)>) -> Result<RecordBatch> {
    // The batches that take part, so that those of other runs cost nothing.
    let mut place = vec![usize::MAX; batches.len()];
    let mut used = Vec::new();
    let mut picked = picked;
    for (batch, _) in &mut picked {
        if place[*batch] == usize::MAX {
            place[*batch] = used.len();
            used.push(batches[*batch]);
        }
        *batch = place[*batch];
    }
    interleave_record_batch(&used, &picked)
        .map_err(|error| Diagnostic::error("arrow", format!("cannot bring rows together: {error}")).into())
}

/// Batches of a table as one run: sorted by key, and rows of one key as they came, a batch of so many
/// rows at a time. Only these columns come out; in each of the others every row must say the same.
pub(crate) fn sorted(
    table: &'static Table,
    batches: Vec<RecordBatch>,
    rows: usize,
    columns: &[usize],
) -> Result<impl Iterator<Item = Result<RecordBatch>> + Send + use<>> {
    // What says the same everywhere orders nothing.
    let tells = |name: &&str| table.place(name).is_some_and(|place| columns.contains(&place));
    let telling: Vec<&str> = table.key.iter().copied().filter(tells).collect();
    let telling = if telling.is_empty() { table.key } else { &telling };
    let keys = batches.iter().map(|batch| keys_of(table, batch, telling)).collect::<Result<Vec<_>>>()?;
    let mut order: Vec<(u32, u32)> = Vec::with_capacity(batches.iter().map(RecordBatch::num_rows).sum());
    for (batch, keys) in keys.iter().enumerate() {
        order.extend((0..keys.num_rows()).map(|row| (batch as u32, row as u32)));
    }
    let key = |&(batch, row): &(u32, u32)| keys[batch as usize].row(row as usize).data();
    // Exports are mostly in order already, which a stable sort is quick with.
    order.sort_by(|one, other| key(one).cmp(key(other)));
    drop(keys);
    let part_of = |batch: &RecordBatch| batch.project(columns).expect("the columns are those of the table");
    let batches: Vec<RecordBatch> = batches.iter().map(part_of).collect();
    let mut next = 0;
    Ok(std::iter::from_fn(move || {
        let part = order.get(next..(next + rows).min(order.len())).filter(|part| !part.is_empty())?;
        next += part.len();
        let batches: Vec<&RecordBatch> = batches.iter().collect();
        Some(interleaved(&batches, part.iter().map(|(batch, row)| (*batch as usize, *row as usize)).collect()))
    }))
}

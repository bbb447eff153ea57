//! Some records of a file with typed cells, column by column: what the cells of a column have in
//! common is worked out once for all of them, and no cell is an object of its own.

use std::ops::Range;

use super::cell::{Read, Value};
use super::limits;
use crate::types::Currency;

/// A record's place in its file.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) line: u64,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// Where its bytes stand, without the line end: in its block, or in the batch that keeps them.
    pub(crate) span: Range<usize>,
    /// The currency of its amounts: its own, or the last that a record before it said.
    pub(crate) currency: Currency,
}

/// Where a text stands among those of its batch.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    start: u32,
    end: u32,
}

/// Records with typed cells.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    heads: Vec<Head>,
    /// By field of the layout, then by column that no field names; empty where the file lacks it.
    columns: Vec<Vec<Value<Span>>>,
    texts: String,
    /// The bytes of records that outlive their block.
    kept: Vec<u8>,
}

impl Batch {
    /// Takes these records; their cells are to be pushed, column by column.
    pub(crate) fn begin(&mut self, heads: &mut Vec<Head>, columns: usize) {
        self.clear();
        self.heads.append(heads);
        self.columns.resize_with(columns, Vec::new);
    }

    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.columns.iter_mut().for_each(Vec::clear);
        self.texts.clear();
        self.kept.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    pub(crate) fn head(&self, row: usize) -> &Head {
        &self.heads[row]
    }

    /// These records' amounts are in this currency.
    pub(crate) fn set_currency(&mut self, rows: Range<usize>, currency: Currency) {
        self.heads[rows].iter_mut().for_each(|head| head.currency = currency);
    }

    /// Adds the cell of a column's next record.
    pub(crate) fn push(&mut self, column: usize, value: Read<'_>) {
        let texts = &mut self.texts;
        let stored = value.held(|text| {
            let start = texts.len();
            texts.push_str(&text);
            let place = |at: usize| u32::try_from(at).expect("a batch holds few records, of limited length");
            Span { start: place(start), end: place(texts.len()) }
        });
        self.columns[column].push(stored);
    }

    /// The value of a record's cell.
    pub(crate) fn value(&self, column: usize, row: usize) -> Value<&str> {
        let Some(cells) = self.columns.get(column).filter(|cells| !cells.is_empty()) else { return Value::Null };
        let stored = cells[row];
        stored.held(|span| &self.texts[span.start as usize..span.end as usize])
    }

    /// A record's bytes; `block` is the text that it was read from.
    pub(crate) fn bytes<'a>(&'a self, row: usize, block: &'a [u8]) -> &'a [u8] {
        let text = if self.kept.is_empty() { block } else { &self.kept };
        &text[self.heads[row].span.clone()]
    }

    /// Adds a record of another batch, with its bytes: it may outlive its block.
    pub(crate) fn keep(&mut self, other: &Self, row: usize, block: &[u8]) {
        self.columns.resize_with(other.columns.len(), Vec::new);
        for (place, _) in other.columns.iter().enumerate().filter(|(_, column)| !column.is_empty()) {
            self.push(place, other.value(place, row).held(Into::into));
        }
        let start = self.kept.len();
        self.kept.extend_from_slice(other.bytes(row, block));
        self.heads.push(Head { span: start..self.kept.len(), ..other.heads[row] });
    }

    /// Bytes of the records that it keeps.
    pub(crate) fn kept_bytes(&self) -> usize {
        self.kept.len()
    }

    /// Whether it may keep another record that belongs to those it keeps.
    pub(crate) fn has_room(&self) -> bool {
        has_room(self.len(), self.kept.len())
    }

    /// Whether these records are no more than may belong together.
    pub(crate) fn are_few(&self, rows: &[usize]) -> bool {
        let Some((_, before)) = rows.split_last() else { return true };
        has_room(before.len(), before.iter().map(|row| self.heads[*row].span.len()).sum())
    }

    /// How many of these records have the first one's value in this column.
    pub(crate) fn alike(&self, rows: &[usize], column: usize) -> usize {
        let Some(first) = rows.first() else { return 0 };
        let value = self.value(column, *first);
        rows.iter().take_while(|row| self.value(column, **row) == value).count()
    }
}

/// Whether so many records of so many bytes may have another that belongs to them.
fn has_room(records: usize, bytes: usize) -> bool {
    records < limits::GROUP_RECORDS && bytes < limits::GROUP_BYTES
}

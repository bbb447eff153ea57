//! Some records of a file with typed cells, column by column: what the cells of a column have in
//! common is worked out once for all of them, and no cell is an object of its own.

use std::ops::Range;

use super::cell::{Read, Value};
use super::limits;

/// A record's place in its file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub(crate) line: u64,
    pub(crate) offset: u64,
    pub(crate) length: u64,
    /// Where its bytes stand, without the line end: in its block, or in the batch that keeps them.
    pub(crate) span: Range<usize>,
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
        let stored = self.columns.get(column).and_then(|column| column.get(row));
        let stored = stored.copied().unwrap_or(Value::Null);
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

    /// How many of these records belong together with the first of them, because they have its value in
    /// this column.
    pub(crate) fn together(&self, rows: &[usize], column: usize) -> usize {
        let Some(first) = rows.first() else { return 0 };
        let value = self.value(column, *first);
        let mut bytes = 0;
        let belongs = |(count, row): &(usize, &usize)| {
            let has_room = *count < limits::GROUP_RECORDS && bytes < limits::GROUP_BYTES;
            bytes += self.heads[**row].span.len();
            has_room && self.value(column, **row) == value
        };
        rows.iter().enumerate().take_while(belongs).count()
    }

    /// Whether a record of another batch belongs to those that this one keeps.
    pub(crate) fn takes(&self, other: &Self, row: usize, column: usize) -> bool {
        let has_room = self.len() < limits::GROUP_RECORDS && self.kept.len() < limits::GROUP_BYTES;
        has_room && self.value(column, self.len() - 1) == other.value(column, row)
    }
}

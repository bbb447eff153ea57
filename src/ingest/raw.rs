//! Whole records whose cells are still bytes: collected until it pays to read them column by column.

use super::batch::Head;
use super::plan::Step;
use super::record::{Cut, Record};

/// Records of one block, by the cells that are wanted of them.
#[derive(Debug, Default)]
pub(super) struct RawRecords {
    pub(super) heads: Vec<Head>,
    /// The wanted cells, record by record.
    cells: Vec<Cut>,
    wanted: usize,
    /// Cells without their doubled quotes.
    anew: Vec<u8>,
}

impl RawRecords {
    pub(super) fn clear(&mut self) {
        self.heads.clear();
        self.cells.clear();
        self.anew.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Adds a record that stands at `at` of its block, and of its cells those of these steps; one that
    /// the record lacks is empty.
    pub(super) fn push(&mut self, head: Head, record: &Record<'_>, at: usize, steps: &[Step]) {
        self.heads.push(head);
        self.wanted = steps.len();
        for step in steps {
            let cell = match step.column.filter(|column| *column < record.width()).map(|column| record.cut(column)) {
                None => Cut::EMPTY,
                Some(_) if !step.parts.is_empty() => self.joined(record, step),
                Some(cut) if cut.is_written_anew => {
                    let start = self.anew.len();
                    self.anew.extend_from_slice(&record.written_anew()[cut.range()]);
                    cut.at(start)
                }
                Some(cut) => cut.after(at),
            };
            self.cells.push(cell);
        }
    }

    /// The cells of several columns as one; empty where each of them is.
    fn joined(&mut self, record: &Record<'_>, step: &Step) -> Cut {
        let start = self.anew.len();
        let columns = step.column.into_iter().chain(step.parts.iter().copied());
        let mut is_empty = true;
        for (number, column) in columns.enumerate() {
            let cell = if column < record.width() { record.cell(column).trim_ascii() } else { &[] };
            is_empty &= cell.is_empty();
            self.anew.extend((number > 0).then(|| step.join.glue()));
            self.anew.extend_from_slice(cell);
        }
        if is_empty {
            self.anew.truncate(start);
        }
        Cut::anew(start..self.anew.len())
    }

    /// The last record's wanted cell says this instead.
    pub(super) fn replace(&mut self, number: usize, said: &[u8]) {
        let start = self.anew.len();
        self.anew.extend_from_slice(said);
        let last = self.cells.len() - self.wanted;
        self.cells[last + number] = Cut::anew(start..self.anew.len());
    }

    /// The bytes of a record's wanted cell, and its text where the block is known to be text.
    pub(super) fn cell<'a>(
        &'a self,
        row: usize,
        number: usize,
        block: &'a [u8],
        text: Option<&'a str>,
    ) -> (&'a [u8], Option<&'a str>) {
        let cut = self.cells[row * self.wanted + number];
        if cut.is_written_anew {
            return (&self.anew[cut.range()], None);
        }
        (&block[cut.range()], text.and_then(|text| text.get(cut.range())))
    }
}

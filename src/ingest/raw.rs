//! Whole records whose cells are still bytes: collected until it pays to read them column by column.

use super::batch::Head;
use super::record::Record;

/// Where a cell stands: in the block, or among those written anew.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
    is_written_anew: bool,
}

/// Records of one block, by the cells that are wanted of them.
#[derive(Debug, Default)]
pub(super) struct RawRecords {
    pub(super) heads: Vec<Head>,
    /// The wanted cells, record by record.
    cells: Vec<Span>,
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

    /// Adds a record that stands at `at` of its block, and of its cells those of these columns; one that
    /// the record lacks is empty.
    pub(super) fn push(
        &mut self,
        head: Head,
        record: &Record<'_>,
        at: usize,
        columns: impl ExactSizeIterator<Item = Option<usize>>,
    ) {
        self.heads.push(head);
        self.wanted = columns.len();
        for column in columns {
            let cell = column.filter(|column| *column < record.width()).map(|column| record.cut(column));
            let (start, end, is_written_anew) = match cell {
                None => (0, 0, false),
                Some((range, false)) => (at + range.start, at + range.end, false),
                Some((range, true)) => {
                    let start = self.anew.len();
                    self.anew.extend_from_slice(&record.written_anew()[range]);
                    (start, self.anew.len(), true)
                }
            };
            self.cells.push(Span { start: start as u32, end: end as u32, is_written_anew });
        }
    }

    /// The bytes of a record's wanted cell, and its text where the block is known to be text.
    pub(super) fn cell<'a>(
        &'a self,
        row: usize,
        number: usize,
        block: &'a [u8],
        text: Option<&'a str>,
    ) -> (&'a [u8], Option<&'a str>) {
        let span = self.cells[row * self.wanted + number];
        let range = span.start as usize..span.end as usize;
        if span.is_written_anew {
            return (&self.anew[range], None);
        }
        (&block[range.clone()], text.and_then(|text| text.get(range)))
    }
}

//! One record: its cells, its bytes, and what is wrong with it.

use std::ops::Range;

/// What is wrong with a record before any cell is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A quote that is never closed, or closes too far away to be meant.
    UnterminatedQuote,
    /// Text between a closing quote and the next delimiter.
    BadQuoting,
    /// A record or a cell beyond the limits.
    TooLong,
}

impl Fault {
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::UnterminatedQuote => "unterminated_quote",
            Self::BadQuoting => "bad_quoting",
            Self::TooLong => "record_too_long",
        }
    }

    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::UnterminatedQuote => "a quote is opened before or on this line and not closed",
            Self::BadQuoting => "text follows a closing quote",
            Self::TooLong => "longer than a record or a cell may be",
        }
    }
}

/// One record; kept by the caller and filled again and again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Line of its start, counted from 1.
    pub(crate) line: u64,
    /// Its bytes as they stand, line end included; cut where it is too long.
    pub(crate) raw: Vec<u8>,
    /// Bytes of all of it.
    pub(crate) length: u64,
    /// The same in UTF-16, where it is too long to be kept.
    pub(crate) length_in_utf16: u64,
    /// False for a last record without a line end.
    pub(crate) terminated: bool,
    pub(crate) fault: Option<Fault>,
    /// The cells' bytes one after the other, and where each ends.
    pub(super) data: Vec<u8>,
    pub(super) ends: Vec<usize>,
}

impl Record {
    pub(crate) fn clear(&mut self) {
        self.raw.clear();
        self.data.clear();
        self.ends.clear();
        self.fault = None;
        self.length = 0;
        self.length_in_utf16 = 0;
        self.terminated = true;
    }

    /// How many cells.
    pub(crate) fn width(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell.
    pub(crate) fn cell(&self, index: usize) -> &[u8] {
        &self.data[self.range(index)]
    }

    /// All cells' bytes, if they are text in UTF-8: looked at once and not cell by cell.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.data).ok()
    }

    /// Where a cell stands among all cells' bytes.
    pub(crate) fn range(&self, index: usize) -> Range<usize> {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        start..self.ends[index]
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.width()).map(|index| self.cell(index))
    }

    pub(crate) fn push_cell(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
        self.ends.push(self.data.len());
    }

    /// The record without its line end.
    pub(crate) fn content(&self) -> &[u8] {
        let end = self.raw.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        &self.raw[..end]
    }

    pub(crate) fn is_blank_line(&self) -> bool {
        self.fault.is_none() && self.content().is_empty()
    }
}

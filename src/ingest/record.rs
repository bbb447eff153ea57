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

/// Where a cell stands. Cells are not copied out of their record; only one with doubled quotes is
/// written anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    start: u32,
    end: u32,
    /// Whether it stands among those written anew, and not in the record.
    pub(super) is_written_anew: bool,
}

impl Cut {
    /// A cell that is not there.
    pub(super) const EMPTY: Self = Self { start: 0, end: 0, is_written_anew: false };

    /// A cell that stands among those written anew.
    pub(super) fn anew(range: Range<usize>) -> Self {
        let place = |at: usize| u32::try_from(at).expect("a block is a few megabytes");
        Self { start: place(range.start), end: place(range.end), is_written_anew: true }
    }

    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The same cell where so many more bytes stand before it.
    pub(super) fn after(self, bytes: usize) -> Self {
        self.at(bytes + self.start as usize)
    }

    /// The same cell where it starts at `start`.
    pub(super) fn at(self, start: usize) -> Self {
        let start = u32::try_from(start).expect("a block is a few megabytes");
        Self { start, end: start + (self.end - self.start), ..self }
    }
}

/// The cells of a record, found again and again in the same memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Cuts {
    pub(super) list: Vec<Cut>,
    /// Cells without their doubled quotes, one after the other.
    pub(super) anew: Vec<u8>,
}

impl Cuts {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.anew.clear();
    }

    /// A cell as it stands in the record.
    pub(super) fn push(&mut self, start: usize, end: usize) {
        self.list.push(Cut { start: start as u32, end: end as u32, is_written_anew: false });
    }

    /// A cell that was written anew from `start` on.
    pub(super) fn push_anew(&mut self, start: usize) {
        self.list.push(Cut { start: start as u32, end: self.anew.len() as u32, is_written_anew: true });
    }

    /// The cells of a line in which quotes mean nothing.
    pub(super) fn push_line(&mut self, line: &[u8], delimiter: u8) {
        let mut start = 0;
        let mut cut = |end: usize| {
            self.push(start, end);
            start = end + 1;
        };
        // Exports have dozens of empty cells in a row, where a search for the next would mostly begin:
        // eight bytes are looked at in one number, and each that is a delimiter becomes its high bit.
        const LOW: u64 = u64::MAX / 255 * 0x7f;
        let wanted = u64::MAX / 255 * u64::from(delimiter);
        let (words, rest) = line.as_chunks::<8>();
        for (place, word) in words.iter().enumerate() {
            let differs = u64::from_le_bytes(*word) ^ wanted;
            let mut found = !(((differs & LOW) + LOW) | differs | LOW);
            while found != 0 {
                cut(place * 8 + found.trailing_zeros() as usize / 8);
                found &= found - 1;
            }
        }
        let tail = line.len() - rest.len();
        rest.iter().enumerate().filter(|(_, byte)| **byte == delimiter).for_each(|(place, _)| cut(tail + place));
        self.push(start, line.len());
    }
}

/// One record, as long as its text is at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    /// Line of its start, counted from 1.
    pub(crate) line: u64,
    /// Its bytes as they stand, line end included; cut where it is too long.
    pub(crate) raw: &'a [u8],
    /// Bytes of all of it.
    pub(crate) length: u64,
    /// The same in UTF-16, where it is too long to be kept.
    pub(crate) length_in_utf16: u64,
    /// False for a last record without a line end.
    pub(crate) terminated: bool,
    pub(crate) fault: Option<Fault>,
    pub(super) cuts: &'a Cuts,
}

impl<'a> Record<'a> {
    /// How many cells.
    pub(crate) fn width(&self) -> usize {
        self.cuts.list.len()
    }

    /// The bytes of a cell.
    pub(crate) fn cell(&self, index: usize) -> &'a [u8] {
        self.bytes(self.cuts.list[index])
    }

    /// Where a cell stands.
    pub(super) fn cut(&self, index: usize) -> Cut {
        self.cuts.list[index]
    }

    /// The cells that are written anew.
    pub(super) fn written_anew(&self) -> &'a [u8] {
        &self.cuts.anew
    }

    pub(crate) fn cells(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.cuts.list.iter().map(|cut| self.bytes(*cut))
    }

    fn bytes(&self, cut: Cut) -> &'a [u8] {
        let text = if cut.is_written_anew { self.cuts.anew.as_slice() } else { self.raw };
        &text[cut.range()]
    }

    /// The record without its line end.
    pub(crate) fn content(&self) -> &'a [u8] {
        let end = self.raw.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        &self.raw[..end]
    }

    pub(crate) fn is_blank_line(&self) -> bool {
        self.fault.is_none() && self.content().is_empty()
    }
}

/// A record that is too long to be kept.
#[derive(Clone, Debug)]
pub(crate) struct Giant {
    pub(crate) line: u64,
    /// How it begins.
    start: Vec<u8>,
    length: u64,
    length_in_utf16: u64,
    terminated: bool,
    cuts: Cuts,
}

impl Giant {
    pub(super) fn new(record: Record<'_>) -> Self {
        let Record { line, raw, length, length_in_utf16, terminated, .. } = record;
        Self { line, start: raw.to_vec(), length, length_in_utf16, terminated, cuts: Cuts::default() }
    }

    pub(crate) fn record(&self) -> Record<'_> {
        Record {
            line: self.line,
            raw: &self.start,
            length: self.length,
            length_in_utf16: self.length_in_utf16,
            terminated: self.terminated,
            fault: Some(Fault::TooLong),
            cuts: &self.cuts,
        }
    }
}

//! Does another table begin within a file? Lists get pasted below each other, and what stands under a second
//! header means something else than under the first.

use std::collections::BTreeSet;

use super::record::Record;

/// Headers of the file that a line must repeat to be one itself.
const LEAST: usize = 3;

/// The header of another table below the file's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SecondTable {
    /// Counted from 1.
    pub(crate) line: u64,
    /// How many of the file's headers it repeats.
    pub(crate) repeats: usize,
}

impl SecondTable {
    pub(crate) fn reason(self) -> String {
        let Self { line, repeats } = self;
        format!("line {line} repeats {repeats} of this file's headers: a second table begins there")
    }

    /// What a person can do about it.
    pub(crate) fn remedy(line: u64) -> String {
        format!("cut the file before line {line} and save each of its tables as a file of its own")
    }
}

/// The headers of a file.
pub(crate) struct Headers {
    in_order: Vec<Vec<u8>>,
    /// Those that are more than a letter, which cells have as well.
    named: BTreeSet<Vec<u8>>,
    /// Their lengths, a bit each, and the bytes that they begin with: most cells have neither.
    lengths: u64,
    firsts: [bool; 256],
}

impl Headers {
    pub(crate) fn new<'h>(headers: impl Iterator<Item = &'h [u8]>) -> Self {
        let in_order: Vec<Vec<u8>> = headers.map(|header| plain(header).to_vec()).collect();
        let named: BTreeSet<Vec<u8>> = in_order.iter().filter(|header| header.len() > 1).cloned().collect();
        let lengths = named.iter().fold(0, |lengths, header| lengths | bit(header.len()));
        let mut firsts = [false; 256];
        named.iter().for_each(|header| firsts[usize::from(header[0])] = true);
        Self { in_order, named, lengths, firsts }
    }

    /// Whether a cell may be one of these headers.
    fn may_be(&self, cell: &[u8]) -> bool {
        let cell = plain(cell);
        cell.first().is_some_and(|first| self.firsts[usize::from(*first)]) && self.lengths & bit(cell.len()) != 0
    }

    /// The second table that begins with a record. A cell with a digit where every record has a number is
    /// none of a header: that spares most records the look.
    pub(crate) fn begun_by(&self, record: &Record<'_>, number: Option<usize>, is_ragged: bool) -> Option<SecondTable> {
        let number = number.filter(|column| *column < record.width()).map(|column| record.cell(column));
        if number.is_some_and(|cell| cell.iter().any(u8::is_ascii_digit)) {
            return None;
        }
        let repeats = self.repeats((0..record.width()).map(|column| record.cell(column)), is_ragged)?;
        Some(SecondTable { line: record.line, repeats })
    }

    /// How many of these headers a line repeats, where it is a header itself: most of what it says is
    /// headers. None for the file's own header once more, which changes nothing of what follows.
    pub(crate) fn repeats<'r>(&self, cells: impl Iterator<Item = &'r [u8]> + Clone, is_ragged: bool) -> Option<usize> {
        if cells.clone().filter(|cell| self.may_be(cell)).take(LEAST).count() < LEAST {
            return None;
        }
        let said: Vec<&[u8]> = cells.map(plain).collect();
        let filled = said.iter().filter(|cell| !cell.is_empty()).count();
        let repeats = said.iter().filter(|cell| self.named.contains(**cell)).collect::<BTreeSet<_>>().len();
        let in_order = said.iter().zip(&self.in_order).all(|(cell, header)| cell == header);
        let is_own = in_order && (is_ragged || said.len() == self.in_order.len());
        (repeats >= LEAST && repeats * 2 >= filled && !is_own).then_some(repeats)
    }
}

fn bit(length: usize) -> u64 {
    1 << length.min(63)
}

fn plain(cell: &[u8]) -> &[u8] {
    cell.strip_prefix("\u{feff}".as_bytes()).unwrap_or(cell).trim_ascii()
}

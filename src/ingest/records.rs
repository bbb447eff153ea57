//! Bytes to records: where each starts and ends, what its cells are, and what is wrong with it. No
//! byte is passed over: the lengths of the records and skipped lines add up to the text.

mod quoted;

use std::borrow::Cow;
use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memrchr};

use super::limits;
use super::record::{Cuts, Fault, Giant, Record};
use super::utf16::utf16_bytes;

/// Bytes that are read at once.
const READ_BYTES: u64 = 1 << 18;

/// How a text is cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// Whether quotes mean anything: in Amazon's flat files they are ordinary characters.
    pub(crate) quotes: bool,
    /// Cells of a whole record. A lone carriage return ends a record only where one is complete.
    pub(crate) width: Option<usize>,
}

/// Reads records off a text, in memory that stays flat.
pub(crate) struct Records<'a> {
    source: Option<Box<dyn Read + Send + 'a>>,
    buffer: Cow<'a, [u8]>,
    start: usize,
    /// Where the block that is being cut off starts.
    kept: Option<usize>,
    line: u64,
    dialect: Dialect,
    /// Lines that a broken quote swallowed: so many more bytes are rejected line by line.
    poisoned: Option<(usize, Fault)>,
    /// Whether cells are cut, or records only found.
    cuts_cells: bool,
    cuts: Cuts,
    /// How a record beyond the limits begins.
    long: Vec<u8>,
    /// One that the next block consists of.
    giant: Option<Giant>,
}

/// Whole records, to be read on any thread: what `Records` makes of them there is what it would have
/// made of them here.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) text: Vec<u8>,
    /// The line that it starts with.
    pub(crate) line: u64,
    /// Instead of a text: one record that is too long to be kept.
    pub(crate) giant: Option<Giant>,
}

/// Where a line's content ends and where the next line starts, from the window's start.
struct Line {
    content: usize,
    next: usize,
}

/// A record that was found: all but its text.
struct Found {
    length: u64,
    length_in_utf16: u64,
    terminated: bool,
    fault: Option<Fault>,
}

impl<'a> Records<'a> {
    /// Records of a text that is read bit by bit.
    pub(crate) fn new(source: Box<dyn Read + Send + 'a>, dialect: Dialect) -> Self {
        Self { source: Some(source), ..Self::over(&[], dialect) }
    }

    /// Records of a text in memory.
    pub(crate) fn over(text: &'a [u8], dialect: Dialect) -> Self {
        Self {
            source: None,
            buffer: Cow::Borrowed(text),
            start: 0,
            kept: None,
            line: 1,
            dialect,
            poisoned: None,
            cuts_cells: true,
            cuts: Cuts::default(),
            long: Vec::new(),
            giant: None,
        }
    }

    fn window(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Reads more; false at the end of the text.
    fn fill(&mut self) -> io::Result<bool> {
        let Some(source) = &mut self.source else { return Ok(false) };
        let buffer = self.buffer.to_mut();
        let done = self.kept.unwrap_or(self.start);
        if done > 0 {
            buffer.drain(..done);
            self.start -= done;
            self.kept = self.kept.map(|_| 0);
        }
        let is_more = source.by_ref().take(READ_BYTES).read_to_end(buffer)? > 0;
        if !is_more {
            self.source = None;
        }
        Ok(is_more)
    }

    /// The line that starts at `from` of the window; `None` where it is beyond the limit.
    fn line_from(&mut self, from: usize) -> io::Result<Option<Line>> {
        let mut scanned = from;
        // Delimiters before lone carriage returns: how many, up to where.
        let mut counted = (0, from);
        loop {
            let window = self.window();
            let Some(found) = memchr2(b'\n', b'\r', &window[scanned..]).map(|found| scanned + found) else {
                scanned = window.len();
                if scanned - from > limits::RECORD_BYTES {
                    return Ok(None);
                }
                if !self.fill()? {
                    return Ok(Some(Line { content: scanned, next: scanned }));
                }
                continue;
            };
            if found - from > limits::RECORD_BYTES {
                return Ok(None);
            }
            if window[found] == b'\n' {
                return Ok(Some(Line { content: found, next: found + 1 }));
            }
            if found + 1 == window.len() && self.fill()? {
                scanned = found;
                continue;
            }
            if self.window().get(found + 1) == Some(&b'\n') {
                return Ok(Some(Line { content: found, next: found + 2 }));
            }
            counted = (counted.0 + self.delimiters(counted.1..found), found);
            if self.ends_record(counted.0, found)? {
                return Ok(Some(Line { content: found, next: found + 1 }));
            }
            scanned = found + 1;
        }
    }

    fn delimiters(&self, range: Range<usize>) -> usize {
        memchr_iter(self.dialect.delimiter, &self.window()[range]).count()
    }

    /// Whether a lone carriage return at `at`, with so many delimiters before it, ends the record: old Mac files and torn line ends do
    /// that, but one inside a cell does not.
    fn ends_record(&mut self, delimiters: usize, at: usize) -> io::Result<bool> {
        let Some(width) = self.dialect.width else { return Ok(true) };
        let delimiter = self.dialect.delimiter;
        let count = |bytes: &[u8]| memchr_iter(delimiter, bytes).count();
        if delimiters + 1 < width {
            return Ok(false);
        }
        loop {
            let rest = &self.window()[at + 1..];
            match memchr2(b'\n', b'\r', rest) {
                Some(end) => return Ok(count(&rest[..end]) + 1 >= width || end == 0),
                None if rest.len() > limits::RECORD_BYTES => return Ok(true),
                None if !self.fill()? => {
                    let rest = &self.window()[at + 1..];
                    return Ok(rest.is_empty() || count(rest) + 1 >= width);
                }
                None => {}
            }
        }
    }

    /// Passes over one line and gives its length; `None` at the end.
    pub(crate) fn skip_line(&mut self) -> io::Result<Option<u64>> {
        self.dialect.quotes = false;
        Ok(self.read()?.map(|record| record.length))
    }

    /// From here on, cells are cut like this.
    pub(crate) fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Cuts off the next block: whole records of at least so many bytes, or what is left.
    pub(crate) fn block(&mut self, bytes: usize) -> io::Result<Option<Block>> {
        let line = self.line;
        if let Some(giant) = self.giant.take() {
            return Ok(Some(Block { text: Vec::new(), line: giant.line, giant: Some(giant) }));
        }
        self.cuts_cells = false;
        self.kept = Some(self.start);
        let mut length = self.skip_plain_lines(bytes)?;
        while length < bytes || self.poisoned.is_some() {
            match self.read()? {
                Some(record) if record.fault == Some(Fault::TooLong) => {
                    self.giant = Some(Giant::new(record));
                    break;
                }
                Some(record) => length += record.raw.len(),
                None => break,
            }
        }
        self.cuts_cells = true;
        let from = self.kept.take().unwrap_or(self.start);
        if length == 0 {
            return if self.giant.is_some() { self.block(bytes) } else { Ok(None) };
        }
        let mut rest = Vec::with_capacity(bytes + 2 * READ_BYTES as usize);
        rest.extend_from_slice(self.window());
        let mut text = std::mem::replace(&mut self.buffer, Cow::Owned(rest)).into_owned();
        self.start = 0;
        text.truncate(from + length);
        text.drain(..from);
        Ok(Some(Block { text, line, giant: None }))
    }

    /// Passes over whole lines of at least so many bytes, where nothing in them has to be looked at to
    /// see where they end: no quote, no carriage return, and none can be too long. Their length, or 0.
    fn skip_plain_lines(&mut self, bytes: usize) -> io::Result<usize> {
        if self.poisoned.is_some() {
            return Ok(0);
        }
        while self.window().len() < bytes + READ_BYTES as usize && self.fill()? {}
        let window = self.window();
        let rest = window.get(bytes.saturating_sub(1)..).unwrap_or_default();
        let Some(end) = memchr(b'\n', rest) else { return Ok(0) };
        let block = &window[..bytes.saturating_sub(1) + end + 1];
        let marks_matter = memchr(b'\r', block).is_some() || self.dialect.quotes && memchr(b'"', block).is_some();
        let last_early = memrchr(b'\n', &block[..block.len().min(limits::RECORD_BYTES)]);
        let are_short = last_early.is_some_and(|early| block.len() - early <= limits::RECORD_BYTES);
        if marks_matter || !are_short {
            return Ok(0);
        }
        let length = block.len();
        self.line += memchr_iter(b'\n', block).count() as u64;
        self.start += length;
        Ok(length)
    }

    /// Counts lines from here.
    pub(crate) fn set_line(&mut self, line: u64) {
        self.line = line;
    }

    /// The next record; none at the end.
    pub(crate) fn read(&mut self) -> io::Result<Option<Record<'_>>> {
        self.cuts.clear();
        if self.window().is_empty() && !self.fill()? {
            return Ok(None);
        }
        let line = self.line;
        let found = if let Some((bytes, fault)) = self.poisoned.take() {
            self.poisoned_line(bytes, fault)?
        } else if let Some(first) = self.line_from(0)? {
            let content = &self.buffer[self.start..self.start + first.content];
            if self.dialect.quotes && memchr(b'"', content).is_some() {
                self.read_quoted(first)?
            } else {
                if self.cuts_cells {
                    self.cuts.push_line(content, self.dialect.delimiter);
                }
                self.consume(first.next, first.content < first.next, 1)
            }
        } else {
            self.too_long()?
        };
        let raw = match found.fault {
            Some(Fault::TooLong) => self.long.as_slice(),
            _ => &self.buffer[self.start - found.length as usize..self.start],
        };
        let Found { length, length_in_utf16, terminated, fault, .. } = found;
        Ok(Some(Record { line, raw, length, length_in_utf16, terminated, fault, cuts: &self.cuts }))
    }

    fn consume(&mut self, bytes: usize, terminated: bool, lines: u64) -> Found {
        self.start += bytes;
        self.line += lines;
        Found { length: bytes as u64, length_in_utf16: 0, terminated, fault: None }
    }

    /// Passes over a line beyond the limit, keeping only its start.
    fn too_long(&mut self) -> io::Result<Found> {
        let mut found = Found { length: 0, length_in_utf16: 0, terminated: true, fault: Some(Fault::TooLong) };
        self.long = self.window()[..200].to_vec();
        // What was cut off before stays where it is, and this line is passed over.
        let before = self.kept.map(|kept| self.buffer[kept..self.start].to_vec());
        self.kept = None;
        loop {
            let window = self.window();
            if let Some(end) = memchr(b'\n', window) {
                found.length += end as u64 + 1;
                found.length_in_utf16 += in_utf16(&window[..=end]);
                self.start += end + 1;
                break;
            }
            found.length += window.len() as u64;
            found.length_in_utf16 += in_utf16(window);
            self.start = self.buffer.len();
            if !self.fill()? {
                found.terminated = false;
                break;
            }
        }
        if let Some(before) = before {
            let rest = self.window().to_vec();
            self.start = before.len();
            self.kept = Some(0);
            self.buffer = Cow::Owned([before, rest].concat());
        }
        self.line += 1;
        Ok(found)
    }
}

fn in_utf16(text: &[u8]) -> u64 {
    text.iter().map(|byte| utf16_bytes(*byte)).sum()
}

#[cfg(test)]
mod tests;

//! Bytes to records: where each starts and ends, what its cells are, and what is wrong with it. No
//! byte is passed over: the lengths of the records and skipped lines add up to the text.

use std::io::{self, Read};

use memchr::{memchr, memchr2};

use super::limits;
use super::record::{Fault, Record};
use super::utf16::utf16_bytes;

/// How a text is cut into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) delimiter: u8,
    /// Whether quotes mean anything: in Amazon's flat files they are ordinary characters.
    pub(crate) quotes: bool,
    /// Cells of a whole record. A lone carriage return ends a record only where one is complete.
    pub(crate) width: Option<usize>,
}

/// Reads records off a text in memory that stays flat.
pub(crate) struct Records<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
    line: u64,
    dialect: Dialect,
    /// Lines that a broken quote swallowed: so many more bytes are rejected line by line.
    poisoned: Option<(usize, Fault)>,
    /// Whether cells are cut, or records only found.
    keeps_cells: bool,
    /// A record beyond the limits that the next block consists of.
    giant: Option<Record>,
}

/// Whole records, to be read on any thread: what `Records` makes of them there is what it would have
/// made of them here.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) text: Vec<u8>,
    /// The line that it starts with.
    pub(crate) line: u64,
    /// Instead of a text: one record that is too long to be kept.
    pub(crate) giant: Option<Record>,
}

/// Where a line's content ends and where the next line starts, from the window's start.
struct Line {
    content: usize,
    next: usize,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(source: R, dialect: Dialect) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            start: 0,
            at_end: false,
            line: 1,
            dialect,
            poisoned: None,
            keeps_cells: true,
            giant: None,
        }
    }

    fn window(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Reads more; false at the end of the text.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let count = self.source.by_ref().take(1 << 16).read_to_end(&mut self.buffer)?;
        self.at_end = count == 0;
        Ok(!self.at_end)
    }

    /// The line that starts at `from` of the window; `None` where it is beyond the limit.
    fn line_from(&mut self, from: usize) -> io::Result<Option<Line>> {
        let mut scanned = from;
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
            if self.ends_record(from, found)? {
                return Ok(Some(Line { content: found, next: found + 1 }));
            }
            scanned = found + 1;
        }
    }

    /// Whether a lone carriage return at `at` ends the record: old Mac files and torn line ends do
    /// that, but one inside a cell does not.
    fn ends_record(&mut self, from: usize, at: usize) -> io::Result<bool> {
        let Some(width) = self.dialect.width else { return Ok(true) };
        let delimiter = self.dialect.delimiter;
        let count = |bytes: &[u8]| memchr::memchr_iter(delimiter, bytes).count();
        if count(&self.window()[from..at]) + 1 < width {
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
        let mut record = Record::default();
        self.dialect.quotes = false;
        let found = self.read(&mut record)?;
        Ok(found.then_some(record.length))
    }

    /// From here on, cells are cut like this.
    pub(crate) fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
    }

    /// Cuts off the next block: whole records of at least so many bytes, or what is left.
    pub(crate) fn block(&mut self, bytes: usize) -> io::Result<Option<Block>> {
        let mut block = Block { text: Vec::with_capacity(bytes + (bytes >> 3)), line: self.line, giant: None };
        if let Some(giant) = self.giant.take() {
            block.line = giant.line;
            block.giant = Some(giant);
            return Ok(Some(block));
        }
        self.keeps_cells = false;
        let mut record = Record::default();
        while block.text.len() < bytes || self.poisoned.is_some() {
            if !self.read(&mut record)? {
                break;
            }
            if record.fault == Some(Fault::TooLong) {
                self.giant = Some(record);
                break;
            }
            block.text.extend_from_slice(&record.raw);
        }
        self.keeps_cells = true;
        if !block.text.is_empty() {
            return Ok(Some(block));
        }
        if self.giant.is_some() { self.block(bytes) } else { Ok(None) }
    }

    /// Counts lines from here.
    pub(crate) fn set_line(&mut self, line: u64) {
        self.line = line;
    }

    /// The next record; false at the end.
    pub(crate) fn read(&mut self, record: &mut Record) -> io::Result<bool> {
        record.clear();
        record.line = self.line;
        if self.window().is_empty() && !self.fill()? {
            return Ok(false);
        }
        if let Some((bytes, fault)) = self.poisoned.take() {
            self.poisoned_line(record, bytes, fault)?;
            return Ok(true);
        }
        let Some(first) = self.line_from(0)? else {
            self.too_long(record)?;
            return Ok(true);
        };
        let quoted = self.dialect.quotes && memchr(b'"', &self.window()[..first.content]).is_some();
        if quoted {
            self.read_quoted(record, first)?;
        } else {
            if self.keeps_cells {
                split_plain(record, &self.buffer[self.start..self.start + first.content], self.dialect.delimiter);
            }
            self.consume(record, first.next, first.content < first.next, 1);
        }
        Ok(true)
    }

    fn consume(&mut self, record: &mut Record, bytes: usize, terminated: bool, lines: u64) {
        record.raw.extend_from_slice(&self.buffer[self.start..self.start + bytes]);
        record.length = bytes as u64;
        record.terminated = terminated;
        self.start += bytes;
        self.line += lines;
    }

    fn read_quoted(&mut self, record: &mut Record, first: Line) -> io::Result<()> {
        let first_next = first.next;
        let first_terminated = first.content < first.next;
        let mut line = first;
        let mut lines = 1;
        let mut at = 0;
        let fault = loop {
            if self.window().get(at) != Some(&b'"') || at >= line.content {
                let rest = &self.buffer[self.start + at..self.start + line.content];
                let cut = memchr(self.dialect.delimiter, rest);
                record.push_cell(&rest[..cut.unwrap_or(rest.len())]);
                match cut {
                    Some(length) => at += length + 1,
                    None => break None,
                }
                continue;
            }
            at += 1;
            if let Some(fault) = self.quoted_cell(record, &mut at, &mut line, &mut lines)? {
                break Some(fault);
            }
            if at == line.content {
                break None;
            }
            if self.window()[at] != self.dialect.delimiter {
                break Some(Fault::BadQuoting);
            }
            at += 1;
        };
        let Some(fault) = fault else {
            self.consume(record, line.next, line.content < line.next, lines as u64);
            return Ok(());
        };
        record.data.clear();
        record.ends.clear();
        record.fault = Some(fault);
        self.consume(record, first_next, first_terminated, 1);
        let swallowed = line.next - first_next;
        self.poisoned = (swallowed > 0).then_some((swallowed, fault));
        Ok(())
    }

    /// Reads from after an opening quote to after the closing one.
    fn quoted_cell(
        &mut self,
        record: &mut Record,
        at: &mut usize,
        line: &mut Line,
        lines: &mut usize,
    ) -> io::Result<Option<Fault>> {
        let cell_start = record.data.len();
        loop {
            let rest = &self.buffer[self.start + *at..self.start + line.content];
            if let Some(length) = memchr(b'"', rest) {
                record.data.extend_from_slice(&rest[..length]);
                *at += length + 1;
                if *at < line.content && self.window()[*at] == b'"' {
                    record.data.push(b'"');
                    *at += 1;
                    continue;
                }
                record.ends.push(record.data.len());
                return Ok(None);
            }
            record.data.extend_from_slice(&self.buffer[self.start + *at..self.start + line.next]);
            *at = line.next;
            if *lines > limits::QUOTED_LINES || record.data.len() - cell_start > limits::FIELD_BYTES {
                return Ok(Some(Fault::UnterminatedQuote));
            }
            if *at == self.window().len() && !self.fill()? {
                return Ok(Some(Fault::UnterminatedQuote));
            }
            match self.line_from(*at)? {
                Some(next) if next.next <= limits::RECORD_BYTES => *line = next,
                _ => return Ok(Some(Fault::UnterminatedQuote)),
            }
            *lines += 1;
        }
    }

    fn poisoned_line(&mut self, record: &mut Record, bytes: usize, fault: Fault) -> io::Result<()> {
        let line = self.line_from(0)?.unwrap_or(Line { content: bytes, next: bytes });
        let next = line.next.min(bytes);
        record.fault = Some(fault);
        self.consume(record, next, line.content < line.next, 1);
        self.poisoned = (bytes > next).then_some((bytes - next, fault));
        Ok(())
    }

    /// Passes over a line beyond the limit, keeping only its start.
    fn too_long(&mut self, record: &mut Record) -> io::Result<()> {
        record.fault = Some(Fault::TooLong);
        record.raw.extend_from_slice(&self.window()[..200]);
        loop {
            let window = self.window();
            if let Some(end) = memchr(b'\n', window) {
                record.length += end as u64 + 1;
                record.length_in_utf16 += in_utf16(&self.window()[..=end]);
                self.start += end + 1;
                break;
            }
            record.length += window.len() as u64;
            record.length_in_utf16 += in_utf16(self.window());
            self.start = self.buffer.len();
            if !self.fill()? {
                record.terminated = false;
                break;
            }
        }
        self.line += 1;
        Ok(())
    }
}

fn in_utf16(text: &[u8]) -> u64 {
    text.iter().map(|byte| utf16_bytes(*byte)).sum()
}

fn split_plain(record: &mut Record, line: &[u8], delimiter: u8) {
    let mut start = 0;
    for end in memchr::memchr_iter(delimiter, line) {
        record.push_cell(&line[start..end]);
        start = end + 1;
    }
    record.push_cell(&line[start..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Table = Vec<Vec<Vec<u8>>>;

    fn read_all(text: &[u8], width: Option<usize>) -> (Table, Vec<Option<Fault>>, u64) {
        let mut records = Records::new(text, Dialect { delimiter: b',', quotes: true, width });
        let (mut rows, mut faults, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut record = Record::default();
        while records.read(&mut record).unwrap() {
            rows.push(record.cells().map(<[u8]>::to_vec).collect());
            faults.push(record.fault);
            bytes += record.length;
        }
        (rows, faults, bytes)
    }

    #[test]
    fn every_line_that_an_open_quote_swallows_is_counted() {
        let (rows, faults, bytes) = read_all(b"a,b\n\"c,d\ne,f\ng,h\n", Some(2));
        assert_eq!(rows.len(), 4);
        assert_eq!(faults.iter().filter(|fault| **fault == Some(Fault::UnterminatedQuote)).count(), 3);
        assert_eq!(bytes, 17);
    }

    #[test]
    fn a_lone_carriage_return_ends_only_whole_records() {
        assert_eq!(read_all(b"a,b\rc,d\r", Some(2)).0.len(), 2);
        assert_eq!(read_all(b"a,\rb\nc,d\n", Some(2)).0[0][1], b"\rb");
    }

    #[test]
    fn a_giant_line_is_one_rejected_record() {
        let mut text = vec![b'x'; 3 << 20];
        text.extend_from_slice(b"\na,b\n");
        let (rows, faults, bytes) = read_all(&text, Some(2));
        assert_eq!(faults, [Some(Fault::TooLong), None]);
        assert_eq!(rows[1].len(), 2);
        assert_eq!(bytes, text.len() as u64);
    }

    fn written(rows: &[Vec<String>]) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        for row in rows {
            writer.write_record(row).unwrap();
        }
        writer.into_inner().unwrap()
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r; ]{0,6}", 3), 1..8)) {
            let (read, _, _) = read_all(&written(&rows), Some(3));
            let texts: Vec<Vec<String>> = read
                .into_iter()
                .map(|row| row.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect())
                .collect();
            prop_assert_eq!(texts, rows);
        }

        #[test]
        fn no_byte_is_passed_over(text in prop::collection::vec(prop::sample::select(b"a,\"\n\r".to_vec()), 0..400)) {
            prop_assert_eq!(read_all(&text, Some(3)).2, text.len() as u64);
        }
    }
}

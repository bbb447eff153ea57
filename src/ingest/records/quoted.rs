//! Records with quotes: where a quoted cell ends, and what an open quote swallowed.

use std::io;

use memchr::memchr;

use super::{Fault, Found, Line, Records, limits};

impl Records<'_> {
    pub(super) fn read_quoted(&mut self, first: Line) -> io::Result<Found> {
        let first_next = first.next;
        let first_terminated = first.content < first.next;
        let mut line = first;
        let mut lines = 1;
        let mut at = 0;
        let fault = loop {
            if self.window().get(at) != Some(&b'"') || at >= line.content {
                let rest = &self.buffer[self.start + at..self.start + line.content];
                let cut = memchr(self.dialect.delimiter, rest);
                self.cuts.push(at, at + cut.unwrap_or(rest.len()));
                match cut {
                    Some(length) => at += length + 1,
                    None => break None,
                }
                continue;
            }
            at += 1;
            if let Some(fault) = self.quoted_cell(&mut at, &mut line, &mut lines)? {
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
            return Ok(self.consume(line.next, line.content < line.next, lines as u64));
        };
        self.cuts.clear();
        let swallowed = line.next - first_next;
        self.poisoned = (swallowed > 0).then_some((swallowed, fault));
        Ok(Found { fault: Some(fault), ..self.consume(first_next, first_terminated, 1) })
    }

    /// Reads from after an opening quote to after the closing one.
    fn quoted_cell(&mut self, at: &mut usize, line: &mut Line, lines: &mut usize) -> io::Result<Option<Fault>> {
        let (cell_start, anew_start) = (*at, self.cuts.anew.len());
        // From where on it is not written anew yet.
        let mut from = *at;
        loop {
            let rest = &self.buffer[self.start + *at..self.start + line.content];
            if let Some(length) = memchr(b'"', rest) {
                *at += length + 1;
                if *at < line.content && self.window()[*at] == b'"' {
                    self.cuts.anew.extend_from_slice(&self.buffer[self.start + from..self.start + *at]);
                    *at += 1;
                    from = *at;
                    continue;
                }
                if from == cell_start {
                    self.cuts.push(cell_start, *at - 1);
                } else {
                    self.cuts.anew.extend_from_slice(&self.buffer[self.start + from..self.start + *at - 1]);
                    self.cuts.push_anew(anew_start);
                }
                return Ok(None);
            }
            *at = line.next;
            if *lines > limits::QUOTED_LINES || *at - cell_start > limits::FIELD_BYTES {
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

    pub(super) fn poisoned_line(&mut self, bytes: usize, fault: Fault) -> io::Result<Found> {
        let line = self.line_from(0)?.unwrap_or(Line { content: bytes, next: bytes });
        let next = line.next.min(bytes);
        self.poisoned = (bytes > next).then_some((bytes - next, fault));
        Ok(Found { fault: Some(fault), ..self.consume(next, line.content < line.next, 1) })
    }
}

//! What a record is before any of its cells is read: one of the file's own lines, whole, or flawed.

use super::Reading;
use crate::ingest::output::shown;
use crate::ingest::plan::is_skipped;
use crate::ingest::record::Record;
use crate::ingest::second_table::SecondTable;
use crate::ingest::shape::Complaint;
use crate::ingest::total_row::TotalRow;
use crate::lake::Cell;

impl Reading<'_> {
    /// The table below the file's own that a record is of: it stands under another header, or is one. The
    /// file's own header ends it.
    pub(super) fn of_another_table(&mut self, record: &Record<'_>) -> Option<SecondTable> {
        if record.fault.is_some() || record.cells().all(|cell| cell.trim_ascii().is_empty()) {
            return None;
        }
        if self.second.is_some() && self.is_header(record) {
            self.second = None;
            return None;
        }
        let (headers, number) = (&self.plan.repeatable, self.plan.number);
        self.second = headers.begun_by(record, number, self.layout.style.ragged).or(self.second);
        self.second
    }

    /// What a record belongs to, as far as its cells are whole.
    pub(super) fn belongs_to(&self, record: &Record<'_>) -> Cell {
        let group = self.layout.group.and_then(|place| Some((place, self.known.found.columns[place]?)));
        let Some((place, column)) = group else { return Cell::Null };
        let field = &self.layout.fields[place];
        // A quote that is never closed spoils what follows it, not what stands before.
        let before_quote = record.raw.split(|byte| *byte == b'"').next().unwrap_or_default();
        let cells = before_quote.split(|byte| *byte == self.known.dialect.delimiter);
        let cell = match record.fault {
            None => (column + 1 < record.width()).then(|| record.cell(column)),
            Some(_) => Some(column)
                .filter(|column| column + 1 < cells.clone().count())
                .and_then(|column| cells.clone().nth(column)),
        };
        let mut said = Cell::Null;
        if let Some(bytes) = cell {
            // What cannot be read is unknown.
            let _ = self.read_cell(field, bytes, |value| said = value.into());
        }
        said
    }

    /// Lines that hold no record: blank ones, an explanation of the columns, padding at the end.
    pub(super) fn structure(&self, record: &Record<'_>) -> Option<&'static str> {
        if record.is_blank_line() {
            return Some("blank line");
        }
        let is_whole = record.fault.is_none();
        if is_whole && !record.terminated && record.content().iter().all(|byte| *byte < 0x20) {
            return Some("padding");
        }
        if self.layout.style.joined && record.fault.is_none() {
            if record.cells().all(|cell| cell.trim_ascii().is_empty() || cell == "\u{feff}".as_bytes()) {
                return Some("empty row");
            }
            if self.is_header(record) {
                return Some("repeated header");
            }
        }
        if self.total.as_ref().is_some_and(|total| total.line == record.line && total.wrong.is_none()) {
            return Some("total row");
        }
        if is_skipped(&self.plan.skips, record, self.known.charset()) {
            return Some("skipped by the mapping");
        }
        let after_header = record.line == self.known.header_line + 1;
        let explanation = self.layout.style.explained_by.filter(|_| after_header)?;
        let starts = record.fault.is_none() && record.cell(0).starts_with(explanation.as_bytes());
        starts.then_some("explanation")
    }

    /// The text of a line around the records.
    pub(super) fn frame(&self, record: &Record<'_>) -> Option<String> {
        let frames = self.layout.style.frames;
        if frames.is_empty() {
            return None;
        }
        let frames_it = |cell: &[u8]| frames.iter().any(|frame| cell.starts_with(frame.as_bytes()));
        let rest = || record.cells().skip(2).all(|cell| cell.trim_ascii().is_empty());
        let found = record.fault.is_none() && record.cells().take(2).any(frames_it) && rest();
        found.then(|| shown(record.content()))
    }

    /// Whether a record lacks cells that it must have.
    pub(super) fn is_short(&self, record: &Record<'_>) -> bool {
        record.width() < self.known.found.width && !self.layout.style.ragged
    }

    /// Whether a record has the cells that it should have; what they say is seen later.
    pub(super) fn is_whole(&self, record: &Record<'_>) -> Result<(), Complaint> {
        let flawed = |code, reason: String| Err(Complaint::new("", code, reason));
        if let Some(fault) = record.fault {
            return flawed(fault.code(), fault.reason().to_owned());
        }
        if record.cells().all(|cell| cell.trim_ascii().is_empty()) {
            return flawed("blank_record", "every cell is empty".to_owned());
        }
        let width = self.known.found.width;
        if self.is_short(record) || record.width() > width {
            let code =
                if self.is_short(record) && !record.terminated { "truncated_last_record" } else { "field_count" };
            return flawed(code, format!("{} cells under {width} headers", record.width()));
        }
        if self.is_header(record) {
            return flawed("repeated_header", "the header again".to_owned());
        }
        if let Some(TotalRow { wrong: Some(reason), line }) = &self.total
            && *line == record.line
        {
            return flawed("total_row", reason.clone());
        }
        Ok(())
    }

    fn is_header(&self, record: &Record<'_>) -> bool {
        let mut cells = record.cells().zip(&self.plan.headers);
        record.width() == self.known.found.width && cells.all(|(cell, header)| cell.trim_ascii() == header.as_slice())
    }
}

//! Records of one stretch of a file become rows or rejects.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use super::cell::{self, DateEvidence, Flaw, Locale};
use super::context::Context;
use super::excerpt::written;
use super::export::{Layout, LayoutField, Presence};
use super::output::{Output, shown};
use super::plan::Plan;
use super::recognise::Known;
use super::record::{Fault, Record};
use super::records::{Block, Records};
use super::shape::{Complaint, Row, Shape, View};
use super::source::Charset;
use crate::config::Decimal;
use crate::lake::Cell;
use crate::types::Currency;

/// Marks a workbook's cell that holds an error.
pub(crate) const ERROR_CELL: char = '\u{1a}';

/// Records that belong together; more than so many are taken apart.
const GROUP_RECORDS: usize = 10_000;
/// What is said of a last record that is cut off.
const CUT_OFF: &[&str] = &["truncated_last_record", "unterminated_quote", "bad_timestamp"];
/// Records that are judged at once where none belongs to another.
const BATCH_RECORDS: usize = 64;

/// The text of a cell; none where its bytes are no text in this encoding.
pub(crate) fn decoded(bytes: &[u8], charset: Charset) -> Option<Cow<'_, str>> {
    match charset {
        Charset::Legacy(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

/// One stretch of a file while it is read, from its first block to its last.
pub(crate) struct Reading<'a> {
    known: &'a Known<'a>,
    layout: &'a Layout,
    plan: Arc<Plan>,
    pub(crate) context: Context,
    pub(crate) shape: Box<dyn Shape>,
    pub(crate) out: Output<'a>,
    /// The records that belong together so far.
    group: Vec<Row>,
    /// Kept back where records before this stretch may belong to them.
    head: Option<Vec<Row>>,
    /// Rows that are done with, whose memory serves the next ones.
    spare: Vec<Row>,
    is_later: bool,
    /// Where the file ends in the middle of a record: what it belongs to, unknown if that is lost.
    cut_off: Option<Cell>,
    with_offset: bool,
    pub(crate) offset: u64,
    /// Records so far, whatever became of them.
    records: u64,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(known: &'a Known<'a>, context: Context, with_offset: bool) -> Self {
        Self {
            known,
            layout: known.layout,
            plan: Arc::new(Plan::of(known)),
            shape: (known.layout.shape)(&context),
            out: Output::new(known, &context),
            context,
            group: Vec::new(),
            head: None,
            spare: Vec::new(),
            is_later: false,
            cut_off: None,
            with_offset,
            offset: known.source.mark,
            records: 0,
        }
    }

    /// One for a later stretch, which begins at `offset`; none where that must wait for this one.
    pub(crate) fn fork(&self, offset: u64) -> Option<Self> {
        Some(Self {
            known: self.known,
            layout: self.layout,
            plan: self.plan.clone(),
            shape: self.shape.fork()?,
            out: Output::new(self.known, &self.context),
            context: self.context.clone(),
            group: Vec::new(),
            head: None,
            spare: Vec::new(),
            is_later: true,
            cut_off: None,
            with_offset: self.with_offset,
            offset,
            records: 0,
        })
    }

    /// Takes over what a fork has made of the stretch that follows. False where it began with other
    /// knowledge than this one has now: then nothing is taken over.
    pub(crate) fn join(&mut self, fork: Self, began_with: Currency) -> bool {
        let longest = self.group.len() + fork.head.as_ref().map_or(0, Vec::len) + fork.group.len();
        let knows_too_little = self.context.locale.currency != began_with || longest >= GROUP_RECORDS;
        if knows_too_little || !self.shape.join(fork.shape) {
            return false;
        }
        // Its head's records are among those that it counted.
        self.out.join(fork.out);
        if let Some(head) = fork.head {
            self.stitch(head);
            self.judge(&[]);
        }
        self.stitch(fork.group);
        self.cut_off = self.cut_off.take().or(fork.cut_off);
        self.context.locale.currency = fork.context.locale.currency;
        self.offset = fork.offset;
        self.records += fork.records;
        true
    }

    /// Records that may belong to those before.
    fn stitch(&mut self, rows: Vec<Row>) {
        let mut rows = rows.into_iter();
        let Some(first) = rows.next() else { return };
        self.collect(first, &[]);
        self.group.extend(rows);
    }

    /// How many bytes of the file a block is; none of a workbook, which is one span as a whole.
    pub(crate) fn block_length(&self, block: &Block) -> u64 {
        match &block.giant {
            Some(giant) => self.length(&giant.record()),
            None => self.bytes_in_file(&block.text, block.text.len() as u64),
        }
    }

    fn length(&self, record: &Record<'_>) -> u64 {
        match (self.known.body_charset(), record.fault) {
            // Of a record that is too long only the start is kept.
            (Some(Charset::Utf16 { .. }), Some(Fault::TooLong)) => record.length_in_utf16,
            _ => self.bytes_in_file(record.raw, record.length),
        }
    }

    fn bytes_in_file(&self, text: &[u8], length: u64) -> u64 {
        match self.known.body_charset() {
            Some(charset @ Charset::Utf16 { .. }) => charset.bytes_in_file(text),
            Some(_) => length,
            None => 0,
        }
    }

    /// Reads the records of a block.
    pub(crate) fn block(&mut self, block: &Block) -> io::Result<()> {
        if let Some(giant) = &block.giant {
            let record = giant.record();
            self.record(&record, None, record.raw, 0);
        }
        let mut records = Records::over(&block.text, self.known.dialect);
        records.set_line(block.line);
        let is_utf8 = !matches!(self.known.charset(), Charset::Legacy(_));
        let text = std::str::from_utf8(&block.text).ok().filter(|_| is_utf8);
        let mut at = 0;
        while let Some(record) = records.read()? {
            let end = at + record.length as usize;
            let known = match text {
                Some(text) => text.get(at..end),
                None => std::str::from_utf8(record.raw).ok().filter(|_| is_utf8),
            };
            self.record(&record, known, &block.text, at);
            at = end;
        }
        match self.layout.group {
            None => self.judge(&block.text),
            // The block goes; more that belongs to its last records may follow.
            Some(_) => self.group.iter_mut().for_each(|row| row.keep(&block.text)),
        }
        Ok(())
    }

    /// The lines above the records.
    pub(crate) fn structural(&mut self, what: &'static str, record: &Record<'_>) {
        let length = self.length(record);
        self.offset += length;
        self.out.receipt.structural(what, length);
    }

    /// A record that stands at `at` of the block's `text`; `raw` is all of it, where it is text as it stands.
    fn record(&mut self, record: &Record<'_>, raw: Option<&str>, text: &[u8], at: usize) {
        let length = self.length(record);
        let offset = self.offset;
        self.offset += length;
        if let Some(what) = self.structure(record) {
            self.out.receipt.structural(what, length);
            return;
        }
        if let Some(line) = self.frame(record) {
            self.close(text);
            self.shape.frame(&line, self.records);
            self.out.receipt.structural("frame", length);
            return;
        }
        self.records += 1;
        self.out.receipt.rows_read += 1;
        let mut row = self.spare.pop().unwrap_or_default();
        row.line = record.line;
        (row.offset, row.length) = (offset, length);
        row.span = at..at + record.content().len();
        match self.typed(record, raw, &mut row) {
            Ok(()) => self.collect(row, text),
            Err((complaint, said)) => {
                if !record.terminated && CUT_OFF.contains(&complaint.code) {
                    self.cut_off = Some(self.belongs_to(record));
                }
                self.out.reject(&row, record.content(), complaint, said);
            }
        }
    }

    /// What a record belongs to, as far as its cells are whole.
    fn belongs_to(&self, record: &Record<'_>) -> Cell {
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
        let read = cell.map(|cell| self.read_cell(field, cell));
        read.and_then(Result::ok).unwrap_or(Cell::Null)
    }

    /// Lines that hold no record: blank ones, an explanation of the columns, padding at the end.
    fn structure(&self, record: &Record<'_>) -> Option<&'static str> {
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
        let after_header = record.line == self.known.header_line + 1;
        let explanation = self.layout.style.explained_by.filter(|_| after_header)?;
        let starts = record.fault.is_none() && record.cell(0).starts_with(explanation.as_bytes());
        starts.then_some("explanation")
    }

    /// The text of a line around the records.
    fn frame(&self, record: &Record<'_>) -> Option<String> {
        let frames = self.layout.style.frames;
        if frames.is_empty() {
            return None;
        }
        let frames_it = |cell: &[u8]| frames.iter().any(|frame| cell.starts_with(frame.as_bytes()));
        let rest = || record.cells().skip(2).all(|cell| cell.trim_ascii().is_empty());
        let found = record.fault.is_none() && record.cells().take(2).any(frames_it) && rest();
        found.then(|| shown(record.content()))
    }

    fn typed(&mut self, record: &Record<'_>, raw: Option<&str>, row: &mut Row) -> Result<(), (Complaint, String)> {
        let whole = |code, reason: String| (Complaint::new("", code, reason), shown(record.content()));
        if let Some(fault) = record.fault {
            return Err(whole(fault.code(), fault.reason().to_owned()));
        }
        if record.cells().all(|cell| cell.trim_ascii().is_empty()) {
            return Err(whole("blank_record", "every cell is empty".to_owned()));
        }
        let width = self.known.found.width;
        let short = record.width() < width && !self.layout.style.ragged;
        if short || record.width() > width {
            let reason = format!("{} cells under {width} headers", record.width());
            let code = if short && !record.terminated { "truncated_last_record" } else { "field_count" };
            return Err(whole(code, reason));
        }
        if self.is_header(record) {
            return Err(whole("repeated_header", "the header again".to_owned()));
        }
        let fields = &self.layout.fields;
        row.cells.clear();
        row.cells.resize(fields.len(), Cell::Null);
        for step in &self.plan.steps {
            let column = step.column.filter(|column| *column < record.width());
            let known = match column {
                Some(column) => raw.and_then(|raw| record.text(column, raw)),
                None => Some(""),
            };
            if step.is_plain && known == Some("") {
                continue;
            }
            let field = &fields[step.place];
            let bytes = column.map_or(&b""[..], |column| record.cell(column));
            let value = match known {
                Some(text) => self.read_text(field, text),
                None => self.read_cell(field, bytes),
            };
            let value = value.map_err(|flaw| {
                (Complaint::new(&field.name, flaw.code, flaw.reason), written(bytes, self.known.charset()))
            })?;
            if !record.terminated && self.with_offset && field.reader.is_date() && !says_offset(bytes) {
                let reason = "the file ends here without a line end, and the time lacks the offset of the others";
                return Err((
                    Complaint::new(&field.name, "bad_timestamp", reason),
                    written(bytes, self.known.charset()),
                ));
            }
            if let (Cell::Text(text), true) = (&value, Some(step.place) == self.plan.currency) {
                self.context.locale.currency = text.parse().unwrap_or(self.context.locale.currency);
            }
            row.cells[step.place] = value;
        }
        for place in &self.plan.filled {
            if row.cells[*place].is_null() {
                return Err((missing(&fields[*place]), String::new()));
            }
        }
        self.others(record, row)?;
        self.known_channel(row)
    }

    fn is_header(&self, record: &Record<'_>) -> bool {
        let mut cells = record.cells().zip(&self.plan.headers);
        record.width() == self.known.found.width && cells.all(|(cell, header)| cell.trim_ascii() == header.as_slice())
    }

    fn read_cell(&self, field: &LayoutField, bytes: &[u8]) -> Result<Cell, Flaw> {
        let text = decoded(bytes, self.known.charset())
            .ok_or_else(|| Flaw::new("bad_utf8", "bytes that are no text in this file's encoding"))?;
        self.read_text(field, &text)
    }

    fn read_text(&self, field: &LayoutField, text: &str) -> Result<Cell, Flaw> {
        if text.starts_with(ERROR_CELL) {
            return Err(Flaw::new("xlsx_cell_error", "the cell holds an error"));
        }
        let word = if field.words.is_empty() { None } else { field.words.get(text.trim()) };
        let mut value = match word {
            Some(word) => field.reader.read(word, &self.of_settings(field))?,
            None => field.reader.read(text, &self.context.locale)?,
        };
        if let (Cell::Null, Some(default)) = (&value, &field.default) {
            value = match default.as_str() {
                "" => Cell::from(""),
                default => field.reader.read(default, &self.of_settings(field))?,
            };
        }
        Ok(if field.negate { cell::negated(value) } else { value })
    }

    /// How texts of the settings are written, which is not the file's way.
    fn of_settings(&self, field: &LayoutField) -> Locale {
        Locale { decimal: Some(field.decimal.unwrap_or(Decimal::Point)), ..self.context.locale.clone() }
    }

    fn others(&self, record: &Record<'_>, row: &mut Row) -> Result<(), (Complaint, String)> {
        row.others.clear();
        let Some(reader) = self.layout.others else { return Ok(()) };
        for place in self.known.found.others.iter().filter(|place| **place < record.width()) {
            let header = &self.known.headers[*place];
            let field = LayoutField::new(header, &[], Presence::Optional, reader);
            let bytes = record.cell(*place);
            let value = self.read_cell(&field, bytes).map_err(|flaw| {
                (Complaint::new(header, flaw.code, flaw.reason), written(bytes, self.known.charset()))
            })?;
            row.others.push((header.trim().to_owned(), value));
        }
        Ok(())
    }

    fn known_channel(&self, row: &Row) -> Result<(), (Complaint, String)> {
        let name = self.plan.channel.map(|place| &row.cells[place]);
        match name {
            Some(Cell::Text(name))
                if **name != *"*" && !self.context.channels.iter().any(|known| known.as_str() == &**name) =>
            {
                let reason = "no channel of the settings has this name";
                Err((Complaint::new("channel", "unknown_channel", reason), shown(name.as_bytes())))
            }
            _ => Ok(()),
        }
    }

    fn collect(&mut self, row: Row, text: &[u8]) {
        let same = match (self.layout.group, self.group.last()) {
            (Some(place), Some(last)) => last.cells[place] == row.cells[place] && self.group.len() < GROUP_RECORDS,
            (None, _) => self.group.len() < BATCH_RECORDS,
            _ => false,
        };
        if !same && !self.group.is_empty() {
            self.close(text);
        }
        self.group.push(row);
    }

    /// The records so far have no more that belong to them.
    fn close(&mut self, text: &[u8]) {
        if self.is_later && self.head.is_none() && self.layout.group.is_some() {
            let mut head = std::mem::take(&mut self.group);
            head.iter_mut().for_each(|row| row.keep(text));
            self.head = Some(head);
        } else {
            self.judge(text);
        }
    }

    fn judge(&mut self, text: &[u8]) {
        if self.group.is_empty() {
            return;
        }
        let views: Vec<View<'_>> = self.group.iter().map(|row| View { layout: self.layout, row }).collect();
        let verdicts = self.shape.judge(&views, &self.context);
        assert_eq!(verdicts.len(), self.group.len(), "a shape judges every record");
        for (row, verdict) in self.group.iter().zip(verdicts) {
            self.out.settle(row, row.bytes(text), verdict);
        }
        for mut row in self.group.drain(..) {
            row.raw.clear();
            self.spare.push(row);
        }
    }

    /// The end of the file. Where it ends in the middle of a record, more of what belongs together may
    /// be missing: half an order would share its shipping and discount out wrongly.
    pub(crate) fn end(&mut self) {
        let is_torn = match (&self.cut_off, self.layout.group, self.group.last()) {
            (Some(cut_off), Some(place), Some(last)) => !cut_off.is_null() && *cut_off == last.cells[place],
            _ => false,
        };
        if !is_torn {
            return self.judge(&[]);
        }
        for row in std::mem::take(&mut self.group) {
            let reason = "the file ends in the middle of what belongs to this record: download it again";
            let complaint = Complaint::new("", "truncated_last_record", reason);
            self.out.reject(&row, row.bytes(&[]), complaint, shown(row.bytes(&[])));
        }
    }
}

fn says_offset(bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty() || {
        let mut evidence = DateEvidence::default();
        evidence.weigh(&String::from_utf8_lossy(bytes));
        evidence.with_offset
    }
}

fn missing(field: &LayoutField) -> Complaint {
    match field.reader {
        cell::Reader::Word(_) => {
            Complaint::new(&field.name, "unknown_status", "empty; it counts neither as sold nor as cancelled")
        }
        _ => Complaint::missing(&field.name),
    }
}

//! Records of one stretch of a file become rows or rejects.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::batch::{Batch, Head};
use super::cell::{self, DateEvidence, Flaw, Locale, Read, Value};
use super::context::Context;
use super::excerpt::written;
use super::export::{Layout, LayoutField};
use super::limits;
use super::output::{Output, shown};
use super::plan::Plan;
use super::raw::RawRecords;
use super::recognise::Known;
use super::record::{Fault, Record};
use super::records::{Block, Records};
use super::shape::{Complaint, Shape, View};
use super::source::Charset;
use super::total_row::TotalRow;
use crate::config::Decimal;
use crate::lake::Cell;
use crate::types::Currency;

/// Marks a workbook's cell that holds an error.
pub(crate) const ERROR_CELL: char = '\u{1a}';

/// What is said of a last record that is cut off.
const CUT_OFF: &[&str] = &["truncated_last_record", "unterminated_quote", "bad_timestamp"];
/// The text of a cell; none where its bytes are no text in this encoding.
pub(crate) fn decoded(bytes: &[u8], charset: Charset) -> Option<Cow<'_, str>> {
    match charset {
        Charset::Legacy(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

/// A block's bytes, and the same as text where they are.
#[derive(Clone, Copy)]
struct Text<'t> {
    bytes: &'t [u8],
    utf8: Option<&'t str>,
}

/// What is wrong with records of a batch, by their number: the first thing of each counts.
type Flaws = BTreeMap<usize, (Complaint, String)>;

/// One stretch of a file while it is read, from its first block to its last.
pub(crate) struct Reading<'a> {
    known: &'a Known<'a>,
    layout: &'a Layout,
    plan: Arc<Plan>,
    pub(crate) context: Context,
    pub(crate) shape: Box<dyn Shape>,
    pub(crate) out: Output<'a>,
    /// Whole records whose cells are not read yet.
    raw: RawRecords,
    /// Memory for the next batch.
    spare: Batch,
    /// The records that belong together so far.
    group: Batch,
    /// Kept back where records before this stretch may belong to them.
    head: Option<Batch>,
    is_later: bool,
    /// What the file's last record belongs to, where it has no line end.
    unterminated: Option<Cell>,
    /// Where the file ends in the middle of a record: what it belongs to, unknown if that is lost.
    cut_off: Option<Cell>,
    with_offset: bool,
    /// The file's last record, where it only adds the others up.
    pub(crate) total: Option<TotalRow>,
    pub(crate) offset: u64,
    /// Records so far, whatever became of them.
    records: u64,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(known: &'a Known<'a>, context: Context, with_offset: bool) -> Self {
        let shape = (known.layout.shape)(&context);
        let plan = Arc::new(Plan::of(known));
        Self { offset: known.source.mark, ..Self::with(known, plan, shape, context, with_offset) }
    }

    /// One for a later stretch, which begins at `offset`; none where that must wait for this one.
    pub(crate) fn fork(&self, offset: u64) -> Option<Self> {
        let fork =
            Self::with(self.known, self.plan.clone(), self.shape.fork()?, self.context.clone(), self.with_offset);
        Some(Self { is_later: true, offset, total: self.total.clone(), ..fork })
    }

    fn with(known: &'a Known<'a>, plan: Arc<Plan>, shape: Box<dyn Shape>, context: Context, with_offset: bool) -> Self {
        Self {
            known,
            layout: known.layout,
            plan,
            shape,
            out: Output::new(known, &context),
            context,
            raw: RawRecords::default(),
            spare: Batch::default(),
            group: Batch::default(),
            head: None,
            is_later: false,
            unterminated: None,
            cut_off: None,
            with_offset,
            total: None,
            offset: 0,
            records: 0,
        }
    }

    /// Takes over what a fork has made of the stretch that follows. False where it began with other
    /// knowledge than this one has now: then nothing is taken over.
    pub(crate) fn join(&mut self, fork: Self, began_with: Currency) -> bool {
        let parts = [Some(&self.group), fork.head.as_ref(), Some(&fork.group)];
        let parts = || parts.into_iter().flatten();
        let is_long = parts().map(Batch::len).sum::<usize>() >= limits::GROUP_RECORDS
            || parts().map(Batch::kept_bytes).sum::<usize>() >= limits::GROUP_BYTES;
        if self.context.locale.currency != began_with || is_long || !self.shape.join(fork.shape) {
            return false;
        }
        // Its head's records are among those that it counted.
        self.out.join(fork.out);
        if let Some(head) = fork.head {
            self.stitch(&head);
            self.close();
        }
        self.stitch(&fork.group);
        self.cut_off = self.cut_off.take().or(fork.cut_off);
        self.context.locale.currency = fork.context.locale.currency;
        self.offset = fork.offset;
        self.records += fork.records;
        true
    }

    /// Records that may belong to those before.
    fn stitch(&mut self, batch: &Batch) {
        let (Some(place), false) = (self.layout.group, batch.is_empty()) else { return };
        if !self.group.is_empty() && !self.group.takes(batch, 0, place) {
            self.close();
        }
        (0..batch.len()).for_each(|row| self.group.keep(batch, row, &[]));
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
            self.record(&record, 0, Text { bytes: record.raw, utf8: None });
        }
        let mut records = Records::over(&block.text, self.known.dialect);
        records.set_line(block.line);
        let is_utf8 = !matches!(self.known.charset(), Charset::Legacy(_));
        let utf8 = std::str::from_utf8(&block.text).ok().filter(|_| is_utf8);
        let text = Text { bytes: &block.text, utf8 };
        let mut at = 0;
        while let Some(record) = records.read()? {
            self.record(&record, at, text);
            at += record.length as usize;
            if self.raw.len() >= limits::RAW_RECORDS {
                self.read_cells(text);
            }
        }
        self.read_cells(text);
        Ok(())
    }

    /// The lines above the records.
    pub(crate) fn structural(&mut self, what: &'static str, record: &Record<'_>) {
        let length = self.length(record);
        self.offset += length;
        self.out.receipt.structural(what, length);
    }

    /// A record that stands at `at` of the block.
    fn record(&mut self, record: &Record<'_>, at: usize, text: Text<'_>) {
        let length = self.length(record);
        let offset = self.offset;
        self.offset += length;
        if let Some(what) = self.structure(record) {
            self.out.receipt.structural(what, length);
            return;
        }
        if let Some(line) = self.frame(record) {
            self.read_cells(text);
            self.close();
            self.shape.frame(&line, self.records);
            self.out.receipt.structural("frame", length);
            return;
        }
        self.records += 1;
        self.out.receipt.rows_read += 1;
        self.unterminated = (!record.terminated).then(|| self.belongs_to(record));
        let head = Head { line: record.line, offset, length, span: at..at + record.content().len() };
        match self.is_whole(record) {
            Ok(()) => self.raw.push(head, record, at, self.plan.steps.iter().map(|step| step.column)),
            Err(complaint) => {
                self.note_cut_off(complaint.code);
                self.out.reject(&head, record.content(), complaint, shown(record.content()));
            }
        }
    }

    /// The file's last record is flawed: more of what it belongs to may be missing.
    fn note_cut_off(&mut self, code: &str) {
        if CUT_OFF.contains(&code) {
            self.cut_off = self.unterminated.take().or(self.cut_off.take());
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
        let mut said = Cell::Null;
        if let Some(bytes) = cell {
            // What cannot be read is unknown.
            let _ = self.read_cell(field, bytes, |value| said = value.into());
        }
        said
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
        if self.total.as_ref().is_some_and(|total| total.line == record.line && total.wrong.is_none()) {
            return Some("total row");
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

    /// Whether a record has the cells that it should have; what they say is seen later.
    fn is_whole(&self, record: &Record<'_>) -> Result<(), Complaint> {
        let flawed = |code, reason: String| Err(Complaint::new("", code, reason));
        if let Some(fault) = record.fault {
            return flawed(fault.code(), fault.reason().to_owned());
        }
        if record.cells().all(|cell| cell.trim_ascii().is_empty()) {
            return flawed("blank_record", "every cell is empty".to_owned());
        }
        let width = self.known.found.width;
        let short = record.width() < width && !self.layout.style.ragged;
        if short || record.width() > width {
            let code = if short && !record.terminated { "truncated_last_record" } else { "field_count" };
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

    /// Reads the cells of the records so far, column by column, and hands on what they are.
    fn read_cells(&mut self, text: Text<'_>) {
        if self.raw.len() == 0 {
            return;
        }
        let mut raw = std::mem::take(&mut self.raw);
        let mut batch = std::mem::take(&mut self.spare);
        let plan = self.plan.clone();
        batch.begin(&mut raw.heads, self.layout.fields.len() + plan.others.len());
        let mut flaws = Flaws::new();
        // An amount's currency is its record's, or that of the last record that says one.
        let mut stretches = vec![(0..batch.len(), self.context.locale.currency)];
        for (number, step) in plan.steps.iter().enumerate() {
            let field = plan.field(self.layout, step.place);
            for (rows, currency) in &stretches {
                self.context.locale.currency = *currency;
                for row in rows.clone() {
                    let (bytes, known) = raw.cell(row, number, text.bytes, text.utf8);
                    if bytes.is_empty() && step.is_plain {
                        batch.push(step.place, Value::Null);
                        continue;
                    }
                    let pushed = match known {
                        Some(text) => self.read_text(field, text).map(|value| batch.push(step.place, value)),
                        None => self.read_cell(field, bytes, |value| batch.push(step.place, value)),
                    };
                    if let Err(flaw) = pushed {
                        batch.push(step.place, Value::Null);
                        let complaint = Complaint::new(&field.name, flaw.code, flaw.reason);
                        flaws.entry(row).or_insert_with(|| (complaint, written(bytes, self.known.charset())));
                    }
                }
            }
            if Some(step.place) == plan.currency {
                stretches = self.stretches(&batch, step.place);
            }
        }
        self.context.locale.currency = stretches.last().map_or(self.context.locale.currency, |(_, last)| *last);
        self.lacks_offset(&raw, &batch, text, &mut flaws);
        self.lacks_value(&batch, &mut flaws);
        raw.clear();
        self.raw = raw;
        self.settle(&batch, flaws, text.bytes);
        self.spare = batch;
    }

    /// The records of a batch by the currency of their amounts.
    fn stretches(&self, batch: &Batch, place: usize) -> Vec<(Range<usize>, Currency)> {
        let mut stretches = vec![(0..0, self.context.locale.currency)];
        for row in 0..batch.len() {
            let last = stretches.last_mut().expect("it begins with one");
            let said = match batch.value(place, row) {
                Value::Text(said) if said != last.1.as_str() => said.parse().ok(),
                _ => None,
            };
            match said {
                Some(currency) => stretches.push((row..row + 1, currency)),
                None => last.0.end = row + 1,
            }
        }
        stretches
    }

    /// A time at the very end of the file that lacks the offset of the others has lost its end.
    fn lacks_offset(&self, raw: &RawRecords, batch: &Batch, text: Text<'_>, flaws: &mut Flaws) {
        if self.unterminated.is_none() || !self.with_offset {
            return;
        }
        let row = batch.len() - 1;
        for (number, step) in self.plan.steps.iter().enumerate() {
            let field = self.plan.field(self.layout, step.place);
            let (bytes, _) = raw.cell(row, number, text.bytes, text.utf8);
            if field.reader.is_date() && !says_offset(bytes) {
                let reason = "the file ends here without a line end, and the time lacks the offset of the others";
                let complaint = Complaint::new(&field.name, "bad_timestamp", reason);
                flaws.entry(row).or_insert_with(|| (complaint, written(bytes, self.known.charset())));
            }
        }
    }

    /// What every record must say, and a channel that the settings must know.
    fn lacks_value(&self, batch: &Batch, flaws: &mut Flaws) {
        for place in &self.plan.filled {
            for row in (0..batch.len()).filter(|row| batch.value(*place, *row) == Value::Null) {
                flaws.entry(row).or_insert_with(|| (missing(&self.layout.fields[*place]), String::new()));
            }
        }
        let Some(place) = self.plan.channel else { return };
        for row in 0..batch.len() {
            let Value::Text(name) = batch.value(place, row) else { continue };
            if name != "*" && !self.context.channels.iter().any(|known| known.as_str() == name) {
                let reason = "no channel of the settings has this name";
                let complaint = Complaint::new("channel", "unknown_channel", reason);
                flaws.entry(row).or_insert_with(|| (complaint, shown(name.as_bytes())));
            }
        }
    }

    /// Rejects the flawed records and hands on the others, those together that belong together.
    fn settle(&mut self, batch: &Batch, flaws: Flaws, block: &[u8]) {
        let sound: Vec<usize> = (0..batch.len()).filter(|row| !flaws.contains_key(row)).collect();
        for (row, (complaint, said)) in flaws {
            if row + 1 == batch.len() {
                self.note_cut_off(complaint.code);
            }
            self.out.reject(batch.head(row), batch.bytes(row, block), complaint, said);
        }
        let Some(place) = self.layout.group else { return self.judge(batch, &sound, block) };
        let mut rest = sound.as_slice();
        while let [row, others @ ..] = rest
            && !self.group.is_empty()
            && self.group.takes(batch, *row, place)
        {
            self.group.keep(batch, *row, block);
            rest = others;
        }
        if !rest.is_empty() {
            self.close();
        }
        while !rest.is_empty() {
            let (these, others) = rest.split_at(batch.together(rest, place));
            if others.is_empty() || self.keeps_head() {
                these.iter().for_each(|row| self.group.keep(batch, *row, block));
            }
            match others {
                // More that belongs to them may follow.
                [] => {}
                _ if self.keeps_head() => self.close(),
                _ => self.judge(batch, these, block),
            }
            rest = others;
        }
    }

    fn is_header(&self, record: &Record<'_>) -> bool {
        let mut cells = record.cells().zip(&self.plan.headers);
        record.width() == self.known.found.width && cells.all(|(cell, header)| cell.trim_ascii() == header.as_slice())
    }

    /// Reads a cell whose block is not known to be text.
    fn read_cell(&self, field: &LayoutField, bytes: &[u8], take: impl FnOnce(Read<'_>)) -> Result<(), Flaw> {
        let text = decoded(bytes, self.known.charset())
            .ok_or_else(|| Flaw::new("bad_utf8", "bytes that are no text in this file's encoding"))?;
        self.read_text(field, &text).map(take)
    }

    fn read_text<'t>(&self, field: &'t LayoutField, text: &'t str) -> Result<Read<'t>, Flaw> {
        if text.starts_with(ERROR_CELL) {
            return Err(Flaw::new("xlsx_cell_error", "the cell holds an error"));
        }
        let word = if field.words.is_empty() { None } else { field.words.get(text.trim()) };
        let mut value = match word {
            Some(word) => field.reader.read(word, &self.of_settings(field))?,
            None => field.reader.read(text, &self.context.locale)?,
        };
        if let (Value::Null, Some(default)) = (&value, &field.default) {
            value = match default.as_str() {
                "" => Value::Text("".into()),
                default => field.reader.read(default, &self.of_settings(field))?,
            };
        }
        Ok(if field.negate { value.negated() } else { value })
    }

    /// How texts of the settings are written, which is not the file's way.
    fn of_settings(&self, field: &LayoutField) -> Locale {
        Locale { decimal: Some(field.decimal.unwrap_or(Decimal::Point)), ..self.context.locale.clone() }
    }

    /// Whether the first records of this stretch are still to be kept back.
    fn keeps_head(&self) -> bool {
        self.is_later && self.head.is_none() && self.layout.group.is_some()
    }

    /// The records that belong together so far have no more that do.
    fn close(&mut self) {
        let mut group = std::mem::take(&mut self.group);
        if group.is_empty() {
            self.group = group;
        } else if self.keeps_head() {
            self.head = Some(group);
        } else {
            let rows: Vec<usize> = (0..group.len()).collect();
            self.judge(&group, &rows, &[]);
            group.clear();
            self.group = group;
        }
    }

    /// Turns these records of a batch into rows.
    fn judge(&mut self, batch: &Batch, rows: &[usize], block: &[u8]) {
        if rows.is_empty() {
            return;
        }
        let plan = self.plan.clone();
        let view = |row: &usize| View { layout: self.layout, others: &plan.others, batch, row: *row };
        let views: Vec<View<'_>> = rows.iter().map(view).collect();
        let verdicts = self.shape.judge(&views, &self.context);
        assert_eq!(verdicts.len(), rows.len(), "a shape judges every record");
        for (row, verdict) in rows.iter().zip(verdicts) {
            self.out.settle(batch.head(*row), batch.bytes(*row, block), verdict);
        }
    }

    /// The end of the file. Where it ends in the middle of a record, more of what belongs together may
    /// be missing: half an order would share its shipping and discount out wrongly.
    pub(crate) fn end(&mut self) {
        let last = self.group.len().checked_sub(1).zip(self.layout.group);
        let is_torn = match (&self.cut_off, last) {
            (Some(cut_off), Some((row, place))) => {
                !cut_off.is_null() && *cut_off == Cell::from(self.group.value(place, row))
            }
            _ => false,
        };
        if !is_torn {
            return self.close();
        }
        let group = std::mem::take(&mut self.group);
        for row in 0..group.len() {
            let reason = "the file ends in the middle of what belongs to this record: download it again";
            let complaint = Complaint::new("", "truncated_last_record", reason);
            let bytes = group.bytes(row, &[]);
            self.out.reject(group.head(row), bytes, complaint, shown(bytes));
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

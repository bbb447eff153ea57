//! One file from its first byte to its last: every record becomes rows or a reject.

use std::borrow::Cow;
use std::io;
use std::path::Path;

use super::cell::{self, DateEvidence, DecimalEvidence, Flaw, Locale};
use super::context::Context;
use super::export::{Layout, LayoutField, Presence};
use super::output::{Output, shown};
use super::receipt::{Receipt, Sink};
use super::recognise::{Body, Known};
use super::record::Record;
use super::records::Records;
use super::shape::{Complaint, Row, Shape, View};
use super::source::Charset;
use crate::error::{Diagnostic, Result};
use crate::lake::Cell;

type Text<'a> = Records<Box<dyn io::Read + 'a>>;

/// Marks a workbook's cell that holds an error.
pub(crate) const ERROR_CELL: char = '\u{1a}';

/// Reads a file that is recognised.
pub(crate) fn read(path: &Path, known: &Known<'_>, mut context: Context, sink: &mut dyn Sink) -> Result<Receipt> {
    let layout = known.layout;
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let with_offset = settle(path, known, &mut context)?;
    let mut reading = Reading {
        known,
        layout,
        shape: (layout.shape)(&context),
        out: Output::new(known, &context, sink),
        context,
        group: Vec::new(),
        with_offset,
        offset: known.source.mark,
        records: 0,
    };
    reading.out.receipt.structural_if("byte order mark", known.source.mark);
    if matches!(known.body, Body::Sheet(_)) {
        reading.out.receipt.structural("workbook", known.source.bytes);
    }
    let mut text = known.records().map_err(failed)?;
    reading.preamble(&mut text).map_err(failed)?;
    text.set_dialect(known.dialect);
    let mut record = Record::default();
    while text.read(&mut record).map_err(failed)? {
        reading.record(&record)?;
    }
    reading.finish(path)
}

/// Settles how the file writes amounts and dates: by its layout, by the settings, by the whole file.
/// Tells whether its times carry offsets.
pub(crate) fn settle(path: &Path, known: &Known<'_>, context: &mut Context) -> Result<bool> {
    let layout = known.layout;
    context.locale.decimal = context.locale.decimal.or(layout.style.decimal);
    context.locale.dates = layout.dates.or(context.locale.dates);
    context.locale.zone = layout.zone.unwrap_or(context.locale.zone);
    settle_locale(path, known, context)
}

/// Settles the decimal mark and the order of dates by what the whole file proves. Tells whether
/// its times carry offsets.
fn settle_locale(path: &Path, known: &Known<'_>, context: &mut Context) -> Result<bool> {
    let layout = known.layout;
    let columns = |wanted: fn(cell::Reader) -> bool| -> Vec<usize> {
        let fields = layout.fields.iter().zip(&known.found.columns);
        fields.filter(|(field, _)| wanted(field.reader)).filter_map(|(_, column)| *column).collect()
    };
    let money = if context.locale.decimal.is_none() { columns(cell::Reader::is_money) } else { Vec::new() };
    let dates = columns(cell::Reader::is_date);
    let settled =
        context.locale.dates.is_some() || !layout.style.refuses_undecided_dates && layout.style.decimal.is_some();
    if money.is_empty() && (dates.is_empty() || settled) {
        return Ok(false);
    }
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let (mut decimal, mut order) = (DecimalEvidence::default(), DateEvidence::default());
    let mut text = known.records().map_err(failed)?;
    for _ in 0..known.header_line {
        text.skip_line().map_err(failed)?;
    }
    text.set_dialect(known.dialect);
    let mut record = Record::default();
    while text.read(&mut record).map_err(failed)? {
        let cell = |column: &usize| -> Option<Cow<'_, str>> {
            (*column < record.width()).then(|| decoded(record.cell(*column), known.charset())).flatten()
        };
        money.iter().filter_map(cell).for_each(|text| decimal.weigh(&text));
        dates.iter().filter_map(cell).for_each(|text| order.weigh(&text));
    }
    context.locale.decimal = context.locale.decimal.or(decimal.verdict());
    if context.locale.dates.is_none() {
        let clock = layout.style.twelve_hour.filter(|_| order.twelve_hour && !order.contradicts());
        context.locale.dates = order.verdict().or(clock);
        let usual = layout.style.usual_dates.filter(|_| !order.contradicts());
        context.locale.dates = context.locale.dates.or(usual);
        if context.locale.dates.is_none() && order.undecided > 0 && layout.style.refuses_undecided_dates {
            return Err(undecided(path, context));
        }
    }
    Ok(order.with_offset)
}

fn undecided(path: &Path, context: &Context) -> Box<Diagnostic> {
    let table = match &context.channel {
        Some(channel) => format!("[channel.{channel}]"),
        None => "[mapping.NAME]".to_owned(),
    };
    Diagnostic::error("ambiguous-date", "no date of this file tells whether the day or the month comes first")
        .in_file(path)
        .hint(format!("set `date-order = \"dmy\"` or `date-order = \"mdy\"` under `{table}`"))
        .into()
}

/// The text of a cell; none where its bytes are no text in this encoding.
fn decoded(bytes: &[u8], charset: Charset) -> Option<Cow<'_, str>> {
    match charset {
        Charset::Legacy(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

struct Reading<'a> {
    known: &'a Known<'a>,
    layout: &'a Layout,
    context: Context,
    shape: Box<dyn Shape>,
    out: Output<'a>,
    group: Vec<Row>,
    with_offset: bool,
    offset: u64,
    /// Records so far, whatever became of them.
    records: u64,
}

impl Reading<'_> {
    /// Bytes of the file that a record took; none in a workbook, which is one span as a whole.
    fn length(&self, record: &Record) -> u64 {
        match self.known.body {
            Body::File(Charset::Utf16 { .. }) => self.known.charset().bytes_in_file(&record.raw),
            Body::File(_) => record.length,
            Body::Sheet(_) => 0,
        }
    }

    fn preamble(&mut self, text: &mut Text<'_>) -> io::Result<()> {
        let mut record = Record::default();
        for line in 1..=self.known.header_line {
            if !text.read(&mut record)? {
                break;
            }
            let length = self.length(&record);
            self.offset += length;
            let what = if line == self.known.header_line { "header" } else { "preamble" };
            self.out.receipt.structural(what, length);
        }
        Ok(())
    }

    fn record(&mut self, record: &Record) -> Result<()> {
        let length = self.length(record);
        let offset = self.offset;
        self.offset += length;
        if let Some(what) = self.structure(record) {
            self.out.receipt.structural(what, length);
            return Ok(());
        }
        if let Some(line) = self.frame(record) {
            self.judge()?;
            self.shape.frame(&line, self.records);
            self.out.receipt.structural("frame", length);
            return Ok(());
        }
        self.records += 1;
        self.out.count_record()?;
        let mut row = Row {
            line: record.line,
            offset,
            length,
            raw: record.content().to_vec(),
            cells: Vec::new(),
            others: Vec::new(),
        };
        match self.typed(record, &mut row) {
            Ok(()) => self.collect(row),
            Err((complaint, text)) => self.out.reject(&row, complaint, text),
        }
    }

    /// Lines that hold no record: blank ones, an explanation of the columns, padding at the end.
    fn structure(&self, record: &Record) -> Option<&'static str> {
        if record.is_blank_line() {
            return Some("blank line");
        }
        if !record.terminated && record.content().iter().all(|byte| *byte < 0x20) {
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
    fn frame(&self, record: &Record) -> Option<String> {
        let frames = self.layout.style.frames;
        let frames_it = |cell: &[u8]| frames.iter().any(|frame| cell.starts_with(frame.as_bytes()));
        let rest = || record.cells().skip(2).all(|cell| cell.trim_ascii().is_empty());
        let found = record.fault.is_none() && record.cells().take(2).any(frames_it) && rest();
        found.then(|| shown(record.content()))
    }

    fn typed(&mut self, record: &Record, row: &mut Row) -> Result<(), (Complaint, String)> {
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
        for place in currency_first(self.layout) {
            let value = self.value(record, place)?;
            if let (Cell::Text(text), "currency") = (&value, self.layout.fields[place].name.as_str()) {
                self.context.locale.currency = text.parse().unwrap_or(self.context.locale.currency);
            }
            if row.cells.is_empty() {
                row.cells = vec![Cell::Null; self.layout.fields.len()];
            }
            row.cells[place] = value;
        }
        for (place, field) in self.layout.fields.iter().enumerate() {
            if field.presence == Presence::Filled && row.cells[place] == Cell::Null {
                return Err((missing(field), String::new()));
            }
        }
        self.others(record, row)?;
        self.known_channel(row)
    }

    fn is_header(&self, record: &Record) -> bool {
        let mut cells = record.cells().zip(&self.known.headers);
        record.width() == self.known.found.width
            && cells.all(|(cell, header)| cell.trim_ascii() == header.trim_matches(['\u{feff}', ' ', '\t']).as_bytes())
    }

    fn value(&self, record: &Record, place: usize) -> Result<Cell, (Complaint, String)> {
        let field = &self.layout.fields[place];
        let column = self.known.found.columns[place].filter(|column| *column < record.width());
        let bytes = column.map_or(&b""[..], |column| record.cell(column));
        let blame = |flaw: Flaw| (Complaint::new(&field.name, flaw.code, flaw.reason), shown(bytes));
        let value = self.read_cell(field, bytes).map_err(blame)?;
        if !record.terminated && self.with_offset && field.reader.is_date() && !says_offset(bytes) {
            let reason = "the file ends here without a line end, and the time lacks the offset of the others";
            return Err((Complaint::new(&field.name, "bad_timestamp", reason), shown(bytes)));
        }
        Ok(value)
    }

    fn read_cell(&self, field: &LayoutField, bytes: &[u8]) -> Result<Cell, Flaw> {
        let text = decoded(bytes, self.known.charset())
            .ok_or_else(|| Flaw::new("bad_utf8", "bytes that are no text in this file's encoding"))?;
        if text.starts_with(ERROR_CELL) {
            return Err(Flaw::new("xlsx_cell_error", "the cell holds an error"));
        }
        let text = field.words.get(text.trim()).map_or(text.as_ref(), String::as_str);
        let mut value = field.reader.read(text, &self.context.locale)?;
        if let (Cell::Null, Some(default)) = (&value, &field.default) {
            value = match default.as_str() {
                "" => Cell::from(""),
                default => field.reader.read(default, &Locale { decimal: None, ..self.context.locale.clone() })?,
            };
        }
        Ok(if field.negate { cell::negated(value) } else { value })
    }

    fn others(&self, record: &Record, row: &mut Row) -> Result<(), (Complaint, String)> {
        let Some(reader) = self.layout.others else { return Ok(()) };
        for place in self.known.found.others.iter().filter(|place| **place < record.width()) {
            let header = &self.known.headers[*place];
            let field = LayoutField::new(header, &[], Presence::Optional, reader);
            let bytes = record.cell(*place);
            let value = self
                .read_cell(&field, bytes)
                .map_err(|flaw| (Complaint::new(header, flaw.code, flaw.reason), shown(bytes)))?;
            row.others.push((header.trim().to_owned(), value));
        }
        Ok(())
    }

    fn known_channel(&self, row: &Row) -> Result<(), (Complaint, String)> {
        let name = self.layout.field("channel").map(|place| &row.cells[place]);
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

    fn collect(&mut self, row: Row) -> Result<()> {
        let same = match (self.layout.group, self.group.last()) {
            (Some(place), Some(last)) => last.cells[place] == row.cells[place] && self.group.len() < 10_000,
            _ => false,
        };
        if !same {
            self.judge()?;
        }
        self.group.push(row);
        Ok(())
    }

    fn judge(&mut self) -> Result<()> {
        if self.group.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.group);
        let views: Vec<View<'_>> = rows.iter().map(|row| View { layout: self.layout, row }).collect();
        let verdicts = self.shape.judge(&views, &self.context);
        assert_eq!(verdicts.len(), rows.len(), "a shape judges every record");
        for (row, verdict) in rows.iter().zip(verdicts) {
            self.out.settle(row, verdict, &self.context)?;
        }
        Ok(())
    }

    fn finish(mut self, path: &Path) -> Result<Receipt> {
        self.judge()?;
        self.shape.finish().map_err(|mut refusal| {
            refusal.place.get_or_insert(crate::error::Place { path: path.to_owned(), line: None, excerpt: None });
            refusal
        })?;
        if self.known.source.has_changed(path) {
            return Err(Diagnostic::error("changed-during-read", "the file changed while it was read")
                .in_file(path)
                .into());
        }
        self.out.finish(self.known)
    }
}

fn says_offset(bytes: &[u8]) -> bool {
    bytes.trim_ascii().is_empty() || {
        let mut evidence = DateEvidence::default();
        evidence.weigh(&String::from_utf8_lossy(bytes));
        evidence.with_offset
    }
}

/// The fields in order, but the currency first: it decides how amounts are read.
fn currency_first(layout: &Layout) -> impl Iterator<Item = usize> + use<> {
    let currency = layout.field("currency");
    currency.into_iter().chain((0..layout.fields.len()).filter(move |place| Some(*place) != currency))
}

fn missing(field: &LayoutField) -> Complaint {
    match field.reader {
        cell::Reader::Word(_) => {
            Complaint::new(&field.name, "unknown_status", "empty; it counts neither as sold nor as cancelled")
        }
        _ => Complaint::missing(&field.name),
    }
}

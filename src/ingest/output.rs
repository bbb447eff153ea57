//! What a file's records became, on its way to the sink, with the count of everything.

use std::iter::repeat_n;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use chrono::TimeZone;
use chrono_tz::Tz;

use super::batch::Head;
use super::context::Context;
use super::excerpt::excerpt;
use super::limits;
use super::line_kind::OrderLines;
use super::notes::Notes;
use super::receipt::{Receipt, Reject, Sink};
use super::recognise::{Body, Known};
use super::shape::{Complaint, DERIVED_DAYS, Draft, Verdict};
use super::total_row;
use crate::error::{Diagnostic, Result};
use crate::lake::{Cell, RowsBuilder, Table};
use crate::types::{Day, Timestamp};

/// Rows on their way to the sink, and the count of everything.
pub(crate) struct Output<'a> {
    pub(crate) receipt: Receipt,
    batches: Vec<(&'static Table, RecordBatch)>,
    rejects: Vec<Reject>,
    building: Vec<Building>,
    days: LocalDays,
    lines: OrderLines,
    run: String,
    /// When counts were taken that do not say it: when their file was written.
    written: Option<Timestamp>,
    known: &'a Known<'a>,
}

/// Rows and rejects that need nothing more.
#[derive(Default)]
pub(crate) struct Ready {
    batches: Vec<(&'static Table, RecordBatch)>,
    rejects: Vec<Reject>,
}

impl Ready {
    pub(crate) fn deliver(self, sink: &mut dyn Sink) -> Result<()> {
        self.batches.into_iter().try_for_each(|(table, batch)| sink.rows(table, batch))?;
        self.rejects.into_iter().try_for_each(|reject| sink.reject(reject))
    }
}

/// When a row counts stock; none where it does not.
fn counted_at(draft: &Draft) -> Option<Timestamp> {
    let column = match draft.table.name {
        "channel_stock" => "reported_at",
        "stock" => "at",
        _ => return None,
    };
    if let Cell::Timestamp(at) = draft.get(column) { Some(*at) } else { None }
}

/// A batch in the making.
struct Building {
    table: &'static Table,
    /// Days that no file carries, and the instants they follow from, by their places.
    derived: Vec<(usize, usize)>,
    /// Whether its rows are lines of orders, which are of some kind and in some currency.
    has_kinds: bool,
    builder: RowsBuilder,
    /// The line of the file that each row comes from.
    lines: Vec<i64>,
}

impl Building {
    fn new(table: &'static Table) -> Self {
        let derived = DERIVED_DAYS.iter().filter_map(|(day, instant)| Some((table.place(day)?, table.place(instant)?)));
        let builder = RowsBuilder::new(table.name, table.columns.iter().copied());
        let has_kinds = table.name == "order_lines";
        Self { table, derived: derived.collect(), has_kinds, builder, lines: Vec::new() }
    }

    /// Fills in what follows from the rest, and fails on what must be known and is not.
    fn complete(&self, draft: &mut Draft, days: &mut LocalDays, lines: &OrderLines) -> Result<(), Complaint> {
        for (day, instant) in &self.derived {
            if let Cell::Timestamp(at) = draft.cells[*instant] {
                draft.cells[*day] = days.of(at).into();
            }
        }
        if self.has_kinds {
            lines.fill_in(draft);
        }
        if self.table.name == "refund_lines" {
            lines.leave_currency_open(draft);
        }
        let mut cells = self.table.columns.iter().zip(&draft.cells);
        match cells.find(|(column, cell)| !column.nullable && cell.is_null()) {
            Some((column, _)) => Err(Complaint::missing(column.name)),
            None => Ok(()),
        }
    }

    /// The rows, with where they come from.
    fn finish(self, file: &str, run: &str) -> RecordBatch {
        let rows = self.lines.len();
        let same = |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(repeat_n(text, rows))) };
        let mut arrays = self.builder.arrays();
        arrays.extend([same(file), Arc::new(Int64Array::from(self.lines)), same(run)]);
        RecordBatch::try_new(self.table.schema(), arrays).expect("columns are of one length and of their types")
    }
}

/// Days of instants in the shop's zone. Instants of one export lie close together, so that mostly
/// the last day is the day.
struct LocalDays {
    zone: Tz,
    last: Option<(Timestamp, Timestamp, Day)>,
}

impl LocalDays {
    fn of(&mut self, at: Timestamp) -> Day {
        match self.last {
            Some((start, end, day)) if start <= at && at < end => day,
            _ => {
                let day = at.day_in(self.zone);
                // A midnight that the clocks skip or repeat bounds nothing.
                let midnight = |day: Day| {
                    let local = self.zone.from_local_datetime(&day.date().and_hms_opt(0, 0, 0)?).single()?;
                    Some(Timestamp::from_seconds(local.timestamp()))
                };
                self.last = midnight(day).zip(midnight(day.plus(1))).map(|(start, end)| (start, end, day));
                day
            }
        }
    }
}

impl<'a> Output<'a> {
    pub(crate) fn new(known: &'a Known<'a>, context: &Context) -> Self {
        let receipt = Receipt {
            file: context.file.clone(),
            sha256: known.source.sha256.clone(),
            bytes: known.source.bytes,
            export: known.layout.id.clone(),
            document: known.layout.document.clone(),
            channel: context.channel.clone(),
            notes: Notes::of(known.layout),
            unread_sheets: known.unread_sheets.clone(),
            ..Receipt::default()
        };
        Self {
            receipt,
            batches: Vec::new(),
            rejects: Vec::new(),
            building: Vec::new(),
            days: LocalDays { zone: context.shop_zone, last: None },
            lines: OrderLines::of(known, context),
            run: context.run.clone(),
            written: context.snapshot.filter(|_| context.snapshot_assumed),
            known,
        }
    }

    /// Fills in what kinds of lines these rows are, for those who need it before they are settled.
    pub(crate) fn settle_kinds(&self, verdicts: &mut [Verdict]) {
        let drafts = verdicts.iter_mut().flat_map(Verdict::drafts_mut);
        drafts.filter(|draft| draft.table.name == "order_lines").for_each(|line| self.lines.fill_in(line));
    }

    /// Fails where there is more than is believed of one file.
    pub(crate) fn within_limits(&self) -> Result<()> {
        if self.receipt.rows_read > limits::RECORDS {
            let message = format!("more than {} records", limits::RECORDS);
            return Err(Diagnostic::error("too-many-records", message).hint("cut the file in two").into());
        }
        if self.receipt.rejected > limits::REJECTS {
            let last = self.rejects.iter().max_by_key(|reject| reject.source_line).map_or("", |reject| reject.code);
            let message = format!("more than {} records are rejected, the last as `{last}`", limits::REJECTS);
            return Err(Diagnostic::error("too-many-rejects", message)
                .in_file(&self.receipt.file)
                .hint("set `encoding`, `decimal` or `date-order` under the file's `[channel.NAME]`")
                .into());
        }
        Ok(())
    }

    /// Takes over what a later stretch of the file became.
    pub(crate) fn join(&mut self, mut later: Self) {
        later.flush();
        self.receipt.add(&later.receipt);
        self.batches.append(&mut later.batches);
        self.rejects.append(&mut later.rejects);
    }

    /// What is ready to be handed on.
    pub(crate) fn take(&mut self) -> Result<Ready> {
        self.within_limits()?;
        // A cell is judged before its record is judged with others.
        self.rejects.sort_by_key(|reject| reject.source_line);
        Ok(Ready { batches: std::mem::take(&mut self.batches), rejects: std::mem::take(&mut self.rejects) })
    }

    /// `raw` is the record as it stands in the file.
    pub(crate) fn settle(&mut self, head: &Head, raw: &[u8], verdict: Verdict) {
        match verdict {
            Verdict::Structure(what) => {
                self.receipt.rows_read -= 1;
                self.receipt.structural(what, head.length);
            }
            Verdict::Reject(complaint) => self.reject(head, raw, complaint, shown(raw)),
            Verdict::Fact(mut draft) => match self.complete(std::slice::from_mut(&mut draft)) {
                Ok(()) => self.accept(head, [draft]),
                Err(complaint) => self.reject(head, raw, complaint, shown(raw)),
            },
            Verdict::Facts(mut drafts) => match self.complete(&mut drafts) {
                Ok(()) => self.accept(head, drafts),
                Err(complaint) => self.reject(head, raw, complaint, shown(raw)),
            },
        }
    }

    fn complete(&mut self, drafts: &mut [Draft]) -> Result<(), Complaint> {
        for draft in drafts {
            let place = self.place(draft.table);
            self.building[place].complete(draft, &mut self.days, &self.lines)?;
        }
        Ok(())
    }

    fn accept(&mut self, head: &Head, drafts: impl IntoIterator<Item = Draft>) {
        self.receipt.accepted += 1;
        self.receipt.accepted_bytes += head.length;
        let mut is_full = false;
        for draft in drafts {
            if let Some(note) = draft.note {
                self.receipt.notes.row(note, head.line);
            }
            if let Some(written) = self.written.filter(|written| counted_at(&draft) == Some(*written)) {
                self.receipt.notes.undated(head.line, written);
            }
            let place = self.place(draft.table);
            let building = &mut self.building[place];
            building.builder.push_all(&draft.cells);
            building.lines.push(head.line as i64);
            is_full |= building.lines.len() >= limits::BATCH_ROWS;
        }
        if is_full {
            self.flush();
        }
    }

    /// Where the batch of a table is made.
    fn place(&mut self, table: &'static Table) -> usize {
        let place = self.building.iter().position(|building| std::ptr::eq(building.table, table));
        place.unwrap_or_else(|| {
            self.building.push(Building::new(table));
            self.building.len() - 1
        })
    }

    fn flush(&mut self) {
        for building in self.building.drain(..).filter(|building| !building.lines.is_empty()) {
            let table = building.table;
            *self.receipt.rows.entry(table.name).or_insert(0) += building.lines.len() as u64;
            self.batches.push((table, building.finish(&self.receipt.file, &self.run)));
        }
    }

    pub(crate) fn reject(&mut self, head: &Head, raw: &[u8], complaint: Complaint, text: String) {
        self.receipt.rejected += 1;
        self.receipt.rejected_bytes += head.length;
        let (headers, field) = (&self.known.headers, self.known.layout.field(&complaint.field));
        let of_field = field.and_then(|place| self.known.found.columns[place]);
        let named = || headers.iter().position(|header| header.trim() == complaint.field);
        let place = of_field.or_else(named);
        let shown = excerpt(raw, head.line, self.known, place);
        let column = place.map_or(complaint.field, |place| headers[place].trim().to_owned());
        self.rejects.push(Reject {
            source_file: self.receipt.file.clone(),
            source_line: head.line,
            column,
            code: complaint.code,
            reason: complaint.reason,
            text,
            shown,
            offset: head.offset,
            length: head.length,
            total: self.total_in(raw),
        });
    }

    /// The header and the text by which a record of the user's own layout looks like a total.
    fn total_in(&self, raw: &[u8]) -> Option<(String, String)> {
        self.known.layout.mapping()?;
        let (column, text) = total_row::total_in(raw, self.known)?;
        let header = self.known.headers.get(column)?.trim();
        (!header.is_empty()).then(|| (header.to_owned(), text))
    }

    pub(crate) fn finish(mut self, sink: &mut dyn Sink) -> Result<Receipt> {
        self.flush();
        self.take()?.deliver(sink)?;
        if matches!(self.known.body, Body::Sheet(_)) {
            self.receipt.accepted_bytes = 0;
            self.receipt.rejected_bytes = 0;
        }
        assert!(
            self.receipt.balances(),
            "records and bytes of `{}` do not add up: {:?}",
            self.receipt.file,
            self.receipt
        );
        Ok(self.receipt)
    }
}

/// What of a cell is shown to people: control characters and stray bytes as `\x1b`.
pub(crate) fn shown(bytes: &[u8]) -> String {
    const LONGEST: usize = 500;
    let mut text = String::new();
    for chunk in bytes[..bytes.len().min(LONGEST)].utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter.is_control() {
                text.push_str(&format!("\\x{:02x}", letter as u32));
            } else {
                text.push(letter);
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

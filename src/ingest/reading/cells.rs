//! The cells of whole records are read, one column after the other.

use std::borrow::Cow;
use std::ops::Range;

use super::{ERROR_CELL, Flaws, Reading, Text, Unterminated, decoded};
use crate::config::Decimal;
use crate::ingest::batch::Batch;
use crate::ingest::cell::{self, DateEvidence, Flaw, Locale, Read, Value};
use crate::ingest::excerpt::written;
use crate::ingest::export::{Join, LayoutField, TERMS};
use crate::ingest::output::shown;
use crate::ingest::plan::Step;
use crate::ingest::raw::RawRecords;
use crate::ingest::shape::Complaint;
use crate::types::Currency;

impl Reading<'_> {
    /// Reads the cells of the records so far, column by column, and hands on what they are.
    pub(super) fn read_cells(&mut self, text: Text<'_>) {
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
            for (rows, currency) in &stretches {
                self.context.locale.currency = *currency;
                for row in rows.clone() {
                    let (bytes, known) = raw.cell(row, number, text.bytes, text.utf8);
                    let mut read = self.read_into(&mut batch, step, bytes, known);
                    if read.as_ref().is_err_and(|flaw| flaw.code == cell::SKIPPED_TIME) {
                        read = self.read_skipped(&mut batch, (step, row), bytes);
                    }
                    if let Err(flaw) = read {
                        batch.push(step.place, Value::Null);
                        flaws.entry(row).or_insert_with(|| self.complaint(step, flaw, bytes));
                    }
                }
            }
            if Some(step.place) == plan.currency {
                stretches = self.stretches(&batch, step.place);
            }
        }
        stretches.iter().for_each(|(rows, currency)| batch.set_currency(rows.clone(), *currency));
        self.context.locale.currency = stretches.last().map_or(self.context.locale.currency, |(_, last)| *last);
        if let Some(end) = self.unterminated.take() {
            self.look_at_end(end, (&raw, batch.len() - 1), text, &mut flaws);
        }
        self.lacks_value(&batch, &mut flaws);
        self.look_at(&batch, (&raw, text));
        raw.clear();
        self.raw = raw;
        self.settle(&batch, flaws, text.bytes);
        self.spare = batch;
    }

    /// Reads a cell into its column; `known` is its text where its block is known to be text.
    fn read_into(&self, batch: &mut Batch, step: &Step, bytes: &[u8], known: Option<&str>) -> Result<(), Flaw> {
        let mut take = |value: Read<'_>| batch.push(step.place, value);
        if bytes.is_empty() && step.is_plain {
            take(Value::Null);
            return Ok(());
        }
        let field = self.plan.field(self.layout, step.place);
        match known {
            _ if step.join == Join::Sum || step.join == Join::Difference => self.added_up(step, field, bytes).map(take),
            Some(text) => self.read_text(field, text).map(take),
            None => self.read_cell(field, bytes, take),
        }
    }

    /// The cells of several columns, added up or taken off the first; unknown where each of them is.
    fn added_up(&self, step: &Step, field: &LayoutField, bytes: &[u8]) -> Result<Read<'static>, Flaw> {
        let mut sum = Value::Null;
        for (number, cell) in bytes.split(|byte| *byte == TERMS).enumerate() {
            let mut term = Value::Null;
            self.read_cell(field, cell, |value| term = value.held(|text| Cow::Owned(text.into_owned())))?;
            if number > 0 && step.join == Join::Difference {
                term = term.negated();
            }
            sum = added(sum, term).ok_or_else(|| Flaw::new("money_overflow", "beyond any amount"))?;
        }
        Ok(sum)
    }

    /// Reads a time that the clocks skipped: its day is certain, and the row is kept on it.
    fn read_skipped(&mut self, batch: &mut Batch, (step, row): (&Step, usize), bytes: &[u8]) -> Result<(), Flaw> {
        let Some(text) = decoded(bytes, self.known.charset()) else { return Ok(()) };
        let field = self.plan.field(self.layout, step.place);
        batch.push(step.place, field.reader.read_skipped(&text, &self.context.locale)?);
        self.out.receipt.notes.skipped_time(batch.head(row).line, self.context.locale.zone.name());
        Ok(())
    }

    /// Notes what a person should look at, though it is no flaw of a record.
    fn look_at(&mut self, batch: &Batch, (raw, text): (&RawRecords, Text<'_>)) {
        let plan = self.plan.clone();
        for place in &plan.amounts {
            let field = &self.layout.fields[*place];
            let amounts = (0..batch.len()).filter_map(|row| match batch.value(*place, row) {
                Value::Money(amount) => Some(amount),
                _ => None,
            });
            self.out.receipt.notes.amounts(&field.name, &field.written, amounts);
        }
        for place in &plan.percents {
            let field = &self.layout.fields[*place];
            let rates = (0..batch.len()).filter_map(|row| match batch.value(*place, row) {
                Value::Rate(rate) => Some(rate),
                _ => None,
            });
            self.out.receipt.notes.percents(&field.name, &field.written, rates);
        }
        let rates = plan
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| self.plan.field(self.layout, step.place).reader == cell::Reader::Rate);
        for (number, _) in rates {
            let more = (0..batch.len()).filter(|row| has_more_decimals(raw.cell(*row, number, text.bytes, None).0));
            more.for_each(|row| self.out.receipt.notes.rounded_rate(batch.head(row).line));
        }
    }

    fn complaint(&self, step: &Step, flaw: Flaw, bytes: &[u8]) -> (Complaint, String) {
        let field = self.plan.field(self.layout, step.place);
        let said = written(bytes, self.known.charset()).replace("\\x1f", " | ");
        (Complaint::new(&field.name, flaw.code, flaw.reason), said)
    }

    /// Where the file ends without a line end, its last cell may lack some: it is flawed then, or a time
    /// without the offset that others of its column have.
    fn look_at_end(&mut self, end: Unterminated, (raw, row): (&RawRecords, usize), text: Text<'_>, flaws: &mut Flaws) {
        let mut is_cut = false;
        let plan = self.plan.clone();
        for (number, step) in plan.steps.iter().enumerate().filter(|(_, step)| step.column == Some(end.column)) {
            let (bytes, _) = raw.cell(row, number, text.bytes, text.utf8);
            let field = plan.field(self.layout, step.place);
            let lacks_offset = field.reader.is_date() && self.with_offset.contains(&end.column) && !says_offset(bytes);
            let read = self.read_cell(field, bytes, |_| ());
            is_cut |= lacks_offset || read.is_err_and(|flaw| flaw.code != cell::SKIPPED_TIME);
            if lacks_offset {
                let reason = "the file ends here without a line end, and the time lacks its column's offset";
                flaws.entry(row).or_insert_with(|| self.complaint(step, Flaw::new("bad_timestamp", reason), bytes));
            }
        }
        if is_cut {
            self.cut_off = Some(end.belongs_to);
        }
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

    /// Reads a cell whose block is not known to be text.
    pub(super) fn read_cell(&self, field: &LayoutField, bytes: &[u8], take: impl FnOnce(Read<'_>)) -> Result<(), Flaw> {
        let text = decoded(bytes, self.known.charset())
            .ok_or_else(|| Flaw::new("bad_utf8", "bytes that are no text in this file's encoding"))?;
        self.read_text(field, &text).map(take)
    }

    fn read_text<'t>(&self, field: &'t LayoutField, text: &'t str) -> Result<Read<'t>, Flaw> {
        if text.starts_with(ERROR_CELL) {
            return Err(Flaw::new("xlsx_cell_error", "the cell holds an error"));
        }
        let mut value = match field.word(text) {
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
}

/// The sum of two values of one kind; the other where one is unknown, none beyond what can be.
fn added(one: Read<'static>, other: Read<'static>) -> Option<Read<'static>> {
    match (one, other) {
        (Value::Null, other) => Some(other),
        (one, Value::Null) => Some(one),
        (Value::Money(one), Value::Money(other)) => one.checked_add(other).map(Value::Money),
        (Value::Integer(one), Value::Integer(other)) => one.checked_add(other).map(Value::Integer),
        _ => None,
    }
}

/// Whether a rate is told with more decimals than the six that are kept.
fn has_more_decimals(bytes: &[u8]) -> bool {
    let Some(mark) = bytes.iter().rposition(|byte| matches!(byte, b'.' | b',')) else { return false };
    let digits = bytes[mark + 1..].trim_ascii_end();
    digits.iter().rposition(|digit| (b'1'..=b'9').contains(digit)).is_some_and(|last| last >= 6)
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
        cell::Reader::Word(words) => {
            Complaint::new(&field.name, "unknown_status", format!("empty{}", cell::neither(words)))
        }
        _ => Complaint::missing(&field.name),
    }
}

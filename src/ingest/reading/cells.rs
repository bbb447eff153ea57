//! The cells of whole records are read, one column after the other.

use std::ops::Range;

use super::{ERROR_CELL, Flaws, Reading, Text, Unterminated, decoded};
use crate::config::Decimal;
use crate::ingest::batch::Batch;
use crate::ingest::cell::{self, DateEvidence, Flaw, Locale, Read, Value};
use crate::ingest::excerpt::written;
use crate::ingest::export::LayoutField;
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
                    if let Err(flaw) = self.read_into(&mut batch, step, bytes, known) {
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
            Some(text) => self.read_text(field, text).map(take),
            None => self.read_cell(field, bytes, take),
        }
    }

    fn complaint(&self, step: &Step, flaw: Flaw, bytes: &[u8]) -> (Complaint, String) {
        let field = self.plan.field(self.layout, step.place);
        (Complaint::new(&field.name, flaw.code, flaw.reason), written(bytes, self.known.charset()))
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
            is_cut |= lacks_offset || self.read_cell(field, bytes, |_| ()).is_err();
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

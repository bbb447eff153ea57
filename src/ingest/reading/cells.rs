//! The cells of whole records are read, one column after the other.

use std::ops::Range;

use super::{ERROR_CELL, Flaws, Reading, Text, decoded};
use crate::config::Decimal;
use crate::ingest::batch::Batch;
use crate::ingest::cell::{self, DateEvidence, Flaw, Locale, Read, Value};
use crate::ingest::excerpt::written;
use crate::ingest::export::LayoutField;
use crate::ingest::output::shown;
use crate::ingest::plan::Step;
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
        // The last cell of a file without a last line end, and whether it is flawed.
        let end = self.unterminated.take().map(|end| (batch.len() - 1, end));
        let mut is_cut = false;
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
                    let is_end =
                        end.as_ref().is_some_and(|(last, end)| (row, step.column) == (*last, Some(end.column)));
                    if let Err(flaw) = pushed {
                        is_cut |= is_end;
                        batch.push(step.place, Value::Null);
                        let complaint = Complaint::new(&field.name, flaw.code, flaw.reason);
                        flaws.entry(row).or_insert_with(|| (complaint, written(bytes, self.known.charset())));
                    } else if is_end && self.lacks_offset(field, step, bytes) {
                        is_cut = true;
                        let reason = "the file ends here without a line end, and the time lacks its column's offset";
                        let complaint = Complaint::new(&field.name, "bad_timestamp", reason);
                        flaws.entry(row).or_insert_with(|| (complaint, written(bytes, self.known.charset())));
                    }
                }
            }
            if Some(step.place) == plan.currency {
                stretches = self.stretches(&batch, step.place);
            }
        }
        stretches.iter().for_each(|(rows, currency)| batch.set_currency(rows.clone(), *currency));
        if let Some((_, end)) = end.filter(|_| is_cut) {
            self.cut_off = Some(end.belongs_to);
        }
        self.context.locale.currency = stretches.last().map_or(self.context.locale.currency, |(_, last)| *last);
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

    /// Whether a time lacks the offset that others of its column have.
    fn lacks_offset(&self, field: &LayoutField, step: &Step, bytes: &[u8]) -> bool {
        field.reader.is_date()
            && step.column.is_some_and(|column| self.with_offset.contains(&column))
            && !says_offset(bytes)
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

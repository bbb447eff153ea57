//! What does a proposal say beside its columns? Rows that only add others up are left out, rates are read as
//! they are written, and what only the user can decide stands there as a comment.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::guess::is_torn;
use super::quoted;
use super::rates::{DISCOUNT_RATE, Written};
use crate::ingest::total_row::total_of;

impl Draft<'_> {
    /// `skip` for the totals among the rows that are looked at. Those below counts are known without it.
    pub(super) fn skipped_totals(&mut self) -> String {
        if matches!(self.table.name, "stock" | "channel_stock") {
            return String::new();
        }
        let sniffed = self.file.sniffed;
        let trimmed = |row: &Vec<String>| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let totals = sniffed.rows.iter().filter_map(|row| total_of(&trimmed(row)));
        let totals: BTreeMap<usize, String> = totals.collect();
        let mut pairs = Vec::new();
        for (place, text) in totals {
            let Some(header) = sniffed.headers.get(place).filter(|header| !header.is_empty() && !is_torn(header))
            else {
                continue;
            };
            self.doubts.push(format!("`skip`: a row that says `{text}` in `{header}` only adds the others up"));
            pairs.push(format!("{} = {}", quoted(header), quoted(&text)));
        }
        if pairs.is_empty() { String::new() } else { format!("skip = {{ {} }}\n", pairs.join(", ")) }
    }

    /// `percent`, where the discount's rate is written in whole percents.
    pub(super) fn percents(&mut self) -> String {
        let Some(place) = self.guess.columns.get(DISCOUNT_RATE).copied() else { return String::new() };
        let header = &self.file.sniffed.headers[place];
        let key = format!("percent = [\"{DISCOUNT_RATE}\"]\n");
        match Written::of(self.file.sniffed, place, &self.reading) {
            Written::InPercents => {
                self.doubts.push(format!("`{DISCOUNT_RATE}`: `{header}` is taken for percents of the price"));
                key
            }
            Written::WithSigns => String::new(),
            Written::BelowOne => {
                self.doubts.push(format!(
                    "`{DISCOUNT_RATE}`: `{header}` lies between 0 and 1 on every row, and `0.1` is taken for a tenth"
                ));
                self.choices.push((key, "where `0.1` is a tenth of a percent"));
                String::new()
            }
        }
    }

    /// The lines that the user may want, as comments.
    pub(super) fn chosen(&self) -> String {
        let lines = self.choices.iter().map(|(line, meaning)| format!("# {meaning}:\n# {line}"));
        lines.collect()
    }
}

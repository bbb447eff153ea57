//! What a file's records became, on its way to the sink, with the count of everything.

use std::collections::BTreeMap;

use super::context::Context;
use super::excerpt::excerpt;
use super::limits;
use super::receipt::{Receipt, Reject, Sink};
use super::recognise::{Body, Known};
use super::shape::{Complaint, Draft, Row, Verdict};
use crate::error::{Diagnostic, Result};
use crate::lake::{Cell, RowsBuilder, Table};

/// Rows on their way to the sink, and the count of everything.
pub(crate) struct Output<'a> {
    sink: &'a mut dyn Sink,
    pub(crate) receipt: Receipt,
    building: BTreeMap<&'static str, (RowsBuilder, usize)>,
    known: &'a Known<'a>,
}

impl<'a> Output<'a> {
    pub(crate) fn new(known: &'a Known<'a>, context: &Context, sink: &'a mut dyn Sink) -> Self {
        let receipt = Receipt {
            file: context.file.clone(),
            sha256: known.source.sha256.clone(),
            bytes: known.source.bytes,
            export: known.layout.id.clone(),
            document: known.layout.document.clone(),
            channel: context.channel.clone(),
            ..Receipt::default()
        };
        Self { sink, receipt, building: BTreeMap::new(), known }
    }

    pub(crate) fn count_record(&mut self) -> Result<()> {
        self.receipt.rows_read += 1;
        if self.receipt.rows_read > limits::RECORDS {
            let message = format!("more than {} records", limits::RECORDS);
            return Err(Diagnostic::error("too-many-records", message).hint("cut the file in two").into());
        }
        Ok(())
    }

    pub(crate) fn settle(&mut self, row: &Row, verdict: Verdict, context: &Context) -> Result<()> {
        let drafts = match verdict {
            Verdict::Structure(what) => {
                self.receipt.rows_read -= 1;
                self.receipt.structural(what, row.length);
                return Ok(());
            }
            Verdict::Reject(complaint) => return self.reject_row(row, complaint),
            Verdict::Facts(drafts) => drafts,
        };
        let complete: Result<Vec<Draft>, Complaint> = drafts.into_iter().map(|draft| draft.complete(context)).collect();
        match complete {
            Ok(drafts) => self.accept(row, drafts, context),
            Err(complaint) => self.reject_row(row, complaint),
        }
    }

    fn accept(&mut self, row: &Row, drafts: Vec<Draft>, context: &Context) -> Result<()> {
        self.receipt.accepted += 1;
        self.receipt.accepted_bytes += row.length;
        for draft in drafts {
            let origin =
                [Cell::from(context.file.as_str()), Cell::Integer(row.line as i64), Cell::from(context.run.as_str())];
            let name = draft.table.name;
            *self.receipt.rows.entry(name).or_insert(0) += 1;
            let new = || (RowsBuilder::new(name, draft.table.all_columns()), 0);
            let (builder, count) = self.building.entry(name).or_insert_with(new);
            builder.push(draft.cells.into_iter().chain(origin));
            *count += 1;
            if *count == limits::BATCH_ROWS {
                self.flush(draft.table)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self, table: &'static Table) -> Result<()> {
        match self.building.remove(table.name) {
            Some((builder, _)) => self.sink.rows(table, builder.finish().batch().clone()),
            None => Ok(()),
        }
    }

    fn reject_row(&mut self, row: &Row, complaint: Complaint) -> Result<()> {
        let text = shown(&row.raw);
        self.reject(row, complaint, text)
    }

    pub(crate) fn reject(&mut self, row: &Row, complaint: Complaint, text: String) -> Result<()> {
        self.receipt.rejected += 1;
        if self.receipt.rejected > limits::REJECTS {
            let message =
                format!("more than {} records are rejected, the last as `{}`", limits::REJECTS, complaint.code);
            return Err(Diagnostic::error("too-many-rejects", message)
                .in_file(&self.receipt.file)
                .hint("set `encoding`, `decimal` or `date-order` under the file's `[channel.NAME]`")
                .into());
        }
        self.receipt.rejected_bytes += row.length;
        let (headers, field) = (&self.known.headers, self.known.layout.field(&complaint.field));
        let of_field = field.and_then(|place| self.known.found.columns[place]);
        let named = || headers.iter().position(|header| *header == complaint.field);
        let place = of_field.or_else(named);
        let shown = excerpt(&row.raw, row.line, self.known, place);
        let column = place.map_or(complaint.field, |place| headers[place].trim().to_owned());
        self.sink.reject(Reject {
            source_file: self.receipt.file.clone(),
            source_line: row.line,
            column,
            code: complaint.code,
            reason: complaint.reason,
            text,
            shown,
            offset: row.offset,
            length: row.length,
        })
    }

    pub(crate) fn finish(mut self, known: &Known<'_>) -> Result<Receipt> {
        let names: Vec<&'static str> = self.building.keys().copied().collect();
        for name in names {
            self.flush(Table::named(name).expect("only tables of the lake are built"))?;
        }
        if matches!(known.body, Body::Sheet(_)) {
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

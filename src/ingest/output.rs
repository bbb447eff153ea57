//! What a file's records became, on its way to the sink, with the count of everything.

use arrow::array::RecordBatch;

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
    pub(crate) receipt: Receipt,
    batches: Vec<(&'static Table, RecordBatch)>,
    rejects: Vec<Reject>,
    building: Vec<Building>,
    origin: [Cell; 2],
    known: &'a Known<'a>,
}

/// A batch in the making.
struct Building {
    table: &'static Table,
    builder: RowsBuilder,
    rows: usize,
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
            ..Receipt::default()
        };
        let origin = [Cell::from(context.file.as_str()), Cell::from(context.run.as_str())];
        Self { receipt, batches: Vec::new(), rejects: Vec::new(), building: Vec::new(), origin, known }
    }

    /// Fails where there is more than is believed of one file.
    pub(crate) fn within_limits(&self) -> Result<()> {
        if self.receipt.rows_read > limits::RECORDS {
            let message = format!("more than {} records", limits::RECORDS);
            return Err(Diagnostic::error("too-many-records", message).hint("cut the file in two").into());
        }
        if self.receipt.rejected > limits::REJECTS {
            let last = self.rejects.last().map_or("", |reject| reject.code);
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

    /// Hands on what there is.
    pub(crate) fn deliver(&mut self, sink: &mut dyn Sink) -> Result<()> {
        self.within_limits()?;
        self.batches.drain(..).try_for_each(|(table, batch)| sink.rows(table, batch))?;
        self.rejects.drain(..).try_for_each(|reject| sink.reject(reject))
    }

    /// `raw` is the record as it stands in the file.
    pub(crate) fn settle(&mut self, row: &Row, raw: &[u8], verdict: Verdict, context: &Context) {
        let drafts = match verdict {
            Verdict::Structure(what) => {
                self.receipt.rows_read -= 1;
                self.receipt.structural(what, row.length);
                return;
            }
            Verdict::Reject(complaint) => return self.reject(row, raw, complaint, shown(raw)),
            Verdict::Facts(drafts) => drafts,
        };
        let complete: Result<Vec<Draft>, Complaint> = drafts.into_iter().map(|draft| draft.complete(context)).collect();
        match complete {
            Ok(drafts) => self.accept(row, drafts),
            Err(complaint) => self.reject(row, raw, complaint, shown(raw)),
        }
    }

    fn accept(&mut self, row: &Row, drafts: Vec<Draft>) {
        self.receipt.accepted += 1;
        self.receipt.accepted_bytes += row.length;
        for draft in drafts {
            let [file, run] = self.origin.clone();
            let building = self.building(draft.table);
            building.builder.push(draft.cells.into_iter().chain([file, Cell::Integer(row.line as i64), run]));
            building.rows += 1;
            if building.rows == limits::BATCH_ROWS {
                self.flush();
            }
        }
    }

    fn building(&mut self, table: &'static Table) -> &mut Building {
        let place = self.building.iter().position(|building| std::ptr::eq(building.table, table));
        let place = place.unwrap_or_else(|| {
            let builder = RowsBuilder::new(table.name, table.all_columns());
            self.building.push(Building { table, builder, rows: 0 });
            self.building.len() - 1
        });
        &mut self.building[place]
    }

    fn flush(&mut self) {
        for Building { table, builder, rows } in self.building.drain(..) {
            *self.receipt.rows.entry(table.name).or_insert(0) += rows as u64;
            self.batches.push((table, builder.finish().batch().clone()));
        }
    }

    pub(crate) fn reject(&mut self, row: &Row, raw: &[u8], complaint: Complaint, text: String) {
        self.receipt.rejected += 1;
        self.receipt.rejected_bytes += row.length;
        let (headers, field) = (&self.known.headers, self.known.layout.field(&complaint.field));
        let of_field = field.and_then(|place| self.known.found.columns[place]);
        let named = || headers.iter().position(|header| *header == complaint.field);
        let place = of_field.or_else(named);
        let shown = excerpt(raw, row.line, self.known, place);
        let column = place.map_or(complaint.field, |place| headers[place].trim().to_owned());
        self.rejects.push(Reject {
            source_file: self.receipt.file.clone(),
            source_line: row.line,
            column,
            code: complaint.code,
            reason: complaint.reason,
            text,
            shown,
            offset: row.offset,
            length: row.length,
        });
    }

    pub(crate) fn finish(mut self, sink: &mut dyn Sink) -> Result<Receipt> {
        self.flush();
        self.deliver(sink)?;
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

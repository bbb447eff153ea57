//! What came of a file: rows, rejects and every byte accounted for.

use std::collections::BTreeMap;

use arrow::array::RecordBatch;

use super::excerpt::RejectLine;
use super::notes::Notes;
use crate::config::Decimal;
use crate::error::Result;
use crate::lake::{self, Table};
use crate::types::Channel;

/// Takes what a file turns into, a batch at a time. When reading fails, what the sink was given of
/// that file is void: a control total at the end may have refused the whole.
pub trait Sink: Send {
    /// Rows of a table, with its schema.
    fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()>;
    /// A record that did not become rows.
    fn reject(&mut self, reject: Reject) -> Result<()>;
}

/// The code of a row that another one contradicts.
const CONFLICT: &str = "conflicting_duplicate";

/// A record that did not become rows, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The file, relative to the exports' folder, with forward slashes.
    pub source_file: String,
    /// Line of the record's start, counted from 1; the row's number in a workbook.
    pub source_line: u64,
    /// The header of the column that is to blame; empty where the record as a whole is.
    pub column: String,
    /// A stable word: `bad_money`, `field_count`.
    pub code: &'static str,
    /// The same for a person.
    pub reason: String,
    /// The cell, or the record where no cell is to blame; control characters and bytes that are
    /// not text are written `\x1b`.
    pub text: String,
    /// The line to show, with the cell marked.
    pub shown: RejectLine,
    /// Where the record starts in the file, in bytes; 0 in a workbook.
    pub offset: u64,
    /// How long the record is, in bytes; 0 in a workbook.
    pub length: u64,
    /// The header and the text by which it looks like a total of the rows above.
    pub total: Option<(String, String)>,
}

impl Reject {
    /// Whether the lake refused it because another row contradicts it.
    pub(crate) fn is_conflict(&self) -> bool {
        self.code == CONFLICT
    }

    /// A row that the lake refused because another one contradicts it; its line was read long before.
    pub(crate) fn of_conflict(conflict: &lake::Reject) -> Self {
        let line = conflict.source_line.unsigned_abs();
        Self {
            source_file: conflict.source_file.clone(),
            source_line: line,
            column: String::new(),
            code: CONFLICT,
            reason: conflict.reason.clone(),
            text: String::new(),
            shown: RejectLine { line, text: String::new(), span: 0..0 },
            offset: 0,
            length: 0,
            total: None,
        }
    }
}

/// Which export a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recognition {
    /// The export's id: `shopify-orders`.
    pub export: String,
    /// What it holds: `orders`.
    pub document: String,
    /// The channel its rows belong to; none where every row names its own, or none has one.
    pub channel: Option<Channel>,
    /// The encoding: a label of the Encoding Standard.
    pub encoding: String,
    /// The character between cells; none in a workbook.
    pub delimiter: Option<char>,
    /// Line of the header, counted from 1.
    pub header_line: u64,
    /// How it was recognised, for a person.
    pub why: String,
    /// Headers that the export's description does not know: the layout drifted, or they are not needed.
    pub unused_headers: Vec<String>,
}

/// What came of a file. Records read = accepted + rejected; bytes = those of accepted and rejected
/// records + structure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The file, relative to the exports' folder, with forward slashes.
    pub file: String,
    /// Its content's SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// The export's id.
    pub export: String,
    /// What it holds.
    pub document: String,
    /// The channel, where the file belongs to one.
    pub channel: Option<Channel>,
    /// The decimal mark of its amounts, as settings, layout or its own cells say; none where nothing
    /// does.
    pub decimal: Option<Decimal>,
    /// Data records.
    pub rows_read: u64,
    /// Records that became rows.
    pub accepted: u64,
    /// Records that did not.
    pub rejected: u64,
    /// Rows made, by table: one record can make several.
    pub rows: BTreeMap<&'static str, u64>,
    /// Lines that are no data records by the layout's own rule, by what they are.
    pub structure: BTreeMap<&'static str, Span>,
    /// Bytes of accepted records.
    pub accepted_bytes: u64,
    /// Bytes of rejected records.
    pub rejected_bytes: u64,
    /// What a person should look at, though no row is rejected for it.
    pub notes: Notes,
    /// Sheets of a workbook that hold rows and are not read: of a workbook one sheet is.
    pub unread_sheets: Vec<String>,
}

/// Lines and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// How many lines or records.
    pub lines: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Receipt {
    /// Counts a stretch of the file that is no data.
    pub(crate) fn structural(&mut self, what: &'static str, bytes: u64) {
        let span = self.structure.entry(what).or_default();
        span.lines += 1;
        span.bytes += bytes;
    }

    /// The same, if there are any bytes.
    pub(crate) fn structural_if(&mut self, what: &'static str, bytes: u64) {
        if bytes > 0 {
            self.structural(what, bytes);
        }
    }

    /// Adds what a later stretch of the same file came to.
    pub(crate) fn add(&mut self, later: &Self) {
        self.rows_read += later.rows_read;
        self.accepted += later.accepted;
        self.rejected += later.rejected;
        self.accepted_bytes += later.accepted_bytes;
        self.rejected_bytes += later.rejected_bytes;
        self.notes.add(&later.notes);
        for (table, rows) in &later.rows {
            *self.rows.entry(table).or_insert(0) += rows;
        }
        for (what, span) in &later.structure {
            let sum = self.structure.entry(what).or_default();
            sum.lines += span.lines;
            sum.bytes += span.bytes;
        }
    }

    /// True where every record and every byte of the file is accounted for.
    pub fn balances(&self) -> bool {
        let structure: u64 = self.structure.values().map(|span| span.bytes).sum();
        self.rows_read == self.accepted + self.rejected
            && self.bytes == structure + self.accepted_bytes + self.rejected_bytes
    }
}

/// What is known of a file beside its content.
#[derive(Clone, Debug, Default)]
pub struct FileContext {
    /// Name of the file in the lake, relative to the exports' folder; made from the path if empty.
    pub name: String,
    /// The run that reads it, for the rows' `run` column.
    pub run: String,
    /// When the file was last written. It dates snapshots that carry no time and bounds what can
    /// have happened yet.
    pub modified: Option<crate::types::Timestamp>,
}

//! Records of one stretch of a file become rows or rejects.

mod cells;
mod fill_down;
mod groups;
mod lines;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use fill_down::FillDown;

use super::batch::{Batch, Head};
use super::context::Context;
use super::export::Layout;
use super::limits;
use super::output::{Output, shown};
use super::plan::Plan;
use super::raw::RawRecords;
use super::recognise::Known;
use super::record::{Fault, Record};
use super::records::{Block, Records};
use super::second_table::SecondTable;
use super::shape::{Complaint, Shape};
use super::source::Charset;
use super::total_row::TotalRow;
use crate::lake::Cell;
use crate::types::Currency;

/// Marks a workbook's cell that holds an error.
pub(crate) const ERROR_CELL: char = '\u{1a}';

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

/// A last record without a line end.
struct Unterminated {
    /// The column of its last cell.
    column: usize,
    belongs_to: Cell,
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
    fill_down: FillDown,
    /// Memory for the next batch.
    spare: Batch,
    /// The records that belong together so far.
    group: Batch,
    /// Kept back where records before this stretch may belong to them.
    head: Option<Batch>,
    is_later: bool,
    /// The file's last record, where it is whole but has no line end: its last cell may lack some.
    unterminated: Option<Unterminated>,
    /// Where the file ends in the middle of a record: what it belongs to, unknown if that is lost.
    cut_off: Option<Cell>,
    /// What more records than may belong together belong to.
    overfull: Option<Cell>,
    /// Whether there were such: a stretch does not know how many of them stand before it.
    was_overfull: bool,
    /// The columns whose times carry offsets.
    with_offset: Arc<[usize]>,
    /// The file's last record, where it only adds the others up.
    pub(crate) total: Option<TotalRow>,
    /// The table that has begun below the file's own.
    second: Option<SecondTable>,
    pub(crate) offset: u64,
    /// Records so far, whatever became of them.
    records: u64,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(known: &'a Known<'a>, context: Context, with_offset: Vec<usize>) -> Self {
        let shape = (known.layout.shape)(&context);
        let plan = Arc::new(Plan::of(known));
        Self { offset: known.source.mark, ..Self::with(known, plan, shape, context, with_offset.into()) }
    }

    /// One for a later stretch, which begins at `offset`; none where that must wait for this one.
    pub(crate) fn fork(&self, offset: u64) -> Option<Self> {
        if self.fill_down.is_needed() {
            return None;
        }
        let fork = Self::with(
            self.known,
            self.plan.clone(),
            self.shape.fork()?,
            self.context.clone(),
            self.with_offset.clone(),
        );
        Some(Self { is_later: true, offset, total: self.total.clone(), ..fork })
    }

    fn with(
        known: &'a Known<'a>,
        plan: Arc<Plan>,
        shape: Box<dyn Shape>,
        context: Context,
        with_offset: Arc<[usize]>,
    ) -> Self {
        Self {
            known,
            layout: known.layout,
            fill_down: FillDown::of(&plan.steps, known.layout.group),
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
            overfull: None,
            was_overfull: false,
            with_offset,
            total: None,
            second: None,
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
        let is_other = self.second.is_some() || self.context.locale.currency != began_with;
        let knows_too_little = is_other || fork.was_overfull || is_long;
        if knows_too_little || !self.shape.join(fork.shape) {
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
        self.second = fork.second;
        self.context.locale.currency = fork.context.locale.currency;
        self.offset = fork.offset;
        self.records += fork.records;
        true
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
            // The file's own header, where the layout has it again and again, ends another table.
            self.second = self.second.filter(|_| what != "repeated header");
            self.out.receipt.structural(what, length);
            return;
        }
        if let Some(line) = self.frame(record) {
            self.read_cells(text);
            self.close();
            if self.keeps_head() {
                // Nothing of what follows belongs to what stands before the frame.
                self.head = Some(Batch::default());
            }
            self.shape.frame(&line, self.records);
            self.out.receipt.structural("frame", length);
            return;
        }
        self.records += 1;
        self.out.receipt.rows_read += 1;
        let span = at..at + record.content().len();
        let head = Head { line: record.line, offset, length, span, currency: self.context.locale.currency };
        if let Some(table) = self.of_another_table(record) {
            let complaint = Complaint::new("", "second_table", table.reason());
            self.out.reject(&head, record.content(), complaint, shown(record.content()));
            return;
        }
        if let Err(complaint) = self.is_whole(record) {
            let is_cut = match record.fault {
                Some(fault) => fault == Fault::UnterminatedQuote,
                None => self.is_short(record),
            };
            if !record.terminated && is_cut {
                self.cut_off = Some(self.belongs_to(record));
            }
            self.out.reject(&head, record.content(), complaint, shown(record.content()));
            return;
        }
        if !record.terminated {
            let belongs_to = self.belongs_to(record);
            self.unterminated = Some(Unterminated { column: record.width() - 1, belongs_to });
        }
        self.raw.push(head, record, at, &self.plan.steps);
        if self.fill_down.is_needed() {
            self.fill_down.fill(&mut self.raw, text.bytes);
        }
    }
}

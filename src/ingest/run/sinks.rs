//! Where do a file's rows go while it is read: into memory, or straight into the lake?

use arrow::array::RecordBatch;

use super::sums::Sums;
use crate::error::Result;
use crate::ingest::receipt::{Reject, Sink};
use crate::lake::{self, Commit, Snapshot, Table};

/// A file's rows, until it is clear that none of them is void.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) batches: Vec<(&'static Table, RecordBatch)>,
    pub(super) rejects: Vec<Reject>,
}

impl Sink for Kept {
    fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()> {
        self.batches.push((table, batch));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push(reject);
        Ok(())
    }
}

/// A large file's rows on their way into the lake.
pub(super) struct Streamed<'a> {
    pub(super) commit: &'a mut Commit,
    pub(super) rejects: &'a mut Vec<Reject>,
    pub(super) sums: &'a mut Sums,
    /// The lake whose rows stay beside the new ones.
    pub(super) lake: Option<Snapshot>,
    /// Whether the lake could not take them: then it is not the file that is at fault.
    pub(super) has_failed: bool,
}

impl Sink for Streamed<'_> {
    fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()> {
        self.sums.add(self.lake.as_ref(), table, &batch)?;
        let staged = self.commit.stage(table, &batch);
        self.has_failed |= staged.is_err();
        staged
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push(reject);
        Ok(())
    }
}

/// A reject as the lake keeps it.
pub(super) fn for_lake(reject: Reject) -> lake::Reject {
    lake::Reject {
        source_file: reject.source_file,
        source_line: reject.source_line as i64,
        column: Some(reject.column).filter(|column| !column.is_empty()),
        code: reject.code.to_owned(),
        reason: reject.reason,
        text: Some(reject.text).filter(|text| !text.is_empty()),
    }
}

//! A file of the lake on its way to its next state. Nothing is written as long as nothing differs:
//! most months of a night stay as they are.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;

use super::files::NewFile;
use super::manifest::DataFile;
use super::parquet_file;
use super::runs::BLOCK_ROWS;
use super::snapshot::{Snapshot, schema_of};
use crate::error::Result;
use crate::types::Month;

/// The rows of a table's month as they will be, in the order of keys.
pub(crate) struct Next<'a> {
    lake: &'a Snapshot,
    before: Option<&'a DataFile>,
    table: String,
    month: Option<Month>,
    temporaries: PathBuf,
    /// Rows that are as they were.
    passed: usize,
    writing: Option<Writing>,
}

struct Writing {
    writer: ArrowWriter<NewFile>,
    schema: SchemaRef,
    pending: Vec<RecordBatch>,
    rows: usize,
}

impl<'a> Next<'a> {
    pub(crate) fn new(
        lake: &'a Snapshot,
        before: Option<&'a DataFile>,
        (table, month): (String, Option<Month>),
        temporaries: &Path,
    ) -> Self {
        Self { lake, before, table, month, temporaries: temporaries.to_owned(), passed: 0, writing: None }
    }

    /// The next rows; they are those of the file before where `is_news` is false.
    pub(crate) fn push(&mut self, rows: RecordBatch, is_news: bool) -> Result<()> {
        if self.writing.is_none() && is_news {
            self.writing = Some(self.begin()?);
        }
        match &mut self.writing {
            Some(writing) => writing.push(rows),
            None => {
                self.passed += rows.num_rows();
                Ok(())
            }
        }
    }

    /// Begins to write, with the rows that were passed over.
    fn begin(&self) -> Result<Writing> {
        let schema = schema_of(&self.table)?;
        let name = format!("{}-{}", self.table, self.span());
        let file = NewFile::create(&self.temporaries, &name)?;
        let writer = parquet_file::writer(file, &schema)?;
        let mut writing = Writing { writer, schema, pending: Vec::new(), rows: 0 };
        let Some(before) = self.before else { return Ok(writing) };
        let mut left = self.passed;
        for batch in self.lake.batches(before)? {
            let batch = batch?;
            let count = left.min(batch.num_rows());
            writing.push(batch.slice(0, count))?;
            left -= count;
            if left == 0 {
                break;
            }
        }
        Ok(writing)
    }

    fn span(&self) -> String {
        self.month.map_or_else(|| "all".to_owned(), |month| month.to_string())
    }

    /// The file as it is now: the one before where nothing differs, none without rows.
    pub(crate) fn finish(mut self) -> Result<Option<DataFile>> {
        let Some(writing) = self.writing.take() else {
            let had = self.before.map_or(0, |file| file.rows);
            assert_eq!(self.passed as u64, had, "rows of `{}` that are as they were are all of them", self.table);
            return Ok(self.before.cloned());
        };
        let rows = writing.rows;
        let file = writing.finish()?;
        if rows == 0 {
            return file.discard().map(|()| None);
        }
        let (sha256, bytes) = file.digest();
        let path = format!("{}/{}-{}.parquet", self.table, self.span(), &sha256[..16]);
        file.place(&self.lake.root().join(&path))?;
        Ok(Some(DataFile { table: self.table, month: self.month, path, sha256, bytes, rows: rows as u64 }))
    }
}

impl Writing {
    /// Takes rows and writes them in slices of one size, so that the same rows give the same bytes.
    fn push(&mut self, rows: RecordBatch) -> Result<()> {
        self.rows += rows.num_rows();
        self.pending.push(rows);
        let mut waiting: usize = self.pending.iter().map(RecordBatch::num_rows).sum();
        while waiting >= BLOCK_ROWS {
            let all = self.joined()?;
            self.write(&all.slice(0, BLOCK_ROWS))?;
            self.pending = vec![all.slice(BLOCK_ROWS, waiting - BLOCK_ROWS)];
            waiting -= BLOCK_ROWS;
        }
        Ok(())
    }

    fn joined(&mut self) -> Result<RecordBatch> {
        let mut pending = std::mem::take(&mut self.pending);
        pending.retain(|batch| batch.num_rows() > 0);
        if let [only] = pending.as_slice() {
            return Ok(only.clone());
        }
        concat_batches(&self.schema, &pending).map_err(|error| parquet_file::failed(&error))
    }

    fn write(&mut self, rows: &RecordBatch) -> Result<()> {
        self.writer.write(rows).map_err(|error| parquet_file::failed(&error))
    }

    fn finish(mut self) -> Result<NewFile> {
        let rest = self.joined()?;
        if rest.num_rows() > 0 {
            self.write(&rest)?;
        }
        self.writer.into_inner().map_err(|error| parquet_file::failed(&error))
    }
}

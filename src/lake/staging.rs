//! New rows on their way into the lake: kept by table and month, on disk once they are many, so
//! that a merge needs the memory of a month and not of a history.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;

use super::files;
use super::months::by_month;
use super::parquet_file;
use super::tables::Table;
use crate::error::{Diagnostic, Result};
use crate::types::Month;

/// Staged rows above this many bytes go to disk.
const MEMORY: usize = 256 << 20;

#[derive(Debug)]
enum Part {
    InMemory(RecordBatch),
    OnDisk(PathBuf),
}

/// The rows staged so far.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
    parts: BTreeMap<(&'static str, Option<Month>), Vec<Part>>,
    in_memory: usize,
    spilled: usize,
}

impl Staging {
    /// Nothing staged; `folder` takes what does not fit into memory.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), parts: BTreeMap::new(), in_memory: 0, spilled: 0 }
    }

    /// Adds rows of a table, in the table's own schema.
    pub(crate) fn add(&mut self, table: &'static Table, batch: &RecordBatch) -> Result<()> {
        if batch.schema() != table.schema() {
            let message = format!("staged rows do not have the columns of `{}`", table.name);
            return Err(Diagnostic::error("staged-schema", message).into());
        }
        for (month, part) in by_month(table, batch)? {
            self.in_memory += part.get_array_memory_size();
            self.parts.entry((table.name, month)).or_default().push(Part::InMemory(part));
        }
        if self.in_memory > MEMORY { self.spill() } else { Ok(()) }
    }

    /// The tables and months that rows were staged for, in order.
    pub(crate) fn months(&self) -> Vec<(&'static Table, Option<Month>)> {
        let named = |name: &str| Table::named(name).expect("only tables are staged");
        self.parts.keys().map(|(name, month)| (named(name), *month)).collect()
    }

    /// Takes the rows of a table's month out of the stage.
    pub(crate) fn take(&mut self, table: &'static Table, month: Option<Month>) -> Result<RecordBatch> {
        let parts = self.parts.remove(&(table.name, month)).unwrap_or_default();
        let schema = table.schema();
        let batches = parts.into_iter().map(|part| match part {
            Part::InMemory(batch) => Ok(batch),
            Part::OnDisk(path) => parquet_file::decode(files::read_bytes(&path)?, Some(&schema), &path),
        });
        let batches = batches.collect::<Result<Vec<_>>>()?;
        concat_batches(&schema, &batches)
            .map_err(|error| Diagnostic::error("arrow", format!("cannot join staged rows: {error}")).into())
    }

    fn spill(&mut self) -> Result<()> {
        files::create_folder(&self.folder)?;
        for ((name, _), parts) in &mut self.parts {
            let batches: Vec<RecordBatch> =
                parts.extract_if(.., |part| matches!(part, Part::InMemory(_))).filter_map(Part::batch).collect();
            let Some(first) = batches.first() else { continue };
            let batch = concat_batches(&first.schema(), &batches)
                .map_err(|error| Diagnostic::error("arrow", format!("cannot join staged rows: {error}")))?;
            let path = self.folder.join(format!("staged-{name}-{:06}", self.spilled));
            std::fs::write(&path, parquet_file::encode(&batch)?)
                .map_err(|error| Diagnostic::io("write", &path, &error))?;
            self.spilled += 1;
            parts.push(Part::OnDisk(path));
        }
        self.in_memory = 0;
        Ok(())
    }
}

impl Part {
    fn batch(self) -> Option<RecordBatch> {
        match self {
            Self::InMemory(batch) => Some(batch),
            Self::OnDisk(_) => None,
        }
    }
}

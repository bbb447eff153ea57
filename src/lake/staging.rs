//! New rows on their way into the lake: kept by table and month, as sorted runs on disk once they are
//! many, so that no amount of them fills the memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use rayon::prelude::*;

use super::files;
use super::months::by_month;
use super::run::Run;
use super::runs::{BLOCK_ROWS, Batches, sorted};
use super::tables::Table;
use crate::error::{Diagnostic, Result};
use crate::types::Month;

/// Staged rows above this many bytes go to disk.
const MEMORY: usize = 128 << 20;
/// Bytes of a run, as long as its rows are in memory.
const RUN_BYTES: usize = 32 << 20;

/// Rows by table and month.
type Parts = BTreeMap<(&'static str, Option<Month>), Part>;

/// Rows of one table and month.
#[derive(Debug, Default)]
pub(crate) struct Part {
    in_memory: Vec<RecordBatch>,
    /// Runs on disk, each sorted by key.
    on_disk: Vec<Run>,
}

/// The rows staged so far.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
    kept: Parts,
    /// Those of the file that is being read, until it is clear that they count.
    open: Parts,
    in_memory: usize,
    spilled: usize,
}

impl Staging {
    /// Nothing staged; `folder` takes what does not fit into memory.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), kept: Parts::new(), open: Parts::new(), in_memory: 0, spilled: 0 }
    }

    /// Adds rows of a table, in the table's own schema.
    pub(crate) fn add(&mut self, table: &'static Table, batch: &RecordBatch) -> Result<()> {
        if batch.schema() != table.schema() {
            let message = format!("staged rows do not have the columns of `{}`", table.name);
            return Err(Diagnostic::error("staged-schema", message).into());
        }
        for (month, part) in by_month(table, batch)? {
            self.in_memory += part.get_array_memory_size();
            self.open.entry((table.name, month)).or_default().in_memory.push(part);
        }
        if self.in_memory > MEMORY { self.spill() } else { Ok(()) }
    }

    /// The rows added since the last call count.
    pub(crate) fn keep(&mut self) {
        for (place, part) in std::mem::take(&mut self.open) {
            let kept = self.kept.entry(place).or_default();
            kept.in_memory.extend(part.in_memory);
            kept.on_disk.extend(part.on_disk);
        }
    }

    /// The rows added since [`Staging::keep`] are void.
    pub(crate) fn void(&mut self) -> Result<()> {
        for part in std::mem::take(&mut self.open).into_values() {
            self.in_memory -= size(&part.in_memory);
            part.on_disk.iter().try_for_each(|run| run.remove())?;
        }
        Ok(())
    }

    /// Takes all rows out of the stage, by table and month, in order.
    pub(crate) fn take(&mut self) -> Vec<(&'static Table, Option<Month>, Part)> {
        self.keep();
        self.in_memory = 0;
        let named = |name: &str| Table::named(name).expect("only tables are staged");
        std::mem::take(&mut self.kept).into_iter().map(|((name, month), part)| (named(name), month, part)).collect()
    }

    /// Puts all rows on disk, as runs that are sorted on all cores.
    fn spill(&mut self) -> Result<()> {
        files::create_folder(&self.folder)?;
        let mut runs = Vec::new();
        let mut parts: Vec<(&'static str, &mut Part)> =
            self.kept.iter_mut().chain(&mut self.open).map(|((name, _), part)| (*name, part)).collect();
        for (place, (name, part)) in parts.iter_mut().enumerate() {
            let table = Table::named(name).expect("only tables are staged");
            for batches in in_runs(std::mem::take(&mut part.in_memory)) {
                let path = self.folder.join(format!("staged-{name}-{:06}", self.spilled));
                self.spilled += 1;
                runs.push((place, table, batches, path));
            }
        }
        self.in_memory = 0;
        // A commit whose disk is full ends here; what is in the folder goes with it.
        let write = |(place, table, batches, path)| Run::write(table, batches, path).map(|run| (place, run));
        for (place, run) in runs.into_par_iter().map(write).collect::<Result<Vec<_>>>()? {
            parts[place].1.on_disk.push(run);
        }
        Ok(())
    }
}

impl Part {
    /// The rows as runs that are sorted by key.
    pub(crate) fn runs(self, table: &'static Table) -> Result<Vec<Batches<'static>>> {
        let mut runs = self.on_disk.into_iter().map(|run| run.read(table)).collect::<Result<Vec<_>>>()?;
        if !self.in_memory.is_empty() {
            let all: Vec<usize> = (0..table.schema().fields().len()).collect();
            runs.push(Box::new(sorted(table, self.in_memory, BLOCK_ROWS, &all)?));
        }
        Ok(runs)
    }
}

/// Cuts batches into groups of about so many bytes.
fn in_runs(batches: Vec<RecordBatch>) -> Vec<Vec<RecordBatch>> {
    let mut runs: Vec<Vec<RecordBatch>> = Vec::new();
    let mut room = 0;
    for batch in batches {
        let bytes = batch.get_array_memory_size();
        match runs.last_mut() {
            Some(run) if bytes <= room => {
                room -= bytes;
                run.push(batch);
            }
            _ => {
                room = RUN_BYTES.saturating_sub(bytes);
                runs.push(vec![batch]);
            }
        }
    }
    runs
}

fn size(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::get_array_memory_size).sum()
}

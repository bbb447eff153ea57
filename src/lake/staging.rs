//! New rows on their way into the lake: kept by table and month, as sorted runs on disk once they are
//! many, so that no amount of them fills the memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use arrow::compute::take;
use arrow::error::ArrowError;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use rayon::prelude::*;

use super::files;
use super::months::by_month;
use super::runs::{BLOCK_ROWS, Batches, sorted};
use super::tables::Table;
use crate::error::{Diagnostic, Result};
use crate::types::Month;

/// Staged rows above this many bytes go to disk.
const MEMORY: usize = 128 << 20;
/// Bytes of a run, as long as its rows are in memory.
const RUN_BYTES: usize = 32 << 20;
/// Rows of a run that are in memory at once when it is read back.
const RUN_BATCH_ROWS: usize = 1_024;

/// Rows by table and month.
type Parts = BTreeMap<(&'static str, Option<Month>), Part>;

/// Rows of one table and month.
#[derive(Debug, Default)]
pub(crate) struct Part {
    in_memory: Vec<RecordBatch>,
    /// Runs on disk, each sorted by key.
    on_disk: Vec<Run>,
}

/// A run on disk.
#[derive(Debug)]
struct Run {
    path: PathBuf,
    /// What all rows say in a column, by column: that is not on disk.
    fixed: Vec<Option<ArrayRef>>,
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
            part.on_disk.iter().try_for_each(|run| files::remove(&run.path))?;
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
        for ((name, _), part) in self.kept.iter_mut().chain(&mut self.open) {
            let table = Table::named(name).expect("only tables are staged");
            for batches in in_runs(std::mem::take(&mut part.in_memory)) {
                let path = self.folder.join(format!("staged-{name}-{:06}", self.spilled));
                self.spilled += 1;
                let fixed = fixed(&batches);
                part.on_disk.push(Run { path: path.clone(), fixed: fixed.clone() });
                runs.push((table, batches, path, fixed));
            }
        }
        self.in_memory = 0;
        // A commit whose disk is full ends here; what is in the folder goes with it.
        runs.into_par_iter().try_for_each(|(table, batches, path, fixed)| write_run(table, batches, &path, &fixed))
    }
}

impl Part {
    /// The rows as runs that are sorted by key.
    pub(crate) fn runs(self, table: &'static Table) -> Result<Vec<Batches<'static>>> {
        let mut runs = self.on_disk.into_iter().map(|run| read_run(table, run)).collect::<Result<Vec<_>>>()?;
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

/// What all rows say in a column, where they say the same: the file that they come from, the run, mostly
/// the channel and the currency.
fn fixed(batches: &[RecordBatch]) -> Vec<Option<ArrayRef>> {
    let Some(first) = batches.first() else { return Vec::new() };
    let copied = |column: &ArrayRef| take(column, &UInt32Array::from(vec![0]), None).ok();
    let fixed = |place: usize| {
        let columns = || batches.iter().map(|batch| batch.column(place));
        if columns().all(|column| column.null_count() == column.len()) {
            return copied(first.column(place));
        }
        let said = first.column(place).as_string_opt::<i32>()?.value(0);
        let says = |text: Option<&str>| text == Some(said);
        let is_fixed = columns().all(|column| column.as_string::<i32>().iter().all(says));
        if is_fixed { copied(first.column(place)) } else { None }
    };
    (0..first.num_columns()).map(fixed).collect()
}

fn write_run(table: &'static Table, batches: Vec<RecordBatch>, path: &Path, fixed: &[Option<ArrayRef>]) -> Result<()> {
    let failed = |error: ArrowError| unwritten(path, error);
    let file = File::create(path).map_err(|error| Diagnostic::io("write", path, &error))?;
    let columns: Vec<usize> = (0..fixed.len()).filter(|place| fixed[*place].is_none()).collect();
    let schema = table.schema().project(&columns).expect("the columns are those of the table");
    let mut writer = StreamWriter::try_new_buffered(file, &schema).map_err(failed)?;
    for batch in sorted(table, batches, RUN_BATCH_ROWS, &columns)? {
        writer.write(&batch?).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}

fn unwritten(path: &Path, error: ArrowError) -> Box<Diagnostic> {
    match error {
        ArrowError::IoError(_, error) => Diagnostic::io("write", path, &error).into(),
        error => Diagnostic::error("arrow", format!("cannot keep staged rows: {error}")).into(),
    }
}

fn read_run(table: &'static Table, run: Run) -> Result<Batches<'static>> {
    let Run { path, fixed } = run;
    let file = File::open(&path).map_err(|error| Diagnostic::io("read", &path, &error))?;
    let lost = |path: &Path, error| {
        Box::new(Diagnostic::error("arrow", format!("cannot read `{}` back: {error}", path.display())))
    };
    let reader = StreamReader::try_new_buffered(file, None).map_err(|error| lost(&path, error))?;
    let schema = table.schema();
    Ok(Box::new(reader.map(move |batch| {
        let whole = batch.and_then(|batch| {
            let same = UInt32Array::from(vec![0; batch.num_rows()]);
            let mut varying = batch.columns().iter();
            let columns = fixed.iter().map(|fixed| match fixed {
                Some(said) => take(said, &same, None),
                None => Ok(varying.next().expect("what is not fixed is on disk").clone()),
            });
            RecordBatch::try_new(schema.clone(), columns.collect::<Result<_, _>>()?)
        });
        whole.map_err(|error| lost(&path, error))
    })))
}

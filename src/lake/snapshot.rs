//! The lake as one commit left it. A run reads one snapshot from start to end.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;

use super::files;
use super::manifest::{DataFile, Manifest, SourceRecord};
use super::parquet_file;
use super::rejects::REJECTS;
use super::rows::Rows;
use super::runs::Batches;
use super::tables::{TABLES, Table};
use crate::error::{Diagnostic, Result};
use crate::types::Month;

/// One version of the lake; cheap to clone.
#[derive(Clone, Debug)]
pub struct Snapshot {
    root: Arc<Path>,
    manifest: Arc<Manifest>,
    verified: Arc<Mutex<BTreeSet<String>>>,
}

impl Snapshot {
    pub(crate) fn new(root: &Path, manifest: Manifest) -> Self {
        Self { root: root.into(), manifest: Arc::new(manifest), verified: Arc::default() }
    }

    /// The newest version of the lake in a folder; an empty one where nothing was committed.
    pub(crate) fn newest(root: &Path) -> Result<Self> {
        let version = Manifest::newest_version(root)?;
        Ok(Self::new(root, Manifest::read(root, version)?))
    }

    /// The lake's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// How many commits made this state; 0 for an empty lake.
    pub fn version(&self) -> u64 {
        self.manifest.version
    }

    /// The run that made this state; empty for an empty lake.
    pub fn run(&self) -> &str {
        &self.manifest.run
    }

    /// Every export ever read, in the order of file and hash.
    pub fn sources(&self) -> &[SourceRecord] {
        &self.manifest.sources
    }

    /// True where an export of this hash was read, under whatever name.
    pub fn has_read(&self, sha256: &str) -> bool {
        self.manifest.sources.iter().any(|source| source.sha256 == sha256)
    }

    /// True where such an export was read and other settings would not read it otherwise: none of its
    /// rows was refused, or `settings` are those that it was read with.
    pub fn has_settled(&self, sha256: &str, settings: &str) -> bool {
        let mut same = self.manifest.sources.iter().filter(|source| source.sha256 == sha256);
        same.any(|source| source.rejected == 0 || source.settings == settings)
    }

    /// What is known of a file with this hash.
    pub(crate) fn source(&self, sha256: &str) -> Option<&SourceRecord> {
        self.manifest.sources.iter().find(|source| source.sha256 == sha256)
    }

    /// All files, in the order of table and month.
    pub fn all_files(&self) -> &[DataFile] {
        &self.manifest.files
    }

    /// The files of a table (also `<table>_history` and `rejects`), in the order of months.
    pub fn files(&self, table: &str) -> &[DataFile] {
        let files = &self.manifest.files;
        let start = files.partition_point(|file| file.table.as_str() < table);
        let end = files.partition_point(|file| file.table.as_str() <= table);
        &files[start..end]
    }

    /// How many rows a table has.
    pub fn row_count(&self, table: &str) -> u64 {
        self.files(table).iter().map(|file| file.rows).sum()
    }

    /// The months of a table, oldest first; none for a table that is not kept by month.
    pub fn months(&self, table: &str) -> Vec<Month> {
        self.files(table).iter().filter_map(|file| file.month).collect()
    }

    /// The rows of a table: those of one month, or of its whole history. Sorted by key within a
    /// month.
    ///
    /// # Errors
    /// An unknown table; a file that is missing or is not the file that was committed.
    pub fn read(&self, table: &str, month: Option<Month>) -> Result<Rows> {
        let schema = schema_of(table)?;
        let files = self.files(table).iter().filter(|file| month.is_none() || file.month == month);
        let batches = files.map(|file| self.read_file(file)).collect::<Result<Vec<_>>>()?;
        let batch = concat_batches(&schema, &batches)
            .map_err(|error| Diagnostic::error("arrow", format!("cannot join the files of `{table}`: {error}")))?;
        Ok(Rows::new(table, batch))
    }

    /// The rows of one file, after its hash was checked.
    pub(crate) fn read_file(&self, file: &DataFile) -> Result<RecordBatch> {
        let bytes = self.bytes(file)?;
        let schema = schema_of(&file.table)?;
        let batch = parquet_file::decode(bytes, Some(&schema), &self.path(file))?;
        // Columns are equal by name and type; the table's schema also says which may be unknown.
        RecordBatch::try_new(schema, batch.columns().to_vec())
            .map_err(|error| Diagnostic::error("lake-damaged", format!("`{}` lacks values: {error}", file.path)).into())
    }

    /// The rows of one file, after its hash was checked, a batch at a time.
    pub(crate) fn batches(&self, file: &DataFile) -> Result<Batches<'static>> {
        let bytes = self.bytes(file)?;
        parquet_file::batches(bytes, schema_of(&file.table)?, self.path(file))
    }

    /// True where a later commit may have removed files of this state.
    pub(crate) fn is_left_behind(&self) -> bool {
        Manifest::newest_version(&self.root).is_ok_and(|newest| newest > self.version())
    }

    /// Where a file lies, once it was seen to be the one that was committed.
    pub(crate) fn verified_path(&self, file: &DataFile) -> Result<PathBuf> {
        let known = self.verified.lock().expect("nothing panics while this is locked").contains(&file.path);
        if !known {
            self.bytes(file)?;
        }
        Ok(self.path(file))
    }

    fn bytes(&self, file: &DataFile) -> Result<Vec<u8>> {
        let path = self.path(file);
        let bytes = files::read_bytes(&path).map_err(|error| {
            if self.is_left_behind() {
                Box::new(changed_meanwhile())
            } else {
                Box::new((*error).in_file(&path).hint(RESTORE))
            }
        })?;
        if bytes.len() as u64 != file.bytes || files::sha256(&bytes) != file.sha256 {
            let message = format!("`{}` is not the file that was committed", path.display());
            return Err(Diagnostic::error("lake-damaged", message).in_file(path).hint(RESTORE).into());
        }
        self.verified.lock().expect("nothing panics while this is locked").insert(file.path.clone());
        Ok(bytes)
    }

    fn path(&self, file: &DataFile) -> PathBuf {
        self.root.join(&file.path)
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

/// A run has removed what somebody was reading.
pub(crate) fn changed_meanwhile() -> Diagnostic {
    Diagnostic::error("lake-changed", "the lake was changed meanwhile, and what was being read is gone")
        .hint("run the command again")
}

const RESTORE: &str = "restore it from a backup, or make the lake anew from the exports that are there: \
                       `trueup ingest --afresh`";

/// True for a table of the lake, `<table>_history` and `rejects` included.
pub(crate) fn is_table(name: &str) -> bool {
    schema_of(name).is_ok()
}

/// The schema of a table of the lake by name, `<table>_history` and `rejects` included.
pub(crate) fn schema_of(name: &str) -> Result<SchemaRef> {
    let table = Table::named(name.strip_suffix("_history").unwrap_or(name));
    match table {
        _ if name == REJECTS.name => Ok(REJECTS.schema()),
        Some(table) => Ok(table.schema()),
        None => {
            let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
            let message = format!("the lake has no table `{name}`");
            Err(Diagnostic::error("unknown-table", message).hint(format!("tables are {}", names.join(", "))).into())
        }
    }
}

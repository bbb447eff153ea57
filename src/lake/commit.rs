//! A change of the lake: stage rows, merge them, finish. Nothing is visible before the end, and
//! dropping a commit leaves the lake as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use arrow::array::RecordBatch;
use rayon::prelude::*;

use super::files;
use super::hold::Hold;
use super::manifest::{DataFile, Manifest, SourceRecord};
use super::merge::{Judged, MergeCounts, merge, sortable, split_columns};
use super::months::take;
use super::moved;
use super::next::Next;
use super::parquet_file;
use super::rejects::{self, REJECTS, Reject};
use super::runs::{Batches, Block, Blocks};
use super::snapshot::{Snapshot, schema_of};
use super::staging::{Part, Staging};
use super::states::Standing;
use super::store::{sweep, sweep_temporaries};
use super::tables::{TABLES, Table};
use crate::error::{Diagnostic, Result};
use crate::types::Month;

/// A change in the making; holds the lake's lock until it is finished or dropped.
///
/// ```text
/// stage(table, rows)…   any number of times, in any order
/// merge()               → what became of the rows of each file
/// finish(sources, rejects)  → the new snapshot
/// ```
#[derive(Debug)]
pub struct Commit {
    run: String,
    before: Snapshot,
    staging: Staging,
    files: BTreeMap<(String, Option<Month>), DataFile>,
    conflicts: Vec<Reject>,
    // Whether the lake becomes what is staged and nothing else.
    is_afresh: bool,
    // From here on a manifest may name the files of this change: they are no longer its own to remove.
    published: bool,
    _hold: Hold,
}

/// What became of the staged rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// By source file.
    pub by_file: BTreeMap<String, MergeCounts>,
    /// Rows refused as `conflicting_duplicate`; [`Commit::finish`] records them itself.
    pub conflicts: Vec<Reject>,
}

impl Commit {
    pub(crate) fn new(run: &str, before: Snapshot, hold: Hold) -> Self {
        let staging = Staging::new(&before.root().join("tmp").join(slug(run)));
        let files = before.all_files().iter();
        let files = files.map(|file| ((file.table.clone(), file.month), file.clone())).collect();
        Self {
            run: run.to_owned(),
            before,
            staging,
            files,
            conflicts: Vec::new(),
            is_afresh: false,
            published: false,
            _hold: hold,
        }
    }

    /// The lake before this change.
    pub fn before(&self) -> &Snapshot {
        &self.before
    }

    /// Leaves behind all that the lake holds: it becomes what is staged from here on.
    pub fn start_afresh(&mut self) {
        self.files.clear();
        self.is_afresh = true;
    }

    /// Adds rows of a table; they carry exactly the columns of [`Table::schema`].
    ///
    /// # Errors
    /// Other columns, or no room to keep the rows.
    pub fn stage(&mut self, table: &'static Table, batch: &RecordBatch) -> Result<()> {
        self.staging.add(table, batch)
    }

    /// The rows staged since the last call belong to a file that is read to its end.
    pub fn keep(&mut self) {
        self.staging.keep();
    }

    /// The rows staged since [`Commit::keep`] belong to a file that is refused: they are void.
    ///
    /// # Errors
    /// A temporary file that cannot be removed.
    pub fn void(&mut self) -> Result<()> {
        self.staging.void()
    }

    /// Merges everything staged since the last merge, month by month; only months that new rows
    /// fall into are read and written.
    ///
    /// # Errors
    /// A damaged file of the lake, or a disk that is full.
    pub fn merge(&mut self) -> Result<Merged> {
        let mut merged = Merged::default();
        let mut touched = BTreeSet::new();
        let parts = self.staging.take();
        let of_months = parts.into_par_iter().map(|(table, month, part)| self.merge_month(table, month, part));
        for of_month in of_months.collect::<Vec<_>>() {
            let of_month = of_month?;
            touched.insert(of_month.table.name);
            let names = [of_month.table.name.to_owned(), history_of(of_month.table)];
            for (name, file) in names.into_iter().zip(of_month.files) {
                let place = (name, of_month.month);
                match file {
                    Some(file) => self.files.insert(place, file),
                    None => self.files.remove(&place),
                };
            }
            for (file, counts) in &of_month.by_file {
                merged.by_file.entry(file.clone()).or_default().add(counts);
            }
            merged.conflicts.extend(of_month.conflicts);
        }
        for table in TABLES.iter().filter(|table| touched.contains(table.name) && table.month_by.is_some()) {
            self.settle_moved(table, &mut merged)?;
        }
        merged.conflicts.sort();
        self.conflicts.extend(merged.conflicts.iter().cloned());
        Ok(merged)
    }

    /// Merges new rows of one month into those the lake has, a block of keys at a time.
    fn merge_month(&self, table: &'static Table, month: Option<Month>, part: Part) -> Result<MergedMonth> {
        let place = |name: String| (name, month);
        let [current, history] = [table.name.to_owned(), history_of(table)].map(place);
        let [before, before_history] = [&current, &history].map(|place| self.files.get(place));
        let mut sources: Vec<(Standing, Batches<'_>)> = Vec::new();
        for (standing, file) in [(Standing::Current, before), (Standing::History, before_history)] {
            if let Some(file) = file {
                sources.push((standing, self.before.batches(file)?));
            }
        }
        sources.extend(part.runs(table)?.into_iter().map(|run| (Standing::Staged, run)));
        let temporaries = self.temporaries();
        let mut current = Next::new(&self.before, before, current, &temporaries);
        let mut history = Next::new(&self.before, before_history, history, &temporaries);
        let (mut by_file, mut conflicts) = (BTreeMap::<String, MergeCounts>::new(), Vec::new());
        let mut blocks = Blocks::new(table, sources)?;
        while let Some(block) = blocks.next()? {
            match block {
                Block::Plain { rows, new } => {
                    current.push(rows, !new.is_empty())?;
                    new.iter().for_each(|(file, counts)| by_file.entry(file.clone()).or_default().add(counts));
                }
                Block::Contested { rows: [known, past, staged] } => {
                    let outcome = merge(table, &known, &past, &staged)?;
                    current.push(outcome.current, outcome.changed)?;
                    history.push(outcome.history, outcome.changed)?;
                    outcome
                        .by_file
                        .iter()
                        .for_each(|(file, counts)| by_file.entry(file.clone()).or_default().add(counts));
                    conflicts.extend(outcome.conflicts);
                }
            }
        }
        Ok(MergedMonth { table, month, files: [current.finish()?, history.finish()?], by_file, conflicts })
    }

    /// Makes the change durable and visible, and removes the files that it replaces: a reader that
    /// still holds the snapshot before gets a message and not a wrong number.
    ///
    /// `sources` are the exports this run read, `rejects` what it refused; both replace what the
    /// lake knew of the same files. With nothing new the lake stays at its version.
    ///
    /// # Errors
    /// Counts of a source that do not add up (`rows-lost`); a disk that is full.
    pub fn finish(mut self, sources: Vec<SourceRecord>, rejects: Vec<Reject>) -> Result<Snapshot> {
        sources.iter().try_for_each(none_lost)?;
        let rejected = self.rejects(&sources, rejects)?;
        let manifest = self.manifest(sources)?;
        let before = self.before.manifest();
        let news = manifest.files != before.files || manifest.sources != before.sources;
        let after = if news { self.publish(manifest)? } else { self.before.clone() };
        if after.version() > 0 {
            // Also without news: the run that refused these rows may have died before it told them.
            files::keep(&self.temporaries(), &after.root().join(rejects::CSV), &rejects::csv(&rejected)?)?;
        }
        sweep(&after)?;
        Ok(after)
    }

    /// The moment at which the change becomes visible; everything that the manifest names is safe
    /// from a power cut before.
    fn publish(&mut self, manifest: Manifest) -> Result<Snapshot> {
        let root = self.before.root();
        files::sync_folder(root)?;
        if self.before.version() == 0 {
            files::sync_folder(files::above(root))?;
        }
        let path = Manifest::path(root, manifest.version);
        self.published = true;
        if !files::place_new(&self.temporaries(), &path, &manifest.clone().bytes())? {
            let message = format!("another run made version {} of the lake first", manifest.version);
            return Err(Diagnostic::error("busy", message).hint("run the command again").into());
        }
        Ok(Snapshot::new(root, manifest))
    }

    /// Leaves one newest state of each key that two months have.
    fn settle_moved(&mut self, table: &'static Table, merged: &mut Merged) -> Result<()> {
        let files: Vec<DataFile> = self.files.values().filter(|file| file.table == table.name).cloned().collect();
        if files.len() < 2 {
            return Ok(());
        }
        // A month whose file this run has not changed holds only rows that the lake had.
        let known: BTreeSet<&str> = match self.is_afresh {
            true => BTreeSet::new(),
            false => self.before.all_files().iter().map(|file| file.path.as_str()).collect(),
        };
        let (others, changed): (Vec<&DataFile>, _) = files.iter().partition(|file| known.contains(file.path.as_str()));
        let paths = |files: &[&DataFile]| -> Result<Vec<PathBuf>> {
            files.par_iter().map(|file| self.before.verified_path(file)).collect()
        };
        let rows = changed.iter().map(|file| file.rows).sum();
        let keys = moved::repeated_keys(table, &paths(&changed)?, &paths(&others)?, rows)?;
        if keys.is_empty() {
            return Ok(());
        }
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let (mut old_months, mut new_months) = (Vec::new(), Vec::new());
        for file in &files {
            let rows = moved::of_keys(table, &self.before.read_file(file)?, &keys, true)?;
            let had = if known.contains(file.path.as_str()) { rows.clone() } else { self.had(table, file, &keys)? };
            let is_old = same_rows(table, &rows, &had)?;
            for (row, is_old) in is_old.into_iter().enumerate() {
                let (batches, months) = if is_old { (&mut old, &mut old_months) } else { (&mut new, &mut new_months) };
                batches.push(rows.slice(row, 1));
                months.push(file.month);
            }
        }
        let (all, judged) = moved::judge(table, &moved::joined(table, &old)?, &moved::joined(table, &new)?)?;
        let months: Vec<Option<Month>> = old_months.into_iter().chain(new_months).collect();
        self.rewrite_moved(table, &keys, &all, &months, &judged)?;
        recount(&all, judged, merged)
    }

    /// Rows of these keys that a month had before this run.
    fn had(&self, table: &'static Table, file: &DataFile, keys: &BTreeSet<moved::Key>) -> Result<RecordBatch> {
        match self.before.files(table.name).iter().find(|before| before.month == file.month) {
            Some(before) if !self.is_afresh => moved::of_keys(table, &self.before.read_file(before)?, keys, true),
            _ => Ok(RecordBatch::new_empty(table.schema())),
        }
    }

    fn rewrite_moved(
        &mut self,
        table: &'static Table,
        keys: &BTreeSet<moved::Key>,
        all: &RecordBatch,
        months: &[Option<Month>],
        judged: &[Judged],
    ) -> Result<()> {
        let chosen = |wanted: fn(&Judged) -> bool| {
            moved::split(months, judged.iter().enumerate().filter(move |(_, one)| wanted(one)).map(|(row, _)| row))
        };
        let mut staying = chosen(|one| matches!(one, Judged::Newest | Judged::Replaces));
        let mut past = chosen(|one| matches!(one, Judged::Replaced | Judged::Stale));
        let history = history_of(table);
        for month in months.iter().copied().collect::<BTreeSet<_>>() {
            let others = moved::of_keys(table, &self.rows(table.name, month)?, keys, false)?;
            let kept = take(all, staying.remove(&month).unwrap_or_default())?;
            // Sorted by key again: these are newest states, and no key is twice among them.
            let current = moved::with_history(table, &others, &kept)?;
            self.put(table.name, month, &current)?;
            let more = take(all, past.remove(&month).unwrap_or_default())?;
            let history_rows = moved::with_history(table, &self.rows(&history, month)?, &more)?;
            self.put(&history, month, &history_rows)?;
        }
        Ok(())
    }

    /// The rows of a table's month as this run has left them so far.
    fn rows(&self, table: &str, month: Option<Month>) -> Result<RecordBatch> {
        match self.files.get(&(table.to_owned(), month)) {
            Some(file) => self.before.read_file(file),
            None => Ok(RecordBatch::new_empty(schema_of(table)?)),
        }
    }

    /// Writes the rows of a table's month under the name of their content.
    fn put(&mut self, table: &str, month: Option<Month>, batch: &RecordBatch) -> Result<()> {
        let key = (table.to_owned(), month);
        if batch.num_rows() == 0 {
            self.files.remove(&key);
            return Ok(());
        }
        let bytes = parquet_file::encode(batch)?;
        let sha256 = files::sha256(&bytes);
        let span = month.map_or_else(|| "all".to_owned(), |month| month.to_string());
        let relative = format!("{table}/{span}-{}.parquet", &sha256[..16]);
        let path = self.before.root().join(&relative);
        files::keep(&self.temporaries(), &path, &bytes)?;
        let rows = batch.num_rows() as u64;
        let file = DataFile { table: table.to_owned(), month, path: relative, sha256, bytes: bytes.len() as u64, rows };
        self.files.insert(key, file);
        Ok(())
    }

    fn rejects(&mut self, sources: &[SourceRecord], mut new: Vec<Reject>) -> Result<super::Rows> {
        new.append(&mut self.conflicts);
        let known = match self.before.files(REJECTS.name) {
            [] => rejects::none(),
            _ if self.is_afresh => rejects::none(),
            _ => self.before.read(REJECTS.name, None)?,
        };
        let read: BTreeSet<&str> = sources.iter().map(|source| source.file.as_str()).collect();
        let all = rejects::merged(&known, &read, &self.run, new)?;
        self.put(REJECTS.name, None, all.batch())?;
        Ok(all)
    }

    fn manifest(&mut self, sources: Vec<SourceRecord>) -> Result<Manifest> {
        let before = self.before.manifest();
        let mut known: BTreeMap<(String, String), SourceRecord> = BTreeMap::new();
        let kept = if self.is_afresh { &[][..] } else { &before.sources };
        for source in kept.iter().cloned().chain(sources) {
            known.insert((source.file.clone(), source.sha256.clone()), source);
        }
        let parent = match before.version {
            0 => None,
            version => Some(files::sha256(&files::read_bytes(&Manifest::path(self.before.root(), version))?)),
        };
        Ok(Manifest {
            format: 0,
            version: before.version + 1,
            parent,
            run: self.run.clone(),
            sources: known.into_values().collect(),
            files: self.files.values().cloned().collect(),
            seal: String::new(),
        })
    }

    fn temporaries(&self) -> PathBuf {
        self.before.root().join("tmp").join(slug(&self.run))
    }
}

impl Drop for Commit {
    /// Gives back the room of an abandoned change. What cannot be removed now, the next run removes.
    fn drop(&mut self) {
        let _ = if self.published { sweep_temporaries(self.before.root()) } else { sweep(&self.before) };
    }
}

/// What became of one month of a table.
struct MergedMonth {
    table: &'static Table,
    month: Option<Month>,
    /// The newest states and the history.
    files: [Option<DataFile>; 2],
    by_file: BTreeMap<String, MergeCounts>,
    conflicts: Vec<Reject>,
}

fn history_of(table: &Table) -> String {
    format!("{}_history", table.name)
}

/// For each row, whether the same key and content is among `had`.
fn same_rows(table: &Table, rows: &RecordBatch, had: &RecordBatch) -> Result<Vec<bool>> {
    let (keys, contents) = split_columns(table);
    let columns = [keys, contents].concat();
    let had = sortable(had, &columns)?;
    let had: BTreeSet<&[u8]> = had.iter().map(|row| row.data()).collect();
    Ok(sortable(rows, &columns)?.iter().map(|row| had.contains(row.data())).collect())
}

/// Corrects what the merge by month took for new keys.
fn recount(all: &RecordBatch, judged: Vec<Judged>, merged: &mut Merged) -> Result<()> {
    let rows = super::Rows::new("moved rows", all.clone());
    let files = rows.text("source_file")?;
    for (row, judged) in judged.into_iter().enumerate() {
        if matches!(judged, Judged::Newest | Judged::Replaced) {
            continue;
        }
        let file = files.get(row).unwrap_or_default();
        let counts = merged.by_file.entry(file.to_owned()).or_default();
        match counts.inserted {
            0 => counts.amended = counts.amended.saturating_sub(1),
            _ => counts.inserted -= 1,
        }
        match judged {
            Judged::Newest | Judged::Replaced => {}
            Judged::Replaces => counts.amended += 1,
            Judged::Stale => counts.stale += 1,
            Judged::Duplicate => counts.duplicate += 1,
            Judged::Conflict(reject) => {
                counts.conflict += 1;
                merged.conflicts.push(reject);
            }
        }
    }
    Ok(())
}

/// Rows read = accepted + rejected + duplicate.
fn none_lost(source: &SourceRecord) -> Result<()> {
    let found = source.accepted + source.rejected + source.duplicate;
    if source.rows_read == found {
        return Ok(());
    }
    let message = format!(
        "{} rows were read from `{}` but {} accepted + {} rejected + {} duplicate are {found}",
        source.rows_read, source.file, source.accepted, source.rejected, source.duplicate
    );
    Err(Diagnostic::error("rows-lost", message).into())
}

/// A run's name as the name of a folder.
fn slug(run: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' };
    format!("run-{}", run.chars().map(plain).take(64).collect::<String>())
}

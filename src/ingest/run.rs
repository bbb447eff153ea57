//! All exports of a project into its lake, in one commit.

mod sinks;
mod sums;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;

use sinks::{Kept, Streamed, for_lake};
use sums::Sums;

use super::context::Context;
use super::excerpt::line_of;
use super::kinds::{Kinds, RejectKind};
use super::receipt::{FileContext, Receipt, Reject};
use super::recognise::Known;
use super::seen::Seen;
use super::sisters::Sisters;
use super::source::Source;
use super::{channels, discover, limits, may_be_read, modified, name_of, read, recognise};
use crate::config::{Mapping, Settings};
use crate::error::{Diagnostic, Result};
use crate::lake::{self, Commit, Lake, MergeCounts, Snapshot, SourceRecord};
use crate::types::Channel;

/// What became of a file, told in the order of the files' names.
#[derive(Clone, Debug)]
pub enum Event {
    /// It was read; what the lake already knew of it is told at the end.
    Read(Box<Receipt>),
    /// The lake has a file of this content.
    Unchanged {
        /// The file, relative to the exports' folder.
        file: String,
    },
    /// No export has these headers, so it may be no export; or it is one that no table is for.
    Ignored(Box<Diagnostic>),
    /// It is refused as a whole; nothing of it is in the lake.
    Refused(Box<Diagnostic>),
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The lake afterwards.
    pub snapshot: Snapshot,
    /// The files that were read, with what became of their rows.
    pub files: Vec<FileSummary>,
    /// Files whose content the lake had.
    pub unchanged: Vec<String>,
    /// Those among them that were read under other settings: their rows are as they were read then.
    pub outdated: Vec<String>,
    /// Files that no export has the headers of, or that no table is for.
    pub ignored: Vec<Diagnostic>,
    /// Files that are refused.
    pub refused: Vec<Diagnostic>,
    /// The rejected records and contradicting rows by file, column and reason.
    pub rejects: Vec<RejectKind>,
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct FileSummary {
    /// What its records became.
    pub receipt: Receipt,
    /// What the lake made of its rows.
    pub merged: MergeCounts,
}

impl Summary {
    /// Rows that were new to the lake, newer states included.
    pub fn accepted(&self) -> u64 {
        self.files.iter().map(|file| file.merged.accepted()).sum()
    }

    /// Records and rows that were refused.
    pub fn rejected(&self) -> u64 {
        self.files.iter().map(|file| file.receipt.rejected + file.merged.conflict).sum()
    }

    /// Rows that the lake had already.
    pub fn duplicate(&self) -> u64 {
        self.files.iter().map(|file| file.merged.duplicate).sum()
    }
}

/// Reads every export that the lake does not know yet. Files are read on all cores; what comes out
/// does not depend on their order.
///
/// # Errors
/// Where the exports' folder cannot be read, or the lake is busy or damaged. A file that is refused
/// is told and does not stop the others.
pub fn run(settings: &Settings, lake: &Lake, report: &mut dyn FnMut(Event)) -> Result<Summary> {
    read_all(settings, lake, false, report)
}

/// The same into a lake that forgets what it held: after it, the lake holds what the exports that are
/// there now say under the settings as they are now. It stays as it is where one of them is refused.
///
/// # Errors
/// As [`run()`]; a file that is refused, or none that is read.
pub fn run_afresh(settings: &Settings, lake: &Lake, report: &mut dyn FnMut(Event)) -> Result<Summary> {
    read_all(settings, lake, true, report)
}

fn read_all(settings: &Settings, lake: &Lake, afresh: bool, report: &mut dyn FnMut(Event)) -> Result<Summary> {
    let layouts = channels::layouts(settings)?;
    let files = discover(settings)?;
    let told = fingerprint(settings);
    let run = format!("run-{:06}", lake.snapshot()?.version() + 1);
    let seen = Seen::of_lake(lake.snapshot()?.root());
    let sisters = Sisters::new(settings, &layouts);
    let mut session = Session::new(lake.begin(&run)?, &sisters, report);
    if afresh {
        session.commit.start_afresh();
        session.afresh = true;
    }
    let at_once = rayon::current_num_threads().max(1) * 2;
    for files in files.chunks(at_once) {
        let known = Some(session.commit.before()).filter(|_| !afresh);
        let outcomes: Vec<Outcome<'_>> =
            files.par_iter().map(|path| one(path, &sisters, &run, (known, &seen, &told))).collect();
        outcomes.into_iter().try_for_each(|outcome| session.take(outcome))?;
    }
    if afresh {
        session.may_replace_the_lake()?;
    }
    let summary = session.finish(&run, &told)?;
    // The lake is whole without it: then the next run looks at every file again.
    let _ = seen.keep(&summary.snapshot.root().join("tmp"));
    Ok(summary)
}

/// What the settings say about reading files, as 16 hexadecimal digits.
fn fingerprint(settings: &Settings) -> String {
    fingerprint_of(settings, |_| true, |_| true)
}

/// What they say about reading a file of this channel by this export.
fn reading(settings: &Settings, channel: Option<&str>, export: &str) -> String {
    let mapping = export.strip_prefix("mapping.");
    fingerprint_of(settings, |name| channel == Some(name), |name| mapping == Some(name))
}

fn fingerprint_of(settings: &Settings, channel: impl Fn(&str) -> bool, mapping: impl Fn(&str) -> bool) -> String {
    let channels = settings.channels.iter().filter(|one| channel(one.name.as_str())).map(|channel| {
        let files = (&channel.decimal, &channel.date_order, &channel.time_zone, &channel.encoding);
        let rows = (&channel.currency, &channel.not_articles, &channel.prices_hold_tax);
        (&channel.name, channel.kind, &channel.pool, channel.fulfilled_by_channel, files, rows)
    });
    let mappings = settings.mappings.iter().filter(|one| mapping(&one.name));
    let mappings = mappings.map(|mapping| Mapping { line: 0, ..mapping.clone() });
    let said =
        (settings.shop.currency, settings.shop.time_zone, channels.collect::<Vec<_>>(), mappings.collect::<Vec<_>>());
    let mut digits = lake::sha256(format!("{said:?}").as_bytes());
    digits.truncate(16);
    digits
}

/// Whether the rows of a file that the lake knows would be others today.
fn is_outdated(settings: &Settings, known: &Snapshot, sha256: &str) -> bool {
    let told = |source: &SourceRecord| reading(settings, source.channel.as_deref(), &source.export);
    known.source(sha256).is_some_and(|source| told(source) != source.reading)
}

/// What reading one file gave.
enum Outcome<'a> {
    Read(Box<Receipt>, Kept),
    /// Too large to be kept: it is read when its turn comes, straight into the lake.
    Large(PathBuf, Box<Known<'a>>, Box<Context>),
    /// The lake has it; perhaps read under other settings.
    Unchanged(String, bool),
    Failed(Box<Diagnostic>),
}

fn one<'a>(
    path: &Path,
    sisters: &Sisters<'a>,
    run: &str,
    (known, seen, told): (Option<&Snapshot>, &Seen, &str),
) -> Outcome<'a> {
    let (settings, layouts) = (sisters.settings(), sisters.layouts());
    let name = name_of(path, settings);
    let read = || -> Result<Outcome<'a>> {
        may_be_read(path, &name, settings)?;
        let has_settled = |sha256: &str| known.filter(|known| known.has_settled(sha256, told));
        let unchanged =
            |known: &Snapshot, sha256: &str| Outcome::Unchanged(name.clone(), is_outdated(settings, known, sha256));
        if let Some(sha256) = seen.sha256(&name, path)
            && let Some(known) = has_settled(sha256)
        {
            return Ok(unchanged(known, sha256));
        }
        let source = Source::open(path)?;
        if let Some(stamp) = source.stamp {
            seen.note(&name, stamp, &source.sha256, SystemTime::now());
        }
        if let Some(known) = has_settled(&source.sha256) {
            return Ok(unchanged(known, &source.sha256));
        }
        let file = FileContext { name: name.clone(), run: run.to_owned(), modified: modified(path) };
        let found = recognise::recognise(path, source, settings, layouts)?;
        let context = Context::new(path, &file, settings, found.channel);
        if found.source.bytes > limits::STREAMED_BYTES {
            return Ok(Outcome::Large(path.to_owned(), Box::new(found), Box::new(context)));
        }
        let mut kept = Kept::default();
        let receipt = read::read(path, &found, context, (sisters, &mut kept))?;
        Ok(Outcome::Read(Box::new(receipt), kept))
    };
    read().unwrap_or_else(|problem| Outcome::Failed(told_inside(problem, settings)))
}

/// Names the file as the user would, from the project's folder.
fn told_inside(mut problem: Box<Diagnostic>, settings: &Settings) -> Box<Diagnostic> {
    if let Some(place) = &mut problem.place
        && let Ok(inside) = place.path.strip_prefix(&settings.folder).map(PathBuf::from)
    {
        place.path = inside;
    }
    problem
}

struct Session<'a> {
    commit: Commit,
    settings: &'a Settings,
    sisters: &'a Sisters<'a>,
    report: &'a mut dyn FnMut(Event),
    seen: BTreeSet<String>,
    receipts: Vec<Receipt>,
    rejects: Vec<Reject>,
    sums: Sums,
    /// Whether the lake forgets what it held.
    afresh: bool,
    unchanged: Vec<String>,
    outdated: Vec<String>,
    ignored: Vec<Diagnostic>,
    refused: Vec<Diagnostic>,
}

impl<'a> Session<'a> {
    fn new(commit: Commit, sisters: &'a Sisters<'a>, report: &'a mut dyn FnMut(Event)) -> Self {
        Self {
            commit,
            settings: sisters.settings(),
            sisters,
            report,
            seen: BTreeSet::new(),
            receipts: Vec::new(),
            rejects: Vec::new(),
            sums: Sums::default(),
            afresh: false,
            unchanged: Vec::new(),
            outdated: Vec::new(),
            ignored: Vec::new(),
            refused: Vec::new(),
        }
    }

    fn take(&mut self, outcome: Outcome<'_>) -> Result<()> {
        match outcome {
            Outcome::Large(_, found, context) if !self.seen.insert(found.source.sha256.clone()) => {
                self.unchanged(context.file);
            }
            Outcome::Large(path, found, context) => {
                let rejects_before = self.rejects.len();
                let (lake, sums_before) = (self.lake(), self.sums.clone());
                let (commit, rejects, sums) = (&mut self.commit, &mut self.rejects, &mut self.sums);
                let mut sink = Streamed { commit, rejects, sums, lake, has_failed: false };
                let receipt = match read::read(&path, &found, *context, (self.sisters, &mut sink)) {
                    Ok(receipt) => receipt,
                    Err(problem) if sink.has_failed => return Err(problem),
                    Err(problem) => {
                        self.commit.void()?;
                        self.rejects.truncate(rejects_before);
                        self.sums = sums_before;
                        self.seen.remove(&found.source.sha256);
                        return self.take(Outcome::Failed(told_inside(problem, self.settings)));
                    }
                };
                self.commit.keep();
                (self.report)(Event::Read(Box::new(receipt.clone())));
                self.receipts.push(receipt);
            }
            Outcome::Read(receipt, _) if !self.seen.insert(receipt.sha256.clone()) => self.unchanged(receipt.file),
            Outcome::Unchanged(file, is_outdated) => {
                self.outdated.extend(is_outdated.then(|| file.clone()));
                self.unchanged(file);
            }
            Outcome::Read(receipt, kept) => {
                if let Err(problem) = self.add_up(&kept) {
                    self.seen.remove(&receipt.sha256);
                    return self.take(Outcome::Failed(problem));
                }
                for (table, batch) in &kept.batches {
                    self.commit.stage(table, batch)?;
                }
                self.commit.keep();
                self.rejects.extend(kept.rejects);
                (self.report)(Event::Read(receipt.clone()));
                self.receipts.push(*receipt);
            }
            Outcome::Failed(problem) if super::is_no_export(&problem) => {
                (self.report)(Event::Ignored(problem.clone()));
                self.ignored.push(*problem);
            }
            Outcome::Failed(problem) => {
                (self.report)(Event::Refused(problem.clone()));
                self.refused.push(*problem);
            }
        }
        Ok(())
    }

    /// What stays in the lake beside what is read.
    fn lake(&self) -> Option<Snapshot> {
        (!self.afresh).then(|| self.commit.before().clone())
    }

    /// Counts a file's rows in; of a file with a sum that nobody can add up, none.
    fn add_up(&mut self, kept: &Kept) -> Result<()> {
        let (lake, mut sums) = (self.lake(), self.sums.clone());
        kept.batches.iter().try_for_each(|(table, batch)| sums.add(lake.as_ref(), table, batch))?;
        self.sums = sums;
        Ok(())
    }

    /// Fails where a lake that starts afresh would lose what it has.
    fn may_replace_the_lake(&self) -> Result<()> {
        let message = match self.refused.first() {
            Some(problem) => format!("the lake stays as it is, because a file is refused: {}", problem.message),
            None if self.receipts.is_empty() => "the lake stays as it is, because no export was read".to_owned(),
            None => return Ok(()),
        };
        let hint = "mend the file or take it out of the exports' folder, and run the command again";
        Err(Diagnostic::error("not-afresh", message).hint(hint).into())
    }

    fn unchanged(&mut self, file: String) {
        (self.report)(Event::Unchanged { file: file.clone() });
        self.unchanged.push(file);
    }

    fn finish(mut self, run: &str, told: &str) -> Result<Summary> {
        let merged = self.commit.merge()?;
        let counts = |file: &str| merged.by_file.get(file).copied().unwrap_or_default();
        let files: Vec<FileSummary> =
            self.receipts.into_iter().map(|receipt| FileSummary { merged: counts(&receipt.file), receipt }).collect();
        let sources = files.iter().map(|file| record(file, run, (self.settings, told))).collect();
        let mut kinds = Kinds::default();
        self.rejects.iter().for_each(|reject| kinds.add(reject));
        merged.conflicts.iter().for_each(|conflict| kinds.add(&Reject::of_conflict(conflict)));
        let mut kinds = kinds.in_order();
        for kind in kinds.iter_mut().filter(|kind| kind.first.is_conflict()) {
            kind.first.shown = line_of(&kind.first, self.sisters).unwrap_or(kind.first.shown.clone());
        }
        let rejects = self.rejects.into_iter().map(for_lake).collect();
        let snapshot = self.commit.finish(sources, rejects)?;
        let Self { unchanged, outdated, ignored, refused, .. } = self;
        Ok(Summary { snapshot, files, unchanged, outdated, ignored, refused, rejects: kinds })
    }
}

/// The file in the lake's books. They count rows: a record of the file can make several.
fn record(file: &FileSummary, run: &str, (settings, told): (&Settings, &str)) -> SourceRecord {
    let FileSummary { receipt, merged } = file;
    let rejected = receipt.rejected + merged.conflict;
    SourceRecord {
        file: receipt.file.clone(),
        sha256: receipt.sha256.clone(),
        bytes: receipt.bytes,
        channel: receipt.channel.as_ref().map(Channel::to_string),
        export: receipt.export.clone(),
        rows_read: receipt.rows.values().sum::<u64>() + receipt.rejected,
        accepted: merged.accepted(),
        rejected,
        duplicate: merged.duplicate,
        run: run.to_owned(),
        reading: reading(settings, receipt.channel.as_ref().map(Channel::as_str), &receipt.export),
        settings: if rejected > 0 { told.to_owned() } else { String::new() },
    }
}

//! A publication on disk: `<folder>/<version>/buffers.{csv,json,parquet}` with their `SHA256SUMS`, the
//! name of the one in force in `<folder>/CURRENT`, and every one so far in `<folder>/publications.csv`.
//!
//! A version's folder appears by one rename and `CURRENT` changes by another, so whoever reads
//! `CURRENT` first and the folder it names then sees one whole publication at any moment.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::feed::Feed;
use super::journal;
use super::rails::Cleared;
use crate::error::{Diagnostic, Result};
use crate::lake::{self, Hold};

const CURRENT: &str = "CURRENT";
const CSV: &str = "buffers.csv";
const JSON: &str = "buffers.json";
const PARQUET: &str = "buffers.parquet";
/// As `sha256sum --check` reads it, so that the live system may look too.
const SUMS: &str = "SHA256SUMS";
const FILES: [&str; 4] = [CSV, JSON, PARQUET, SUMS];
/// How the name of what is being written ends.
const PART: &str = ".part";
const CHANGED: &str = "a published file was changed after it was written";

/// What a publication did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This version is in force from now on.
    Published(String),
    /// This version was in force already; nothing was written.
    Unchanged(String),
}

/// Takes the folder of publications, so that nobody else publishes there meanwhile.
///
/// # Errors
/// `busy` where somebody else still does after `patience`.
pub fn hold(folder: &Path, patience: Duration) -> Result<Hold> {
    let what = format!("the publications in `{}`", folder.display());
    Hold::take(&folder.join(".lock"), &what, "trueup publish", patience)
}

/// Puts a cleared plan in force and adds `entry`, a header and a row of `publications.csv`, to the record.
/// Doing it again changes nothing. The record is written first, so that nothing is in force without it.
///
/// # Errors
/// What the system refused; the version in force is then the one before, or already the new one.
pub fn publish(cleared: &Cleared<'_>, folder: &Path, entry: &[u8]) -> Result<Outcome> {
    let plan = cleared.plan;
    let target = folder.join(&plan.version);
    sweep(folder)?;
    if target.is_dir() {
        // Complete, as it appeared by one rename: read to see that nobody has changed it since.
        whole(folder, &plan.version)?;
        if current(folder)?.as_deref() == Some(plan.version.as_str()) {
            return Ok(Outcome::Unchanged(plan.version.clone()));
        }
    } else {
        stage(folder, &target, &files(&plan.feed)?)?;
    }
    replace(&folder.join(journal::FILE), &journal::with(folder, entry)?)?;
    replace(&folder.join(CURRENT), format!("{}\n", plan.version).as_bytes())?;
    Ok(Outcome::Published(plan.version.clone()))
}

/// The feed in force; none where nothing was published. Every byte of its files is checked.
///
/// # Errors
/// A feed that cannot be read, is not one, or is not as it was published.
pub fn published(folder: &Path) -> Result<Option<Feed>> {
    current(folder)?.map(|version| whole(folder, &version)).transpose()
}

/// What the files of a feed hold, the sums last: they are of the others.
fn files(feed: &Feed) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let mut files = vec![(CSV, feed.csv()), (JSON, feed.json()), (PARQUET, feed.parquet()?)];
    let sums: String = files.iter().map(|(name, bytes)| format!("{}  {name}\n", lake::sha256(bytes))).collect();
    files.push((SUMS, sums.into_bytes()));
    Ok(files)
}

/// The feed of a version whose files are as they were written. Its name holds the digest of the CSV,
/// CSV and JSON follow from each other, and the sums tell of the Parquet, which another version of
/// trueup may have written with other bytes.
fn whole(folder: &Path, version: &str) -> Result<Feed> {
    let target = folder.join(version);
    let read = |name: &str| read_published(folder, &target.join(name));
    let (csv, json, parquet, sums) = (read(CSV)?, read(JSON)?, read(PARQUET)?, read(SUMS)?);
    let json_path = target.join(JSON);
    let feed = Feed::from_json(&json).map_err(|error| {
        let message = format!("this is not a feed that trueup wrote: {error}");
        Box::new(altered(folder, json_path.clone(), &message).at_line(json_path, error.line()))
    })?;
    let line = |name: &str, bytes: &[u8]| format!("{}  {name}\n", lake::sha256(bytes));
    let expected = [line(CSV, &feed.csv()), line(JSON, &feed.json()), line(PARQUET, &parquet)].concat();
    let is_named = version.rsplit_once('-').is_some_and(|(_, digits)| digits == feed.digits());
    let flaws = [(JSON, json != feed.json() || !is_named), (CSV, csv != feed.csv()), (PARQUET, !feed.is_in(&parquet))];
    let flaw = flaws.into_iter().find(|(_, is_flawed)| *is_flawed).map(|(name, _)| name);
    let flaw = match flaw {
        None if sums != expected.as_bytes() => Some(unlike(&sums, &expected, parquet == feed.parquet()?)),
        known => known,
    };
    match flaw {
        Some(name) => Err(altered(folder, target.join(name), CHANGED).into()),
        None => nothing_else(folder, &target).map(|()| feed),
    }
}

/// Which file does not fit the sums: the Parquet, where it is not as this version writes it and everything else
/// about them is as it should be.
fn unlike(sums: &[u8], expected: &str, is_as_written: bool) -> &'static str {
    let sums = String::from_utf8_lossy(sums);
    let others =
        |text: &str| text.lines().filter(|line| !line.ends_with(PARQUET)).map(str::to_owned).collect::<Vec<_>>();
    if !is_as_written && others(&sums) == others(expected) { PARQUET } else { SUMS }
}

fn nothing_else(folder: &Path, target: &Path) -> Result<()> {
    let is_ours = |path: &PathBuf| FILES.iter().any(|name| path.file_name().is_some_and(|found| found == *name));
    match lake::entries(target)?.into_iter().find(|path| !is_ours(path)) {
        Some(path) => Err(altered(folder, path, "trueup has not published this file").into()),
        None => Ok(()),
    }
}

fn read_published(folder: &Path, path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => altered(folder, path.to_owned(), "a published file is gone").into(),
        _ => io_error("read", path, &error),
    })
}

fn altered(folder: &Path, path: PathBuf, message: &str) -> Diagnostic {
    let version = path.parent().map_or_else(String::new, |version| version.display().to_string());
    let hint = format!(
        "put the file back as it was, or move `{version}` and `{}` away and publish anew with `trueup run` and \
         `trueup publish --yes`",
        folder.join(CURRENT).display()
    );
    Diagnostic::error("published-altered", message).in_file(path).hint(hint)
}

fn stage(folder: &Path, target: &Path, files: &[(&str, Vec<u8>)]) -> Result<()> {
    let part = part_of(target);
    fs::create_dir_all(&part).map_err(|error| io_error("create", &part, &error))?;
    for (name, bytes) in files {
        write_through(&part.join(name), bytes)?;
    }
    flush_folder(&part)?;
    fs::rename(&part, target).map_err(|error| io_error("rename", &part, &error))?;
    flush_folder(folder)
}

/// Removes what a publication that died has begun; only under the hold.
fn sweep(folder: &Path) -> Result<()> {
    let is_part = |path: &PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with('.') && name.ends_with(PART))
    };
    for part in lake::entries(folder)?.into_iter().filter(is_part) {
        let removed = if part.is_dir() { fs::remove_dir_all(&part) } else { fs::remove_file(&part) };
        removed.map_err(|error| io_error("remove", &part, &error))?;
    }
    Ok(())
}

/// Writes a file beside its place and moves it there.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let part = part_of(path);
    write_through(&part, bytes)?;
    fs::rename(&part, path).map_err(|error| io_error("rename", &part, &error))?;
    path.parent().map_or(Ok(()), flush_folder)
}

fn current(folder: &Path) -> Result<Option<String>> {
    let path = folder.join(CURRENT);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error("read", &path, &error)),
    };
    let version = text.trim_end();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if version.is_empty() || !version.bytes().all(plain) {
        return Err(Diagnostic::error("published-current", "this does not name a publication").in_file(path).into());
    }
    Ok(Some(version.to_owned()))
}

/// The name under which something is written before it appears: hidden, beside its target.
fn part_of(target: &Path) -> PathBuf {
    let name = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    target.with_file_name(format!(".{name}{PART}"))
}

fn write_through(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| io_error("write", path, &error))
}

fn flush_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| io_error("flush", folder, &error))
}

fn io_error(action: &str, path: &Path, error: &io::Error) -> Box<Diagnostic> {
    Diagnostic::io(action, path, error).into()
}

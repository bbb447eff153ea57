//! A publication on disk: `<folder>/<version>/buffers.{csv,json,parquet}` and the name of the one in
//! force in `<folder>/CURRENT`.
//!
//! A version's folder appears by one rename and `CURRENT` changes by another, so whoever reads
//! `CURRENT` first and the folder it names then sees one whole publication at any moment.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::feed::Feed;
use super::plan::Plan;
use super::rails::Cleared;
use crate::error::{Diagnostic, Result};
use crate::lake::Hold;

const CURRENT: &str = "CURRENT";

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

/// Puts a cleared plan in force. Doing it again changes nothing.
///
/// # Errors
/// What the system refused; the version in force is then the one before, or already the new one.
pub fn publish(cleared: Cleared<'_>, folder: &Path) -> Result<Outcome> {
    let plan = cleared.0;
    let target = folder.join(&plan.version);
    let files = files(plan)?;
    let complete = target.is_dir();
    if complete {
        must_be_the_same(&target, &files)?;
        if current(folder)?.as_deref() == Some(plan.version.as_str()) {
            return Ok(Outcome::Unchanged(plan.version.clone()));
        }
    } else {
        stage(folder, &target, &files)?;
    }
    point_at(folder, &plan.version)?;
    Ok(Outcome::Published(plan.version.clone()))
}

/// The feed in force; none where nothing was published.
///
/// # Errors
/// A feed that cannot be read or is not one.
pub fn published(folder: &Path) -> Result<Option<Feed>> {
    let Some(version) = current(folder)? else { return Ok(None) };
    let path = folder.join(version).join("buffers.json");
    let bytes = fs::read(&path).map_err(|error| io_error("read", &path, &error))?;
    Feed::from_json(&bytes).map(Some).map_err(|error| {
        Diagnostic::error("published-feed", format!("this is not a feed that trueup wrote: {error}"))
            .at_line(path, error.line())
            .hint("publish again with `trueup publish --yes` after moving the folder away")
            .into()
    })
}

fn files(plan: &Plan) -> Result<[(&'static str, Vec<u8>); 3]> {
    let feed = &plan.feed;
    Ok([("buffers.csv", feed.csv()), ("buffers.json", feed.json()), ("buffers.parquet", feed.parquet()?)])
}

/// A complete version is named by its content, so another content is somebody else's doing.
fn must_be_the_same(target: &Path, files: &[(&str, Vec<u8>)]) -> Result<()> {
    for (name, bytes) in files {
        let path = target.join(name);
        let there = fs::read(&path).map_err(|error| io_error("read", &path, &error))?;
        if there != *bytes {
            return Err(Diagnostic::error("published-altered", "a published file was changed after it was written")
                .in_file(path)
                .hint(format!("move `{}` away and publish again", target.display()))
                .into());
        }
    }
    Ok(())
}

fn stage(folder: &Path, target: &Path, files: &[(&str, Vec<u8>)]) -> Result<()> {
    let part = part_of(target);
    if part.exists() {
        fs::remove_dir_all(&part).map_err(|error| io_error("remove", &part, &error))?;
    }
    fs::create_dir_all(&part).map_err(|error| io_error("create", &part, &error))?;
    for (name, bytes) in files {
        write_through(&part.join(name), bytes)?;
    }
    flush_folder(&part)?;
    fs::rename(&part, target).map_err(|error| io_error("rename", &part, &error))?;
    flush_folder(folder)
}

fn point_at(folder: &Path, version: &str) -> Result<()> {
    let current = folder.join(CURRENT);
    let part = part_of(&current);
    write_through(&part, format!("{version}\n").as_bytes())?;
    fs::rename(&part, &current).map_err(|error| io_error("rename", &part, &error))?;
    flush_folder(folder)
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
    target.with_file_name(format!(".{name}.part"))
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

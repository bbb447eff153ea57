//! Where do the reports lie? A folder that changes as a whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use crate::error::{Diagnostic, Result};
use crate::lake::Hold;

/// One file of a report folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name: lower-case letters, digits, `_`, `-` and `.`; never a path.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A folder of reports. What trueup did not write there stays.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// The list of what trueup wrote, so that a sheet that is no longer made goes away and a reader's
/// own file stays.
const LIST: &str = ".trueup-files";

/// How long another process may take to replace the same folder; it is written already by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// The word of a folder that makes room for its next state.
const ASIDE: &str = "aside";

/// The word of a state that only has to move in.
const COMPLETE: &str = "complete";

impl Folder {
    /// The folder at this path; it need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Replaces all that trueup wrote before with these files.
    ///
    /// The new folder is built beside the old one, synced, and changes places with it at once: whoever
    /// opens it sees the old set or the new one. A folder that cannot change places (a mount point, one in
    /// a folder of somebody else) gets its files renamed into place one by one. Of a path that is a link,
    /// what it leads to is replaced.
    ///
    /// # Errors
    /// If the file system refuses, or another process replaces the same folder; the old one then stands.
    pub fn replace(&self, pages: &[Page]) -> Result<()> {
        let place = Place::of(&self.path)?;
        let stale = place.listed();
        place.write(pages, &stale)
    }

    /// Adds these files to what is there, in the same way.
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub fn add(&self, pages: &[Page]) -> Result<()> {
        Place::of(&self.path)?.write(pages, &BTreeSet::new())
    }
}

/// Where a folder lies, links followed, and where its next state is built; held against other processes.
struct Place {
    path: PathBuf,
    /// Built beside the folder, to change places with it, or else in it.
    beside: bool,
    _hold: Hold,
}

impl Place {
    fn of(path: &Path) -> Result<Self> {
        let path = followed(path)?;
        let beside = can_change_places(&path);
        let lock = if beside { hidden(&path, "lock") } else { path.join(".trueup.lock") };
        let what = format!("the reports `{}`", path.display());
        let place = Self { beside, _hold: Hold::take(&lock, &what, "writing reports", PATIENCE)?, path };
        place.recover()?;
        Ok(place)
    }

    fn write(&self, pages: &[Page], stale: &BTreeSet<String>) -> Result<()> {
        if let Some(page) = pages.iter().find(|page| !is_plain_name(&page.name)) {
            return Err(Diagnostic::error("report-name", format!("`{}` is not a file name", page.name)).into());
        }
        let stage = self.stage(&format!("part-{}", process::id()));
        create(&stage)?;
        let mut listed: BTreeSet<String> = pages.iter().map(|page| page.name.clone()).collect();
        listed.extend(self.listed().difference(stale).cloned());
        for page in pages {
            write_file(&stage.join(&page.name), &page.bytes)?;
        }
        let list: String = listed.iter().map(|name| format!("{name}\n")).collect();
        write_file(&stage.join(LIST), list.as_bytes())?;
        if !self.beside {
            sync(&stage)?;
            let complete = self.stage(COMPLETE);
            rename(&stage, &complete)?;
            return self.move_in(&complete);
        }
        let ours = |name: &str| stale.contains(name) || name == LIST || pages.iter().any(|page| page.name == name);
        link_over(&self.path, &stage, &ours)?;
        sync(&stage)?;
        self.change_places(&stage, &ours)
    }

    /// The folder of the next state, or of the one before.
    fn stage(&self, word: &str) -> PathBuf {
        if self.beside { hidden(&self.path, word) } else { self.path.join(format!(".trueup.{word}")) }
    }

    fn change_places(&self, stage: &Path, ours: &dyn Fn(&str) -> bool) -> Result<()> {
        exchange(stage, &self.path)?;
        sync(above(&self.path))?;
        // What somebody else wrote while the new folder was built, or what could not lie in both.
        move_over(stage, &self.path, ours)?;
        remove(stage)
    }

    /// The way for a folder that cannot change places: its page comes last but for the list of its files.
    fn move_in(&self, stage: &Path) -> Result<()> {
        let stale = self.listed();
        let mut names: Vec<_> = entries(stage)?.into_iter().map(|(name, _)| name).collect();
        names.sort_by_key(|name| (name == LIST, name == "index.html"));
        for name in names {
            rename(&stage.join(&name), &self.path.join(&name))?;
        }
        for name in stale.difference(&self.listed()) {
            remove(&self.path.join(name))?;
        }
        sync(&self.path)?;
        remove(stage)
    }

    /// Ends what a run that died has begun: a complete state that was moving in moves in, others go.
    fn recover(&self) -> Result<()> {
        let complete = self.stage(COMPLETE);
        if !self.beside && complete.exists() {
            self.move_in(&complete)?;
        }
        let folder = if self.beside { above(&self.path) } else { &self.path };
        let begun = self.stage("part-");
        let begun = begun.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        for (name, _) in entries(folder)? {
            if name.to_string_lossy().starts_with(&begun) {
                remove(&folder.join(name))?;
            }
        }
        Ok(())
    }

    fn listed(&self) -> BTreeSet<String> {
        let list = fs::read_to_string(self.path.join(LIST)).unwrap_or_default();
        list.lines().filter(|name| is_plain_name(name)).map(str::to_owned).collect()
    }
}

/// The path with its links followed; what does not exist yet is made, or taken back from where a run that died
/// has put it aside.
fn followed(path: &Path) -> Result<PathBuf> {
    let aside = hidden(path, ASIDE);
    match path.exists() {
        true => remove(&aside)?,
        false if aside.exists() => rename(&aside, path)?,
        false => create(path)?,
    }
    path.canonicalize().map_err(|error| Diagnostic::io("find", path, &error).into())
}

/// True where a folder can be built beside this one and take its place: both on one file system, in a folder
/// that is ours to write to.
fn can_change_places(path: &Path) -> bool {
    let probe = hidden(path, "lock");
    is_on_device_of(path, above(path))
        && OpenOptions::new().create(true).truncate(false).write(true).open(probe).is_ok()
}

#[cfg(unix)]
fn is_on_device_of(path: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &Path| path.metadata().map(|known| known.dev()).ok();
    device(path) == device(other)
}

#[cfg(not(unix))]
fn is_on_device_of(_: &Path, _: &Path) -> bool {
    true
}

/// Both folders under each other's name, at once where the system can.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> Result<()> {
    use nix::errno::Errno;
    use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
    match renameat2(AT_FDCWD, one, AT_FDCWD, other, RenameFlags::RENAME_EXCHANGE) {
        Ok(()) => Ok(()),
        Err(Errno::ENOSYS | Errno::EINVAL) => exchange_in_steps(one, other),
        Err(error) => Err(Diagnostic::io("rename into place", other, &error.into()).into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn exchange(one: &Path, other: &Path) -> Result<()> {
    exchange_in_steps(one, other)
}

/// The other folder is missing for a moment; a run that dies in it is ended by the next, see
/// [`Place::recover`].
fn exchange_in_steps(one: &Path, other: &Path) -> Result<()> {
    let aside = hidden(other, ASIDE);
    rename(other, &aside)?;
    rename(one, other)?;
    rename(&aside, one)
}

/// `.reports.word` beside `reports`.
fn hidden(path: &Path, word: &str) -> PathBuf {
    let name = path.file_name().map_or_else(|| "reports".into(), |name| name.to_string_lossy().into_owned());
    path.with_file_name(format!(".{name}.{word}"))
}

fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
}

/// Shows what lies in one folder in the other too, so that it is there when they change places.
fn link_over(from: &Path, to: &Path, skip: &dyn Fn(&str) -> bool) -> Result<()> {
    carry_over(from, to, skip, &|source, target| {
        // What cannot be linked is copied; what cannot be copied (a pipe, a link into nowhere) moves later.
        if fs::hard_link(source, target).is_err() && source.is_file() {
            fs::copy(source, target)?;
        }
        Ok(())
    })
}

/// Moves what lies in one folder and not in the other.
fn move_over(from: &Path, to: &Path, skip: &dyn Fn(&str) -> bool) -> Result<()> {
    carry_over(from, to, skip, &|source, target| fs::rename(source, target))
}

fn carry_over(
    from: &Path,
    to: &Path,
    skip: &dyn Fn(&str) -> bool,
    carry: &dyn Fn(&Path, &Path) -> io::Result<()>,
) -> Result<()> {
    for (name, is_folder) in entries(from)? {
        let (source, target) = (from.join(&name), to.join(&name));
        if is_folder {
            create(&target)?;
            carry_over(&source, &target, &|_| false, carry)?;
            continue;
        }
        if target.symlink_metadata().is_ok() || name.to_str().is_some_and(skip) {
            continue;
        }
        match carry(&source, &target) {
            // Whoever owns it took it away meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            done => done.map_err(|error| Diagnostic::io("carry over", &source, &error))?,
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<(std::ffi::OsString, bool)>> {
    let read = || -> io::Result<Vec<_>> {
        fs::read_dir(folder)?
            .map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?.is_dir()))))
            .collect()
    };
    read().map_err(|error| Diagnostic::io("read", folder, &error).into())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        restrict(&file)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| Diagnostic::io("write", path, &error).into())
}

#[cfg(unix)]
fn restrict(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o640))
}

#[cfg(not(unix))]
fn restrict(_: &File) -> io::Result<()> {
    Ok(())
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Diagnostic::io("create", folder, &error).into())
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| Diagnostic::io("rename into place", to, &error).into())
}

fn remove(path: &Path) -> Result<()> {
    let result = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Diagnostic::io("remove", path, &error).into()),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Diagnostic::io("sync", folder, &error).into())
}

fn above(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

//! Where do the reports lie? A folder that changes as a whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Diagnostic, Result};

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

impl Folder {
    /// The folder at this path; it need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Replaces all that trueup wrote before with these files.
    ///
    /// The new folder is built beside the old one, synced, and takes its place by a rename: whoever
    /// opens it sees the old set or the new one. A folder that cannot be renamed (a mount point)
    /// gets its files renamed into place one by one.
    ///
    /// # Errors
    /// If the file system refuses; the old folder then stands.
    pub fn replace(&self, pages: &[Page]) -> Result<()> {
        self.recover()?;
        let stale = self.listed();
        self.write(pages, &stale)
    }

    /// Adds these files to what is there, in the same way.
    ///
    /// # Errors
    /// If the file system refuses; the old folder then stands.
    pub fn add(&self, pages: &[Page]) -> Result<()> {
        self.recover()?;
        self.write(pages, &BTreeSet::new())
    }

    fn write(&self, pages: &[Page], stale: &BTreeSet<String>) -> Result<()> {
        if let Some(page) = pages.iter().find(|page| !is_plain_name(&page.name)) {
            return Err(Diagnostic::error("report-name", format!("`{}` is not a file name", page.name)).into());
        }
        let (stage, old) = (self.beside("new"), self.beside("old"));
        remove(&stage)?;
        create(&stage)?;
        let mut listed: BTreeSet<String> = pages.iter().map(|page| page.name.clone()).collect();
        listed.extend(self.listed().difference(stale).cloned());
        for page in pages {
            write_file(&stage.join(&page.name), &page.bytes)?;
        }
        let list: String = listed.iter().map(|name| format!("{name}\n")).collect();
        write_file(&stage.join(LIST), list.as_bytes())?;
        if self.path.exists() {
            let skip = |name: &str| stale.contains(name) || name == LIST || pages.iter().any(|page| page.name == name);
            carry_over(&self.path, &stage, &skip)?;
        }
        sync(&stage)?;
        self.swap(&stage, &old, stale)
    }

    fn swap(&self, stage: &Path, old: &Path, stale: &BTreeSet<String>) -> Result<()> {
        if self.path.exists() && fs::rename(&self.path, old).is_err() {
            return self.move_in(stage, stale);
        }
        rename(stage, &self.path)?;
        if let Some(parent) = parent(&self.path) {
            sync(parent)?;
        }
        remove(old)
    }

    /// The way for a folder that cannot be renamed itself.
    fn move_in(&self, stage: &Path, stale: &BTreeSet<String>) -> Result<()> {
        for (name, _) in entries(stage)?.iter().filter(|(_, is_folder)| !is_folder) {
            rename(&stage.join(name), &self.path.join(name))?;
        }
        let listed = self.listed();
        for name in stale.difference(&listed) {
            remove(&self.path.join(name))?;
        }
        sync(&self.path)?;
        remove(stage)
    }

    /// A run that died between the two renames left only the old folder: it goes back.
    fn recover(&self) -> Result<()> {
        let old = self.beside("old");
        if !old.exists() {
            Ok(())
        } else if self.path.exists() {
            remove(&old)
        } else {
            rename(&old, &self.path)
        }
    }

    fn listed(&self) -> BTreeSet<String> {
        let list = fs::read_to_string(self.path.join(LIST)).unwrap_or_default();
        list.lines().filter(|name| is_plain_name(name)).map(str::to_owned).collect()
    }

    fn beside(&self, word: &str) -> PathBuf {
        let name = self.path.file_name().map_or_else(|| "reports".into(), |name| name.to_string_lossy().into_owned());
        self.path.with_file_name(format!(".{name}.{word}"))
    }
}

fn is_plain_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'.');
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
}

fn carry_over(from: &Path, to: &Path, skip: &dyn Fn(&str) -> bool) -> Result<()> {
    for (name, is_folder) in entries(from)? {
        let (source, target) = (from.join(&name), to.join(&name));
        if is_folder {
            create(&target)?;
            carry_over(&source, &target, &|_| false)?;
        } else if !name.to_str().is_some_and(skip) && fs::hard_link(&source, &target).is_err() {
            fs::copy(&source, &target).map_err(|error| Diagnostic::io("copy", &source, &error))?;
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<(std::ffi::OsString, bool)>> {
    let read = || -> std::io::Result<Vec<_>> {
        fs::read_dir(folder)?
            .map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?.is_dir()))))
            .collect()
    };
    read().map_err(|error| Diagnostic::io("read", folder, &error).into())
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> std::io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        restrict(&file)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|error| Diagnostic::io("write", path, &error).into())
}

#[cfg(unix)]
fn restrict(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o640))
}

#[cfg(not(unix))]
fn restrict(_: &File) -> std::io::Result<()> {
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
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Diagnostic::io("remove", path, &error).into())
        }
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| Diagnostic::io("sync", folder, &error).into())
}

fn parent(path: &Path) -> Option<&Path> {
    path.parent().map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent })
}

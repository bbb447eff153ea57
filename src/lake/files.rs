//! How does a file appear whole or not at all? Temporary file, size check, sync, rename, sync of
//! the folder; the order matters and is the same everywhere.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Diagnostic, Result};

/// The SHA-256 of some bytes in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The whole file.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Diagnostic::io("read", path, &error).into())
}

/// Makes a folder and those above it, so that they survive a power cut; fine if it is there.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = above(path);
    create_folder(above)?;
    match fs::create_dir(path) {
        Err(error) if !path.is_dir() => return Err(Diagnostic::io("create the folder", path, &error).into()),
        _ => {}
    }
    sync_folder(above)
}

/// The folder that a path lies in.
pub(crate) fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => path,
    }
}

/// Makes the entries of a folder survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<()> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Diagnostic::io("sync the folder", path, &error).into())
}

/// Writes `bytes` to `path` by way of a temporary file in `folder_of_temporaries`; replaces a file
/// that is there.
pub(crate) fn place(folder_of_temporaries: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = write_temporary(folder_of_temporaries, path, bytes)?;
    fs::rename(&temporary, path).map_err(|error| Diagnostic::io("write", path, &error))?;
    sync_folder(above(path))
}

/// The same where the file does not hold these bytes yet.
pub(crate) fn keep(folder_of_temporaries: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|known| known == bytes) { Ok(()) } else { place(folder_of_temporaries, path, bytes) }
}

/// Writes `bytes` to `path` unless something is there; false if it was.
pub(crate) fn place_new(folder_of_temporaries: &Path, path: &Path, bytes: &[u8]) -> Result<bool> {
    let temporary = write_temporary(folder_of_temporaries, path, bytes)?;
    let linked = match fs::hard_link(&temporary, path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
        Err(error) => return Err(Diagnostic::io("write", path, &error).into()),
    };
    remove(&temporary)?;
    sync_folder(above(path))?;
    Ok(linked)
}

/// Removes a file; fine if it is gone.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Diagnostic::io("remove", path, &error).into()),
        _ => Ok(()),
    }
}

/// The files and folders in a folder by name; none where there is no folder.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listing = match fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Diagnostic::io("list", folder, &error).into()),
    };
    let mut paths = Vec::new();
    for entry in listing {
        paths.push(entry.map_err(|error| Diagnostic::io("list", folder, &error))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// A file that is written piece by piece and appears whole or not at all.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: BufWriter<File>,
    temporary: PathBuf,
    hash: Sha256,
    bytes: u64,
}

impl NewFile {
    /// A temporary file of this name, which no other that is being written may have.
    pub(crate) fn create(folder: &Path, name: &str) -> Result<Self> {
        create_folder(folder)?;
        let temporary = folder.join(name);
        let file = File::create(&temporary).map_err(|error| Diagnostic::io("write", &temporary, &error))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 16, file), temporary, hash: Sha256::new(), bytes: 0 })
    }

    /// The SHA-256 in lower-case hexadecimal and the length of what was written.
    pub(crate) fn digest(&self) -> (String, u64) {
        (hexadecimal(&self.hash.clone().finalize()), self.bytes)
    }

    /// Removes what was written.
    pub(crate) fn discard(self) -> Result<()> {
        remove(&self.temporary)
    }

    /// Gives the file its name; replaces one that is there.
    pub(crate) fn place(self, path: &Path) -> Result<()> {
        create_folder(above(path))?;
        let failed = |error: io::Error| Diagnostic::io("write", &self.temporary, &error);
        let file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        settled(&file, &self.temporary, self.bytes)?;
        fs::rename(&self.temporary, path).map_err(|error| Diagnostic::io("write", path, &error))?;
        sync_folder(above(path))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Sees that so many bytes were written and makes them survive a power cut.
fn settled(file: &File, path: &Path, bytes: u64) -> Result<()> {
    let failed = |error: io::Error| Diagnostic::io("write", path, &error);
    let written = file.metadata().map_err(failed)?.len();
    if written != bytes {
        let message = format!("`{}` has {written} bytes and not {bytes}", path.display());
        return Err(Diagnostic::error("short-write", message).into());
    }
    Ok(file.sync_all().map_err(failed)?)
}

fn write_temporary(folder: &Path, path: &Path, bytes: &[u8]) -> Result<PathBuf> {
    create_folder(folder)?;
    create_folder(above(path))?;
    let name = path.file_name().expect("a file of the lake has a name");
    let temporary = folder.join(name);
    let failed = |error: io::Error| Diagnostic::io("write", &temporary, &error);
    let mut file = File::create(&temporary).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    settled(&file, &temporary, bytes.len() as u64)?;
    Ok(temporary)
}

//! Who may change a lake, a report, the publications? One process at a time, and it says who it is.

use std::fs::{File, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};

use super::files;
use crate::error::{Diagnostic, Result};

/// How often somebody who waits looks whether the folder is free.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What no other process changes meanwhile. Freed by the system when the last copy is dropped or
/// the process dies.
#[derive(Clone, Debug)]
pub struct Hold {
    _signed: Arc<Signed>,
}

/// A locked file that names its holder as long as this lives.
#[derive(Debug)]
struct Signed(File);

impl Drop for Signed {
    fn drop(&mut self) {
        // A name that stays is of a process that nobody waits for.
        let _ = self.0.set_len(0);
    }
}

impl Hold {
    /// Takes what a lock file stands for; its folder is made if it is missing. `what` is its name in messages, `doing` what the
    /// others are told that this process does, `patience` how long to wait for the one before.
    ///
    /// # Errors
    /// `busy` where another process still holds it then; nothing was touched.
    pub fn take(lock: &Path, what: &str, doing: &str, patience: Duration) -> Result<Self> {
        files::create_folder(files::above(lock))?;
        let opened = File::options().create(true).truncate(false).read(true).write(true).open(lock);
        let mut file = opened.map_err(|error| Diagnostic::io("open", lock, &error))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if start.elapsed() < patience => thread::sleep(LOOK_AGAIN),
                Err(TryLockError::WouldBlock) => return Err(busy(what, &holder(lock), patience).into()),
                Err(TryLockError::Error(error)) => return Err(Diagnostic::io("lock", lock, &error).into()),
            }
        }
        sign(&mut file, doing).map_err(|error| Diagnostic::io("write", lock, &error))?;
        Ok(Self { _signed: Arc::new(Signed(file)) })
    }
}

/// What the others are told.
fn sign(file: &mut File, doing: &str) -> std::io::Result<()> {
    let since = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "`{doing}`, process {}, since {since}", std::process::id())
}

/// Who holds it, as far as that process has said; it may be about to.
fn holder(path: &Path) -> String {
    const MOST: u64 = 200;
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut text));
    let line = text.lines().next().unwrap_or_default();
    if read.is_err() || line.is_empty() { "another run".to_owned() } else { format!("another run ({line})") }
}

fn busy(what: &str, holder: &str, patience: Duration) -> Diagnostic {
    let waited = match patience.as_secs() {
        0 => String::new(),
        seconds => format!(" still, after {seconds} s,"),
    };
    let message = format!("{holder}{waited} holds {what}");
    let hint = "wait until it has finished and try again, or give the seconds to wait for it: `--wait 600`";
    Diagnostic::error("busy", message).hint(hint)
}

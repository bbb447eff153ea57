//! What did the last run say of the lake? Only what it said yes to may be published.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Diagnostic, Result};
use crate::lake;
use crate::types::Day;

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The run ended with 0.
    Yes,
    /// It ended with 1.
    No,
}

/// `lake/verdict.json`: what a run said of one version of the lake and one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The version of the lake.
    pub lake_version: u64,
    /// The run that made it.
    pub run: String,
    /// The day that the run stood on.
    pub as_of: String,
    /// Whether its numbers may go out.
    pub says: Answer,
    /// Why not, one phrase each.
    pub reasons: Vec<String>,
}

impl Verdict {
    /// The verdict on one version of a lake: no where there is a reason for it.
    pub fn new(lake_version: u64, run: &str, as_of: Day, reasons: Vec<String>) -> Self {
        let says = if reasons.is_empty() { Answer::Yes } else { Answer::No };
        Self { lake_version, run: run.to_owned(), as_of: as_of.to_string(), says, reasons }
    }

    /// What the last run has left in a lake; none where none has ended since it was taken back.
    ///
    /// # Errors
    /// A file that cannot be read or that no run wrote.
    pub fn read(lake: &Path) -> Result<Option<Self>> {
        let path = path(lake);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Diagnostic::io("read", &path, &error).into()),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Diagnostic::error("verdict", format!("this is no verdict that a run wrote: {error}"))
                .at_line(path, error.line())
                .hint("`trueup run` writes it anew")
                .into()
        })
    }

    /// Leaves it in the lake, whole or not at all; only under the lake's hold.
    ///
    /// # Errors
    /// What the system refused.
    pub fn leave(&self, lake: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).expect("a verdict is plain data");
        lake::place(&lake.join("tmp"), &path(lake), format!("{text}\n").as_bytes())
    }

    /// Takes back what an earlier run said, since a new one is about to look; only under the lake's hold.
    ///
    /// # Errors
    /// What the system refused.
    pub fn take_back(lake: &Path) -> Result<()> {
        lake::remove(&path(lake))
    }

    /// What stands against publishing numbers of this version and day.
    pub(super) fn objection(verdict: Option<&Self>, lake_version: u64, as_of: Day) -> Option<String> {
        let Some(verdict) = verdict else {
            return Some("no `trueup run` has ended on this lake".to_owned());
        };
        if verdict.lake_version != lake_version {
            let (told, now) = (verdict.lake_version, lake_version);
            return Some(format!("the last run judged version {told} of the lake, and now it is version {now}"));
        }
        if verdict.as_of != as_of.to_string() {
            return Some(format!("the last run stood on {}, and these numbers on {as_of}", verdict.as_of));
        }
        let no = verdict.says == Answer::No || !verdict.reasons.is_empty();
        no.then(|| format!("the last run says no ({})", verdict.reasons.join(", ")))
    }
}

fn path(lake: &Path) -> PathBuf {
    lake.join("verdict.json")
}

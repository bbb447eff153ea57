//! Who put what in force, when, and beyond which rails? `publications.csv`, one row per publication.

use std::fs;
use std::io;
use std::path::Path;

use super::plan::Plan;
use super::rails::{Cleared, Rail};
use crate::error::{Diagnostic, Result};
use crate::lake::{Column, Kind, Rows, RowsBuilder};
use crate::types::Timestamp;

/// The file in the folder of publications.
pub(super) const FILE: &str = "publications.csv";

/// A person's word for a publication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// Who gave it.
    pub who: Option<String>,
    /// Why.
    pub why: Option<String>,
}

impl Cleared<'_> {
    /// The rails that a person has overridden.
    pub fn overridden(&self) -> &[Rail] {
        &self.overridden
    }

    /// The table `publications` with the one row that this publication adds.
    pub fn record(&self, published_at: Timestamp, word: &Word) -> Rows {
        let column = |name, kind, nullable| Column { name, kind, nullable };
        let mut table = RowsBuilder::new(
            "publications",
            [
                column("published_at", Kind::Timestamp, false),
                column("version", Kind::Text, false),
                column("run", Kind::Text, false),
                column("as_of", Kind::Day, false),
                column("listings", Kind::Integer, false),
                column("units", Kind::Integer, false),
                column("forced", Kind::Text, true),
                column("who", Kind::Text, true),
                column("why", Kind::Text, true),
            ],
        );
        let Plan { version, run, as_of, feed, .. } = self.plan;
        let forced: Vec<&str> = self.overridden.iter().map(|rail| rail.word()).collect();
        let forced = (!forced.is_empty()).then(|| forced.join(" "));
        table.push([
            published_at.into(),
            version.as_str().into(),
            run.as_str().into(),
            (*as_of).into(),
            (feed.rows().len() as i64).into(),
            feed.units().into(),
            forced.into(),
            word.who.clone().into(),
            word.why.clone().into(),
        ]);
        table.finish()
    }
}

/// The journal of a folder with one more entry: `entry` is a header and a row.
///
/// # Errors
/// A file of that name with another header: what somebody keeps there is not overwritten.
pub(super) fn with(folder: &Path, entry: &[u8]) -> Result<Vec<u8>> {
    let path = folder.join(FILE);
    let mut journal = match fs::read(&path) {
        Ok(journal) if !journal.is_empty() => journal,
        Ok(_) => return Ok(entry.to_vec()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(entry.to_vec()),
        Err(error) => return Err(Diagnostic::io("read", &path, &error).into()),
    };
    let header = entry.iter().position(|byte| *byte == b'\n').map_or(entry.len(), |end| end + 1);
    let (header, row) = entry.split_at(header);
    if !journal.starts_with(header) {
        let message = "this is not the record of publications that trueup keeps";
        let hint = format!("move `{}` away; publishing begins a new one", path.display());
        return Err(Diagnostic::error("publications", message).at_line(path, 1).hint(hint).into());
    }
    if !journal.ends_with(b"\n") {
        journal.push(b'\n');
    }
    journal.extend_from_slice(row);
    Ok(journal)
}

//! Who put what in force, when, and beyond which rails? `publications.csv`, one row per publication, each with a
//! check of itself and the rows before it.

use std::fs;
use std::io;
use std::path::Path;

use super::plan::Plan;
use super::rails::{Cleared, Rail};
use crate::error::{Diagnostic, Result};
use crate::lake::{self, Column, Kind, Rows, RowsBuilder};
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

/// The last column of the record: digits of the SHA-256 of the check before, or of the header, and of the row.
/// Each row vouches for all that stand before it, and whoever changes one is found.
const CHECK: &str = "check";
const CHECK_DIGITS: usize = 16;

/// Sees that the record of publications in a folder is as trueup wrote it; fine where there is none.
///
/// # Errors
/// What the system refused, and the line that somebody changed.
pub fn vouch(folder: &Path) -> Result<()> {
    let path = folder.join(FILE);
    read(&path)?.map_or(Ok(()), |journal| last_check(&path, &journal).map(|_| ()))
}

/// The journal of a folder with one more entry: `entry` is a header and a row.
///
/// # Errors
/// A file of that name with another header, since what somebody keeps there is not overwritten, or with a row
/// that is not as it was written.
pub(super) fn with(folder: &Path, entry: &[u8]) -> Result<Vec<u8>> {
    let path = folder.join(FILE);
    let (header, row) = entry.split_at(entry.iter().position(|byte| *byte == b'\n').unwrap_or(entry.len()));
    let header = [header, b",", CHECK.as_bytes(), b"\n"].concat();
    let mut journal = read(&path)?.unwrap_or_else(|| header.clone());
    if !journal.starts_with(&header) {
        return Err(changed(&path, 1, "this is not the record of publications that trueup keeps").into());
    }
    let before = last_check(&path, &journal)?;
    let row = [row.trim_ascii(), b","].concat();
    if !journal.ends_with(b"\n") {
        journal.push(b'\n');
    }
    journal.extend_from_slice(&row);
    journal.extend_from_slice(check(&before, &row).as_bytes());
    journal.push(b'\n');
    Ok(journal)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(journal) => Ok((!journal.is_empty()).then_some(journal)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Diagnostic::io("read", path, &error).into()),
    }
}

/// What the next row follows: the check of the last row, or the header.
fn last_check(path: &Path, journal: &[u8]) -> Result<Vec<u8>> {
    let records = records(journal);
    let Some(((_, header), rows)) = records.split_first() else { return Ok(Vec::new()) };
    let mut last = header.to_vec();
    for (line, row) in rows {
        let (row, said) = row.split_at(row.len().saturating_sub(CHECK_DIGITS));
        let expected = check(&last, row);
        if said != expected.as_bytes() {
            return Err(changed(path, *line, "a publication's record was changed after it was written").into());
        }
        last = expected.into_bytes();
    }
    Ok(last)
}

/// Every record with its line, as it stands; a reason may go over several lines.
fn records(journal: &[u8]) -> Vec<(usize, &[u8])> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(journal);
    let records = reader.byte_records().map_while(std::result::Result::ok);
    let starts: Vec<(usize, usize)> =
        records.filter_map(|record| record.position().map(|at| (at.line() as usize, at.byte() as usize))).collect();
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([journal.len()]);
    let text = |start: usize, end: usize| journal[start..end].strip_suffix(b"\n").unwrap_or(&journal[start..end]);
    starts.iter().zip(ends).map(|((line, start), end)| (*line, text(*start, end))).collect()
}

fn check(before: &[u8], row: &[u8]) -> String {
    let mut digits = lake::sha256(&[before, b"\n", row].concat());
    digits.truncate(CHECK_DIGITS);
    digits
}

fn changed(path: &Path, line: usize, message: &str) -> Diagnostic {
    let hint = format!("put it back as it was, or move `{}` away: publishing begins a new one", path.display());
    Diagnostic::error("publications", message).at_line(path, line).hint(hint)
}

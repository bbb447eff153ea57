//! What does a file look like that no export knows? Its delimiter, the line of its headers, and
//! some of its rows.

use std::io;
use std::path::Path;

use super::limits;
use super::recognise::Body;
use super::records::{Dialect, Records};
use super::source::{Charset, Content, Source};
use super::workbook;
use crate::error::{Diagnostic, Result};

/// Rows that are looked at.
const ROWS: usize = 200;

/// A table of unknown meaning.
#[derive(Clone, Debug)]
pub(crate) struct Sniffed {
    pub(crate) charset: Charset,
    /// None in a workbook.
    pub(crate) delimiter: Option<u8>,
    /// Counted from 1.
    pub(crate) header_line: u64,
    pub(crate) headers: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Sniffed {
    /// The cells of a column that say something.
    pub(crate) fn column(&self, place: usize) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().filter_map(move |row| row.get(place));
        cells.map(|cell| cell.trim()).filter(|cell| !super::cell::is_null(cell))
    }
}

/// Looks for a table: the line of at least two named columns that the most lines after it agree with.
pub(crate) fn sniff(path: &Path, source: &Source) -> Result<Option<Sniffed>> {
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let bodies = match source.content {
        Content::Text(charset) => vec![Body::File(charset)],
        Content::Workbook => workbook::sheets(path, &source.file)?.into_iter().map(Body::Sheet).collect(),
    };
    let mut best: Option<(usize, Sniffed)> = None;
    for body in &bodies {
        let (charset, delimiters): (Charset, &[u8]) = match body {
            Body::File(charset) => (*charset, b",;\t|"),
            Body::Sheet(_) => (Charset::Utf8, &[workbook::DELIMITER]),
        };
        for delimiter in delimiters {
            let text: Box<dyn io::Read + Send + '_> = match body {
                Body::File(charset) => source.text(*charset).map_err(failed)?,
                Body::Sheet(text) => Box::new(text.as_slice()),
            };
            let lines = cut(text, *delimiter, charset).map_err(failed)?;
            let Some((score, header)) = header(&lines) else { continue };
            if best.as_ref().is_none_or(|(known, _)| score > *known) {
                let in_file = matches!(body, Body::File(_)).then_some(*delimiter);
                best = Some((score, table(&lines, header, charset, in_file)));
            }
        }
    }
    Ok(best.map(|(_, sniffed)| sniffed))
}

type Line = (u64, Vec<String>);

fn cut(text: Box<dyn io::Read + Send + '_>, delimiter: u8, charset: Charset) -> io::Result<Vec<Line>> {
    let mut records = Records::new(text, Dialect { delimiter, quotes: delimiter != workbook::DELIMITER, width: None });
    let mut lines = Vec::new();
    while lines.len() < ROWS + limits::HEADER_LINES {
        let Some(record) = records.read()? else { break };
        if record.fault.is_none() && record.width() <= limits::COLUMNS {
            lines.push((record.line, record.cells().map(|cell| charset.loosely(cell)).collect()));
        }
    }
    Ok(lines)
}

/// The line that names the columns, and how much speaks for it: cells of lines as wide as it is.
fn header(lines: &[Line]) -> Option<(usize, usize)> {
    let candidates = lines.iter().enumerate().take(limits::HEADER_LINES);
    let scored = candidates.filter_map(|(place, (_, cells))| {
        let named = cells.iter().filter(|cell| is_name(cell)).count();
        let all_named = named >= 2 && cells.iter().all(|cell| is_name(cell) || cell.trim().is_empty());
        let alike = lines[place + 1..].iter().filter(|(_, other)| other.len() == cells.len()).count();
        (all_named && alike > 0).then_some((named * alike, place))
    });
    scored.max_by_key(|(score, place)| (*score, std::cmp::Reverse(*place)))
}

/// A name has a letter and is no amount, no date.
fn is_name(cell: &str) -> bool {
    let cell = cell.trim();
    cell.starts_with(char::is_alphabetic) && cell.chars().count() <= 80
}

fn table(lines: &[Line], header: usize, charset: Charset, delimiter: Option<u8>) -> Sniffed {
    let (header_line, headers) = &lines[header];
    let rows = lines[header + 1..].iter().take(ROWS).filter(|(_, cells)| cells.len() == headers.len());
    Sniffed {
        charset,
        delimiter,
        header_line: *header_line,
        headers: headers.iter().map(|header| header.trim_matches(['\u{feff}', ' ', '\t', '\r']).to_owned()).collect(),
        rows: rows.map(|(_, cells)| cells.clone()).collect(),
    }
}

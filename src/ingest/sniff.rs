//! What does a file look like that no export knows? Its delimiter, the line of its headers, and
//! some of its rows.

use std::io;
use std::path::Path;

use super::encoding::Encodings;
use super::limits;
use super::recognise::Body;
use super::records::{Dialect, Records};
use super::second_table::{Headers, SecondTable};
use super::source::{Charset, Content, Source};
use super::workbook;
use crate::config::{ChannelSettings, Settings};
use crate::error::{Diagnostic, Result};

/// Rows that are looked at.
pub(crate) const ROWS: usize = 200;

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
    /// The table that begins below this one; its rows are none of these.
    pub(crate) second: Option<SecondTable>,
}

impl Sniffed {
    /// The cells of a column that say something.
    pub(crate) fn column(&self, place: usize) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().filter_map(move |row| row.get(place));
        cells.map(|cell| cell.trim()).filter(|cell| !super::cell::is_null(cell))
    }
}

/// A file as a table of unknown meaning; none where it is no table. Where somebody says that it is one, its
/// headers may be anything.
pub(crate) fn look(
    path: &Path,
    folder: Option<&ChannelSettings>,
    settings: &Settings,
    is_said: bool,
) -> Result<Option<Sniffed>> {
    let (source, bodies) = opened(path, folder, settings)?;
    let Some((mut sniffed, body)) = sniff(path, &source, &bodies, is_said)? else { return Ok(None) };
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    sniffed.second = second(&sniffed, text(&source, body).map_err(failed)?).map_err(failed)?;
    Ok(Some(sniffed))
}

/// The same of which only the first rows are seen.
pub(crate) fn peek(path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) -> Result<Option<Sniffed>> {
    let (source, bodies) = opened(path, folder, settings)?;
    Ok(sniff(path, &source, &bodies, false)?.map(|(sniffed, _)| sniffed))
}

fn opened(path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) -> Result<(Source, Vec<Body>)> {
    let mut source = Source::open(path)?;
    let encodings = Encodings::of(&source, folder, settings).map_err(|error| Diagnostic::io("read", path, &error))?;
    source.settle_charset(encodings.usual());
    let bodies = match source.content {
        Content::Text(charset) => vec![Body::File(charset)],
        Content::Workbook => workbook::sheets(path, &source.file)?.into_iter().map(Body::Sheet).collect(),
    };
    Ok((source, bodies))
}

/// Looks for a table: the line of at least two named columns that the most lines after it agree with.
fn sniff<'b>(path: &Path, source: &Source, bodies: &'b [Body], is_said: bool) -> Result<Option<(Sniffed, &'b Body)>> {
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let mut best: Option<(usize, Sniffed, &Body)> = None;
    for body in bodies {
        let delimiters: &[u8] = if matches!(body, Body::File(_)) { b",;\t|" } else { &[workbook::DELIMITER] };
        for delimiter in delimiters {
            let lines = cut(text(source, body).map_err(failed)?, *delimiter, charset(body)).map_err(failed)?;
            let first = || is_said.then(|| first(&lines)).flatten();
            let Some((score, header)) = header(&lines).or_else(first) else { continue };
            if best.as_ref().is_none_or(|(known, ..)| score > *known) {
                let in_file = matches!(body, Body::File(_)).then_some(*delimiter);
                best = Some((score, table(&lines, header, charset(body), in_file), body));
            }
        }
    }
    Ok(best.map(|(_, sniffed, body)| (sniffed, body)))
}

fn text<'a>(source: &'a Source, body: &'a Body) -> io::Result<Box<dyn io::Read + Send + 'a>> {
    match body {
        Body::File(charset) => source.text(*charset),
        Body::Sheet(text) => Ok(Box::new(text.as_slice())),
    }
}

fn charset(body: &Body) -> Charset {
    if let Body::File(charset) = body { *charset } else { Charset::Utf8 }
}

fn dialect(delimiter: u8) -> Dialect {
    Dialect { delimiter, quotes: delimiter != workbook::DELIMITER, width: None }
}

/// The first table that begins below the file's own, wherever that is.
fn second(sniffed: &Sniffed, text: Box<dyn io::Read + Send + '_>) -> io::Result<Option<SecondTable>> {
    let headers = Headers::new(sniffed.headers.iter().map(String::as_bytes));
    let mut records = Records::new(text, dialect(sniffed.delimiter.unwrap_or(workbook::DELIMITER)));
    while let Some(record) = records.read()? {
        if record.line > sniffed.header_line
            && record.fault.is_none()
            && let Some(second) = headers.begun_by(&record, None, false)
        {
            return Ok(Some(second));
        }
    }
    Ok(None)
}

type Line = (u64, Vec<String>);

fn cut(text: Box<dyn io::Read + Send + '_>, delimiter: u8, charset: Charset) -> io::Result<Vec<Line>> {
    let mut records = Records::new(text, dialect(delimiter));
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

/// The first line of at least two cells that others agree with, whatever it says.
fn first(lines: &[Line]) -> Option<(usize, usize)> {
    let is_like = |place: usize| lines[place + 1..].iter().any(|(_, other)| other.len() == lines[place].1.len());
    let place = (0..lines.len()).find(|place| lines[*place].1.len() >= 2 && is_like(*place))?;
    Some((lines[place].1.len(), place))
}

/// A name has a letter and is no amount, no date; marks may stand before it, as in `_ProductID` or `# Order`.
fn is_name(cell: &str) -> bool {
    let name = cell.trim().trim_start_matches(['_', '#', '*', '%', '(', '[', '.', '$', '€', '£', '"', '\'']);
    name.trim_start().starts_with(char::is_alphabetic) && cell.trim().chars().count() <= 80
}

fn table(lines: &[Line], header: usize, charset: Charset, delimiter: Option<u8>) -> Sniffed {
    let (header_line, headers) = &lines[header];
    let own = Headers::new(headers.iter().map(String::as_bytes));
    let is_own = |(_, cells): &&Line| own.repeats(cells.iter().map(String::as_bytes), false).is_none();
    let rows = lines[header + 1..].iter().take(ROWS).take_while(is_own);
    let rows = rows.filter(|(_, cells)| cells.len() == headers.len());
    Sniffed {
        charset,
        delimiter,
        header_line: *header_line,
        headers: headers.iter().map(|header| header.trim_matches(['\u{feff}', ' ', '\t', '\r']).to_owned()).collect(),
        rows: rows.map(|(_, cells)| cells.clone()).collect(),
        second: None,
    }
}

//! A CSV file of series.

use std::fs::File;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::super::models::MOST;
use super::unknown::is_unknown;
use super::{COLUMNS, Collector, Reading};
use crate::error::{Diagnostic, Result};

/// What a step is not that is a number among dates, or an hour without an offset among those with one.
pub(super) const UNLIKE: &str =
    "written as in the rows before: all dates or all numbers, all hours with an offset or none";

/// Reads `unique_id, ds, y` and, where they are there, `stockout_hours` and `open_hours`; returns the names
/// of the other columns.
pub(super) fn read(path: &Path, collector: &mut Collector) -> Result<Vec<String>> {
    let file = File::open(path).map_err(|error| Diagnostic::io("read", path, &error))?;
    let mut reader = ReaderBuilder::new().buffer_capacity(1 << 18).from_reader(file);
    let headers = reader.byte_headers().map_err(|error| unreadable(path, &error))?.clone();
    let places = COLUMNS.map(|name| headers.iter().position(|header| header.trim_ascii() == name.as_bytes()));
    let need = |index: usize| places[index].ok_or_else(|| lacking(path, &headers, COLUMNS[index]));
    let columns = Columns { id: need(0)?, ds: need(1)?, y: need(2)?, stockout: places[3], open: places[4] };
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|error| unreadable(path, &error))? {
        let line = record.position().map_or(0, |position| position.line() as usize);
        Line { path, line, record: &record }.take(&columns, collector)?;
    }
    let others = headers.iter().enumerate().filter(|(place, _)| !places.contains(&Some(*place)));
    Ok(others.map(|(place, header)| column_name(place, header)).collect())
}

fn column_name(place: usize, header: &[u8]) -> String {
    match String::from_utf8_lossy(header).trim() {
        "" => format!("column {}", place + 1),
        name => name.to_owned(),
    }
}

/// Where the columns stand in a line.
struct Columns {
    id: usize,
    ds: usize,
    y: usize,
    stockout: Option<usize>,
    open: Option<usize>,
}

/// One line of a file.
struct Line<'a> {
    path: &'a Path,
    line: usize,
    record: &'a ByteRecord,
}

impl<'a> Line<'a> {
    fn take(&self, columns: &Columns, collector: &mut Collector) -> Result<()> {
        let step = self.cell(columns.ds, "ds")?;
        let position = collector.frequency.position(step);
        let position = position.ok_or_else(|| self.bad("ds", step, collector.frequency.example()))?;
        let hours = self.hours(columns.stockout, "stockout_hours")?.unwrap_or(0.0);
        let of = self.hours(columns.open, "open_hours")?.unwrap_or(24.0);
        let out_of_stock = if of > 0.0 { (hours / of).clamp(0.0, 1.0) } else { 0.0 };
        let value = self.number(columns.y, "y")?;
        if value.is_some_and(|value| f64::from(value).abs() > MOST) {
            return Err(self.bad("y", self.cell(columns.y, "y")?, "a number of at most 1e15"));
        }
        if !collector.add(self.cell(columns.id, "unique_id")?, Reading { position, value, out_of_stock }) {
            return Err(self.bad("ds", step, UNLIKE));
        }
        Ok(())
    }

    fn cell(&self, column: usize, name: &str) -> Result<&'a str> {
        let bytes = self.record.get(column).unwrap_or_default().trim_ascii();
        std::str::from_utf8(bytes).map_err(|_| self.bad(name, &String::from_utf8_lossy(bytes), "UTF-8 text"))
    }

    /// A number; `None` where the cell says that nobody knows it.
    fn number(&self, column: usize, name: &str) -> Result<Option<f32>> {
        let text = self.cell(column, name)?;
        match text.parse::<f32>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            // An empty cell may as well have been forgotten.
            _ if !text.is_empty() && is_unknown(text) => Ok(None),
            _ => Err(self.bad(name, text, "a number such as `12.5`, or `NA` where nobody knows it")),
        }
    }

    fn hours(&self, column: Option<usize>, name: &str) -> Result<Option<f32>> {
        column.map_or(Ok(None), |column| self.number(column, name))
    }

    fn bad(&self, column: &str, found: &str, wanted: &str) -> Box<Diagnostic> {
        let message = format!("`{column}` is `{found}` and not {wanted}");
        Box::new(Diagnostic::error("series-cell", message).at_line(self.path, self.line))
    }
}

/// What a file that has none of these columns parts its cells with, if it is no comma.
struct Mark {
    byte: u8,
    name: &'static str,
    /// What makes commas of it; a comma so far is the decimal mark.
    command: &'static str,
}

static MARKS: [Mark; 3] = [
    Mark { byte: b';', name: "semicolons", command: "tr ',;' '.,'" },
    Mark { byte: b'\t', name: "tabs", command: "tr ',\\t' '.,'" },
    Mark { byte: b'|', name: "upright bars", command: "tr ',|' '.,'" },
];

fn other_mark(headers: &ByteRecord) -> Option<&'static Mark> {
    let is_ours = |cell: &[u8]| {
        let name = String::from_utf8_lossy(cell);
        ["unique_id", "ds", "y"].contains(&name.trim_matches(['"', ' ', '\r']))
    };
    let parts = |mark: &&Mark| {
        let mut cells = headers.iter().flat_map(|header| header.split(|byte| *byte == mark.byte));
        headers.iter().any(|header| header.contains(&mark.byte)) && cells.any(is_ours)
    };
    MARKS.iter().find(parts)
}

/// A first line that lacks a column: empty, parted by another mark, or with other names.
fn lacking(path: &Path, headers: &ByteRecord, name: &str) -> Box<Diagnostic> {
    let told = |message: String| Diagnostic::error("series-column", message).at_line(path, 1);
    let columns = "the first line is `unique_id,ds,y`, then a line for each step such as `MUG,2026-02-28,12.5`";
    Box::new(match other_mark(headers) {
        Some(mark) => told(format!("the columns are parted by {}, not by commas", mark.name)).hint(format!(
            "{} < {} > series.csv",
            mark.command,
            in_shell(path)
        )),
        None if headers.is_empty() => told("the file is empty".to_owned()).hint(columns),
        None => told(format!("the file has no column `{name}`")).hint(columns),
    })
}

/// A path as a shell reads it: quoted where it is more than a plain word.
fn in_shell(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+".contains(letter);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

fn unreadable(path: &Path, error: &csv::Error) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("series-csv", format!("cannot read the file as CSV: {error}")).in_file(path))
}

//! A workbook as text: screened while it is still a ZIP, then read cell by cell. Nothing is ever
//! unpacked to disk, and no count that the file states of itself is believed.

mod part;
mod parts;
mod screen;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use calamine::{Data, DataRef, Reader, Xlsx};

use super::limits;
use super::reading::ERROR_CELL;
use crate::error::{Diagnostic, Result, caught};

/// Stands between the cells of a sheet's text; no cell holds it.
pub(crate) const DELIMITER: u8 = 0x1f;

/// A sheet of a workbook.
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// Its cells between [`DELIMITER`]s, a line per row.
    pub(crate) text: Vec<u8>,
}

impl Sheet {
    /// Whether any of its cells says something.
    pub(crate) fn has_rows(&self) -> bool {
        self.text.iter().any(|byte| !matches!(*byte, b'\n' | DELIMITER | b' '))
    }
}

/// The sheets as text, a line per row.
pub(crate) fn sheets(path: &Path, file: &File) -> Result<Vec<Vec<u8>>> {
    Ok(named_sheets(path, file)?.into_iter().map(|sheet| sheet.text).collect())
}

/// The same with their names.
pub(crate) fn named_sheets(path: &Path, file: &File) -> Result<Vec<Sheet>> {
    let copy = || -> Result<BufReader<File>> {
        let failed = |error| Diagnostic::io("read", path, &error);
        let mut file = file.try_clone().map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(BufReader::new(file))
    };
    let bytes = screen::screened(path, copy()?)?;
    // What the screen did not foresee must not end the run.
    let read = || {
        let mut workbook = Xlsx::new(bytes).map_err(|error| damaged(path, &error.to_string()))?;
        let (mut cells, mut left) = (0, limits::WORKBOOK_TEXT_BYTES);
        let mut read = Vec::new();
        for name in workbook.sheet_names() {
            let text = sheet(path, &mut workbook, &name, &mut cells)?;
            left = left.checked_sub(text.len()).ok_or_else(|| too_many_cells(path))?;
            read.push(Sheet { name, text });
        }
        Ok(read)
    };
    caught(read).unwrap_or_else(|| Err(damaged(path, "its cells contradict its own description")))
}

fn refusal(code: &'static str, path: &Path, what: impl Into<String>) -> Box<Diagnostic> {
    Diagnostic::error(code, what).in_file(path).into()
}

fn damaged(path: &Path, why: &str) -> Box<Diagnostic> {
    Diagnostic::error("xlsx-damaged", format!("the workbook cannot be read: {why}"))
        .in_file(path)
        .hint("download it again, or save it as CSV")
        .into()
}

fn sheet<R: Read + Seek>(path: &Path, workbook: &mut Xlsx<R>, name: &str, cells: &mut u64) -> Result<Vec<u8>> {
    let broken = |error: calamine::XlsxError| damaged(path, &error.to_string());
    let mut reader = workbook.worksheet_cells_reader(name).map_err(broken)?;
    let mut text = Vec::new();
    let mut at = (0, 0);
    let mut last = None;
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        *cells += 1;
        if last.replace((row, column)) == Some((row, column)) {
            return Err(damaged(path, "it writes one cell twice"));
        }
        let far = row > 2_000_000 || column as usize > limits::COLUMNS;
        let sparse = row.saturating_sub(at.0) > 100_000;
        if *cells > limits::WORKBOOK_CELLS || far || sparse || (row, column) < at || text.len() > limits::SHEET_BYTES {
            return Err(too_many_cells(path));
        }
        let value = written(cell.get_value());
        if value.is_empty() {
            continue;
        }
        if row > at.0 {
            text.resize(text.len() + (row - at.0) as usize, b'\n');
            at = (row, 0);
        }
        text.resize(text.len() + (column - at.1) as usize, DELIMITER);
        at.1 = column;
        push(&mut text, &value);
    }
    text.push(b'\n');
    squared(&text).ok_or_else(|| too_many_cells(path))
}

fn too_many_cells(path: &Path) -> Box<Diagnostic> {
    refusal("xlsx-too-many-cells", path, "the workbook has cells far from its table, or too many")
}

/// Gives every row the cells of the widest one: a sheet does not store empty cells at a row's end.
/// None where that would be more than a sheet may come to.
fn squared(text: &[u8]) -> Option<Vec<u8>> {
    let count = |row: &[u8]| memchr::memchr_iter(DELIMITER, row).count();
    let rows = || text.split(|byte| *byte == b'\n').filter(|row| !row.is_empty());
    let width = rows().map(count).max().unwrap_or_default();
    let bytes = text.len() + rows().map(|row| width - count(row)).sum::<usize>();
    if bytes > limits::SHEET_BYTES {
        return None;
    }
    let mut square = Vec::with_capacity(bytes);
    for row in text.split_inclusive(|byte| *byte == b'\n') {
        let content = row.strip_suffix(b"\n").unwrap_or(row);
        square.extend_from_slice(content);
        if !content.is_empty() {
            square.resize(square.len() + width - count(content), DELIMITER);
        }
        square.push(b'\n');
    }
    Some(square)
}

/// Line ends and the delimiter inside a cell become spaces: they mean a row and a cell here.
fn push(text: &mut Vec<u8>, value: &str) {
    text.extend(value.bytes().map(|byte| if matches!(byte, b'\n' | b'\r' | DELIMITER) { b' ' } else { byte }));
}

/// A cell as a person would have typed it.
fn written(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => format!("{ERROR_CELL}{error}"),
        DataRef::DateTime(_) => match Data::from(value.clone()) {
            Data::DateTime(at) => moment(&at),
            _ => String::new(),
        },
    }
}

/// A spreadsheet holds 15 digits; what a binary fraction adds after them is not meant.
fn decimal(number: f64) -> String {
    let meant: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    format!("{meant}")
}

fn moment(at: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rust_xlsxwriter::Workbook;
    use zip::ZipArchive;

    use super::*;

    /// Cells at these places, where so many were read before them.
    fn read(places: impl IntoIterator<Item = (u32, u16)>, mut before: u64) -> Result<Vec<u8>, &'static str> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        places.into_iter().for_each(|(row, column)| {
            sheet.write(row, column, 1).unwrap();
        });
        let name = sheet.name();
        let mut read = Xlsx::new(Cursor::new(workbook.save_to_buffer().unwrap())).unwrap();
        super::sheet(Path::new("a.xlsx"), &mut read, &name, &mut before).map_err(|refusal| refusal.code)
    }

    #[test]
    fn a_workbook_has_only_so_many_cells() {
        let three = [(0, 0), (0, 1), (1, 0)];
        assert_eq!(read(three, limits::WORKBOOK_CELLS - 3).unwrap(), b"1\x1f1\n1\x1f\n");
        assert_eq!(read(three, limits::WORKBOOK_CELLS - 2), Err("xlsx-too-many-cells"));
        assert!(read([(0, limits::COLUMNS as u16)], 0).is_ok());
        assert_eq!(read([(0, limits::COLUMNS as u16 + 1)], 0), Err("xlsx-too-many-cells"));
    }

    #[test]
    fn a_cell_that_is_written_twice_is_no_number() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write(0, 0, 1).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(workbook.save_to_buffer().unwrap())).unwrap();
        let mut twice = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).unwrap();
            let mut text = String::new();
            let name = entry.name().unwrap().to_string();
            entry.read_to_string(&mut text).unwrap();
            let cell = "<c r=\"A1\"><v>1</v></c>";
            twice.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut twice, text.replace(cell, &cell.repeat(2)).as_bytes()).unwrap();
        }
        let mut read = Xlsx::new(twice.finish().unwrap()).unwrap();
        let refused = super::sheet(Path::new("a.xlsx"), &mut read, "Sheet1", &mut 0).unwrap_err();
        assert_eq!(refused.code, "xlsx-damaged");
    }

    #[test]
    fn empty_cells_are_no_way_to_fill_the_memory() {
        let rows = (limits::SHEET_BYTES / limits::COLUMNS) as u32;
        let last = limits::COLUMNS as u16;
        let far_right = (0..=rows).map(|row| (row, last));
        assert_eq!(read(far_right, 0), Err("xlsx-too-many-cells"), "before each cell there are empty ones");
        let one_is_wide = (0..=rows).map(|row| (row, 0)).chain([(rows + 1, last)]);
        assert_eq!(read(one_is_wide, 0), Err("xlsx-too-many-cells"), "rows are as wide as the widest");
    }
}

//! How are rows of text written? Cell by cell, quoted only where the layout does.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Diagnostic, Result};
use crate::sample::clock;
use crate::types::{Day, Month};

/// How cells are separated and numbers written.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    separator: char,
    quotes: bool,
    decimal: char,
    start: &'static str,
}

impl Style {
    /// Comma-separated, minimal quotes.
    pub(crate) const CSV: Self = Self { separator: ',', quotes: true, decimal: '.', start: "" };
    /// The same after a byte order mark.
    pub(crate) const CSV_WITH_MARK: Self = Self { start: "\u{feff}", ..Self::CSV };
    /// Tabs, never quotes.
    pub(crate) const TABS: Self = Self { separator: '\t', quotes: false, ..Self::CSV };
    /// Semicolons and decimal commas.
    pub(crate) const SEMICOLONS: Self = Self { separator: ';', decimal: ',', ..Self::CSV };
}

/// One file that is being written, row after row.
pub(crate) struct Sheet {
    path: PathBuf,
    file: BufWriter<File>,
    style: Style,
    line: String,
    cells: usize,
}

impl Sheet {
    /// Creates the file and its folders and writes the header.
    pub(crate) fn create(path: PathBuf, style: Style, header: &[&str]) -> Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Diagnostic::io("create", folder, &error))?;
        }
        let file = File::create(&path).map_err(|error| Diagnostic::io("write", &path, &error))?;
        let file = BufWriter::with_capacity(1 << 16, file);
        let mut sheet = Self { path, file, style, line: style.start.to_owned(), cells: 0 };
        for name in header {
            sheet.text(name);
        }
        sheet.end()?;
        Ok(sheet)
    }

    fn next(&mut self) {
        if self.cells > 0 {
            self.line.push(self.style.separator);
        }
        self.cells += 1;
    }

    /// A cell of text, quoted where it must be.
    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.next();
        let special = |letter: char| letter == self.style.separator || matches!(letter, '"' | '\n' | '\r');
        if self.style.quotes && value.contains(special) {
            self.line.push('"');
            self.line.push_str(&value.replace('"', "\"\""));
            self.line.push('"');
        } else {
            self.line.push_str(value);
        }
        self
    }

    /// A cell exactly as it stands, such as a stray `""`.
    pub(crate) fn raw(&mut self, value: &str) -> &mut Self {
        self.next();
        self.line.push_str(value);
        self
    }

    /// So many empty cells.
    pub(crate) fn empty(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            self.next();
        }
        self
    }

    pub(crate) fn integer(&mut self, value: i64) -> &mut Self {
        self.next();
        let _ = write!(self.line, "{value}");
        self
    }

    /// An amount in cents with two decimals.
    pub(crate) fn cents(&mut self, value: i64) -> &mut Self {
        self.next();
        push_cents(&mut self.line, value, self.style.decimal);
        self
    }

    /// An amount, or nothing.
    pub(crate) fn maybe_cents(&mut self, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.cents(value),
            None => self.empty(1),
        }
    }

    /// A cell that `write` fills.
    pub(crate) fn with(&mut self, write: impl FnOnce(&mut String)) -> &mut Self {
        self.next();
        write(&mut self.line);
        self
    }

    /// An instant as `2026-02-28T06:15:00Z`.
    pub(crate) fn instant(&mut self, instant: i64) -> &mut Self {
        self.with(|line| clock::iso(line, instant))
    }

    pub(crate) fn day(&mut self, day: Day) -> &mut Self {
        self.with(|line| clock::day(line, day))
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) -> Result<()> {
        self.line.push('\n');
        self.cells = 0;
        self.file.write_all(self.line.as_bytes()).map_err(|error| Diagnostic::io("write", &self.path, &error))?;
        self.line.clear();
        Ok(())
    }

    /// Everything is on its way to the disk, or why not.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.file.flush().map_err(|error| Box::new(Diagnostic::io("write", &self.path, &error)))
    }
}

/// `-12.05`
pub(crate) fn push_cents(text: &mut String, value: i64, decimal: char) {
    let sign = if value < 0 { "-" } else { "" };
    let _ = write!(text, "{sign}{}{decimal}{:02}", value.abs() / 100, value.abs() % 100);
}

/// A table in one file per month: `stock_movements_2026-02.csv`.
pub(crate) struct Monthly {
    folder: PathBuf,
    table: &'static str,
    header: &'static [&'static str],
    open: Option<(Month, Sheet)>,
}

impl Monthly {
    pub(crate) fn new(folder: &Path, table: &'static str, header: &'static [&'static str]) -> Self {
        Self { folder: folder.to_owned(), table, header, open: None }
    }

    /// The sheet of this day's month; months come in order.
    pub(crate) fn at(&mut self, day: Day) -> Result<&mut Sheet> {
        let month = day.month();
        if self.open.as_ref().is_none_or(|(open, _)| *open < month) {
            if let Some((_, done)) = self.open.take() {
                done.finish()?;
            }
            let path = self.folder.join(format!("{}_{month}.csv", self.table));
            self.open = Some((month, Sheet::create(path, Style::CSV, self.header)?));
        }
        Ok(&mut self.open.as_mut().expect("opened above").1)
    }

    pub(crate) fn finish(self) -> Result<()> {
        self.open.map_or(Ok(()), |(_, sheet)| sheet.finish())
    }
}

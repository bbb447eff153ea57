//! Which mistakes do real exports hold? Each is planted once into a shop that was written, and
//! listed with what trueup should say of it.

mod files;
mod money;
mod stock;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Diagnostic, Result};

/// A mistake that was planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, under the shop's folder.
    pub file: String,
    /// What is wrong.
    pub what: String,
    /// What trueup should say or do.
    pub expected: &'static str,
}

/// Plants every fault into a shop with the first four channels and at least 100 days, ending on
/// 2026-02-28. None of them changes what is true of stock, drift or losing articles.
///
/// # Errors
/// Where a file of the shop is missing or cannot be written.
pub fn plant(folder: &Path) -> Result<Vec<Fault>> {
    let mut shop = Shop { exports: folder.join("exports"), faults: Vec::new() };
    shop.spreadsheet_orders()?;
    shop.older_download()?;
    shop.renamed_copy()?;
    shop.unknown_file()?;
    shop.tiktok_rows()?;
    shop.twin_fees()?;
    shop.unsettled_order()?;
    shop.german_settlement()?;
    shop.unmapped_listing()?;
    shop.odd_returns()?;
    shop.missing_cost()?;
    shop.unsigned_override()?;
    shop.restocked_twice()?;
    Ok(shop.faults)
}

struct Shop {
    exports: PathBuf,
    faults: Vec<Fault>,
}

/// A file as rows of cells, header included.
type Cells = Vec<Vec<String>>;

impl Shop {
    fn note(&mut self, file: &str, what: impl Into<String>, expected: &'static str) {
        self.faults.push(Fault { file: format!("exports/{file}"), what: what.into(), expected });
    }

    fn read(&self, file: &str) -> Result<String> {
        let path = self.exports.join(file);
        fs::read_to_string(&path).map_err(|error| Box::new(Diagnostic::io("read", &path, &error)))
    }

    fn write(&self, file: &str, text: &str) -> Result<()> {
        let path = self.exports.join(file);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        made.map_err(|error| Box::new(Diagnostic::io("write", &path, &error)))
    }

    fn append(&self, file: &str, text: &str) -> Result<()> {
        let whole = self.read(file)? + text;
        self.write(file, &whole)
    }

    /// The files of a folder whose names start so, sorted.
    fn files(&self, folder: &str, start: &str) -> Result<Vec<String>> {
        let path = self.exports.join(folder);
        let listed = fs::read_dir(&path).map_err(|error| Diagnostic::io("list", &path, &error))?;
        let mut names: Vec<String> = listed
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(start))
            .map(|name| format!("{folder}/{name}"))
            .collect();
        names.sort();
        if names.is_empty() {
            let message = format!("no file `{start}…` in `{}`", path.display());
            return Err(Box::new(Diagnostic::error("sample-faults", message)));
        }
        Ok(names)
    }

    fn last_file(&self, folder: &str, start: &str) -> Result<String> {
        Ok(self.files(folder, start)?.pop().unwrap_or_default())
    }
}

fn parse(text: &str) -> Cells {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().filter_map(Result::ok).map(|row| row.iter().map(str::to_owned).collect()).collect()
}

fn unparse(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        for (place, cell) in row.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            if cell.contains([',', '"', '\n']) {
                let _ = write!(text, "\"{}\"", cell.replace('"', "\"\""));
            } else {
                text.push_str(cell);
            }
        }
        text.push('\n');
    }
    text
}

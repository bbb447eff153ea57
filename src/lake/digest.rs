//! What does the lake say, however it came to say it? A hash of its rows without their origin.

use sha2::{Digest, Sha256};

use super::files::hexadecimal;
use super::merge::{sortable, split_columns};
use super::snapshot::Snapshot;
use super::tables::TABLES;
use crate::error::Result;

impl Snapshot {
    /// A hash of every row of every table and its history, without `source_file`, `source_line` and
    /// `run`: equal for two lakes that hold the same facts, whatever files brought them, in
    /// whatever order and in how many runs.
    ///
    /// # Errors
    /// A damaged file.
    pub fn digest(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for table in TABLES {
            for name in [table.name.to_owned(), format!("{}_history", table.name)] {
                hash.update(format!("{name}\n"));
                for file in self.files(&name) {
                    let batch = self.read_file(file)?;
                    let (keys, contents) = split_columns(table);
                    let rows = sortable(&batch, &[keys, contents].concat())?;
                    let mut rows: Vec<_> = rows.iter().collect();
                    rows.sort();
                    for row in rows {
                        hash.update((row.data().len() as u64).to_le_bytes());
                        hash.update(row.data());
                    }
                }
            }
        }
        Ok(hexadecimal(&hash.finalize()))
    }
}

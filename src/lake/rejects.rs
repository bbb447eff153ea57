//! What could not be read? Rejected rows are data: kept per source file, as a table and as a CSV.

use std::collections::BTreeSet;

use arrow::array::RecordBatch;

use super::rows::{Cell, Rows, RowsBuilder};
use super::tables::{Column, Kind, Merge, Table};
use crate::error::{Diagnostic, Result};

/// One row, or a part of a file, that was refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// The file under `exports/`.
    pub source_file: String,
    /// Its line, counted from 1.
    pub source_line: i64,
    /// The header of the column at fault, if one is.
    pub column: Option<String>,
    /// A stable word: `bad_money`, `conflicting_duplicate`.
    pub code: String,
    /// What is wrong, for a person.
    pub reason: String,
    /// The row or cell as it stands in the file.
    pub text: Option<String>,
}

/// The file under the lake's folder that shows the rejects to people.
pub(crate) const CSV: &str = "rejects.csv";

/// The rejects as a table: what queries read as `rejects`.
pub static REJECTS: Table = Table {
    name: "rejects",
    key: &["source_file", "source_line"],
    columns: &[
        Column { name: "column", kind: Kind::Text, nullable: true },
        Column { name: "code", kind: Kind::Text, nullable: false },
        Column { name: "reason", kind: Kind::Text, nullable: false },
        Column { name: "text", kind: Kind::Text, nullable: true },
    ],
    month_by: None,
    merge: Merge::NewestState,
    named_by_content: None,
};

/// The rejects known so far without those of the files in `read`, and with `new`.
pub(crate) fn merged(before: &Rows, read: &BTreeSet<&str>, run: &str, new: Vec<Reject>) -> Result<Rows> {
    let mut all = from_rows(before)?;
    all.retain(|(reject, _)| !read.contains(reject.source_file.as_str()));
    all.extend(new.into_iter().map(|reject| (reject, run.to_owned())));
    all.sort();
    all.dedup_by(|one, other| one.0 == other.0);
    let mut builder = RowsBuilder::new(REJECTS.name, REJECTS.all_columns());
    for (reject, run) in all {
        builder.push([
            Cell::from(reject.column),
            reject.code.into(),
            reject.reason.into(),
            reject.text.into(),
            reject.source_file.into(),
            reject.source_line.into(),
            run.into(),
        ]);
    }
    Ok(builder.finish())
}

/// The rejects as `rejects.csv`. Text that a spreadsheet would take for a formula is led by an
/// apostrophe.
pub(crate) fn csv(rejects: &Rows) -> Result<Vec<u8>> {
    let failed = |error: csv::Error| Diagnostic::error("csv", format!("cannot write `rejects.csv`: {error}"));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["source_file", "source_line", "column", "code", "reason", "text"]).map_err(failed)?;
    for (reject, _) in from_rows(rejects)? {
        writer
            .write_record([
                guarded(&reject.source_file),
                reject.source_line.to_string(),
                guarded(reject.column.as_deref().unwrap_or("")),
                reject.code,
                guarded(&reject.reason),
                guarded(reject.text.as_deref().unwrap_or("")),
            ])
            .map_err(failed)?;
    }
    writer.into_inner().map_err(|error| failed(error.into_error().into()).into())
}

fn guarded(text: &str) -> String {
    const STARTS: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];
    if text.starts_with(STARTS) { format!("'{text}") } else { text.to_owned() }
}

fn from_rows(rows: &Rows) -> Result<Vec<(Reject, String)>> {
    let (column, code, reason, text) =
        (rows.text("column")?, rows.text("code")?, rows.text("reason")?, rows.text("text")?);
    let (file, line, run) = (rows.text("source_file")?, rows.integer("source_line")?, rows.text("run")?);
    let known = |value: Option<&str>| value.unwrap_or_default().to_owned();
    Ok((0..rows.len())
        .map(|row| {
            let reject = Reject {
                source_file: known(file.get(row)),
                source_line: line.get(row).unwrap_or_default(),
                column: column.get(row).map(str::to_owned),
                code: known(code.get(row)),
                reason: known(reason.get(row)),
                text: text.get(row).map(str::to_owned),
            };
            (reject, known(run.get(row)))
        })
        .collect())
}

/// No rejects.
pub(crate) fn none() -> Rows {
    Rows::new(REJECTS.name, RecordBatch::new_empty(REJECTS.schema()))
}

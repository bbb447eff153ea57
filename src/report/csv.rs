//! How does a sheet look to a spreadsheet and to a program? Sheets in, bytes of CSV or Parquet out.
//!
//! UTF-8, LF, a header, ISO dates, decimal points, no thousands separators; an empty cell is
//! unknown. The same rows give the same bytes.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::sheet::{self, Value};
use crate::error::{Diagnostic, Result};
use crate::lake::Rows;
use crate::types::Rate;

/// Who opens the file. Tables of the report, of `publish` and of `query` are for people; the published
/// feed and the tables of `trueup forecast` for programs. A program that reads a table of the report
/// takes the Parquet beside it or the columns of numbers, which are never guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A person with a spreadsheet: text that a spreadsheet would run as a formula gets a leading
    /// `'` (OWASP ASVS 5, 1.2.10). Numbers stay numbers.
    Person,
    /// A program: the exact text, since a guarded SKU is another SKU.
    Program,
}

/// The sheet as CSV.
///
/// # Errors
/// If a column is of a type that no sheet has.
pub fn write(rows: &Rows, reader: Reader) -> Result<Vec<u8>> {
    let batch = rows.batch();
    let schema = batch.schema();
    check_types(rows)?;
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut write = |cells: &[String]| writer.write_record(cells).expect("a buffer takes every record");
    let header: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    write(&header);
    let mut cells = vec![String::new(); header.len()];
    for row in 0..batch.num_rows() {
        for (cell, array) in cells.iter_mut().zip(batch.columns()) {
            cell.clear();
            push(cell, sheet::value(array.as_ref(), row).unwrap_or(Value::Unknown), reader);
        }
        write(&cells);
    }
    Ok(writer.into_inner().expect("a buffer flushes"))
}

/// The sheet as Parquet: one row group per million rows, zstd, the columns' own types.
///
/// # Errors
/// If the Parquet writer refuses the sheet.
pub fn write_parquet(rows: &Rows) -> Result<Vec<u8>> {
    let refused = |error: parquet::errors::ParquetError| {
        Diagnostic::error("parquet", format!("cannot write `{}` as Parquet: {error}", rows.name()))
    };
    let properties = WriterProperties::builder()
        .set_created_by("trueup".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, rows.batch().schema(), Some(properties)).map_err(refused)?;
    writer.write(rows.batch()).map_err(refused)?;
    writer.close().map_err(refused)?;
    Ok(bytes)
}

fn check_types(rows: &Rows) -> Result<()> {
    let schema: Arc<Schema> = rows.batch().schema();
    match schema.fields().iter().find(|field| !is_known(field)) {
        None => Ok(()),
        Some(field) => {
            let message = format!("column `{}` of `{}` is {}", field.name(), rows.name(), field.data_type());
            Err(Diagnostic::error("column-type", message).into())
        }
    }
}

fn is_known(field: &Field) -> bool {
    use arrow::datatypes::TimeUnit::Microsecond;
    matches!(
        field.data_type(),
        DataType::Utf8
            | DataType::Int64
            | DataType::Decimal128(_, 4 | 6)
            | DataType::Date32
            | DataType::Timestamp(Microsecond, _)
            | DataType::Float64
            | DataType::Boolean
    )
}

fn push(cell: &mut String, value: Value<'_>, reader: Reader) {
    let written = match value {
        Value::Unknown => Ok(()),
        Value::Text(text) => {
            if reader == Reader::Person && needs_guard(text) {
                cell.push('\'');
            }
            cell.push_str(text);
            Ok(())
        }
        Value::Integer(value) => write!(cell, "{value}"),
        Value::Money(value) => write!(cell, "{value}"),
        Value::Rate(value) => {
            cell.push_str(&fraction(value));
            Ok(())
        }
        Value::Day(value) => write!(cell, "{value}"),
        Value::Timestamp(value) => write!(cell, "{value}"),
        Value::Real(value) => {
            cell.push_str(&real(value));
            Ok(())
        }
        Value::Flag(value) => write!(cell, "{value}"),
    };
    written.expect("a string takes every character");
}

/// A rate as a fraction: `0.0525`, four digits or six where the last two are not zero.
fn fraction(rate: Rate) -> String {
    let millionths = rate.millionths();
    let (sign, magnitude) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
    let (whole, rest) = (magnitude / 1_000_000, magnitude % 1_000_000);
    if rest % 100 == 0 { format!("{sign}{whole}.{:04}", rest / 100) } else { format!("{sign}{whole}.{rest:06}") }
}

/// A measurement with four digits, trailing zeros cut down to one: `1.9`, `42.0`, `0.0625`.
fn real(value: f64) -> String {
    let text = short(value).unwrap_or_else(|| format!("{value:.4}"));
    let trimmed = text.trim_end_matches('0');
    let text = if trimmed.ends_with('.') { format!("{trimmed}0") } else { trimmed.to_owned() };
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// The four digits of a number that is itself the nearest to one of so many, as most in a sheet are: the
/// general way is slowest on just these.
fn short(value: f64) -> Option<String> {
    let scaled = value * 10_000.0;
    if value.abs() > 1e9 || scaled.fract() != 0.0 || scaled / 10_000.0 != value {
        return None;
    }
    let digits = scaled as i64;
    let sign = if digits < 0 { "-" } else { "" };
    let (whole, rest) = (digits.unsigned_abs() / 10_000, digits.unsigned_abs() % 10_000);
    Some(format!("{sign}{whole}.{rest:04}"))
}

/// True where a spreadsheet would read a formula, and where a text only looks as if it had been
/// guarded, so that taking the guard off gives back every text.
fn needs_guard(text: &str) -> bool {
    let unguarded = text.trim_start_matches('\'');
    let visible = unguarded.trim_start_matches([' ', '"', '\u{feff}']);
    visible.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn guarded(text: &str) -> String {
        let mut cell = String::new();
        push(&mut cell, Value::Text(text), Reader::Person);
        cell
    }

    proptest! {
        #[test]
        fn guard_can_be_taken_off(text in "['=+ \"a-]{0,6}") {
            let cell = guarded(&text);
            let back = cell.strip_prefix('\'').filter(|rest| needs_guard(rest)).unwrap_or(&cell);
            prop_assert_eq!(back, &text);
        }
    }

    #[test]
    fn guard_leaves_harmless_text_alone() {
        for text in ["MUG-BLUE", "'Til dawn", "(unallocated)", "*", "5 - 3", ""] {
            assert_eq!(guarded(text), text);
        }
        for text in ["=1+1", "+44", "-5", "@x", "\t=1", "  =1", "\"=1", "＝1", "\u{feff}=1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
    }

    proptest! {
        #[test]
        fn short_numbers_are_written_as_all_are(digits in -20_000_000_000_000i64..20_000_000_000_000, any in any::<f64>()) {
            for value in [digits as f64 / 10_000.0, digits as f64, any] {
                // Minus nothing loses its sign later.
                let text = short(value).filter(|_| value != 0.0);
                let long = format!("{:.4}", value);
                prop_assert_eq!(text.as_ref().unwrap_or(&long), &long);
            }
        }
    }

    #[test]
    fn numbers_keep_a_fixed_form() {
        assert_eq!(fraction(Rate::from_millionths(52_500)), "0.0525");
        assert_eq!(fraction(Rate::from_millionths(-1)), "-0.000001");
        assert_eq!(fraction(Rate::from_millionths(1_000_000)), "1.0000");
        assert_eq!([1.9, 42.0, -0.00001, 0.06254].map(real), ["1.9", "42.0", "0.0", "0.0625"]);
    }
}

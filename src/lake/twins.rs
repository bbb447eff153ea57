//! Lines that say the same and are still two: three equal fees are three fees. An export's reader names
//! such a line by what it says, and here it gets its number: the how-manieth of its kind it is in its
//! file. So a file of any size needs no memory for it, and two files that overlap agree on the names.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringBuilder};
use arrow::datatypes::Int64Type;
use twox_hash::XxHash3_64;

use super::tables::Table;
use crate::error::Result;

/// Hexadecimal digits that tell what a line says. Two lines of one order that say different things
/// under the same digits would be numbered as twins are, and stay two.
const DIGITS: usize = 16;

/// The name, still without its number, of a line that says this; names with one `prefix` lie together.
pub(crate) fn name(prefix: &str, content: &[&[u8]]) -> String {
    let mut said = Vec::with_capacity(256);
    for part in content {
        said.extend_from_slice(part);
        said.push(0);
    }
    let mut name = String::with_capacity(prefix.len() + DIGITS + 2);
    // A prefix that looks like such a name itself would be cut where it ends.
    if !memchr::memchr_iter(b'.', prefix.as_bytes()).any(|dot| prefix.len() > dot + DIGITS) {
        name.push_str(prefix);
    }
    name.push('.');
    for byte in XxHash3_64::oneshot(&said).to_be_bytes() {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    name.push('-');
    name
}

/// The column whose names may lack their number.
pub(crate) fn column(table: &Table) -> Option<&'static str> {
    table.named_by_content
}

/// The name without its number; none where it is another name.
fn base(name: &str) -> Option<&str> {
    let is_digit = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let bytes = name.as_bytes();
    let mut ends = memchr::memchr_iter(b'-', bytes);
    let end = ends.find(|end| {
        *end > DIGITS && bytes[end - DIGITS - 1] == b'.' && bytes[end - DIGITS..*end].iter().all(is_digit)
    })?;
    Some(&name[..=end])
}

/// The batch with all names of this column without their numbers. Cutting what follows keeps the
/// order of names, so sorted rows stay sorted.
pub(crate) fn together(batch: &RecordBatch, column: &str) -> RecordBatch {
    let names = batch.column_by_name(column).expect("the schema was checked").as_string::<i32>();
    if names.iter().flatten().all(|name| base(name).is_none_or(|base| base.len() == name.len())) {
        return batch.clone();
    }
    let mut bases = StringBuilder::with_capacity(names.len(), names.value_data().len());
    names.iter().for_each(|name| bases.append_option(name.map(|name| base(name).unwrap_or(name))));
    with_column(batch, column, Arc::new(bases.finish()))
}

/// New rows, in the order of keys, with a number on each name that lacks one: counted in each file by
/// the line.
pub(crate) fn numbered(table: &Table, rows: RecordBatch) -> Result<RecordBatch> {
    let Some(column) = column(table) else { return Ok(rows) };
    let text = |name: &str| rows.column_by_name(name).expect("the schema was checked").as_string::<i32>();
    let (names, files) = (text(column), text("source_file"));
    let bare = |row: usize| base(names.value(row)).is_some_and(|base| base.len() == names.value(row).len());
    if !(0..rows.num_rows()).any(bare) {
        return Ok(rows);
    }
    let lines = rows.column_by_name("source_line").expect("the schema was checked").as_primitive::<Int64Type>();
    let keys = super::merge::sortable(&rows, table.key)?;
    let mut numbers = vec![0; rows.num_rows()];
    let mut order: Vec<usize> = (0..rows.num_rows()).filter(|row| bare(*row)).collect();
    let place = |row: usize| (keys.row(row), files.value(row), lines.value(row));
    order.sort_by(|one, other| place(*one).cmp(&place(*other)));
    let mut last: Option<usize> = None;
    for row in order {
        let twin = last.filter(|last| keys.row(*last) == keys.row(row) && files.value(*last) == files.value(row));
        numbers[row] = twin.map_or(1, |last| numbers[last] + 1);
        last = Some(row);
    }
    let mut full = StringBuilder::with_capacity(names.len(), names.value_data().len() + 2 * names.len());
    for (row, number) in numbers.into_iter().enumerate() {
        match number {
            0 => full.append_value(names.value(row)),
            1 => full.append_value([names.value(row), "1"].concat()),
            _ => full.append_value(format!("{}{number}", names.value(row))),
        }
    }
    let full: ArrayRef = Arc::new(full.finish());
    Ok(with_column(&rows, column, full))
}

fn with_column(batch: &RecordBatch, column: &str, array: ArrayRef) -> RecordBatch {
    let schema = batch.schema();
    let place = schema.index_of(column).expect("the schema was checked");
    let mut columns = batch.columns().to_vec();
    columns[place] = array;
    RecordBatch::try_new(schema, columns).expect("a text column for a text column of the same length")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::{Cell, Kind, RowsBuilder, TABLES};
    use crate::types::{Day, Timestamp};

    #[test]
    fn a_name_is_cut_before_its_number() {
        let named = name("112-7-1", &[b"fee", b"-3.10"]);
        assert_eq!(base(&named), Some(named.as_str()));
        assert_eq!(base(&format!("{named}12")), Some(named.as_str()));
        let odd = name("x.0000000000000000-1", &[b"fee"]);
        assert_eq!(base(&odd), Some(odd.as_str()), "an order may be called anything");
        assert_eq!(base("112-0000001-0000001"), None);
        assert_eq!(base("A-1"), None);
    }

    #[test]
    fn only_texts_of_keys_are_made() {
        for table in TABLES {
            let Some(column) = column(table) else { continue };
            assert!(table.key.contains(&column), "{}", table.name);
            assert!(
                table.columns.iter().any(|known| known.name == column && known.kind == Kind::Text),
                "{}",
                table.name
            );
        }
    }

    /// Rows may come in any order: their lines tell which twin is the first, in each file by itself.
    #[test]
    fn twins_are_numbered_by_file_and_line() {
        let table = Table::named("stock_movements").unwrap();
        let (sold, other) = (name("MUG", &[b"sold"]), name("MUG", &[b"other"]));
        let mut rows = RowsBuilder::new(table.name, table.all_columns());
        let given = "MUG.0123456789abcdef-4";
        for (name, file, line) in [
            (sold.as_str(), "a.csv", 9),
            (sold.as_str(), "b.csv", 2),
            (other.as_str(), "a.csv", 4),
            (sold.as_str(), "a.csv", 3),
            (given, "a.csv", 5),
            (sold.as_str(), "b.csv", 1),
        ] {
            rows.push(table.all_columns().map(|column| match (column.name, column.kind) {
                ("movement_id", _) => Cell::from(name),
                ("source_file", _) => Cell::from(file),
                ("source_line", _) => Cell::Integer(line),
                (_, Kind::Timestamp) => Cell::Timestamp(Timestamp::from_seconds(0)),
                (_, Kind::Day) => Cell::Day(Day::from_days(0)),
                (_, Kind::Integer) => Cell::Integer(-1),
                (name, _) => Cell::from(name),
            }));
        }
        let rows = numbered(table, rows.finish().batch().clone()).unwrap();
        let names = rows.column_by_name("movement_id").unwrap().as_string::<i32>();
        let numbers: Vec<&str> = names.iter().map(|name| name.unwrap().rsplit('-').next().unwrap()).collect();
        assert_eq!(numbers, ["2", "2", "1", "1", "4", "1"]);
        assert_eq!(names.value(4), given, "what a file gives is a name already");
    }
}

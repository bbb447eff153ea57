//! Lines that say the same and are still two: three equal fees are three fees. An export's reader names
//! such a line by what it says, and here it gets its number: the how-manieth of its kind it is in its
//! file. So a file of any size needs no memory for it, and two files that overlap agree on the names.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StringBuilder};
use arrow::datatypes::Int64Type;
use twox_hash::XxHash3_64;

use super::tables::Table;
use crate::error::Result;

/// Hexadecimal digits that tell what a line says. Two lines of one order that say different things
/// under the same digits would be numbered as twins are, and stay two.
const DIGITS: usize = 16;

/// The name, still without its number, of a line that says this; names with one `prefix` lie together.
pub(crate) fn name(prefix: &str, content: &[&[u8]]) -> String {
    let hash = hash_of(content);
    let mut name = String::with_capacity(prefix.len() + DIGITS + 2);
    // A prefix that looks like such a name itself would be cut where it ends.
    if !memchr::memchr_iter(b'.', prefix.as_bytes()).any(|dot| prefix.len() > dot + DIGITS) {
        name.push_str(prefix);
    }
    name.push('.');
    for byte in hash.to_be_bytes() {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    name.push('-');
    name
}

fn hash_of(content: &[&[u8]]) -> u64 {
    // A line says little: it fits where it costs no memory of its own.
    let mut little = [0; 384];
    let length = content.iter().map(|part| part.len() + 1).sum::<usize>();
    let mut much = Vec::new();
    let said = if length <= little.len() {
        &mut little[..length]
    } else {
        much.resize(length, 0);
        &mut much
    };
    let mut at = 0;
    for part in content {
        said[at..at + part.len()].copy_from_slice(part);
        at += part.len() + 1;
    }
    XxHash3_64::oneshot(said)
}

/// The column whose names may lack their number.
pub(crate) fn column(table: &Table) -> Option<&'static str> {
    table.named_by_content
}

/// The name without its number; none where it is another name.
fn base(name: &str) -> Option<&str> {
    let bytes = name.as_bytes();
    let mut ends = memchr::memchr_iter(b'-', bytes);
    let end = ends.find(|end| {
        *end > DIGITS && bytes[end - DIGITS - 1] == b'.' && bytes[end - DIGITS..*end].iter().all(is_digit)
    })?;
    Some(&name[..=end])
}

/// Whether an export's reader made a name of what a line says: there is nothing in it to read.
pub(crate) fn is_made(name: &str) -> bool {
    base(name).is_some()
}

/// Whether a name still lacks its number.
fn is_bare(name: &str) -> bool {
    let Some(start) = name.strip_suffix('-').and_then(|start| start.len().checked_sub(DIGITS + 1)) else {
        return false;
    };
    // Most prefixes have no dot, and then only the end can be that of a name.
    let (prefix, end) = name.as_bytes().split_at(start);
    let is_name = end[0] == b'.' && end[1..=DIGITS].iter().all(is_digit);
    is_name && (memchr::memchr(b'.', prefix).is_none() || base(name).is_some_and(|base| base.len() == name.len()))
}

fn is_digit(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// The batch with all names of this column without their numbers. Cutting what follows keeps the
/// order of names, so sorted rows stay sorted.
pub(crate) fn together(batch: &RecordBatch, column: &str) -> RecordBatch {
    let names = text(batch, column);
    if names.iter().flatten().all(|name| is_bare(name) || base(name).is_none()) {
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
    let (names, files) = (text(&rows, column), text(&rows, "source_file"));
    let bare: Vec<usize> = (0..rows.num_rows()).filter(|row| is_bare(names.value(*row))).collect();
    if bare.is_empty() {
        return Ok(rows);
    }
    let lines = rows.column_by_name("source_line").expect("the schema was checked").as_primitive::<Int64Type>();
    let keys: Vec<&StringArray> = table.key.iter().map(|name| text(&rows, name)).collect();
    let are_twins = |one: &usize, other: &usize| keys.iter().all(|key| key.value(*one) == key.value(*other));
    let mut numbers = vec![0; rows.num_rows()];
    for twins in bare.chunk_by(are_twins) {
        let mut twins = twins.to_vec();
        twins.sort_by_key(|row| (files.value(*row), lines.value(*row)));
        for of_file in twins.chunk_by(|one, other| files.value(*one) == files.value(*other)) {
            of_file.iter().zip(1..).for_each(|(row, number)| numbers[*row] = number);
        }
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

fn text<'a>(batch: &'a RecordBatch, column: &str) -> &'a StringArray {
    batch.column_by_name(column).expect("the schema was checked").as_string::<i32>()
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
        assert!(is_bare(&named) && is_bare(&name("a.b", &[b"fee"])));
        assert!(!is_bare(&format!("{named}1")) && !is_bare("x.0000000000000000-1") && !is_bare("A-1") && !is_bare("-"));
        assert!(!is_bare("x.0000000000000000-y.0000000000000000-"), "its number is another name");
    }

    #[test]
    fn only_names_among_texts_are_made() {
        for table in TABLES {
            let Some(column) = column(table) else { continue };
            assert!(table.key.contains(&column), "{}", table.name);
            let kinds: Vec<Kind> = table.columns[..table.key.len()].iter().map(|column| column.kind).collect();
            assert!(kinds.iter().all(|kind| *kind == Kind::Text), "{}: {kinds:?}", table.name);
        }
    }

    /// Movements of these names, in this order.
    fn movements(named: &[(&str, &str, i64)]) -> RecordBatch {
        let table = Table::named("stock_movements").unwrap();
        let mut rows = RowsBuilder::new(table.name, table.all_columns());
        for (name, file, line) in named {
            rows.push(table.all_columns().map(|column| match (column.name, column.kind) {
                ("movement_id", _) => Cell::from(*name),
                ("source_file", _) => Cell::from(*file),
                ("source_line", _) => Cell::Integer(*line),
                (_, Kind::Timestamp) => Cell::Timestamp(Timestamp::from_seconds(0)),
                (_, Kind::Day) => Cell::Day(Day::from_days(0)),
                (_, Kind::Integer) => Cell::Integer(-1),
                (name, _) => Cell::from(name),
            }));
        }
        rows.finish().batch().clone()
    }

    /// Lines tell which twin is the first, in each file by itself.
    #[test]
    fn twins_are_numbered_by_file_and_line() {
        let sold = name("MUG", &[b"sold"]);
        let given = format!("{sold}4");
        let named = [("a.csv", 9), ("b.csv", 2), ("a.csv", 3), ("b.csv", 1)].map(|(file, line)| (&*sold, file, line));
        let rows = movements(&[&named[..2], &[(&given, "a.csv", 5)], &named[2..]].concat());
        let rows = numbered(Table::named("stock_movements").unwrap(), rows).unwrap();
        let names = text(&rows, "movement_id");
        let numbers: Vec<&str> = names.iter().map(|name| name.unwrap().rsplit('-').next().unwrap()).collect();
        assert_eq!(numbers, ["2", "2", "4", "1", "1"], "what a file gives has its number");
    }

    #[test]
    fn only_made_names_are_brought_together() {
        let sold = name("MUG", &[b"sold"]);
        let (first, second) = (format!("{sold}1"), format!("{sold}12"));
        for (given, together) in [
            (["A-1", "MUG.0123-4"], ["A-1", "MUG.0123-4"]),
            ([&*sold, &*sold], [&*sold, &*sold]),
            ([&*first, &*second], [&*sold, &*sold]),
            (["A-1", &*second], ["A-1", &*sold]),
        ] {
            let rows = movements(&given.map(|name| (name, "a.csv", 1)));
            let cut = super::together(&rows, "movement_id");
            assert_eq!(text(&cut, "movement_id").iter().flatten().collect::<Vec<_>>(), together);
        }
    }
}

//! Is a stock file's last record its total? People add the counts up below a list; that line is no
//! product, and what it states must be what the rows come to.

use std::io::{self, Read, Seek, SeekFrom};

use super::cell::{Locale, Reader, Value};
use super::export::LayoutField;
use super::reading::decoded;
use super::recognise::{Body, Known};
use super::record::Record;
use super::records::Records;
use super::source::Charset;
use crate::types::Currency;

/// Tables whose rows are counts of products, which have a sum.
const TABLES: [&str; 2] = ["stock", "channel_stock"];

/// What people write before a sum, in small letters.
const WORDS: [&str; 26] = [
    "total",
    "totals",
    "grand total",
    "total general",
    "total général",
    "sum",
    "summe",
    "gesamt",
    "gesamtsumme",
    "insgesamt",
    "somme",
    "totale",
    "totaal",
    "suma",
    "razem",
    "łącznie",
    "ogółem",
    "podsumowanie",
    "totaux",
    "celkem",
    "summa",
    "yhteensä",
    "toplam",
    "итого",
    "合計",
    "总计",
];

/// Bytes at the end of a file in which a total stands, if there is one.
const TAIL_BYTES: u64 = 4096;

/// The last record of a file, where it only adds the others up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TotalRow {
    pub(crate) line: u64,
    /// What it states that the rows do not come to.
    pub(crate) wrong: Option<String>,
}

/// Looks for the total of a file.
pub(crate) fn find(known: &Known<'_>, locale: &Locale) -> io::Result<Option<TotalRow>> {
    if !TABLES.contains(&known.layout.table.name) || !ends_with_a_word(known)? {
        return Ok(None);
    }
    let fields = known.layout.fields.iter().zip(&known.found.columns);
    let columns = || fields.clone().filter_map(|(field, column)| Some((field, (*column)?)));
    let counts: Vec<(&LayoutField, usize)> =
        columns().filter(|(field, _)| matches!(field.reader, Reader::Count)).collect();
    let names: Vec<usize> =
        columns().filter(|(field, _)| !field.reader.is_number()).map(|(_, column)| column).collect();
    let charset = known.charset();
    let read = |record: &Record<'_>, (field, column): &(&LayoutField, usize)| -> Option<i64> {
        let text = decoded((*column < record.width()).then(|| record.cell(*column))?, charset)?;
        match field.reader.read(&text, locale) {
            Ok(Value::Integer(count)) => Some(count),
            _ => None,
        }
    };
    let mut text = known.records()?;
    for _ in 0..known.header_line {
        text.skip_line()?;
    }
    text.set_dialect(known.dialect);
    let (mut rows, mut sums) = (0, vec![0_i128; counts.len()]);
    let mut last: Option<(u64, Likeness, Vec<Option<i64>>)> = None;
    while let Some(record) = text.read()? {
        if record.fault.is_none() && record.cells().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let found: Vec<Option<i64>> = counts.iter().map(|count| read(&record, count)).collect();
        let states = record.fault.is_none() && found.iter().any(Option::is_some);
        let likeness = if states { likeness(&record, &names, charset) } else { Likeness::None };
        if let Some((_, _, before)) = last.replace((record.line, likeness, found)) {
            rows += 1;
            sums.iter_mut().zip(before).for_each(|(sum, count)| *sum += i128::from(count.unwrap_or(0)));
        }
    }
    let last = last.filter(|(_, likeness, _)| *likeness != Likeness::None && rows > 0);
    Ok(last.and_then(|(line, likeness, stated)| {
        let stated =
            counts.iter().zip(stated).zip(sums).filter_map(|((count, stated), sum)| Some((count, stated?, sum)));
        let mut wrong = stated.filter(|(_, stated, sum)| i128::from(*stated) != *sum);
        let wrong = wrong.next().map(|((_, column), stated, sum)| {
            format!("the total states {stated} in `{}`, but the rows come to {sum}", known.headers[*column].trim())
        });
        (likeness == Likeness::Plain || wrong.is_none()).then_some(TotalRow { line, wrong })
    }))
}

/// Where and with what text a record says that it is a total: of its cells one begins with such a word, and
/// the others are numbers or empty.
pub(crate) fn total_in(raw: &[u8], known: &Known<'_>) -> Option<(usize, String)> {
    let text = known.charset().loosely(raw);
    let lower = text.to_lowercase();
    // Most rejected records hold none of the words at all.
    if !WORDS.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let mut records = Records::over(raw, known.dialect);
    let record = records.read().ok()??;
    let charset = known.charset();
    let cells: Option<Vec<String>> =
        record.cells().map(|cell| Some(decoded(cell, charset)?.trim().to_owned())).collect();
    total_of(&cells?)
}

/// The same of a record's cells, trimmed.
pub(crate) fn total_of(cells: &[String]) -> Option<(usize, String)> {
    let mut total = None;
    for (column, text) in cells.iter().enumerate() {
        let is_number = !text.contains(char::is_alphabetic) || text.contains(|letter: char| letter.is_ascii_digit());
        match like_word(text) {
            Likeness::None if is_number || text.parse::<Currency>().is_ok() => {}
            Likeness::None => return None,
            _ if total.is_some() => return None,
            _ => total = Some((column, text.clone())),
        }
    }
    total
}

/// How much a record looks like a total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    None,
    /// It begins with one of the words, as `Suma końcowa` does and a product may: its sums must tell.
    Loose,
    /// It says one of the words.
    Plain,
}

/// Whether a record says one of the words, and beside it only numbers: nothing in the columns of names.
fn likeness(record: &Record<'_>, names: &[usize], charset: Charset) -> Likeness {
    let mut words = Vec::new();
    let fits = record.cells().enumerate().all(|(column, cell)| {
        let Some(text) = decoded(cell.trim_ascii(), charset) else { return false };
        let likeness = like_word(&text);
        words.extend(Some(likeness).filter(|likeness| *likeness != Likeness::None));
        likeness != Likeness::None || text.is_empty() || !names.contains(&column) && !text.contains(char::is_alphabetic)
    });
    match words.as_slice() {
        [only] if fits => *only,
        _ => Likeness::None,
    }
}

fn like_word(text: &str) -> Likeness {
    let text = text.trim_end_matches([':', ' ', '=']).to_lowercase();
    if WORDS.contains(&text.as_str()) {
        return Likeness::Plain;
    }
    let goes_on = |word: &&str| text.strip_prefix(*word).is_some_and(|rest| rest.starts_with([' ', '(', ':']));
    if WORDS.iter().any(goes_on) { Likeness::Loose } else { Likeness::None }
}

/// Whether one of the words stands near the end of the file at all; few files need another look.
fn ends_with_a_word(known: &Known<'_>) -> io::Result<bool> {
    let tail = match &known.body {
        Body::Sheet(text) => text[text.len().saturating_sub(TAIL_BYTES as usize)..].to_vec(),
        Body::File(_) => {
            let mut file = known.source.file.try_clone()?;
            file.seek(SeekFrom::Start(known.source.bytes.saturating_sub(TAIL_BYTES)))?;
            let mut tail = Vec::new();
            file.take(TAIL_BYTES).read_to_end(&mut tail)?;
            tail
        }
    };
    let text = match known.charset() {
        Charset::Utf16 { big_endian } => {
            let letters = tail.chunks_exact(2).map(|pair| match big_endian {
                true => u16::from_be_bytes([pair[0], pair[1]]),
                false => u16::from_le_bytes([pair[0], pair[1]]),
            });
            String::from_utf16_lossy(&letters.collect::<Vec<_>>())
        }
        charset => charset.loosely(&tail),
    };
    let text = text.to_lowercase();
    Ok(WORDS.iter().any(|word| text.contains(word)))
}

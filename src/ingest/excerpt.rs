//! The line of a file that a message shows, and the bytes of it that are meant.

use std::borrow::Cow;
use std::ops::Range;

use super::output::shown;
use super::receipt::Reject;
use super::recognise::{self, Body, Known};
use super::sisters::Sisters;
use super::source::{Charset, Source};

/// A line of the file as people are shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectLine {
    /// Its number, counted from 1: a record can span several lines.
    pub line: u64,
    /// Its text; control characters and bytes that are not text are written `\x1b`.
    pub text: String,
    /// The bytes of `text` that are to blame: a cell, or the whole.
    pub span: Range<usize>,
}

/// Bytes shown before and after what is meant.
const AROUND: usize = 200;

/// The line of a record on which a cell starts, with the cell marked. A workbook has no lines, so
/// that there the cell stands alone.
pub(crate) fn excerpt(raw: &[u8], line: u64, known: &Known<'_>, column: Option<usize>) -> RejectLine {
    let dialect = known.dialect;
    let cell = column.and_then(|column| cell_at(raw, dialect.delimiter, dialect.quotes, column));
    if matches!(known.body, Body::Sheet(_)) {
        let text = shown(cell.clone().map_or(raw, |cell| &raw[cell]));
        return RejectLine { line, span: 0..text.len(), text };
    }
    let meant = cell.clone().unwrap_or(0..raw.len());
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let before = &raw[..meant.start];
    let start = before.iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = raw[start..].iter().position(is_end).map_or(raw.len(), |length| start + length);
    let lines = memchr::memchr_iter(b'\n', before).count() as u64;
    let window = start.max(meant.start.saturating_sub(AROUND))..end.min(meant.end.saturating_add(AROUND)).max(start);
    let meant = meant.start..meant.end.clamp(meant.start, window.end);
    let part = |range: Range<usize>| written(raw.get(range).unwrap_or_default(), known.charset());
    let (head, middle, tail) = (part(window.start..meant.start), part(meant.clone()), part(meant.end..window.end));
    RejectLine { line: line + lines, span: head.len()..head.len() + middle.len(), text: [head, middle, tail].concat() }
}

/// The line of a row that the lake refused, read once more: it was handed on long before. None where the
/// file cannot be read any more.
pub(super) fn line_of(reject: &Reject, sisters: &Sisters<'_>) -> Option<RejectLine> {
    let settings = sisters.settings();
    let path = settings.exports.join(&reject.source_file);
    let known = recognise::recognise(&path, Source::open(&path).ok()?, settings, sisters.layouts()).ok()?;
    let mut records = known.records().ok()?;
    for _ in 0..known.header_line {
        records.skip_line().ok()?;
    }
    records.set_dialect(known.dialect);
    while let Some(record) = records.read().ok()? {
        if record.line == reject.source_line {
            return Some(excerpt(record.content(), record.line, &known, None));
        }
    }
    None
}

/// What of a cell is shown to people, as its file's encoding tells it.
pub(crate) fn written(bytes: &[u8], charset: Charset) -> String {
    let text = match charset {
        Charset::Legacy(encoding) => {
            Cow::Owned(encoding.decode_without_bom_handling(bytes).0.into_owned().into_bytes())
        }
        _ => Cow::Borrowed(bytes),
    };
    shown(&text)
}

/// Where the cell of this number stands in a record, quotes included.
fn cell_at(raw: &[u8], delimiter: u8, quotes: bool, column: usize) -> Option<Range<usize>> {
    let (mut start, mut seen, mut quoted) = (0, 0, false);
    for (at, byte) in raw.iter().enumerate() {
        match byte {
            b'"' if quotes && (quoted || at == start) => quoted = !quoted,
            b'"' if quotes && at > start && raw[at - 1] == b'"' => quoted = true,
            byte if *byte == delimiter && !quoted => {
                if seen == column {
                    return Some(start..at);
                }
                (seen, start) = (seen + 1, at + 1);
            }
            _ => {}
        }
    }
    (seen == column).then_some(start..raw.len())
}

#[cfg(test)]
mod tests {
    use super::cell_at;

    #[test]
    fn cells_are_found_behind_quotes() {
        let raw = br#"#1,"1.249,00","say ""hi"", twice",EUR"#;
        let cell = |column| cell_at(raw, b',', true, column).map(|range| std::str::from_utf8(&raw[range]).unwrap());
        assert_eq!(cell(0), Some("#1"));
        assert_eq!(cell(1), Some("\"1.249,00\""));
        assert_eq!(cell(2), Some("\"say \"\"hi\"\", twice\""));
        assert_eq!(cell(3), Some("EUR"));
        assert_eq!(cell(4), None);
        assert_eq!(cell_at(b"a\t\"b\tc", b'\t', false, 1), Some(2..4));
    }
}

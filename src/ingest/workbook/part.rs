//! Does a part of a workbook say only what a workbook can hold? It is read as the XML that it is, so
//! quotes, spaces, prefixes, comments and encodings make no difference, and nothing is kept of it.

use std::io::BufRead;

use quick_xml::encoding::DecodingReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::limits;

/// Rows and columns of the largest sheet that a spreadsheet can hold.
const SHEET: (u64, u64) = (1 << 20, 1 << 14);
/// Elements within each other; a workbook has about ten.
const DEPTH: usize = 100;

/// Why a part is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Flaw {
    pub(super) fn damaged(why: impl std::fmt::Display) -> Self {
        Self { code: "xlsx-damaged", message: format!("the workbook cannot be read: {why}") }
    }

    fn untrue(message: &str) -> Self {
        Self { code: "xlsx-damaged", message: message.to_owned() }
    }

    fn far() -> Self {
        let message = "the workbook has cells far from its table, or too many";
        Self { code: "xlsx-too-many-cells", message: message.to_owned() }
    }

    fn entities() -> Self {
        let message = "the workbook declares XML entities, which no spreadsheet writes";
        Self { code: "xml-dtd", message: message.to_owned() }
    }
}

/// Reads a part to its end and hands over its elements. Tells whether it is written in UTF-8.
pub(super) fn read(part: impl BufRead, mut element: impl FnMut(&BytesStart<'_>)) -> Result<bool, Flaw> {
    let mut reader = Reader::from_reader(DecodingReader::new(part));
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut depth, mut seen) = (Vec::new(), 0, Seen::default());
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(Flaw::damaged)?;
        if event.len() > limits::RECORD_BYTES {
            return Err(Flaw::damaged("one text in it is longer than any cell"));
        }
        match &event {
            Event::Eof => return Ok(reader.get_ref().encoding() == encoding_rs::UTF_8),
            Event::DocType(_) => return Err(Flaw::entities()),
            Event::Start(start) => {
                depth += 1;
                seen.screen(start)?;
                element(start);
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
        if depth > DEPTH {
            return Err(Flaw::damaged("its elements lie too deep within each other"));
        }
    }
}

/// An attribute of this local name.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes().flatten();
    let attribute = attributes.find(|attribute| attribute.key.local_name().as_ref() == name)?;
    unescape(&attribute.value).ok().map(|value| value.trim().to_owned())
}

/// What a part has said so far.
#[derive(Default)]
struct Seen {
    rows: u64,
    texts: u64,
    declared: u64,
}

impl Seen {
    fn screen(&mut self, element: &BytesStart<'_>) -> Result<(), Flaw> {
        for attribute in element.attributes() {
            let attribute = attribute.map_err(Flaw::damaged)?;
            let value = unescape(&attribute.value).map_err(Flaw::damaged)?;
            let (element, key) = (element.local_name(), attribute.key.local_name());
            stated(element.as_ref(), key.as_ref(), value.trim())?;
        }
        match element.local_name().as_ref() {
            "row" => self.rows += 1,
            "si" => self.texts += 1,
            "xf" | "font" | "fill" | "border" | "numFmt" | "sheet" | "definedName" | "Relationship" => {
                self.declared += 1;
            }
            _ => {}
        }
        if self.rows > SHEET.0 {
            return Err(Flaw::far());
        }
        if self.texts > limits::WORKBOOK_TEXTS || self.declared > limits::WORKBOOK_DECLARATIONS {
            return Err(Flaw::untrue("the workbook holds more texts, sheets or formats than any spreadsheet writes"));
        }
        Ok(())
    }
}

/// A count or a place that an attribute states.
fn stated(element: &str, key: &str, value: &str) -> Result<(), Flaw> {
    match (element, key) {
        ("sst", "uniqueCount") => count(value, limits::WORKBOOK_TEXTS),
        (_, "count" | "uniqueCount") => count(value, limits::WORKBOOK_CELLS),
        ("dimension", "ref") => dimension(value),
        ("row", "r") => match value.parse::<u64>() {
            Ok(row) if (1..=SHEET.0).contains(&row) => Ok(()),
            _ => Err(Flaw::far()),
        },
        ("c", "r") => corner(value).map(|_| ()),
        _ => Ok(()),
    }
}

/// A table that states more entries than it can hold makes readers ask for memory.
fn count(value: &str, most: u64) -> Result<(), Flaw> {
    match value.parse::<u64>() {
        Ok(count) if count <= most => Ok(()),
        _ => Err(Flaw::untrue("the workbook states more texts than it can hold")),
    }
}

/// A sheet that ends before it starts makes readers count below zero.
fn dimension(value: &str) -> Result<(), Flaw> {
    let corners = value.split(':').map(corner).collect::<Result<Vec<_>, _>>()?;
    match corners.as_slice() {
        [_] => Ok(()),
        [from, to] if from.0 <= to.0 && from.1 <= to.1 => Ok(()),
        _ => Err(Flaw::damaged("a sheet ends before it starts")),
    }
}

/// Row and column, both from 1, of a place such as `C7`.
fn corner(place: &str) -> Result<(u64, u64), Flaw> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = place.split_at(letters);
    let digit = |letter: u8| u64::from(letter.to_ascii_uppercase() - b'A') + 1;
    let column = letters.bytes().fold(0_u64, |column, letter| column.saturating_mul(26).saturating_add(digit(letter)));
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(row) if is_number && (1..=SHEET.0).contains(&row) && (1..=SHEET.1).contains(&column) => Ok((row, column)),
        _ => Err(Flaw::far()),
    }
}

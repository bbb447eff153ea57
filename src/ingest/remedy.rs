//! What can a person do about a rejected cell?

use super::cell::Reader;
use super::channels::{layouts, words_of};
use super::export::{Layout, LayoutField};
use super::header::normalised;
use super::kinds::RejectKind;
use super::propose::{likely, quoted};
use super::receipt::Receipt;
use super::second_table::SecondTable;
use crate::config::{Decimal, Settings};
use crate::error::Result;
use crate::types::Channel;

/// A longer text is no word of a state.
const LONGEST_WORD: usize = 100;

/// How a file was read.
pub(super) struct Manner<'a> {
    pub(super) settings: &'a Settings,
    pub(super) channel: Option<&'a Channel>,
    /// The decimal mark, where it is settled.
    pub(super) decimal: Option<Decimal>,
    /// How many records it has.
    pub(super) records: u64,
}

/// What to change so that rejected records of a file are read; none where the file is at fault.
///
/// # Errors
/// Where the settings describe an impossible layout.
pub fn remedy(settings: &Settings, receipt: &Receipt, kind: &RejectKind) -> Result<Option<String>> {
    let layouts = layouts(settings)?;
    let layout = layouts.iter().find(|layout| layout.id == receipt.export);
    let (channel, decimal) = (receipt.channel.as_ref(), receipt.decimal);
    let manner = Manner { settings, channel, decimal, records: receipt.rows_read };
    Ok(layout.and_then(|layout| of_kind(layout, kind, &manner)))
}

/// The same of a file whose layout is known.
pub(super) fn of_kind(layout: &Layout, kind: &RejectKind, manner: &Manner<'_>) -> Option<String> {
    let reject = &kind.first;
    if reject.code == "second_table" {
        return Some(SecondTable::remedy(reject.source_line));
    }
    if let (Some((header, text)), Some(mapping)) = (&reject.total, layout.mapping()) {
        return Some(format!(
            "if this row only adds the others up, write `skip = {{ {} = {} }}` under `[mapping.{mapping}]`",
            quoted(header),
            quoted(text)
        ));
    }
    let header = normalised(&reject.column);
    let field = layout.fields.iter().find(|field| field.headers.contains(&header) || field.name == reject.column)?;
    let place = match (layout.mapping(), manner.channel) {
        (Some(mapping), _) => format!("[mapping.{mapping}]"),
        (None, Some(channel)) => format!("[channel.{channel}]"),
        (None, None) => "the file's `[channel.NAME]`".to_owned(),
    };
    match reject.code {
        "unknown_status" | "unknown_word" => {
            let texts: Vec<&str> = kind.texts.iter().map(String::as_str).collect();
            Some(word(layout, field, &texts))
        }
        "ambiguous_decimal" if layout.exact => {
            Some("write a point before decimals and nothing between thousands".to_owned())
        }
        "ambiguous_decimal" => Some(mark(layout, kind, manner, &place)),
        "qty_negative" => Some(format!(
            "if lines below zero are credit notes, set `negative = \"refunded\"` under {}",
            ticked(&place)
        ))
        .filter(|_| layout.mapping().is_some()),
        "rate_out_of_range" if field.reader == Reader::Percent => {
            Some("it takes off more than the price, or is added to it: correct the cell".to_owned())
        }
        "rate_out_of_range" => Some(format!(
            "if `{}` holds percents, add `percent = [\"{}\"]` under {}",
            reject.column,
            field.name,
            ticked(&place)
        ))
        .filter(|_| layout.mapping().is_some()),
        "ambiguous_date" => Some(format!("set `date-order = \"dmy\"` or `\"mdy\"` under {}", ticked(&place))),
        _ => None,
    }
}

/// What to do about amounts whose decimal mark is not clear: where the file's own is settled, a cell
/// that has another is wrong, unless most of them are.
fn mark(layout: &Layout, kind: &RejectKind, manner: &Manner<'_>, place: &str) -> String {
    let Some(decimal) = manner.decimal else {
        return format!("set `decimal = \",\"` or `decimal = \".\"` under {}", ticked(place));
    };
    let (own, other, name) = match decimal {
        Decimal::Comma => (',', '.', "comma"),
        Decimal::Point => ('.', ',', "point"),
    };
    let of_channel = || {
        let name = manner.channel?;
        manner.settings.channels.iter().find(|channel| channel.name == *name)?.decimal
    };
    let is_said = if layout.mapping().is_some() { layout.style.decimal } else { of_channel() }.is_some();
    if is_said && kind.count * 2 > manner.records {
        return format!(
            "`decimal = \"{own}\"` under {0} does not fit most cells of `{1}`: set `decimal = \"{other}\"` there",
            ticked(place),
            kind.first.column
        );
    }
    let cell = kind.first.text.trim();
    let turned = match cell.matches([own, other]).count() {
        1 => format!(": write `{}` if that is meant", cell.replace(other, &own.to_string())),
        _ => String::new(),
    };
    format!("the decimal mark of this file is the {name}; correct the cell{turned}")
}

fn ticked(place: &str) -> String {
    if place.starts_with('[') { format!("`{place}`") } else { place.to_owned() }
}

fn word(layout: &Layout, field: &LayoutField, texts: &[&str]) -> String {
    let known = words_of(field.reader).join(", ");
    // What was cut or stands for other bytes would never be found in a file.
    let is_whole = |text: &&str| !text.trim().is_empty() && !text.contains("\\x") && text.len() < LONGEST_WORD;
    let said: Vec<&str> = texts.iter().copied().filter(is_whole).collect();
    let Some(mapping) = layout.mapping() else {
        return match field.reader {
            Reader::Word(words) if layout.exact => format!("write one of {} into the file", written(words)),
            Reader::OneOf(words) => format!("write one of {} into the file", words.join(", ")),
            _ => format!(
                "the words of `{}` are fixed: until a newer trueup knows this one, write the known word that means the \
                 same into the cell, or leave the row out",
                layout.id
            ),
        };
    };
    if said.is_empty() {
        let meant = words_of(field.reader).into_iter().next().unwrap_or_default();
        return format!(
            "say under `constants` of `[mapping.{mapping}]` what an empty cell means, such as `{} = {}`; the words are {known}",
            field.name,
            quoted(meant)
        );
    }
    let pairs = said.iter().map(|text| {
        let meant = likely(layout.table.name, &field.name, text).unwrap_or("…");
        format!("{} = {}", quoted(text), quoted(meant))
    });
    let pairs: Vec<String> = pairs.collect();
    let plural = if pairs.len() == 1 { "it means" } else { "they mean" };
    format!(
        "say what {plural} under `[mapping.{mapping}.words.{}]`: `{}`; the words are {known}",
        field.name,
        pairs.join("`, `")
    )
}

fn written(words: &[(&str, &str)]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ")
}

//! What can a person do about a rejected cell?

use super::cell::Reader;
use super::channels::{layouts, words_of};
use super::export::{Layout, LayoutField};
use super::header::normalised;
use super::propose::{likely, quoted};
use super::receipt::Reject;
use crate::config::Settings;
use crate::error::Result;

/// What to change so that a rejected record of an export is read; none where its file is at fault.
///
/// # Errors
/// Where the settings describe an impossible layout.
pub fn remedy(settings: &Settings, export: &str, reject: &Reject) -> Result<Option<String>> {
    let layouts = layouts(settings)?;
    let layout = layouts.iter().find(|layout| layout.id == export);
    Ok(layout.and_then(|layout| of_cells(layout, reject, &[reject.text.as_str()])))
}

/// The same for cells of one column that are rejected for one reason.
pub(super) fn of_cells(layout: &Layout, reject: &Reject, texts: &[&str]) -> Option<String> {
    let header = normalised(&reject.column);
    let field = layout.fields.iter().find(|field| field.headers.contains(&header) || field.name == reject.column)?;
    let place = match layout.mapping() {
        Some(mapping) => format!("[mapping.{mapping}]"),
        None => "the file's `[channel.NAME]`".to_owned(),
    };
    match reject.code {
        "unknown_status" | "unknown_word" => Some(word(layout, field, texts)),
        "ambiguous_decimal" if layout.exact => {
            Some("write a point before decimals and nothing between thousands".to_owned())
        }
        "ambiguous_decimal" => Some(format!("set `decimal = \",\"` or `decimal = \".\"` under {}", ticked(&place))),
        "ambiguous_date" => Some(format!("set `date-order = \"dmy\"` or `\"mdy\"` under {}", ticked(&place))),
        _ => None,
    }
}

fn ticked(place: &str) -> String {
    if place.starts_with('[') { format!("`{place}`") } else { place.to_owned() }
}

fn word(layout: &Layout, field: &LayoutField, texts: &[&str]) -> String {
    let known = words_of(field.reader).join(", ");
    let said: Vec<&str> = texts.iter().copied().filter(|text| !text.trim().is_empty()).collect();
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

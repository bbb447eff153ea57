//! What the user describes under `[mapping.NAME]`, checked before a file is read with it.

use super::plain::{StandIn, field, filled_in, is_read, layout, reader, stand_in};
use crate::config::{Decimal, Mapping, Settings};
use crate::error::{Diagnostic, Result, near};
use crate::ingest::cell::{Locale, Reader};
use crate::ingest::export::{Layout, LayoutField, Owner, Presence};
use crate::ingest::shape::ByRow;
use crate::lake::{Column, Table};

/// The layouts of `[mapping.NAME]`.
///
/// # Errors
/// Where one fills a table or a column that does not exist, leaves out what every row must have, or
/// writes words that the lake does not know.
pub(crate) fn mappings(settings: &Settings) -> Result<Vec<Layout>> {
    settings.mappings.iter().map(|mapping| mapped(mapping, settings)).collect()
}

fn mapped(mapping: &Mapping, settings: &Settings) -> Result<Layout> {
    let wrong = |message| wrong(mapping, settings, message);
    let table = Table::named(&mapping.table)
        .ok_or_else(|| wrong(format!("`[mapping.{}]` fills `{}`, which is no table", mapping.name, mapping.table)))?;
    let named = mapping.columns.keys().chain(mapping.constants.keys());
    for name in named {
        if !table.columns.iter().any(|column| column.name == name && is_read(name)) {
            return Err(wrong(format!(
                "`[mapping.{}]` fills `{name}`, which `{}` does not have",
                mapping.name, table.name
            ))
            .into());
        }
    }
    complete(mapping, table, settings)?;
    readable(mapping, table, settings)?;
    let columns = table.columns.iter().filter(|column| is_read(column.name));
    let fields = columns.filter_map(|column| mapped_field(mapping, table, *column)).collect();
    let mut layout = layout(format!("mapping.{}", mapping.name), table, fields);
    layout.owner = mapping.channel.clone().map_or(Owner::Rows, Owner::Named);
    if table.name != "order_lines" {
        layout.shape = |_| Box::new(ByRow(filled_in));
    }
    layout.exact = false;
    layout.style.decimal = mapping.decimal;
    layout.style.encoding = mapping.encoding;
    layout.dates = mapping.date_order;
    layout.zone = mapping.time_zone;
    layout.style.refuses_undecided_dates = true;
    Ok(layout)
}

fn wrong(mapping: &Mapping, settings: &Settings, message: String) -> Diagnostic {
    Diagnostic::error("mapping", message).at_line(&settings.file, mapping.line)
}

/// Refuses a mapping that leaves open what every row must have, and says all of it.
fn complete(mapping: &Mapping, table: &Table, settings: &Settings) -> Result<()> {
    let given = |column: &str| {
        let by_channel = column == "channel" && mapping.channel.is_some();
        by_channel || mapping.columns.contains_key(column) || mapping.constants.contains_key(column)
    };
    if table.name == "order_lines" && mapping.constants.contains_key("order_id") {
        let message = format!("`[mapping.{}]` writes one `order_id` for every row", mapping.name);
        let hint = "give the header that numbers the orders, or one that differs from row to row, under `columns`";
        return Err(wrong(mapping, settings, message).hint(hint).into());
    }
    let lacking: Vec<&str> = table
        .columns
        .iter()
        .filter(|column| !column.nullable && is_read(column.name) && !given(column.name))
        .filter(|column| match stand_in(table.name, column.name) {
            Some(StandIn::Like(other)) => !given(other),
            Some(_) => false,
            None => true,
        })
        .map(|column| column.name)
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let (name, table) = (&mapping.name, table.name);
    let message =
        format!("`[mapping.{name}]` does not say `{}`, which every row of `{table}` must have", lacking.join("`, `"));
    let channel = if lacking.contains(&"channel") { "the channel as `channel = \"NAME\"`, " } else { "" };
    let hint = format!(
        "give {channel}a header under `columns` or one text for every row under `constants`; \
         `trueup ingest --columns {table}` tells what they hold"
    );
    Err(wrong(mapping, settings, message).hint(hint).into())
}

/// Refuses constants and words that no row could be read with.
fn readable(mapping: &Mapping, table: &Table, settings: &Settings) -> Result<()> {
    let locale = Locale {
        decimal: Some(mapping.decimal.unwrap_or(Decimal::Point)),
        dates: mapping.date_order,
        zone: settings.shop.time_zone,
        currency: settings.shop.currency,
        latest: None,
    };
    let constants = mapping.constants.iter().map(|(column, text)| ("constants".to_owned(), column, text));
    let words = mapping
        .words
        .iter()
        .flat_map(|(column, words)| words.values().map(move |text| (format!("words.{column}"), column, text)));
    for (key, name, text) in constants.chain(words) {
        let Some(column) = table.columns.iter().find(|column| column.name == name) else { continue };
        let reader = reader(table, *column);
        let Err(flaw) = reader.read(text, &locale) else { continue };
        let written = format!("`[mapping.{}]` writes `{text}` for `{name}` under `{key}`", mapping.name);
        let words = words_of(reader);
        if words.is_empty() {
            return Err(wrong(mapping, settings, format!("{written}: {}", flaw.reason)).into());
        }
        let hint = match near(text, words.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("its words are {}", words.join(", ")),
        };
        return Err(wrong(mapping, settings, format!("{written}, which does not know that word")).hint(hint).into());
    }
    Ok(())
}

/// The words of the lake that a column can hold; none where it takes any text.
pub(crate) fn words_of(reader: Reader) -> Vec<&'static str> {
    match reader {
        Reader::OneOf(words) => words.to_vec(),
        Reader::Word(words) => {
            let mut meanings: Vec<&str> = Vec::new();
            for (_, meaning) in words {
                if !meanings.contains(meaning) {
                    meanings.push(meaning);
                }
            }
            meanings
        }
        _ => Vec::new(),
    }
}

fn mapped_field(mapping: &Mapping, table: &'static Table, column: Column) -> Option<LayoutField> {
    let header = mapping.columns.get(column.name);
    let constant = mapping.constants.get(column.name);
    let has_text = matches!(stand_in(table.name, column.name), Some(StandIn::Text(_)));
    if header.is_none() && constant.is_none() && !has_text {
        return None;
    }
    let headers: Vec<&str> = header.iter().map(|header| header.as_str()).collect();
    let mut field = field(table, column, &headers);
    field.presence = match (header, column.nullable) {
        (None, _) => Presence::Optional,
        (Some(_), false) if constant.is_none() => Presence::Filled,
        _ => Presence::Header,
    };
    field.default = constant.cloned().or(field.default);
    field.words = mapping.words.get(column.name).cloned().unwrap_or_default();
    field.decimal = mapping.decimal;
    field.negate = mapping.negate.iter().any(|name| name == column.name);
    Some(field)
}

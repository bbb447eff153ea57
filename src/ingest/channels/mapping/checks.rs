//! Can a `[mapping.NAME]` read a file at all? What cannot is refused before one is opened.

use super::super::plain::{StandIn, is_read, reader, stand_in};
use super::fields::{Given, worked_in};
use super::wrong;
use crate::config::{Decimal, Headers, Mapping, Settings};
use crate::error::{Result, near};
use crate::ingest::cell::{Locale, Reader};
use crate::lake::{ORDER_LINE_KIND_WORDS, Table};

/// Refuses what no file could be read with.
pub(super) fn check(mapping: &Mapping, table: &'static Table, settings: &Settings) -> Result<()> {
    named(mapping, table, settings)?;
    complete(mapping, table, settings)?;
    consistent(mapping, table, settings)?;
    readable(mapping, table, settings)
}

fn named(mapping: &Mapping, table: &Table, settings: &Settings) -> Result<()> {
    for name in mapping.columns.keys().chain(mapping.constants.keys()) {
        let is_column = table.place(name).is_some() && is_read(name);
        if !is_column && worked_in(table, name).is_none() {
            let message = format!("`[mapping.{}]` fills `{name}`, which `{}` does not have", mapping.name, table.name);
            return Err(wrong(mapping, settings, message).into());
        }
    }
    Ok(())
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

/// Refuses keys that contradict each other or mean nothing here.
fn consistent(mapping: &Mapping, table: &'static Table, settings: &Settings) -> Result<()> {
    let refused = |message: String, hint: String| -> Result<()> {
        Err(wrong(mapping, settings, format!("`[mapping.{}]` {message}", mapping.name)).hint(hint).into())
    };
    let is_given = |column: &str| mapping.columns.contains_key(column);
    if is_given("discount") && is_given("discount_rate") {
        let hint = "keep the one that the file tells".to_owned();
        return refused("gives the discount twice, as `discount` and as `discount_rate`".to_owned(), hint);
    }
    for (name, headers) in &mapping.columns {
        let Some(given) = Given::of(table, name) else { continue };
        if matches!(headers, Headers::Difference(..)) && !given.is_number() {
            let hint = format!("`{name} = [\"ONE\", \"OTHER\"]` joins two headers");
            return refused(format!("takes one header off another for `{name}`, which is no number"), hint);
        }
        if headers.each().next().is_none() {
            return refused(format!("names no header for `{name}`"), format!("write `{name} = \"HEADER\"`"));
        }
    }
    let is_rate = |name: &str| Given::of(table, name).is_some_and(Given::is_rate);
    if let Some(name) = mapping.percent.iter().find(|name| !is_rate(name)) {
        let hint = "only rates are written in percents: `percent = [\"discount_rate\"]`".to_owned();
        return refused(format!("names `{name}` in `percent`, which is no rate"), hint);
    }
    let mut named = mapping.fill_down.iter().chain(&mapping.amounts).chain(&mapping.percent);
    if let Some(name) = named.find(|name| !is_given(name)) {
        let hint = format!("give its header: `{name} = \"HEADER\"` under `columns`");
        return refused(
            format!("names `{name}` in `fill-down`, `amounts` or `percent` and gives no header for it"),
            hint,
        );
    }
    if mapping.prices_hold_tax.is_some() && !is_given("tax") {
        let hint =
            "give the header of `tax` under `columns`, or the rate as `prices-hold-tax = \"20%\"` under the channel";
        return refused("says `prices-hold-tax` and not where the tax stands".to_owned(), hint.to_owned());
    }
    let kinds = mapping.not_articles.iter().map(|(_, kind)| kind);
    if let Some(kind) = kinds.clone().find(|kind| !ORDER_LINE_KIND_WORDS.contains(&kind.as_str())) {
        let words = ORDER_LINE_KIND_WORDS.join(", ");
        return refused(
            format!("writes `{kind}` under `not-articles`, which is no kind of line"),
            format!("its words are {words}"),
        );
    }
    let lines_only = [("negative", mapping.negative_is_refunded), ("not-articles", !mapping.not_articles.is_empty())];
    match lines_only.iter().find(|(_, is_set)| *is_set && table.name != "order_lines") {
        Some((key, _)) => {
            let hint = format!("take `{key}` out, or set `table = \"order_lines\"`");
            refused(format!("says `{key}`, which only order lines know"), hint)
        }
        None => Ok(()),
    }
}

//! From the columns of a `[mapping.NAME]` to the fields of a layout.

use std::borrow::Cow;

use super::super::plain::{StandIn, field, is_read, reader, stand_in};
use crate::config::{Headers, Mapping, WORKED_IN, WorkedIn};
use crate::ingest::cell::Reader;
use crate::ingest::export::{Join, LayoutField, Presence, Role};
use crate::lake::{Column, Table};

/// What a mapping can give: a column of the lake, or what is worked into others.
#[derive(Clone, Copy)]
pub(super) struct Given {
    table: &'static Table,
    column: Column,
}

impl Given {
    /// By its name; none that the table does not know.
    pub(super) fn of(table: &'static Table, name: &str) -> Option<Self> {
        let of_lake = || table.columns.iter().find(|column| column.name == name && is_read(name)).copied();
        let column = of_lake().or_else(|| worked_in(table, name))?;
        Some(Self { table, column })
    }

    fn reader(self) -> Reader {
        reader(self.table, self.column)
    }

    /// Whether its values are rates.
    pub(super) fn is_rate(self) -> bool {
        self.reader() == Reader::Rate
    }

    /// Whether its values can be added up.
    pub(super) fn is_number(self) -> bool {
        matches!(self.reader(), Reader::Money | Reader::Count | Reader::Quantity)
    }

    fn join(self, headers: &Headers) -> Join {
        match headers {
            Headers::Difference(..) => Join::Difference,
            Headers::One(_) => Join::Text,
            Headers::Joined(_) if self.is_number() => Join::Sum,
            Headers::Joined(_) if self.reader().is_date() || self.reader() == Reader::Prose => Join::Time,
            Headers::Joined(_) => Join::Text,
        }
    }
}

/// What is no column of the lake and is worked into others, as a column.
pub(super) fn worked_in(table: &Table, name: &str) -> Option<Column> {
    let wanted = |column: &&WorkedIn| (column.table, column.name) == (table.name, name);
    WORKED_IN.iter().find(wanted).map(|column| Column { name: column.name, kind: column.kind, nullable: true })
}

/// Headers of numbers that begin anew in every document, so that two of them say nothing of each other.
const COUNTED_ANEW: &[&str] =
    &["line", "lineno", "linenumber", "no", "nr", "number", "pos", "position", "row", "rowno", "rownumber", "zeile"];

/// A mapping of refunds whose lines stand under the header of its orders' lines names those: what both files
/// call the same is the same.
pub(super) fn naming_orders_line<'a>(mapping: &'a Mapping, all: &[Mapping]) -> Cow<'a, Mapping> {
    let Some(header) = header_of_orders_line(mapping, all).filter(|header| !is_counted_anew(header)) else {
        return Cow::Borrowed(mapping);
    };
    let mut named = mapping.clone();
    named.columns.insert("order_line_id".to_owned(), Headers::One(header.to_owned()));
    Cow::Owned(named)
}

/// The header that such a mapping shares with its orders and that counts anew, where it names the article in no
/// other way: whose line it is only the user can tell.
pub(super) fn counted_anew<'a>(mapping: &'a Mapping, all: &[Mapping]) -> Option<&'a str> {
    let names_article = ["sku", "channel_sku"].iter().any(|column| mapping.columns.contains_key(*column));
    header_of_orders_line(mapping, all).filter(|header| is_counted_anew(header) && !names_article)
}

/// The header of the lines of a mapping of refunds, where its channel's orders have theirs under the same and
/// the mapping does not say which lines those are.
fn header_of_orders_line<'a>(mapping: &'a Mapping, all: &[Mapping]) -> Option<&'a str> {
    let Some(headers @ Headers::One(header)) = mapping.columns.get("line_id") else { return None };
    let is_orders = |other: &Mapping| {
        other.table == "order_lines"
            && other.channel == mapping.channel
            && other.columns.get("line_id") == Some(headers)
    };
    let is_open = mapping.table == "refund_lines" && !mapping.columns.contains_key("order_line_id");
    (is_open && all.iter().any(is_orders)).then_some(header)
}

fn is_counted_anew(header: &str) -> bool {
    let letters: String =
        header.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    COUNTED_ANEW.contains(&letters.as_str())
}

/// The fields of a mapping's layout: its columns, what belongs to them, and what tells rows to leave out.
pub(super) fn fields(mapping: &Mapping, table: &'static Table) -> Vec<LayoutField> {
    let of_lake = table.columns.iter().filter(|column| is_read(column.name)).copied();
    let others = WORKED_IN.iter().filter_map(|column| worked_in(table, column.name));
    let given = of_lake.chain(others).map(|column| Given { table, column });
    let mut fields: Vec<LayoutField> = given.filter_map(|given| value(mapping, given)).collect();
    for place in 0..fields.len() {
        let further = mapping.columns.get(&fields[place].name).into_iter().flat_map(|headers| headers.each().skip(1));
        let part = |header: &str| LayoutField {
            role: Role::Part(place),
            ..LayoutField::new(&fields[place].name, &[header], Presence::Header, fields[place].reader)
        };
        let parts: Vec<LayoutField> = further.map(part).collect();
        fields.extend(parts);
    }
    fields.extend(mapping.skip.iter().map(|(header, texts)| LayoutField {
        role: Role::Skip(texts.clone()),
        ..LayoutField::new("skip", &[header], Presence::Header, Reader::Prose)
    }));
    fields
}

fn value(mapping: &Mapping, given: Given) -> Option<LayoutField> {
    let Given { table, column } = given;
    let headers = mapping.columns.get(column.name);
    let constant = mapping.constants.get(column.name);
    let has_text = matches!(stand_in(table.name, column.name), Some(StandIn::Text(_)));
    if headers.is_none() && constant.is_none() && !has_text {
        return None;
    }
    let written: Vec<&str> = headers.into_iter().flat_map(|headers| headers.each().take(1)).collect();
    let mut field = field(table, column, &written);
    field.presence = match (headers, column.nullable) {
        (None, _) => Presence::Optional,
        (Some(_), false) if constant.is_none() => Presence::Filled,
        _ => Presence::Header,
    };
    field.role = Role::Value(headers.map_or(Join::Text, |headers| given.join(headers)));
    field.fills_down = mapping.fill_down.iter().any(|name| name == column.name);
    field.default = constant.cloned().or(field.default);
    field.decimal = mapping.decimal;
    if mapping.percent.iter().any(|name| name == column.name) {
        field.reader = Reader::Percent;
    }
    field.negate = mapping.negate.iter().any(|name| name == column.name);
    Some(field.with_words(mapping.words.get(column.name).cloned().unwrap_or_default()))
}

//! What can a file fill? The columns of the lake's tables as files and mappings give them.

use super::cell::Reader;
use super::channels::{StandIn, is_read, reader, stand_in, words_of};
use crate::config::WORKED_IN;
use crate::lake::{Column, Table};

/// A column that a file or a `[mapping.NAME]` can fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileColumn {
    /// Its name in the lake.
    pub name: &'static str,
    /// Whether a mapping must give it.
    pub need: Need,
    /// What stands in where it is not given; none where it is unknown then.
    pub stand_in: Option<StandIn>,
    /// What a cell of it is: `amount`, `time`.
    pub kind: &'static str,
    /// What it holds, with its unit and its sign.
    pub meaning: &'static str,
    /// The words that it can hold, each with further spellings of it; none where it takes any text.
    pub words: Vec<(&'static str, Vec<&'static str>)>,
}

/// Whether a mapping must give a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// It must, as a header or as one text for every row.
    Given,
    /// Every row has it; something stands in where the mapping does not give it.
    Filled,
    /// It may.
    Open,
    /// Only a mapping may give it: it is no column of the table and is worked into others.
    WorkedIn,
}

/// The columns of a table that can be filled, those that must be first.
pub fn columns(table: &'static Table) -> Vec<FileColumn> {
    let read = table.columns.iter().filter(|column| is_read(column.name));
    let mut columns: Vec<FileColumn> = read
        .map(|column| {
            let reader = reader(table, *column);
            let stand_in = stand_in(table.name, column.name);
            FileColumn {
                name: column.name,
                need: match (stand_in, column.nullable) {
                    (_, true) => Need::Open,
                    (Some(_), false) => Need::Filled,
                    (None, false) => Need::Given,
                },
                stand_in,
                kind: kind(reader),
                meaning: table.meaning(column.name),
                words: words(reader),
            }
        })
        .collect();
    columns.extend(WORKED_IN.iter().filter(|column| column.table == table.name).map(|column| FileColumn {
        name: column.name,
        need: Need::WorkedIn,
        stand_in: None,
        kind: kind(reader(table, Column { name: column.name, kind: column.kind, nullable: true })),
        meaning: column.meaning,
        words: Vec::new(),
    }));
    columns.sort_by_key(|column| column.need);
    columns
}

fn kind(reader: Reader) -> &'static str {
    match reader {
        Reader::Prose | Reader::Identifier | Reader::TabbedIdentifier => "text",
        Reader::Money => "amount",
        Reader::Rate | Reader::Percent => "rate",
        Reader::Quantity | Reader::Count | Reader::LeadTime | Reader::Measure => "whole number",
        Reader::Instant | Reader::AnyInstant => "time",
        Reader::Day | Reader::WrittenDay => "day",
        Reader::Flag => "yes or no",
        Reader::Currency | Reader::CurrencyOfAmount => "currency",
        Reader::Word(_) | Reader::OneOf(_) => "word",
    }
}

fn words(reader: Reader) -> Vec<(&'static str, Vec<&'static str>)> {
    let spellings = |meaning: &str| match reader {
        Reader::Word(words) => {
            let same = words.iter().filter(|(word, means)| *means == meaning && *word != meaning);
            same.map(|(word, _)| *word).collect()
        }
        _ => Vec::new(),
    };
    words_of(reader).into_iter().map(|word| (word, spellings(word))).collect()
}

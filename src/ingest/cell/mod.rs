//! A cell's text becomes a value that cannot be wrong, or a [`Flaw`] with the word for it.

mod money;
mod months;
mod text;
mod time;

use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization;

use money::ambiguous;
pub(crate) use money::{DecimalEvidence, money, rate};
pub(crate) use text::{currency, flag, identifier, measure, prose, quantity};
pub(crate) use time::{DateEvidence, day, instant, written_day};

use super::limits::LEAD_TIME_DAYS;
use crate::config::{DateOrder, Decimal};
use crate::lake::Cell;
use crate::types::{Currency, Timestamp};

/// Why a text is not a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Flaw {
    pub(crate) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// How a column's cells are read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reader {
    /// Free text: line ends and tabs become spaces.
    Prose,
    /// An identifier, kept exactly.
    Identifier,
    /// An identifier in a file whose cells end with a tab against spreadsheets, and that writes `/`
    /// where it knows none.
    TabbedIdentifier,
    Money,
    Rate,
    /// Units that are at least one, or below zero where the layout says so.
    Quantity,
    /// Units of any sign, zero included.
    Count,
    /// Days that a supplier takes.
    LeadTime,
    /// A measurement, rounded to a whole number.
    Measure,
    /// An instant that has happened.
    Instant,
    /// An instant that has happened, in a file that may name the months.
    NamedInstant,
    /// An instant that may lie ahead.
    AnyInstant,
    Day,
    /// A day in a file that may name the months.
    NamedDay,
    /// The day that an instant is written as, in whatever zone.
    WrittenDay,
    Flag,
    Currency,
    /// One of these words, in any case; what they mean here.
    Word(&'static [(&'static str, &'static str)]),
    /// One of these words, exactly.
    OneOf(&'static [&'static str]),
}

/// What is known when a cell is read.
#[derive(Clone, Debug)]
pub(crate) struct Locale {
    pub(crate) decimal: Option<Decimal>,
    pub(crate) dates: Option<DateOrder>,
    pub(crate) zone: Tz,
    /// The currency of amounts that do not say it.
    pub(crate) currency: Currency,
    /// Nothing can have happened after this.
    pub(crate) latest: Option<Timestamp>,
}

impl Reader {
    /// Reads a cell; `Cell::Null` where it says that it knows nothing.
    pub(crate) fn read(self, text: &str, locale: &Locale) -> Result<Cell, Flaw> {
        match self {
            Self::Prose => prose(text),
            Self::Identifier => identifier(text),
            Self::TabbedIdentifier if is_null(text) => Ok(Cell::Null),
            Self::TabbedIdentifier => identifier(text.trim_end_matches('\t')),
            Self::Word(words) => word(text, words),
            Self::OneOf(words) => one_of(text, words),
            _ if is_null(text) => Ok(Cell::Null),
            Self::Money => money(text, locale).map(Cell::Money),
            Self::Rate => rate(text, locale).map(Cell::Rate),
            Self::Quantity => quantity(text, locale.decimal).and_then(|units| match units {
                0 => Err(Flaw::new("qty_zero", "no units")),
                _ => Ok(Cell::Integer(units)),
            }),
            Self::Measure => measure(text, locale.decimal).map(Cell::Integer),
            Self::Count => quantity(text, locale.decimal).map(Cell::Integer),
            Self::LeadTime => quantity(text, locale.decimal).and_then(|days| match days {
                0..=LEAD_TIME_DAYS => Ok(Cell::Integer(days)),
                _ => Err(Flaw::new("days_out_of_range", format!("not from 0 to {LEAD_TIME_DAYS} days"))),
            }),
            Self::Instant => instant(text, locale).and_then(|at| not_after(at, locale.latest)).map(Cell::Timestamp),
            Self::NamedInstant => Self::Instant.read(&months::numbered(text), locale),
            Self::AnyInstant => instant(text, locale).map(Cell::Timestamp),
            Self::Day => day(text, locale).map(Cell::Day),
            Self::NamedDay => day(&months::numbered(text), locale).map(Cell::Day),
            Self::WrittenDay => written_day(text, locale).map(Cell::Day),
            Self::Flag => flag(text).map(Cell::Flag),
            Self::Currency => currency(text).map(|currency| Cell::from(currency.as_str())),
        }
    }

    pub(crate) fn is_money(self) -> bool {
        matches!(self, Self::Money)
    }

    pub(crate) fn is_date(self) -> bool {
        matches!(
            self,
            Self::Instant | Self::NamedInstant | Self::AnyInstant | Self::Day | Self::NamedDay | Self::WrittenDay
        )
    }
}

fn not_after(at: Timestamp, latest: Option<Timestamp>) -> Result<Timestamp, Flaw> {
    match latest {
        Some(latest) if at > latest => {
            Err(Flaw::new("date_in_future", format!("after the file was written, {latest}")))
        }
        _ => Ok(at),
    }
}

/// The amount or count with its sign turned.
pub(crate) fn negated(cell: Cell) -> Cell {
    match cell {
        Cell::Money(amount) => Cell::Money(-amount),
        Cell::Integer(count) => Cell::Integer(-count),
        other => other,
    }
}

/// What exports write where they know nothing.
pub(crate) fn is_null(text: &str) -> bool {
    // Most cells begin with a digit, a sign before one, or a letter that none of these begins with.
    let is_value = match text.as_bytes() {
        [b'-', next, ..] => next.is_ascii_digit(),
        [b'N' | b'n', ..] => false,
        [first, ..] => first.is_ascii_alphanumeric(),
        [] => false,
    };
    !is_value && matches!(text.trim(), "" | "--" | "-" | "—" | "/" | "N/A" | "n/a" | "not stocked")
}

fn word(text: &str, words: &[(&str, &str)]) -> Result<Cell, Flaw> {
    if let Some((_, meaning)) = words.iter().find(|(known, _)| *known == text) {
        return Ok(Cell::from(*meaning));
    }
    let wanted: String = text.trim().nfc().collect::<String>().to_lowercase();
    if is_null(&wanted) {
        return Ok(Cell::Null);
    }
    match words.iter().find(|(known, _)| *known == wanted) {
        Some((_, meaning)) => Ok(Cell::from(*meaning)),
        None => Err(Flaw::new(
            "unknown_status",
            format!("not one of {}; it counts neither as sold nor as cancelled", some(words)),
        )),
    }
}

/// The words that a file may have; of many, which are in many languages, the first.
fn some(words: &[(&str, &str)]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<&str> = words.iter().take(SHOWN).map(|(word, _)| *word).collect();
    let more = words.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &rest
}

fn one_of(text: &str, words: &[&str]) -> Result<Cell, Flaw> {
    let text = text.trim();
    match words.iter().find(|word| **word == text) {
        Some(word) => Ok(Cell::from(*word)),
        None if text.is_empty() => Ok(Cell::Null),
        None => Err(Flaw::new("unknown_word", format!("not one of {}", words.join(", ")))),
    }
}

//! A cell's text becomes a value that cannot be wrong, or a [`Flaw`] with the word for it.

mod currency_sign;
mod date_evidence;
mod decimal_evidence;
mod money;
mod months;
mod rate;
mod text;
mod time;

use std::borrow::Cow;

use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization;

use currency_sign::currency_of;
pub(crate) use date_evidence::DateEvidence;
pub(crate) use decimal_evidence::DecimalEvidence;
use money::ambiguous;
pub(crate) use money::money;
use rate::percent;
pub(crate) use rate::rate;
pub(crate) use text::{currency, flag, identifier, measure, prose, quantity};
pub(crate) use time::{SKIPPED_TIME, day, instant, skipped_instant, written_day};

use super::limits::LEAD_TIME_DAYS;
use crate::config::{DateOrder, Decimal};
use crate::lake::Cell;
use crate::types::{Currency, Day, Money, Rate, Timestamp};

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

/// What a cell says; `Text` is how its text is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<Text> {
    Null,
    Text(Text),
    Integer(i64),
    Money(Money),
    Rate(Rate),
    Day(Day),
    Timestamp(Timestamp),
    Flag(bool),
}

/// What was just read: its text is still that of the file, where nothing was taken off.
pub(crate) type Read<'a> = Value<Cow<'a, str>>;

impl<Text> Value<Text> {
    /// The same with its text held in another way.
    pub(crate) fn held<Other>(self, held: impl FnOnce(Text) -> Other) -> Value<Other> {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => Value::Text(held(text)),
            Self::Integer(count) => Value::Integer(count),
            Self::Money(amount) => Value::Money(amount),
            Self::Rate(rate) => Value::Rate(rate),
            Self::Day(day) => Value::Day(day),
            Self::Timestamp(at) => Value::Timestamp(at),
            Self::Flag(flag) => Value::Flag(flag),
        }
    }

    /// The amount or count with its sign turned.
    pub(crate) fn negated(self) -> Self {
        match self {
            Self::Money(amount) => Self::Money(-amount),
            Self::Integer(count) => Self::Integer(-count),
            other => other,
        }
    }
}

impl<Text: AsRef<str>> From<Value<Text>> for Cell {
    fn from(value: Value<Text>) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Text(text) => Self::from(text.as_ref()),
            Value::Integer(count) => Self::Integer(count),
            Value::Money(amount) => Self::Money(amount),
            Value::Rate(rate) => Self::Rate(rate),
            Value::Day(day) => Self::Day(day),
            Value::Timestamp(at) => Self::Timestamp(at),
            Value::Flag(flag) => Self::Flag(flag),
        }
    }
}

/// How a column's cells are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
    /// A rate that is written in whole percents, with or without their sign.
    Percent,
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
    /// An instant that may lie ahead.
    AnyInstant,
    Day,
    /// The day that an instant is written as, in whatever zone.
    WrittenDay,
    Flag,
    Currency,
    /// The currency that an amount is written with.
    CurrencyOfAmount,
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
    /// Reads a cell; `Value::Null` where it says that it knows nothing.
    pub(crate) fn read<'a>(self, text: &'a str, locale: &Locale) -> Result<Read<'a>, Flaw> {
        match self {
            Self::Prose => prose(text),
            Self::Identifier => identifier(text),
            Self::TabbedIdentifier if is_null(text) => Ok(Value::Null),
            Self::TabbedIdentifier => identifier(text.trim_end_matches('\t')),
            Self::Word(words) => word(text, words),
            Self::OneOf(words) => one_of(text, words),
            _ if is_null(text) => Ok(Value::Null),
            Self::Money => money(text, locale).map(Value::Money),
            Self::Rate => rate(text, locale).map(Value::Rate),
            Self::Percent => percent(text, locale).map(Value::Rate),
            Self::Quantity => quantity(text, locale.decimal).and_then(|units| match units {
                0 => Err(Flaw::new("qty_zero", "no units")),
                _ => Ok(Value::Integer(units)),
            }),
            Self::Measure => measure(text, locale.decimal).map(Value::Integer),
            Self::Count => quantity(text, locale.decimal).map(Value::Integer),
            Self::LeadTime => quantity(text, locale.decimal).and_then(|days| match days {
                0..=LEAD_TIME_DAYS => Ok(Value::Integer(days)),
                _ => Err(Flaw::new("days_out_of_range", format!("not from 0 to {LEAD_TIME_DAYS} days"))),
            }),
            Self::Instant => past(text, locale).map(Value::Timestamp),
            Self::AnyInstant => instant(text, locale).map(Value::Timestamp),
            Self::Day => day(text, locale).map(Value::Day),
            Self::WrittenDay => written_day(text, locale).map(Value::Day),
            Self::Flag => flag(text).map(Value::Flag),
            Self::CurrencyOfAmount => {
                Ok(currency_of(text).map_or(Value::Null, |currency| Value::Text(currency.to_string().into())))
            }
            Self::Currency => currency(text).map(|currency| {
                Value::Text(if currency.as_str() == text { text.into() } else { currency.to_string().into() })
            }),
        }
    }

    /// Reads a time that its zone's clocks skip, which [`Reader::read`] refuses.
    pub(crate) fn read_skipped<'a>(self, text: &str, locale: &Locale) -> Result<Read<'a>, Flaw> {
        let at = skipped_instant(text, locale)?;
        if self == Self::AnyInstant { Ok(at) } else { happened(at, locale) }.map(Value::Timestamp)
    }

    pub(crate) fn is_money(self) -> bool {
        matches!(self, Self::Money)
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Money | Self::Rate | Self::Percent | Self::Quantity | Self::Count | Self::LeadTime | Self::Measure
        )
    }

    pub(crate) fn is_date(self) -> bool {
        matches!(self, Self::Instant | Self::AnyInstant | Self::Day | Self::WrittenDay)
    }
}

/// An instant that has happened.
fn past(text: &str, locale: &Locale) -> Result<Timestamp, Flaw> {
    happened(instant(text, locale)?, locale)
}

fn happened(at: Timestamp, locale: &Locale) -> Result<Timestamp, Flaw> {
    match locale.latest {
        Some(latest) if at > latest => Err(Flaw::new(
            "date_in_future",
            format!("more than two days after the file was written; the latest that is taken is {latest}"),
        )),
        _ => Ok(at),
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

fn word(text: &str, words: &[(&str, &'static str)]) -> Result<Read<'static>, Flaw> {
    if let Some((_, meaning)) = words.iter().find(|(known, _)| *known == text) {
        return Ok(Value::Text((*meaning).into()));
    }
    let wanted: String = text.trim().nfc().collect::<String>().to_lowercase();
    if is_null(&wanted) {
        return Ok(Value::Null);
    }
    match words.iter().find(|(known, _)| is_same_word(known, &wanted)) {
        Some((_, meaning)) => Ok(Value::Text((*meaning).into())),
        None => Err(Flaw::new("unknown_status", format!("not one of {}{}", some(words), neither(words)))),
    }
}

/// Whether two words are one: exports write `partially_paid` as well as `partially paid`.
fn is_same_word(one: &str, other: &str) -> bool {
    let plain = |letter: u8| if letter == b'_' { b' ' } else { letter };
    one.bytes().map(plain).eq(other.bytes().map(plain))
}

/// What an unknown word of these means for the order; nothing where they are no states of one.
pub(super) fn neither(words: &[(&str, &str)]) -> &'static str {
    let is_state = |word: &str| matches!(word, "pending" | "paid" | "shipped" | "completed" | "cancelled" | "refunded");
    if words.iter().any(|(_, meaning)| is_state(meaning)) { "; it counts neither as sold nor as cancelled" } else { "" }
}

/// The words that a file may have; of many, which are in many languages, the first.
fn some(words: &[(&str, &str)]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<&str> = words.iter().take(SHOWN).map(|(word, _)| *word).collect();
    let more = words.len().saturating_sub(SHOWN);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &rest
}

fn one_of(text: &str, words: &[&'static str]) -> Result<Read<'static>, Flaw> {
    let text = text.trim();
    match words.iter().find(|word| **word == text) {
        Some(word) => Ok(Value::Text((*word).into())),
        None if text.is_empty() => Ok(Value::Null),
        None => Err(Flaw::new("unknown_word", format!("not one of {}", words.join(", ")))),
    }
}

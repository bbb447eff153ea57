//! How does a file write amounts and dates, and of what can a column's values be?

use super::guess::numbers_other;
use super::rates::Spread;
use crate::config::{DateOrder, Decimal, Settings};
use crate::ingest::cell::{self, DateEvidence, DecimalEvidence, Flaw, Locale, Reader, Value};
use crate::ingest::channels::reader;
use crate::ingest::sniff::Sniffed;
use crate::lake::Table;
use crate::types::{Currency, Money};

/// How the file writes amounts and dates.
pub(super) struct Reading {
    pub(super) decimal: Option<Decimal>,
    pub(super) dates: Option<DateOrder>,
    /// Whether it has dates that could be either way round, and nothing that decides.
    pub(super) undecided_dates: bool,
    pub(super) locale: Locale,
    pub(super) channels: Vec<String>,
}

/// The decimal mark, told by counts that group their digits: `1.045` beside `77`, where `0.500`
/// would be a fraction.
fn grouped(sniffed: &Sniffed) -> Option<Decimal> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mark = |text: &str| {
        let text = text.trim_start_matches(['-', '+']);
        let (first, rest) = text.split_once(['.', ','])?;
        let parts: Vec<&str> = rest.split(['.', ',']).collect();
        let is_group = parts.iter().all(|part| part.len() == 3 && digits(part));
        let starts = digits(first) && first.len() <= 3 && !first.starts_with('0');
        (is_group && starts).then(|| text.as_bytes()[first.len()])
    };
    let of_column = |place: usize| {
        let cells: Vec<&str> = sniffed.column(place).collect();
        let plain = |text: &&str| digits(text.trim_start_matches(['-', '+']));
        let mut marks = cells.iter().filter(|text| !plain(text)).map(|text| mark(text));
        let first = marks.next()??;
        let alike = marks.all(|mark| mark == Some(first)) && cells.iter().any(plain);
        alike.then_some(if first == b'.' { Decimal::Comma } else { Decimal::Point })
    };
    let mut told = (0..sniffed.headers.len()).filter_map(of_column);
    let first = told.next()?;
    told.all(|other| other == first).then_some(first)
}

/// Codes of currencies that are no words.
const FREQUENT: &[&str] = &[
    "usd", "eur", "gbp", "cad", "aud", "nzd", "jpy", "cny", "inr", "chf", "sek", "nok", "dkk", "pln", "czk", "huf",
    "brl", "mxn", "sgd", "hkd", "zar",
];

/// The currency that headers of amounts name: `Price (EUR)`, `Preis €`.
pub(super) fn currency<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Currency> {
    let in_header = |header: &str| {
        let words = header.split(|letter: char| letter.is_whitespace() || "()[]/,;:_-".contains(letter));
        let mut said = words.filter_map(|word| match word {
            "€" => "EUR".parse().ok(),
            "£" => "GBP".parse().ok(),
            // In small letters many codes are words.
            word if FREQUENT.contains(&word) => word.to_uppercase().parse().ok(),
            word if word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                cell::currency(word).is_ok().then(|| word.parse().ok()).flatten()
            }
            _ => None,
        });
        said.next_back()
    };
    let mut named = headers.filter_map(in_header);
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

/// The order of day and month where the shop's currency is at home.
pub(super) fn custom(settings: &Settings) -> DateOrder {
    if settings.shop.currency == Currency::USD { DateOrder::MonthDayYear } else { DateOrder::DayMonthYear }
}

impl Reading {
    pub(super) fn of(sniffed: &Sniffed, settings: &Settings) -> Self {
        let (mut decimal, mut dates) = (DecimalEvidence::default(), DateEvidence::default());
        let any = Locale {
            decimal: None,
            dates: Some(custom(settings)),
            zone: settings.shop.time_zone,
            currency: settings.shop.currency,
            latest: None,
        };
        for place in 0..sniffed.headers.len() {
            let is_date = |order| {
                let locale = Locale { dates: Some(order), ..any.clone() };
                let is_beyond = |flaw: Flaw| flaw.code == "date_out_of_range";
                mostly(sniffed, place, |text| Reader::AnyInstant.read(text, &locale).map_or_else(is_beyond, |_| true))
            };
            if is_date(DateOrder::DayMonthYear) || is_date(DateOrder::MonthDayYear) {
                sniffed.column(place).for_each(|text| dates.weigh(text));
            } else {
                sniffed.column(place).for_each(|text| decimal.weigh(text));
            }
        }
        let mark = decimal.verdict().or_else(|| grouped(sniffed));
        let order = dates.verdict();
        Self {
            decimal: mark,
            dates: order,
            undecided_dates: order.is_none() && dates.undecided > 0,
            locale: Locale {
                decimal: Some(mark.unwrap_or(Decimal::Point)),
                dates: Some(order.or(dates.by_custom()).unwrap_or(custom(settings))),
                ..any
            },
            channels: settings.channels.iter().map(|channel| channel.name.to_string()).collect(),
        }
    }

    /// Whether a text is a value of a column of the lake.
    pub(super) fn reads(&self, table: &Table, column: &str, text: &str) -> bool {
        if column == "channel" {
            return self.channels.iter().any(|channel| channel == text);
        }
        let known = table.columns.iter().find(|known| known.name == column);
        known.is_some_and(|known| {
            let reader = reader(table, *known);
            reader.read(text, &self.locale).is_ok() || reader.is_date() && self.is_beyond(text)
        })
    }

    /// Whether a text is a day that is too early or too late to be kept.
    fn is_beyond(&self, text: &str) -> bool {
        Reader::AnyInstant.read(text, &self.locale).is_err_and(|flaw| flaw.code == "date_out_of_range")
    }

    /// How many days of a column cannot be kept, and of how many.
    pub(super) fn beyond(&self, sniffed: &Sniffed, place: usize) -> (usize, usize) {
        (sniffed.column(place).filter(|text| self.is_beyond(text)).count(), sniffed.column(place).count())
    }

    /// Whether a column's amounts all lie between 0 and 1, as rates do.
    pub(super) fn are_like_rates(&self, sniffed: &Sniffed, place: usize) -> bool {
        let amounts = sniffed.column(place).map(|text| match Reader::Money.read(text, &self.locale) {
            Ok(Value::Money(amount)) => Some(amount),
            _ => None,
        });
        amounts.collect::<Option<Vec<Money>>>().is_some_and(|amounts| Spread::of(amounts.into_iter()).is_of_rates())
    }

    /// Whether a column holds dates or instants, however they are written.
    pub(super) fn is_dates(&self, sniffed: &Sniffed, place: usize) -> bool {
        let written = |text: &str| !text.bytes().all(|byte| byte.is_ascii_digit());
        let is_date = |text: &str| Reader::AnyInstant.read(text, &self.locale).is_ok() || self.is_beyond(text);
        mostly(sniffed, place, |text| written(text) && is_date(text))
    }

    /// Whether a column holds amounts: numbers of which at least one has a fraction.
    pub(super) fn is_amounts(&self, sniffed: &Sniffed, place: usize) -> bool {
        !sniffed.headers[place].contains('%')
            && !self.is_dates(sniffed, place)
            && sniffed.column(place).any(|text| text.contains(['.', ',']))
            && mostly(sniffed, place, |text| Reader::Money.read(text, &self.locale).is_ok())
    }

    /// Whether a column's values can be of a column of the lake. Words can be translated.
    pub(super) fn fits(&self, sniffed: &Sniffed, place: usize, table: &Table, column: &str) -> bool {
        let Some(known) = table.columns.iter().find(|known| known.name == column) else { return false };
        let is_share = sniffed.headers[place].contains('%');
        match reader(table, *known) {
            Reader::Money if is_share => false,
            Reader::Word(_) | Reader::OneOf(_) => mostly(sniffed, place, is_word),
            // Its words can be translated into the shop's channels.
            _ if column == "channel" => mostly(sniffed, place, is_word),
            Reader::Prose => column != "title" || mostly(sniffed, place, |text| text.contains(char::is_alphabetic)),
            Reader::Identifier if column == "sku" && numbers_other(&sniffed.headers[place]) => false,
            Reader::Identifier if column != "reference" && self.is_dates(sniffed, place) => false,
            _ => mostly(sniffed, place, |text| self.reads(table, column, text)),
        }
    }
}

/// Nine in ten of the cells that say something, and at least one.
pub(super) fn mostly(sniffed: &Sniffed, place: usize, mut test: impl FnMut(&str) -> bool) -> bool {
    let (mut all, mut good) = (0_usize, 0_usize);
    for text in sniffed.column(place) {
        all += 1;
        good += usize::from(test(text));
    }
    all > 0 && good * 10 >= all * 9
}

fn is_word(text: &str) -> bool {
    text.chars().count() <= 40 && text.chars().any(char::is_alphabetic)
}

//! Which header is which column: by its name where the values agree, else by the values alone.

use std::collections::BTreeMap;

use super::marks::{ARTICLE, LOOSE, NUMBERED, OTHER_DAYS, SETTLED, WHOLE};
use super::names::names;
use super::targets::Target;
use super::words::{TURNING, WORDS};
use crate::config::{DateOrder, Decimal, Settings};
use crate::ingest::cell::{self, DateEvidence, DecimalEvidence, Locale, Reader};
use crate::ingest::channels::reader;
use crate::ingest::header::normalised;
use crate::ingest::sniff::Sniffed;
use crate::lake::Table;
use crate::types::Currency;

/// How the file writes amounts and dates.
pub(super) struct Reading {
    pub(super) decimal: Option<Decimal>,
    pub(super) dates: Option<DateOrder>,
    /// Whether it has dates that could be either way round, and nothing that decides.
    pub(super) undecided_dates: bool,
    locale: Locale,
    channels: Vec<String>,
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

/// The currency that headers of amounts name: `Price (EUR)`, `Preis €`.
pub(super) fn currency<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Currency> {
    let in_header = |header: &str| {
        let words = header.split(|letter: char| letter.is_whitespace() || "()[]/,;:_-".contains(letter));
        let mut said = words.filter_map(|word| match word {
            "€" => "EUR".parse().ok(),
            "£" => "GBP".parse().ok(),
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
                mostly(sniffed, place, |text| Reader::AnyInstant.read(text, &locale).is_ok())
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
                dates: Some(order.unwrap_or(custom(settings))),
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
        known.is_some_and(|known| reader(table, *known).read(text, &self.locale).is_ok())
    }

    /// Whether a column holds dates or instants, however they are written.
    pub(super) fn is_dates(&self, sniffed: &Sniffed, place: usize) -> bool {
        let written = |text: &str| !text.bytes().all(|byte| byte.is_ascii_digit());
        mostly(sniffed, place, |text| written(text) && Reader::AnyInstant.read(text, &self.locale).is_ok())
    }

    /// Whether a column holds amounts: numbers of which at least one has a fraction.
    pub(super) fn is_amounts(&self, sniffed: &Sniffed, place: usize) -> bool {
        !sniffed.headers[place].contains('%')
            && !self.is_dates(sniffed, place)
            && sniffed.column(place).any(|text| text.contains(['.', ',']))
            && mostly(sniffed, place, |text| Reader::Money.read(text, &self.locale).is_ok())
    }

    /// Whether a column's values can be of a column of the lake. Words can be translated.
    fn fits(&self, sniffed: &Sniffed, place: usize, table: &Table, column: &str) -> bool {
        let Some(known) = table.columns.iter().find(|known| known.name == column) else { return false };
        let is_share = sniffed.headers[place].contains('%');
        match reader(table, *known) {
            Reader::Money if is_share => false,
            Reader::Word(_) | Reader::OneOf(_) => mostly(sniffed, place, is_word),
            Reader::Prose => true,
            Reader::Identifier if column == "sku" && numbers_other(&sniffed.headers[place]) => false,
            Reader::Identifier if column != "reference" && self.is_dates(sniffed, place) => false,
            _ => mostly(sniffed, place, |text| self.reads(table, column, text)),
        }
    }
}

/// Nine in ten of the cells that say something, and at least one.
fn mostly(sniffed: &Sniffed, place: usize, mut test: impl FnMut(&str) -> bool) -> bool {
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

/// What a table's columns are called in the file.
pub(super) struct Guess {
    /// Column of the lake and place of its header.
    pub(super) columns: BTreeMap<&'static str, usize>,
    /// What tells the table and is missing: one of each.
    pub(super) untold: Vec<&'static [&'static str]>,
}

/// Holds a file against a table.
pub(super) fn hold(target: &Target, sniffed: &Sniffed, reading: &Reading) -> Guess {
    let table = Table::named(target.table).expect("targets are tables of the lake");
    let spoken: Vec<String> = sniffed.headers.iter().map(|header| spoken(header)).collect();
    // What could not be decoded can't be typed, and names no column.
    let once = |place: usize| {
        !is_torn(&sniffed.headers[place]) && spoken.iter().filter(|header| **header == spoken[place]).count() == 1
    };
    let mut columns: BTreeMap<&'static str, usize> = BTreeMap::new();
    // An exact name goes before a part of a longer one, whichever column asks first.
    for exact in [true, false] {
        for column in target.columns {
            if columns.contains_key(column) {
                continue;
            }
            let free = |place: &usize| !columns.values().any(|taken| taken == place) && once(*place);
            let called = names().find(|(name, _)| name == column).map_or(&[][..], |(_, names)| names);
            let found = called.iter().find_map(|name| {
                let called = |place: &usize| match exact {
                    true => spoken[*place] == *name,
                    false => !WHOLE.contains(name) && holds(&spoken[*place], name),
                };
                let one_word = |place: &usize| {
                    let loose = *column == "sku" && LOOSE.contains(name);
                    !loose || mostly(sniffed, *place, |text| !text.contains(' '))
                };
                let is_price = |place: &usize| *column == "amount" && holds(&spoken[*place], "price");
                let fits =
                    |place: &usize| !is_price(place) && one_word(place) && reading.fits(sniffed, *place, table, column);
                (0..spoken.len()).find(|place| free(place) && called(place) && fits(place))
            });
            if let Some(place) = found {
                columns.insert(column, place);
            }
        }
    }
    by_shape(target, sniffed, reading, table, &mut columns);
    // What was paid for labels says of itself what kind of line it is.
    let labels = |place: &usize| is_cost(&sniffed.headers[*place]) && is_label(&sniffed.headers[*place]);
    let says_kind = target.table == "settlement_lines" && columns.get("amount").is_some_and(labels);
    let told = |column: &&str| columns.contains_key(column) || *column == "kind" && says_kind;
    let untold = target.telling.iter().filter(|any| !any.iter().any(told));
    Guess { untold: untold.copied().collect(), columns }
}

/// Headers that say nothing: the only column with instants, the only one that looks like SKUs.
fn by_shape(
    target: &Target,
    sniffed: &Sniffed,
    reading: &Reading,
    table: &Table,
    columns: &mut BTreeMap<&'static str, usize>,
) {
    let is_of = |column: &str, place: usize| match column {
        "sku" => mostly(sniffed, place, is_sku_like),
        "amount" => reading.is_amounts(sniffed, place),
        "at" | "reported_at" => reading.is_dates(sniffed, place) && is_of_a_count(sniffed, place),
        column => mostly(sniffed, place, |text| reading.reads(table, column, text)),
    };
    let is_settled = columns.get("settlement_id").is_some_and(|place| is_settled(&sniffed.headers[*place]));
    let of_target: &[&str] = match target.table {
        "stock" => &["at"],
        "channel_stock" => &["reported_at"],
        "settlement_lines" if is_settled => &["posted_at", "amount"],
        _ => &[],
    };
    for column in ["sku", "ordered_at", "currency"].iter().chain(of_target) {
        let Some(column) = target.columns.iter().find(|name| *name == column && !columns.contains_key(**name)) else {
            continue;
        };
        let free = (0..sniffed.headers.len()).filter(|place| !columns.values().any(|taken| taken == place));
        let is_other = |place: &usize| {
            let header = &sniffed.headers[*place];
            *column == "sku" && (names_other(header, "sku") || numbers_other(header))
        };
        let may_be = |place: &usize| !is_other(place) && !is_torn(&sniffed.headers[*place]) && is_of(column, *place);
        let mut fitting = free.filter(may_be);
        if let (Some(place), None) = (fitting.next(), fitting.next()) {
            columns.insert(column, place);
        }
    }
}

/// Whether a header has bytes that are no text in the file's encoding.
pub(crate) fn is_torn(header: &str) -> bool {
    header.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether a header numbers something else than articles.
fn numbers_other(header: &str) -> bool {
    let header = spoken(header);
    let has = |parts: &[&str]| parts.iter().any(|part| header.contains(part));
    has(NUMBERED) && !has(ARTICLE)
}

/// Whether a header numbers what a channel pays out together.
fn is_settled(header: &str) -> bool {
    let header = spoken(header);
    SETTLED.iter().any(|part| header.contains(part))
}

/// Whether a file tells of payments: it numbers a settlement, has an amount, and neither counts nor prices
/// anything, as `orders` is what it would be as orders.
pub(super) fn tells_of_payments(settlement: &Guess, orders: &Guess, sniffed: &Sniffed) -> bool {
    let number = settlement.columns.get("settlement_id");
    let ordered = ["quantity", "unit_price"].iter().any(|column| orders.columns.contains_key(column));
    number.is_some_and(|place| is_settled(&sniffed.headers[*place]))
        && settlement.columns.contains_key("amount")
        && !ordered
}

/// Whether dates may be the day of a count: they are all of one day, and called nothing else.
fn is_of_a_count(sniffed: &Sniffed, place: usize) -> bool {
    let header = spoken(&sniffed.headers[place]);
    let day = |text: &str| text.chars().take(10).collect::<String>();
    let mut days = sniffed.column(place).map(day);
    let first = days.next();
    !OTHER_DAYS.iter().any(|part| header.contains(part)) && days.all(|day| Some(day) == first)
}

/// Whether a header is what files call another column.
fn names_other(header: &str, column: &str) -> bool {
    let header = spoken(header);
    names().any(|(name, names)| *name != column && names.contains(&header.as_str()))
}

/// `MUG-BLUE`, `A1002`: capital letters with digits or dashes, and no space.
fn is_sku_like(text: &str) -> bool {
    let plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '/'));
    let letters = text.chars().any(|letter| letter.is_ascii_uppercase());
    let more = text.chars().any(|letter| letter.is_ascii_digit() || letter == '-');
    plain && letters && more && (3..=40).contains(&text.len()) && !cell::is_null(text)
}

/// The header that is called what files call a column of the lake.
pub(crate) fn called<'a>(column: &str, headers: &[&'a str]) -> Option<&'a str> {
    let (_, names) = names().find(|(name, _)| *name == column)?;
    let exact = names.iter().find_map(|name| headers.iter().find(|header| spoken(header) == *name));
    let within = || {
        let mut names = names.iter().filter(|name| !WHOLE.contains(name));
        names.find_map(|name| headers.iter().find(|header| holds(&spoken(header), name)))
    };
    exact.or_else(within).copied()
}

/// What a word of a file most likely means in a column of the lake.
pub(crate) fn likely(table: &str, column: &str, said: &str) -> Option<&'static str> {
    let (_, _, parts) = WORDS.iter().find(|(known, of, _)| (*known, *of) == (table, column))?;
    likely_of(parts, said)
}

pub(super) fn likely_of(parts: &[(&str, &'static str)], said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    if turned(&said) {
        return None;
    }
    parts.iter().find(|(part, _)| said.contains(part)).map(|(_, word)| *word)
}

/// Whether a word says that something did not happen, or not wholly.
fn turned(said: &str) -> bool {
    let spaced = format!(" {said}");
    TURNING.iter().any(|part| spaced.contains(part))
}

/// Whether a header says that an amount was spent.
pub(super) fn is_cost(header: &str) -> bool {
    let words = ["cost", "fee", "fees", "charge", "charges", "postage", "spend", "label cost"];
    words.iter().any(|word| holds(&spoken(header), word))
}

/// Whether it was spent on shipping.
pub(super) fn is_label(header: &str) -> bool {
    ["label", "postage", "shipping", "shipment", "carrier", "freight"].iter().any(|word| holds(&spoken(header), word))
}

/// Headers that name an article again and again: `Item 1`, `Item 2`, as files have them that put an
/// order on one row.
pub(super) fn numbered(sniffed: &Sniffed) -> Option<[&str; 2]> {
    let spoken: Vec<String> = sniffed.headers.iter().map(|header| spoken(header)).collect();
    let article = names().filter(|(column, _)| matches!(*column, "sku" | "title" | "quantity"));
    let mut words = article.flat_map(|(_, names)| names.iter());
    words.find_map(|word| {
        let called = |number: &str| {
            let place = spoken
                .iter()
                .position(|header| *header == format!("{word} {number}") || *header == format!("{number} {word}"));
            place.map(|place| sniffed.headers[place].as_str())
        };
        Some([called("1")?, called("2")?])
    })
}

/// The header of a column whose cells hold several articles: `MUG-1 x2; CUP-1 x1`, `2× Mug, 1× Cup`.
pub(super) fn packed(sniffed: &Sniffed) -> Option<&str> {
    let is_count = |word: &str| {
        let number = word.trim_matches(['x', 'X', '×', '*', '(', ')', ',', ';', '|', ':']);
        number.len() < word.len() && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let counts = |text: &str| text.split_whitespace().filter(|word| is_count(word)).count();
    let place = (0..sniffed.headers.len()).find(|place| {
        let several = sniffed.column(*place).any(|text| counts(text) > 1 && text.chars().any(char::is_alphabetic));
        several && mostly(sniffed, *place, |text| counts(text) > 0 && text.chars().any(char::is_alphabetic))
    });
    place.map(|place| sniffed.headers[place].as_str())
}

/// A header in words: `Order_No.` is `order no`, `Order #` is `order number`.
fn spoken(header: &str) -> String {
    let header = normalised(header).replace('#', " number ");
    let words = header.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a name stands in a header as whole words.
fn holds(header: &str, name: &str) -> bool {
    format!(" {header} ").contains(&format!(" {name} "))
}

//! Which header is which column: by its name where the values agree, else by the values alone.

use std::collections::{BTreeMap, BTreeSet};

use super::marks::{AGAINST, ARTICLE, CHANNELS, DIGITS, LOOSE, NUMBERED, OTHER_DAYS, SETTLED, WHOLE};
use super::names::{all_names, names};
use super::reading::{Reading, mostly};
use super::returns::{says_return, without_return};
use super::speech::{holds, holds_part, same, spoken};
use super::targets::Target;
use super::words::{TURNING, WORDS};
use crate::ingest::cell;
use crate::ingest::price_words;
use crate::ingest::sniff::Sniffed;
use crate::lake::{Kind, Table};

/// What a table's columns are called in the file.
pub(super) struct Guess {
    /// Column of the lake and place of its header.
    pub(super) columns: BTreeMap<&'static str, usize>,
    /// What tells the table and is missing: one of each.
    pub(super) untold: Vec<&'static [&'static str]>,
}

/// What a file is about where its headers alone would mislead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Anything,
    /// What came back.
    Returns,
    /// What labels cost.
    Labels,
}

/// Holds a file against a table.
pub(super) fn hold(target: &Target, sniffed: &Sniffed, reading: &Reading, subject: Subject) -> Guess {
    let table = Table::named(target.table).expect("targets are tables of the lake");
    let spoken = sniffed.headers.iter().map(|header| spoken(header)).collect();
    let mut search = Search { target, table, sniffed, reading, subject, spoken, columns: BTreeMap::new() };
    // An exact name goes before a part of a longer one, whichever column asks first.
    for pass in search.passes() {
        for column in target.columns {
            if !search.columns.contains_key(column)
                && let Some(place) = search.place(column, *pass)
            {
                search.columns.insert(column, place);
            }
        }
    }
    search.by_shape();
    search.guess()
}

/// More words of channels are names of shops or buyers.
const CHANNEL_WORDS: usize = 20;

/// How names are looked for among headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pass {
    exact: bool,
    headers: Headers,
}

/// Which headers are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Headers {
    All,
    /// Those that say that something came back.
    OfReturns,
    /// The same without the words that say it.
    OfReturnsPlain,
}

struct Search<'a> {
    target: &'a Target,
    table: &'static Table,
    sniffed: &'a Sniffed,
    reading: &'a Reading,
    subject: Subject,
    /// The headers in words.
    spoken: Vec<String>,
    /// Column of the lake and place of its header, as far as they are found.
    columns: BTreeMap<&'static str, usize>,
}

impl Search<'_> {
    fn passes(&self) -> &'static [Pass] {
        const EXACT: Pass = Pass { exact: true, headers: Headers::All };
        const WITHIN: Pass = Pass { exact: false, headers: Headers::All };
        const RETURNS: [Pass; 6] = [
            Pass { exact: true, headers: Headers::OfReturns },
            Pass { exact: false, headers: Headers::OfReturns },
            Pass { exact: true, headers: Headers::OfReturnsPlain },
            Pass { exact: false, headers: Headers::OfReturnsPlain },
            EXACT,
            WITHIN,
        ];
        if self.target.table == "refund_lines" { &RETURNS } else { &[EXACT, WITHIN] }
    }

    /// The header that has one of a column's names, the most telling first.
    fn place(&self, column: &str, pass: Pass) -> Option<usize> {
        if column == "kind" && self.subject == Subject::Labels {
            return None;
        }
        let mut names = names(self.target.table, column, self.subject);
        names.find_map(|name| {
            let fits = |place: &usize| self.may_be(*place, column, name, pass);
            (0..self.spoken.len())
                .find(|place| self.is_free(*place) && self.is_called(*place, name, column, pass) && fits(place))
        })
    }

    /// What could not be decoded can't be typed, and names no column; neither does what stands twice.
    fn is_free(&self, place: usize) -> bool {
        let is_taken = self.columns.values().any(|taken| *taken == place);
        let alike = self.spoken.iter().filter(|header| **header == self.spoken[place]).count();
        !is_taken && !is_torn(&self.sniffed.headers[place]) && alike == 1
    }

    fn is_called(&self, place: usize, name: &str, column: &str, pass: Pass) -> bool {
        let header = &self.spoken[place];
        let of_returns = says_return(header);
        // A price with or without its tax is a price: `EK netto` is called `EK`.
        let of_money = self.table.columns.iter().any(|known| known.name == column && known.kind == Kind::Money);
        let plain = of_money.then(|| price_words::without(header)).flatten();
        let called = |header: &str| match pass.exact {
            true => same(header, name) || plain.as_deref().is_some_and(|plain| same(plain, name)),
            false => !WHOLE.contains(&name) && holds(header, name),
        };
        match pass.headers {
            Headers::All => called(header) && (!of_returns || self.target.table == "refund_lines"),
            Headers::OfReturns => of_returns && called(header),
            Headers::OfReturnsPlain => of_returns && called(&without_return(header)),
        }
    }

    fn may_be(&self, place: usize, column: &str, name: &str, pass: Pass) -> bool {
        let header = &self.spoken[place];
        let mostly = |test: fn(&str) -> bool| mostly(self.sniffed, place, test);
        let is_named = match column {
            "sku" if DIGITS.contains(&name) => {
                mostly(|text| !text.contains(' ') && text.contains(|d: char| d.is_ascii_digit()))
            }
            "sku" if LOOSE.contains(&name) => mostly(|text| !text.contains(' ')),
            "line_id" if name == "item id" => self.tells_apart(place),
            "channel" => self.says_channels(place, pass.exact && CHANNELS.contains(&name)),
            "amount" if self.subject != Subject::Labels => !holds(header, "price"),
            _ => true,
        };
        is_named
            && (pass.exact || !speaks_against(header, column))
            && self.reading.fits(self.sniffed, place, self.table, column)
    }

    /// Whether cells name channels of the settings or, where `is_named`, several others.
    fn says_channels(&self, place: usize, is_named: bool) -> bool {
        let words: BTreeSet<&str> = self.sniffed.column(place).collect();
        let is_known = mostly(self.sniffed, place, |text| self.reading.reads(self.table, "channel", text));
        is_known || is_named && (2..=CHANNEL_WORDS).contains(&words.len())
    }

    /// Whether no two rows say the same.
    fn tells_apart(&self, place: usize) -> bool {
        let mut seen = BTreeSet::new();
        self.sniffed.column(place).all(|text| seen.insert(text))
    }

    fn guess(self) -> Guess {
        // What was paid for labels says of itself what kind of line it is.
        let labels = |place: &usize| is_cost(&self.sniffed.headers[*place]) && is_label(&self.sniffed.headers[*place]);
        let is_settled = self.target.table == "settlement_lines";
        let says_kind = self.subject == Subject::Labels || self.columns.get("amount").is_some_and(labels);
        let told = |column: &&str| self.columns.contains_key(column) || *column == "kind" && is_settled && says_kind;
        let untold = self.target.telling.iter().filter(|any| !any.iter().any(told)).copied().collect();
        Guess { untold, columns: self.columns }
    }

    /// Headers that say nothing: the only column with instants, the only one that looks like SKUs.
    fn by_shape(&mut self) {
        let settled = self.columns.get("settlement_id");
        let is_settled = settled.is_some_and(|place| is_settled(&self.sniffed.headers[*place]));
        let of_target: &[&str] = match self.target.table {
            "stock" => &["at"],
            "channel_stock" => &["reported_at"],
            "settlement_lines" if is_settled => &["posted_at", "amount"],
            _ => &[],
        };
        for column in ["sku", "ordered_at", "currency"].iter().chain(of_target) {
            let is_open = |name: &&&str| *name == column && !self.columns.contains_key(**name);
            let Some(column) = self.target.columns.iter().find(is_open) else { continue };
            let mut fitting = (0..self.spoken.len()).filter(|place| self.looks_like(column, *place));
            if let (Some(place), None) = (fitting.next(), fitting.next()) {
                self.columns.insert(column, place);
            }
        }
    }

    /// Whether what stands under a header without a use looks like a column's values, and the header
    /// says nothing else.
    fn looks_like(&self, column: &str, place: usize) -> bool {
        let (sniffed, reading, header) = (self.sniffed, self.reading, &self.sniffed.headers[place]);
        let is_taken = self.columns.values().any(|taken| *taken == place);
        let is_other = speaks_against(&self.spoken[place], column)
            || self.target.table != "refund_lines" && says_return(&self.spoken[place])
            || column == "sku" && (names_other(header, "sku") || numbers_other(header));
        if is_taken || is_other || is_torn(header) {
            return false;
        }
        match column {
            "sku" => mostly(sniffed, place, is_sku_like),
            "amount" => reading.is_amounts(sniffed, place),
            "at" | "reported_at" => reading.is_dates(sniffed, place) && is_of_a_count(sniffed, place),
            column => mostly(sniffed, place, |text| reading.reads(self.table, column, text)),
        }
    }
}

/// Whether a header that has a column's name in it says something else with it: a `Ship date` is no day of an
/// order.
fn speaks_against(header: &str, column: &str) -> bool {
    let parts = AGAINST.iter().find(|(known, _)| *known == column).map_or(&[][..], |(_, parts)| parts);
    parts.iter().any(|part| holds_part(header, part))
}

/// Whether a header has bytes that are no text in the file's encoding.
pub(crate) fn is_torn(header: &str) -> bool {
    header.contains(char::REPLACEMENT_CHARACTER)
}

/// Whether a header numbers something else than articles.
pub(super) fn numbers_other(header: &str) -> bool {
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
    all_names().any(|(name, names)| *name != column && names.contains(&header.as_str()))
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
    let (_, names) = all_names().find(|(name, _)| *name == column)?;
    let exact = names.iter().find_map(|name| headers.iter().find(|header| same(&spoken(header), name)));
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
    let article = all_names().filter(|(column, _)| matches!(*column, "sku" | "title" | "quantity"));
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

//! Does a file tell of what came back? Its rows are no sales, and its amounts no income.

use std::collections::BTreeSet;
use std::path::Path;

use super::guess::Guess;
use super::reading::{Reading, mostly};
use super::speech::{holds, holds_part, spoken};
use crate::ingest::cell::Reader;
use crate::ingest::sniff::Sniffed;

/// How words begin that say that something came back, goods or money.
const PARTS: &[&str] = &[
    "return",
    "refund",
    "credited",
    "rückgabe",
    "rücksend",
    "rückerstatt",
    "rueckgabe",
    "ruecksend",
    "rueckerstatt",
    "erstatt",
    "gutschrift",
    "retour",
    "retur",
    "rembours",
    "devoluc",
    "devoluç",
    "devuelt",
    "devolvid",
    "reembols",
    "estorn",
    "rimbors",
    "restitu",
    "zwrot",
    "zwróc",
    "zwroc",
    "terugbetal",
    "creditnota",
    "creditfactuur",
    "kreditnota",
    "kreditfaktura",
    "kreditering",
    "återbetal",
    "tilbagebetal",
    "tilbakebetal",
    "refusion",
    "vrácen",
    "vratk",
    "dobropis",
    "visszáru",
    "visszatérít",
    "jóváír",
    "palautu",
    "hyvity",
    "返品",
    "返金",
];

/// Words that say it alone.
const WORDS: &[&str] = &["rma", "avoir", "avoirs", "abono", "abonos", "reso", "resi", "iade"];

/// Words that go before or after `credit` where it is what a seller gives back.
const CREDITS: &[&str] = &[
    "credit note",
    "credit notes",
    "credit memo",
    "credit memos",
    "credit number",
    "credit no",
    "credit id",
    "credit date",
    "credit qty",
    "credit quantity",
    "credit reason",
    "nota de crédito",
    "nota di credito",
    "note de crédit",
];

/// Words beside which it is a rule, an address or a card, and nothing that happened.
const RULES: &[&str] = &[
    "returnable",
    "refundable",
    "returning",
    "policy",
    "window",
    "deadline",
    "until",
    "by",
    "eligible",
    "allowed",
    "address",
    "label",
    "rate",
    "url",
    "card",
];

/// Words of a file's name that say that it holds sales too.
const JOINED: &[&str] =
    &["and", "with", "und", "mit", "et", "avec", "y", "con", "i", "en", "incl", "including", "plus"];

/// Whether a header, or a file's name, in words says that something came back.
pub(super) fn says_return(words: &str) -> bool {
    let is_said =
        PARTS.iter().any(|part| holds_part(words, part)) || WORDS.iter().chain(CREDITS).any(|word| holds(words, word));
    is_said && !RULES.iter().any(|rule| holds(words, rule))
}

/// A header without the words that say that something came back: `return quantity` is a `quantity`.
pub(super) fn without_return(words: &str) -> String {
    let is_of_it =
        |word: &str| word == "credit" || WORDS.contains(&word) || PARTS.iter().any(|part| word.starts_with(part));
    words.split(' ').filter(|word| !is_of_it(word)).collect::<Vec<_>>().join(" ")
}

/// What a file's name says of returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Nothing,
    Returns,
    /// Returns beside sales.
    Both,
}

impl Named {
    pub(super) fn of(path: &Path) -> Self {
        let name = spoken(&path.file_stem().unwrap_or_default().to_string_lossy());
        match says_return(&name) {
            false => Self::Nothing,
            true if JOINED.iter().any(|word| holds(&name, word)) => Self::Both,
            true => Self::Returns,
        }
    }
}

/// Whether every row is of something that came back: the file's name says so, or a number or a day of returns
/// stands on every row, or all that is counted and paid is. An order's own column of refunds is mostly empty.
pub(super) fn tells_of_returns(named: Named, orders: &Guess, sniffed: &Sniffed, reading: &Reading) -> bool {
    let sells = ["quantity", "unit_price", "gross"].iter().any(|column| orders.columns.contains_key(column));
    let is_of_returns = |place: usize| {
        let header = spoken(&sniffed.headers[place]);
        if !says_return(&header) || !is_filled(sniffed, place) {
            return false;
        }
        let numbers =
            NUMBERS.iter().any(|word| holds(&header, word)) || !header.contains(' ') && WORDS.contains(&&*header);
        let counts =
            |text: &str| Reader::Money.read(text, &reading.locale).is_ok() && text.contains(|d| matches!(d, '1'..='9'));
        reading.is_dates(sniffed, place) || numbers || !sells && mostly(sniffed, place, counts)
    };
    named == Named::Returns || (0..sniffed.headers.len()).any(is_of_returns)
}

/// Words of headers that number something.
const NUMBERS: &[&str] = &[
    "id",
    "number",
    "no",
    "nr",
    "nummer",
    "numer",
    "numero",
    "numéro",
    "número",
    "n",
    "nº",
    "č",
    "memo",
    "note",
    "reference",
    "ref",
];

/// Words of a column that says of each row whether it came back.
const YES: &[&str] = &["yes", "y", "true", "1", "x", "ja", "oui", "sí", "si", "sì", "tak", "sim"];

/// More words are a text that somebody wrote.
const KINDS: usize = 12;

/// What a column says of rows that came back, where it says so of some and not of all.
pub(super) fn said_of_some_rows(sniffed: &Sniffed, place: usize) -> Option<&str> {
    let words: BTreeSet<&str> = sniffed.column(place).collect();
    let is_of_returns = says_return(&spoken(&sniffed.headers[place]));
    let came_back = |said: &&str| {
        let said = spoken(said);
        says_return(&said) || is_of_returns && YES.contains(&said.as_str())
    };
    let (back, others): (Vec<&str>, Vec<&str>) = words.iter().copied().partition(|said| came_back(said));
    let of_all = others.is_empty() && sniffed.column(place).count() == sniffed.rows.len();
    back.first().copied().filter(|_| words.len() <= KINDS && !of_all)
}

/// Whether nine in ten rows say something there.
fn is_filled(sniffed: &Sniffed, place: usize) -> bool {
    !sniffed.rows.is_empty() && sniffed.column(place).count() * 10 >= sniffed.rows.len() * 9
}

//! Tables as data: which columns of which sheet, how they look, which rows come first.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::parts::{nil, nothing, prose, unknown, word};
use crate::report::needs::{self, Need};
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::{Sheet, Value};
use crate::types::Money;

/// How a cell looks.
#[derive(Clone, Copy)]
pub(super) enum Show {
    /// As it is.
    Plain,
    /// An identifier.
    Code,
    /// A word that may carry a mark.
    Word,
    /// The same, of which the column is left out and said below where all rows say alike: a verdict that
    /// never differs tells nothing row by row.
    Verdict,
    /// A sentence that may wrap.
    Sentence,
    /// A number.
    Count,
    /// A number with its sign.
    Change,
    /// An amount; below zero it is marked, and a currency of its own is said.
    Money,
    /// A fraction as a percentage with so many digits.
    Share(usize),
    /// A fraction as a percentage with its sign.
    SignedShare,
    /// A number that need not be there.
    Limit,
    /// A measurement with so many digits.
    Real(usize),
    /// Seconds as a length of time.
    Seconds,
    /// Hours as a length of time.
    Hours,
    /// A day or an instant.
    When,
    /// Something made of the whole row.
    With(fn(&Night<'_>, Sheet<'_>, usize) -> Markup),
    /// The same, set as a number.
    Range(fn(&Night<'_>, Sheet<'_>, usize) -> Markup),
    /// The same, as wide as a sentence.
    Wide(fn(&Night<'_>, Sheet<'_>, usize) -> Markup),
}

/// A table with more columns becomes cards on a phone.
const PHONE_COLUMNS: usize = 3;

/// One column of a table.
pub(super) struct Column {
    pub(super) head: &'static str,
    /// The sheet's column; a sheet without it gives a table without it.
    pub(super) from: &'static str,
    pub(super) show: Show,
}

/// Which rows come first.
#[derive(Clone, Copy)]
pub(super) enum Order {
    Ascending(&'static str),
    Descending(&'static str),
    /// The farthest from zero first.
    Magnitude(&'static str),
    /// The largest in proportion to another column first; in proportion to nothing, last.
    Ratio(&'static str, &'static str),
}

/// A table of a sheet.
pub(super) struct Table {
    /// The sheet and, with `.csv`, the file beside the page.
    pub(super) sheet: &'static str,
    /// What the table is for screen readers.
    pub(super) caption: &'static str,
    pub(super) columns: &'static [Column],
    pub(super) order: &'static [Order],
    /// How many rows the page shows; the file has all.
    pub(super) first: usize,
    /// The sentence in place of a table without rows.
    pub(super) empty: Empty,
}

/// What stands in place of a table without rows.
#[derive(Clone, Copy)]
pub(super) struct Empty {
    /// Where all was there to find rows in.
    pub(super) judged: &'static str,
    /// What cannot be said where something was not read; the page adds what that is.
    pub(super) unjudged: &'static str,
    /// What must have been read.
    pub(super) needs: &'static [&'static Need],
}

impl Empty {
    /// The sentence of this night.
    pub(super) fn draw(&self, night: &Night<'_>) -> Markup {
        let unmet = needs::unmet(night, self.needs);
        if unmet.is_empty() {
            return nothing(self.judged);
        }
        let exports: Vec<&str> = unmet.iter().map(|need| need.export).collect();
        nothing(&format!(
            "{} No current data for: {}. Add {}.",
            self.unjudged,
            needs::names(night, &unmet),
            exports.join(" and ")
        ))
    }
}

/// A column of a table, short to write.
pub(super) const fn column(head: &'static str, from: &'static str, show: Show) -> Column {
    Column { head, from, show }
}

impl Table {
    /// The table of all rows.
    pub(super) fn draw(&self, night: &Night<'_>) -> Markup {
        self.draw_rows(night, night.sheet(self.sheet).rows().collect())
    }

    /// The table of some rows of the sheet.
    pub(super) fn draw_rows(&self, night: &Night<'_>, mut rows: Vec<usize>) -> Markup {
        let sheet = night.sheet(self.sheet);
        if rows.is_empty() {
            return self.empty.draw(night);
        }
        rows.sort_by(|a, b| self.compare(sheet, *a, *b));
        let (uniform, columns): (Vec<&Column>, Vec<&Column>) = self
            .columns
            .iter()
            .filter(|column| column.is_in(sheet))
            .partition(|column| column.is_uniform(sheet, &rows));
        html! {
            div.scroll tabindex="0" role="region" aria-label=(self.caption) {
                table class=[(columns.len() > PHONE_COLUMNS).then_some("cards")] {
                    thead { tr { @for column in &columns { th scope="col" class=[column.class()] { (column.head) } } } }
                    tbody {
                        @for row in rows.iter().take(self.first) {
                            tr { @for column in &columns {
                                td class=[column.class()] data-head=(column.head) { (column.cell(night, sheet, *row)) }
                            } }
                        }
                    }
                }
            }
            @for column in uniform {
                p.more { (column.head) ": " (word(sheet.text(rows[0], column.from))) ", the same in all " (numbers::count(rows.len() as i64)) " rows." }
            }
            (self.rest(rows.len()))
        }
    }

    fn compare(&self, sheet: Sheet<'_>, a: usize, b: usize) -> Ordering {
        let key = |row: usize, name: &str| sheet.number(row, name);
        let ratio = |row: usize, name: &str, of: &str| Some(key(row, name)? / key(row, of).filter(|of| *of > 0.0)?);
        let by = |order: &Order| match order {
            Order::Ratio(name, of) => known_first(ratio(a, name, of), ratio(b, name, of), |a, b| b.total_cmp(&a)),
            Order::Ascending(name) => known_first(key(a, name), key(b, name), |a, b| a.total_cmp(&b)),
            Order::Descending(name) => known_first(key(a, name), key(b, name), |a, b| b.total_cmp(&a)),
            Order::Magnitude(name) => known_first(key(a, name), key(b, name), |a, b| b.abs().total_cmp(&a.abs())),
        };
        self.order.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| a.cmp(&b))
    }

    fn rest(&self, rows: usize) -> Markup {
        more(rows, self.first, self.sheet)
    }
}

/// Where the rows are that the page does not show.
pub(super) fn more(rows: usize, first: usize, sheet: &str) -> Markup {
    let file = format!("{sheet}.csv");
    html! {
        p.more {
            @if rows > first { "and " (numbers::count((rows - first) as i64)) " more in " } @else { "as a file: " }
            a href=(file) { (file) }
        }
    }
}

fn known_first(a: Option<f64>, b: Option<f64>, compare: impl Fn(f64, f64) -> Ordering) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

impl Column {
    fn is_in(&self, sheet: Sheet<'_>) -> bool {
        sheet.has(self.from)
    }

    /// True for a verdict that is the same in all of several rows.
    fn is_uniform(&self, sheet: Sheet<'_>, rows: &[usize]) -> bool {
        let first = rows.first().map(|row| sheet.text(*row, self.from));
        matches!(self.show, Show::Verdict)
            && rows.len() > 1
            && rows.iter().all(|row| Some(sheet.text(*row, self.from)) == first)
    }

    fn class(&self) -> Option<&'static str> {
        match self.show {
            Show::Count
            | Show::Change
            | Show::Money
            | Show::Share(_)
            | Show::SignedShare
            | Show::Limit
            | Show::Real(_)
            | Show::Seconds
            | Show::Hours
            | Show::Range(_) => Some("number"),
            Show::Code => Some("code"),
            Show::Sentence => Some("sentence"),
            Show::Wide(_) => Some("wide"),
            Show::When => Some("when"),
            Show::Plain | Show::Word | Show::Verdict | Show::With(_) => None,
        }
    }

    fn cell(&self, night: &Night<'_>, sheet: Sheet<'_>, row: usize) -> Markup {
        let value = sheet.value(row, self.from);
        let number = value.number();
        match (self.show, value, number) {
            (Show::With(cell) | Show::Range(cell) | Show::Wide(cell), ..) => cell(night, sheet, row),
            (Show::Limit, Value::Unknown | Value::Integer(0), _) => nil(),
            (_, Value::Unknown, _) => unknown(),
            (Show::Change, Value::Integer(value), _) => html! { (numbers::change(value)) },
            (Show::Money, Value::Money(value), _) => own_amount(night, value, sheet.text(row, "currency")),
            (Show::Share(digits), _, Some(value)) => html! { (numbers::decimal(value * 100.0, digits)) "\u{202f}%" },
            (Show::SignedShare, _, Some(value)) => {
                html! { @if value > 0.0 { "+" } (numbers::percent_of(value)) }
            }
            (Show::Real(digits), _, Some(value)) => html! { (numbers::decimal(value, digits)) },
            (Show::Seconds, _, Some(value)) => html! { (numbers::duration(value)) },
            (Show::Hours, _, Some(value)) => html! { (numbers::duration(value * 3_600.0)) },
            (Show::Sentence, Value::Text(value), _) => prose(value),
            (Show::Word | Show::Verdict, Value::Text(value), _) => word(value),
            _ => plain(night, value),
        }
    }
}

/// An amount in the night's currency, marked below zero.
pub(super) fn amount(night: &Night<'_>, value: Money) -> Markup {
    marked(value, &numbers::amount(value, night.currency))
}

/// An amount of a row that may name its own currency: said wherever it is not the night's.
fn own_amount(night: &Night<'_>, value: Money, currency: &str) -> Markup {
    if currency.is_empty() || currency == night.currency.as_str() {
        return amount(night, value);
    }
    let text = numbers::amount(value, currency.parse().unwrap_or(night.currency));
    marked(value, &format!("{text}\u{a0}{currency}"))
}

fn marked(value: Money, text: &str) -> Markup {
    html! { @if value.is_negative() { span.loss { (text) } } @else { (text) } }
}

/// A value as its kind is read.
fn plain(night: &Night<'_>, value: Value<'_>) -> Markup {
    match value {
        Value::Unknown => unknown(),
        Value::Text(text) => html! { (text) },
        Value::Integer(value) => html! { (numbers::count(value)) },
        Value::Money(value) => amount(night, value),
        Value::Rate(value) => html! { (numbers::percent(value)) },
        Value::Day(value) => html! { (numbers::day(value)) },
        Value::Timestamp(value) => html! { (numbers::instant(value, night.zone)) },
        Value::Real(value) => html! { (numbers::decimal(value, 1)) },
        Value::Flag(value) => html! { (if value { "yes" } else { "no" }) },
    }
}

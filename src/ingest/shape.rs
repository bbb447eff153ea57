//! Records become rows: the part of a layout that is code, on values that are already typed.

use std::any::Any;

use super::batch::Batch;
use super::cell::{Locale, Value};
use super::context::Context;
use super::export::{Layout, LayoutField, Place};
use super::notes::Note;
use crate::error::Result;
use crate::lake::{Cell, Table};
use crate::types::{Day, Money, Rate, Timestamp};

/// Why a record is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Complaint {
    /// The field to blame; empty for the record as a whole.
    pub(crate) field: String,
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

impl Complaint {
    pub(crate) fn new(field: &str, code: &'static str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), code, reason: reason.into() }
    }

    /// Amounts of a record that come to more than an amount can be.
    pub(crate) fn overflow(field: &str) -> Self {
        Self::new(field, "money_overflow", "the amounts come to more than any amount")
    }

    pub(crate) fn missing(field: &str) -> Self {
        Self::new(field, "missing_value", format!("`{field}` is empty and must be known"))
    }
}

/// What becomes of a record.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// This row.
    Fact(Draft),
    /// These rows.
    Facts(Vec<Draft>),
    Reject(Complaint),
    /// Nothing, by the layout's own rule; the word says what it is.
    Structure(&'static str),
}

impl Verdict {
    /// Its rows so far.
    pub(crate) fn drafts(&self) -> &[Draft] {
        match self {
            Self::Fact(draft) => std::slice::from_ref(draft),
            Self::Facts(drafts) => drafts,
            Self::Reject(_) | Self::Structure(_) => &[],
        }
    }

    /// The same to be changed.
    pub(super) fn drafts_mut(&mut self) -> &mut [Draft] {
        match self {
            Self::Fact(draft) => std::slice::from_mut(draft),
            Self::Facts(drafts) => drafts,
            Self::Reject(_) | Self::Structure(_) => &mut [],
        }
    }

    /// Keeps of several rows those that fit.
    pub(super) fn retain(&mut self, fits: impl FnMut(&Draft) -> bool) {
        if let Self::Facts(drafts) = self {
            drafts.retain(fits);
        }
    }

    /// Adds a row to those there are.
    pub(crate) fn add(&mut self, draft: Draft) {
        match std::mem::replace(self, Self::Structure("")) {
            Self::Fact(first) => *self = Self::Facts(vec![first, draft]),
            Self::Facts(mut drafts) => {
                drafts.push(draft);
                *self = Self::Facts(drafts);
            }
            other => *self = other,
        }
    }
}

impl From<Complaint> for Verdict {
    fn from(complaint: Complaint) -> Self {
        Self::Reject(complaint)
    }
}

/// One way to turn records into rows.
pub(crate) trait Shape: Any + Send {
    /// One verdict for each of the records, which belong together.
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict>;

    /// A line around the records, of which so many stand before it; it may count them.
    fn frame(&mut self, _line: &str, _records: u64) {}

    /// One that judges a later stretch of the file at the same time, where that needs little or
    /// nothing of what stands before it.
    fn fork(&self) -> Option<Box<dyn Shape>> {
        None
    }

    /// Takes over what a fork has seen, in the order of the file. False where the fork lacked
    /// something: then nothing is taken over, and the stretch is judged again by this one.
    fn join(&mut self, _fork: Box<dyn Any>) -> bool {
        true
    }

    /// What only the end of the file tells.
    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}

/// A shape without memory: each group of records by itself.
#[derive(Clone, Copy)]
pub(crate) struct ByGroup(pub(crate) fn(&[View<'_>], &Context) -> Vec<Verdict>);

impl Shape for ByGroup {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        (self.0)(rows, context)
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        Some(Box::new(*self))
    }
}

/// A shape without memory: each record by itself.
#[derive(Clone, Copy)]
pub(crate) struct ByRow(pub(crate) fn(&View<'_>, &Context) -> Verdict);

impl Shape for ByRow {
    fn judge(&mut self, rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
        rows.iter().map(|row| (self.0)(row, context)).collect()
    }

    fn fork(&self) -> Option<Box<dyn Shape>> {
        Some(Box::new(*self))
    }
}

/// What tells a field of a record: its name, or its place where the layout is the code's own.
pub(crate) trait Told {
    fn place(self, layout: &Layout) -> Option<usize>;
}

impl Told for &str {
    fn place(self, layout: &Layout) -> Option<usize> {
        layout.field(self)
    }
}

impl Told for &&str {
    fn place(self, layout: &Layout) -> Option<usize> {
        layout.field(self)
    }
}

impl Told for Place {
    fn place(self, _layout: &Layout) -> Option<usize> {
        Some(self.0)
    }
}

/// A record by its fields.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) layout: &'a Layout,
    /// Columns that no field names, where the layout wants them.
    pub(super) others: &'a [LayoutField],
    pub(super) batch: &'a Batch,
    pub(super) row: usize,
}

impl<'a> View<'a> {
    /// How texts within its cells are written: its amounts are in its own currency.
    pub(crate) fn locale(&self, context: &Context) -> Locale {
        Locale { currency: self.batch.head(self.row).currency, ..context.locale.clone() }
    }

    fn value(&self, field: impl Told) -> Value<&'a str> {
        field.place(self.layout).map_or(Value::Null, |place| self.batch.value(place, self.row))
    }

    pub(crate) fn cell(&self, field: impl Told) -> Cell {
        self.value(field).into()
    }

    pub(crate) fn text(&self, field: impl Told) -> Option<&'a str> {
        match self.value(field) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn money(&self, field: impl Told) -> Option<Money> {
        match self.value(field) {
            Value::Money(amount) => Some(amount),
            _ => None,
        }
    }

    pub(crate) fn rate(&self, field: impl Told) -> Option<Rate> {
        match self.value(field) {
            Value::Rate(rate) => Some(rate),
            _ => None,
        }
    }

    pub(crate) fn count(&self, field: impl Told) -> Option<i64> {
        match self.value(field) {
            Value::Integer(count) => Some(count),
            _ => None,
        }
    }

    pub(crate) fn instant(&self, field: impl Told) -> Option<Timestamp> {
        match self.value(field) {
            Value::Timestamp(at) => Some(at),
            _ => None,
        }
    }

    pub(crate) fn day(&self, field: impl Told) -> Option<Day> {
        match self.value(field) {
            Value::Day(day) => Some(day),
            _ => None,
        }
    }

    pub(crate) fn is_known(&self, field: impl Told) -> bool {
        self.value(field) != Value::Null
    }

    /// The columns that no field names, by their headers.
    pub(crate) fn others(&self) -> impl Iterator<Item = (&'a str, Value<&'a str>)> + use<'a> {
        let (first, batch, row) = (self.layout.fields.len(), self.batch, self.row);
        let others = self.others.iter().enumerate();
        others.map(move |(place, field)| (field.name.as_str(), batch.value(first + place, row)))
    }
}

/// A row of the lake on its way.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) table: &'static Table,
    pub(crate) cells: Vec<Cell>,
    /// What a person should know of the row.
    pub(crate) note: Option<Note>,
    /// Where it was sold, of a table without such a column: it decides the tax in its amounts.
    pub(crate) country: Option<&'static str>,
}

impl Draft {
    pub(crate) fn of(table: &'static Table) -> Self {
        Self { table, cells: vec![Cell::Null; table.columns.len()], note: None, country: None }
    }

    pub(crate) fn new(table: &str) -> Self {
        Self::of(Table::named(table).expect("shapes fill tables of the lake"))
    }

    pub(crate) fn set(mut self, column: &str, cell: impl Into<Cell>) -> Self {
        self.put(column, cell);
        self
    }

    pub(crate) fn noted(self, note: Option<Note>) -> Self {
        Self { note, ..self }
    }

    pub(crate) fn sold_in(self, country: Option<&'static str>) -> Self {
        Self { country, ..self }
    }

    pub(crate) fn put(&mut self, column: &str, cell: impl Into<Cell>) {
        if let Some(place) = self.table.place(column) {
            self.cells[place] = cell.into();
        }
    }

    /// Takes over the values of a record's fields that are named like columns.
    pub(crate) fn with(mut self, view: &View<'_>) -> Self {
        for (place, field) in view.layout.fields.iter().enumerate() {
            let value = view.batch.value(place, view.row);
            if value != Value::Null {
                self = self.set(&field.name, value);
            }
        }
        self
    }

    pub(crate) fn get(&self, column: &str) -> &Cell {
        self.table.place(column).map_or(&Cell::Null, |place| &self.cells[place])
    }
}

/// A draft with these columns. They are looked up when this is compiled, not once for every row:
/// `draft!("refund_lines", "channel": context.channel_name(), "amount": amount)`, and with what another
/// has in the other columns: `draft!("refund_lines", like whole, "amount": amount)`.
macro_rules! draft {
    ($table:literal, like $draft:expr, $($column:literal: $value:expr),+ $(,)?) => {{
        const TABLE: usize = $crate::lake::table_place($table);
        let mut draft: $crate::ingest::shape::Draft = $draft.clone();
        $(draft.cells[const { $crate::lake::column_place(TABLE, $column) }] = $value.into();)+
        draft
    }};
    ($table:literal, $($column:literal: $value:expr),+ $(,)?) => {{
        const TABLE: usize = $crate::lake::table_place($table);
        let mut draft = $crate::ingest::shape::Draft::of(&$crate::lake::TABLES[TABLE]);
        $(draft.cells[const { $crate::lake::column_place(TABLE, $column) }] = $value.into();)+
        draft
    }};
}
pub(crate) use draft;

/// Days in the shop's zone that no file carries, and the instants they follow from.
pub(super) const DERIVED_DAYS: &[(&str, &str)] = &[
    ("order_day", "ordered_at"),
    ("refund_day", "refunded_at"),
    ("posted_day", "posted_at"),
    ("reported_day", "reported_at"),
    ("stock_day", "at"),
    ("movement_day", "at"),
    ("source_day", "source_at"),
];

/// True for a column that is worked out and never read.
pub(crate) fn is_derived(column: &str) -> bool {
    DERIVED_DAYS.iter().any(|(day, _)| *day == column)
}

/// The sum of amounts; none beyond what an amount can be.
pub(crate) fn total(amounts: impl IntoIterator<Item = Money>) -> Option<Money> {
    amounts.into_iter().try_fold(Money::ZERO, Money::checked_add)
}

/// Names for the lines of one order: the article and the how-manieth line of it, counted in the
/// order of what the lines say and not of where they stand.
pub(crate) fn line_names<K: Ord>(lines: &[(&str, K)]) -> Vec<String> {
    if let [(article, _)] = lines {
        return vec![[*article, "#1"].concat()];
    }
    let mut sorted: Vec<usize> = (0..lines.len()).collect();
    sorted.sort_by(|a, b| lines[*a].cmp(&lines[*b]).then(a.cmp(b)));
    let mut names = vec![String::new(); lines.len()];
    let (mut article, mut count) = ("", 0);
    for index in sorted {
        count = if lines[index].0 == article { count + 1 } else { 1 };
        article = lines[index].0;
        names[index] = match count {
            1 => [article, "#1"].concat(),
            _ => format!("{article}#{count}"),
        };
    }
    names
}

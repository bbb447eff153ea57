//! Which column of a file is which field, and how its cells are read: found once, for millions of
//! records.

use super::cell::Reader;
use super::export::{Join, Layout, LayoutField, Presence, Role};
use super::reading::decoded;
use super::recognise::Known;
use super::record::Record;
use super::second_table::Headers;
use super::source::Charset;
use crate::config::Pattern;

/// How the records of a file are read, worked out once for all of them.
pub(super) struct Plan {
    /// In order, but the currency first: it decides how amounts are read. Last the columns that no
    /// field names, as fields after those of the layout.
    pub(super) steps: Vec<Step>,
    /// The columns that no field names, where the layout wants them.
    pub(super) others: Vec<LayoutField>,
    /// Fields that every record fills.
    pub(super) filled: Vec<usize>,
    pub(super) currency: Option<usize>,
    pub(super) channel: Option<usize>,
    /// The file's column in which every record has a number, or else a date.
    pub(super) number: Option<usize>,
    /// Fields whose amounts are looked at as a whole: a share may be taken for money.
    pub(super) amounts: Vec<usize>,
    /// Rates in percents that are looked at as a whole: shares may be taken for them.
    pub(super) percents: Vec<usize>,
    /// Columns of records that are left out, with the texts that tell them.
    pub(super) skips: Vec<(usize, Vec<Pattern>)>,
    /// The header's cells without what is around them.
    pub(super) headers: Vec<Vec<u8>>,
    /// The same as a second table would repeat them.
    pub(super) repeatable: Headers,
}

/// How a field is read.
pub(super) struct Step {
    pub(super) place: usize,
    /// The file's column, where it has it.
    pub(super) column: Option<usize>,
    /// Further columns whose cells belong to its value.
    pub(super) parts: Vec<usize>,
    pub(super) join: Join,
    /// Whether an empty cell means what the record above it says.
    pub(super) fills_down: bool,
    /// Whether an empty cell is unknown and nothing else.
    pub(super) is_plain: bool,
}

impl Plan {
    pub(super) fn of(known: &Known<'_>) -> Self {
        let layout = known.layout;
        let currency = layout.field("currency");
        let places = currency.into_iter().chain((0..layout.fields.len()).filter(|place| Some(*place) != currency));
        let column = |place: usize| known.found.columns[place];
        let is_part = |part: &usize, of: usize| matches!(layout.fields[*part].role, Role::Part(whole) if whole == of);
        let step = |place: usize| {
            let field = &layout.fields[place];
            let Role::Value(join) = field.role else { return None };
            let is_plain = field.words.is_empty() && field.default.is_none();
            let parts = (0..layout.fields.len()).filter(|part| is_part(part, place)).filter_map(column).collect();
            Some(Step { place, column: column(place), parts, join, fills_down: field.fills_down, is_plain })
        };
        let is_filled = |place: &usize| layout.fields[*place].presence == Presence::Filled;
        let reader = layout.others.into_iter();
        let others = reader.flat_map(|reader| known.found.others.iter().map(move |column| (*column, reader)));
        let other_steps = others.clone().enumerate().map(|(place, (column, _))| Step {
            place: layout.fields.len() + place,
            column: Some(column),
            parts: Vec::new(),
            join: Join::Text,
            fills_down: false,
            is_plain: true,
        });
        let trimmed = |header: &String| header.trim_matches(['\u{feff}', ' ', '\t']).as_bytes().to_vec();
        Self {
            steps: places
                .filter_map(step)
                .filter(|step| step.column.is_some() || !step.is_plain)
                .chain(other_steps)
                .collect(),
            others: others
                .map(|(column, reader)| LayoutField::new(known.headers[column].trim(), &[], Presence::Optional, reader))
                .collect(),
            amounts: (0..layout.fields.len()).filter(|place| may_hold_shares(layout, *place)).collect(),
            percents: (0..layout.fields.len())
                .filter(|place| layout.fields[*place].reader == Reader::Percent)
                .collect(),
            skips: skips(known),
            filled: (0..layout.fields.len()).filter(is_filled).collect(),
            currency,
            channel: layout.field("channel"),
            number: number(known),
            headers: known.headers.iter().map(trimmed).collect(),
            repeatable: Headers::new(known.headers.iter().map(String::as_bytes)),
        }
    }

    /// The field at a place, of the layout or after those.
    pub(super) fn field<'a>(&'a self, layout: &'a Layout, place: usize) -> &'a LayoutField {
        layout.fields.get(place).unwrap_or_else(|| &self.others[place - layout.fields.len()])
    }
}

/// The file's column in which every record has a number, or else a date.
fn number(known: &Known<'_>) -> Option<usize> {
    let fields = known.layout.fields.iter().zip(&known.found.columns);
    let filled = fields.filter(|(field, _)| field.presence == Presence::Filled);
    let columns = || filled.clone().filter_map(|(field, column)| Some((field.reader, (*column)?)));
    let of = |wanted: fn(Reader) -> bool| columns().find(|(reader, _)| wanted(*reader)).map(|(_, column)| column);
    of(Reader::is_number).or_else(|| of(Reader::is_date))
}

/// Whether a share may be taken for money here: the layout is the user's, who has not said what it is.
fn may_hold_shares(layout: &Layout, place: usize) -> bool {
    let field = &layout.fields[place];
    let is_value = matches!(field.role, Role::Value(_)) && field.reader == Reader::Money;
    is_value && layout.mapping().is_some() && !layout.rules.amounts.contains(&field.name)
}

/// The columns by which the user's mapping leaves records out, with the texts that tell them.
pub(super) fn skips(known: &Known<'_>) -> Vec<(usize, Vec<Pattern>)> {
    let fields = known.layout.fields.iter().zip(&known.found.columns);
    let skips = fields.filter_map(|(field, column)| match &field.role {
        Role::Skip(texts) => Some(((*column)?, texts.clone())),
        Role::Value(_) | Role::Part(_) => None,
    });
    skips.collect()
}

/// Whether one of these texts leaves a record out.
pub(super) fn is_skipped(skips: &[(usize, Vec<Pattern>)], record: &Record<'_>, charset: Charset) -> bool {
    let fits = |(column, texts): &(usize, Vec<Pattern>)| {
        let cell = (*column < record.width()).then(|| decoded(record.cell(*column), charset))?;
        Some(texts.iter().any(|text| cell.as_ref().is_some_and(|cell| text.fits(cell))))
    };
    record.fault.is_none() && skips.iter().any(|skip| fits(skip) == Some(true))
}

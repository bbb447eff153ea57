//! Which column of a file is which field, and how its cells are read: found once, for millions of
//! records.

use super::export::Presence;
use super::recognise::Known;

/// How the records of a file are read, worked out once for all of them.
pub(super) struct Plan {
    /// In order, but the currency first: it decides how amounts are read.
    pub(super) steps: Vec<Step>,
    /// Fields that every record fills.
    pub(super) filled: Vec<usize>,
    pub(super) currency: Option<usize>,
    pub(super) channel: Option<usize>,
    /// The header's cells without what is around them.
    pub(super) headers: Vec<Vec<u8>>,
}

/// How a field is read.
pub(super) struct Step {
    pub(super) place: usize,
    /// The file's column, where it has it.
    pub(super) column: Option<usize>,
    /// Whether an empty cell is unknown and nothing else.
    pub(super) is_plain: bool,
}

impl Plan {
    pub(super) fn of(known: &Known<'_>) -> Self {
        let layout = known.layout;
        let currency = layout.field("currency");
        let places = currency.into_iter().chain((0..layout.fields.len()).filter(|place| Some(*place) != currency));
        let step = |place: usize| {
            let field = &layout.fields[place];
            let is_plain = field.words.is_empty() && field.default.is_none();
            Step { place, column: known.found.columns[place], is_plain }
        };
        let is_filled = |place: &usize| layout.fields[*place].presence == Presence::Filled;
        let trimmed = |header: &String| header.trim_matches(['\u{feff}', ' ', '\t']).as_bytes().to_vec();
        Self {
            steps: places.map(step).filter(|step| step.column.is_some() || !step.is_plain).collect(),
            filled: (0..layout.fields.len()).filter(is_filled).collect(),
            currency,
            channel: layout.field("channel"),
            headers: known.headers.iter().map(trimmed).collect(),
        }
    }
}

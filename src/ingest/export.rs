//! An export as data: the headers that tell it, and per column what it means and how it is read.

mod layout;

pub(crate) use layout::{Layout, LayoutField, Rules};

use super::cell::Reader;
use super::discounted_tax::Discounted;
use super::shape::Shape;
use super::totals::Total;
use crate::config::{ChannelKind, DateOrder, Decimal, Pattern};
use crate::ingest::context::Context;
use crate::lake::same_text;
use crate::types::Channel;

/// What must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// The header, and a value in every record.
    Filled,
    /// The header; a cell may be empty.
    Header,
    /// Neither.
    Optional,
}

/// One column of an export.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// What the value is called from here on: a column of the lake where it goes there unchanged.
    pub(crate) name: &'static str,
    /// The header, in every spelling and language that is known.
    pub(crate) headers: &'static [&'static str],
    pub(crate) presence: Presence,
    pub(crate) reader: Reader,
}

/// A column that every record fills.
pub(crate) const fn need(name: &'static str, headers: &'static [&'static str], reader: Reader) -> Field {
    Field { name, headers, presence: Presence::Filled, reader }
}

/// A column that the file must have and a record may leave empty.
pub(crate) const fn head(name: &'static str, headers: &'static [&'static str], reader: Reader) -> Field {
    Field { name, headers, presence: Presence::Header, reader }
}

/// A column that a file may lack.
pub(crate) const fn may(name: &'static str, headers: &'static [&'static str], reader: Reader) -> Field {
    Field { name, headers, presence: Presence::Optional, reader }
}

/// Where a field stands in its export.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(pub(super) usize);

impl Place {
    /// The place of a field of a layout that is made while the program runs.
    pub(crate) const fn at(place: usize) -> Self {
        Self(place)
    }
}

/// The place of the field of this name; a compile error where there is none.
pub(crate) const fn place(fields: &[Field], name: &str) -> Place {
    let mut place = 0;
    while place < fields.len() {
        if same_text(fields[place].name, name) {
            return Place(place);
        }
        place += 1;
    }
    panic!("the export has no such field")
}

/// Makes the code that turns an export's records into rows.
pub(crate) type MakeShape = fn(&Context) -> Box<dyn Shape>;

/// One export of a channel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export {
    /// `shopify-orders`
    pub(crate) id: &'static str,
    pub(crate) kind: ChannelKind,
    /// `orders`
    pub(crate) document: &'static str,
    /// The table it fills, or most of it.
    pub(crate) table: &'static str,
    pub(crate) fields: &'static [Field],
    /// How every column that no field names is read; mostly they are passed over.
    pub(crate) others: Option<Reader>,
    /// Headers that tell that it is another export.
    pub(crate) never: &'static [&'static str],
    /// How many columns it has, where nothing else tells it.
    pub(crate) width: Option<usize>,
    pub(crate) style: Style,
    /// Records next to each other with the same value here belong together.
    pub(crate) group: Option<&'static str>,
    /// The totals that it states of every order, the best first.
    pub(crate) totals: &'static [Total],
    pub(crate) shape: MakeShape,
}

/// How a layout writes things.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    /// Whether quotes mean anything between tabs; between commas they always do.
    pub(crate) quotes: bool,
    /// Whether a record may lack its last, empty cells.
    pub(crate) ragged: bool,
    /// Encodings it comes in where it is not UTF-8, most frequent first.
    pub(crate) encodings: &'static [&'static str],
    /// The encoding that the settings declare for it.
    pub(crate) encoding: Option<&'static str>,
    /// Its decimal mark, where it never varies.
    pub(crate) decimal: Option<Decimal>,
    /// The order of day and month that a twelve-hour clock tells.
    pub(crate) twelve_hour: Option<DateOrder>,
    /// Whether a file in which no date tells day from month is refused.
    pub(crate) refuses_undecided_dates: bool,
    /// A line under the header that explains the columns: its first cell starts like this.
    pub(crate) explained_by: Option<&'static str>,
    /// The order of day and month of a file whose dates do not tell it.
    pub(crate) usual_dates: Option<DateOrder>,
    /// Whether empty rows and the header again are the layout's own: its downloads have them, and
    /// people join downloads.
    pub(crate) joined: bool,
    /// Lines around the records: their first or second cell starts like this, the rest is empty.
    pub(crate) frames: &'static [&'static str],
    /// The amounts that tell whether prices hold their tax.
    pub(crate) taxed_total: Option<TaxedTotal>,
    /// The amounts that tell whether a tax is that of a price or of what is left of it after its discount.
    pub(crate) discounted: &'static [Discounted],
}

/// The fields of an order's total, of its parts and of its tax: the total is the parts of all its
/// records and, where prices do not hold it, the tax.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TaxedTotal {
    /// On the order's first record, or on each.
    pub(crate) total: &'static str,
    pub(crate) parts: &'static [Part],
    pub(crate) tax: &'static str,
}

/// A part of an order's total; one that a file lacks comes to nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Plus(&'static str),
    Minus(&'static str),
    /// The first field, else the price of one and the units.
    PlusOrProduct(&'static str, [&'static str; 2]),
}

impl Style {
    /// Comma-separated text whose marks are found by evidence.
    pub(crate) const CSV: Self = Self {
        quotes: true,
        ragged: false,
        encodings: &[],
        encoding: None,
        decimal: None,
        twelve_hour: None,
        refuses_undecided_dates: true,
        explained_by: None,
        usual_dates: None,
        joined: false,
        frames: &[],
        taxed_total: None,
        discounted: &[],
    };
    /// Tab-separated text without quote rules.
    pub(crate) const FLAT: Self = Self { quotes: false, ragged: true, ..Self::CSV };
    /// The same with a decimal point.
    pub(crate) const POINT: Self = Self { decimal: Some(Decimal::Point), ..Self::CSV };
}

/// Whose rows a layout has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A channel of this kind.
    Kind(ChannelKind),
    /// This channel.
    Named(Channel),
    /// The channel whose folder the file lies in.
    Folder,
    /// Every row says it, or none has one.
    Rows,
}

/// What a column of a layout is for.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    /// Its cells are the field's values, together with those of its parts.
    Value(Join),
    /// Its cells are a part of those of the field at this place.
    Part(usize),
    /// Records in which its cell fits one of these are left out.
    Skip(Vec<Pattern>),
}

/// How the cells of several columns make one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// With a slash between them.
    Text,
    /// With a blank between them: a day and its time.
    Time,
    /// Added up.
    Sum,
    /// The first less the others.
    Difference,
}

impl Join {
    /// What stands between the cells while they are one text.
    pub(crate) fn glue(self) -> u8 {
        match self {
            Self::Text => b'/',
            Self::Time => b' ',
            Self::Sum | Self::Difference => TERMS,
        }
    }
}

/// Stands between cells that are added up: no cell may hold it.
pub(crate) const TERMS: u8 = 0x1f;

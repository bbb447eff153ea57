//! An export as data: the headers that tell it, and per column what it means and how it is read.

use std::collections::BTreeMap;
use std::ops::Deref;

use rustc_hash::FxHashMap;

use super::cell::Reader;
use super::header::normalised;
use super::shape::Shape;
use super::totals::Total;
use crate::config::{ChannelKind, ChannelSettings, DateOrder, Decimal, Pattern};
use crate::ingest::context::Context;
use crate::lake::{Table, same_text};
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

/// What a layout says of its rows beyond their cells; only mappings do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// Whether a line below zero is what came back, whatever its state.
    pub(crate) negative_is_refunded: bool,
    /// Whether a line that is `refunded` was sold and given back.
    pub(crate) state_tells_refund: bool,
    /// Article numbers that stand for no article, and the kind of line that each is.
    pub(crate) not_articles: Vec<(Pattern, String)>,
    /// Whether prices hold the tax that stands beside them.
    pub(crate) prices_hold_tax: Option<bool>,
    /// The header of refunds' lines, where it counts anew in every document and nothing else tells the
    /// article that came back.
    pub(crate) counted_anew: Option<String>,
    /// Fields that are money though all their values lie between 0 and 1.
    pub(crate) amounts: Vec<String>,
}

/// A column of a layout.
#[derive(Clone, Debug)]
pub(crate) struct LayoutField {
    pub(crate) name: String,
    /// The first of its headers, as people write it.
    pub(crate) written: String,
    /// Normalised.
    pub(crate) headers: Vec<String>,
    pub(crate) presence: Presence,
    pub(crate) reader: Reader,
    /// Texts of the user's file and the words they stand for.
    pub(crate) words: BTreeMap<String, String>,
    /// Those of the texts that stand for several, the most telling first.
    pub(crate) patterns: Vec<(Pattern, String)>,
    pub(crate) role: Role,
    /// Whether an empty cell means what the record above it says.
    pub(crate) fills_down: bool,
    /// Whether the sign is turned.
    pub(crate) negate: bool,
    /// The text of a cell that is missing or empty.
    pub(crate) default: Option<String>,
    /// The decimal mark of the texts that the settings give it.
    pub(crate) decimal: Option<Decimal>,
}

/// An export ready to be matched, whether from a channel's file or from the settings.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) id: String,
    pub(crate) owner: Owner,
    pub(crate) document: String,
    pub(crate) table: &'static Table,
    pub(crate) fields: Fields,
    pub(crate) others: Option<Reader>,
    /// Normalised.
    pub(crate) never: Vec<String>,
    pub(crate) width: Option<usize>,
    /// Whether every header must be known, unless the file is named like the layout.
    pub(crate) exact: bool,
    pub(crate) style: Style,
    pub(crate) dates: Option<DateOrder>,
    pub(crate) zone: Option<chrono_tz::Tz>,
    pub(crate) rules: Rules,
    /// The field whose runs of equal values belong together.
    pub(crate) group: Option<usize>,
    /// The fields that state an order's total, the best first, and what each holds.
    pub(crate) totals: Vec<(Place, &'static str)>,
    pub(crate) shape: MakeShape,
}

/// The fields of a layout, found by their names.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    list: Vec<LayoutField>,
    places: FxHashMap<String, usize>,
}

impl From<Vec<LayoutField>> for Fields {
    fn from(list: Vec<LayoutField>) -> Self {
        // Of two fields of one name the first counts.
        let places = list.iter().enumerate().rev().map(|(place, field)| (field.name.clone(), place)).collect();
        Self { list, places }
    }
}

impl Deref for Fields {
    type Target = [LayoutField];

    fn deref(&self) -> &[LayoutField] {
        &self.list
    }
}

impl LayoutField {
    pub(crate) fn new(name: &str, headers: &[&str], presence: Presence, reader: Reader) -> Self {
        let written = headers.first().map_or_else(String::new, |header| (*header).to_owned());
        let headers = headers.iter().map(|header| normalised(header)).collect();
        Self {
            name: name.to_owned(),
            written,
            headers,
            presence,
            reader,
            words: BTreeMap::new(),
            patterns: Vec::new(),
            role: Role::Value(Join::Text),
            fills_down: false,
            negate: false,
            default: None,
            decimal: None,
        }
    }

    /// These texts stand for these words; `*` in a text stands for any letters.
    pub(crate) fn with_words(mut self, words: BTreeMap<String, String>) -> Self {
        let open = words.iter().map(|(text, word)| (Pattern::new(text), word.clone()));
        self.patterns = open.filter(|(pattern, _)| pattern.is_open()).collect();
        self.patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.weight()));
        self.words = words;
        self
    }

    /// The word that a text of the file stands for.
    pub(crate) fn word(&self, text: &str) -> Option<&str> {
        if self.words.is_empty() {
            return None;
        }
        let open = || self.patterns.iter().find(|(pattern, _)| pattern.fits(text)).map(|(_, word)| word);
        self.words.get(text.trim()).or_else(open).map(String::as_str)
    }

    pub(crate) fn is_required(&self) -> bool {
        self.presence != Presence::Optional
    }
}

impl From<&Field> for LayoutField {
    fn from(field: &Field) -> Self {
        Self::new(field.name, field.headers, field.presence, field.reader)
    }
}

impl Layout {
    /// An export of another system, which lies in the folder of the channel that it tells of.
    pub(crate) fn of_folder(id: &str, document: &str, table: &str, fields: &[Field], shape: MakeShape) -> Self {
        let fields: Vec<LayoutField> = fields.iter().map(LayoutField::from).collect();
        Self {
            id: id.to_owned(),
            owner: Owner::Folder,
            document: document.to_owned(),
            table: Table::named(table).expect("a table of the lake"),
            fields: fields.into(),
            others: None,
            never: Vec::new(),
            width: None,
            exact: false,
            style: Style::CSV,
            dates: None,
            zone: None,
            rules: Rules::default(),
            group: None,
            totals: Vec::new(),
            shape,
        }
    }

    /// A channel's export.
    pub(crate) fn of(export: &Export) -> Self {
        let fields: Vec<LayoutField> = export.fields.iter().map(LayoutField::from).collect();
        let position = |name: &str| fields.iter().position(|field| field.name == name);
        let group = export.group.and_then(position);
        let totals = export.totals.iter().map(|total| {
            let place = position(total.field).expect("a total is a field of its export");
            (Place(place), total.of)
        });
        let totals = totals.collect();
        Self {
            id: export.id.to_owned(),
            owner: Owner::Kind(export.kind),
            document: export.document.to_owned(),
            table: Table::named(export.table).expect("an export fills a table of the lake"),
            fields: fields.into(),
            others: export.others,
            never: export.never.iter().map(|header| normalised(header)).collect(),
            width: export.width,
            exact: false,
            style: export.style,
            dates: None,
            zone: None,
            rules: Rules::default(),
            group,
            totals,
            shape: export.shape,
        }
    }

    /// Whether files of this layout are looked for in a channel's folder, or outside of all.
    pub(crate) fn is_of_folder(&self, folder: Option<&ChannelSettings>) -> bool {
        match (&self.owner, folder) {
            (Owner::Kind(kind), Some(channel)) => *kind == channel.kind,
            (Owner::Named(name), Some(channel)) => *name == channel.name,
            (Owner::Rows, None) => true,
            _ => false,
        }
    }

    /// The name of the `[mapping.NAME]` that describes it.
    pub(crate) fn mapping(&self) -> Option<&str> {
        self.id.strip_prefix("mapping.")
    }

    pub(crate) fn field(&self, name: &str) -> Option<usize> {
        self.fields.places.get(name).copied()
    }

    pub(crate) fn required(&self) -> usize {
        self.fields.iter().filter(|field| field.is_required()).count()
    }
}

//! An export ready to be matched with a file, and what it says of its rows.

use std::collections::BTreeMap;
use std::ops::Deref;

use rustc_hash::FxHashMap;

use super::{Export, Field, Join, MakeShape, Owner, Place, Presence, Role, Style};
use crate::config::{ChannelSettings, DateOrder, Decimal, Pattern};
use crate::ingest::cell::Reader;
use crate::ingest::header::normalised;
use crate::lake::Table;

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
    /// The same as the headers of the prices say it, such as `VK netto`.
    pub(crate) headers_hold_tax: Option<bool>,
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

//! What does the user say about a layout of their own? `[mapping.NAME]`, checked against the lake's
//! tables.

use std::collections::BTreeMap;

use toml::Spanned;

use super::options::{HeadersOption, MappingOptions, NotArticlesOption, TextsOption};
use super::pattern::Pattern;
use super::settings::{ChannelSettings, DateOrder, Decimal};
use super::values::Source;
use crate::error::{Diagnostic, Result, near};
use crate::lake::{Kind, TABLES, Table};
use crate::types::Channel;

/// A layout that the user described in `[mapping.NAME]`.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Its name.
    pub name: String,
    /// Line of its table in `trueup.toml`.
    pub line: usize,
    /// The channel its rows belong to; none for the source of truth's files.
    pub channel: Option<Channel>,
    /// The table of the lake it fills.
    pub table: String,
    /// Column of the lake, or one of [`WORKED_IN`] → header in the file.
    pub columns: BTreeMap<String, Headers>,
    /// Lake column → the same text for every row.
    pub constants: BTreeMap<String, String>,
    /// Lake column → (text in the file → trueup's word); `*` in a text stands for any letters.
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// Lake columns whose sign is turned.
    pub negate: Vec<String>,
    /// Header → texts in it of rows that are left out.
    pub skip: BTreeMap<String, Vec<Pattern>>,
    /// Article numbers that stand for no article, and the kind of line that each is.
    pub not_articles: Vec<(Pattern, String)>,
    /// Whether a line below zero is what came back, whatever its state.
    pub negative_is_refunded: bool,
    /// Lake columns of which an empty cell means what the line above it says.
    pub fill_down: Vec<String>,
    /// Whether the prices hold the tax that the file tells beside them.
    pub prices_hold_tax: Option<bool>,
    /// Lake columns that are money though all their values lie between 0 and 1.
    pub amounts: Vec<String>,
    /// Rates that the file writes in whole percents.
    pub percent: Vec<String>,
    /// Decimal mark, if it must be told.
    pub decimal: Option<Decimal>,
    /// Order of day and month, where the files leave it open.
    pub date_order: Option<DateOrder>,
    /// Zone of times without an offset.
    pub time_zone: Option<chrono_tz::Tz>,
    /// Encoding of its files, if it must be told: a label of the Encoding Standard.
    pub encoding: Option<&'static str>,
}

/// Where a column's value stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Headers {
    /// Under this header.
    One(String),
    /// Under these: texts are joined with `/`, a day with its time, and numbers are added up.
    Joined(Vec<String>),
    /// The first less the second: what came in and what went out.
    Difference(String, String),
}

impl From<&str> for Headers {
    fn from(header: &str) -> Self {
        Self::One(header.to_owned())
    }
}

impl Headers {
    /// The headers, the first of which names the column in messages.
    pub fn each(&self) -> impl Iterator<Item = &str> {
        let (list, pair): (&[String], _) = match self {
            Self::One(header) => (std::slice::from_ref(header), None),
            Self::Joined(headers) => (headers, None),
            Self::Difference(plus, minus) => (std::slice::from_ref(plus), Some(minus)),
        };
        list.iter().chain(pair).map(String::as_str)
    }
}

/// What a mapping can name beside the lake's own columns: it is worked into others.
#[derive(Clone, Copy, Debug)]
pub struct WorkedIn {
    /// The table whose rows it stands in.
    pub table: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What a cell of it is.
    pub kind: Kind,
    /// What it holds and becomes.
    pub meaning: &'static str,
}

/// Everything of that kind.
pub const WORKED_IN: &[WorkedIn] = &[
    WorkedIn {
        table: "order_lines",
        name: "discount_rate",
        kind: Kind::Rate,
        meaning: "the discount as a share of `gross`: `0.08` or `8%`, and `8` where `percent` names it; the amount is rounded to the cent",
    },
    WorkedIn {
        table: "order_lines",
        name: "fee",
        kind: Kind::Money,
        meaning: "what the channel keeps of the line, positive; becomes a `referral_fee` of the order, but for a line that was not sold",
    },
    WorkedIn {
        table: "order_lines",
        name: "order_total",
        kind: Kind::Money,
        meaning: "what the whole order comes to, tax and all; its lines are held against it",
    },
    WorkedIn {
        table: "order_lines",
        name: "order_refunded",
        kind: Kind::Money,
        meaning: "all that went back of the order so far, with its tax",
    },
    WorkedIn {
        table: "order_lines",
        name: "shipping_cost",
        kind: Kind::Money,
        meaning: "what the carrier took for the line, positive; becomes a `shipping_label` of the order, but for a line that was not sold",
    },
];

/// Whether a mapping can name this beside the table's own columns.
fn is_worked_in(table: &str, name: &str) -> bool {
    WORKED_IN.iter().any(|column| (column.table, column.name) == (table, name))
}

/// The kind of line that a code stands for where the user says only that it is no article.
const NO_ARTICLE: &str = "handling";

impl Source<'_> {
    pub(super) fn mapping(
        &self,
        name: String,
        table: Spanned<MappingOptions>,
        channels: &[ChannelSettings],
    ) -> Result<Mapping> {
        let line = self.line(table.span().start);
        let options = table.into_inner();
        let target = self.target(&options.table)?;
        self.known_channel(options.channel.as_ref(), channels)?;
        let known = |column: &Spanned<String>| self.column_of(target, column, false);
        let negative = self.word(options.negative, "negative", &[("refunded", true)])?;
        Ok(Mapping {
            line,
            channel: options.channel.map(|channel| Channel::new(channel.into_inner())),
            table: target.name.to_owned(),
            columns: options
                .columns
                .into_iter()
                .map(|(column, headers)| Ok((self.column_of(target, &column, true)?, headers.into())))
                .collect::<Result<_>>()?,
            constants: options
                .constants
                .into_iter()
                .map(|(column, text)| Ok((known(&column)?, text)))
                .collect::<Result<_>>()?,
            words: options
                .words
                .into_iter()
                .map(|(column, words)| Ok((known(&column)?, words)))
                .collect::<Result<_>>()?,
            negate: options.negate.iter().map(known).collect::<Result<_>>()?,
            skip: options.skip.into_iter().map(|(header, texts)| (header, texts.into())).collect(),
            not_articles: options.not_articles.map(Into::into).unwrap_or_default(),
            negative_is_refunded: negative.unwrap_or(false),
            fill_down: options.fill_down.iter().map(known).collect::<Result<_>>()?,
            prices_hold_tax: options.prices_hold_tax,
            percent: options
                .percent
                .iter()
                .map(|column| self.column_of(target, column, true))
                .collect::<Result<_>>()?,
            amounts: options.amounts.iter().map(known).collect::<Result<_>>()?,
            decimal: self.decimal(options.decimal)?,
            date_order: self.date_order(options.date_order)?,
            time_zone: self.zone(options.time_zone)?,
            encoding: self.encoding(options.encoding)?,
            name,
        })
    }

    fn target(&self, table: &Spanned<String>) -> Result<&'static Table> {
        Table::named(table.get_ref()).ok_or_else(|| {
            let problem = self.wrong(table, "no such table in the lake", "such as `order_lines`");
            match near(table.get_ref(), TABLES.iter().map(|table| table.name)) {
                Some(name) => problem.hint(format!("did you mean `table = \"{name}\"`?")),
                None => problem.hint("`trueup ingest --columns` lists the tables"),
            }
            .into()
        })
    }

    fn known_channel(&self, channel: Option<&Spanned<String>>, channels: &[ChannelSettings]) -> Result<()> {
        let is_known = |name: &str| channels.iter().any(|known| known.name.as_str() == name);
        let Some(channel) = channel.filter(|channel| !is_known(channel.get_ref())) else { return Ok(()) };
        let label = format!("there is no `[channel.{}]`", channel.get_ref());
        let problem = self.wrong(channel, "a mapping must name one of the channels", &label);
        let names = || channels.iter().map(|known| known.name.as_str());
        let hint = match near(channel.get_ref(), names()) {
            Some(name) => format!("did you mean `channel = \"{name}\"`?"),
            None => format!(
                "add `[channel.{}]`, or name one of {}",
                channel.get_ref(),
                names().collect::<Vec<_>>().join(", ")
            ),
        };
        Err(problem.hint(hint).into())
    }

    /// A column of the table; where it is read from a header, also what is worked into others.
    fn column_of(&self, table: &Table, column: &Spanned<String>, is_header: bool) -> Result<String> {
        let name = column.get_ref();
        if table.place(name).is_some() || is_header && is_worked_in(table.name, name) {
            return Ok(name.clone());
        }
        let worked_in = WORKED_IN.iter().filter(|column| is_header && column.table == table.name);
        let columns =
            || table.columns.iter().map(|column| column.name).chain(worked_in.clone().map(|column| column.name));
        let label = format!("`{}` has no column `{name}`", table.name);
        let hint = match near(name, columns()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("its columns are {}", columns().collect::<Vec<_>>().join(", ")),
        };
        Err(Diagnostic::hint(self.wrong(column, "no such column in the lake", &label), hint).into())
    }
}

impl From<HeadersOption> for Headers {
    fn from(option: HeadersOption) -> Self {
        match option {
            HeadersOption::One(header) => Self::One(header),
            HeadersOption::Several(mut headers) if headers.len() == 1 => Self::One(headers.remove(0)),
            HeadersOption::Several(headers) => Self::Joined(headers),
            HeadersOption::Difference(pair) => Self::Difference(pair.plus, pair.minus),
        }
    }
}

impl From<TextsOption> for Vec<Pattern> {
    fn from(option: TextsOption) -> Self {
        match option {
            TextsOption::One(text) => vec![Pattern::new(&text)],
            TextsOption::Several(texts) => texts.iter().map(|text| Pattern::new(text)).collect(),
        }
    }
}

impl From<NotArticlesOption> for Vec<(Pattern, String)> {
    fn from(option: NotArticlesOption) -> Self {
        match option {
            NotArticlesOption::Codes(codes) => {
                codes.iter().map(|code| (Pattern::new(code), NO_ARTICLE.to_owned())).collect()
            }
            NotArticlesOption::Kinds(kinds) => {
                kinds.into_iter().map(|(code, kind)| (Pattern::new(&code), kind)).collect()
            }
        }
    }
}

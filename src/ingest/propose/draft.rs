//! The text of a proposal: a `[mapping.NAME]` with what the user must still say, and what may be doubted.

use std::path::Path;

use super::guess::Guess;
use super::rates::DISCOUNT_RATE;
use super::reading::{self, Reading};
use super::targets::Target;
use super::{File, either, quoted};
use crate::config::{ChannelKind, ChannelSettings, DateOrder, Decimal, Settings};
use crate::ingest::cell::{DateEvidence, DecimalEvidence, Reader};
use crate::ingest::channels;
use crate::ingest::source::Charset;
use crate::lake::{Kind, Table};

/// What stands in a proposal where the user must say something.
pub(super) const OPEN: &str = "?";

/// The channels of the settings.
pub(super) fn named(settings: &Settings) -> Vec<&str> {
    settings.channels.iter().map(|channel| channel.name.as_str()).collect()
}

/// A proposal in the making.
pub(super) struct Draft<'a> {
    pub(super) target: &'a Target,
    pub(super) table: &'static Table,
    pub(super) guess: Guess,
    pub(super) file: File<'a>,
    pub(super) reading: Reading,
    pub(super) doubts: Vec<String>,
    pub(super) unsaid: Vec<String>,
    /// Lines of settings that the user may want, each with what it would mean.
    pub(super) choices: Vec<(String, &'static str)>,
}

impl Draft<'_> {
    pub(super) fn toml(&mut self, folder: Option<&ChannelSettings>, settings: &Settings) -> String {
        let path = self.file.path;
        let channel = self.channel(folder, settings);
        let mut text = String::new();
        let is_new = |channel: &&str| *channel != OPEN && settings.channel(channel).is_none();
        if let Some(channel) = channel.as_deref().filter(is_new) {
            let known = match settings.channels.as_slice() {
                [] => String::new(),
                _ => format!(" (the channels are {})", either(&named(settings))),
            };
            self.doubts.push(format!("`[channel.{channel}]` is not in the settings yet{known}; `kind` is a guess"));
            text += &format!("[channel.{channel}]\nkind = \"wholesale\"\n\n");
        }
        text += &format!("[mapping.{}]\n", name(path, settings));
        if let Some(channel) = channel {
            text += &format!("channel = {}\n", quoted(&channel));
        }
        text += &format!("table = {}\n", quoted(self.table.name));
        let rates = self.rates();
        let header = |place: &usize| self.file.sniffed.headers[*place].as_str();
        let said = |column: &str, place| if rates.contains(&column) { OPEN } else { header(place) };
        let told = self.guess.columns.iter().map(|(column, place)| (*column, said(column, place)));
        let open = self.guess.untold.iter().map(|any| (any[0], OPEN));
        text += &line("columns", told.clone().chain(open.clone()));
        if rates.contains(&"discount") {
            let rate = self.guess.columns.get("discount").map(|place| ("discount_rate", header(place)));
            let columns = told.filter(|(column, _)| *column != "discount").chain(rate).chain(open);
            self.choices
                .push((line("columns", columns), "in place of the other `columns`, where the discount is a share"));
        }
        let constants = self.constants(settings);
        text += &line("constants", constants.iter().map(|(column, word)| (*column, word.as_str())));
        let negated: Vec<String> = self.negated().into_iter().map(quoted).collect();
        if !negated.is_empty() {
            text += &format!("negate = [{}]\n", negated.join(", "));
        }
        let words = self.words(settings);
        if !words.is_empty() {
            let tables: Vec<String> = words
                .iter()
                .map(|(column, words)| {
                    let pairs: Vec<String> =
                        words.iter().map(|(said, meant)| format!("{} = {}", quoted(said), quoted(meant))).collect();
                    format!("{column} = {{ {} }}", pairs.join(", "))
                })
                .collect();
            text += &format!("words = {{ {} }}\n", tables.join(", "));
        }
        text += &self.skipped_totals();
        text += &self.percents();
        text + &self.encoding(folder) + &self.locale(settings)
    }

    /// The encoding that the file's letters suggest, so that it stays the same whatever comes.
    fn encoding(&mut self, folder: Option<&ChannelSettings>) -> String {
        let Charset::Legacy(encoding) = self.file.sniffed.charset else { return String::new() };
        if folder.is_some_and(|channel| channel.encoding.is_some()) {
            return String::new();
        }
        let name = encoding.name();
        self.doubts.push(format!("`encoding`: the file is not UTF-8, and its letters look like {name}"));
        format!("encoding = {}\n", quoted(name))
    }

    /// The channel of the rows, where the table has one and no column says it.
    fn channel(&mut self, folder: Option<&ChannelSettings>, settings: &Settings) -> Option<String> {
        let has_channel = self.table.columns.iter().any(|column| column.name == "channel");
        if !has_channel || self.guess.columns.contains_key("channel") {
            return None;
        }
        if let Some(channel) = folder {
            return Some(channel.name.to_string());
        }
        let inside =
            self.file.path.strip_prefix(&settings.exports).ok().and_then(|path| path.parent()?.iter().next()?.to_str());
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        let inside = inside.filter(|name| *name != "truth" && name.chars().all(plain));
        let alike = |name: &str| {
            let mut channels = settings.channels.iter();
            channels.find(|channel| channel.name.as_str().eq_ignore_ascii_case(name))
        };
        if let Some(channel) = inside.and_then(alike) {
            return Some(channel.name.to_string());
        }
        let may_be_known = settings.channels.iter().any(|channel| channel.kind == ChannelKind::Wholesale);
        match (inside, settings.channels.as_slice()) {
            (Some(name), _) if !may_be_known => Some(name.to_owned()),
            (None, []) => None,
            (None, [only]) => {
                self.doubts.push("`channel`: the file lies in no channel's folder".to_owned());
                Some(only.name.to_string())
            }
            (inside, _) => {
                let new = inside.map_or_else(String::new, |name| {
                    format!(", or `{name}` with a `[channel.{name}]` of its own where it is none of these")
                });
                let known = either(&named(settings));
                self.doubts.push("`channel`: the file lies in no channel's folder".to_owned());
                self.unsaid.push(format!("say the `channel` in place of `?`: {known}{new}"));
                Some(OPEN.to_owned())
            }
        }
    }

    fn constants(&mut self, settings: &Settings) -> Vec<(&'static str, String)> {
        let amounts = self.guess.columns.iter().filter(|(column, _)| {
            self.table.columns.iter().any(|known| known.name == **column && known.kind == Kind::Money)
        });
        let named = reading::currency(amounts.map(|(_, place)| self.file.sniffed.headers[*place].as_str()));
        let mut constants = Vec::new();
        for (column, word) in self.target.constants {
            if self.guess.columns.contains_key(column) || self.guess.untold.iter().any(|any| any[0] == *column) {
                continue;
            }
            if *column == "currency" && self.table.name == "refund_lines" && !self.guess.columns.contains_key("amount")
            {
                continue;
            }
            let word = match *column {
                _ if word.is_empty() => named.unwrap_or(settings.shop.currency).to_string(),
                "kind" if self.is_of_labels() => "shipping_label".to_owned(),
                _ => (*word).to_owned(),
            };
            let why = if named.is_some() && *column == "currency" { "headers name it" } else { "no header fits" };
            self.doubts.push(format!("`{column}`: {why}, so every row gets `{word}`"));
            constants.push((*column, word));
        }
        constants
    }

    /// The decimal mark and the order of dates, where the columns that are used do not prove them.
    fn locale(&mut self, settings: &Settings) -> String {
        let (mut decimal, mut dates) = (DecimalEvidence::default(), DateEvidence::default());
        for (column, place) in &self.guess.columns {
            let reader = reader(self.table, column);
            for text in self.file.sniffed.column(*place) {
                if reader.is_money() {
                    decimal.weigh(text);
                } else if reader.is_date() {
                    dates.weigh(text);
                }
            }
        }
        let mut text = String::new();
        match self.reading.decimal.filter(|_| decimal.verdict().is_none()) {
            Some(Decimal::Comma) => text += "decimal = \",\"\n",
            Some(Decimal::Point) => text += "decimal = \".\"\n",
            None => {}
        }
        let order = match self.reading.dates {
            Some(order) => Some(order).filter(|_| dates.verdict().is_none()),
            None if self.reading.undecided_dates => {
                self.doubts.push("`date-order`: no date tells whether the day or the month comes first".to_owned());
                Some(reading::custom(settings))
            }
            None => None,
        };
        match order {
            Some(DateOrder::DayMonthYear) => text += "date-order = \"dmy\"\n",
            Some(DateOrder::MonthDayYear) => text += "date-order = \"mdy\"\n",
            _ => {}
        }
        text
    }
}

/// How a column of the lake is read.
pub(super) fn reader(table: &Table, column: &str) -> Reader {
    if column == DISCOUNT_RATE {
        return Reader::Rate;
    }
    let column = table.columns.iter().find(|known| known.name == column);
    channels::reader(table, *column.expect("words are of columns of their table"))
}

/// Words of a file, of many the first.
pub(super) fn listed(words: &[&str], last: &str) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = words.iter().take(MOST).map(|word| format!("`{word}`")).collect();
    match words.len().saturating_sub(MOST) {
        0 => shown.join(last),
        more => format!("{}{last}{more} more", shown.join(", ")),
    }
}

fn line<'a>(key: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs.map(|(column, text)| format!("{column} = {}", quoted(text))).collect();
    if pairs.is_empty() { String::new() } else { format!("{key} = {{ {} }}\n", pairs.join(", ")) }
}

/// A name for the mapping: the file's, without dates and numbers.
fn name(path: &Path, settings: &Settings) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    let words = stem.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-");
    let name = if name.is_empty() { "export".to_owned() } else { name };
    let taken = |name: &str| settings.mappings.iter().any(|mapping| mapping.name == name);
    let mut free = name.clone();
    let mut count = 1;
    while taken(&free) {
        count += 1;
        free = format!("{name}-{count}");
    }
    free
}

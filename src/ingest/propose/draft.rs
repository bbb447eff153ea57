//! The text of a proposal: a `[mapping.NAME]` with what the user must still say, and what may be doubted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::guess::{self, Guess, Reading};
use super::targets::Target;
use super::words::WORDS;
use super::{either, quoted, tables};
use crate::config::{ChannelKind, ChannelSettings, DateOrder, Decimal, Settings};
use crate::ingest::cell::{DateEvidence, DecimalEvidence, Reader};
use crate::ingest::channels::{self, words_of};
use crate::ingest::context::instants_in_name;
use crate::ingest::near_miss::explaining;
use crate::ingest::sniff::Sniffed;
use crate::ingest::source::Charset;
use crate::lake::{Kind, Table};

/// What stands in a proposal where the user must say something.
const OPEN: &str = "?";

/// The channels of the settings.
fn named(settings: &Settings) -> Vec<&str> {
    settings.channels.iter().map(|channel| channel.name.as_str()).collect()
}

/// A proposal in the making.
pub(super) struct Draft<'a> {
    pub(super) target: &'a Target,
    pub(super) table: &'static Table,
    pub(super) guess: Guess,
    pub(super) sniffed: &'a Sniffed,
    pub(super) reading: Reading,
    pub(super) doubts: Vec<String>,
    pub(super) unsaid: Vec<String>,
}

impl Draft<'_> {
    pub(super) fn toml(&mut self, path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) -> String {
        let channel = self.channel(path, folder, settings);
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
        let columns = self.guess.columns.iter();
        let told = columns.map(|(column, place)| (*column, self.sniffed.headers[*place].as_str()));
        let open = self.guess.untold.iter().map(|any| (any[0], OPEN));
        text += &line("columns", told.chain(open));
        let constants = self.constants(settings);
        text += &line("constants", constants.iter().map(|(column, word)| (*column, word.as_str())));
        if let Some(place) = self.cost() {
            text += "negate = [\"amount\"]\n";
            self.doubts.push(format!(
                "`amount`: `{}` is taken for a cost, so its sign is turned",
                self.sniffed.headers[place]
            ));
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
        text + &self.encoding(folder) + &self.locale(settings)
    }

    /// The encoding that the file's letters suggest, so that it stays the same whatever comes.
    fn encoding(&mut self, folder: Option<&ChannelSettings>) -> String {
        let Charset::Legacy(encoding) = self.sniffed.charset else { return String::new() };
        if folder.is_some_and(|channel| channel.encoding.is_some()) {
            return String::new();
        }
        let name = encoding.name();
        self.doubts.push(format!("`encoding`: the file is not UTF-8, and its letters look like {name}"));
        format!("encoding = {}\n", quoted(name))
    }

    /// Which table it is, where most of the file finds no use or the table wants what it lacks.
    pub(super) fn doubt_the_table(&mut self, possible: &[&str], path: &Path, settings: &Settings) {
        let headers = self.sniffed.headers.iter().filter(|header| !header.is_empty()).count();
        let used = self.guess.columns.len();
        let is_odd = used * 4 <= headers;
        if !is_odd && (self.guess.untold.is_empty() || possible.len() == 1) {
            return;
        }
        let (every, few) = (tables(), format!("only {used} of {headers} headers find a use"));
        let why = if is_odd { few } else { "the table is not certain".to_owned() };
        let command = explaining(path, settings);
        self.unsaid.push(format!(
            "{why}: say which it is with `{command} --table NAME`, {}",
            either(if possible.len() == 1 { &every } else { possible })
        ));
    }

    /// When a count was taken that does not say it.
    pub(super) fn doubt_the_time(&mut self, path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) {
        let dated = [("stock", "at"), ("channel_stock", "reported_at")];
        if !dated.iter().any(|(table, at)| *table == self.table.name && !self.guess.columns.contains_key(at)) {
            return;
        }
        let zone = folder.and_then(|channel| channel.time_zone).unwrap_or(settings.shop.time_zone);
        let day = match (instants_in_name(path, zone).first(), settings.shop.as_of) {
            (Some(at), _) => format!("{}, as the file's name says", at.day_in(zone)),
            (None, Some(day)) => format!("{day}, the `as-of` of the settings; a day in the file's name says it better"),
            (None, None) => {
                "the day on which the file was written; a day in its name, as 2026-02-28, says it better".to_owned()
            }
        };
        self.doubts.push(format!("the time of the count: no header fits, so it is {day}"));
    }

    /// Amounts and dates of the file that find no use.
    pub(super) fn doubt_what_is_unused(&mut self) {
        let unused = (0..self.sniffed.headers.len()).filter(|place| {
            let is_used = self.guess.columns.values().any(|used| used == place);
            let (reading, sniffed) = (&self.reading, self.sniffed);
            !is_used && (reading.is_dates(sniffed, *place) || reading.is_amounts(sniffed, *place))
        });
        let headers: Vec<&str> = unused.map(|place| self.sniffed.headers[place].as_str()).collect();
        if !headers.is_empty() {
            let verb = if headers.len() == 1 { "holds" } else { "hold" };
            self.doubts.push(format!("{} {verb} amounts or dates and nothing uses it", listed(&headers, " and ")));
        }
    }

    /// The channel of the rows, where the table has one and no column says it.
    fn channel(&mut self, path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) -> Option<String> {
        let has_channel = self.table.columns.iter().any(|column| column.name == "channel");
        if !has_channel || self.guess.columns.contains_key("channel") {
            return None;
        }
        if let Some(channel) = folder {
            return Some(channel.name.to_string());
        }
        let inside = path.strip_prefix(&settings.exports).ok().and_then(|path| path.parent()?.iter().next()?.to_str());
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

    /// The header of a settlement's amounts, where they are costs and written without a sign.
    fn cost(&self) -> Option<usize> {
        let place = self.guess.columns.get("amount").copied().filter(|_| self.table.name == "settlement_lines")?;
        (guess::is_cost(&self.sniffed.headers[place])
            && !self.sniffed.column(place).any(|text| text.contains(['-', '(', '\u{2212}'])))
        .then_some(place)
    }

    fn constants(&mut self, settings: &Settings) -> Vec<(&'static str, String)> {
        let amounts = self.guess.columns.iter().filter(|(column, _)| {
            self.table.columns.iter().any(|known| known.name == **column && known.kind == Kind::Money)
        });
        let named = guess::currency(amounts.map(|(_, place)| self.sniffed.headers[*place].as_str()));
        let mut constants = Vec::new();
        for (column, word) in self.target.constants {
            if self.guess.columns.contains_key(column) || self.guess.untold.iter().any(|any| any[0] == *column) {
                continue;
            }
            let word = match *column {
                _ if word.is_empty() => named.unwrap_or(settings.shop.currency).to_string(),
                "kind" if self.cost().is_some_and(|place| guess::is_label(&self.sniffed.headers[place])) => {
                    "shipping_label".to_owned()
                }
                _ => (*word).to_owned(),
            };
            let why = if named.is_some() && *column == "currency" { "headers name it" } else { "no header fits" };
            self.doubts.push(format!("`{column}`: {why}, so every row gets `{word}`"));
            constants.push((*column, word));
        }
        constants
    }

    /// Words of the file that trueup does not know, and its names of the shop's pools.
    fn words(&mut self, settings: &Settings) -> BTreeMap<&'static str, BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        if let Some(pools) = self.pools(settings) {
            all.insert("location", pools);
        }
        for (table, column, parts) in WORDS {
            let Some(place) = self.guess.columns.get(column).filter(|_| *table == self.table.name) else { continue };
            let (mut words, mut unknown) = (BTreeMap::new(), Vec::new());
            for said in self.sniffed.column(*place) {
                if self.reading.reads(self.table, column, said) {
                    continue;
                }
                let meant = guess::likely_of(parts, said);
                if words.insert(said.to_owned(), meant.unwrap_or(OPEN).to_owned()).is_none() {
                    match meant {
                        Some(meant) => self.doubts.push(format!("`{column}`: `{said}` is taken for `{meant}`")),
                        None => unknown.push(said),
                    }
                }
            }
            if !unknown.is_empty() {
                let known = words_of(reader(self.table, column)).join(", ");
                let said = listed(&unknown, " or ");
                self.doubts.push(format!("`{column}`: nobody can tell what {said} means; the words are {known}"));
                self.unsaid.push(format!("say what {said} means in place of `?`: the words are {known}"));
            }
            if !words.is_empty() {
                all.insert(*column, words);
            }
        }
        all
    }

    /// Locations that are pools of the shop but for their case; the others are doubted.
    fn pools(&mut self, settings: &Settings) -> Option<BTreeMap<String, String>> {
        let place = *self.guess.columns.get("location")?;
        let mut pools: Vec<&str> = settings.channels.iter().map(|channel| channel.pool.as_str()).collect();
        pools.push("main");
        let mut words = BTreeMap::new();
        let said: BTreeSet<&str> = self.sniffed.column(place).filter(|said| !pools.contains(said)).collect();
        for said in said {
            match pools.iter().find(|pool| pool.to_lowercase() == said.to_lowercase()) {
                Some(pool) => _ = words.insert(said.to_owned(), (*pool).to_owned()),
                None => self.doubts.push(format!(
                    "`location`: `{said}` is no pool of the settings; `words = {{ location = {{ {} = \"main\" }} }}` \
                     would make it one",
                    quoted(said)
                )),
            }
        }
        (!words.is_empty()).then_some(words)
    }

    /// The decimal mark and the order of dates, where the columns that are used do not prove them.
    fn locale(&mut self, settings: &Settings) -> String {
        let (mut decimal, mut dates) = (DecimalEvidence::default(), DateEvidence::default());
        for (column, place) in &self.guess.columns {
            let reader = reader(self.table, column);
            for text in self.sniffed.column(*place) {
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
                Some(guess::custom(settings))
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
fn reader(table: &Table, column: &str) -> Reader {
    let column = table.columns.iter().find(|known| known.name == column);
    channels::reader(table, *column.expect("words are of columns of their table"))
}

/// Words of a file, of many the first.
fn listed(words: &[&str], last: &str) -> String {
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

//! A layout for a file that no export knows, guessed from what its headers are called and what its
//! values look like.

mod guess;
mod names;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::cell::Reader;
use super::channels::{self, words_of};
use super::context::instants_in_name;
use super::explain::Proposal;
use super::sniff::Sniffed;
use crate::config::{ChannelSettings, DateOrder, Decimal, Settings};
use crate::lake::{Kind, Table};
use guess::{Guess, Reading};
pub(crate) use guess::{called, likely};
use names::{TARGETS, Target, WORDS};

/// The table that a file fills best, as a `[mapping.NAME]`; where it fits no table, what to do.
pub(crate) fn propose(
    path: &Path,
    sniffed: &Sniffed,
    folder: Option<&ChannelSettings>,
    settings: &Settings,
) -> Result<Proposal, Option<String>> {
    if let Some([first, second]) = guess::numbered(sniffed) {
        let reason = format!("it has several articles on a row (`{first}`, `{second}`), and a mapping reads one");
        return Err(Some(format!("{reason}: export it with a row per order line")));
    }
    let reading = Reading::of(sniffed, settings);
    let guesses: Vec<(&Target, Guess)> =
        TARGETS.iter().map(|target| (target, guess::hold(target, sniffed, &reading))).collect();
    let whole = guesses.iter().position(|(_, guess)| guess.untold.is_empty());
    if let (None, Some(header)) = (whole, guess::packed(sniffed)) {
        let reason = format!("`{header}` packs several articles into one cell, and a mapping reads one per row");
        return Err(Some(format!("{reason}: export it with a row per order line")));
    }
    let place = whole.or_else(|| nearest(&guesses)).ok_or(None)?;
    let (target, guess) = guesses.into_iter().nth(place).expect("it is a place among them");
    let table = Table::named(target.table).expect("targets are tables of the lake");
    let mut draft = Draft { target, table, guess, sniffed, reading, doubts: Vec::new(), unsaid: Vec::new() };
    let toml = draft.toml(path, folder, settings);
    draft.doubt_the_time(path, folder, settings);
    let columns = draft.guess.columns.iter().map(|(column, place)| (*place, *column));
    Ok(Proposal {
        table: table.name,
        toml,
        open: draft.guess.untold.iter().map(|any| format!("`{}`", any.join("` or `"))).collect(),
        columns: columns.collect(),
        unsaid: draft.unsaid,
        doubts: draft.doubts,
    })
}

/// The table of which at least a quarter of what tells it is there, and most.
fn nearest(guesses: &[(&Target, Guess)]) -> Option<usize> {
    let share = |(target, guess): &(&Target, Guess)| {
        let told = target.telling.len() - guess.untold.len();
        (told * 100 / target.telling.len(), guess.columns.len())
    };
    let near = guesses.iter().enumerate().filter(|(_, guess)| share(guess).0 >= 25);
    near.max_by_key(|(place, guess)| (share(guess), std::cmp::Reverse(*place))).map(|(place, _)| place)
}

struct Draft<'a> {
    target: &'a Target,
    table: &'static Table,
    guess: Guess,
    sniffed: &'a Sniffed,
    reading: Reading,
    doubts: Vec<String>,
    unsaid: Vec<String>,
}

impl Draft<'_> {
    fn toml(&mut self, path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) -> String {
        let channel = self.channel(path, folder, settings);
        let mut text = String::new();
        if let Some(channel) = channel.as_deref().filter(|channel| settings.channel(channel).is_none()) {
            self.doubts.push(format!("`[channel.{channel}]` is not in the settings yet; `kind` is a guess"));
            text += &format!("[channel.{channel}]\nkind = \"wholesale\"\n\n");
        }
        text += &format!("[mapping.{}]\n", name(path, settings));
        if let Some(channel) = channel {
            text += &format!("channel = {}\n", quoted(&channel));
        }
        text += &format!("table = {}\n", quoted(self.table.name));
        let columns = self.guess.columns.iter();
        let told = columns.map(|(column, place)| (*column, self.sniffed.headers[*place].as_str()));
        let open = self.guess.untold.iter().map(|any| (any[0], "?"));
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
        text + &self.locale(settings)
    }

    /// When a count was taken that does not say it.
    fn doubt_the_time(&mut self, path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) {
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
        let Some(name) = inside.filter(|name| *name != "truth" && name.chars().all(plain)) else {
            self.doubts.push("`channel`: the file lies in no channel's folder".to_owned());
            return settings.channels.first().map(|channel| channel.name.to_string());
        };
        Some(name.to_string())
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
            if self.guess.columns.contains_key(column) {
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
                if words.insert(said.to_owned(), meant.unwrap_or("?").to_owned()).is_none() {
                    match meant {
                        Some(meant) => self.doubts.push(format!("`{column}`: `{said}` is taken for `{meant}`")),
                        None => unknown.push(said),
                    }
                }
            }
            if !unknown.is_empty() {
                let known = words_of(reader(self.table, column)).join(", ");
                let said = listed(&unknown);
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

    fn locale(&mut self, settings: &Settings) -> String {
        let mut text = String::new();
        match self.reading.decimal {
            Some(Decimal::Comma) => text += "decimal = \",\"\n",
            Some(Decimal::Point) => text += "decimal = \".\"\n",
            None => {}
        }
        let order = match self.reading.dates {
            Some(order) => Some(order),
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
fn listed(words: &[&str]) -> String {
    const MOST: usize = 8;
    let shown: Vec<String> = words.iter().take(MOST).map(|word| format!("`{word}`")).collect();
    match words.len().saturating_sub(MOST) {
        0 => shown.join(" or "),
        more => format!("{} or {more} more", shown.join(", ")),
    }
}

fn line<'a>(key: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> = pairs.map(|(column, text)| format!("{column} = {}", quoted(text))).collect();
    if pairs.is_empty() { String::new() } else { format!("{key} = {{ {} }}\n", pairs.join(", ")) }
}

/// The text as TOML writes it.
pub(crate) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
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

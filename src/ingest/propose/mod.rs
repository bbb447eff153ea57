//! A layout for a file that no export knows, guessed from what its headers are called and what its
//! values look like.

mod guess;
mod names;

use std::collections::BTreeMap;
use std::path::Path;

use super::explain::Proposal;
use super::sniff::Sniffed;
use crate::config::{ChannelSettings, DateOrder, Decimal, Settings};
use crate::lake::Table;
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
    let mut nearest: Option<(&Target, Vec<_>)> = None;
    let found = TARGETS.iter().find_map(|target| match guess::hold(target, sniffed, &reading) {
        Ok(guess) => Some((target, guess)),
        Err(untold) => {
            let share = |target: &Target, untold: usize| (target.telling.len() - untold) * 100 / target.telling.len();
            let here = share(target, untold.len());
            if here >= 50 && nearest.as_ref().is_none_or(|(best, missing)| here > share(best, missing.len())) {
                nearest = Some((target, untold));
            }
            None
        }
    });
    let Some((target, guess)) = found else { return Err(lacking(sniffed, nearest)) };
    let table = Table::named(target.table).expect("targets are tables of the lake");
    let mut draft = Draft { target, table, guess, sniffed, reading, doubts: Vec::new() };
    let toml = draft.toml(path, folder, settings);
    draft.doubt_what_is_left();
    Ok(Proposal {
        table: table.name,
        toml,
        doubts: draft.doubts,
        encoding: sniffed.charset.label().to_owned(),
        delimiter: sniffed.delimiter.map(char::from),
        header_line: sniffed.header_line,
    })
}

/// What a file lacks for the table that it is nearest to.
fn lacking(sniffed: &Sniffed, nearest: Option<(&Target, Vec<&[&str]>)>) -> Option<String> {
    if let Some(header) = guess::packed(sniffed) {
        let reason = format!("`{header}` packs several articles into one cell, and a mapping reads one per row");
        return Some(format!("{reason}: export it with a row per order line"));
    }
    let (target, untold) = nearest?;
    let wanted: Vec<String> = untold.iter().map(|any| format!("`{}`", any.join("` or `"))).collect();
    let table = target.table;
    Some(format!("for `{table}` no header says {}; if one does, give it under `[mapping.NAME]`", wanted.join(" and ")))
}

struct Draft<'a> {
    target: &'a Target,
    table: &'static Table,
    guess: Guess,
    sniffed: &'a Sniffed,
    reading: Reading,
    doubts: Vec<String>,
}

impl Draft<'_> {
    fn toml(&mut self, path: &Path, folder: Option<&ChannelSettings>, settings: &Settings) -> String {
        let mut text = format!("[mapping.{}]\n", name(path, settings));
        if let Some(channel) = self.channel(path, folder, settings) {
            text += &format!("channel = {}\n", quoted(&channel));
        }
        text += &format!("table = {}\n", quoted(self.table.name));
        let columns = self.guess.columns.clone();
        text +=
            &line("columns", columns.iter().map(|(column, place)| (*column, self.sniffed.headers[*place].as_str())));
        let constants = self.constants(settings);
        text += &line("constants", constants.iter().map(|(column, word)| (*column, word.as_str())));
        if let Some(place) = self.cost() {
            text += "negate = [\"amount\"]\n";
            self.doubts.push(format!(
                "`amount`: `{}` is taken for a cost, so its sign is turned",
                self.sniffed.headers[place]
            ));
        }
        let words = self.words();
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

    /// What the table could take and no header gives, and what the file has and nothing takes.
    fn doubt_what_is_left(&mut self) {
        let dated = [("stock", "at"), ("channel_stock", "reported_at")];
        if dated.iter().any(|(table, at)| *table == self.table.name && !self.guess.columns.contains_key(at)) {
            self.doubts.push("the time of the count: no header fits, so it is the day in the file's name".to_owned());
        }
        let taken: Vec<usize> = self.guess.columns.values().copied().collect();
        let left = (0..self.sniffed.headers.len()).filter(|place| !taken.contains(place));
        let left: Vec<String> = left.map(|place| format!("`{}`", self.sniffed.headers[place])).collect();
        if !left.is_empty() {
            self.doubts.push(format!("not used: {}", left.join(", ")));
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
        let Some(name) = inside.filter(|name| *name != "truth" && name.chars().all(plain)) else {
            self.doubts.push("`channel`: the file lies in no channel's folder".to_owned());
            return settings.channels.first().map(|channel| channel.name.to_string());
        };
        self.doubts.push(format!("`[channel.{name}]` is not in the settings: add it with `kind = \"wholesale\"`"));
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
        let mut constants = Vec::new();
        for (column, word) in self.target.constants {
            if self.guess.columns.contains_key(column) {
                continue;
            }
            let word = match *column {
                _ if word.is_empty() => settings.shop.currency.as_str(),
                "kind" if self.cost().is_some_and(|place| guess::is_label(&self.sniffed.headers[place])) => {
                    "shipping_label"
                }
                _ => word,
            };
            constants.push((*column, word.to_owned()));
            self.doubts.push(format!("`{column}`: no header fits, so every row gets `{word}`"));
        }
        constants
    }

    /// Words of the file that trueup does not know.
    fn words(&mut self) -> BTreeMap<&'static str, BTreeMap<String, &'static str>> {
        let mut all = BTreeMap::new();
        for (table, column, parts) in WORDS {
            let Some(place) = self.guess.columns.get(column).filter(|_| *table == self.table.name) else { continue };
            let mut words = BTreeMap::new();
            for said in self.sniffed.column(*place) {
                if self.reading.reads(self.table, column, said) {
                    continue;
                }
                let meant = guess::likely_of(parts, said);
                let fallback = if *column == "status" { "paid" } else { "other" };
                let known = words.insert(said.to_owned(), meant.unwrap_or(fallback));
                if known.is_none() {
                    let meant = meant.unwrap_or(fallback);
                    self.doubts.push(format!("`{column}`: `{said}` is taken for `{meant}`"));
                }
            }
            if !words.is_empty() {
                all.insert(*column, words);
            }
        }
        all
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

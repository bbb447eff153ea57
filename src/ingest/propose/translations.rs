//! Which words of a file are translated into those of the lake and the shop's own names?

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, OPEN, listed, named, reader};
use super::guess::likely_of;
use super::words::WORDS;
use super::{either, quoted};
use crate::config::Settings;
use crate::ingest::channels::words_of;

impl Draft<'_> {
    /// Words of the file that trueup does not know, and its names of the shop's pools.
    pub(super) fn words(&mut self, settings: &Settings) -> BTreeMap<&'static str, BTreeMap<String, String>> {
        let mut all = BTreeMap::new();
        if let Some(pools) = self.pools(settings) {
            all.insert("location", pools);
        }
        if let Some(channels) = self.channels(settings) {
            all.insert("channel", channels);
        }
        for (table, column, parts) in WORDS {
            let Some(place) = self.guess.columns.get(column).filter(|_| *table == self.table.name) else { continue };
            let (mut words, mut unknown) = (BTreeMap::new(), Vec::new());
            for said in self.file.sniffed.column(*place) {
                if self.reading.reads(self.table, column, said) {
                    continue;
                }
                let meant = likely_of(parts, said);
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
        let said: BTreeSet<&str> = self.file.sniffed.column(place).filter(|said| !pools.contains(said)).collect();
        for said in said {
            match pools.iter().find(|pool| pool.to_lowercase() == said.to_lowercase()) {
                Some(pool) => _ = words.insert(said.to_owned(), (*pool).to_owned()),
                None => self.doubts.push(format!(
                    "`location`: no channel draws on `{said}` yet: set `pool = {0}` under each `[channel.NAME]` that \
                     sells it; where it is part of another pool, `words = {{ location = {{ {0} = \"main\" }} }}` says so",
                    quoted(said)
                )),
            }
        }
        (!words.is_empty()).then_some(words)
    }

    /// Channels of the file that the settings have under another name, or not at all.
    fn channels(&mut self, settings: &Settings) -> Option<BTreeMap<String, String>> {
        let place = *self.guess.columns.get("channel")?;
        let known = named(settings);
        let said: BTreeSet<&str> = self.file.sniffed.column(place).filter(|said| !known.contains(said)).collect();
        let alike = |said: &str| known.iter().copied().find(|name| name.eq_ignore_ascii_case(said));
        let unknown: Vec<&str> = said.iter().copied().filter(|said| alike(said).is_none()).collect();
        if !unknown.is_empty() {
            let (said, known) = (listed(&unknown, " and "), either(&known));
            self.unsaid.push(format!("say which channel {said} each are in place of `?`: {known}"));
        }
        let words = said.iter().map(|said| ((*said).to_owned(), alike(said).unwrap_or(OPEN).to_owned()));
        (!said.is_empty()).then(|| words.collect())
    }
}

//! What did people decide about listings, and which decision holds where?
//!
//! Goes in: the lake's table `overrides`. Comes out: per listing the number and the pause that a
//! person decided, the most particular first and of equals the newest; and of every override what
//! became of it, so that none is passed over in silence.

mod ask;
mod outcome;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use self::ask::Ask;
use self::ask::{Aspect, Meaning, meaning};
pub use self::outcome::{OverrideOutcome, OverrideOutcomes};
use super::input::Decision;
use crate::config::Settings;
use crate::error::Result;
use crate::lake::Rows;
use crate::types::{Channel, Day, Sku, Timestamp};

/// How a file and a report write "every SKU" or "every channel".
const EVERY: &str = "*";

/// One override as it was written.
#[derive(Clone, Debug, PartialEq)]
struct Override {
    id: String,
    at: Timestamp,
    /// The day it was made on, in the shop's zone.
    made: Day,
    /// The channel; every channel if `None`.
    channel: Option<Channel>,
    /// The product; every product if `None`.
    sku: Option<Sku>,
    field: String,
    value: String,
    owner: Option<String>,
    reason: Option<String>,
    /// The last day it holds; without end if `None`.
    until: Option<Day>,
    meaning: Meaning,
    /// The file it stands in, if known.
    file: Option<PathBuf>,
    /// Its line there.
    line: usize,
}

impl Override {
    /// The more of a listing it names, the more particular it is; of equals the newest wins, and of
    /// two of one instant the one with the later number.
    fn rank(&self) -> (bool, bool, Timestamp, &str) {
        (self.sku.is_some(), self.channel.is_some(), self.at, &self.id)
    }

    fn is_about(&self, sku: &Sku, channel: &Channel) -> bool {
        self.sku.as_ref().is_none_or(|own| own == sku) && self.channel.as_ref().is_none_or(|own| own == channel)
    }

    fn ask(&self) -> Option<Ask> {
        match self.meaning {
            Meaning::Decides(ask) => Some(ask),
            _ => None,
        }
    }

    fn decision(&self) -> Option<Decision> {
        Some(Decision {
            id: self.id.clone(),
            ask: self.ask()?,
            owner: self.owner.clone(),
            reason: self.reason.clone(),
            until: self.until,
        })
    }
}

/// Every override up to the run's day.
#[derive(Clone, Debug, PartialEq)]
pub struct Overrides {
    all: Vec<Override>,
    as_of: Day,
    as_of_end: Timestamp,
    /// The overrides that hold, by the SKU that they name.
    holding: BTreeMap<Option<Sku>, Vec<usize>>,
}

/// What holds for one listing: a place in [`Overrides::all`] for each aspect.
#[derive(Clone, Copy, Debug, Default)]
struct Holding {
    number: Option<usize>,
    showing: Option<usize>,
}

impl Holding {
    fn of(self, aspect: Aspect) -> Option<usize> {
        match aspect {
            Aspect::Number => self.number,
            Aspect::Showing => self.showing,
        }
    }
}

impl Overrides {
    /// Reads the lake's table `overrides`.
    ///
    /// # Errors
    /// A column that is missing or of another type.
    pub fn read(rows: &Rows, settings: &Settings, as_of: Day, as_of_end: Timestamp) -> Result<Self> {
        let (id, at, until) = (rows.text("override_id")?, rows.timestamp("at")?, rows.day("until")?);
        let (channel, sku, field) = (rows.text("channel")?, rows.text("sku")?, rows.text("field")?);
        let (value, owner, reason) = (rows.text("value")?, rows.text("owner")?, rows.text("reason")?);
        let (file, line) = (rows.text("source_file")?, rows.integer("source_line")?);
        let exports = settings.exports.strip_prefix(&settings.folder).unwrap_or(&settings.exports);
        let named = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let narrow = |text: Option<&str>| named(text).filter(|text| text != EVERY);
        let mut all = Vec::with_capacity(rows.len());
        for row in 0..rows.len() {
            let Some(at) = at.get(row) else { continue };
            let (channel, sku) = (narrow(channel.get(row)), narrow(sku.get(row)));
            let (field, value) = (field.get(row).unwrap_or_default(), value.get(row).unwrap_or_default());
            all.push(Override {
                id: id.get(row).unwrap_or_default().to_owned(),
                at,
                made: at.day_in(settings.shop.time_zone),
                meaning: meaning(field, value, channel.is_some() && sku.is_some()),
                channel: channel.map(Channel::new),
                sku: sku.map(Sku::new),
                field: field.to_owned(),
                value: value.to_owned(),
                owner: named(owner.get(row)),
                reason: named(reason.get(row)),
                until: until.get(row),
                file: file.get(row).map(|file| exports.join(file)),
                line: line.get(row).and_then(|line| usize::try_from(line).ok()).unwrap_or(0),
            });
        }
        all.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Self::of(all, as_of, as_of_end))
    }

    fn of(all: Vec<Override>, as_of: Day, as_of_end: Timestamp) -> Self {
        let mut overrides = Self { all, as_of, as_of_end, holding: BTreeMap::new() };
        for index in 0..overrides.all.len() {
            let one = &overrides.all[index];
            if one.ask().is_some() && overrides.is_in_time(one) {
                overrides.holding.entry(one.sku.clone()).or_default().push(index);
            }
        }
        overrides
    }

    /// True from the day it was made to its last day.
    fn is_in_time(&self, one: &Override) -> bool {
        one.at < self.as_of_end && one.until.is_none_or(|until| until >= self.as_of)
    }

    /// The overrides in time that are about a listing.
    fn about<'a>(&'a self, sku: &'a Sku, channel: &'a Channel) -> impl Iterator<Item = usize> + 'a {
        let of_sku = self.holding.get(&Some(sku.clone())).into_iter().flatten();
        let wide = self.holding.get(&None).into_iter().flatten();
        of_sku.chain(wide).copied().filter(move |index| self.all[*index].is_about(sku, channel))
    }

    fn holding(&self, sku: &Sku, channel: &Channel) -> Holding {
        let mut holding = Holding::default();
        for index in self.about(sku, channel) {
            let one = &self.all[index];
            let held = match one.ask().map(Ask::aspect) {
                Some(Aspect::Number) => &mut holding.number,
                Some(Aspect::Showing) => &mut holding.showing,
                None => continue,
            };
            if held.is_none_or(|before| self.all[before].rank() < one.rank()) {
                *held = Some(index);
            }
        }
        holding
    }

    /// What a person decided about a listing: its number, and whether it is shown.
    pub(super) fn decided(&self, sku: &Sku, channel: &Channel) -> (Option<Decision>, Option<Decision>) {
        let holding = self.holding(sku, channel);
        let decision = |index: Option<usize>| index.and_then(|index| self.all[index].decision());
        (decision(holding.number), decision(holding.showing))
    }

    /// The hold-backs in force: those published, and before them what people decided. `reports` are
    /// the listings that channels tell of (`mart_channel_stock`). A paused listing may show nothing
    /// at all, as if everything were held back.
    ///
    /// # Errors
    /// A column that is missing or of another type.
    pub fn in_force(
        &self,
        published: &BTreeMap<(Sku, Channel), i64>,
        reports: &Rows,
    ) -> Result<BTreeMap<(Sku, Channel), i64>> {
        let mut in_force = published.clone();
        if self.holding.is_empty() {
            return Ok(in_force);
        }
        let (sku, channel) = (reports.text("sku")?, reports.text("channel")?);
        let mut listings: Vec<(&str, &str)> =
            (0..reports.len()).filter_map(|row| Some((sku.get(row)?, channel.get(row)?))).collect();
        listings.sort_unstable();
        listings.dedup();
        let reported = listings.into_iter().map(|(sku, channel)| (Sku::new(sku), Channel::new(channel)));
        for (sku, channel) in reported.chain(published.keys().cloned()) {
            let (number, showing) = self.decided(&sku, &channel);
            let units = match (showing.map(|one| one.ask), number.map(|one| one.ask)) {
                (Some(Ask::Pause), _) => i64::MAX,
                (_, Some(Ask::HoldBack(units))) => units,
                _ => continue,
            };
            in_force.insert((sku, channel), units);
        }
        Ok(in_force)
    }
}

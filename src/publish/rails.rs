//! When must a publication not go out without a person's word?

use std::collections::{BTreeMap, BTreeSet};

use super::plan::Plan;
use super::shown::{Cover, Shown};
use super::verdict::Verdict;
use crate::config::PublishLimits;
use crate::error::{Diagnostic, Result};
use crate::types::Timestamp;

/// A change of fewer units over a whole shop or channel is no matter, whatever share it is.
const FEW_UNITS: i64 = 10;

/// On the first day cover targets are held against the stock, which is further from them than yesterday's.
const FIRST_DAY: i64 = 10;

/// One limit that a publication must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rail {
    /// Buffers that change.
    ChangedShare,
    /// Listings that would show nothing.
    ZeroedListings,
    /// Units shown over all channels, up and down.
    ListedUnits,
    /// Units shown on one channel, up and down.
    ChannelUnits,
    /// Units shown of one listing, up and down.
    ListingUnits,
    /// Cover targets over all listings, up and down.
    CoverUnits,
    /// Listings that are gone.
    VanishedListings,
    /// Channels without a listing.
    VanishedChannels,
    /// Listings that wait for a person.
    WaitingShare,
    /// Inputs that are too old.
    OldestInput,
    /// Inputs of days that have not come.
    FutureInput,
    /// A day before that of the feed in force.
    OlderDay,
    /// What the last run said.
    Verdict,
    /// No listing at all.
    EmptyFeed,
}

impl Rail {
    /// Those that a person may override: all but the one that keeps the feed from being empty.
    pub const FORCEABLE: [Self; 13] = [
        Self::ChangedShare,
        Self::ZeroedListings,
        Self::ListedUnits,
        Self::ChannelUnits,
        Self::ListingUnits,
        Self::CoverUnits,
        Self::VanishedListings,
        Self::VanishedChannels,
        Self::WaitingShare,
        Self::OldestInput,
        Self::FutureInput,
        Self::OlderDay,
        Self::Verdict,
    ];

    /// Its name after `--force` and in the record of publications.
    pub fn word(self) -> &'static str {
        match self {
            Self::ChangedShare => "changed-share",
            Self::ZeroedListings => "zeroed-listings",
            Self::ListedUnits => "listed-units",
            Self::ChannelUnits => "channel-units",
            Self::ListingUnits => "listing-units",
            Self::CoverUnits => "cover-units",
            Self::VanishedListings => "vanished-listings",
            Self::VanishedChannels => "vanished-channels",
            Self::WaitingShare => "waiting-share",
            Self::OldestInput => "oldest-input",
            Self::FutureInput => "future-input",
            Self::OlderDay => "older-day",
            Self::Verdict => "verdict",
            Self::EmptyFeed => "empty-feed",
        }
    }

    /// The key under `[publish]` that sets its limit; none where there is nothing to set.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::ChangedShare => Some("changed-share"),
            Self::ZeroedListings => Some("zeroed-listings"),
            Self::ListedUnits => Some("listed-units-share"),
            Self::ChannelUnits => Some("channel-units-share"),
            Self::ListingUnits => Some("listing-factor"),
            Self::CoverUnits => Some("cover-factor"),
            Self::VanishedListings => Some("vanished-listings-share"),
            Self::VanishedChannels => Some("vanished-channels"),
            Self::WaitingShare => Some("waiting-share"),
            Self::OldestInput => Some("oldest-input-hours"),
            Self::FutureInput | Self::OlderDay | Self::Verdict | Self::EmptyFeed => None,
        }
    }

    /// What it guards, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::ChangedShare => "more buffers would change than a night usually changes",
            Self::ZeroedListings => "more listings would show nothing than a night usually empties",
            Self::ListedUnits => "the units shown over all channels would jump up or down",
            Self::ChannelUnits => "the units shown on a channel would jump up or down",
            Self::ListingUnits => "the units of one listing would be multiplied or divided",
            Self::CoverUnits => "the cover targets would be multiplied or divided",
            Self::VanishedListings => "published listings would be gone",
            Self::VanishedChannels => "a channel would be left without a listing",
            Self::WaitingShare => "too many listings wait for a person",
            Self::OldestInput => "the newest input is old",
            Self::FutureInput => "an input is of a day that has not come",
            Self::OlderDay => "the feed in force stands on a later day",
            Self::Verdict => "no run says yes to what the lake holds now",
            Self::EmptyFeed => "no listing would be published",
        }
    }
}

/// A rail that a plan goes beyond.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub rail: Rail,
    /// What was seen and what would have been fine.
    pub text: String,
}

/// What besides the plan decides whether it may go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circumstances {
    /// The newest fact that the recommendations stand on.
    pub newest_input: Timestamp,
    /// The moment of publishing.
    pub now: Timestamp,
    /// The version of the lake that the plan was worked out from.
    pub lake_version: u64,
    /// What the last run said; none where none has ended since.
    pub verdict: Option<Verdict>,
}

/// A plan that may be published, and the rails that a person has overridden for it.
#[derive(Clone, Debug)]
pub struct Cleared<'a> {
    pub(super) plan: &'a Plan,
    pub(super) overridden: Vec<Rail>,
}

impl Plan {
    /// Checks the plan against the rails; a person's word lets it go beyond those that are `forced`,
    /// never beyond another and never without a listing.
    ///
    /// # Errors
    /// What is beyond the other rails, in one message.
    pub fn clear(&self, limits: &PublishLimits, seen: &Circumstances, forced: &BTreeSet<Rail>) -> Result<Cleared<'_>> {
        let breaches = self.breaches(limits, seen);
        let is_overridden = |breach: &&Breach| breach.rail != Rail::EmptyFeed && forced.contains(&breach.rail);
        let (overridden, standing): (Vec<&Breach>, Vec<&Breach>) = breaches.iter().partition(is_overridden);
        if standing.is_empty() {
            return Ok(Cleared { plan: self, overridden: overridden.iter().map(|breach| breach.rail).collect() });
        }
        Err(refused(&standing).into())
    }

    /// What is beyond the rails, in the order of [`Rail`].
    pub fn breaches(&self, limits: &PublishLimits, seen: &Circumstances) -> Vec<Breach> {
        let found = [
            (Rail::ChangedShare, self.changed_too_many(limits)),
            (Rail::ZeroedListings, self.zeroed_too_many(limits)),
            (Rail::ListedUnits, jump(&self.shown, limits.listed_units_share.to_f64(), "over all channels")),
            (Rail::ChannelUnits, self.jumping_channels(limits)),
            (Rail::ListingUnits, self.jumping_listings(limits)),
            (Rail::CoverUnits, self.jumping_cover(limits)),
            (Rail::VanishedListings, self.vanished_too_many(limits)),
            (Rail::VanishedChannels, self.silent_too_many(limits)),
            (Rail::WaitingShare, self.waiting_too_many(limits)),
            (Rail::OldestInput, too_old(seen, limits.oldest_input_hours)),
            (Rail::FutureInput, self.of_the_future(seen)),
            (Rail::OlderDay, self.older_than_in_force()),
            (Rail::Verdict, Verdict::objection(seen.verdict.as_ref(), seen.lake_version, self.as_of)),
            (Rail::EmptyFeed, self.feed.rows().is_empty().then(|| "no listing would be published".to_owned())),
        ];
        found.into_iter().filter_map(|(rail, text)| Some(Breach { rail, text: text? })).collect()
    }

    fn changed_too_many(&self, limits: &PublishLimits) -> Option<String> {
        let (share, limit) = (self.changed_share(), limits.changed_share.to_f64());
        (share > limit).then(|| format!("{} of the buffers would change, more than {}", percent(share), percent(limit)))
    }

    fn zeroed_too_many(&self, limits: &PublishLimits) -> Option<String> {
        let (zeroed, limit) = (self.zeroed(), limits.zeroed_listings);
        (zeroed > limit).then(|| format!("{} would show nothing, more than {limit}", listings(zeroed)))
    }

    fn jumping_channels(&self, limits: &PublishLimits) -> Option<String> {
        let mut channels: BTreeMap<&str, Vec<&Shown>> = BTreeMap::new();
        for one in &self.shown {
            channels.entry(&one.channel).or_default().push(one);
        }
        let limit = limits.channel_units_share.to_f64();
        let jumps =
            channels.iter().filter_map(|(name, shown)| jump(shown.iter().copied(), limit, &format!("on `{name}`")));
        joined(jumps)
    }

    fn jumping_listings(&self, limits: &PublishLimits) -> Option<String> {
        let (factor, floor) = (limits.listing_factor, limits.listing_floor_units);
        let jumps: Vec<(&Shown, i64, i64)> = self
            .shown
            .iter()
            .filter_map(|one| one.both().map(|(before, after)| (one, before, after)))
            .filter(|(one, before, after)| !one.is_gone && is_multiplied(*before, *after, factor, floor))
            .collect();
        let (first, before, after) = jumps.first()?;
        let others = match jumps.len() - 1 {
            0 => String::new(),
            others => format!(", and {} more like it", listings(others)),
        };
        let step = if after > before { "times as many" } else { "times as few" };
        Some(format!(
            "`{}` on `{}` would show {after} and not {before} units, more than {factor} {step}{others}",
            first.sku, first.channel
        ))
    }

    /// Demand that is misread moves what to have before it moves what to show.
    fn jumping_cover(&self, limits: &PublishLimits) -> Option<String> {
        let Cover { before, after } = self.cover;
        let (against, factor) = match before {
            Some(before) => (before, limits.cover_factor),
            None => (self.feed.stock(), limits.cover_factor.saturating_mul(FIRST_DAY)),
        };
        let is_jump = is_multiplied(against, after, factor, limits.listing_floor_units);
        // Stock without demand is no news on the first day.
        if !is_jump || (before.is_none() && after < against) {
            return None;
        }
        let beside = if before.is_some() { "before" } else { "in stock" };
        let step = if after > against { "times as many" } else { "times as few" };
        Some(format!(
            "the cover targets would come to {after} units, against {against} {beside}, more than {factor} {step}"
        ))
    }

    fn vanished_too_many(&self, limits: &PublishLimits) -> Option<String> {
        let gone = self.shown.iter().filter(|one| one.is_gone).count();
        let (share, limit) = (share(gone, self.published_before), limits.vanished_listings_share.to_f64());
        (share > limit).then(|| {
            let of = listings(self.published_before);
            format!("{gone} of {of} in force would be gone, more than {}", percent(limit))
        })
    }

    fn silent_too_many(&self, limits: &PublishLimits) -> Option<String> {
        let names: Vec<String> = self.silent_channels.iter().map(|channel| format!("`{channel}`")).collect();
        (names.len() > limits.vanished_channels).then(|| format!("no listing is left on {}", names.join(", ")))
    }

    fn waiting_too_many(&self, limits: &PublishLimits) -> Option<String> {
        let waiting = self.waiting.len();
        let (share, limit) = (share(waiting, self.recommended), limits.waiting_share.to_f64());
        (share > limit).then(|| {
            let of = listings(self.recommended);
            format!("{waiting} of {of} wait for a person or for more facts, more than {}", percent(limit))
        })
    }

    fn of_the_future(&self, seen: &Circumstances) -> Option<String> {
        const DAY: i64 = 24 * 3600;
        let tomorrow = seen.now.plus_seconds(DAY);
        if seen.newest_input > tomorrow {
            return Some(format!("the newest input is of {}, and now it is {}", seen.newest_input, seen.now));
        }
        let today = seen.now.day_in(chrono_tz::UTC);
        (self.as_of > today.plus(1)).then(|| format!("the numbers stand on {}, and today is {today}", self.as_of))
    }

    fn older_than_in_force(&self) -> Option<String> {
        let in_force = self.in_force_as_of.filter(|day| *day > self.as_of)?;
        Some(format!("the feed in force stands on {in_force}, and these numbers on {}", self.as_of))
    }
}

/// Whether one number is more than so many times the other, from so many units of change on.
fn is_multiplied(before: i64, after: i64, factor: i64, floor: i64) -> bool {
    let (low, high) = (before.min(after), before.max(after));
    high.abs_diff(low) >= floor.unsigned_abs() && high > low.max(1).saturating_mul(factor)
}

/// Units shown of these listings before and after, where that is a jump.
fn jump<'a>(shown: impl IntoIterator<Item = &'a Shown>, limit: f64, place: &str) -> Option<String> {
    let (mut before, mut after) = (0_i64, 0_i64);
    for (old, new) in shown.into_iter().filter_map(Shown::both) {
        before = before.saturating_add(old.max(0));
        after = after.saturating_add(new.max(0));
    }
    let moved = before.abs_diff(after);
    if moved < FEW_UNITS.unsigned_abs() || moved as f64 <= limit * before as f64 {
        return None;
    }
    let way = if after > before { "up" } else { "down" };
    Some(format!("{place} {after} units would be shown and not {before}, {way} by more than {}", percent(limit)))
}

fn too_old(seen: &Circumstances, hours: i64) -> Option<String> {
    let age = seen.now.seconds_since(seen.newest_input);
    (age > hours.saturating_mul(3600))
        .then(|| format!("the newest input is {} hours old, more than {hours}", age.div_euclid(3600)))
}

fn refused(standing: &[&Breach]) -> Diagnostic {
    let texts: Vec<&str> = standing.iter().map(|breach| breach.text.as_str()).collect();
    let limits = standing.iter().map(|breach| match breach.rail.key() {
        Some(key) => format!("{}: `{key}` under `[publish]` is its limit", breach.rail.word()),
        None => format!("{}: {}", breach.rail.word(), breach.rail.purpose()),
    });
    Diagnostic::error("publish-refused", format!("nothing is published: {}", texts.join("; ")))
        .details(limits.collect())
        .hint(way_out(standing))
}

/// What to type: the cause first, a person's word last.
fn way_out(standing: &[&Breach]) -> String {
    let has = |rail| standing.iter().any(|breach| breach.rail == rail);
    let run = if has(Rail::Verdict) { "`trueup run` judges the lake as it is now; " } else { "" };
    if has(Rail::EmptyFeed) {
        return format!("{run}an empty feed never goes out; `trueup check` tells what each export holds");
    }
    let words: Vec<&str> = standing.iter().map(|breach| breach.rail.word()).collect();
    let force = format!("`trueup publish --yes --force {} --who NAME --why TEXT`", words.join(","));
    format!("{run}look at the plan of `trueup publish`; what is right all the same goes out with {force}")
}

fn joined(texts: impl Iterator<Item = String>) -> Option<String> {
    let texts: Vec<String> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(", "))
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { part as f64 / of as f64 }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn listings(number: usize) -> String {
    if number == 1 { "1 listing".to_owned() } else { format!("{number} listings") }
}

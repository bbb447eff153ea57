//! What became of every override: where it holds, or why it does not and what to write instead.

use std::collections::BTreeMap;

use super::ask::{Ask, Meaning};
use super::{EVERY, Override, Overrides};
use crate::buffer::recommend::Recommendation;
use crate::buffer::words::{one_line, units};
use crate::config::Settings;
use crate::error::{Diagnostic, near};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Sku, Timestamp};

/// So many messages of a kind name an override; one more counts the rest.
const MESSAGES: usize = 5;
/// So many days after its end an override is still told of: afterwards everybody knows.
const TOLD_DAYS: i32 = 30;

/// What became of one override.
#[derive(Clone, Debug, PartialEq)]
pub struct OverrideOutcome {
    written: Override,
    /// Its state in a word or two: `in force`, `expired`, `unknown field`.
    pub state: &'static str,
    /// Listings that are as it asks.
    pub listings: i64,
    /// Why it does less than it says; empty where it does all.
    pub why: String,
    /// What to write instead; empty where nothing is to be done.
    pub hint: String,
    /// True where somebody has to correct it.
    pub is_wrong: bool,
}

impl OverrideOutcome {
    /// When it was made.
    pub fn at(&self) -> Timestamp {
        self.written.at
    }

    /// Which override: `override O9 of ana`.
    pub fn name(&self) -> String {
        name(&self.written)
    }

    /// What it asks for: `` `buffer` = `7` for `MUG` on `shopify` ``.
    pub fn asked(&self) -> String {
        asked(&self.written)
    }

    fn new(written: &Override, state: &'static str) -> Self {
        let written = written.clone();
        Self { written, state, listings: 0, why: String::new(), hint: String::new(), is_wrong: false }
    }

    fn because(self, why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { why: why.into(), hint: hint.into(), ..self }
    }

    fn wrong(self) -> Self {
        Self { is_wrong: true, ..self }
    }

    fn message(&self, what: &str) -> Diagnostic {
        self.place(Diagnostic::warning("override", what).hint(&self.hint))
    }

    fn place(&self, problem: Diagnostic) -> Diagnostic {
        match &self.written.file {
            Some(file) => problem.at_line(file, self.written.line),
            None => problem,
        }
    }
}

fn name(one: &Override) -> String {
    let of = one.owner.as_ref().map_or_else(|| ", unsigned,".to_owned(), |owner| format!(" of {}", one_line(owner)));
    format!("override {}{of}", one_line(&one.id))
}

fn asked(one: &Override) -> String {
    let target = match (&one.sku, &one.channel) {
        (Some(sku), Some(channel)) => format!("`{sku}` on `{channel}`"),
        (Some(sku), None) => format!("`{sku}` on every channel"),
        (None, Some(channel)) => format!("every SKU on `{channel}`"),
        (None, None) => "every listing".to_owned(),
    };
    let value = if one.value.is_empty() { String::new() } else { format!(" = `{}`", one_line(&one.value)) };
    format!("`{}`{value} for {target}", one_line(&one.field))
}

/// Two overrides that ask for different things of the same listings.
#[derive(Clone, Debug, PartialEq)]
struct Contradiction {
    /// The place of the one that gives way.
    loser: usize,
    /// The place of the one that holds.
    winner: usize,
    /// The first of these listings.
    first: (Sku, Channel),
    listings: i64,
}

/// What became of all overrides, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct OverrideOutcomes {
    /// One for each override.
    pub all: Vec<OverrideOutcome>,
    contradictions: Vec<Contradiction>,
    /// Overrides whose end is told of.
    ended: Vec<usize>,
}

/// How many listings an override is about, how many are as it asks, and whether a floor raised it.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    about: i64,
    obeyed: i64,
    /// The floor that raised its number, and on how many listings.
    raised: Option<(i64, i64)>,
    overruled_by: Option<usize>,
}

impl OverrideOutcomes {
    /// Holds every override against the listings that were worked out.
    pub fn of(overrides: &Overrides, rows: &[Recommendation], settings: &Settings) -> Self {
        let (reaches, contradictions) = reaches(overrides, rows);
        let judge = Judge { overrides, rows, settings };
        let all: Vec<OverrideOutcome> =
            overrides.all.iter().zip(&reaches).map(|(one, reach)| judge.outcome(one, *reach)).collect();
        let told = overrides.as_of.plus(-TOLD_DAYS);
        let lately = |index: &usize| overrides.all[*index].until.is_some_and(|until| until >= told);
        let ended = (0..all.len()).filter(|index| all[*index].state == "expired").filter(lately).collect();
        Self { all, contradictions, ended }
    }

    /// The overrides that somebody has to correct.
    pub fn wrong(&self) -> impl Iterator<Item = &OverrideOutcome> {
        self.all.iter().filter(|outcome| outcome.is_wrong)
    }

    /// What a person has to know: overrides that do nothing, that do less than they say, that ended
    /// lately, and pairs that contradict each other. A few of each kind are named.
    pub fn messages(&self) -> Vec<Diagnostic> {
        let nothing =
            |one: &OverrideOutcome| one.message(&format!("{} does nothing: {}: {}", one.name(), one.asked(), one.why));
        let less =
            |one: &OverrideOutcome| one.message(&format!("{} gives way: {}: {}", one.name(), one.asked(), one.why));
        let ended =
            |one: &OverrideOutcome| one.message(&format!("{} has ended: {}: {}", one.name(), one.asked(), one.why));
        let limited = self.all.iter().filter(|one| one.state == "in force" && !one.why.is_empty());
        [
            few(self.wrong().map(nothing).collect(), "overrides do nothing"),
            few(limited.map(less).collect(), "overrides give way to a floor"),
            few(self.contradictions.iter().map(|pair| self.contradiction(pair)).collect(), "pairs of overrides differ"),
            few(self.ended.iter().map(|index| ended(&self.all[*index])).collect(), "overrides have ended"),
        ]
        .concat()
    }

    fn contradiction(&self, pair: &Contradiction) -> Diagnostic {
        let (loser, winner) = (&self.all[pair.loser].written, &self.all[pair.winner].written);
        let particular = |one: &Override| (one.sku.is_some(), one.channel.is_some());
        let why = if particular(winner) > particular(loser) { "it is the more particular" } else { "it is the newer" };
        let (sku, channel) = &pair.first;
        let more = if pair.listings > 1 { format!(" and {} more", pair.listings - 1) } else { String::new() };
        let message = format!(
            "{} and {} contradict each other: {} and {}; on `{sku}` at `{channel}`{more} the latter holds, as {why}",
            name(loser),
            name(winner),
            asked(loser),
            asked(winner)
        );
        let hint = format!("end the one that should not hold with an `until`, such as `{}`", winner.made);
        self.all[pair.loser].place(Diagnostic::warning("override-contradiction", message).hint(hint))
    }

    /// `overrides.csv`: every override with what became of it.
    pub fn sheet(&self) -> Rows {
        let mut rows = RowsBuilder::new("overrides", OVERRIDES.iter().copied());
        for outcome in &self.all {
            let one = &outcome.written;
            rows.push([
                Cell::from(one.id.as_str()),
                one.at.into(),
                one.sku.as_ref().map_or(EVERY, Sku::as_str).into(),
                one.channel.as_ref().map_or(EVERY, Channel::as_str).into(),
                one.field.as_str().into(),
                one.value.as_str().into(),
                one.owner.clone().into(),
                one.reason.clone().into(),
                one.until.into(),
                outcome.state.into(),
                outcome.listings.into(),
                outcome.why.as_str().into(),
                outcome.hint.as_str().into(),
            ]);
        }
        rows.finish()
    }
}

/// The first messages, and one that counts the others.
fn few(mut messages: Vec<Diagnostic>, what: &str) -> Vec<Diagnostic> {
    if messages.len() > MESSAGES {
        let more = messages.len() - MESSAGES;
        messages.truncate(MESSAGES);
        messages.push(Diagnostic::warning("override", format!("{more} more {what}")).hint("see `overrides.csv`"));
    }
    messages
}

/// How far each override reaches, and which give way to which.
fn reaches(overrides: &Overrides, rows: &[Recommendation]) -> (Vec<Reach>, Vec<Contradiction>) {
    let mut reaches = vec![Reach::default(); overrides.all.len()];
    let mut pairs: BTreeMap<(usize, usize), Contradiction> = BTreeMap::new();
    if overrides.holding.is_empty() {
        return (reaches, Vec::new());
    }
    for row in rows {
        let holding = overrides.holding(&row.sku, &row.channel);
        for index in overrides.about(&row.sku, &row.channel) {
            let Some(ask) = overrides.all[index].ask() else { continue };
            let Some(winner) = holding.of(ask.aspect()) else { continue };
            let reach = &mut reaches[index];
            reach.about += 1;
            if overrides.all[winner].ask() == Some(ask) {
                reach.obeyed += 1;
                reach.raised = raised(reach.raised, ask, row);
                continue;
            }
            reach.overruled_by = Some(winner);
            let first = || (row.sku.clone(), row.channel.clone());
            let new = || Contradiction { loser: index, winner, first: first(), listings: 0 };
            pairs.entry((index, winner)).or_insert_with(new).listings += 1;
        }
    }
    (reaches, pairs.into_values().collect())
}

/// Counts a listing whose floor is above the number that was asked for.
fn raised(before: Option<(i64, i64)>, ask: Ask, row: &Recommendation) -> Option<(i64, i64)> {
    match ask {
        Ask::HoldBack(asked) if row.listing_holdback > asked => {
            Some((row.listing_holdback, before.map_or(0, |(_, listings)| listings) + 1))
        }
        _ => before,
    }
}

struct Judge<'a> {
    overrides: &'a Overrides,
    rows: &'a [Recommendation],
    settings: &'a Settings,
}

impl Judge<'_> {
    fn outcome(&self, one: &Override, reach: Reach) -> OverrideOutcome {
        match &one.meaning {
            Meaning::Wrong(wrong) => OverrideOutcome::new(one, wrong.state).because(&wrong.why, &wrong.hint).wrong(),
            Meaning::Forecast => OverrideOutcome::new(one, "forecast").because("see `forecast_overrides.csv`", ""),
            Meaning::Recorded => OverrideOutcome::new(one, "recorded"),
            Meaning::Decides(_) => self.in_time(one).unwrap_or_else(|| self.reached(one, reach)),
        }
    }

    /// Why the day is not one of its days, if it is none.
    fn in_time(&self, one: &Override) -> Option<OverrideOutcome> {
        let again = "write a new row with a later `until` where it should go on";
        if one.until.is_some_and(|until| until < one.made) {
            let why = format!("it was made on {}, after its last day", one.made);
            let state = OverrideOutcome::new(one, "ends before it begins");
            return Some(state.because(why, "correct `until`: the last day it holds").wrong());
        }
        if one.at >= self.overrides.as_of_end {
            let why = format!("it was made on {}, after the report's day", one.made);
            return Some(OverrideOutcome::new(one, "not yet").because(why, ""));
        }
        let ended = one.until.filter(|until| *until < self.overrides.as_of)?;
        Some(OverrideOutcome::new(one, "expired").because(format!("its last day was {ended}"), again))
    }

    fn reached(&self, one: &Override, reach: Reach) -> OverrideOutcome {
        if let Some(channel) = one.channel.as_ref().filter(|channel| self.settings.channel(channel.as_str()).is_none())
        {
            return self.unknown_channel(one, channel);
        }
        if reach.about == 0 {
            return self.no_listing(one);
        }
        if reach.obeyed == 0 {
            let winner = reach.overruled_by.map_or_else(String::new, |index| name(&self.overrides.all[index]));
            return OverrideOutcome::new(one, "overruled").because(format!("{winner} holds instead"), "");
        }
        let outcome = OverrideOutcome { listings: reach.obeyed, ..OverrideOutcome::new(one, "in force") };
        match reach.raised {
            Some((floor, listings)) => {
                let on = if listings == 1 { "1 listing".to_owned() } else { format!("{listings} listings") };
                let why = format!("the policy's floor makes it {} on {on}", units(floor));
                outcome.because(why, "lower `floor-units`, or ask for that many units")
            }
            None => outcome,
        }
    }

    fn unknown_channel(&self, one: &Override, channel: &Channel) -> OverrideOutcome {
        let names = || self.settings.channels.iter().map(|channel| channel.name.as_str());
        let hint = match near(channel.as_str(), names()) {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("its channels are {}", names().collect::<Vec<_>>().join(", ")),
        };
        OverrideOutcome::new(one, "unknown channel")
            .because(format!("`trueup.toml` has no channel `{channel}`"), hint)
            .wrong()
    }

    fn no_listing(&self, one: &Override) -> OverrideOutcome {
        let hint =
            match one.sku.as_ref().and_then(|sku| near(sku.as_str(), self.rows.iter().map(|row| row.sku.as_str()))) {
                Some(known) if one.sku.as_ref().is_none_or(|sku| sku.as_str() != known) => {
                    format!("did you mean `{known}`?")
                }
                _ => "`buffers.csv` has the listings; leave `channel` empty for every channel of a SKU".to_owned(),
            };
        let why = "there is no such listing: none was reported by a channel lately, and none sold in 90 days";
        OverrideOutcome::new(one, "no such listing").because(why, hint).wrong()
    }
}

/// The columns of `overrides.csv`; `*` stands for every SKU and every channel.
const OVERRIDES: &[Column] = &[
    Column { name: "override_id", kind: Kind::Text, nullable: false },
    Column { name: "at", kind: Kind::Timestamp, nullable: false },
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "field", kind: Kind::Text, nullable: false },
    Column { name: "value", kind: Kind::Text, nullable: false },
    Column { name: "owner", kind: Kind::Text, nullable: true },
    Column { name: "reason", kind: Kind::Text, nullable: true },
    Column { name: "until", kind: Kind::Day, nullable: true },
    Column { name: "state", kind: Kind::Text, nullable: false },
    Column { name: "listings", kind: Kind::Integer, nullable: false },
    Column { name: "why", kind: Kind::Text, nullable: false },
    Column { name: "hint", kind: Kind::Text, nullable: false },
];

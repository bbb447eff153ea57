//! What each channel earns against what it costs in errors and manual work.

use std::collections::BTreeMap;

use crate::config::{ChannelSettings, Settings};
use crate::drift::{Drifts, Latency, drift_units, is_late};
use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::ledger::Ledger;
use crate::ledger::words::counted;
use crate::types::{Channel, Money, Timestamp};

/// One channel's card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scorecard {
    /// The channel.
    pub channel: Channel,
    /// What it earned in the period; unknown where a cost is.
    pub contribution: Option<Money>,
    /// What those of its SKUs earned whose contribution is known.
    pub contribution_of_costed: Option<Money>,
    /// Units oversold in the period; unknown where no movement of stock was read.
    pub oversells: Option<i64>,
    /// Units its counts are off by now, without sign; unknown where no count was compared.
    pub drift_units: Option<i64>,
    /// 95th percentile of its lag in seconds; unknown without updates.
    pub latency_p95_seconds: Option<i64>,
    /// Changes by hand in the period.
    pub interventions: i64,
    /// What its oversells cost beyond the margin; unknown where they or the penalty are.
    pub error_cost: Option<Money>,
    /// What follows.
    pub verdict: Verdict,
    /// What is off, in the order of [`Issue`].
    pub issues: Vec<Issue>,
}

/// What makes a channel that earns worth watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Issue {
    /// So many units were sold that were not there.
    Oversold(i64),
    /// So many listings are off by more than the alert's threshold.
    Drift(usize),
    /// Its P95 latency is above the alert's threshold.
    Late,
}

impl Issue {
    /// Its words in `channel_scorecard.csv`.
    pub fn words(self) -> String {
        match self {
            Self::Oversold(units) => format!("{} oversold", counted(units, "unit")),
            Self::Drift(listings) => {
                format!("{} out of sync over the threshold", counted(listings as i64, "listing"))
            }
            Self::Late => "P95 latency over the threshold".to_owned(),
        }
    }
}

/// What a scorecard comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its contribution is not known.
    Unknown,
    /// It earns less than nothing.
    LosesMoney,
    /// Its errors cost a tenth or more of what it earns.
    CostlyErrors,
    /// It earns, with counts off or updates late.
    Watch,
    /// It earns, and what its errors are could not be judged: no movement of stock or no count was read.
    NotJudged,
    /// It earns and is in order.
    Healthy,
}

impl Verdict {
    /// Its words in `channel_scorecard.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "contribution unknown",
            Self::LosesMoney => "loses money",
            Self::CostlyErrors => "costly errors",
            Self::Watch => "watch",
            Self::NotJudged => "errors not judged",
            Self::Healthy => "healthy",
        }
    }
}

/// What a channel earned in a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    /// All of it; unknown where a cost is.
    pub contribution: Option<Money>,
    /// That of its SKUs whose contribution is known.
    pub contribution_of_costed: Option<Money>,
}

/// What the cards are made from, all of one period.
#[derive(Clone, Copy, Debug)]
pub struct ScorecardInput<'a> {
    /// Channels, penalties and thresholds.
    pub settings: &'a Settings,
    /// What each channel earned in the period; a channel that is missing is unknown.
    pub contributions: &'a BTreeMap<Channel, Earned>,
    /// Oversells.
    pub ledger: &'a Ledger,
    /// Counts that are off.
    pub drifts: &'a Drifts,
    /// Measured lags.
    pub latencies: &'a [Latency],
    /// The lake's `overrides`.
    pub overrides: &'a Rows,
    /// The period's first instant.
    pub from: Timestamp,
    /// The first instant after the period.
    pub until: Timestamp,
}

/// One card per channel of the settings, by name.
///
/// # Errors
/// Where a column of `overrides` is missing or of another type.
pub fn scorecards(input: &ScorecardInput<'_>) -> Result<Vec<Scorecard>> {
    let by_hand = interventions(input)?;
    let mut cards: Vec<Scorecard> =
        input.settings.channels.iter().map(|channel| card(input, channel, &by_hand)).collect();
    cards.sort_by(|a, b| a.channel.cmp(&b.channel));
    Ok(cards)
}

fn card(input: &ScorecardInput<'_>, channel: &ChannelSettings, by_hand: &BTreeMap<String, i64>) -> Scorecard {
    let name = &channel.name;
    let in_period = |at: Timestamp| at >= input.from && at < input.until;
    let sold = input.ledger.oversells().iter().filter(|oversell| oversell.channel == *name);
    let is_known = input.ledger.accounts().any(|(_, _, account)| account.has_moved);
    let oversells: i64 = sold.filter(|oversell| in_period(oversell.ordered_at)).map(|oversell| oversell.units).sum();
    let oversells = (is_known || oversells > 0).then_some(oversells);
    let error_cost = match (oversells, channel.oversell_penalty) {
        (None, _) => None,
        (Some(0), _) => Some(Money::ZERO),
        (Some(units), penalty) => penalty.and_then(|penalty| penalty.checked_times(units)),
    };
    let whole = input.latencies.iter().find(|latency| latency.channel == *name && latency.class.is_none());
    let latency_p95_seconds = whole.and_then(|latency| latency.lag).map(|lag| lag.p95);
    let is_late = latency_p95_seconds.is_some_and(|lag| is_late(lag, &input.settings.alerts));
    let drifting = input.drifts.found.iter().filter(|drift| drift.channel == *name && drift.alert).count();
    let issues = [
        oversells.filter(|units| *units > 0).map(Issue::Oversold),
        (drifting > 0).then_some(Issue::Drift(drifting)),
        is_late.then_some(Issue::Late),
    ];
    let issues: Vec<Issue> = issues.into_iter().flatten().collect();
    let drift_units = (input.drifts.compared > 0).then(|| drift_units(input.drifts, name));
    let clean = if oversells.is_some() && drift_units.is_some() { Verdict::Healthy } else { Verdict::NotJudged };
    let earned = input.contributions.get(name).copied().unwrap_or_default();
    Scorecard {
        channel: name.clone(),
        contribution: earned.contribution,
        contribution_of_costed: earned.contribution_of_costed,
        oversells,
        drift_units,
        latency_p95_seconds,
        interventions: by_hand.get(name.as_str()).copied().unwrap_or(0),
        error_cost,
        verdict: verdict(earned.contribution, error_cost, if issues.is_empty() { clean } else { Verdict::Watch }),
        issues,
    }
}

/// The verdict on a channel that would be this one, were it not for its money.
fn verdict(contribution: Option<Money>, error_cost: Option<Money>, otherwise: Verdict) -> Verdict {
    let Some(contribution) = contribution else { return Verdict::Unknown };
    let tenfold = error_cost.unwrap_or(Money::ZERO).checked_times(10);
    if contribution.is_negative() {
        Verdict::LosesMoney
    } else if error_cost.is_some_and(|cost| cost > Money::ZERO) && tenfold.is_none_or(|cost| cost >= contribution) {
        Verdict::CostlyErrors
    } else {
        otherwise
    }
}

fn interventions(input: &ScorecardInput<'_>) -> Result<BTreeMap<String, i64>> {
    let (channel, at) = (input.overrides.text("channel")?, input.overrides.timestamp("at")?);
    let mut counts = BTreeMap::new();
    for row in 0..input.overrides.len() {
        let (Some(channel), Some(at)) = (channel.get(row), at.get(row)) else { continue };
        if at >= input.from && at < input.until {
            *counts.entry(channel.to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

const SCORECARD: &[Column] = &[
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "contribution", kind: Kind::Money, nullable: true },
    Column { name: "oversells", kind: Kind::Integer, nullable: true },
    Column { name: "drift_units", kind: Kind::Integer, nullable: true },
    Column { name: "latency_p95_s", kind: Kind::Integer, nullable: true },
    Column { name: "interventions", kind: Kind::Integer, nullable: false },
    Column { name: "error_cost", kind: Kind::Money, nullable: true },
    Column { name: "verdict", kind: Kind::Text, nullable: false },
    Column { name: "contribution_of_costed", kind: Kind::Money, nullable: true },
    Column { name: "issues", kind: Kind::Text, nullable: false },
];

/// `channel_scorecard.csv`: one row per channel.
pub fn channel_scorecard_sheet(cards: &[Scorecard]) -> Rows {
    let mut rows = RowsBuilder::new("channel_scorecard", SCORECARD.iter().copied());
    for card in cards {
        rows.push([
            Cell::from(&card.channel),
            card.contribution.into(),
            card.oversells.into(),
            card.drift_units.into(),
            card.latency_p95_seconds.into(),
            card.interventions.into(),
            card.error_cost.into(),
            card.verdict.word().into(),
            card.contribution_of_costed.into(),
            card.issues.iter().map(|issue| issue.words()).collect::<Vec<_>>().join("; ").into(),
        ]);
    }
    rows.finish()
}

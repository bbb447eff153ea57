//! What needs a person? Money that is not known and sources that stopped coming go first, since every
//! figure lacks them; the rest by money.

use super::chance::Share;
use super::checks::Check;
use super::freshness::Freshness;
use super::parity::{Listings, PriceBreach};
use super::playbook::{ExceptionKind, Playbook};
use super::shifts::{RECENT_DAYS, Shift, ShiftKind};
use super::unknowns::of_unknowns;
use crate::buffer::{OverrideOutcome, OverrideOutcomes};
use crate::config::Settings;
use crate::drift::{Drift, Drifts, Latency, is_late};
use crate::error::Diagnostic;
use crate::ledger::words::{counted, elapsed};
use crate::ledger::{Ledger, Oversell};
use crate::pnl::LosingSku;
use crate::types::{Money, Sku, Timestamp};

/// One thing that needs a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// What kind it is.
    pub kind: ExceptionKind,
    /// What it is about; unique within its kind.
    pub subject: String,
    /// What was seen.
    pub value: String,
    /// What would have been fine.
    pub threshold: String,
    /// Since when; unknown where nothing tells.
    pub since: Option<Timestamp>,
    /// Money at stake in the shop's currency; unknown where a price is, or stands in another currency.
    pub money: Option<Money>,
    /// The currency of the amounts that value, threshold and hint name; `None` where they name none.
    pub currency: Option<String>,
    /// Why it is one, or what to do first.
    pub hint: String,
    /// What to do about this one, before what is done about every one of its kind; mostly nothing.
    pub steps: Vec<String>,
}

impl Exception {
    /// What to do about it, by whom, by when: its own steps, then those of its kind.
    pub fn playbook(&self, settings: &Settings) -> Playbook {
        let of_kind = self.kind.playbook(settings);
        let steps = self.steps.iter().chain([&of_kind.steps]).map(String::as_str).collect::<Vec<_>>().join("; ");
        Playbook { steps, ..of_kind }
    }

    /// When it should be done; unknown where its beginning is.
    pub fn due_at(&self, playbook: &Playbook) -> Option<Timestamp> {
        self.since.map(|since| since.plus_seconds(playbook.due_hours * 3_600))
    }
}

/// What exceptions are made from.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Settings with thresholds and penalties.
    pub settings: &'a Settings,
    /// Oversells.
    pub ledger: &'a Ledger,
    /// Counts that are off.
    pub drifts: &'a Drifts,
    /// Measured lags.
    pub latencies: &'a [Latency],
    /// Prices and suspensions.
    pub listings: &'a Listings,
    /// SKUs that lost money in the last 90 days.
    pub losing: &'a [LosingSku],
    /// Return rates and channels' shares that changed.
    pub shifts: &'a [Shift],
    /// What became of people's overrides.
    pub overrides: &'a OverrideOutcomes,
    /// The checks.
    pub checks: &'a [Check],
    /// How fresh every source is.
    pub freshness: &'a [Freshness],
    /// What is known to be wrong or missing in the statements.
    pub problems: &'a [Diagnostic],
    /// The end of the run's day.
    pub as_of_end: Timestamp,
}

/// Everything that needs a person: money that is not known, sources that stopped coming, then the most
/// money first, what has no price after it; `price_of` is a unit's price in the shop's currency.
pub fn exceptions(evidence: &Evidence<'_>, price_of: impl Fn(&Sku) -> Option<Money>) -> Vec<Exception> {
    let mut found: Vec<Exception> = Vec::new();
    let recent = evidence.as_of_end.plus_seconds(-evidence.settings.exceptions.oversell_days * 86_400);
    let oversells = evidence.ledger.oversells().iter().filter(|oversell| oversell.ordered_at >= recent);
    found.extend(oversells.map(|oversell| of_oversell(oversell, evidence.settings)));
    let drifts = evidence.drifts.found.iter().filter(|drift| drift.alert);
    found.extend(drifts.map(|drift| of_drift(drift, evidence.settings, &price_of)));
    for latency in evidence.latencies.iter().filter(|latency| latency.class.is_none()) {
        found.extend(of_latency(latency, evidence.settings));
        found.extend(of_silence(latency, evidence.as_of_end));
    }
    found.extend(of_listings(evidence.listings, evidence.settings));
    found.extend(evidence.losing.iter().map(|losing| of_losing(losing, evidence.settings)));
    found.extend(evidence.shifts.iter().map(|shift| of_shift(shift, evidence.settings, &price_of)));
    found.extend(evidence.overrides.wrong().map(of_override));
    found.extend(evidence.checks.iter().filter(|check| check.has_failed()).map(of_check));
    found.sort_by(|a, b| b.money.cmp(&a.money).then(a.kind.cmp(&b.kind)).then(a.subject.cmp(&b.subject)));
    let mut ranked = of_unknowns(evidence.problems, evidence.settings.shop.currency);
    let zone = evidence.settings.shop.time_zone;
    ranked.extend(evidence.freshness.iter().filter(|one| one.is_stale()).map(|one| of_stale(one, zone)));
    ranked.extend(found);
    ranked
}

fn of_stale(source: &Freshness, zone: chrono_tz::Tz) -> Exception {
    let expected = match source.usual_gap_days {
        Some(gap) => format!("; a record every {} is usual", counted(i64::from(gap), "day")),
        None => String::new(),
    };
    Exception {
        kind: ExceptionKind::StaleSource,
        subject: source.name(),
        value: format!("newest {}", source.newest),
        threshold: counted(i64::from(source.stale_after_days), "day"),
        since: Some(source.newest.plus(1).start_in(zone)),
        money: None,
        currency: None,
        hint: format!("{} old{expected}", counted(i64::from(source.age_days), "day")),
        steps: Vec::new(),
    }
}

fn of_oversell(oversell: &Oversell, settings: &Settings) -> Exception {
    let channel = settings.channels.iter().find(|channel| channel.name == oversell.channel);
    let penalty = channel.and_then(|channel| channel.oversell_penalty);
    let per_unit = match (oversell.unit_price, penalty) {
        (None, None) => None,
        (price, penalty) => Some(price.unwrap_or(Money::ZERO) + penalty.unwrap_or(Money::ZERO)),
    };
    let Oversell { order_id, line_id, sku, .. } = oversell;
    let hint = match oversell.smallest_holdback {
        Some(units) => format!("{}; a hold-back of {units} would have refused it", oversell.evidence),
        None => oversell.evidence.clone(),
    };
    Exception {
        kind: ExceptionKind::Oversell,
        subject: format!("{} order {order_id} line {line_id}: {sku}", oversell.channel),
        value: counted(oversell.units, "unit"),
        threshold: counted(0, "unit"),
        since: Some(oversell.ordered_at),
        money: per_unit.and_then(|price| price.checked_times(oversell.units)),
        currency: None,
        hint,
        steps: Vec::new(),
    }
}

fn of_drift(drift: &Drift, settings: &Settings, price_of: &impl Fn(&Sku) -> Option<Money>) -> Exception {
    let cause = drift.main_cause();
    Exception {
        kind: ExceptionKind::Drift,
        subject: format!("{} at {}: {}", drift.channel, drift.location, drift.sku),
        value: format!("{} for {}", drift.reported, drift.expected),
        threshold: format!("{} apart", counted(settings.alerts.drift_units, "unit")),
        since: Some(drift.first_seen),
        money: price_of(&drift.sku).and_then(|price| price.checked_times(drift.gap().abs())),
        currency: None,
        hint: cause.map_or_else(String::new, |part| format!("{}: {}", part.cause.word(), part.evidence)),
        steps: Vec::new(),
    }
}

fn of_latency(latency: &Latency, settings: &Settings) -> Option<Exception> {
    let lag = latency.lag.filter(|lag| is_late(lag.p95, &settings.alerts))?;
    Some(Exception {
        kind: ExceptionKind::SyncLatency,
        subject: latency.channel.to_string(),
        value: format!("95 of 100 updates within {}", elapsed(lag.p95)),
        threshold: counted(i64::from(settings.alerts.latency_minutes), "minute"),
        since: None,
        money: None,
        currency: None,
        hint: format!("half of {} within {}", counted(latency.events, "update"), elapsed(lag.p50)),
        steps: Vec::new(),
    })
}

fn of_silence(latency: &Latency, as_of_end: Timestamp) -> Option<Exception> {
    let since = latency.silent_since?;
    Some(Exception {
        kind: ExceptionKind::SilentChannel,
        subject: latency.channel.to_string(),
        value: format!("silent for {}", elapsed(as_of_end.seconds_since(since).max(0))),
        threshold: "an update whenever stock changes".to_owned(),
        since: Some(since),
        money: None,
        currency: None,
        hint: "list nothing there that the pool holds few of until the feed is back".to_owned(),
        steps: Vec::new(),
    })
}

fn of_listings(listings: &Listings, settings: &Settings) -> Vec<Exception> {
    let shops = settings.shop.currency;
    let in_shops = |found: &PriceBreach| found.currency.as_deref().is_none_or(|code| code == shops.as_str());
    let price = listings.breaches.iter().map(|found| Exception {
        kind: ExceptionKind::PriceBreach,
        subject: format!("{}: {} {}", found.channel, found.sku, found.breach.field),
        value: found.breach.seen.to_string(),
        threshold: found.breach.bound.to_string(),
        since: Some(found.since),
        money: Some((found.breach.seen - found.breach.bound).abs()).filter(|_| in_shops(found)),
        currency: Some(found.currency.clone().unwrap_or_else(|| shops.to_string())),
        hint: format!("{} ({})", found.breach.rule, found.state),
        steps: Vec::new(),
    });
    let suspended = listings.suspended.iter().map(|found| Exception {
        kind: ExceptionKind::ListingSuspended,
        subject: format!("{}: {}", found.channel, found.sku),
        value: "suspended".to_owned(),
        threshold: "active".to_owned(),
        since: Some(found.since),
        money: None,
        currency: None,
        hint: "ask the channel for the reason".to_owned(),
        steps: Vec::new(),
    });
    price.chain(suspended).collect()
}

fn of_losing(losing: &LosingSku, settings: &Settings) -> Exception {
    let line = losing.tipped_by.label.to_lowercase();
    let own = settings.exceptions.playbooks.get(&ExceptionKind::LosingMoney.key());
    let has_own_steps = own.is_some_and(|own| own.steps.is_some());
    // Of what all went back a higher price would have gone back too.
    let first = if losing.net_sales > Money::ZERO { "raise the price" } else { "find out why all of it went back" };
    Exception {
        kind: ExceptionKind::LosingMoney,
        subject: format!("{}: {}", losing.channel, losing.sku),
        value: format!("{} in 90 days", losing.contribution),
        threshold: "0.00".to_owned(),
        since: None,
        money: Some(losing.contribution.abs()),
        currency: Some(settings.shop.currency.to_string()),
        hint: format!("{} sold for {}; tipped by {line}", counted(losing.units, "unit"), losing.net_sales),
        steps: if has_own_steps { Vec::new() } else { vec![first.to_owned()] },
    }
}

/// Only returns beyond the usual cost money, a unit's price each; that fewer came, or more was bought
/// elsewhere, may be good or bad.
fn of_shift(shift: &Shift, settings: &Settings, price_of: &impl Fn(&Sku) -> Option<Money>) -> Exception {
    let per_cent = |share: Share| format!("{:.1} %", 100.0 * share.rate());
    let (kind, counted_lines, what) = match shift.kind {
        ShiftKind::ReturnRate => (ExceptionKind::ReturnRate, "came back", "returns that had come by their age"),
        ShiftKind::ChannelShare => {
            (ExceptionKind::ChannelShare, "were this channel's", "days in stock without promotion")
        }
    };
    let lines = |share: Share| format!("{} of {} {counted_lines}", share.count, counted(share.of as i64, "order line"));
    let excess = (shift.kind == ShiftKind::ReturnRate).then(|| shift.excess_lines().round() as i64);
    let money = excess.filter(|lines| *lines > 0).and_then(|lines| price_of(&shift.sku)?.checked_times(lines));
    Exception {
        kind,
        subject: format!("{}: {}", shift.channel, shift.sku),
        value: per_cent(shift.recent),
        threshold: format!("{} before", per_cent(shift.before)),
        since: Some(shift.since.start_in(settings.shop.time_zone)),
        money,
        currency: None,
        hint: format!(
            "{} in {RECENT_DAYS} days, {} before: more than chance explains, over {what}",
            lines(shift.recent),
            lines(shift.before)
        ),
        steps: Vec::new(),
    }
}

fn of_override(outcome: &OverrideOutcome) -> Exception {
    Exception {
        kind: ExceptionKind::Override,
        subject: format!("{}: {}", outcome.name(), outcome.asked()).replace('`', ""),
        value: outcome.state.to_owned(),
        threshold: "in force".to_owned(),
        since: Some(outcome.at()),
        money: None,
        currency: None,
        hint: format!("{}: {}", outcome.why, outcome.hint),
        steps: Vec::new(),
    }
}

fn of_check(check: &Check) -> Exception {
    let example = check.example().map_or_else(String::new, |example| format!("; first: {example}"));
    Exception {
        kind: ExceptionKind::Check,
        subject: check.name.clone(),
        value: counted(check.findings.len() as i64, "row"),
        threshold: format!("no row ({})", check.level.word()),
        since: None,
        money: None,
        currency: None,
        hint: format!("{}{example}", check.purpose.trim_end_matches('.')),
        steps: Vec::new(),
    }
}

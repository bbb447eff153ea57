//! How long a change takes to show on a channel, measured.

use std::collections::BTreeMap;

use crate::config::{DriftAlert, Settings};
use crate::ledger::StockIndex;
use crate::types::{Channel, Rate, Timestamp};

/// Days of the log that are measured, up to and with the run's day.
pub const MEASURED_DAYS: i32 = 30;

/// How fast one channel showed the updates of one class of SKUs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latency {
    /// The channel.
    pub channel: Channel,
    /// The class of SKUs; `None`: all of them.
    pub class: Option<String>,
    /// Updates sent, duplicates included.
    pub events: i64,
    /// Seconds from the change to its showing, by nearest rank; unknown where none was shown.
    pub lag: Option<LagSeconds>,
    /// Updates refused or lost.
    pub failures: i64,
    /// Updates that came a second time.
    pub duplicates: i64,
    /// Updates taken and not shown by the end of the log.
    pub unseen: i64,
    /// Failures by kind, most first.
    pub failure_kinds: Vec<(String, i64)>,
    /// Since when the channel has shown nothing although there was something to show.
    pub silent_since: Option<Timestamp>,
}

/// Nearest-rank percentiles of a lag, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are the percentiles' names")]
pub struct LagSeconds {
    pub p50: i64,
    pub p95: i64,
    pub p99: i64,
    pub max: i64,
}

impl LagSeconds {
    /// The percentiles of lags in any order; `None` without lags. Nearest rank: the smallest lag
    /// that at least p % of the lags do not exceed.
    pub fn of(mut lags: Vec<i64>) -> Option<Self> {
        lags.sort_unstable();
        let rank = |percent: usize| lags.get((lags.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some(Self { p50: rank(50)?, p95: rank(95)?, p99: rank(99)?, max: *lags.last()? })
    }
}

impl Latency {
    /// The share of updates that did not fail; unknown without updates.
    pub fn uptime(&self) -> Option<Rate> {
        let share = |events: i64| Rate::from_millionths((events - self.failures) * Rate::SCALE / events);
        (self.events > 0).then(|| share(self.events))
    }
}

/// True where a lag is worth an alert: above the settings' minutes, by as little as a second.
pub fn is_late(lag_seconds: i64, alert: &DriftAlert) -> bool {
    lag_seconds > i64::from(alert.latency_minutes) * 60
}

/// What the buffers need to know of one channel's lag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LagMeasure {
    /// The channel.
    pub channel: Channel,
    /// The class of SKUs; `None`: the whole channel.
    pub class: Option<String>,
    /// Updates measured.
    pub events: i64,
    /// Half of the updates were shown within so many seconds.
    pub p50_seconds: i64,
    /// 95 of 100.
    pub p95_seconds: i64,
    /// 99 of 100.
    pub p99_seconds: i64,
    /// True where nothing was measured and the promised tier's upper end stands in.
    pub assumed: bool,
}

/// Measures every channel, as a whole and by class, over the last [`MEASURED_DAYS`]; by channel,
/// the whole before its classes.
pub fn measure(index: &StockIndex<'_>, settings: &Settings) -> Vec<Latency> {
    let columns = &index.events;
    let since = index.facts.as_of_end.plus_seconds(-i64::from(MEASURED_DAYS) * 86_400);
    let mut tallies: BTreeMap<(&str, Option<&str>), Tally<'_>> = BTreeMap::new();
    let mut signs: BTreeMap<&str, Signs> = BTreeMap::new();
    for row in 0..index.facts.events.len() {
        let (Some(channel), Some(source_at)) = (columns.channel.get(row), columns.source_at.get(row)) else {
            continue;
        };
        if !index.facts.has_happened(source_at) {
            continue;
        }
        let result = columns.result.get(row).unwrap_or("ok");
        let reflected_at = columns.reflected_at.get(row).filter(|_| result != "failed");
        signs.entry(channel).or_default().see(source_at, reflected_at);
        if source_at < since {
            continue;
        }
        let event = Outcome { result, failure: columns.failure.get(row), source_at, reflected_at };
        tallies.entry((channel, None)).or_default().add(&event);
        if let Some(class) = columns.class.get(row) {
            tallies.entry((channel, Some(class))).or_default().add(&event);
        }
    }
    let newest = signs.values().filter_map(|signs| signs.sent).max();
    let finish = |((channel, class), tally): ((&str, Option<&str>), Tally<'_>)| {
        let patience = patience_seconds(settings, channel);
        let silent_since = signs[channel].silent_since(newest, index.facts.as_of_end, patience);
        tally.finish(channel, class, silent_since)
    };
    tallies.into_iter().map(finish).collect()
}

/// One measure per channel and class, and one for every self-fulfilled channel of the settings
/// that has none: then the upper end of its promised tier.
pub fn lag_measures(latencies: &[Latency], settings: &Settings) -> Vec<LagMeasure> {
    let measured = |latency: &Latency| {
        let lag = latency.lag?;
        Some(LagMeasure {
            channel: latency.channel.clone(),
            class: latency.class.clone(),
            events: latency.events,
            p50_seconds: lag.p50,
            p95_seconds: lag.p95,
            p99_seconds: lag.p99,
            assumed: false,
        })
    };
    let mut measures: Vec<LagMeasure> = latencies.iter().filter_map(measured).collect();
    for channel in settings.channels.iter().filter(|channel| !channel.fulfilled_by_channel) {
        if measures.iter().any(|measure| measure.channel == channel.name && measure.class.is_none()) {
            continue;
        }
        let seconds = i64::from(channel.sync.assumed_minutes()) * 60;
        measures.push(LagMeasure {
            channel: channel.name.clone(),
            class: None,
            events: 0,
            p50_seconds: seconds,
            p95_seconds: seconds,
            p99_seconds: seconds,
            assumed: true,
        });
    }
    measures.sort_by(|a, b| (&a.channel, &a.class).cmp(&(&b.channel, &b.class)));
    measures
}

struct Outcome<'a> {
    result: &'a str,
    failure: Option<&'a str>,
    source_at: Timestamp,
    reflected_at: Option<Timestamp>,
}

#[derive(Default)]
struct Tally<'a> {
    events: i64,
    lags: Vec<i64>,
    failures: i64,
    duplicates: i64,
    unseen: i64,
    kinds: BTreeMap<&'a str, i64>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, event: &Outcome<'a>) {
        self.events += 1;
        match (event.result, event.reflected_at) {
            ("failed", _) => {
                self.failures += 1;
                *self.kinds.entry(event.failure.unwrap_or("unknown")).or_default() += 1;
            }
            ("duplicate", _) => self.duplicates += 1,
            (_, Some(reflected)) => self.lags.push(reflected.seconds_since(event.source_at).max(0)),
            (_, None) => self.unseen += 1,
        }
    }

    fn finish(self, channel: &str, class: Option<&str>, silent_since: Option<Timestamp>) -> Latency {
        let mut kinds: Vec<(String, i64)> = self.kinds.into_iter().map(|(kind, n)| (kind.to_owned(), n)).collect();
        kinds.sort_by_key(|(_, count)| -count);
        Latency {
            channel: Channel::new(channel),
            class: class.map(str::to_owned),
            events: self.events,
            lag: LagSeconds::of(self.lags),
            failures: self.failures,
            duplicates: self.duplicates,
            unseen: self.unseen,
            failure_kinds: kinds,
            silent_since,
        }
    }
}

/// A channel's last signs of life.
#[derive(Default)]
struct Signs {
    /// The newest change that was sent.
    sent: Option<Timestamp>,
    /// The newest change that was shown.
    shown_change: Option<Timestamp>,
    /// When anything was shown last.
    shown: Option<Timestamp>,
    /// The oldest change that was never shown and is newer than `shown_change` is worked out from
    /// these: changes not shown.
    waiting: Vec<Timestamp>,
}

/// A channel that got no update while others did is silent after so many seconds.
const SILENT_BESIDE_OTHERS_SECONDS: i64 = 86_400;

impl Signs {
    fn see(&mut self, source_at: Timestamp, reflected_at: Option<Timestamp>) {
        self.sent = self.sent.max(Some(source_at));
        match reflected_at {
            Some(reflected) => {
                self.shown = self.shown.max(Some(reflected));
                self.shown_change = self.shown_change.max(Some(source_at));
            }
            None => self.waiting.push(source_at),
        }
    }

    fn silent_since(
        &self,
        newest: Option<Timestamp>,
        as_of_end: Timestamp,
        patience_seconds: i64,
    ) -> Option<Timestamp> {
        let waiting = self.waiting.iter().copied().filter(|at| Some(*at) > self.shown_change).min();
        let ignored = waiting.is_some_and(|at| as_of_end.seconds_since(at) > patience_seconds);
        let skipped = newest
            .zip(self.shown)
            .is_some_and(|(newest, shown)| newest.seconds_since(shown) > SILENT_BESIDE_OTHERS_SECONDS);
        if ignored || skipped { self.shown.or(waiting) } else { None }
    }
}

fn patience_seconds(settings: &Settings, channel: &str) -> i64 {
    let tier = settings.channels.iter().find(|known| known.name.as_str() == channel).map(|known| known.sync);
    let promised = tier.map_or(0, |tier| 2 * tier.assumed_minutes());
    i64::from(promised.max(settings.alerts.latency_minutes)) * 60
}

//! The tables of drift and latency.

use super::compare::Drifts;
use super::latency::Latency;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};

const fn need(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

const DRIFT: &[Column] = &[
    need("channel", Kind::Text),
    need("sku", Kind::Text),
    need("location", Kind::Text),
    need("reported_at", Kind::Timestamp),
    need("reported", Kind::Integer),
    need("expected", Kind::Integer),
    need("gap", Kind::Integer),
    may("cause", Kind::Text),
    may("cause_units", Kind::Integer),
    need("direction", Kind::Text),
    need("first_seen", Kind::Timestamp),
    need("age_hours", Kind::Integer),
    need("alert", Kind::Flag),
    need("channel_sku", Kind::Text),
];

const CAUSES: &[Column] = &[
    need("channel", Kind::Text),
    need("sku", Kind::Text),
    need("location", Kind::Text),
    need("cause", Kind::Text),
    need("units", Kind::Integer),
    need("evidence", Kind::Text),
];

const LATENCY: &[Column] = &[
    need("channel", Kind::Text),
    need("class", Kind::Text),
    need("events", Kind::Integer),
    may("p50_s", Kind::Integer),
    may("p95_s", Kind::Integer),
    may("p99_s", Kind::Integer),
    may("max_s", Kind::Integer),
    need("failures", Kind::Integer),
    may("uptime", Kind::Rate),
    may("silent_since", Kind::Timestamp),
    need("duplicates", Kind::Integer),
    need("unseen", Kind::Integer),
    need("failure_kinds", Kind::Text),
];

/// `drift.csv`: one row per listing and location that is off, by channel, SKU and location.
pub fn drift_sheet(drifts: &Drifts) -> Rows {
    let mut rows = RowsBuilder::new("drift", DRIFT.iter().copied());
    for drift in &drifts.found {
        let cause = drift.main_cause();
        rows.push([
            Cell::from(&drift.channel),
            (&drift.sku).into(),
            drift.location.as_str().into(),
            drift.reported_at.into(),
            drift.reported.into(),
            drift.expected.into(),
            drift.gap().into(),
            cause.map(|part| part.cause.word()).into(),
            cause.map(|part| part.units).into(),
            drift.direction().into(),
            drift.first_seen.into(),
            drift.age_hours.into(),
            drift.alert.into(),
            drift.channel_sku.as_str().into(),
        ]);
    }
    rows.finish()
}

/// `drift_causes.csv`: what explains each gap; the units of one listing add up to its gap.
pub fn drift_causes_sheet(drifts: &Drifts) -> Rows {
    let mut rows = RowsBuilder::new("drift_causes", CAUSES.iter().copied());
    for drift in &drifts.found {
        let mut causes: Vec<_> = drift.causes.iter().collect();
        causes.sort_by_key(|part| part.cause.word());
        for part in causes {
            rows.push([
                Cell::from(&drift.channel),
                (&drift.sku).into(),
                drift.location.as_str().into(),
                part.cause.word().into(),
                part.units.into(),
                part.evidence.as_str().into(),
            ]);
        }
    }
    rows.finish()
}

/// `sync_latency.csv`: one row per channel and class; class `*` is the whole channel.
pub fn sync_latency_sheet(latencies: &[Latency]) -> Rows {
    let mut rows = RowsBuilder::new("sync_latency", LATENCY.iter().copied());
    for latency in latencies {
        let kinds: Vec<String> = latency.failure_kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        rows.push([
            Cell::from(&latency.channel),
            latency.class.as_deref().unwrap_or("*").into(),
            latency.events.into(),
            latency.lag.map(|lag| lag.p50).into(),
            latency.lag.map(|lag| lag.p95).into(),
            latency.lag.map(|lag| lag.p99).into(),
            latency.lag.map(|lag| lag.max).into(),
            latency.failures.into(),
            latency.uptime().into(),
            latency.silent_since.into(),
            latency.duplicates.into(),
            latency.unseen.into(),
            kinds.join(", ").into(),
        ]);
    }
    rows.finish()
}

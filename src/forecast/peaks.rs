//! How many units sell while a channel does not know it yet? Units ordered in windows as long as the
//! channel's lag, over every second of the last 90 days: on the channel itself, on all others of its
//! pool, and in its busiest hour of the week.
//!
//! `W(t)` = units ordered in `[t, t + lag)`; its percentile `p` is the smallest `u` with `W(t) ≤ u` for
//! the share `p` of all seconds `t`. Averages hide this: three units an hour can be thirty at once.

use std::collections::BTreeMap;

use chrono::{Datelike, TimeZone, Timelike};
use rayon::prelude::*;

use crate::config::Settings;
use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Sku, Timestamp};

/// Days of orders that are looked at.
const LOOK_BACK_DAYS: i64 = 90;
const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Units in windows of one length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WindowUnits {
    /// The 95th percentile over time.
    pub p95: i64,
    /// The 99th percentile over time.
    pub p99: i64,
    /// The most.
    pub max: i64,
}

/// The busiest moments of one SKU on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peaks {
    /// The product.
    pub sku: Sku,
    /// The channel.
    pub channel: Channel,
    /// Length of the windows.
    pub lag_seconds: i64,
    /// Units ordered on the channel.
    pub own: WindowUnits,
    /// Units ordered on all other channels of its pool: what it shows too many of.
    pub others: WindowUnits,
    /// The hour of the week with the most units on the channel: days from Monday and the hour.
    pub busiest: (usize, u32),
    /// Units in windows that begin in that hour.
    pub in_busiest: WindowUnits,
}

/// Units in windows of `lag` seconds that begin in one of the `spans`. Orders are (second, units) in
/// any order, spans (from, until before), apart from each other and rising.
pub fn window_units(orders: &[(i64, i64)], spans: &[(i64, i64)], lag: i64) -> WindowUnits {
    // A window that begins at t holds an order at a for a - lag < t ≤ a.
    let mut changes: Vec<(i64, i64)> =
        orders.iter().flat_map(|(at, units)| [(at - lag + 1, *units), (at + 1, -units)]).collect();
    changes.sort_unstable();
    let mut seconds: BTreeMap<i64, i64> = BTreeMap::new();
    let (mut units, mut next) = (0, 0);
    for (from, until) in spans {
        let mut at = *from;
        while at < *until {
            while let Some((_, change)) = changes.get(next).filter(|(when, _)| *when <= at) {
                units += change;
                next += 1;
            }
            let end = changes.get(next).map_or(*until, |(when, _)| (*when).min(*until));
            *seconds.entry(units).or_default() += end - at;
            at = end;
        }
    }
    let total: i64 = seconds.values().sum();
    let percentile = |percent: i64| {
        let mut below = 0;
        let reached = |(units, seconds): (&i64, &i64)| {
            below += seconds;
            (below * 100 >= total * percent).then_some(*units)
        };
        seconds.iter().find_map(reached).unwrap_or(0)
    };
    WindowUnits { p95: percentile(95), p99: percentile(99), max: seconds.keys().next_back().copied().unwrap_or(0) }
}

/// The busiest moments of every SKU and channel with orders, from `fact_stock_orders` before `end`.
/// `lag_seconds` says how late a channel learns of a change.
///
/// # Errors
/// A column that is missing or of another type.
pub fn peaks(
    orders: &Rows,
    settings: &Settings,
    end: Timestamp,
    lag_seconds: impl Fn(&Channel) -> i64 + Sync,
) -> Result<Vec<Peaks>> {
    let since = end.plus_seconds(-LOOK_BACK_DAYS * DAY);
    let ordered = wanted(orders, since, end)?;
    let pool = |channel: &Channel| settings.channel(channel.as_str()).map(|channel| channel.pool.as_str());
    let one = |(sku, channels): (&Sku, &OfSku)| -> Vec<Peaks> {
        let of_channel = |(channel, own): (&Channel, &Vec<(i64, i64)>)| {
            let lag = lag_seconds(channel).clamp(1, DAY);
            let drawing = |other: &Channel| other != channel && pool(channel).is_some() && pool(other) == pool(channel);
            let others: Vec<(i64, i64)> =
                channels.iter().filter(|(other, _)| drawing(other)).flat_map(|(_, orders)| orders).copied().collect();
            let always = [(since.seconds(), end.seconds() - lag)];
            let (busiest, spans) = busiest_hour(own, settings.shop.time_zone, always[0]);
            Peaks {
                sku: sku.clone(),
                channel: channel.clone(),
                lag_seconds: lag,
                own: window_units(own, &always, lag),
                others: window_units(&others, &always, lag),
                busiest,
                in_busiest: window_units(own, &spans, lag),
            }
        };
        channels.iter().map(of_channel).collect()
    };
    Ok(ordered.par_iter().map(one).collect::<Vec<_>>().into_iter().flatten().collect())
}

/// Seconds and units of one SKU's orders, by channel.
type OfSku = BTreeMap<Channel, Vec<(i64, i64)>>;
type Ordered = BTreeMap<Sku, OfSku>;

/// Seconds and units of orders that somebody wanted.
fn wanted(orders: &Rows, since: Timestamp, end: Timestamp) -> Result<Ordered> {
    let (sku, channel, at) = (orders.text("sku")?, orders.text("channel")?, orders.timestamp("ordered_at")?);
    let (units, status, reason) = (orders.integer("units")?, orders.text("status")?, orders.text("cancel_reason")?);
    let mut ordered = Ordered::new();
    for row in 0..orders.len() {
        let (Some(sku), Some(channel), Some(at), Some(units)) =
            (sku.get(row), channel.get(row), at.get(row), units.get(row))
        else {
            continue;
        };
        let is_dead = matches!(status.get(row), Some("cancelled" | "unpaid"));
        let unwanted = is_dead && reason.get(row) != Some("no_stock");
        if at >= since && at < end && !unwanted && units > 0 {
            let of_sku = ordered.entry(Sku::new(sku)).or_default();
            of_sku.entry(Channel::new(channel)).or_default().push((at.seconds(), units));
        }
    }
    Ok(ordered)
}

/// The hour of the week with the most units, the earliest of equals, and when it was.
fn busiest_hour(
    orders: &[(i64, i64)],
    zone: chrono_tz::Tz,
    (since, end): (i64, i64),
) -> ((usize, u32), Vec<(i64, i64)>) {
    let local = |second: i64| zone.from_utc_datetime(&Timestamp::from_seconds(second).utc().naive_utc());
    let hour_of = |second: i64| {
        let local = local(second);
        (local.weekday().num_days_from_monday() as usize, local.hour())
    };
    let mut hours: BTreeMap<(usize, u32), i64> = BTreeMap::new();
    for (at, units) in orders {
        *hours.entry(hour_of(*at)).or_default() += units;
    }
    let busiest = hours.iter().max_by_key(|(hour, units)| (**units, std::cmp::Reverse(**hour)));
    let busiest = busiest.map_or((0, 0), |(hour, _)| *hour);
    let first = Timestamp::from_seconds(since).day_in(zone);
    let last = Timestamp::from_seconds(end).day_in(zone);
    let days = (0..=last.since(first)).map(|ahead| first.plus(ahead)).filter(|day| day.weekday() == busiest.0);
    let spans = days
        .map(|day| day.start_in(zone).seconds() + i64::from(busiest.1) * HOUR)
        .map(|start| (start.max(since), (start + HOUR).min(end)))
        .filter(|(start, until)| start < until);
    (busiest, spans.collect())
}

/// The columns of `demand_peaks.csv`.
pub const DEMAND_PEAKS: &[Column] = &[
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "lag_seconds", kind: Kind::Integer, nullable: false },
    Column { name: "units_p95", kind: Kind::Integer, nullable: false },
    Column { name: "units_p99", kind: Kind::Integer, nullable: false },
    Column { name: "units_max", kind: Kind::Integer, nullable: false },
    Column { name: "others_p95", kind: Kind::Integer, nullable: false },
    Column { name: "others_p99", kind: Kind::Integer, nullable: false },
    Column { name: "others_max", kind: Kind::Integer, nullable: false },
    Column { name: "busiest_hour", kind: Kind::Text, nullable: false },
    Column { name: "busiest_p95", kind: Kind::Integer, nullable: false },
    Column { name: "busiest_p99", kind: Kind::Integer, nullable: false },
    Column { name: "busiest_max", kind: Kind::Integer, nullable: false },
];

/// `demand_peaks.csv`, by SKU and channel.
pub fn peaks_sheet(all: &[Peaks]) -> Rows {
    let mut rows = RowsBuilder::new("demand_peaks", DEMAND_PEAKS.iter().copied());
    let units = |window: WindowUnits| [window.p95, window.p99, window.max].map(Cell::from);
    for one in all {
        let hour = format!("{} {:02}:00", WEEKDAYS[one.busiest.0], one.busiest.1);
        let keys = [Cell::from(&one.sku), (&one.channel).into(), one.lag_seconds.into()];
        let always = units(one.own).into_iter().chain(units(one.others));
        rows.push(keys.into_iter().chain(always).chain([Cell::from(hour.as_str())]).chain(units(one.in_busiest)));
    }
    rows.finish()
}

//! How much faster does a pool sell in its busiest hours than on average?

use std::collections::BTreeMap;

use chrono::{TimeZone, Timelike};

use crate::config::Settings;
use crate::error::Result;
use crate::lake::Rows;
use crate::types::Timestamp;

/// Days of orders that are looked at.
const LOOK_BACK_DAYS: i64 = 90;
/// Units that every hour is taken to have sold before any order is seen: with few orders the profile
/// stays flat.
const PRIOR_UNITS: f64 = 10.0;
const HOURS: usize = 24;

/// Units by hour of the shop's day, over all products of a pool.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PeakProfile {
    units: [f64; HOURS],
}

impl PeakProfile {
    /// One profile per pool from `fact_stock_orders`.
    pub(super) fn by_pool(orders: &Rows, settings: &Settings, end: Timestamp) -> Result<BTreeMap<String, Self>> {
        let (channel, at) = (orders.text("channel")?, orders.timestamp("ordered_at")?);
        let (units, status) = (orders.integer("units")?, orders.text("status")?);
        let reason = orders.text("cancel_reason")?;
        let since = end.plus_seconds(-LOOK_BACK_DAYS * 86_400);
        let mut pools: BTreeMap<String, Self> = BTreeMap::new();
        for row in 0..orders.len() {
            let (Some(channel), Some(at), Some(units)) = (channel.get(row), at.get(row), units.get(row)) else {
                continue;
            };
            let is_dead = matches!(status.get(row), Some("cancelled" | "unpaid"));
            let unwanted = is_dead && reason.get(row) != Some("no_stock");
            let Some(channel) = settings.channel(channel).filter(|_| at >= since && at < end && !unwanted) else {
                continue;
            };
            let local = settings.shop.time_zone.from_utc_datetime(&at.utc().naive_utc());
            let profile = pools.entry(channel.pool.clone()).or_insert(Self { units: [PRIOR_UNITS; HOURS] });
            profile.units[local.hour() as usize] += units.max(0) as f64;
        }
        Ok(pools)
    }

    /// Units in a stretch of so many seconds in the busiest part of the day, at so many units a day.
    pub(super) fn units_in(&self, units_per_day: f64, seconds: f64) -> f64 {
        units_per_day * seconds.max(0.0) / 86_400.0 * self.factor(seconds)
    }

    /// The busiest stretch of whole hours that holds so many seconds, over the average; at least 1.
    fn factor(&self, seconds: f64) -> f64 {
        let hours = ((seconds / 3600.0).ceil() as usize).clamp(1, HOURS);
        let sum = |first: usize| (0..hours).map(|hour| self.units[(first + hour) % HOURS]).sum::<f64>();
        let busiest = (0..HOURS).map(sum).fold(0.0, f64::max);
        let average = self.units.iter().sum::<f64>() * hours as f64 / HOURS as f64;
        (busiest / average).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{HOURS, PRIOR_UNITS, PeakProfile};

    #[test]
    fn without_orders_the_peak_is_the_mean() {
        let flat = PeakProfile { units: [PRIOR_UNITS; HOURS] };
        assert_eq!(flat.units_in(48.0, 1800.0), 1.0);
    }

    #[test]
    fn an_hour_with_a_quarter_of_all_orders_is_six_times_the_mean() {
        let mut units = [3.0; HOURS];
        units[20] = 23.0;
        let evening = PeakProfile { units };
        assert!((evening.units_in(24.0, 3600.0) - 6.0).abs() < 1e-9);
        assert!((evening.units_in(24.0, 7200.0) - 2.0 * 3.39).abs() < 0.02, "{}", evening.units_in(24.0, 7200.0));
        assert!((evening.units_in(24.0, 86_400.0) - 24.0).abs() < 1e-9);
    }
}

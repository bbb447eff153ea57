//! What do the other stages know of each listing? Gathers one [`ListingInput`] per SKU and channel.

mod facts;
mod peak;
mod promotions;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use self::facts::Facts;
use self::peak::PeakProfile;
use super::input::{Decision, Lag, LeadTime, ListingDemand, ListingInput, PoolStock, Present};
use super::overrides::Overrides;
use crate::config::{ChannelSettings, Settings};
use crate::demand::{Demand, DemandSeries};
use crate::drift::{DriftCause, Drifts, LagMeasure, Latency, lag_measures};
use crate::error::Result;
use crate::forecast::{Forecasts, Velocity};
use crate::lake::Rows;
use crate::ledger::{Component, Ledger, kits_available};
use crate::pnl::Pnl;
use crate::query::Marts;
use crate::types::{Channel, Day, Sku, Timestamp};

/// Updates of a class below which the whole channel's lag is taken.
const FEWEST_UPDATES: i64 = 20;
/// Days that a velocity looks back on.
const LOOK_BACK_DAYS: i64 = 90;

/// What the stages before found.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The lake.
    pub marts: &'a Marts,
    /// What the count should be.
    pub ledger: &'a Ledger,
    /// Where book and channels disagree.
    pub drifts: &'a Drifts,
    /// How long a change takes to show.
    pub latencies: &'a [Latency],
    /// What customers wanted.
    pub demand: &'a Demand,
    /// What they will want.
    pub forecasts: &'a Forecasts,
    /// What each channel and SKU earned.
    pub pnl: &'a Pnl,
    /// `fact_stock_orders`, for the busiest hours.
    pub orders: &'a Rows,
    /// What people decided about listings.
    pub overrides: &'a Overrides,
    /// Hold-backs the live system works with since the last publication.
    pub published: &'a BTreeMap<(Sku, Channel), i64>,
    /// The run's day.
    pub as_of: Day,
    /// The first instant after it.
    pub as_of_end: Timestamp,
}

/// Every listing that a channel reported in the last weeks or that sold in the last 90 days, on the
/// channels of the settings, by SKU and channel.
///
/// # Errors
/// A damaged file of the lake, or a query the engine cannot answer.
pub fn listings(sources: &Sources<'_>) -> Result<Vec<ListingInput>> {
    let gather = Gather {
        sources,
        facts: Facts::read(sources)?,
        lags: lag_measures(sources.latencies, sources.settings),
        peaks: PeakProfile::by_pool(sources.orders, sources.settings, sources.as_of_end)?,
        drifted: drifted(sources.drifts),
        channels_of: channels_of_pools(sources.settings),
    };
    Ok(gather.listings().into_par_iter().map(|(sku, channel)| gather.listing(sku, channel)).collect())
}

struct Gather<'a> {
    sources: &'a Sources<'a>,
    facts: Facts,
    lags: Vec<LagMeasure>,
    peaks: BTreeMap<String, PeakProfile>,
    drifted: BTreeMap<(Sku, Channel), i64>,
    channels_of: BTreeMap<String, Vec<Channel>>,
}

/// Units that a channel shows too many of and nothing explains, per listing. What it shows too few
/// of cannot be sold twice.
fn drifted(drifts: &Drifts) -> BTreeMap<(Sku, Channel), i64> {
    let mut units: BTreeMap<(Sku, Channel), i64> = BTreeMap::new();
    for drift in &drifts.found {
        let unexplained = drift.causes.iter().filter(|part| part.cause == DriftCause::Unexplained);
        let sum: i64 = unexplained.map(|part| part.units.max(0)).sum();
        *units.entry((drift.sku.clone(), drift.channel.clone())).or_default() += sum;
    }
    units
}

fn channels_of_pools(settings: &Settings) -> BTreeMap<String, Vec<Channel>> {
    let mut pools: BTreeMap<String, Vec<Channel>> = BTreeMap::new();
    for channel in &settings.channels {
        pools.entry(channel.pool.clone()).or_default().push(channel.name.clone());
    }
    pools
}

impl Gather<'_> {
    fn listings(&self) -> Vec<(&Sku, &ChannelSettings)> {
        let recent =
            |series: &DemandSeries| series.units.iter().rev().take(LOOK_BACK_DAYS as usize).any(|units| *units > 0.0);
        let sold = self.sources.demand.series.iter().filter(|series| recent(series));
        let mut keys: BTreeSet<(&Sku, &Channel)> = sold.map(|one| (&one.sku, &one.channel)).collect();
        keys.extend(self.facts.listed.keys().map(|(sku, channel)| (sku, channel)));
        let settings = self.sources.settings;
        keys.into_iter().filter_map(|(sku, channel)| Some((sku, settings.channel(channel.as_str())?))).collect()
    }

    fn listing(&self, sku: &Sku, channel: &ChannelSettings) -> ListingInput {
        let key = (sku.clone(), channel.name.clone());
        let class = self.facts.classes.get(sku).cloned();
        let lag = self.lag(channel, self.sources.settings.policy.class_of.get(sku).or(class.as_ref()));
        let (number, showing) = self.sources.overrides.decided(sku, &channel.name);
        let present = Present {
            buffer: number.as_ref().and_then(Decision::units).or_else(|| self.sources.published.get(&key).copied()),
            listed: self.facts.listed.get(&key).copied(),
            number,
            showing,
        };
        ListingInput {
            pool: self.pool(sku, channel, present.listed),
            demand: self.demand(sku, channel, &lag, class.as_deref()),
            lead_time: self.lead_time(sku, channel, class.as_deref()),
            unit_margin: self.sources.pnl.unit_margin(&channel.name, sku),
            promotion: promotions::promotion(&self.facts, self.sources, sku, channel),
            unexplained_drift_units: self.drifted.get(&key).copied().unwrap_or(0),
            sku: sku.clone(),
            channel: channel.name.clone(),
            product_class: class,
            present,
            lag,
        }
    }

    /// The ledger's count; of a bundle, what its components allow. Where the channel keeps the stock
    /// and the ledger has no count, what the channel itself shows.
    fn pool(&self, sku: &Sku, channel: &ChannelSettings, listed: Option<i64>) -> PoolStock {
        let counts = |sku: &Sku| self.sources.ledger.counts(sku.as_str(), &channel.pool);
        let own = counts(sku);
        let of_bundle = || {
            let parts = self.facts.bundles.get(sku)?;
            let component = |(sku, quantity): &(Sku, i64)| {
                Some(Component { available: counts(sku)?.available(), quantity: *quantity })
            };
            kits_available(&parts.iter().map(component).collect::<Option<Vec<_>>>()?)
        };
        let shown = listed.filter(|_| channel.fulfilled_by_channel);
        PoolStock {
            name: channel.pool.clone(),
            available: own.map(|counts| counts.available()).or_else(of_bundle).or(shown),
            inbound: own.map_or(0, |counts| counts.inbound),
        }
    }

    fn lag(&self, channel: &ChannelSettings, class: Option<&String>) -> Lag {
        let measured = |class: Option<&str>| {
            let of = |lag: &&LagMeasure| lag.channel == channel.name && lag.class.as_deref() == class && !lag.assumed;
            self.lags.iter().find(of)
        };
        let of_class = class.and_then(|class| measured(Some(class))).filter(|lag| lag.events >= FEWEST_UPDATES);
        of_class.or_else(|| measured(None)).map_or_else(Lag::default, |lag| Lag {
            seconds: Some(lag.p95_seconds as f64),
            period_seconds: 0.0,
            events: lag.events,
        })
    }

    fn demand(&self, sku: &Sku, channel: &ChannelSettings, lag: &Lag, class: Option<&str>) -> ListingDemand {
        let (own, pool) = match self.facts.bundles.get(sku) {
            Some(parts) => self.of_bundle(parts, channel),
            None => (self.own(sku, channel), self.of_pool(sku, channel)),
        };
        let Some(known) = own.or(pool) else { return ListingDemand::default() };
        let rate = |velocity: Option<Velocity>| velocity.map_or(0.0, |velocity| velocity.mean_per_day);
        let pool_units_per_day = rate(pool).max(rate(own));
        let promised = || self.sources.settings.policy_for(channel, class, sku).sync.value.assumed_minutes();
        let seconds = lag.seconds.unwrap_or_else(|| f64::from(promised()) * 60.0);
        let peak = self.peaks.get(&channel.pool).map(|peak| peak.units_in(pool_units_per_day, seconds));
        ListingDemand {
            own_units_per_day: rate(own),
            pool_units_per_day,
            peak_units_in_lag: peak,
            season: known.season,
            variance_to_mean: pool.or(own).and_then(|velocity| velocity.variance_to_mean),
            days_observed: (known.days_observed as i64).min(LOOK_BACK_DAYS),
            days_in_stock: known.days_in_stock.round() as i64,
        }
    }

    fn own(&self, sku: &Sku, channel: &ChannelSettings) -> Option<Velocity> {
        self.sources.forecasts.get(sku, &channel.name).map(|one| one.velocity)
    }

    fn of_pool(&self, sku: &Sku, channel: &ChannelSettings) -> Option<Velocity> {
        let channels = self.channels_of.get(&channel.pool)?;
        self.sources.forecasts.of_pool(sku, &channel.pool, channels).map(|one| one.velocity)
    }

    /// A bundle sells out as fast as the component that limits it: the fastest, per unit in a bundle.
    fn of_bundle(&self, parts: &[(Sku, i64)], channel: &ChannelSettings) -> (Option<Velocity>, Option<Velocity>) {
        let fastest = |velocity: &dyn Fn(&Sku) -> Option<Velocity>| {
            let per_bundle = |(sku, quantity): &(Sku, i64)| {
                let velocity = velocity(sku)?;
                Some(Velocity { mean_per_day: velocity.mean_per_day / *quantity as f64, ..velocity })
            };
            // The week that begins may make another part the one that limits.
            let coming = |velocity: &Velocity| velocity.mean_per_day * velocity.season.unwrap_or(1.0).max(1.0);
            parts.iter().filter_map(per_bundle).max_by(|a, b| coming(a).total_cmp(&coming(b)))
        };
        (fastest(&|sku| self.own(sku, channel)), fastest(&|sku| self.of_pool(sku, channel)))
    }

    fn lead_time(&self, sku: &Sku, channel: &ChannelSettings, class: Option<&str>) -> LeadTime {
        let policy = self.sources.settings.policy_for(channel, class, sku);
        let days = self.sources.demand.products.get(sku).and_then(|facts| facts.lead_time_days);
        let over = days.unwrap_or(policy.lead_time_days.value);
        let forecast = self.sources.forecasts.get(sku, &channel.name).filter(|_| over > 0);
        let demand = forecast.and_then(|one| one.over(over));
        LeadTime {
            days,
            mean_units: demand.map(|demand| demand.mean),
            quantile_units: demand.map(|demand| demand.quantile(policy.service_level.value)),
        }
    }
}

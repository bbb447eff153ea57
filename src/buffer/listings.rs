//! What do the other stages know of each listing? Gathers one [`ListingInput`] per SKU and channel.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::input::{Hold, Lag, LeadTime, ListingDemand, ListingInput, PoolStock, Present, Promotion, PromotionState};
use crate::config::{ChannelSettings, Settings};
use crate::demand::Demand;
use crate::drift::{DriftCause, Drifts, LagMeasure, Latency, lag_measures};
use crate::error::Result;
use crate::forecast::{Forecasts, SkuForecast};
use crate::ledger::{Ledger, Pools};
use crate::pnl::Pnl;
use crate::query::Marts;
use crate::types::{Channel, Day, Sku, Timestamp};

/// A promotion's units are set aside so many days before it begins.
const ADVANCE_DAYS: i64 = 2;

/// What the stages before found.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The lake.
    pub marts: &'a Marts,
    /// The ledger.
    pub ledger: &'a Ledger,
    /// Counts that are off.
    pub drifts: &'a Drifts,
    /// Measured lags.
    pub latencies: &'a [Latency],
    /// Demand.
    pub demand: &'a Demand,
    /// Its forecast.
    pub forecasts: &'a Forecasts,
    /// Profit.
    pub pnl: &'a Pnl,
    /// Hold-backs the live system works with since the last publication.
    pub published: &'a BTreeMap<(Sku, Channel), i64>,
    /// The run's day.
    pub as_of: Day,
    /// The first instant after it.
    pub as_of_end: Timestamp,
}

/// Every listing that sold or was reported, by SKU and channel.
///
/// # Errors
/// A damaged file of the lake, or a query the engine cannot answer.
pub fn listings(sources: &Sources<'_>) -> Result<Vec<ListingInput>> {
    let facts = Facts::gather(sources)?;
    Ok(facts.keys().into_iter().filter_map(|(sku, channel)| facts.listing(&sku, &channel)).collect())
}

/// Facts of the lake by listing.
struct Facts<'a> {
    sources: &'a Sources<'a>,
    pools: Pools,
    classes: HashMap<Sku, String>,
    shown: BTreeMap<(Sku, Channel), i64>,
    decided: BTreeMap<(Sku, Channel), (i64, Hold)>,
    lags: Vec<LagMeasure>,
    promotions: Vec<Promoted>,
    unexplained: BTreeMap<(Sku, Channel), i64>,
}

/// One promotion that runs or begins soon.
struct Promoted {
    sku: Sku,
    channel: Channel,
    state: PromotionState,
    reserved_units: i64,
    until: Day,
}

impl<'a> Facts<'a> {
    fn gather(sources: &'a Sources<'a>) -> Result<Self> {
        Ok(Self {
            sources,
            pools: Pools::of_settings(sources.settings),
            classes: classes(sources)?,
            shown: shown(sources)?,
            decided: decided(sources)?,
            lags: lag_measures(sources.latencies, sources.settings),
            promotions: promotions(sources)?,
            unexplained: unexplained(sources.drifts),
        })
    }

    fn keys(&self) -> BTreeSet<(Sku, Channel)> {
        let sold = self.sources.forecasts.skus.iter().map(|one| (one.sku.clone(), one.channel.clone()));
        let known = |(_, channel): &(Sku, Channel)| self.sources.settings.channel(channel.as_str()).is_some();
        sold.chain(self.shown.keys().cloned()).filter(known).collect()
    }

    fn listing(&self, sku: &Sku, channel: &Channel) -> Option<ListingInput> {
        let settings = self.sources.settings.channel(channel.as_str())?;
        let class = self.sources.settings.policy.class_of.get(sku).or_else(|| self.classes.get(sku)).cloned();
        let key = (sku.clone(), channel.clone());
        let lag = self.lag(channel, class.as_deref());
        Some(ListingInput {
            pool: self.pool(sku, settings),
            present: self.present(&key),
            demand: self.demand(sku, settings, &lag),
            lead_time: self.lead_time(sku, settings, class.as_deref()),
            unit_margin: self.sources.pnl.unit_margin(channel, sku),
            promotion: self.promotion(sku, settings),
            unexplained_drift_units: self.unexplained.get(&key).copied().unwrap_or(0),
            sku: sku.clone(),
            channel: channel.clone(),
            product_class: class,
            lag,
        })
    }

    fn pool(&self, sku: &Sku, channel: &ChannelSettings) -> PoolStock {
        let counts = self.sources.ledger.counts(sku.as_str(), &channel.pool);
        PoolStock {
            name: channel.pool.clone(),
            available: counts.map(|counts| counts.available()),
            inbound: counts.map_or(0, |counts| counts.inbound),
        }
    }

    fn present(&self, key: &(Sku, Channel)) -> Present {
        let decided = self.decided.get(key);
        Present {
            buffer: decided.map(|(units, _)| *units).or_else(|| self.sources.published.get(key).copied()),
            listed: self.shown.get(key).copied(),
            hold: decided.map(|(_, hold)| hold.clone()),
        }
    }

    fn demand(&self, sku: &Sku, channel: &ChannelSettings, lag: &Lag) -> ListingDemand {
        let drawing: Vec<Channel> = self.pools.drawing_on(&channel.pool).cloned().collect();
        let own = self.sources.forecasts.get(sku, &channel.name);
        let pool = self.sources.forecasts.of_pool(sku, &channel.pool, &drawing);
        let per_day = |one: &SkuForecast| one.velocity.mean_per_day;
        let parts = drawing.iter().filter_map(|channel| self.sources.forecasts.get(sku, channel));
        ListingDemand {
            own_units_per_day: own.map_or(0.0, per_day),
            pool_units_per_day: parts.map(per_day).sum(),
            peak_units_in_lag: pool.zip(lag.seconds).map(|(pool, lag)| pool.velocity.peak_per_day * lag / 86_400.0),
            variance_to_mean: pool.and_then(|pool| pool.velocity.variance_to_mean),
            days_observed: pool.map_or(0, |pool| pool.velocity.days_observed as i64),
            days_in_stock: pool.map_or(0, |pool| pool.velocity.days_in_stock.round() as i64),
        }
    }

    fn lead_time(&self, sku: &Sku, channel: &ChannelSettings, class: Option<&str>) -> LeadTime {
        let policy = self.sources.settings.policy_for(channel, class, sku);
        let days = self.sources.demand.products.get(sku).and_then(|product| product.lead_time_days);
        let forecast = self.sources.forecasts.get(sku, &channel.name);
        let sum = forecast.and_then(|one| one.over(days.unwrap_or(policy.lead_time_days.value)));
        LeadTime {
            days,
            mean_units: sum.as_ref().map(|sum| sum.mean),
            quantile_units: sum.as_ref().map(|sum| sum.quantile(policy.service_level.value)),
        }
    }

    /// The class's own lag where it was measured, else the channel's.
    fn lag(&self, channel: &Channel, class: Option<&str>) -> Lag {
        let of_channel = || self.lags.iter().filter(|lag| lag.channel == *channel && !lag.assumed);
        let of_class = of_channel().find(|lag| class.is_some() && lag.class.as_deref() == class);
        let measured = of_class.or_else(|| of_channel().find(|lag| lag.class.is_none()));
        Lag {
            seconds: measured.map(|lag| lag.p95_seconds as f64),
            period_seconds: 0.0,
            events: measured.map_or(0, |lag| lag.events),
        }
    }

    fn promotion(&self, sku: &Sku, channel: &ChannelSettings) -> Promotion {
        let of_sku = || self.promotions.iter().filter(|promoted| promoted.sku == *sku);
        let own = of_sku().filter(|promoted| promoted.channel == channel.name).max_by_key(|own| rank(own.state));
        let elsewhere = of_sku().filter(|promoted| {
            promoted.channel != channel.name && self.pools.pool(promoted.channel.as_str()) == Some(&channel.pool)
        });
        Promotion {
            state: own.map_or(PromotionState::None, |own| own.state),
            reserved_elsewhere: elsewhere.map(|promoted| promoted.reserved_units).sum(),
            until: own.map(|own| own.until),
        }
    }
}

fn rank(state: PromotionState) -> u8 {
    match state {
        PromotionState::None => 0,
        PromotionState::Planned => 1,
        PromotionState::Active => 2,
        PromotionState::FlashSale => 3,
    }
}

fn classes(sources: &Sources<'_>) -> Result<HashMap<Sku, String>> {
    let products = sources.marts.table("products")?;
    let rows = products.text("sku")?.iter().zip(products.text("class")?.iter());
    Ok(rows.filter_map(|(sku, class)| Some((Sku::new(sku?), class?.to_owned()))).collect())
}

/// The newest count that each channel showed.
fn shown(sources: &Sources<'_>) -> Result<BTreeMap<(Sku, Channel), i64>> {
    let reports = sources.marts.rows("mart_channel_stock")?;
    let (channel, sku) = (reports.text("channel")?, reports.text("sku")?);
    let (at, listed) = (reports.timestamp("reported_at")?, reports.integer("listed")?);
    let mut newest: BTreeMap<(Sku, Channel), (Timestamp, i64)> = BTreeMap::new();
    for row in 0..reports.len() {
        let (Some(channel), Some(sku), Some(at)) = (channel.get(row), sku.get(row), at.get(row)) else { continue };
        let Some(units) = listed.get(row) else { continue };
        let entry = newest.entry((Sku::new(sku), Channel::new(channel))).or_insert((at, 0));
        match at.cmp(&entry.0) {
            std::cmp::Ordering::Greater => *entry = (at, units),
            // Several locations of one report add up.
            std::cmp::Ordering::Equal => entry.1 += units,
            std::cmp::Ordering::Less => {}
        }
    }
    Ok(newest.into_iter().map(|(key, (_, units))| (key, units)).collect())
}

/// Buffers that a person decided and that still hold, the newest of each listing.
fn decided(sources: &Sources<'_>) -> Result<BTreeMap<(Sku, Channel), (i64, Hold)>> {
    let overrides = sources.marts.table("overrides")?;
    let (sku, channel, field) = (overrides.text("sku")?, overrides.text("channel")?, overrides.text("field")?);
    let (at, value, until) = (overrides.timestamp("at")?, overrides.text("value")?, overrides.day("until")?);
    let owner = overrides.text("owner")?;
    let mut newest: BTreeMap<(Sku, Channel), (Timestamp, i64, Hold)> = BTreeMap::new();
    for row in 0..overrides.len() {
        if field.get(row) != Some("buffer") || until.get(row).is_some_and(|until| until < sources.as_of) {
            continue;
        }
        let (Some(sku), Some(at)) = (sku.get(row), at.get(row).filter(|at| *at < sources.as_of_end)) else { continue };
        let (Some(channel), Some(units)) = (channel.get(row), value.get(row).and_then(|text| text.trim().parse().ok()))
        else {
            continue;
        };
        let key = (Sku::new(sku), Channel::new(channel));
        let hold = Hold { owner: owner.get(row).map(str::to_owned), until: until.get(row) };
        if newest.get(&key).is_none_or(|(known, ..)| *known < at) {
            newest.insert(key, (at, units, hold));
        }
    }
    Ok(newest.into_iter().map(|(key, (_, units, hold))| (key, (units, hold))).collect())
}

fn promotions(sources: &Sources<'_>) -> Result<Vec<Promoted>> {
    let rows = sources.marts.table("promotions")?;
    let (sku, channel, kind) = (rows.text("sku")?, rows.text("channel")?, rows.text("kind")?);
    let (from, until, reserved) = (rows.timestamp("from")?, rows.timestamp("until")?, rows.integer("reserved_units")?);
    let zone = sources.settings.shop.time_zone;
    let mut promotions = Vec::new();
    for row in 0..rows.len() {
        let (Some(sku), Some(channel)) = (sku.get(row), channel.get(row)) else { continue };
        let (Some(from), Some(until)) = (from.get(row), until.get(row)) else { continue };
        let soon = sources.as_of_end.plus_seconds(ADVANCE_DAYS * 86_400);
        if until <= sources.as_of_end || from > soon {
            continue;
        }
        promotions.push(Promoted {
            sku: Sku::new(sku),
            channel: Channel::new(channel),
            state: match kind.get(row) {
                _ if from > sources.as_of_end => PromotionState::Planned,
                Some("flash_sale") => PromotionState::FlashSale,
                _ => PromotionState::Active,
            },
            reserved_units: reserved.get(row).unwrap_or(0),
            until: until.day_in(zone),
        });
    }
    Ok(promotions)
}

fn unexplained(drifts: &Drifts) -> BTreeMap<(Sku, Channel), i64> {
    let mut units = BTreeMap::new();
    for drift in &drifts.found {
        let of_drift = drift.causes.iter().filter(|part| part.cause == DriftCause::Unexplained);
        let without_reason: i64 = of_drift.map(|part| part.units.abs()).sum();
        if without_reason > 0 {
            *units.entry((drift.sku.clone(), drift.channel.clone())).or_insert(0) += without_reason;
        }
    }
    units
}

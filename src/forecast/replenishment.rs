//! What to order, and when will it run out?
//!
//! Periodic review with a protection interval of lead time + review time: reorder point
//! `F⁻¹_{L+R}(service level)`, order-up-to level `F⁻¹_{L+R+cycle}(service level)` (Snyder & Shen,
//! Fundamentals of Supply Chain Theory, 2nd ed., §4.3, with the quantiles of the forecast sums in place
//! of the normal). Order at or below the reorder point; at least the minimum order, in whole cases.
//! Stock at a channel's own warehouse is due as well when it covers fewer days than the policy asks.
//! What loses money wherever it sells is not proposed but named, with the units that were withheld.

use std::collections::BTreeMap;

use super::forecasts::{Forecasts, SkuForecast};
use crate::config::Settings;
use crate::demand::{Demand, ProductFacts};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::ledger::Ledger;
use crate::types::{Channel, Day, Money, Sku};

/// Lead time where `products` does not tell, in days.
pub const ASSUMED_LEAD_TIME_DAYS: u32 = 14;
/// The night's run looks once a day, where the settings say nothing.
const REVIEW_DAYS: u32 = 1;
/// Days of demand that one order covers beyond the lead time, where the settings say nothing.
const CYCLE_DAYS: u32 = 14;
/// No sell-out is foretold beyond a year.
const FURTHEST_DAYS: f64 = 365.0;
/// A channel counts as selling a product that it sold in so many days.
const SELLING_DAYS: usize = 90;
/// The chance of no stock-out where the settings say nothing.
const SERVICE_LEVEL: f64 = 0.95;

/// Stock of one SKU in one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolStock {
    /// The product.
    pub sku: Sku,
    /// The pool.
    pub pool: String,
    /// Units on the shelf.
    pub on_hand: i64,
    /// Units of these still to sell.
    pub available: i64,
    /// Units on their way.
    pub inbound: i64,
}

/// What to order of one SKU for one pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Replenishment {
    /// The stock as it is.
    pub stock: PoolStock,
    /// Days of expected demand that the available units last; `None` without demand.
    pub cover_days: Option<f64>,
    /// Order when available and inbound units are at or below this.
    pub reorder_point: Option<i64>,
    /// Order as many as bring available and inbound units to this.
    pub order_up_to: Option<i64>,
    /// Units to order now.
    pub propose_units: i64,
    /// Landed cost of one unit; `None` where none is known.
    pub unit_cost: Option<Money>,
    /// Landed cost of the units to order now; `None` without a cost.
    pub order_cost: Option<Money>,
    /// Landed cost of what is on hand; `None` without a cost.
    pub money_tied_up: Option<Money>,
    /// The day the available units run out as expected; `None` beyond a year.
    pub sells_out_on: Option<Day>,
    /// Days from order to delivery that were used.
    pub lead_time_days: u32,
    /// The chance of no stock-out that was asked for.
    pub service_level: f64,
    /// Units beyond what any proposal would bring it to; `None` without a forecast.
    pub overstock_units: Option<i64>,
    /// Their landed cost; `None` without a cost.
    pub overstock_money: Option<Money>,
    /// Units that would be due, were it not for what `note` says.
    pub withheld_units: i64,
    /// Why nothing is proposed that would be due, or never will be.
    pub note: Option<String>,
}

/// What the policy and the accounts say about one SKU in one pool.
#[derive(Clone, Debug, PartialEq)]
pub struct Terms {
    /// The chance of no stock-out in one protection interval: the highest of the pool's channels.
    pub service_level: f64,
    /// Days from order to delivery where the product does not tell.
    pub lead_time_days: u32,
    /// Days of expected demand below which stock at a channel's own warehouse is due.
    pub cover_days: Option<u32>,
    /// Days between two looks at what to order.
    pub review_days: u32,
    /// Days of demand that one order covers beyond the lead time.
    pub order_cycle_days: u32,
    /// Channels of the pool on which it loses money, and the line that tips each.
    pub losing: BTreeMap<Channel, String>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            service_level: SERVICE_LEVEL,
            lead_time_days: ASSUMED_LEAD_TIME_DAYS,
            cover_days: None,
            review_days: REVIEW_DAYS,
            order_cycle_days: CYCLE_DAYS,
            losing: BTreeMap::new(),
        }
    }
}

impl Terms {
    /// Of the settings, by SKU, class and the channels that draw on the pool and sell the product; of
    /// several channels the one that asks for most decides. `losing` names what loses money.
    pub fn of_settings(
        settings: &Settings,
        demand: &Demand,
        stock: &PoolStock,
        losing: &BTreeMap<(Sku, Channel), String>,
    ) -> Self {
        let drawing: Vec<_> = settings.channels.iter().filter(|channel| channel.pool == stock.pool).collect();
        let sells = |channel: &Channel| demand.of(&stock.sku, channel).is_some();
        let selling: Vec<_> = drawing.iter().copied().filter(|channel| sells(&channel.name)).collect();
        let channels = if selling.is_empty() { drawing } else { selling };
        let class = demand.products.get(&stock.sku).and_then(|facts| facts.class.as_deref());
        if channels.is_empty() {
            let global = &settings.policy.global;
            return Self {
                service_level: global.service_level.unwrap_or(SERVICE_LEVEL),
                review_days: global.review_days.unwrap_or(REVIEW_DAYS),
                order_cycle_days: global.order_cycle_days.unwrap_or(CYCLE_DAYS),
                ..Self::default()
            };
        }
        let policies = || channels.iter().map(|channel| settings.policy_for(channel, class, &stock.sku));
        let theirs = channels.iter().zip(policies()).filter(|(channel, _)| channel.fulfilled_by_channel);
        let line = |channel: &Channel| losing.get(&(stock.sku.clone(), channel.clone())).cloned();
        let losing = channels.iter().filter_map(|channel| Some((channel.name.clone(), line(&channel.name)?)));
        Self {
            service_level: policies().map(|policy| policy.service_level.value).fold(0.0, f64::max),
            lead_time_days: policies().map(|policy| policy.lead_time_days.value).max().unwrap_or_default(),
            cover_days: theirs.map(|(_, policy)| policy.cover_days.value).max(),
            review_days: policies().map(|policy| policy.review_days.value).max().unwrap_or(REVIEW_DAYS),
            order_cycle_days: policies().map(|policy| policy.order_cycle_days.value).max().unwrap_or(CYCLE_DAYS),
            losing: losing.collect(),
        }
    }
}

/// What the book says is left of every SKU in every pool, by SKU and pool: the last count and every
/// movement since.
pub fn pool_stock(ledger: &Ledger) -> Vec<PoolStock> {
    let known = |(sku, pool, account): (&Sku, &str, &crate::ledger::Account)| {
        let counts = account.latest?;
        Some(PoolStock {
            sku: sku.clone(),
            pool: pool.to_owned(),
            on_hand: counts.on_hand,
            available: counts.available(),
            inbound: counts.inbound,
        })
    };
    ledger.accounts().filter_map(known).collect()
}

/// Proposals for every SKU and pool in stock.
pub fn propose(
    forecasts: &Forecasts,
    demand: &Demand,
    stock: &[PoolStock],
    terms: impl Fn(&PoolStock) -> Terms,
) -> Vec<Replenishment> {
    let mut channels: BTreeMap<&str, Vec<Channel>> = BTreeMap::new();
    for (channel, pool) in &demand.pools {
        channels.entry(pool.as_str()).or_default().push(channel.clone());
    }
    let one = |stock: &PoolStock| {
        let channels = channels.get(stock.pool.as_str()).map_or(&[][..], Vec::as_slice);
        let forecast = forecasts.of_pool(&stock.sku, &stock.pool, channels);
        let facts = demand.products.get(&stock.sku).cloned().unwrap_or_default();
        let terms = terms(stock);
        let loss = loss(demand, stock, channels, &terms);
        proposal(stock, forecast, &facts, &terms, loss, forecasts.as_of)
    };
    stock.iter().map(one).collect()
}

fn proposal(
    stock: &PoolStock,
    forecast: Option<&SkuForecast>,
    facts: &ProductFacts,
    terms: &Terms,
    loss: Option<String>,
    as_of: Day,
) -> Replenishment {
    let lead_time_days = facts.lead_time_days.unwrap_or(terms.lead_time_days);
    let wanted = |days: u32| Some(units(forecast?.over(days)?.quantile(terms.service_level)));
    // Below the cover, not at it: the last unit count at which it is due is one less.
    let covering = |days: u32| Some((forecast?.over(days)?.mean - 1e-9).ceil() as i64);
    let protection = lead_time_days + terms.review_days;
    let cover_point = terms.cover_days.and_then(covering).map(|units| units - 1);
    let cover_up_to = terms.cover_days.and_then(|days| covering(days + lead_time_days));
    let reorder_point = wanted(protection).max(cover_point);
    let order_up_to = wanted(protection + terms.order_cycle_days).max(cover_up_to);
    let ended = facts.discontinued_on.is_some_and(|end| end <= as_of);
    let position = stock.available + stock.inbound;
    let (minimum, case) = (facts.minimum_order.unwrap_or(0), facts.case_pack.unwrap_or(1));
    let due = match (reorder_point, order_up_to) {
        (Some(point), Some(up_to)) if position <= point && !ended => lot(up_to - position, minimum, case),
        _ => 0,
    };
    let most = order_up_to.zip(reorder_point).map(|(up_to, point)| up_to.max(point + minimum) + case.max(1) - 1);
    let overstock_units = most.map(|most| (position - most.max(0)).clamp(0, stock.on_hand.max(0)));
    let cover_days = forecast.and_then(|forecast| cover(forecast, stock.available));
    let money = |units: i64| facts.unit_cost.and_then(|cost| cost.checked_times(units));
    let propose_units = if loss.is_some() { 0 } else { due };
    Replenishment {
        cover_days,
        reorder_point,
        order_up_to,
        propose_units,
        unit_cost: facts.unit_cost,
        order_cost: money(propose_units),
        withheld_units: if loss.is_some() { due } else { 0 },
        money_tied_up: money(stock.on_hand.max(0)),
        overstock_money: overstock_units.and_then(money),
        overstock_units,
        sells_out_on: cover_days.filter(|days| *days <= FURTHEST_DAYS).map(|days| as_of.plus(days.ceil() as i32)),
        lead_time_days,
        service_level: terms.service_level,
        note: loss.or_else(|| ended.then(|| "discontinued".to_owned())),
        stock: stock.clone(),
    }
}

/// Why it should not be bought again: it loses money on every channel of the pool that sold it lately.
fn loss(demand: &Demand, stock: &PoolStock, channels: &[Channel], terms: &Terms) -> Option<String> {
    let sold = |channel: &&Channel| {
        demand.of(&stock.sku, channel).is_some_and(|series| {
            let recent = series.len().saturating_sub(SELLING_DAYS);
            series.units[recent..].iter().any(|units| *units > 0.0)
        })
    };
    let selling: Vec<&Channel> = channels.iter().filter(sold).collect();
    let loses = !selling.is_empty() && selling.iter().all(|channel| terms.losing.contains_key(*channel));
    loses.then(|| {
        let lines = selling.iter().map(|channel| format!("{channel} ({})", terms.losing[*channel]));
        format!("loses money on {}", lines.collect::<Vec<_>>().join(", "))
    })
}

fn units(quantile: f64) -> i64 {
    (quantile - 1e-9).ceil().max(0.0) as i64
}

/// At least `least` units, at least the minimum order, in whole cases.
///
/// Needed 25, minimum 30, case of 12: 36.
fn lot(needed: i64, minimum: i64, case: i64) -> i64 {
    if needed <= 0 {
        return 0;
    }
    let case = case.max(1);
    needed.max(minimum).div_euclid(case) * case + if needed.max(minimum) % case == 0 { 0 } else { case }
}

/// Days until expected demand has used up the units: day by day in the forecast, then at the last
/// week's pace.
fn cover(forecast: &SkuForecast, available: i64) -> Option<f64> {
    let mut left = available.max(0) as f64;
    for (day, &mean) in forecast.mean.iter().enumerate() {
        if mean >= left && mean > 0.0 {
            return Some(day as f64 + left / mean);
        }
        left -= mean;
    }
    let days = forecast.mean.len();
    let last = &forecast.mean[days.saturating_sub(7)..];
    let pace = last.iter().sum::<f64>() / last.len().max(1) as f64;
    (pace > 0.0).then(|| days as f64 + left / pace)
}

/// The columns of `replenishment.csv`.
pub const REPLENISHMENT: &[Column] = &[
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "pool", kind: Kind::Text, nullable: false },
    Column { name: "on_hand", kind: Kind::Integer, nullable: false },
    Column { name: "inbound", kind: Kind::Integer, nullable: false },
    Column { name: "cover_days", kind: Kind::Real, nullable: true },
    Column { name: "reorder_point", kind: Kind::Integer, nullable: true },
    Column { name: "order_up_to", kind: Kind::Integer, nullable: true },
    Column { name: "propose_units", kind: Kind::Integer, nullable: false },
    Column { name: "money_tied_up", kind: Kind::Money, nullable: true },
    Column { name: "sells_out_on", kind: Kind::Day, nullable: true },
    Column { name: "available", kind: Kind::Integer, nullable: false },
    Column { name: "lead_time_days", kind: Kind::Integer, nullable: false },
    Column { name: "service_level", kind: Kind::Real, nullable: false },
    Column { name: "overstock_units", kind: Kind::Integer, nullable: true },
    Column { name: "overstock_money", kind: Kind::Money, nullable: true },
    Column { name: "withheld_units", kind: Kind::Integer, nullable: false },
    Column { name: "note", kind: Kind::Text, nullable: true },
    Column { name: "unit_cost", kind: Kind::Money, nullable: true },
    Column { name: "order_cost", kind: Kind::Money, nullable: true },
];

/// `replenishment.csv`, by SKU and pool.
pub fn replenishment_sheet(all: &[Replenishment]) -> Rows {
    let mut order: Vec<&Replenishment> = all.iter().collect();
    order.sort_by(|a, b| (&a.stock.sku, &a.stock.pool).cmp(&(&b.stock.sku, &b.stock.pool)));
    let mut rows = RowsBuilder::new("replenishment", REPLENISHMENT.iter().copied());
    for one in order {
        let stock = &one.stock;
        rows.push([
            Cell::from(&stock.sku),
            stock.pool.as_str().into(),
            stock.on_hand.into(),
            stock.inbound.into(),
            one.cover_days.map(|days| (days * 10.0).round() / 10.0).into(),
            one.reorder_point.into(),
            one.order_up_to.into(),
            one.propose_units.into(),
            one.money_tied_up.into(),
            one.sells_out_on.into(),
            stock.available.into(),
            i64::from(one.lead_time_days).into(),
            one.service_level.into(),
            one.overstock_units.into(),
            one.overstock_money.into(),
            one.withheld_units.into(),
            one.note.clone().into(),
            one.unit_cost.into(),
            one.order_cost.into(),
        ]);
    }
    rows.finish()
}

//! What to order, and when will it run out?
//!
//! Periodic review with a protection interval of lead time + review time: reorder point
//! `F⁻¹_{L+R}(service level)`, order-up-to level `F⁻¹_{L+R+cycle}(service level)` (Snyder & Shen,
//! Fundamentals of Supply Chain Theory, 2nd ed., §4.3, with the quantiles of the forecast sums in place
//! of the normal). Order at or below the reorder point; up to the minimum order, in whole cases.

use std::collections::BTreeMap;

use super::forecasts::{Forecasts, SkuForecast};
use crate::demand::Demand;
use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::query::Marts;
use crate::types::{Channel, Day, Money, Sku};

/// Lead time where `products` does not tell, in days.
pub const ASSUMED_LEAD_TIME_DAYS: u32 = 14;
/// The night's run looks once a day.
const REVIEW_DAYS: u32 = 1;
/// Days of demand that one order covers beyond the lead time.
const CYCLE_DAYS: u32 = 14;
/// No sell-out is foretold beyond a year.
const FURTHEST_DAYS: f64 = 365.0;

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
    /// Landed cost of what is on hand; `None` without a cost.
    pub money_tied_up: Option<Money>,
    /// The day the available units run out as expected; `None` beyond a year.
    pub sells_out_on: Option<Day>,
    /// Days from order to delivery that were used.
    pub lead_time_days: u32,
}

/// The newest stock of every SKU and pool, by SKU and pool.
///
/// # Errors
/// A damaged file of the lake, or a query the engine cannot answer.
pub fn read_stock(marts: &Marts) -> Result<Vec<PoolStock>> {
    let rows = marts.rows("mart_demand_on_hand")?;
    let (sku, pool) = (rows.text("sku")?, rows.text("location")?);
    let (on_hand, available, inbound) =
        (rows.integer("on_hand")?, rows.integer("available")?, rows.integer("inbound")?);
    let mut stock = Vec::with_capacity(rows.len());
    for row in 0..rows.len() {
        let (Some(sku), Some(pool)) = (sku.get(row), pool.get(row)) else { continue };
        stock.push(PoolStock {
            sku: Sku::new(sku),
            pool: pool.to_owned(),
            on_hand: on_hand.get(row).unwrap_or(0),
            available: available.get(row).unwrap_or(0),
            inbound: inbound.get(row).unwrap_or(0),
        });
    }
    Ok(stock)
}

/// Proposals for every SKU and pool in stock. `service_level` is the chance of no stock-out in one
/// protection interval.
pub fn propose(forecasts: &Forecasts, demand: &Demand, stock: &[PoolStock], service_level: f64) -> Vec<Replenishment> {
    let mut channels: BTreeMap<&str, Vec<Channel>> = BTreeMap::new();
    for (channel, pool) in &demand.pools {
        channels.entry(pool.as_str()).or_default().push(channel.clone());
    }
    let one = |stock: &PoolStock| {
        let channels = channels.get(stock.pool.as_str()).map_or(&[][..], Vec::as_slice);
        let forecast = forecasts.of_pool(&stock.sku, &stock.pool, channels);
        let facts = demand.products.get(&stock.sku).cloned().unwrap_or_default();
        let lead_time_days = facts.lead_time_days.unwrap_or(ASSUMED_LEAD_TIME_DAYS);
        let wanted = |days: u32| Some(units(forecast?.over(days)?.quantile(service_level)));
        let protection = lead_time_days + REVIEW_DAYS;
        let (reorder_point, order_up_to) = (wanted(protection), wanted(protection + CYCLE_DAYS));
        let ended = facts.discontinued_on.is_some_and(|end| end <= forecasts.as_of);
        let position = stock.available + stock.inbound;
        let propose_units = match (reorder_point, order_up_to) {
            (Some(point), Some(up_to)) if position <= point && !ended => {
                lot(up_to - position, facts.minimum_order.unwrap_or(0), facts.case_pack.unwrap_or(1))
            }
            _ => 0,
        };
        let cover_days = forecast.and_then(|forecast| cover(forecast, stock.available));
        Replenishment {
            cover_days,
            reorder_point,
            order_up_to,
            propose_units,
            money_tied_up: facts.unit_cost.and_then(|cost| cost.checked_times(stock.on_hand.max(0))),
            sells_out_on: cover_days
                .filter(|days| *days <= FURTHEST_DAYS)
                .map(|days| forecasts.as_of.plus((days.ceil() as i32).max(1))),
            lead_time_days,
            stock: stock.clone(),
        }
    };
    stock.iter().map(one).collect()
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
        ]);
    }
    rows.finish()
}

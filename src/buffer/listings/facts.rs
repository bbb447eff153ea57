//! What the lake tells about listings beside the other stages' findings.

use std::collections::BTreeMap;

use super::Sources;
use crate::error::Result;
use crate::lake::Rows;
use crate::types::{Channel, Day, Sku, Timestamp};

/// Small tables of the lake, by what they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The class of each product.
    pub(super) classes: BTreeMap<Sku, String>,
    /// The components of each bundle.
    pub(super) bundles: BTreeMap<Sku, Vec<(Sku, i64)>>,
    /// Units each listing shows by its newest report.
    pub(super) listed: BTreeMap<(Sku, Channel), i64>,
    /// Promotions that run or are to come.
    pub(super) promotions: Vec<PromotionFact>,
}

/// One promotion of one SKU.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PromotionFact {
    pub(super) sku: Sku,
    pub(super) channel: Channel,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) flash_sale: bool,
    /// Units kept for it, or else those it is expected to sell.
    pub(super) units: i64,
}

impl Facts {
    /// Reads them.
    pub(super) fn read(sources: &Sources<'_>) -> Result<Self> {
        let (marts, as_of_end) = (sources.marts, sources.as_of_end);
        Ok(Self {
            classes: classes(&marts.table("products")?)?,
            bundles: bundles(&marts.table("bundle_parts")?, sources.as_of)?,
            listed: listed(&marts.rows("mart_channel_stock")?)?,
            promotions: promotions(&marts.table("promotions")?, as_of_end)?,
        })
    }
}

fn classes(products: &Rows) -> Result<BTreeMap<Sku, String>> {
    let (sku, class) = (products.text("sku")?, products.text("class")?);
    let pair = |row| Some((Sku::new(sku.get(row)?), class.get(row)?.to_owned()));
    Ok((0..products.len()).filter_map(pair).collect())
}

/// What every bundle holds on a day; on days without a composition it is no bundle.
fn bundles(parts: &Rows, day: Day) -> Result<BTreeMap<Sku, Vec<(Sku, i64)>>> {
    let (from, until) = (parts.day("from_day")?, parts.day("until_day")?);
    let (bundle, sku, quantity) = (parts.text("bundle_sku")?, parts.text("sku")?, parts.integer("quantity")?);
    let mut bundles: BTreeMap<Sku, Vec<(Sku, i64)>> = BTreeMap::new();
    for row in 0..parts.len() {
        let holds = from.get(row).is_some_and(|from| from <= day) && until.get(row).is_some_and(|until| day <= until);
        if let (Some(bundle), Some(sku), Some(quantity)) = (bundle.get(row), sku.get(row), quantity.get(row))
            && holds
            && bundle != sku
        {
            bundles.entry(Sku::new(bundle)).or_default().push((Sku::new(sku), quantity.max(1)));
        }
    }
    Ok(bundles)
}

/// Each listing's newest report of every location, added up; of several listings of one SKU on one
/// channel the one that shows most.
fn listed(reports: &Rows) -> Result<BTreeMap<(Sku, Channel), i64>> {
    let (channel, number) = (reports.text("channel")?, reports.text("channel_sku")?);
    let (location, sku) = (reports.text("location")?, reports.text("sku")?);
    let (at, units) = (reports.timestamp("reported_at")?, reports.integer("listed")?);
    let mut newest: BTreeMap<(&str, &str, &str, &str), (Timestamp, i64)> = BTreeMap::new();
    for row in 0..reports.len() {
        let (Some(channel), Some(number), Some(sku)) = (channel.get(row), number.get(row), sku.get(row)) else {
            continue;
        };
        let (Some(at), Some(units)) = (at.get(row), units.get(row)) else { continue };
        let key = (sku, channel, number, location.get(row).unwrap_or_default());
        let held = newest.entry(key).or_insert((at, units));
        if at >= held.0 {
            *held = (at, units);
        }
    }
    let mut by_number: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    for ((sku, channel, number, _), (_, units)) in newest {
        *by_number.entry((sku, channel, number)).or_default() += units;
    }
    let mut listed: BTreeMap<(Sku, Channel), i64> = BTreeMap::new();
    for ((sku, channel, _), units) in by_number {
        let held = listed.entry((Sku::new(sku), Channel::new(channel))).or_insert(units);
        *held = units.max(*held);
    }
    Ok(listed)
}

fn promotions(rows: &Rows, as_of_end: Timestamp) -> Result<Vec<PromotionFact>> {
    let (channel, sku, kind) = (rows.text("channel")?, rows.text("sku")?, rows.text("kind")?);
    let (from, until) = (rows.timestamp("from")?, rows.timestamp("until")?);
    let (reserved, expected) = (rows.integer("reserved_units")?, rows.integer("expected_units")?);
    let fact = |row| {
        Some(PromotionFact {
            sku: Sku::new(sku.get(row)?),
            channel: Channel::new(channel.get(row)?),
            from: from.get(row)?,
            until: until.get(row)?,
            flash_sale: kind.get(row) == Some("flash_sale"),
            units: reserved.get(row).or(expected.get(row)).unwrap_or(0).max(0),
        })
    };
    Ok((0..rows.len()).filter_map(fact).filter(|fact| fact.until > as_of_end).collect())
}

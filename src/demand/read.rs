//! Demand from the marts.

use std::collections::{BTreeMap, BTreeSet};

use super::credited::{credited_lines, take_out};
use super::promotion::Promotion;
use super::series::{Demand, DemandSeries, ProductFacts};
use super::shortage::{SellingDays, Shortages};
use crate::config::Settings;
use crate::error::Result;
use crate::lake::Rows;
use crate::query::Marts;
use crate::types::{Channel, Day, Sku};

/// No series looks further back: three years and a month.
const LONGEST_DAYS: i32 = 1_130;
/// Days before its first sale that a listing is believed to have been on offer: as long as it is new.
const LONGEST_WAIT: i32 = 28;

/// Reads demand, what was left in stock, products and promotions. Days and units are those of the
/// shop's time zone; only channels of the settings have a pool, others are their own.
///
/// # Errors
/// A damaged file of the lake, or a query the engine cannot answer.
pub fn read(marts: &Marts, settings: &Settings) -> Result<Demand> {
    let as_of = as_of(marts)?;
    let pools: BTreeMap<Channel, String> =
        settings.channels.iter().map(|channel| (channel.name.clone(), channel.pool.clone())).collect();
    let daily_rows = marts.rows("mart_demand_daily")?;
    let mut series = daily(&daily_rows, &first_shown(&marts.rows("mart_demand_shown")?)?, as_of)?;
    let credited = credited_lines(&marts.rows("mart_demand_credited")?)?;
    take_out(&mut series, &credited);
    let counts = marts.rows("mart_demand_stock")?;
    let shortages = Shortages::read(&counts, &selling_days(&daily_rows, &counts, &pools)?, as_of)?;
    let promotions = promotions(&marts.table("promotions")?, settings)?;
    let mut by_sku: BTreeMap<&Sku, Vec<&Promotion>> = BTreeMap::new();
    for promotion in &promotions {
        by_sku.entry(&promotion.sku).or_default().push(promotion);
    }
    for one in &mut series {
        let pool = pools.get(&one.channel).cloned().unwrap_or_else(|| one.channel.as_str().to_owned());
        shortages.mark(one, &pool);
        mark_promotions(one, by_sku.get(&one.sku).map_or(&[], Vec::as_slice));
    }
    let products = products(&marts.table("products")?, &marts.table("costs")?, settings, as_of)?;
    add_unsold(&mut series, &products, as_of);
    Ok(Demand { as_of, series, pools, products, promotions, credited })
}

fn as_of(marts: &Marts) -> Result<Day> {
    let run = marts.table("run")?;
    Ok(run.day("as_of")?.get(0).expect("`run` has one row and its day is known"))
}

/// The first day on which each channel is known to have shown units of each product.
type FirstShown = BTreeMap<(Sku, Channel), Day>;

fn first_shown(rows: &Rows) -> Result<FirstShown> {
    let (channel, sku, day) = (rows.text("channel")?, rows.text("sku")?, rows.day("day")?);
    let of_row = |row| Some(((Sku::new(sku.get(row)?), Channel::new(channel.get(row)?)), day.get(row)?));
    Ok((0..rows.len()).filter_map(of_row).collect())
}

/// One series per SKU and channel, on every day from the first on offer to the as-of day.
fn daily(rows: &Rows, shown: &FirstShown, as_of: Day) -> Result<Vec<DemandSeries>> {
    let (day, channel, sku) = (rows.day("day")?, rows.text("channel")?, rows.text("sku")?);
    let (units, largest) = (rows.integer("units")?, rows.integer("largest_line")?);
    let lines = rows.integer("wanted_in_lines")?;
    let mut by_key: BTreeMap<(&str, &str), Vec<Wanted>> = BTreeMap::new();
    let mut orders_since: BTreeMap<&str, Day> = BTreeMap::new();
    for row in 0..rows.len() {
        let (Some(day), Some(channel), Some(sku)) = (day.get(row), channel.get(row), sku.get(row)) else { continue };
        if day > as_of || as_of.since(day) >= LONGEST_DAYS {
            continue;
        }
        let [units, largest, lines] = [&units, &largest, &lines].map(|column| column.get(row).unwrap_or(0) as f32);
        by_key.entry((sku, channel)).or_default().push(Wanted { day, units, largest, lines });
        orders_since.entry(channel).and_modify(|first| *first = day.min(*first)).or_insert(day);
    }
    let mut all = Vec::with_capacity(by_key.len());
    for ((sku, channel), days) in by_key {
        let (sku, channel) = (Sku::new(sku), Channel::new(channel));
        let first_sale = days.iter().map(|wanted| wanted.day).min().expect("a key has at least one day");
        let shown = shown.get(&(sku.clone(), channel.clone())).copied();
        let first = on_offer_since(shown, orders_since[channel.as_str()], first_sale);
        let length = as_of.since(first.unwrap_or(first_sale)) as usize + 1;
        let series = DemandSeries::plain(sku, channel, first.unwrap_or(first_sale), vec![0.0; length]);
        let mut series = DemandSeries { opened_by_sale: first.is_none(), ..series };
        for wanted in days {
            let index = wanted.day.since(series.first) as usize;
            series.units[index] += wanted.units;
            series.lines[index] += wanted.lines;
            series.largest_line[index] = series.largest_line[index].max(wanted.largest);
        }
        all.push(series);
    }
    Ok(all)
}

/// The first day on which a listing is known to have been on offer; `None` where only its first sale
/// tells, for a count of the same day may be that sale's own. No orders of the channel are known from
/// before `orders_since`. Who sold nothing for longer than a listing is new was not on offer as it is now.
fn on_offer_since(shown: Option<Day>, orders_since: Day, first_sale: Day) -> Option<Day> {
    let known = shown?.max(orders_since);
    (known < first_sale).then(|| known.max(first_sale.plus(-LONGEST_WAIT)))
}

/// What was wanted on a day.
struct Wanted {
    day: Day,
    units: f32,
    largest: f32,
    lines: f32,
}

/// Days that sold units, of places whose counts were empty at least once.
fn selling_days(rows: &Rows, counts: &Rows, pools: &BTreeMap<Channel, String>) -> Result<SellingDays> {
    let (sku, location) = (counts.text("sku")?, counts.text("location")?);
    let mut selling = SellingDays::default();
    for row in 0..counts.len() {
        let (Some(sku), Some(location)) = (sku.get(row), location.get(row)) else { continue };
        selling.by_place.entry(sku.to_owned()).or_default().entry(location.to_owned()).or_default();
    }
    let (day, channel, sku) = (rows.day("day")?, rows.text("channel")?, rows.text("sku")?);
    let (units, refused) = (rows.integer("units")?, rows.integer("units_cancelled")?);
    for row in 0..rows.len() {
        let (Some(day), Some(channel), Some(sku)) = (day.get(row), channel.get(row), sku.get(row)) else { continue };
        let Some(locations) = selling.by_place.get_mut(sku) else { continue };
        let pool = pools.get(&Channel::new(channel)).map_or(channel, String::as_str);
        if units.get(row).unwrap_or(0) > refused.get(row).unwrap_or(0)
            && let Some(days) = locations.get_mut(pool)
        {
            days.insert(day);
        }
    }
    Ok(selling)
}

fn promotions(rows: &Rows, settings: &Settings) -> Result<Vec<Promotion>> {
    let (channel, sku) = (rows.text("channel")?, rows.text("sku")?);
    let (from, until) = (rows.timestamp("from")?, rows.timestamp("until")?);
    let zone = settings.shop.time_zone;
    let mut promotions = Vec::with_capacity(rows.len());
    for row in 0..rows.len() {
        let (Some(channel), Some(sku)) = (channel.get(row), sku.get(row)) else { continue };
        let (Some(from), Some(until)) = (from.get(row), until.get(row)) else { continue };
        promotions.push(Promotion {
            channel: Channel::new(channel),
            sku: Sku::new(sku),
            from: from.day_in(zone),
            // The end is the first instant without the promotion.
            until: until.plus_seconds(-1).day_in(zone),
        });
    }
    Ok(promotions)
}

fn mark_promotions(series: &mut DemandSeries, promotions: &[&Promotion]) {
    for promotion in promotions.iter().filter(|one| one.concerns(&series.sku, &series.channel)) {
        let from = promotion.from.since(series.first).max(0);
        let until = promotion.until.since(series.first).min(series.len() as i32 - 1);
        for day in from..=until {
            series.promotion[day as usize] = true;
        }
    }
}

/// Days beyond which a lead time is not one, as in the settings: a lake that was filled before such
/// rows were refused may hold a date's number.
const LONGEST_LEAD_TIME: u32 = 730;

fn products(rows: &Rows, costs: &Rows, settings: &Settings, as_of: Day) -> Result<BTreeMap<Sku, ProductFacts>> {
    let (sku, category, class) = (rows.text("sku")?, rows.text("category")?, rows.text("class")?);
    let (lead_time, minimum, pack) =
        (rows.integer("lead_time_days")?, rows.integer("minimum_order")?, rows.integer("case_pack")?);
    let discontinued = rows.day("discontinued_on")?;
    let mut products: BTreeMap<Sku, ProductFacts> = BTreeMap::new();
    for row in 0..rows.len() {
        let Some(sku) = sku.get(row) else { continue };
        let facts = products.entry(Sku::new(sku)).or_default();
        facts.category = category.get(row).map(str::to_owned);
        facts.class = class.get(row).map(str::to_owned);
        facts.lead_time_days =
            lead_time.get(row).and_then(|days| u32::try_from(days).ok()).filter(|days| *days <= LONGEST_LEAD_TIME);
        facts.minimum_order = minimum.get(row).filter(|units| *units > 0);
        facts.case_pack = pack.get(row).filter(|units| *units > 0);
        facts.discontinued_on = discontinued.get(row);
    }
    for (sku, analog) in &settings.analogs {
        if let Some(facts) = products.get_mut(sku) {
            facts.analog = Some(analog.sku.clone());
        }
    }
    add_costs(&mut products, costs, settings, as_of)?;
    Ok(products)
}

/// A new product with an analog that has not sold yet begins today on the analog's channels, with
/// nothing known of its demand.
fn add_unsold(series: &mut Vec<DemandSeries>, products: &BTreeMap<Sku, ProductFacts>, as_of: Day) {
    let sold: BTreeSet<&Sku> = series.iter().map(|series| &series.sku).collect();
    let unsold = products.iter().filter(|(sku, _)| !sold.contains(sku));
    let wanted: BTreeMap<&Sku, Vec<&Sku>> = unsold.fold(BTreeMap::new(), |mut wanted, (sku, facts)| {
        if let Some(analog) = &facts.analog {
            wanted.entry(analog).or_insert_with(Vec::new).push(sku);
        }
        wanted
    });
    let new = series.iter().flat_map(|known| {
        let skus = wanted.get(&known.sku).into_iter().flatten();
        skus.map(|sku| DemandSeries {
            out_of_stock: vec![1.0],
            ..DemandSeries::plain((*sku).clone(), known.channel.clone(), as_of, vec![0.0])
        })
    });
    let new: Vec<DemandSeries> = new.collect();
    series.extend(new);
    series.sort_by(|one, other| (&one.sku, &one.channel).cmp(&(&other.sku, &other.channel)));
}

/// The cost in force on the as-of day, where it is in the shop's currency.
fn add_costs(products: &mut BTreeMap<Sku, ProductFacts>, rows: &Rows, settings: &Settings, as_of: Day) -> Result<()> {
    let (sku, from, until) = (rows.text("sku")?, rows.day("from")?, rows.day("until")?);
    let (cost, currency) = (rows.money("unit_cost")?, rows.text("currency")?);
    let mut newest: BTreeMap<&str, Day> = BTreeMap::new();
    for row in 0..rows.len() {
        let (Some(sku), Some(from)) = (sku.get(row), from.get(row)) else { continue };
        let in_force = from <= as_of && until.get(row).is_none_or(|until| as_of <= until);
        let ours = currency.get(row) == Some(settings.shop.currency.as_str());
        if in_force && ours && newest.get(sku).is_none_or(|newest| *newest <= from) {
            newest.insert(sku, from);
            products.entry(Sku::new(sku)).or_default().unit_cost = cost.get(row);
        }
    }
    Ok(())
}

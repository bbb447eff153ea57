//! Which orders did nobody want? Those that were credited whole within a day: typed wrong, or regretted
//! before anything came of them.
//!
//! A credit that names the order counts for it. One that names no order that is known is taken for the
//! newest order line of the same channel, number and quantity, unless an older one of the four weeks before
//! could be meant as well: then it may be a return.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::BooleanArray;
use arrow::compute::filter_record_batch;

use super::series::DemandSeries;
use crate::error::{Diagnostic, Result};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Day, Sku, Timestamp};

/// Days in which an older order of the same size could be the one that came back.
const RETURN_DAYS: i32 = 28;

/// What one order line wanted of one product, and the credit that took it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditedLine {
    /// The channel.
    pub channel: Channel,
    /// The order.
    pub order_id: String,
    /// The line of the order.
    pub line_id: String,
    /// The product; of a bundle a component.
    pub sku: Sku,
    /// The day of the order.
    pub day: Day,
    /// Units of the product.
    pub units: i64,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// The credit, the last of them if several together take the line back.
    pub refund_id: String,
    /// When it was credited.
    pub refunded_at: Timestamp,
}

/// A line of an order: channel, order, line.
type LineKey<'a> = (&'a str, &'a str, &'a str);
/// A line of a credit: channel, credit, line.
type CreditKey<'a> = (&'a str, &'a str, &'a str);

/// One line with one credit that may be for it, and the products it consists of.
struct Candidate<'a> {
    line: LineKey<'a>,
    credit: CreditKey<'a>,
    ordered_at: Timestamp,
    order_day: Day,
    quantity: i64,
    refunded_at: Timestamp,
    refund_day: Day,
    credited: i64,
    names_order: bool,
    alike_before: Option<Day>,
    parts: Vec<(&'a str, i64)>,
}

/// The lines that were credited whole, from `mart_demand_credited`, by channel, order, line and SKU.
///
/// # Errors
/// A column that is missing or of another type.
pub(super) fn credited_lines(rows: &Rows) -> Result<Vec<CreditedLine>> {
    let candidates = candidates(rows)?;
    let mut left: BTreeMap<CreditKey<'_>, i64> =
        candidates.iter().map(|candidate| (candidate.credit, candidate.credited)).collect();
    let mut found: BTreeMap<LineKey<'_>, &Candidate<'_>> = BTreeMap::new();
    let (named, free): (Vec<&Candidate<'_>>, Vec<_>) = candidates.iter().partition(|candidate| candidate.names_order);
    take_named(&named, &mut left, &mut found);
    take_free(free, &mut left, &mut found);
    let lines = found.into_values().flat_map(|candidate| {
        let (channel, order_id, line_id) = candidate.line;
        candidate.parts.iter().map(move |(sku, units)| CreditedLine {
            channel: Channel::new(channel),
            order_id: order_id.to_owned(),
            line_id: line_id.to_owned(),
            sku: Sku::new(*sku),
            day: candidate.order_day,
            units: *units,
            ordered_at: candidate.ordered_at,
            refund_id: candidate.credit.1.to_owned(),
            refunded_at: candidate.refunded_at,
        })
    });
    Ok(lines.collect())
}

/// Lines of which credits that name their order take back every unit.
fn take_named<'a>(
    named: &[&'a Candidate<'a>],
    left: &mut BTreeMap<CreditKey<'a>, i64>,
    found: &mut BTreeMap<LineKey<'a>, &'a Candidate<'a>>,
) {
    for of_line in named.chunk_by(|one, next| one.line == next.line) {
        let quantity = of_line[0].quantity;
        let available: i64 = of_line.iter().map(|candidate| left[&candidate.credit]).sum();
        if available < quantity {
            continue;
        }
        let mut missing = quantity;
        for candidate in of_line {
            let units = left.entry(candidate.credit).or_default();
            missing -= std::mem::take(units).min(missing).max(0);
        }
        let last = of_line.iter().max_by_key(|candidate| candidate.refunded_at);
        found.extend(last.map(|candidate| (candidate.line, *candidate)));
    }
}

/// Lines of which a credit without a known order takes back every unit, each credit one.
fn take_free<'a>(
    mut free: Vec<&'a Candidate<'a>>,
    left: &mut BTreeMap<CreditKey<'a>, i64>,
    found: &mut BTreeMap<LineKey<'a>, &'a Candidate<'a>>,
) {
    free.sort_by_key(|candidate| (candidate.refunded_at, candidate.credit, candidate.ordered_at, candidate.line));
    for of_credit in free.chunk_by(|one, next| one.credit == next.credit) {
        let could_be_return =
            of_credit[0].alike_before.is_some_and(|day| of_credit[0].refund_day.since(day) <= RETURN_DAYS);
        let newest = of_credit.iter().rev().find(|candidate| !found.contains_key(&candidate.line));
        if let Some(candidate) = newest.filter(|_| !could_be_return)
            && left.remove(&candidate.credit).is_some()
        {
            found.insert(candidate.line, candidate);
        }
    }
}

/// The rows of `mart_demand_credited`, those of one line and credit brought together.
fn candidates(rows: &Rows) -> Result<Vec<Candidate<'_>>> {
    let text = |name: &str| rows.text(name);
    let (channel, order, line, sku) = (text("channel")?, text("order_id")?, text("line_id")?, text("sku")?);
    let (refund, refund_line) = (text("refund_id")?, text("refund_line_id")?);
    let (ordered_at, refunded_at) = (rows.timestamp("ordered_at")?, rows.timestamp("refunded_at")?);
    let (order_day, refund_day, alike) = (rows.day("order_day")?, rows.day("refund_day")?, rows.day("alike_before")?);
    let (quantity, units, credited) = (rows.integer("quantity")?, rows.integer("units")?, rows.integer("credited")?);
    let names_order = rows.integer("names_order")?;
    let of_row = |row: usize| {
        let channel = channel.get(row)?;
        Some(Candidate {
            line: (channel, order.get(row)?, line.get(row)?),
            credit: (channel, refund.get(row)?, refund_line.get(row)?),
            ordered_at: ordered_at.get(row)?,
            order_day: order_day.get(row)?,
            quantity: quantity.get(row)?,
            refunded_at: refunded_at.get(row)?,
            refund_day: refund_day.get(row)?,
            credited: credited.get(row)?,
            names_order: names_order.get(row)? == 1,
            alike_before: alike.get(row),
            parts: vec![(sku.get(row)?, units.get(row)?)],
        })
    };
    let mut all: BTreeMap<(LineKey<'_>, CreditKey<'_>), Candidate<'_>> = BTreeMap::new();
    for one in (0..rows.len()).filter_map(of_row) {
        match all.get_mut(&(one.line, one.credit)) {
            Some(known) => known.parts.extend(one.parts),
            None => drop(all.insert((one.line, one.credit), one)),
        }
    }
    Ok(all.into_values().collect())
}

/// Takes the units of credited lines out of what was wanted on their days.
pub(super) fn take_out(series: &mut [DemandSeries], credited: &[CreditedLine]) {
    for line in credited {
        let place = series.binary_search_by(|one| (&one.sku, &one.channel).cmp(&(&line.sku, &line.channel)));
        let Ok(one) = place.map(|place| &mut series[place]) else { continue };
        let Some(day) = usize::try_from(line.day.since(one.first)).ok().filter(|day| *day < one.len()) else {
            continue;
        };
        one.units[day] = (one.units[day] - line.units as f32).max(0.0);
        one.lines[day] = (one.lines[day] - 1.0).max(0.0);
        // Which line is the largest of those left is not known; none is larger than all together.
        one.largest_line[day] = one.largest_line[day].min(one.units[day]);
    }
}

/// `fact_stock_orders` without the lines that nobody wanted.
///
/// # Errors
/// A column that is missing or of another type.
pub fn wanted_orders(orders: &Rows, credited: &[CreditedLine]) -> Result<Rows> {
    let unwanted: BTreeSet<LineKey<'_>> =
        credited.iter().map(|line| (line.channel.as_str(), line.order_id.as_str(), line.line_id.as_str())).collect();
    let (channel, order, line) = (orders.text("channel")?, orders.text("order_id")?, orders.text("line_id")?);
    let is_wanted = |row: usize| {
        let key = (channel.get(row).unwrap_or(""), order.get(row).unwrap_or(""), line.get(row).unwrap_or(""));
        !unwanted.contains(&key)
    };
    let wanted: BooleanArray = (0..orders.len()).map(|row| Some(is_wanted(row))).collect();
    let kept = filter_record_batch(orders.batch(), &wanted).expect("one flag for each row");
    Ok(Rows::new(orders.name(), kept))
}

/// Lines that a message names.
const NAMED: usize = 3;

/// What is said of orders that count as no demand, most units first.
pub fn credited_message(credited: &[CreditedLine]) -> Option<Diagnostic> {
    if credited.is_empty() {
        return None;
    }
    let mut largest: Vec<&CreditedLine> = credited.iter().collect();
    largest.sort_by_key(|line| std::cmp::Reverse(line.units));
    let describe = |line: &&CreditedLine| {
        let CreditedLine { channel, order_id, sku, units, refund_id, day, .. } = line;
        let credit = if refund_id == order_id { String::new() } else { format!(" by {refund_id}") };
        let unit = if *units == 1 { "unit" } else { "units" };
        format!("{channel} order {order_id} of {day}: {units} {unit} of `{sku}`, credited{credit}")
    };
    let message = match credited.len() {
        1 => "1 order line was credited whole within a day and counts as no demand".to_owned(),
        count => format!("{count} order lines were credited whole within a day and count as no demand"),
    };
    let details: Vec<String> = largest.iter().take(NAMED).map(describe).collect();
    Some(
        Diagnostic::warning("demand-credited", message)
            .details(details)
            .hint("all of them are in `reports/demand_credited.csv`"),
    )
}

/// The columns of `demand_credited.csv`: order lines that count as no demand, and the credit of each.
pub const DEMAND_CREDITED: &[Column] = &[
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "order_id", kind: Kind::Text, nullable: false },
    Column { name: "line_id", kind: Kind::Text, nullable: false },
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "units", kind: Kind::Integer, nullable: false },
    Column { name: "ordered_at", kind: Kind::Timestamp, nullable: false },
    Column { name: "refund_id", kind: Kind::Text, nullable: false },
    Column { name: "refunded_at", kind: Kind::Timestamp, nullable: false },
];

/// Every order line that counts as no demand, by channel, order, line and SKU.
pub fn credited_sheet(credited: &[CreditedLine]) -> Rows {
    let mut rows = RowsBuilder::new("demand_credited", DEMAND_CREDITED.iter().copied());
    for line in credited {
        rows.push([
            Cell::from(&line.channel),
            line.order_id.as_str().into(),
            line.line_id.as_str().into(),
            (&line.sku).into(),
            line.units.into(),
            line.ordered_at.into(),
            line.refund_id.as_str().into(),
            line.refunded_at.into(),
        ]);
    }
    rows.finish()
}

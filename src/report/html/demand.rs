//! Demand: what was wanted in all, what will be, and how good the forecast has been.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, PreEscaped, html};

use super::accuracy;
use super::parts::{chart, heading, unknown};
use super::projection;
use super::table::{Empty, more};
use crate::report::chart::{Ahead, Ink, Outlook, outlook, spark};
use crate::report::needs;
use crate::report::night::Night;
use crate::report::numbers;
use crate::report::sheet::Sheet;
use crate::types::Day;

/// The channel that is all channels.
const ALL: &str = "*";
/// SKUs that the page names.
const FIRST: usize = 15;
/// Days of a comparison: four whole weeks.
const WEEKS: i32 = 28;
/// Days of a small line: twelve weeks.
const RECENT_DAYS: usize = 84;

static NO_DEMAND: Empty =
    Empty { judged: "Nothing was ordered yet.", unjudged: "Demand is unknown.", needs: &[&needs::ORDERS] };

/// The section.
pub(super) fn body(night: &Night<'_>) -> Markup {
    let demand = Demand::read(night);
    if demand.by_sku.is_empty() {
        return NO_DEMAND.draw(night);
    }
    html! {
        (outlook_chart(night, &demand))
        (heading("Top SKUs by demand", "Units over all channels; orders cancelled for lack of stock count as wanted. Lead-time demand (P95): what will do in 19 of 20 cases until an order placed today arrives; the lead time is the product's, else the policy's."))
        (most_wanted(night, &demand))
        (projection::last_week(night))
        (projection::credited(night))
        (projection::lost(night))
        (projection::peaks(night))
        (accuracy::body(night))
    }
}

/// Units per day in all, and of each SKU over the last weeks.
struct Demand<'a> {
    by_day: BTreeMap<Day, f64>,
    /// Units by days ago, today first.
    by_sku: BTreeMap<&'a str, Vec<f64>>,
}

impl<'a> Demand<'a> {
    fn read(night: &Night<'a>) -> Self {
        let sheet = night.sheet("demand_daily");
        let (days, channels, skus, units) =
            (sheet.column("day"), sheet.column("channel"), sheet.column("sku"), sheet.column("units"));
        let mut demand = Self { by_day: BTreeMap::new(), by_sku: BTreeMap::new() };
        for row in sheet.rows().filter(|row| !channels.text(*row).starts_with(ALL)) {
            let (Some(day), Some(units)) = (days.day(row), units.number(row)) else { continue };
            *demand.by_day.entry(day).or_default() += units;
            let of_sku = demand.by_sku.entry(skus.text(row)).or_insert_with(|| vec![0.0; RECENT_DAYS]);
            let recent = usize::try_from(night.as_of.since(day)).ok().and_then(|days_ago| of_sku.get_mut(days_ago));
            if let Some(sum) = recent {
                *sum += units;
            }
        }
        demand
    }
}

fn outlook_chart(night: &Night<'_>, demand: &Demand<'_>) -> Markup {
    let Some(first) = demand.by_day.keys().next() else { return html! {} };
    let past = (first.days()..=night.as_of.days())
        .map(Day::from_days)
        .map(|day| (day, demand.by_day.get(&day).copied().unwrap_or(0.0)))
        .collect();
    let ahead = total_ahead(night.sheet("forecast"), night.as_of);
    let drawn = Outlook { past, ahead };
    let legend = [
        (Ink::Faint, "units per day"),
        (Ink::Axis, "average of the week"),
        (Ink::Main, "expected"),
        (Ink::Likely, "enough on 4 of 5 days"),
        (Ink::Possible, "enough on 19 of 20"),
    ];
    let caption = "All SKUs and channels. The ranges ahead take SKUs as independent of each other.";
    chart("demand", "Units wanted per day, and expected", caption, &legend, |format| {
        outlook(&drawn, "Demand per day with its forecast", format)
    })
}

/// The rows of a forecast that count each SKU once: those of all its channels together where there
/// are any, else those of each channel. A total over one pool (`*main`) is in both.
fn counted(sheet: Sheet<'_>) -> impl Iterator<Item = usize> {
    let (skus, channels) = (sheet.column("sku"), sheet.column("channel"));
    let summed: BTreeSet<&str> =
        sheet.rows().filter(|row| channels.text(*row) == ALL).map(|row| skus.text(row)).collect();
    sheet.rows().filter(move |row| match channels.text(*row) {
        ALL => true,
        channel => !channel.starts_with(ALL) && !summed.contains(skus.text(*row)),
    })
}

/// The forecast of the whole shop. Means add up. Of the quantiles, each SKU's distance from its mean
/// to its 95th percentile gives a spread, and spreads add up as variances do, which holds for SKUs
/// that vary independently; the sum of many is near a normal distribution.
fn total_ahead(sheet: Sheet<'_>, as_of: Day) -> Vec<Ahead> {
    const Z80: f64 = 0.8416;
    const Z95: f64 = 1.6449;
    let (days, mean, p95) = (sheet.column("day"), sheet.column("mean"), sheet.column("p95"));
    let mut sums: BTreeMap<Day, (f64, f64)> = BTreeMap::new();
    for row in counted(sheet) {
        let (Some(day), Some(mean)) = (days.day(row), mean.number(row)) else { continue };
        let deviation = (p95.number(row).unwrap_or(mean) - mean).max(0.0) / Z95;
        let sum = sums.entry(day).or_default();
        *sum = (sum.0 + mean, sum.1 + deviation * deviation);
    }
    sums.into_iter()
        .filter(|(day, _)| *day > as_of)
        .map(|(day, (mean, variance))| {
            let quantile = |z: f64| mean + z * variance.sqrt();
            Ahead { day, p50: mean, p80: quantile(Z80), p95: quantile(Z95) }
        })
        .collect()
}

struct Wanted<'a> {
    sku: &'a str,
    weeks: Vec<f64>,
    before: f64,
    last: f64,
    next: Option<f64>,
}

fn most_wanted(night: &Night<'_>, demand: &Demand<'_>) -> Markup {
    let forecast = night.sheet("forecast");
    let (skus, days, mean) = (forecast.column("sku"), forecast.column("day"), forecast.column("mean"));
    let mut ahead: BTreeMap<&str, f64> = BTreeMap::new();
    for row in counted(forecast) {
        let (Some(day), Some(mean)) = (days.day(row), mean.number(row)) else { continue };
        if day > night.as_of && day <= night.as_of.plus(WEEKS) {
            *ahead.entry(skus.text(row)).or_default() += mean;
        }
    }
    let mut rows: Vec<Wanted<'_>> = demand
        .by_sku
        .iter()
        .map(|(sku, days)| {
            let (last, rest) = days.split_at(WEEKS as usize);
            let weeks = days.chunks(7).rev().map(|week| week.iter().sum()).collect();
            let before = rest.iter().take(last.len()).sum();
            Wanted { sku, weeks, before, last: last.iter().sum(), next: ahead.get(sku).copied() }
        })
        .collect();
    rows.sort_by(|a, b| b.last.total_cmp(&a.last).then(a.sku.cmp(b.sku)));
    html! {
        div.scroll tabindex="0" role="region" aria-label="Top SKUs by demand" {
            table.cards {
                thead { tr {
                    th scope="col" { "SKU" } th scope="col" { "12 weeks" }
                    th.number scope="col" { "Last 28 days" } th.number scope="col" { "vs prior 28 days" }
                    th.number scope="col" { "Next 28 days" }
                    th.number scope="col" { "Lead-time demand (P95)" }
                } }
                tbody { @for row in rows.iter().take(FIRST) { (wanted_row(night, row)) } }
            }
        }
        (more(rows.len(), FIRST, "demand_daily"))
        p.more { "ahead: " a href="forecast.csv" { "forecast.csv" } }
    }
}

fn wanted_row(night: &Night<'_>, row: &Wanted<'_>) -> Markup {
    let name = format!("units of {} per week", row.sku);
    let units = |value: f64| numbers::count(value.round() as i64);
    html! {
        tr {
            td.code { (row.sku) }
            td.spark data-head="12 weeks" { (PreEscaped(spark(&row.weeks, &name))) }
            td.number data-head="Last 28 days" { (units(row.last)) }
            td.number data-head="vs prior 28 days" { @if row.before > 0.0 {
                @let change = row.last / row.before - 1.0;
                @if change > 0.0 { "+" } (numbers::percent_of(change))
            } @else { (unknown()) } }
            td.number data-head="Next 28 days" { (row.next.map_or_else(unknown, |next| html! { (units(next)) })) }
            td.number data-head="Lead-time demand (P95)" { (lead_time(night, row.sku)) }
        }
    }
}

/// What is wanted until a new delivery arrives, at most in 19 of 20 cases.
fn lead_time(night: &Night<'_>, sku: &str) -> Markup {
    let sheet = night.sheet("lead_time_demand");
    let (skus, channels, days) = (sheet.column("sku"), sheet.column("channel"), sheet.column("days"));
    let rows: Vec<usize> = sheet.rows().filter(|row| skus.text(*row) == sku).collect();
    let only = rows.iter().map(|row| channels.text(*row)).collect::<BTreeSet<_>>();
    let wanted = if only.len() == 1 { only.first().copied().unwrap_or(ALL) } else { ALL };
    let lead = lead_days(night, sku);
    let fits = |row: &&usize| channels.text(**row) == wanted && days.number(**row) >= lead;
    let known = lead.and_then(|_| rows.iter().find(fits));
    match known.and_then(|row| Some((sheet.number(*row, "p95")?, days.number(*row)?))) {
        Some((units, days)) => html! {
            (numbers::count(units.round() as i64))
            span.per { " over " (numbers::things(days as usize, "day", "days")) }
        },
        None => unknown(),
    }
}

/// Days until an order placed today arrives: the longest of the pools', else of the listings'.
fn lead_days(night: &Night<'_>, sku: &str) -> Option<f64> {
    let longest = |sheet: Sheet<'_>| {
        let rows = sheet.rows().filter(|row| sheet.text(*row, "sku") == sku);
        rows.filter_map(|row| sheet.number(row, "lead_time_days")).max_by(f64::total_cmp)
    };
    longest(night.sheet("replenishment")).or_else(|| longest(night.sheet("buffers")))
}

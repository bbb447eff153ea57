//! Which days are distorted by one bulk order? A day counts when one order line makes up most of it
//! and the day is far above what is usual on the days that sell.
//!
//! Far above: beyond the upper quartile of selling days plus three times the distance between
//! quartiles (Tukey 1977, Exploratory Data Analysis: "far out"), and at least five times the median.

use super::series::DemandSeries;

/// Selling days needed before anything can be unusual.
const LEAST_DAYS: usize = 12;
/// Tukey's factor for "far out".
const FAR_OUT: f32 = 3.0;
/// Times the median of selling days.
const TIMES_MEDIAN: f32 = 5.0;
/// Share of the day that one line must make up.
const ONE_LINE: f32 = 0.6;

/// Marks bulk days; days on promotion are never marked. Gives the most units that are still usual,
/// or `None` where too few days sold.
pub fn mark_outliers(series: &mut DemandSeries) -> Option<f32> {
    let mut selling: Vec<f32> = series.units.iter().copied().filter(|units| *units > 0.0).collect();
    if selling.len() < LEAST_DAYS {
        return None;
    }
    selling.sort_by(f32::total_cmp);
    let quartile = |quarter: usize| selling[(selling.len() - 1) * quarter / 4];
    let usual = (quartile(3) + FAR_OUT * (quartile(3) - quartile(1))).max(TIMES_MEDIAN * quartile(2));
    for day in 0..series.len() {
        let units = series.units[day];
        let bulk = units > usual && series.largest_line[day] >= ONE_LINE * units;
        series.outlier[day] = bulk && !series.promotion[day];
    }
    Some(usual)
}

//! `demand_daily.csv`.

use super::series::{Demand, DemandSeries};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};

/// The columns of `demand_daily.csv`: `units` wanted on a day, `censored` where nothing was left to
/// sell for some of it, and whether it was on promotion or distorted by one bulk order.
pub const DEMAND_DAILY: &[Column] = &[
    Column { name: "day", kind: Kind::Day, nullable: false },
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "units", kind: Kind::Integer, nullable: false },
    Column { name: "censored", kind: Kind::Flag, nullable: false },
    Column { name: "promotion", kind: Kind::Flag, nullable: false },
    Column { name: "outlier", kind: Kind::Flag, nullable: false },
];

/// Every day with demand or a mark, by day, channel and SKU.
pub fn sheet(demand: &Demand) -> Rows {
    let mut keys = Vec::new();
    let has_sold = |series: &DemandSeries| series.units.iter().any(|units| *units != 0.0);
    for (index, series) in demand.series.iter().enumerate().filter(|(_, series)| has_sold(series)) {
        for day in 0..series.len() {
            let marked = series.out_of_stock[day] > 0.0 || series.promotion[day] || series.outlier[day];
            if series.units[day] != 0.0 || marked {
                keys.push((series.first.plus(day as i32), &series.channel, &series.sku, index, day));
            }
        }
    }
    keys.sort();
    let mut rows = RowsBuilder::new("demand_daily", DEMAND_DAILY.iter().copied());
    for (date, channel, sku, index, day) in keys {
        let series = &demand.series[index];
        rows.push([
            Cell::from(date),
            channel.into(),
            sku.into(),
            (series.units[day].round() as i64).into(),
            (series.out_of_stock[day] > 0.0).into(),
            series.promotion[day].into(),
            series.outlier[day].into(),
        ]);
    }
    rows.finish()
}

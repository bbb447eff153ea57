//! What was not sold because nothing was there? The pace in stock over the time without stock, in the
//! last 90 days. Of one stock-out no more than four weeks count: who finds a shelf empty for longer
//! buys elsewhere, and nobody knows how many would still have come.

use super::forecasts::Forecasts;
use crate::demand::{Demand, DemandSeries};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Money, Sku};

/// Days looked back on.
const LOOK_BACK: usize = 90;
/// Days of one stock-out that count.
const MOST_DAYS: f64 = 28.0;

/// What one SKU did not sell on one channel.
#[derive(Clone, Debug, PartialEq)]
pub struct LostSales {
    /// The product.
    pub sku: Sku,
    /// The channel.
    pub channel: Channel,
    /// Days without stock, parts of days added up.
    pub days_out: f64,
    /// Of these, days that count.
    pub days_counted: f64,
    /// Units that the pace in stock makes of the days that count.
    pub units: f64,
    /// Units at the product's price; `None` without a price.
    pub money: Option<Money>,
}

/// Listings that were out of stock in the last 90 days and would have sold, by SKU and channel.
pub fn lost_sales(demand: &Demand, forecasts: &Forecasts, price: impl Fn(&Sku) -> Option<Money>) -> Vec<LostSales> {
    let of_one = |series: &DemandSeries| {
        let (days_out, days_counted) = days_out(series);
        let pace = forecasts.get(&series.sku, &series.channel)?.velocity.mean_per_day;
        let units = days_counted * pace;
        (units > 0.0).then(|| LostSales {
            sku: series.sku.clone(),
            channel: series.channel.clone(),
            days_out,
            days_counted,
            units,
            money: price(&series.sku).and_then(|price| worth(price, units)),
        })
    };
    demand.series.iter().filter_map(of_one).collect()
}

/// Tenths of units at a price, to the cent.
fn worth(price: Money, units: f64) -> Option<Money> {
    Some(price.checked_times((units * 10.0).round() as i64)?.divided_by(10)?.to_cent())
}

fn days_out(series: &DemandSeries) -> (f64, f64) {
    let (mut all, mut counted, mut in_a_row) = (0.0, 0.0, 0.0f64);
    for (day, share) in series.out_of_stock.iter().map(|share| f64::from(*share)).enumerate() {
        let counts = share.min((MOST_DAYS - in_a_row).max(0.0));
        in_a_row = if share > 0.0 { in_a_row + share } else { 0.0 };
        if day + LOOK_BACK >= series.len() {
            all += share;
            counted += counts;
        }
    }
    (all, counted)
}

/// The columns of `lost_sales.csv`.
pub const LOST_SALES: &[Column] = &[
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "days_out", kind: Kind::Real, nullable: false },
    Column { name: "days_counted", kind: Kind::Real, nullable: false },
    Column { name: "units", kind: Kind::Real, nullable: false },
    Column { name: "money", kind: Kind::Money, nullable: true },
];

/// `lost_sales.csv`, by SKU and channel.
pub fn lost_sales_sheet(all: &[LostSales]) -> Rows {
    let to_tenths = |value: f64| (value * 10.0).round() / 10.0;
    let mut rows = RowsBuilder::new("lost_sales", LOST_SALES.iter().copied());
    for one in all {
        let figures = [one.days_out, one.days_counted, one.units].map(|value| Cell::from(to_tenths(value)));
        let keys = [Cell::from(&one.sku), (&one.channel).into()];
        rows.push(keys.into_iter().chain(figures).chain([one.money.into()]));
    }
    rows.finish()
}

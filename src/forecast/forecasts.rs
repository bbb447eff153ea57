//! The forecast of a shop, and the tables made of it.

use super::LEVELS;
use super::accuracy::Accuracy;
use super::check::WeekCheck;
use super::engine::normal_quantile;
use super::velocity::Velocity;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Channel, Day, Sku};

/// Demand over a number of days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeadTimeDemand {
    /// How many days, from the day after the as-of day.
    pub days: u32,
    /// Expected units.
    pub mean: f64,
    /// Units at each of [`LEVELS`], rising.
    pub quantiles: [f64; 6],
}

impl LeadTimeDemand {
    /// Units that demand does not exceed with the chance `level`: straight between known levels on
    /// the normal scale, never beyond the highest known level's last slope.
    pub fn quantile(&self, level: f64) -> f64 {
        let wanted = normal_quantile(level);
        let upper = LEVELS.iter().position(|known| *known >= level).unwrap_or(LEVELS.len() - 1).max(1);
        let (from, to) = (normal_quantile(LEVELS[upper - 1]), normal_quantile(LEVELS[upper]));
        let slope = (self.quantiles[upper] - self.quantiles[upper - 1]) / (to - from);
        (self.quantiles[upper - 1] + slope * (wanted - from)).max(0.0)
    }

    /// The chance that demand is at most so many units: straight between known quantiles.
    pub fn chance_at_most(&self, units: f64) -> f64 {
        let (mut low, mut low_level) = (0.0, 0.0);
        for (&quantile, &level) in self.quantiles.iter().zip(&LEVELS) {
            if units < quantile {
                return low_level + (level - low_level) * ((units - low) / (quantile - low)).clamp(0.0, 1.0);
            }
            (low, low_level) = (quantile, level);
        }
        // Beyond the highest known quantile the rest is taken to lie as far again.
        let beyond = (units - low) / low.max(1.0);
        (low_level + (1.0 - low_level) * beyond).min(1.0)
    }
}

/// The forecast of one SKU on one channel, or of all channels together.
#[derive(Clone, Debug, PartialEq)]
pub struct SkuForecast {
    /// The product.
    pub sku: Sku,
    /// The channel; `*` for all of them, `*` and a pool's name for those that draw on that pool.
    pub channel: Channel,
    /// The first day forecast.
    pub first: Day,
    /// Expected units of each day.
    pub mean: Vec<f64>,
    /// Units of each day at each of [`LEVELS`].
    pub quantiles: Vec<[f64; 6]>,
    /// Demand over numbers of days, rising.
    pub sums: Vec<LeadTimeDemand>,
    /// How it has sold.
    pub velocity: Velocity,
    /// The models whose average the mean is.
    pub model: String,
}

impl SkuForecast {
    /// Demand over any number of days: between the known ones in proportion, beyond the last with the
    /// mean in proportion to the days and the width to their root.
    pub fn over(&self, days: u32) -> Option<LeadTimeDemand> {
        let upper = self.sums.iter().position(|sum| sum.days >= days);
        let blend = |low: &LeadTimeDemand, high: &LeadTimeDemand, share: f64| LeadTimeDemand {
            days,
            mean: low.mean + share * (high.mean - low.mean),
            quantiles: std::array::from_fn(|level| {
                low.quantiles[level] + share * (high.quantiles[level] - low.quantiles[level])
            }),
        };
        const NOTHING: LeadTimeDemand = LeadTimeDemand { days: 0, mean: 0.0, quantiles: [0.0; 6] };
        match upper {
            Some(index) => {
                let high = &self.sums[index];
                let low = if index == 0 { &NOTHING } else { &self.sums[index - 1] };
                let share = f64::from(days.saturating_sub(low.days)) / f64::from(high.days - low.days);
                Some(blend(low, high, share))
            }
            None => self.sums.last().map(|last| {
                let times = f64::from(days) / f64::from(last.days);
                let width = |quantile: f64| last.mean * times + (quantile - last.mean) * times.sqrt();
                LeadTimeDemand {
                    days,
                    mean: last.mean * times,
                    quantiles: last.quantiles.map(|one| width(one).max(0.0)),
                }
            }),
        }
    }
}

/// Forecasts of the whole shop.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecasts {
    /// The last day with demand known.
    pub as_of: Day,
    /// By SKU, then channel (`*` first).
    pub skus: Vec<SkuForecast>,
    /// How past forecasts of each SKU over all its channels did, by SKU.
    pub accuracy: Vec<Accuracy>,
    /// What was projected a week ago and what came, by channel and SKU (`*` first).
    pub checks: Vec<WeekCheck>,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

/// The columns of `forecast.csv`.
pub const FORECAST: &[Column] = &[
    column("sku", Kind::Text),
    column("channel", Kind::Text),
    column("day", Kind::Day),
    column("mean", Kind::Real),
    column("p50", Kind::Real),
    column("p80", Kind::Real),
    column("p90", Kind::Real),
    column("p95", Kind::Real),
    column("p975", Kind::Real),
    column("p99", Kind::Real),
];

/// The columns of `lead_time_demand.csv`.
pub const LEAD_TIME_DEMAND: &[Column] = &[
    column("sku", Kind::Text),
    column("channel", Kind::Text),
    column("days", Kind::Integer),
    column("mean", Kind::Real),
    column("p50", Kind::Real),
    column("p80", Kind::Real),
    column("p90", Kind::Real),
    column("p95", Kind::Real),
    column("p975", Kind::Real),
    column("p99", Kind::Real),
];

impl Forecasts {
    /// The forecast of a SKU on a channel (`*` for all).
    pub fn get(&self, sku: &Sku, channel: &Channel) -> Option<&SkuForecast> {
        let key = (sku, channel);
        let found = self.skus.binary_search_by(|one| (&one.sku, &one.channel).cmp(&key));
        found.ok().map(|index| &self.skus[index])
    }

    /// The forecast of a SKU over the channels of a pool: that of the pool, of its only channel, or of
    /// all channels.
    pub fn of_pool(&self, sku: &Sku, pool: &str, channels: &[Channel]) -> Option<&SkuForecast> {
        let own: Vec<&Channel> = channels.iter().filter(|channel| self.get(sku, channel).is_some()).collect();
        match own.as_slice() {
            [] => None,
            [channel] => self.get(sku, channel),
            _ => self.get(sku, &pool_total(pool)).or_else(|| self.get(sku, &Channel::all())),
        }
    }

    /// `forecast.csv`: every day's mean and quantiles.
    pub fn daily_sheet(&self) -> Rows {
        let mut rows = RowsBuilder::new("forecast", FORECAST.iter().copied());
        for one in &self.skus {
            for (day, (mean, quantiles)) in one.mean.iter().zip(&one.quantiles).enumerate() {
                let keys = [Cell::from(&one.sku), (&one.channel).into(), one.first.plus(day as i32).into()];
                rows.push(keys.into_iter().chain([Cell::from(*mean)]).chain(quantiles.map(Cell::from)));
            }
        }
        rows.finish()
    }

    /// `lead_time_demand.csv`: the mean and quantiles of the sum over numbers of days.
    pub fn lead_time_sheet(&self) -> Rows {
        let mut rows = RowsBuilder::new("lead_time_demand", LEAD_TIME_DEMAND.iter().copied());
        for one in &self.skus {
            for sum in &one.sums {
                let keys = [Cell::from(&one.sku), (&one.channel).into(), i64::from(sum.days).into()];
                rows.push(keys.into_iter().chain([Cell::from(sum.mean)]).chain(sum.quantiles.map(Cell::from)));
            }
        }
        rows.finish()
    }

    /// `forecast_accuracy.csv`.
    pub fn accuracy_sheet(&self) -> Rows {
        super::accuracy::sheet(&self.accuracy)
    }

    /// `forecast_check.csv`.
    pub fn check_sheet(&self) -> Rows {
        super::check::sheet(&self.checks)
    }
}

/// How the total over the channels of one pool is written where a SKU draws on several pools.
pub(crate) fn pool_total(pool: &str) -> Channel {
    Channel::new(format!("*{pool}"))
}

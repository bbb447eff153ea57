//! What will they want, with what error?
//!
//! Goes in: [`Demand`](crate::demand::Demand), or a file of series. Comes out: the mean of every day,
//! quantiles of days and of sums over any number of days, how well past forecasts did, and what to
//! order. The sum is forecast from the rolling errors of that very sum; models are chosen, averaged
//! and calibrated over all series together (`engine`), never one by one. What little was seen of a
//! listing is pulled towards what its like sell (`scant`, `prior`).

mod accuracy;
mod analog;
mod check;
mod class;
mod engine;
mod forecasts;
mod history;
mod lost;
mod mixture;
mod models;
mod notes;
mod overrides;
mod past;
mod peaks;
mod prior;
mod replenishment;
mod scant;
mod series;
mod shop;
mod velocity;
mod why;
mod yearly;

pub use accuracy::{Accuracy, FORECAST_ACCURACY};
pub use analog::analog_problems;
pub use check::{FORECAST_CHECK, WeekCheck};
pub use class::{DemandClass, classify};
pub use forecasts::{FORECAST, Forecasts, LEAD_TIME_DEMAND, LeadTimeDemand, SkuForecast};
pub use lost::{LOST_SALES, LostSales, lost_sales, lost_sales_sheet};
pub use mixture::mix;
pub use models::{Croston, Fitted, Holt, Model, Naive, SeasonalNaive, Ses, Theta, Tsb, Window};
pub use notes::{FORECAST_OVERRIDES, Note, Notes, State};
pub use overrides::{Change, ForecastOverride};
pub use peaks::{DEMAND_PEAKS, Peaks, WindowUnits, peaks, peaks_sheet, window_units};
pub use replenishment::{
    ASSUMED_LEAD_TIME_DAYS, PoolStock, REPLENISHMENT, Replenishment, Terms, pool_stock, propose, replenishment_sheet,
};
pub use series::{
    BlankRows, EarlyEnds, FarOff, Frequency, Launch, Launches, MissingSteps, SeriesOptions, SeriesOutput, Span, Stray,
    Until, WorstSeries, forecast_series,
};
pub use shop::{ForecastOptions, forecast};
pub use velocity::Velocity;

/// Levels of every quantile in the reports.
pub const LEVELS: [f64; 6] = [0.5, 0.8, 0.9, 0.95, 0.975, 0.99];

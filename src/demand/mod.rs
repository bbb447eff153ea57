//! What did customers want, per SKU and day?
//!
//! Goes in: `mart_demand_daily`, when each channel first showed what, counts or the book of stock,
//! products and promotions, and which orders were credited whole within a day. Comes out: one [`DemandSeries`] per SKU and channel on every day since it is
//! known to have been on offer, with days that were out of stock, on promotion or distorted by one bulk
//! order marked, and made comparable for the forecast.

mod clean;
mod credited;
mod outlier;
mod promotion;
mod read;
mod series;
mod sheet;
mod shortage;

pub(crate) use clean::raise_censored;
pub use clean::{Comparable, comparable};
pub use credited::{CreditedLine, DEMAND_CREDITED, credited_message, credited_sheet, wanted_orders};
pub use outlier::mark_outliers;
pub use promotion::{Promotion, Uplifts};
pub use read::read;
pub use series::{Demand, DemandSeries, ProductFacts};
pub use sheet::{DEMAND_DAILY, sheet};
pub use shortage::EmptySpans;

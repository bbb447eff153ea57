//! TikTok Shop's exports: orders, income statements, counts in TikTok's own warehouses.

mod income;
mod orders;
mod warehouse;

pub(crate) use income::INCOME;
pub(crate) use orders::ORDERS;
pub(crate) use warehouse::WAREHOUSE;

use crate::config::DateOrder;
use crate::ingest::export::Style;

/// A clock with AM and PM is the American layout, which puts the month first.
const STYLE: Style =
    Style { twelve_hour: Some(DateOrder::MonthDayYear), explained_by: Some("Platform unique order ID"), ..Style::CSV };

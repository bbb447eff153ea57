//! Walmart's exports: orders, reconciliation reports of two generations, items, WFS inventory.

mod kinds;
mod orders;
mod settlement;
mod stock;
mod wide;

pub(crate) use orders::ORDERS;
pub(crate) use settlement::SETTLEMENT;
pub(crate) use stock::{INVENTORY, ITEMS};
pub(crate) use wide::WIDE_SETTLEMENT;

use crate::config::DateOrder;
use crate::ingest::export::Style;

/// Walmart writes as America does.
const STYLE: Style = Style { usual_dates: Some(DateOrder::MonthDayYear), joined: true, ..Style::POINT };

/// An order's number; none where a spreadsheet has made `1.19111E+14` or `########` of it.
fn order_number(text: &str) -> Option<&str> {
    let is_filler = text.bytes().all(|byte| byte == b'#');
    (!is_filler && !text.contains("E+")).then_some(text)
}

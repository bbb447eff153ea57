//! Etsy's exports: sold order items, sold orders, direct checkout payments, the monthly statement,
//! listings.

mod items;
mod listings;
mod refunds;
mod statement;

pub(crate) use items::ITEMS;
pub(crate) use listings::LISTINGS;
pub(crate) use refunds::{ORDERS, PAYMENTS};
pub(crate) use statement::STATEMENT;

use crate::config::DateOrder;
use crate::ingest::export::Style;

/// Numeric dates put the month first.
const STYLE: Style = Style { usual_dates: Some(DateOrder::MonthDayYear), joined: true, ..Style::CSV };

/// An order's number without the mark that some files put before it.
fn order_number(text: &str) -> &str {
    text.trim().trim_start_matches('#')
}

//! eBay's exports: orders, transactions, active listings.

mod listings;
mod orders;
mod transactions;

pub(crate) use listings::LISTINGS;
pub(crate) use orders::ORDERS;
pub(crate) use transactions::TRANSACTIONS;

use crate::ingest::export::Style;

/// Marks are found by evidence: the sites of each country write their own.
const STYLE: Style = Style { joined: true, ..Style::CSV };

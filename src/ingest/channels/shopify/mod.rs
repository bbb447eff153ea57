//! Shopify's exports: orders, payments, payouts, inventory in four layouts, products.

mod order_amounts;
mod orders;
mod payments;
mod stock;

pub(crate) use orders::ORDERS;
pub(crate) use payments::{PAYMENTS, PAYOUTS};
pub(crate) use stock::{INVENTORY, INVENTORY_BY_COLUMN, INVENTORY_TRIMMED, PRODUCTS};

use crate::ingest::export::Style;

/// Amounts have points and times have offsets, whatever the shop's language.
const STYLE: Style = Style { refuses_undecided_dates: false, ..Style::POINT };

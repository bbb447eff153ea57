//! Amazon's exports: All Orders, settlements of two generations, inventory, returns, listings.

mod orders;
mod settlement;
mod stock;

pub(crate) use orders::{ORDERS, RETURNS};
pub(crate) use settlement::{SETTLEMENT_V1, SETTLEMENT_V2};
pub(crate) use stock::{INVENTORY, LISTINGS, SHORT_LISTINGS};

use crate::ingest::export::Style;

/// Tab-separated, in whatever encoding the marketplace's office writes.
const STYLE: Style = Style { encodings: &["windows-1252", "shift_jis", "gbk"], ..Style::FLAT };

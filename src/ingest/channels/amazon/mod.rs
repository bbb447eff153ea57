//! Amazon's exports: All Orders, settlements of two generations, the report of transactions,
//! inventory, the warehouses' ledger, returns, listings.

mod kinds;
mod marketplaces;
mod merchant_returns;
mod orders;
mod prices;
mod settlement;
mod stock;
mod transaction_headers;
mod transactions;
mod warehouse;

pub(crate) use merchant_returns::MERCHANT_RETURNS;
pub(crate) use orders::{ORDERS, RETURNS};
pub(crate) use settlement::{SETTLEMENT_V1, SETTLEMENT_V2};
pub(crate) use stock::{INVENTORY, LISTINGS, SHORT_LISTINGS};
pub(crate) use transactions::{TRANSACTIONS, TRANSACTIONS_JP};
pub(crate) use warehouse::{LEDGER_BALANCES, LEDGER_EVENTS, PLANNING};

use crate::ingest::export::Style;

/// Tab-separated, in whatever encoding the marketplace's office writes.
const STYLE: Style = Style { encodings: &["windows-1252", "shift_jis", "gbk"], ..Style::FLAT };

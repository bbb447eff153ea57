//! What should the count be, and which orders had no unit?
//!
//! Goes in: movements, counts, orders, sync events and changes by hand of the whole history.
//! Comes out: a [`Ledger`] with every SKU's count at any time, balances against the counts that
//! were taken, and each order line that was sold without a unit, with the stale count behind it.

mod account;
mod book;
mod facts;
mod feed;
mod kits;
mod oversell;
mod pool;
mod sheets;
mod stand_in;
mod state;
mod unpaid;
pub(crate) mod words;

pub use account::{Account, Balance, Break, Timeline};
pub use book::Ledger;
pub use facts::{StockFacts, StockIndex};
pub use feed::{ChangeByHand, Feed, OwnOrder, SyncEvent, SyncResult};
pub use kits::{Component, bundles_available, kits_available};
pub use oversell::{DuplicateReservation, Oversell, OversellCause};
pub use pool::{PoolModel, Pools};
pub use sheets::{balance_sheet, oversells_sheet, stock_sheet};
pub use stand_in::StandIn;
pub use state::{Counts, Movement, MovementKind, Snapshot};
pub use unpaid::unpaid_sheet;

//! What did each channel and SKU earn?
//!
//! Goes in: sales, charges, costs and exchange rates as `queries/mart_pnl_*` and
//! `queries/mart_cost_*` add them up, and the shop's settings. Comes out: one [`Statement`] per
//! month, channel and SKU, its lines those of [`LINES`], exact to the cent; SKUs that lose money;
//! settlements that do not add up.
//!
//! The rules an accountant may ask about:
//!
//! * A sale counts on the day of the order, a charge on the day it was posted, a refund on the day
//!   it was issued. Tax nets to nothing and stands nowhere.
//! * Of what went back of an order every amount counts once, whoever tells it: what its settlements
//!   paid back, and the rest from the document that tells more.
//! * A refund that names no article counts for the one that a document of single refunds names for the same money.
//! * An order that went back whole, or was called off, and of which its document says that nothing was sent, was
//!   never sold: it has no units, no cost and no postage.
//! * A refund whose source tells it with the buyer's tax gives up the order's share of the tax, so
//!   that an order that went back whole leaves net sales of nothing.
//! * What went back for a cancelled line takes nothing off the sale, since it was never sold. Where nothing tells for
//!   which lines of an order money went back, the cancelled ones come first if they may have been paid, and a warning
//!   says how much that is; where the payment comes to the lines that were sold, all of it is theirs.
//! * An order that only settlements know counts whole where they tell it whole, on the day of its
//!   first posting; else neither its sale nor its fees count.
//! * What was paid for a cancelled order and stayed is income where its document says that a part went back, and else
//!   only said: it may be owed. What its settlements took of it is left out with it.
//! * An order that stands as not paid yet was sold where its settlement tells it whole and the money stayed.
//! * Tips and what was kept of a cancelled order are other income; gift wrap, handling and insurance
//!   are shipping charged; gift cards, donations, deposits and duties are somebody else's money.
//! * An order that no settlement line names has its fees estimated from the channel's schedule,
//!   and an order without a shipping label its label; every estimated part has a column of its own.
//!   A marketplace's rate is taken of the price, with tax where prices hold it and settled fees show nothing else,
//!   and a processor's of all that the buyer paid.
//!   What share of the sales has its fees from a settlement is told only of channels that settle.
//! * A charge of an order of several SKUs is shared by their net value, by largest remainder; a
//!   charge of no order stays with `(unallocated)`. So SKUs and `(unallocated)` are the channel.
//! * Units sold cost what the SKU cost on that day, a bundle its components; sellable returns give
//!   it back. Where a cost is missing the contribution is unknown, never the whole price.
//! * Units that a liquidator took cost what sold ones do, where the settlement tells how many of which article.
//! * What a list of orders says was taken for a line that was cancelled or never paid is left out and said: nothing
//!   was sold that it could cost. What a settlement took of an order that went back whole counts.
//! * Amounts in another currency are added up per SKU, day and line and then converted at that
//!   day's rate, half away from zero to the cent. Without a rate they are unknown.

mod allocate;
mod cancelled;
mod costs;
mod doubts;
mod estimate;
mod fee_base;
mod input;
mod line;
mod line_costs;
mod losing;
mod named_refunds;
mod order_totals;
mod rates;
mod reader;
mod refunds;
mod settlements;
mod sheets;
mod statement;
mod tax;
mod uncosted;
mod untold_tax;
mod warnings;
mod work;

pub use input::{
    Bucket, Charge, CostPrice, CostUnits, Doubt, Input, Lack, LineCost, OrderShare, PaidFor, Receipt, RefundRow,
    RefundSource, Refunded, SalesRow, SettlementRow, UnknownKindRow, UnmatchedRow, UntoldTax,
};
pub use line::{Effect, LINES, Line, NOT_EARNINGS, Source};
pub use losing::LosingSku;
pub use order_totals::{Against, OrderDifference, OrderTotals};
pub use rates::{DatedRate, MISSING_RATE, Worth};
pub use reader::read;
pub use statement::Statement;
pub use untold_tax::tax_not_told;
pub use warnings::borrowed_costs;
pub use work::{Pnl, RECENT_DAYS, statements};

//! What the statements are worked out from: what the queries added up, one struct per answer.

use super::order_totals::{OrderDifference, OrderTotals};
use super::rates::DatedRate;
use crate::types::{Channel, Currency, Day, Money, Month, Sku};

/// Where an amount lands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Month of the sale, the posting or the refund.
    pub month: Month,
    /// Whether the day is one of the last 90.
    pub recent: bool,
    /// The channel.
    pub channel: Channel,
    /// The SKU, or [`Sku::unallocated`].
    pub sku: Sku,
    /// The amounts' currency.
    pub currency: Currency,
    /// The day whose rate converts them; of no meaning where the currency is the shop's.
    pub rate_day: Day,
}

/// `mart_pnl_sales`: what was sold.
#[derive(Clone, Debug)]
pub struct SalesRow {
    /// Where it lands.
    pub bucket: Bucket,
    /// Whether the orders stand in a settlement.
    pub settled: bool,
    /// Orders.
    pub orders: i64,
    /// Orders of this SKU alone.
    pub orders_alone: i64,
    /// Orders of this SKU alone that the seller ships and for which no label is settled.
    pub unlabelled_alone: i64,
    /// Units.
    pub units: i64,
    /// Before discounts, without tax.
    pub gross: Money,
    /// Positive.
    pub discount: Money,
    /// What buyers paid for shipping.
    pub shipping_charged: Money,
    /// What they paid beside goods and shipping.
    pub other_income: Money,
    /// The tax that buyers paid beside all of it.
    pub tax: Money,
    /// Order lines without a price.
    pub unpriced_lines: i64,
}

impl SalesRow {
    /// Whether it is more than lines without a price, of which nothing is known to be sold.
    pub(super) fn tells_sales(&self) -> bool {
        self.orders > 0 || self.unpriced_lines == 0 || !self.paid().is_zero()
    }

    /// What buyers paid before tax.
    pub(super) fn paid(&self) -> Money {
        self.gross - self.discount + self.shipping_charged + self.other_income
    }
}

/// `mart_pnl_shares`: one SKU's part of an order of several, by which the order's charges are
/// shared.
#[derive(Clone, Debug)]
pub struct OrderShare {
    /// The order's month, recency, channel, SKU and currency.
    pub bucket: Bucket,
    /// The order.
    pub order_id: String,
    /// Gross less discount: the weight.
    pub value: Money,
    /// Whether the order stands in a settlement.
    pub settled: bool,
    /// Whether the seller ships it and no label is settled.
    pub unlabelled: bool,
}

/// Who tells of a refund; in the order in which they are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundSource {
    /// A settlement that it went through.
    Settlement,
    /// A document of single refunds.
    Single,
    /// The order's own document: all that went back so far.
    Order,
}

impl RefundSource {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Settlement, Self::Single, Self::Order];
}

/// Which of an order's lines a refund names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refunded {
    /// Lines that were sold.
    Sold,
    /// Lines that were cancelled.
    Cancelled,
    /// Nothing tells which.
    Either,
}

/// What the buyer of an order with cancelled lines paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidFor {
    /// The lines that were sold: what was settled comes to them.
    Sold,
    /// The lines that were sold, by the order's own total alone, which an edit may have lowered afterwards.
    SoldByTotal,
    /// All lines, the cancelled ones too.
    All,
    /// Nothing tells.
    Untold,
}

/// `mart_pnl_refunds`: what went back of an order, as one document tells it.
#[derive(Clone, Debug)]
pub struct RefundRow {
    /// Month of the refund.
    pub month: Month,
    /// Whether the day is one of the last 90.
    pub recent: bool,
    /// The channel.
    pub channel: Channel,
    /// The order; empty where the document does not say.
    pub order_id: String,
    /// Who tells of it.
    pub source: RefundSource,
    /// The SKU, or [`Sku::unallocated`].
    pub sku: Sku,
    /// Whether it names no SKU and the order has several to share it.
    pub shared: bool,
    /// The day of the refund: an order's refunds are told in its order.
    pub day: Day,
    /// The amount's currency.
    pub currency: Currency,
    /// Whether the amount holds a part of the buyer's tax.
    pub tax_included: bool,
    /// What went back, positive.
    pub amount: Money,
    /// What the order came to without tax: all that is income.
    pub order_goods: Option<Money>,
    /// The order's tax, and what it held for others.
    pub order_tax: Option<Money>,
    /// What the SKU that the refund names came to without tax; unknown where it names none of the order.
    pub sku_goods: Option<Money>,
    /// The tax of that SKU.
    pub sku_tax: Option<Money>,
    /// Which of the order's lines it names.
    pub names: Refunded,
    /// What the order's cancelled lines in the refund's currency would have come to without tax.
    pub cancelled_goods: Option<Money>,
    /// The tax of its cancelled lines.
    pub cancelled_tax: Option<Money>,
    /// Whether they stand in another currency than the refund.
    pub cancelled_foreign: bool,
    /// Whether an article that was sold, a unit of it or all of them come to as much as they, or only a part of an
    /// article was cancelled.
    pub cancelled_alike: bool,
    /// What the buyer paid for.
    pub paid_for: PaidFor,
    /// Rows whose amount is not known.
    pub unknown_rows: i64,
}

/// `mart_pnl_charges`: settled fees and advertising.
#[derive(Clone, Debug)]
pub struct Charge {
    /// Where it lands; the SKU is [`Sku::unallocated`] where the charge names none.
    pub bucket: Bucket,
    /// The order of several SKUs that has to share it; empty otherwise.
    pub order_id: String,
    /// A kind of settlement line.
    pub kind: String,
    /// As it moves the balance: positive is the seller's.
    pub amount: Money,
}

/// `mart_cost_units`: units whose cost is one and the same.
#[derive(Clone, Debug)]
pub struct CostUnits {
    /// Where the cost lands.
    pub bucket: Bucket,
    /// The SKU itself or a component of it, if it is a bundle.
    pub component: Sku,
    /// The first of the days with one cost.
    pub cost_day: Day,
    /// Units of the component that were sold.
    pub sold: i64,
    /// Units of the component that came back sellable.
    pub restocked: i64,
    /// Units of the SKU that were sold.
    pub sold_of_sku: i64,
}

/// `mart_cost_lines`: what units cost by the order lines that sold them.
#[derive(Clone, Debug)]
pub struct LineCost {
    /// Where the cost lands.
    pub bucket: Bucket,
    /// The units that it is the cost of.
    pub units: i64,
    /// All of them together.
    pub cost: Money,
}

/// `mart_cost_prices`: a row of `costs`.
#[derive(Clone, Debug)]
pub struct CostPrice {
    /// The SKU.
    pub sku: Sku,
    /// The first day it holds.
    pub from: Day,
    /// The last day it holds; without one it holds until the next.
    pub until: Option<Day>,
    /// Landed cost of one unit.
    pub unit_cost: Money,
    /// Its currency.
    pub currency: Currency,
}

/// `mart_cost_receipts`: units that arrived, and what was on hand the evening before.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The SKU.
    pub sku: Sku,
    /// The day.
    pub day: Day,
    /// Units that arrived on it.
    pub received: i64,
    /// Units on hand at the end of the day before, all locations together.
    pub on_hand_before: i64,
    /// The day of the SKU's first count; `None` if it was never counted.
    pub opened_on: Option<Day>,
}

/// `mart_settlements`: one settlement against its lines.
#[derive(Clone, Debug)]
pub struct SettlementRow {
    /// The channel.
    pub channel: Channel,
    /// The settlement.
    pub settlement_id: String,
    /// The currency of its amounts.
    pub currency: String,
    /// What the channel says it paid; unknown where only lines were exported.
    pub total: Option<Money>,
    /// What its lines add up to, payouts apart.
    pub lines_sum: Option<Money>,
    /// Orders that its lines name.
    pub orders: i64,
    /// Of these, orders that no export of orders knows.
    pub unmatched_orders: i64,
}

/// `mart_settlement_unknown`: amounts of one name whose kind nobody knows for certain.
#[derive(Clone, Debug)]
pub struct UnknownKindRow {
    /// The channel.
    pub channel: Channel,
    /// What the settlement calls them.
    pub description: String,
    /// What they are taken for.
    pub kind: String,
    /// Their currency.
    pub currency: Currency,
    /// Lines of settlements.
    pub line_count: i64,
    /// As they move the balance.
    pub amount: Money,
}

/// `mart_unmatched`: an order without settlement, or a settlement line without order.
#[derive(Clone, Debug)]
pub struct UnmatchedRow {
    /// `order` or `settlement`: the side that is there.
    pub side: String,
    /// The channel.
    pub channel: Channel,
    /// The order.
    pub order_id: String,
    /// Settlement and line, or `*` for a whole order.
    pub line: String,
    /// Kind of the settlement line; `sale` for an order.
    pub kind: String,
    /// In the row's own currency; unknown also where an order's lines stand in two.
    pub amount: Option<Money>,
    /// Currency of the amount.
    pub currency: String,
    /// Day of the order or of the posting.
    pub day: Day,
    /// The channel's first posting in the lake.
    pub first_posted: Day,
    /// Whether it is of an order that its export shows as not paid yet.
    pub was_unpaid: bool,
    /// Whether it is a line of an order that its settlement tells whole, so that it counts.
    pub is_whole: bool,
    /// Whether it does not count, because nobody knows its sale.
    pub left_out: bool,
    /// The day the reports stand on.
    pub as_of: Day,
}

/// `mart_tax_untold`: sales of which no file tells the tax.
#[derive(Clone, Debug)]
pub struct UntoldTax {
    /// The channel.
    pub channel: Channel,
    /// The amount's currency.
    pub currency: Currency,
    /// Goods less discounts, with delivery, as the files tell them.
    pub amount: Money,
}

/// What is missing of an amount that a document tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The units that a liquidator took.
    LiquidatedUnits,
    /// The sale that a charge in a list of orders is for.
    SaleOfCharge,
    /// The reason why the money of a cancelled order stayed.
    ReasonToKeep,
    /// The lines of an order whose total a list of orders tells.
    OrderLines,
    /// The sale that a settled charge of such an order is for.
    SaleOfKept,
    /// What the seller paid a carrier for orders that he sent himself.
    Postage,
}

/// `mart_pnl_doubts`: amounts of one channel of which something is missing to count them.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// What is missing.
    pub lacks: Lack,
    /// The channel.
    pub channel: Channel,
    /// The amount's currency.
    pub currency: Currency,
    /// How many amounts.
    pub count: i64,
    /// All of them together, positive but for charges that were given back.
    pub amount: Money,
}

/// Everything the statements are worked out from.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// What was sold.
    pub sales: Vec<SalesRow>,
    /// Orders of several SKUs that share a charge.
    pub shares: Vec<OrderShare>,
    /// Settled fees and advertising.
    pub charges: Vec<Charge>,
    /// Refunds, as each document tells them.
    pub refunds: Vec<RefundRow>,
    /// Orders by month and channel.
    pub orders: Vec<(Month, Channel, i64)>,
    /// Units by cost.
    pub cost_units: Vec<CostUnits>,
    /// Costs by order lines.
    pub line_costs: Vec<LineCost>,
    /// Costs by day.
    pub cost_prices: Vec<CostPrice>,
    /// Receipts, for the moving average.
    pub receipts: Vec<Receipt>,
    /// Rates into the shop's currency.
    pub rates: Vec<DatedRate>,
    /// Settlements.
    pub settlements: Vec<SettlementRow>,
    /// Orders and settlement lines that lack the other.
    pub unmatched: Vec<UnmatchedRow>,
    /// Orders that come to something else than they should.
    pub order_differences: Vec<OrderDifference>,
    /// How the orders of each file come out.
    pub order_totals: Vec<OrderTotals>,
    /// Amounts of settlements whose kind nobody knows for certain.
    pub unknown_kinds: Vec<UnknownKindRow>,
    /// Sales that may hold tax.
    pub untold_tax: Vec<UntoldTax>,
    /// Amounts of which something is missing to count them.
    pub doubts: Vec<Doubt>,
}

//! The arithmetic: from sums to statements.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::allocate::{Orders, weights};
use super::costs::Costs;
use super::estimate::{fixed, proportional};
use super::fee_base::{FeeBase, FeeBases};
use super::input::{Bucket, Charge, CostUnits, Input, OrderShare, SalesRow, SettlementRow, UnmatchedRow};
use super::line::{
    COST_OF_GOODS, DISCOUNTS, Effect, GROSS_SALES, LINES, OTHER_INCOME, PAYMENT_FEES, SHIPPING_CHARGED, SHIPPING_PAID,
};
use super::line_costs::LineCosts;
use super::losing::{LosingSku, losing};
use super::order_totals::{OrderDifference, OrderTotals};
use super::rates::Exchange;
use super::refunds::refunds;
use super::statement::Statement;
use super::warnings::warnings;
use crate::config::{FeeSchedule, Settings};
use crate::error::Diagnostic;
use crate::types::{Channel, Currency, Day, Money, Month, Sku};

/// Days up to the run's that count as recent; `queries/mart_pnl_*` say so too.
pub const RECENT_DAYS: i32 = 90;

/// What every channel and SKU earned.
#[derive(Clone, Debug)]
pub struct Pnl {
    /// The currency of every amount.
    pub currency: Currency,
    /// By month, channel and SKU; what belongs to no SKU stands at [`Sku::unallocated`].
    pub by_sku: BTreeMap<(Month, Channel, Sku), Statement>,
    /// By month and channel: the sums of `by_sku`, orders apart, which are counted once.
    pub by_channel: BTreeMap<(Month, Channel), Statement>,
    /// The last 90 days by channel and SKU.
    pub recent: BTreeMap<(Channel, Sku), Statement>,
    /// SKUs that lost money in the last 90 days.
    pub losing: Vec<LosingSku>,
    /// Settlements against their lines.
    pub settlements: Vec<SettlementRow>,
    /// Orders and settlement lines that lack the other.
    pub unmatched: Vec<UnmatchedRow>,
    /// Orders that come to something else than they should.
    pub order_differences: Vec<OrderDifference>,
    /// How the orders of each file come out.
    pub order_totals: Vec<OrderTotals>,
    /// What a person should know about these numbers.
    pub diagnostics: Vec<Diagnostic>,
}

/// Works out every statement.
pub fn statements(input: &Input, settings: &Settings) -> Pnl {
    let exchange = Exchange::new(settings.shop.currency, &input.rates);
    let costs = Costs::new(input, settings.shop.cost_method, &exchange);
    let refunds = refunds(&input.refunds);
    let charges: Vec<&Charge> = input.charges.iter().chain(&refunds).collect();
    let book = Book {
        input,
        fee_bases: FeeBases::new(settings, &input.sales, &charges),
        charges: &charges,
        exchange: &exchange,
        costs: &costs,
        orders: Orders::new(&input.shares),
        schedules: settings.channels.iter().map(|channel| (&channel.name, channel.fees)).collect(),
        settling: settling(input, settings),
    };
    let by_sku = book.statements(|bucket| Some((bucket.month, bucket.channel.clone(), bucket.sku.clone())));
    let recent = book.statements(|bucket| bucket.recent.then(|| (bucket.channel.clone(), bucket.sku.clone())));
    let by_channel = channels(&by_sku, &input.orders);
    Pnl {
        currency: settings.shop.currency,
        losing: losing(&recent),
        diagnostics: warnings(input, &refunds, settings, &by_sku, &exchange, &costs),
        by_sku,
        by_channel,
        recent,
        settlements: input.settlements.clone(),
        unmatched: input.unmatched.clone(),
        order_differences: input.order_differences.clone(),
        order_totals: input.order_totals.clone(),
    }
}

impl Pnl {
    /// Every channel's statement over all months, for charts.
    pub fn channel_totals(&self) -> BTreeMap<Channel, Statement> {
        let mut totals: BTreeMap<Channel, Statement> = BTreeMap::new();
        for ((_, channel), statement) in &self.by_channel {
            totals.entry(channel.clone()).or_default().merge(statement);
        }
        totals
    }

    /// Every channel's statement over the last [`RECENT_DAYS`] days; orders are those of its SKUs and
    /// count an order of two SKUs twice.
    pub fn recent_channels(&self) -> BTreeMap<Channel, Statement> {
        let mut totals: BTreeMap<Channel, Statement> = BTreeMap::new();
        for ((channel, _), statement) in &self.recent {
            totals.entry(channel.clone()).or_default().merge(statement);
        }
        totals
    }

    /// What one unit of the SKU contributed on the channel in the last 90 days, to the cent; `None`
    /// where that is unknown or none was sold.
    pub fn unit_margin(&self, channel: &Channel, sku: &Sku) -> Option<Money> {
        self.recent.get(&(channel.clone(), sku.clone()))?.contribution_per_unit()
    }
}

/// The sums of the SKUs, with orders as they were counted for the whole channel.
fn channels(
    by_sku: &BTreeMap<(Month, Channel, Sku), Statement>,
    orders: &[(Month, Channel, i64)],
) -> BTreeMap<(Month, Channel), Statement> {
    let mut sums: BTreeMap<(Month, Channel), Statement> = BTreeMap::new();
    for ((month, channel, _), statement) in by_sku {
        sums.entry((*month, channel.clone())).or_default().merge(statement);
    }
    let counted: BTreeMap<(Month, &Channel), i64> =
        orders.iter().map(|(month, channel, count)| ((*month, channel), *count)).collect();
    for ((month, channel), sum) in &mut sums {
        sum.orders = counted.get(&(*month, channel)).copied().unwrap_or(0);
    }
    sums
}

/// Everything that one pass over the rows needs.
struct Book<'a> {
    input: &'a Input,
    /// Fees, advertising and refunds.
    charges: &'a [&'a Charge],
    fee_bases: FeeBases<'a>,
    exchange: &'a Exchange,
    costs: &'a Costs,
    orders: Orders<'a>,
    schedules: BTreeMap<&'a Channel, FeeSchedule>,
    settling: BTreeSet<&'a Channel>,
}

/// Marketplaces, and every channel that ever settled. Of the others nobody knows what share of their
/// fees a settlement would tell: all of them are estimated.
fn settling<'a>(input: &'a Input, settings: &'a Settings) -> BTreeSet<&'a Channel> {
    let marketplaces = settings.channels.iter().filter(|channel| channel.kind.is_marketplace());
    let settled = input.settlements.iter().map(|row| &row.channel);
    marketplaces.map(|channel| &channel.name).chain(settled).collect()
}

/// Amounts of one key before they are converted: the sums that a day's rate is applied to.
#[derive(Default)]
struct Page {
    statement: Statement,
    amounts: HashMap<(usize, Currency, Day), Money>,
    settled: HashMap<(Currency, Day), Money>,
    /// What the rates of estimated fees are taken of.
    unsettled: HashMap<(Currency, Day), FeeBase>,
    line_costs: LineCosts,
    unsettled_units: i64,
    unsettled_orders: i64,
    unlabelled_orders: i64,
    fixed: [Money; 2],
}

/// Where the parts of fees per order of several SKUs are kept in [`Page::fixed`].
const SHARED_PAYMENT: usize = 0;
const SHARED_SHIPPING: usize = 1;

impl Book<'_> {
    /// One statement per key; rows without a key are left out.
    fn statements<K: Ord + Clone + HasChannel>(&self, key: impl Fn(&Bucket) -> Option<K>) -> BTreeMap<K, Statement> {
        let mut pages: BTreeMap<K, Page> = BTreeMap::new();
        for row in self.input.sales.iter().filter(|row| row.tells_sales()) {
            if let Some(key) = key(&row.bucket) {
                self.sale(pages.entry(key).or_default(), row);
            }
        }
        for charge in self.charges {
            for (bucket, amount) in self.landed(charge) {
                if let Some(key) = key(&bucket) {
                    add_charge(pages.entry(key).or_default(), charge, &bucket, amount);
                }
            }
        }
        for lines in self.orders.each() {
            for (line, [payment, shipping]) in lines.iter().zip(self.per_order(lines)) {
                if let Some(key) = key(&line.bucket) {
                    let page = pages.entry(key).or_default();
                    page.fixed[SHARED_PAYMENT] += payment;
                    page.fixed[SHARED_SHIPPING] += shipping;
                }
            }
        }
        for units in &self.input.cost_units {
            if let Some(key) = key(&units.bucket) {
                self.cost(pages.entry(key).or_default(), units);
            }
        }
        for line in &self.input.line_costs {
            if let Some(page) = key(&line.bucket).and_then(|key| pages.get_mut(&key)) {
                page.line_costs.add_cost(line);
            }
        }
        pages.into_iter().map(|(key, page)| (key.clone(), self.close(page, key.channel()))).collect()
    }

    fn sale(&self, page: &mut Page, row: &SalesRow) {
        let bucket = &row.bucket;
        let place = (bucket.currency, bucket.rate_day);
        page.statement.orders += row.orders;
        page.statement.units += row.units;
        page.unlabelled_orders += row.unlabelled_alone;
        for (line, amount) in [
            (GROSS_SALES, row.gross),
            (DISCOUNTS, row.discount),
            (SHIPPING_CHARGED, row.shipping_charged),
            (OTHER_INCOME, row.other_income),
        ] {
            *page.amounts.entry((line, place.0, place.1)).or_default() += amount;
        }
        if row.settled {
            *page.settled.entry(place).or_default() += row.gross;
        }
        if !row.settled {
            let base = self.fee_bases.base(&bucket.channel, bucket.currency, row.paid(), row.tax);
            *page.unsettled.entry(place).or_default() += base;
            page.unsettled_units += row.units;
            page.unsettled_orders += row.orders_alone;
        }
    }

    /// The buckets that a charge lands in, with their parts.
    fn landed(&self, charge: &Charge) -> Vec<(Bucket, Money)> {
        if charge.order_id.is_empty() {
            return vec![(charge.bucket.clone(), charge.amount)];
        }
        let parts = self.orders.share(&charge.bucket.channel, &charge.order_id, charge.amount);
        parts.into_iter().map(|(sku, part)| (Bucket { sku, ..charge.bucket.clone() }, part)).collect()
    }

    /// Fees per order, shared among its SKUs: payment and shipping, each where it is estimated.
    fn per_order(&self, lines: &[&OrderShare]) -> Vec<[Money; 2]> {
        let first = lines[0];
        let schedule = self.schedule(&first.bucket.channel);
        let due = |due: bool, fee: Money| if due { fee } else { Money::ZERO };
        let weights = weights(lines);
        let payment = due(!first.settled, schedule.payment_per_order).split(&weights);
        let shipping = due(first.unlabelled, schedule.shipping_per_order).split(&weights);
        payment.into_iter().zip(shipping).map(|(payment, shipping)| [payment, shipping]).collect()
    }

    fn cost(&self, page: &mut Page, units: &CostUnits) {
        let statement = &mut page.statement;
        match self.costs.on(&units.component, units.cost_day) {
            None if units.component == units.bucket.sku && !self.costs.has_any(&units.component) => {
                page.line_costs.add_units(units);
            }
            Some(cost) => statement.add(COST_OF_GOODS, cost.checked_times(units.sold - units.restocked)),
            None => statement.lack_cost(units.sold_of_sku),
        }
    }

    /// Converts, estimates and closes.
    fn close(&self, page: Page, channel: &Channel) -> Statement {
        let mut statement = page.statement;
        let schedule = self.schedule(channel);
        for ((line, currency, day), amount) in page.amounts {
            statement.add(line, self.exchange.convert(amount, currency, day));
        }
        if !self.settling.contains(channel) {
            statement.add_settled(None);
        }
        for ((currency, day), amount) in page.settled {
            statement.add_settled(self.exchange.convert(amount, currency, day));
        }
        for ((currency, day), base) in page.unsettled {
            for (line, fee) in proportional(&schedule, base) {
                statement.add_estimate(line, self.exchange.convert(fee, currency, day));
            }
        }
        for (line, fee) in fixed(&schedule, page.unsettled_units, page.unsettled_orders) {
            statement.add_estimate(line, fee);
        }
        statement.add_estimate(PAYMENT_FEES, Some(page.fixed[SHARED_PAYMENT]));
        let labels = schedule.shipping_per_order.checked_times(page.unlabelled_orders);
        statement
            .add_estimate(SHIPPING_PAID, labels.and_then(|labels| labels.checked_add(page.fixed[SHARED_SHIPPING])));
        if let Some(by_lines) = page.line_costs.close(self.exchange) {
            statement.add(COST_OF_GOODS, by_lines.cost);
            if by_lines.lacking > 0 {
                statement.lack_cost(by_lines.lacking);
            }
        }
        statement.close();
        statement
    }

    fn schedule(&self, channel: &Channel) -> FeeSchedule {
        self.schedules.get(channel).copied().unwrap_or_default()
    }
}

/// Adds a part of a charge to the line of its kind, turned into the line's own sense.
fn add_charge(page: &mut Page, charge: &Charge, bucket: &Bucket, amount: Money) {
    let Some(line) = super::line::of_kind(&charge.kind) else { return };
    let own_sense = if LINES[line].effect == Effect::Subtracts { -amount } else { amount };
    *page.amounts.entry((line, bucket.currency, bucket.rate_day)).or_default() += own_sense;
}

/// Keys of statements that name a channel.
trait HasChannel {
    fn channel(&self) -> &Channel;
}

impl HasChannel for (Month, Channel, Sku) {
    fn channel(&self) -> &Channel {
        &self.1
    }
}

impl HasChannel for (Channel, Sku) {
    fn channel(&self) -> &Channel {
        &self.0
    }
}

//! Demand as the forecast takes it.

use std::collections::BTreeMap;

use super::credited::CreditedLine;
use super::promotion::Promotion;
use crate::types::{Channel, Day, Money, Sku};

/// What customers wanted of one SKU on one channel, on every day from the first on which it is known to
/// have been on offer to the as-of day.
#[derive(Clone, Debug, PartialEq)]
pub struct DemandSeries {
    /// The product.
    pub sku: Sku,
    /// The channel.
    pub channel: Channel,
    /// The first day.
    pub first: Day,
    /// Units wanted on each day, those refused for want of stock included.
    pub units: Vec<f32>,
    /// Share of each day on which nothing was left to sell, 0 to 1: then `units` is a lower bound.
    pub out_of_stock: Vec<f32>,
    /// Whether a promotion ran on each day.
    pub promotion: Vec<bool>,
    /// Whether each day is distorted by one bulk order.
    pub outlier: Vec<bool>,
    /// Units of the largest order line of each day.
    pub largest_line: Vec<f32>,
    /// Order lines of each day.
    pub lines: Vec<f32>,
    /// Whether the first day is only known because something was sold on it: then it is no day like
    /// the others, and that sale says nothing of how often there is one.
    pub opened_by_sale: bool,
}

impl DemandSeries {
    /// A series of plain days: never out of stock, no promotion, nothing marked, one order line on each
    /// day that sold, on offer since the first day.
    pub fn plain(sku: Sku, channel: Channel, first: Day, units: Vec<f32>) -> Self {
        let days = units.len();
        Self {
            sku,
            channel,
            first,
            largest_line: units.clone(),
            lines: units.iter().map(|units| if *units > 0.0 { 1.0 } else { 0.0 }).collect(),
            units,
            out_of_stock: vec![0.0; days],
            promotion: vec![false; days],
            outlier: vec![false; days],
            opened_by_sale: false,
        }
    }

    /// Units that are no number, or beyond any demand, become 0: nothing else can be said of them.
    pub(crate) fn keep_numbers(&mut self) {
        const MOST: f32 = 1e9;
        for units in self.units.iter_mut().chain(&mut self.largest_line).chain(&mut self.lines) {
            *units = if units.is_finite() { units.clamp(0.0, MOST) } else { 0.0 };
        }
        for share in &mut self.out_of_stock {
            *share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        }
    }

    /// How many days.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// True without days.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

/// What is known of a product beside its sales.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProductFacts {
    /// Its category.
    pub category: Option<String>,
    /// Its class in the policy.
    pub class: Option<String>,
    /// The product whose demand stands in for its own while it is new.
    pub analog: Option<Sku>,
    /// Days from order to delivery.
    pub lead_time_days: Option<u32>,
    /// Least units of an order to the supplier.
    pub minimum_order: Option<i64>,
    /// Units in a case.
    pub case_pack: Option<i64>,
    /// Landed cost of one unit, in the shop's currency.
    pub unit_cost: Option<Money>,
    /// No demand after this day.
    pub discontinued_on: Option<Day>,
}

/// Demand of the whole shop.
#[derive(Clone, Debug, PartialEq)]
pub struct Demand {
    /// The last day of every series.
    pub as_of: Day,
    /// By SKU, then channel.
    pub series: Vec<DemandSeries>,
    /// The pool each channel's orders draw on.
    pub pools: BTreeMap<Channel, String>,
    /// What is known of the products.
    pub products: BTreeMap<Sku, ProductFacts>,
    /// Promotions, past and planned.
    pub promotions: Vec<Promotion>,
    /// Order lines that were credited whole within a day and are left out of every series.
    pub credited: Vec<CreditedLine>,
}

impl Demand {
    /// What was wanted of a SKU on a channel.
    pub fn of(&self, sku: &Sku, channel: &Channel) -> Option<&DemandSeries> {
        self.position(sku, channel).map(|index| &self.series[index])
    }

    /// The place of a SKU's series on a channel.
    pub(crate) fn position(&self, sku: &Sku, channel: &Channel) -> Option<usize> {
        self.series.binary_search_by(|series| (&series.sku, &series.channel).cmp(&(sku, channel))).ok()
    }
}

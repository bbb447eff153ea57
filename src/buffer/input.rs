//! What must be known of one listing before anything can be held back.

use super::overrides::Ask;
use crate::types::{Channel, Day, Money, Sku};

/// One SKU on one channel, with what the other stages found out about it.
#[derive(Clone, Debug, PartialEq)]
pub struct ListingInput {
    /// The product.
    pub sku: Sku,
    /// The channel.
    pub channel: Channel,
    /// The class that `products` gives it.
    pub product_class: Option<String>,
    /// The stock that the channel's orders draw on.
    pub pool: PoolStock,
    /// What the live system holds back and shows at present.
    pub present: Present,
    /// How it sells.
    pub demand: ListingDemand,
    /// What the forecast says about the time until the next delivery.
    pub lead_time: LeadTime,
    /// How old the channel's count can be.
    pub lag: Lag,
    /// What one sold unit leaves after all costs.
    pub unit_margin: Option<Money>,
    /// Promotions that touch it.
    pub promotion: Promotion,
    /// Units between book and channel that nothing explains, without sign; 0 if all is explained.
    pub unexplained_drift_units: i64,
}

/// The stock that one or more channels draw on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PoolStock {
    /// The pool's name: `main`.
    pub name: String,
    /// On hand − reserved − damaged − on hold, in units; can be negative.
    pub available: Option<i64>,
    /// Units on their way to the pool. Never counted as available.
    pub inbound: i64,
}

/// What the live system works with now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// Units held back: a person's number, else what was last published.
    pub buffer: Option<i64>,
    /// Units the channel shows.
    pub listed: Option<i64>,
    /// What a person decided about the number.
    pub number: Option<Decision>,
    /// What a person decided about whether it is shown.
    pub showing: Option<Decision>,
}

/// A person's override of a listing that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Its number in the source of truth.
    pub id: String,
    /// What it asks for.
    pub ask: Ask,
    /// Who, if it was written down.
    pub owner: Option<String>,
    /// Why, if it was written down.
    pub reason: Option<String>,
    /// The last day it holds; none is until further notice.
    pub until: Option<Day>,
}

impl Decision {
    /// The units that it holds back, if it decides a number.
    pub fn units(&self) -> Option<i64> {
        match self.ask {
            Ask::HoldBack(units) => Some(units),
            _ => None,
        }
    }
}

/// How a listing and its pool sell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ListingDemand {
    /// Units a day on this channel, on days in stock.
    pub own_units_per_day: f64,
    /// Units a day on all channels of the pool, this one included.
    pub pool_units_per_day: f64,
    /// Units of the whole pool expected in one lag at peak velocity.
    pub peak_units_in_lag: Option<f64>,
    /// How many times as much the coming week sells as the days that were seen, by the season of the
    /// year; `None` where none is known.
    pub season: Option<f64>,
    /// Variance of the pool's daily units over their mean.
    pub variance_to_mean: Option<f64>,
    /// Days of history.
    pub days_observed: i64,
    /// Of these, days in stock.
    pub days_in_stock: i64,
}

/// Demand on this channel until the next delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LeadTime {
    /// Days until a new delivery, as `products` has it.
    pub days: Option<u32>,
    /// Expected units in that time.
    pub mean_units: Option<f64>,
    /// Units that cover that time with the policy's service level.
    pub quantile_units: Option<f64>,
}

/// How old a channel's count can be.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lag {
    /// Seconds from a change at the source of truth until the channel shows it: the 95th percentile
    /// of what was measured. None where nothing was: then the promised sync tier is assumed.
    pub seconds: Option<f64>,
    /// Seconds between two pushes that the measurement does not contain; 0 where a change is sent
    /// at once or the lag was measured from the change itself.
    pub period_seconds: f64,
    /// How many changes were measured.
    pub events: i64,
}

/// What promotions mean for a listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promotion {
    /// The state of a promotion on this channel.
    pub state: PromotionState,
    /// Units that wait for a promotion on another channel of the pool.
    pub reserved_elsewhere: i64,
    /// The last day of the promotion on this channel.
    pub until: Option<Day>,
}

/// Whether a promotion runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PromotionState {
    /// None that matters now.
    #[default]
    None,
    /// It begins within the advance reserve.
    Planned,
    /// It runs.
    Active,
    /// A flash sale runs.
    FlashSale,
}

impl PromotionState {
    /// True while buyers see it.
    pub fn is_active(self) -> bool {
        matches!(self, Self::Active | Self::FlashSale)
    }
}

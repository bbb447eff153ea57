//! Which level of the policy decides? Each value with the place that it was written at.

use super::settings::{
    ChannelKind, ChannelSettings, HoldbackModel, Multiplier, PolicyLevel, PolicyScope, PolicyTree, Settings, SyncTier,
};
use crate::types::{Rate, Sku};

/// Units in the pool below which the lowest tier is paused.
const PAUSE_BELOW: i64 = 20;
/// The same while a flash sale runs.
const PAUSE_BELOW_IN_FLASH_SALE: i64 = 30;

/// Days that an order which nobody has paid may hold stock: within a week a bank transfer or a payment in a
/// shop has come, or never does.
const UNPAID_RESERVE_DAYS: u32 = 7;

/// A value with the place that decided it.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved<T> {
    /// What holds.
    pub value: T,
    /// The level that says so.
    pub scope: PolicyScope,
    /// That level's line in `trueup.toml`; none for trueup's own default.
    pub line: Option<usize>,
}

impl<T> Resolved<T> {
    /// The place as people read it: `trueup.toml:31 (channel amazon)`, or `trueup's default`.
    pub fn rule(&self, file: &str) -> String {
        let level = match &self.scope {
            PolicyScope::Default => return "trueup's default".to_owned(),
            PolicyScope::Global => "policy".to_owned(),
            PolicyScope::Channel(channel) => format!("channel {channel}"),
            PolicyScope::Class(class) => format!("class {class}"),
            PolicyScope::Sku(sku) => format!("sku {sku}"),
        };
        match self.line {
            Some(line) => format!("{file}:{line} ({level})"),
            None => format!("{file} ({level})"),
        }
    }
}

/// Everything the policy says about one listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The model of the hold-back.
    pub holdback: Resolved<HoldbackModel>,
    /// How the risk multiplier enters the cover target.
    pub multiplier_form: Resolved<Multiplier>,
    /// Cover target × this.
    pub risk_multiplier: Resolved<f64>,
    /// Rule of thumb: units in the lag × this.
    pub risk_factor: Resolved<f64>,
    /// Accepted chance per stock-out that the lag sells more than the hold-back.
    pub oversell_risk: Resolved<f64>,
    /// Share of available stock that is not shown (percentage form).
    pub reserve_rate: Resolved<Rate>,
    /// Units that are not shown (flat form).
    pub flat_units: Resolved<i64>,
    /// Least hold-back: the highest floor of all levels, since none overrides another's.
    pub floor_units: Resolved<i64>,
    /// Most units listed: the lowest cap of all levels.
    pub cap_units: Option<Resolved<i64>>,
    /// The listing is paused when the pool has fewer units; 0 never pauses.
    pub pause_below: Resolved<i64>,
    /// The same while a flash sale runs.
    pub pause_below_in_flash_sale: Resolved<i64>,
    /// Safety stock in the cover target, if it is not to be computed.
    pub safety_stock_units: Option<Resolved<i64>>,
    /// Chance of no stock-out in one replenishment cycle.
    pub service_level: Resolved<f64>,
    /// Days until a new delivery where the product does not tell.
    pub lead_time_days: Resolved<u32>,
    /// Days of cover below which stock at the channel's warehouse is replenished.
    pub cover_days: Resolved<u32>,
    /// The promised sync tier.
    pub sync: Resolved<SyncTier>,
    /// A larger change of the published number waits for a person.
    pub approve_above: Resolved<Rate>,
    /// Changes up to so many units wait for nobody, however large their share is.
    pub small_change_units: Resolved<i64>,
    /// Hours before a promotion begins from which its units are kept for it.
    pub promotion_reserve_hours: Resolved<u32>,
    /// Units of the pool in half an hour from which a listing needs real time.
    pub real_time_from_units: Resolved<f64>,
    /// Units of the pool in an hour up to which batch is soon enough.
    pub batch_up_to_units: Resolved<f64>,
    /// Days between two looks at what to order.
    pub review_days: Resolved<u32>,
    /// Days from its order on that an order which nobody has paid may hold stock.
    pub unpaid_reserve_days: Resolved<u32>,
    /// Days of demand that one order covers beyond the lead time.
    pub order_cycle_days: Resolved<u32>,
}

impl Settings {
    /// The policy of one listing. `product_class` is the class in `products`; a class that lists the
    /// SKU in the settings goes before it.
    ///
    /// The SKU's own table decides before its class, the class before the channel, the channel before
    /// `[policy]`, and that before trueup's default. Floors and caps are limits and not values: of
    /// all levels the strictest holds.
    pub fn policy_for(&self, channel: &ChannelSettings, product_class: Option<&str>, sku: &Sku) -> Policy {
        let levels = Levels::of(&self.policy, channel, product_class, sku);
        let marketplace = channel.kind.is_marketplace();
        let lowest_tier = channel.tier >= 3 || channel.kind == ChannelKind::Tiktok;
        let paused = |units| if lowest_tier { units } else { 0 };
        Policy {
            holdback: levels.value(HoldbackModel::Quantile, |level| level.holdback),
            multiplier_form: levels.value(Multiplier::Whole, |level| level.multiplier_form),
            risk_multiplier: levels.value(default_multiplier(channel.kind), |level| level.risk_multiplier),
            risk_factor: levels.value(1.5, |level| level.risk_factor),
            oversell_risk: levels.value(if marketplace { 0.01 } else { 0.05 }, |level| level.oversell_risk),
            reserve_rate: levels.value(default_reserve(marketplace), |level| level.reserve_rate),
            flat_units: levels.value(5, |level| level.flat_units),
            floor_units: levels
                .strictest(|level| level.floor_units, |new, old| new > old)
                .unwrap_or_else(|| default(0)),
            cap_units: levels.strictest(|level| level.cap_units, |new, old| new < old),
            pause_below: levels.value(paused(PAUSE_BELOW), |level| level.pause_below),
            pause_below_in_flash_sale: levels
                .value(paused(PAUSE_BELOW_IN_FLASH_SALE), |level| level.pause_below_in_flash_sale),
            safety_stock_units: levels.written(|level| level.safety_stock_units),
            service_level: levels.value(0.95, |level| level.service_level),
            lead_time_days: levels.value(14, |level| level.lead_time_days),
            cover_days: levels.value(14, |level| level.cover_days),
            sync: levels.value(channel.sync, |level| level.sync),
            approve_above: levels.value(Rate::from_millionths(500_000), |level| level.approve_above),
            small_change_units: levels.value(2, |level| level.small_change_units),
            promotion_reserve_hours: levels.value(48, |level| level.promotion_reserve_hours),
            real_time_from_units: levels.value(0.5, |level| level.real_time_from_units),
            batch_up_to_units: levels.value(0.02, |level| level.batch_up_to_units),
            review_days: levels.value(1, |level| level.review_days),
            unpaid_reserve_days: levels.value(UNPAID_RESERVE_DAYS, |level| level.unpaid_reserve_days),
            order_cycle_days: levels.value(14, |level| level.order_cycle_days),
        }
    }
}

fn default_multiplier(kind: ChannelKind) -> f64 {
    match kind {
        ChannelKind::Amazon => 1.5,
        ChannelKind::Tiktok => 1.3,
        _ => 1.0,
    }
}

fn default_reserve(marketplace: bool) -> Rate {
    Rate::from_millionths(if marketplace { 150_000 } else { 50_000 })
}

fn default<T>(value: T) -> Resolved<T> {
    Resolved { value, scope: PolicyScope::Default, line: None }
}

/// The levels that speak about one listing, the most particular first.
struct Levels<'a>(Vec<(PolicyScope, &'a PolicyLevel)>);

impl<'a> Levels<'a> {
    fn of(tree: &'a PolicyTree, channel: &ChannelSettings, product_class: Option<&str>, sku: &Sku) -> Self {
        let mut levels = Vec::with_capacity(4);
        if let Some(level) = tree.skus.get(sku) {
            levels.push((PolicyScope::Sku(sku.clone()), level));
        }
        let class = tree.class_of.get(sku).map(String::as_str).or(product_class);
        if let Some((class, level)) = class.and_then(|class| tree.classes.get_key_value(class)) {
            levels.push((PolicyScope::Class(class.clone()), level));
        }
        if let Some(level) = tree.channels.get(&channel.name) {
            levels.push((PolicyScope::Channel(channel.name.clone()), level));
        }
        levels.push((PolicyScope::Global, &tree.global));
        Self(levels)
    }

    fn all<T>(&self, get: impl Fn(&PolicyLevel) -> Option<T>) -> impl Iterator<Item = Resolved<T>> {
        self.0.iter().filter_map(move |(scope, level)| {
            let line = (level.line > 0).then_some(level.line);
            get(level).map(|value| Resolved { value, scope: scope.clone(), line })
        })
    }

    fn written<T>(&self, get: impl Fn(&PolicyLevel) -> Option<T>) -> Option<Resolved<T>> {
        self.all(get).next()
    }

    fn value<T>(&self, otherwise: T, get: impl Fn(&PolicyLevel) -> Option<T>) -> Resolved<T> {
        self.written(get).unwrap_or_else(|| default(otherwise))
    }

    /// The strictest of all levels; of equals the widest scope is named, since it binds the others.
    fn strictest(
        &self,
        get: impl Fn(&PolicyLevel) -> Option<i64>,
        stricter: impl Fn(i64, i64) -> bool,
    ) -> Option<Resolved<i64>> {
        self.all(get).reduce(|held, next| if stricter(held.value, next.value) { held } else { next })
    }
}

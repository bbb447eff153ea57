//! What promotions mean for one listing.

use super::Sources;
use super::facts::{Facts, PromotionFact};
use crate::buffer::{Promotion, PromotionState};
use crate::config::ChannelSettings;
use crate::types::{Channel, Sku};

pub(super) fn promotion(facts: &Facts, sources: &Sources<'_>, sku: &Sku, channel: &ChannelSettings) -> Promotion {
    let settings = sources.settings;
    let class = facts.classes.get(sku).map(String::as_str);
    let of_sku = || facts.promotions.iter().filter(|one| one.sku == *sku);
    let is_near = |one: &PromotionFact, channel: &ChannelSettings| {
        let hours = settings.policy_for(channel, class, sku).promotion_reserve_hours.value;
        one.from <= sources.as_of_end.plus_seconds(i64::from(hours) * 3600)
    };
    let mut promotion = Promotion::default();
    let own = of_sku().filter(|one| one.channel == channel.name || one.channel == Channel::all());
    for one in own.filter(|one| is_near(one, channel)) {
        let state = state(sources, one);
        let last_day = one.until.plus_seconds(-1).day_in(settings.shop.time_zone);
        promotion.until = promotion.until.max(Some(last_day));
        promotion.state = stronger(promotion.state, state);
    }
    let elsewhere = of_sku().filter(|one| one.channel != channel.name && one.channel != Channel::all());
    let of_pool = |one: &&PromotionFact| {
        let other = settings.channel(one.channel.as_str()).filter(|other| other.pool == channel.pool);
        other.is_some_and(|other| is_near(one, other))
    };
    promotion.reserved_elsewhere =
        elsewhere.filter(of_pool).map(|one| (one.units - sold_since(sources, one)).max(0)).sum();
    promotion
}

fn state(sources: &Sources<'_>, one: &PromotionFact) -> PromotionState {
    match (one.from <= sources.as_of_end, one.flash_sale) {
        (true, true) => PromotionState::FlashSale,
        (true, false) => PromotionState::Active,
        (false, _) => PromotionState::Planned,
    }
}

fn stronger(a: PromotionState, b: PromotionState) -> PromotionState {
    let rank = |state| match state {
        PromotionState::None => 0,
        PromotionState::Planned => 1,
        PromotionState::Active => 2,
        PromotionState::FlashSale => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// Units of its own reserve that a running promotion has sold.
fn sold_since(sources: &Sources<'_>, one: &PromotionFact) -> i64 {
    let (demand, settings) = (sources.demand, sources.settings);
    let key = (&one.sku, &one.channel);
    let found = demand.series.binary_search_by(|series| (&series.sku, &series.channel).cmp(&key));
    let Ok(index) = found else { return 0 };
    let series = &demand.series[index];
    let skip = one.from.day_in(settings.shop.time_zone).since(series.first).max(0) as usize;
    series.units.iter().skip(skip).map(|units| *units as i64).sum()
}

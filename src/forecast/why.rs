//! Why does a forecast say what it says? The models, and what a new product's level rests on.

use std::collections::BTreeMap;

use super::analog;
use super::engine::EngineForecast;
use super::history::{NEW_DAYS, Target, first_day};
use super::prior::Source;
use super::shop::Shop;

/// What decides a new product's level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Decider {
    Others(Source),
    OwnOrders,
}

impl Shop<'_> {
    /// Why these models, and what a new product's level rests on.
    pub(super) fn why(&self, target: usize, answer: &EngineForecast) -> String {
        let reason = answer.reason(target);
        let target = &self.targets[target];
        let is_new = self.demand.as_of.since(first_day(self.demand, target)) + 1 < NEW_DAYS as i32;
        match is_new.then(|| self.rests_on(target)).flatten() {
            Some(words) => format!("new: {words}; {reason}"),
            None => reason,
        }
    }

    /// What a new product's level rests on; `None` where enough was seen of it.
    fn rests_on(&self, target: &Target) -> Option<String> {
        let facts = self.demand.products.get(&target.sku);
        let name = |name: Option<&str>| name.map_or_else(String::new, |name| format!(" `{name}`"));
        let analog = || name(facts.and_then(|facts| facts.analog.as_ref()).map(|analog| analog.as_str()));
        if analog::before(self.demand, self.comparable, self.scant, target).is_some() {
            return Some(format!("starts from the demand of{}", analog()));
        }
        Some(match self.decider(target)? {
            Decider::OwnOrders => "goes by its own orders".to_owned(),
            Decider::Others(Source::Analog) => format!("leans on the demand of{}", analog()),
            Decider::Others(Source::Category) => {
                format!("leans on the category{}", name(facts.and_then(|facts| facts.category.as_deref())))
            }
            Decider::Others(Source::Channel) => "leans on what else its channel sells".to_owned(),
            Decider::Others(Source::NewListings) => "leans on its channel's other new listings".to_owned(),
            Decider::Others(Source::Nothing) => "nothing tells what its like sell".to_owned(),
        })
    }

    /// Whose sales make the largest part of the level that is believed, over all of its channels.
    fn decider(&self, target: &Target) -> Option<Decider> {
        let mut parts: BTreeMap<Decider, f64> = BTreeMap::new();
        for pace in target.parts.iter().map(|part| self.scant.pace(*part)).collect::<Option<Vec<_>>>()? {
            *parts.entry(Decider::Others(pace.source)).or_default() += pace.of_prior;
            *parts.entry(Decider::OwnOrders).or_default() += pace.per_day - pace.of_prior;
        }
        // Of equal parts the first stands: others before its own orders.
        let largest = |a: (Decider, f64), b: (Decider, f64)| if b.1 > a.1 { b } else { a };
        parts.into_iter().reduce(largest).map(|(decider, _)| decider)
    }
}

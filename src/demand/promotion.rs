//! How much more sells on promotion? Measured on past promotions, pulled from the SKU's own few days
//! towards its category's and all promotions' uplift.
//!
//! `u = (Σ sold + k u_parent) / (Σ expected + k)`: a gamma prior worth `k` expected units, from all
//! promotions to the category to the SKU. Without any promotion the uplift is 1.

use std::collections::BTreeMap;

use super::series::Demand;
use crate::types::{Channel, Day, Sku};

/// A promotion of one SKU on one channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// The channel; `*` for all.
    pub channel: Channel,
    /// The product.
    pub sku: Sku,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
}

impl Promotion {
    /// Whether it touches this SKU and channel.
    pub fn concerns(&self, sku: &Sku, channel: &Channel) -> bool {
        self.sku == *sku && (self.channel == *channel || self.channel == Channel::all())
    }

    /// Whether it runs on this day.
    pub fn runs_on(&self, day: Day) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Expected units that the parent's uplift is worth.
const PRIOR_UNITS: f64 = 30.0;
/// No uplift beyond these is believed.
const LIMITS: (f64, f64) = (0.5, 20.0);

/// Uplift factors at three depths.
#[derive(Clone, Debug, PartialEq)]
pub struct Uplifts {
    all: f64,
    categories: BTreeMap<String, f64>,
    skus: BTreeMap<Sku, f64>,
}

/// Units sold on promotion days and expected without one.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    sold: f64,
    expected: f64,
}

impl Sums {
    fn uplift(self, parent: f64) -> f64 {
        ((self.sold + PRIOR_UNITS * parent) / (self.expected + PRIOR_UNITS)).clamp(LIMITS.0, LIMITS.1)
    }

    fn add(&mut self, other: Self) {
        self.sold += other.sold;
        self.expected += other.expected;
    }
}

impl Uplifts {
    /// Measures past promotions. `expected[series][day]` is what would have been expected without.
    pub(crate) fn measure(demand: &Demand, expected: &[Vec<f32>]) -> Self {
        let mut all = Sums::default();
        let mut categories: BTreeMap<String, Sums> = BTreeMap::new();
        let mut skus: BTreeMap<Sku, Sums> = BTreeMap::new();
        for (series, expected) in demand.series.iter().zip(expected) {
            let mut own = Sums::default();
            for day in (0..series.len()).filter(|day| series.promotion[*day]) {
                own.add(Sums { sold: series.units[day].into(), expected: expected[day].into() });
            }
            if own.expected <= 0.0 {
                continue;
            }
            all.add(own);
            skus.entry(series.sku.clone()).or_default().add(own);
            if let Some(category) = demand.products.get(&series.sku).and_then(|facts| facts.category.clone()) {
                categories.entry(category).or_default().add(own);
            }
        }
        let top = all.uplift(1.0);
        let categories: BTreeMap<String, f64> =
            categories.into_iter().map(|(category, sums)| (category, sums.uplift(top))).collect();
        let parent = |sku: &Sku| {
            let category = demand.products.get(sku).and_then(|facts| facts.category.as_ref());
            category.and_then(|category| categories.get(category)).copied().unwrap_or(top)
        };
        let skus = skus.into_iter().map(|(sku, sums)| (sku.clone(), sums.uplift(parent(&sku)))).collect();
        Self { all: top, categories, skus }
    }

    /// No promotion was ever seen.
    pub fn none() -> Self {
        Self { all: 1.0, categories: BTreeMap::new(), skus: BTreeMap::new() }
    }

    /// The factor for a SKU, by its own promotions, else its category's, else all.
    pub fn of(&self, sku: &Sku, category: Option<&str>) -> f64 {
        let by_category = category.and_then(|category| self.categories.get(category));
        self.skus.get(sku).or(by_category).copied().unwrap_or(self.all)
    }
}

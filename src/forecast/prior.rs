//! What is to be expected of a listing before anything is seen of it? What its analog sells on the
//! channel; else what the products of its category sell there, times how strong it is elsewhere compared
//! with them; else what the channel's other new listings sell.

use std::collections::BTreeMap;

use super::history::NEW_DAYS;
use crate::demand::Demand;
use crate::types::{Channel, Sku};

/// Days that a prior is worth, as few and as many.
const FEWEST_DAYS: f64 = 1.0;
const MOST_DAYS: f64 = NEW_DAYS as f64;
/// Days with a sale that are enough to tell a pace, and what is usual on a day.
const ENOUGH_SALES: usize = 12;
/// Orders expected in the most days where nothing tells: the shape of Jeffreys' prior of a Poisson rate.
const UNKNOWN_ORDERS: f64 = 0.5;
/// Days that this is worth.
const UNKNOWN_DAYS: f64 = 7.0;
/// A product is believed to be no weaker and no stronger than so many times those of its category.
const STRENGTH: (f64, f64) = (0.25, 4.0);

/// Units a day below which nothing sells.
const LEAST_PACE: f64 = 1e-6;

/// Whose sales told what was to be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The product that the settings say this one sells like.
    Analog,
    /// Its category's on the channel.
    Category,
    /// All that the channel sells.
    Channel,
    /// The channel's other new listings.
    NewListings,
    /// Nobody's.
    Nothing,
}

/// A pace that is believed before a listing is seen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prior {
    pub(super) source: Source,
    /// Units on an average day.
    pub(super) per_day: f64,
    /// It is worth at least so many days, and at most so many.
    pub(super) fewest_days: f64,
    pub(super) most_days: f64,
}

impl Prior {
    /// Of other products.
    fn of_others(source: Source, per_day: f64) -> Self {
        Self { source, per_day, fewest_days: FEWEST_DAYS, most_days: MOST_DAYS }
    }

    /// Of a product that this one is expected to sell like.
    pub(super) fn of_analog(per_day: f64, fewest_days: f64) -> Self {
        Self { source: Source::Analog, per_day, fewest_days, most_days: MOST_DAYS }
    }

    /// Where nothing tells but how large its largest order was.
    pub(super) fn unknown(largest: f64) -> Self {
        Self {
            source: Source::Nothing,
            per_day: UNKNOWN_ORDERS * largest / MOST_DAYS,
            fewest_days: UNKNOWN_DAYS,
            most_days: UNKNOWN_DAYS,
        }
    }

    /// How many days it is worth against orders of so many units.
    pub(super) fn days(&self, units: f64) -> f64 {
        let as_long = if self.per_day > 0.0 { units / self.per_day } else { 0.0 };
        as_long.clamp(self.fewest_days, self.most_days)
    }
}

/// What is known of a listing for others to lean on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// Days in stock.
    pub(super) in_stock: f64,
    /// The same, each for its season's share of the year.
    pub(super) exposure: f64,
    /// Units wanted, made comparable, without the sale that began the observation.
    pub(super) units: f64,
    /// Days with a sale.
    pub(super) sales: usize,
}

impl Known {
    /// Whether it leans on others. A listing that was in stock for weeks and never sold does not: enough
    /// is known of it.
    pub(super) fn is_scant(&self) -> bool {
        self.in_stock < MOST_DAYS || (1..ENOUGH_SALES).contains(&self.sales)
    }

    /// Units on an average day, where it was seen for long enough.
    fn per_day(&self) -> Option<f64> {
        (self.in_stock >= MOST_DAYS).then(|| self.units / self.exposure.max(1.0))
    }
}

/// Listings that another can lean on.
#[derive(Clone, Copy, Debug, Default)]
struct Pool {
    listings: f64,
    /// Their units a day, here and on other channels.
    here: f64,
    elsewhere: f64,
}

impl Pool {
    fn without(self, own: Option<Self>) -> Self {
        let own = own.unwrap_or_default();
        Self {
            listings: self.listings - own.listings,
            here: self.here - own.here,
            elsewhere: self.elsewhere - own.elsewhere,
        }
    }

    fn add(&mut self, other: Self) {
        self.listings += other.listings;
        self.here += other.here;
        self.elsewhere += other.elsewhere;
    }

    /// One listing that is like all of them.
    fn mean(self) -> Self {
        Self { listings: 1.0, here: self.here / self.listings, elsewhere: self.elsewhere / self.listings }
    }
}

/// The priors of all listings.
pub(super) struct Priors<'a> {
    demand: &'a Demand,
    known: &'a [Known],
    by_sku: BTreeMap<&'a Sku, f64>,
    by_category: BTreeMap<(Option<&'a str>, &'a Channel), Pool>,
    by_channel: BTreeMap<&'a Channel, Pool>,
    /// Units and days of a channel's new listings.
    new: BTreeMap<&'a Channel, (f64, f64)>,
}

impl<'a> Priors<'a> {
    /// From what is known of every series of the demand.
    pub(super) fn measure(demand: &'a Demand, known: &'a [Known]) -> Self {
        let mut priors = Self {
            demand,
            known,
            by_sku: BTreeMap::new(),
            by_category: BTreeMap::new(),
            by_channel: BTreeMap::new(),
            new: BTreeMap::new(),
        };
        for (series, known) in demand.series.iter().zip(known) {
            if let Some(per_day) = known.per_day() {
                *priors.by_sku.entry(&series.sku).or_default() += per_day;
            } else {
                let sums = priors.new.entry(&series.channel).or_default();
                *sums = (sums.0 + known.units, sums.1 + known.exposure);
            }
        }
        for part in 0..known.len() {
            if let Some(own) = priors.own(part) {
                priors.by_category.entry(priors.category(part)).or_default().add(own);
                priors.by_channel.entry(&demand.series[part].channel).or_default().add(own);
            }
        }
        priors
    }

    fn category(&self, part: usize) -> (Option<&'a str>, &'a Channel) {
        let series = &self.demand.series[part];
        let facts = self.demand.products.get(&series.sku);
        (facts.and_then(|facts| facts.category.as_deref()), &series.channel)
    }

    /// A listing as a pool of its own; `None` for a new one.
    fn own(&self, part: usize) -> Option<Pool> {
        let here = self.known[part].per_day()?;
        Some(Pool { listings: 1.0, here, elsewhere: self.elsewhere(part) })
    }

    /// Units a day of the same product on other channels.
    fn elsewhere(&self, part: usize) -> f64 {
        let all = self.by_sku.get(&self.demand.series[part].sku).copied().unwrap_or(0.0);
        (all - self.known[part].per_day().unwrap_or(0.0)).max(0.0)
    }

    /// What was to be expected of a listing, had nothing been seen of it; `None` where nothing tells.
    /// The channel counts as one more product of the category.
    pub(super) fn prior(&self, part: usize) -> Option<Prior> {
        let channel = &self.demand.series[part].channel;
        let own = self.own(part);
        let on_channel = self.by_channel.get(channel).map(|pool| pool.without(own)).filter(|pool| pool.listings > 0.5);
        let Some(on_channel) = on_channel else { return self.of_new_listings(part) };
        let category = self.category(part);
        let mut pool = self.by_category.get(&category).map(|pool| pool.without(own)).unwrap_or_default();
        let has_like = category.0.is_some() && pool.listings > 0.5;
        let source = if has_like { Source::Category } else { Source::Channel };
        pool.add(on_channel.mean());
        let usual = pool.mean();
        let elsewhere = self.elsewhere(part);
        let compared = elsewhere > 0.0 && usual.elsewhere > 0.0;
        let strength = if compared { (elsewhere / usual.elsewhere).clamp(STRENGTH.0, STRENGTH.1) } else { 1.0 };
        (usual.here > LEAST_PACE).then(|| Prior::of_others(source, usual.here * strength))
    }

    fn of_new_listings(&self, part: usize) -> Option<Prior> {
        let own = &self.known[part];
        let (units, days) = *self.new.get(&self.demand.series[part].channel)?;
        let (units, days) =
            if own.per_day().is_none() { (units - own.units, days - own.exposure) } else { (units, days) };
        (days >= 1.0 && units / days > LEAST_PACE).then(|| Prior::of_others(Source::NewListings, units / days))
    }
}

//! How fast does a listing sell of which little was seen? Its few orders, pulled towards what was to be
//! expected of it before the first.
//!
//! `r = p K(X) / (K(X) + T) + Σ x / (K(x) + T)`, `K(x) = x / p` but at least 1 day and at most 28: `p` is
//! the pace of the prior, `T` the days in stock that were observed, `x` the units of each order line, `X`
//! of the largest. `K` is what the prior is worth: as long as it takes to sell one such order. Orders of
//! one size are a Poisson stream of their own (Kingman 1993, Poisson Processes, §5.1); where all are of
//! one size, `r` is the posterior mean under a gamma prior of `K` days (Bühlmann & Gisler 2005, A Course
//! in Credibility Theory, §2.4). So many small orders are believed within days, a large one only once
//! there are more of it, and no order and no unit more ever lowers `r`.
//!
//! Where only its first sale tells that a listing was on offer, it is observed from that sale on, and the
//! sale is left out: days that begin with a sale hold one more than others do (length-biased sampling:
//! Cox 1969, Some sampling problems in technology). It only tells how large a sale is. A day counts for as
//! many as its season's share of the year.

use rayon::prelude::*;

use super::analog;
use super::history::Target;
use super::prior::{Known, Prior, Priors, Source};
use super::velocity::LOOK_BACK;
use super::yearly::{ProductSeason, Yearly};
use crate::demand::{Comparable, Demand, DemandSeries};

/// What is believed of each listing of which little was seen.
pub(super) struct Scant {
    /// By series of the demand; `None` where enough was seen.
    paces: Vec<Option<Pace>>,
}

/// What is believed of one listing.
pub(super) struct Pace {
    /// Units on an average day of the year.
    pub(super) per_day: f64,
    /// What of them comes from the prior, and not from its own orders.
    pub(super) of_prior: f64,
    pub(super) source: Source,
    /// Units of each day: every order as far as it is believed, the prior for the rest.
    pub(super) units: Vec<f32>,
}

impl Pace {
    /// Units a day over the last 90 days.
    pub(super) fn recent(&self) -> f64 {
        let recent = &self.units[self.units.len().saturating_sub(LOOK_BACK)..];
        if recent.is_empty() {
            return self.per_day;
        }
        recent.iter().map(|units| f64::from(*units)).sum::<f64>() / recent.len() as f64
    }
}

impl Scant {
    /// From all but the last `held_out` days.
    pub(super) fn measure(demand: &Demand, comparable: &Comparable, yearly: &Yearly, held_out: usize) -> Self {
        let listings: Vec<Listing> = (0..demand.series.len())
            .map(|part| Listing {
                demand,
                comparable,
                season: yearly.of(&demand.series[part].sku),
                part,
                days: demand.series[part].len().saturating_sub(held_out),
            })
            .collect();
        let known: Vec<Known> = listings.par_iter().map(Listing::known).collect();
        let priors = Priors::measure(demand, &known);
        let pace = |(part, listing): (usize, &Listing<'_>)| {
            known[part].is_scant().then(|| {
                let analog = analog::prior(demand, comparable, &demand.series[part]);
                listing.pace(analog.or_else(|| listing.like(&priors)))
            })
        };
        Self { paces: listings.par_iter().enumerate().map(pace).collect() }
    }

    /// What is believed of a target's level where too little was seen of every part of it.
    pub(super) fn belief(&self, target: &Target) -> Option<f32> {
        let paces: Option<Vec<f64>> = target.parts.iter().map(|part| Some(self.pace(*part)?.per_day)).collect();
        paces.map(|paces| paces.iter().sum::<f64>() as f32)
    }

    /// What is believed of a series of the demand; `None` where enough was seen of it.
    pub(super) fn pace(&self, part: usize) -> Option<&Pace> {
        self.paces[part].as_ref()
    }
}

/// One series of the demand, as far as it is known.
struct Listing<'a> {
    demand: &'a Demand,
    comparable: &'a Comparable,
    season: ProductSeason<'a>,
    part: usize,
    days: usize,
}

/// Order lines of one size.
#[derive(Clone, Copy)]
struct Orders {
    count: f64,
    units_each: f64,
}

impl Listing<'_> {
    fn series(&self) -> &DemandSeries {
        &self.demand.series[self.part]
    }

    /// What its like sell; of a listing that is only known by orders that nobody wanted, nothing tells that
    /// it is on offer at all.
    fn like(&self, priors: &Priors) -> Option<Prior> {
        let series = self.series();
        let never_sold = series.units.iter().all(|units| *units <= 0.0);
        let mut credited = self.demand.credited.iter();
        let is_slip = never_sold && credited.any(|line| line.sku == series.sku && line.channel == series.channel);
        if is_slip { None } else { priors.prior(self.part) }
    }

    fn season(&self, day: usize) -> f64 {
        self.season.on(self.series().first.plus(day as i32))
    }

    fn known(&self) -> Known {
        let mut known = Known::default();
        for day in 0..self.days {
            let in_stock = 1.0 - f64::from(self.series().out_of_stock[day]);
            known.in_stock += in_stock;
            known.exposure += if self.season.is_known() { in_stock * self.season(day) } else { in_stock };
            if self.series().units[day] > 0.0 {
                known.sales += 1;
                let orders = self.orders(day);
                known.units += orders.iter().skip(self.skipped(day)).map(|one| one.count * one.units_each).sum::<f64>();
            }
        }
        known
    }

    /// The orders of a day, the largest first, made comparable: the rest are taken to be of one size.
    fn orders(&self, day: usize) -> [Orders; 2] {
        let series = self.series();
        let (units, largest) = (f64::from(series.units[day]), f64::from(series.largest_line[day]));
        let mut usual = units.min(f64::from(self.comparable.units[self.part][day]));
        if series.promotion[day] {
            let category = self.demand.products.get(&series.sku).and_then(|facts| facts.category.as_deref());
            usual = usual.min(units / self.comparable.uplifts.of(&series.sku, category).max(1.0));
        }
        let scale = if units > 0.0 { usual / units } else { 0.0 };
        let largest = if largest > 0.0 { largest.min(units) } else { units };
        let others = (f64::from(series.lines[day]) - 1.0).max(1.0);
        let rest = (units - largest).max(0.0);
        [
            Orders { count: 1.0, units_each: largest * scale },
            Orders { count: others, units_each: rest * scale / others },
        ]
    }

    /// How many of the orders of a day, the largest first, only began the observation.
    fn skipped(&self, day: usize) -> usize {
        usize::from(day == 0 && self.series().opened_by_sale)
    }

    fn pace(&self, prior: Option<Prior>) -> Pace {
        let sold: Vec<usize> = (0..self.days).filter(|day| self.series().units[*day] > 0.0).collect();
        let largest = sold.iter().map(|day| self.orders(*day)[0].units_each).fold(0.0, f64::max);
        let prior = prior.unwrap_or_else(|| Prior::unknown(largest));
        let seasons: Vec<f64> = (0..self.days).map(|day| self.season(day)).collect();
        let out = |day: usize| f64::from(self.series().out_of_stock[day]);
        let exposure: f64 = seasons.iter().enumerate().map(|(day, season)| season * (1.0 - out(day))).sum();
        let worth = prior.days(largest);
        let base = prior.per_day * worth / (worth + exposure);
        let mut believed = vec![0.0; self.days];
        let mut per_day = base;
        for &day in &sold {
            for one in &self.orders(day)[self.skipped(day)..] {
                let a_day = one.count * one.units_each / (prior.days(one.units_each) + exposure);
                per_day += a_day;
                believed[day] += a_day * exposure;
            }
        }
        let of_day = |day: usize| believed[day] + seasons[day] * ((1.0 - out(day)) * base + out(day) * per_day);
        let units = (0..self.days).map(|day| of_day(day) as f32).collect();
        Pace { per_day, of_prior: base, source: prior.source, units }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::demand::comparable;
    use crate::types::{Channel, Day, Sku};

    const AS_OF: Day = Day::from_days(20_512);

    fn series(sku: &str, units: Vec<f32>) -> DemandSeries {
        let first = AS_OF.plus(1 - units.len() as i32);
        DemandSeries::plain(Sku::new(sku), Channel::new("market"), first, units)
    }

    /// Two old listings of `pace` units a day, and a new one with these orders.
    fn believed(pace: f32, orders: &[(usize, f32)], days: usize, opened_by_sale: bool) -> Pace {
        let mut new = DemandSeries { opened_by_sale, ..series("C", vec![0.0; days]) };
        for (day, units) in orders {
            new.units[*day] += units;
            new.lines[*day] += 1.0;
            new.largest_line[*day] = new.largest_line[*day].max(*units);
        }
        let mut demand = Demand {
            as_of: AS_OF,
            series: vec![series("A", vec![pace; 60]), series("B", vec![pace; 60]), new],
            pools: BTreeMap::new(),
            products: BTreeMap::new(),
            promotions: Vec::new(),
            credited: Vec::new(),
        };
        let comparable = comparable(&mut demand);
        let mut scant = Scant::measure(&demand, &comparable, &Yearly::default(), 0);
        assert!(scant.pace(0).is_none() && scant.pace(1).is_none(), "enough is known of the old ones");
        scant.paces.remove(2).expect("little is known of the new one")
    }

    fn near(one: f64, other: f64) {
        assert!((one - other).abs() < 1e-6 * other.abs().max(1.0), "{one} is not {other}");
    }

    /// Gamma with shape 1 and rate `x / p`, then `n` orders in `T` days: `x (1 + n) / (x / p + T)`.
    #[test]
    fn orders_of_one_size_give_the_posterior_mean() {
        let pace = believed(0.5, &[(3, 2.0), (9, 2.0), (9, 2.0)], 20, false);
        near(pace.per_day, 2.0 * (1.0 + 3.0) / (2.0 / 0.5 + 20.0));
        let mean = pace.units.iter().map(|units| f64::from(*units)).sum::<f64>() / 20.0;
        near((mean - pace.per_day).abs().max(1e-6), 1e-6);
        near(pace.recent(), mean);
    }

    #[test]
    fn the_sale_that_opened_a_listing_is_no_evidence_of_its_pace() {
        // Forty at half a unit a day would take eighty days: the prior is worth the most it can be.
        near(believed(0.5, &[(0, 40.0)], 10, true).per_day, 0.5 * 28.0 / 38.0);
        near(believed(0.5, &[(0, 40.0)], 10, false).per_day, 0.5 * 28.0 / 38.0 + 40.0 / 38.0);
        near(believed(0.5, &[(0, 1.0), (0, 40.0)], 10, true).per_day, 0.5 * 28.0 / 38.0 + 1.0 / 12.0);
    }

    #[test]
    fn a_channel_that_never_sold_before_expects_half_an_order_in_four_weeks() {
        let mut demand = Demand {
            as_of: AS_OF,
            series: vec![DemandSeries { opened_by_sale: true, ..series("A", vec![40.0, 0.0, 0.0]) }],
            pools: BTreeMap::new(),
            products: BTreeMap::new(),
            promotions: Vec::new(),
            credited: Vec::new(),
        };
        let comparable = comparable(&mut demand);
        let scant = Scant::measure(&demand, &comparable, &Yearly::default(), 0);
        near(scant.paces[0].as_ref().unwrap().per_day, 20.0 / 28.0 * 7.0 / 10.0);
    }

    #[test]
    fn days_out_of_stock_say_nothing() {
        let pace = |out: usize| {
            let mut new = series("B", vec![0.0; 20]);
            new.units[0] = 1.0;
            new.lines[0] = 1.0;
            new.out_of_stock[20 - out..].fill(1.0);
            let mut demand = Demand {
                as_of: AS_OF,
                series: vec![series("A", vec![0.5; 60]), new],
                pools: BTreeMap::new(),
                products: BTreeMap::new(),
                promotions: Vec::new(),
                credited: Vec::new(),
            };
            let comparable = comparable(&mut demand);
            Scant::measure(&demand, &comparable, &Yearly::default(), 0).paces.remove(1).unwrap()
        };
        near(pace(0).per_day, 2.0 / 22.0);
        near(pace(15).per_day, 2.0 / 7.0);
        near(pace(15).units[19].into(), f64::from(2.0f32 / 7.0));
    }

    proptest! {
        /// On the days that were observed an order more, or a larger one, never lowers the pace; and one
        /// order alone, however large, is never believed to come oftener than once in four weeks.
        #[test]
        fn more_sales_never_lower_the_pace(
            orders in prop::collection::vec((0usize..40, 1u32..60), 1..10),
            more in (0usize..40, 1u32..2_000),
            prior in 1u32..400,
            days in 1usize..40,
            opened_by_sale: bool,
        ) {
            let prior = prior as f32 / 100.0;
            let within = |(day, units): &(usize, u32)| (day % days, *units as f32);
            let before: Vec<(usize, f32)> = orders.iter().map(within).collect();
            let after: Vec<(usize, f32)> = orders.iter().chain([&more]).map(within).collect();
            let of = |orders: &[(usize, f32)]| believed(prior, orders, days, opened_by_sale).per_day;
            let (one, two) = (of(&before), of(&after));
            prop_assert!(two >= one - 1e-9 * one, "{one} and {two}");
            let mut larger = before.clone();
            if let Some(first) = larger.first_mut() {
                first.1 += 7.0;
                prop_assert!(of(&larger) >= one - 1e-9 * one);
            }
            let alone = of(&[within(&more)]);
            prop_assert!(alone <= f64::from(prior) * 2.0 + f64::from(more.1) / 28.0 + 1e-9, "{alone}");
        }
    }
}

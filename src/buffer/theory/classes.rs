//! Classes of products by revenue and by the pattern of their demand.

use crate::types::{Money, Rate};

/// Class by revenue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Abc {
    /// The products before 80 % of revenue.
    A,
    /// Before 95 %.
    B,
    /// The rest, and everything without revenue.
    C,
}

/// Classes by the share of revenue that comes before a product in descending order: below `a_until`
/// A, below `b_until` B, else C. Ties keep their order, negative revenue counts as 0; without any
/// revenue all are C.
pub fn abc_classes(revenue: &[f64], a_until: f64, b_until: f64) -> Vec<Abc> {
    let revenue: Vec<f64> = revenue.iter().map(|amount| amount.max(0.0)).collect();
    let total: f64 = revenue.iter().sum();
    let mut order: Vec<usize> = (0..revenue.len()).collect();
    order.sort_by(|a, b| revenue[*b].total_cmp(&revenue[*a]));
    let mut classes = vec![Abc::C; revenue.len()];
    let mut before = 0.0;
    for index in order {
        // Cumulative floats are compared with a guard so that 4 × 20 % is 80 %.
        let share = if total > 0.0 { before / total + 1e-12 } else { 1.0 };
        classes[index] = if share < a_until {
            Abc::A
        } else if share < b_until {
            Abc::B
        } else {
            Abc::C
        };
        before += revenue[index];
    }
    classes
}

/// Pattern of demand by how often and how evenly it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DemandClass {
    /// Often and even.
    Smooth,
    /// Seldom and even.
    Intermittent,
    /// Often and uneven.
    Erratic,
    /// Seldom and uneven.
    Lumpy,
}

impl DemandClass {
    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Intermittent => "intermittent",
            Self::Erratic => "erratic",
            Self::Lumpy => "lumpy",
        }
    }
}

/// Class by mean interval (1.32 periods) and squared variation of sizes (0.49). Syntetos, Boylan &
/// Croston, JORS 56 (2005).
pub fn demand_pattern(interval: f64, variation: f64) -> DemandClass {
    match (interval < 1.32, variation < 0.49) {
        (true, true) => DemandClass::Smooth,
        (false, true) => DemandClass::Intermittent,
        (true, false) => DemandClass::Erratic,
        (false, false) => DemandClass::Lumpy,
    }
}

/// ADI: periods over periods with demand; none without demand.
pub fn demand_interval(series: &[f64]) -> Option<f64> {
    let sold = series.iter().filter(|units| **units != 0.0).count();
    (sold > 0).then(|| series.len() as f64 / sold as f64)
}

/// CV²: population variance of the sizes above zero over their squared mean; 0 for one size, none
/// without demand.
pub fn size_variation(series: &[f64]) -> Option<f64> {
    let sizes: Vec<f64> = series.iter().copied().filter(|units| *units != 0.0).collect();
    if sizes.is_empty() {
        return None;
    }
    let count = sizes.len() as f64;
    let mean = sizes.iter().sum::<f64>() / count;
    let variance = sizes.iter().map(|units| (units - mean).powi(2)).sum::<f64>() / count;
    Some(variance / (mean * mean))
}

/// GMROI: gross margin over average inventory at cost; none without inventory.
pub fn gross_margin_return(gross_margin: f64, average_inventory: f64) -> Option<f64> {
    (average_inventory != 0.0).then(|| gross_margin / average_inventory)
}

/// What one sale leaves before cost of goods: price − share of the price − fixed fee − fulfilment −
/// returns − shipping paid. The share is rounded to the cent.
///
/// ```
/// use trueup::buffer::theory::{SaleCosts, channel_margin};
/// use trueup::types::{Money, Rate};
/// let costs = SaleCosts {
///     fee_rate: Rate::from_f64(0.15),
///     fulfilment: Money::from_cents(550),
///     returns: Money::from_cents(200),
///     ..SaleCosts::default()
/// };
/// assert_eq!(channel_margin(Money::from_cents(5000), costs), Money::from_cents(3500));
/// ```
pub fn channel_margin(price: Money, costs: SaleCosts) -> Money {
    let SaleCosts { fee_rate, fee_fixed, fulfilment, returns, shipping_paid } = costs;
    price - price.at_rate(fee_rate) - fee_fixed - fulfilment - returns - shipping_paid
}

/// What a channel and its carrier take of one sale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SaleCosts {
    /// Share of the price that the channel keeps.
    pub fee_rate: Rate,
    /// Fixed amount that the channel keeps.
    pub fee_fixed: Money,
    /// Picking and packing.
    pub fulfilment: Money,
    /// Cost of returns, spread over all sales.
    pub returns: Money,
    /// What the seller pays the carrier.
    pub shipping_paid: Money,
}

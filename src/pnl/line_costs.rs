//! What did units cost of which only their order lines say it? An article with a row in `costs` costs what
//! that says; the lines' own costs stand in where there is none.

use std::collections::HashMap;

use super::input::{CostUnits, LineCost};
use super::rates::Exchange;
use crate::types::{Currency, Day, Money};

/// Units of one statement that no row of `costs` knows, and what their lines say.
#[derive(Default)]
pub(super) struct LineCosts {
    /// Whether there are such units, be they none in sum.
    is_needed: bool,
    sold: i64,
    restocked: i64,
    told_units: i64,
    told: HashMap<(Currency, Day), Money>,
}

/// What the units cost as far as that is known.
pub(super) struct CostByLines {
    /// Of the units that went out less those that came back sellable; none where no line tells a cost.
    pub(super) cost: Option<Money>,
    /// Units sold whose cost nobody tells.
    pub(super) lacking: i64,
}

impl LineCosts {
    /// Units that no row of `costs` knows.
    pub(super) fn add_units(&mut self, units: &CostUnits) {
        self.is_needed = true;
        self.sold += units.sold_of_sku;
        self.restocked += units.restocked;
    }

    /// What order lines say.
    pub(super) fn add_cost(&mut self, line: &LineCost) {
        self.told_units += line.units;
        *self.told.entry((line.bucket.currency, line.bucket.rate_day)).or_default() += line.cost;
    }

    /// The cost; none where `costs` knows all units. What came back is valued at the average of what was
    /// told, rounded half away from zero to the ten-thousandth.
    pub(super) fn close(self, exchange: &Exchange) -> Option<CostByLines> {
        if !self.is_needed {
            return None;
        }
        let lacking = (self.sold - self.told_units).max(0);
        let converted = self.told.into_iter().map(|((currency, day), cost)| exchange.convert(cost, currency, day));
        let told = converted.sum::<Option<Money>>().filter(|_| self.told_units > 0);
        let returned = told.and_then(|told| told.checked_times(self.restocked)?.divided_by(self.told_units));
        Some(CostByLines { cost: told.zip(returned).map(|(told, returned)| told - returned), lacking })
    }
}

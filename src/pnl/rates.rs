//! Amounts in other currencies, at the rate of their day.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::Diagnostic;
use crate::types::{Currency, Day, Money, Rate};

/// One unit of `currency` was worth `rate` of the shop's currency on `day`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedRate {
    /// The day.
    pub day: Day,
    /// The other currency.
    pub currency: Currency,
    /// So many units of the shop's currency.
    pub rate: Rate,
}

/// How long a rate holds: over a long weekend with bank holidays, no longer.
const HOLDS_DAYS: i32 = 7;

/// Converts into the shop's currency and remembers what it could not convert.
#[derive(Debug)]
pub(super) struct Exchange {
    home: Currency,
    rates: BTreeMap<Currency, BTreeMap<Day, Rate>>,
    missing: RefCell<BTreeMap<Currency, BTreeSet<Day>>>,
}

impl Exchange {
    pub(super) fn new(home: Currency, rates: &[DatedRate]) -> Self {
        let mut table: BTreeMap<Currency, BTreeMap<Day, Rate>> = BTreeMap::new();
        for rate in rates {
            table.entry(rate.currency).or_default().insert(rate.day, rate.rate);
        }
        Self { home, rates: table, missing: RefCell::default() }
    }

    /// An amount in the shop's currency, rounded half away from zero to the cent unless it is in
    /// that currency already.
    pub(super) fn convert(&self, amount: Money, currency: Currency, day: Day) -> Option<Money> {
        if currency == self.home || amount.is_zero() {
            return Some(amount);
        }
        Some(amount.at_rate(self.rate(currency, day)?))
    }

    /// A cost per unit in the shop's currency, to the ten-thousandth. Of a cost that lacks a rate the
    /// SKUs that were sold are told, see [`super::costs::Costs::lacks_rate`].
    pub(super) fn convert_unit_cost(&self, cost: Money, currency: Currency, day: Day) -> Option<Money> {
        if currency == self.home {
            return Some(cost);
        }
        cost.checked_times(self.known_rate(currency, day)?.millionths())?.divided_by(Rate::SCALE)
    }

    /// Whether an amount of that day can be converted.
    pub(super) fn converts(&self, currency: Currency, day: Day) -> bool {
        currency == self.home || self.known_rate(currency, day).is_some()
    }

    /// The currency that amounts are converted into.
    pub(super) fn home(&self) -> Currency {
        self.home
    }

    /// The newest rate of the seven days up to `day`.
    fn known_rate(&self, currency: Currency, day: Day) -> Option<Rate> {
        let days = self.rates.get(&currency)?;
        days.range(day.plus(-HOLDS_DAYS)..=day).next_back().map(|(_, rate)| *rate)
    }

    /// The same; a lack is remembered.
    fn rate(&self, currency: Currency, day: Day) -> Option<Rate> {
        let found = self.known_rate(currency, day);
        if found.is_none() {
            self.missing.borrow_mut().entry(currency).or_default().insert(day);
        }
        found
    }

    /// One warning per currency that lacked a rate; `sold` is what was sold in it without one.
    pub(super) fn warnings(&self, sold: impl Fn(Currency) -> Money) -> Vec<Diagnostic> {
        let home = self.home;
        let warning = |(currency, days): (&Currency, &BTreeSet<Day>)| {
            let first = days.first()?;
            let count = if days.len() == 1 { "1 day".to_owned() } else { format!("{} days", days.len()) };
            let message = format!("no rate from `{currency}` into `{home}` on {count}: what they earned is unknown");
            let hint = format!("add `{first},{currency},{home},<rate>` to `exports/truth/exchange_rates.csv`");
            let warning = Diagnostic::warning("missing-rate", message).hint(hint).key("exchange_rates.csv");
            Some(warning.amount(sold(*currency), *currency))
        };
        self.missing.borrow().iter().filter_map(warning).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        let day: Day = "2026-01-09".parse().unwrap();
        let rate = DatedRate { day, currency: Currency::EUR, rate: "1.0925".parse().unwrap() };
        Exchange::new(Currency::USD, &[rate])
    }

    #[test]
    fn the_days_rate_rounds_half_away_from_zero() {
        let exchange = exchange();
        let monday = "2026-01-12".parse().unwrap();
        // 0.20 × 1.0925 = 0.2185; −3.40 × 1.0925 = −3.7145; 2.00 × 1.0925 = 2.185
        for (cents, expected) in [(20, 22), (-340, -371), (200, 219), (-200, -219)] {
            let converted = exchange.convert(Money::from_cents(cents), Currency::EUR, monday);
            assert_eq!(converted, Some(Money::from_cents(expected)), "{cents}");
        }
        assert!(exchange.warnings(|_| Money::ZERO).is_empty());
    }

    #[test]
    fn a_rate_of_another_season_is_no_rate() {
        let exchange = exchange();
        let late = "2026-01-17".parse().unwrap();
        assert_eq!(exchange.convert(Money::from_cents(100), Currency::EUR, late), None);
        assert_eq!(exchange.convert(Money::from_cents(100), Currency::USD, late), Some(Money::from_cents(100)));
        let warnings = exchange.warnings(|_| Money::ZERO);
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].message, "no rate from `EUR` into `USD` on 1 day: what they earned is unknown");
    }

    #[test]
    fn a_unit_cost_keeps_four_decimals() {
        let day = "2026-01-09".parse().unwrap();
        let cost = exchange().convert_unit_cost("0.0325".parse().unwrap(), Currency::EUR, day);
        assert_eq!(cost, Some("0.0355".parse().unwrap()));
    }
}

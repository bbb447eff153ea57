//! Amounts in other currencies, at the rate of their day.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::error::Diagnostic;
use crate::types::{Currency, Day, Money, Rate};

/// What a currency was worth on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatedRate {
    /// The day.
    pub day: Day,
    /// The other currency.
    pub currency: Currency,
    /// What it was worth.
    pub worth: Worth,
}

/// What a currency is worth, as it was told: no rate is turned round and rounded before it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// One unit of it is so many of the shop's.
    Home(Rate),
    /// One unit of the shop's is so many of it.
    Foreign(Rate),
}

impl Worth {
    /// An amount in the shop's currency, rounded half away from zero to the cent; none at a rate of nothing.
    fn convert(self, amount: Money) -> Option<Money> {
        match self {
            Self::Home(rate) => Some(amount.at_rate(rate)),
            Self::Foreign(rate) => amount.over_rate(rate),
        }
    }

    /// A cost per unit in the shop's currency, rounded half away from zero to the ten-thousandth.
    fn convert_unit_cost(self, cost: Money) -> Option<Money> {
        match self {
            Self::Home(rate) => cost.checked_times(rate.millionths())?.divided_by(Rate::SCALE),
            Self::Foreign(rate) => cost.checked_times(Rate::SCALE)?.divided_by(rate.millionths()),
        }
    }
}

/// The code of what is said where amounts cannot be converted: nothing is known of what they earned.
pub const MISSING_RATE: &str = "missing-rate";

/// How long a rate holds: over a long weekend with bank holidays, no longer.
const HOLDS_DAYS: i32 = 7;

/// Converts into the shop's currency and remembers what it could not convert.
#[derive(Debug)]
pub(super) struct Exchange {
    home: Currency,
    rates: BTreeMap<Currency, BTreeMap<Day, Worth>>,
    missing: RefCell<BTreeMap<Currency, BTreeSet<Day>>>,
}

impl Exchange {
    pub(super) fn new(home: Currency, rates: &[DatedRate]) -> Self {
        let mut table: BTreeMap<Currency, BTreeMap<Day, Worth>> = BTreeMap::new();
        for rate in rates {
            let days = table.entry(rate.currency).or_default();
            // A day may have both; that into the shop's currency is the one that was meant for it.
            if matches!(rate.worth, Worth::Home(_)) || !days.contains_key(&rate.day) {
                days.insert(rate.day, rate.worth);
            }
        }
        Self { home, rates: table, missing: RefCell::default() }
    }

    /// An amount in the shop's currency, rounded half away from zero to the cent unless it is in
    /// that currency already.
    pub(super) fn convert(&self, amount: Money, currency: Currency, day: Day) -> Option<Money> {
        if currency == self.home || amount.is_zero() {
            return Some(amount);
        }
        self.rate(currency, day)?.convert(amount)
    }

    /// A cost per unit in the shop's currency, to the ten-thousandth. Of a cost that lacks a rate the
    /// SKUs that were sold are told, see [`super::costs::Costs::lacks_rate`].
    pub(super) fn convert_unit_cost(&self, cost: Money, currency: Currency, day: Day) -> Option<Money> {
        if currency == self.home {
            return Some(cost);
        }
        self.known_rate(currency, day)?.convert_unit_cost(cost)
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
    fn known_rate(&self, currency: Currency, day: Day) -> Option<Worth> {
        let days = self.rates.get(&currency)?;
        days.range(day.plus(-HOLDS_DAYS)..=day).next_back().map(|(_, rate)| *rate)
    }

    /// The same; a lack is remembered.
    fn rate(&self, currency: Currency, day: Day) -> Option<Worth> {
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
            // No rate makes money of what is in no currency.
            let first = *days.first().filter(|_| *currency != Currency::NONE)?;
            let count = if days.len() == 1 { "1 day".to_owned() } else { format!("{} days", days.len()) };
            let message = format!("no rate from `{currency}` into `{home}` on {count}: what they earned is unknown");
            let hint = self.what_to_add(*currency, first);
            let warning = Diagnostic::warning(MISSING_RATE, message).hint(hint).key("exchange_rates.csv");
            Some(warning.amount(sold(*currency), *currency))
        };
        self.missing.borrow().iter().filter_map(warning).collect()
    }

    /// The row that would give a currency a rate on a day, and the nearest one that is there.
    pub(super) fn what_to_add(&self, currency: Currency, day: Day) -> String {
        let home = self.home;
        let add = format!("add `{day},{currency},{home},<rate>` to `exports/truth/exchange_rates.csv`");
        let days = self.rates.get(&currency);
        let nearest = days.and_then(|days| days.range(..=day).next_back().or_else(|| days.range(day..).next()));
        let Some((known, worth)) = nearest else {
            return format!("{add}, or the other way round, `{day},{home},{currency},<rate>`");
        };
        let pair = match worth {
            Worth::Home(_) => format!("`{currency}` into `{home}`"),
            Worth::Foreign(_) => format!("`{home}` into `{currency}`"),
        };
        format!("{add}; the nearest rate that is there, {pair}, is of {known}, and one holds for {HOLDS_DAYS} days")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange() -> Exchange {
        let day: Day = "2026-01-09".parse().unwrap();
        let rate = DatedRate { day, currency: Currency::EUR, worth: Worth::Home("1.0925".parse().unwrap()) };
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

    #[test]
    fn a_rate_told_the_other_way_round_divides() {
        let on = |text: &str| text.parse::<Day>().unwrap();
        let told = |day: &str, worth| DatedRate { day: on(day), currency: Currency::EUR, worth };
        let (direct, inverse) = (Worth::Home("1.1".parse().unwrap()), Worth::Foreign("0.8".parse().unwrap()));
        let only = Exchange::new(Currency::USD, &[told("2026-01-09", inverse)]);
        let convert = |exchange: &Exchange, amount: &str, day: &str| {
            exchange.convert(amount.parse().unwrap(), Currency::EUR, on(day)).map(|amount| amount.to_string())
        };
        assert_eq!(convert(&only, "10.00", "2026-01-10").as_deref(), Some("12.50"));
        // 0.01 ÷ 0.8 = 0.0125; −1.01 ÷ 0.8 = −1.2625
        assert_eq!(convert(&only, "0.01", "2026-01-10").as_deref(), Some("0.01"));
        assert_eq!(convert(&only, "-1.01", "2026-01-10").as_deref(), Some("-1.26"));
        let cost = only.convert_unit_cost("0.0325".parse().unwrap(), Currency::EUR, on("2026-01-09"));
        assert_eq!(cost, Some("0.0406".parse().unwrap()));
        for rates in [
            [told("2026-01-09", direct), told("2026-01-09", inverse)],
            [told("2026-01-09", inverse), told("2026-01-09", direct)],
        ] {
            let both = Exchange::new(Currency::USD, &rates);
            assert_eq!(convert(&both, "10.00", "2026-01-09").as_deref(), Some("11.00"), "the direct rate counts");
        }
        assert_eq!(convert(&only, "10.00", "2026-01-20"), None);
        let hint = only.warnings(|_| Money::ZERO)[0].hint.clone().unwrap();
        assert!(hint.contains("`USD` into `EUR`, is of 2026-01-09"), "{hint}");
    }
}

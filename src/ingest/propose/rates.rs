//! Are these amounts rates? A discount of `0.08` beside a price of 100 is eight per cent and no eight cents.

use super::guess::{Guess, Subject};
use super::names::names;
use super::reading::{Reading, mostly};
use super::speech::{holds, spoken};
use crate::ingest::cell::{Reader, Value};
use crate::ingest::sniff::Sniffed;
use crate::types::{Money, Rate};

/// The discount of a line as a share of its price: a mapping works it into the amounts.
pub(super) const DISCOUNT_RATE: &str = "discount_rate";

/// Words of a header that say that its numbers are parts of a hundred.
const PERCENT: &[&str] =
    &["percent", "percentage", "pct", "prozent", "rate", "pourcentage", "porcentaje", "percentuale", "procent", "sats"];

/// Adds the header of a discount's rate, where no header is the discount's amount, nor a line's own total,
/// which mostly has it off already.
pub(super) fn add_discount_rate(guess: &mut Guess, sniffed: &Sniffed, reading: &Reading) {
    if ["discount", "gross"].iter().any(|column| guess.columns.contains_key(column)) {
        return;
    }
    let is_rate = |place: &usize| {
        let header = spoken(&sniffed.headers[*place]);
        let says_share = sniffed.headers[*place].contains('%') || PERCENT.iter().any(|word| holds(&header, word));
        let says_discount = names("order_lines", "discount", Subject::Anything).any(|name| holds(&header, name));
        let is_whole =
            |text: &str| rate_in(text, reading).is_some_and(|rate| (0..=HUNDRED).contains(&rate.millionths()));
        let is_free = !guess.columns.values().any(|used| used == place);
        is_free && says_share && says_discount && mostly(sniffed, *place, is_whole)
    };
    let place = (0..sniffed.headers.len()).find(is_rate);
    guess.columns.extend(place.map(|place| (DISCOUNT_RATE, place)));
}

/// A hundred, as a rate counts it.
const HUNDRED: i64 = 100 * Rate::SCALE;

fn rate_in(text: &str, reading: &Reading) -> Option<Rate> {
    match Reader::Rate.read(text, &reading.locale) {
        Ok(Value::Rate(rate)) => Some(rate),
        _ => None,
    }
}

/// How the rates of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// `10`
    InPercents,
    /// `10 %`
    WithSigns,
    /// `0.1`: a tenth, or a tenth of a percent.
    BelowOne,
}

impl Written {
    pub(super) fn of(sniffed: &Sniffed, place: usize, reading: &Reading) -> Self {
        let plain = || sniffed.column(place).filter(|text| !text.contains('%'));
        if plain().next().is_none() {
            return Self::WithSigns;
        }
        let is_beyond = |text: &str| rate_in(text, reading).is_some_and(|rate| rate.millionths() > Rate::SCALE);
        if plain().any(is_beyond) { Self::InPercents } else { Self::BelowOne }
    }
}

/// Where the amounts of a column lie.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spread {
    /// Whether one is no rate.
    beyond: bool,
    /// Whether one is a fraction.
    between: bool,
}

impl Spread {
    pub(super) fn of(amounts: impl Iterator<Item = Money>) -> Self {
        let mut spread = Self::default();
        amounts.for_each(|amount| spread.add(amount));
        spread
    }

    fn add(&mut self, amount: Money) {
        let one = Money::from_ten_thousandths(10_000);
        self.beyond |= amount < Money::ZERO || amount > one;
        self.between |= amount > Money::ZERO && amount < one;
    }

    /// Whether all lie between 0 and 1, and not only at the ends.
    pub(super) fn is_of_rates(self) -> bool {
        self.between && !self.beyond
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;
    use crate::types::Money;

    #[test]
    fn only_fractions_of_one_are_like_rates() {
        let like = |cents: &[i64]| Spread::of(cents.iter().map(|cents| Money::from_cents(*cents))).is_of_rates();
        assert!(like(&[0, 8, 35, 100]));
        assert!(!like(&[0, 100]), "a flag is no rate");
        assert!(!like(&[8, 101]) && !like(&[-8, 35]) && !like(&[]));
    }
}

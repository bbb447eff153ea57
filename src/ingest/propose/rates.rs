//! Are these amounts rates? A discount of `0.08` beside a price of 100 is eight per cent and no eight cents.

use crate::types::Money;

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

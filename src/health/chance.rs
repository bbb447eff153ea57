//! Is the difference between two shares more than chance?

use statrs::function::factorial::ln_binomial;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those counted.
    pub count: u64,
    /// All of them; never fewer than counted.
    pub of: u64,
}

impl Share {
    /// The share, 0 of none.
    pub fn rate(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }

    /// Those counted to the others; half of one is added to each, so that it is always a number
    /// (Haldane 1956; Anscombe 1956, Biometrika 43).
    fn odds(self) -> f64 {
        (self.count as f64 + 0.5) / ((self.of - self.count) as f64 + 0.5)
    }

    /// How many times the other's odds its own are, or the other way round; 1 or more.
    pub(super) fn odds_apart(self, other: Self) -> f64 {
        let ratio = self.odds() / other.odds();
        ratio.max(1.0 / ratio)
    }
}

/// How likely two shares are at least so far apart, either way, while both are of one and the same: Fisher's
/// exact test (Fisher 1934, Statistical Methods for Research Workers, §21.02), two-sided by likelihood.
///
/// ```
/// use trueup::health::{Share, chance_of_difference};
/// // Fisher's lady tasting tea: all of four cups told from four others.
/// let told = chance_of_difference(Share { count: 4, of: 4 }, Share { count: 0, of: 4 });
/// assert!((told - 2.0 / 70.0).abs() < 1e-12);
/// ```
pub fn chance_of_difference(one: Share, other: Share) -> f64 {
    let counted = one.count + other.count;
    let least = counted.saturating_sub(other.of);
    let most = counted.min(one.of);
    let all = ln_binomial(one.of + other.of, counted);
    let likelihood = |count: u64| (ln_binomial(one.of, count) + ln_binomial(other.of, counted - count) - all).exp();
    // Counts that are as likely as what was seen differ from it in the last digits.
    let seen = likelihood(one.count) * (1.0 + 1e-7);
    let chance: f64 = (least..=most).map(likelihood).filter(|one| *one <= seen).sum();
    chance.min(1.0)
}

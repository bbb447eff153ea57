//! Does the stock cover a promotion, and when are its units let go?

use super::theory;

/// The check before a promotion starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Units in the pool that may be sold.
    pub stock: i64,
    /// Units the promotion is expected to sell.
    pub projected: i64,
    /// Units the other channels of the pool are expected to sell meanwhile.
    pub elsewhere: i64,
    /// The largest hold-back of the pool's channels.
    pub buffer: i64,
}

impl Readiness {
    /// Units that are missing: promotion, other channels and buffer less the stock; 0 if it covers.
    ///
    /// ```
    /// use trueup::buffer::Readiness;
    /// let check = Readiness { stock: 200, projected: 150, elsewhere: 40, buffer: 15 };
    /// assert_eq!(check.missing(), 5);
    /// ```
    pub fn missing(self) -> i64 {
        let wanted = self.projected.saturating_add(self.elsewhere).saturating_add(self.buffer);
        wanted.saturating_sub(self.stock).max(0)
    }

    /// Units to keep for the promotion: what it is expected to sell, as far as the stock goes.
    pub fn reserve(self) -> i64 {
        self.projected.clamp(0, self.stock.max(0))
    }
}

/// Units of each of `waves` releases, the earlier ones larger by at most one; they add up to `units`.
///
/// ```
/// assert_eq!(trueup::buffer::release_waves(100, 3), [34, 33, 33]);
/// ```
pub fn release_waves(units: i64, waves: usize) -> Vec<i64> {
    theory::allocate(units.max(0), &vec![1; waves])
}

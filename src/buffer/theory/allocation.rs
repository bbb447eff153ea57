//! Whole units: what may be sold, what each channel gets of it, who waits.

use crate::types::{Rate, split_units};

/// Rounds up to whole units; a float's last bits do not make one more unit (3.75 → 4,
/// 5.000000001 → 5). Not a number and negative give 0.
pub fn whole_units_up(units: f64) -> i64 {
    (units - 1e-9).ceil().max(0.0) as i64
}

/// Units that may be sold: on hand − reserved − buffer, not below 0. Inbound units never count until
/// they are released.
///
/// ```
/// use trueup::buffer::theory::available_to_sell;
/// assert_eq!(available_to_sell(1_000, 250, 75), 675);
/// ```
pub fn available_to_sell(on_hand: i64, reserved: i64, buffer: i64) -> i64 {
    on_hand.saturating_sub(reserved).saturating_sub(buffer).max(0)
}

/// Units a channel may list: no more than its cap; a cap never raises what is available.
pub fn listed_with_cap(available: i64, cap: Option<i64>) -> i64 {
    available.min(cap.unwrap_or(i64::MAX)).max(0)
}

/// Splits whole units by largest remainder: the parts add up, ties go to the earlier part.
///
/// ```
/// use trueup::buffer::theory::allocate;
/// assert_eq!(allocate(101, &[40, 50, 10]), [40, 51, 10]);
/// ```
pub fn allocate(total: i64, weights: &[i64]) -> Vec<i64> {
    split_units(total, weights)
}

/// Splits whole units by shares with a flexible reserve: each share is rounded down, the rest is the
/// reserve (last). Shares above one in sum are cut from the last.
///
/// ```
/// use trueup::buffer::theory::shares_with_flex;
/// use trueup::types::Rate;
/// let shares = [Rate::from_f64(0.40), Rate::from_f64(0.50)];
/// assert_eq!(shares_with_flex(675, &shares), [270, 337, 68]);
/// ```
pub fn shares_with_flex(total: i64, shares: &[Rate]) -> Vec<i64> {
    let mut left = total.max(0);
    let mut parts: Vec<i64> = Vec::with_capacity(shares.len() + 1);
    for share in shares {
        let part = floor_share(total, *share).min(left);
        left -= part;
        parts.push(part);
    }
    parts.push(left);
    parts
}

/// A share of units, rounded down.
pub fn floor_share(units: i64, share: Rate) -> i64 {
    let exact = i128::from(units.max(0)) * i128::from(share.millionths().max(0));
    i64::try_from(exact / i128::from(Rate::SCALE)).unwrap_or(i64::MAX)
}

/// A share of available units that is held back, rounded up: 15 % of 33 is 5.
pub fn percent_reserve(available: i64, share: Rate) -> i64 {
    let exact = i128::from(available.max(0)) * i128::from(share.millionths().max(0));
    let scale = i128::from(Rate::SCALE);
    i64::try_from((exact + scale - 1) / scale).unwrap_or(i64::MAX)
}

/// True where the pool has fewer units than the threshold; exactly the threshold is enough.
pub fn is_paused(pool_units: i64, threshold: i64) -> bool {
    pool_units < threshold
}

/// Units that reserves keep from being sold: what is dedicated to channels that sell nothing.
///
/// ```
/// use trueup::buffer::theory::stranded_units;
/// let reserves = [(50, true), (50, true), (50, false), (50, false)];
/// assert_eq!(stranded_units(&reserves), 100);
/// ```
pub fn stranded_units(reserved_and_selling: &[(i64, bool)]) -> i64 {
    reserved_and_selling.iter().filter(|(_, selling)| !selling).map(|(units, _)| units.max(&0)).sum()
}

/// What to do as a pool runs low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Throttle {
    /// Nothing.
    None,
    /// Below half of the cover target: tell somebody.
    Alert,
    /// Below 30 %: pause the lowest tier.
    PauseLowest,
    /// Below 15 %: pause all but the anchor channel.
    PauseAllButAnchor,
    /// Below the safety stock: pause all.
    PauseAll,
}

impl Throttle {
    /// Its word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Alert => "alert",
            Self::PauseLowest => "pause_lowest",
            Self::PauseAllButAnchor => "pause_all_but_anchor",
            Self::PauseAll => "pause_all",
        }
    }
}

/// The most severe step that applies: below 50 %, 30 % and 15 % of the cover target, and below the
/// safety stock.
pub fn throttle(stock: i64, cover_target: i64, safety_stock: i64) -> Throttle {
    let below = |percent: i128| i128::from(stock) * 100 < i128::from(cover_target) * percent;
    if stock < safety_stock {
        Throttle::PauseAll
    } else if below(15) {
        Throttle::PauseAllButAnchor
    } else if below(30) {
        Throttle::PauseLowest
    } else if below(50) {
        Throttle::Alert
    } else {
        Throttle::None
    }
}

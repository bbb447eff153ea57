//! What makes a recommendation less sure, and therefore larger?

use super::input::ListingInput;

/// Days in stock below which a history is short.
pub(crate) const SHORT_HISTORY_DAYS: i64 = 28;
/// Days in stock below which a buffer is not lowered.
pub(crate) const MINIMUM_HISTORY_DAYS: i64 = 14;

/// One thing that is not known well enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Nobody knows how much there is.
    StockUnknown,
    /// So few days in stock were seen.
    ShortHistory(i64),
    /// The lag was never measured.
    LagAssumed,
    /// So many units differ between book and channel without a reason.
    UnexplainedDrift(i64),
}

/// How sure a recommendation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Two or more weaknesses, or the stock is unknown.
    Low,
    /// One weakness.
    Medium,
    /// None.
    High,
}

impl Confidence {
    /// Its word in `buffers.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub(super) fn of(weaknesses: &[Weakness]) -> Self {
        match weaknesses {
            [] => Self::High,
            [one] if *one != Weakness::StockUnknown => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// The weaknesses of what is known about a listing, always in the same order. A channel that ships
/// its own stock has no lag that could be measured.
pub(super) fn weaknesses(input: &ListingInput, ships_itself: bool) -> Vec<Weakness> {
    let days = input.demand.days_in_stock;
    [
        input.pool.available.is_none().then_some(Weakness::StockUnknown),
        (days < SHORT_HISTORY_DAYS).then_some(Weakness::ShortHistory(days)),
        (!ships_itself && input.lag.seconds.is_none()).then_some(Weakness::LagAssumed),
        (input.unexplained_drift_units > 0).then_some(Weakness::UnexplainedDrift(input.unexplained_drift_units)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

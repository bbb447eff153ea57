//! Thresholds of the field: drift, lag, sync tiers, promotion watch lines.

/// True where |expected − reported| is above the threshold; exactly the threshold is fine.
///
/// ```
/// use trueup::buffer::theory::drift_alert;
/// assert!(!drift_alert(84, 79, 5));
/// assert!(drift_alert(84, 78, 5));
/// ```
pub fn drift_alert(expected: i64, reported: i64, threshold: i64) -> bool {
    i128::from(expected).abs_diff(i128::from(reported)) > threshold.max(0) as u128
}

/// True where a change took longer than the threshold to show, in seconds.
pub fn latency_alert(seconds: f64, threshold_seconds: f64) -> bool {
    seconds > threshold_seconds
}

/// Where an observed lag lies among the sync tiers of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LagBand {
    /// Under 5 minutes.
    RealTime,
    /// 5 to under 15 minutes: no tier's, counted as near time.
    BetweenRealAndNear,
    /// 15 to 30 minutes.
    NearTime,
    /// Over 30 minutes to under an hour: no tier's, counted as batch.
    BetweenNearAndBatch,
    /// An hour and slower.
    Batch,
}

impl LagBand {
    /// Its name in a sentence.
    pub fn word(self) -> &'static str {
        match self {
            Self::RealTime => "real-time",
            Self::BetweenRealAndNear => "between real-time and near-time",
            Self::NearTime => "near-time",
            Self::BetweenNearAndBatch => "between near-time and batch",
            Self::Batch => "batch",
        }
    }
}

/// The band of a lag in minutes. A lag between two tiers belongs to the slower one's work.
pub fn lag_band(minutes: f64) -> LagBand {
    match minutes {
        minutes if minutes < 5.0 => LagBand::RealTime,
        minutes if minutes < 15.0 => LagBand::BetweenRealAndNear,
        minutes if minutes <= 30.0 => LagBand::NearTime,
        minutes if minutes < 60.0 => LagBand::BetweenNearAndBatch,
        _ => LagBand::Batch,
    }
}

/// Percentages of promotion stock left at which somebody is told.
pub const WATCH_LINES: &[i64] = &[25, 10, 5];

/// The lowest watch line (percent of the promotion's stock) that has been reached; none above 25 %.
/// A promotion without stock is at the lowest line.
///
/// ```
/// use trueup::buffer::theory::promotion_watch_line;
/// assert_eq!(promotion_watch_line(200, 50), Some(25));
/// assert_eq!(promotion_watch_line(200, 51), None);
/// ```
pub fn promotion_watch_line(initial: i64, remaining: i64) -> Option<i64> {
    let reached = |percent: i64| i128::from(remaining) * 100 <= i128::from(initial) * i128::from(percent);
    WATCH_LINES.iter().rev().copied().find(|percent| reached(*percent))
}

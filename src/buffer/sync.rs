//! How soon must a channel be told? The tier that a listing's velocity needs.

use super::theory;
use crate::config::SyncTier;

/// Units in half an hour from which near time is too slow.
const REAL_TIME_FROM: f64 = 0.5;
/// Units in an hour up to which batch is soon enough.
const BATCH_UP_TO: f64 = 0.02;

/// The sync tier a listing needs: real time while a promotion is near or where half a unit and more
/// sells in 30 minutes, batch where at most one unit in 50 hours does, near time between.
pub fn needed_tier(pool_units_per_day: f64, promoted: bool) -> SyncTier {
    let per_hour = pool_units_per_day / 24.0;
    if promoted || per_hour / 2.0 >= REAL_TIME_FROM {
        SyncTier::RealTime
    } else if per_hour <= BATCH_UP_TO {
        SyncTier::Batch
    } else {
        SyncTier::NearTime
    }
}

/// The sync tier that an observed lag in seconds really is; between two tiers, the slower one.
pub fn observed_tier(seconds: f64) -> SyncTier {
    match theory::lag_band(seconds / 60.0) {
        theory::LagBand::RealTime => SyncTier::RealTime,
        theory::LagBand::BetweenRealAndNear | theory::LagBand::NearTime => SyncTier::NearTime,
        theory::LagBand::BetweenNearAndBatch | theory::LagBand::Batch => SyncTier::Batch,
    }
}

/// True where an existing buffer is smaller than what sells in one lag on average.
///
/// ```
/// assert!(trueup::buffer::is_too_thin(2, 2.5));
/// assert!(!trueup::buffer::is_too_thin(3, 2.5));
/// ```
pub fn is_too_thin(present_buffer: i64, units_in_lag: f64) -> bool {
    present_buffer < theory::lag_buffer_naive(units_in_lag, 1.0)
}

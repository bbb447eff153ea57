//! How soon must a channel be told? The tier that a listing's velocity needs.

use super::theory;
use crate::config::{Policy, SyncTier};

/// The sync tier a listing needs: real time while a promotion is near or where `real-time-from-units`
/// (half a unit) and more sell in 30 minutes, batch where at most `batch-up-to-units` (one in 50 hours)
/// sell in an hour, near time between.
pub fn needed_tier(pool_units_per_day: f64, promoted: bool, policy: &Policy) -> SyncTier {
    let per_hour = pool_units_per_day / 24.0;
    if promoted || per_hour / 2.0 >= policy.real_time_from_units.value {
        SyncTier::RealTime
    } else if per_hour <= policy.batch_up_to_units.value {
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

//! What kind of demand is this? By how often it occurs and how its size varies.
//!
//! Average interval between demands `ADI` and squared coefficient of variation `CV²` of the sizes, cut
//! at 1.32 and 0.49: Syntetos, Boylan & Croston (2005), JORS 56:495.

/// The four classes, and one for what cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DemandClass {
    /// Often, of even size.
    Smooth,
    /// Often, of uneven size.
    Erratic,
    /// Seldom, of even size.
    Intermittent,
    /// Seldom, of uneven size.
    Lumpy,
    /// No demand was seen.
    None,
}

impl DemandClass {
    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Smooth => "smooth",
            Self::Erratic => "erratic",
            Self::Intermittent => "intermittent",
            Self::Lumpy => "lumpy",
            Self::None => "none",
        }
    }
}

/// The class of a history. One demand alone has no variation and counts as even.
///
/// ```
/// use trueup::forecast::{DemandClass, classify};
/// assert_eq!(classify(&[0.0, 3.0, 0.0, 0.0, 3.0]), DemandClass::Intermittent);
/// ```
pub fn classify(demand: &[f32]) -> DemandClass {
    let (mut count, mut sum, mut squares) = (0.0f64, 0.0f64, 0.0f64);
    for units in demand.iter().map(|units| f64::from(*units)).filter(|units| *units > 0.0) {
        count += 1.0;
        sum += units;
        squares += units * units;
    }
    if count == 0.0 {
        return DemandClass::None;
    }
    let interval = demand.len() as f64 / count;
    let mean = sum / count;
    let variation = if count > 1.0 { (squares / count - mean * mean).max(0.0) / (mean * mean) } else { 0.0 };
    match (interval < 1.32, variation < 0.49) {
        (true, true) => DemandClass::Smooth,
        (true, false) => DemandClass::Erratic,
        (false, true) => DemandClass::Intermittent,
        (false, false) => DemandClass::Lumpy,
    }
}

//! Lengths of time as people say them.

/// A length of time in the largest unit that keeps it exact enough: `45 seconds`, `42 minutes`,
/// `26 hours`, `3 days`.
pub(crate) fn elapsed(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..120 => (seconds, "second"),
        120..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    counted(count, unit)
}

/// `1 unit`, `2 units`.
pub(crate) fn counted(count: i64, unit: &str) -> String {
    if count == 1 { format!("{count} {unit}") } else { format!("{count} {unit}s") }
}

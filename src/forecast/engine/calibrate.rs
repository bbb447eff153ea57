//! What is the chosen average still wrong by, over the whole pool?
//!
//! Split conformal prediction on pooled, normalised scores (Vovk, Gammerman & Shafer 2005; Romano,
//! Patterson & Candès 2019): score `(S - q_τ) / (σ + 0.1 μ)`, and `q_τ` moves by the τ-quantile of the
//! scores times that spread. Half as far where the pool is small.

/// Scores that are enough for the whole step.
const ENOUGH: usize = 400;

/// What normalises a score.
pub(crate) fn spread(mean: f64, variance: f64) -> f64 {
    (variance.max(0.0).sqrt() + 0.1 * mean.abs()).max(1e-6)
}

/// How far each level's quantile moves, in spreads.
pub(crate) fn shifts(
    rows: usize,
    levels: &[f64],
    actual: impl Fn(usize) -> f64,
    spread: impl Fn(usize) -> f64,
    quantile: impl Fn(usize, usize) -> f64,
) -> Vec<f32> {
    let of_level = |(index, &level): (usize, &f64)| {
        let mut scores: Vec<f64> = (0..rows).map(|row| (actual(row) - quantile(row, index)) / spread(row)).collect();
        if scores.len() < 30 {
            return 0.0;
        }
        scores.sort_by(f64::total_cmp);
        let rank = (((rows + 1) as f64 * level).ceil() as usize).clamp(1, rows) - 1;
        let caution = if rows < ENOUGH { 0.5 } else { 1.0 };
        (scores[rank] * caution) as f32
    };
    levels.iter().enumerate().map(of_level).collect()
}

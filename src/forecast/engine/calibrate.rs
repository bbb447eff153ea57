//! What is the chosen average still wrong by, over the pool, and by what kind of series?
//!
//! Split conformal prediction on pooled, normalised scores (Vovk, Gammerman & Shafer 2005; Romano,
//! Patterson & Candès 2019): score `(S - q_τ) / (σ + 0.1 μ)`, and `q_τ` moves, up or down, by the
//! τ-quantile of the scores times that spread. Done in turn for classes of size and of recent rise
//! (Mondrian conformal: Vovk, Lindsay, Nouretdinov & Gammerman 2003), each class pulled towards the
//! whole pool and read off in a straight line between the classes' middles.

use super::sums::Moments;

/// Scores that are enough for the whole step; half of it where the pool is smaller.
const ENOUGH: usize = 400;
/// Fewer scores say nothing.
const LEAST: usize = 30;
/// Classes of a pool that is large enough.
const CLASSES: usize = 6;
/// A class has at least so many scores.
const LEAST_OF_CLASS: usize = 100;
/// Scores beyond a level that the whole pool's answer is worth to a class.
const POOL_WEIGHT: f64 = 25.0;

/// What series are classed by.
const TRAITS: usize = 2;

/// A sum as calibration sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Logarithms of what is expected of the sum, and of recent days over what is expected.
    traits: [f64; TRAITS],
    /// What normalises a score.
    spread: f64,
    /// Whether sums may lie below zero.
    signed: bool,
}

impl Kind {
    /// Of a sum over `days` with this error variance.
    pub(crate) fn new(moments: &Moments, variance: f64, days: usize, signed: bool) -> Self {
        let mean = moments.mean.max(1e-3);
        let recent = (moments.recent + 0.02 * moments.usual) * days as f64;
        let spread = (variance.max(0.0).sqrt() + 0.1 * moments.mean.abs()).max(1e-6);
        Self { traits: [mean.ln(), (recent / mean).max(1e-6).ln()], spread, signed }
    }
}

/// How far quantiles move.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calibration {
    /// One for each trait; none where nothing is known.
    stages: Vec<Stage>,
}

impl Calibration {
    /// Learns from past sums, of which `quantiles` holds each level's quantile, sum by sum.
    pub(crate) fn learn(rows: &[(Kind, f64)], levels: &[f64], mut quantiles: Vec<f32>) -> Self {
        let mut stages = Vec::with_capacity(TRAITS);
        for trait_index in 0..TRAITS {
            let stage = Stage::learn(rows, levels, &quantiles, trait_index);
            for ((kind, _), quantiles) in rows.iter().zip(quantiles.chunks_exact_mut(levels.len())) {
                stage.apply(kind, quantiles);
            }
            stages.push(stage);
        }
        Self { stages }
    }

    /// Moves the quantiles of one sum and puts them in order.
    pub(crate) fn apply(&self, kind: &Kind, quantiles: &mut [f32]) {
        self.stages.iter().for_each(|stage| stage.apply(kind, quantiles));
    }
}

/// The classes of one trait.
#[derive(Clone, Debug)]
struct Stage {
    trait_index: usize,
    /// The trait in the middle of each class, rising.
    middles: Vec<f64>,
    /// By class and level, in spreads.
    shifts: Vec<Vec<f32>>,
}

impl Stage {
    fn learn(rows: &[(Kind, f64)], levels: &[f64], quantiles: &[f32], trait_index: usize) -> Self {
        let of_row = |row: usize| rows[row].0.traits[trait_index];
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let whole = shifts(rows, &order, levels, quantiles);
        order.sort_by(|a, b| of_row(*a).total_cmp(&of_row(*b)));
        let count = (rows.len() / LEAST_OF_CLASS).clamp(1, CLASSES);
        let mut stage = Self { trait_index, middles: Vec::new(), shifts: Vec::new() };
        let mut start = 0;
        for class in 1..=count {
            // Rows with the same value stay together.
            let last = order.get((class * rows.len() / count).wrapping_sub(1)).map_or(0.0, |row| of_row(*row));
            let end = order.partition_point(|row| of_row(*row) <= last);
            if end == start && !stage.shifts.is_empty() {
                continue;
            }
            let members = &order[start..end];
            start = end;
            let own = shifts(rows, members, levels, quantiles);
            let towards_pool = own.iter().zip(&whole).zip(levels).map(|((own, whole), level)| {
                let beyond = members.len() as f64 * level.min(1.0 - level);
                whole + (own - whole) * (beyond / (beyond + POOL_WEIGHT)) as f32
            });
            stage.shifts.push(towards_pool.collect());
            stage.middles.push(members.get(members.len() / 2).map_or(0.0, |row| of_row(*row)));
        }
        stage
    }

    fn apply(&self, kind: &Kind, quantiles: &mut [f32]) {
        let value = kind.traits[self.trait_index];
        let above = self.middles.partition_point(|middle| *middle < value);
        let (low, high) = (above.saturating_sub(1), above.min(self.middles.len() - 1));
        let share = match self.middles[high] - self.middles[low] {
            apart if apart > 0.0 => ((value - self.middles[low]) / apart) as f32,
            _ => 0.0,
        };
        for (level, slot) in quantiles.iter_mut().enumerate() {
            let (low, high) = (self.shifts[low][level], self.shifts[high][level]);
            *slot += (low + share * (high - low)) * kind.spread as f32;
            if !kind.signed {
                *slot = slot.max(0.0);
            }
        }
        quantiles.sort_unstable_by(f32::total_cmp);
    }
}

/// How far each level's quantile moves for these rows, in spreads.
fn shifts(rows: &[(Kind, f64)], members: &[usize], levels: &[f64], quantiles: &[f32]) -> Vec<f32> {
    if members.len() < LEAST {
        return vec![0.0; levels.len()];
    }
    let caution = if rows.len() < ENOUGH { 0.5 } else { 1.0 };
    let of_level = |(index, &level): (usize, &f64)| {
        let score = |&row: &usize| {
            let (kind, actual) = &rows[row];
            (actual - f64::from(quantiles[row * levels.len() + index])) / kind.spread
        };
        let mut scores: Vec<f64> = members.iter().map(score).collect();
        let rank = (((scores.len() + 1) as f64 * level).ceil() as usize).clamp(1, scores.len()) - 1;
        let (_, at_rank, _) = scores.select_nth_unstable_by(rank, f64::total_cmp);
        (*at_rank * caution) as f32
    };
    levels.iter().enumerate().map(of_level).collect()
}

#[cfg(test)]
mod tests {
    use super::{Calibration, Kind};
    use crate::forecast::engine::sums::Moments;

    const LEVELS: [f64; 3] = [0.5, 0.9, 0.95];

    /// Sums evenly over 0 to twice their mean; quantiles too low for small sums, too high for large.
    fn pool(large: bool) -> Vec<(Kind, f64, [f32; 3])> {
        let mean = if large { 200.0 } else { 5.0 };
        let moments = Moments { mean, recent: mean / 7.0, usual: mean / 7.0, ..Moments::default() };
        let wrong: [f64; 3] = if large { [1.3, 1.95, 1.99] } else { [0.6, 1.2, 1.4] };
        let of = |row: usize| {
            let actual = mean * 2.0 * (row as f64 + 0.5) / 1000.0;
            (Kind::new(&moments, mean * mean / 3.0, 7, false), actual, wrong.map(|part| (part * mean) as f32))
        };
        (0..1000).map(of).collect()
    }

    #[test]
    fn each_class_moves_its_own_way() {
        let (small, large) = (pool(false), pool(true));
        let all = || small.iter().chain(&large);
        let rows: Vec<(Kind, f64)> = all().map(|(kind, actual, _)| (*kind, *actual)).collect();
        let quantiles: Vec<f32> = all().flat_map(|(_, _, quantiles)| *quantiles).collect();
        let calibration = Calibration::learn(&rows, &LEVELS, quantiles);
        for class in [small, large] {
            let (mut before, mut after) = ([0.0; 3], [0.0; 3]);
            for (kind, actual, mut quantiles) in class {
                let count = |covered: &mut [f64; 3], quantiles: &[f32; 3]| {
                    for (slot, quantile) in covered.iter_mut().zip(quantiles) {
                        *slot += if actual <= f64::from(*quantile) { 1e-3 } else { 0.0 };
                    }
                };
                count(&mut before, &quantiles);
                calibration.apply(&kind, &mut quantiles);
                count(&mut after, &quantiles);
            }
            for (index, level) in LEVELS.iter().enumerate() {
                assert!((before[index] - level).abs() > 0.03, "{before:?}");
                assert!((after[index] - level).abs() < 0.03, "{after:?}");
            }
        }
    }

    #[test]
    fn few_outcomes_teach_nothing() {
        let rows: Vec<(Kind, f64)> = pool(true).into_iter().take(20).map(|(kind, actual, _)| (kind, actual)).collect();
        let calibration = Calibration::learn(&rows, &LEVELS, vec![0.0; 60]);
        let mut quantiles = [1.0, 2.0, 3.0];
        calibration.apply(&rows[0].0, &mut quantiles);
        assert_eq!(quantiles, [1.0, 2.0, 3.0]);
    }
}

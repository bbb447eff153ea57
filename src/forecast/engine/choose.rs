//! Which few, averaged, would have lost least over the whole pool?
//!
//! Greedy forward selection with repeats (Caruana et al. 2004, "Ensemble selection from libraries of
//! models"): each pick is the candidate that lowers the loss of the average most.

use rayon::prelude::*;

/// A candidate and its share of the average.
pub(crate) type Weighted = (usize, f32);

/// Past outcomes of a pool and what each candidate had said of them.
pub(crate) struct Contest<'a> {
    /// Row by row, `width` numbers each.
    pub(crate) candidates: &'a [Vec<f32>],
    pub(crate) width: usize,
    /// The loss of one row's average.
    pub(crate) loss: &'a (dyn Fn(usize, &[f32]) -> f64 + Sync),
    /// By how much of its loss each candidate must be better, to be worth its time.
    pub(crate) handicaps: &'a [f64],
    /// What each row counts for.
    pub(crate) weights: &'a [f64],
}

impl Contest<'_> {
    /// Mean loss of the average of `sum` (of `count` picks so far) and one more candidate.
    fn loss_with(&self, sum: &[f32], count: usize, candidate: &[f32]) -> f64 {
        let factor = 1.0 / (count + 1) as f32;
        let mut average = vec![0.0; self.width];
        let mut total = 0.0;
        for (row, weight) in self.weights.iter().enumerate() {
            let range = row * self.width..(row + 1) * self.width;
            for ((slot, &sum), &value) in average.iter_mut().zip(&sum[range.clone()]).zip(&candidate[range]) {
                *slot = (sum + value) * factor;
            }
            total += weight * (self.loss)(row, &average);
        }
        total / self.weights.iter().sum::<f64>().max(f64::MIN_POSITIVE)
    }

    /// The average of at most `picks` candidates, with shares that add up to 1.
    pub(crate) fn best_average(&self, picks: usize) -> Vec<Weighted> {
        let mut sum = vec![0.0f32; self.weights.len() * self.width];
        let mut chosen: Vec<usize> = Vec::new();
        let mut best = f64::INFINITY;
        for _ in 0..picks {
            let losses: Vec<f64> = self
                .candidates
                .par_iter()
                .zip(self.handicaps)
                .map(|(one, handicap)| self.loss_with(&sum, chosen.len(), one) * (1.0 + handicap))
                .collect();
            let Some((winner, loss)) = smallest(&losses) else { break };
            if loss >= best {
                break;
            }
            best = loss;
            sum.iter_mut().zip(&self.candidates[winner]).for_each(|(sum, value)| *sum += value);
            chosen.push(winner);
        }
        shares(chosen)
    }
}

fn smallest(losses: &[f64]) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (index, &loss) in losses.iter().enumerate() {
        if loss.is_finite() && best.is_none_or(|(_, least)| loss < least) {
            best = Some((index, loss));
        }
    }
    best
}

fn shares(mut chosen: Vec<usize>) -> Vec<Weighted> {
    let each = 1.0 / chosen.len().max(1) as f32;
    chosen.sort_unstable();
    let mut weighted: Vec<Weighted> = Vec::new();
    for index in chosen {
        match weighted.last_mut() {
            Some((last, share)) if *last == index => *share += each,
            _ => weighted.push((index, each)),
        }
    }
    weighted
}

/// Pinball loss of a quantile at `level`.
#[inline]
pub(crate) fn pinball(actual: f64, quantile: f64, level: f64) -> f64 {
    let miss = actual - quantile;
    (level * miss).max((level - 1.0) * miss)
}

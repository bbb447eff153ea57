//! How wide is the error of a sum? Its own past errors, what series of its mean have, or what was learnt
//! over the pool from both.

use super::catalogue::Spread;
use super::sums::Moments;

/// Keeps the least squares solvable where traits hardly differ.
const RIDGE: f64 = 1e-3;

/// Variance of the error of a sum as a power of its mean, over a pool.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VarianceLaw {
    factor: f64,
    power: f64,
    learnt: Option<Learnt>,
}

/// Logarithm of the mean absolute error as a straight line in `TRAITS` of a series.
type Learnt = [f64; TRAITS];
/// One, and the logarithms of its own deviation, its mean and its roughness.
const TRAITS: usize = 4;
/// Errors from which a line is learnt.
const LEAST_ERRORS: usize = 200;

fn traits(moments: &Moments) -> Option<[f64; TRAITS]> {
    let known = moments.errors >= 3 && moments.scaled_variance > 1e-9 && moments.mean > 1e-6 && moments.rough > 1e-9;
    known.then(|| [1.0, moments.scaled_variance.ln() / 2.0, moments.mean.ln(), moments.rough.ln()])
}

impl VarianceLaw {
    /// Least squares in logarithms, then scaled so that variances add up to what they were.
    pub(crate) fn fit(points: impl Iterator<Item = (f64, f64)> + Clone) -> Self {
        let usable = points.filter(|(mean, variance)| *mean > 1e-6 && *variance > 1e-9);
        let (mut n, mut x, mut y, mut xx, mut xy) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (mean, variance) in usable.clone() {
            let (log_mean, log_variance) = (mean.ln(), variance.ln());
            n += 1.0;
            x += log_mean;
            y += log_variance;
            xx += log_mean * log_mean;
            xy += log_mean * log_variance;
        }
        if n < 20.0 {
            return Self { factor: 2.0, power: 1.0, learnt: None };
        }
        let scatter = xx - x * x / n;
        let power = if scatter > 1e-9 { ((xy - x * y / n) / scatter).clamp(1.0, 2.0) } else { 1.0 };
        let mut log_ratio = 0.0;
        for (mean, variance) in usable {
            log_ratio += (variance / mean.powf(power)).min(1e30).ln();
        }
        Self { factor: (log_ratio / n).exp(), power, learnt: None }
    }

    /// Learns how large the errors of past sums were, from what was known of their series: a gamma
    /// regression with a logarithmic link by iterated least squares (McCullagh & Nelder 1989, §8).
    pub(crate) fn learn(&mut self, errors: impl Iterator<Item = (Moments, f64)>) {
        let rows: Vec<([f64; TRAITS], f64)> =
            errors.filter_map(|(moments, error)| traits(&moments).map(|traits| (traits, error.abs()))).collect();
        if rows.len() < LEAST_ERRORS {
            return;
        }
        let mut line = [0.0, 1.0, 0.0, 0.0];
        for _ in 0..12 {
            let mut matrix = [[0.0; TRAITS + 1]; TRAITS];
            for (traits, error) in &rows {
                // No single error decides.
                let excess = (error / dot(&line, traits).exp()).min(6.0) - 1.0;
                for (row, &one) in matrix.iter_mut().zip(traits) {
                    row.iter_mut().zip(traits).for_each(|(slot, &other)| *slot += one * other);
                    row[TRAITS] += one * excess;
                }
            }
            for (trait_index, row) in matrix.iter_mut().enumerate() {
                row[trait_index] += RIDGE;
            }
            let step = solve(matrix);
            line.iter_mut().zip(step).for_each(|(slot, step)| *slot += step.clamp(-1.0, 1.0));
        }
        self.learnt = line.iter().all(|slope| slope.is_finite()).then_some(line);
    }

    /// The variance that a normal error of the size learnt has.
    fn learnt(&self, moments: &Moments) -> Option<f64> {
        let (line, traits) = (self.learnt?, traits(moments)?);
        let absolute = dot(&line, &traits).exp();
        let variance = std::f64::consts::FRAC_PI_2 * absolute * absolute;
        Some(variance.clamp(0.05 * moments.scaled_variance, 20.0 * moments.scaled_variance))
    }

    fn at(&self, mean: f64) -> f64 {
        self.factor * mean.max(1e-3).powf(self.power)
    }
}

/// The error variance that a spread takes.
pub(crate) fn variance(spread: Spread, moments: &Moments, days: usize, law: &VarianceLaw) -> f64 {
    let own = if moments.errors == 0 { 0.0 } else { moments.scaled_variance };
    match spread {
        _ if moments.errors < 3 => law.at(moments.mean),
        Spread::Own => moments.variance,
        Spread::Scaled => own,
        Spread::Learnt => law.learnt(moments).unwrap_or(own),
        Spread::Shrunk(weight) => {
            let apart = moments.errors as f64 / days as f64;
            (apart * own + weight * law.at(moments.mean)) / (apart + weight)
        }
    }
}

fn dot(line: &[f64; TRAITS], traits: &[f64; TRAITS]) -> f64 {
    line.iter().zip(traits).map(|(slope, value)| slope * value).sum()
}

/// Gaussian elimination with the largest pivot.
fn solve(mut matrix: [[f64; TRAITS + 1]; TRAITS]) -> [f64; TRAITS] {
    for column in 0..TRAITS {
        let largest = (column..TRAITS).max_by(|a, b| matrix[*a][column].abs().total_cmp(&matrix[*b][column].abs()));
        matrix.swap(column, largest.unwrap_or(column));
        let pivot = matrix[column];
        for (_, values) in matrix.iter_mut().enumerate().filter(|(row, _)| *row != column) {
            let factor = values[column] / pivot[column];
            values.iter_mut().zip(pivot).for_each(|(value, pivot)| *value -= factor * pivot);
        }
    }
    std::array::from_fn(|row| matrix[row][TRAITS] / matrix[row][row])
}

//! How would each model have done? Past days are forecast from, with what was known then.

use rayon::prelude::*;

use super::super::models::Prior;
use super::catalogue::{MODELS, SHAPES, Shape, Spread};
use super::choose::Weighted;
use super::profile::{PhaseSums, PooledProfile};
use super::quantile::{count_quantiles, key_quantiles, normal_quantile};
use super::sums::{Blend, FLOOR, Moments, Span, look_back};
use super::variance::{VarianceLaw, variance};
use super::walk::Workspace;
use super::{EngineOptions, SeriesSet};

/// A series needs so many steps before the earliest cut.
const LEAST_SEEN: usize = 8;

/// Days to forecast from: `seen` days are known, newest first. Each series has its own, so that the pool
/// sees many days of the past, not the same four: what all series share on a day is one outcome only.
pub(crate) fn cuts(length: usize, ahead: usize, count: usize, series: usize) -> Vec<usize> {
    let Some(newest) = length.checked_sub(ahead).filter(|newest| *newest >= LEAST_SEEN) else { return Vec::new() };
    let earliest = (length / 2).max(LEAST_SEEN).min(newest);
    let step = ((newest - earliest) / count.saturating_sub(1).max(1)).clamp(1, ahead.max(7));
    let scattered = (series as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    let newest = newest.saturating_sub(scattered as usize % step).max(earliest);
    (0..count).filter_map(|cut| newest.checked_sub(cut * step)).filter(|seen| *seen >= earliest).collect()
}

/// What is left of the weight of an outcome one horizon later.
const FADING: f64 = 0.9;

/// What an outcome counts for when models are chosen: the newest most.
fn recency(newest: usize, cut: usize, ahead: usize) -> f64 {
    FADING.powf((newest - cut) as f64 / ahead.max(7) as f64)
}

/// One series of the pool, ready to be walked: its history loaded, its profile as known at the
/// earliest cut.
pub(crate) fn prepare(
    work: &mut Workspace,
    sums: &mut PhaseSums,
    set: &SeriesSet,
    series: usize,
    pooled: &PooledProfile,
    until: usize,
) {
    work.load(set.values(series), set.phases[series], pooled.index.len(), Prior::default());
    sums.read(&work.demand, until, work.phase, pooled.index.len());
    pooled.shrink(sums, &mut work.profile);
    work.sum_shares();
    work.tuned = None;
    work.tune_until = until;
}

/// Mean absolute step of a history: what every loss is divided by.
pub(crate) fn roughness(demand: &[f64]) -> Option<(f64, f64)> {
    let steps = demand.len().checked_sub(1).filter(|steps| *steps > 0)? as f64;
    let (mut absolute, mut squares) = (0.0, 0.0);
    for pair in demand.windows(2) {
        let step = pair[1] - pair[0];
        absolute += step.abs();
        squares += step * step;
    }
    (absolute > 0.0).then(|| (absolute / steps, (squares / steps).sqrt()))
}

/// What one series' cuts gave, for every model.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trial {
    /// Cut by cut: the actual value of each step, what it is divided by, what it counts for.
    pub(crate) actual: Vec<f32>,
    pub(crate) scale: Vec<f32>,
    pub(crate) weight: Vec<f64>,
    /// Candidate by candidate, cut by cut: the mean of each step.
    pub(crate) means: Vec<Vec<f32>>,
    /// For each number of days: its cuts.
    pub(crate) sums: Vec<Vec<SumTrial>>,
}

/// One cut for one number of days.
#[derive(Clone, Debug)]
pub(crate) struct SumTrial {
    /// What it counts for.
    pub(crate) weight: f64,
    /// Whether it may lie below zero.
    pub(crate) signed: bool,
    pub(crate) actual: f64,
    pub(crate) scale: f64,
    /// Candidate by candidate.
    pub(crate) moments: Vec<Moments>,
}

/// The models on offer for a pool: none that follows each turn where most values are 0.
pub(crate) fn candidates(set: &SeriesSet, pool: &[usize]) -> Vec<usize> {
    let zeros = |series: &usize| {
        let values = set.values(*series);
        values.iter().filter(|value| **value == 0.0).count() * 2 > values.len()
    };
    let sparse = pool.iter().filter(|series| zeros(series)).count() * 2 > pool.len();
    (0..MODELS.len()).filter(|model| !(sparse && MODELS[*model].is_lively())).collect()
}

/// The means and moments of these models for the series of a pool.
pub(crate) fn try_models(
    set: &SeriesSet,
    pool: &[usize],
    profile: &PooledProfile,
    options: &EngineOptions,
    ages: &[u32],
    models: &[usize],
) -> Vec<Trial> {
    pool.par_iter()
        .map_init(Default::default, |(work, sums, span): &mut (Workspace, PhaseSums, Span), &series| {
            try_series(work, sums, span, set, series, profile, options, ages, models)
        })
        .collect()
}

#[allow(clippy::too_many_arguments, reason = "three of them are one thread's buffers")]
fn try_series(
    work: &mut Workspace,
    sums: &mut PhaseSums,
    span: &mut Span,
    set: &SeriesSet,
    series: usize,
    profile: &PooledProfile,
    options: &EngineOptions,
    ages: &[u32],
    models: &[usize],
) -> Trial {
    let length = set.values(series).len();
    let mean_cuts = cuts(length, options.horizon, options.cuts, series);
    let sum_cuts: Vec<Vec<usize>> = options.days.iter().map(|&days| cuts(length, days, options.cuts, series)).collect();
    let Some(earliest) = mean_cuts.iter().chain(sum_cuts.iter().flatten()).copied().min() else {
        return Trial {
            sums: vec![Vec::new(); options.days.len()],
            means: vec![Vec::new(); models.len()],
            ..Trial::default()
        };
    };
    prepare(work, sums, set, series, profile, earliest);
    let mut trial = Trial::default();
    for &cut in &mean_cuts {
        let scale = roughness(&work.demand[..cut]).map_or(0.0, |(_, root)| root);
        trial.scale.push(scale as f32);
        trial.weight.push(recency(mean_cuts[0], cut, options.horizon));
        trial.actual.extend(work.demand[cut..cut + options.horizon].iter().map(|&value| value as f32));
    }
    for (&days, cuts) in options.days.iter().zip(&sum_cuts) {
        let of_cut = |&cut: &usize| SumTrial {
            weight: recency(cuts[0], cut, days),
            signed: work.signed,
            actual: work.demand_sums[cut + days] - work.demand_sums[cut],
            scale: roughness(&work.demand[..cut]).map_or(0.0, |(mean, _)| mean) * (days as f64).sqrt(),
            moments: Vec::with_capacity(models.len()),
        };
        trial.sums.push(cuts.iter().map(of_cut).collect());
    }
    for &model in models {
        work.walk(MODELS[model], length);
        let mut means = Vec::with_capacity(mean_cuts.len() * options.horizon);
        for &cut in &mean_cuts {
            step_means(work, cut, options.horizon, |mean| means.push(mean as f32));
        }
        trial.means.push(means);
        for (index, &days) in options.days.iter().enumerate() {
            span.prepare(work, days);
            for (cut, sum) in sum_cuts[index].iter().zip(&mut trial.sums[index]) {
                sum.moments.push(look_back(work, days, ages, *cut, false, |work, day| span.expected(work, day)));
            }
        }
    }
    trial
}

/// The mean of each of the steps after `seen` days.
pub(crate) fn step_means(work: &Workspace, seen: usize, horizon: usize, mut each: impl FnMut(f64)) {
    let damping = work.damping;
    let (mut growth, mut factor) = (0.0, damping);
    let mut phase = (work.phase + seen) % work.profile.len();
    for _ in 0..horizon {
        growth += factor;
        factor *= damping;
        let trend = if work.trend.is_empty() { 0.0 } else { work.trend[seen] * growth };
        let mean = (work.level[seen] + trend) * work.profile[phase];
        each(if work.signed { mean } else { mean.max(0.0) });
        phase = if phase + 1 == work.profile.len() { 0 } else { phase + 1 };
    }
}

/// Quantiles of one shape; the workspace keeps the errors of the walk looked back on last.
pub(crate) fn shape_quantiles(
    shape: Shape,
    moments: &Moments,
    days: usize,
    law: &VarianceLaw,
    work: &mut Workspace,
    levels: &[f64],
    out: &mut [f32],
) {
    match shape {
        Shape::Errors | Shape::ScaledErrors if moments.errors < 8 => {
            let variance = variance(Spread::Shrunk(4.0), moments, days, law);
            count_quantiles(moments.mean, variance, work.whole, levels, out);
        }
        Shape::Errors => {
            key_quantiles(&mut work.keys, levels, out);
            out.iter_mut().for_each(|slot| *slot += moments.mean as f32);
        }
        Shape::ScaledErrors => {
            key_quantiles(&mut work.scaled_keys, levels, out);
            let root = (moments.mean.max(0.0) + FLOOR).sqrt() as f32;
            out.iter_mut().for_each(|slot| *slot = moments.mean as f32 + *slot * root);
        }
        Shape::Counts(spread) if !work.signed => {
            count_quantiles(moments.mean, variance(spread, moments, days, law), work.whole, levels, out);
        }
        Shape::Counts(spread) | Shape::Normal(spread) => {
            let deviation = variance(spread, moments, days, law).sqrt();
            for (slot, &level) in out.iter_mut().zip(levels) {
                *slot = (moments.mean + normal_quantile(level) * deviation) as f32;
            }
        }
    }
    if !work.signed {
        out.iter_mut().for_each(|slot| *slot = slot.max(0.0));
    }
}

/// What every shape said of a pool's past sums.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShapeTrial {
    /// By shape, then cut by cut of each series of the pool.
    pub(crate) quantiles: Vec<Vec<f32>>,
    /// Cut by cut.
    pub(crate) moments: Vec<Moments>,
}

/// Quantiles of every shape around the average `blend` for one number of days.
pub(crate) fn try_shapes(
    set: &SeriesSet,
    pool: &[usize],
    profile: &PooledProfile,
    options: &EngineOptions,
    ages: &[u32],
    (days, blend, law): (usize, &[Weighted], &VarianceLaw),
) -> ShapeTrial {
    type Buffers = (Workspace, PhaseSums, Span, Blend);
    let per_series: Vec<ShapeTrial> = pool
        .par_iter()
        .map_init(Default::default, |(work, sums, span, average): &mut Buffers, &series| {
            let length = set.values(series).len();
            let cuts = cuts(length, days, options.cuts, series);
            let mut trial = ShapeTrial { quantiles: vec![Vec::new(); SHAPES.len()], moments: Vec::new() };
            let Some(&earliest) = cuts.iter().min() else { return trial };
            prepare(work, sums, set, series, profile, earliest);
            average.clear(length);
            for &(model, share) in blend {
                work.walk(MODELS[model], length);
                span.prepare(work, days);
                average.add(work, span, share.into());
            }
            let mut quantiles = vec![0.0; options.levels.len()];
            for &cut in &cuts {
                let moments = average.look_back(work, days, ages, cut, true);
                for (of_shape, &shape) in trial.quantiles.iter_mut().zip(&SHAPES) {
                    shape_quantiles(shape, &moments, days, law, work, &options.levels, &mut quantiles);
                    of_shape.extend_from_slice(&quantiles);
                }
                trial.moments.push(moments);
            }
            trial
        })
        .collect();
    let mut all = ShapeTrial { quantiles: vec![Vec::new(); SHAPES.len()], moments: Vec::new() };
    for mut one in per_series {
        all.moments.append(&mut one.moments);
        for (of_shape, mut quantiles) in all.quantiles.iter_mut().zip(one.quantiles) {
            of_shape.append(&mut quantiles);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{LEAST_SEEN, cuts};

    #[test]
    fn a_pool_sees_many_days_of_the_past() {
        let all: Vec<Vec<usize>> = (0..50).map(|series| cuts(200, 28, 4, series)).collect();
        assert!(all.iter().all(|cuts| cuts.len() >= 3 && cuts.iter().all(|seen| (100..=172).contains(seen))));
        assert!(all.iter().flatten().collect::<BTreeSet<_>>().len() > 40);
        assert!(all.iter().all(|cuts| cuts.windows(2).all(|pair| pair[0] > pair[1])), "newest first");
        // A short history keeps what it has.
        for series in 0..50 {
            assert_eq!(cuts(LEAST_SEEN + 14, 14, 4, series), [LEAST_SEEN]);
            assert!(cuts(LEAST_SEEN + 13, 14, 4, series).is_empty());
        }
    }
}

//! What to forecast with: per band of history length, the models whose average is the mean and the shapes
//! around it, chosen and calibrated by backtest over a pool of series.

use rayon::prelude::*;

use super::backtest::{ShapeTrial, SumTrial, Trial, candidates, cuts, try_models, try_shapes};
use super::calibrate::{Calibration, Kind};
use super::catalogue::{MODELS, SHAPES, Shape, Spread};
use super::choose::{Contest, Weighted, pinball};
use super::profile::PooledProfile;
use super::sums::Moments;
use super::variance::{VarianceLaw, variance};
use super::{EngineOptions, SeriesSet};

/// Most picks of an average.
const PICKS: usize = 5;
/// A band with fewer series chooses with its neighbour.
const LEAST_POOL: usize = 100;
/// Outcomes that are enough to choose from.
const ROWS: usize = 6000;
/// Bands of history length start here.
const BANDS: [usize; 4] = [0, 30, 120, 400];

/// What was chosen for a band of history length.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Models whose average is the mean of each step.
    pub(crate) mean: Vec<Weighted>,
    /// For each number of days.
    pub(crate) sums: Vec<SumPlan>,
    /// Past forecasts compared.
    pub(crate) outcomes: usize,
}

/// What was chosen for one number of days.
#[derive(Clone, Debug)]
pub(crate) struct SumPlan {
    /// Models whose average is the mean.
    pub(crate) blend: Vec<Weighted>,
    /// How it is spread around that mean: shapes and shares.
    pub(crate) shapes: Vec<(Shape, f32)>,
    /// Whether a shape wants the errors themselves.
    pub(super) keeps_errors: bool,
    pub(super) law: VarianceLaw,
    pub(super) calibration: Calibration,
}

impl Plan {
    /// For a series forecast from a belief: a level that can hold one, and the variance that series of
    /// its mean have.
    pub(super) fn for_belief(&self) -> Self {
        let steady = steady_model();
        let mut plan = Self { mean: vec![(steady, 1.0)], ..self.clone() };
        for sum in &mut plan.sums {
            sum.blend = vec![(steady, 1.0)];
            sum.shapes = vec![(Shape::Counts(Spread::Shrunk(16.0)), 1.0)];
            sum.keeps_errors = false;
        }
        plan
    }
}

/// A model that any history can be trusted with.
fn steady_model() -> usize {
    MODELS.iter().position(|model| model.name() == "ses 0.1").expect("the catalogue has it")
}

pub(super) fn band_of(length: usize) -> usize {
    BANDS.iter().rposition(|from| *from <= length).unwrap_or(0)
}

/// At most `count` of the items, evenly spaced.
pub(super) fn spaced(items: Vec<usize>, count: usize) -> Vec<usize> {
    if items.len() <= count {
        return items;
    }
    (0..count).map(|index| items[index * items.len() / count]).collect()
}

/// The plan of every band.
pub(super) fn plans(set: &SeriesSet, profile: &PooledProfile, options: &EngineOptions, ages: &[u32]) -> Vec<Plan> {
    let longest = options.days.iter().copied().max().unwrap_or(0).max(options.horizon);
    let mut pools: Vec<Vec<usize>> = vec![Vec::new(); BANDS.len()];
    for series in 0..set.len() {
        let values = set.values(series);
        if !cuts(values.len(), longest, options.cuts, 0).is_empty() && values.iter().any(|value| *value != values[0]) {
            pools[band_of(values.len())].push(series);
        }
    }
    merge_small(&mut pools);
    let mut plans: Vec<Option<Plan>> = Vec::new();
    for pool in &pools {
        let pool = spaced(pool.clone(), options.backtest_series);
        plans.push((!pool.is_empty()).then(|| plan(set, &pool, profile, options, ages)));
    }
    // A band without a pool takes the plan of the next longer band, else of the next shorter one.
    let fallback = |band: usize| {
        plans[band..].iter().flatten().next().or_else(|| plans[..band].iter().rev().flatten().next()).cloned()
    };
    (0..BANDS.len()).map(|band| fallback(band).unwrap_or_else(|| without_backtest(options))).collect()
}

/// Bands that are too small move to the next longer one; the last to the next shorter.
fn merge_small(pools: &mut [Vec<usize>]) {
    for band in 0..pools.len() {
        if pools[band].len() >= LEAST_POOL || pools[band].is_empty() {
            continue;
        }
        let moved = std::mem::take(&mut pools[band]);
        let target = (band + 1..pools.len()).find(|other| !pools[*other].is_empty());
        let target = target.or_else(|| (0..band).rev().find(|other| !pools[*other].is_empty())).unwrap_or(band);
        pools[target].extend(moved);
        pools[target].sort_unstable();
    }
}

/// What is used where no series is long enough for a backtest.
fn without_backtest(options: &EngineOptions) -> Plan {
    let model = steady_model();
    let sum = SumPlan {
        blend: vec![(model, 1.0)],
        shapes: vec![(Shape::Counts(Spread::Shrunk(4.0)), 1.0)],
        keeps_errors: false,
        law: VarianceLaw::fit(std::iter::empty()),
        calibration: Calibration::default(),
    };
    Plan { mean: vec![(model, 1.0)], sums: vec![sum; options.days.len()], outcomes: 0 }
}

fn plan(set: &SeriesSet, pool: &[usize], profile: &PooledProfile, options: &EngineOptions, ages: &[u32]) -> Plan {
    // A small pool looks at more of its past.
    let cuts = (ROWS / pool.len()).clamp(options.cuts, options.cuts * 2);
    let options = &EngineOptions { cuts, ..options.clone() };
    let models = candidates(set, pool);
    let trials = try_models(set, pool, profile, options, ages, &models);
    let mean = choose_mean(&trials, &models, options.horizon);
    let of_days = |index| plan_sum(set, pool, profile, options, ages, (&trials, &models), index);
    let sums = (0..options.days.len()).map(of_days).collect();
    let outcomes = trials.iter().map(|trial| trial.scale.len()).sum();
    Plan { mean, sums, outcomes }
}

fn choose_mean(trials: &[Trial], models: &[usize], horizon: usize) -> Vec<Weighted> {
    let actual: Vec<f32> = trials.iter().flat_map(|trial| trial.actual.iter().copied()).collect();
    let scale: Vec<f32> = trials.iter().flat_map(|trial| trial.scale.iter().copied()).collect();
    let weights: Vec<f64> = trials.iter().flat_map(|trial| trial.weight.iter().copied()).collect();
    let candidates: Vec<Vec<f32>> = (0..models.len())
        .map(|model| trials.iter().map(|trial| trial.means[model].as_slice()).collect::<Vec<_>>().concat())
        .collect();
    let loss = |row: usize, means: &[f32]| {
        if scale[row] <= 0.0 {
            return 0.0;
        }
        let squares: f32 =
            means.iter().zip(&actual[row * horizon..]).map(|(mean, actual)| (actual - mean) * (actual - mean)).sum();
        f64::from((squares / horizon as f32).sqrt() / scale[row]).min(20.0)
    };
    let contest = Contest {
        candidates: &candidates,
        width: horizon,
        loss: &loss,
        handicaps: &handicaps(models),
        weights: &weights,
    };
    contest.best_average(PICKS).into_iter().map(|(index, share)| (models[index], share)).collect()
}

fn handicaps(models: &[usize]) -> Vec<f64> {
    models.iter().map(|model| MODELS[*model].handicap()).collect()
}

fn plan_sum(
    set: &SeriesSet,
    pool: &[usize],
    profile: &PooledProfile,
    options: &EngineOptions,
    ages: &[u32],
    (trials, models): (&[Trial], &[usize]),
    index: usize,
) -> SumPlan {
    let (days, levels) = (options.days[index], &options.levels);
    let rows: Vec<&SumTrial> = trials.iter().flat_map(|trial| trial.sums[index].iter()).collect();
    let chosen = blend(&rows, models, levels);
    let mut law = VarianceLaw::fit(rows.iter().flat_map(|row| {
        chosen
            .iter()
            .map(|&(model, _)| row.moments[model])
            .filter(|one| one.errors >= 3)
            .map(|one| (one.mean, one.scaled_variance))
    }));
    law.learn(rows.iter().map(|row| {
        let mut moments = Moments { errors: usize::MAX, ..Moments::default() };
        for &(model, share) in &chosen {
            moments.add(&row.moments[model], share.into());
        }
        (moments, row.actual - moments.mean)
    }));
    let blend: Vec<Weighted> = chosen.iter().map(|&(index, share)| (models[index], share)).collect();
    let ShapeTrial { quantiles, moments } = try_shapes(set, pool, profile, options, ages, (days, &blend, &law));
    let cap = loss_cap(&rows, &quantiles[0], levels);
    let loss = |row: usize, quantiles: &[f32]| row_loss(rows[row], quantiles, levels).min(cap);
    let weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
    let contest = Contest {
        candidates: &quantiles,
        width: levels.len(),
        loss: &loss,
        handicaps: &[0.0; SHAPES.len()],
        weights: &weights,
    };
    let chosen = contest.best_average(PICKS);
    let average = |slot: usize| -> f32 { chosen.iter().map(|&(shape, share)| share * quantiles[shape][slot]).sum() };
    let average: Vec<f32> = (0..rows.len() * levels.len()).map(average).collect();
    let outcome = |(row, moments): (&&SumTrial, &Moments)| (kind(moments, days, &law, row.signed), row.actual);
    let outcomes: Vec<(Kind, f64)> = rows.iter().zip(&moments).map(outcome).collect();
    let calibration = Calibration::learn(&outcomes, levels, average);
    let shapes: Vec<(Shape, f32)> = chosen.iter().map(|&(shape, share)| (SHAPES[shape], share)).collect();
    let keeps_errors = shapes.iter().any(|(shape, _)| shape.wants_errors());
    SumPlan { blend, shapes, keeps_errors, law, calibration }
}

pub(super) fn kind(moments: &Moments, days: usize, law: &VarianceLaw, signed: bool) -> Kind {
    Kind::new(moments, variance(Spread::Shrunk(4.0), moments, days, law), days, signed)
}

/// The models whose average loses least under a normal error: cheap, and near enough to choose by.
fn blend(rows: &[&SumTrial], models: &[usize], levels: &[f64]) -> Vec<Weighted> {
    let normal: Vec<f64> = levels.iter().map(|&level| super::normal_quantile(level)).collect();
    let of_model = |model: usize| {
        let mut quantiles = Vec::with_capacity(rows.len() * levels.len());
        for row in rows {
            let moments = row.moments[model];
            let deviation = moments.scaled_variance.max(0.0).sqrt();
            quantiles.extend(normal.iter().map(|z| (moments.mean + z * deviation).max(0.0) as f32));
        }
        quantiles
    };
    let candidates: Vec<Vec<f32>> = (0..models.len()).into_par_iter().map(of_model).collect();
    let loss = |row: usize, quantiles: &[f32]| row_loss(rows[row], quantiles, levels).min(10.0);
    let weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
    Contest {
        candidates: &candidates,
        width: levels.len(),
        loss: &loss,
        handicaps: &handicaps(models),
        weights: &weights,
    }
    .best_average(PICKS)
}

fn row_loss(row: &SumTrial, quantiles: &[f32], levels: &[f64]) -> f64 {
    if row.scale <= 0.0 {
        return 0.0;
    }
    let total: f64 =
        quantiles.iter().zip(levels).map(|(&one, &level)| pinball(row.actual, f64::from(one), level)).sum();
    total / (row.scale * levels.len() as f64)
}

/// The 99.9th percentile of a candidate's losses: no single row decides.
fn loss_cap(rows: &[&SumTrial], quantiles: &[f32], levels: &[f64]) -> f64 {
    let width = levels.len();
    let mut losses: Vec<f64> = rows
        .iter()
        .enumerate()
        .map(|(row, trial)| row_loss(trial, &quantiles[row * width..(row + 1) * width], levels))
        .collect();
    losses.sort_by(f64::total_cmp);
    losses.get(losses.len().saturating_sub(1) * 999 / 1000).copied().unwrap_or(f64::INFINITY)
}

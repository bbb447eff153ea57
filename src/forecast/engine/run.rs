//! The whole of it: pool the profile, choose and calibrate per band of history length, then forecast
//! every series with its band's choice.

use rayon::prelude::*;

use super::super::models::Prior;
use super::backtest::{
    ShapeTrial, SumTrial, Trial, candidates, cuts, prepare, shape_quantiles, step_means, try_models, try_shapes,
};
use super::calibrate::{Calibration, Kind};
use super::catalogue::{MODELS, SHAPES, Shape, Spread};
use super::choose::{Contest, Weighted, pinball};
use super::profile::{PhaseSums, PooledProfile};
use super::quantile::agree_with_mean;
use super::sample::ages;
use super::sums::{Blend, Moments, Span};
use super::variance::{VarianceLaw, variance};
use super::walk::Workspace;
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
    keeps_errors: bool,
    law: VarianceLaw,
    calibration: Calibration,
}

impl Plan {
    /// For a series forecast from a belief: a level that can hold one, and the variance that series of
    /// its mean have.
    fn for_belief(&self) -> Self {
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

/// Forecasts of all series.
#[derive(Clone, Debug, Default)]
pub(crate) struct EngineForecast {
    /// Series by series, the mean of each step.
    pub(crate) means: Vec<f32>,
    /// Series by series, for each number of days, each level's quantile of the sum.
    pub(crate) quantiles: Vec<f32>,
    /// What each band chose.
    pub(crate) plans: Vec<Plan>,
    /// Each series' band.
    pub(crate) bands: Vec<u8>,
    /// Whether each series was forecast from a belief.
    pub(crate) believed: Vec<bool>,
}

fn band_of(length: usize) -> usize {
    BANDS.iter().rposition(|from| *from <= length).unwrap_or(0)
}

/// Forecasts every series of the set.
pub(crate) fn forecast(set: &SeriesSet, options: &EngineOptions) -> EngineForecast {
    let ages = ages();
    let profile = pooled_profile(set, options);
    let plans = plans(set, &profile, options, &ages);
    let for_belief: Vec<Plan> = plans.iter().map(Plan::for_belief).collect();
    let (steps, width) = (options.steps, options.days.len() * options.levels.len());
    let bands: Vec<u8> = (0..set.len()).map(|series| band_of(set.values(series).len()) as u8).collect();
    let mut means = vec![0.0f32; set.len() * steps];
    let mut quantiles = vec![0.0f32; set.len() * width];
    means.par_chunks_mut(steps.max(1)).zip(quantiles.par_chunks_mut(width.max(1))).enumerate().for_each_init(
        Final::default,
        |buffers, (series, (means, quantiles))| {
            let plans = if set.belief(series).is_some() { &for_belief } else { &plans };
            let plan = &plans[usize::from(bands[series])];
            buffers.forecast(set, series, &profile, plan, options, &ages, means, quantiles);
        },
    );
    let believed = (0..set.len()).map(|series| set.belief(series).is_some()).collect();
    EngineForecast { means, quantiles, plans, bands, believed }
}

fn pooled_profile(set: &SeriesSet, options: &EngineOptions) -> PooledProfile {
    if options.season < 2 {
        return PooledProfile::flat(1);
    }
    // The newest horizon is left out so that the backtest does not know it.
    let every: Vec<usize> = spaced((0..set.len()).collect(), options.backtest_series * 4);
    let sums: Vec<PhaseSums> = every
        .par_iter()
        .map_init(Workspace::default, |work, &series| {
            let values = set.values(series);
            work.load(values, set.phases[series], options.season, Prior::default());
            let mut sums = PhaseSums::default();
            sums.read(&work.demand, values.len(), work.phase, options.season);
            sums
        })
        .collect();
    PooledProfile::pool(&sums, options.season)
}

/// At most `count` of the items, evenly spaced.
fn spaced(items: Vec<usize>, count: usize) -> Vec<usize> {
    if items.len() <= count {
        return items;
    }
    (0..count).map(|index| items[index * items.len() / count]).collect()
}

fn plans(set: &SeriesSet, profile: &PooledProfile, options: &EngineOptions, ages: &[u32]) -> Vec<Plan> {
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

fn kind(moments: &Moments, days: usize, law: &VarianceLaw, signed: bool) -> Kind {
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

/// One thread's buffers for the last pass.
#[derive(Default)]
struct Final {
    work: Workspace,
    sums: PhaseSums,
    span: Span,
    /// One for each number of days.
    blends: Vec<Blend>,
    one: Vec<f32>,
}

impl Final {
    #[allow(clippy::too_many_arguments, reason = "two of them are where the answer goes")]
    fn forecast(
        &mut self,
        set: &SeriesSet,
        series: usize,
        profile: &PooledProfile,
        plan: &Plan,
        options: &EngineOptions,
        ages: &[u32],
        means: &mut [f32],
        quantiles: &mut [f32],
    ) {
        let belief = set.belief(series);
        let seen = if belief.is_some() { 0 } else { set.values(series).len() };
        let levels = &options.levels;
        match belief {
            Some(level) => self.believe(set, series, profile, level),
            None => prepare(&mut self.work, &mut self.sums, set, series, profile, seen),
        }
        self.one.resize(levels.len(), 0.0);
        self.blends.resize_with(options.days.len(), Blend::default);
        self.blends.iter_mut().for_each(|blend| blend.clear(seen));
        let share_of =
            |average: &[Weighted], model: usize| average.iter().find(|(one, _)| *one == model).map(|(_, share)| *share);
        for (model, &kind) in MODELS.iter().enumerate() {
            let share_of_mean = share_of(&plan.mean, model);
            if share_of_mean.is_none() && plan.sums.iter().all(|sum| share_of(&sum.blend, model).is_none()) {
                continue;
            }
            self.work.walk(kind, seen);
            if let Some(share) = share_of_mean {
                let mut step = 0;
                step_means(&self.work, seen, options.steps, |mean| {
                    means[step] += share * mean as f32;
                    step += 1;
                });
            }
            for ((sum, &days), blend) in plan.sums.iter().zip(&options.days).zip(&mut self.blends) {
                if let Some(share) = share_of(&sum.blend, model) {
                    self.span.prepare(&self.work, days);
                    blend.add(&self.work, &self.span, share.into());
                }
            }
        }
        for (index, (sum, &days)) in plan.sums.iter().zip(&options.days).enumerate() {
            let mut moments = self.blends[index].look_back(&mut self.work, days, ages, seen, sum.keeps_errors);
            if let Some(level) = belief {
                // As much as is expected is what there was.
                (moments.recent, moments.usual) = (level.into(), level.into());
            }
            let slots = &mut quantiles[index * levels.len()..(index + 1) * levels.len()];
            for &(shape, share) in &sum.shapes {
                shape_quantiles(shape, &moments, days, &sum.law, &mut self.work, levels, &mut self.one);
                slots.iter_mut().zip(&self.one).for_each(|(slot, one)| *slot += share * one);
            }
            sum.calibration.apply(&kind(&moments, days, &sum.law, self.work.signed), slots);
            let mean: f64 = means[..days].iter().map(|mean| f64::from(*mean)).sum();
            agree_with_mean(mean, variance(Spread::Shrunk(4.0), &moments, days, &sum.law), levels, slots);
        }
        self.finish(levels.len(), quantiles);
    }

    /// Begins where a series ends, with nothing seen of it and this level believed.
    fn believe(&mut self, set: &SeriesSet, series: usize, profile: &PooledProfile, level: f32) {
        let season = profile.index.len();
        let phase = (set.phases[series] as usize + set.values(series).len()) % season;
        self.work.load(&[], phase as u32, season, Prior { level: level.into(), weight: 1.0 });
        self.sums.read(&self.work.demand, 0, phase, season);
        profile.shrink(&self.sums, &mut self.work.profile);
        self.work.sum_shares();
        (self.work.tuned, self.work.tune_until) = (None, 0);
    }

    /// Makes quantiles numbers that rise with the level and with the days.
    fn finish(&self, width: usize, quantiles: &mut [f32]) {
        for slots in quantiles.chunks_exact_mut(width) {
            slots.iter_mut().filter(|slot| !slot.is_finite()).for_each(|slot| *slot = 0.0);
            slots.sort_unstable_by(f32::total_cmp);
        }
        if self.work.signed {
            return;
        }
        for index in width..quantiles.len() {
            quantiles[index] = quantiles[index].max(quantiles[index - width]);
        }
    }
}

impl EngineForecast {
    /// The mean of each step of a series.
    pub(crate) fn means(&self, series: usize, options: &EngineOptions) -> &[f32] {
        &self.means[series * options.steps..(series + 1) * options.steps]
    }

    /// The quantiles of a series' sum over the `days`-th number of days.
    pub(crate) fn quantiles<const N: usize>(&self, series: usize, days: usize, options: &EngineOptions) -> [f64; N] {
        let from = (series * options.days.len() + days) * options.levels.len();
        std::array::from_fn(|level| f64::from(self.quantiles[from + level]))
    }

    /// The models whose average is a series' mean: `ses 0.1 + theta 0.4`; `credibility` for a belief.
    pub(crate) fn model_name(&self, series: usize) -> String {
        if self.believed[series] {
            return "credibility".to_owned();
        }
        let plan = &self.plans[usize::from(self.bands[series])];
        let names: Vec<String> = plan.mean.iter().map(|(model, _)| MODELS[*model].name()).collect();
        names.join(" + ")
    }

    /// Why these models, and where the quantiles of sums come from.
    pub(crate) fn reason(&self, series: usize) -> String {
        let plan = &self.plans[usize::from(self.bands[series])];
        let why = match plan.outcomes {
            _ if self.believed[series] => {
                "too few orders to tell a pace, pulled towards what like listings sell".to_owned()
            }
            0 => "too little history to compare models".to_owned(),
            count => format!("least error of {} models over {count} past forecasts of like series", MODELS.len()),
        };
        let Some(longest) = plan.sums.last().filter(|_| !self.believed[series]) else { return why };
        let shapes: Vec<String> = longest.shapes.iter().map(|(shape, _)| shape.name()).collect();
        format!("{why}; quantiles from {}", shapes.join(", "))
    }
}

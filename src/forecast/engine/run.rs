//! The whole of it: pool the profile, plan per band of history length, then forecast every series with
//! its band's plan.

use rayon::prelude::*;

use super::super::models::Prior;
use super::backtest::{prepare, shape_quantiles, step_means};
use super::catalogue::{MODELS, Spread};
use super::choose::Weighted;
use super::plan::{Plan, band_of, kind, plans, spaced};
use super::profile::{PhaseSums, PooledProfile};
use super::quantile::agree_with_mean;
use super::sample::ages;
use super::sums::{Blend, Span};
use super::variance::variance;
use super::walk::Workspace;
use super::{EngineOptions, SeriesSet};

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

//! Whatever goes in, numbers come out, in order, and the same on any number of threads.

use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert, prop_assert_eq, proptest};

use super::super::LEVELS;
use super::{EngineForecast, EngineOptions, SeriesSet, forecast};

fn options(season: usize, days: Vec<usize>) -> EngineOptions {
    let steps = days.last().copied().unwrap_or(1);
    EngineOptions { season, horizon: steps, steps, days, levels: LEVELS.to_vec(), backtest_series: 50, cuts: 4 }
}

fn set(histories: &[Vec<f32>]) -> SeriesSet {
    let mut set = SeriesSet::default();
    for (index, history) in histories.iter().enumerate() {
        set.push(history.iter().copied(), index as u32 % 7);
    }
    set
}

fn bits(answer: &EngineForecast) -> Vec<u32> {
    answer.means.iter().chain(&answer.quantiles).map(|value| value.to_bits()).collect()
}

fn on(threads: usize, set: &SeriesSet, options: &EngineOptions) -> EngineForecast {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads starts");
    pool.install(|| forecast(set, options))
}

/// Nothing, one value for ever, counts, amounts, what no demand can be.
fn history() -> impl Strategy<Value = Vec<f32>> {
    const WILD: [f32; 12] =
        [0.0, 0.0, 1.0, 2.0, 7.0, 1e3, 0.25, 1e9, f32::MAX, f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
    const PLAIN: [f32; 6] = [0.0, 0.0, 1.0, 2.0, 5.0, 12.0];
    let of = |values: &'static [f32]| prop::collection::vec(prop::sample::select(values), 0..160);
    let constant = (prop::sample::select(&WILD[..]), 0usize..60).prop_map(|(value, count)| vec![value; count]);
    prop::strategy::Union::new([of(&WILD).boxed(), of(&PLAIN).boxed(), constant.boxed()])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn only_numbers_in_order_leave_the_engine(
        histories in prop::collection::vec(history(), 1..12),
        season in prop::sample::select(vec![1usize, 7, 12]),
    ) {
        let options = options(season, vec![1, 3, 7, 20]);
        let set = set(&histories);
        let answer = on(1, &set, &options);
        prop_assert!(answer.means.iter().chain(&answer.quantiles).all(|value| value.is_finite()));
        for (series, history) in histories.iter().enumerate() {
            let quantiles: Vec<[f64; 6]> = (0..4).map(|days| answer.quantiles(series, days, &options)).collect();
            for one in &quantiles {
                prop_assert!(one.is_sorted(), "{one:?}");
            }
            // Where nothing can be returned, more days never need less.
            if history.iter().all(|value| value.is_nan() || *value >= 0.0) {
                prop_assert!(answer.means(series, &options).iter().all(|mean| *mean >= 0.0));
                for pair in quantiles.windows(2) {
                    prop_assert!(pair[0].iter().zip(&pair[1]).all(|(fewer, more)| 0.0 <= *fewer && fewer <= more));
                }
            }
        }
        prop_assert_eq!(bits(&answer), bits(&on(4, &set, &options)));
    }
}

/// 300 series of every size, each with its weekdays.
fn shop() -> SeriesSet {
    let mut state = 1u64;
    let mut histories = Vec::new();
    for series in 0..300 {
        let level = 0.05 * 1.03f64.powi(series);
        let of_day = |day: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let chance = (state >> 40) as f64 / (1u64 << 24) as f64;
            (level * if day % 7 < 5 { 1.0 } else { 1.8 } * -2.0 * (1.0 - chance).ln()).floor() as f32
        };
        histories.push((0..220).map(of_day).collect());
    }
    set(&histories)
}

#[test]
fn threads_do_not_change_a_bit() {
    let (set, options) = (shop(), options(7, vec![7, 28]));
    let alone = on(1, &set, &options);
    assert!(alone.plans.iter().any(|plan| plan.outcomes > 0), "models are compared");
    assert_eq!(bits(&alone), bits(&on(2, &set, &options)));
    assert_eq!(bits(&alone), bits(&on(7, &set, &options)));
}

//! Forecasts: models against published numbers, sums, calibration, degenerate and huge histories.

use std::collections::BTreeMap;

use trueup::demand::{Demand, DemandSeries, ProductFacts, Promotion};
use trueup::forecast::{
    Croston, DemandClass, ForecastOptions, Forecasts, Holt, LEVELS, LeadTimeDemand, Model, Naive, PoolStock,
    SeasonalNaive, Ses, Theta, Tsb, Window, classify, forecast, mix, propose, replenishment_sheet,
};
use trueup::types::{Channel, Day, Money, Sku};

const AS_OF: Day = Day::from_days(20_512);

fn demand(series: Vec<(&str, &str, Vec<f32>)>) -> Demand {
    let mut all: Vec<DemandSeries> = series
        .into_iter()
        .map(|(sku, channel, units)| {
            let first = AS_OF.plus(1 - units.len() as i32);
            DemandSeries::plain(Sku::new(sku), Channel::new(channel), first, units)
        })
        .collect();
    all.sort_by(|a, b| (&a.sku, &a.channel).cmp(&(&b.sku, &b.channel)));
    let pools = [("shopify", "main"), ("tiktok", "main"), ("amazon", "amazon")];
    Demand {
        as_of: AS_OF,
        series: all,
        pools: pools.map(|(channel, pool)| (Channel::new(channel), pool.to_owned())).into(),
        products: BTreeMap::new(),
        promotions: Vec::new(),
    }
}

/// Small numbers from a fixed generator: weekly shape, level by SKU, no randomness between runs.
fn history(seed: u64, days: usize, level: f32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    (0..days)
        .map(|day| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let chance = (state >> 40) as f32 / (1u64 << 24) as f32;
            let weekday = if day % 7 < 5 { 1.0 } else { 1.6 };
            (level * weekday * -(1.0 - chance).ln()).round()
        })
        .collect()
}

fn shop(skus: usize, days: usize) -> Demand {
    let mut all = Vec::new();
    let names: Vec<String> = (0..skus).map(|sku| format!("SKU-{sku:03}")).collect();
    for (index, name) in names.iter().enumerate() {
        for (offset, channel) in ["amazon", "shopify", "tiktok"].into_iter().enumerate() {
            let seed = (index * 3 + offset) as u64;
            all.push((name.as_str(), channel, history(seed, days, 0.3 + index as f32 * 0.4)));
        }
    }
    demand(all)
}

fn run(mut demand: Demand) -> Forecasts {
    forecast(&mut demand, &ForecastOptions::default())
}

fn is_sane(forecasts: &Forecasts) {
    for one in &forecasts.skus {
        assert_eq!(one.mean.len(), 28);
        assert!(one.mean.iter().all(|mean| mean.is_finite() && *mean >= 0.0), "{one:?}");
        for quantiles in &one.quantiles {
            assert!(quantiles.iter().all(|units| units.is_finite() && *units >= 0.0), "{one:?}");
            assert!(quantiles.is_sorted(), "{one:?}");
        }
        for sum in &one.sums {
            assert!(sum.mean.is_finite() && sum.quantiles.is_sorted(), "{one:?}");
        }
        for pair in one.sums.windows(2) {
            for level in 0..LEVELS.len() {
                assert!(pair[0].quantiles[level] <= pair[1].quantiles[level], "{one:?}");
            }
        }
    }
}

#[test]
fn smoothing_gives_the_worked_numbers() {
    let demand = [94_764.0, 103_900.0, 167_777.0, 291_264.0];
    for (days, expected) in [(1, 94_764.0), (2, 97_504.8), (3, 118_586.46), (4, 170_389.72)] {
        assert!((Ses::classical(0.3).fit(&demand[..days]).level - expected).abs() < 0.005);
    }
}

#[test]
fn channels_add_up_to_the_total_in_the_mean() {
    let forecasts = run(shop(12, 200));
    is_sane(&forecasts);
    for total in forecasts.skus.iter().filter(|one| one.channel == Channel::all()) {
        for day in 0..28 {
            let sum: f64 = ["amazon", "shopify", "tiktok"]
                .iter()
                .map(|channel| forecasts.get(&total.sku, &Channel::new(channel)).unwrap().mean[day])
                .sum();
            assert!((sum - total.mean[day]).abs() < 1e-9, "{}: {sum} and {}", total.sku, total.mean[day]);
        }
    }
}

#[test]
fn degenerate_histories_are_sane() {
    let mut outlier = history(1, 200, 2.0);
    outlier[150] = 1e7;
    let forecasts = run(demand(vec![
        ("A-ONE", "shopify", vec![5.0]),
        ("B-ZERO", "shopify", vec![0.0; 90]),
        ("C-CONSTANT", "shopify", vec![4.0; 90]),
        ("D-HUGE", "shopify", history(3, 300, 3e6)),
        ("E-SHORT", "shopify", vec![1.0, 0.0, 2.0]),
        ("F-SPIKE", "shopify", outlier),
        ("G-EMPTY", "shopify", Vec::new()),
        ("H-PLAIN", "shopify", history(9, 400, 3.0)),
    ]));
    is_sane(&forecasts);
    let total = |sku: &str| forecasts.get(&Sku::new(sku), &Channel::all()).unwrap();
    assert!(total("B-ZERO").mean.iter().all(|mean| *mean == 0.0));
    assert!(total("C-CONSTANT").mean.iter().all(|mean| (mean - 4.0).abs() < 0.5), "{:?}", total("C-CONSTANT").mean);
    assert!(total("F-SPIKE").mean[0] < 100.0, "one bulk order is no demand: {}", total("F-SPIKE").mean[0]);
}

//! Forecasts: models against published numbers, sums, calibration, degenerate and huge histories.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::{ProptestConfig, prop, prop_assert, proptest};
use trueup::demand::{Demand, DemandSeries, ProductFacts, Promotion};
use trueup::forecast::{
    Change, Croston, DemandClass, ForecastOptions, ForecastOverride, Forecasts, Frequency, Holt, LEVELS,
    LeadTimeDemand, Model, Naive, PoolStock, SeasonalNaive, SeriesOptions, Ses, Terms, Theta, Tsb, Velocity, Window,
    classify, forecast, forecast_series, mix, propose, replenishment_sheet,
};
use trueup::types::{Channel, Day, Money, Sku};

const AS_OF: Day = Day::from_days(20_512);

pub(crate) fn demand(series: Vec<(&str, &str, Vec<f32>)>) -> Demand {
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
        credited: Vec::new(),
    }
}

/// Small numbers from a fixed generator: weekly shape, level by SKU, no randomness between runs.
pub(crate) fn history(seed: u64, days: usize, level: f32) -> Vec<f32> {
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

/// Twenty days with gaps, for the models whose values statsforecast 2.1.1 computed:
/// `M.CrostonClassic().fit(y).predict(h=1)["mean"][0]` and so on, with fixed constants.
const GAPPED: [f64; 20] =
    [3.0, 0.0, 0.0, 5.0, 1.0, 0.0, 0.0, 0.0, 2.0, 7.0, 0.0, 1.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 6.0, 2.0];

/// Air transport of Australia 1990 to 2004 (millions of passengers; Hyndman & Athanasopoulos, fpp2
/// `ausair`): its first fifteen values.
const RISING: [f64; 15] = [
    17.5534, 21.86, 23.8866, 26.9293, 26.8885, 28.8314, 30.0751, 30.9535, 30.1857, 31.5797, 32.5776, 33.4774, 39.0216,
    41.3864, 41.5966,
];

fn assert_near(actual: f64, expected: f64) {
    assert!((actual - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{actual} is not {expected}");
}

#[test]
fn models_agree_with_statsforecast() {
    assert_near(Ses::classical(0.3).fit(&GAPPED).level, 2.159_991_042_342_034_5);
    assert_near(Croston { alpha: 0.1, corrected: false }.fit(&GAPPED).level, 1.855_178_232_526_791_1);
    assert_near(Croston { alpha: 0.1, corrected: true }.fit(&GAPPED).level, 1.762_419_320_900_451_5);
    assert_near(Tsb { size: 0.2, chance: 0.1 }.fit(&GAPPED).level, 1.834_297_503_844_915_6);
    assert_near(Window { days: 7 }.fit(&GAPPED).level, 12.0 / 7.0);
    assert_near(Naive.fit(&GAPPED).level, 2.0);
    assert_eq!(SeasonalNaive { season: 7 }.predict(&GAPPED, 9), [0.0, 4.0, 0.0, 0.0, 0.0, 6.0, 2.0, 0.0, 4.0]);
}

/// Computed with numpy from the equations in the models' own sources: damped Holt with `l = y_1`,
/// `b = 0`; Theta with the least-squares slope of `numpy.polyfit`.
#[test]
fn models_with_a_trend_agree_with_their_equations() {
    let holt = Holt { alpha: 0.8, beta: 0.2, damping: 0.9 }.fit(&RISING).predict(5);
    assert_near(holt[0], 42.931_125_287_395_71);
    assert_near(holt[4], 46.567_158_864_979_945);
    let theta = Theta { alpha: 0.4 }.fit(&RISING).predict(5);
    assert_near(theta[0], 40.961_825_285_846_8);
    assert_near(theta[4], 43.890_416_000_132_52);
}

#[test]
fn an_empty_history_has_a_level_of_nothing() {
    let models: [&dyn Model; 6] = [
        &Ses::classical(0.3),
        &Croston { alpha: 0.1, corrected: true },
        &Tsb { size: 0.1, chance: 0.1 },
        &Holt { alpha: 0.5, beta: 0.1, damping: 0.9 },
        &Theta { alpha: 0.5 },
        &Window { days: 7 },
    ];
    for model in models {
        assert_eq!(model.fit(&[]).predict(3), [0.0; 3], "{}", model.name());
        // SBA takes 5 % off.
        assert!(model.fit(&[5.0]).predict(3).iter().all(|units| (4.7..=5.0).contains(units)), "{}", model.name());
    }
}

#[test]
fn classes_are_cut_where_syntetos_and_boylan_cut_them() {
    let repeated = |pattern: &[f32]| pattern.repeat(10);
    assert_eq!(classify(&repeated(&[4.0, 5.0, 6.0])), DemandClass::Smooth);
    assert_eq!(classify(&repeated(&[1.0, 1.0, 1.0, 20.0])), DemandClass::Erratic);
    assert_eq!(classify(&repeated(&[2.0, 0.0, 0.0])), DemandClass::Intermittent);
    assert_eq!(classify(&repeated(&[1.0, 0.0, 0.0, 30.0, 0.0, 1.0, 0.0])), DemandClass::Lumpy);
    assert_eq!(classify(&[0.0; 30]), DemandClass::None);
}

#[test]
fn velocity_counts_only_time_in_stock() {
    let mut units = vec![0.0; 30];
    units[..10].fill(1.0);
    let mut series = DemandSeries::plain(Sku::new("A"), Channel::new("shopify"), AS_OF.plus(-29), units);
    series.out_of_stock[15..].fill(1.0);
    let velocity = Velocity::of(&series);
    assert_near(velocity.mean_per_day * 30.0, 20.0);
    assert_near(velocity.units_in(1440.0), velocity.mean_per_day);
    assert_near(velocity.peak_per_day, 1.0);
}

#[test]
fn one_thread_and_many_give_the_same() {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(shop(40, 120)))
    };
    assert_eq!(on(1), on(5));
}

#[test]
fn censored_days_and_planned_promotions_raise_the_forecast() {
    let units = history(5, 180, 6.0);
    let plain = run(demand(vec![("A", "shopify", units.clone())]));
    let mut short = demand(vec![("A", "shopify", units.clone())]);
    for day in 150..180 {
        short.series[0].units[day] = 0.0;
        short.series[0].out_of_stock[day] = 1.0;
    }
    let kept = run(short.clone());
    short.series[0].out_of_stock.fill(0.0);
    let lost = run(short);
    let week = |forecasts: &Forecasts| forecasts.skus[0].mean[..7].iter().sum::<f64>();
    assert!(week(&kept) > 0.5 * week(&plain), "{} and {}", week(&kept), week(&plain));
    assert!(week(&lost) < 0.8 * week(&kept), "days that could sell and did not are no stock-out: {}", week(&lost));

    let mut promoted = demand(vec![("A", "shopify", units)]);
    for day in (20..160).step_by(20) {
        promoted.series[0].promotion[day] = true;
        promoted.series[0].units[day] *= 4.0;
    }
    promoted.promotions = vec![Promotion {
        channel: Channel::new("shopify"),
        sku: Sku::new("A"),
        from: AS_OF.plus(3),
        until: AS_OF.plus(3),
    }];
    let planned = run(promoted);
    let mean = &planned.skus[0].mean;
    assert!(mean[2] > 1.8 * mean[9], "the same weekday without promotion: {} and {}", mean[2], mean[9]);
    assert!(week(&planned) < 2.0 * week(&plain), "past promotions do not raise plain days");
}

#[test]
fn a_discontinued_product_ends() {
    let mut ending = demand(vec![("A", "shopify", history(5, 180, 6.0))]);
    let facts = ProductFacts { discontinued_on: Some(AS_OF.plus(7)), ..ProductFacts::default() };
    ending.products.insert(Sku::new("A"), facts);
    let forecasts = run(ending);
    assert!(forecasts.skus[0].mean[6] > 0.0);
    assert!(forecasts.skus[0].mean[7..].iter().all(|mean| *mean == 0.0));
}

#[test]
fn a_new_product_leans_on_its_category() {
    let mut all = shop(10, 150).series;
    all.push(DemandSeries::plain(Sku::new("NEW"), Channel::new("shopify"), AS_OF.plus(-1), vec![0.0, 0.0]));
    let mut launch = Demand { series: all, ..demand(Vec::new()) };
    for sku in launch.series.iter().map(|series| series.sku.clone()).collect::<Vec<_>>() {
        launch.products.insert(sku, ProductFacts { category: Some("mugs".to_owned()), ..ProductFacts::default() });
    }
    let forecasts = run(launch);
    let new = forecasts.get(&Sku::new("NEW"), &Channel::all()).unwrap();
    assert!(new.mean[0] > 0.2, "two days without a sale do not outweigh the category: {}", new.mean[0]);
}

/// Errors of half the shop's own noise: at 95 % nearly all sums lie below, not all.
#[test]
fn coverage_is_near_its_level() {
    let forecasts = run(shop(150, 200));
    let covered: Vec<f64> = forecasts.accuracy.iter().filter_map(|one| one.measures.coverage_95).collect();
    let mean = covered.iter().sum::<f64>() / covered.len() as f64;
    assert!((0.90..=0.99).contains(&mean), "{mean}");
    let better = forecasts.accuracy.iter().filter(|one| one.measures.mase < one.measures.naive_mase).count();
    assert!(better * 10 > forecasts.accuracy.len() * 9, "{better} of {}", forecasts.accuracy.len());
}

#[test]
fn a_mixed_lead_time_lies_between_its_parts_and_is_wider() {
    let part = |days: u32, base: f64| LeadTimeDemand {
        days,
        mean: base,
        quantiles: [base, base * 1.2, base * 1.3, base * 1.4, base * 1.5, base * 1.6],
    };
    let (short, long) = (part(7, 10.0), part(21, 30.0));
    let mixed = mix(&[(short, 0.5), (long, 0.5)]).unwrap();
    assert_near(mixed.mean, 20.0);
    assert_eq!(mixed.days, 14);
    assert!(mixed.quantiles.is_sorted());
    assert!(mixed.quantiles[3] > 30.0 && mixed.quantiles[3] < long.quantiles[3]);
    let alone = mix(&[(short, 2.0)]).unwrap();
    for level in 0..LEVELS.len() {
        assert!((alone.quantiles[level] - short.quantiles[level]).abs() < 1e-6);
    }
    assert_eq!(mix(&[(short, 0.0)]), None);
}

pub(crate) fn stock(on_hand: i64, inbound: i64) -> PoolStock {
    PoolStock { sku: Sku::new("A"), pool: "main".to_owned(), on_hand, available: on_hand, inbound }
}

#[test]
fn orders_come_in_whole_cases_at_the_reorder_point() {
    let mut steady = demand(vec![("A", "shopify", vec![4.0; 120])]);
    let facts = ProductFacts {
        lead_time_days: Some(6),
        minimum_order: Some(50),
        case_pack: Some(12),
        unit_cost: Some(Money::from_cents(250)),
        ..ProductFacts::default()
    };
    steady.products.insert(Sku::new("A"), facts);
    let forecasts = forecast(&mut steady, &ForecastOptions::default());
    let of =
        |on_hand, inbound| propose(&forecasts, &steady, &[stock(on_hand, inbound)], |_| Terms::default()).remove(0);
    let empty = of(0, 0);
    let point = empty.reorder_point.unwrap();
    assert!((28..=40).contains(&point), "seven days of four: {point}");
    assert!(empty.propose_units % 12 == 0 && empty.propose_units >= 50);
    assert!(empty.propose_units >= empty.order_up_to.unwrap());
    assert!(empty.propose_units - empty.order_up_to.unwrap().max(50) < 12);
    assert_eq!(of(point, 0).propose_units % 12, 0);
    assert!(of(point, 0).propose_units > 0, "at the reorder point is the time to order");
    assert_eq!(of(point + 1, 0).propose_units, 0);
    assert_eq!(of(1, point).propose_units, 0, "what is on its way counts");
    let plenty = of(40, 0);
    assert!((9.0..=11.0).contains(&plenty.cover_days.unwrap()));
    assert_eq!(plenty.sells_out_on, Some(AS_OF.plus(plenty.cover_days.unwrap().ceil() as i32)));
    assert_eq!(plenty.money_tied_up, Some(Money::from_cents(10_000)));
    assert_eq!(replenishment_sheet(&[plenty]).len(), 1);
}

#[test]
fn sheets_are_sorted_by_their_keys() {
    let forecasts = run(shop(5, 100));
    let daily = forecasts.daily_sheet();
    // Three channels, all of them, and the two of pool `main`.
    assert_eq!(daily.len(), 5 * 5 * 28);
    let (sku, channel, day) = (daily.text("sku").unwrap(), daily.text("channel").unwrap(), daily.day("day").unwrap());
    let keys: Vec<_> = (0..daily.len()).map(|row| (sku.get(row), channel.get(row), day.get(row))).collect();
    assert!(keys.is_sorted());
    assert_eq!(forecasts.lead_time_sheet().len(), 5 * 5 * 4);
    assert_eq!(forecasts.accuracy_sheet().len(), 5);
}

#[test]
fn a_pool_of_two_channels_beside_another_has_its_own_total() {
    let forecasts = run(shop(6, 100));
    let sku = Sku::new("SKU-003");
    let both = [Channel::new("shopify"), Channel::new("tiktok")];
    let pool = forecasts.of_pool(&sku, "main", &both);
    // Every channel of this shop is in a pool of its own or in `main`; the total of all is another.
    let sum: f64 = both.iter().map(|channel| forecasts.get(&sku, channel).unwrap().mean[0]).sum();
    assert_near(pool.unwrap().mean[0], sum);
    assert!(pool.unwrap().mean[0] < forecasts.get(&sku, &Channel::all()).unwrap().mean[0]);
}

#[test]
fn a_file_of_series_is_forecast() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    let mut text = "unique_id,ds,y\n".to_owned();
    for name in 0..30 {
        for (day, units) in history(name, 100, 3.0).iter().enumerate() {
            text.push_str(&format!("item-{name},{},{units}\n", AS_OF.plus(day as i32 - 99)));
        }
    }
    fs::write(&path, &text).unwrap();
    let options = SeriesOptions {
        horizon: 14,
        lead_times: vec![14, 7],
        levels: vec![0.9, 0.5],
        backtest: vec![14, 28],
        ..SeriesOptions::default()
    };
    let output = forecast_series(&path, &options).unwrap();
    assert_eq!((output.series, output.values), (30, 3_000));
    assert_eq!(output.forecast.len(), 30 * 14);
    assert_eq!(output.forecast.text("ds").unwrap().get(0).unwrap(), AS_OF.plus(1).to_string());
    let sums = &output.lead_time_demand;
    assert_eq!(sums.len(), 60);
    let (p50, p90) = (sums.real("p50").unwrap(), sums.real("p90").unwrap());
    assert!((0..60).all(|row| p50.get(row) <= p90.get(row)));
    assert_eq!(output.accuracy.len(), 2);
    let rmsse = output.accuracy.real("rmsse").unwrap().get(0).unwrap();
    assert!((0.3..1.0).contains(&rmsse), "{rmsse}");

    // The order of a file's lines says nothing.
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.reverse();
    fs::write(&path, format!("unique_id,ds,y\n{}\n", lines.join("\n"))).unwrap();
    let turned = forecast_series(&path, &options).unwrap();
    let mean = |output: &trueup::forecast::SeriesOutput, name: &str| -> Vec<f64> {
        let (names, means) = (output.forecast.text("unique_id").unwrap(), output.forecast.real("mean").unwrap());
        (0..output.forecast.len())
            .filter(|row| names.get(*row) == Some(name))
            .filter_map(|row| means.get(row))
            .collect()
    };
    assert_eq!(mean(&turned, "item-7").len(), 14);
    for (one, other) in mean(&turned, "item-7").iter().zip(mean(&output, "item-7")) {
        assert!((one - other).abs() < 0.2, "{one} and {other}");
    }
}

#[test]
fn a_bad_file_of_series_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("series.csv");
    let tell = |text: &str, frequency: Frequency| {
        fs::write(&path, text).unwrap();
        forecast_series(&path, &SeriesOptions { frequency: Some(frequency), ..SeriesOptions::default() }).unwrap_err()
    };
    let wrong = tell("unique_id,ds,y\nA,2026-01-01,5\nA,2026-01-02,many\n", Frequency::Daily);
    assert_eq!(wrong.code, "series-cell");
    assert_eq!(wrong.place.as_ref().unwrap().line, Some(3));
    assert!(wrong.message.contains("`many`"));
    assert_eq!(tell("id,ds,y\nA,2026-01-01,5\n", Frequency::Daily).code, "series-column");
    assert_eq!(tell("unique_id,ds,y\nA,2026-01-01,5\nA,2026-01-01,6\n", Frequency::Daily).code, "series-duplicate");
    // Two days of one month are one step of a monthly series.
    assert_eq!(tell("unique_id,ds,y\nA,2026-01-01,5\nA,2026-01-09,6\n", Frequency::Monthly).code, "series-duplicate");
    assert_eq!(tell("unique_id,ds,y\nA,1,5\nA,900000,6\n", Frequency::Hourly).code, "series-long");
}

/// Three years of a category whose December sells three times as much: two known Decembers foretell
/// the third, which no product's own level can.
#[test]
fn a_yearly_season_is_learnt_from_the_category() {
    const DAYS: usize = 3 * 365 - 28;
    let season = |day: usize| if day % 365 >= 337 { 3.0 } else { 1.0 };
    let names: Vec<String> = (0..20).map(|sku| format!("GIFT-{sku:02}")).collect();
    let of_sku = |index: usize| -> Vec<f32> {
        let plain = history(index as u64, DAYS, 4.0);
        plain.into_iter().enumerate().map(|(day, units)| (units * season(day)).round()).collect()
    };
    let all = names.iter().enumerate().map(|(index, name)| (name.as_str(), "shopify", of_sku(index))).collect();
    let mut gifts = demand(all);
    for name in &names {
        let facts = ProductFacts { category: Some("gifts".to_owned()), ..ProductFacts::default() };
        gifts.products.insert(Sku::new(name), facts);
    }
    // Many small orders: a busy day is no bulk order.
    gifts.series.iter_mut().for_each(|series| series.largest_line.fill(1.0));
    let usual: f32 = gifts.series.iter().flat_map(|series| &series.units[DAYS - 56..]).sum::<f32>() / 2.0;
    let forecasts = run(gifts);
    let totals: Vec<_> = forecasts.skus.iter().filter(|one| one.channel == Channel::all()).collect();
    let ahead: f64 = totals.iter().map(|one| one.mean.iter().sum::<f64>()).sum();
    let factor = ahead / f64::from(usual);
    assert!((2.4..3.6).contains(&factor), "{factor} times the weeks before");
    is_sane(&forecasts);
    let month = |one: &trueup::forecast::SkuForecast| one.sums.iter().find(|sum| sum.days == 28).copied().unwrap();
    assert!(totals.iter().all(|one| month(one).quantiles[3] > month(one).mean));
}

#[test]
fn one_year_teaches_no_yearly_season() {
    let mut all = demand(vec![("A", "shopify", history(1, 400, 9.0))]);
    for day in 340..365 {
        all.series[0].units[day] *= 3.0;
    }
    let week = |forecasts: &Forecasts| forecasts.skus[0].mean[..7].iter().sum::<f64>() / 7.0;
    assert!((6.0..20.0).contains(&week(&run(all))));
}

#[test]
fn a_dying_product_declines() {
    let fading = |seed: u64| -> Vec<f32> {
        let units = history(seed, 200, 8.0);
        units
            .into_iter()
            .enumerate()
            .map(|(day, units)| (units * (1.0 - day as f32 / 180.0).max(0.0)).round())
            .collect()
    };
    let names: Vec<String> = (0..120).map(|sku| format!("OLD-{sku:03}")).collect();
    let all = names.iter().enumerate().map(|(seed, name)| (name.as_str(), "shopify", fading(seed as u64))).collect();
    let forecasts = run(demand(all));
    let totals: Vec<_> = forecasts.skus.iter().filter(|one| one.channel == Channel::all()).collect();
    let ahead = totals.iter().map(|one| one.mean.iter().sum::<f64>() / 28.0).sum::<f64>() / totals.len() as f64;
    assert!(ahead < 0.25, "nothing sold for 20 days, 9 a day at first: {ahead}");
}

/// Half of the last six weeks out of stock: the recovered rate is wrong by at most a third of what it
/// is when stock-outs are taken for want of demand.
#[test]
fn the_rate_behind_stock_outs_is_recovered() {
    let names: Vec<String> = (0..60).map(|sku| format!("SKU-{sku:02}")).collect();
    let histories: Vec<Vec<f32>> = (0..60).map(|seed| history(seed, 200, 2.0 + seed as f32 * 0.2)).collect();
    let series = |units: &[Vec<f32>]| {
        names.iter().zip(units).map(|(name, units)| (name.as_str(), "shopify", units.clone())).collect()
    };
    let mut short = demand(series(&histories));
    for (index, one) in short.series.iter_mut().enumerate() {
        for day in (158..200).filter(|day| (day + index) % 14 < 7) {
            one.units[day] = 0.0;
            one.out_of_stock[day] = 1.0;
        }
    }
    let mut ignored = short.clone();
    ignored.series.iter_mut().for_each(|series| series.out_of_stock.fill(0.0));
    let rates = |forecasts: &Forecasts| -> Vec<f64> {
        let totals = forecasts.skus.iter().filter(|one| one.channel == Channel::all());
        totals.map(|one| one.mean.iter().sum::<f64>() / 28.0).collect()
    };
    let truth: Vec<f64> = histories.iter().map(|units| units.iter().sum::<f32>() as f64 / 200.0).collect();
    let (recovered, ignored) = (rates(&run(short)), rates(&run(ignored)));
    let error =
        |rates: &[f64]| rates.iter().zip(&truth).map(|(rate, truth)| (rate - truth).abs() / truth).sum::<f64>() / 60.0;
    assert!(error(&recovered) * 3.0 < error(&ignored), "{} and {}", error(&recovered), error(&ignored));
}

fn change(sku: &str, channel: Option<&str>, made: i32, change: Change) -> ForecastOverride {
    ForecastOverride {
        sku: (!sku.is_empty()).then(|| Sku::new(sku)),
        channel: channel.map(Channel::new),
        made: AS_OF.plus(made),
        until: Some(AS_OF.plus(made + 10)),
        change,
        author: Some("mei".to_owned()),
        reason: Some("a magazine writes about it".to_owned()),
    }
}

#[test]
fn people_change_the_forecast_until_their_change_expires() {
    assert_eq!(Change::parse(" +20% "), Some(Change::Factor(1.2)));
    assert_eq!(Change::parse("-100%"), Some(Change::Factor(0.0)));
    assert_eq!(Change::parse("3.5"), Some(Change::UnitsPerDay(3.5)));
    assert_eq!(Change::parse("'+20%"), Some(Change::Factor(1.2)), "as the report's table for spreadsheets has it");
    assert!(["", "more", "-5", "nan", "inf%", "-200%"].iter().all(|text| Change::parse(text).is_none()));

    let plain = run(shop(3, 120));
    let sku = Sku::new("SKU-001");
    let overrides = vec![
        change("SKU-001", None, 0, Change::UnitsPerDay(40.0)),
        change("SKU-001", Some("amazon"), 0, Change::Factor(2.0)),
        change("SKU-002", None, -30, Change::Factor(9.0)),
    ];
    let options = ForecastOptions { overrides, ..ForecastOptions::default() };
    let changed = forecast(&mut shop(3, 120), &options);
    let of = |forecasts: &Forecasts, channel: &str| forecasts.get(&sku, &Channel::new(channel)).unwrap().mean.clone();
    for day in 0..28 {
        let holds = day < 10;
        let (before, after) = (of(&plain, "amazon")[day], of(&changed, "amazon")[day]);
        assert_near(after, if holds { (before * 2.0 * 1e4).round() / 1e4 } else { before });
        let own = of(&changed, "shopify")[day] + of(&changed, "tiktok")[day];
        let all = 40.0 * (1.0 - of(&plain, "amazon")[day] / of(&plain, "*")[day]);
        assert!(!holds || (own - all).abs() < 0.01, "40 a day over all channels, two of them follow: {own} and {all}");
        assert!((of(&changed, "*")[day] - own - after).abs() < 1e-3);
    }
    let other = Sku::new("SKU-002");
    assert_eq!(plain.get(&other, &Channel::all()), changed.get(&other, &Channel::all()), "expired");
}

#[test]
fn a_change_of_a_whole_channel_reaches_every_sku_but_those_with_one_of_their_own() {
    let plain = run(shop(3, 120));
    let overrides =
        vec![change("", Some("tiktok"), 0, Change::Factor(3.0)), change("SKU-002", None, -1, Change::Factor(0.5))];
    let options = ForecastOptions { overrides, ..ForecastOptions::default() };
    let changed = forecast(&mut shop(3, 120), &options);
    for (sku, channel, factor) in [("SKU-001", "tiktok", 3.0), ("SKU-001", "shopify", 1.0), ("SKU-002", "tiktok", 0.5)]
    {
        let of = |forecasts: &Forecasts| forecasts.get(&Sku::new(sku), &Channel::new(channel)).unwrap().mean[0];
        assert_near(of(&changed), (of(&plain) * factor * 1e4).round() / 1e4);
    }
}

#[test]
fn last_week_is_held_against_its_projection() {
    let mut surprised = shop(4, 150);
    for series in surprised.series.iter_mut().filter(|series| series.channel.as_str() == "tiktok") {
        series.units[143..].iter_mut().for_each(|units| *units = (*units + 3.0) * 6.0);
    }
    let wanted = |demand: &Demand, channel: &str| -> f64 {
        let of_channel = demand.series.iter().filter(|series| series.channel.as_str() == channel);
        of_channel.flat_map(|series| &series.units[143..]).map(|units| f64::from(*units)).sum()
    };
    let actual = wanted(&surprised, "tiktok");
    // Made before the week for one SKU, in the week for another: only the first counts.
    let overrides = vec![
        change("SKU-003", Some("tiktok"), -8, Change::Factor(6.0)),
        change("SKU-002", Some("tiktok"), -3, Change::Factor(6.0)),
    ];
    let options = ForecastOptions { overrides, ..ForecastOptions::default() };
    let forecasts = forecast(&mut surprised, &options);
    let of = |channel: &str, sku: &str| {
        forecasts.checks.iter().find(|one| one.channel.as_str() == channel && one.sku.as_str() == sku).unwrap().clone()
    };
    let tiktok = of("tiktok", "*");
    assert_near(tiktok.actual, actual);
    assert_eq!((tiktok.from, tiktok.until, tiktok.exception()), (AS_OF.plus(-6), AS_OF, Some("too low")));
    assert_eq!(of("shopify", "*").exception(), None);
    let parts: f64 = forecasts
        .checks
        .iter()
        .filter(|one| one.channel.as_str() == "tiktok" && one.sku.as_str() != "*")
        .map(|one| one.projected)
        .sum();
    assert!((parts - tiktok.projected).abs() < 1e-9);
    assert!(of("tiktok", "SKU-003").override_gain().unwrap() > 0.0);
    assert_eq!(of("tiktok", "SKU-002").override_gain(), None);
    assert_eq!(forecasts.check_sheet().len(), 4 * 3 + 3 + 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn nothing_but_numbers_leaves_the_forecast(
        histories in prop::collection::vec(
            prop::collection::vec(prop::sample::select(vec![0.0f32, 0.0, 1.0, 2.0, 7.0, 1e3, 1e7, 0.25, f32::NAN, f32::INFINITY, f32::MAX, -3.0]), 0..130),
            1..5,
        )
    ) {
        let names = ["A", "B", "C", "D", "E"];
        let all = histories.into_iter().enumerate().map(|(index, units)| (names[index], "shopify", units)).collect();
        let wild: Demand = demand(all);
        for series in &wild.series {
            let units: Vec<f64> = series.units.iter().map(|units| f64::from(*units)).collect();
            let models: [&dyn Model; 7] = [
                &Naive,
                &Ses::classical(0.3),
                &Croston { alpha: 0.1, corrected: true },
                &Tsb { size: 0.1, chance: 0.1 },
                &Holt { alpha: 0.5, beta: 0.1, damping: 0.9 },
                &Theta { alpha: 0.5 },
                &Window { days: 7 },
            ];
            for model in models {
                prop_assert!(model.fit(&units).predict(9).iter().all(|one| one.is_finite()), "{}", model.name());
            }
            let repeated = SeasonalNaive { season: 7 }.predict(&units, 9);
            prop_assert!(repeated.iter().all(|one| one.is_finite()));
            let velocity = Velocity::of(series);
            prop_assert!(velocity.mean_per_day.is_finite() && velocity.peak_per_day.is_finite());
        }
        let forecasts = run(wild);
        is_sane(&forecasts);
        for check in &forecasts.checks {
            prop_assert!(check.projected.is_finite() && check.actual.is_finite());
        }
        for one in &forecasts.accuracy {
            prop_assert!(one.measures.rmsse.is_none_or(f64::is_finite) && one.measures.bias.is_none_or(f64::is_finite));
        }
    }

    #[test]
    fn more_days_never_need_less(level in 0.5f32..20.0, seed in 0u64..1_000) {
        let forecasts = run(demand(vec![("A", "shopify", history(seed, 90, level))]));
        let one = &forecasts.skus[0];
        let mut least = 0.0;
        for days in 1..60 {
            let p95 = one.over(days).unwrap().quantiles[3];
            prop_assert!(p95 >= least - 1e-6, "{days} days: {p95} after {least}");
            least = p95;
        }
    }
}

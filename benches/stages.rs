//! Stages of the night over a made-up shop, with rows per second. `cargo bench` takes a quarter of
//! an hour to build Polars, and a minute to run.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use trueup::config::Settings;
use trueup::drift::{self, ChannelReports};
use trueup::forecast::{self, ForecastOptions};
use trueup::lake::Lake;
use trueup::ledger::{Ledger, Pools, StockFacts, StockIndex};
use trueup::query::Marts;
use trueup::sample::Size;
use trueup::types::{Channel, Day, Money};
use trueup::{catalog, demand, ingest, pnl, sample};

/// The shop that every stage works on.
fn size() -> Size {
    Size {
        orders: 20_000,
        skus: 400,
        channels: 4,
        days: 365,
        seed: 7,
        as_of: "2026-02-28".parse::<Day>().expect("a date"),
    }
}

fn read(folder: &Path) -> (Settings, u64) {
    let settings = Settings::read(folder).expect("the sample's settings");
    let lake = Lake::open(&settings.lake).expect("a lake");
    let summary = ingest::run(&settings, &lake, &mut |_| {}).expect("the sample is read");
    (settings, summary.accepted())
}

fn marts(settings: &Settings) -> Marts {
    let snapshot = Lake::open(&settings.lake).and_then(|lake| lake.snapshot()).expect("a lake");
    catalog::open(settings, &snapshot, size().as_of).expect("marts")
}

fn stages(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    sample::write(folder.path(), &size(), &mut |_, _| {}).expect("the sample is written");
    let (settings, rows) = read(folder.path());
    let mut group = criterion.benchmark_group("night");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).throughput(Throughput::Elements(rows));
    group.bench_function("ingest", |bencher| {
        let fresh = || std::fs::remove_dir_all(&settings.lake).expect("the lake can go");
        bencher.iter_batched(fresh, |()| read(folder.path()), BatchSize::PerIteration);
    });
    group.bench_function("profit", |bencher| {
        bencher.iter(|| pnl::statements(&pnl::read(&marts(&settings)).expect("the P&L's queries"), &settings));
    });
    group.bench_function("ledger and drift", |bencher| {
        let marts = marts(&settings);
        bencher.iter(|| {
            let facts = StockFacts::read(&marts).expect("facts");
            let index = StockIndex::new(&facts).expect("an index");
            let pools = Pools::of_settings(&settings);
            let ledger = Ledger::build(&index, &pools);
            let reports = ChannelReports::read(&marts).expect("reports");
            drift::compare(&index, &ledger, &pools, &reports, &settings.alerts).expect("drifts")
        });
    });
    group.bench_function("demand and forecast", |bencher| {
        let marts = marts(&settings);
        let read = || demand::read(&marts, &settings).expect("demand");
        bencher.iter_batched(
            read,
            |mut demand| forecast::forecast(&mut demand, &ForecastOptions::default()),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn money(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("money");
    let weights: Vec<i64> = (1..=40).collect();
    group.throughput(Throughput::Elements(weights.len() as u64));
    group.bench_function("split over 40 lines", |bencher| {
        bencher.iter(|| black_box(Money::from_cents(99_999)).split(black_box(&weights)));
    });
    group.bench_function("name a channel", |bencher| bencher.iter(|| Channel::new(black_box("tiktok"))));
    group.finish();
}

criterion_group!(benches, stages, money);
criterion_main!(benches);

//! A return rate or a channel's share that changed by more than chance is an exception; chance is none.

use std::collections::BTreeMap;
use std::path::Path;

use trueup::config::Settings;
use trueup::demand::{Demand, DemandSeries, read};
use trueup::health::{Share, Shift, ShiftKind, chance_of_difference, shifts};
use trueup::query::{Marts, RunParameters};
use trueup::types::{Channel, Currency, Day, Sku};

use crate::ledger::TableOf;

const AS_OF: Day = Day::from_days(20_512);
const DAYS: i32 = 240;

/// Six orders of a product on every day, of which so many of a hundred come back after eight days.
fn sold(tables: (TableOf, TableOf), sku: &str, returned_of_hundred: impl Fn(i32) -> i32) -> (TableOf, TableOf) {
    let lines = (0..DAYS).flat_map(|day| (0..6).map(move |number| (day, number)));
    lines.fold(tables, |(orders, refunds), (day, number)| {
        let (id, on) = (format!("{sku}-{day}-{number}"), AS_OF.plus(day + 1 - DAYS));
        let orders = orders.row(&[
            ("channel", "market".into()),
            ("order_id", id.as_str().into()),
            ("line_id", "1".into()),
            ("ordered_at", on.start_utc().into()),
            ("order_day", on.into()),
            ("sku", sku.into()),
            ("quantity", 2_i64.into()),
            ("currency", "EUR".into()),
            ("status", "shipped".into()),
            ("fulfilment", "seller".into()),
        ]);
        let is_returned = (day * 6 + number) * 37 % 100 < returned_of_hundred(DAYS - day) && DAYS - day > 8;
        let refund = [
            ("channel", "market".into()),
            ("refund_id", id.as_str().into()),
            ("line_id", "1".into()),
            ("order_id", id.as_str().into()),
            ("refunded_at", on.plus(8).start_utc().into()),
            ("refund_day", on.plus(8).into()),
            ("sku", sku.into()),
            ("quantity", 1_i64.into()),
            ("disposition", "sellable".into()),
        ];
        (orders, if is_returned { refunds.row(&refund) } else { refunds })
    })
}

/// Of three products one comes back five times as often for four weeks, one no more than ever, one never
/// again. Orders of the last week, of which nothing can be back yet, are not counted as kept.
#[test]
fn a_return_rate_that_changed_is_found() {
    let tables = (TableOf::named("order_lines"), TableOf::named("refund_lines"));
    let tables = sold(tables, "WORSE", |age| if age <= 28 { 30 } else { 6 });
    let tables = sold(tables, "SAME", |_| 6);
    let (orders, refunds) = sold(tables, "BETTER", |age| if age <= 28 { 0 } else { 20 });
    let marts =
        Marts::in_memory(vec![orders.rows(), refunds.rows()], RunParameters::new(AS_OF, Currency::EUR)).unwrap();
    let text = "[shop]\ncurrency = \"EUR\"\n[channel.market]\nkind = \"other\"\n";
    let settings = Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap();
    let demand = read(&marts, &settings).unwrap();
    let found = shifts(&demand, &marts.rows("mart_demand_returned").unwrap()).unwrap();
    let names: Vec<(&str, ShiftKind)> = found.iter().map(|one| (one.sku.as_str(), one.kind)).collect();
    assert_eq!(names, [("BETTER", ShiftKind::ReturnRate), ("WORSE", ShiftKind::ReturnRate)]);
    let worse = &found[1];
    assert_eq!(worse.recent.of, 20 * 6, "lines of which a return could be back");
    assert!((worse.recent.rate() - 0.3).abs() < 0.03 && (worse.before.rate() - 0.06).abs() < 0.01, "{worse:?}");
    assert!(worse.excess_lines() > 25.0 && found[0].excess_lines() < 0.0);
}

fn listing(channel: &str, sku: &str, lines: impl Fn(i32) -> f32) -> DemandSeries {
    let lines: Vec<f32> = (0..DAYS).map(|day| lines(DAYS - day)).collect();
    let series = DemandSeries::plain(Sku::new(sku), Channel::new(channel), AS_OF.plus(1 - DAYS), lines.clone());
    DemandSeries { lines, ..series }
}

fn found(series: Vec<DemandSeries>) -> Vec<Shift> {
    let demand = Demand {
        as_of: AS_OF,
        series,
        pools: BTreeMap::new(),
        products: BTreeMap::new(),
        promotions: Vec::new(),
        credited: Vec::new(),
    };
    let marts = Marts::in_memory(vec![], RunParameters::new(AS_OF, Currency::EUR)).unwrap();
    shifts(&demand, &marts.rows("mart_demand_returned").unwrap()).unwrap()
}

/// The channel that lost most stands for the product; days that explain the change by themselves, out of
/// stock or on promotion, tell nothing.
#[test]
fn a_channel_share_that_changed_is_found() {
    let desk = || listing("desk", "JAR", |_| 3.0);
    let market = || listing("market", "JAR", |age| if age <= 28 { 1.0 } else { 5.0 });
    let [shift] = &found(vec![desk(), market()])[..] else { panic!("one product changed") };
    assert_eq!((shift.kind, shift.since), (ShiftKind::ChannelShare, AS_OF.plus(-27)));
    let counts = |share: Share| (share.count, share.of);
    let (recent, before) = match shift.channel.as_str() {
        "desk" => ((84, 112), (252, 672)),
        _ => ((28, 112), (420, 672)),
    };
    assert_eq!((counts(shift.recent), counts(shift.before)), (recent, before));
    let last_weeks = DAYS as usize - 28..;
    let mut out = market();
    out.out_of_stock[last_weeks.clone()].fill(0.5);
    assert_eq!(found(vec![desk(), out]), []);
    let mut promoted = desk();
    promoted.promotion[last_weeks].fill(true);
    assert_eq!(found(vec![promoted, market()]), []);
    // More on both channels alike is no change of share.
    let more =
        |channel: &str, lines: f32| listing(channel, "JAR", move |age| if age <= 28 { 3.0 * lines } else { lines });
    assert_eq!(found(vec![more("desk", 2.0), more("market", 4.0)]), []);
}

/// Three hundred products whose channels share orders by chance alone raise no alarm.
#[test]
fn chance_raises_no_alarm() {
    let drawn = |seed: u64, age: i32| {
        let mut state = seed.wrapping_mul(9_973).wrapping_add(age as u64);
        for _ in 0..4 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        }
        // Up to six lines a day, each with even chance.
        f64::from((state >> 58).count_ones()) as f32
    };
    let products = (0..300u64).flat_map(|product| {
        let sku = format!("P{product:03}");
        ["desk", "market"].map(|channel| {
            let seed = product * 2 + u64::from(channel == "desk");
            listing(channel, &sku, move |age| drawn(seed, age))
        })
    });
    assert_eq!(found(products.collect()), []);
}

/// Two tables whose exact chances stand in textbooks.
#[test]
fn the_exact_test_gives_the_chances_of_the_books() {
    let near = |one: (u64, u64), other: (u64, u64), chance: f64| {
        let share = |(count, of): (u64, u64)| Share { count, of };
        let found = chance_of_difference(share(one), share(other));
        assert!((found - chance).abs() < 5e-5, "{found} for {chance}");
    };
    // Twins of convicts (Fisher 1935, The Logic of Inductive Inference): 10 of 13, 2 of 17.
    near((10, 13), (2, 17), 0.000_537);
    // Agresti 2002, Categorical Data Analysis, table 3.8: 3 of 4, 1 of 4.
    near((3, 4), (1, 4), 0.485_714);
    near((5, 10), (5, 10), 1.0);
}

//! Listings of which little was seen, from files to figures: a new channel, one large order, a listing
//! that is known before its first sale.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use trueup::demand::Demand;
use trueup::forecast::{ForecastOptions, Forecasts, forecast};
use trueup::types::{Channel, Day, Sku};

use crate::forecast::history;
use crate::forecast_shop::{SETTINGS, demand_of, opened};
use crate::project::{Project, said};

const AS_OF: Day = Day::from_days(20_512);
const DAYS: i32 = 120;
/// The product that is new on channel `market`.
const NEW: &str = "BOWL";

/// One order of the new product on channel `market`: how many days ago, and of how many units.
type Order = (i32, i64);

/// Twelve products on both channels for 120 days; the new one sells on `web`, about 34 units in 28 days.
fn write_shop(folder: &Path, orders: &[Order], shown_since: Option<i32>) {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    let mut write = |channel: &'static str, sku: &str, days_ago: i32, units: i64| {
        let text = files.entry(channel).or_default();
        let at = AS_OF.plus(-days_ago).start_utc().plus_seconds(36_000).utc().to_rfc3339();
        let number = text.len();
        writeln!(text, "{channel}-{number},1,{at},{sku},{units}").unwrap();
    };
    for product in 0..12u64 {
        let sku = format!("MUG-{product:02}");
        for (channel, seed, level) in [("web", product, 1.2), ("market", product + 100, 0.3)] {
            for (days_ago, units) in (0..DAYS).rev().zip(history(seed, DAYS as usize, level)) {
                if units > 0.0 {
                    write(channel, &sku, days_ago, units as i64);
                }
            }
        }
    }
    for (days_ago, units) in (0..DAYS).rev().zip(history(77, DAYS as usize, 1.1)) {
        if units > 0.0 {
            write("web", NEW, days_ago, units as i64);
        }
    }
    for (days_ago, units) in orders {
        write("market", NEW, *days_ago, *units);
    }
    let put = |name: &str, text: String| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("trueup.toml", SETTINGS.to_owned());
    put("exports/web/orders.csv", format!("Web order,Line,Ordered,Item,Units\n{}", files["web"]));
    put("exports/market/orders.csv", format!("Market order,Line,Ordered,Item,Units\n{}", files["market"]));
    if let Some(days_ago) = shown_since {
        let at = AS_OF.plus(-days_ago).start_utc().utc().to_rfc3339();
        let header = "event_id,channel,sku,source_at,reflected_at,quantity,result";
        put("exports/truth/sync_events.csv", format!("{header}\nE1,market,{NEW},{at},{at},50,ok\n"));
    }
}

/// Demand as a night reads it from a shop's files.
fn read(orders: &[Order], shown_since: Option<i32>) -> Demand {
    let project = Project::empty();
    let folder = project.path("shop");
    write_shop(&folder, orders, shown_since);
    let ingest = project.trueup(&["ingest", "--project", "shop"]);
    assert!(ingest.status.success(), "{}", said(&ingest));
    let (settings, marts) = opened(&folder);
    demand_of(&settings, &marts)
}

fn run(demand: &Demand) -> Forecasts {
    forecast(&mut demand.clone(), &ForecastOptions::default())
}

/// Units of the new product expected in 28 days.
fn projected(forecasts: &Forecasts, channel: &str) -> f64 {
    forecasts.get(&Sku::new(NEW), &Channel::new(channel)).map_or(0.0, |one| one.mean.iter().sum())
}

fn pace(forecasts: &Forecasts, channel: &str) -> f64 {
    forecasts.get(&Sku::new(NEW), &Channel::new(channel)).unwrap().velocity.mean_per_day
}

/// One customer takes forty on the channel's first day: that is no daily rate. The product's weight on
/// the new channel is that of its like, and the order opened the channel and says little more.
#[test]
fn one_large_order_on_a_young_channel_is_no_daily_rate() {
    let without = run(&read(&[], None));
    let before = projected(&without, "*");
    assert!((25.0..45.0).contains(&before), "{before}");
    for shown_since in [None, Some(20)] {
        let with = run(&read(&[(0, 40)], shown_since));
        let lift = projected(&with, "*") - before;
        assert!((1.0..45.0).contains(&lift), "28 days rise by {lift}, listed {shown_since:?}");
        assert!(pace(&with, "market") < 1.5, "a pace of {}", pace(&with, "market"));
        // No more than one such order more is to be in stock for.
        let sum = |forecasts: &Forecasts| {
            forecasts
                .get(&Sku::new(NEW), &Channel::all())
                .unwrap()
                .sums
                .iter()
                .find(|sum| sum.days == 28)
                .unwrap()
                .quantiles[3]
        };
        assert!(sum(&with) < sum(&without) + 60.0, "{} and {}", sum(&with), sum(&without));
    }
    let same = run(&read(&[(0, 1)], None));
    assert!((projected(&same, "*") - before) < 12.0, "an order of one opens the channel alike");
}

/// A listing that was shown for three weeks before its first sale has been seen to sell nothing in them.
#[test]
fn a_listing_is_observed_since_it_was_shown() {
    let first = |demand: &Demand| {
        let series = demand.of(&Sku::new(NEW), &Channel::new("market")).unwrap();
        (AS_OF.since(series.first), series.opened_by_sale)
    };
    assert_eq!(first(&read(&[(3, 2)], None)), (3, true));
    assert_eq!(first(&read(&[(3, 2)], Some(20))), (20, false));
    assert_eq!(first(&read(&[(3, 2)], Some(90))), (31, false), "no more than four weeks without a sale");
    assert_eq!(first(&read(&[(3, 2)], Some(3))), (3, true), "the sale may itself have told of the listing");
    assert_eq!(first(&read(&[(3, 2)], Some(1))), (3, true));
    assert_eq!(first(&read(&[(3, 2)], Some(900))), (31, false));
}

/// Days without a sale lower what is expected, one by one; the sale that opened the listing ages.
#[test]
fn quiet_days_lower_what_is_expected() {
    let after = |days_ago: i32| projected(&run(&read(&[(days_ago, 40)], None)), "market");
    let expected: Vec<f64> = [0, 10, 26, 40, 80].map(after).into();
    assert!(expected.windows(2).all(|pair| pair[0] > pair[1]), "{expected:?}");
}

/// Ten days with orders every day are believed; so is a channel that buys by the forty, once it does.
#[test]
fn many_orders_are_believed_soon() {
    let brisk: Vec<Order> = (0..10).flat_map(|day| [(day, 1), (day, 2), (day, 1)]).collect();
    let brisk = projected(&run(&read(&brisk, None)), "market");
    assert!((40.0..112.0).contains(&brisk), "four a day for ten days: {brisk}");
    let expected: Vec<f64> = (1..=5)
        .map(|orders| (0..orders).map(|week| (week * 5, 40)).collect::<Vec<Order>>())
        .map(|orders| projected(&run(&read(&orders, None)), "market"))
        .collect();
    assert!(expected.windows(2).all(|pair| pair[0] < pair[1]), "{expected:?}");
    assert!(expected[4] > 80.0, "an order of forty every five days, five times: {expected:?}");
}

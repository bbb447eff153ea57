//! Buffers at the start of a season: what sells before a channel knows is what the coming week sells,
//! not what the last 90 days did.

use std::collections::BTreeMap;
use std::path::Path;

use trueup::buffer::theory::poisson_quantile;
use trueup::buffer::{ListingInput, Overrides, Sources, explain, listings, recommend};
use trueup::config::Settings;
use trueup::drift::{Drifts, measure};
use trueup::forecast::{ForecastOptions, forecast};
use trueup::lake::{Cell, Rows};
use trueup::ledger::{Ledger, Pools, StockFacts, StockIndex};
use trueup::pnl::Pnl;
use trueup::query::{Marts, RunParameters};
use trueup::types::{Currency, Day, Timestamp};

use crate::ledger::TableOf;

const AS_OF: Day = Day::from_days(20_512);
/// Units a day, and times as many in the four weeks that begin tomorrow, as every year.
const USUAL: f64 = 6.0;
const RISE: f64 = 3.0;
/// Two hours until the channel knows of a sale.
const LAG: i64 = 7_200;
const YEAR: i32 = 365;

fn hour(days_ago: i32, hour: i64) -> Timestamp {
    AS_OF.plus(-days_ago).start_utc().plus_seconds(hour * 3_600)
}

/// Orders of so many days, spread over the hours of the day; and of something last sold long ago.
fn orders(days: i32) -> Rows {
    let mut table = TableOf::named("order_lines").row(&[
        ("channel", "shopify".into()),
        ("order_id", "old".into()),
        ("ordered_at", hour(100, 9).into()),
        ("order_day", AS_OF.plus(-100).into()),
        ("sku", "OLD-LAMP".into()),
        ("quantity", Cell::Integer(1)),
        ("status", "completed".into()),
        ("fulfilment", "seller".into()),
        ("currency", "USD".into()),
    ]);
    for days_ago in 0..days {
        let rise = if days_ago % YEAR >= YEAR - 28 { RISE } else { 1.0 };
        for part in 0..3 {
            table = table.row(&[
                ("channel", "shopify".into()),
                ("order_id", format!("{days_ago}-{part}").into()),
                ("ordered_at", hour(days_ago, i64::from(days_ago * 7 + part * 8) % 24).into()),
                ("order_day", AS_OF.plus(-days_ago).into()),
                ("sku", "MUG".into()),
                ("quantity", Cell::Integer((USUAL * rise) as i64 / 3)),
                ("status", "completed".into()),
                ("fulfilment", "seller".into()),
                ("currency", "USD".into()),
            ]);
        }
    }
    table.rows()
}

fn settings() -> Settings {
    let text = "[shop]\ncurrency = \"USD\"\ntime-zone = \"UTC\"\n[channel.shopify]\n[policy]\noversell-risk = 0.02\n";
    Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap()
}

/// The shop's only listing, gathered as a night does.
fn listing(days: i32) -> ListingInput {
    let settings = settings();
    let mut events = TableOf::named("sync_events");
    for number in 0..30 {
        let at = hour(2, number % 20);
        events = events.row(&[
            ("event_id", format!("{number}").into()),
            ("channel", "shopify".into()),
            ("sku", "MUG".into()),
            ("source_at", at.into()),
            ("source_day", AS_OF.plus(-2).into()),
            ("reflected_at", at.plus_seconds(LAG).into()),
            ("quantity", Cell::Integer(50)),
            ("result", "ok".into()),
        ]);
    }
    let stock = TableOf::named("stock").row(&[
        ("sku", "MUG".into()),
        ("location", "main".into()),
        ("at", hour(0, 22).into()),
        ("stock_day", AS_OF.into()),
        ("on_hand", Cell::Integer(500)),
    ]);
    let tables = vec![orders(days), events.rows(), stock.rows(), trueup::catalog::channels(&settings)];
    let marts = Marts::in_memory(tables, RunParameters::new(AS_OF, Currency::USD)).unwrap();
    let facts = StockFacts::read(&marts).unwrap();
    let index = StockIndex::new(&facts).unwrap();
    let ledger = Ledger::build(&index, &Pools::of_settings(&settings));
    let mut demand = trueup::demand::read(&marts, &settings).unwrap();
    let forecasts = forecast(&mut demand, &ForecastOptions::default());
    let pnl: Pnl = trueup::pnl::statements(&trueup::pnl::read(&marts).unwrap(), &settings);
    let sources = Sources {
        settings: &settings,
        marts: &marts,
        ledger: &ledger,
        drifts: &Drifts::default(),
        latencies: &measure(&index, &settings),
        demand: &demand,
        forecasts: &forecasts,
        pnl: &pnl,
        orders: &facts.orders,
        overrides: &Overrides::read(&marts.table("overrides").unwrap(), &settings, AS_OF, facts.as_of_end).unwrap(),
        published: &BTreeMap::new(),
        as_of: AS_OF,
        as_of_end: AS_OF.plus(1).start_utc(),
    };
    let mut inputs = listings(&sources).unwrap();
    assert_eq!(inputs.len(), 1, "what sold nothing for 90 days and nobody reported is not listed");
    inputs.remove(0)
}

fn held_back(input: &ListingInput) -> i64 {
    recommend(std::slice::from_ref(input), &settings(), "r1", AS_OF).unwrap().rows[0].listing_holdback
}

/// Units that cover a lag in 98 of 100 cases at what the coming week really sells.
fn needed() -> i64 {
    poisson_quantile(USUAL * RISE * LAG as f64 / 86_400.0, 0.98)
}

#[test]
fn a_buffer_covers_the_season_that_begins() {
    let input = listing(3 * YEAR - 20);
    let season = input.demand.season.unwrap();
    assert!((season / RISE - 1.0).abs() < 0.15, "the coming week sells {season} times as much");
    assert!(held_back(&input) >= needed(), "{} of {}", held_back(&input), needed());
    let mut blind = input.clone();
    blind.demand.season = None;
    assert!(held_back(&blind) < needed(), "the last 90 days alone would oversell: {}", held_back(&blind));
    let recommendation = recommend(std::slice::from_ref(&input), &settings(), "r1", AS_OF).unwrap().rows.remove(0);
    assert!(recommendation.reason.contains("times as much as the days before it"), "{}", recommendation.reason);
    let explained = explain(&input, &settings(), AS_OF).unwrap();
    assert!(explained.lines.iter().any(|line| line.label == "season"), "{explained:?}");
}

#[test]
fn a_quieter_season_and_an_unknown_one_lower_nothing() {
    let short = listing(300);
    assert_eq!(short.demand.season, None, "less than two years tell no season");
    let mut input = listing(3 * YEAR - 20);
    input.demand.season = None;
    let plain = held_back(&input);
    for season in [0.3, 1.0, f64::NAN] {
        input.demand.season = Some(season);
        assert_eq!(held_back(&input), plain, "{season}");
    }
    input.demand.season = Some(f64::INFINITY);
    assert_eq!(held_back(&input), plain, "no number is no season");
}

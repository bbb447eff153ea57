//! Demand: from order lines to comparable days.

use std::path::Path;

use trueup::config::Settings;
use trueup::demand::{Demand, DemandSeries, ProductFacts, comparable, mark_outliers, read, sheet};
use trueup::forecast::{analog_problems, pool_stock};
use trueup::lake::{Cell, Rows};
use trueup::ledger::{Ledger, Pools, StockFacts, StockIndex};
use trueup::query::{BUNDLE_PARTS, Marts, RunParameters};
use trueup::types::{Channel, Currency, Day, Sku};

use crate::ledger::TableOf;

const AS_OF: Day = Day::from_days(20_512);

fn order(table: TableOf, id: &str, day: i32, sku: &str, quantity: i64, more: &[(&'static str, Cell)]) -> TableOf {
    let day = AS_OF.plus(day);
    let mut cells: Vec<(&'static str, Cell)> = vec![
        ("channel", "shopify".into()),
        ("order_id", id.into()),
        ("line_id", "1".into()),
        ("ordered_at", day.start_utc().into()),
        ("order_day", day.into()),
        ("sku", sku.into()),
        ("quantity", quantity.into()),
        ("currency", "USD".into()),
        ("status", "paid".into()),
        ("fulfilment", "seller".into()),
    ];
    for (name, cell) in more {
        cells.retain(|(known, _)| known != name);
        cells.push((name, cell.clone()));
    }
    table.row(&cells)
}

fn counted(table: TableOf, day: i32, on_hand: i64, reserved: i64) -> TableOf {
    let day = AS_OF.plus(day);
    table.row(&[
        ("sku", "MUG".into()),
        ("location", "main".into()),
        ("at", day.start_utc().plus_seconds(82_800).into()),
        ("stock_day", day.into()),
        ("on_hand", on_hand.into()),
        ("reserved", reserved.into()),
        ("inbound", Cell::Integer(7)),
    ])
}

fn marts() -> Marts {
    let orders = TableOf::named("order_lines");
    let orders = order(orders, "1", -5, "MUG", 2, &[]);
    let orders = order(orders, "2", -5, "SET", 1, &[]);
    let refused = [("status", "cancelled".into()), ("cancel_reason", "no_stock".into())];
    let orders = order(orders, "3", -3, "MUG", 4, &refused);
    let regretted = [("status", "cancelled".into()), ("cancel_reason", "buyer".into())];
    let orders = order(orders, "4", -3, "MUG", 8, &regretted);
    let orders = order(orders, "5", -3, "MUG", 16, &[("fulfilment", "other_channel".into())]);
    let orders = order(orders, "6", 1, "MUG", 32, &[]);
    let stock = counted(counted(counted(TableOf::named("stock"), -4, 3, 1), -3, 2, 2), -2, 0, 0);
    let stock = counted(counted(stock, -1, 9, 1), 0, 9, 2);
    let mut parts = BUNDLE_PARTS.builder();
    // an older composition changes nothing now
    let (first, changed, last) = (AS_OF.plus(-9_999), AS_OF.plus(-999), AS_OF.plus(999));
    parts.push([Cell::from("SET"), "TRAY".into(), Cell::Integer(7), first.into(), changed.plus(-1).into()]);
    parts.push([Cell::from("SET"), "MUG".into(), Cell::Integer(3), changed.into(), last.into()]);
    parts.push([Cell::from("SET"), "TRAY".into(), Cell::Integer(1), changed.into(), last.into()]);
    let tables: Vec<Rows> = vec![orders.rows(), stock.rows(), parts.finish()];
    Marts::in_memory(tables, RunParameters::new(AS_OF, Currency::USD)).unwrap()
}

fn demand() -> Demand {
    let text = "[shop]\ncurrency = \"USD\"\n[channel.shopify]\nkind = \"shopify\"\n";
    let settings = Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap();
    read(&marts(), &settings).unwrap()
}

#[test]
fn demand_is_what_was_wanted_with_bundles_taken_apart() {
    let demand = demand();
    let mug = &demand.series[0];
    assert_eq!((mug.sku.as_str(), mug.first), ("MUG", AS_OF.plus(-5)));
    // 2 alone and 3 in the set; 4 refused for want of stock; no regret, no other channel, no future.
    assert_eq!(mug.units, [5.0, 0.0, 4.0, 0.0, 0.0, 0.0]);
    assert_eq!(mug.largest_line[0], 3.0);
    assert_eq!(demand.series[1].sku.as_str(), "TRAY");
    assert_eq!(demand.series[1].units[0], 1.0);
}

/// Channels tell by their counts, and by updates that arrived, what they showed; who shows a set shows
/// its parts.
#[test]
fn what_a_channel_showed_and_since_when() {
    let counted = |table: TableOf, number: &str, day: i32, listed: Option<i64>, available: i64| {
        let day = AS_OF.plus(day);
        table.row(&[
            ("channel", "shopify".into()),
            ("channel_sku", number.into()),
            ("location", "main".into()),
            ("reported_at", day.start_utc().into()),
            ("reported_day", day.into()),
            ("sku", number.into()),
            ("listed", listed.into()),
            ("available", available.into()),
        ])
    };
    let updated = |table: TableOf, id: &str, sku: &str, day: i32, quantity: i64, arrived: bool| {
        let day = AS_OF.plus(day);
        table.row(&[
            ("event_id", id.into()),
            ("channel", "tiktok".into()),
            ("sku", sku.into()),
            ("source_at", day.start_utc().into()),
            ("source_day", day.into()),
            ("reflected_at", arrived.then(|| day.start_utc()).into()),
            ("quantity", quantity.into()),
            ("result", if arrived { "ok" } else { "failed" }.into()),
        ])
    };
    let counts = counted(TableOf::named("channel_stock"), "MUG", -70, Some(0), 9);
    let counts = counted(counted(counts, "MUG", -40, Some(3), 0), "MUG", -10, Some(3), 0);
    let counts = counted(counted(counts, "SET", -5, None, 2), "LATER", 1, Some(5), 5);
    let events = updated(TableOf::named("sync_events"), "1", "MUG", -9, 4, false);
    let events = updated(updated(events, "2", "MUG", -8, 0, true), "3", "MUG", -7, 4, true);
    let mut parts = BUNDLE_PARTS.builder();
    parts.push([Cell::from("SET"), "TRAY".into(), Cell::Integer(1), AS_OF.plus(-99).into(), AS_OF.plus(99).into()]);
    let tables = vec![counts.rows(), events.rows(), parts.finish()];
    let marts = Marts::in_memory(tables, RunParameters::new(AS_OF, Currency::USD)).unwrap();
    let rows = marts.rows("mart_demand_shown").unwrap();
    let (channel, sku, day) = (rows.text("channel").unwrap(), rows.text("sku").unwrap(), rows.day("day").unwrap());
    let seen: Vec<_> = (0..rows.len())
        .map(|row| (channel.get(row).unwrap(), sku.get(row).unwrap(), day.get(row).unwrap().since(AS_OF)))
        .collect();
    assert_eq!(seen, [("shopify", "MUG", -40), ("shopify", "TRAY", -5), ("tiktok", "MUG", -7)]);
}

#[test]
fn days_without_anything_left_are_censored() {
    // Evenings: 2 left, 0, 0, 8, 7. Reserved units are not left.
    assert_eq!(demand().series[0].out_of_stock, [0.0, 0.0, 0.5, 1.0, 0.5, 0.0]);
    let sheet = sheet(&demand());
    let (units, censored) = (sheet.integer("units").unwrap(), sheet.flag("censored").unwrap());
    let rows: Vec<_> = (0..sheet.len()).map(|row| (units.get(row).unwrap(), censored.get(row).unwrap())).collect();
    assert_eq!(rows, [(5, false), (1, false), (4, true), (0, true), (0, true)]);
}

#[test]
fn what_is_in_stock_is_the_last_count_and_every_movement_since() {
    let moved = |table: TableOf, id: &str, kind: &str, quantity: i64| {
        table.row(&[
            ("movement_id", id.into()),
            ("at", AS_OF.start_utc().plus_seconds(3_600).into()),
            ("movement_day", AS_OF.into()),
            ("sku", "MUG".into()),
            ("location", "main".into()),
            ("kind", kind.into()),
            ("quantity", quantity.into()),
        ])
    };
    // 9 on hand, 1 of them promised, 7 on their way; then 5 arrive and 2 are promised.
    let stock = counted(TableOf::named("stock"), -1, 9, 1);
    let moves = moved(moved(TableOf::named("stock_movements"), "1", "receipt", 5), "2", "order", 2);
    let marts = Marts::in_memory(vec![stock.rows(), moves.rows()], RunParameters::new(AS_OF, Currency::USD)).unwrap();
    let facts = StockFacts::read(&marts).unwrap();
    let ledger = Ledger::build(&StockIndex::new(&facts).unwrap(), &Pools::default());
    let stock = pool_stock(&ledger);
    assert_eq!(stock.len(), 1);
    assert_eq!((stock[0].on_hand, stock[0].available, stock[0].inbound), (14, 11, 2));
}

#[test]
fn one_bulk_order_is_marked_and_a_busy_day_is_not() {
    let mut units = vec![2.0; 40];
    units[20] = 90.0;
    units[30] = 90.0;
    let mut series = DemandSeries::plain(Sku::new("A"), Channel::new("shopify"), AS_OF.plus(-39), units);
    series.largest_line[30] = 3.0;
    assert_eq!(mark_outliers(&mut series), Some(10.0));
    let marked: Vec<usize> = (0..40).filter(|day| series.outlier[*day]).collect();
    assert_eq!(marked, [20], "many small orders on one day are demand");
    let mut shop = Demand { series: vec![series], ..demand() };
    let cleaned = comparable(&mut shop);
    assert_eq!((cleaned.units[0][20], cleaned.units[0][30]), (10.0, 90.0));
}

#[test]
fn past_promotions_are_divided_by_their_uplift() {
    let mut units = vec![10.0; 100];
    let promoted = [30, 50, 70, 90];
    promoted.iter().for_each(|day| units[*day] = 40.0);
    let mut series = DemandSeries::plain(Sku::new("A"), Channel::new("shopify"), AS_OF.plus(-99), units);
    promoted.iter().for_each(|day| series.promotion[*day] = true);
    let mut shop = Demand { series: vec![series], ..demand() };
    let cleaned = comparable(&mut shop);
    let uplift = cleaned.uplifts.of(&Sku::new("A"), None);
    // (160 + 30 × parent) / (40 + 30) with the parent (160 + 30) / (40 + 30).
    assert!((uplift - (160.0 + 30.0 * 190.0 / 70.0) / 70.0).abs() < 1e-6, "{uplift}");
    assert!((f64::from(cleaned.units[0][30]) - 40.0 / uplift).abs() < 1e-4);
    assert_eq!(cleaned.units[0][31], 10.0);
    assert!(cleaned.uplifts.of(&Sku::new("B"), Some("mugs")) < uplift, "another product is less sure of it");
}

#[test]
fn a_product_that_has_not_sold_yet_begins_on_its_analogs_channels() {
    let new = TableOf::named("products").row(&[("sku", "CUP".into())]);
    let orders = order(TableOf::named("order_lines"), "1", -5, "MUG", 2, &[]);
    let tables = vec![orders.rows(), new.rows()];
    let marts = Marts::in_memory(tables, RunParameters::new(AS_OF, Currency::USD)).unwrap();
    let text =
        "[shop]\ncurrency = \"USD\"\n[channel.shopify]\n[analogs]\nCUP = \"MUG\"\nMUG = \"JUG\"\nPOT = \"MUG\"\n";
    let settings = Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap();
    let demand = read(&marts, &settings).unwrap();
    let skus: Vec<&str> = demand.series.iter().map(|series| series.sku.as_str()).collect();
    assert_eq!(skus, ["CUP", "MUG"], "no product is called POT");
    assert_eq!((demand.series[0].first, &demand.series[0].units[..]), (AS_OF, &[0.0][..]));
    assert_eq!(sheet(&demand).len(), 1, "nothing is told of what was never wanted");
    let problems: Vec<String> =
        analog_problems(&demand, &settings).into_iter().map(|problem| problem.message).collect();
    assert_eq!(
        problems,
        [
            "`MUG` is to sell like `JUG`, which has never sold",
            "`POT` is to sell like `MUG`, but no product has that SKU"
        ]
    );
    let circle = text.replace("CUP = \"MUG\"", "CUP = \"CUP\"");
    let problem = Settings::parse(Path::new("trueup.toml"), Path::new("."), &circle).unwrap_err();
    assert_eq!(problem.place.unwrap().line, Some(5));
}

/// Between two counts a week apart, the days that sold tell when stock came and went.
#[test]
fn counts_a_week_apart_censor_the_days_between() {
    let sold = |days: &[i32]| {
        days.iter()
            .fold(TableOf::named("order_lines"), |table, day| order(table, &format!("{day}"), *day, "MUG", 1, &[]))
    };
    let stock = [(-21, 5), (-14, 0), (-7, 0), (0, 6)];
    let stock = stock.iter().fold(TableOf::named("stock"), |table, (day, units)| counted(table, *day, *units, 0));
    let text = "[shop]\ncurrency = \"USD\"\n[channel.shopify]\n";
    let settings = Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap();
    let orders = sold(&[-22, -20, -18, -3, -1]);
    let run = RunParameters::new(AS_OF, Currency::USD);
    let demand = read(&Marts::in_memory(vec![orders.rows(), stock.rows()], run).unwrap(), &settings).unwrap();
    let out = &demand.series[0].out_of_stock;
    let share = |day: i32| out[usize::try_from(day + 22).unwrap()];
    assert!((-22..-18).all(|day| share(day) == 0.0), "{out:?}");
    assert_eq!(share(-18), 0.5, "the last one went on that day");
    assert!((-17..-3).all(|day| share(day) == 1.0), "{out:?}");
    assert_eq!(share(-3), 0.5, "the delivery came on that day");
    assert!((-2..=0).all(|day| share(day) == 0.0), "{out:?}");
}

#[test]
fn the_book_tells_which_part_of_a_day_was_out_of_stock() {
    let zone: chrono_tz::Tz = "America/New_York".parse().unwrap();
    let mut demand = demand();
    let at = |day: i32, hours: i64| AS_OF.plus(day).start_in(zone).plus_seconds(hours * 3_600);
    let spans = vec![(at(-9, 0), Some(at(-4, 6))), (at(-4, 18), Some(at(-3, 12))), (at(-1, 12), None)];
    demand.follow_book(zone, |sku, pool| (sku.as_str() == "MUG" && pool == "main").then(|| spans.clone()));
    // Six hours and six hours, half a day, nothing, the afternoon and all that follows.
    assert_eq!(demand.series[0].out_of_stock, [1.0, 0.5, 0.5, 0.0, 0.5, 1.0]);
    assert_eq!(demand.series[1].out_of_stock[0], 0.0, "another product has no book");
    let mut without = demand.clone();
    without.follow_book(zone, |_, _| None);
    assert_eq!(without, demand, "what counts tell stays");
}

#[test]
fn the_uplift_of_a_category_is_lent_to_its_products() {
    let shop = demand();
    let one = |sku: &str, promoted: f32| {
        let mut series = DemandSeries::plain(Sku::new(sku), Channel::new("shopify"), AS_OF.plus(-99), vec![10.0; 100]);
        for day in [30, 50, 70, 90] {
            series.units[day] = promoted;
            series.promotion[day] = true;
        }
        series
    };
    let facts = |category: &str| ProductFacts { category: Some(category.to_owned()), ..ProductFacts::default() };
    let products = [("A", "mugs"), ("B", "lamps")].map(|(sku, category)| (Sku::new(sku), facts(category)));
    let mut shop = Demand { series: vec![one("A", 40.0), one("B", 10.0)], products: products.into(), ..shop };
    let uplifts = comparable(&mut shop).uplifts;
    let of = |category: &str| uplifts.of(&Sku::new("C"), Some(category));
    // All: (200 + 30) / (80 + 30); mugs: (160 + 30 × all) / (40 + 30); lamps: (40 + 30 × all) / (40 + 30).
    let all = 230.0 / 110.0;
    assert!((of("mugs") - (160.0 + 30.0 * all) / 70.0).abs() < 1e-6, "{}", of("mugs"));
    assert!((of("lamps") - (40.0 + 30.0 * all) / 70.0).abs() < 1e-6, "{}", of("lamps"));
    assert!((of("pots") - all).abs() < 1e-6, "an unknown category leans on all: {}", of("pots"));
}

//! Health: every check finds its trap and no other does, prices against the corridor, exceptions
//! by money with their due time, and the scorecard.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use trueup::buffer::{OverrideOutcomes, Overrides};
use trueup::config::{ChannelKind, Differential, ExceptionPolicy, PLAYBOOKS, Settings};
use trueup::drift::{ChannelReports, compare, measure};
use trueup::error::Diagnostic;
use trueup::health::{
    Earned, Evidence, ExceptionKind, Listings, Outcome, Prices, ScorecardInput, Share, Shift, ShiftKind, Verdict,
    alerts_sheet, breaches, channel_scorecard_sheet, checks_sheet, errors, exceptions, freshness, inspect,
    price_breaches_sheet, run_checks, scorecards, sku_map_sheet, unmapped_listings, unmapped_listings_sheet,
};
use trueup::lake::{Cell, Rows};
use trueup::ledger::{Ledger, StockFacts, StockIndex};
use trueup::query::{CHANNELS, Marts, SKU_MAP};
use trueup::types::{Channel, Currency, Day, Money, Rate, Sku, Timestamp};

use crate::ledger::{Shop, TableOf, minute, pools, run};

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn settings() -> Settings {
    let text = "[shop]\ncurrency = \"USD\"\n\
        [channel.shopify]\nkind = \"shopify\"\noversell-penalty = 12.00\n\
        [channel.tiktok]\nkind = \"tiktok\"\noversell-penalty = 25.00\n";
    Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap()
}

/// A product that the map knows, so that nothing is unmapped by accident.
fn mapped() -> Rows {
    let mut builder = SKU_MAP.builder();
    for channel in ["shopify", "tiktok"] {
        let always = [Day::from_days(0).into(), Day::from_days(99_999).into()];
        for sku in ["A", "C"] {
            let row = [Cell::from(channel), sku.into(), sku.into(), "sku".into()];
            builder.push(row.into_iter().chain(always.clone()));
        }
    }
    builder.finish()
}

fn order(id: &str, channel: &str, sku: &str, quantity: i64) -> TableOf {
    and_order(TableOf::named("order_lines"), id, channel, sku, quantity)
}

fn and_order(table: TableOf, id: &str, channel: &str, sku: &str, quantity: i64) -> TableOf {
    table.row(&[
        ("channel", channel.into()),
        ("order_id", id.into()),
        ("line_id", "1".into()),
        ("ordered_at", minute(10).into()),
        ("sku", sku.into()),
        ("quantity", quantity.into()),
        ("gross", cents(1_000 * quantity).into()),
        ("currency", "USD".into()),
        ("status", "paid".into()),
        ("fulfilment", "seller".into()),
    ])
}

fn refund(order_id: &str, quantity: i64) -> Rows {
    let refund = [
        ("channel", "shopify".into()),
        ("order_id", order_id.into()),
        ("refunded_at", minute(20).into()),
        ("sku", "A".into()),
        ("quantity", quantity.into()),
        ("disposition", "sellable".into()),
    ];
    TableOf::named("refund_lines").row(&refund).rows()
}

fn settlement(total: i64, line: i64) -> [Rows; 2] {
    let settlements = TableOf::named("settlements").row(&[
        ("channel", "shopify".into()),
        ("settlement_id", "p1".into()),
        ("total", cents(total).into()),
        ("currency", "USD".into()),
    ]);
    let lines = TableOf::named("settlement_lines").row(&[
        ("channel", "shopify".into()),
        ("settlement_id", "p1".into()),
        ("kind", "sale".into()),
        ("amount", cents(line).into()),
        ("currency", "USD".into()),
    ]);
    [settlements.rows(), lines.rows()]
}

/// What became of overrides where there are none.
fn no_overrides() -> OverrideOutcomes {
    let as_of: Day = "2026-02-28".parse().unwrap();
    let none = TableOf::named("overrides").rows();
    let none = Overrides::read(&none, &settings(), as_of, as_of.plus(1).start_utc()).unwrap();
    OverrideOutcomes::of(&none, &[], &settings())
}

fn change_by_hand(owner: Option<&str>, reason: Option<&str>) -> Rows {
    let change = [("sku", "A".into()), ("field", "buffer".into()), ("owner", owner.into()), ("reason", reason.into())];
    TableOf::named("overrides").row(&change).rows()
}

/// The checks with findings and how many each has.
fn found(tables: Vec<Rows>) -> Vec<(String, usize)> {
    let marts = Marts::in_memory(tables, run()).unwrap();
    let checks = run_checks(&marts).unwrap();
    let of_stock = |name: &str| {
        ["check_order_", "check_stock_", "check_sync_", "check_settlement_", "check_refund_", "check_override_"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    let broken = checks.iter().filter(|check| check.has_failed() && of_stock(&check.name));
    broken.map(|check| (check.name.clone(), check.findings.len())).collect()
}

fn only(name: &str) -> Vec<(String, usize)> {
    vec![(name.to_owned(), 1)]
}

#[test]
fn an_empty_lake_breaks_no_check_and_passes_none() {
    assert_eq!(found(vec![]), []);
    assert_eq!(passed(vec![]), [] as [&str; 0]);
}

/// The checks that had something to judge and found nothing.
fn passed(tables: Vec<Rows>) -> Vec<String> {
    let checks = run_checks(&Marts::in_memory(tables, run()).unwrap()).unwrap();
    let passed = checks.into_iter().filter(|check| check.outcome() == Outcome::Passed);
    passed.map(|check| check.name).collect()
}

#[test]
fn a_check_is_judged_where_all_is_there_that_it_needs() {
    let sold = || order("1", "shopify", "A", 1).rows();
    let of_orders =
        ["check_order_in_two_channels", "check_order_quantity", "check_order_told_twice", "check_order_unmapped"];
    assert_eq!(passed(vec![mapped(), sold()]), of_orders);
    let with_refunds = passed(vec![mapped(), sold(), refund("1", 1)]);
    assert!(
        of_orders
            .iter()
            .chain(["check_refund_exceeds_paid", "check_refund_exceeds_sale", "check_refund_orphan"].iter())
            .eq(&with_refunds)
    );
    // by way of other queries: settled orders and sales
    let [settlements, lines] = settlement(1_000, 1_000);
    let settled = passed(vec![mapped(), sold(), settlements, lines]);
    assert!(settled.contains(&"check_settlement_sold_twice".to_owned()), "{settled:?}");
    // what is wrong is wrong although the orders are missing that would tell the rest
    assert_eq!(found(vec![refund("2", 1)]), only("check_refund_orphan"));
    assert_eq!(passed(vec![refund("2", 1)]), [] as [&str; 0]);
}

#[test]
fn a_check_that_judged_nothing_says_what_it_lacks() {
    let checks = run_checks(&Marts::in_memory(vec![mapped(), order("1", "shopify", "A", 1).rows()], run()).unwrap());
    let sheet = checks_sheet(&checks.unwrap());
    let text = |name: &str, row: usize| sheet.text(name).unwrap().get(row).unwrap().to_owned();
    let unreserved = (0..sheet.len()).find(|row| text("check", *row) == "check_order_unreserved").unwrap();
    assert_eq!(
        (text("outcome", unreserved).as_str(), text("lacking", unreserved).as_str()),
        ("not applicable", "stock_movements")
    );
}

#[test]
fn money_that_is_not_known_goes_before_everything_else() {
    let (shop, settings) = (troubled(), settings());
    let marts = shop.marts();
    let facts = StockFacts::read(&marts).unwrap();
    let ledger = Ledger::build(&StockIndex::new(&facts).unwrap(), &pools());
    let (drifts, listings) = (trueup::drift::Drifts::default(), Listings::default());
    let dollars = |code: &'static str, amount: i64| {
        Diagnostic::warning(code, format!("`{code}` is so")).amount(cents(amount), Currency::USD)
    };
    let problems = [
        Diagnostic::warning("missing-price", "3 order lines without a price"),
        dollars("missing-cost", 70_000).key("costs.csv").hint("add a row"),
        Diagnostic::warning("order-differences", "9 orders").amount(cents(9_900_000), Currency::EUR),
        dollars("tax-not-told", -120_000).key("prices-hold-tax"),
        Diagnostic::warning("no-settlement", "a message without an amount is no doubt about one"),
    ];
    let days = Marts::in_memory(vec![], run()).unwrap().rows("mart_source_days").unwrap();
    let evidence = Evidence {
        settings: &settings,
        ledger: &ledger,
        drifts: &drifts,
        latencies: &[],
        listings: &listings,
        losing: &[],
        shifts: &[],
        overrides: &no_overrides(),
        checks: &[],
        freshness: &freshness(&days, "2026-02-28".parse().unwrap(), None).unwrap(),
        problems: &problems,
        as_of_end: facts.as_of_end,
    };
    let found = exceptions(&evidence, |_| Some(cents(10_000_000)));
    let unknown: Vec<_> = found.iter().take_while(|found| found.kind == ExceptionKind::UnknownMoney).collect();
    assert!(found.len() > unknown.len(), "oversells come after");
    let told: Vec<_> = unknown.iter().map(|found| (found.subject.as_str(), found.money)).collect();
    let expected = [
        ("Sales may include tax", Some(cents(120_000))),
        ("Unit cost missing", Some(cents(70_000))),
        ("Orders that do not come to their own total", None),
        ("Price missing", None),
    ];
    assert_eq!(told, expected);
    assert_eq!(unknown[0].threshold, "decided by `prices-hold-tax`");
    assert_eq!(unknown[1].hint, "`missing-cost` is so");
    assert_eq!((unknown[2].value.as_str(), unknown[2].currency.as_deref()), ("99000.00", Some("EUR")));
    let sheet = alerts_sheet(&found, &settings);
    assert_eq!(sheet.text("rule").unwrap().get(0), Some("unknown money"));
    let playbooks = sheet.text("playbook").unwrap();
    let cost = "take the cost of a unit with freight and duty from the last invoice; add a row; run `trueup run` again";
    assert!(playbooks.get(1).unwrap().starts_with(cost), "what to type stands among the steps: {:?}", playbooks.get(1));
    let distinct: BTreeSet<_> = (0..unknown.len()).map(|row| playbooks.get(row)).collect();
    assert_eq!(distinct.len(), unknown.len(), "each kind has steps of its own: {distinct:?}");
}

/// Lines of one settlement come together, whatever days they were posted on; those of another channel
/// are another source, and what is later than the run is not known yet.
#[test]
fn each_source_has_its_own_newest_record_and_pace() {
    let line = |table: TableOf, channel: &str, settlement: &str, day: &str| {
        table.row(&[
            ("channel", channel.into()),
            ("settlement_id", settlement.into()),
            ("posted_day", day.parse::<Day>().unwrap().into()),
            ("kind", "sale".into()),
            ("amount", cents(100).into()),
        ])
    };
    let mut lines = TableOf::named("settlement_lines");
    for (settlement, days) in [("A1", ["2026-01-02", "2026-01-10"]), ("A2", ["2026-01-12", "2026-01-24"])] {
        lines = days.into_iter().fold(lines, |lines, day| line(lines, "amazon", settlement, day));
    }
    lines = line(lines, "etsy", "E1", "2026-02-20");
    lines = line(lines, "etsy", "E2", "2026-03-20");
    let days = Marts::in_memory(vec![lines.rows()], run()).unwrap().rows("mart_source_days").unwrap();
    let found = freshness(&days, "2026-02-28".parse().unwrap(), None).unwrap();
    let told: Vec<_> = found
        .iter()
        .map(|one| {
            (one.name(), one.newest.to_string(), one.age_days, one.usual_gap_days, one.stale_after_days, one.is_stale())
        })
        .collect();
    let expected = [
        ("settlements of amazon".to_owned(), "2026-01-24".to_owned(), 35, Some(14), 42, false),
        ("settlements of etsy".to_owned(), "2026-02-20".to_owned(), 8, None, 7, true),
    ];
    assert_eq!(told, expected);
}

#[test]
fn every_check_finds_its_trap_and_no_other_does() {
    let sold = |quantity| order("1", "shopify", "A", quantity).rows();
    assert_eq!(found(vec![mapped(), sold(1)]), []);
    assert_eq!(found(vec![mapped(), sold(0)]), only("check_order_quantity"));
    assert_eq!(found(vec![mapped(), order("1", "shopify", "B", 2).rows()]), only("check_order_unmapped"));
    let twice = and_order(order("1", "shopify", "A", 1), "1", "tiktok", "A", 1).rows();
    assert_eq!(found(vec![mapped(), twice]), only("check_order_in_two_channels"));
    let told = |second_file: &str| {
        let line = |table: TableOf, line: &str, file: &str| {
            table.row(&[
                ("channel", "shopify".into()),
                ("order_id", "1".into()),
                ("line_id", line.into()),
                ("ordered_at", minute(10).into()),
                ("sku", "A".into()),
                ("title", "A mug".into()),
                ("quantity", 1_i64.into()),
                ("gross", cents(1_000).into()),
                ("currency", "USD".into()),
                ("status", "paid".into()),
                ("fulfilment", "seller".into()),
                ("source_file", file.into()),
            ])
        };
        line(line(TableOf::named("order_lines"), "77", "plugin.csv"), "A mug#1", second_file).rows()
    };
    assert_eq!(found(vec![mapped(), told("plugin.csv")]), [], "an article may stand in an order twice");
    assert_eq!(found(vec![mapped(), told("analytics.csv")]), only("check_order_told_twice"));
    assert_eq!(found(vec![mapped(), sold(1), refund("2", 1)]), only("check_refund_orphan"));
    assert_eq!(found(vec![mapped(), sold(1), refund("1", 2)]), only("check_refund_exceeds_sale"));
    assert_eq!(found(vec![mapped(), sold(1), refund("1", 1)]), []);
    // Of ten paid twelve went back, by a document of refunds or by a settlement.
    let back = |amount: i64| {
        let line = [
            ("channel", "shopify".into()),
            ("order_id", "1".into()),
            ("refunded_at", minute(20).into()),
            ("amount", cents(amount).into()),
            ("currency", "USD".into()),
        ];
        TableOf::named("refund_lines").row(&line).rows()
    };
    assert_eq!(found(vec![mapped(), sold(1), back(1_200)]), only("check_refund_exceeds_paid"));
    assert_eq!(found(vec![mapped(), sold(1), back(1_003)]), [], "rounded line by line");
    let paid_back = |amount: i64| {
        let [settlements, _] = settlement(-amount, -amount);
        let line = [
            ("channel", "shopify".into()),
            ("settlement_id", "p1".into()),
            ("order_id", "1".into()),
            ("kind", "refund".into()),
            ("amount", cents(-amount).into()),
            ("currency", "USD".into()),
        ];
        vec![mapped(), sold(1), settlements, TableOf::named("settlement_lines").row(&line).rows()]
    };
    assert_eq!(found(paid_back(1_200)), only("check_settlement_refund_exceeds_paid"));
    assert_eq!(found(paid_back(1_000)), []);
    // Of five units in all two came back, and two of the one.
    let two = |sku: &str, more: i64| and_order(order("1", "shopify", "A", 1), "1", "shopify", sku, more).rows();
    assert_eq!(found(vec![mapped(), two("C", 4), refund("1", 2)]), only("check_refund_exceeds_sale"));
    assert_eq!(found(vec![mapped(), two("A", 4), refund("1", 2)]), []);
    assert_eq!(found(settlement(1_000, 1_000).to_vec()), []);
    assert_eq!(found(settlement(1_000, 999).to_vec()), only("check_settlement_sum"));
    assert_eq!(found(settlement(1_000, 1_000)[..1].to_vec()), only("check_settlement_sum"));
    let paid = |settlements: &[&str]| {
        let line = |table: TableOf, settlement: &&str| {
            table.row(&[
                ("channel", "shopify".into()),
                ("settlement_id", (*settlement).into()),
                ("line", (*settlement).into()),
                ("order_id", "1".into()),
                ("kind", "sale".into()),
                ("amount", cents(1_000).into()),
                ("currency", "USD".into()),
            ])
        };
        settlements.iter().fold(TableOf::named("settlement_lines"), line).rows()
    };
    assert_eq!(found(vec![mapped(), sold(1), paid(&["p1"])]), []);
    assert_eq!(found(vec![mapped(), sold(2), paid(&["p1", "p2"])]), [], "paid in two parts");
    assert_eq!(found(vec![mapped(), sold(1), paid(&["p1", "2026-02-11"])]), only("check_settlement_sold_twice"));
    assert_eq!(found(vec![change_by_hand(Some("Kim"), Some("count"))]), []);
    assert_eq!(found(vec![change_by_hand(None, Some("count"))]), only("check_override_unsigned"));
    assert_eq!(found(vec![change_by_hand(Some("Kim"), Some(""))]), only("check_override_unsigned"));
}

#[test]
fn checks_of_stock_and_sync_find_their_traps() {
    let of = |shop: &Shop| {
        let checks = run_checks(&shop.marts()).unwrap();
        // `Shop` knows no map of SKUs.
        let broken = checks.iter().filter(|check| check.has_failed() && check.name != "check_order_unmapped");
        broken.map(|check| (check.name.clone(), check.findings.len())).collect::<Vec<_>>()
    };
    let clean = || Shop::default().counted(0, 5, 0).sold(10, "shopify", "s1", 1).counted(60, 5, 1);
    assert_eq!(of(&clean()), []);
    assert_eq!(of(&clean().counted(90, 4, 1)), only("check_stock_balance"));
    assert_eq!(of(&Shop::default().counted(0, -1, 0)), only("check_stock_negative"));
    assert_eq!(of(&clean().reserved(11, "shopify", "s1", 1)), only("check_stock_double_reservation"));
    let back = |units| {
        let out = Shop::default().counted(0, 5, 0).sold(10, "shopify", "s1", 2).referenced(20, "shipment", -2, "s1");
        out.referenced(30, "return", units, "s1").counted(60, 3 + units, 0)
    };
    assert_eq!(of(&back(2)), []);
    assert_eq!(of(&back(3)), only("check_stock_return_exceeds_shipment"));
    let older = Shop::default().counted(0, 5, 0).referenced(30, "return", 1, "s0").counted(60, 6, 0);
    assert_eq!(of(&older), [], "the book begins after the shipment");
    assert_eq!(of(&clean().ordered(20, "shopify", "s2", 1)), only("check_order_unreserved"));
    assert_eq!(of(&clean().repeated("shopify", 20, 21, 5)), only("check_sync_duplicate"));
    let silent = clean().sent("shopify", 0, 1, 5).sent("tiktok", 0, 1, 5).sent("tiktok", 2_000, 2_001, 4);
    assert_eq!(of(&silent), only("check_sync_silent"));
}

#[test]
fn a_check_names_its_first_finding_and_its_level_decides() {
    let unmapped = order("1", "shopify", "B", 2).rows();
    let checks = run_checks(&Marts::in_memory(vec![mapped(), unmapped], run()).unwrap()).unwrap();
    assert!(errors(&checks).is_empty());
    let check = checks.iter().find(|check| check.name == "check_order_unmapped").unwrap();
    assert_eq!(check.example().as_deref(), Some("shopify B USD"));
    assert_eq!(check.findings.integer("units").unwrap().get(0), Some(2));
    assert_eq!(check.findings.money("gross").unwrap().get(0), Some(cents(2_000)));
    let sheet = checks_sheet(&checks);
    assert_eq!(sheet.len(), checks.len());
    let nothing_sold = order("1", "shopify", "A", 0).rows();
    let failing = run_checks(&Marts::in_memory(vec![mapped(), nothing_sold], run()).unwrap()).unwrap();
    assert_eq!(errors(&failing).len(), 1);
}

fn rules(kind: ChannelKind, price: i64, coupon: Option<i64>, allowed: &Differential) -> Vec<&'static str> {
    let prices = Prices {
        price: Some(cents(price)),
        coupon_price: coupon.map(cents),
        anchor: Some(cents(10_000)),
        map_price: None,
    };
    breaches(&prices, kind, allowed).iter().map(|breach| breach.rule).collect()
}

#[test]
fn prices_keep_to_the_anchor_as_each_channel_may() {
    let usual = |kind, price| rules(kind, price, None, &Differential::usual(kind)).first().copied();
    for kind in [ChannelKind::Amazon, ChannelKind::Walmart] {
        assert_eq!(usual(kind, 10_000), None);
        assert_eq!(usual(kind, 9_999), Some("below anchor"));
        assert_eq!(usual(kind, 10_001), Some("above anchor"));
    }
    assert_eq!(usual(ChannelKind::Tiktok, 9_500), None);
    assert_eq!(usual(ChannelKind::Tiktok, 9_499), Some("below anchor"));
    assert_eq!(usual(ChannelKind::Shopify, 9_999), Some("below anchor"));
    assert_eq!(usual(ChannelKind::Shopify, 10_000), None);
    assert_eq!(usual(ChannelKind::Shopify, 11_000), None);
    assert_eq!(usual(ChannelKind::Shopify, 11_001), Some("above anchor"));
}

#[test]
fn a_coupon_may_do_what_a_price_cut_may_not() {
    let by_coupon = Differential { coupon: Rate::from_millionths(100_000), ..Differential::default() };
    let of = |price, coupon| rules(ChannelKind::Tiktok, price, coupon, &by_coupon);
    assert!(of(10_000, Some(9_000)).is_empty());
    assert_eq!(of(10_000, Some(8_999)), ["coupon too deep"]);
    assert_eq!(of(9_999, None), ["below anchor"]);
}

#[test]
fn wholesale_pays_half_of_map_and_nobody_advertises_below_it() {
    let of = |kind, price| {
        let prices = Prices { price: Some(cents(price)), map_price: Some(cents(8_000)), ..Prices::default() };
        breaches(&prices, kind, &Differential::usual(kind)).first().map(|breach| (breach.rule, breach.bound))
    };
    assert_eq!(of(ChannelKind::Wholesale, 4_000), None);
    assert_eq!(of(ChannelKind::Wholesale, 3_999), Some(("below wholesale share", cents(4_000))));
    assert_eq!(of(ChannelKind::Etsy, 8_000), None);
    assert_eq!(of(ChannelKind::Etsy, 7_999), Some(("below map", cents(8_000))));
}

fn listing(table: TableOf, at: i64, sku: &str, price: i64, status: &str) -> TableOf {
    table.row(&[
        ("channel", "tiktok".into()),
        ("channel_sku", sku.into()),
        ("at", minute(at).into()),
        ("sku", sku.into()),
        ("price", cents(price).into()),
        ("currency", "USD".into()),
        ("status", status.into()),
    ])
}

fn product(table: TableOf, sku: &str, price: i64, updated_at: i64) -> TableOf {
    table.row(&[
        ("sku", sku.into()),
        ("price", cents(price).into()),
        ("currency", "USD".into()),
        ("updated_at", minute(updated_at).into()),
    ])
}

fn inspected(listings: TableOf) -> Listings {
    let products = product(TableOf::named("products"), "A", 10_000, 0);
    let products = product(product(products, "B", 5_000, 0), "C", 7_000, 500);
    let mut channels = CHANNELS.builder();
    channels.push([Cell::from("tiktok"), "tiktok".into(), 3_i64.into(), "main".into(), false.into(), true.into()]);
    let tables = vec![listings.rows(), products.rows(), channels.finish()];
    let rows = Marts::in_memory(tables, run()).unwrap().rows("mart_listing_prices").unwrap();
    inspect(&rows, |_, kind| Differential::usual(kind)).unwrap()
}

#[test]
fn a_breach_has_its_beginning_and_its_kind() {
    let mut listings = TableOf::named("listings");
    for (at, price) in [(10, 9_000), (20, 10_000), (30, 9_000), (40, 8_900)] {
        listings = listing(listings, at, "A", price, "active");
    }
    listings = listing(listings, 30, "B", 10_000, "active");
    listings = listing(listings, 30, "C", 6_000, "active");
    let inspected = inspected(listings);
    let states: Vec<(&str, Timestamp, &str, &str)> = inspected
        .breaches
        .iter()
        .map(|found| (found.sku.as_str(), found.since, found.breach.rule, found.state))
        .collect();
    assert_eq!(
        states,
        [
            ("A", minute(30), "below anchor", "edited"),
            ("B", minute(30), "above anchor", "swapped"),
            ("C", minute(30), "below anchor", "stale"),
        ]
    );
    let sheet = price_breaches_sheet(&inspected);
    assert_eq!(sheet.money("seen").unwrap().get(0), Some(cents(8_900)));
    assert_eq!(sheet.money("anchor").unwrap().get(0), Some(cents(10_000)));
}

/// What a price in another currency puts at stake is not told in the shop's.
#[test]
fn a_breach_in_another_currency_is_no_amount_of_the_shops() {
    let foreign = |table: TableOf, currency: &str| {
        table.row(&[
            ("channel", "tiktok".into()),
            ("channel_sku", currency.into()),
            ("at", minute(10).into()),
            ("sku", "A".into()),
            ("price", cents(9_000).into()),
            ("currency", currency.into()),
            ("status", "active".into()),
        ])
    };
    let product = TableOf::named("products").row(&[
        ("sku", "A".into()),
        ("price", cents(10_000).into()),
        ("updated_at", minute(0).into()),
    ]);
    let products = product.rows();
    let settings = settings();
    let marts = troubled().marts();
    let facts = StockFacts::read(&marts).unwrap();
    let ledger = Ledger::build(&StockIndex::new(&facts).unwrap(), &pools());
    let drifts = trueup::drift::Drifts::default();
    let mut channels = CHANNELS.builder();
    channels.push([Cell::from("tiktok"), "tiktok".into(), 3_i64.into(), "main".into(), false.into(), true.into()]);
    let channels = channels.finish();
    for (currency, money) in [("EUR", None), ("USD", Some(cents(500)))] {
        let tables = vec![foreign(TableOf::named("listings"), currency).rows(), products.clone(), channels.clone()];
        let rows = Marts::in_memory(tables, run()).unwrap().rows("mart_listing_prices").unwrap();
        let listings = inspect(&rows, |_, kind| Differential::usual(kind)).unwrap();
        assert_eq!(price_breaches_sheet(&listings).text("currency").unwrap().get(0), Some(currency));
        let evidence = Evidence {
            settings: &settings,
            ledger: &ledger,
            drifts: &drifts,
            latencies: &[],
            listings: &listings,
            losing: &[],
            shifts: &[],
            overrides: &no_overrides(),
            checks: &[],
            freshness: &[],
            problems: &[],
            as_of_end: facts.as_of_end,
        };
        let found = exceptions(&evidence, |_| None);
        let breach = found.iter().find(|found| found.kind == ExceptionKind::PriceBreach).unwrap();
        assert_eq!((breach.money, breach.currency.as_deref()), (money, Some(currency)));
    }
}

#[test]
fn a_suspended_listing_is_known_since_its_first_export() {
    let mut listings = TableOf::named("listings");
    for (at, status) in [(10, "suspended"), (20, "active"), (30, "suspended"), (40, "suspended")] {
        listings = listing(listings, at, "A", 10_000, status);
    }
    let inspected = inspected(listings);
    assert_eq!(inspected.suspended.len(), 1);
    assert_eq!(inspected.suspended[0].since, minute(30));
}

/// A shop with two oversells in its last days, one of them large, and a listing that is off.
fn troubled() -> Shop {
    let late = 17 * 1_440;
    Shop::default()
        .counted(late, 5, 0)
        .sent("shopify", late, late + 1, 5)
        .sent("tiktok", late, late + 1, 5)
        .sold(late + 10, "shopify", "s1", 4)
        .sent("tiktok", late + 10, late + 52, 1)
        .sold(late + 30, "tiktok", "t1", 3)
        .sold(late + 31, "shopify", "s2", 1)
        .by_hand("tiktok", late + 100, 9)
        .reported("tiktok", late + 200, 10)
}

#[test]
fn exceptions_are_ranked_by_money_and_carry_a_playbook() {
    let (shop, settings) = (troubled(), settings());
    let marts = shop.marts();
    let facts = StockFacts::read(&marts).unwrap();
    let index = StockIndex::new(&facts).unwrap();
    let ledger = Ledger::build(&index, &pools());
    let reports = ChannelReports::read(&marts).unwrap();
    let drifts = compare(&index, &ledger, &pools(), &reports, &settings.alerts).unwrap();
    let (latencies, listings) = (measure(&index, &settings), Listings::default());
    let none = no_overrides();
    let evidence = Evidence {
        settings: &settings,
        ledger: &ledger,
        drifts: &drifts,
        latencies: &latencies,
        listings: &listings,
        losing: &[],
        shifts: &[],
        overrides: &none,
        checks: &[],
        freshness: &[],
        problems: &[],
        as_of_end: facts.as_of_end,
    };
    let found = exceptions(&evidence, |sku| (*sku == Sku::new("A")).then_some(cents(1_000)));
    let kinds: Vec<(ExceptionKind, Option<Money>)> =
        found.iter().map(|exception| (exception.kind, exception.money)).collect();
    // 2 units at 19.99 + 25.00; 9 units at 10.00; 1 unit at 19.99 + 12.00.
    assert_eq!(
        kinds[..3],
        [
            (ExceptionKind::Drift, Some(cents(9_000))),
            (ExceptionKind::Oversell, Some(cents(8_998))),
            (ExceptionKind::Oversell, Some(cents(3_199))),
        ]
    );
    let forgotten =
        Settings { exceptions: ExceptionPolicy { oversell_days: 0, ..Default::default() }, ..settings.clone() };
    let later = exceptions(&Evidence { settings: &forgotten, ..evidence }, |_| None);
    assert!(!later.iter().any(|exception| exception.kind == ExceptionKind::Oversell), "they are history");
    let playbook = found[1].kind.playbook(&settings);
    assert_eq!(found[1].due_at(&playbook), found[1].since.map(|since| since.plus_seconds(3_600)));
    assert!(found[1].hint.contains("hold-back of 3"), "{}", found[1].hint);
    let sheet = alerts_sheet(&found, &settings);
    assert_eq!(sheet.len(), found.len());
    assert_eq!(sheet.text("owner").unwrap().get(0), Some("operations"));
    let hours = |kind: ExceptionKind| kind.playbook(&settings).due_hours;
    assert_eq!(
        [ExceptionKind::Oversell, ExceptionKind::PriceBreach, ExceptionKind::ListingSuspended].map(hours),
        [1, 4, 24]
    );
}

#[test]
fn the_settings_can_name_every_kind_of_exception() {
    assert_eq!(ExceptionKind::ALL.map(ExceptionKind::key), PLAYBOOKS);
}

/// The line may be one or many: `refunds`, `shipping paid`.
fn shift(kind: ShiftKind) -> Shift {
    Shift {
        kind,
        channel: Channel::new("shopify"),
        sku: Sku::new("B"),
        since: Day::from_days(20_485),
        recent: Share { count: 20, of: 80 },
        before: Share { count: 30, of: 600 },
    }
}

#[test]
fn a_losing_sku_names_the_line_that_tips_it() {
    let (shop, settings) = (troubled(), settings());
    let marts = shop.marts();
    let facts = StockFacts::read(&marts).unwrap();
    let index = StockIndex::new(&facts).unwrap();
    let ledger = Ledger::build(&index, &pools());
    let (drifts, listings) = (trueup::drift::Drifts::default(), Listings::default());
    let losing = trueup::pnl::LosingSku {
        channel: Channel::new("tiktok"),
        sku: Sku::new("A"),
        units: 4,
        net_sales: cents(6_000),
        contribution: cents(-150),
        per_unit: Some(cents(-38)),
        tipped_by: trueup::pnl::LINES.iter().find(|line| line.column == "refunds").unwrap(),
    };
    let returned = trueup::pnl::LosingSku { sku: Sku::new("B"), net_sales: cents(0), ..losing.clone() };
    let evidence = Evidence {
        settings: &settings,
        ledger: &ledger,
        drifts: &drifts,
        latencies: &[],
        listings: &listings,
        losing: &[losing, returned],
        shifts: &[shift(ShiftKind::ReturnRate), shift(ShiftKind::ChannelShare)],
        overrides: &no_overrides(),
        checks: &[],
        freshness: &[],
        problems: &[],
        as_of_end: facts.as_of_end,
    };
    let returns = exceptions(&evidence, |_| Some(cents(1_250)));
    let steps_of = |subject: &str| {
        let found = returns.iter().find(|found| found.subject == subject).unwrap();
        found.playbook(&settings).steps
    };
    assert!(steps_of("tiktok: A").starts_with("raise the price; lower the cost line"));
    assert!(!steps_of("tiktok: B").contains("raise the price"), "of nothing sold no price is too low");
    let returns = returns.iter().find(|found| found.kind == ExceptionKind::ReturnRate).unwrap();
    assert_eq!((returns.value.as_str(), returns.threshold.as_str()), ("25.0 %", "5.0 % before"));
    assert_eq!(returns.money, Some(cents(16 * 1_250)), "20 came back and 4 of 80 would have");
    assert!(
        returns.hint.starts_with("20 of 80 order lines came back in 28 days, 30 of 600 order lines came back before:")
    );
    let found = exceptions(&evidence, |_| None);
    let share = found.iter().find(|found| found.kind == ExceptionKind::ChannelShare).unwrap();
    assert_eq!(
        (share.kind.word(), share.money, share.kind.playbook(&settings).owner.as_str()),
        ("channel share changed", None, "marketplaces")
    );
    let hint = found.iter().find(|found| found.kind == ExceptionKind::LosingMoney).map(|found| found.hint.as_str());
    assert_eq!(hint, Some("4 units sold for 60.00; tipped by refunds"));
    let sheet = alerts_sheet(&found, &settings);
    let currencies: Vec<_> = (0..sheet.len()).map(|row| sheet.text("currency").unwrap().get(row)).collect();
    let expected = found.iter().map(|found| (found.kind == ExceptionKind::LosingMoney).then_some("USD"));
    assert_eq!(currencies, expected.collect::<Vec<_>>());
}

#[test]
fn a_scorecard_weighs_errors_against_earnings() {
    let (shop, settings) = (troubled(), settings());
    let marts = shop.marts();
    let facts = StockFacts::read(&marts).unwrap();
    let index = StockIndex::new(&facts).unwrap();
    let ledger = Ledger::build(&index, &pools());
    let overrides = marts.table("overrides").unwrap();
    let compared = |compared| trueup::drift::Drifts { compared, ..Default::default() };
    let (drifts, not_compared) = (compared(3), compared(0));
    let cards_with = |tiktok: Option<i64>, from: Timestamp, drifts: &trueup::drift::Drifts| {
        let earned = |cents: Money| Earned { contribution: Some(cents), contribution_of_costed: Some(cents) };
        let contributions: BTreeMap<Channel, Earned> =
            tiktok.map(|amount| (Channel::new("tiktok"), earned(cents(amount)))).into_iter().collect();
        scorecards(&ScorecardInput {
            settings: &settings,
            contributions: &contributions,
            ledger: &ledger,
            drifts,
            latencies: &[],
            overrides: &overrides,
            from,
            until: facts.as_of_end,
        })
        .unwrap()
    };
    let cards = |tiktok, from| cards_with(tiktok, from, &drifts);
    let verdict = |earned| cards(earned, minute(0))[1].verdict;
    let card = cards(Some(50_000), minute(0)).remove(1);
    assert_eq!((card.oversells, card.interventions, card.error_cost), (Some(2), 1, Some(cents(5_000))));
    // Errors cost 50.00: a tenth of 500.00 and more than a tenth of less.
    assert_eq!(verdict(Some(50_000)), Verdict::CostlyErrors);
    assert_eq!(verdict(Some(50_001)), Verdict::Watch);
    assert_eq!(verdict(Some(-1)), Verdict::LosesMoney);
    assert_eq!(verdict(None), Verdict::Unknown);
    let later = cards(Some(1), facts.as_of_end);
    assert_eq!((later[1].oversells, later[1].verdict), (Some(0), Verdict::Healthy));
    assert_eq!(card.issues.iter().map(|issue| issue.words()).collect::<Vec<_>>(), ["2 units oversold"]);
    let blind = cards_with(Some(1), facts.as_of_end, &not_compared);
    assert_eq!((blind[1].drift_units, blind[1].verdict), (None, Verdict::NotJudged), "nothing compared is not healthy");
    let sheet = channel_scorecard_sheet(&later);
    assert_eq!(sheet.text("verdict").unwrap().get(0), Some("contribution unknown"));
}

/// Two numbers without a product, one of them close to a SKU: told with what they sold, and left unmapped.
#[test]
fn listings_without_a_product_are_told_with_their_sales_and_what_is_close() {
    let listed = TableOf::named("listings").row(&[
        ("channel", "shopify".into()),
        ("channel_sku", "POT-GREEN".into()),
        ("title", "A green pot".into()),
    ]);
    let products = TableOf::named("products").row(&[("sku", "MUG-BLUE".into())]).row(&[("sku", "LAMP-RED-07".into())]);
    let sold = order("1", "shopify", "mug_blue", 3);
    let sold = and_order(sold, "2", "shopify", "mug_blue", 2);
    let sold = and_order(sold, "3", "shopify", "MUG-BLUE", 9);
    let tables = vec![listed.rows(), products.rows(), sold.rows()];
    let marts = Marts::in_memory(tables, run()).unwrap();
    let extra = trueup::catalog::extra_tables(&settings(), &marts).unwrap();
    let marts = marts.with(extra).unwrap();
    let map = sku_map_sheet(&marts).unwrap();
    assert_eq!(map.text("matched_by").unwrap().iter().flatten().collect::<Vec<_>>(), ["sku", "unmapped", "unmapped"]);
    let sheet = unmapped_listings_sheet(&unmapped_listings(&marts).unwrap());
    let texts = |name: &str| -> Vec<Option<String>> {
        sheet.text(name).unwrap().iter().map(|text| text.map(str::to_owned)).collect()
    };
    assert_eq!(texts("channel_sku"), [Some("POT-GREEN".to_owned()), Some("mug_blue".to_owned())]);
    assert_eq!(texts("title"), [Some("A green pot".to_owned()), None]);
    assert_eq!(texts("suggested_sku"), [None, Some("MUG-BLUE".to_owned())]);
    assert_eq!(sheet.integer("units").unwrap().iter().collect::<Vec<_>>(), [Some(0), Some(5)]);
    assert_eq!(sheet.money("gross_sales").unwrap().iter().collect::<Vec<_>>(), [Some(cents(0)), Some(cents(5_000))]);
}

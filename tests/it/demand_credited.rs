//! Orders that were credited whole within a day are no demand, and the pair is named.

use std::fs;
use std::path::Path;

use trueup::config::Settings;
use trueup::demand::{Demand, credited_message, credited_sheet, read, wanted_orders};
use trueup::query::{BUNDLE_PARTS, Marts, RunParameters};
use trueup::types::{Channel, Currency, Day, Sku, Timestamp};

use crate::ledger::TableOf;
use crate::project::{Project, said};

const AS_OF: Day = Day::from_days(20_512);

/// An instant, so many hours after the start of a day before the last.
fn at(days_ago: i32, hours: i64) -> Timestamp {
    AS_OF.plus(-days_ago).start_utc().plus_seconds(hours * 3_600)
}

fn ordered(table: TableOf, order: &str, sku: &str, quantity: i64, when: Timestamp) -> TableOf {
    table.row(&[
        ("channel", "market".into()),
        ("order_id", order.into()),
        ("line_id", sku.into()),
        ("ordered_at", when.into()),
        ("order_day", when.day_in(chrono_tz::UTC).into()),
        ("sku", sku.into()),
        ("quantity", quantity.into()),
        ("currency", "EUR".into()),
        ("status", "shipped".into()),
        ("fulfilment", "seller".into()),
    ])
}

fn credited(table: TableOf, credit: &str, order: Option<&str>, sku: &str, quantity: i64, when: Timestamp) -> TableOf {
    table.row(&[
        ("channel", "market".into()),
        ("refund_id", credit.into()),
        ("line_id", sku.into()),
        ("order_id", order.into()),
        ("refunded_at", when.into()),
        ("refund_day", when.day_in(chrono_tz::UTC).into()),
        ("sku", sku.into()),
        ("quantity", quantity.into()),
        ("disposition", "unknown".into()),
    ])
}

fn marts(orders: TableOf, credits: TableOf) -> Marts {
    let mut parts = BUNDLE_PARTS.builder();
    parts.push(["SET".into(), "JAR".into(), 6_i64.into(), AS_OF.plus(-999).into(), AS_OF.plus(999).into()]);
    Marts::in_memory(vec![orders.rows(), credits.rows(), parts.finish()], RunParameters::new(AS_OF, Currency::EUR))
        .unwrap()
}

fn demand(marts: &Marts) -> Demand {
    let text = "[shop]\ncurrency = \"EUR\"\n[channel.market]\nkind = \"other\"\n";
    read(marts, &Settings::parse(Path::new("trueup.toml"), Path::new("."), text).unwrap()).unwrap()
}

/// The orders that were taken out, with the credit of each.
fn pairs(orders: TableOf, credits: TableOf) -> Vec<(String, String, i64)> {
    let pair = |line: trueup::demand::CreditedLine| (line.order_id, line.refund_id, line.units);
    demand(&marts(orders, credits)).credited.into_iter().map(pair).collect()
}

fn orders() -> TableOf {
    TableOf::named("order_lines")
}

fn credits() -> TableOf {
    TableOf::named("refund_lines")
}

fn pair(order: &str, credit: &str, units: i64) -> (String, String, i64) {
    (order.to_owned(), credit.to_owned(), units)
}

/// A credit that names its order takes it out, in several parts as well, and of a bundle every component;
/// what is left of the day stays.
#[test]
fn a_credit_that_names_its_order_takes_it_out() {
    let all = ordered(ordered(orders(), "7", "SET", 40, at(9, 10)), "8", "JAR", 5, at(9, 11));
    let parts =
        credited(credited(credits(), "R1", Some("7"), "SET", 30, at(9, 12)), "R2", Some("7"), "SET", 10, at(8, 9));
    let marts = marts(all, parts);
    let demand = demand(&marts);
    let jar = demand.of(&Sku::new("JAR"), &Channel::new("market")).unwrap();
    assert_eq!((jar.units[0], jar.lines[0], jar.largest_line[0]), (5.0, 1.0, 5.0));
    assert_eq!(
        (demand.credited.len(), demand.credited[0].units, demand.credited[0].refund_id.as_str()),
        (1, 240, "R2")
    );
    let wanted = wanted_orders(&marts.rows("fact_stock_orders").unwrap(), &demand.credited).unwrap();
    assert_eq!((wanted.len(), wanted.text("order_id").unwrap().get(0)), (1, Some("8")));
    let sheet = credited_sheet(&demand.credited);
    assert_eq!(sheet.text("sku").unwrap().get(0), Some("JAR"));
    let said = credited_message(&demand.credited).unwrap();
    assert!(
        said.details[0].contains("market order 7 of") && said.details[0].contains("240 units of `JAR`, credited by R2")
    );
}

/// In part, too late or before there was an order, a credit says nothing of demand.
#[test]
fn other_credits_leave_demand_alone() {
    let one = || ordered(orders(), "7", "JAR", 40, at(9, 10));
    assert_eq!(pairs(one(), credited(credits(), "R", Some("7"), "JAR", 39, at(9, 12))), []);
    assert_eq!(pairs(one(), credited(credits(), "R", Some("7"), "JAR", 40, at(8, 11))), []);
    assert_eq!(pairs(one(), credited(credits(), "R", Some("7"), "JAR", 40, at(8, 9))), [pair("7", "R", 40)]);
    assert_eq!(pairs(one(), credited(credits(), "R", Some("7"), "LID", 40, at(9, 12))), []);
    // A credit that tells only its day.
    assert_eq!(pairs(one(), credited(credits(), "R", Some("7"), "JAR", 40, at(9, 0))), [pair("7", "R", 40)]);
    // Of two lines, units for one.
    let two = ordered(ordered(orders(), "7", "JAR", 3, at(9, 10)), "7", "LID", 3, at(9, 10));
    assert_eq!(pairs(two, credited(credits(), "R", Some("7"), "LID", 3, at(9, 12))), [pair("7", "R", 3)]);
}

/// A state such as `returned` tells that all went back and mostly not when: what was sent was wanted.
#[test]
fn a_state_that_tells_of_a_return_is_no_credit() {
    let book = "order_id,sku,channel,qty,unit_price,currency,ordered_at,status\n\
        N1,JAR,desk,4,2.50,EUR,2026-02-20,shipped\nN2,JAR,desk,3,2.50,EUR,2026-02-21,refunded\n\
        N3,JAR,desk,2,2.50,EUR,2026-02-22T10:00:00Z,shipped\nN3,JAR,desk,-2,2.50,EUR,2026-02-22T12:00:00Z,refunded\n";
    let settings = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"UTC\"\n[channel.desk]\nkind = \"other\"\n";
    let project = Project::of(settings, &[("orders.csv", book)]);
    let run = said(&project.trueup(&["run"]));
    assert!(run.contains("1 order line was credited whole within a day and counts as no demand"), "{run}");
    let demand = fs::read_to_string(project.path("reports/demand_daily.csv")).unwrap();
    let units: Vec<&str> = demand.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    assert_eq!(units, ["4", "3"], "{demand}");
}

/// A credit note with a number of its own is taken for the newest order of that size, once, and for none
/// where an older one may have come back.
#[test]
fn a_credit_without_an_order_needs_one_of_its_size() {
    let slip = || ordered(ordered(orders(), "6", "JAR", 2, at(20, 9)), "7", "JAR", 8_000, at(9, 10));
    let note = |name: &str, units, when| credited(credits(), name, Some("C-1"), "JAR", units, when);
    assert_eq!(pairs(slip(), note("C-1", 8_000, at(9, 11))), [pair("7", "C-1", 8_000)]);
    assert_eq!(pairs(slip(), credited(credits(), "C-1", None, "JAR", 8_000, at(8, 8))), [pair("7", "C-1", 8_000)]);
    assert_eq!(pairs(slip(), note("C-1", 8_000, at(8, 11))), []);
    assert_eq!(pairs(slip(), note("C-1", 7_999, at(9, 11))), []);
    // Typed twice and credited twice: each credit is for one of them.
    let twice = || ordered(slip(), "9", "JAR", 8_000, at(9, 12));
    let both = credited(note("C-1", 8_000, at(9, 13)), "C-2", None, "JAR", 8_000, at(9, 14));
    assert_eq!(pairs(twice(), both), [pair("7", "C-2", 8_000), pair("9", "C-1", 8_000)]);
    assert_eq!(pairs(twice(), note("C-1", 8_000, at(9, 13))), [pair("9", "C-1", 8_000)]);
    // Two jars are what others order, too: what came back may be theirs.
    let usual = ordered(slip(), "8", "JAR", 2, at(9, 8));
    assert_eq!(pairs(usual, note("C-1", 2, at(9, 11))), []);
}

/// The page, the table and the terminal name the pair; what sold nothing else is expected to sell nothing.
#[test]
fn a_slip_is_in_no_forecast_and_is_named() {
    let settings = "[shop]\nname = \"Slip\"\ncurrency = \"EUR\"\ntime-zone = \"UTC\"\n[channel.desk]\nkind = \"other\"\n\
        [mapping.desk]\nchannel = \"desk\"\ntable = \"order_lines\"\nconstants = { currency = \"EUR\" }\n\
        columns = { order_id = \"Doc\", ordered_at = \"When\", quantity = \"Pieces\", sku = \"Item\", unit_price = \"Each\", status = \"What\" }\n\
        words = { status = { \"sale\" = \"shipped\", \"reversal\" = \"refunded\" } }\n";
    let mut text = "Doc,When,Item,Pieces,Each,What\n".to_owned();
    for day in 0..60 {
        text.push_str(&format!("S{day},{} 09:00,JAR,3,2.50,sale\n", AS_OF.plus(day - 59)));
    }
    for (item, order, back) in [("JAR", "S90", "G90"), ("URN", "S91", "G91")] {
        let day = AS_OF.plus(-6);
        text.push_str(&format!(
            "{order},{day} 15:00,{item},70000,2.50,sale\n{back},{day} 15:40,{item},-70000,2.50,reversal\n"
        ));
    }
    let project = Project::of(settings, &[("desk/book.csv", &text)]);
    let run = project.trueup(&["run"]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let said = said(&run);
    assert!(said.contains("warning: 2 order lines were credited whole within a day and count as no demand"), "{said}");
    assert!(said.contains("desk order S90 of 2026-02-22: 70000 units of `JAR`, credited by G90"), "{said}");
    let file = |name: &str| fs::read_to_string(project.path(&format!("reports/{name}"))).unwrap();
    assert!(file("demand_credited.csv").contains("desk,S91,"), "{}", file("demand_credited.csv"));
    assert!(!file("demand_daily.csv").contains("7000"));
    assert!(file("index.html").contains("Ordered and credited within a day"));
    let sums = file("lead_time_demand.csv");
    let mean_of_28_days = |sku: &str| -> f64 {
        let start = format!("{sku},desk,28,");
        sums.lines().find_map(|line| line.strip_prefix(&start)?.split(',').next()?.parse().ok()).unwrap()
    };
    assert_eq!(mean_of_28_days("URN"), 0.0);
    assert!((mean_of_28_days("JAR") - 84.0).abs() < 4.0, "{sums}");
}

/// The total under the number of the credits says that they are parts of it, on no day of their own.
#[test]
fn parts_of_what_went_back_so_far_are_no_credits() {
    let sold = ordered(ordered(orders(), "A-1", "CUP", 2, at(40, 9)), "A-2", "CUP", 2, at(4, 9));
    let back =
        credited(credited(credits(), "A-1", Some("A-1"), "CUP", 2, at(40, 9)), "C-2", Some("A-2"), "CUP", 2, at(4, 12));
    let so_far = back.row(&[
        ("channel", "market".into()),
        ("refund_id", "A-1".into()),
        ("line_id", "order".into()),
        ("order_id", "A-1".into()),
        ("refunded_at", at(40, 9).into()),
        ("refund_day", at(40, 9).day_in(chrono_tz::UTC).into()),
        ("cumulative", true.into()),
        ("disposition", "unknown".into()),
    ]);
    assert_eq!(pairs(sold, so_far), [pair("A-2", "C-2", 2)]);
}

/// The plugin's export says of each line what came back of it and not when, with a total of the order or without.
#[test]
fn refunds_without_a_day_leave_demand_alone() {
    let head = "order_id,order_number,date,status,shipping_total,fee_total,tax_total,order_total,order_currency,item_id,\
        item_name,item_sku,item_quantity,item_subtotal,item_total,item_refunded,item_refunded_qty";
    let units = |total: &str, went_back: fn(&str) -> String| {
        let row = |day: u32, back: &str, units: u32| {
            let order = format!("70{day},70{day},2026-03-0{day} 09:15:00,completed,0,0,0,24.00,EUR");
            format!("{order},{day},Cup,CUP,1,24.00,24.00,{back},{units}{}\n", went_back(back))
        };
        let file = [format!("{head}{total}\n"), row(2, "0", 0), row(3, "24.00", 1), row(5, "24.00", 1)].concat();
        let shop = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"UTC\"\nas-of = 2026-03-31\n\n[channel.woocommerce]\n";
        let project = Project::of(shop, &[("woocommerce/orders.csv", &file)]);
        said(&project.trueup(&["run"]));
        let sheet = fs::read_to_string(project.path("reports/demand_daily.csv")).unwrap();
        sheet.lines().skip(1).map(|line| line.split(',').nth(3).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(units("", |_| String::new()), ["1", "1", "1"]);
    assert_eq!(units(",refunded_total", |back| format!(",{back}")), ["1", "1", "1"]);
}

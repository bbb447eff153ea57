//! Which product is a number, and what is in a bundle?

use trueup::catalog::{Evidence, bundle_parts, bundles_set_aside, sku_map};
use trueup::lake::{Cell, Rows, RowsBuilder, Table};
use trueup::query::{Marts, RunParameters};
use trueup::types::{Currency, Day};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Rows of a table; columns that are not given are null, those of origin are made up.
fn table(name: &str, columns: &[&str], rows: &[Vec<Cell>]) -> Rows {
    let table = Table::named(name).unwrap();
    let mut builder = RowsBuilder::new(name, table.all_columns());
    for (line, row) in rows.iter().enumerate() {
        builder.push(table.all_columns().map(|column| {
            match (columns.iter().position(|name| *name == column.name), column.name) {
                (Some(index), _) => row[index].clone(),
                (None, "source_file" | "run") => "x".into(),
                (None, "source_line") => (line as i64).into(),
                (None, "kind") if name == "order_lines" => "article".into(),
                (None, _) => Cell::Null,
            }
        }));
    }
    builder.finish()
}

fn bundles(rows: &[(&str, &str, i64)]) -> Rows {
    let rows: Vec<_> =
        rows.iter().map(|(bundle, part, quantity)| (*bundle, *part, "2026-01-01", None, *quantity)).collect();
    dated_bundles(&rows)
}

fn dated_bundles(rows: &[(&str, &str, &str, Option<&str>, i64)]) -> Rows {
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|(bundle, part, from, until, quantity)| {
            let (from, until) = (day(from), until.map(day));
            vec![(*bundle).into(), (*part).into(), from.into(), until.into(), (*quantity).into()]
        })
        .collect();
    table("bundles", &["bundle_sku", "component_sku", "from", "until", "quantity"], &rows)
}

/// What every bundle holds, with the span of days; the ends of time are left out.
fn parts(rows: &Rows) -> Vec<String> {
    let (bundle, sku, quantity) =
        (rows.text("bundle_sku").unwrap(), rows.text("sku").unwrap(), rows.integer("quantity").unwrap());
    let (from, until) = (rows.day("from_day").unwrap(), rows.day("until_day").unwrap());
    (0..rows.len())
        .map(|row| {
            let span = span(from.get(row).unwrap(), until.get(row).unwrap());
            format!("{} = {} {}{span}", bundle.get(row).unwrap(), quantity.get(row).unwrap(), sku.get(row).unwrap())
        })
        .collect()
}

fn span(from: Day, until: Day) -> String {
    let known = |day: Day, ends: &str| if day == self::day(ends) { String::new() } else { day.to_string() };
    match (known(from, "0001-01-01"), known(until, "9999-12-31")) {
        (from, until) if from.is_empty() && until.is_empty() => String::new(),
        (from, until) => format!(" {from}..{until}"),
    }
}

#[test]
fn bundles_in_bundles_are_taken_apart() {
    let nested = bundles(&[("GIFT", "SET", 2), ("GIFT", "MUG", 1), ("SET", "MUG", 3), ("SET", "CUP", 1)]);
    let expected = [
        "GIFT = 1 GIFT ..2025-12-31",
        "GIFT = 2 CUP 2026-01-01..",
        "GIFT = 7 MUG 2026-01-01..",
        "SET = 1 SET ..2025-12-31",
        "SET = 1 CUP 2026-01-01..",
        "SET = 3 MUG 2026-01-01..",
    ];
    assert_eq!(parts(&bundle_parts(&nested).unwrap()), expected, "themselves before they came into force");
}

/// GIFT holds two SETs until May and one from then on; SET held a CUP, and from March a POT with it.
#[test]
fn a_bundle_is_what_its_parts_were_on_each_day() {
    let rows = [
        ("GIFT", "SET", "2026-01-01", Some("2026-04-30"), 2),
        ("GIFT", "SET", "2026-05-01", None, 1),
        ("SET", "CUP", "2026-01-01", None, 1),
        ("SET", "POT", "2026-03-01", Some("2026-06-30"), 1),
        ("OLD", "CUP", "2026-01-01", Some("2026-01-31"), 4),
    ];
    let expected = [
        "GIFT = 1 GIFT ..2025-12-31",
        "GIFT = 2 CUP 2026-01-01..2026-02-28",
        "GIFT = 2 CUP 2026-03-01..2026-04-30",
        "GIFT = 2 POT 2026-03-01..2026-04-30",
        "GIFT = 1 CUP 2026-05-01..2026-06-30",
        "GIFT = 1 POT 2026-05-01..2026-06-30",
        "GIFT = 1 CUP 2026-07-01..",
        "OLD = 1 OLD ..2025-12-31",
        "OLD = 4 CUP 2026-01-01..2026-01-31",
        "OLD = 1 OLD 2026-02-01..",
        "SET = 1 SET ..2025-12-31",
        "SET = 1 CUP 2026-01-01..2026-02-28",
        "SET = 1 CUP 2026-03-01..2026-06-30",
        "SET = 1 POT 2026-03-01..2026-06-30",
        "SET = 1 CUP 2026-07-01..",
    ];
    assert_eq!(parts(&bundle_parts(&dated_bundles(&rows)).unwrap()), expected);
}

/// A in B until June and B in A from July is a change of mind and no circle.
#[test]
fn only_what_is_in_force_on_one_day_is_a_circle() {
    let turned = [("A", "B", "2026-01-01", Some("2026-06-30"), 1), ("B", "A", "2026-07-01", None, 1)];
    assert_eq!(parts(&bundle_parts(&dated_bundles(&turned)).unwrap()).len(), 5);
    assert!(bundles_set_aside(&dated_bundles(&turned)).unwrap().is_empty());
    let circle = [("A", "B", "2026-01-01", Some("2026-06-30"), 1), ("B", "A", "2026-06-30", None, 1)];
    assert_eq!(bundles_set_aside(&dated_bundles(&circle)).unwrap().len(), 2);
}

/// What leads into the circle cannot be taken apart either; what does not is untouched.
#[test]
fn bundles_in_a_circle_are_named_and_set_aside() {
    let rows = [("A", "B", 1), ("B", "C", 1), ("C", "A", 1), ("KIT", "C", 2), ("PAIR", "MUG", 2), ("NONE", "MUG", 0)];
    let huge = [("VAST", "CRATE", 9_000_000), ("CRATE", "MUG", 3)];
    let rows = bundles(&rows.into_iter().chain(huge).collect::<Vec<_>>());
    let told = bundles_set_aside(&rows).unwrap();
    let names: Vec<&str> = told.iter().filter_map(|warning| warning.message.split('`').nth(1)).collect();
    assert_eq!(names, ["A", "B", "C", "KIT", "NONE", "VAST"]);
    let expected = "bundle `A` is not taken apart and counts as a product of its own: bundles contain each other in a \
        circle, `A` contains `B` contains `C` contains `A`";
    assert_eq!(told[0].message, expected);
    let parts = parts(&bundle_parts(&rows).unwrap());
    for whole in [
        "A = 1 A",
        "KIT = 1 KIT",
        "NONE = 1 NONE",
        "VAST = 1 VAST",
        "PAIR = 2 MUG 2026-01-01..",
        "CRATE = 3 MUG 2026-01-01..",
    ] {
        assert!(parts.iter().any(|part| part == whole), "{whole}: {parts:#?}");
    }
}

fn mapped(tables: Vec<Rows>) -> Vec<String> {
    let run = RunParameters::new(day("2026-02-28"), Currency::USD);
    let marts = Marts::in_memory(tables, run).unwrap();
    let map = sku_map(&Evidence::read(&marts).unwrap());
    let (channel, number) = (map.text("channel").unwrap(), map.text("channel_sku").unwrap());
    let (sku, by) = (map.text("sku").unwrap(), map.text("matched_by").unwrap());
    let (from, until) = (map.day("from_day").unwrap(), map.day("until_day").unwrap());
    (0..map.len())
        .map(|row| {
            let sku = sku.get(row).unwrap_or("?");
            let span = span(from.get(row).unwrap(), until.get(row).unwrap());
            format!(
                "{} {} = {sku} by {}{span}",
                channel.get(row).unwrap(),
                number.get(row).unwrap(),
                by.get(row).unwrap()
            )
        })
        .collect()
}

fn seen(numbers: &[(Option<&str>, Option<&str>)]) -> Rows {
    let rows: Vec<Vec<Cell>> = numbers
        .iter()
        .enumerate()
        .map(|(line, (number, sku))| {
            let at = day("2026-02-01");
            vec![
                "amazon".into(),
                format!("{line}").into(),
                "1".into(),
                at.start_utc().into(),
                at.into(),
                (*number).into(),
                (*sku).into(),
                1_i64.into(),
                "USD".into(),
                "paid".into(),
                "channel".into(),
            ]
        })
        .collect();
    let columns = [
        "channel",
        "order_id",
        "line_id",
        "ordered_at",
        "order_day",
        "channel_sku",
        "sku",
        "quantity",
        "currency",
        "status",
        "fulfilment",
    ];
    table("order_lines", &columns, &rows)
}

fn products(rows: &[(&str, Option<&str>)]) -> Rows {
    let rows: Vec<Vec<Cell>> = rows.iter().map(|(sku, barcode)| vec![(*sku).into(), (*barcode).into()]).collect();
    table("products", &["sku", "barcode"], &rows)
}

fn aliases(rows: &[(&str, &str, &str, Option<&str>)]) -> Rows {
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|(number, sku, from, until)| {
            vec!["amazon".into(), (*number).into(), (*sku).into(), day(from).into(), until.map(day).into()]
        })
        .collect();
    table("aliases", &["channel", "channel_sku", "sku", "from", "until"], &rows)
}

#[test]
fn barcode_goes_before_alias_before_text() {
    let listing = table(
        "listings",
        &["channel", "channel_sku", "at", "barcode"],
        &[vec!["amazon".into(), "B1".into(), day("2026-02-01").start_utc().into(), "4006381333931".into()]],
    );
    let found = mapped(vec![
        seen(&[(Some("B1"), None), (Some("CUP"), None), (Some("B2"), Some("MUG")), (Some("B3"), None)]),
        products(&[("MUG", Some("0-4006381333931")), ("CUP", None), ("POT", None)]),
        listing,
        aliases(&[("B1", "POT", "2026-01-01", None), ("CUP", "POT", "2026-01-01", None)]),
    ]);
    let expected = [
        "amazon B1 = MUG by barcode",
        "amazon B2 = MUG by sku",
        "amazon B3 = ? by unmapped",
        "amazon CUP = CUP by sku ..2025-12-31",
        "amazon CUP = POT by alias 2026-01-01..",
        "amazon MUG = MUG by sku",
    ];
    assert_eq!(found, expected);
}

/// A number without an alias in force keeps the one that ended last, and before the first the first.
#[test]
fn each_day_has_the_alias_that_was_in_force() {
    let rows = [
        ("B1", "OLD", "2025-01-01", Some("2026-01-31")),
        ("B1", "NEW", "2026-02-01", None),
        ("B1", "NEXT", "2026-03-01", None),
        ("B2", "GONE", "2025-01-01", Some("2025-06-30")),
    ];
    let found = mapped(vec![seen(&[(Some("B1"), None), (Some("B2"), None)]), products(&[("X", None)]), aliases(&rows)]);
    let expected = [
        "amazon B1 = OLD by alias ..2026-01-31",
        "amazon B1 = NEW by alias 2026-02-01..2026-02-28",
        "amazon B1 = NEXT by alias 2026-03-01..",
        "amazon B2 = GONE by alias",
    ];
    assert_eq!(found, expected);
}

/// What an alias says for some days does not hide the product of that name on the others.
#[test]
fn a_product_is_itself_on_days_without_an_alias_of_its_name() {
    let rows = [("MUG", "POT", "2026-01-01", Some("2026-01-31"))];
    let found = mapped(vec![seen(&[(Some("MUG"), None)]), products(&[("MUG", None), ("POT", None)]), aliases(&rows)]);
    let expected = [
        "amazon MUG = MUG by sku ..2025-12-31",
        "amazon MUG = POT by alias 2026-01-01..2026-01-31",
        "amazon MUG = MUG by sku 2026-02-01..",
    ];
    assert_eq!(found, expected);
}

#[test]
fn without_a_source_of_truth_a_stated_sku_is_taken_as_it_is() {
    let found = mapped(vec![seen(&[(None, Some("MUG")), (Some("B1"), None)])]);
    assert_eq!(found, ["amazon B1 = ? by unmapped", "amazon MUG = MUG by sku"]);
}

#[test]
fn a_number_with_two_skus_is_not_guessed() {
    let found = mapped(vec![
        seen(&[(Some("B1"), Some("MUG")), (Some("B1"), Some("CUP"))]),
        products(&[("MUG", None), ("CUP", None)]),
    ]);
    assert_eq!(found[0], "amazon B1 = ? by unmapped");
}

//! Which product is a number, and what is in a bundle?

use trueup::catalog::{Evidence, bundle_parts, sku_map};
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
                (None, _) => Cell::Null,
            }
        }));
    }
    builder.finish()
}

fn bundles(rows: &[(&str, &str, i64)]) -> Rows {
    let rows: Vec<Vec<Cell>> = rows
        .iter()
        .map(|(bundle, part, quantity)| {
            vec![(*bundle).into(), (*part).into(), day("2026-01-01").into(), (*quantity).into()]
        })
        .collect();
    table("bundles", &["bundle_sku", "component_sku", "from", "quantity"], &rows)
}

fn parts(rows: &Rows) -> Vec<String> {
    let (bundle, sku, quantity) =
        (rows.text("bundle_sku").unwrap(), rows.text("sku").unwrap(), rows.integer("quantity").unwrap());
    (0..rows.len())
        .map(|row| format!("{} = {} {}", bundle.get(row).unwrap(), quantity.get(row).unwrap(), sku.get(row).unwrap()))
        .collect()
}

#[test]
fn bundles_in_bundles_are_taken_apart() {
    let nested = bundles(&[("GIFT", "SET", 2), ("GIFT", "MUG", 1), ("SET", "MUG", 3), ("SET", "CUP", 1)]);
    let parts_now = bundle_parts(&nested, day("2026-02-28")).unwrap();
    assert_eq!(parts(&parts_now), ["GIFT = 2 CUP", "GIFT = 7 MUG", "SET = 1 CUP", "SET = 3 MUG"]);
    assert!(bundle_parts(&nested, day("2025-12-31")).unwrap().is_empty(), "before they came into force");
}

#[test]
fn bundles_in_a_circle_are_named() {
    let error = bundle_parts(&bundles(&[("A", "B", 1), ("B", "C", 1), ("C", "A", 1)]), day("2026-02-28")).unwrap_err();
    assert_eq!(error.message, "bundles contain each other in a circle: `A` contains `B` contains `C` contains `A`");
    let huge = i64::MAX / 2;
    let error = bundle_parts(&bundles(&[("A", "B", huge), ("B", "C", 3)]), day("2026-02-28")).unwrap_err();
    assert_eq!(error.code, "bundle-quantity");
    assert_eq!(bundle_parts(&bundles(&[("A", "B", 0)]), day("2026-02-28")).unwrap_err().code, "bundle-quantity");
}

fn mapped(tables: Vec<Rows>) -> Vec<String> {
    let run = RunParameters::new(day("2026-02-28"), Currency::USD);
    let marts = Marts::in_memory(tables, run).unwrap();
    let map = sku_map(&Evidence::read(&marts, day("2026-02-28")).unwrap());
    let (channel, number) = (map.text("channel").unwrap(), map.text("channel_sku").unwrap());
    let (sku, by) = (map.text("sku").unwrap(), map.text("matched_by").unwrap());
    (0..map.len())
        .map(|row| {
            let sku = sku.get(row).unwrap_or("?");
            format!("{} {} = {sku} by {}", channel.get(row).unwrap(), number.get(row).unwrap(), by.get(row).unwrap())
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
        "amazon CUP = POT by alias",
        "amazon MUG = MUG by sku",
    ];
    assert_eq!(found, expected);
}

#[test]
fn the_alias_in_force_counts() {
    let rows = [
        ("B1", "OLD", "2025-01-01", Some("2026-01-31")),
        ("B1", "NEW", "2026-02-01", None),
        ("B1", "NEXT", "2026-03-01", None),
        ("B2", "GONE", "2025-01-01", Some("2025-06-30")),
    ];
    let found = mapped(vec![seen(&[(Some("B1"), None), (Some("B2"), None)]), products(&[("X", None)]), aliases(&rows)]);
    assert_eq!(found, ["amazon B1 = NEW by alias", "amazon B2 = GONE by alias"]);
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

//! Orders that are edited after the sale, in exports that do not say when: the newer document is
//! right, and where nothing tells which is newer, nobody guesses.

use std::collections::BTreeMap;
use std::fs::{self, File};

use proptest::prelude::*;
use proptest::sample::subsequence;
use tempfile::TempDir;
use trueup::config::Settings;
use trueup::ingest::{self, Summary};
use trueup::lake::{Lake, Snapshot, verify};
use trueup::types::Timestamp;

use crate::ingest::project;

const HEADER: &str = "Name,Financial Status,Paid at,Currency,Taxes,Cancelled at,Refunded Amount,Created at,\
                      Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku";
const CREATED: &str = "2026-02-11 09:55:16 -0500";

/// An order as one document shows it: articles with their units.
fn document(order: &str, refunded: &str, lines: &[(&str, i64)]) -> String {
    let rows = lines.iter().enumerate().map(|(index, (sku, units))| {
        let head = if index == 0 { format!("partially_refunded,,USD,0.00,,{refunded}") } else { ",,,,,".to_owned() };
        format!("{order},{head},{CREATED},{units},{sku},10.00,{sku}\n")
    });
    rows.collect()
}

fn export(orders: &[String]) -> String {
    format!("{HEADER}\n{}", orders.concat())
}

/// A shop whose exports come night by night.
struct Shop {
    _folder: TempDir,
    settings: Settings,
    lake: Lake,
}

impl Shop {
    fn new() -> Self {
        let (folder, settings, lake) = project(&[]);
        fs::create_dir_all(settings.exports.join("shopify")).unwrap();
        Self { _folder: folder, settings, lake }
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.settings.exports.join("shopify").join(name), text).unwrap();
    }

    fn night(&self, name: &str, text: &str) -> Summary {
        self.put(name, text);
        self.run()
    }

    fn run(&self) -> Summary {
        let summary = ingest::run(&self.settings, &self.lake, &mut |_| {}).unwrap();
        assert_eq!(verify(&self.settings.lake, true), []);
        summary
    }
}

fn units(snapshot: &Snapshot, table: &str) -> Vec<(String, i64)> {
    let rows = snapshot.read(table, None).unwrap();
    let (sku, quantity) = (rows.text("sku").unwrap(), rows.integer("quantity").unwrap());
    (0..rows.len()).map(|row| (sku.get(row).unwrap().to_owned(), quantity.get(row).unwrap())).collect()
}

fn named(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(sku, units)| ((*sku).to_owned(), *units)).collect()
}

#[test]
fn an_edit_that_leaves_every_time_as_it_was_is_taken_from_the_newer_document() {
    let sold = export(&[document("#1", "0.00", &[("MUG", 2), ("POT", 1)])]);
    let edited = export(&[document("#1", "5.00", &[("MUG", 3), ("POT", 1)])]);
    for newest_first in [false, true] {
        let shop = Shop::new();
        let mut nights = [("orders_2026-02-12.csv", &sold), ("orders_2026-02-13.csv", &edited)];
        if newest_first {
            nights.reverse();
        }
        let last = nights.map(|(name, bytes)| shop.night(name, bytes)).into_iter().last().unwrap();
        assert_eq!(last.rejected(), 0);
        assert_eq!(units(&last.snapshot, "order_lines"), named(&[("MUG", 3), ("POT", 1)]));
        assert_eq!(units(&last.snapshot, "order_lines_history"), named(&[("MUG", 2)]));
        let refunds = last.snapshot.read("refund_lines", None).unwrap();
        assert_eq!(refunds.money("amount").unwrap().iter().collect::<Vec<_>>(), ["5.00".parse().ok()]);
    }
}

#[test]
fn the_day_of_writing_tells_where_the_name_does_not() {
    let states = [2, 3].map(|units| export(&[document("#1", "0.00", &[("MUG", units)])]));
    let written = |days: [i64; 2]| {
        let shop = Shop::new();
        for ((name, bytes), day) in [("b.csv", &states[0]), ("a.csv", &states[1])].into_iter().zip(days) {
            shop.put(name, bytes);
            let at = Timestamp::from_seconds(1_771_000_000 + day * 86_400).utc();
            File::options()
                .write(true)
                .open(shop.settings.exports.join("shopify").join(name))
                .unwrap()
                .set_modified(at.into())
                .unwrap();
        }
        let summary = shop.run();
        (units(&summary.snapshot, "order_lines"), summary.rejected())
    };
    assert_eq!(written([0, 1]), (named(&[("MUG", 3)]), 0));
    assert_eq!(written([1, 0]), (named(&[("MUG", 2)]), 0));
    // Copied on one day: the order of their names or seconds is no reason to believe either.
    assert_eq!(written([0, 0]), (vec![], 2));
}

#[test]
fn a_document_that_tells_later_things_than_its_name_was_not_made_then() {
    let shop = Shop::new();
    shop.night("orders_2026-02-12.csv", &export(&[document("#1", "0.00", &[("MUG", 2)])]));
    let last = shop.night("orders_2026-01-01_2026-01-31.csv", &export(&[document("#1", "0.00", &[("MUG", 3)])]));
    assert_eq!((last.rejected(), units(&last.snapshot, "order_lines")), (1, named(&[("MUG", 2)])));
}

#[test]
fn a_line_that_an_edit_took_out_is_history() {
    let shop = Shop::new();
    let both = export(&[document("#1", "0.00", &[("MUG", 1), ("POT", 1)]), document("#2", "0.00", &[("POT", 4)])]);
    shop.night("orders_2026-02-12.csv", &both);
    let edited = export(&[document("#1", "0.00", &[("MUG", 1)])]);
    let last = shop.night("orders_2026-02-13.csv", &edited);
    assert_eq!(units(&last.snapshot, "order_lines"), named(&[("MUG", 1), ("POT", 4)]));
    assert_eq!(units(&last.snapshot, "order_lines_history"), named(&[("POT", 1)]));
    // An older document that turns up late does not bring it back, a newer one does.
    let late = shop.night("orders_2026-02-11.csv", &format!("{both}\n"));
    assert_eq!(units(&late.snapshot, "order_lines"), named(&[("MUG", 1), ("POT", 4)]));
    let back = shop.night("orders_2026-02-14.csv", &format!("{both}\n\n"));
    assert_eq!(units(&back.snapshot, "order_lines"), named(&[("MUG", 1), ("POT", 1), ("POT", 4)]));
    assert_eq!((back.snapshot.row_count("order_lines_history"), back.rejected()), (0, 0));
}

#[test]
fn a_pool_by_another_name_is_no_contradiction() {
    let mut shop = Shop::new();
    let sold = [document("#1", "0.00", &[("MUG", 1)]), document("#2", "0.00", &[("POT", 4)])];
    shop.night("orders_2026-02-12.csv", &export(&sold));
    shop.settings.channels[0].pool = "hall".to_owned();
    let last = shop.night("orders_2026-02-13.csv", &export(&sold[..1]));
    assert_eq!((last.duplicate(), last.rejected()), (1, 0));
    let lines = last.snapshot.read("order_lines", None).unwrap();
    let pools: Vec<_> = lines.text("location").unwrap().iter().flatten().map(str::to_owned).collect();
    assert_eq!(pools, ["hall", "main"]);
}

const ARTICLES: [&str; 3] = ["CUP", "MUG", "POT"];

prop_compose! {
    /// What the nightly documents show of two orders: some articles, some units.
    fn nights(paid: bool)(nights in prop::collection::vec((subsequence(&ARTICLES, 1..=3), subsequence(&ARTICLES, 1..=3), 1..3_i64, any::<bool>()), 1..6))
        -> Vec<String> {
        let show = |order: &str, articles: &[&'static str], units: i64| {
            document(order, "0.00", &articles.iter().map(|sku| (*sku, units)).collect::<Vec<_>>())
        };
        // The second order may be missing: a document of some orders says nothing of the others.
        nights.iter().zip(1..).map(|((one, other, units, is_paid), night)| {
            let second = if other.len() == 1 { String::new() } else { show("#2", other, *units) };
            // A file whose bytes the lake knows is not read again, so no two nights are the same.
            let text = export(&[show("#1", one, *units), second, "\n".repeat(night)]);
            if paid && *is_paid { text.replace("refunded,,", "refunded,2026-02-11 10:00:00 -0500,") } else { text }
        }).collect()
    }
}

/// The lines of each order in the newest document that shows it.
fn expected(nights: &[String]) -> BTreeMap<String, Vec<(String, i64)>> {
    let mut orders = BTreeMap::new();
    for night in nights {
        let mut shown: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
        for cells in
            night.lines().skip(1).filter(|line| !line.is_empty()).map(|line| line.split(',').collect::<Vec<_>>())
        {
            shown.entry(cells[0].to_owned()).or_default().push((cells[11].to_owned(), cells[8].parse().unwrap()));
        }
        orders.extend(shown);
    }
    orders
}

fn name(night: usize) -> String {
    format!("orders_2026-02-{}.csv", 12 + night)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Every order stands as its newest document shows it, and the lake is the same whatever order
    /// the documents come in, at once or night by night.
    #[test]
    fn the_newest_document_of_an_order_is_the_order(nights in nights(false), order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle()) {
        let at_once = Shop::new();
        nights.iter().enumerate().for_each(|(night, bytes)| at_once.put(&name(night), bytes));
        let whole = at_once.run();
        let lines: Vec<(String, i64)> = expected(&nights).into_values().flatten().collect();
        prop_assert_eq!(units(&whole.snapshot, "order_lines"), lines);
        whichever_order(&nights, order, &whole)?;
    }

    /// The same where the times of the documents and of the order contradict each other.
    #[test]
    fn contradicting_times_are_judged_the_same_in_any_order(nights in nights(true), order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle()) {
        let at_once = Shop::new();
        nights.iter().enumerate().for_each(|(night, bytes)| at_once.put(&name(night), bytes));
        whichever_order(&nights, order, &at_once.run())?;
    }
}

fn whichever_order(nights: &[String], order: Vec<usize>, whole: &Summary) -> Result<(), TestCaseError> {
    let in_turn = Shop::new();
    for night in order.into_iter().filter(|night| *night < nights.len()) {
        in_turn.night(&name(night), &nights[night]);
    }
    let other = in_turn.lake.snapshot().unwrap();
    for table in ["order_lines", "order_lines_history"] {
        prop_assert_eq!(units(&other, table), units(&whole.snapshot, table));
    }
    prop_assert_eq!(other.digest().unwrap(), whole.snapshot.digest().unwrap());
    Ok(())
}

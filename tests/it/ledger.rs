//! The ledger: worked numbers, hand-worked oversells of every cause, a second opinion by brute
//! force, and conservation of units.

use proptest::prelude::*;
use trueup::lake::{Cell, Column, Kind, Rows, RowsBuilder, Table};
use trueup::ledger::{
    Component, Counts, Ledger, OversellCause, PoolModel, Pools, StockFacts, StockIndex, balance_sheet,
    bundles_available, kits_available, oversells_sheet, stock_sheet,
};
use trueup::query::{Marts, RunParameters};
use trueup::types::{Channel, Currency, Day, Money, Sku, Timestamp};

/// Noon of 2026-02-10, from which tests count minutes.
pub(crate) const NOON: i64 = 1_770_724_800;

pub(crate) fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_seconds(NOON + minutes * 60)
}

pub(crate) fn run() -> RunParameters {
    RunParameters::new("2026-02-28".parse().unwrap(), Currency::USD)
}

/// Rows of one table of the lake: the cells that are named, and for the others nothing or, where
/// something must be known, `x`, 1 or the day of the test.
pub(crate) struct TableOf {
    table: &'static Table,
    builder: RowsBuilder,
    lines: i64,
}

impl TableOf {
    pub(crate) fn named(name: &str) -> Self {
        let table = Table::named(name).unwrap();
        Self { table, builder: RowsBuilder::new(name, table.all_columns()), lines: 0 }
    }

    pub(crate) fn row(mut self, cells: &[(&str, Cell)]) -> Self {
        self.lines += 1;
        let columns: Vec<Column> = self.table.all_columns().collect();
        for (name, _) in cells {
            assert!(columns.iter().any(|column| column.name == *name), "no column {name}");
        }
        let cell = |column: &Column| match cells.iter().find(|(name, _)| *name == column.name) {
            Some((_, cell)) => cell.clone(),
            None if column.nullable => Cell::Null,
            None if (self.table.name, column.name) == ("order_lines", "kind") => "article".into(),
            None => match column.kind {
                Kind::Text => format!("x{}", self.lines).into(),
                Kind::Day => Cell::from(Day::from_days((NOON / 86_400) as i32)),
                Kind::Timestamp => minute(0).into(),
                Kind::Integer => 1_i64.into(),
                other => panic!("{}: no default for {other:?}", column.name),
            },
        };
        let cells: Vec<Cell> = columns.iter().map(cell).collect();
        self.builder.push(cells);
        self
    }

    pub(crate) fn rows(self) -> Rows {
        self.builder.finish()
    }
}

/// A shop as the source of truth and its channels tell it; SKU `A`, location `main`.
#[derive(Default)]
pub(crate) struct Shop {
    pub(crate) counts: Vec<(Timestamp, i64, i64)>,
    pub(crate) movements: Vec<(Timestamp, &'static str, i64, String, &'static str)>,
    pub(crate) orders: Vec<(&'static str, String, Timestamp, i64, &'static str)>,
    pub(crate) events: Vec<(&'static str, Timestamp, Option<Timestamp>, i64, &'static str)>,
    pub(crate) changes: Vec<(&'static str, Timestamp, i64)>,
    pub(crate) reports: Vec<(&'static str, &'static str, Timestamp, i64)>,
    pub(crate) more: Vec<Rows>,
}

impl Shop {
    pub(crate) fn counted(mut self, at: i64, on_hand: i64, reserved: i64) -> Self {
        self.counts.push((minute(at), on_hand, reserved));
        self
    }

    pub(crate) fn moved(mut self, at: i64, kind: &'static str, quantity: i64) -> Self {
        self.movements.push((minute(at), kind, quantity, String::new(), ""));
        self
    }

    pub(crate) fn reserved(mut self, at: i64, channel: &'static str, order: &str, units: i64) -> Self {
        self.movements.push((minute(at), "order", units, order.to_owned(), channel));
        self
    }

    /// A movement that names the order it is of.
    pub(crate) fn referenced(mut self, at: i64, kind: &'static str, quantity: i64, order: &str) -> Self {
        self.movements.push((minute(at), kind, quantity, order.to_owned(), "shopify"));
        self
    }

    pub(crate) fn ordered(mut self, at: i64, channel: &'static str, order: &str, units: i64) -> Self {
        self.orders.push((channel, order.to_owned(), minute(at), units, "paid"));
        self
    }

    /// An order that the source of truth records at once.
    pub(crate) fn sold(self, at: i64, channel: &'static str, order: &str, units: i64) -> Self {
        self.ordered(at, channel, order, units).reserved(at, channel, order, units)
    }

    pub(crate) fn sent(mut self, channel: &'static str, at: i64, shown: impl Into<Option<i64>>, count: i64) -> Self {
        self.events.push((channel, minute(at), shown.into().map(minute), count, "ok"));
        self
    }

    pub(crate) fn failed(mut self, channel: &'static str, at: i64, count: i64) -> Self {
        self.events.push((channel, minute(at), None, count, "failed"));
        self
    }

    pub(crate) fn repeated(mut self, channel: &'static str, at: i64, shown: i64, count: i64) -> Self {
        self.events.push((channel, minute(at), Some(minute(shown)), count, "duplicate"));
        self
    }

    pub(crate) fn by_hand(mut self, channel: &'static str, at: i64, units: i64) -> Self {
        self.changes.push((channel, minute(at), units));
        self
    }

    pub(crate) fn reported(mut self, channel: &'static str, at: i64, listed: i64) -> Self {
        self.reports.push((channel, "main", minute(at), listed));
        self
    }

    pub(crate) fn with(mut self, rows: Rows) -> Self {
        self.more.push(rows);
        self
    }

    pub(crate) fn marts(&self) -> Marts {
        let mut stock = TableOf::named("stock");
        for (at, on_hand, reserved) in &self.counts {
            stock = stock.row(&[
                ("sku", "A".into()),
                ("location", "main".into()),
                ("at", (*at).into()),
                ("on_hand", (*on_hand).into()),
                ("reserved", (*reserved).into()),
            ]);
        }
        let mut movements = TableOf::named("stock_movements");
        for (number, (at, kind, quantity, reference, owner)) in self.movements.iter().enumerate() {
            movements = movements.row(&[
                ("movement_id", format!("m{number:06}").into()),
                ("sku", "A".into()),
                ("location", "main".into()),
                ("at", (*at).into()),
                ("kind", (*kind).into()),
                ("quantity", (*quantity).into()),
                ("reference", reference.as_str().into()),
                ("owner", (*owner).into()),
            ]);
        }
        let mut orders = TableOf::named("order_lines");
        for (channel, order_id, at, units, status) in &self.orders {
            let cancelled = *status == "no_stock";
            orders = orders.row(&[
                ("channel", (*channel).into()),
                ("order_id", order_id.as_str().into()),
                ("line_id", "1".into()),
                ("ordered_at", (*at).into()),
                ("sku", "A".into()),
                ("quantity", (*units).into()),
                ("unit_price", Money::from_cents(1_999).into()),
                ("currency", "USD".into()),
                ("status", if cancelled { "cancelled" } else { *status }.into()),
                ("cancel_reason", cancelled.then_some("no_stock").into()),
                ("fulfilment", "seller".into()),
            ]);
        }
        let mut events = TableOf::named("sync_events");
        for (number, (channel, at, shown, count, result)) in self.events.iter().enumerate() {
            events = events.row(&[
                ("event_id", format!("e{number}").into()),
                ("channel", (*channel).into()),
                ("sku", "A".into()),
                ("source_at", (*at).into()),
                ("reflected_at", (*shown).into()),
                ("quantity", (*count).into()),
                ("result", (*result).into()),
                ("failure", (*result == "failed").then_some("rate_limit").into()),
            ]);
        }
        let mut overrides = TableOf::named("overrides");
        for (channel, at, units) in &self.changes {
            overrides = overrides.row(&[
                ("at", (*at).into()),
                ("channel", (*channel).into()),
                ("sku", "A".into()),
                ("field", "stock".into()),
                ("value", units.to_string().into()),
                ("owner", "Kim".into()),
            ]);
        }
        let mut reports = TableOf::named("channel_stock");
        for (channel, location, at, listed) in &self.reports {
            reports = reports.row(&[
                ("channel", (*channel).into()),
                ("channel_sku", "A".into()),
                ("location", (*location).into()),
                ("reported_at", (*at).into()),
                ("reported_day", Day::from_days((at.seconds() / 86_400) as i32).into()),
                ("listed", (*listed).into()),
            ]);
        }
        let tables = [stock, movements, orders, events, overrides, reports].map(TableOf::rows);
        Marts::in_memory(tables.into_iter().chain(self.more.iter().cloned()).collect(), run()).unwrap()
    }

    pub(crate) fn facts(&self) -> StockFacts {
        StockFacts::read(&self.marts()).unwrap()
    }

    fn ledger(&self) -> Ledger {
        Ledger::build(&StockIndex::new(&self.facts()).unwrap(), &pools())
    }
}

pub(crate) fn pools() -> Pools {
    let own = |name: &str| (Channel::new(name), "main".to_owned(), false);
    [own("shopify"), own("tiktok"), (Channel::new("amazon"), "amazon".to_owned(), true)].into_iter().collect()
}

#[test]
fn the_newest_fact_about_stock_is_no_order_and_not_ahead() {
    let newest = |shop: &Shop| shop.facts().newest().unwrap();
    let shop = Shop::default().counted(0, 5, 0).ordered(90, "shopify", "s1", 1);
    assert_eq!(newest(&shop), Some(minute(0)), "the day ends weeks later");
    assert_eq!(newest(&shop.moved(10, "receipt", 1)), Some(minute(10)));
    let told = Shop::default().counted(0, 5, 0).sent("shopify", 30, None, 5).sent("shopify", 60 * 1_440, None, 5);
    assert_eq!(newest(&told), Some(minute(30)));
    assert_eq!(newest(&Shop::default()), None);
}

#[test]
fn available_to_sell_leaves_out_inbound_and_buffer() {
    let counts = Counts { on_hand: 1_000, reserved: 250, inbound: 100, ..Counts::default() };
    assert_eq!(counts.available_to_sell(75), 675);
    let held = Counts { on_hand: 10, damaged: 2, quality_hold: 3, ..Counts::default() };
    assert_eq!(held.available(), 5);
}

#[test]
fn kits_are_the_minimum_over_components_and_may_be_owed() {
    let a = Component { available: 8 - 14, quantity: 2 };
    let b = Component { available: 4_258 - 168, quantity: 1 };
    assert_eq!(kits_available(&[a, b]), Some(-3));
    assert_eq!(kits_available(&[Component { available: -1, quantity: 2 }]), Some(-1));
    assert_eq!(kits_available(&[]), None);
    assert_eq!(kits_available(&[b, Component { available: 5, quantity: 0 }]), None);
    // P1 = P2 + P3 and P2 = P3: taken apart, P1 is two P3.
    let (p1, p2, p3) = (Sku::new("P1"), Sku::new("P2"), Sku::new("P3"));
    let parts = [(&p1, &p3, 2), (&p2, &p3, 1)];
    let available = bundles_available(parts, |sku| (*sku == p3).then_some(10));
    assert_eq!(available[&p1], 5);
    assert_eq!(available[&p2], 10);
    assert!(bundles_available(parts, |_| None).is_empty(), "unknown components make no known kits");
}

#[test]
fn pools_are_single_split_or_hybrid() {
    assert_eq!(pools().model(), PoolModel::Hybrid);
    let one = |name: &str, pool: &str| (Channel::new(name), pool.to_owned(), false);
    assert_eq!([one("a", "p"), one("b", "p")].into_iter().collect::<Pools>().model(), PoolModel::Single);
    assert_eq!([one("a", "p"), one("b", "q")].into_iter().collect::<Pools>().model(), PoolModel::Split);
    let drawing: Vec<String> = pools().drawing_on("main").map(ToString::to_string).collect();
    assert_eq!(drawing, ["shopify", "tiktok"]);
}

#[test]
fn a_balance_adds_up_and_a_break_is_reported_with_its_units() {
    let ledger = Shop::default()
        .counted(0, 10, 0)
        .moved(10, "receipt", 5)
        .sold(20, "shopify", "1", 3)
        .moved(30, "shipment", -3)
        .moved(40, "return", 1)
        .moved(50, "adjustment", -2)
        .moved(55, "damage", -1)
        .moved(58, "transfer", 4)
        .counted(60, 12, 0)
        .counted(120, 12, 0)
        .moved(130, "receipt", 100)
        .ledger();
    let account = ledger.account("A", "main").unwrap();
    let balance = account.balance.unwrap();
    assert_eq!((balance.opening, balance.receipts, balance.shipments, balance.returns), (10, 5, 3, 1));
    assert_eq!((balance.adjustments, balance.damage, balance.transfers), (-2, -1, 4));
    assert_eq!((balance.expected(), balance.closing, balance.missing()), (14, 12, 2));
    assert_eq!(account.breaks.len(), 1);
    assert_eq!((account.breaks[0].at, account.breaks[0].missing()), (minute(60), 2));
    assert_eq!(ledger.counts("A", "main").unwrap().available(), 112);
    assert_eq!(ledger.available_at("A", "main", minute(25)), Some(12));
    assert_eq!(ledger.available_at("A", "main", minute(-1)), None);
    assert_eq!(balance_sheet(&ledger).integer("missing").unwrap().get(0), Some(2));
    assert_eq!(stock_sheet(&ledger).integer("available").unwrap().get(0), Some(112));
}

#[test]
fn what_a_first_count_does_not_tell_is_carried_on() {
    let mut shop = Shop::default().reserved(-30, "shopify", "1", 4).counted(0, 10, 0).moved(10, "shipment", -4);
    assert_eq!(shop.ledger().available_at("A", "main", minute(5)), Some(10), "the count says that none is reserved");
    let stock = TableOf::named("stock").row(&[
        ("sku", "A".into()),
        ("location", "main".into()),
        ("at", minute(0).into()),
        ("on_hand", 10_i64.into()),
    ]);
    shop.counts.clear();
    let silent = Shop { more: vec![stock.rows()], ..shop };
    let facts = StockFacts { counts: counts_of(&silent), ..silent.facts() };
    let ledger = Ledger::build(&StockIndex::new(&facts).unwrap(), &pools());
    assert_eq!(ledger.available_at("A", "main", minute(5)), Some(6), "4 had been promised before");
    assert_eq!(ledger.available_at("A", "main", minute(20)), Some(6), "they left");
}

fn counts_of(shop: &Shop) -> Rows {
    Marts::in_memory(shop.more.clone(), run()).unwrap().rows("fact_stock_counts").unwrap()
}

/// Opens with 5 units that both channels show from minute 1.
fn opened() -> Shop {
    Shop::default().counted(0, 5, 0).sent("shopify", 0, 1, 5).sent("tiktok", 0, 1, 5)
}

fn only(shop: &Shop) -> trueup::ledger::Oversell {
    let ledger = shop.ledger();
    assert_eq!(ledger.oversells().len(), 1, "{:?}", ledger.oversells());
    ledger.oversells()[0].clone()
}

#[test]
fn a_late_update_oversells() {
    // tiktok is told of 1 at minute 10 and shows it at 52; at 30 it sells 3 of its 5.
    let shop = opened().sold(10, "shopify", "s1", 4).sent("tiktok", 10, 52, 1).sold(30, "tiktok", "t1", 3);
    let oversell = only(&shop);
    assert_eq!(oversell.cause, OversellCause::SyncDelay);
    assert_eq!((oversell.units, oversell.available_then, oversell.listed_then), (2, 1, Some(5)));
    assert_eq!(oversell.smallest_holdback, Some(3));
    assert_eq!(oversell.late_seconds, Some(42 * 60));
    assert_eq!(oversell.unit_price, Some(Money::from_cents(1_999)));
    assert!(oversell.evidence.contains("42 minutes later"), "{}", oversell.evidence);
    let sheet = oversells_sheet(&shop.ledger());
    assert_eq!(sheet.text("cause").unwrap().get(0), Some("sync delay"));
    assert_eq!(sheet.text("order_id").unwrap().get(0), Some("t1"));
}

#[test]
fn own_sales_since_the_update_lower_what_was_listed() {
    let shop = opened()
        .sold(10, "shopify", "s1", 4)
        .sent("tiktok", 10, 52, 1)
        .sold(20, "tiktok", "t0", 1)
        .sold(30, "tiktok", "t1", 3);
    let oversell = only(&shop);
    assert_eq!((oversell.units, oversell.available_then, oversell.listed_then), (3, 0, Some(4)));
    assert_eq!(oversell.smallest_holdback, Some(2));
}

#[test]
fn units_never_exceed_the_line_however_much_is_owed() {
    let shop = opened().sold(10, "shopify", "s1", 5).sold(11, "shopify", "s2", 2).sold(12, "tiktok", "t1", 1);
    let ledger = shop.ledger();
    let units: Vec<(&str, i64, i64)> = ledger
        .oversells()
        .iter()
        .map(|oversell| (oversell.order_id.as_str(), oversell.units, oversell.available_then))
        .collect();
    assert_eq!(units, [("s2", 2, 0), ("t1", 1, -2)]);
}

#[test]
fn a_lost_update_oversells() {
    let oversell = only(&opened().sold(10, "shopify", "s1", 5).failed("tiktok", 10, 0).sold(30, "tiktok", "t1", 1));
    assert_eq!(oversell.cause, OversellCause::SyncFailure);
    assert!(oversell.evidence.contains("rate_limit"), "{}", oversell.evidence);
}

#[test]
fn the_first_update_that_would_have_helped_decides() {
    // The loss at minute 10 let the order in; that a further update was on its way did not.
    let shop = opened()
        .sold(10, "shopify", "s1", 5)
        .failed("tiktok", 10, 0)
        .moved(20, "adjustment", 1)
        .sent("tiktok", 20, 40, 1)
        .sold(30, "tiktok", "t1", 2);
    assert_eq!(only(&shop).cause, OversellCause::SyncFailure);
}

#[test]
fn a_repeated_update_oversells() {
    let shop = opened()
        .sold(10, "shopify", "s1", 5)
        .sent("tiktok", 10, 11, 0)
        .repeated("tiktok", 12, 13, 5)
        .sold(30, "tiktok", "t1", 1);
    let oversell = only(&shop);
    assert_eq!((oversell.cause, oversell.listed_then), (OversellCause::DuplicateEvent, Some(5)));
}

#[test]
fn a_change_by_hand_oversells() {
    let shop = opened()
        .sold(10, "shopify", "s1", 5)
        .sent("tiktok", 10, 11, 0)
        .by_hand("tiktok", 20, 3)
        .sold(30, "tiktok", "t1", 1);
    let oversell = only(&shop);
    assert_eq!((oversell.cause, oversell.listed_then), (OversellCause::ManualAdjustment, Some(3)));
}

#[test]
fn an_order_that_is_recorded_late_oversells_itself() {
    let shop = opened().ordered(10, "tiktok", "t1", 2).sold(20, "shopify", "s1", 5).reserved(60, "tiktok", "t1", 2);
    assert_eq!(only(&shop).cause, OversellCause::LateReservation);
}

#[test]
fn a_channel_that_sells_more_than_it_shows_is_told_apart() {
    let oversell = only(&opened().sold(10, "shopify", "s1", 7));
    assert_eq!((oversell.cause, oversell.smallest_holdback), (OversellCause::BeyondListing, None));
}

#[test]
fn two_orders_at_once_with_no_hold_back() {
    let shop = opened().sold(10, "shopify", "s1", 5).sold(10, "tiktok", "t1", 5);
    assert_eq!(only(&shop).cause, OversellCause::NoBuffer);
}

#[test]
fn a_channel_without_a_log_was_never_synced() {
    let shop = Shop::default().counted(0, 1, 0).sold(10, "amazon", "a1", 2);
    let oversell = only(&shop);
    assert_eq!(
        (oversell.cause, oversell.listed_then, oversell.smallest_holdback),
        (OversellCause::NeverSynced, None, None)
    );
}

#[test]
fn a_cancelled_order_counts_only_for_want_of_stock() {
    let cancelled = |status: &'static str| {
        let mut shop = opened().sold(10, "shopify", "s1", 5).sold(30, "tiktok", "t1", 1);
        shop.orders[1].4 = status;
        shop.ledger().oversells().len()
    };
    assert_eq!([cancelled("no_stock"), cancelled("cancelled"), cancelled("shipped")], [1, 0, 1]);
    // Nobody even reserved it.
    let mut unreserved = opened().sold(10, "shopify", "s1", 5).ordered(30, "tiktok", "t1", 1);
    unreserved.orders[1].4 = "no_stock";
    assert_eq!(unreserved.ledger().oversells().len(), 1);
}

#[test]
fn a_second_promise_for_one_order_is_no_second_order() {
    let ledger = opened().sold(10, "shopify", "s1", 4).reserved(11, "shopify", "s1", 4).ledger();
    assert!(ledger.oversells().is_empty(), "{:?}", ledger.oversells());
    let twice = ledger.duplicate_reservations();
    assert_eq!(twice.len(), 1);
    assert_eq!((twice[0].order_id.as_str(), twice[0].units, twice[0].at), ("s1", 4, minute(11)));
}

/// A row of `bundle_parts` that holds on all days.
fn part_of_kit(sku: &str, quantity: i64) -> [Cell; 5] {
    let always = [0, 99_999].map(|days| Cell::from(trueup::types::Day::from_days(days)));
    let [from, until] = always;
    [Cell::from("KIT"), sku.into(), quantity.into(), from, until]
}

#[test]
fn a_bundle_draws_its_components() {
    let parts = {
        let mut builder = trueup::query::BUNDLE_PARTS.builder();
        builder.push(part_of_kit("A", 2));
        builder.finish()
    };
    let order = TableOf::named("order_lines").row(&[
        ("channel", "shopify".into()),
        ("order_id", "k1".into()),
        ("line_id", "1".into()),
        ("ordered_at", minute(10).into()),
        ("sku", "KIT".into()),
        ("quantity", 3_i64.into()),
        ("currency", "USD".into()),
        ("status", "paid".into()),
        ("fulfilment", "seller".into()),
    ]);
    let shop = opened().reserved(10, "shopify", "k1", 6).with(parts).with(order.rows());
    let oversell = only(&shop);
    assert_eq!((oversell.sku.as_str(), oversell.units, oversell.available_then), ("A", 1, 5));
}

#[test]
fn a_bundle_that_lacks_two_components_is_one_oversell() {
    let mut parts = trueup::query::BUNDLE_PARTS.builder();
    parts.push(part_of_kit("A", 2));
    parts.push(part_of_kit("B", 1));
    let (mut counts, mut movements) = (TableOf::named("stock"), TableOf::named("stock_movements"));
    for (sku, units) in [("A", 8_i64), ("B", 4)] {
        counts = counts.row(&[
            ("sku", sku.into()),
            ("location", "main".into()),
            ("at", minute(0).into()),
            ("on_hand", 3_i64.into()),
        ]);
        movements = movements.row(&[
            ("sku", sku.into()),
            ("location", "main".into()),
            ("at", minute(10).into()),
            ("kind", "order".into()),
            ("quantity", units.into()),
            ("reference", "k1".into()),
            ("owner", "shopify".into()),
        ]);
    }
    let order = TableOf::named("order_lines").row(&[
        ("channel", "shopify".into()),
        ("order_id", "k1".into()),
        ("line_id", "1".into()),
        ("ordered_at", minute(10).into()),
        ("sku", "KIT".into()),
        ("quantity", 4_i64.into()),
        ("currency", "USD".into()),
        ("status", "paid".into()),
        ("fulfilment", "seller".into()),
    ]);
    let tables = vec![parts.finish(), counts.rows(), movements.rows(), order.rows()];
    let facts = StockFacts::read(&Marts::in_memory(tables, run()).unwrap()).unwrap();
    let ledger = Ledger::build(&StockIndex::new(&facts).unwrap(), &pools());
    let found: Vec<(&str, i64)> =
        ledger.oversells().iter().map(|oversell| (oversell.sku.as_str(), oversell.units)).collect();
    assert_eq!(found, [("A", 5)], "B lacks only 1");
}

const CHANNELS: [&str; 2] = ["shopify", "tiktok"];

#[derive(Clone, Debug)]
enum Step {
    Order(usize, i64),
    Receipt(i64),
    Adjust(i64),
    Ship,
    Cancel,
    Count(i64),
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let step = prop_oneof![
        5 => (0..2_usize, 1..6_i64).prop_map(|(channel, units)| Step::Order(channel, units)),
        1 => (1..12_i64).prop_map(Step::Receipt),
        1 => (-3..4_i64).prop_map(Step::Adjust),
        2 => Just(Step::Ship),
        1 => Just(Step::Cancel),
        1 => (-2..3_i64).prop_map(Step::Count),
    ];
    prop::collection::vec((1..4_i64, step), 1..60)
}

/// Plays the steps; counts differ from the book by what the step says.
fn play(steps: &[(i64, Step)]) -> (Shop, Vec<(i64, i64, String)>) {
    let mut shop = Shop::default().counted(0, 10, 0);
    let (mut on_hand, mut now) = (10_i64, 0);
    let mut open: Vec<(String, &'static str, i64)> = Vec::new();
    let mut sold: Vec<(i64, i64, String)> = Vec::new();
    for (number, (gap, step)) in steps.iter().enumerate() {
        now += gap;
        match step {
            Step::Order(channel, units) => {
                let id = format!("o{number:03}");
                sold.push((now, *units, id.clone()));
                open.push((id.clone(), CHANNELS[*channel], *units));
                shop = shop.sold(now, CHANNELS[*channel], &id, *units);
            }
            Step::Receipt(units) => {
                on_hand += units;
                shop = shop.moved(now, "receipt", *units);
            }
            Step::Adjust(units) => {
                on_hand += units;
                shop = shop.moved(now, "adjustment", *units);
            }
            Step::Ship if !open.is_empty() => {
                let (id, owner, units) = open.remove(0);
                on_hand -= units;
                shop.movements.push((minute(now), "shipment", -units, id, owner));
            }
            Step::Cancel if !open.is_empty() => {
                let (id, owner, units) = open.remove(0);
                shop.movements.push((minute(now), "cancellation", -units, id, owner));
            }
            Step::Count(found) => {
                on_hand += found;
                let reserved = open.iter().map(|(_, _, units)| units).sum();
                shop = shop.counted(now, on_hand, reserved);
            }
            Step::Ship | Step::Cancel => {}
        }
    }
    (shop, sold)
}

/// Units available just before a minute, from scratch: everything up to then is added up again.
fn available_by_force(shop: &Shop, at: i64) -> i64 {
    let (counted_at, on_hand, _) = *shop.counts.iter().rev().find(|(count, _, _)| *count < minute(at)).unwrap();
    let (mut hand, mut reserved) = (on_hand, 0);
    for (moved_at, kind, quantity, _, _) in &shop.movements {
        if *moved_at < minute(at) {
            reserved += match *kind {
                "order" | "cancellation" | "shipment" => *quantity,
                _ => 0,
            };
            if *moved_at > counted_at && !matches!(*kind, "order" | "cancellation") {
                hand += quantity;
            }
        }
    }
    hand - reserved
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn oversells_are_what_brute_force_finds(steps in steps()) {
        let (shop, sold) = play(&steps);
        let ledger = shop.ledger();
        let mut expected: Vec<(String, i64, i64)> = Vec::new();
        for (at, units, id) in &sold {
            let available = available_by_force(&shop, *at);
            let short = units - available.clamp(0, *units);
            if short > 0 {
                expected.push((id.clone(), short, available));
            }
        }
        expected.sort();
        let mut found: Vec<(String, i64, i64)> = ledger
            .oversells()
            .iter()
            .map(|oversell| (oversell.order_id.clone(), oversell.units, oversell.available_then))
            .collect();
        found.sort();
        prop_assert_eq!(found, expected);
        prop_assert!(ledger.duplicate_reservations().is_empty());
    }

    #[test]
    fn what_is_missing_is_the_sum_of_the_breaks(steps in steps()) {
        let (shop, _) = play(&steps);
        let planted: i64 = steps.iter().map(|(_, step)| if let Step::Count(found) = step { -found } else { 0 }).sum();
        let ledger = shop.ledger();
        let account = ledger.account("A", "main").unwrap();
        let balance = account.balance.unwrap();
        let breaks: i64 = account.breaks.iter().map(trueup::ledger::Break::missing).sum();
        prop_assert_eq!(balance.missing(), planted);
        prop_assert_eq!(breaks, planted);
        let found = shop.marts().rows("check_stock_balance").unwrap();
        let by_query = found.integer("missing").unwrap().iter().flatten().next().unwrap_or(0);
        prop_assert_eq!(by_query, planted);
    }

    #[test]
    fn one_thread_or_many_the_ledger_is_the_same(steps in steps()) {
        let (shop, _) = play(&steps);
        let facts = shop.facts();
        let index = StockIndex::new(&facts).unwrap();
        let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        prop_assert_eq!(one.install(|| Ledger::build(&index, &pools())), Ledger::build(&index, &pools()));
    }
}

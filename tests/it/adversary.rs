//! A lake that means harm: nulls, ties, negatives, huge values, odd letters, empty tables.

use std::collections::BTreeSet;

use trueup::lake::{Cell, Column, Kind, ORDER_TOTALS, Rows, RowsBuilder, SETTLEMENT_KINDS, TABLES, Table};
use trueup::query::{BUNDLE_PARTS, CHANNELS, SKU_MAP};
use trueup::types::{Day, Money, Rate, Timestamp};

const CHANNEL_NAMES: &[&str] = &["amazon", "shopify", "tiktok", "wholesale"];
const SKUS: &[&str] = &["MUG", "CUP", "SET", "mug", "00123", "ünï 'q'"];
const NUMBERS: &[&str] = &["C-1", "C-2", "MUG"];

/// Numbers that look like chance and are the same every time (Steele, Lea, Flood 2014: SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn one<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }
}

/// Every table of the lake with up to `rows` rows, and the extra tables that the settings make.
pub(crate) fn shop(seed: u64, rows: usize) -> Vec<Rows> {
    let mut chance = Chance(seed);
    let mut tables: Vec<Rows> = TABLES.iter().map(|table| lake_table(table, rows, &mut chance)).collect();
    tables.extend(extra_tables());
    tables
}

fn lake_table(table: &Table, rows: usize, chance: &mut Chance) -> Rows {
    let mut builder = RowsBuilder::new(table.name, table.all_columns());
    let mut keys = BTreeSet::new();
    for line in 0..rows {
        let mut cells: Vec<Cell> = table.all_columns().map(|column| cell(table, column, line, chance)).collect();
        set_day(table, &mut cells);
        let key: Vec<String> = table.key.iter().map(|name| format!("{:?}", cells[index(table, name)])).collect();
        if keys.insert(key) {
            builder.push(cells);
        }
    }
    builder.finish()
}

/// The day by which a table is kept is the day of its instant, in a zone whose days are not UTC's.
fn set_day(table: &Table, cells: &mut [Cell]) {
    let Some(day) = table.month_by.map(|name| index(table, name)) else { return };
    if let Cell::Timestamp(at) = cells[day - 1] {
        cells[day] = at.day_in(chrono_tz::America::New_York).into();
    }
}

fn index(table: &Table, name: &str) -> usize {
    table.all_columns().position(|column| column.name == name).expect("a column")
}

fn cell(table: &Table, column: Column, line: usize, chance: &mut Chance) -> Cell {
    if column.nullable && chance.below(4) == 0 {
        return Cell::Null;
    }
    match column.kind {
        // A newer document takes lines out of an order, and these rows are meant to stay.
        Kind::Timestamp if column.name == "exported_at" => Cell::Null,
        Kind::Text => text(table, column.name, chance).into(),
        Kind::Integer if column.name == "source_line" => (line as i64).into(),
        Kind::Integer if table.name == "bundles" => chance.one(&[1_i64, 2, 3]).into(),
        Kind::Integer => chance.one(&[0_i64, 1, 1, 2, 5, -3, 3_000_000_000]).into(),
        Kind::Money if column.name.starts_with("unit_") => {
            Money::from_ten_thousandths(chance.one(&[0, 1, 25_000, 40_001])).into()
        }
        Kind::Money => {
            let amounts = [0, 1, 999_900, 999_900, -50_000, 123_456, 400_000_000_000_001];
            Money::from_ten_thousandths(chance.one(&amounts)).into()
        }
        Kind::Rate => Rate::from_millionths(chance.one(&[0, 52_500, 1_000_000, 123_456])).into(),
        Kind::Day => day(chance).into(),
        Kind::Timestamp => instant(chance).into(),
        Kind::Real => chance.one(&[0.0, 1.5, -2.25]).into(),
        Kind::Flag => chance.one(&[true, false]).into(),
    }
}

/// From the end of 2025 to the run's day and two days after, with days that come often.
fn day(chance: &mut Chance) -> Day {
    let first: Day = "2025-12-29".parse().unwrap();
    first.plus(chance.one(&[0, 2, 3, 3, 30, 33, 34, 34, 60, 61, 61, 62, 63]))
}

fn instant(chance: &mut Chance) -> Timestamp {
    let micros = chance.one(&[0, 0, 1, 43_200_000_000, 86_399_999_999]);
    Timestamp::from_micros(day(chance).start_utc().micros() + micros)
}

fn text(table: &Table, column: &str, chance: &mut Chance) -> String {
    let words: &[&str] = match (table.name, column) {
        (_, "channel") => CHANNEL_NAMES,
        (_, "sku" | "bundle_sku" | "component_sku") => SKUS,
        (_, "channel_sku") => NUMBERS,
        (_, "currency" | "into") => &["USD", "USD", "USD", "EUR"],
        ("order_lines", "status") => {
            &["unpaid", "pending", "paid", "unshipped", "shipped", "completed", "cancelled", "refunded"]
        }
        ("listings", "status") => &["active", "inactive", "draft", "suspended"],
        (_, "cancel_reason") => &["no_stock", "buyer", "fraud", "address", "payment", "other"],
        (_, "fulfilment") => &["seller", "seller", "channel", "other_channel"],
        (_, "location" | "pool") => &["main", "amazon"],
        (_, "disposition") => &["sellable", "damaged", "defective", "in_transit", "unknown"],
        ("order_lines", "kind") => &["article", "article", "giveaway", "handling", "tip", "gift_card"],
        ("orders", "total_of") => ORDER_TOTALS,
        ("settlement_lines", "kind") => SETTLEMENT_KINDS,
        ("stock_movements", "kind") => &[
            "receipt",
            "order",
            "order",
            "shipment",
            "shipment",
            "cancellation",
            "return",
            "adjustment",
            "damage",
            "transfer",
        ],
        ("stock_movements", "owner") => CHANNEL_NAMES,
        ("stock_movements", "reference") | (_, "order_id") => &["O1", "O2", "O3", "O4", "O5", "O6", "O7"],
        (_, "result") => &["ok", "ok", "failed", "duplicate"],
        (_, "failure") => &["rate_limit", "webhook_missing", "mapping", "location_mismatch", "timeout"],
        ("overrides", "field") => &["buffer", "stock", "price", "forecast", "policy"],
        ("overrides", "value") => &["5", "-3", "12.50", "x", ""],
        (_, "line_id" | "line" | "refund_id" | "settlement_id") => &["1", "2", "3", "4"],
        (_, "movement_id" | "event_id" | "override_id") => return format!("E{}", chance.next()),
        (_, "barcode") => &["0123456789012", "4006381333931"],
        _ => &["a", "b", "", "É", "a,b\nc"],
    };
    chance.one(words).to_owned()
}

fn extra_tables() -> Vec<Rows> {
    let on = |text: &str| Cell::from(text.parse::<Day>().unwrap());
    let (ever, changed) = ((on("0001-01-01"), on("9999-12-31")), (on("2026-01-27"), on("2026-01-28")));
    let mut map = SKU_MAP.builder();
    let mut channels = CHANNELS.builder();
    for (index, channel) in CHANNEL_NAMES.iter().enumerate() {
        let numbers: BTreeSet<&str> = NUMBERS.iter().chain(SKUS).copied().collect();
        for number in numbers {
            let sku = match number {
                "C-1" => Cell::from("CUP"),
                "mug" => Cell::Null,
                "C-2" if index == 1 => Cell::Null,
                "C-2" => "SET".into(),
                other => other.into(),
            };
            let matched = if sku == Cell::Null { "unmapped" } else { "sku" };
            // one number changed its product on a day that comes often
            if number == "C-1" {
                map.push([
                    Cell::from(*channel),
                    number.into(),
                    "POT".into(),
                    "alias".into(),
                    ever.0.clone(),
                    changed.0.clone(),
                ]);
                map.push([Cell::from(*channel), number.into(), sku, matched.into(), changed.1.clone(), ever.1.clone()]);
            } else {
                map.push([Cell::from(*channel), number.into(), sku, matched.into(), ever.0.clone(), ever.1.clone()]);
            }
        }
        let own = *channel == "amazon";
        channels.push([
            Cell::from(*channel),
            (*channel).into(),
            (index as i64 % 3 + 1).into(),
            if own { "amazon" } else { "main" }.into(),
            own.into(),
            matches!(*channel, "amazon" | "tiktok").into(),
        ]);
    }
    let mut parts = BUNDLE_PARTS.builder();
    // nobody said until when it held nothing but itself
    parts.push([Cell::from("SET"), "SET".into(), 1_i64.into(), ever.0.clone(), changed.0.clone()]);
    parts.push([Cell::from("SET"), "CUP".into(), 1_i64.into(), changed.1.clone(), ever.1.clone()]);
    parts.push([Cell::from("SET"), "MUG".into(), 2_i64.into(), changed.1, ever.1]);
    vec![map.finish(), channels.finish(), parts.finish()]
}

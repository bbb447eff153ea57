//! A believable night: every sheet of the contract with a few rows.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use trueup::health::Outcome;
use trueup::lake::Kind::{self, Day, Flag, Integer, Money, Rate, Real, Text, Timestamp};
use trueup::lake::{Cell, Column, Rows, RowsBuilder};
use trueup::query::Level;
use trueup::report::{CheckOutcome, LeftOut, Night, ReadFile, RunFacts};
use trueup::types;

/// A night that owns what it lends.
pub(super) struct Fixture {
    pub(super) shop: String,
    pub(super) untold_fees: Vec<types::Channel>,
    pub(super) sheets: BTreeMap<String, Rows>,
    pub(super) files: Vec<ReadFile>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) checks: Vec<CheckOutcome>,
    pub(super) run: RunFacts,
    pub(super) timings: Vec<(String, f64)>,
}

impl Fixture {
    pub(super) fn night(&self) -> Night<'_> {
        Night {
            morning_items: 10,
            untold_fees: &self.untold_fees,
            shop: &self.shop,
            as_of: day("2026-02-28"),
            zone: "America/New_York".parse().unwrap(),
            currency: "USD".parse().unwrap(),
            sheets: &self.sheets,
            files: &self.files,
            left_out: &self.left_out,
            checks: &self.checks,
            run: &self.run,
            timings: &self.timings,
            query_timings: &[],
        }
    }

    /// The same night in which every sheet has its columns and no row.
    pub(super) fn without_rows(mut self) -> Self {
        for rows in self.sheets.values_mut() {
            *rows = Rows::new(rows.name(), rows.batch().slice(0, 0));
        }
        self.files.clear();
        self.checks.clear();
        self
    }

    /// The same night with other words in place of a SKU, a title and a shop.
    pub(super) fn with_words(words: &str) -> Self {
        let mut fixture = fixture();
        fixture.shop = words.to_owned();
        let words = &words.replace('\n', LINE_END);
        fixture.sheets.insert("drift".into(), table("drift", DRIFT, &DRIFT_ROWS.replace("MUG-BLUE", words)));
        fixture.sheets.insert("alerts".into(), table("alerts", ALERTS, &ALERT_ROWS.replace("MUG-BLUE", words)));
        fixture.sheets.insert("rejects".into(), table("rejects", REJECTS, &REJECT_ROWS.replace("1.249,00", words)));
        fixture
            .sheets
            .insert("sync_latency".into(), table("sync_latency", LATENCY, &LATENCY_ROWS.replace("tiktok", words)));
        fixture.files[0].path = words.to_owned();
        fixture.left_out.push(left_out(words, true, words));
        fixture.checks[1].example = Some(words.to_owned());
        fixture
    }
}

/// A file that was not read, and why.
pub(super) fn left_out(path: &str, is_refused: bool, reason: &str) -> LeftOut {
    LeftOut {
        path: path.to_owned(),
        is_refused,
        code: if is_refused { "control-total" } else { "unknown-layout" }.to_owned(),
        line: None,
        reason: reason.to_owned(),
        hint: Some("download it again".to_owned()),
    }
}

pub(super) fn day(text: &str) -> types::Day {
    text.parse().unwrap()
}

/// Stands for the end of a line within a cell.
const LINE_END: &str = "␤";

/// A sheet of lines with ` | ` between cells; an empty cell is unknown.
pub(super) fn table(name: &str, columns: &[(&'static str, Kind)], lines: &str) -> Rows {
    let mut builder =
        RowsBuilder::new(name, columns.iter().map(|(name, kind)| Column { name, kind: *kind, nullable: true }));
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), columns.len(), "{name}: {line}");
        builder.push(cells.iter().zip(columns).map(|(text, (_, kind))| cell(text, *kind)));
    }
    builder.finish()
}

fn cell(text: &str, kind: Kind) -> Cell {
    if text.is_empty() {
        return Cell::Null;
    }
    match kind {
        Text => text.replace(LINE_END, "\n").into(),
        Integer => text.parse::<i64>().unwrap().into(),
        Money => text.parse::<types::Money>().unwrap().into(),
        Rate => text.parse::<types::Rate>().unwrap().into(),
        Day => day(text).into(),
        Timestamp => {
            let (date, time) = text.split_once('T').unwrap();
            let (hours, minutes) = time.split_once(':').unwrap();
            let seconds = hours.parse::<i64>().unwrap() * 3600 + minutes.parse::<i64>().unwrap() * 60;
            day(date).start_utc().plus_seconds(seconds).into()
        }
        Real => text.parse::<f64>().unwrap().into(),
        Flag => (text == "true").into(),
    }
}

const CHANNELS: [(&str, f64); 4] = [("amazon", 0.34), ("shopify", 0.42), ("tiktok", 0.14), ("wholesale", 0.10)];
const SKUS: [&str; 18] = [
    "MUG-BLUE",
    "MUG-GREEN",
    "LAMP-OAK",
    "LAMP-ASH",
    "THROW-WOOL-GREY",
    "THROW-WOOL-RUST",
    "VASE-S",
    "VASE-L",
    "CANDLE-FIG",
    "CANDLE-CEDAR",
    "TRAY-WALNUT",
    "BOWL-STONE",
    "BOWL-SAND",
    "PLATE-SAND-4",
    "HOOK-BRASS",
    "APRON-LINEN",
    "TOWEL-SET-3",
    "GIFT-BOX-MUG",
];

pub(super) fn fixture() -> Fixture {
    let sheets = [
        table("alerts", ALERTS, ALERT_ROWS),
        table("drift", DRIFT, DRIFT_ROWS),
        table("drift_causes", DRIFT_CAUSES, DRIFT_CAUSE_ROWS),
        table("oversells", OVERSELLS, OVERSELL_ROWS),
        table("sync_latency", LATENCY, LATENCY_ROWS),
        table("buffers", BUFFERS, BUFFER_ROWS),
        table("losing_skus", LOSING, LOSING_ROWS),
        table("settlements", SETTLEMENTS, SETTLEMENT_ROWS),
        table("unmatched", UNMATCHED, UNMATCHED_ROWS),
        table("replenishment", REPLENISHMENT, REPLENISHMENT_ROWS),
        table("forecast_accuracy", ACCURACY, ACCURACY_ROWS),
        table("rejects", REJECTS, REJECT_ROWS),
        table("price_breaches", PRICES, PRICE_ROWS),
        table("channel_scorecard", SCORECARD, SCORECARD_ROWS),
        table("replay", REPLAY, REPLAY_ROWS),
        table("stock_balance", BALANCE, BALANCE_ROWS),
        table("stock", STOCK, "MUG-BLUE | main | 11\nCANDLE-FIG | main | 84"),
        profit(false),
        profit(true),
        demand(),
        forecast(),
        lead_time(),
    ];
    Fixture {
        shop: "Harbor & Hearth".into(),
        untold_fees: Vec::new(),
        sheets: sheets.into_iter().map(|rows| (rows.name().to_owned(), rows)).collect(),
        files: files(),
        left_out: Vec::new(),
        checks: checks(),
        run: RunFacts {
            run: "2026-02-28-7f3a91".into(),
            version: "0.1.0".into(),
            policy_version: "c41d0b7e".into(),
            lake_version: 18,
            history: Some((day("2025-03-01"), day("2026-02-28"))),
            stand_ins: Vec::new(),
            lake_rows: vec![("order_lines".into(), 20_648), ("stock".into(), 6_480)],
            notes: vec!["misc/notes.csv was ignored: no export has these headers".into()],
        },
        timings: vec![("ingest".into(), 0.41), ("report".into(), 0.08)],
    }
}

fn files() -> Vec<ReadFile> {
    let file = |path: &str, channel: &str, kind: &str, read: u64, rejected: u64, duplicate: u64| ReadFile {
        path: path.into(),
        channel: channel.into(),
        kind: kind.into(),
        sha256: format!("{:064x}", u128::from(read) * 7_919 + u128::from(path.len() as u64)),
        bytes: read * 96,
        read,
        accepted: read - rejected - duplicate,
        rejected,
        duplicate,
    };
    vec![
        file("amazon/all_orders_2026-02.txt", "amazon", "orders", 12_408, 0, 312),
        file("amazon/settlement_2026-02-14.txt", "amazon", "settlement", 3_904, 0, 0),
        file("shopify/inventory_export.csv", "shopify", "inventory", 18, 0, 0),
        file("shopify/orders_export_1.csv", "shopify", "orders", 8_243, 3, 0),
        file("tiktok/all_order-2026-02.csv", "tiktok", "orders", 1_377, 0, 0),
        file("truth/stock_movements.csv", "", "stock_movements", 31_220, 0, 0),
        file("truth/sync_events.csv", "", "sync_events", 58_114, 0, 0),
    ]
}

fn checks() -> Vec<CheckOutcome> {
    let check = |name: &str, summary: &str, is_error: bool, offending_rows: u64, example: Option<&str>| CheckOutcome {
        name: name.into(),
        summary: summary.into(),
        level: if is_error { Level::Error } else { Level::Warn },
        outcome: if offending_rows > 0 { Outcome::Failed } else { Outcome::Passed },
        lacking: Vec::new(),
        offending_rows,
        example: example.map(str::to_owned),
    };
    vec![
        check("check_bundle_parts", "bundles with a part that is no product.", false, 0, None),
        check("check_costs_known", "SKUs that sold and have no cost.", false, 1, Some("APRON-LINEN, 14 units")),
        check("check_order_totals", "orders whose lines do not add up to their total.", true, 0, None),
        check("check_refund_not_above_sale", "orders that were paid back for more units than they had.", true, 0, None),
        check(
            "check_settlement_sum",
            "settlements whose lines do not add up to what was paid out.",
            true,
            1,
            Some("amazon 18830522, short by 41.20"),
        ),
        check("check_stock_balance", "where movements do not add up to the last count.", true, 0, None),
        check("check_sync_duplicates", "updates that reached a channel a second time.", false, 0, None),
    ]
}

const PNL: &[(&str, Kind)] = &[
    ("month", Text),
    ("channel", Text),
    ("currency", Text),
    ("orders", Integer),
    ("units", Integer),
    ("gross_sales", Money),
    ("discounts", Money),
    ("refunds", Money),
    ("net_sales", Money),
    ("shipping_charged", Money),
    ("referral_fees", Money),
    ("fulfilment_fees", Money),
    ("payment_fees", Money),
    ("storage_fees", Money),
    ("other_fees", Money),
    ("shipping_paid", Money),
    ("advertising", Money),
    ("return_costs", Money),
    ("reimbursements", Money),
    ("cost_of_goods", Money),
    ("contribution", Money),
    ("contribution_rate", Rate),
    ("settled_share", Rate),
];

/// Twelve months by channel, or one month by SKU with what belongs to none.
fn profit(by_sku: bool) -> Rows {
    let name = if by_sku { "pnl_by_sku" } else { "pnl_by_channel" };
    let column = |(name, kind): &(&'static str, Kind)| Column { name, kind: *kind, nullable: true };
    let mut columns: Vec<Column> = PNL.iter().map(column).collect();
    if by_sku {
        columns.insert(2, Column { name: "sku", kind: Text, nullable: true });
    }
    let mut builder = RowsBuilder::new(name, columns);
    for index in 0..12 {
        let month = types::Month::new(2025 + (index + 2) / 12, ((index + 2) % 12 + 1) as u32).unwrap().to_string();
        for (channel, weight) in CHANNELS {
            let season = 1.0 + 0.25 * (TAU * f64::from(index) / 12.0).sin() + if index == 9 { 0.5 } else { 0.0 };
            let sales = types::Money::from_cents((9_480_000.0 * weight * season) as i64);
            let skus: Vec<Option<&str>> =
                if by_sku { vec![Some("(unallocated)"), Some("MUG-BLUE")] } else { vec![None] };
            for sku in skus {
                let sales = if sku == Some("(unallocated)") { types::Money::ZERO } else { sales };
                builder.push(statement(&month, channel, sku, sales));
            }
        }
    }
    builder.finish()
}

fn statement(month: &str, channel: &str, sku: Option<&str>, sales: types::Money) -> Vec<Cell> {
    let part = |millionths: i64| sales.at_rate(types::Rate::from_millionths(millionths));
    let is_amazon = channel == "amazon";
    let (discounts, refunds) = (part(41_000), part(28_000));
    let net = sales - discounts - refunds;
    let shipping = if is_amazon { types::Money::ZERO } else { part(31_000) };
    let referral = if is_amazon {
        part(150_000)
    } else if channel == "tiktok" {
        part(60_000)
    } else {
        types::Money::ZERO
    };
    let fulfilment = if is_amazon { part(118_000) } else { types::Money::ZERO };
    let payment = if is_amazon { types::Money::ZERO } else { part(29_000) };
    let storage =
        if is_amazon && sku != Some("MUG-BLUE") { types::Money::from_cents(84_212) } else { types::Money::ZERO };
    let paid = if is_amazon { types::Money::ZERO } else { part(if channel == "tiktok" { 210_000 } else { 92_000 }) };
    let advertising = if channel == "wholesale" {
        types::Money::ZERO
    } else {
        part(if channel == "tiktok" { 201_000 } else { 64_000 })
    };
    let returns = part(9_000);
    let back = if is_amazon { part(3_000) } else { types::Money::ZERO };
    let goods = part(if channel == "wholesale" { 640_000 } else { 388_000 });
    let contribution =
        net + shipping + back - referral - fulfilment - payment - storage - paid - advertising - returns - goods;
    let rate = if net.is_zero() { None } else { Some(types::Rate::from_f64(contribution.to_f64() / net.to_f64())) };
    let orders = (sales.to_f64() / 61.0) as i64;
    let mut cells: Vec<Cell> = vec![month.into(), channel.into()];
    cells.extend(sku.map(Cell::from));
    cells.extend([Cell::from("USD"), orders.into(), (orders * 3 / 2).into()]);
    cells.extend(
        [
            sales,
            discounts,
            refunds,
            net,
            shipping,
            referral,
            fulfilment,
            payment,
            storage,
            types::Money::ZERO,
            paid,
            advertising,
            returns,
            back,
            goods,
            contribution,
        ]
        .map(Cell::from),
    );
    cells.push(rate.into());
    cells.push(types::Rate::from_millionths(if is_amazon { 923_000 } else { 780_000 }).into());
    cells
}

/// Units of a SKU on a day: level, week, season and a little of what looks like chance.
fn units(sku: usize, day: types::Day) -> f64 {
    let level = 14.0 / (1.0 + sku as f64 * 0.55);
    let week = if day.weekday() >= 4 { 1.3 } else { 0.9 };
    let year = 1.0 + 0.35 * (TAU * f64::from(day.days()) / 365.25).cos();
    let noise = f64::from((day.days() * 7_919 + sku as i32 * 104_729).rem_euclid(997)) / 997.0;
    level * week * year * (0.45 + 1.1 * noise)
}

fn demand() -> Rows {
    let columns = [
        ("day", Day),
        ("channel", Text),
        ("sku", Text),
        ("units", Integer),
        ("censored", Flag),
        ("promotion", Flag),
        ("outlier", Flag),
    ];
    let mut builder =
        RowsBuilder::new("demand_daily", columns.map(|(name, kind)| Column { name, kind, nullable: true }));
    for days_ago in (0..140).rev() {
        let day = day("2026-02-28").plus(-days_ago);
        for (channel, weight) in CHANNELS {
            for (index, sku) in SKUS.iter().enumerate() {
                let count = (units(index, day) * weight * 1.6).round() as i64;
                builder.push([
                    day.into(),
                    channel.into(),
                    (*sku).into(),
                    count.into(),
                    false.into(),
                    false.into(),
                    false.into(),
                ]);
            }
        }
    }
    builder.finish()
}

const QUANTILES: [&str; 7] = ["mean", "p50", "p80", "p90", "p95", "p975", "p99"];
const NORMAL: [f64; 7] = [0.0, 0.0, 0.8416, 1.2816, 1.6449, 1.96, 2.3263];

fn forecast() -> Rows {
    let mut columns = vec![("sku", Text), ("channel", Text), ("day", Day)];
    columns.extend(QUANTILES.map(|name| (name, Real)));
    let mut builder =
        RowsBuilder::new("forecast", columns.into_iter().map(|(name, kind)| Column { name, kind, nullable: true }));
    for (index, sku) in SKUS.iter().enumerate() {
        for ahead in 1..=56 {
            let day = day("2026-02-28").plus(ahead);
            let week = if day.weekday() >= 4 { 1.3 } else { 0.9 };
            let mean = 22.0 / (1.0 + index as f64 * 0.55) * week * 1.05;
            let mut cells: Vec<Cell> = vec![(*sku).into(), "*".into(), day.into()];
            let deviation = (mean * 2.2).sqrt() * (1.0 + f64::from(ahead) / 80.0);
            cells.extend(NORMAL.map(|z| Cell::from(mean + z * deviation)));
            builder.push(cells);
        }
    }
    builder.finish()
}

fn lead_time() -> Rows {
    let mut columns = vec![("sku", Text), ("channel", Text), ("days", Integer)];
    columns.extend(QUANTILES.map(|name| (name, Real)));
    let mut builder = RowsBuilder::new(
        "lead_time_demand",
        columns.into_iter().map(|(name, kind)| Column { name, kind, nullable: true }),
    );
    for (index, sku) in SKUS.iter().enumerate().skip(1) {
        let mean = 22.0 / (1.0 + index as f64 * 0.55) * 21.0;
        let mut cells: Vec<Cell> = vec![(*sku).into(), "*".into(), 21_i64.into()];
        cells.extend(NORMAL.map(|z| Cell::from(mean + z * (mean * 2.0).sqrt())));
        builder.push(cells);
    }
    builder.finish()
}

const ALERTS: &[(&str, Kind)] = &[
    ("rule", Text),
    ("subject", Text),
    ("value", Text),
    ("threshold", Text),
    ("since", Timestamp),
    ("money", Money),
    ("hint", Text),
    ("owner", Text),
    ("due_at", Timestamp),
    ("playbook", Text),
    ("currency", Text),
];
const ALERT_ROWS: &str = "
drift | amazon at amazon: VASE-L | 31 for 40 | 5 units apart | 2026-02-27T02:15 | 412.20 | missing event: the last two updates failed with `rate_limit` | operations | 2026-02-27T06:15 | push the right count again; follow the cause; count if unexplained |
oversell | tiktok order 578211904 line 1: MUG-BLUE | 3 units | 0 units | 2026-02-27T20:41 | 186.00 | 3 units sold in the 42 minutes that the channel still showed 6; a hold-back of 4 would have refused it | operations | 2026-02-27T21:41 | find other stock; expedite, or cancel with an offer; find the root cause; adjust the buffer |
oversell | shopify order #20418 line 1: LAMP-OAK | 1 unit | 0 units | 2026-02-26T15:20 | 94.00 | the count was late by 18 minutes; a hold-back of 1 would have refused it | operations | 2026-02-26T16:20 | find other stock; expedite, or cancel with an offer; find the root cause; adjust the buffer |
price breach | tiktok: LAMP-ASH price | 69.00 | 75.05 | 2026-02-28T22:00 | 6.05 | below anchor (edited) | pricing | 2026-03-01T02:00 | correct the price; keep the evidence; update the price matrix | USD
silent channel | wholesale | silent for 38 hours | an update whenever stock changes | 2026-02-27T16:00 | | list nothing there that the pool holds few of until the feed is back | integrations | 2026-02-27T17:00 | freeze low-stock listings there; restart the feed; push all counts |
check | check_settlement_sum | 1 row | no row (error) | | | settlement lines that do not add up to the payout; first: amazon 18830522 | operations | | open the query's rows; correct the source; ingest again |
";
const DRIFT: &[(&str, Kind)] = &[
    ("channel", Text),
    ("sku", Text),
    ("location", Text),
    ("reported_at", Timestamp),
    ("reported", Integer),
    ("expected", Integer),
    ("gap", Integer),
    ("cause", Text),
    ("cause_units", Integer),
    ("direction", Text),
    ("first_seen", Timestamp),
    ("age_hours", Real),
    ("alert", Flag),
];
const DRIFT_ROWS: &str = "
amazon | VASE-L | amazon | 2026-02-28T06:15 | 31 | 40 | -9 | missing event | -9 | lost sales | 2026-02-27T02:15 | 28.0 | true
shopify | BOWL-SAND | main | 2026-02-28T06:00 | 18 | 17 | 1 | unexplained | 1 | oversell risk | 2026-02-28T06:00 | 0.2 | false
shopify | CANDLE-FIG | main | 2026-02-28T06:00 | 84 | 79 | 5 | manual adjustment | 5 | oversell risk | 2026-02-26T18:00 | 36.2 | false
tiktok | MUG-BLUE | main | 2026-02-28T06:10 | 18 | 11 | 7 | delayed update | 6 | oversell risk | 2026-02-28T05:28 | 0.9 | true
tiktok | TRAY-WALNUT | main | 2026-02-28T06:10 | 22 | 24 | -2 | pending reservations | -2 | lost sales | 2026-02-28T06:10 | 0.1 | false
wholesale | PLATE-SAND-4 | main | 2026-02-28T04:00 | 140 | 128 | 12 | duplicate event | 12 | oversell risk | 2026-02-25T04:00 | 74.0 | true
";
const DRIFT_CAUSES: &[(&str, Kind)] =
    &[("channel", Text), ("sku", Text), ("location", Text), ("cause", Text), ("units", Integer), ("evidence", Text)];
const DRIFT_CAUSE_ROWS: &str = "
amazon | VASE-L | amazon | missing event | -9 | events 40118 and 40131 failed with rate_limit on 27 Feb
shopify | BOWL-SAND | main | unexplained | 1 |
shopify | CANDLE-FIG | main | manual adjustment | 5 | Dana set +5 on 26 Feb, no reason given
tiktok | MUG-BLUE | main | delayed update | 6 | was right 42 minutes earlier
tiktok | MUG-BLUE | main | manual adjustment | 1 | +1 by hand on 28 Feb
tiktok | TRAY-WALNUT | main | pending reservations | -2 | order 578211988 is not in the book yet
wholesale | PLATE-SAND-4 | main | duplicate event | 12 | event 39877 was applied twice
";
const OVERSELLS: &[(&str, Kind)] = &[
    ("channel", Text),
    ("order_id", Text),
    ("line_id", Text),
    ("sku", Text),
    ("ordered_at", Timestamp),
    ("units", Integer),
    ("listed_then", Integer),
    ("available_then", Integer),
    ("cause", Text),
    ("smallest_holdback", Integer),
    ("evidence", Text),
];
const OVERSELL_ROWS: &str = "
shopify | #20418 | 1 | LAMP-OAK | 2026-02-26T15:20 | 1 | 1 | 0 | sync delay | 1 | the count of 0 reached shopify 18 minutes after the order
tiktok | 578211871 | 1 | MUG-BLUE | 2026-02-14T19:05 | 2 | 4 | 0 | sync delay | 3 | two updates were on their way, 42 minutes late
tiktok | 578211904 | 1 | MUG-BLUE | 2026-02-27T20:41 | 3 | 6 | 0 | sync delay | 4 | two updates were on their way, 42 minutes late
tiktok | 577900112 | 2 | VASE-S | 2026-01-10T20:41 | 1 | | 0 | sync failure | 2 | event 31877 failed with rate_limit
";
const BALANCE: &[(&str, Kind)] = &[
    ("sku", Text),
    ("location", Text),
    ("opening", Integer),
    ("receipts", Integer),
    ("shipments", Integer),
    ("returns", Integer),
    ("adjustments", Integer),
    ("damage", Integer),
    ("expected", Integer),
    ("closing", Integer),
    ("missing", Integer),
    ("first_break_at", Timestamp),
];
const BALANCE_ROWS: &str = "
CANDLE-FIG | main | 120 | 240 | -290 | 9 | 0 | -1 | 78 | 84 | -6 | 2026-02-26T18:00
MUG-BLUE | main | 200 | 400 | -600 | 12 | -1 | 0 | 11 | 11 | 0 |
";
const STOCK: &[(&str, Kind)] = &[("sku", Text), ("location", Text), ("on_hand", Integer)];
const LATENCY: &[(&str, Kind)] = &[
    ("channel", Text),
    ("class", Text),
    ("events", Integer),
    ("p50_s", Real),
    ("p95_s", Real),
    ("p99_s", Real),
    ("max_s", Real),
    ("failures", Integer),
    ("uptime", Rate),
    ("silent_since", Timestamp),
];
const LATENCY_ROWS: &str = "
amazon | * | 8120 | 420 | 1510 | 2900 | 7200 | 41 | 0.994951 |
shopify | * | 21877 | 12 | 64 | 180 | 1440 | 8 | 0.999634 |
tiktok | * | 19020 | 340 | 4210 | 9800 | 31000 | 212 | 0.988854 |
wholesale | * | 904 | 3600 | 14400 | 28800 | 86400 | 2 | 0.997788 | 2026-02-27T16:00
";
const BUFFERS: &[(&str, Kind)] = &[
    ("sku", Text),
    ("channel", Text),
    ("run", Text),
    ("as_of", Day),
    ("pool", Text),
    ("current_buffer", Integer),
    ("listing_holdback", Integer),
    ("cover_target", Integer),
    ("listed_quantity", Integer),
    ("pause_below", Integer),
    ("promo_reserve", Integer),
    ("sync_tier", Text),
    ("change", Integer),
    ("action", Text),
    ("rule", Text),
    ("confidence", Text),
    ("reason", Text),
    ("valid_until", Day),
    ("policy_version", Text),
    ("is_change", Flag),
    ("needs_review", Flag),
];
const BUFFER_ROWS: &str = "
BOWL-SAND | shopify | r | 2026-02-28 | main | 2 | 1 | 88 | 16 | | 0 | near-time | -1 | publish | global | high | Sells 0.4 units a day and updates arrive within a minute: 1 unit covers the lag. | 2026-03-07 | c41d0b7e | true | false
CANDLE-CEDAR | tiktok | r | 2026-02-28 | main | | 3 | 60 | 21 | 20 | 0 | real-time | | hold | channel tiktok | low | No buffer is known today; 3 units cover 70 minutes at the peak of 2.1 an hour. | 2026-03-07 | c41d0b7e | false | false
CANDLE-FIG | shopify | r | 2026-02-28 | main | 3 | 3 | 110 | 76 | | 0 | real-time | 0 | hold | global | high | The 3 units held back still cover the lag. | 2026-03-07 | c41d0b7e | false | false
LAMP-OAK | shopify | r | 2026-02-28 | main | 0 | 1 | 40 | 6 | | 0 | real-time | 1 | publish | global | medium | One oversell in 30 days; 1 unit would have prevented it. | 2026-03-07 | c41d0b7e | true | false
MUG-BLUE | amazon | r | 2026-02-28 | amazon | 4 | 7 | 230 | 45 | | 0 | near-time | 3 | publish | channel amazon | high | Sells 1.9 units a day, 1.1 in the busiest 42 minutes; with factor 2.0 hold back 7 of 52 units. | 2026-03-07 | c41d0b7e | true | false
MUG-BLUE | tiktok | r | 2026-02-28 | main | 2 | 9 | 180 | 2 | 20 | 4 | real-time | 7 | approve | sku MUG-BLUE | high | Two oversells in a flash sale; updates need 70 minutes in which up to 9 units sold. | 2026-03-07 | c41d0b7e | true | true
PLATE-SAND-4 | wholesale | r | 2026-02-28 | main | 24 | 12 | 400 | 116 | | 0 | batch | -12 | publish | global | high | Orders are few and large: the largest in one lag was 12 units. | 2026-03-07 | c41d0b7e | true | false
";
const LOSING: &[(&str, Kind)] = &[
    ("channel", Text),
    ("sku", Text),
    ("units", Integer),
    ("net_sales", Money),
    ("contribution", Money),
    ("per_unit", Money),
    ("tipped_by", Text),
];
const LOSING_ROWS: &str = "
amazon | VASE-L | 61 | 1482.30 | -203.14 | -3.33 | fulfilment_fees
tiktok | THROW-WOOL-RUST | 74 | 2738.00 | -512.40 | -6.92 | advertising
tiktok | HOOK-BRASS | 212 | 1908.00 | -87.60 | -0.41 | shipping_paid
";
const SETTLEMENTS: &[(&str, Kind)] = &[
    ("channel", Text),
    ("settlement_id", Text),
    ("total", Money),
    ("lines_sum", Money),
    ("difference", Money),
    ("orders", Integer),
    ("unmatched_orders", Integer),
];
const SETTLEMENT_ROWS: &str = "
amazon | 18830522 | 18371.70 | 18412.90 | -41.20 | 402 | 3
amazon | 18790110 | 17940.02 | 17940.02 | 0.00 | 391 | 0
shopify | 99120031 | 9120.55 | 9120.55 | 0.00 | 188 | 0
";
const UNMATCHED: &[(&str, Kind)] = &[
    ("side", Text),
    ("channel", Text),
    ("order_id", Text),
    ("line", Text),
    ("kind", Text),
    ("amount", Money),
    ("age_days", Integer),
    ("reason", Text),
];
const UNMATCHED_ROWS: &str = "
settlement | tiktok | 577811200 | | sale | 74.00 | 33 | delivered, but in no settlement for 33 days
orders | amazon | 113-5512031-8841022 | 117 | referral_fee | 11.10 | 16 | the order is in no export
";
const REPLENISHMENT: &[(&str, Kind)] = &[
    ("sku", Text),
    ("pool", Text),
    ("on_hand", Integer),
    ("inbound", Integer),
    ("cover_days", Real),
    ("reorder_point", Integer),
    ("order_up_to", Integer),
    ("propose_units", Integer),
    ("money_tied_up", Money),
    ("sells_out_on", Day),
    ("unit_cost", Money),
    ("order_cost", Money),
    ("lead_time_days", Integer),
];
const REPLENISHMENT_ROWS: &str = "
CANDLE-FIG | main | 84 | 0 | 13.2 | 110 | 320 | 240 | 604.80 | 2026-03-13 | 7.20 | 1728.00 | 14
MUG-BLUE | amazon | 52 | 100 | 27.4 | 60 | 120 | 0 | 296.40 | 2026-03-27 | 5.70 | 0.00 | 14
MUG-BLUE | main | 11 | 0 | 1.9 | 180 | 410 | 400 | 62.70 | 2026-03-01 | 5.70 | 2280.00 | 14
APRON-LINEN | main | 60 | 0 | | 20 | 50 | 12 | | | | | 14
";
const ACCURACY: &[(&str, Kind)] = &[
    ("sku", Text),
    ("model", Text),
    ("class", Text),
    ("mase", Real),
    ("rmsse", Real),
    ("wape", Real),
    ("bias", Real),
    ("coverage_95", Real),
    ("naive_mase", Real),
];
const ACCURACY_ROWS: &str = "
CANDLE-FIG | weekly smoothing | smooth | 0.71 | 0.78 | 0.24 | 0.02 | 0.947 | 1.02
HOOK-BRASS | croston-sba | intermittent | 0.88 | 0.91 | 0.61 | -0.05 | 0.962 | 1.10
MUG-BLUE | weekly smoothing | smooth | 0.64 | 0.70 | 0.19 | 0.01 | 0.951 | 1.00
VASE-L | croston-sba | lumpy | 1.14 | 1.20 | 0.83 | 0.12 | 0.903 | 1.08
APRON-LINEN | category level | new | | | | | |
";
const REJECTS: &[(&str, Kind)] = &[
    ("source_file", Text),
    ("source_line", Integer),
    ("column", Text),
    ("code", Text),
    ("reason", Text),
    ("text", Text),
];
const REJECT_ROWS: &str = "
shopify/orders_export_1.csv | 4187 | Total | amount | `Total` is not an amount such as `1,249.00` | 1.249,00
shopify/orders_export_1.csv | 4188 | Total | amount | `Total` is not an amount such as `1,249.00` | 1.019,00
shopify/orders_export_1.csv | 6002 | Created at | date | the date lies in the future | 2062-02-11 09:14:00 -0500
";
const PRICES: &[(&str, Kind)] = &[
    ("channel", Text),
    ("sku", Text),
    ("field", Text),
    ("anchor", Money),
    ("seen", Money),
    ("since", Timestamp),
    ("rule", Text),
    ("state", Text),
    ("allowed", Money),
];
const PRICE_ROWS: &str = "
tiktok | LAMP-ASH | price | 79.00 | 69.00 | 2026-02-28T22:00 | below anchor | edited | 75.05
";
const SCORECARD: &[(&str, Kind)] = &[
    ("channel", Text),
    ("contribution", Money),
    ("oversells", Integer),
    ("drift_units", Integer),
    ("latency_p95_s", Real),
    ("interventions", Integer),
    ("error_cost", Money),
    ("verdict", Text),
];
const SCORECARD_ROWS: &str = "
amazon | 5210.10 | 0 | 9 | 1510 | 1 | 120.00 | healthy
shopify | 11840.90 | 1 | 6 | 64 | 3 | 94.00 | healthy
tiktok | -310.44 | 2 | 9 | 4210 | 9 | 612.00 | loses money
wholesale | 2204.00 | 0 | 12 | 14400 | 0 | 0.00 | healthy
";
const REPLAY: &[(&str, Kind)] = &[
    ("model", Text),
    ("channel", Text),
    ("oversold_units", Integer),
    ("lost_units", Integer),
    ("hidden_units", Integer),
    ("stranded_units", Integer),
    ("oversell_cost", Money),
    ("lost_margin", Money),
];
const REPLAY_ROWS: &str = "
as it was | tiktok | 6 | 0 | 240 | 12 | 372.00 | 0.00
quantile | tiktok | 0 | 2 | 610 | 14 | 0.00 | 21.40
rule of thumb | tiktok | 1 | 3 | 820 | 20 | 62.00 | 33.10
flat 5 | tiktok | 2 | 9 | 1400 | 61 | 124.00 | 98.00
";

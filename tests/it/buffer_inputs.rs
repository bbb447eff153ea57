//! Gathering: what the lake and the other stages tell becomes the input of every listing.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use trueup::buffer::{Ask, ListingInput, Overrides, PromotionState, Sources, listings, recommend};
use trueup::config::Settings;
use trueup::demand::Demand;
use trueup::drift::{CauseUnits, Drift, DriftCause, Drifts, Latency, measure};
use trueup::forecast::{ForecastOptions, Forecasts, forecast};
use trueup::lake::{Cell, Rows};
use trueup::ledger::{Ledger, Pools, StockFacts, StockIndex};
use trueup::pnl::Pnl;
use trueup::query::{Marts, RunParameters};
use trueup::types::{Channel, Currency, Day, Sku, Timestamp};

use crate::ledger::TableOf;

const SHOP: &str = r#"
[shop]
name = "Harbour & Pine"
currency = "USD"
time-zone = "UTC"

[channel.shopify]

[channel.tiktok]
tier = 3

[channel.amazon]
fulfilled-by-channel = true

[class.hero]
risk-factor = 2.0
"#;

fn as_of() -> Day {
    "2026-02-28".parse().unwrap()
}

/// So many hours after the end of the run's day.
fn hours(count: i64) -> Timestamp {
    as_of().plus(1).start_utc().plus_seconds(count * 3600)
}

/// 60 days: three units a day in the own store, one on TikTok Shop, all at eight in the evening.
fn orders() -> Rows {
    let mut table = TableOf::named("order_lines");
    for day in 0..60 {
        for (channel, units) in [("shopify", 3), ("tiktok", 1)] {
            let at = hours(-24 * (60 - day) + 20);
            table = table.row(&[
                ("channel", channel.into()),
                ("order_id", format!("{channel}-{day}").into()),
                ("ordered_at", at.into()),
                ("order_day", as_of().plus(day as i32 - 59).into()),
                ("sku", "MUG".into()),
                ("quantity", Cell::Integer(units)),
                ("status", "completed".into()),
                ("fulfilment", "seller".into()),
                ("currency", "USD".into()),
            ]);
        }
    }
    table.rows()
}

fn stock() -> Rows {
    let counted = |table: TableOf, location: &str, on_hand: i64, reserved: i64| {
        table.row(&[
            ("sku", "MUG".into()),
            ("location", location.into()),
            ("at", hours(-2).into()),
            ("stock_day", as_of().into()),
            ("on_hand", Cell::Integer(on_hand)),
            ("reserved", Cell::Integer(reserved)),
            ("inbound", Cell::Integer(30)),
        ])
    };
    counted(TableOf::named("stock"), "main", 60, 8).rows()
}

fn reports() -> Rows {
    let mut table = TableOf::named("channel_stock");
    for (channel, hour, listed) in [("shopify", -5, 9), ("shopify", -3, 47), ("amazon", -3, 21)] {
        table = table.row(&[
            ("channel", channel.into()),
            ("channel_sku", "MUG".into()),
            ("location", "main".into()),
            ("sku", "MUG".into()),
            ("reported_at", hours(hour).into()),
            ("reported_day", as_of().into()),
            ("listed", Cell::Integer(listed)),
        ]);
    }
    table.rows()
}

/// Thirty updates of the own store: 29 in a minute, one in ten.
fn events() -> Rows {
    let mut table = TableOf::named("sync_events");
    for number in 0..30 {
        let lag = if number == 7 { 600 } else { 60 };
        table = table.row(&[
            ("channel", "shopify".into()),
            ("sku", "MUG".into()),
            ("source_at", hours(-40 - number).into()),
            ("source_day", as_of().plus(-2).into()),
            ("reflected_at", hours(-40 - number).plus_seconds(lag).into()),
            ("quantity", Cell::Integer(50)),
            ("result", "ok".into()),
        ]);
    }
    table.rows()
}

fn products() -> Rows {
    TableOf::named("products")
        .row(&[("sku", "MUG".into()), ("class", "hero".into()), ("lead_time_days", Cell::Integer(7))])
        .rows()
}

fn sku_map() -> Rows {
    let mut table = trueup::query::SKU_MAP.builder();
    for channel in ["shopify", "tiktok", "amazon"] {
        table.push([
            channel.into(),
            "MUG".into(),
            "MUG".into(),
            "sku".into(),
            as_of().plus(-999).into(),
            as_of().plus(999).into(),
        ]);
    }
    table.finish()
}

fn base() -> Vec<Rows> {
    let settings = settings();
    vec![orders(), stock(), reports(), events(), products(), sku_map(), trueup::catalog::channels(&settings)]
}

fn settings() -> Settings {
    Settings::parse(Path::new("trueup.toml"), Path::new("."), SHOP).unwrap()
}

/// What the other stages find in the shop; worked out once, since they take most of the time.
struct Stages {
    stock: StockFacts,
    ledger: Ledger,
    latencies: Vec<Latency>,
    demand: Demand,
    forecasts: Forecasts,
    pnl: Pnl,
}

static STAGES: LazyLock<Stages> = LazyLock::new(|| {
    let settings = settings();
    let marts = Marts::in_memory(base(), RunParameters::new(as_of(), Currency::USD)).unwrap();
    let stock = StockFacts::read(&marts).unwrap();
    let index = StockIndex::new(&stock).unwrap();
    let ledger = Ledger::build(&index, &Pools::of_settings(&settings));
    let latencies = measure(&index, &settings);
    let mut demand = trueup::demand::read(&marts, &settings).unwrap();
    let forecasts = forecast(&mut demand, &ForecastOptions::default());
    let pnl = trueup::pnl::statements(&trueup::pnl::read(&marts).unwrap(), &settings);
    Stages { stock, ledger, latencies, demand, forecasts, pnl }
});

fn gathered(more: Vec<Rows>, drifts: &Drifts, published: Option<i64>) -> Vec<ListingInput> {
    let tables = base().into_iter().chain(more).collect();
    let marts = Marts::in_memory(tables, RunParameters::new(as_of(), Currency::USD)).unwrap();
    let published = published.map_or_else(BTreeMap::new, |units| {
        settings().channels.into_iter().map(|channel| ((Sku::new("MUG"), channel.name), units)).collect()
    });
    listings(&Sources {
        settings: &settings(),
        marts: &marts,
        ledger: &STAGES.ledger,
        drifts,
        latencies: &STAGES.latencies,
        demand: &STAGES.demand,
        forecasts: &STAGES.forecasts,
        pnl: &STAGES.pnl,
        orders: &STAGES.stock.orders,
        overrides: &Overrides::read(&marts.table("overrides").unwrap(), &settings(), as_of(), hours(0)).unwrap(),
        published: &published,
        as_of: as_of(),
        as_of_end: hours(0),
    })
    .unwrap()
}

fn on<'a>(inputs: &'a [ListingInput], channel: &str) -> &'a ListingInput {
    inputs.iter().find(|input| input.channel.as_str() == channel).unwrap()
}

fn promotion(channel: &str, from: i64, kind: &str) -> Rows {
    TableOf::named("promotions")
        .row(&[
            ("channel", channel.into()),
            ("sku", "MUG".into()),
            ("from", hours(from).into()),
            ("until", hours(from + 72).into()),
            ("kind", kind.into()),
            ("reserved_units", Cell::Integer(25)),
        ])
        .rows()
}

#[test]
fn every_listing_that_sold_or_was_reported_is_gathered() {
    let inputs = gathered(Vec::new(), &Drifts::default(), Some(6));
    let keys: Vec<&str> = inputs.iter().map(|input| input.channel.as_str()).collect();
    assert_eq!(keys, ["amazon", "shopify", "tiktok"]);
    let own = on(&inputs, "shopify");
    assert_eq!((own.pool.available, own.pool.inbound), (Some(52), 30));
    assert_eq!((own.present.buffer, own.present.listed), (Some(6), Some(47)), "the newest report counts");
    assert_eq!(own.product_class.as_deref(), Some("hero"));
    assert_eq!(own.lead_time.days, Some(7));
    assert!((own.demand.own_units_per_day - 3.0).abs() < 0.1, "{:?}", own.demand);
    assert!((own.demand.pool_units_per_day - 4.0).abs() < 0.1, "{:?}", own.demand);
    assert_eq!(own.lag.seconds, Some(60.0), "the 95th percentile of 29 quick updates and one slow one");
    assert_eq!(on(&inputs, "tiktok").lag.seconds, None, "nothing was measured there");
}

#[test]
fn the_peak_is_the_evening_in_which_everything_sells() {
    let inputs = gathered(Vec::new(), &Drifts::default(), None);
    let input = on(&inputs, "shopify");
    let mean = input.demand.pool_units_per_day / 1440.0;
    // 240 units at eight and ten of prior in each hour: 250 of 480, against one twenty-fourth.
    assert!((input.demand.peak_units_in_lag.unwrap() / mean - 12.5).abs() < 1e-6);
}

#[test]
fn stock_at_the_channel_is_what_the_channel_shows_where_nobody_else_counts_it() {
    let inputs = gathered(Vec::new(), &Drifts::default(), None);
    assert_eq!(on(&inputs, "amazon").pool.available, Some(21));
}

#[test]
fn a_person_s_buffer_goes_before_what_was_published_while_it_holds() {
    let hold = |until: Day, channel: Cell| {
        TableOf::named("overrides")
            .row(&[
                ("at", hours(-30).into()),
                ("sku", "MUG".into()),
                ("channel", channel),
                ("field", "buffer".into()),
                ("value", "11".into()),
                ("owner", "ana".into()),
                ("until", until.into()),
            ])
            .rows()
    };
    let present = |rows: Rows, channel: &str| {
        let inputs = gathered(vec![rows], &Drifts::default(), Some(6));
        on(&inputs, channel).present.clone()
    };
    let held = present(hold(as_of(), "shopify".into()), "shopify");
    assert_eq!((held.buffer, held.number.unwrap().owner.as_deref()), (Some(11), Some("ana")));
    assert_eq!(present(hold(as_of(), "shopify".into()), "tiktok").buffer, Some(6));
    assert_eq!(present(hold(as_of(), Cell::Null), "tiktok").buffer, Some(11), "without a channel it holds on all");
    assert_eq!(present(hold(as_of().plus(-1), "shopify".into()), "shopify").buffer, Some(6), "it ended yesterday");
}

#[test]
fn the_most_particular_override_holds_and_of_equals_the_newest() {
    let rows = |written: &[(&str, i64, Cell, Cell, &str, &str)]| {
        let row = |table: TableOf, (id, at, sku, channel, field, value): &(&str, i64, Cell, Cell, &str, &str)| {
            table.row(&[
                ("override_id", (*id).into()),
                ("at", hours(*at).into()),
                ("sku", sku.clone()),
                ("channel", channel.clone()),
                ("field", (*field).into()),
                ("value", (*value).into()),
            ])
        };
        written.iter().fold(TableOf::named("overrides"), row).rows()
    };
    let decided = |written: &[(&str, i64, Cell, Cell, &str, &str)], channel: &str| {
        let present = on(&gathered(vec![rows(written)], &Drifts::default(), Some(6)), channel).present.clone();
        (present.number.map(|one| one.ask), present.showing.map(|one| one.ask), present.buffer)
    };
    let (every, mug) = (|| Cell::from(""), || Cell::from("MUG"));
    let shop_wide = ("1", -9, every(), Cell::from("shopify"), "pause", "");
    let number = ("2", -30, mug(), Cell::Null, "buffer", "11");
    let both = [shop_wide.clone(), number.clone()];
    assert_eq!(decided(&both, "shopify"), (Some(Ask::HoldBack(11)), Some(Ask::Pause), Some(11)), "side by side");
    assert_eq!(decided(&both, "tiktok"), (Some(Ask::HoldBack(11)), None, Some(11)));
    let exception = ("3", -40, mug(), Cell::from("shopify"), "pause", "no");
    assert_eq!(decided(&[shop_wide, exception], "shopify").1, Some(Ask::Resume), "older and more particular");
    let newer = ("4", -2, mug(), Cell::from("*"), "freeze", "");
    assert_eq!(decided(&[number.clone(), newer], "tiktok"), (Some(Ask::Freeze), None, Some(6)));
    assert_eq!(decided(&[number, ("5", 2, mug(), Cell::Null, "buffer", "1")], "tiktok").2, Some(11), "not yet made");
}

#[test]
fn a_promotion_marks_its_channel_and_keeps_units_from_the_others_of_its_pool() {
    let state = |from, kind, channel: &str| {
        let inputs = gathered(vec![promotion("tiktok", from, kind)], &Drifts::default(), None);
        let promotion = on(&inputs, channel).promotion;
        (promotion.state, promotion.reserved_elsewhere)
    };
    assert_eq!(state(48, "flash_sale", "tiktok"), (PromotionState::Planned, 0));
    assert_eq!(state(48, "flash_sale", "shopify"), (PromotionState::None, 25));
    assert_eq!(state(49, "flash_sale", "shopify"), (PromotionState::None, 0), "49 hours are too early");
    assert_eq!(state(0, "flash_sale", "tiktok").0, PromotionState::FlashSale);
    assert_eq!(state(-1, "coupon", "tiktok").0, PromotionState::Active);
    assert_eq!(state(-72, "coupon", "tiktok").0, PromotionState::None, "its end is the first instant without it");
    assert_eq!(state(0, "flash_sale", "amazon"), (PromotionState::None, 0), "another pool");
    // It has run for two days, on each of which TikTok Shop sold one unit.
    assert_eq!(state(-48, "coupon", "shopify").1, 23);
}

#[test]
fn only_what_nothing_explains_is_drift_to_fear() {
    let part = |cause, units| CauseUnits { cause, units, evidence: String::new() };
    let drift = Drift {
        channel: Channel::new("shopify"),
        sku: Sku::new("MUG"),
        location: "main".into(),
        channel_sku: "MUG".into(),
        reported_at: hours(-3),
        reported: 47,
        expected: 52,
        causes: vec![part(DriftCause::PendingReservations, -2), part(DriftCause::Unexplained, -3)],
        first_seen: hours(-3),
        age_hours: 3,
        alert: false,
    };
    let feared = |causes| {
        let drifts = Drifts { found: vec![Drift { causes, ..drift.clone() }], compared: 1, ..Drifts::default() };
        on(&gathered(Vec::new(), &drifts, None), "shopify").unexplained_drift_units
    };
    assert_eq!(feared(vec![part(DriftCause::PendingReservations, -2), part(DriftCause::Unexplained, 3)]), 3);
    assert_eq!(feared(drift.causes.clone()), 0, "a channel that shows too few oversells nothing");
}

#[test]
fn a_bundle_is_limited_by_its_components_and_sells_out_with_the_fastest() {
    let bundle = {
        let mut table = trueup::query::BUNDLE_PARTS.builder();
        let (before, changed) = (as_of().plus(-999), as_of().plus(-9));
        table.push(["SET".into(), "MUG".into(), Cell::Integer(5), before.into(), changed.plus(-1).into()]);
        table.push(["SET".into(), "MUG".into(), Cell::Integer(2), changed.into(), as_of().plus(9).into()]);
        table.finish()
    };
    let report = TableOf::named("channel_stock")
        .row(&[
            ("channel", "shopify".into()),
            ("channel_sku", "SET".into()),
            ("sku", "SET".into()),
            ("reported_at", hours(-3).into()),
            ("reported_day", as_of().into()),
            ("listed", Cell::Integer(20)),
        ])
        .rows();
    let inputs = gathered(vec![bundle, report], &Drifts::default(), None);
    let set = inputs.iter().find(|input| input.sku.as_str() == "SET").unwrap();
    assert_eq!(set.pool.available, Some(26));
    assert!((set.demand.pool_units_per_day - 2.0).abs() < 0.1, "{:?}", set.demand);
}

#[test]
fn what_is_gathered_can_be_recommended() {
    let inputs = gathered(Vec::new(), &Drifts::default(), None);
    let rows = recommend(&inputs, &settings(), "r1", as_of()).unwrap().rows;
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.listed_quantity.is_some()));
}

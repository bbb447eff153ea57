//! The forecast of whole shops, from files to figures: exports are written, ingested and read back as
//! a night does it, and what comes out is held against what was planted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::{ProptestConfig, prop, prop_assert_eq, proptest};
use trueup::catalog;
use trueup::config::Settings;
use trueup::demand::{self, Demand, ProductFacts};
use trueup::forecast::{
    ForecastOptions, Forecasts, Notes, Replenishment, State, Terms, Velocity, WindowUnits, forecast, lost_sales, peaks,
    propose, window_units,
};
use trueup::lake::Lake;
use trueup::ledger::{Ledger, Pools, StockFacts, StockIndex};
use trueup::query::{Marts, RunParameters};
use trueup::types::{Channel, Currency, Day, Money, Sku, Timestamp};

use crate::forecast::{history, stock};
use crate::ledger::TableOf;
use crate::project::{Project, said};

const AS_OF: Day = Day::from_days(20_512);
const DAYS: i32 = 120;
/// Days that a velocity looks back on.
const RECENT: i32 = 90;
const CHANNELS: [(&str, f64); 2] = [("web", 1.0), ("market", 0.6)];

pub(crate) const SETTINGS: &str = r#"
[shop]
currency = "EUR"
as-of = 2026-02-28

[channel.web]
kind = "other"
pool = "main"

[channel.market]
kind = "other"
pool = "main"

[mapping.web-orders]
channel = "web"
table = "order_lines"
columns = { order_id = "Web order", line_id = "Line", ordered_at = "Ordered", sku = "Item", quantity = "Units" }
constants = { currency = "EUR", status = "paid", fulfilment = "seller" }

[mapping.market-orders]
channel = "market"
table = "order_lines"
columns = { order_id = "Market order", line_id = "Line", ordered_at = "Ordered", sku = "Item", quantity = "Units" }
constants = { currency = "EUR", status = "paid", fulfilment = "seller" }
"#;

/// What the source of truth writes down.
#[derive(Clone, Copy, PartialEq)]
enum Books {
    /// Every movement, and a count a week.
    Movements,
    /// Every evening's count.
    NightlyCounts,
    /// A count a week and nothing else.
    WeeklyCounts,
}

/// Numbers from a fixed generator.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Knuth's Poisson draw; fit for small means.
    fn poisson(&mut self, mean: f64) -> usize {
        let (limit, mut product, mut count) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

/// A made-up product: it runs out when its first delivery is sold, and comes again weeks later.
struct Product {
    sku: String,
    rate: f64,
    /// Day of the shop's history by which the first delivery is expected to be sold.
    empty_from: i32,
    /// Day of the next delivery.
    back_on: i32,
}

fn products() -> Vec<Product> {
    let one = |index: i32| Product {
        sku: format!("SKU-{index:02}"),
        rate: 2.0 + f64::from(index) * 0.4,
        empty_from: DAYS - 78 + index * 5 % 30,
        back_on: DAYS - 78 + index * 5 % 30 + 24 + index * 7 % 18,
    };
    (0..16).map(one).collect()
}

/// The week has busy days; one on average.
fn of_weekday(day: Day) -> f64 {
    if day.weekday() >= 5 { 1.5 } else { 0.8 }
}

/// Everything the shop writes.
#[derive(Default)]
struct Files {
    orders: [String; 2],
    movements: String,
    counts: String,
    number: u32,
}

impl Files {
    fn movement(&mut self, at: Timestamp, sku: &str, kind: &str, quantity: i64, reference: &str) {
        self.number += 1;
        let (number, at) = (self.number, at.utc().to_rfc3339());
        writeln!(self.movements, "M{number},{at},{sku},main,{kind},{quantity},{reference}").unwrap();
    }
}

/// Sells one product through its history.
fn sell(product: &Product, dice: &mut Dice, books: Books, files: &mut Files) {
    let first = AS_OF.plus(1 - DAYS);
    let both: f64 = CHANNELS.iter().map(|(_, share)| share).sum();
    let (mut on_hand, mut to_ship) = ((product.rate * both * f64::from(product.empty_from)) as i64, 0);
    let (sku, opening) = (&product.sku, first.start_utc());
    writeln!(files.counts, "{sku},main,{},{on_hand},0", opening.utc().to_rfc3339()).unwrap();
    for place in 0..DAYS {
        let day = first.plus(place);
        let start = day.start_utc();
        if to_ship > 0 {
            files.movement(start.plus_seconds(6 * 3_600), sku, "shipment", -to_ship, "");
            on_hand -= to_ship;
            to_ship = 0;
        }
        let mut wishes: Vec<(i64, usize)> = Vec::new();
        for (channel, (_, share)) in CHANNELS.iter().enumerate() {
            let count = dice.poisson(product.rate * share * of_weekday(day));
            wishes.extend((0..count).map(|_| ((7.0 * 3_600.0 + dice.unit() * 60_000.0) as i64, channel)));
        }
        wishes.sort_unstable();
        let delivery = if place == product.back_on { 13 * 3_600 } else { i64::MAX };
        let mut delivered = false;
        for (second, channel) in wishes {
            if second > delivery && !delivered {
                (delivered, on_hand) = (true, on_hand + 5_000);
                files.movement(start.plus_seconds(delivery), sku, "receipt", 5_000, "");
            }
            if on_hand - to_ship > 0 {
                to_ship += 1;
                let at = start.plus_seconds(second);
                let order = format!("{}{sku}-{place}-{second}-{to_ship}", channel);
                writeln!(files.orders[channel], "{order},1,{},{sku},1", at.utc().to_rfc3339()).unwrap();
                files.movement(at, sku, "order", 1, &order);
            }
        }
        if delivery < i64::MAX && !delivered {
            on_hand += 5_000;
            files.movement(start.plus_seconds(delivery), sku, "receipt", 5_000, "");
        }
        if books == Books::NightlyCounts || day.weekday() == 6 {
            let at = start.plus_seconds(86_399).utc().to_rfc3339();
            writeln!(files.counts, "{sku},main,{at},{on_hand},{to_ship}").unwrap();
        }
    }
}

fn write_shop(folder: &Path, books: Books) {
    let mut files = Files::default();
    let mut dice = Dice(7);
    products().iter().for_each(|product| sell(product, &mut dice, books, &mut files));
    let write = |name: &str, header: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{header}\n{text}")).unwrap();
    };
    write("trueup.toml", "", SETTINGS);
    write("exports/web/orders.csv", "Web order,Line,Ordered,Item,Units", &files.orders[0]);
    write("exports/market/orders.csv", "Market order,Line,Ordered,Item,Units", &files.orders[1]);
    write("exports/truth/stock.csv", "sku,location,at,on_hand,reserved", &files.counts);
    if books == Books::Movements {
        let header = "movement_id,at,sku,location,kind,quantity,reference";
        write("exports/truth/stock_movements.csv", header, &files.movements);
    }
}

/// The marts of a project that was ingested.
pub(crate) fn opened(folder: &Path) -> (Settings, Marts) {
    let settings = Settings::read(folder).unwrap();
    let snapshot = Lake::open(&settings.lake).unwrap().snapshot().unwrap();
    let marts = catalog::open(&settings, &snapshot, AS_OF).unwrap();
    (settings, marts)
}

/// Demand as a night reads it.
pub(crate) fn demand_of(settings: &Settings, marts: &Marts) -> Demand {
    let facts = StockFacts::read(marts).unwrap();
    let ledger = Ledger::build(&StockIndex::new(&facts).unwrap(), &Pools::of_settings(settings));
    let mut demand = demand::read(marts, settings).unwrap();
    demand.follow_book(settings.shop.time_zone, |sku, pool| {
        let account = ledger.account(sku.as_str(), pool).filter(|account| account.has_moved)?;
        Some(account.timeline.empty_spans())
    });
    demand
}

/// Sum over products and channels of how far the velocity and the forecast are off the planted rate.
fn errors(forecasts: &Forecasts) -> (f64, f64) {
    let recent: f64 = (0..RECENT).map(|back| of_weekday(AS_OF.plus(-back))).sum::<f64>() / f64::from(RECENT);
    let (mut velocity, mut ahead) = (0.0, 0.0);
    for product in products() {
        for (channel, share) in CHANNELS {
            let one = forecasts.get(&Sku::new(&product.sku), &Channel::new(channel)).unwrap();
            let rate = product.rate * share;
            velocity += (one.velocity.mean_per_day - rate * recent).abs();
            ahead += (one.mean.iter().sum::<f64>() / 28.0 - rate).abs();
        }
    }
    (velocity, ahead)
}

/// The same with and without the knowledge of stock-outs.
fn recovered_and_ignored(books: Books) -> [(f64, f64); 2] {
    let project = Project::empty();
    let folder = project.path("shop");
    write_shop(&folder, books);
    let ingest = project.trueup(&["ingest", "--project", "shop"]);
    assert!(ingest.status.success(), "{}", said(&ingest));
    let (settings, marts) = opened(&folder);
    let mut demand = demand_of(&settings, &marts);
    let short: f32 = demand.series.iter().flat_map(|series| &series.out_of_stock).sum();
    assert!(short > 16.0 * 2.0 * 15.0, "{short} days out of stock");
    let mut ignored = demand.clone();
    ignored.series.iter_mut().for_each(|series| series.out_of_stock.fill(0.0));
    let options = ForecastOptions::default();
    [errors(&forecast(&mut demand, &options)), errors(&forecast(&mut ignored, &options))]
}

/// The rate that stock-outs hid is recovered: from a book of movements or from counts, the error is at
/// most a third of what it is where days without stock count as days without demand.
#[test]
fn the_planted_rate_is_recovered_from_files() {
    for books in [Books::Movements, Books::NightlyCounts, Books::WeeklyCounts] {
        let [recovered, ignored] = recovered_and_ignored(books);
        assert!(recovered.0 * 3.0 < ignored.0, "velocity: {} and {}", recovered.0, ignored.0);
        assert!(recovered.1 * 3.0 < ignored.1, "forecast: {} and {}", recovered.1, ignored.1);
    }
}

fn settings(text: &str) -> Settings {
    let text = format!("[shop]\ncurrency = \"EUR\"\n{text}");
    Settings::parse(Path::new("trueup.toml"), Path::new("."), &text).unwrap()
}

/// Product `A` on two channels of pool `main`.
fn two_channels() -> Demand {
    crate::forecast::demand(vec![("A", "shopify", history(1, 120, 4.0)), ("A", "tiktok", history(2, 120, 2.0))])
}

fn proposed(demand: &mut Demand, on_hand: i64, terms: &Terms) -> Replenishment {
    let forecasts = forecast(demand, &ForecastOptions::default());
    propose(&forecasts, demand, &[stock(on_hand, 0)], |_| terms.clone()).remove(0)
}

#[test]
fn the_policy_of_the_sku_and_its_channels_sets_the_service_level() {
    let settings = settings(
        "[channel.shopify]\n[channel.tiktok]\n[channel.amazon]\nfulfilled-by-channel = true\n\
         [policy]\nservice-level = 0.9\n[channel.tiktok.policy]\nservice-level = 0.97\nlead-time-days = 21\n\
         [channel.amazon.policy]\ncover-days = 30\n[class.best]\nservice-level = 0.98\n[sku.B]\nservice-level = 0.8\n",
    );
    let mut demand = two_channels();
    let of = |demand: &Demand, sku: &str, pool: &str| {
        let place = trueup::forecast::PoolStock { sku: Sku::new(sku), pool: pool.to_owned(), ..stock(0, 0) };
        Terms::of_settings(&settings, demand, &place, &BTreeMap::new())
    };
    let a = of(&demand, "A", "main");
    assert_eq!((a.service_level, a.lead_time_days, a.cover_days), (0.97, 21, None), "the channel that asks for most");
    assert_eq!(of(&demand, "B", "main").service_level, 0.8, "the SKU's own table goes before its channels");
    assert_eq!(of(&demand, "A", "amazon").cover_days, Some(30));
    assert_eq!(of(&demand, "A", "nowhere").service_level, 0.9, "no channel draws on it");
    demand.products.insert(Sku::new("A"), ProductFacts { class: Some("best".into()), ..ProductFacts::default() });
    assert_eq!(of(&demand, "A", "main").service_level, 0.98);
    let with = |service_level| proposed(&mut two_channels(), 0, &Terms { service_level, ..Terms::default() });
    assert!(with(0.98).reorder_point > with(0.8).reorder_point);
}

#[test]
fn what_loses_money_wherever_it_sells_is_named_and_not_proposed() {
    let losing = |channels: &[&str]| Terms {
        losing: channels.iter().map(|one| (Channel::new(one), "advertising".to_owned())).collect(),
        ..Terms::default()
    };
    let plain = proposed(&mut two_channels(), 0, &Terms::default());
    assert!(plain.propose_units > 0 && plain.note.is_none());
    let on_one = proposed(&mut two_channels(), 0, &losing(&["tiktok"]));
    assert_eq!((on_one.propose_units, on_one.note), (plain.propose_units, None), "the other channel earns");
    let on_both = proposed(&mut two_channels(), 0, &losing(&["tiktok", "shopify"]));
    assert_eq!((on_both.propose_units, on_both.withheld_units), (0, plain.propose_units));
    let note = "loses money on shopify (advertising), tiktok (advertising)";
    assert_eq!(on_both.note.as_deref(), Some(note));
    let mut quiet = two_channels();
    quiet.series[0].units[20..].fill(0.0);
    assert_eq!(proposed(&mut quiet, 0, &losing(&["tiktok"])).propose_units, 0, "it no longer sells on the other");
}

#[test]
fn cover_at_a_channel_triggers_below_and_not_at() {
    let mut steady = crate::forecast::demand(vec![("A", "shopify", vec![4.0; 120])]);
    steady.products.insert(Sku::new("A"), ProductFacts { lead_time_days: Some(2), ..ProductFacts::default() });
    let terms = Terms { cover_days: Some(30), ..Terms::default() };
    assert_eq!(proposed(&mut steady, 120, &terms).propose_units, 0);
    assert!(proposed(&mut steady, 119, &terms).propose_units > 0);
    assert_eq!(proposed(&mut steady, 119, &Terms::default()).propose_units, 0);
}

#[test]
fn overstock_is_what_no_order_would_have_brought() {
    let mut steady = crate::forecast::demand(vec![("A", "shopify", vec![4.0; 120])]);
    let facts = ProductFacts {
        lead_time_days: Some(6),
        minimum_order: Some(100),
        case_pack: Some(12),
        unit_cost: Some(Money::from_cents(250)),
        ..ProductFacts::default()
    };
    steady.products.insert(Sku::new("A"), facts);
    let empty = proposed(&mut steady, 0, &Terms::default());
    let point = empty.reorder_point.unwrap();
    // The fullest a shelf can be: an order of the minimum, in whole cases, placed at the reorder point.
    let most = point + 100 + 11;
    assert!(empty.order_up_to.unwrap() < most);
    assert_eq!(proposed(&mut steady, most, &Terms::default()).overstock_units, Some(0));
    let over = proposed(&mut steady, most + 10, &Terms::default());
    assert_eq!((over.overstock_units, over.overstock_money), (Some(10), Some(Money::from_cents(2_500))));
    assert_eq!(empty.sells_out_on, Some(AS_OF), "it is sold out already");
}

#[test]
fn promotions_and_bulk_orders_do_not_leak_into_the_velocity() {
    let mut demand = crate::forecast::demand(vec![("A", "shopify", vec![3.0; 120])]);
    let series = &mut demand.series[0];
    for day in [80, 81, 82] {
        series.units[day] = 60.0;
        series.promotion[day] = true;
    }
    series.units[100] = 90.0;
    series.outlier[100] = true;
    assert_eq!(Velocity::of(series).mean_per_day, 3.0);
    series.promotion.fill(true);
    assert!(Velocity::of(series).mean_per_day > 3.0, "where all days are promoted, they are all there is");
}

fn mean_of(forecasts: &Forecasts, sku: &str, channel: &str) -> f64 {
    forecasts.get(&Sku::new(sku), &Channel::new(channel)).unwrap().mean.iter().sum::<f64>() / 28.0
}

#[test]
fn a_new_product_starts_from_its_analog_and_then_from_itself() {
    let busy_weekends: Vec<f32> = (0..210).map(|day| if day % 7 < 2 { 12.0 } else { 4.0 }).collect();
    let steady = vec![1.0; 210];
    let shop = |own: Vec<f32>| {
        let mut demand = crate::forecast::demand(vec![
            ("KNOWN", "shopify", busy_weekends.clone()),
            ("OTHER", "shopify", steady.clone()),
            ("NEW", "shopify", own),
        ]);
        let facts = |analog: Option<&str>| ProductFacts {
            category: Some("mugs".to_owned()),
            analog: analog.map(Sku::new),
            ..ProductFacts::default()
        };
        demand.products.insert(Sku::new("KNOWN"), facts(None));
        demand.products.insert(Sku::new("OTHER"), facts(None));
        demand.products.insert(Sku::new("NEW"), facts(Some("KNOWN")));
        demand
    };
    let run = |mut demand: Demand| forecast(&mut demand, &ForecastOptions::default());
    let mut unsold = shop(vec![0.0]);
    unsold.series.iter_mut().filter(|one| one.sku.as_str() == "NEW").for_each(|one| one.out_of_stock[0] = 1.0);
    let unsold = run(unsold);
    let known = mean_of(&unsold, "KNOWN", "shopify");
    assert!((mean_of(&unsold, "NEW", "shopify") / known - 1.0).abs() < 0.1, "{unsold:?}");
    let new = unsold.get(&Sku::new("NEW"), &Channel::all()).unwrap();
    let (busy, quiet) =
        (new.mean[..7].iter().fold(0.0f64, |a, b| a.max(*b)), new.mean[..7].iter().fold(99.0f64, |a, b| a.min(*b)));
    assert!(busy > 2.0 * quiet, "its week is the analog's: {:?}", &new.mean[..7]);
    let why = |forecasts: &Forecasts| {
        forecasts.accuracy.iter().find(|one| one.sku.as_str() == "NEW").map(|one| one.why.clone()).unwrap()
    };
    assert!(why(&unsold).starts_with("new: starts from the demand of `KNOWN`; "), "{}", why(&unsold));
    let slow = run(shop(vec![1.0; 14]));
    assert!(mean_of(&slow, "NEW", "shopify") < 0.75 * known, "two weeks of its own weigh as much");
    let equal = run(shop(busy_weekends[..14].to_vec()));
    assert!((mean_of(&equal, "NEW", "shopify") / known - 1.0).abs() < 0.15, "it sells just like the analog");
    let mut without = shop(vec![1.0; 14]);
    without.products.get_mut(&Sku::new("NEW")).unwrap().analog = None;
    let without = run(without);
    assert!(mean_of(&without, "NEW", "shopify") < mean_of(&slow, "NEW", "shopify"));
    assert!(why(&without).starts_with("new: goes by its own orders; "), "{}", why(&without));
    let mut young = shop(vec![1.0, 0.0]);
    young.products.get_mut(&Sku::new("NEW")).unwrap().analog = None;
    let of = |young: &Demand| why(&run(young.clone()));
    assert!(of(&young).starts_with("new: leans on the category `mugs`; "), "{}", of(&young));
    young.products.get_mut(&Sku::new("NEW")).unwrap().category = Some("vases".to_owned());
    assert!(of(&young).starts_with("new: leans on what else its channel sells; "), "{}", of(&young));
    for one in &mut young.series {
        one.channel = Channel::new(format!("of-{}", one.sku));
        one.units.iter_mut().filter(|_| one.sku.as_str() == "NEW").for_each(|units| *units = 0.0);
    }
    assert!(of(&young).starts_with("new: nothing tells what its like sell; "), "{}", of(&young));
    let mut other = young.series.iter().find(|one| one.sku.as_str() == "NEW").unwrap().clone();
    other.sku = Sku::new("NEWER");
    other.units = vec![1.0, 1.0];
    young.series.push(other);
    assert!(of(&young).starts_with("new: leans on its channel's other new listings; "), "{}", of(&young));
    assert!(!why(&run(shop(vec![1.0; 60]))).starts_with("new"));
}

#[test]
fn accuracy_is_measured_on_what_came_in_on_days_in_stock() {
    let mut demand = crate::forecast::demand(vec![("A", "shopify", vec![10.0; 200])]);
    for day in 150..160 {
        demand.series[0].units[day] = 0.0;
        demand.series[0].out_of_stock[day] = 1.0;
    }
    let of = |demand: &Demand| forecast(&mut demand.clone(), &ForecastOptions::default()).accuracy[0].clone();
    let measured = of(&demand);
    assert_eq!((measured.days, measured.origins), (56 - 10, 2));
    assert!(measured.measures.wape.unwrap() < 1e-3, "{measured:?}");
    // One customer takes 300: the history learns nothing from it, but it came in, and was not expected.
    demand.series[0].units[180] = 310.0;
    demand.series[0].largest_line[180] = 300.0;
    let surprised = of(&demand);
    assert!((surprised.measures.bias.unwrap() + 300.0 / 760.0).abs() < 1e-3, "{surprised:?}");
}

#[test]
fn planned_promotions_are_expected_where_accuracy_is_measured() {
    let mut demand = crate::forecast::demand(vec![("A", "shopify", vec![50.0; 200])]);
    for day in [40, 60, 80, 100, 120, 130, 140, 180] {
        demand.series[0].units[day] = 150.0;
        demand.series[0].promotion[day] = true;
    }
    let measures = forecast(&mut demand, &ForecastOptions::default()).accuracy[0].measures;
    assert!(measures.wape.unwrap() < 0.02, "{measures:?}");
}

/// What people wrote down holds, or says why it does not.
#[test]
fn no_change_of_the_forecast_is_passed_over_in_silence() {
    let demand = two_channels();
    let written = [
        ("1", "A", None, "+20%", -3, Some(10), State::InForce),
        ("2", "A", Some("tiktok"), "7.5", -30, Some(-2), State::Expired),
        ("3", "A", None, "a lot more", -3, Some(10), State::NotUnderstood),
        ("4", "A", None, "-4", -3, Some(10), State::NotUnderstood),
        ("5", "A", None, "+20%", -3, Some(-8), State::EndsBeforeItBegins),
        ("6", "Z", None, "+20%", -3, Some(10), State::UnknownSku),
        ("7", "A", Some("ebay"), "+20%", -3, Some(10), State::UnknownChannel),
        ("8", "A", None, "+20%", 2, Some(10), State::NotYet),
        ("9", "A", Some("shopify"), "+50%", -9, Some(10), State::InForce),
    ];
    let mut table = TableOf::named("overrides");
    for (id, sku, channel, value, made, until, _) in written {
        table = table.row(&[
            ("override_id", id.into()),
            ("at", AS_OF.plus(made).start_utc().plus_seconds(3_600).into()),
            ("sku", sku.into()),
            ("field", "forecast".into()),
            ("value", value.into()),
            ("owner", "mei".into()),
            ("channel", channel.map(str::to_owned).into()),
            ("until", until.map(|days| AS_OF.plus(days)).into()),
        ]);
    }
    let marts = Marts::in_memory(vec![table.rows()], RunParameters::new(AS_OF, Currency::EUR)).unwrap();
    let notes = Notes::read(&marts, &settings("[channel.shopify]\n[channel.tiktok]\n"), &demand).unwrap();
    let states: Vec<State> = notes.all.iter().map(|note| note.state).collect();
    assert_eq!(states, written.map(|(.., state)| state));
    assert_eq!(notes.changes().len(), 4);
    let messages = notes.messages();
    assert_eq!(messages.len(), 5);
    let said = "change 3 of the forecast of `A` was left out: `a lot more` is neither a percentage nor units a day";
    assert_eq!(messages[0].message, said);
    let options = ForecastOptions { overrides: notes.changes(), ..ForecastOptions::default() };
    let forecasts = forecast(&mut demand.clone(), &options);
    let sheet = notes.sheet(&forecasts.checks);
    let gains: Vec<bool> = sheet.real("gain_units").unwrap().iter().map(|gain| gain.is_some()).collect();
    let held = [false, true, false, false, false, false, false, false, true];
    assert_eq!(gains, held, "made in the week before, or over before it: not scored");
    assert_eq!(sheet.text("state").unwrap().get(4), Some("ends before it begins"));
    let of = |name: &str| -> Vec<Option<f64>> { sheet.real(name).unwrap().iter().collect() };
    assert_eq!(of("factor")[..4], [Some(1.2), None, None, None], "numbers for programs, text as it was written");
    assert_eq!(of("units_per_day")[..4], [None, Some(7.5), None, None]);
}

#[test]
fn a_change_of_every_sku_is_a_share_and_no_number_of_units() {
    let written = [("1", "", "+40%", State::InForce), ("2", "*", "4", State::NeedsSku)];
    let row = |table: TableOf, (id, sku, value, _): &(&str, &str, &str, State)| {
        table.row(&[
            ("override_id", (*id).into()),
            ("at", AS_OF.plus(-2).start_utc().into()),
            ("sku", (*sku).into()),
            ("field", "forecast".into()),
            ("value", (*value).into()),
        ])
    };
    let table = written.iter().fold(TableOf::named("overrides"), row).rows();
    let marts = Marts::in_memory(vec![table], RunParameters::new(AS_OF, Currency::EUR)).unwrap();
    let notes = Notes::read(&marts, &settings("[channel.shopify]\n[channel.tiktok]\n"), &two_channels()).unwrap();
    assert_eq!(notes.all.iter().map(|note| note.state).collect::<Vec<_>>(), written.map(|(.., state)| state));
    let said = "change 2 of the forecast of every SKU was left out: `4` units a day cannot be those of every SKU";
    assert_eq!(notes.messages()[0].message, said);
    assert_eq!(notes.sheet(&[]).text("sku").unwrap().get(0), Some("*"));
}

#[test]
fn lost_sales_are_the_pace_times_the_days_out_and_no_more_than_four_weeks() {
    let mut demand = crate::forecast::demand(vec![("A", "shopify", vec![3.0; 200]), ("B", "shopify", vec![3.0; 200])]);
    for (index, out) in [(0, 190..200), (1, 140..200)] {
        for day in out {
            demand.series[index].units[day] = 0.0;
            demand.series[index].out_of_stock[day] = 1.0;
        }
    }
    let forecasts = forecast(&mut demand, &ForecastOptions::default());
    let price = |sku: &Sku| (sku.as_str() == "A").then(|| Money::from_cents(1_000));
    let lost = lost_sales(&demand, &forecasts, price);
    let figures: Vec<_> = lost.iter().map(|one| (one.days_out, one.days_counted, one.units, one.money)).collect();
    assert_eq!(figures[0], (10.0, 10.0, 30.0, Some(Money::from_cents(30_000))));
    assert_eq!(figures[1], (60.0, 28.0, 84.0, None), "an unknown price is no money of nothing");
}

/// The rows of a CSV file by the columns asked for.
fn cells<const N: usize>(path: &Path, columns: [&str; N]) -> Vec<[String; N]> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let places = columns.map(|column| headers.iter().position(|header| header == column).unwrap());
    reader.records().map(|record| places.map(|place| record.as_ref().unwrap()[place].to_owned())).collect()
}

/// Units wanted in the last 90 days by SKU and channel, as the simulation meant them.
fn planted(shop: &Path) -> BTreeMap<(String, String), f64> {
    let parts = cells(&shop.join("exports/truth/bundles.csv"), ["bundle_sku", "component_sku", "quantity"]);
    let rates = ["sku", "channel", "from", "until", "mean_units_per_day"];
    let mut units: BTreeMap<(String, String), f64> = BTreeMap::new();
    for [sku, channel, from, until, mean] in cells(&shop.join("truth/demand_rates.csv"), rates) {
        let (from, until): (Day, Day) = (from.parse().unwrap(), until.parse().unwrap());
        let days = f64::from(until.since(from.max(AS_OF.plus(1 - RECENT))) + 1).max(0.0);
        let mean: f64 = mean.parse().unwrap();
        let own: Vec<_> = parts.iter().filter(|[bundle, ..]| *bundle == sku).collect();
        for [_, part, quantity] in &own {
            let quantity: f64 = quantity.parse().unwrap();
            *units.entry((part.clone(), channel.clone())).or_default() += days * mean * quantity;
        }
        if own.is_empty() {
            *units.entry((sku, channel)).or_default() += days * mean;
        }
    }
    units
}

/// In the shop of the simulator products run out by themselves. What the two large channels would have
/// sold of those products comes near to what the simulation meant.
#[test]
fn stock_outs_of_a_simulated_shop_are_recovered() {
    let project = Project::empty();
    let size = ["--orders", "20000", "--skus", "40", "--days", "150", "--seed", "5", "--channels", "2"];
    let sample = project.trueup(&[&["sample", "shop"][..], &size].concat());
    assert!(sample.status.success(), "{}", said(&sample));
    let ingest = project.trueup(&["ingest", "--project", "shop"]);
    assert!(ingest.status.success(), "{}", said(&ingest));
    let (settings, marts) = opened(&project.path("shop"));
    let demand = demand_of(&settings, &marts);
    let planted = planted(&project.path("shop"));
    let (mut recovered, mut ignored, mut meant, mut sold, mut pace) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for series in &demand.series {
        let out: f32 = series.out_of_stock.iter().rev().take(RECENT as usize).sum();
        let Some(truth) = planted.get(&(series.sku.to_string(), series.channel.to_string())) else { continue };
        if out < 10.0 || series.len() < RECENT as usize {
            continue;
        }
        let mut blind = series.clone();
        blind.out_of_stock.fill(0.0);
        let of = |series| Velocity::of(series).mean_per_day * f64::from(RECENT);
        recovered += (of(series) - truth).abs();
        ignored += (of(&blind) - truth).abs();
        meant += truth;
        sold += of(&blind);
        pace += of(series);
    }
    assert!(recovered < 0.6 * ignored, "{recovered} and {ignored}");
    assert!((pace - meant).abs() < 0.4 * (sold - meant).abs(), "{pace}, {sold} and {meant}");
}

/// Every window on its own, second by second.
fn window_units_by_hand(orders: &[(i64, i64)], spans: &[(i64, i64)], lag: i64) -> WindowUnits {
    let starts = spans.iter().flat_map(|(from, until)| *from..*until);
    let within = |start: i64| orders.iter().filter(move |(at, _)| (start..start + lag).contains(at));
    let mut all: Vec<i64> = starts.map(|start| within(start).map(|(_, units)| units).sum()).collect();
    all.sort_unstable();
    let rank = |percent: usize| all.get((all.len() * percent).div_ceil(100).max(1) - 1).copied().unwrap_or(0);
    WindowUnits { p95: rank(95), p99: rank(99), max: all.last().copied().unwrap_or(0) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn units_in_windows_are_those_counted_second_by_second(
        orders in prop::collection::vec((-20i64..320, 1i64..9), 0..40),
        cuts in prop::collection::btree_set(0i64..300, 0..6),
        lag in 1i64..60,
    ) {
        let cuts: Vec<i64> = cuts.into_iter().collect();
        let spans: Vec<(i64, i64)> = cuts.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        prop_assert_eq!(window_units(&orders, &spans, lag), window_units_by_hand(&orders, &spans, lag));
    }
}

#[test]
fn peaks_know_the_channel_the_others_of_its_pool_and_the_hour_of_the_week() {
    let zone = "Europe/Berlin";
    let text = "[channel.shopify]\n[channel.tiktok]\n[channel.amazon]\nfulfilled-by-channel = true\n";
    let mut settings = settings(text);
    settings.shop.time_zone = zone.parse().unwrap();
    // Saturday, 20:00 in the shop: four orders within two minutes; and one a day at noon elsewhere.
    let saturday = AS_OF.plus(-7).start_in(settings.shop.time_zone).plus_seconds(20 * 3_600);
    let mut table = TableOf::named("order_lines");
    let mut number = 0;
    let mut order = |table: TableOf, channel: &str, at: Timestamp, units: i64, reason: Option<&str>| {
        number += 1;
        table.row(&[
            ("channel", channel.into()),
            ("order_id", format!("{number}").into()),
            ("line_id", "1".into()),
            ("ordered_at", at.into()),
            ("order_day", at.day_in(chrono_tz::UTC).into()),
            ("sku", "A".into()),
            ("quantity", units.into()),
            ("currency", "EUR".into()),
            ("status", if reason.is_some() { "cancelled" } else { "paid" }.into()),
            ("cancel_reason", reason.map(str::to_owned).into()),
            ("fulfilment", "seller".into()),
        ])
    };
    for second in [0, 30, 60, 110] {
        table = order(table, "tiktok", saturday.plus_seconds(second), 2, None);
    }
    table = order(table, "tiktok", saturday.plus_seconds(20), 50, Some("buyer"));
    table = order(table, "tiktok", saturday.plus_seconds(25), 3, Some("no_stock"));
    for day in 1..30 {
        table = order(table, "shopify", AS_OF.plus(-day).start_utc().plus_seconds(12 * 3_600), 1, None);
        table = order(table, "amazon", saturday.plus_seconds(day.into()), 1, None);
    }
    let marts = Marts::in_memory(vec![table.rows()], RunParameters::new(AS_OF, Currency::EUR)).unwrap();
    let orders = marts.rows("fact_stock_orders").unwrap();
    let end = AS_OF.plus(1).start_utc();
    let all = peaks(&orders, &settings, end, |_| 120).unwrap();
    let of = |channel: &str| all.iter().find(|one| one.channel.as_str() == channel).unwrap();
    assert_eq!((of("tiktok").own.max, of("tiktok").own.p99), (11, 0), "wanted in vain counts, regretted does not");
    assert_eq!(of("tiktok").busiest, (AS_OF.plus(-7).weekday(), 20), "the hour is the shop's");
    assert_eq!(of("tiktok").in_busiest.max, 11);
    assert_eq!((of("shopify").own.max, of("shopify").others.max), (1, 11), "amazon has a pool of its own");
    assert_eq!((of("amazon").own.max, of("amazon").others.max), (29, 0));
}

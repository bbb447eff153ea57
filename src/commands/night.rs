//! The night's stages over one state of the lake: each takes what the stages before it found and
//! hands on its own findings and sheets.

use std::collections::BTreeMap;
use std::time::Instant;

use super::shop::Shop;
use crate::buffer::{self, ListingInput, OverrideOutcomes, Overrides, Recommendations, Sources};
use crate::config::{Differential, SyncTier};
use crate::demand::{self, Demand};
use crate::drift::{self, ChannelReports, Drifts, Latency};
use crate::error::{Diagnostic, Result};
use crate::forecast::{self, ForecastOptions, Forecasts, Notes, Terms};
use crate::health::{self, Check, Evidence, Exception, Freshness, ScorecardInput};
use crate::lake::Rows;
use crate::ledger::{self, Ledger, Pools, StockFacts, StockIndex};
use crate::pnl::{self, Pnl};
use crate::shell::count;
use crate::types::{Channel, Money, Sku};

/// Sheets by name, and how long each stage took.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) sheets: BTreeMap<String, Rows>,
    pub(super) timings: Vec<(String, f64)>,
}

impl Desk {
    /// Does one stage and notes its time; nothing but `timings.json` ever sees the clock.
    pub(super) fn stage<T>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let start = Instant::now();
        let done = work(self);
        self.timings.push((name.to_owned(), start.elapsed().as_secs_f64()));
        done
    }

    fn put(&mut self, sheet: Rows) {
        self.sheets.insert(sheet.name().to_owned(), sheet);
    }
}

/// Everything one night finds.
pub(super) struct Night {
    pub(super) desk: Desk,
    pub(super) stock: Stock,
    pub(super) pnl: Pnl,
    pub(super) wanted: Wanted,
    pub(super) listings: Vec<ListingInput>,
    pub(super) recommendations: Recommendations,
    /// What became of people's overrides.
    pub(super) outcomes: OverrideOutcomes,
    pub(super) health: Health,
}

impl Night {
    /// The stages in their order. `published` are the hold-backs that the live system works with.
    pub(super) fn work(shop: &Shop, published: &BTreeMap<(Sku, Channel), i64>) -> Result<Self> {
        let mut desk = Desk::default();
        let stock = desk.stage("stock and drift", |desk| stock(shop, published, desk))?;
        let pnl = desk.stage("profit", |desk| profit(shop, desk))?;
        let wanted = desk.stage("demand and forecast", |desk| demand(shop, &stock, &pnl, desk))?;
        let listings = desk.stage("listings", |_| listings(shop, &stock, &wanted, &pnl, published))?;
        let recommendations = desk.stage("buffers", |desk| buffers(shop, &listings, desk))?;
        let outcomes = OverrideOutcomes::of(&stock.overrides, &recommendations.rows, &shop.settings);
        desk.put(outcomes.sheet());
        let health = desk.stage("health", |desk| health(shop, &stock, &pnl, &wanted, &outcomes, desk))?;
        Ok(Self { desk, stock, pnl, wanted, listings, recommendations, outcomes, health })
    }

    /// Why the night says no, one phrase each: checks of level error that fail, and alerts where the
    /// settings say that they do.
    pub(super) fn reasons(&self, shop: &Shop) -> Vec<String> {
        let failed = health::errors(&self.health.checks).into_iter();
        let failed =
            failed.map(|check| format!("`{}` finds {}", check.name, count(check.findings.len() as u64, "row")));
        let alerts = self.health.exceptions.len();
        let alerts = (shop.settings.alerts.fail && alerts > 0).then(|| count(alerts as u64, "alert"));
        failed.chain(alerts).collect()
    }
}

/// What was found about stock.
pub(super) struct Stock {
    pub(super) facts: StockFacts,
    pub(super) ledger: Ledger,
    pub(super) drifts: Drifts,
    pub(super) latencies: Vec<Latency>,
    /// What people decided about listings.
    pub(super) overrides: Overrides,
}

/// Walks the ledger, compares every channel with it and measures how late each is.
fn stock(shop: &Shop, published: &BTreeMap<(Sku, Channel), i64>, desk: &mut Desk) -> Result<Stock> {
    let mut facts = StockFacts::read(&shop.marts)?;
    facts.bound_unpaid(&shop.marts, &shop.settings)?;
    let index = StockIndex::new(&facts)?;
    let pools = Pools::of_settings(&shop.settings);
    let ledger = Ledger::build(&index, &pools);
    let mut reports = ChannelReports::read(&shop.marts)?;
    let overrides = shop.marts.table("overrides")?;
    let overrides = Overrides::read(&overrides, &shop.settings, shop.as_of, facts.as_of_end)?;
    reports.held_back = overrides.in_force(published, &reports.reports)?;
    let drifts = drift::compare(&index, &ledger, &pools, &reports, &shop.settings.alerts)?;
    let latencies = drift::measure(&index, &shop.settings);
    desk.put(ledger::oversells_sheet(&ledger));
    // A channel's own count explains itself and nothing else.
    let balanced = if facts.stand_ins.is_empty() { &ledger } else { &Ledger::default() };
    desk.put(ledger::balance_sheet(balanced));
    desk.put(ledger::stock_sheet(&ledger));
    desk.put(ledger::unpaid_sheet(&shop.marts.rows("fact_order_unpaid")?, &facts)?);
    desk.put(drift::drift_sheet(&drifts));
    desk.put(drift::drift_causes_sheet(&drifts));
    desk.put(drift::sync_latency_sheet(&latencies));
    Ok(Stock { ledger, drifts, latencies, facts, overrides })
}

/// Works out what each channel and SKU earned.
fn profit(shop: &Shop, desk: &mut Desk) -> Result<Pnl> {
    let mut pnl = pnl::statements(&pnl::read(&shop.marts)?, &shop.settings);
    pnl.diagnostics.extend(pnl::borrowed_costs(&shop.marts.rows("mart_cost_prices")?)?);
    desk.put(pnl.by_channel_sheet());
    desk.put(pnl.by_sku_sheet());
    desk.put(pnl.losing_sheet());
    desk.put(pnl.settlements_sheet());
    desk.put(pnl.unmatched_sheet());
    desk.put(pnl.order_differences_sheet());
    desk.put(pnl.order_totals_sheet());
    desk.put(Rows::new("held", shop.marts.rows("mart_held")?.batch().clone()));
    Ok(pnl)
}

/// What customers wanted and will want.
pub(super) struct Wanted {
    pub(super) demand: Demand,
    /// What each order line drew on, without lines that nobody wanted.
    pub(super) orders: Rows,
    pub(super) forecasts: Forecasts,
    /// What of the settings and people's changes had no effect.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Forecasts demand and proposes what to order.
fn demand(shop: &Shop, stock: &Stock, pnl: &Pnl, desk: &mut Desk) -> Result<Wanted> {
    let mut demand = demand::read(&shop.marts, &shop.settings)?;
    demand.follow_book(shop.settings.shop.time_zone, |sku, pool| {
        let account = stock.ledger.account(sku.as_str(), pool).filter(|account| account.has_moved)?;
        Some(account.timeline.empty_spans())
    });
    let notes = Notes::read(&shop.marts, &shop.settings, &demand)?;
    let lead_times =
        demand.products.iter().filter_map(|(sku, product)| Some((sku.clone(), vec![product.lead_time_days?])));
    let options =
        ForecastOptions { lead_times: lead_times.collect(), overrides: notes.changes(), ..ForecastOptions::default() };
    let forecasts = forecast::forecast(&mut demand, &options);
    let losing =
        pnl.losing.iter().map(|one| ((one.sku.clone(), one.channel.clone()), one.tipped_by.label.to_lowercase()));
    let losing: BTreeMap<(Sku, Channel), String> = losing.collect();
    let replenishment = forecast::propose(&forecasts, &demand, &forecast::pool_stock(&stock.ledger), |stock| {
        Terms::of_settings(&shop.settings, &demand, stock, &losing)
    });
    let orders = demand::wanted_orders(&stock.facts.orders, &demand.credited)?;
    let prices = prices(shop)?;
    let lost = forecast::lost_sales(&demand, &forecasts, |sku| prices.get(sku).copied());
    desk.put(forecast::lost_sales_sheet(&lost));
    let peaks = forecast::peaks(&orders, &shop.settings, stock.facts.as_of_end, |channel| {
        lag_seconds(shop, &stock.latencies, channel)
    });
    desk.put(forecast::peaks_sheet(&peaks?));
    desk.put(demand::sheet(&demand));
    desk.put(demand::credited_sheet(&demand.credited));
    desk.put(forecasts.daily_sheet());
    desk.put(forecasts.lead_time_sheet());
    desk.put(forecasts.accuracy_sheet());
    desk.put(forecasts.check_sheet());
    desk.put(notes.sheet(&forecasts.checks));
    desk.put(forecast::replenishment_sheet(&replenishment));
    let mut diagnostics = [forecast::analog_problems(&demand, &shop.settings), notes.messages()].concat();
    diagnostics.extend(demand::credited_message(&demand.credited));
    Ok(Wanted { demand, orders, forecasts, diagnostics })
}

/// How late a channel learns of a change in 95 of 100 cases: measured, else as promised.
fn lag_seconds(shop: &Shop, latencies: &[Latency], channel: &Channel) -> i64 {
    let whole = |latency: &&Latency| latency.channel == *channel && latency.class.is_none();
    let measured = latencies.iter().find(whole).and_then(|latency| latency.lag).map(|lag| lag.p95);
    let promised = || shop.settings.channel(channel.as_str()).map_or(SyncTier::NearTime, |channel| channel.sync);
    measured.unwrap_or_else(|| i64::from(promised().assumed_minutes()) * 60)
}

/// What is known of every listing; `published` are the hold-backs that the live system works with.
fn listings(
    shop: &Shop,
    stock: &Stock,
    wanted: &Wanted,
    pnl: &Pnl,
    published: &BTreeMap<(Sku, Channel), i64>,
) -> Result<Vec<ListingInput>> {
    buffer::listings(&Sources {
        settings: &shop.settings,
        marts: &shop.marts,
        ledger: &stock.ledger,
        drifts: &stock.drifts,
        latencies: &stock.latencies,
        demand: &wanted.demand,
        forecasts: &wanted.forecasts,
        pnl,
        orders: &wanted.orders,
        overrides: &stock.overrides,
        published,
        as_of: shop.as_of,
        as_of_end: stock.facts.as_of_end,
    })
}

/// Decides what to hold back on every listing.
fn buffers(shop: &Shop, listings: &[ListingInput], desk: &mut Desk) -> Result<Recommendations> {
    let run = shop.marts.snapshot().map_or("", |snapshot| snapshot.run());
    let recommendations = buffer::recommend(listings, &shop.settings, run, shop.as_of)?;
    desk.put(recommendations.sheet());
    Ok(recommendations)
}

/// What does not hold and what needs a person.
pub(super) struct Health {
    pub(super) checks: Vec<Check>,
    pub(super) freshness: Vec<Freshness>,
    pub(super) exceptions: Vec<Exception>,
}

/// Runs the checks, ranks what needs a person and writes each channel's card.
fn health(
    shop: &Shop,
    stock: &Stock,
    pnl: &Pnl,
    wanted: &Wanted,
    outcomes: &OverrideOutcomes,
    desk: &mut Desk,
) -> Result<Health> {
    let checks = health::run_checks(&shop.marts)?;
    let listings = health::inspect(&shop.marts.rows("mart_listing_prices")?, |channel, kind| {
        let own = shop.settings.channel(channel.as_str());
        own.map_or_else(|| Differential::usual(kind), |channel| channel.prices)
    })?;
    let shifts = health::shifts(&wanted.demand, &shop.marts.rows("mart_demand_returned")?)?;
    let stale_after = shop.settings.alerts.stale_after_days;
    let freshness = health::freshness(&shop.marts.rows("mart_source_days")?, shop.as_of, stale_after)?;
    let evidence = Evidence {
        settings: &shop.settings,
        ledger: &stock.ledger,
        drifts: &stock.drifts,
        latencies: &stock.latencies,
        listings: &listings,
        losing: &pnl.losing,
        shifts: &shifts,
        overrides: outcomes,
        checks: &checks,
        freshness: &freshness,
        problems: &pnl.diagnostics,
        as_of_end: stock.facts.as_of_end,
    };
    let prices = prices(shop)?;
    let exceptions = health::exceptions(&evidence, |sku| prices.get(sku).copied());
    desk.put(health::alerts_sheet(&exceptions, &shop.settings));
    desk.put(health::checks_sheet(&checks));
    desk.put(health::freshness_sheet(&freshness));
    desk.put(health::price_breaches_sheet(&listings));
    desk.put(health::unmapped_listings_sheet(&health::unmapped_listings(&shop.marts)?));
    desk.put(health::sku_map_sheet(&shop.marts)?);
    desk.put(scorecards(shop, stock, pnl)?);
    desk.put(rejects(shop)?);
    Ok(Health { checks, freshness, exceptions })
}

/// The rows that the lake refused, their place first.
fn rejects(shop: &Shop) -> Result<Rows> {
    const COLUMNS: [&str; 6] = ["source_file", "source_line", "column", "code", "reason", "text"];
    let refused = shop.marts.table("rejects")?;
    let schema = refused.batch().schema();
    let places: Vec<usize> = COLUMNS.iter().filter_map(|column| schema.index_of(column).ok()).collect();
    let batch = refused.batch().project(&places).expect("the places are the schema's own");
    Ok(Rows::new("rejects", batch))
}

/// A unit's price where the source of truth gives one in the shop's currency.
fn prices(shop: &Shop) -> Result<BTreeMap<Sku, Money>> {
    let products = shop.marts.table("products")?;
    let (sku, price, currency) = (products.text("sku")?, products.money("price")?, products.text("currency")?);
    let own = shop.settings.shop.currency;
    let price_of = |row| {
        let same = currency.get(row).is_none_or(|currency| currency == own.as_str());
        Some((Sku::new(sku.get(row)?), price.get(row).filter(|_| same)?))
    };
    Ok((0..products.len()).filter_map(price_of).collect())
}

/// The last 90 days of every channel: the days over which the statements tell what each SKU earned.
fn scorecards(shop: &Shop, stock: &Stock, pnl: &Pnl) -> Result<Rows> {
    let statements = pnl.recent_channels().into_iter();
    let earned = statements.map(|(channel, statement)| {
        let contribution_of_costed = statement.contribution_of_costed();
        (channel, health::Earned { contribution: statement.contribution(), contribution_of_costed })
    });
    let earned = earned.collect();
    let cards = health::scorecards(&ScorecardInput {
        settings: &shop.settings,
        contributions: &earned,
        ledger: &stock.ledger,
        drifts: &stock.drifts,
        latencies: &stock.latencies,
        overrides: &shop.marts.table("overrides")?,
        from: shop.as_of.plus(1 - pnl::RECENT_DAYS).start_in(shop.settings.shop.time_zone),
        until: stock.facts.as_of_end,
    })?;
    Ok(health::channel_scorecard_sheet(&cards))
}

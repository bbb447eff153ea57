//! Shops of a few lines, and short words to ask for a number.

use std::collections::BTreeMap;
use std::path::PathBuf;

use trueup::config::{
    ChannelKind, ChannelSettings, CostMethod, DriftAlert, FeeSchedule, PolicyTree, Settings, Shop, SyncTier,
};
use trueup::lake::{Cell, Column, Kind, Rows, RowsBuilder, Table};
use trueup::pnl::{self, Pnl, Statement};
use trueup::query::{BUNDLE_PARTS, CHANNEL_CURRENCIES, Marts, RunParameters, SKU_MAP};
use trueup::types::{Channel, Currency, Day, Money, Rate, Sku};

/// A shop in a few lines of CSV: lake columns as headers, everything else filled in.
pub(crate) struct Books {
    pub(crate) tables: Vec<Rows>,
    pub(crate) settings: Settings,
}

pub(crate) const AS_OF: &str = "2026-02-28";

impl Books {
    pub(crate) fn new(channels: &[(&str, ChannelKind, FeeSchedule)]) -> Self {
        Self { tables: Vec::new(), settings: settings(channels) }
    }

    /// A table as CSV; cells that are not there take the defaults of [`fallback`].
    pub(crate) fn with(mut self, name: &str, csv: &str) -> Self {
        self.tables.push(table(name, csv));
        self
    }

    pub(crate) fn work(&self) -> Pnl {
        let run = RunParameters::new(AS_OF.parse().unwrap(), Currency::USD);
        let marts = Marts::in_memory(self.tables.clone(), run).unwrap();
        pnl::statements(&pnl::read(&marts).unwrap(), &self.settings)
    }
}

fn columns_of(name: &str) -> Vec<Column> {
    match name {
        "sku_map" => SKU_MAP.columns.to_vec(),
        "bundle_parts" => BUNDLE_PARTS.columns.to_vec(),
        "channel_currencies" => CHANNEL_CURRENCIES.columns.to_vec(),
        _ => Table::named(name).unwrap().all_columns().collect(),
    }
}

pub(crate) fn table(name: &str, csv: &str) -> Rows {
    let columns = columns_of(name);
    let mut lines = csv.lines().map(str::trim).filter(|line| !line.is_empty());
    let header: Vec<&str> = lines.next().unwrap().split(',').map(str::trim).collect();
    for named in &header {
        assert!(columns.iter().any(|column| column.name == *named), "`{name}` has no column `{named}`");
    }
    let mut builder = RowsBuilder::new(name, columns.clone());
    for (number, line) in lines.enumerate() {
        let texts: BTreeMap<&str, &str> = header.iter().copied().zip(line.split(',').map(str::trim)).collect();
        let day = columns.iter().filter(|column| column.kind == Kind::Day).find_map(|column| texts.get(column.name));
        builder.push(columns.iter().map(|column| match texts.get(column.name) {
            Some(text) if !text.is_empty() => parsed(text, column.kind),
            _ if column.nullable => Cell::Null,
            _ => fallback(column, number, day.copied()),
        }));
    }
    builder.finish()
}

fn parsed(text: &str, kind: Kind) -> Cell {
    match kind {
        Kind::Text => text.into(),
        Kind::Integer => text.parse::<i64>().unwrap().into(),
        Kind::Money => text.parse::<Money>().unwrap().into(),
        Kind::Rate => text.parse::<Rate>().unwrap().into(),
        Kind::Day => text.parse::<Day>().unwrap().into(),
        Kind::Timestamp => text.parse::<Day>().unwrap().start_utc().into(),
        Kind::Real => text.parse::<f64>().unwrap().into(),
        Kind::Flag => text.parse::<bool>().unwrap().into(),
    }
}

fn fallback(column: &Column, number: usize, day: Option<&str>) -> Cell {
    match (column.name, column.kind) {
        ("kind", _) => "article".into(),
        ("status", _) => "completed".into(),
        ("fulfilment", _) => "seller".into(),
        ("disposition", _) => "unknown".into(),
        ("currency", _) => "USD".into(),
        ("settlement_id", _) => "S1".into(),
        ("sku" | "campaign", _) => "".into(),
        // maps that say no days hold on all
        ("from_day", _) => "0001-01-01".parse::<Day>().unwrap().into(),
        ("until_day", _) => "9999-12-31".parse::<Day>().unwrap().into(),
        (_, Kind::Text) => number.to_string().into(),
        (_, Kind::Timestamp) => day.unwrap_or(AS_OF).parse::<Day>().unwrap().start_utc().into(),
        (_, Kind::Integer) => 1_i64.into(),
        (other, _) => panic!("`{other}` must be given"),
    }
}

pub(crate) fn settings(channels: &[(&str, ChannelKind, FeeSchedule)]) -> Settings {
    let channel = |(name, kind, fees): &(&str, ChannelKind, FeeSchedule)| ChannelSettings {
        name: Channel::new(name),
        line: 1,
        kind: *kind,
        tier: 1,
        pool: "main".to_owned(),
        fulfilled_by_channel: false,
        can_suspend: false,
        sync: SyncTier::NearTime,
        decimal: None,
        date_order: None,
        time_zone: None,
        currency: None,
        not_articles: Vec::new(),
        encoding: None,
        prices_hold_tax: None,
        fees: *fees,
        fees_told: true,
        postage_told: true,
        oversell_penalty: None,
        prices: Default::default(),
    };
    Settings {
        file: PathBuf::from("trueup.toml"),
        folder: PathBuf::from("."),
        shop: Shop {
            name: "Test".to_owned(),
            currency: Currency::USD,
            time_zone: chrono_tz::UTC,
            as_of: None,
            cost_method: CostMethod::Standard,
        },
        exports: PathBuf::from("exports"),
        ignore: Vec::new(),
        lake: PathBuf::from("lake"),
        reports: PathBuf::from("reports"),
        channels: channels.iter().map(channel).collect(),
        policy: PolicyTree::default(),
        analogs: std::collections::BTreeMap::new(),
        alerts: DriftAlert {
            drift_units: 5,
            drift_rate: None,
            latency_minutes: 30,
            stale_after_days: None,
            fail: false,
        },
        exceptions: Default::default(),
        publish: Default::default(),
        query: Default::default(),
        mappings: Vec::new(),
    }
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

pub(crate) fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

pub(crate) fn amount(statement: &Statement, column: &str) -> String {
    statement.amount(column).map_or_else(String::new, |amount| amount.to_string())
}

pub(crate) fn sku<'a>(pnl: &'a Pnl, month: &str, channel: &str, sku: &str) -> &'a Statement {
    let key = (month.parse().unwrap(), Channel::new(channel), Sku::new(sku));
    pnl.by_sku.get(&key).unwrap_or_else(|| panic!("no statement of {key:?} in {:?}", pnl.by_sku.keys()))
}

pub(crate) fn channel<'a>(pnl: &'a Pnl, month: &str, channel: &str) -> &'a Statement {
    &pnl.by_channel[&(month.parse().unwrap(), Channel::new(channel))]
}

pub(crate) const PLAIN: FeeSchedule = FeeSchedule {
    referral_rate: Rate::ZERO,
    fulfilment_per_unit: Money::ZERO,
    payment_rate: Rate::ZERO,
    payment_per_order: Money::ZERO,
    shipping_per_order: Money::ZERO,
};

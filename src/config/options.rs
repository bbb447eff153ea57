//! `trueup.toml` as it is written: every key, its default and what it means.
//!
//! Nothing is checked here but the shape; `read` turns options into settings.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use toml::Spanned;

use crate::types::{Money, Rate};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Options {
    pub(super) shop: ShopOptions,
    #[serde(default)]
    pub(super) paths: PathOptions,
    /// `[channel.NAME]`: one table per place where the shop sells.
    #[serde(default)]
    pub(super) channel: BTreeMap<String, Spanned<ChannelOptions>>,
    /// `[policy]`: what holds where no channel, class or SKU says otherwise.
    #[serde(default)]
    pub(super) policy: Option<Spanned<PolicyOptions>>,
    /// `[class.NAME]`: a class of products and what holds for it.
    #[serde(default)]
    pub(super) class: BTreeMap<String, Spanned<ClassOptions>>,
    /// `[sku."SKU"]`: one product's exceptions.
    #[serde(default)]
    pub(super) sku: BTreeMap<String, Spanned<PolicyOptions>>,
    /// `[analogs]`: `"NEW-SKU" = "KNOWN-SKU"`, whose demand stands in while the new one has little.
    #[serde(default)]
    pub(super) analogs: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) alerts: AlertOptions,
    /// `[mapping.NAME]`: the layout of an export that trueup does not know.
    #[serde(default)]
    pub(super) mapping: BTreeMap<String, Spanned<MappingOptions>>,
}

/// `[shop]`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ShopOptions {
    /// The name on the report. Default: the folder's name.
    pub(super) name: Option<String>,
    /// Currency of the reports, such as `"USD"`.
    pub(super) currency: Spanned<String>,
    /// Zone whose days are the shop's days, such as `"America/New_York"`. Default: `"UTC"`.
    pub(super) time_zone: Option<Spanned<String>>,
    /// The day to report on, such as `2026-02-28`. Default: the day of the newest
    /// order, or of the last stock count where that is at most three days from it.
    pub(super) as_of: Option<Spanned<toml::value::Datetime>>,
    /// `"standard"` (default) or `"moving-average"`.
    pub(super) cost_method: Option<Spanned<String>>,
}

/// `[paths]`, relative to the settings file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PathOptions {
    /// Default: `"exports"`.
    pub(super) exports: Option<String>,
    /// Default: `"lake"`.
    pub(super) lake: Option<String>,
    /// Default: `"reports"`.
    pub(super) reports: Option<String>,
}

/// `[channel.NAME]`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ChannelOptions {
    /// `"shopify"`, `"amazon"`, …; default: the channel's own name if it is one of them, else `"other"`.
    pub(super) kind: Option<Spanned<String>>,
    /// 1 own store, 2 high-performing marketplace, 3 low-margin or experimental. Default by kind.
    pub(super) tier: Option<Spanned<u8>>,
    /// The pool its orders draw on. Default: `"main"`, or the channel's name if it ships itself.
    pub(super) pool: Option<String>,
    /// True where the channel ships from its own warehouse. Default: false.
    #[serde(default)]
    pub(super) fulfilled_by_channel: bool,
    /// True where an oversell can suspend the account. Default: true for marketplaces.
    pub(super) can_suspend: Option<bool>,
    /// `"real-time"`, `"near-time"`, `"batch"` or `"manual"`. Default: `"near-time"`.
    pub(super) sync: Option<Spanned<String>>,
    /// `"."` or `","`; only where the files leave it open.
    pub(super) decimal: Option<Spanned<String>>,
    /// `"dmy"`, `"mdy"` or `"ymd"`; only where the files leave it open.
    pub(super) date_order: Option<Spanned<String>>,
    /// Zone of times without an offset. Default: the shop's.
    pub(super) time_zone: Option<Spanned<String>>,
    /// Encoding such as `"windows-1252"` or `"shift_jis"`, where files are not UTF-8.
    pub(super) encoding: Option<Spanned<String>>,
    /// Expected fees, used until the settlement tells; `{}` where the channel takes none.
    pub(super) fees: Option<FeeOptions>,
    /// Money lost by one oversold unit beyond its margin.
    pub(super) oversell_penalty: Option<Spanned<Amount>>,
    /// `[channel.NAME.policy]`: what holds for this channel.
    pub(super) policy: Option<Spanned<PolicyOptions>>,
}

/// `fees = { … }` of a channel.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FeeOptions {
    /// Share of the sale that the channel keeps.
    pub(super) referral_rate: Option<Spanned<Share>>,
    /// Picking, packing and posting by the channel, per unit.
    pub(super) fulfilment_per_unit: Option<Spanned<Amount>>,
    /// Share of the payment that the processor keeps.
    pub(super) payment_rate: Option<Spanned<Share>>,
    /// Fixed amount per order that the processor keeps.
    pub(super) payment_per_order: Option<Spanned<Amount>>,
    /// What the seller pays a carrier per order.
    pub(super) shipping_per_order: Option<Spanned<Amount>>,
}

/// One level of the policy.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PolicyOptions {
    /// `"quantile"` (default), `"rule-of-thumb"`, `"percentage"` or `"flat"`.
    pub(super) holdback: Option<Spanned<String>>,
    /// `"whole"` (default) or `"cycle-only"`: what the risk multiplier multiplies.
    pub(super) multiplier_form: Option<Spanned<String>>,
    /// Cover target × this. Default: Amazon 1.5, TikTok Shop 1.3, others 1.0.
    pub(super) risk_multiplier: Option<Spanned<f64>>,
    /// Rule of thumb: units in the lag × this. Default: 1.5.
    pub(super) risk_factor: Option<Spanned<f64>>,
    /// Quantile form: accepted chance per stock-out. Default: 0.05, marketplaces 0.01.
    pub(super) oversell_risk: Option<Spanned<f64>>,
    /// Percentage form: share of available stock not shown.
    pub(super) reserve_rate: Option<Spanned<Share>>,
    /// Flat form: units not shown.
    pub(super) flat_units: Option<Spanned<i64>>,
    /// Levels below can't hold back less.
    pub(super) floor_units: Option<Spanned<i64>>,
    /// Never list more than this.
    pub(super) cap_units: Option<Spanned<i64>>,
    /// Pause below so many units in the pool.
    pub(super) pause_below: Option<Spanned<i64>>,
    /// The same during a flash sale.
    pub(super) pause_below_in_flash_sale: Option<Spanned<i64>>,
    /// Safety stock in units; default: computed from `service-level`.
    pub(super) safety_stock_units: Option<Spanned<i64>>,
    /// Chance of no stock-out per replenishment cycle. Default: 0.95.
    pub(super) service_level: Option<Spanned<f64>>,
    /// Days until a new delivery. Default: the product's, else 14.
    pub(super) lead_time_days: Option<Spanned<u32>>,
    /// Replenish stock at the channel's warehouse below so many days of cover. Default: 14.
    pub(super) cover_days: Option<Spanned<u32>>,
    /// The sync tier promised for these listings.
    pub(super) sync: Option<Spanned<String>>,
    /// A larger change of the published number waits for a person. Default: 0.5.
    pub(super) approve_above: Option<Spanned<Share>>,
}

/// `[class.NAME]`: its products and its policy.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ClassOptions {
    /// SKUs of the class, beside those whose product row names it.
    #[serde(default)]
    pub(super) skus: Vec<String>,
    #[serde(flatten)]
    pub(super) policy: toml::Table,
}

/// `[alerts]`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct AlertOptions {
    /// Alert above so many units of drift. Default: 5.
    pub(super) drift_units: Option<Spanned<i64>>,
    /// Alert above this share of the expected count, from 2 units on. Default: none.
    pub(super) drift_rate: Option<Spanned<Share>>,
    /// Alert above this lag. Default: 30.
    pub(super) latency_minutes: Option<Spanned<u32>>,
    /// A source whose newest record is older is stale. Default: by source, three times its usual gap.
    pub(super) stale_after_days: Option<Spanned<u32>>,
    /// Whether an alert makes the run exit with 1. Default: false.
    #[serde(default)]
    pub(super) fail: bool,
}

/// `[mapping.NAME]`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MappingOptions {
    /// The channel its rows belong to; none for the source of truth's files.
    pub(super) channel: Option<Spanned<String>>,
    /// The table of the lake it fills, such as `"order_lines"`.
    pub(super) table: Spanned<String>,
    /// Lake column = header in the file.
    pub(super) columns: BTreeMap<Spanned<String>, String>,
    /// Lake column = the same text for every row.
    #[serde(default)]
    pub(super) constants: BTreeMap<Spanned<String>, String>,
    /// Lake column = { text in the file = trueup's word }.
    #[serde(default)]
    pub(super) words: BTreeMap<Spanned<String>, BTreeMap<String, String>>,
    /// Lake columns whose sign is turned.
    #[serde(default)]
    pub(super) negate: Vec<Spanned<String>>,
    /// `"."` or `","`.
    pub(super) decimal: Option<Spanned<String>>,
    /// `"dmy"`, `"mdy"` or `"ymd"`.
    pub(super) date_order: Option<Spanned<String>>,
    /// Zone of times without an offset.
    pub(super) time_zone: Option<Spanned<String>>,
    /// Encoding such as `"windows-1250"`, where files are not UTF-8. Default: the channel's, else found in the file.
    pub(super) encoding: Option<Spanned<String>>,
}

/// An amount of money: `4.2`, `4` or `"4.20"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount(pub(super) Money);

/// A share: `0.15` is 15 %.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share(pub(super) Rate);

/// Reads an exact decimal from any way TOML can write a number. A float's shortest text is what
/// the user typed, so nothing is lost on the way.
struct Exact<T>(&'static str, std::marker::PhantomData<T>);

impl<T: FromStr> Visitor<'_> for Exact<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        value.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Exact("an amount such as 4.20", std::marker::PhantomData)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Exact("a share such as 0.15", std::marker::PhantomData)).map(Self)
    }
}

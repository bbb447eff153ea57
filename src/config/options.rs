//! `trueup.toml` as it is written: every key, its default and what it means.
//!
//! Nothing is checked here but the shape; `read` turns options into settings.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use toml::Spanned;

use crate::types::{Money, MoneyError, Rate};

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
    #[serde(default)]
    pub(super) publish: PublishOptions,
    #[serde(default)]
    pub(super) query: QueryOptions,
    #[serde(default)]
    pub(super) report: ReportOptions,
    /// `[playbook.KIND]`: what the shop does about a kind of exception, such as `[playbook.price-breach]`.
    #[serde(default)]
    pub(super) playbook: BTreeMap<Spanned<String>, PlaybookOptions>,
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
    pub(super) exports: Option<Spanned<String>>,
    /// Files under `exports` that are left alone, such as `"shop/notes*.csv"`; `*` stands for any letters.
    #[serde(default)]
    pub(super) ignore: Vec<String>,
    /// Default: `"lake"`.
    pub(super) lake: Option<Spanned<String>>,
    /// Default: `"reports"`.
    pub(super) reports: Option<Spanned<String>>,
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
    /// Currency of amounts whose file names none, such as `"GBP"`. Default: the shop's, until the
    /// channel's other documents or its buyers' countries speak against it.
    pub(super) currency: Option<Spanned<String>>,
    /// Order lines that are no articles: a SKU or title, with `*` for any text, and what they are:
    /// `not-articles = { "ROUTE*" = "insurance", "Tip for the team" = "tip" }`. The words are those of
    /// an order line's `kind`; `"article"` says that a title deceives.
    #[serde(default)]
    pub(super) not_articles: BTreeMap<String, Spanned<String>>,
    /// Encoding such as `"windows-1252"` or `"shift_jis"`, where files are not UTF-8.
    pub(super) encoding: Option<Spanned<String>>,
    /// Tax that prices hold where the files tell none: `"20%"`, or `{ GB = "20%", DE = "19%" }` by the
    /// buyer's country (others hold none; `"*"` for everywhere else), with SKUs that have another rate:
    /// `{ GB = "20%", "BOOK-1" = "0%" }`. Default: prices are taken as they stand, and a warning says where
    /// they may hold tax.
    pub(super) prices_hold_tax: Option<Spanned<HeldTax>>,
    /// Expected fees, used until the settlement tells; `{}` where the channel takes none.
    pub(super) fees: Option<FeeOptions>,
    /// Money lost by one oversold unit beyond its margin.
    pub(super) oversell_penalty: Option<Spanned<Amount>>,
    /// How far a price may lie above the anchor price: `"10%"`, `0.1`, or `"any"`. Default: an own store
    /// 10 %; Amazon, Walmart and TikTok Shop 0; others any.
    pub(super) price_above: Option<Spanned<Bound>>,
    /// How far a price may lie below the anchor price, such as `"5%"`. Default: TikTok Shop 5 %, others 0.
    pub(super) price_below: Option<Spanned<Share>>,
    /// What a coupon, and only a coupon, may take off the anchor price, such as `"10%"`. Default: 0, so that a
    /// coupon may go as far as `price-below`.
    pub(super) coupon_allowance: Option<Spanned<Share>>,
    /// Share of the minimum advertised price that wholesale pays at least, such as `"50%"`. Default: 50 %.
    pub(super) wholesale_share: Option<Spanned<Share>>,
    /// `[channel.NAME.policy]`: what holds for this channel.
    pub(super) policy: Option<Spanned<PolicyOptions>>,
}

/// `prices-hold-tax` of a channel: one rate, or rates by country and SKU.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a rate such as \"20%\", or rates such as { GB = \"20%\", DE = \"19%\" }")]
pub(super) enum HeldTax {
    Everywhere(String),
    Each(BTreeMap<String, String>),
}

/// `fees = { … }` of a channel.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct FeeOptions {
    /// Share of the sale that the channel keeps: of what the buyer paid, with tax where prices hold it.
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

impl FeeOptions {
    /// Whether anything the channel takes is among them: `{}` says that it takes nothing, postage alone nothing of it.
    pub(super) fn tell_fees(&self) -> bool {
        self.tells_rate() || self.shipping_per_order.is_none()
    }

    /// Whether postage is among them: `{}` says that there is none.
    pub(super) fn tell_postage(&self) -> bool {
        self.shipping_per_order.is_some() || !self.tells_rate()
    }

    fn tells_rate(&self) -> bool {
        let rates = self.referral_rate.is_some() || self.payment_rate.is_some();
        rates || self.fulfilment_per_unit.is_some() || self.payment_per_order.is_some()
    }
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
    /// Changes up to so many units wait for nobody. Default: 2. Example: `small-change-units = 5`.
    pub(super) small_change_units: Option<Spanned<i64>>,
    /// Units are kept for a promotion from so many hours before it begins. Default: 48. Example:
    /// `promotion-reserve-hours = 72`.
    pub(super) promotion_reserve_hours: Option<Spanned<u32>>,
    /// Real time is needed where the pool sells so many units in half an hour. Default: 0.5. Example:
    /// `real-time-from-units = 2`.
    pub(super) real_time_from_units: Option<Spanned<f64>>,
    /// Batch is soon enough where the pool sells at most so many units an hour. Default: 0.02. Example:
    /// `batch-up-to-units = 0.1`.
    pub(super) batch_up_to_units: Option<Spanned<f64>>,
    /// Days between two looks at what to order. Default: 1. Example: `review-days = 7`.
    pub(super) review_days: Option<Spanned<u32>>,
    /// Days from its order on that an order which nobody has paid may hold stock. Default: 7, the longest that a
    /// bank transfer or a payment in a shop usually takes. Example: `unpaid-reserve-days = 3`.
    pub(super) unpaid_reserve_days: Option<Spanned<u32>>,
    /// Days of demand that one order covers beyond the lead time. Default: 14. Example: `order-cycle-days = 30`.
    pub(super) order_cycle_days: Option<Spanned<u32>>,
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
    /// Days that an oversell stays an exception. Default: 7. Example: `oversell-days = 14`.
    pub(super) oversell_days: Option<Spanned<i64>>,
    /// A source whose newest record is older is stale. Default: by source, three times its usual gap.
    pub(super) stale_after_days: Option<Spanned<u32>>,
    /// Whether an alert makes the run exit with 1. Default: false.
    #[serde(default)]
    pub(super) fail: bool,
}

/// `[publish]`: what a publication may change without a person's word; `--force RAIL` names the rail that is overridden.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PublishOptions {
    /// Largest share of published listings whose hold-back may change, such as `"30%"`. Default: 30 %.
    pub(super) changed_share: Option<Spanned<Share>>,
    /// Most listings that may go from some units shown to none. Default: 20. Example: `zeroed-listings = 5`.
    pub(super) zeroed_listings: Option<Spanned<i64>>,
    /// Largest share by which the units shown over all channels may go up or down, from 10 units on. What was
    /// never published counts as its channel reports it. Default: 50 %. Example: `listed-units-share = "80%"`.
    pub(super) listed_units_share: Option<Spanned<Share>>,
    /// The same for each channel. Default: 70 %. Example: `channel-units-share = "90%"`.
    pub(super) channel_units_share: Option<Spanned<Share>>,
    /// Most times as many, or as few, units that one listing may show. Default: 10. Example: `listing-factor = 20`.
    pub(super) listing_factor: Option<Spanned<i64>>,
    /// From so many units of change on `listing-factor` holds, since a delivery multiplies small numbers.
    /// Default: 500. Example: `listing-floor-units = 2000`.
    pub(super) listing_floor_units: Option<Spanned<i64>>,
    /// Most times as many, or as few, units that the cover targets may come to over all listings; on the first day ten
    /// times that of the stock. Default: 10. Example: `cover-factor = 20`.
    pub(super) cover_factor: Option<Spanned<i64>>,
    /// Largest share of published listings that may be gone. Default: 10 %. Example: `vanished-listings-share = "25%"`.
    pub(super) vanished_listings_share: Option<Spanned<Share>>,
    /// Most channels that may be left without a listing; before the first publication those of the settings count.
    /// Default: 0. Example: `vanished-channels = 1`.
    pub(super) vanished_channels: Option<Spanned<i64>>,
    /// Largest share of listings that may wait for a person or for more facts. Default: 50 %. Example:
    /// `waiting-share = "80%"`.
    pub(super) waiting_share: Option<Spanned<Share>>,
    /// Oldest inputs in hours. Default: 36. Example: `oldest-input-hours = 12`.
    pub(super) oldest_input_hours: Option<Spanned<i64>>,
}

/// `[query]`: what one `trueup query` may take before it is given up.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct QueryOptions {
    /// Seconds until it must have its answer. Default: 300. Example: `seconds = 1800`.
    pub(super) seconds: Option<Spanned<i64>>,
    /// Megabytes of memory that the program may hold meanwhile; watched on Linux. Default: half of the machine's.
    /// Example: `megabytes = 8000`.
    pub(super) megabytes: Option<Spanned<i64>>,
}

/// `[report]`
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ReportOptions {
    /// Exceptions that the page shows; the others are counted. Default: 10. Example: `morning-items = 25`.
    pub(super) morning_items: Option<Spanned<i64>>,
}

/// `[playbook.KIND]`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct PlaybookOptions {
    /// The role that owns it. Default: the kind's own, such as `operations`. Example: `owner = "mei"`.
    pub(super) owner: Option<Spanned<String>>,
    /// Hours until it should be done. Default by kind: an oversell 1, a price breach 4, a suspended listing 24.
    /// Example: `due-hours = 2`.
    pub(super) due_hours: Option<Spanned<i64>>,
    /// What to do, in order. Default: the kind's own steps. Example: `steps = ["call the buyer", "recount"]`.
    pub(super) steps: Option<Vec<Spanned<String>>>,
}

/// `[mapping.NAME]`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct MappingOptions {
    /// The channel its rows belong to; none for the source of truth's files.
    pub(super) channel: Option<Spanned<String>>,
    /// The table of the lake it fills, such as `"order_lines"`.
    pub(super) table: Spanned<String>,
    /// Lake column = header in the file, or `["DAY", "TIME"]`, or `{ plus = "CREDIT", minus = "DEBIT" }`.
    pub(super) columns: BTreeMap<Spanned<String>, HeadersOption>,
    /// Lake column = the same text for every row.
    #[serde(default)]
    pub(super) constants: BTreeMap<Spanned<String>, String>,
    /// Lake column = { text in the file = trueup's word }; `*` in the text stands for any letters.
    #[serde(default)]
    pub(super) words: BTreeMap<Spanned<String>, BTreeMap<String, String>>,
    /// Lake columns whose sign is turned.
    #[serde(default)]
    pub(super) negate: Vec<Spanned<String>>,
    /// Header = texts in it of rows that are left out, such as `{ "Sales Channel" = "Non-Amazon" }`.
    #[serde(default)]
    pub(super) skip: BTreeMap<String, TextsOption>,
    /// Article numbers that are no articles: `["POST"]`, or `{ "POST" = "handling" }` with what they are.
    pub(super) not_articles: Option<NotArticlesOption>,
    /// `"refunded"`: a line below zero is what came back, whatever its status.
    pub(super) negative: Option<Spanned<String>>,
    /// Lake columns of which an empty cell means what the line above it says, within one order.
    #[serde(default)]
    pub(super) fill_down: Vec<Spanned<String>>,
    /// `true` where the prices hold the tax that the column `tax` tells, `false` where it comes on top.
    /// Default: as `order_total` proves, else as `prices-hold-tax` of the channel says.
    pub(super) prices_hold_tax: Option<bool>,
    /// Lake columns that are money though all their values lie between 0 and 1.
    #[serde(default)]
    pub(super) amounts: Vec<Spanned<String>>,
    /// Rates that are written in whole percents, such as `["discount_rate"]` for `10,0`.
    #[serde(default)]
    pub(super) percent: Vec<Spanned<String>>,
    /// `"."` or `","`.
    pub(super) decimal: Option<Spanned<String>>,
    /// `"dmy"`, `"mdy"` or `"ymd"`; only where the files leave it open.
    pub(super) date_order: Option<Spanned<String>>,
    /// Zone of times without an offset.
    pub(super) time_zone: Option<Spanned<String>>,
    /// Encoding such as `"windows-1250"`, where files are not UTF-8. Default: the channel's, else found in the file.
    pub(super) encoding: Option<Spanned<String>>,
}

/// Where a mapping finds a column's value.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a header, a list of headers, or `{ plus = \"CREDIT\", minus = \"DEBIT\" }`")]
pub(super) enum HeadersOption {
    One(String),
    Several(Vec<String>),
    Difference(DifferenceOption),
}

/// Two headers: what came in and what went out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DifferenceOption {
    pub(super) plus: String,
    pub(super) minus: String,
}

/// One text or several.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
pub(super) enum TextsOption {
    One(String),
    Several(Vec<String>),
}

/// Codes that are no articles, with or without what they are.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a list of article numbers, or `{ \"NUMBER\" = \"KIND\" }`")]
pub(super) enum NotArticlesOption {
    Codes(Vec<String>),
    Kinds(BTreeMap<String, String>),
}

/// An amount of money: `4.2`, `4` or `"4.20"`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount(pub(super) Money);

/// A share: `0.15` and `"15%"` are 15 %.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share(pub(super) Rate);

impl FromStr for Share {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.trim().strip_suffix('%') {
            // Ten-thousandths of a percent are millionths of the whole.
            Some(percent) => {
                let percent: Money = percent.trim_end().parse()?;
                Ok(Self(Rate::from_millionths(percent.ten_thousandths())))
            }
            None => text.trim().parse().map(Self),
        }
    }
}

/// A share, or `"any"`: no bound.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    Any,
    Share(Share),
}

impl FromStr for Bound {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        if text == "any" { Ok(Self::Any) } else { text.parse().map(Self::Share) }
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Exact("a share such as \"10%\", or \"any\"", std::marker::PhantomData))
    }
}

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
        deserializer.deserialize_any(Exact("a share such as 0.15 or \"15%\"", std::marker::PhantomData))
    }
}

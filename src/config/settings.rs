//! The settings once they are understood.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::mapping::Mapping;
use super::pattern::Pattern;
use super::prices::Differential;
use super::tax::TaxRates;
use crate::types::{Channel, Currency, Day, Money, Rate, Sku};

/// Everything a run needs to know of the user's wishes.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The settings file, as messages name it.
    pub file: PathBuf,
    /// The project folder.
    pub folder: PathBuf,
    /// The shop as a whole.
    pub shop: Shop,
    /// Where exports lie.
    pub exports: PathBuf,
    /// Files under `exports` that are left alone.
    pub ignore: Vec<Pattern>,
    /// Where the lake lies.
    pub lake: PathBuf,
    /// Where reports go.
    pub reports: PathBuf,
    /// The channels in the order of the file.
    pub channels: Vec<ChannelSettings>,
    /// Buffers' policy by level.
    pub policy: PolicyTree,
    /// Whose demand stands in for a new product's.
    pub analogs: BTreeMap<Sku, Analog>,
    /// When drift, lag and age are worth an alert.
    pub alerts: DriftAlert,
    /// What becomes of exceptions: how long, how many, by whom.
    pub exceptions: ExceptionPolicy,
    /// What a publication may change without a person's word.
    pub publish: PublishLimits,
    /// What one query may take.
    pub query: QueryLimits,
    /// Layouts that the user described.
    pub mappings: Vec<Mapping>,
}

/// The shop as a whole.
#[derive(Clone, Debug)]
pub struct Shop {
    /// Its name, for the report.
    pub name: String,
    /// The currency of every report.
    pub currency: Currency,
    /// Days are this zone's days.
    pub time_zone: chrono_tz::Tz,
    /// The day the reports stand on, if the user fixed it; else the lake's newest orders and counts tell it.
    pub as_of: Option<Day>,
    /// How cost of goods is worked out.
    pub cost_method: CostMethod,
}

/// How cost of goods is worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CostMethod {
    /// The cost in force on the day of the sale.
    #[default]
    Standard,
    /// The average over receipts and stock at hand.
    MovingAverage,
}

/// One channel.
#[derive(Clone, Debug)]
pub struct ChannelSettings {
    /// Its name: the table's in `trueup.toml`.
    pub name: Channel,
    /// Line of its table in `trueup.toml`.
    pub line: usize,
    /// What kind of place it is.
    pub kind: ChannelKind,
    /// 1 own store, 2 high-performing marketplace, 3 low-margin or experimental.
    pub tier: u8,
    /// The pool its orders draw on.
    pub pool: String,
    /// True where the channel ships from its own warehouse; then its pool is that warehouse.
    pub fulfilled_by_channel: bool,
    /// True where a channel can suspend the account for an oversell.
    pub can_suspend: bool,
    /// The promised sync tier.
    pub sync: SyncTier,
    /// Decimal mark of its files, if it must be told.
    pub decimal: Option<Decimal>,
    /// Order of day and month in its files, if it must be told.
    pub date_order: Option<DateOrder>,
    /// Time zone of its files' times without an offset; the shop's if not given.
    pub time_zone: Option<chrono_tz::Tz>,
    /// The currency of amounts whose file names none; the shop's if not given.
    pub currency: Option<Currency>,
    /// Which of its order lines are no articles; the first pattern that fits decides.
    pub not_articles: Vec<LinePattern>,
    /// Encoding of its files, if it must be told: a label of the Encoding Standard.
    pub encoding: Option<&'static str>,
    /// Tax that its prices hold, where its files do not tell it.
    pub prices_hold_tax: Option<TaxRates>,
    /// Estimated fees until the settlement tells.
    pub fees: FeeSchedule,
    /// True where the settings say what the channel charges, be it nothing.
    pub fees_told: bool,
    /// True where the settings say what the seller pays a carrier, be it nothing.
    pub postage_told: bool,
    /// Money lost by one oversold unit, beyond the margin.
    pub oversell_penalty: Option<Money>,
    /// How far its prices may lie from the anchor price.
    pub prices: Differential,
}

/// Order lines that the user knows by their SKU or title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinePattern {
    /// A SKU or title in lower case, with `*` for any text.
    pub text: String,
    /// What they are: one of [`crate::lake::ORDER_LINE_KINDS`].
    pub kind: &'static str,
}

impl LinePattern {
    /// Whether a SKU or title is such a line.
    pub fn fits(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        let mut parts = self.text.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = text.strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

/// What kind of place a channel is; decides which exports it can have and its defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the variants are the channels' names")]
pub enum ChannelKind {
    Shopify,
    Amazon,
    Tiktok,
    Ebay,
    Walmart,
    Etsy,
    Woocommerce,
    Bigcommerce,
    Wholesale,
    Other,
}

impl ChannelKind {
    /// Every kind with its word in `trueup.toml`.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Shopify, "shopify"),
        (Self::Amazon, "amazon"),
        (Self::Tiktok, "tiktok"),
        (Self::Ebay, "ebay"),
        (Self::Walmart, "walmart"),
        (Self::Etsy, "etsy"),
        (Self::Woocommerce, "woocommerce"),
        (Self::Bigcommerce, "bigcommerce"),
        (Self::Wholesale, "wholesale"),
        (Self::Other, "other"),
    ];

    /// Its word in `trueup.toml`.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("other", |(_, word)| word)
    }

    /// True where somebody else owns the storefront.
    pub fn is_marketplace(self) -> bool {
        matches!(self, Self::Amazon | Self::Tiktok | Self::Ebay | Self::Walmart | Self::Etsy)
    }

    /// True where no sale is free of fees: a marketplace's, or a payment processor's and a carrier's.
    pub fn charges_fees(self) -> bool {
        !matches!(self, Self::Wholesale | Self::Other)
    }
}

/// How fast a channel is told of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyncTier {
    /// Under 5 minutes.
    RealTime,
    /// 15 to 30 minutes.
    NearTime,
    /// Hourly and slower.
    Batch,
    /// By hand: four hours.
    Manual,
}

impl SyncTier {
    /// Its word in `trueup.toml` and `buffers.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::RealTime => "real-time",
            Self::NearTime => "near-time",
            Self::Batch => "batch",
            Self::Manual => "manual",
        }
    }

    /// The lag assumed where none was measured, in minutes: the tier's upper end.
    pub fn assumed_minutes(self) -> u32 {
        match self {
            Self::RealTime => 5,
            Self::NearTime => 30,
            Self::Batch => 60,
            Self::Manual => 240,
        }
    }
}

/// The decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decimal {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

/// The order of day, month and year in numeric dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateOrder {
    /// 31/12/2026
    DayMonthYear,
    /// 12/31/2026
    MonthDayYear,
    /// 2026-12-31
    YearMonthDay,
}

/// What a channel is expected to charge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeeSchedule {
    /// Share of the sale that the channel keeps: of what the buyer paid, with tax where prices hold it.
    pub referral_rate: Rate,
    /// Picking, packing and posting by the channel, per unit.
    pub fulfilment_per_unit: Money,
    /// Share of the payment that the processor keeps.
    pub payment_rate: Rate,
    /// Fixed amount per order that the processor keeps.
    pub payment_per_order: Money,
    /// What the seller pays a carrier per order.
    pub shipping_per_order: Money,
}

/// A product that a new one is expected to sell like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analog {
    /// The known product.
    pub sku: Sku,
    /// Line of `trueup.toml` that names it.
    pub line: usize,
}

/// When drift, lag and age are worth an alert.
#[derive(Clone, Copy, Debug)]
pub struct DriftAlert {
    /// Alert above so many units between expected and reported.
    pub drift_units: i64,
    /// Alert above this share of the expected count, if at least 2 units.
    pub drift_rate: Option<Rate>,
    /// Alert above this lag.
    pub latency_minutes: u32,
    /// Alert above this age of a source's newest record; `None`: above what is usual for the source.
    pub stale_after_days: Option<u32>,
    /// Whether an alert makes the run exit with 1.
    pub fail: bool,
}

/// What becomes of exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionPolicy {
    /// Days that an oversell stays an exception; older ones are history.
    pub oversell_days: i64,
    /// Exceptions that the page shows; the others are counted.
    pub morning_items: usize,
    /// What the shop does otherwise than trueup's playbooks say, by the kind's key.
    pub playbooks: BTreeMap<String, PlaybookChange>,
}

impl Default for ExceptionPolicy {
    fn default() -> Self {
        Self { oversell_days: 7, morning_items: 10, playbooks: BTreeMap::new() }
    }
}

/// The kinds of exceptions that `[playbook.KIND]` can name.
pub const PLAYBOOKS: [&str; 13] = [
    "unknown-money",
    "stale-source",
    "oversell",
    "price-breach",
    "listing-suspended",
    "losing-money",
    "drift",
    "sync-latency",
    "silent-channel",
    "return-rate-changed",
    "channel-share-changed",
    "override",
    "check",
];

/// What the shop's own playbook says; what it does not say is as trueup has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaybookChange {
    /// The role that owns it.
    pub owner: Option<String>,
    /// Hours from its beginning until it should be done.
    pub due_hours: Option<i64>,
    /// The steps in order.
    pub steps: Option<Vec<String>>,
}

/// What a publication may change without a person's word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PublishLimits {
    /// Largest share of published listings whose hold-back may change.
    pub changed_share: Rate,
    /// Most listings that may go from some units shown to none.
    pub zeroed_listings: usize,
    /// Largest share by which the units shown over all channels may go up or down.
    pub listed_units_share: Rate,
    /// The same for each channel.
    pub channel_units_share: Rate,
    /// Most times as many, or as few, units that one listing may show.
    pub listing_factor: i64,
    /// Units of change from which the factor holds.
    pub listing_floor_units: i64,
    /// Most times as many, or as few, units that the cover targets may come to.
    pub cover_factor: i64,
    /// Largest share of published listings that may be gone.
    pub vanished_listings_share: Rate,
    /// Most channels that may be left without a listing.
    pub vanished_channels: usize,
    /// Largest share of listings that may wait.
    pub waiting_share: Rate,
    /// Oldest inputs, in hours.
    pub oldest_input_hours: i64,
}

impl Default for PublishLimits {
    fn default() -> Self {
        const PERCENT: i64 = 10_000;
        Self {
            changed_share: Rate::from_millionths(30 * PERCENT),
            zeroed_listings: 20,
            listed_units_share: Rate::from_millionths(50 * PERCENT),
            channel_units_share: Rate::from_millionths(70 * PERCENT),
            listing_factor: 10,
            listing_floor_units: 500,
            cover_factor: 10,
            vanished_listings_share: Rate::from_millionths(10 * PERCENT),
            vanished_channels: 0,
            waiting_share: Rate::from_millionths(50 * PERCENT),
            oldest_input_hours: 36,
        }
    }
}

/// Buffers' policy as four levels; [`PolicyTree`] is resolved by `buffer`.
#[derive(Clone, Debug, Default)]
pub struct PolicyTree {
    /// `[policy]`
    pub global: PolicyLevel,
    /// `[channel.NAME.policy]`
    pub channels: BTreeMap<Channel, PolicyLevel>,
    /// `[class.NAME]`; a product's class is in `products`, or it is listed here.
    pub classes: BTreeMap<String, PolicyLevel>,
    /// SKUs that `[class.NAME] skus = […]` names.
    pub class_of: BTreeMap<Sku, String>,
    /// `[sku."SKU"]`
    pub skus: BTreeMap<Sku, PolicyLevel>,
}

/// Where a policy value was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyScope {
    /// Nowhere: trueup's own default.
    Default,
    /// `[policy]`
    Global,
    /// `[channel.NAME.policy]`
    Channel(Channel),
    /// `[class.NAME]`
    Class(String),
    /// `[sku."SKU"]`
    Sku(Sku),
}

/// One level of the policy: what is not said is decided by the level above.
#[derive(Clone, Debug, Default)]
pub struct PolicyLevel {
    /// Line of the table in `trueup.toml`.
    pub line: usize,
    /// The model of the hold-back.
    pub holdback: Option<HoldbackModel>,
    /// How the channel's risk multiplier is applied to the cover target.
    pub multiplier_form: Option<Multiplier>,
    /// Amazon 1.5, own store 1.0, TikTok Shop 1.3.
    pub risk_multiplier: Option<f64>,
    /// Units sold in one lag × this (rule of thumb): 1.0 to 2.0 and more.
    pub risk_factor: Option<f64>,
    /// Chance per stock-out that the lag sells more than the hold-back (quantile form).
    pub oversell_risk: Option<f64>,
    /// Share of available stock that is not shown (percentage reserve).
    pub reserve_rate: Option<Rate>,
    /// Units that are never shown (flat form).
    pub flat_units: Option<i64>,
    /// No level below may hold back less than this.
    pub floor_units: Option<i64>,
    /// Never list more than this.
    pub cap_units: Option<i64>,
    /// Pause the listing when the pool has fewer units.
    pub pause_below: Option<i64>,
    /// The same while a flash sale runs.
    pub pause_below_in_flash_sale: Option<i64>,
    /// Safety stock in the cover target, in units; computed from `service_level` if not given.
    pub safety_stock_units: Option<i64>,
    /// Chance of no stock-out in one replenishment cycle.
    pub service_level: Option<f64>,
    /// Days until a new delivery, if `products` does not tell.
    pub lead_time_days: Option<u32>,
    /// Days of cover below which stock at the channel's warehouse is replenished.
    pub cover_days: Option<u32>,
    /// The promised sync tier for these listings.
    pub sync: Option<SyncTier>,
    /// A change of the published number by more than this share needs a person.
    pub approve_above: Option<Rate>,
    /// Changes up to so many units need none, however large their share is.
    pub small_change_units: Option<i64>,
    /// Hours before a promotion begins from which its units are kept for it.
    pub promotion_reserve_hours: Option<u32>,
    /// Units of the pool in half an hour from which a listing needs real time.
    pub real_time_from_units: Option<f64>,
    /// Units of the pool in an hour up to which batch is soon enough.
    pub batch_up_to_units: Option<f64>,
    /// Days between two looks at what to order.
    pub review_days: Option<u32>,
    /// Days from its order on that an order which nobody has paid may hold stock.
    pub unpaid_reserve_days: Option<u32>,
    /// Days of demand that one order covers beyond the lead time.
    pub order_cycle_days: Option<u32>,
}

/// How many units a channel must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldbackModel {
    /// Smallest b with P(demand in the lag > b) ≤ risk.
    Quantile,
    /// ceil(units in the lag × risk factor).
    RuleOfThumb,
    /// A share of available stock.
    Percentage,
    /// A fixed number.
    Flat,
}

/// How the risk multiplier enters the cover target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplier {
    /// multiplier × (velocity × lead time + safety stock)
    Whole,
    /// multiplier × velocity × lead time + safety stock
    CycleOnly,
}

/// What one `trueup query` may take before it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// Seconds until it must have its answer.
    pub seconds: u64,
    /// Megabytes of memory that the program may hold meanwhile; `None`: half of the machine's.
    pub megabytes: Option<u64>,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self { seconds: 300, megabytes: None }
    }
}

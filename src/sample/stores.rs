//! Which channels does the sample shop sell on, and how does each behave?

/// One channel of the sample shop.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) tier: u8,
    /// True where the channel ships from its own warehouse.
    pub(crate) fulfilled_by_channel: bool,
    /// Share of the shop's units where every channel lists an article.
    pub(crate) share: f64,
    /// Share of the articles that it lists.
    pub(crate) listed: f64,
    /// Its price as a percentage of the anchor price.
    pub(crate) price_percent: i64,
    /// Units that the live system holds back.
    pub(crate) buffer: i64,
    /// Median and spread (of the logarithm) of the lag of an update, in seconds.
    pub(crate) lag: (f64, f64),
    /// Share of updates that get lost.
    pub(crate) failure_rate: f64,
    /// Relative demand from Monday to Sunday.
    pub(crate) week: [f64; 7],
    /// Hours from order to parcel, shortest and longest.
    pub(crate) ships_after: (i64, i64),
    /// Share of shipped lines that come back.
    pub(crate) return_rate: f64,
    /// Share of the sale that the channel keeps, in percent of a percent.
    pub(crate) referral: i64,
    /// What a parcel costs the seller, in cents.
    pub(crate) parcel: i64,
    /// The promised sync tier.
    pub(crate) sync: &'static str,
    /// What one oversold unit costs beyond the margin.
    pub(crate) oversell_penalty: &'static str,
}

pub(crate) const SHOPIFY: usize = 0;
pub(crate) const AMAZON: usize = 1;
pub(crate) const TIKTOK: usize = 2;
pub(crate) const WHOLESALE: usize = 3;
pub(crate) const BOUTIQUE: usize = 4;

/// Every channel, in the order in which a shop grows.
pub(crate) static STORES: [Store; 5] = [
    Store {
        name: "shopify",
        kind: "shopify",
        tier: 1,
        fulfilled_by_channel: false,
        share: 0.42,
        listed: 1.0,
        price_percent: 100,
        buffer: 0,
        lag: (25.0, 0.8),
        failure_rate: 0.003,
        week: [1.08, 1.0, 0.96, 0.95, 0.93, 0.98, 1.1],
        ships_after: (10, 34),
        return_rate: 0.035,
        referral: 0,
        parcel: 395,
        sync: "real-time",
        oversell_penalty: "12.00",
    },
    Store {
        name: "amazon",
        kind: "amazon",
        tier: 2,
        fulfilled_by_channel: true,
        share: 0.28,
        listed: 0.7,
        price_percent: 100,
        buffer: 0,
        lag: (60.0, 0.5),
        failure_rate: 0.0,
        week: [1.04, 1.02, 1.0, 0.98, 0.95, 0.96, 1.05],
        ships_after: (4, 20),
        return_rate: 0.055,
        referral: 1500,
        parcel: 0,
        sync: "batch",
        oversell_penalty: "40.00",
    },
    Store {
        name: "tiktok",
        kind: "tiktok",
        tier: 3,
        fulfilled_by_channel: false,
        share: 0.12,
        listed: 0.5,
        price_percent: 100,
        buffer: 1,
        lag: (420.0, 0.9),
        failure_rate: 0.02,
        week: [0.9, 0.88, 0.9, 0.95, 1.1, 1.15, 1.12],
        ships_after: (8, 40),
        return_rate: 0.04,
        referral: 600,
        parcel: 405,
        sync: "near-time",
        oversell_penalty: "25.00",
    },
    Store {
        name: "wholesale",
        kind: "wholesale",
        tier: 2,
        fulfilled_by_channel: false,
        share: 0.45,
        listed: 0.4,
        price_percent: 50,
        buffer: 3,
        lag: (2100.0, 0.5),
        failure_rate: 0.015,
        week: [1.4, 1.4, 1.4, 1.4, 1.3, 0.06, 0.04],
        ships_after: (20, 60),
        return_rate: 0.004,
        referral: 0,
        parcel: 900,
        sync: "batch",
        oversell_penalty: "60.00",
    },
    Store {
        name: "boutique",
        kind: "shopify",
        tier: 1,
        fulfilled_by_channel: false,
        share: 0.08,
        listed: 0.3,
        price_percent: 105,
        buffer: 1,
        lag: (90.0, 0.8),
        failure_rate: 0.005,
        week: [1.0, 0.95, 0.95, 0.97, 1.0, 1.1, 1.12],
        ships_after: (10, 34),
        return_rate: 0.03,
        referral: 0,
        parcel: 395,
        sync: "real-time",
        oversell_penalty: "12.00",
    },
];

/// Channels of the layout of Shopify.
pub(crate) fn is_shopify(channel: usize) -> bool {
    STORES[channel].kind == "shopify"
}

/// The channels that draw on the seller's own warehouse, among the first `count`.
pub(crate) fn self_fulfilled(count: usize) -> impl Iterator<Item = usize> {
    (0..count).filter(|channel| !STORES[*channel].fulfilled_by_channel)
}

/// Relative demand by hour of the day.
pub(crate) const HOURS: [f64; 24] = [
    1.2, 0.7, 0.4, 0.3, 0.3, 0.5, 1.0, 1.8, 2.6, 3.4, 4.0, 4.4, 4.6, 4.4, 4.2, 4.2, 4.3, 4.6, 5.2, 6.0, 6.4, 5.6, 4.0,
    2.4,
];

/// Where buyers live: city, state, its name, ZIP code.
pub(crate) const PLACES: [(&str, &str, &str, &str); 12] = [
    ("Brooklyn", "NY", "New York", "11215"),
    ("Portland", "OR", "Oregon", "97205"),
    ("Austin", "TX", "Texas", "78704"),
    ("Boston", "MA", "Massachusetts", "02116"),
    ("Chicago", "IL", "Illinois", "60614"),
    ("Denver", "CO", "Colorado", "80205"),
    ("Seattle", "WA", "Washington", "98103"),
    ("Atlanta", "GA", "Georgia", "30307"),
    ("Phoenix", "AZ", "Arizona", "85016"),
    ("Miami", "FL", "Florida", "33127"),
    ("Madison", "WI", "Wisconsin", "53703"),
    ("Asheville", "NC", "North Carolina", "28801"),
];

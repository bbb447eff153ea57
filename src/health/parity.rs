//! Where does a listing's price leave the corridor around the anchor price?

use std::collections::BTreeMap;

use crate::config::{ChannelKind, Differential};
use crate::error::Result;
use crate::lake::{Amounts, Cell, Column, Kind, Rows, RowsBuilder, Texts, Timestamps};
use crate::types::{Channel, Money, Sku, Timestamp};

/// Prices of one listing at one time, all in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// What a buyer pays without a coupon.
    pub price: Option<Money>,
    /// What a buyer pays with one.
    pub coupon_price: Option<Money>,
    /// The product's anchor price.
    pub anchor: Option<Money>,
    /// The lowest price that may be advertised.
    pub map_price: Option<Money>,
}

/// One price outside its corridor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Breach {
    /// `price` or `coupon_price`.
    pub field: &'static str,
    /// The end of the corridor that was passed.
    pub bound: Money,
    /// The price seen.
    pub seen: Money,
    /// Which rule: `below anchor`, `above anchor`, `coupon too deep`, `below map`,
    /// `below wholesale share`.
    pub rule: &'static str,
}

/// The breaches of one listing; at most one per field. What is not known breaks no rule.
pub fn breaches(prices: &Prices, kind: ChannelKind, allowed: &Differential) -> Vec<Breach> {
    let mut found = Vec::new();
    if let Some(seen) = prices.price {
        let field = "price";
        let broken = if kind == ChannelKind::Wholesale {
            let bound = prices.map_price.map(|map| map.at_rate(allowed.wholesale));
            below(seen, bound, "below wholesale share")
        } else {
            below(seen, prices.map_price, "below map")
                .or_else(|| below(seen, prices.anchor.map(|anchor| allowed.lowest(anchor)), "below anchor"))
                .or_else(|| above(seen, prices.anchor.and_then(|anchor| allowed.highest(anchor)), "above anchor"))
        };
        found.extend(broken.map(|(bound, rule)| Breach { field, bound, seen, rule }));
    }
    if let Some(seen) = prices.coupon_price.filter(|_| kind != ChannelKind::Wholesale) {
        let bound = prices.anchor.map(|anchor| allowed.lowest_with_coupon(anchor));
        let broken = below(seen, bound, "coupon too deep");
        found.extend(broken.map(|(bound, rule)| Breach { field: "coupon_price", bound, seen, rule }));
    }
    found
}

fn below(seen: Money, bound: Option<Money>, rule: &'static str) -> Option<(Money, &'static str)> {
    bound.filter(|bound| seen < *bound).map(|bound| (bound, rule))
}

fn above(seen: Money, bound: Option<Money>, rule: &'static str) -> Option<(Money, &'static str)> {
    bound.filter(|bound| seen > *bound).map(|bound| (bound, rule))
}

/// One listing whose newest price breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceBreach {
    /// The channel.
    pub channel: Channel,
    /// The SKU.
    pub sku: Sku,
    /// The channel's own number of the listing.
    pub channel_sku: String,
    /// The anchor price, if known.
    pub anchor: Option<Money>,
    /// The currency of all these prices, where the listing or the product names one; else the shop's.
    pub currency: Option<String>,
    /// What was broken.
    pub breach: Breach,
    /// The first of the unbroken row of listings that broke the same rule.
    pub since: Timestamp,
    /// `stale` where the anchor changed after the listing did, `swapped` where the price is the
    /// anchor of another SKU of the channel, else `edited`.
    pub state: &'static str,
}

/// A listing that the channel has taken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    /// The channel.
    pub channel: Channel,
    /// The SKU.
    pub sku: Sku,
    /// The first of the unbroken row of exports that show it suspended.
    pub since: Timestamp,
}

/// What the listings' history tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listings {
    /// Prices that break a rule, by channel, SKU and field.
    pub breaches: Vec<PriceBreach>,
    /// Listings that are suspended, by channel and SKU.
    pub suspended: Vec<Suspension>,
}

/// Reads the listings' history (`mart_listing_prices`) against the corridors; `allowed` answers
/// for a channel of a kind.
///
/// # Errors
/// Where a column is missing or of another type.
pub fn inspect(rows: &Rows, allowed: impl Fn(&Channel, ChannelKind) -> Differential) -> Result<Listings> {
    let history = History::of(rows)?;
    let anchors = history.anchors();
    let mut listings = Listings::default();
    for states in history.listings.values() {
        let Some(newest) = states.last() else { continue };
        let (channel, sku) = (Channel::new(newest.channel), Sku::new(newest.sku));
        let corridor = allowed(&channel, newest.kind);
        for breach in breaches(&newest.prices, newest.kind, &corridor) {
            let same = |state: &&State<'_>| {
                let found = breaches(&state.prices, state.kind, &corridor);
                found.iter().any(|other| other.rule == breach.rule)
            };
            let since = states.iter().rev().take_while(same).last().map_or(newest.at, |state| state.at);
            let other = anchors.get(&(newest.channel, breach.seen)).is_some_and(|owner| *owner != newest.sku);
            listings.breaches.push(PriceBreach {
                channel: channel.clone(),
                sku: sku.clone(),
                channel_sku: newest.channel_sku.to_owned(),
                anchor: newest.prices.anchor,
                currency: newest.currency.map(str::to_owned),
                breach,
                since,
                state: newest.state_word(since, other),
            });
        }
        if newest.status == "suspended" {
            let down = states.iter().rev().take_while(|state| state.status == "suspended");
            let since = down.last().map_or(newest.at, |state| state.at);
            listings.suspended.push(Suspension { channel, sku, since });
        }
    }
    let key = |found: &PriceBreach| (found.channel.clone(), found.sku.clone(), found.breach.field);
    listings.breaches.sort_by(|a, b| key(a).cmp(&key(b)).then(a.channel_sku.cmp(&b.channel_sku)));
    listings.breaches.dedup_by(|second, first| key(first) == key(second));
    listings.suspended.sort_by(|a, b| (&a.channel, &a.sku).cmp(&(&b.channel, &b.sku)));
    listings.suspended.dedup_by(|second, first| (&first.channel, &first.sku) == (&second.channel, &second.sku));
    Ok(listings)
}

struct State<'a> {
    channel: &'a str,
    channel_sku: &'a str,
    sku: &'a str,
    at: Timestamp,
    kind: ChannelKind,
    status: &'a str,
    prices: Prices,
    currency: Option<&'a str>,
    anchor_updated_at: Option<Timestamp>,
}

impl State<'_> {
    fn state_word(&self, since: Timestamp, is_anothers_price: bool) -> &'static str {
        if is_anothers_price {
            "swapped"
        } else if self.anchor_updated_at.is_some_and(|updated| updated > since) {
            "stale"
        } else {
            "edited"
        }
    }
}

struct History<'a> {
    listings: BTreeMap<(&'a str, &'a str), Vec<State<'a>>>,
}

struct ListingColumns<'a> {
    channel: Texts<'a>,
    channel_sku: Texts<'a>,
    sku: Texts<'a>,
    at: Timestamps<'a>,
    kind: Texts<'a>,
    status: Texts<'a>,
    price: Amounts<'a>,
    coupon_price: Amounts<'a>,
    currency: Texts<'a>,
    anchor: Amounts<'a>,
    map_price: Amounts<'a>,
    anchor_currency: Texts<'a>,
    anchor_updated_at: Timestamps<'a>,
}

impl<'a> ListingColumns<'a> {
    fn of(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            channel: rows.text("channel")?,
            channel_sku: rows.text("channel_sku")?,
            sku: rows.text("sku")?,
            at: rows.timestamp("at")?,
            kind: rows.text("kind")?,
            status: rows.text("status")?,
            price: rows.money("price")?,
            coupon_price: rows.money("coupon_price")?,
            currency: rows.text("currency")?,
            anchor: rows.money("anchor")?,
            map_price: rows.money("map_price")?,
            anchor_currency: rows.text("anchor_currency")?,
            anchor_updated_at: rows.timestamp("anchor_updated_at")?,
        })
    }

    fn state(&self, row: usize) -> Option<State<'a>> {
        let (currency, anchor_currency) = (self.currency.get(row), self.anchor_currency.get(row));
        // Amounts of two currencies cannot be compared; one that is not named is the product's.
        let comparable = currency.is_none() || anchor_currency.is_none() || currency == anchor_currency;
        let kind_word = self.kind.get(row).unwrap_or("other");
        let kind = ChannelKind::ALL.iter().find(|(_, word)| *word == kind_word);
        Some(State {
            channel: self.channel.get(row)?,
            channel_sku: self.channel_sku.get(row)?,
            sku: self.sku.get(row)?,
            at: self.at.get(row)?,
            kind: kind.map_or(ChannelKind::Other, |(kind, _)| *kind),
            status: self.status.get(row).unwrap_or_default(),
            prices: Prices {
                price: self.price.get(row),
                coupon_price: self.coupon_price.get(row),
                anchor: self.anchor.get(row).filter(|_| comparable),
                map_price: self.map_price.get(row).filter(|_| comparable),
            },
            currency: currency.or(anchor_currency),
            anchor_updated_at: self.anchor_updated_at.get(row),
        })
    }
}

impl<'a> History<'a> {
    fn of(rows: &'a Rows) -> Result<Self> {
        let columns = ListingColumns::of(rows)?;
        let mut listings: BTreeMap<(&str, &str), Vec<State<'_>>> = BTreeMap::new();
        for state in (0..rows.len()).filter_map(|row| columns.state(row)) {
            listings.entry((state.channel, state.channel_sku)).or_default().push(state);
        }
        for states in listings.values_mut() {
            states.sort_by_key(|state| state.at);
        }
        Ok(Self { listings })
    }

    /// Which SKU of a channel has an anchor price to itself.
    fn anchors(&self) -> BTreeMap<(&'a str, Money), &'a str> {
        let mut owners: BTreeMap<(&str, Money), Option<&str>> = BTreeMap::new();
        for state in self.listings.values().filter_map(|states| states.last()) {
            let Some(anchor) = state.prices.anchor else { continue };
            let owner = owners.entry((state.channel, anchor)).or_insert(Some(state.sku));
            if *owner != Some(state.sku) {
                *owner = None;
            }
        }
        owners.into_iter().filter_map(|(key, owner)| Some((key, owner?))).collect()
    }
}

const PRICE_BREACHES: &[Column] = &[
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "field", kind: Kind::Text, nullable: false },
    Column { name: "anchor", kind: Kind::Money, nullable: true },
    Column { name: "seen", kind: Kind::Money, nullable: false },
    Column { name: "since", kind: Kind::Timestamp, nullable: false },
    Column { name: "rule", kind: Kind::Text, nullable: false },
    Column { name: "state", kind: Kind::Text, nullable: false },
    Column { name: "allowed", kind: Kind::Money, nullable: false },
    Column { name: "channel_sku", kind: Kind::Text, nullable: false },
    Column { name: "currency", kind: Kind::Text, nullable: true },
];

/// `price_breaches.csv`: every price outside its corridor, by channel, SKU and field.
pub fn price_breaches_sheet(listings: &Listings) -> Rows {
    let mut rows = RowsBuilder::new("price_breaches", PRICE_BREACHES.iter().copied());
    for found in &listings.breaches {
        rows.push([
            Cell::from(&found.channel),
            (&found.sku).into(),
            found.breach.field.into(),
            found.anchor.into(),
            found.breach.seen.into(),
            found.since.into(),
            found.breach.rule.into(),
            found.state.into(),
            found.breach.bound.into(),
            found.channel_sku.as_str().into(),
            found.currency.as_deref().into(),
        ]);
    }
    rows.finish()
}

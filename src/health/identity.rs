//! Which listings stand for no product, what they sold, and which product each may be.

use std::collections::BTreeSet;

use crate::catalog::{Suggestion, known_skus, near_misses};
use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::query::Marts;
use crate::types::{Channel, Money};

/// A number of a channel behind which no product is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedListing {
    /// The channel.
    pub channel: Channel,
    /// Its number there.
    pub channel_sku: String,
    /// The currency it was sold in; the shop's where it was not.
    pub currency: String,
    /// Its title, where an export tells one.
    pub title: Option<String>,
    /// Units sold.
    pub units: i64,
    /// What they came to, before discounts.
    pub gross: Money,
    /// Products whose SKU is close. A person writes the alias; nothing is mapped by likeness.
    pub suggestion: Suggestion,
}

/// Every number that a channel lists, counts or sells and that stands for no product, by channel,
/// number and currency.
///
/// # Errors
/// A damaged file of the lake, or a query the engine cannot answer.
pub fn unmapped_listings(marts: &Marts) -> Result<Vec<UnmappedListing>> {
    let rows = marts.rows("mart_listing_unmapped")?;
    let (channel, number) = (rows.text("channel")?, rows.text("listed_sku")?);
    let (currency, title) = (rows.text("currency")?, rows.text("title")?);
    let (units, gross) = (rows.integer("units")?, rows.money("gross")?);
    let mut listings: Vec<UnmappedListing> = (0..rows.len())
        .map(|row| UnmappedListing {
            channel: Channel::new(channel.get(row).unwrap_or_default()),
            channel_sku: number.get(row).unwrap_or_default().to_owned(),
            currency: currency.get(row).unwrap_or_default().to_owned(),
            title: title.get(row).map(str::to_owned),
            units: units.get(row).unwrap_or(0),
            gross: gross.get(row).unwrap_or(Money::ZERO),
            suggestion: Suggestion::default(),
        })
        .collect();
    let numbers: BTreeSet<&str> = listings.iter().map(|listing| listing.channel_sku.as_str()).collect();
    let numbers: Vec<&str> = numbers.into_iter().collect();
    let suggestions = near_misses(&numbers, &known_skus(marts)?);
    let found: Vec<Suggestion> = listings
        .iter()
        .map(|listing| {
            let place = numbers.binary_search(&listing.channel_sku.as_str()).expect("every number was asked for");
            suggestions[place].clone()
        })
        .collect();
    for (listing, suggestion) in listings.iter_mut().zip(found) {
        listing.suggestion = suggestion;
    }
    Ok(listings)
}

const UNMAPPED: &[Column] = &[
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "channel_sku", kind: Kind::Text, nullable: false },
    Column { name: "currency", kind: Kind::Text, nullable: false },
    Column { name: "title", kind: Kind::Text, nullable: true },
    Column { name: "units", kind: Kind::Integer, nullable: false },
    Column { name: "gross_sales", kind: Kind::Money, nullable: false },
    Column { name: "suggested_sku", kind: Kind::Text, nullable: true },
    Column { name: "why", kind: Kind::Text, nullable: true },
];

/// `unmapped_listings.csv`: what each number without a product sold, and the product it may be.
pub fn unmapped_listings_sheet(listings: &[UnmappedListing]) -> Rows {
    let mut rows = RowsBuilder::new("unmapped_listings", UNMAPPED.iter().copied());
    for listing in listings {
        let skus: Vec<&str> = listing.suggestion.skus.iter().map(|sku| sku.as_str()).collect();
        let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        rows.push([
            Cell::from(&listing.channel),
            listing.channel_sku.as_str().into(),
            listing.currency.as_str().into(),
            listing.title.as_deref().into(),
            listing.units.into(),
            listing.gross.into(),
            known(&skus.join(" or ")).into(),
            known(&listing.suggestion.why).into(),
        ]);
    }
    rows.finish()
}

const MATCHES: &[Column] = &[
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "channel_sku", kind: Kind::Text, nullable: false },
    Column { name: "from", kind: Kind::Day, nullable: true },
    Column { name: "until", kind: Kind::Day, nullable: true },
    Column { name: "sku", kind: Kind::Text, nullable: true },
    Column { name: "matched_by", kind: Kind::Text, nullable: false },
];

/// `sku_map.csv`: the product behind every number of every channel and what told it: a barcode, an
/// alias or the SKU itself. `from` and `until` are empty where it was so from the first day and to
/// the last.
///
/// # Errors
/// A damaged file of the lake.
pub fn sku_map_sheet(marts: &Marts) -> Result<Rows> {
    let map = marts.table("sku_map")?;
    let (channel, number) = (map.text("channel")?, map.text("channel_sku")?);
    let (sku, matched_by) = (map.text("sku")?, map.text("matched_by")?);
    let (from, until) = (map.day("from_day")?, map.day("until_day")?);
    let (first, last) = (from.iter().flatten().min(), until.iter().flatten().max());
    let mut rows = RowsBuilder::new("sku_map", MATCHES.iter().copied());
    for row in 0..map.len() {
        rows.push([
            channel.get(row).into(),
            number.get(row).into(),
            from.get(row).filter(|day| Some(*day) != first).into(),
            until.get(row).filter(|day| Some(*day) != last).into(),
            sku.get(row).into(),
            matched_by.get(row).into(),
        ]);
    }
    Ok(rows.finish())
}

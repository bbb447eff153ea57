//! Whose count is the book where no source of truth keeps one? That of the seller's own store.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::lake::{Column, Kind, Rows, RowsBuilder};
use crate::query::Marts;
use crate::types::{Channel, Timestamp};

/// A channel whose own count stands in for the source of truth's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// The channel.
    pub channel: Channel,
    /// When its newest count was taken.
    pub at: Timestamp,
    /// SKUs that it counts.
    pub skus: usize,
}

const COUNTS: &[Column] = &[
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "location", kind: Kind::Text, nullable: false },
    Column { name: "at", kind: Kind::Timestamp, nullable: false },
    Column { name: "on_hand", kind: Kind::Integer, nullable: false },
    Column { name: "reserved", kind: Kind::Integer, nullable: true },
    Column { name: "damaged", kind: Kind::Integer, nullable: true },
    Column { name: "inbound", kind: Kind::Integer, nullable: true },
    Column { name: "quality_hold", kind: Kind::Integer, nullable: true },
];

/// The counts of the channels that stand in, in the shape of `fact_stock_counts`, and by pool which
/// channel that is: of several that draw on one pool the one that counts most SKUs, then the first by
/// name.
pub(super) fn stand_in(marts: &Marts) -> Result<(Rows, BTreeMap<String, StandIn>)> {
    let book = marts.rows("mart_channel_book")?;
    let (channel, pool, sku) = (book.text("channel")?, book.text("pool")?, book.text("sku")?);
    let (at, on_hand) = (book.timestamp("at")?, book.integer("on_hand")?);
    let (reserved, damaged, inbound) = (book.integer("reserved")?, book.integer("damaged")?, book.integer("inbound")?);
    let chosen = chosen(&book)?;
    let mut counts = RowsBuilder::new("fact_stock_counts", COUNTS.iter().copied());
    for row in 0..book.len() {
        let (Some(channel), Some(pool), Some(sku)) = (channel.get(row), pool.get(row), sku.get(row)) else { continue };
        let (Some(at), Some(on_hand)) = (at.get(row), on_hand.get(row)) else { continue };
        if chosen.get(pool).is_none_or(|stand_in| stand_in.channel.as_str() != channel) {
            continue;
        }
        counts.push([
            sku.into(),
            pool.into(),
            at.into(),
            on_hand.into(),
            reserved.get(row).into(),
            damaged.get(row).into(),
            inbound.get(row).into(),
            None::<i64>.into(),
        ]);
    }
    Ok((counts.finish(), chosen))
}

fn chosen(book: &Rows) -> Result<BTreeMap<String, StandIn>> {
    let (channel, pool, at) = (book.text("channel")?, book.text("pool")?, book.timestamp("at")?);
    let mut by_channel: BTreeMap<(&str, &str), (usize, Timestamp)> = BTreeMap::new();
    for row in 0..book.len() {
        let (Some(channel), Some(pool), Some(at)) = (channel.get(row), pool.get(row), at.get(row)) else { continue };
        let seen = by_channel.entry((pool, channel)).or_insert((0, at));
        *seen = (seen.0 + 1, seen.1.max(at));
    }
    let mut chosen: BTreeMap<String, StandIn> = BTreeMap::new();
    for ((pool, channel), (skus, at)) in by_channel {
        if chosen.get(pool).is_none_or(|held| held.skus < skus) {
            chosen.insert(pool.to_owned(), StandIn { channel: Channel::new(channel), at, skus });
        }
    }
    Ok(chosen)
}

//! Which product is this listing, and what is in this bundle?
//!
//! Goes in: settings and the lake's aliases, products, listings and bundles. Comes out: the tables
//! `sku_map`, `bundle_parts`, `channels` and `channel_currencies`, which queries join. Nothing is written into the lake,
//! so an alias that arrives tomorrow changes yesterday's orders too.

mod bundles;
mod currencies;
mod matching;
mod near;
mod spans;

pub use bundles::{bundle_parts, bundles_set_aside};
pub use matching::{Alias, Evidence, known_skus, sku_map};
pub use near::{Suggestion, near_misses};

use crate::config::Settings;
use crate::error::Result;
use crate::lake::{Cell, Rows, Snapshot};
use crate::query::{CHANNELS, Marts, RunParameters};
use crate::types::Day;

/// The marts of a shop over one snapshot, with every extra table filled in.
///
/// # Errors
/// A damaged file of the lake.
pub fn open(settings: &Settings, snapshot: &Snapshot, as_of: Day) -> Result<Marts> {
    let run = RunParameters::new(as_of, settings.shop.currency).in_zone(settings.shop.time_zone);
    let marts = Marts::open(snapshot, run, Vec::new())?;
    let extra = extra_tables(settings, &marts)?;
    marts.with(extra)
}

/// The tables that settings and the lake's own master data decide.
///
/// # Errors
/// As [`open`].
pub fn extra_tables(settings: &Settings, marts: &Marts) -> Result<Vec<Rows>> {
    let parts = bundle_parts(&marts.table("bundles")?)?;
    let currencies = currencies::channel_currencies(settings, marts)?;
    Ok(vec![channels(settings), currencies, sku_map(&Evidence::read(marts)?), parts])
}

/// The table `channels`: one row per channel of the settings, by name.
pub fn channels(settings: &Settings) -> Rows {
    let mut channels: Vec<_> = settings.channels.iter().collect();
    channels.sort_by(|one, other| one.name.cmp(&other.name));
    let mut builder = CHANNELS.builder();
    for channel in channels {
        builder.push([
            Cell::from(&channel.name),
            channel.kind.word().into(),
            i64::from(channel.tier).into(),
            channel.pool.as_str().into(),
            channel.fulfilled_by_channel.into(),
            channel.kind.is_marketplace().into(),
        ]);
    }
    builder.finish()
}

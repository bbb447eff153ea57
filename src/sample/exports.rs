//! Which file gets what? Months of orders and evenings of stock, channel by channel.

use std::fs::{File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::error::{Diagnostic, Result};
use crate::sample::orders::Line;
use crate::sample::stock::{MAIN, THEIRS};
use crate::sample::stores::{AMAZON, STORES, TIKTOK, WHOLESALE, is_shopify};
use crate::sample::world::World;
use crate::sample::{amazon, shopify, tiktok, wholesale};
use crate::types::{Day, Month};

/// The folder of a channel's exports.
pub(crate) fn folder(project: &Path, channel: usize) -> PathBuf {
    project.join("exports").join(STORES[channel].name)
}

/// A month's orders of every channel.
pub(crate) fn write_orders(world: &World, month: Month, lines: &[Line]) -> Result<()> {
    for channel in 0..world.channels() {
        let folder = folder(&world.folder, channel);
        match channel {
            AMAZON => amazon::write_orders(&folder, month, lines, &world.goods)?,
            TIKTOK => tiktok::write_orders(&folder, month, lines, &world.goods, &world.clock)?,
            WHOLESALE => wholesale::write_orders(&folder, month, lines, &world.goods, &world.clock)?,
            _ => {
                let number = shopify::file_number(world.first, month);
                let path = folder.join(format!("orders_export_{number}.csv"));
                shopify::write_orders(path, channel, lines, &world.goods, &world.clock)?;
            }
        }
    }
    Ok(())
}

/// What every channel reports of its stock at 23:00; the instant is in the files' names and is
/// their time of change.
pub(crate) fn write_inventory(world: &mut World, day: Day) -> Result<()> {
    let at = report_at(world, day);
    for channel in 0..world.channels() {
        let folder = folder(&world.folder, channel);
        let stamp = format!("{day}T2300");
        let path = match channel {
            AMAZON => folder.join(format!("fba_myi_inventory_{stamp}.txt")),
            TIKTOK => folder.join(format!("shown_counts_{stamp}.csv")),
            WHOLESALE => folder.join(format!("shown_counts_{stamp}.csv")),
            _ => folder.join(format!("inventory_export_{stamp}.csv")),
        };
        write_channel(world, channel, path.clone(), at)?;
        touch(&path, at)?;
    }
    Ok(())
}

/// The instant of a day's stock reports.
pub(crate) fn report_at(world: &World, day: Day) -> i64 {
    world.clock.instant(day, 23 * 3600)
}

fn write_channel(world: &mut World, channel: usize, path: PathBuf, at: i64) -> Result<()> {
    let listed: Vec<usize> = (0..world.goods.len())
        .filter(|good| world.goods[*good].is_listed(channel) && !world.goods[*good].is_bundle())
        .collect();
    if channel == AMAZON {
        let rows = listed.iter().map(|good| {
            let error = world.misreported.get(good).copied().unwrap_or(0);
            (&world.goods[*good], world.shelves[*good][THEIRS], error)
        });
        return amazon::write_inventory(path, rows);
    }
    let shown: Vec<(usize, i64)> =
        listed.into_iter().map(|good| (good, world.listings[good][channel].shown_at(at))).collect();
    if is_shopify(channel) {
        let rows = shown.into_iter().map(|(good, available)| {
            let shelf = world.shelves[good][MAIN];
            shopify::InventoryRow {
                good: &world.goods[good],
                channel,
                incoming: shelf.inbound,
                unavailable: shelf.damaged,
                committed: shelf.reserved,
                available,
            }
        });
        return shopify::write_inventory(path, rows);
    }
    let rows = shown.into_iter().map(|(good, count)| {
        let good = &world.goods[good];
        let is_blank = channel == TIKTOK && good.blank_on_tiktok;
        (if is_blank { &*good.tiktok_id } else { &*good.channel_sku[channel] }, count)
    });
    wholesale::write_counts(path, channel, at, rows)
}

/// Sets the file's time of change, which is all that tells when some exports were made.
fn touch(path: &Path, at: i64) -> Result<()> {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(at.max(0).unsigned_abs());
    let set = || File::options().append(true).open(path)?.set_times(FileTimes::new().set_modified(time));
    set().map_err(|error| Box::new(Diagnostic::io("write", path, &error)))
}

//! What would a whole shop's exports look like?
//!
//! Goes in: a size and a seed. Comes out: a project folder with `trueup.toml`, every channel's
//! exports in their real layouts, the source of truth's files, and in `truth/` what was planted.
//!
//! The shop is simulated second by second: buyers can order what a channel shows at that moment,
//! channels hear of every change late, and so oversells happen by themselves.

mod abroad;
mod aftermath;
mod amazon;
mod answers;
mod books;
mod clock;
mod dice;
mod exports;
mod facts;
mod faults;
mod goods;
mod nightly;
mod ordering;
mod orders;
mod plants;
mod postings;
mod readme;
mod season;
mod settings;
mod settlement;
mod sheet;
mod shopify;
mod stock;
mod stores;
mod sync;
mod tiktok;
mod wholesale;
mod world;

use std::path::Path;

pub use faults::{Fault, plant as plant_faults};

use crate::error::{Diagnostic, Result};
use crate::types::Day;

/// How large a made-up shop is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// About how many order lines.
    pub orders: u64,
    /// How many articles, bundles aside.
    pub skus: u32,
    /// How many channels, 2 to 5: `shopify`, `amazon`, `tiktok`, `wholesale`, `boutique`.
    pub channels: u8,
    /// How many days of history, at least 35.
    pub days: u32,
    /// Another seed makes another shop; the same one makes the same bytes.
    pub seed: u64,
    /// The last day.
    pub as_of: Day,
}

impl Size {
    /// The shop in `sample-data/`: 60 articles, four channels, 180 days.
    pub fn committed() -> Self {
        Self {
            orders: 5_000,
            skus: 60,
            channels: 4,
            days: 180,
            seed: 20_260_228,
            as_of: "2026-02-28".parse().expect("a date"),
        }
    }

    fn check(&self) -> Result<()> {
        let fits = (2..=5).contains(&self.channels) && (10..=1_000_000).contains(&self.skus) && self.orders > 0;
        if fits && (35..=3_660).contains(&self.days) {
            return Ok(());
        }
        let hint = "a sample shop has 2 to 5 channels, 10 to 1,000,000 SKUs and 35 to 3,660 days";
        Err(Box::new(Diagnostic::error("sample-size", "no shop can have this size").hint(hint)))
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Order lines in all exports.
    pub order_lines: u64,
    /// Lines that took units that were not there.
    pub oversells: u64,
    /// Articles and bundles.
    pub skus: u64,
}

/// Writes a made-up shop into `folder`, which is created. `progress` hears of days done and days
/// in all. The same size gives the same bytes; what is held in memory is the state of every
/// article and the order lines of about four months.
///
/// # Errors
/// A size that no shop can have, or a folder that cannot be written.
pub fn write(folder: &Path, size: &Size, progress: &mut dyn FnMut(u64, u64)) -> Result<Sample> {
    size.check()?;
    let mut world = world::World::new(folder, size)?;
    world.run(progress)?;
    facts::write(&world)?;
    settings::write(&world)?;
    abroad::write(folder, size.as_of)?;
    world.finish()
}

/// Writes the shop of `sample-data/`: [`Size::committed`], the faults planted by hand, and the
/// README that lists them. Its reports go beside the folder, where the repository keeps them.
///
/// # Errors
/// As [`write()`].
pub fn write_committed(folder: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Sample> {
    let sample = write(folder, &Size::committed(), progress)?;
    readme::write(folder, &plant_faults(folder)?)?;
    settings::put_reports_beside(folder)?;
    Ok(sample)
}

/// One of `choices` by a number.
fn choose<'a>(number: i64, choices: &[&'a str]) -> &'a str {
    choices[number.unsigned_abs() as usize % choices.len()]
}

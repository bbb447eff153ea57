//! `trueup publish`: shows what would change for the live system, and with `--yes` does it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::Utc;

use super::ExitStatus;
use super::night::Night;
use super::shop::Shop;
use crate::cli;
use crate::config::{BUFFERS, Settings};
use crate::error::Result;
use crate::lake::Lake;
use crate::publish::{self, Approved, InputAge, Outcome, Plan, Rails};
use crate::report::csv;
use crate::shell::{Shell, count};
use crate::types::{Channel, Sku, Timestamp};

/// Shows the plan as CSV; with `--yes` puts it in force.
pub(super) fn publish(project: &Path, options: &cli::Publish, patience: Duration, shell: &Shell) -> Result<ExitStatus> {
    let settings = Settings::read(project)?;
    let lake = Lake::open(&settings.lake)?;
    // Looking at the plan is no run.
    let lake = if options.yes { lake.hold("trueup publish", patience)? } else { lake };
    let snapshot = lake.snapshot()?;
    let shop = Shop::at(settings, &snapshot, None)?;
    let folder = folder(&shop.settings, options.out.as_deref());
    // The folder may be one that other projects publish to.
    let _hold = options.yes.then(|| publish::hold(&folder, patience)).transpose()?;
    let before = publish::published(&folder)?;
    let night = Night::work(&shop, &holdbacks(&folder)?)?;
    let approved = if options.force { Approved::All } else { Approved::None };
    let plan = publish::plan(&night.recommendations, before.as_ref(), &approved);
    let age = InputAge {
        // A shop that keeps no stock of its own has nothing here that could be old.
        newest_input: night.stock.facts.newest()?.unwrap_or(night.stock.facts.as_of_end),
        now: Timestamp::from_micros(Utc::now().timestamp_micros()),
    };
    shell.data(&csv::write(&plan.sheet(), csv::Reader::Person)?)?;
    tell(&plan, shell);
    if !options.yes {
        shell
            .status("Planned", format!("nothing is published yet; `trueup publish --yes` writes {}", folder.display()));
        return Ok(ExitStatus::Fine);
    }
    match publish::publish(plan.clear(&Rails::of(&shop.settings.publish), age, options.force)?, &folder)? {
        Outcome::Published(version) => shell.status("Published", folder.join(version).display()),
        Outcome::Unchanged(version) => shell.status("Unchanged", folder.join(version).display()),
    }
    Ok(ExitStatus::Fine)
}

fn tell(plan: &Plan, shell: &Shell) {
    let changes = count(plan.changes.len() as u64, "listing");
    shell.status("Compared", format!("{changes} to change, {} for a person to approve", plan.waiting.len()));
}

/// Where the live system looks.
pub(super) fn folder(settings: &Settings, asked: Option<&Path>) -> PathBuf {
    asked.map_or_else(|| settings.folder.join(BUFFERS), Path::to_owned)
}

/// The hold-backs in force by listing.
pub(super) fn holdbacks(folder: &Path) -> Result<BTreeMap<(Sku, Channel), i64>> {
    let feed = publish::published(folder)?;
    let rows = feed.iter().flat_map(|feed| feed.rows());
    Ok(rows.map(|row| (row.key(), row.listing_holdback)).collect())
}

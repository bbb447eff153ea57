//! `trueup publish`: shows what would change for the live system, and with `--yes` does it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::Utc;

use super::ExitStatus;
use super::night::Night;
use super::shop::Shop;
use crate::buffer::{Action, Recommendations};
use crate::cli;
use crate::config::{BUFFERS, Settings};
use crate::error::{Diagnostic, Result};
use crate::lake::{Lake, Snapshot};
use crate::publish::{self, Approved, Baseline, Circumstances, Feed, Outcome, Plan, Rail, Verdict, Word};
use crate::report::csv;
use crate::shell::{Shell, count};
use crate::types::{Channel, Sku, Timestamp};

/// Shows the plan as CSV and what stands against it; with `--yes` puts it in force.
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
    let night = Night::work(&shop, &held_back(before.as_ref()))?;
    let approved = approved(&options.approve);
    let plan = publish::plan(&night.recommendations, before.as_ref(), &baseline(&shop, &night), &approved)?;
    shell.data(&csv::write(&plan.sheet(), csv::Reader::Person)?)?;
    tell(&plan, &night.recommendations, &approved, shell);
    let seen = circumstances(&snapshot, &night)?;
    if options.yes {
        put_in_force(&plan, &shop, &seen, options, &folder, shell)?
    } else {
        foretell(&plan, &shop, &seen, &folder, shell)
    }
    Ok(ExitStatus::Fine)
}

fn put_in_force(
    plan: &Plan,
    shop: &Shop,
    seen: &Circumstances,
    options: &cli::Publish,
    folder: &Path,
    shell: &Shell,
) -> Result<()> {
    let forced: BTreeSet<Rail> = options.force.iter().copied().collect();
    let cleared = plan.clear(&shop.settings.publish, seen, &forced)?;
    let word = Word { who: options.who.clone(), why: options.why.clone() };
    let entry = csv::write(&cleared.record(seen.now, &word), csv::Reader::Person)?;
    for rail in cleared.overridden() {
        shell.status("Overridden", format!("{}: {}", rail.word(), rail.purpose()));
    }
    match publish::publish(&cleared, folder, &entry)? {
        Outcome::Published(version) => shell.status("Published", folder.join(version).display()),
        Outcome::Unchanged(version) => shell.status("Unchanged", folder.join(version).display()),
    }
    Ok(())
}

/// What `--yes` would do, and which rails would stop it.
fn foretell(plan: &Plan, shop: &Shop, seen: &Circumstances, folder: &Path, shell: &Shell) {
    let breaches = plan.breaches(&shop.settings.publish, seen);
    for breach in &breaches {
        shell.status("Beyond", format!("{}: {}", breach.rail.word(), breach.text));
    }
    let then = match breaches.len() as u64 {
        0 => format!("`trueup publish --yes` writes {}", folder.display()),
        rails => format!("`trueup publish --yes` refuses it: {}", count(rails, "rail")),
    };
    shell.status("Planned", format!("nothing is published yet; {then}"));
}

fn approved(words: &[String]) -> Approved {
    match words {
        [] => Approved::None,
        [all] if all == "all" => Approved::All,
        skus => Approved::Skus(skus.iter().map(Sku::new).collect()),
    }
}

/// What the channels report of their own listings: what the first publication is held against.
fn baseline(shop: &Shop, night: &Night) -> Baseline {
    let reported = night
        .listings
        .iter()
        .filter_map(|listing| Some(((listing.sku.clone(), listing.channel.clone()), listing.present.listed?)));
    let channels = shop.settings.channels.iter().map(|channel| channel.name.clone());
    Baseline { channels: channels.collect(), reported: reported.collect() }
}

fn circumstances(snapshot: &Snapshot, night: &Night) -> Result<Circumstances> {
    Ok(Circumstances {
        // A shop that keeps no stock of its own has nothing here that could be old.
        newest_input: night.stock.facts.newest()?.unwrap_or(night.stock.facts.as_of_end),
        now: Timestamp::from_micros(Utc::now().timestamp_micros()),
        lake_version: snapshot.version(),
        verdict: Verdict::read(snapshot.root())?,
    })
}

fn tell(plan: &Plan, all: &Recommendations, approved: &Approved, shell: &Shell) {
    let changes = count(plan.changes.len() as u64, "listing");
    shell.status("Compared", format!("{changes} to change, {} for a person to approve", plan.waiting.len()));
    let Approved::Skus(skus) = approved else { return };
    let waits = |sku: &Sku| all.rows.iter().any(|row| row.sku == *sku && row.action == Action::Approve);
    for sku in skus.iter().filter(|sku| !waits(sku)) {
        let message = format!("`{sku}` is approved, and no change of it waits for that");
        shell.diagnostic(&Diagnostic::warning("approved-nothing", message));
    }
}

/// Where the live system looks.
pub(super) fn folder(settings: &Settings, asked: Option<&Path>) -> PathBuf {
    asked.map_or_else(|| settings.folder.join(BUFFERS), Path::to_owned)
}

/// The hold-backs in force by listing.
pub(super) fn holdbacks(folder: &Path) -> Result<BTreeMap<(Sku, Channel), i64>> {
    publish::published(folder).map(|feed| held_back(feed.as_ref()))
}

fn held_back(feed: Option<&Feed>) -> BTreeMap<(Sku, Channel), i64> {
    let rows = feed.into_iter().flat_map(Feed::rows);
    rows.map(|row| (row.key(), row.listing_holdback)).collect()
}

//! What would become of the exports, were they read now? They are, into a lake that is thrown away: so a
//! trial promises nothing that a run does not do.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::RecordBatch;

use super::export::Layout;
use super::kinds::{Kinds, RejectKind};
use super::receipt::{Reject, Sink};
use super::remedy::{self, Manner};
use super::run::{Summary, run};
use crate::config::Settings;
use crate::error::Result;
use crate::lake::{Lake, Snapshot, Table};

/// What would become of the exports.
#[derive(Clone, Debug)]
pub struct Trial<T> {
    /// What a run would say. Its snapshot is gone.
    pub summary: Summary,
    /// Where rows of `stock` lie.
    pub locations: BTreeSet<String>,
    /// What the caller found in the lake.
    pub found: T,
}

/// Reads every export as a run into an empty lake does, rows that contradict each other included, and
/// looks at the lake before it is thrown away.
///
/// # Errors
/// Where the settings describe an impossible layout, or no room is left for temporary files. What is
/// wrong with a file is told as its own. What `look` fails with.
pub fn try_out<T>(settings: &Settings, look: impl FnOnce(&Snapshot) -> Result<T>) -> Result<Trial<T>> {
    let scratch = Scratch::new();
    let summary = run(settings, &Lake::open(&scratch.folder)?, &mut |_| ())?;
    let locations = locations(&summary.snapshot)?;
    let found = look(&summary.snapshot)?;
    Ok(Trial { summary, locations, found })
}

fn locations(snapshot: &Snapshot) -> Result<BTreeSet<String>> {
    let mut locations = BTreeSet::new();
    for month in snapshot.months("stock") {
        let rows = snapshot.read("stock", Some(month))?;
        locations.extend(rows.text("location")?.iter().flatten().map(str::to_owned));
    }
    Ok(locations)
}

/// A folder among the system's temporary ones, removed when it is no longer needed.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("trueup-check-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self { folder: std::env::temp_dir().join(name) }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is the system's to clear away.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Forgets the rows of a file and keeps the first reject of each kind.
#[derive(Default)]
pub(super) struct Glance {
    kinds: Kinds,
}

impl Glance {
    /// The rejects by kind, each with what to do about it.
    pub(super) fn remedied(self, layout: &Layout, manner: &Manner<'_>) -> Vec<(RejectKind, Option<String>)> {
        let kinds = self.kinds.in_order().into_iter();
        kinds.map(|kind| (remedy::of_kind(layout, &kind, manner), kind)).map(|(remedy, kind)| (kind, remedy)).collect()
    }
}

impl Sink for Glance {
    fn rows(&mut self, _table: &'static Table, _batch: RecordBatch) -> Result<()> {
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.kinds.add(&reject);
        Ok(())
    }
}

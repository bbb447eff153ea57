//! What would become of the exports, were they read now? Each is read to its end and nothing is kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use rayon::prelude::*;

use super::context::Context;
use super::export::Layout;
use super::kinds::{Kinds, RejectKind};
use super::rates::Spreads;
use super::receipt::{FileContext, Receipt, Reject, Sink};
use super::remedy::{self, Manner};
use super::source::Source;
use super::{channels, modified, name_of, read, recognise};
use crate::config::Settings;
use crate::error::Result;
use crate::lake::{Rows, Table};

/// What would become of a file.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What its records became.
    pub receipt: Receipt,
    /// Its rejected records by column and reason, in the order in which they come up, each with what
    /// to change so that they are read.
    pub rejects: Vec<(RejectKind, Option<String>)>,
    /// What is read and may mean something else.
    pub questions: Vec<String>,
    /// Where its rows of `stock` lie.
    pub locations: BTreeSet<String>,
}

/// Forgets the rows and keeps where stock lies and the first reject of each kind.
#[derive(Default)]
pub(super) struct Glance {
    kinds: Kinds,
    spreads: Spreads,
    locations: BTreeSet<String>,
}

impl Glance {
    /// What is read and may mean something else.
    pub(super) fn questions(&self, layout: &Layout) -> Vec<String> {
        self.spreads.questions(layout)
    }

    /// The rejects by kind, each with what to do about it.
    pub(super) fn remedied(self, layout: &Layout, manner: &Manner<'_>) -> Vec<(RejectKind, Option<String>)> {
        let kinds = self.kinds.in_order().into_iter();
        kinds.map(|kind| (remedy::of_kind(layout, &kind, manner), kind)).map(|(remedy, kind)| (kind, remedy)).collect()
    }
}

impl Sink for Glance {
    fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()> {
        self.spreads.add(table, &batch)?;
        if table.name == "stock" {
            for location in Rows::new(table.name, batch).text("location")?.iter().flatten() {
                if !self.locations.contains(location) {
                    self.locations.insert(location.to_owned());
                }
            }
        }
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.kinds.add(&reject);
        Ok(())
    }
}

/// Reads each of these files to its end, a few at a time on all cores, and tells of each in their
/// order. Rows that contradict those of another file are found only when the lake takes them.
///
/// # Errors
/// Where the settings describe an impossible layout. What is wrong with a file is told as its own.
pub fn try_out(settings: &Settings, files: &[PathBuf], tell: &mut dyn FnMut(&Path, Result<Trial>)) -> Result<()> {
    let layouts = channels::layouts(settings)?;
    for files in files.chunks(rayon::current_num_threads().max(1) * 2) {
        let tried: Vec<Result<Trial>> = files.par_iter().map(|path| trial(path, settings, &layouts)).collect();
        files.iter().zip(tried).for_each(|(path, tried)| tell(path, tried));
    }
    Ok(())
}

fn trial(path: &Path, settings: &Settings, layouts: &[Layout]) -> Result<Trial> {
    let file = FileContext { name: name_of(path, settings), modified: modified(path), ..FileContext::default() };
    let known = recognise::recognise(path, Source::open(path)?, settings, layouts)?;
    let context = Context::new(path, &file, settings, known.channel);
    let mut glance = Glance::default();
    let receipt = read::read(path, &known, context, &mut glance)?;
    let manner =
        Manner { settings, channel: receipt.channel.as_ref(), decimal: receipt.decimal, records: receipt.rows_read };
    let locations = std::mem::take(&mut glance.locations);
    let questions = glance.questions(known.layout);
    let rejects = glance.remedied(known.layout, &manner);
    Ok(Trial { receipt, rejects, questions, locations })
}

//! Which order of day and month do a file's sisters prove? Files of one layout and channel are written
//! by one system: the first days of a month are told by the month before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::cell::DateEvidence;
use super::export::Layout;
use super::recognise::{self, Known};
use super::settle::{date_columns, evidence};
use super::source::Source;
use super::{discover, name_of};
use crate::config::{DateOrder, Settings};
use crate::error::Result;
use crate::types::Channel;

/// What the files of one layout and channel prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// None of them tells.
    Open,
    /// They agree.
    Order(DateOrder),
    /// These two contradict each other.
    Contradiction(PathBuf, PathBuf),
}

/// The files of a project, looked at only where one of them leaves its dates open.
pub(crate) struct Sisters<'a> {
    settings: &'a Settings,
    layouts: &'a [Layout],
    proofs: Mutex<BTreeMap<(String, Option<Channel>), Proof>>,
}

impl<'a> Sisters<'a> {
    pub(crate) fn new(settings: &'a Settings, layouts: &'a [Layout]) -> Self {
        Self { settings, layouts, proofs: Mutex::default() }
    }

    /// The settings that the files are read under.
    pub(crate) fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The layouts that they are held against.
    pub(crate) fn layouts(&self) -> &'a [Layout] {
        self.layouts
    }

    /// What the files of this one's layout and channel prove together.
    ///
    /// # Errors
    /// Where the exports' folder cannot be listed. A sister that cannot be read tells nothing: what is
    /// wrong with it is told as its own.
    pub(crate) fn proof(&self, known: &Known<'_>) -> Result<Proof> {
        let key = (known.layout.id.clone(), known.channel.map(|channel| channel.name.clone()));
        let found = self.proofs.lock().map_or(None, |proofs| proofs.get(&key).cloned());
        if let Some(proof) = found {
            return Ok(proof);
        }
        // Not under the lock: what reads a file waits for other threads, which may ask for the same.
        let proof = self.look(&key)?;
        if let Ok(mut proofs) = self.proofs.lock() {
            proofs.insert(key, proof.clone());
        }
        Ok(proof)
    }

    fn look(&self, key: &(String, Option<Channel>)) -> Result<Proof> {
        let mut proved: Option<(DateOrder, PathBuf)> = None;
        for path in discover(self.settings)?.into_iter().filter(|path| self.is_read(path)) {
            let Some(order) = self.order_of(&path, key) else { continue };
            match &proved {
                None => proved = Some((order, path)),
                Some((before, _)) if *before == order => {}
                Some((_, first)) => return Ok(Proof::Contradiction(first.clone(), path)),
            }
        }
        Ok(proved.map_or(Proof::Open, |(order, _)| Proof::Order(order)))
    }

    fn is_read(&self, path: &Path) -> bool {
        let name = name_of(path, self.settings);
        !self.settings.ignore.iter().any(|pattern| pattern.fits(&name))
    }

    fn order_of(&self, path: &Path, (layout, channel): &(String, Option<Channel>)) -> Option<DateOrder> {
        let known = recognise::recognise(path, Source::open(path).ok()?, self.settings, self.layouts).ok()?;
        let is_sister = known.layout.id == *layout && known.channel.map(|channel| &channel.name) == channel.as_ref();
        let columns = date_columns(&known);
        if !is_sister || columns.is_empty() {
            return None;
        }
        let (_, orders) = evidence(&known, &[], &columns).ok()?;
        let mut all = DateEvidence::default();
        orders.into_iter().for_each(|order| all.add(order));
        all.verdict()
    }
}

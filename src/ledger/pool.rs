//! Which count a channel sells from.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Settings;
use crate::types::Channel;

/// Which pool each channel draws on. A pool is a location: the seller's warehouse, or a channel's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pools {
    of: BTreeMap<Channel, (String, bool)>,
}

/// How a shop's stock is divided between channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolModel {
    /// All channels sell from one count.
    Single,
    /// Each channel has a count of its own.
    Split,
    /// One shared count, and others for the channels that fulfil themselves.
    Hybrid,
}

impl PoolModel {
    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Split => "split",
            Self::Hybrid => "hybrid",
        }
    }
}

impl Pools {
    /// The pools of a shop's settings.
    pub fn of_settings(settings: &Settings) -> Self {
        settings
            .channels
            .iter()
            .map(|channel| (channel.name.clone(), channel.pool.clone(), channel.fulfilled_by_channel))
            .collect()
    }

    /// The pool of a channel; none for a channel that the settings do not name.
    pub fn pool(&self, channel: &str) -> Option<&str> {
        self.of.get(channel).map(|(pool, _)| pool.as_str())
    }

    /// True where the channel ships from its own warehouse.
    pub fn fulfilled_by_channel(&self, channel: &str) -> bool {
        self.of.get(channel).is_some_and(|(_, own)| *own)
    }

    /// The channels that draw on a pool.
    pub fn drawing_on<'a>(&'a self, pool: &'a str) -> impl Iterator<Item = &'a Channel> {
        self.of.iter().filter(move |(_, (name, _))| name == pool).map(|(channel, _)| channel)
    }

    /// How the stock is divided.
    pub fn model(&self) -> PoolModel {
        let pools: BTreeSet<&str> = self.of.values().map(|(pool, _)| pool.as_str()).collect();
        match pools.len() {
            0 | 1 => PoolModel::Single,
            count if count == self.of.len() => PoolModel::Split,
            _ => PoolModel::Hybrid,
        }
    }
}

/// Channels with the pool each draws on and whether the channel itself ships from it.
impl FromIterator<(Channel, String, bool)> for Pools {
    fn from_iter<I: IntoIterator<Item = (Channel, String, bool)>>(channels: I) -> Self {
        Self { of: channels.into_iter().map(|(channel, pool, own)| (channel, (pool, own))).collect() }
    }
}

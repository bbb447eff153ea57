//! How do channels hear of a change? Each with its own lag and luck.

use crate::error::Result;
use crate::sample::books::Fate;
use crate::sample::stock::MAIN;
use crate::sample::stores::{STORES, TIKTOK, self_fulfilled};
use crate::sample::world::World;

impl World {
    /// Tells every channel that lists the article the new count, each with its own lag and luck.
    pub(crate) fn announce(&mut self, good: usize, at: i64) -> Result<()> {
        for channel in self_fulfilled(self.channels()) {
            if self.goods[good].is_listed(channel) && !self.goods[good].is_bundle() {
                self.announce_to(good, channel, at, None)?;
            }
        }
        Ok(())
    }

    /// Tells one channel; `fixed` is the lag or the failure where it is not left to luck.
    pub(crate) fn announce_to(
        &mut self,
        good: usize,
        channel: usize,
        at: i64,
        fixed: Option<Result<i64, &'static str>>,
    ) -> Result<()> {
        let store = &STORES[channel];
        let count = (self.shelves[good][MAIN].available() - store.buffer).max(0);
        let before = self.listings[good][channel].sent;
        let fate = fixed.unwrap_or_else(|| self.luck(channel, at));
        let listing = &mut self.listings[good][channel];
        listing.sent = count;
        let (arrival, fate) = match fate {
            Ok(lag) => (Some(listing.send(at + lag, count)), Fate::Ok),
            Err(failure) => (None, Fate::Failed(failure)),
        };
        // What arrives after the last evening is not known yet.
        let known = arrival.filter(|arrival| self.clock.day(*arrival) <= self.size.as_of);
        let sku = &self.goods[good].sku;
        self.books.event(&self.clock, store.name, sku, at, known, count, fate)?;
        if let Some(arrival) = arrival
            && at < self.calm_from
            && before > count
            && self.dice.chance(0.002)
        {
            let arrival = self.listings[good][channel].send(arrival + 5, before);
            self.books.event(&self.clock, store.name, sku, at + 2, Some(arrival), before, Fate::Duplicate)?;
        }
        Ok(())
    }

    /// The lag in seconds, or why the update got lost.
    fn luck(&mut self, channel: usize, at: i64) -> Result<i64, &'static str> {
        let store = &STORES[channel];
        if at >= self.calm_from {
            return Ok(self.dice.lognormal(store.lag.0.min(60.0), 0.3).min(280.0) as i64 + 1);
        }
        if channel == TIKTOK && self.outages.iter().any(|(from, until)| *from <= at && at < *until) {
            return Err("timeout");
        }
        if self.dice.chance(store.failure_rate) {
            return Err(self.dice.pick(&["rate_limit", "rate_limit", "timeout", "webhook_missing"]));
        }
        Ok(self.dice.lognormal(store.lag.0, store.lag.1).min(10_800.0) as i64 + 1)
    }

    /// Sends the count again wherever a channel shows another one.
    pub(crate) fn resync(&mut self) -> Result<()> {
        self.resync_all(false)
    }

    pub(crate) fn resync_all(&mut self, even_settled: bool) -> Result<()> {
        for good in 0..self.goods.len() {
            for channel in self_fulfilled(self.channels()) {
                let good_is = &self.goods[good];
                if !good_is.is_listed(channel) || good_is.is_bundle() {
                    continue;
                }
                if even_settled || !self.listings[good][channel].is_settled(self.now) {
                    self.announce_to(good, channel, self.now, Some(Ok(45)))?;
                }
            }
        }
        Ok(())
    }
}

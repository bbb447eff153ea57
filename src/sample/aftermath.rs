//! What becomes of an order line? It is shipped, paid for, cancelled or sent back.

use crate::error::Result;
use crate::sample::goods::Loss;
use crate::sample::orders::{Disposition, Line, LineRef, Reason};
use crate::sample::stock::{MAIN, THEIRS};
use crate::sample::stores::{AMAZON, STORES, TIKTOK, WHOLESALE, is_shopify};
use crate::sample::world::{Event, World};

const DAY: i64 = 86_400;

fn location(channel: usize) -> usize {
    if channel == AMAZON { THEIRS } else { MAIN }
}

impl World {
    pub(crate) fn ship(&mut self, reference: LineRef) -> Result<()> {
        let Some(line) = self.months.get(reference).cloned() else { return Ok(()) };
        let place = location(line.channel);
        let units = self.units(line.good, line.quantity);
        if units.iter().any(|(good, units)| self.shelves[*good][place].on_hand < *units) {
            return self.wait(reference, &line);
        }
        let id = line.order_id();
        for (good, units) in units {
            self.shelves[good][place].on_hand -= units;
            self.shelves[good][place].reserved -= units;
            self.move_stock(good, place, "shipment", -units, &id, STORES[line.channel].name, "")?;
        }
        let now = self.now;
        if let Some(line) = self.months.get(reference) {
            line.shipped_at = Some(now);
        }
        self.earn(&line);
        if line.late && line.channel != WHOLESALE {
            self.plan(now + 120, Event::Settle(reference, 1));
        }
        self.plan_return(reference, &line);
        Ok(())
    }

    /// Nothing to ship yet: tried again until the month is written.
    fn wait(&mut self, reference: LineRef, line: &Line) -> Result<()> {
        if let Some(line) = self.months.get(reference) {
            line.late = true;
        }
        if self.now - line.at < 80 * DAY {
            self.plan(self.now + DAY / 2, Event::Ship(reference));
        }
        Ok(())
    }

    /// What the line earned, roughly, in the window of the losing articles.
    fn earn(&mut self, line: &Line) {
        if line.at < self.clock.instant(self.size.as_of.plus(-89), 0) {
            return;
        }
        let store = &STORES[line.channel];
        let good = &self.goods[line.good];
        let fees = line.net() * (store.referral + 300) / 10_000 + store.parcel + 30;
        let handling = if line.channel == AMAZON { good.fulfilment_fee * line.quantity } else { 0 };
        let earned = line.net() - fees - handling - good.cost * line.quantity;
        *self.earned.entry((line.good, line.channel)).or_insert(0) += earned;
    }

    fn plan_return(&mut self, reference: LineRef, line: &Line) {
        let loser = matches!(self.goods[line.good].loss, Some((_, Loss::Refunds)));
        let rate = if loser { 0.85 } else { STORES[line.channel].return_rate };
        let is_bundle = self.goods[line.good].is_bundle();
        if !self.dice.chance(rate) || line.other_channel || is_bundle {
            return;
        }
        let units =
            if loser || line.channel == WHOLESALE { line.quantity } else { self.dice.between(1, line.quantity) };
        let disposition = match self.dice.weighted(&[0.7, 0.2, 0.1]) {
            0 if !loser => Disposition::Sellable,
            1 => Disposition::Damaged,
            _ => Disposition::Defective,
        };
        let days = self.dice.between(6 * 24, 20 * 24);
        self.plan(self.now + days * 3600, Event::Return(reference, units, disposition));
    }

    pub(crate) fn take_back(&mut self, reference: LineRef, units: i64, disposition: Disposition) -> Result<()> {
        let Some(line) = self.months.get(reference).cloned() else { return Ok(()) };
        if !line.settled && line.channel != WHOLESALE {
            return Ok(());
        }
        let refund = line.net() * units / line.quantity;
        let good = &self.goods[line.good];
        if good.loss.is_none() {
            let restocked = line.channel == AMAZON && disposition == Disposition::Sellable;
            let loss = refund + if restocked { 0 } else { good.cost * units } + 500;
            let earned = self.earned.entry((line.good, line.channel)).or_insert(0);
            let in_window = self.now >= self.clock.instant(self.size.as_of.plus(-89), 0);
            if in_window && *earned < loss * 2 {
                return Ok(());
            }
            *earned -= loss;
        }
        if let Some(line) = self.months.get(reference) {
            line.returned = units;
            line.refunded = refund;
        }
        let id = line.order_id();
        let good = &self.goods[line.good];
        self.postings.refund(&line, good, &id, units, refund, disposition, self.now, &self.clock)?;
        if disposition != Disposition::Sellable {
            return Ok(());
        }
        let place = location(line.channel);
        self.shelves[line.good][place].on_hand += units;
        let owner = STORES[line.channel].name;
        self.move_stock(line.good, place, "return", units, &id, owner, "inspected and restocked")?;
        if place == MAIN { self.announce(line.good, self.now) } else { Ok(()) }
    }

    pub(crate) fn cancel(&mut self, reference: LineRef, reason: Reason) -> Result<()> {
        let now = self.now;
        let Some(line) = self.months.get(reference) else { return Ok(()) };
        line.cancelled = Some((now, reason));
        let line = line.clone();
        let place = location(line.channel);
        let id = line.order_id();
        for (good, units) in self.units(line.good, line.quantity) {
            self.shelves[good][place].reserved -= units;
            self.move_stock(good, place, "cancellation", -units, &id, STORES[line.channel].name, reason.word())?;
            if place == MAIN {
                self.announce(good, now)?;
            }
        }
        Ok(())
    }

    /// The channel pays for what has left.
    pub(crate) fn settle(&mut self, first: LineRef, count: usize) -> Result<()> {
        let mut lines = Vec::new();
        for place in 0..count {
            let Some(line) = self.months.get(first.after(place)) else { continue };
            if line.cancelled.is_some() || line.settled || line.other_channel {
                continue;
            }
            if line.shipped_at.is_none() {
                line.late = true;
                continue;
            }
            line.settled = true;
            lines.push(line.clone());
        }
        let Some(head) = lines.first() else { return Ok(()) };
        let id = head.order_id();
        if head.channel == AMAZON && self.dice.chance(0.004) {
            let weeks = self.dice.between(1, 3);
            self.plan(self.now + weeks * 7 * DAY, Event::Reimburse { good: head.good });
        }
        debug_assert!(head.channel == TIKTOK || head.channel == AMAZON || is_shopify(head.channel));
        self.postings.sale(&lines, &self.goods, &id, self.now, &self.clock)
    }
}

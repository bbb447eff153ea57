//! Which drifts are planted? On the last evening a dozen listings are made to disagree with the
//! book, each for a known cause; every other listing agrees.

use crate::error::Result;
use crate::sample::books::Fate;
use crate::sample::goods::Pattern;
use crate::sample::orders::Line;
use crate::sample::stock::{LOCATIONS, MAIN, THEIRS};
use crate::sample::stores::{AMAZON, SHOPIFY, STORES, TIKTOK, WHOLESALE};
use crate::sample::world::World;

/// Units of each cause on one listing; the gap is their sum.
#[derive(Clone, Copy, Debug, Default)]
struct Plan {
    channel: usize,
    /// Ordered here and not yet known to the truth.
    pending: i64,
    /// Taken from stock; the update is still on its way.
    delayed: i64,
    /// Taken from stock; the update got lost.
    missing: i64,
    /// Too many, by an update that arrived twice.
    duplicate: i64,
    /// Changed by hand.
    manual: i64,
    unexplained: i64,
}

const NONE: Plan =
    Plan { channel: SHOPIFY, pending: 0, delayed: 0, missing: 0, duplicate: 0, manual: 0, unexplained: 0 };

const PLANS: [Plan; 15] = [
    Plan { channel: SHOPIFY, pending: 2, ..NONE },
    Plan { channel: TIKTOK, pending: 3, ..NONE },
    Plan { channel: TIKTOK, delayed: 6, ..NONE },
    Plan { channel: WHOLESALE, delayed: 12, ..NONE },
    Plan { channel: TIKTOK, missing: 7, ..NONE },
    Plan { channel: SHOPIFY, missing: 4, ..NONE },
    Plan { channel: SHOPIFY, duplicate: 6, ..NONE },
    Plan { channel: TIKTOK, duplicate: 8, ..NONE },
    Plan { channel: SHOPIFY, manual: -5, ..NONE },
    Plan { channel: WHOLESALE, manual: 6, ..NONE },
    Plan { channel: SHOPIFY, unexplained: -8, ..NONE },
    Plan { channel: AMAZON, unexplained: -6, ..NONE },
    Plan { channel: TIKTOK, pending: 2, delayed: 9, ..NONE },
    Plan { channel: SHOPIFY, missing: 7, manual: 2, ..NONE },
    Plan { channel: TIKTOK, pending: 1, unexplained: -6, ..NONE },
];

impl World {
    /// Makes the planted listings disagree, between the evening's last update and the reports.
    pub(crate) fn plant_drifts(&mut self) -> Result<()> {
        let mut taken = Vec::new();
        let start = self.clock.instant(self.size.as_of, 22 * 3600 + 25 * 60);
        let channels = self.channels();
        for (place, plan) in PLANS.iter().enumerate().filter(|(_, plan)| plan.channel < channels) {
            let Some(good) = self.fit_for(plan, &taken) else { continue };
            taken.push(good);
            self.now = start + place as i64 * 60;
            if plan.channel == AMAZON {
                self.misreported.insert(good, plan.unexplained);
                let sku = &self.goods[good].sku;
                self.answers.drift(AMAZON, sku, LOCATIONS[THEIRS], "unexplained", plan.unexplained)?;
            } else {
                self.plant(good, plan)?;
            }
        }
        self.now = start + 20 * 60;
        Ok(())
    }

    fn fit_for(&self, plan: &Plan, taken: &[usize]) -> Option<usize> {
        let location = if plan.channel == AMAZON { THEIRS } else { MAIN };
        let needed = plan.pending + plan.delayed + plan.missing + STORES[plan.channel].buffer + 9;
        (0..self.goods.len()).find(|index| {
            let good = &self.goods[*index];
            !taken.contains(index)
                && good.is_listed(plan.channel)
                && !good.is_bundle()
                && good.loss.is_none()
                && good.pattern == Pattern::Smooth
                && self.shelves[*index][location].available() >= needed
        })
    }

    fn plant(&mut self, good: usize, plan: &Plan) -> Result<()> {
        let start = self.now;
        self.plant_updates(good, plan)?;
        if plan.manual != 0 {
            self.now = start + 17 * 60;
            self.listings[good][plan.channel].change(self.now, plan.manual);
            let sku = &self.goods[good].sku;
            self.books.override_stock(self.now, STORES[plan.channel].name, sku, plan.manual)?;
        }
        if plan.pending > 0 {
            self.now = start + 18 * 60;
            let line = self.take_pending_order(good, plan.channel, plan.pending);
            self.pending.push(line);
        }
        self.listings[good][plan.channel].change(start + 19 * 60, plan.unexplained);
        let sku = &self.goods[good].sku;
        let causes = [
            ("pending reservations", -plan.pending),
            ("delayed update", plan.delayed),
            ("missing event", plan.missing),
            ("duplicate event", plan.duplicate),
            ("manual adjustment", plan.manual),
            ("unexplained", plan.unexplained),
        ];
        for (cause, units) in causes {
            self.answers.drift(plan.channel, sku, LOCATIONS[MAIN], cause, units)?;
        }
        Ok(())
    }

    /// Changes the stock and lets the update to the one channel go wrong.
    fn plant_updates(&mut self, good: usize, plan: &Plan) -> Result<()> {
        let units = match plan {
            Plan { delayed: units @ 1.., .. } | Plan { missing: units @ 1.., .. } => *units,
            Plan { duplicate: 1.., .. } => 1,
            _ => return Ok(()),
        };
        self.shelves[good][MAIN].on_hand -= units;
        self.move_stock(good, MAIN, "adjustment", -units, "", "warehouse", "cycle count")?;
        for channel in self.listing_channels(good) {
            let fixed = match plan {
                _ if channel != plan.channel => Ok(40),
                Plan { delayed: 1.., .. } => Ok(3 * 3600),
                Plan { missing: 1.., .. } => Err("webhook_missing"),
                _ => Ok(30),
            };
            self.announce_to(good, channel, self.now, Some(fixed))?;
        }
        if plan.duplicate > 0 {
            let count = self.listings[good][plan.channel].sent + plan.duplicate;
            let arrival = self.listings[good][plan.channel].send(self.now + 50, count);
            let sku = &self.goods[good].sku;
            let name = STORES[plan.channel].name;
            self.books.event(&self.clock, name, sku, self.now + 20, Some(arrival), count, Fate::Duplicate)?;
        }
        Ok(())
    }

    /// After the reports the truth learns of the orders it did not know.
    pub(crate) fn learn_pending(&mut self) -> Result<()> {
        let mut at = self.clock.instant(self.size.as_of, 23 * 3600 + 600);
        let pending: Vec<Line> = std::mem::take(&mut self.pending);
        for line in pending {
            self.now = at;
            let id = line.order_id();
            self.reserve(&line, MAIN, &id)?;
            at += 60;
        }
        Ok(())
    }
}

//! What does the shop do overnight? It orders, sends units to Amazon, counts shelves and repairs
//! what channels show.

use crate::error::Result;
use crate::sample::exports;
use crate::sample::stock::{MAIN, THEIRS};
use crate::sample::stores::{AMAZON, STORES};
use crate::sample::world::{Event, World};
use crate::types::Day;

const DAY: i64 = 86_400;

impl World {
    /// Runs the whole history.
    pub(crate) fn run(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        let days = u64::from(self.size.days);
        for place in 0..self.size.days as i32 {
            self.run_day(self.first.plus(place))?;
            progress(place as u64 + 1, days);
        }
        self.write_months(None)
    }

    fn run_day(&mut self, day: Day) -> Result<()> {
        let as_of = self.size.as_of;
        let wishes = self.wishes(day);
        let mut rest = &wishes[..];
        if day.weekday() == 6 {
            rest = self.sell_until(rest, self.clock.instant(day, 3 * 3600))?;
            self.now += 1;
            self.resync()?;
        }
        if day == as_of {
            rest = self.sell_until(rest, self.quiet_from)?;
            self.now = self.now.max(self.quiet_from);
            self.resync()?;
            self.plant_drifts()?;
        }
        let is_reported = matches!(as_of.since(day), 0 | 1 | 7);
        if is_reported {
            rest = self.sell_until(rest, exports::report_at(self, day))?;
            exports::write_inventory(self, day)?;
        }
        self.sell_until(rest, self.clock.instant(day.plus(1), 0))?;
        if day == as_of {
            self.learn_pending()?;
        }
        self.replenish(day);
        let is_small = self.goods.len() <= 500;
        self.write_stock(day, is_small || day == as_of)?;
        let range_ends = day == as_of || is_small && day.plus(1).month() != day.month();
        self.answers.end_day(day, &self.goods, range_ends)?;
        self.write_months(Some(day))
    }

    fn sell_until<'a>(
        &mut self,
        wishes: &'a [super::ordering::Wish],
        until: i64,
    ) -> Result<&'a [super::ordering::Wish]> {
        let done = self.sell(wishes, until)?;
        Ok(&wishes[done..])
    }

    /// Orders from suppliers, transfers to Amazon and small surprises, for tomorrow.
    fn replenish(&mut self, day: Day) {
        let morning = self.clock.instant(day.plus(1), 8 * 3600);
        for good in 0..self.goods.len() {
            for location in [MAIN, THEIRS] {
                let asked = std::mem::take(&mut self.asked_today[good][location]);
                let pace = &mut self.pace[good][location];
                *pace += (asked as f64 - *pace) * 0.035;
            }
            let article = &self.goods[good];
            let is_ending = article.discontinued.is_some_and(|end| day.plus(70) >= end);
            if article.is_bundle() || day < article.launched {
                continue;
            }
            if !is_ending {
                self.order_from_supplier(good, morning);
            }
            if self.goods[good].is_listed(AMAZON) {
                self.order_transfer(good, morning);
            }
            self.surprise(good, morning);
        }
    }

    fn order_from_supplier(&mut self, good: usize, morning: i64) {
        let article = &self.goods[good];
        let [main, theirs] = self.shelves[good];
        let [ours, amazon] = self.pace[good];
        let pace = ours + amazon;
        let position = main.available() + main.inbound + theirs.available() + theirs.inbound;
        let lead = article.lead_days as f64;
        let reorder_at = pace * (lead + 9.0) + 0.6 * (pace * lead).sqrt();
        if position as f64 >= reorder_at {
            return;
        }
        let wanted = (pace * (lead + 42.0)).ceil() as i64 - position;
        let cases = (wanted.max(article.minimum_order) + article.case_pack - 1) / article.case_pack;
        let units = cases * article.case_pack;
        let days = self.dice.lognormal(lead, 0.22);
        let hour = self.dice.between(0, 7 * 3600);
        self.shelves[good][MAIN].inbound += units;
        self.plan(morning + (days as i64) * DAY + hour, Event::Receipt { good, units });
    }

    fn order_transfer(&mut self, good: usize, morning: i64) {
        let [main, theirs] = self.shelves[good];
        let [ours, amazon] = self.pace[good];
        let position = theirs.available() + theirs.inbound;
        if position as f64 >= amazon * 16.0 && position > 1 {
            return;
        }
        let wanted = ((amazon * 36.0).ceil() as i64 - position).max(2);
        let spare = main.available() - (ours * 6.0).ceil() as i64;
        let units = wanted.min(spare);
        if units >= 2 {
            let hour = self.dice.between(0, 3 * 3600);
            self.plan(morning + hour, Event::TransferOut { good, units });
        }
    }

    /// Now and then a count finds another number, a unit breaks, or a person changes a listing.
    fn surprise(&mut self, good: usize, morning: i64) {
        if !self.dice.chance(0.004) {
            return;
        }
        let at = morning + self.dice.between(0, 9 * 3600);
        match self.dice.weighted(&[0.55, 0.3, 0.15]) {
            0 => {
                let units = self.dice.pick(&[-2, -1, -1, 1, 1, 2]);
                let is_theirs = self.goods[good].is_listed(AMAZON) && self.dice.chance(0.2);
                let location = if is_theirs { THEIRS } else { MAIN };
                self.plan(at, Event::Adjust { good, location, units, kind: "adjustment" });
            }
            1 => {
                let units = -self.dice.between(1, 2);
                self.plan(at, Event::Adjust { good, location: MAIN, units, kind: "damage" });
            }
            _ => {
                let channels = self.listing_channels(good);
                if let Some(channel) = channels.first().copied() {
                    debug_assert!(!STORES[channel].fulfilled_by_channel);
                    let units = self.dice.pick(&[-2, -1, 1, 2]);
                    self.plan(at, Event::Override { good, channel, units });
                }
            }
        }
    }
}

//! Who orders what today? Demand becomes orders where a channel shows enough units.

use crate::error::Result;
use crate::sample::orders::{Line, LineRef, Reason};
use crate::sample::season;
use crate::sample::stock::{MAIN, THEIRS};
use crate::sample::stores::{AMAZON, PLACES, STORES, TIKTOK, WHOLESALE, is_shopify, self_fulfilled};
use crate::sample::world::{Event, World};
use crate::types::Day;

/// Somebody wants units of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    at: i64,
    channel: usize,
    good: usize,
    quantity: i64,
    /// Percent off.
    percent: i64,
    /// Belongs to the same order as the wish before it.
    joins: bool,
}

/// What an order's lines have in common.
struct Order {
    number: u64,
    place: usize,
    taxed: bool,
    cancelled: Option<(i64, Reason)>,
    ships_at: i64,
    first: Option<LineRef>,
    lines: usize,
}

impl World {
    /// One day of orders, up to (not including) the instant `until`.
    pub(crate) fn sell(&mut self, wishes: &[Wish], until: i64) -> Result<usize> {
        let mut done = 0;
        while done < wishes.len() && wishes[done].at < until {
            let end = done + 1 + wishes[done + 1..].iter().take_while(|wish| wish.joins).count();
            self.run_events(wishes[done].at)?;
            if wishes[done].at < self.quiet_from {
                self.now = wishes[done].at.max(self.now + 1);
                self.take_order(&wishes[done..end])?;
            }
            done = end;
        }
        self.run_events(until)?;
        Ok(done)
    }

    /// Everybody's wishes of a day in order of time.
    pub(crate) fn wishes(&mut self, day: Day) -> Vec<Wish> {
        let middle = self.first.plus(self.size.days as i32 / 2);
        self.today.set(&self.promotions, day);
        let mut wishes = Vec::new();
        for good in 0..self.goods.len() {
            let life = self.goods[good].rate * season::life(&self.goods[good], day, middle);
            if life > 0.0 {
                self.wish_for(good, life, day, &mut wishes);
            }
        }
        self.flash(day, &mut wishes);
        wishes.sort_by_key(|wish| (wish.at, wish.channel, wish.good));
        self.join(wishes)
    }

    fn wish_for(&mut self, good: usize, life: f64, day: Day, wishes: &mut Vec<Wish>) {
        for channel in 0..self.channels() {
            let article = &self.goods[good];
            if !article.is_listed(channel) {
                continue;
            }
            let (uplift, percent) = self.today.of(good, channel);
            let season = self.factors.of(article.category, channel, day);
            let units = life * article.share[channel] * season * uplift;
            self.answers.expect(good, channel, units);
            let lines = units / article.mean_quantity(channel);
            for _ in 0..self.dice.poisson(lines) {
                let second = season::second_of_day(channel, &mut self.dice);
                let quantity = self.goods[good].draw_quantity(channel, &mut self.dice);
                wishes.push(Wish {
                    at: self.on_the_wall(day, second, channel),
                    channel,
                    good,
                    quantity,
                    percent,
                    joins: false,
                });
            }
        }
    }

    /// A flash sale asks for about as much as there is.
    fn flash(&mut self, day: Day, wishes: &mut Vec<Wish>) {
        let sales: Vec<(Vec<usize>, i64, i64)> = self
            .promotions
            .iter()
            .filter(|promotion| promotion.kind == "flash_sale" && promotion.first == day)
            .map(|promotion| (promotion.goods.clone(), promotion.from, promotion.percent))
            .collect();
        for (goods, from, percent) in sales {
            for good in goods {
                let stock = self.shelves[good][MAIN].available().clamp(6, 400) as f64;
                let lines = stock * self.dice.real(0.9, 1.7) / 1.23;
                self.answers.expect(good, TIKTOK, lines * 1.23);
                for _ in 0..self.dice.poisson(lines) {
                    // Most come in the first hour.
                    let late = self.dice.unit() * self.dice.unit();
                    let at = from + (late * 4.0 * 3599.0) as i64;
                    let quantity = self.goods[good].draw_quantity(TIKTOK, &mut self.dice);
                    wishes.push(Wish { at, channel: TIKTOK, good, quantity, percent, joins: false });
                }
            }
        }
    }

    /// The instant, out of the hour that files without an offset could not tell.
    fn on_the_wall(&self, day: Day, second: i64, channel: usize) -> i64 {
        let at = self.clock.instant(day, second);
        if matches!(channel, TIKTOK | WHOLESALE) && self.clock.is_ambiguous(at) { at + 3 * 3600 } else { at }
    }

    /// Puts some wishes of one channel that follow each other into one order.
    fn join(&mut self, wishes: Vec<Wish>) -> Vec<Wish> {
        let mut by_channel: Vec<Vec<Vec<Wish>>> = vec![Vec::new(); self.channels()];
        for wish in wishes {
            let rate = if wish.channel == WHOLESALE { 0.5 } else { 0.14 };
            let baskets = &mut by_channel[wish.channel];
            let joins = self.dice.chance(rate);
            match baskets.last_mut() {
                Some(basket)
                    if joins
                        && basket.len() < 6
                        && !self.goods[wish.good].is_bundle()
                        && basket
                            .iter()
                            .all(|other| other.good != wish.good && !self.goods[other.good].is_bundle()) =>
                {
                    basket.push(Wish { at: basket[0].at, joins: true, ..wish });
                }
                _ => baskets.push(vec![wish]),
            }
        }
        let mut baskets: Vec<Vec<Wish>> = by_channel.into_iter().flatten().collect();
        baskets.sort_by_key(|basket| (basket[0].at, basket[0].channel, basket[0].good));
        baskets.into_iter().flatten().collect()
    }

    fn take_order(&mut self, wishes: &[Wish]) -> Result<()> {
        let channel = wishes[0].channel;
        let store = &STORES[channel];
        let cancelled = self.dice.chance(0.014).then(|| {
            let reason = self.dice.pick(&[Reason::Buyer, Reason::Buyer, Reason::Buyer, Reason::Address, Reason::Fraud]);
            (self.now + self.dice.between(300, 10_800), reason)
        });
        let hours = self.dice.between(store.ships_after.0 * 3600, store.ships_after.1 * 3600);
        let mut order = Order {
            number: self.next_order[channel],
            place: self.dice.below(PLACES.len()),
            taxed: is_shopify(channel) && self.dice.chance(0.2),
            cancelled,
            ships_at: self.now + hours,
            first: None,
            lines: 0,
        };
        for wish in wishes {
            let location = if channel == AMAZON { THEIRS } else { MAIN };
            self.asked_today[wish.good][location] += wish.quantity;
            if self.is_shown(wish) {
                self.take_line(wish, &mut order)?;
            }
        }
        let Some(first) = order.first else { return Ok(()) };
        self.next_order[channel] += 1;
        self.charge_shipping(first, order.lines);
        if order.cancelled.is_none() && channel != WHOLESALE {
            let delay = match channel {
                AMAZON => 7200,
                TIKTOK => 9 * 86_400,
                _ => 60,
            };
            self.plan(order.ships_at + delay, Event::Settle(first, order.lines));
        }
        Ok(())
    }

    /// Whether the channel shows enough units at this moment.
    fn is_shown(&mut self, wish: &Wish) -> bool {
        let good = &self.goods[wish.good];
        if good.is_bundle() {
            return good
                .parts
                .iter()
                .all(|(part, units)| self.shelves[*part][MAIN].available() >= units * wish.quantity);
        }
        if wish.channel == AMAZON {
            return self.shelves[wish.good][THEIRS].available() >= wish.quantity;
        }
        self.listings[wish.good][wish.channel].shown_at(self.now) >= wish.quantity
    }

    fn take_line(&mut self, wish: &Wish, order: &mut Order) -> Result<()> {
        let channel = wish.channel;
        order.lines += 1;
        let mut line = self.price(wish, order);
        let location = if channel == AMAZON { THEIRS } else { MAIN };
        let available = self.shelves[wish.good][location].available();
        // What the buyer cancels anyway was never short.
        let counts = !self.goods[wish.good].is_bundle() && order.cancelled.is_none();
        let oversold = if counts { line.quantity - available.max(0) } else { 0 };
        line.late = oversold > 0;
        let month = self.clock.day(self.now).month();
        let remembered = line.clone();
        let reference = self.months.push(month, line);
        order.first = order.first.or(Some(reference));
        if !self.goods[wish.good].is_bundle() && channel != AMAZON {
            self.listings[wish.good][channel].change(self.now, -wish.quantity);
        }
        let id = remembered.order_id();
        self.reserve(&remembered, location, &id)?;
        if oversold > 0 {
            self.answers.oversold(&remembered, &self.goods[wish.good], &id, oversold.min(wish.quantity))?;
            // A marketplace or a dealer is told no; the own store ships when new stock is in.
            if !is_shopify(channel) && self.dice.chance(0.85) {
                let at = self.now + self.dice.between(3600, 72_000);
                self.plan(at, Event::Cancel(reference, Reason::NoStock));
                return Ok(());
            }
        }
        match order.cancelled {
            Some((at, reason)) => self.plan(at, Event::Cancel(reference, reason)),
            _ => self.plan(order.ships_at, Event::Ship(reference)),
        }
        Ok(())
    }

    fn price(&mut self, wish: &Wish, order: &Order) -> Line {
        let good = &self.goods[wish.good];
        let unit_price = good.price_on(wish.channel);
        let gross = unit_price * wish.quantity;
        let percent = match good.loss {
            Some((_, super::goods::Loss::Discounts)) => 68,
            _ if wish.channel == WHOLESALE && wish.quantity >= 24 => 3,
            _ => wish.percent,
        };
        let discount = gross * percent / 100;
        let tax_rate = match (wish.channel, order.place) {
            (AMAZON, place) if place % 3 == 0 => 700,
            (channel, _) if is_shopify(channel) && order.taxed => 887,
            _ => 0,
        };
        Line {
            channel: wish.channel,
            good: wish.good,
            order: order.number,
            number: order.lines as u16,
            at: self.now,
            quantity: wish.quantity,
            unit_price,
            discount,
            shipping: 0,
            tax: ((gross - discount) * tax_rate + 5000) / 10_000,
            place: order.place,
            other_channel: wish.channel == AMAZON && self.dice.chance(0.006),
            late: false,
            cancelled: None,
            shipped_at: None,
            settled: false,
            returned: 0,
            refunded: 0,
        }
    }

    /// Reserves the line's units, of a bundle's parts where it has any, and tells the channels.
    pub(crate) fn reserve(&mut self, line: &Line, location: usize, id: &str) -> Result<()> {
        let owner = STORES[line.channel].name;
        for (good, units) in self.units(line.good, line.quantity) {
            self.shelves[good][location].reserved += units;
            self.move_stock(good, location, "order", units, id, owner, "")?;
            if location == MAIN {
                self.announce(good, self.now)?;
            }
        }
        Ok(())
    }

    /// What leaves the shelves for so many of an article.
    pub(crate) fn units(&self, good: usize, quantity: i64) -> Vec<(usize, i64)> {
        let article = &self.goods[good];
        if article.is_bundle() {
            article.parts.iter().map(|(part, units)| (*part, units * quantity)).collect()
        } else {
            vec![(good, quantity)]
        }
    }

    /// Small orders pay for the parcel.
    fn charge_shipping(&mut self, first: LineRef, lines: usize) {
        let mut total = 0;
        let mut channel = 0;
        for place in 0..lines {
            if let Some(line) = self.months.get(first.after(place)) {
                total += line.net();
                channel = line.channel;
            }
        }
        let shipping = match channel {
            WHOLESALE if total < 30_000 => 1200,
            channel if is_shopify(channel) && total < 5000 => 595,
            _ => 0,
        };
        if let Some(line) = self.months.get(first) {
            line.shipping = shipping;
        }
    }

    /// Channels of the seller's own warehouse that list an article.
    pub(crate) fn listing_channels(&self, good: usize) -> Vec<usize> {
        self_fulfilled(self.channels()).filter(|channel| self.goods[good].is_listed(*channel)).collect()
    }

    /// An order that the truth learns of only at `learns_at`; planted on the last evening.
    pub(crate) fn take_pending_order(&mut self, good: usize, channel: usize, quantity: i64) -> Line {
        let number = self.next_order[channel];
        self.next_order[channel] += 1;
        let order = Order { number, place: 1, taxed: false, cancelled: None, ships_at: 0, first: None, lines: 1 };
        let wish = Wish { at: self.now, channel, good, quantity, percent: 0, joins: false };
        let line = self.price(&wish, &order);
        self.listings[good][channel].change(self.now, -quantity);
        self.months.push(self.clock.day(self.now).month(), line.clone());
        line
    }
}

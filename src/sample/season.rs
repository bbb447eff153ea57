//! When do people buy? Weeks, years, feast days and promotions as factors on an article's rate.

use chrono::Datelike;

use crate::sample::clock::Clock;
use crate::sample::dice::Dice;
use crate::sample::goods::{CATEGORIES, Good};
use crate::sample::stores::{AMAZON, SHOPIFY, STORES, TIKTOK, WHOLESALE};
use crate::types::{Day, Month};

/// A planned promotion.
#[derive(Debug)]
pub(crate) struct Promotion {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) channel: usize,
    pub(crate) goods: Vec<usize>,
    pub(crate) first: Day,
    pub(crate) last: Day,
    /// Instants, seconds of UTC; the end is the first instant after.
    pub(crate) from: i64,
    pub(crate) until: i64,
    pub(crate) percent: i64,
    pub(crate) uplift: f64,
}

/// Day of the year with the most demand and the size of the wave, by category.
const YEARS: [(f64, f64); 6] = [(345.0, 0.25), (340.0, 0.3), (20.0, 0.12), (15.0, 0.08), (350.0, 0.35), (200.0, 0.06)];

/// The factor of a category on a channel on a day; one on average.
pub(crate) fn factor(category: usize, channel: usize, day: Day) -> f64 {
    let (peak, size) = YEARS[category];
    let ordinal = f64::from(day.date().ordinal());
    let year = 1.0 + size * (std::f64::consts::TAU * (ordinal - peak) / 365.25).cos();
    STORES[channel].week[day.weekday()] * year * feast(channel, day)
}

/// The weeks before Christmas, and the quiet after.
fn feast(channel: usize, day: Day) -> f64 {
    let date = day.date();
    match (date.month(), date.day()) {
        _ if channel == WHOLESALE => 1.0,
        (12, 1..=18) => 1.35,
        (12, 19..=23) => 1.1,
        (12, 24..=25) => 0.55,
        (1, 1) => 0.6,
        _ => 1.0,
    }
}

/// Growth and the stage of its life on a day.
pub(crate) fn life(good: &Good, day: Day, middle: Day) -> f64 {
    if day < good.launched || good.discontinued.is_some_and(|end| day >= end) {
        return 0.0;
    }
    let trend = (1.0 + good.trend * f64::from(day.since(middle)) / 365.0).max(0.2);
    let age = f64::from(day.since(good.launched));
    let young = (0.35 + age / 45.0).min(1.0);
    let old = good.fading.map_or(1.0, |from| match day.since(from) {
        past if past <= 0 => 1.0,
        past => (1.0 - f64::from(past) / 90.0).max(0.08),
    });
    trend * young * old
}

/// Every promotion of the shop's history, by start.
pub(crate) fn promotions(goods: &[Good], channels: usize, first: Day, as_of: Day, clock: &Clock) -> Vec<Promotion> {
    let mut all = Vec::new();
    coupons(&mut all, goods, first, as_of, clock);
    black_fridays(&mut all, goods, channels, first, as_of, clock);
    if channels > TIKTOK {
        flash_sales(&mut all, goods, first, as_of, clock);
    }
    all.retain(|promotion: &Promotion| !promotion.goods.is_empty());
    all.sort_by(|a, b| a.first.cmp(&b.first).then_with(|| a.name.cmp(&b.name)).then(a.channel.cmp(&b.channel)));
    all
}

fn plain(good: &Good) -> bool {
    good.loss.is_none() && !good.is_bundle()
}

fn coupons(all: &mut Vec<Promotion>, goods: &[Good], first: Day, as_of: Day, clock: &Clock) {
    let mut month = first.month();
    let mut number = 0;
    while month.first() <= as_of {
        let category = number % CATEGORIES.len();
        let start = month.first().plus(9);
        if start >= first && start.plus(4) <= as_of {
            let of_category =
                (0..goods.len()).filter(|index| goods[*index].category == category && plain(&goods[*index]));
            all.push(Promotion {
                name: format!("{}15-{month}", CATEGORIES[category].to_uppercase()),
                kind: "coupon",
                channel: SHOPIFY,
                goods: of_category.take(40).collect(),
                first: start,
                last: start.plus(4),
                from: clock.instant(start, 0),
                until: clock.instant(start.plus(5), 0),
                percent: 15,
                uplift: 1.6,
            });
        }
        number += 1;
        month = month.next();
    }
}

fn black_fridays(all: &mut Vec<Promotion>, goods: &[Good], channels: usize, first: Day, as_of: Day, clock: &Clock) {
    for year in first.date().year()..=as_of.date().year() {
        let november = Month::new(year, 11).expect("November is a month").first();
        // The day after the fourth Thursday.
        let friday = november.plus((3 - november.weekday() as i32).rem_euclid(7) + 22);
        if friday < first || friday.plus(3) > as_of {
            continue;
        }
        for channel in (0..channels).filter(|channel| *channel != WHOLESALE) {
            let best = (0..goods.len()).filter(|index| {
                let good = &goods[*index];
                plain(good) && good.is_listed(channel) && matches!(good.class, "bestseller" | "standard")
            });
            all.push(Promotion {
                name: format!("BLACK-FRIDAY-{year}"),
                kind: "event",
                channel,
                goods: best.take(80).collect(),
                first: friday,
                last: friday.plus(3),
                from: clock.instant(friday, 0),
                until: clock.instant(friday.plus(4), 0),
                percent: if channel == AMAZON { 15 } else { 20 },
                uplift: 2.3,
            });
        }
    }
}

/// Four evening hours on TikTok, the last of them 25 days before the end.
fn flash_sales(all: &mut Vec<Promotion>, goods: &[Good], first: Day, as_of: Day, clock: &Clock) {
    let mut fit: Vec<usize> = (0..goods.len())
        .filter(|index| {
            let good = &goods[*index];
            plain(good) && good.is_listed(TIKTOK) && good.pattern == super::goods::Pattern::Smooth && good.price >= 1800
        })
        .collect();
    fit.sort_by(|a, b| goods[*b].rate.total_cmp(&goods[*a].rate).then(a.cmp(b)));
    let count = 3 + (goods.len() / 400).min(9);
    let mut day = as_of.plus(-25);
    let mut number = 0;
    while day > first.plus(20) {
        let chosen: Vec<usize> = (0..count.min(fit.len())).map(|place| fit[(place + number * 2) % fit.len()]).collect();
        all.push(Promotion {
            name: format!("FLASH-{day}"),
            kind: "flash_sale",
            channel: TIKTOK,
            goods: chosen,
            first: day,
            last: day,
            from: clock.instant(day, 19 * 3600),
            until: clock.instant(day, 23 * 3600),
            percent: 20,
            uplift: 1.0,
        });
        number += 1;
        day = day.plus(-42);
    }
}

/// What promotions do to each listing today.
pub(crate) struct Today {
    /// Factor on the rate and percent off, by article and channel; only where something is on.
    boosts: Vec<[(f32, u8); 5]>,
    touched: Vec<usize>,
}

impl Today {
    pub(crate) fn new(goods: usize) -> Self {
        Self { boosts: vec![[(1.0, 0); 5]; goods], touched: Vec::new() }
    }

    /// Sets the day; flash sales are drawn apart, within their hours.
    pub(crate) fn set(&mut self, promotions: &[Promotion], day: Day) {
        for index in self.touched.drain(..) {
            self.boosts[index] = [(1.0, 0); 5];
        }
        for promotion in promotions.iter().filter(|promotion| promotion.first <= day && day <= promotion.last) {
            for index in promotion.goods.iter().filter(|_| promotion.kind != "flash_sale") {
                self.boosts[*index][promotion.channel] = (promotion.uplift as f32, promotion.percent as u8);
                self.touched.push(*index);
            }
        }
    }

    /// Factor on the rate, percent off.
    pub(crate) fn of(&self, good: usize, channel: usize) -> (f64, i64) {
        let (uplift, percent) = self.boosts[good][channel];
        (f64::from(uplift), i64::from(percent))
    }
}

/// A second of the day when somebody orders on this channel.
pub(crate) fn second_of_day(channel: usize, dice: &mut Dice) -> i64 {
    let hour = match channel {
        WHOLESALE => dice.between(8, 16),
        _ => dice.weighted(&super::stores::HOURS) as i64,
    };
    hour * 3600 + dice.between(0, 3599)
}

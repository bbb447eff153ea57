//! What does this instant look like in that channel's files?

use std::fmt::Write;

use chrono::{DateTime, Datelike, Offset, TimeZone};

use crate::types::Day;

/// The sample shop's zone.
pub(crate) const ZONE: chrono_tz::Tz = chrono_tz::America::New_York;

/// The zone's offsets over the shop's history, so that a million instants need no table search.
pub(crate) struct Clock {
    /// From this instant (seconds, UTC) this many seconds are added to UTC.
    offsets: Vec<(i64, i64)>,
    last: Day,
}

/// Wall-clock fields.
struct Wall {
    day: Day,
    hour: i64,
    minute: i64,
    second: i64,
    offset: i64,
}

impl Clock {
    pub(crate) fn new(from: Day, until: Day) -> Self {
        let at = |hour: i64| {
            let instant = DateTime::from_timestamp(hour * 3600, 0).expect("an hour of the shop's history is a date");
            i64::from(ZONE.offset_from_utc_datetime(&instant.naive_utc()).fix().local_minus_utc())
        };
        let first = i64::from(from.days()) * 24 - 48;
        let last = i64::from(until.days()) * 24 + 144;
        let mut offsets = vec![(i64::MIN, at(first))];
        for hour in first..=last {
            let offset = at(hour);
            if offsets.last().is_some_and(|known| known.1 != offset) {
                offsets.push((hour * 3600, offset));
            }
        }
        Self { offsets, last: until }
    }

    /// The shop's last day: nothing is known of later ones.
    pub(crate) fn last(&self) -> Day {
        self.last
    }

    /// Seconds to add to UTC at this instant.
    pub(crate) fn offset(&self, instant: i64) -> i64 {
        let next = self.offsets.partition_point(|(from, _)| *from <= instant);
        self.offsets[next - 1].1
    }

    /// The instant at this second of this day on the wall; the first of two when clocks go back.
    pub(crate) fn instant(&self, day: Day, second: i64) -> i64 {
        let wall = i64::from(day.days()) * 86_400 + second;
        let guess = wall - self.offset(wall);
        let earlier = wall - self.offset(guess - 3600);
        if earlier < guess && earlier + self.offset(earlier) == wall { earlier } else { wall - self.offset(guess) }
    }

    /// The day on the wall.
    pub(crate) fn day(&self, instant: i64) -> Day {
        Day::from_days((instant + self.offset(instant)).div_euclid(86_400) as i32)
    }

    /// True in the hour that the wall shows twice when clocks go back.
    pub(crate) fn is_ambiguous(&self, instant: i64) -> bool {
        self.offset(instant - 3600) > self.offset(instant) || self.offset(instant + 3600) < self.offset(instant)
    }

    fn wall(&self, instant: i64) -> Wall {
        let offset = self.offset(instant);
        wall(instant + offset, offset)
    }

    /// `2025-05-11 09:55:16 -0400`
    pub(crate) fn shopify(&self, text: &mut String, instant: i64) {
        let wall = self.wall(instant);
        day(text, wall.day);
        let hours = wall.offset.abs() / 3600;
        let minutes = wall.offset.abs() % 3600 / 60;
        let sign = if wall.offset < 0 { '-' } else { '+' };
        let _ = write!(text, " {:02}:{:02}:{:02} {sign}{hours:02}{minutes:02}", wall.hour, wall.minute, wall.second);
    }

    /// `03/01/2026 10:00:00 AM`
    pub(crate) fn american(&self, text: &mut String, instant: i64) {
        let wall = self.wall(instant);
        let date = wall.day.date();
        let half = if wall.hour < 12 { "AM" } else { "PM" };
        let hour = if wall.hour % 12 == 0 { 12 } else { wall.hour % 12 };
        let _ = write!(
            text,
            "{:02}/{:02}/{} {hour:02}:{:02}:{:02} {half}",
            date.month(),
            date.day(),
            date.year(),
            wall.minute,
            wall.second
        );
    }

    /// `28/02/2026 14:05:09`
    pub(crate) fn european(&self, text: &mut String, instant: i64) {
        let wall = self.wall(instant);
        let date = wall.day.date();
        let _ = write!(
            text,
            "{:02}/{:02}/{} {:02}:{:02}:{:02}",
            date.day(),
            date.month(),
            date.year(),
            wall.hour,
            wall.minute,
            wall.second
        );
    }
}

fn wall(local: i64, offset: i64) -> Wall {
    let second = local.rem_euclid(86_400);
    Wall {
        day: Day::from_days(local.div_euclid(86_400) as i32),
        hour: second / 3600,
        minute: second % 3600 / 60,
        second: second % 60,
        offset,
    }
}

/// `2026-02-28`
pub(crate) fn day(text: &mut String, day: Day) {
    let date = day.date();
    let _ = write!(text, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
}

fn utc(text: &mut String, instant: i64, between: char, end: &str) {
    let wall = wall(instant, 0);
    day(text, wall.day);
    let _ = write!(text, "{between}{:02}:{:02}:{:02}{end}", wall.hour, wall.minute, wall.second);
}

/// `2026-02-28T06:15:00Z`
pub(crate) fn iso(text: &mut String, instant: i64) {
    utc(text, instant, 'T', "Z");
}

/// `2026-02-28T06:15:00+00:00`
pub(crate) fn iso_offset(text: &mut String, instant: i64) {
    utc(text, instant, 'T', "+00:00");
}

/// `2026-02-28 06:15:00 UTC`
pub(crate) fn spelled_utc(text: &mut String, instant: i64) {
    utc(text, instant, ' ', " UTC");
}

//! Days, months and instants without a clock: the run's day is always handed in.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, TimeZone, Utc, Weekday};

/// A calendar day in the shop's time zone, counted from 1970-01-01 as the lake's `DATE` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The day so many days after 1970-01-01.
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// The day of a date.
    pub fn from_date(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// The date.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).expect("a day of the lake is a date")
    }

    /// `count` days later, or earlier when negative.
    pub const fn plus(self, count: i32) -> Self {
        Self(self.0 + count)
    }

    /// Days from `earlier` to this day.
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// 0 for Monday to 6 for Sunday.
    pub const fn weekday(self) -> usize {
        // 1970-01-01 was a Thursday.
        (self.0 + 3).rem_euclid(7) as usize
    }

    /// The weekday's name.
    pub fn weekday_name(self) -> Weekday {
        self.date().weekday()
    }

    /// The month this day is in.
    pub fn month(self) -> Month {
        let date = self.date();
        Month { year: date.year(), month: date.month() }
    }

    /// The first instant of this day in a time zone; where the clocks skip midnight, the first
    /// instant after it.
    pub fn start_in(self, zone: chrono_tz::Tz) -> Timestamp {
        let midnight = self.date().and_time(chrono::NaiveTime::MIN);
        let local = (0..24).find_map(|hour| zone.from_local_datetime(&(midnight + TimeDelta::hours(hour))).earliest());
        local.map_or(self.start_utc(), |instant| Timestamp::from_micros(instant.timestamp_micros()))
    }

    /// Midnight UTC at the start of this day.
    pub const fn start_utc(self) -> Timestamp {
        Timestamp::from_micros(self.0 as i64 * 86_400_000_000)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.date().to_string())
    }
}

impl FromStr for Day {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self::from_date)
    }
}

/// A calendar month; the lake's facts lie by month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// Month 1 to 12 of a year.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(|_| Self { year, month })
    }

    /// The first day.
    pub fn first(self) -> Day {
        Day::from_date(NaiveDate::from_ymd_opt(self.year, self.month, 1).expect("a month has a first day"))
    }

    /// The last day.
    pub fn last(self) -> Day {
        self.next().first().plus(-1)
    }

    /// The month after.
    pub fn next(self) -> Self {
        let first = self.first().date() + Days::new(31);
        Self { year: first.year(), month: first.month() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl FromStr for Month {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")?;
        Ok(Self { year: first.year(), month: first.month() })
    }
}

/// An instant: microseconds since 1970-01-01T00:00:00Z, as the lake's `TIMESTAMP` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant so many microseconds after the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant so many seconds after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000)
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Seconds from `earlier` to this instant.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1_000_000)
    }

    /// `count` seconds later.
    pub const fn plus_seconds(self, count: i64) -> Self {
        Self(self.0 + count * 1_000_000)
    }

    /// As a chrono instant.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).expect("an instant of the lake is a date")
    }

    /// `2026-02-28 06:15:00` on a clock in a time zone, for sentences; the zone is told once elsewhere.
    pub fn clock_in(self, zone: chrono_tz::Tz) -> String {
        self.utc().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// The calendar day at this instant in a time zone.
    pub fn day_in(self, zone: chrono_tz::Tz) -> Day {
        Day::from_date(zone.from_utc_datetime(&self.utc().naive_utc()).date_naive())
    }
}

/// `2026-02-28T06:15:00Z`
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.utc().format("%Y-%m-%dT%H:%M:%SZ").to_string())
    }
}

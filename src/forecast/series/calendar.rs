//! Steps of a series: hours, days, weeks, months, quarters, years, or plain numbers.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::types::Day;

/// How far apart the steps of a series are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frequency {
    /// A day; a season is a week.
    #[default]
    Daily,
    /// A week; no season.
    Weekly,
    /// A month; a season is a year.
    Monthly,
    /// A quarter of a year; a season is a year.
    Quarterly,
    /// A year; no season.
    Yearly,
    /// An hour; a season is a day.
    Hourly,
}

impl Frequency {
    /// Steps in its season.
    pub fn season(self) -> usize {
        match self {
            Self::Daily => 7,
            Self::Weekly | Self::Yearly => 1,
            Self::Monthly => 12,
            Self::Quarterly => 4,
            Self::Hourly => 24,
        }
    }

    /// Steps after which a shop may be closed again: a week of days, a week and a day of hours, a year.
    pub(crate) fn opening_cycles(self) -> &'static [usize] {
        match self {
            Self::Daily => &[7],
            Self::Weekly | Self::Yearly => &[],
            Self::Monthly => &[12],
            Self::Quarterly => &[4],
            Self::Hourly => &[168, 24],
        }
    }

    /// What a step looks like in a file.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Hourly => "an hour such as `2026-02-28 13:00` or `2026-02-28T13:00:00+01:00`",
            Self::Daily | Self::Weekly => "a date such as `2026-02-28`",
            Self::Monthly => "a date in the month such as `2026-02-01`",
            Self::Quarterly => "a date in the quarter such as `2026-01-01`",
            Self::Yearly => "a date in the year such as `2026-01-01`",
        }
    }

    /// Steps in a year.
    pub(crate) fn year(self) -> usize {
        match self {
            Self::Daily => 365,
            Self::Weekly => 52,
            Self::Monthly => 12,
            Self::Quarterly => 4,
            Self::Yearly => 1,
            Self::Hourly => 8_760,
        }
    }

    /// What its steps are called, one of them: `day`.
    fn noun(self) -> &'static str {
        match self {
            Self::Daily => "day",
            Self::Weekly => "week",
            Self::Monthly => "month",
            Self::Quarterly => "quarter",
            Self::Yearly => "year",
            Self::Hourly => "hour",
        }
    }

    /// The step of a text: a whole number, a date, or an instant with or without an offset from UTC.
    pub(crate) fn position(self, text: &str) -> Option<Position> {
        if let Ok(number) = text.parse::<i64>() {
            return Position::number(number);
        }
        let (local, offset) = instant(text)?;
        Some(self.at(local, offset))
    }

    /// The step that a local time is in; `utc_offset` in seconds, where it is known, keeps the two hours
    /// apart that have one name when clocks go back.
    pub(crate) fn at(self, local: NaiveDateTime, utc_offset: Option<i32>) -> Position {
        let day = i64::from(Day::from_date(local.date()).days());
        let (step, offset) = match self {
            Self::Daily => (day, 0),
            // Weeks may start on any weekday; the offset keeps it.
            Self::Weekly => (day.div_euclid(7), day.rem_euclid(7)),
            Self::Monthly | Self::Quarterly | Self::Yearly => self.period(local.date()),
            Self::Hourly => {
                let second = (day * 24 + i64::from(local.time().hour())) * HOUR;
                ((second - i64::from(utc_offset.unwrap_or(0))).div_euclid(HOUR), 0)
            }
        };
        Position {
            step,
            offset: offset as i32,
            dated: true,
            has_time: local.time() != NaiveTime::MIN,
            // Days, weeks and months are those that the text names, wherever it was written.
            utc_offset: utc_offset.filter(|_| self == Self::Hourly),
        }
    }

    /// The text of the step `ahead` steps later.
    pub(crate) fn text(self, position: Position, ahead: i64) -> String {
        let step = position.step.saturating_add(ahead);
        if !position.dated {
            return step.to_string();
        }
        let day = |days: i64| i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days);
        let text = match self {
            Self::Daily => day(step).map(|date| date.to_string()),
            Self::Weekly => day(step * 7 + i64::from(position.offset)).map(|date| date.to_string()),
            Self::Monthly | Self::Quarterly | Self::Yearly => {
                let (months, day) = (i64::from(position.offset / MONTH), position.offset % MONTH);
                month(step.saturating_mul(self.months()).saturating_add(months), day).map(|date| date.to_string())
            }
            Self::Hourly => position.hour_text(step),
        };
        text.unwrap_or_else(|| step.to_string())
    }

    /// Months in a step of whole months.
    fn months(self) -> i64 {
        match self {
            Self::Yearly => 12,
            Self::Quarterly => 3,
            _ => 1,
        }
    }

    /// The step of whole months that a date is in, and the date's place in it.
    fn period(self, date: NaiveDate) -> (i64, i64) {
        let month = i64::from(date.year()) * 12 + i64::from(date.month0());
        let (step, months) = (month.div_euclid(self.months()), month.rem_euclid(self.months()));
        (step, months * i64::from(MONTH) + i64::from(date.day0()))
    }

    /// Whole steps from one step of a file to another, 0 where it is earlier; a week that begins on another
    /// weekday is whole only where that day has come.
    pub(crate) fn steps_between(self, earlier: Position, later: Position) -> usize {
        let is_begun = self == Self::Weekly && earlier.dated && later.offset < earlier.offset;
        let steps = later.step.saturating_sub(earlier.step).saturating_sub(i64::from(is_begun));
        usize::try_from(steps).unwrap_or(0)
    }
}

const HOUR: i64 = 3_600;
/// Days that a place in a quarter or a year gives to each month before.
const MONTH: i32 = 31;

/// The local time that a text names, and its offset from UTC in seconds: `2026-02-28`,
/// `2026-02-28 13:00`, `2026-02-28T13:00:00.5+01:00`, `2026-02-28T12:00Z`.
fn instant(text: &str) -> Option<(NaiveDateTime, Option<i32>)> {
    let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
    let rest = &text[10..];
    if rest.is_empty() {
        return Some((date.into(), None));
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (time, zone) = rest.split_at(rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len()));
    let time = time.trim_end();
    let formats = ["%H:%M:%S%.f", "%H:%M", "%H"];
    // Chrono reads no hour without its minutes.
    let time = if time.len() == 2 { format!("{time}:00") } else { time.to_owned() };
    let time = formats.iter().find_map(|format| NaiveTime::parse_from_str(&time, format).ok())?;
    let offset = if zone.is_empty() { None } else { Some(utc_offset(zone)?) };
    Some((date.and_time(time), offset))
}

/// Seconds of `Z`, `+01:00`, `-0500` or `+01`; no place is further from UTC than 14 hours.
pub(crate) fn utc_offset(zone: &str) -> Option<i32> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.strip_prefix(['+', '-'])?.replace(':', "");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !matches!(digits.len(), 2 | 4) {
        return None;
    }
    let number = |part: &str| part.parse::<i32>().ok();
    let hours = number(&digits[..2])?;
    let minutes = if digits.len() == 4 { number(&digits[2..])? } else { 0 };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

fn month(step: i64, day: i32) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(i32::try_from(step.div_euclid(12)).ok()?, 1, 1)?;
    let month = first.checked_add_months(Months::new(step.rem_euclid(12) as u32))?;
    // A month without such a day ends on its last.
    (0..4).find_map(|less| month.with_day((day + 1 - less).max(1) as u32))
}

/// One step on the calendar of its frequency; steps compare by when they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    step: i64,
    /// Day of the week or month, counted from 0; of a quarter or year, with 31 days to each month.
    offset: i32,
    dated: bool,
    has_time: bool,
    /// Seconds that the local clock is ahead of UTC; hours count in UTC where it is known.
    utc_offset: Option<i32>,
}

impl Position {
    /// A step that is only a number; none where counting on from it leaves the numbers.
    pub(crate) fn number(step: i64) -> Option<Self> {
        const FARTHEST: u64 = 1 << 53;
        let is_near = step.unsigned_abs() <= FARTHEST;
        is_near.then_some(Self { step, offset: 0, dated: false, has_time: false, utc_offset: None })
    }

    /// The step's number on its calendar.
    pub(crate) fn step(self) -> i64 {
        self.step
    }

    /// Whether it is a date and not a mere number.
    pub(crate) fn is_dated(self) -> bool {
        self.dated
    }

    /// Whether it was told with a time of day.
    pub(crate) fn has_time(self) -> bool {
        self.has_time
    }

    /// Whether it can be put in one row with another: both numbers, or both dates, and hours both with
    /// an offset from UTC or both without.
    pub(crate) fn is_like(self, other: Self) -> bool {
        self.dated == other.dated && self.utc_offset.is_some() == other.utc_offset.is_some()
    }

    /// Whether its clock is as far from UTC as the other's.
    pub(crate) fn has_clock_of(self, other: Self) -> bool {
        self.utc_offset == other.utc_offset
    }

    /// Whole hours that its clock is ahead of the other's.
    pub(crate) fn hours_ahead_of(self, other: Self) -> i64 {
        i64::from(self.utc_offset.unwrap_or(0) - other.utc_offset.unwrap_or(0)) / HOUR
    }

    /// Steps from `earlier` to this one.
    pub(crate) fn since(self, earlier: Self) -> usize {
        usize::try_from(self.step.saturating_sub(earlier.step)).unwrap_or(usize::MAX - 1)
    }

    /// The step after this one; it ends as late in its month as those before: `latest_day` counts from 0.
    pub(crate) fn next(self, latest_day: i32) -> Self {
        Self { step: self.step.saturating_add(1), offset: latest_day, ..self }
    }

    /// The step so many later.
    pub(crate) fn plus(self, steps: usize) -> Self {
        Self { step: self.step.saturating_add(i64::try_from(steps).unwrap_or(i64::MAX)), ..self }
    }

    /// What its steps are called, one of them: `day`, `step` where it is a number.
    pub(crate) fn noun(self, frequency: Frequency) -> &'static str {
        if self.dated { frequency.noun() } else { "step" }
    }

    /// Its day in a step of more than one, counted from 0.
    pub(crate) fn day_of_period(self) -> i32 {
        self.offset
    }

    /// The place in a season; days count from Monday, hours from local midnight.
    pub(crate) fn phase(self, season: usize) -> u32 {
        // 1970-01-01 was a Thursday.
        let step = if self.dated && season == 7 { self.step + 3 } else { self.local_step() };
        step.rem_euclid(season.max(1) as i64) as u32
    }

    /// The hour of the local clock, where an offset is known.
    fn local_step(self) -> i64 {
        self.local_second(self.step).map_or(self.step, |second| second.div_euclid(HOUR))
    }

    /// The second of the local clock at which an hour with a known offset begins; an offset need not be
    /// of whole hours.
    fn local_second(self, step: i64) -> Option<i64> {
        let offset = i64::from(self.utc_offset?);
        Some(step.saturating_mul(HOUR) + (-offset).rem_euclid(HOUR) + offset)
    }

    fn hour_text(self, step: i64) -> Option<String> {
        let local = self.local_second(step).unwrap_or(step.saturating_mul(HOUR));
        let text = DateTime::from_timestamp(local, 0)?.format("%Y-%m-%d %H:00:00").to_string();
        Some(match self.utc_offset {
            None => text,
            Some(offset) => {
                let minutes = offset.abs() / 60;
                format!("{text}{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
            }
        })
    }
}

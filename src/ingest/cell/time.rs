//! Instants and days in the many ways that exports write them. Parsed by hand: a format parser
//! would cost more than all the rest of a row.

use chrono::{LocalResult, NaiveDate, TimeZone};
use chrono_tz::Tz;

use super::{Flaw, Locale};
use crate::config::DateOrder;
use crate::types::{Day, Timestamp};

/// What a file's numeric dates prove about the order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DateEvidence {
    day_first: bool,
    month_first: bool,
    /// Dates that could be either.
    pub(crate) undecided: u64,
    /// Times on a twelve-hour clock.
    pub(crate) twelve_hour: bool,
    /// Times that say how far they are from UTC.
    pub(crate) with_offset: bool,
    /// How many dates and times do not.
    pub(crate) without_offset: u64,
}

impl DateEvidence {
    /// Weighs one cell: `31/12/2026` proves that the day comes first; `03/04/2026` proves nothing.
    pub(crate) fn weigh(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let Some(parts) = Parts::of(text) else { return };
        match parts.zone.is_some_and(|zone| zone.offset().is_some()) {
            true => self.with_offset = true,
            false => self.without_offset += 1,
        }
        self.twelve_hour |= parts.afternoon.is_some();
        let Shape::Slashed(first, second, _) = parts.date else { return };
        match (first > 12, second > 12) {
            (true, false) => self.day_first = true,
            (false, true) => self.month_first = true,
            _ if first == second => {}
            _ => self.undecided += 1,
        }
    }

    /// Adds what another part of the file proves.
    pub(crate) fn add(&mut self, other: Self) {
        self.day_first |= other.day_first;
        self.month_first |= other.month_first;
        self.undecided += other.undecided;
        self.twelve_hour |= other.twelve_hour;
        self.with_offset |= other.with_offset;
        self.without_offset += other.without_offset;
    }

    /// The order, if the cells agree on one.
    pub(crate) fn verdict(self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(DateOrder::DayMonthYear),
            (false, true) => Some(DateOrder::MonthDayYear),
            _ => None,
        }
    }

    /// True where the cells contradict each other.
    pub(crate) fn contradicts(self) -> bool {
        self.day_first && self.month_first
    }
}

/// A date as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Year, month, day, in an order that cannot be mistaken.
    Plain(i32, u32, u32),
    /// Two numbers and a year: `03/04/2026`.
    Slashed(u32, u32, i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts<'a> {
    date: Shape,
    /// Hour, minute, second, microsecond; none for a day alone.
    time: Option<(u32, u32, u32, u32)>,
    afternoon: Option<bool>,
    zone: Option<Zone<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone<'a> {
    /// Seconds east of UTC.
    Offset(i64),
    Named(&'a str),
}

impl Zone<'_> {
    /// Seconds east of UTC; none for letters that mean several zones.
    fn offset(self) -> Option<i64> {
        let hours = |name| match name {
            "UTC" | "GMT" | "WET" => Some(0.0),
            "BST" | "MEZ" | "CET" | "MET" | "WEST" => Some(1.0),
            "MESZ" | "MEST" | "CEST" | "EET" => Some(2.0),
            "EEST" => Some(3.0),
            "IST" => Some(5.5),
            "JST" => Some(9.0),
            "AEST" => Some(10.0),
            "AEDT" => Some(11.0),
            "EST" => Some(-5.0),
            "EDT" => Some(-4.0),
            "PST" => Some(-8.0),
            "PDT" => Some(-7.0),
            _ => None,
        };
        match self {
            Self::Offset(seconds) => Some(seconds),
            Self::Named(name) => hours(name).map(|hours: f64| (hours * 3600.0) as i64),
        }
    }

    /// Only Europe's summer and winter times: their dates put the day first.
    fn is_european(self) -> bool {
        matches!(
            self,
            Self::Named("MEZ" | "MESZ" | "MEST" | "MET" | "CET" | "CEST" | "BST" | "WET" | "WEST" | "EET" | "EEST")
        )
    }
}

/// Reads digits and marks from the front of a text.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    /// A number of at least `least` and at most `most` digits.
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        digits.parse().ok()
    }

    fn mark(&mut self, marks: &[char]) -> Option<char> {
        let mark = self.0.chars().next().filter(|mark| marks.contains(mark))?;
        self.0 = &self.0[mark.len_utf8()..];
        Some(mark)
    }
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        Self::usual(text).or_else(|| Self::any(text))
    }

    /// `2026-02-28 09:30:00 -0500`, `2026-02-28T09:30:00-05:00`, `… UTC`, `…Z` or without a zone: by
    /// far the most frequent.
    fn usual(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (clock, zone) = bytes.split_at_checked(19)?;
        let two = |at: usize| -> Option<u32> {
            let (tens, ones) = (clock[at].wrapping_sub(b'0'), clock[at + 1].wrapping_sub(b'0'));
            (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
        };
        let marks = (clock[4], clock[7], clock[10], clock[13], clock[16]);
        if !matches!(marks, (b'-', b'-', b'T' | b' ', b':', b':')) {
            return None;
        }
        let zone = match zone {
            [] => None,
            b"Z" | b" UTC" => Some(Zone::Offset(0)),
            [b' ', b'+' | b'-', _, _, _, _] => Some(Zone::Offset(offset(&text[20..])?)),
            [b'+' | b'-', _, _, b':', _, _] => Some(Zone::Offset(offset(&text[19..])?)),
            _ => return None,
        };
        let year = two(0)? * 100 + two(2)?;
        let date = Shape::Plain(year as i32, two(5)?, two(8)?);
        Some(Self { date, time: Some((two(11)?, two(14)?, two(17)?, 0)), afternoon: None, zone })
    }

    fn any(text: &'a str) -> Option<Self> {
        let mut cursor = Cursor(text);
        let (date, basic) = date(&mut cursor)?;
        let mut parts = Self { date, time: None, afternoon: None, zone: None };
        if cursor.0.is_empty() {
            return (!basic).then_some(parts);
        }
        cursor.mark(&['T', ' '])?;
        parts.time = Some(time(&mut cursor, basic)?);
        parts.rest(cursor)?;
        Some(parts)
    }

    /// What stands after the time: AM or PM, and the zone.
    fn rest(&mut self, mut cursor: Cursor<'a>) -> Option<()> {
        for half in ["AM", "PM", "am", "pm"] {
            if let Some(rest) = cursor.0.trim_start().strip_prefix(half) {
                self.afternoon = Some(half.eq_ignore_ascii_case("PM"));
                cursor = Cursor(rest);
                break;
            }
        }
        let rest = cursor.0.trim_start();
        self.zone = match rest {
            "" => None,
            "Z" | "z" => Some(Zone::Offset(0)),
            _ if rest.starts_with(['+', '-']) => Some(Zone::Offset(offset(rest)?)),
            _ if rest.len() <= 5 && rest.bytes().all(|byte| byte.is_ascii_uppercase()) => Some(Zone::Named(rest)),
            _ => return None,
        };
        Some(())
    }
}

fn date(cursor: &mut Cursor<'_>) -> Option<(Shape, bool)> {
    let digits = cursor.0.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 8 {
        return Some((Shape::Plain(cursor.number(4, 4)? as i32, cursor.number(2, 2)?, cursor.number(2, 2)?), true));
    }
    if digits == 4 {
        let year = cursor.number(4, 4)? as i32;
        let mark = cursor.mark(&['-', '/'])?;
        let month = cursor.number(2, 2)?;
        cursor.mark(&[mark])?;
        return Some((Shape::Plain(year, month, cursor.number(2, 2)?), false));
    }
    let first = cursor.number(1, 2)?;
    let mark = cursor.mark(&['.', '/'])?;
    let second = cursor.number(1, 2)?;
    cursor.mark(&[mark])?;
    let year = match cursor.0.bytes().take_while(u8::is_ascii_digit).count() {
        4 => cursor.number(4, 4)?,
        2 => 2000 + cursor.number(2, 2)?,
        _ => return None,
    } as i32;
    // Nobody who writes points puts the month first.
    let shape = if mark == '.' { Shape::Plain(year, second, first) } else { Shape::Slashed(first, second, year) };
    Some((shape, false))
}

fn time(cursor: &mut Cursor<'_>, basic: bool) -> Option<(u32, u32, u32, u32)> {
    let hour = cursor.number(1, 2)?;
    if !basic {
        cursor.mark(&[':'])?;
    }
    let minute = cursor.number(2, 2)?;
    let second = if basic || cursor.mark(&[':']).is_some() { cursor.number(2, 2)? } else { 0 };
    let mut micros = 0;
    if cursor.mark(&['.', ',']).is_some() {
        let count = cursor.0.bytes().take_while(u8::is_ascii_digit).count();
        let digits = &cursor.0[..count.min(6)];
        micros = format!("{digits:0<6}").parse().ok()?;
        cursor.0 = &cursor.0[count..];
    }
    Some((hour, minute, second, micros))
}

fn offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut cursor = Cursor(&text[1..]);
    let hours = cursor.number(2, 2)?;
    cursor.mark(&[':']);
    let minutes = if cursor.0.is_empty() { 0 } else { cursor.number(2, 2)? };
    (cursor.0.is_empty() && hours <= 15 && minutes < 60)
        .then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

fn bad() -> Flaw {
    Flaw::new("bad_date", "not a date or time such as `2026-02-28T09:30:00-05:00`")
}

fn calendar(parts: &Parts<'_>, locale: &Locale) -> Result<NaiveDate, Flaw> {
    let (year, month, day) = match parts.date {
        Shape::Plain(year, month, day) => (year, month, day),
        Shape::Slashed(first, second, year) => {
            let european = parts.zone.is_some_and(Zone::is_european).then_some(DateOrder::DayMonthYear);
            match locale.dates.or(european) {
                Some(DateOrder::DayMonthYear) => (year, second, first),
                Some(DateOrder::MonthDayYear) => (year, first, second),
                _ if first == second => (year, first, second),
                _ => return Err(Flaw::new("ambiguous_date", "day and month could be either way round")),
            }
        }
    };
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or_else(bad)?;
    if (2000..2100).contains(&year) {
        return Ok(date);
    }
    Err(Flaw::new("date_out_of_range", "not between 2000 and 2099"))
}

/// An instant. A time without an offset is in the locale's zone: one that a change of clocks skips
/// is refused, one that happens twice is the earlier; a day alone is its local midnight.
pub(crate) fn instant(text: &str, locale: &Locale) -> Result<Timestamp, Flaw> {
    let parts = Parts::of(text.trim()).ok_or_else(bad)?;
    let date = calendar(&parts, locale)?;
    let (mut hour, minute, second, micros) = parts.time.unwrap_or_default();
    if let Some(afternoon) = parts.afternoon {
        if !(1..=12).contains(&hour) {
            return Err(bad());
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let midnight_after = hour == 24 && minute == 0 && second == 0;
    if (hour > 23 && !midnight_after) || minute > 59 || second > 60 {
        return Err(bad());
    }
    let days = i64::from(Day::from_date(date).days());
    let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    let offset = match parts.zone {
        Some(zone) => zone.offset().ok_or_else(|| Flaw::new("bad_date", "letters that name no single time zone"))?,
        None => return local(seconds, micros, locale.zone),
    };
    Ok(Timestamp::from_micros((seconds - offset) * 1_000_000 + i64::from(micros)))
}

fn local(seconds: i64, micros: u32, zone: Tz) -> Result<Timestamp, Flaw> {
    let naive = Timestamp::from_seconds(seconds).utc().naive_utc();
    let at = match zone.from_local_datetime(&naive) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
        LocalResult::None => return Err(Flaw::new("dst_gap", format!("the clocks of {zone} skipped this time"))),
    };
    Ok(Timestamp::from_micros(at.timestamp() * 1_000_000 + i64::from(micros)))
}

/// A day; of an instant, the day in the locale's zone.
pub(crate) fn day(text: &str, locale: &Locale) -> Result<Day, Flaw> {
    let text = text.trim();
    let parts = Parts::of(text).ok_or_else(bad)?;
    match parts.time {
        None => calendar(&parts, locale).map(Day::from_date),
        Some(_) => instant(text, locale).map(|at| at.day_in(locale.zone)),
    }
}

/// The day that a text writes, whatever its time and zone.
pub(crate) fn written_day(text: &str, locale: &Locale) -> Result<Day, Flaw> {
    let parts = Parts::of(text.trim()).ok_or_else(bad)?;
    calendar(&parts, locale).map(Day::from_date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Currency;

    fn locale(dates: Option<DateOrder>, zone: Tz) -> Locale {
        Locale { decimal: None, dates, zone, currency: Currency::USD, latest: None }
    }

    fn read(text: &str, dates: Option<DateOrder>) -> Result<String, &'static str> {
        instant(text, &locale(dates, chrono_tz::America::New_York)).map(|at| at.to_string()).map_err(|flaw| flaw.code)
    }

    #[test]
    fn instants_of_many_exports() {
        for (text, expected) in [
            ("2025-05-11 09:55:16 -0400", Ok("2025-05-11T13:55:16Z")),
            ("2025-01-15T12:00:00+05:30", Ok("2025-01-15T06:30:00Z")),
            ("14.03.2023 07:49:55 UTC", Ok("2023-03-14T07:49:55Z")),
            ("2026-06-17 08:14:22 UTC", Ok("2026-06-17T08:14:22Z")),
            ("02/05/2020 05:18:00 MEST", Ok("2020-05-02T03:18:00Z")),
            ("2013-01-07 07:35:42 PST", Ok("2013-01-07T15:35:42Z")),
            ("2025-01-15T12:00:00", Ok("2025-01-15T17:00:00Z")),
            ("2025-01-15", Ok("2025-01-15T05:00:00Z")),
            ("2026/06/12", Ok("2026-06-12T04:00:00Z")),
            ("2025-11-02T01:30:00", Ok("2025-11-02T05:30:00Z")),
            ("2025-11-02T01:30:00-05:00", Ok("2025-11-02T06:30:00Z")),
            ("2016-12-31T23:59:60Z", Ok("2017-01-01T00:00:00Z")),
            ("2025-01-15T24:00:00Z", Ok("2025-01-16T00:00:00Z")),
            ("20250115T120000Z", Ok("2025-01-15T12:00:00Z")),
            ("2025-03-09T02:30:00", Err("dst_gap")),
            ("2025-02-29T00:00:00Z", Err("bad_date")),
            ("45672", Err("bad_date")),
            ("45672.5", Err("bad_date")),
            ("1736942400", Err("bad_date")),
            ("0001-01-01T00:00:00Z", Err("date_out_of_range")),
            ("9999-12-31T23:59:59Z", Err("date_out_of_range")),
            ("Jan 15, 2025 12:00 PM PST", Err("bad_date")),
            ("1900-02-29", Err("bad_date")),
            ("2025-13-01", Err("bad_date")),
            ("2025-1-5", Err("bad_date")),
            ("03/04/2025", Err("ambiguous_date")),
        ] {
            assert_eq!(read(text, None), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn day_and_month_by_evidence() {
        let verdict = |texts: &[&str]| {
            let mut evidence = DateEvidence::default();
            texts.iter().for_each(|text| evidence.weigh(text));
            evidence.verdict()
        };
        assert_eq!(verdict(&["03/04/2025", "31/12/2025"]), Some(DateOrder::DayMonthYear));
        assert_eq!(verdict(&["03/04/2025", "12/31/2025"]), Some(DateOrder::MonthDayYear));
        assert_eq!(verdict(&["31/12/2025", "12/31/2025"]), None);
        assert_eq!(read("03/01/2026 09:00:00 PM", Some(DateOrder::MonthDayYear)).unwrap(), "2026-03-02T02:00:00Z");
        assert_eq!(read("03/01/2026 12:00:00 AM", Some(DateOrder::MonthDayYear)).unwrap(), "2026-03-01T05:00:00Z");
    }
}

//! Instants and days in the many ways that exports write them. Parsed by hand: a format parser
//! would cost more than all the rest of a row.

use std::ops::Range;

use chrono::{LocalResult, NaiveDate, TimeZone};
use chrono_tz::Tz;

use super::months::numbered;
use super::{Flaw, Locale};
use crate::config::DateOrder;
use crate::types::{Day, Timestamp};

/// The years that a date can be of: an earlier or later one is a slip, or no date at all.
pub(crate) const YEARS: Range<i32> = 2000..2100;

/// The code of a time in the hour that a zone's clocks skip.
pub(crate) const SKIPPED_TIME: &str = "dst_gap";

/// What a file's numeric dates prove about the order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DateEvidence {
    /// Dates that prove that the day comes first.
    day_first: u64,
    /// Dates with points that do: so they are read in any case.
    day_first_by_custom: u64,
    /// Dates that prove that the month does.
    month_first: u64,
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
        let named;
        let parts = match Parts::of(text) {
            Some(parts) => parts,
            None => {
                named = numbered(text);
                let Some(parts) = Parts::of(&named) else { return };
                parts
            }
        };
        match parts.zone.is_some_and(|zone| zone.offset().is_some()) {
            true => self.with_offset = true,
            false => self.without_offset += 1,
        }
        self.twelve_hour |= parts.afternoon.is_some();
        let Shape::Open { first, second, mark, .. } = parts.date else { return };
        match (first > 12, second > 12) {
            (true, false) if mark == '.' => self.day_first_by_custom += 1,
            (true, false) => self.day_first += 1,
            (false, true) => self.month_first += 1,
            _ if first == second || mark == '.' => {}
            _ => self.undecided += 1,
        }
    }

    /// Adds what another part of the file proves.
    pub(crate) fn add(&mut self, other: Self) {
        self.day_first += other.day_first;
        self.day_first_by_custom += other.day_first_by_custom;
        self.month_first += other.month_first;
        self.undecided += other.undecided;
        self.twelve_hour |= other.twelve_hour;
        self.with_offset |= other.with_offset;
        self.without_offset += other.without_offset;
    }

    /// The order, if the cells agree on one.
    pub(crate) fn verdict(self) -> Option<DateOrder> {
        match (self.day_first > 0, self.month_first > 0) {
            _ if self.contradicts() => None,
            (true, false) => Some(DateOrder::DayMonthYear),
            (false, true) => Some(DateOrder::MonthDayYear),
            _ => None,
        }
    }

    /// The order, where the settings say one: the file's own where its cells agree on it and are no
    /// slip. Of the dates of a month more than a tenth prove their order; one in a thousand is a typing
    /// mistake, and is rejected rather than turning all the others round.
    pub(crate) fn verdict_against(self, said: DateOrder) -> DateOrder {
        let proofs = self.day_first + self.day_first_by_custom + self.month_first;
        let by_custom = (self.day_first_by_custom > 0 && !self.contradicts()).then_some(DateOrder::DayMonthYear);
        match self.verdict().or(by_custom) {
            Some(proved) if said != DateOrder::YearMonthDay && proofs * 10 > self.undecided => proved,
            _ => said,
        }
    }

    /// True where the cells contradict each other.
    pub(crate) fn contradicts(self) -> bool {
        self.day_first + self.day_first_by_custom > 0 && self.month_first > 0
    }
}

/// A date as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Year, month, day, in an order that cannot be mistaken.
    Plain(i32, u32, u32),
    /// Two numbers and a last one, which mostly is the year: `03/04/2026`, `06-05-21`.
    Open { first: u32, second: u32, last: i32, is_short: bool, mark: char },
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
            return Some(parts);
        }
        cursor.mark(&[',']);
        cursor.mark(&['T', ' '])?;
        cursor = Cursor(cursor.0.trim_start());
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

/// The date that a text starts with, and whether it is written without marks.
fn date(cursor: &mut Cursor<'_>) -> Option<(Shape, bool)> {
    const MARKS: &[char] = &['-', '/', '.'];
    let digits = cursor.0.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 8 {
        return Some((Shape::Plain(cursor.number(4, 4)? as i32, cursor.number(2, 2)?, cursor.number(2, 2)?), true));
    }
    let first = if digits == 4 { cursor.number(4, 4)? } else { cursor.number(1, 2)? };
    let mark = cursor.mark(MARKS)?;
    let second = cursor.number(1, 2)?;
    cursor.mark(&[mark])?;
    if digits == 4 {
        return Some((Shape::Plain(first as i32, second, cursor.number(1, 2)?), false));
    }
    let (last, is_short) = match cursor.0.bytes().take_while(u8::is_ascii_digit).count() {
        4 => (cursor.number(4, 4)? as i32, false),
        2 => (cursor.number(2, 2)? as i32, true),
        _ => return None,
    };
    Some((Shape::Open { first, second, last, is_short, mark }, false))
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
    let known = "not a date such as `2026-02-28`, `28.02.2026`, `02/28/26`, `28-Feb-26`, `Feb 28, 2026` or `20260228`, \
                 alone or with a time such as `09:30` or `9:30 PM`";
    Flaw::new("bad_date", known)
}

fn calendar(parts: &Parts<'_>, locale: &Locale) -> Result<NaiveDate, Flaw> {
    let (year, month, day) = match parts.date {
        Shape::Plain(year, month, day) => (year, month, day),
        Shape::Open { first, second, last, is_short, mark } => {
            let year = if is_short { 2000 + last } else { last };
            // Nobody who writes points puts the month first, unless the file or the settings say so.
            let by_custom = mark == '.' || parts.zone.is_some_and(Zone::is_european);
            match locale.dates.or(by_custom.then_some(DateOrder::DayMonthYear)) {
                Some(DateOrder::DayMonthYear) => (year, second, first),
                Some(DateOrder::MonthDayYear) => (year, first, second),
                Some(DateOrder::YearMonthDay) if is_short => (2000 + first as i32, second, last as u32),
                _ if first == second => (year, first, second),
                _ => return Err(Flaw::new("ambiguous_date", "day and month could be either way round")),
            }
        }
    };
    let no_such_day =
        || Flaw::new("bad_date", "no such day in the order in which this file writes year, month and day");
    let date = NaiveDate::from_ymd_opt(year, month, day).ok_or_else(no_such_day)?;
    if YEARS.contains(&year) {
        return Ok(date);
    }
    Err(Flaw::new(
        "date_out_of_range",
        format!("not between {} and {}: no such day is kept", YEARS.start, YEARS.end - 1),
    ))
}

/// What a text says as a date, with the month's name where it has one.
fn read<T>(text: &str, of: impl FnOnce(&Parts<'_>) -> Result<T, Flaw>) -> Result<T, Flaw> {
    match Parts::of(text.trim()) {
        Some(parts) => of(&parts),
        None => of(&Parts::of(&numbered(text)).ok_or_else(bad)?),
    }
}

/// An instant. A time without an offset is in the locale's zone: one that a change of clocks skips
/// is refused, one that happens twice is the earlier; a day alone is its local midnight.
pub(crate) fn instant(text: &str, locale: &Locale) -> Result<Timestamp, Flaw> {
    read(text, |parts| of_parts(parts, locale, local))
}

/// The same where the clocks skip the time: as much later as they were set forward, as long as that is
/// the day that was written.
pub(crate) fn skipped_instant(text: &str, locale: &Locale) -> Result<Timestamp, Flaw> {
    read(text, |parts| of_parts(parts, locale, moved_on))
}

/// The instant of so many seconds on the clocks of a zone, with microseconds.
type OnClocks = fn(i64, u32, Tz) -> Result<Timestamp, Flaw>;

fn of_parts(parts: &Parts<'_>, locale: &Locale, on_clocks: OnClocks) -> Result<Timestamp, Flaw> {
    let date = calendar(parts, locale)?;
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
        None => return on_clocks(seconds, micros, locale.zone),
    };
    Ok(Timestamp::from_micros((seconds - offset) * 1_000_000 + i64::from(micros)))
}

fn local(seconds: i64, micros: u32, zone: Tz) -> Result<Timestamp, Flaw> {
    let naive = Timestamp::from_seconds(seconds).utc().naive_utc();
    let at = match zone.from_local_datetime(&naive) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at,
        LocalResult::None => return Err(Flaw::new(SKIPPED_TIME, format!("the clocks of {zone} skipped this time"))),
    };
    Ok(Timestamp::from_micros(at.timestamp() * 1_000_000 + i64::from(micros)))
}

fn moved_on(seconds: i64, micros: u32, zone: Tz) -> Result<Timestamp, Flaw> {
    /// Longer than any change of clocks but the days that islands have left out.
    const BEFORE: i64 = 12 * 3600;
    let earlier = local(seconds - BEFORE, micros, zone)?;
    let at = earlier.plus_seconds(BEFORE);
    let written = Day::from_date(Timestamp::from_seconds(seconds).utc().date_naive());
    match at.day_in(zone) == written {
        true => Ok(at),
        false => local(seconds, micros, zone),
    }
}

/// A day; of an instant, the day in the locale's zone. A time that the clocks skip is of its day all
/// the same.
pub(crate) fn day(text: &str, locale: &Locale) -> Result<Day, Flaw> {
    read(text, |parts| match (parts.time, parts.zone) {
        (Some(_), Some(_)) => of_parts(parts, locale, local).map(|at| at.day_in(locale.zone)),
        // What has no zone is in the locale's, so that its day is the one that is written.
        (Some(_), None) => of_parts(parts, locale, |seconds, micros, zone| {
            local(seconds, micros, zone).or_else(|_| moved_on(seconds, micros, zone))
        })
        .map(|at| at.day_in(locale.zone)),
        (None, _) => calendar(parts, locale).map(Day::from_date),
    })
}

/// The day that a text writes, whatever its time and zone.
pub(crate) fn written_day(text: &str, locale: &Locale) -> Result<Day, Flaw> {
    read(text, |parts| calendar(parts, locale).map(Day::from_date))
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
            ("Jan 15, 2025 12:00 PM PST", Ok("2025-01-15T20:00:00Z")),
            ("Jan 15, 2025, 12:00 PM", Ok("2025-01-15T17:00:00Z")),
            ("15-Jan-25", Ok("2025-01-15T05:00:00Z")),
            ("2025 Jan 15", Ok("2025-01-15T05:00:00Z")),
            ("Wed, 15 Jan 2025 12:00:00 +0000", Ok("2025-01-15T12:00:00Z")),
            ("20250115", Ok("2025-01-15T05:00:00Z")),
            ("20251315", Err("bad_date")),
            ("2025.01.15", Ok("2025-01-15T05:00:00Z")),
            ("1900-02-29", Err("bad_date")),
            ("2025-13-01", Err("bad_date")),
            ("2025-1-5", Ok("2025-01-05T05:00:00Z")),
            ("03/04/2025", Err("ambiguous_date")),
            ("03-04-25", Err("ambiguous_date")),
            ("03.04.25", Ok("2025-04-03T04:00:00Z")),
            ("1999-12-31", Err("date_out_of_range")),
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

    #[test]
    fn marks_mean_the_same_and_the_order_decides() {
        for mark in ['-', '/', '.'] {
            let date = |text: &str| text.replace('-', &mark.to_string());
            for (order, expected) in
                [(DateOrder::DayMonthYear, "2021-05-06T04:00:00Z"), (DateOrder::MonthDayYear, "2021-06-05T04:00:00Z")]
            {
                assert_eq!(read(&date("06-05-2021"), Some(order)).unwrap(), expected, "{mark}");
                assert_eq!(read(&date("6-5-21"), Some(order)).unwrap(), expected, "{mark}");
            }
            assert_eq!(read(&date("21-06-05"), Some(DateOrder::YearMonthDay)).unwrap(), "2021-06-05T04:00:00Z");
        }
    }

    #[test]
    fn a_slip_does_not_turn_the_order_of_the_settings_round() {
        let mut evidence = DateEvidence::default();
        (0..20).for_each(|_| evidence.weigh("03/04/2025"));
        evidence.weigh("13/04/2025");
        assert_eq!(evidence.verdict_against(DateOrder::MonthDayYear), DateOrder::MonthDayYear);
        evidence.weigh("28/04/2025");
        evidence.weigh("30/04/2025");
        assert_eq!(evidence.verdict_against(DateOrder::MonthDayYear), DateOrder::DayMonthYear);
    }

    #[test]
    fn a_time_that_clocks_skip_stays_on_its_day() {
        let moved = |text: &str, zone: Tz| skipped_instant(text, &locale(None, zone)).map(|at| at.to_string());
        let new_york = chrono_tz::America::New_York;
        assert_eq!(moved("2025-03-09 02:30", new_york).unwrap(), "2025-03-09T07:30:00Z");
        // A whole day that a zone left out is no day of its own.
        assert_eq!(moved("2011-12-30 10:00", chrono_tz::Pacific::Apia).unwrap_err().code, SKIPPED_TIME);
        // Midnight itself was skipped there.
        assert_eq!(moved("2018-11-04 00:10", chrono_tz::America::Sao_Paulo).unwrap(), "2018-11-04T03:10:00Z");
        let day_of = |text: &str| day(text, &locale(None, new_york)).unwrap().to_string();
        assert_eq!(day_of("2025-03-09 02:30"), "2025-03-09");
    }
}

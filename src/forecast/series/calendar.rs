//! Steps of a series: days, weeks, months, hours, or plain numbers.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, Timelike};

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
    /// An hour; a season is a day.
    Hourly,
}

impl Frequency {
    /// The frequency of a letter: `D`, `W`, `M` or `H`.
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "D" | "d" => Some(Self::Daily),
            "W" | "w" => Some(Self::Weekly),
            "M" | "m" => Some(Self::Monthly),
            "H" | "h" => Some(Self::Hourly),
            _ => None,
        }
    }

    /// Steps in its season.
    pub fn season(self) -> usize {
        match self {
            Self::Daily => 7,
            Self::Weekly => 1,
            Self::Monthly => 12,
            Self::Hourly => 24,
        }
    }

    /// The step of a text: a whole number, a date or an instant.
    pub(crate) fn position(self, text: &str) -> Option<Position> {
        if let Ok(number) = text.parse::<i64>() {
            return Some(Position { step: number, offset: 0, dated: false });
        }
        let date = NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()?;
        let hour = text.get(11..13).map_or(Some(0), |hour| hour.parse::<u32>().ok())?;
        Some(self.at(date.and_hms_opt(hour, 0, 0)?))
    }

    /// The step an instant is in.
    pub(crate) fn at(self, instant: NaiveDateTime) -> Position {
        let day = i64::from(Day::from_date(instant.date()).days());
        let (step, offset) = match self {
            Self::Daily => (day, 0),
            // Weeks may start on any weekday; the offset keeps it.
            Self::Weekly => (day.div_euclid(7), day.rem_euclid(7)),
            Self::Monthly => {
                let date = instant.date();
                (i64::from(date.year()) * 12 + i64::from(date.month0()), i64::from(date.day0()))
            }
            Self::Hourly => (day * 24 + i64::from(instant.time().hour()), 0),
        };
        Position { step, offset: offset as i32, dated: true }
    }

    /// The text of the step `ahead` steps later.
    pub(crate) fn text(self, position: Position, ahead: i64) -> String {
        let step = position.step + ahead;
        if !position.dated {
            return step.to_string();
        }
        let day = |days: i64| i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days);
        let text = match self {
            Self::Daily => day(step).map(|date| date.to_string()),
            Self::Weekly => day(step * 7 + i64::from(position.offset)).map(|date| date.to_string()),
            Self::Monthly => month(step, position.offset).map(|date| date.to_string()),
            Self::Hourly => {
                DateTime::from_timestamp(step * 3600, 0).map(|instant| instant.format("%Y-%m-%d %H:00:00").to_string())
            }
        };
        text.unwrap_or_else(|| step.to_string())
    }
}

fn month(step: i64, day: i32) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(i32::try_from(step.div_euclid(12)).ok()?, 1, 1)?;
    let month = first.checked_add_months(Months::new(step.rem_euclid(12) as u32))?;
    // A month without such a day ends on its last.
    (0..4).find_map(|less| month.with_day((day + 1 - less).max(1) as u32))
}

/// One step on the calendar of its frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    step: i64,
    offset: i32,
    dated: bool,
}

impl Position {
    /// A step that is only a number.
    pub(crate) fn number(step: i64) -> Self {
        Self { step, offset: 0, dated: false }
    }

    /// Steps from `earlier` to this one.
    pub(crate) fn since(self, earlier: Self) -> usize {
        usize::try_from(self.step.saturating_sub(earlier.step)).unwrap_or(usize::MAX - 1)
    }

    /// The place in a season; days count from Monday.
    pub(crate) fn phase(self, season: usize) -> u32 {
        // 1970-01-01 was a Thursday.
        let step = if self.dated && season == 7 { self.step + 3 } else { self.step };
        step.rem_euclid(season.max(1) as i64) as u32
    }
}

//! One value of the settings: its word or number in its range, or a message at its place with what to
//! type.

use std::ops::Range;
use std::path::Path;

use toml::Spanned;

use super::options::{Amount, Share};
use super::secret;
use super::settings::{DateOrder, Decimal, SyncTier};
use crate::error::{Diagnostic, Result};
use crate::types::{Currency, Day, Money, Rate};

/// The file that values come from, for messages.
pub(super) struct Source<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
    /// Where its lines end: every table has a line, and to count them from the start for each takes too long.
    ends: Vec<usize>,
}

/// No cost of a shop is larger, in any currency.
const LARGEST_AMOUNT: Money = Money::from_cents(10_000_000_000);

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text, ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }
}

impl Source<'_> {
    pub(super) fn word<T: Copy>(
        &self,
        value: Option<Spanned<String>>,
        key: &str,
        words: &[(&str, T)],
    ) -> Result<Option<T>> {
        let Some(value) = value else { return Ok(None) };
        let found = words.iter().find(|(word, _)| word == value.get_ref());
        found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.wrong(&value, &format!("`{key}` does not know this word"), &format!("one of {}", known.join(", ")))
                .into()
        })
    }

    pub(super) fn sync(&self, value: Option<Spanned<String>>) -> Result<Option<SyncTier>> {
        let tiers = [SyncTier::RealTime, SyncTier::NearTime, SyncTier::Batch, SyncTier::Manual];
        self.word(value, "sync", &tiers.map(|tier| (tier.word(), tier)))
    }

    pub(super) fn decimal(&self, value: Option<Spanned<String>>) -> Result<Option<Decimal>> {
        self.word(value, "decimal", &[(".", Decimal::Point), (",", Decimal::Comma)])
    }

    pub(super) fn date_order(&self, value: Option<Spanned<String>>) -> Result<Option<DateOrder>> {
        let words =
            [("dmy", DateOrder::DayMonthYear), ("mdy", DateOrder::MonthDayYear), ("ymd", DateOrder::YearMonthDay)];
        self.word(value, "date-order", &words)
    }

    pub(super) fn zone(&self, value: Option<Spanned<String>>) -> Result<Option<chrono_tz::Tz>> {
        let Some(value) = value else { return Ok(None) };
        value.get_ref().parse().map(Some).map_err(|_| {
            self.wrong(&value, "`time-zone` is not in the time zone database", "such as `America/New_York`").into()
        })
    }

    pub(super) fn currency(&self, value: &Spanned<String>) -> Result<Currency> {
        let known = value.get_ref().parse();
        known.map_err(|_| self.wrong(value, "`currency` must be three letters", "such as `USD`").into())
    }

    pub(super) fn encoding(&self, value: Option<Spanned<String>>) -> Result<Option<&'static str>> {
        let Some(value) = value else { return Ok(None) };
        match encoding_rs::Encoding::for_label(value.get_ref().as_bytes()) {
            Some(encoding) => Ok(Some(encoding.name())),
            None => Err(self.wrong(&value, "`encoding` is not known", "such as `windows-1252` or `shift_jis`").into()),
        }
    }

    pub(super) fn day(&self, value: &Spanned<toml::value::Datetime>) -> Result<Day> {
        let date = value.get_ref().date.filter(|_| value.get_ref().time.is_none());
        let text = date.map(|date| date.to_string()).unwrap_or_default();
        text.parse().map_err(|_| self.wrong(value, "`as-of` must be a day", "such as `2026-02-28`").into())
    }

    /// A text that says something and stands on one line.
    pub(super) fn filled(&self, value: Spanned<String>, key: &str) -> Result<String> {
        let text = value.get_ref().trim();
        if text.is_empty() || text.contains(char::is_control) {
            return Err(self.wrong(&value, &format!("`{key}` must be words on one line"), "write at least one").into());
        }
        Ok(text.to_owned())
    }

    pub(super) fn amount(&self, value: Option<Spanned<Amount>>, key: &str) -> Result<Option<Money>> {
        let Some(value) = value else { return Ok(None) };
        if value.get_ref().0.is_negative() {
            return Err(self
                .wrong(&value, &format!("`{key}` must not be negative"), "a cost is written without a sign")
                .into());
        }
        if value.get_ref().0 > LARGEST_AMOUNT {
            let message = format!("`{key}` must be 100,000,000 or less");
            return Err(self.wrong(&value, &message, "such as `4.20`").into());
        }
        Ok(Some(value.get_ref().0))
    }

    pub(super) fn share(&self, value: Option<Spanned<Share>>, key: &str) -> Result<Option<Rate>> {
        let Some(value) = value else { return Ok(None) };
        let rate = value.get_ref().0;
        if rate < Rate::ZERO || rate.millionths() > Rate::SCALE {
            if self.text.get(value.span()).is_some_and(|written| written.contains('%')) {
                let message = format!("`{key}` must be between 0 and 1");
                return Err(self.wrong(&value, &message, "from `0%` to `100%`").into());
            }
            return Err(self.out_of_range(&value, key, rate.to_f64()));
        }
        Ok(Some(rate))
    }

    pub(super) fn probability(&self, value: Option<Spanned<f64>>, key: &str) -> Result<Option<f64>> {
        let Some(value) = value else { return Ok(None) };
        let probability = *value.get_ref();
        if probability > 0.0 && probability < 1.0 {
            return Ok(Some(probability));
        }
        Err(self.out_of_range(&value, key, probability))
    }

    pub(super) fn out_of_range<T>(&self, value: &Spanned<T>, key: &str, number: f64) -> Box<Diagnostic> {
        let label = if number > 1.0 && number <= 100.0 {
            let share = format!("{:.6}", number / 100.0);
            format!("{number} % is written `{}`", share.trim_end_matches('0').trim_end_matches('.'))
        } else {
            "such as `0.05`".to_owned()
        };
        self.wrong(value, &format!("`{key}` must be between 0 and 1"), &label).into()
    }

    pub(super) fn positive(&self, value: Option<Spanned<f64>>, key: &str) -> Result<Option<f64>> {
        let Some(value) = value else { return Ok(None) };
        if value.get_ref().is_finite() && *value.get_ref() > 0.0 {
            return Ok(Some(*value.get_ref()));
        }
        Err(self.wrong(&value, &format!("`{key}` must be above 0"), "such as `1.5`").into())
    }

    pub(super) fn at_least<T: Copy + PartialOrd + std::fmt::Display>(
        &self,
        value: Option<Spanned<T>>,
        key: &str,
        least: T,
    ) -> Result<Option<T>> {
        let Some(value) = value else { return Ok(None) };
        if *value.get_ref() < least {
            return Err(self.wrong(&value, &format!("`{key}` must be {least} or more"), "too small").into());
        }
        Ok(Some(*value.get_ref()))
    }

    pub(super) fn between<T: Copy + PartialOrd + std::fmt::Display>(
        &self,
        value: Option<Spanned<T>>,
        key: &str,
        least: T,
        most: T,
    ) -> Result<Option<T>> {
        match value {
            Some(value) if *value.get_ref() < least || *value.get_ref() > most => {
                Err(self.wrong(&value, &format!("`{key}` must be from {least} to {most}"), "out of range").into())
            }
            value => Ok(value.map(Spanned::into_inner)),
        }
    }

    pub(super) fn wrong<T>(&self, value: &Spanned<T>, message: &str, label: &str) -> Diagnostic {
        self.message(value.span(), message, label)
    }

    pub(super) fn message(&self, span: Range<usize>, message: &str, label: &str) -> Diagnostic {
        let start = span.start.min(self.text.len());
        let line_start = self.text[..start].rfind('\n').map_or(0, |end| end + 1);
        let line_end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        let excerpt = &self.text[line_start..line_end];
        let within = start - line_start..span.end.clamp(start, line_end) - line_start;
        let table = self.table(line_start);
        let message = secret::told(message, excerpt, table);
        let label = secret::told(label, excerpt, table);
        let (excerpt, within) = secret::shown(excerpt, within, table);
        Diagnostic::error("settings", message).at_line(self.file, self.line(start)).excerpt(excerpt, within, label)
    }

    /// The header of the table that a line stands in, as it is written.
    fn table(&self, line_start: usize) -> &str {
        self.text[..line_start].lines().rev().find(|line| line.trim_start().starts_with('[')).unwrap_or_default()
    }

    pub(super) fn syntax(&self, error: &toml::de::Error) -> Box<Diagnostic> {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().lines().next().unwrap_or("not readable").trim_end_matches('.').to_owned();
        self.message(span, &message, "here").into()
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        self.ends.partition_point(|end| *end < offset) + 1
    }
}

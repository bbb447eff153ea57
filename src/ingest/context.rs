//! What is known of a file while it is read.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use super::cell::Locale;
use super::line_kind::NotArticles;
use super::receipt::FileContext;
use crate::config::{ChannelSettings, Settings, TaxRates};
use crate::types::{Channel, Currency, Day, Timestamp};

/// What shapes and readers may know beside the cells.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The file's name in the lake.
    pub(crate) file: String,
    pub(crate) run: String,
    /// The channel of the rows, where the file belongs to one.
    pub(crate) channel: Option<Channel>,
    /// The pool its orders draw on.
    pub(crate) pool: String,
    /// Where the channel keeps stock of its own.
    pub(crate) warehouse: String,
    /// Channels of the settings.
    pub(crate) channels: Vec<Channel>,
    pub(crate) shop_zone: Tz,
    /// The currency of the channel's amounts whose file names none: where the settings tell none, the
    /// shop's.
    pub(crate) channel_currency: Currency,
    /// Whether the settings tell that currency for the channel.
    pub(crate) currency_told: bool,
    /// Order lines that are no articles, as the settings tell, by channel.
    pub(crate) not_articles: Arc<NotArticles>,
    /// Whether prices hold their tax, as most orders of the file tell.
    pub(crate) most_prices_hold_tax: Option<bool>,
    /// Whether the tax of a discounted price is that of what was paid, as most of the file's tell.
    pub(crate) most_taxes_are_of_paid: Option<bool>,
    /// Tax that amounts hold where the file does not tell it, by channel.
    pub(crate) held_tax: BTreeMap<Channel, TaxRates>,
    /// The instant of a snapshot that carries none.
    pub(crate) snapshot: Option<Timestamp>,
    /// Whether that is only when the file was written: neither its name nor the settings give a day.
    pub(crate) snapshot_assumed: bool,
    /// When the file was made, as far as it can be told.
    exported_at: Option<Timestamp>,
    pub(crate) locale: Locale,
}

impl Context {
    pub(crate) fn new(path: &Path, file: &FileContext, settings: &Settings, channel: Option<&ChannelSettings>) -> Self {
        let zone = channel.and_then(|channel| channel.time_zone).unwrap_or(settings.shop.time_zone);
        let told_currency = channel.and_then(|channel| channel.currency);
        let currency = told_currency.unwrap_or(settings.shop.currency);
        let locale = Locale {
            decimal: channel.and_then(|channel| channel.decimal),
            dates: channel.and_then(|channel| channel.date_order),
            zone,
            currency,
            latest: latest(file, settings),
        };
        let told = instants_in_name(path, zone).first().copied().or_else(|| as_of(settings));
        Self {
            file: file.name.clone(),
            run: file.run.clone(),
            channel: channel.map(|channel| channel.name.clone()),
            pool: channel.map_or_else(|| "main".to_owned(), |channel| channel.pool.clone()),
            warehouse: channel.map_or_else(|| "main".to_owned(), |channel| channel.name.to_string()),
            channels: settings.channels.iter().map(|channel| channel.name.clone()).collect(),
            shop_zone: settings.shop.time_zone,
            channel_currency: currency,
            currency_told: told_currency.is_some(),
            not_articles: Arc::new(NotArticles::of(settings)),
            most_prices_hold_tax: None,
            most_taxes_are_of_paid: None,
            held_tax: held_tax(settings),
            snapshot: told.or(file.modified),
            snapshot_assumed: told.is_none() && file.modified.is_some(),
            exported_at: instants_in_name(path, zone).last().copied().or_else(|| day_of_writing(file, settings)),
            locale,
        }
    }

    /// When the file was made. It decides between two documents that show the same order in two
    /// states and do not date the change. A file that tells later things was not made then.
    pub(crate) fn exported_after(&self, told: Option<Timestamp>) -> Option<Timestamp> {
        self.exported_at.filter(|at| told.is_none_or(|told| told <= *at))
    }

    /// The channel's name; empty where rows say it themselves.
    pub(crate) fn channel_name(&self) -> &str {
        self.channel.as_ref().map_or("", Channel::as_str)
    }
}

fn held_tax(settings: &Settings) -> BTreeMap<Channel, TaxRates> {
    let told =
        settings.channels.iter().filter_map(|channel| Some((channel.name.clone(), channel.prices_hold_tax.clone()?)));
    told.collect()
}

/// The end of the day that the user's reports stand on: it dates a snapshot that says nothing of
/// its own time, the same on every machine.
fn as_of(settings: &Settings) -> Option<Timestamp> {
    let next = settings.shop.as_of?.plus(1).date().and_hms_opt(0, 0, 0)?;
    let midnight = next.and_local_timezone(settings.shop.time_zone).earliest()?;
    Some(Timestamp::from_seconds(midnight.timestamp() - 1))
}

/// The end of the day on which a file was written: files that were copied together were written on
/// one day, and then nothing says which was made first. Reports that stand on a day look no further.
fn day_of_writing(file: &FileContext, settings: &Settings) -> Option<Timestamp> {
    let zone = settings.shop.time_zone;
    let next = file.modified?.day_in(zone).plus(1).date().and_hms_opt(0, 0, 0)?;
    let midnight = next.and_local_timezone(zone).earliest()?;
    let end = Timestamp::from_seconds(midnight.timestamp() - 1);
    Some(as_of(settings).map_or(end, |as_of| as_of.min(end)))
}

/// Two days after the file was written: what it tells cannot have happened later. A file without a
/// credible date of writing is not held to it.
fn latest(file: &FileContext, settings: &Settings) -> Option<Timestamp> {
    const CREDIBLE: Timestamp = Timestamp::from_seconds(1_577_836_800); // 2020-01-01
    let written = file.modified.filter(|written| *written > CREDIBLE)?;
    let as_of = settings.shop.as_of.map(|day| day.plus(1).start_utc());
    Some(as_of.map_or(written, |as_of| as_of.max(written)).plus_seconds(2 * 86_400))
}

/// The instants that a file's name gives: `inventory_2026-02-28.csv` is the end of that day,
/// `inventory_2026-02-28T0615.csv` that minute, in the channel's zone; `28.02.2026` and `20260228`
/// are days as well.
pub(crate) fn instants_in_name(path: &Path, zone: Tz) -> Vec<Timestamp> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let starts = stem.char_indices().map(|(start, _)| start);
    let instants = starts.filter_map(|start| {
        let rest = &stem[start..];
        let (date, length) = date_at(rest, stem[..start].ends_with(|letter: char| letter.is_ascii_digit()))?;
        let clock = rest.get(length..).filter(|clock| clock.starts_with(['T', '_', ' ']));
        let time = clock.and_then(|clock| clock.get(1..)).map(|clock| clock.replace(['-', ':'], ""));
        // The second day of a range is no clock.
        let is_clock = |time: &&str| matches!(time.bytes().take_while(u8::is_ascii_digit).count(), 4 | 6);
        let minutes = time.as_deref().filter(is_clock).and_then(|time| time.get(..4));
        let local = match minutes {
            Some(minutes) => date.and_hms_opt(minutes[..2].parse().ok()?, minutes[2..].parse().ok()?, 0)?,
            None => date.and_hms_opt(23, 59, 59)?,
        };
        if time.as_deref().is_some_and(|time| time.ends_with('Z')) {
            return Some(Timestamp::from_seconds(local.and_utc().timestamp()));
        }
        let first = local.and_local_timezone(zone).earliest();
        Some(first.map_or(Day::from_date(date).start_utc(), |at| Timestamp::from_seconds(at.timestamp())))
    });
    instants.collect()
}

/// The date that a text starts with and how long it is: `2026-02-28`, and between other letters than
/// digits `28.02.2026` and `20260228`.
fn date_at(text: &str, after_digit: bool) -> Option<(NaiveDate, usize)> {
    let written = |pattern: &str, parts: [std::ops::Range<usize>; 3]| {
        let found = text.get(..pattern.len())?;
        let mut pairs = found.bytes().zip(pattern.bytes());
        let fits = pairs.all(|(byte, wanted)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted });
        let [year, month, day] = parts.map(|part| found.get(part).and_then(|digits| digits.parse().ok()));
        let date = NaiveDate::from_ymd_opt(year? as i32, month?, day?).filter(|_| fits)?;
        Some((date, pattern.len()))
    };
    let alone = |found: &(NaiveDate, usize)| {
        let before_digit = text[found.1..].starts_with(|letter: char| letter.is_ascii_digit());
        !after_digit && !before_digit && (2000..2100).contains(&found.0.year())
    };
    written("0000-00-00", [0..4, 5..7, 8..10])
        .or_else(|| written("00.00.0000", [6..10, 3..5, 0..2]).filter(alone))
        .or_else(|| written("00000000", [0..4, 4..6, 6..8]).filter(alone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_date_a_snapshot() {
        let at = |name: &str| {
            instants_in_name(Path::new(name), chrono_tz::America::New_York).first().map(|at| at.to_string())
        };
        assert_eq!(at("inventory_2026-02-28.csv").unwrap(), "2026-03-01T04:59:59Z");
        assert_eq!(at("inventory_2026-02-28T0615.csv").unwrap(), "2026-02-28T11:15:00Z");
        assert_eq!(at("inventory_2026-02-28T06-15-00Z.csv").unwrap(), "2026-02-28T06:15:00Z");
        assert_eq!(at("ünïcode inventory.csv"), None);
        assert_eq!(at("bestand_20260101_20260131.csv").unwrap(), "2026-01-02T04:59:59Z");
        assert_eq!(at("Count Sheet 2026-02-28.csv").unwrap(), "2026-03-01T04:59:59Z");
        assert_eq!(at("Bestand 28.02.2026.csv").unwrap(), "2026-03-01T04:59:59Z");
        assert_eq!(at("bestand_20260228_0615.csv").unwrap(), "2026-02-28T11:15:00Z");
        assert_eq!(at("settlement_20260228001.txt"), None, "a number that begins like a day is none");
        assert_eq!(at("settlement_120260228.txt"), None);
        assert_eq!(at("export_20269928.csv"), None);
        assert_eq!(at("ä2026022ü.csv"), None);
    }
}

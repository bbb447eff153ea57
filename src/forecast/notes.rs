//! Which changes of the forecast did people write down, and which of them hold? None is passed over in
//! silence: one that can't hold says why, and one that held last week is scored.

use std::path::PathBuf;

use super::check::WeekCheck;
use super::overrides::{Change, ForecastOverride};
use crate::config::Settings;
use crate::demand::{Demand, DemandSeries};
use crate::error::{Diagnostic, Result};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::query::Marts;
use crate::types::{Channel, Day, Sku};

/// So many messages name a change that can't hold; one more counts the rest.
const MESSAGES: usize = 5;

/// What became of a change that a person wrote down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It changes the forecast.
    InForce,
    /// Its last day is over.
    Expired,
    /// It was made after the as-of day.
    NotYet,
    /// Its value is neither a percentage nor units a day.
    NotUnderstood,
    /// It ends before it begins.
    EndsBeforeItBegins,
    /// Nothing of this SKU was ever wanted.
    UnknownSku,
    /// The SKU was never wanted on this channel.
    UnknownChannel,
    /// It sets units a day and names no SKU.
    NeedsSku,
}

impl State {
    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::InForce => "in force",
            Self::Expired => "expired",
            Self::NotYet => "not yet",
            Self::NotUnderstood => "not understood",
            Self::EndsBeforeItBegins => "ends before it begins",
            Self::UnknownSku => "unknown SKU",
            Self::UnknownChannel => "unknown channel",
            Self::NeedsSku => "needs a SKU",
        }
    }

    /// True where somebody has to correct it.
    pub fn is_wrong(self) -> bool {
        !matches!(self, Self::InForce | Self::Expired | Self::NotYet)
    }
}

/// A change of the forecast as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its number in the source of truth.
    pub id: String,
    /// The product; every product if `None`.
    pub sku: Option<Sku>,
    /// The channel; every channel if `None`.
    pub channel: Option<Channel>,
    /// The day it was made.
    pub made: Day,
    /// The last day it holds; without end if `None`.
    pub until: Option<Day>,
    /// Its value as written.
    pub value: String,
    /// Who made it.
    pub author: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What became of it.
    pub state: State,
    /// The file it stands in, if known.
    pub file: Option<PathBuf>,
    /// Its line there.
    pub line: usize,
}

impl Note {
    /// The change, if its value can be understood.
    fn change(&self) -> Option<ForecastOverride> {
        Some(ForecastOverride {
            sku: self.sku.clone(),
            channel: self.channel.clone(),
            made: self.made,
            until: self.until,
            change: Change::parse(&self.value)?,
            author: self.author.clone(),
            reason: self.reason.clone(),
        })
    }

    fn judge(&self, demand: &Demand) -> State {
        let is_own = |series: &&DemandSeries| self.sku.as_ref().is_none_or(|sku| series.sku == *sku);
        let from = self.sku.as_ref().map_or(0, |sku| demand.series.partition_point(|series| series.sku < *sku));
        let mut own = demand.series[from..].iter().take_while(is_own).peekable();
        let change = Change::parse(&self.value);
        if change.is_none() {
            State::NotUnderstood
        } else if self.sku.is_none() && change.and_then(Change::units_per_day).is_some() {
            State::NeedsSku
        } else if self.until.is_some_and(|until| until <= self.made) {
            State::EndsBeforeItBegins
        } else if own.peek().is_none() {
            State::UnknownSku
        } else if self.channel.as_ref().is_some_and(|channel| own.all(|series| series.channel != *channel)) {
            State::UnknownChannel
        } else if self.made > demand.as_of {
            State::NotYet
        } else if self.until.is_some_and(|until| until <= demand.as_of) {
            State::Expired
        } else {
            State::InForce
        }
    }

    fn target(&self) -> String {
        self.sku.as_ref().map_or_else(|| "every SKU".to_owned(), |sku| format!("`{sku}`"))
    }

    fn message(&self) -> Option<Diagnostic> {
        let (what, hint) = match self.state {
            State::InForce | State::Expired | State::NotYet => return None,
            State::NotUnderstood => (
                format!("`{}` is neither a percentage nor units a day", self.value),
                "write `+20%`, `-10%` or units a day such as `3.5`",
            ),
            State::EndsBeforeItBegins => {
                ("its last day is not after the day it was made".to_owned(), "correct `until`: the last day it holds")
            }
            State::UnknownSku => (
                format!("{} was never wanted", self.target()),
                "`trueup query mart_demand_daily` shows the SKUs that were",
            ),
            State::NeedsSku => (
                format!("`{}` units a day cannot be those of every SKU", self.value),
                "name the `sku`, or write a percentage such as `+20%`",
            ),
            State::UnknownChannel => {
                let channel = self.channel.as_ref().map_or("*", Channel::as_str);
                (format!("{} was never wanted on `{channel}`", self.target()), "leave `channel` empty for all channels")
            }
        };
        let message = format!("change {} of the forecast of {} was left out: {what}", self.id, self.target());
        let problem = Diagnostic::warning("forecast-override", message).hint(hint);
        Some(match &self.file {
            Some(file) => problem.at_line(file, self.line),
            None => problem,
        })
    }
}

/// Every change of the forecast that the source of truth tells of, by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Notes {
    /// By number.
    pub all: Vec<Note>,
}

impl Notes {
    /// Reads the overrides of field `forecast`.
    ///
    /// # Errors
    /// A damaged file of the lake.
    pub fn read(marts: &Marts, settings: &Settings, demand: &Demand) -> Result<Self> {
        let rows = marts.table("overrides")?;
        let (id, at, until) = (rows.text("override_id")?, rows.timestamp("at")?, rows.day("until")?);
        let (channel, sku, field) = (rows.text("channel")?, rows.text("sku")?, rows.text("field")?);
        let (value, owner, reason) = (rows.text("value")?, rows.text("owner")?, rows.text("reason")?);
        let (file, line) = (rows.text("source_file")?, rows.integer("source_line")?);
        let exports = settings.exports.strip_prefix(&settings.folder).unwrap_or(&settings.exports);
        // An empty text and `*` stand for all.
        let narrow =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty() && *text != "*").map(str::to_owned);
        let mut all = Vec::new();
        for row in (0..rows.len()).filter(|row| field.get(*row) == Some("forecast")) {
            let Some(at) = at.get(row) else { continue };
            let note = Note {
                id: id.get(row).unwrap_or_default().to_owned(),
                sku: narrow(sku.get(row)).map(Sku::new),
                channel: narrow(channel.get(row)).map(Channel::new),
                made: at.day_in(settings.shop.time_zone),
                until: until.get(row),
                value: value.get(row).unwrap_or_default().to_owned(),
                author: owner.get(row).map(str::to_owned),
                reason: reason.get(row).map(str::to_owned),
                state: State::InForce,
                file: file.get(row).map(|file| exports.join(file)),
                line: line.get(row).and_then(|line| usize::try_from(line).ok()).unwrap_or(0),
            };
            all.push(Note { state: note.judge(demand), ..note });
        }
        all.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Self { all })
    }

    /// What can be put on top of the forecast, or could have been in the past.
    pub fn changes(&self) -> Vec<ForecastOverride> {
        self.all.iter().filter(|note| !note.state.is_wrong()).filter_map(Note::change).collect()
    }

    /// One message for each change that somebody has to correct, up to a few.
    pub fn messages(&self) -> Vec<Diagnostic> {
        let mut messages: Vec<Diagnostic> = self.all.iter().filter_map(Note::message).collect();
        if messages.len() > MESSAGES {
            let more = messages.len() - MESSAGES;
            messages.truncate(MESSAGES);
            let message = format!("{more} more changes of the forecast were left out");
            messages.push(Diagnostic::warning("forecast-override", message).hint("see `forecast_overrides.csv`"));
        }
        messages
    }

    /// `forecast_overrides.csv`: every change with its state, and the units by which it brought last
    /// week's projection nearer.
    pub fn sheet(&self, checks: &[WeekCheck]) -> Rows {
        let mut rows = RowsBuilder::new("forecast_overrides", FORECAST_OVERRIDES.iter().copied());
        for note in &self.all {
            rows.push([
                Cell::from(note.id.as_str()),
                note.sku.as_ref().map_or("*", Sku::as_str).into(),
                note.channel.as_ref().map_or("*", Channel::as_str).into(),
                note.made.into(),
                note.until.into(),
                note.value.as_str().into(),
                note.author.clone().into(),
                note.reason.clone().into(),
                note.state.word().into(),
                gain(note, checks).map(|units| (units * 1e4).round() / 1e4).into(),
                Change::parse(&note.value).and_then(Change::factor).into(),
                Change::parse(&note.value).and_then(Change::units_per_day).into(),
            ]);
        }
        rows.finish()
    }
}

/// Units nearer to what came last week; `None` where it did not hold then.
fn gain(note: &Note, checks: &[WeekCheck]) -> Option<f64> {
    let held = |check: &&WeekCheck| {
        let concerned = note.sku.as_ref().is_none_or(|sku| *sku == check.sku)
            && note.channel.as_ref().is_none_or(|channel| *channel == check.channel);
        concerned && note.made < check.from && note.until.is_none_or(|until| until >= check.from)
    };
    let gains: Vec<f64> =
        checks.iter().filter(|_| !note.state.is_wrong()).filter(held).filter_map(WeekCheck::override_gain).collect();
    (!gains.is_empty()).then(|| gains.iter().sum())
}

/// The columns of `forecast_overrides.csv`. `value` is as a person wrote it; `factor` and `units_per_day`
/// are what a program reads of it.
pub const FORECAST_OVERRIDES: &[Column] = &[
    Column { name: "override_id", kind: Kind::Text, nullable: false },
    Column { name: "sku", kind: Kind::Text, nullable: false },
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "made", kind: Kind::Day, nullable: false },
    Column { name: "until", kind: Kind::Day, nullable: true },
    Column { name: "value", kind: Kind::Text, nullable: false },
    Column { name: "owner", kind: Kind::Text, nullable: true },
    Column { name: "reason", kind: Kind::Text, nullable: true },
    Column { name: "state", kind: Kind::Text, nullable: false },
    Column { name: "gain_units", kind: Kind::Real, nullable: true },
    Column { name: "factor", kind: Kind::Real, nullable: true },
    Column { name: "units_per_day", kind: Kind::Real, nullable: true },
];

//! Where do the series of a file end, while others go on? A list of sales is silent about what no longer
//! sells.

use std::ops::Range;

use super::calendar::{Frequency, Position};
use super::collector::{Gapped, Gathering};
use super::gaps::{Judgement, TailKind, Track};

/// From where series are forecast that end before the file's newest step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Each from its own end, whatever the file shows.
    Own,
    /// All from the step after the newest of the file; what is missing before is left out, or 0 where the
    /// file lists only what was sold.
    Newest,
}

/// The series of a file that end before its newest step, and what was made of that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyEnds {
    /// What a step is: `day`.
    pub noun: &'static str,
    /// The newest step.
    pub newest: String,
    /// The only series that has it, if it is one.
    pub newest_of: Option<String>,
    /// How many series end before it.
    pub series: usize,
    /// The one that ends first.
    pub earliest: String,
    /// Its last step.
    pub earliest_end: String,
    /// Of these series, those that are 0 up to the newest step because they are closed then.
    pub closed: usize,
    /// Those that are 0 up to the newest step because the file lists only what was sold.
    pub not_sold: usize,
    /// Those whose steps up to the newest are left out because nobody knows.
    pub unknown: usize,
    /// Those that are forecast from their own end.
    pub own: usize,
}

/// A series that goes on so far after all others that its last step may be of a wrong year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// Its name.
    pub name: String,
    /// Its last step.
    pub last: String,
}

/// Where a series ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct End {
    /// Steps after its last value that have rows without one, up to the newest value of the file.
    pub(super) blank: usize,
    /// Steps after those, up to the newest of the file.
    pub(super) short: usize,
}

/// Where every series ends.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    /// What the user wants of series that end early.
    pub(super) until: Option<Until>,
    /// By series.
    pub(super) of_series: Vec<End>,
    /// The newest step with a value; `None` without a series.
    newest: Option<Position>,
    /// A series that has a value far after that, and its last step.
    stray: Option<(usize, Position)>,
}

/// Steps as mere numbers have no common calendar: such series end where they end unless the user says else.
pub(super) fn find(gathering: &Gathering, until: Option<Until>, frequency: Frequency) -> Ends {
    let series = &gathering.series;
    let are_dates = series.first().is_some_and(|one| one.first.is_dated());
    let stray = if are_dates { first_stray_step(series, frequency) } else { None };
    let newest = series.iter().filter_map(|one| newest_before(one, stray)).max();
    let is_wanted = until.map_or(are_dates, |until| until == Until::Newest);
    let of_one = |one: &Gapped| {
        let after = newest.map_or(0, |newest| frequency.steps_between(one.last(), newest));
        let length = one.values.len();
        let blank = one.blanks.after.iter().rev().find(|step| **step < length + after);
        let blank = blank.map_or(0, |step| step + 1 - length);
        End { blank, short: if is_wanted { after - blank } else { 0 } }
    };
    let is_stray = |one: &Gapped| stray.is_some_and(|stray| one.last().step() >= stray);
    let stray = series.iter().position(is_stray).map(|index| (index, series[index].last()));
    Ends { until, of_series: series.iter().map(of_one).collect(), newest, stray }
}

/// The last step of a series, before a stray one.
fn newest_before(series: &Gapped, stray: Option<i64>) -> Option<Position> {
    let last = series.last();
    match stray.filter(|stray| last.step() >= *stray) {
        None => Some(last),
        Some(stray) if series.first.step() < stray => {
            let gap = series.gaps.iter().find(|gap| series.first.plus(gap.end).step() >= stray)?;
            Some(series.first.plus(gap.start - 1))
        }
        Some(_) => None,
    }
}

/// The first step after a gap of a quarter of a year or more in the whole file, where one series in ten or
/// fewer go on after it and reach less far: a year typed wrong ends no other series.
fn first_stray_step(series: &[Gapped], frequency: Frequency) -> Option<i64> {
    let file = Track::of_all(series);
    let is_far = |gap: &Range<i64>| {
        let (length, after) = (gap.end - gap.start, file.end() - gap.end);
        let going_on = || series.iter().filter(|one| one.last().step() >= gap.end).count();
        4 * length >= frequency.year() as i64
            && after < length
            && series.len() > 1
            && going_on() <= 1.max(series.len() / 10)
    };
    file.calendar_gaps().find(is_far).map(|gap| gap.end)
}

/// The series that was not believed to show where the file ends.
pub(super) fn stray(gathering: &Gathering, ends: &Ends, frequency: Frequency) -> Option<Stray> {
    let (index, last) = ends.stray?;
    Some(Stray { name: gathering.names[index].clone(), last: frequency.text(last, 0) })
}

/// What the command says of series that end early; `None` where none does, or where the user knows.
pub(super) fn summarise(
    gathering: &Gathering,
    ends: &Ends,
    judgements: &[Judgement],
    frequency: Frequency,
) -> Option<EarlyEnds> {
    let newest = ends.newest?;
    let early = || gathering.series.iter().zip(&ends.of_series).enumerate().filter(|(_, (_, end))| end.short > 0);
    let (earliest, (one, end)) = early().max_by_key(|(index, (_, end))| (end.short, usize::MAX - index))?;
    let of_kind = |kind: TailKind| judgements.iter().filter(|one| one.tail.kind == kind).count();
    let mut at_newest = (0..gathering.series.len()).filter(|index| gathering.series[*index].last() == newest);
    let only = at_newest.next().filter(|_| at_newest.next().is_none());
    let name = |index: usize| gathering.names[index].clone();
    Some(EarlyEnds {
        noun: newest.noun(frequency),
        newest: frequency.text(newest, 0),
        newest_of: only.map(name),
        series: early().count(),
        earliest: name(earliest),
        earliest_end: frequency.text(one.last().plus(end.blank), 0),
        closed: of_kind(TailKind::Closed),
        not_sold: of_kind(TailKind::NotSold),
        unknown: of_kind(TailKind::Unknown),
        own: of_kind(TailKind::Own),
    })
}

//! What does a step without a row mean? Nothing, where the file itself shows that; else nobody knows.
//!
//! 1. *Closed.* A weekday, hour of the week or of the day, or month of the year that has a row in at most
//!    one of ten such steps, while the others have one on most: a gap of such steps alone is 0. Gaps of a
//!    whole week, day or year prove nothing here.
//! 2. *Not sold.* A file that lists sales only: more steps have no row than have a row of 0, and the
//!    series, or half of the file's series, are sparse: one row of four or more is followed by a gap (an
//!    average interval of 1.32 steps: Syntetos, Boylan & Croston 2005, JORS 56:495). A step without a row
//!    is 0 where another series of the file has one. Where none has, it is 0 in a gap up to ten times as
//!    long as the others are on average, if the whole file is as sparse.
//! 3. *Unknown* is every other gap: a hole in what was recorded. It is left out and never counted as 0.
//!
//! The steps after the end of a series, while others of the file go on, are judged alike; but where they are
//! unknown the series keeps its own end, unless the user says that all end with the file.

use std::ops::Range;

use rayon::prelude::*;

use super::calendar::Frequency;
use super::collector::{Gapped, Gathering};
use super::ends::{End, Ends, Until};

/// Share of rows that a gap follows from which on a series is sparse.
const SPARSE: f64 = 1.0 - 1.0 / 1.32;
/// A gap so many times as long as the others on average is no chance.
const BEYOND_CHANCE: usize = 10;

/// What the gaps of one series are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Judgement {
    /// Steps without a row that are 0 because nothing is ever sold then.
    pub(super) closed: usize,
    /// Steps without a row that are 0 because the file lists sales only.
    pub(super) not_sold: usize,
    /// Runs of steps between its values that nobody knows, with a row or without, rising.
    pub(super) unknown: Vec<Range<usize>>,
    /// What follows its last value.
    pub(super) tail: Tail,
}

/// The steps after the last value of a series that come before its forecast.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    /// What they are.
    pub(super) kind: TailKind,
    /// How many; 0 but for those that are unknown.
    pub(super) steps: usize,
    /// Those that nobody knows, rising, counted from the first step of the series.
    pub(super) unknown: Vec<Range<usize>>,
}

/// Why a series goes on after its last row, or does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum TailKind {
    /// It ends with the file.
    #[default]
    None,
    /// Nothing is ever sold then.
    Closed,
    /// The file lists sales only.
    NotSold,
    /// Nobody knows, and the user wants it forecast from the newest step.
    Unknown,
    /// Nobody knows: it is forecast from its own end.
    Own,
}

/// Steps with rows and gaps between them: of a series, or of all series of a file together.
pub(super) struct Track {
    first: i64,
    length: usize,
    gaps: Vec<Range<usize>>,
    /// The steps after the end, up to the newest of the file.
    tail: Range<usize>,
}

/// What every gap of every series is.
pub(super) fn judge(gathering: &Gathering, ends: &Ends, frequency: Frequency) -> Vec<Judgement> {
    let series = &gathering.series;
    let is_whole = |one: &Gapped| one.gaps.is_empty() && one.blanks.inside.is_empty();
    if series.iter().all(is_whole) && ends.of_series.iter().all(|end| *end == End::default()) {
        return vec![Judgement::default(); series.len()];
    }
    let track = |(one, end): (&Gapped, &End)| Track::of(one, end).without_closed(frequency);
    let tracks: Vec<Track> = series.par_iter().zip(&ends.of_series).map(track).collect();
    let may_be_sales = lists_no_zeros(series, &tracks);
    let telling = series.iter().zip(&tracks).filter(|(one, _)| one.rows() > 1);
    let (sparse, all) =
        telling.fold((0, 0), |(sparse, all), (_, track)| (sparse + usize::from(track.is_sparse()), all + 1));
    let holes = Track::of_all(series).without_closed(frequency).holes();
    let one = |((one, end), track): ((&Gapped, &End), &Track)| {
        let lists_sales = may_be_sales && (track.is_sparse() || (all > 0 && 2 * sparse >= all));
        let unknown = if lists_sales { inside(&holes, one, &track.gaps) } else { track.gaps.clone() };
        let open = left(&track.gaps);
        Judgement {
            closed: one.missing() - open,
            not_sold: open - left(&unknown),
            unknown: merged(unknown.into_iter().chain(one.blanks.inside.iter().cloned())),
            tail: tail(one, end, track, lists_sales.then_some(&holes), ends.until),
        }
    };
    series.par_iter().zip(&ends.of_series).zip(&tracks).map(one).collect()
}

/// What follows a series; `holes` are those of a file that lists sales.
fn tail(series: &Gapped, end: &End, track: &Track, holes: Option<&Vec<Range<i64>>>, until: Option<Until>) -> Tail {
    let length = series.values.len();
    let (blank, after) = (length..length + end.blank, length + end.blank..length + end.blank + end.short);
    let whole = |kind, unknown| Tail { kind, steps: end.blank + end.short, unknown: merged(unknown) };
    match holes {
        _ if after.is_empty() => whole(TailKind::None, vec![blank]),
        _ if track.tail.is_empty() => whole(TailKind::Closed, vec![blank]),
        Some(holes) => {
            let unknown = [blank].into_iter().chain(inside(holes, series, &[after])).collect();
            whole(TailKind::NotSold, unknown)
        }
        None if until == Some(Until::Newest) => whole(TailKind::Unknown, vec![blank, after]),
        None => Tail { kind: TailKind::Own, steps: end.blank, unknown: merged(vec![blank]) },
    }
}

fn left(gaps: &[Range<usize>]) -> usize {
    gaps.iter().map(ExactSizeIterator::len).sum()
}

/// The runs in rising order, those that touch as one.
fn merged(runs: impl IntoIterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = runs.into_iter().filter(|run| !run.is_empty()).collect();
    runs.sort_unstable_by_key(|run| run.start);
    runs.dedup_by(|later, run| {
        let touches = later.start == run.end;
        if touches {
            run.end = later.end;
        }
        touches
    });
    runs
}

/// Fewer rows of 0 than steps without a row: 0 is not what is written where nothing was sold.
fn lists_no_zeros(series: &[Gapped], tracks: &[Track]) -> bool {
    let zeros = |one: &Gapped| one.values.iter().filter(|value| **value == 0.0).count() - one.missing();
    let open: usize = tracks.iter().map(|track| left(&track.gaps)).sum();
    series.par_iter().map(zeros).sum::<usize>() <= open
}

/// The holes of the file that lie in gaps of a series, counted from its first step.
fn inside(holes: &[Range<i64>], series: &Gapped, gaps: &[Range<usize>]) -> Vec<Range<usize>> {
    let first = series.first.step();
    let of_gap = |gap: &Range<usize>| {
        let (from, until) = (first + gap.start as i64, first + gap.end as i64);
        let start = holes.partition_point(|hole| hole.end <= from);
        let within = holes[start..].iter().take_while(move |hole| hole.start < until);
        within.map(move |hole| (hole.start.max(from) - first) as usize..(hole.end.min(until) - first) as usize)
    };
    gaps.iter().flat_map(of_gap).collect()
}

impl Track {
    fn of(series: &Gapped, end: &End) -> Self {
        let length = series.values.len();
        let tail = length + end.blank..length + end.blank + end.short;
        Self { first: series.first.step(), length, gaps: series.gaps.clone(), tail }
    }

    /// Of all series together: a step has a row where one of them has one.
    pub(super) fn of_all(series: &[Gapped]) -> Self {
        let rows = |one: &Gapped| {
            let first = one.first.step();
            let starts = std::iter::once(0).chain(one.gaps.iter().map(|gap| gap.end));
            let ends = one.gaps.iter().map(|gap| gap.start).chain([one.values.len()]);
            starts.zip(ends).map(|(from, to)| first + from as i64..first + to as i64).collect::<Vec<_>>()
        };
        let mut known: Vec<Range<i64>> = series.par_iter().flat_map_iter(rows).collect();
        known.par_sort_unstable_by_key(|run| (run.start, run.end));
        let first = known.first().map_or(0, |run| run.start);
        let (mut gaps, mut end) = (Vec::new(), first);
        for run in known {
            if run.start > end {
                gaps.push((end - first) as usize..(run.start - first) as usize);
            }
            end = end.max(run.end);
        }
        let length = (end - first) as usize;
        Self { first, length, gaps, tail: length..length }
    }

    /// Without the gaps in which nothing is ever sold.
    fn without_closed(mut self, frequency: Frequency) -> Self {
        for &cycle in frequency.opening_cycles() {
            let Some(closed) = self.closed(cycle) else { continue };
            let first = self.first;
            let is_closed = |step: usize| closed[phase(first, step, cycle)];
            self.gaps.retain(|gap| !gap.clone().all(is_closed));
            if self.tail.clone().all(is_closed) {
                self.tail.end = self.tail.start;
            }
        }
        self
    }

    /// Which phases of a cycle are closed; `None` where the rows show none, or no order in them.
    fn closed(&self, cycle: usize) -> Option<Vec<bool>> {
        let (mut seen, mut without) = (vec![0usize; cycle], vec![0usize; cycle]);
        (0..self.length).for_each(|step| seen[phase(self.first, step, cycle)] += 1);
        for gap in &self.gaps {
            let counts = if gap.len() < cycle { &mut without } else { &mut seen };
            for step in gap.clone() {
                let slot = &mut counts[phase(self.first, step, cycle)];
                // Steps of a long gap were not seen.
                *slot = if gap.len() < cycle { *slot + 1 } else { *slot - 1 };
            }
        }
        let closed: Vec<bool> =
            seen.iter().zip(&without).map(|(seen, without)| *seen >= 2 && 10 * (seen - without) <= *seen).collect();
        let open = |counts: &[usize]| -> usize {
            counts.iter().zip(&closed).filter(|(_, closed)| !**closed).map(|(count, _)| *count).sum()
        };
        let is_regular = closed.contains(&true) && 2 * open(&without) <= open(&seen);
        is_regular.then_some(closed)
    }

    fn missing(&self) -> usize {
        left(&self.gaps)
    }

    /// The gaps as steps of the calendar.
    pub(super) fn calendar_gaps(&self) -> impl Iterator<Item = Range<i64>> + use<'_> {
        self.gaps.iter().map(|gap| self.first + gap.start as i64..self.first + gap.end as i64)
    }

    /// The step after its last.
    pub(super) fn end(&self) -> i64 {
        self.first + self.length as i64
    }

    /// Whether gaps are common, counted and not measured: one long hole makes nothing sparse.
    fn is_sparse(&self) -> bool {
        let followed = (self.length - self.missing()).saturating_sub(1);
        !self.gaps.is_empty() && self.gaps.len() as f64 >= SPARSE * followed as f64
    }

    /// The gaps that no list of sales would have by chance.
    fn holes(&self) -> Vec<Range<i64>> {
        let (missing, others) = (self.missing(), self.gaps.len().saturating_sub(1));
        let is_chance = |gap: &Range<usize>| others == 0 || gap.len() * others <= BEYOND_CHANCE * (missing - gap.len());
        let is_sparse = self.is_sparse();
        let holes = self.calendar_gaps().zip(&self.gaps).filter(|(_, gap)| !is_sparse || !is_chance(gap));
        holes.map(|(hole, _)| hole).collect()
    }
}

fn phase(first: i64, step: usize, cycle: usize) -> usize {
    (first + step as i64).rem_euclid(cycle as i64) as usize
}

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

use std::ops::Range;

use rayon::prelude::*;

use super::calendar::Frequency;
use super::collector::{Gapped, Gathering};

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
    /// Runs of steps that nobody knows, rising.
    pub(super) unknown: Vec<Range<usize>>,
}

/// Steps with rows and gaps between them: of a series, or of all series of a file together.
struct Track {
    first: i64,
    length: usize,
    gaps: Vec<Range<usize>>,
}

/// What every gap of every series is.
pub(super) fn judge(gathering: &Gathering, frequency: Frequency) -> Vec<Judgement> {
    let series = &gathering.series;
    if series.iter().all(|one| one.gaps.is_empty()) {
        return vec![Judgement::default(); series.len()];
    }
    let tracks: Vec<Track> = series.par_iter().map(|one| Track::of(one).without_closed(frequency)).collect();
    let may_be_sales = lists_no_zeros(series, &tracks);
    let telling = series.iter().zip(&tracks).filter(|(one, _)| one.rows() > 1);
    let (sparse, all) =
        telling.fold((0, 0), |(sparse, all), (_, track)| (sparse + usize::from(track.is_sparse()), all + 1));
    let holes = Track::of_all(series).without_closed(frequency).holes();
    let one = |(one, track): (&Gapped, &Track)| {
        let lists_sales = may_be_sales && (track.is_sparse() || 2 * sparse >= all);
        let unknown = if lists_sales { inside(&holes, one, &track.gaps) } else { track.gaps.clone() };
        let left = |gaps: &[Range<usize>]| -> usize { gaps.iter().map(ExactSizeIterator::len).sum() };
        let open = left(&track.gaps);
        Judgement { closed: one.missing() - open, not_sold: open - left(&unknown), unknown }
    };
    series.par_iter().zip(&tracks).map(one).collect()
}

/// Fewer rows of 0 than steps without a row: 0 is not what is written where nothing was sold.
fn lists_no_zeros(series: &[Gapped], tracks: &[Track]) -> bool {
    let zeros = |one: &Gapped| one.values.iter().filter(|value| **value == 0.0).count() - one.missing();
    let open: usize = tracks.iter().flat_map(|track| &track.gaps).map(ExactSizeIterator::len).sum();
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
    fn of(series: &Gapped) -> Self {
        Self { first: series.first.step(), length: series.values.len(), gaps: series.gaps.clone() }
    }

    /// Of all series together: a step has a row where one of them has one.
    fn of_all(series: &[Gapped]) -> Self {
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
        Self { first, length: (end - first) as usize, gaps }
    }

    /// Without the gaps in which nothing is ever sold.
    fn without_closed(mut self, frequency: Frequency) -> Self {
        for &cycle in frequency.opening_cycles() {
            let Some(closed) = self.closed(cycle) else { continue };
            let first = self.first;
            let is_closed = |step: usize| closed[phase(first, step, cycle)];
            self.gaps.retain(|gap| !gap.clone().all(is_closed));
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
        self.gaps.iter().map(ExactSizeIterator::len).sum()
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
        let holes = self.gaps.iter().filter(|gap| !is_sparse || !is_chance(gap));
        holes.map(|gap| self.first + gap.start as i64..self.first + gap.end as i64).collect()
    }
}

fn phase(first: i64, step: usize, cycle: usize) -> usize {
    (first + step as i64).rem_euclid(cycle as i64) as usize
}

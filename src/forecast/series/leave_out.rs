//! How is a series fitted without the steps that nobody knows? Whole seasons of them are cut out, so that
//! what follows keeps its place in the season; the few that are left repeat the season before.

use std::ops::Range;

use super::calendar::Frequency;
use super::collector::Gapped;
use super::gaps::Tail;
use crate::demand::raise_censored;

/// Steps after the last value beyond which more zeros tell no more of what sells no longer: two years, and
/// of longer steps as many as fill a few seasons.
const LEAST_SILENCE: usize = 100;

/// Appends what follows the last value: zeros, of which `tail` names those that are unknown. Returns these,
/// counted in the series as it is then.
pub(super) fn append(series: &mut Gapped, tail: &Tail, season: usize, frequency: Frequency) -> Vec<Range<usize>> {
    let (length, most) = (series.values.len(), LEAST_SILENCE.max(2 * frequency.year()));
    // By whole seasons, as everywhere: what follows keeps its place in the season.
    let dropped = tail.steps.saturating_sub(most) / season * season;
    series.next = series.next.plus(tail.steps);
    series.values.resize(length + tail.steps - dropped, 0.0);
    if !series.out_of_stock.is_empty() {
        series.out_of_stock.resize(series.values.len(), 0.0);
    }
    let earlier = |step: usize| step.saturating_sub(dropped).max(length);
    let moved = tail.unknown.iter().map(|run| earlier(run.start)..earlier(run.end));
    moved.filter(|run| !run.is_empty()).collect()
}

/// Takes the first steps off a series, whose unknown steps are then those that are left.
pub(super) fn cut_front(series: &mut Gapped, unknown: &mut Vec<Range<usize>>, steps: usize) {
    series.first = series.first.plus(steps);
    series.values.drain(..steps);
    series.out_of_stock.drain(..steps.min(series.out_of_stock.len()));
    unknown.retain(|run| run.start >= steps);
    unknown.iter_mut().for_each(|run| *run = run.start - steps..run.end - steps);
    series.clock_changes.retain(|(step, _)| *step > steps);
    series.clock_changes.iter_mut().for_each(|(step, _)| *step -= steps);
}

/// The values of a series without those of `unknown`, on the local clock, steps out of stock raised.
pub(super) fn leave_out(series: Gapped, unknown: &[Range<usize>], season: usize) -> Vec<f32> {
    let Gapped { mut values, mut out_of_stock, clock_changes, .. } = series;
    if !unknown.is_empty() || !clock_changes.is_empty() {
        let mut kept = kept(values.len(), unknown, season);
        clock_changes.iter().for_each(|change| on_local_clock(&mut kept, &mut values, *change, season));
        let steps = |all: &[f32]| kept.iter().map(|step| all[step.index]).collect::<Vec<_>>();
        let known: Vec<bool> = kept.iter().map(|step| step.is_known).collect();
        values = steps(&values);
        repeat_season(&mut values, &known, season);
        if !out_of_stock.is_empty() {
            out_of_stock = steps(&out_of_stock);
        }
    }
    if !out_of_stock.is_empty() {
        raise_censored(&mut values, &out_of_stock);
    }
    values
}

#[derive(Clone, Copy)]
struct Kept {
    index: usize,
    is_known: bool,
}

/// All steps but whole seasons of those that nobody knows.
fn kept(length: usize, unknown: &[Range<usize>], season: usize) -> Vec<Kept> {
    let (mut kept, mut next) = (Vec::with_capacity(length), 0);
    for run in unknown {
        kept.extend((next..run.start).map(|index| Kept { index, is_known: true }));
        kept.extend((run.end - run.len() % season..run.end).map(|index| Kept { index, is_known: false }));
        next = run.end;
    }
    kept.extend((next..length).map(|index| Kept { index, is_known: true }));
    kept
}

/// An hour that clocks skip is one that nobody knows; two hours of one name are fitted as one, with their
/// mean: so every hour of the day keeps its place.
fn on_local_clock(kept: &mut Vec<Kept>, values: &mut [f32], (changed, hours): (usize, i64), season: usize) {
    let place = kept.partition_point(|step| step.index < changed);
    let back = usize::try_from(-hours).unwrap_or(0);
    let twice = place.saturating_sub(back)..place + back;
    if back > 0
        && kept
            .get(twice.clone())
            .is_some_and(|hours| hours.len() == 2 * back && hours.iter().all(|step| step.is_known))
    {
        for hour in twice.start..place {
            let (first, second) = (kept[hour].index, kept[hour + back].index);
            values[first] = (values[first] + values[second]) / 2.0;
        }
        kept.drain(place..place + back);
    } else {
        let skipped = hours.rem_euclid(season as i64) as usize;
        kept.splice(place..place, std::iter::repeat_n(Kept { index: changed, is_known: false }, skipped));
    }
}

/// Gives steps that are not known the value of a season before, else of the first season after that has
/// one, else the mean of all that are known.
fn repeat_season(values: &mut [f32], known: &[bool], season: usize) {
    let (sum, count) = values
        .iter()
        .zip(known)
        .filter(|(_, known)| **known)
        .fold((0.0f64, 0.0f64), |(sum, count), (value, _)| (sum + f64::from(*value), count + 1.0));
    let mean = (sum / count.max(1.0)) as f32;
    for index in (0..values.len()).filter(|index| !known[*index]) {
        let before = index.checked_sub(season);
        let after = || (index..values.len()).step_by(season).find(|later| known[*later]);
        values[index] = before.or_else(after).map_or(mean, |other| values[other]);
    }
}

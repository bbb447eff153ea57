//! Which steps of a file had no row, and what was taken for them?

use std::ops::Range;

use super::calendar::Frequency;
use super::collector::{Gapped, Gathering};
use super::gaps::Judgement;

/// The steps of a file that had no row, between the first and the last row of each series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingSteps {
    /// What a step is: `day`, or `step` where steps are numbers.
    pub noun: &'static str,
    /// Steps of all series, with a row or without.
    pub steps: usize,
    /// Steps without a row.
    pub missing: usize,
    /// Series with such steps.
    pub series: usize,
    /// Of the missing steps, those taken as 0 because the series never has a row on such a step.
    pub closed: usize,
    /// Of the missing steps, those taken as 0 because the file lists only what was sold.
    pub not_sold: usize,
    /// Of the missing steps, those left out because nobody knows.
    pub unknown: usize,
    /// The series with the most steps left out, else with the most missing.
    pub worst: WorstSeries,
    /// The longest gap that looks like a year typed wrong.
    pub far_off: Option<FarOff>,
}

/// The series that lacks most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorstSeries {
    /// Its name.
    pub name: String,
    /// Its steps, with a row or without.
    pub steps: usize,
    /// Its steps without a row.
    pub missing: usize,
    /// Its longest gap.
    pub gap: Span,
}

/// Rows that lie further from the others of their series than they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FarOff {
    /// The series.
    pub name: String,
    /// The gap between them and the others.
    pub gap: Span,
    /// How many rows.
    pub rows: usize,
    /// From the first to the last of them.
    pub span: Span,
}

/// Steps from one to another, as the file writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first step.
    pub from: String,
    /// The last step.
    pub to: String,
    /// How many.
    pub steps: usize,
}

/// What the gaps of a file come to; `None` without a gap.
pub(super) fn summarise(gathering: &Gathering, judgements: &[Judgement], frequency: Frequency) -> Option<MissingSteps> {
    let series = || gathering.series.iter().zip(judgements).enumerate();
    let unknown = |one: &Judgement| -> usize { one.unknown.iter().map(ExactSizeIterator::len).sum() };
    let with_gaps = || series().filter(|(_, (one, _))| !one.gaps.is_empty());
    let worst = with_gaps().max_by_key(|(index, (one, judged))| (unknown(judged), one.missing(), usize::MAX - index));
    let (index, (one, judged)) = worst?;
    let longest = |gaps: &[Range<usize>]| gaps.iter().rev().max_by_key(|gap| gap.len()).cloned();
    let gap = longest(&judged.unknown).or_else(|| longest(&one.gaps))?;
    Some(MissingSteps {
        noun: one.first.noun(frequency),
        steps: gathering.series.iter().map(|one| one.values.len()).sum(),
        missing: gathering.series.iter().map(Gapped::missing).sum(),
        series: with_gaps().count(),
        closed: judgements.iter().map(|one| one.closed).sum(),
        not_sold: judgements.iter().map(|one| one.not_sold).sum(),
        unknown: series().map(|(_, (one, judged))| one.missing() - judged.closed - judged.not_sold).sum(),
        worst: WorstSeries {
            name: gathering.names[index].clone(),
            steps: one.values.len(),
            missing: one.missing(),
            gap: span(one, &gap, frequency),
        },
        far_off: far_off(gathering, judgements, frequency),
    })
}

fn span(series: &Gapped, steps: &Range<usize>, frequency: Frequency) -> Span {
    let text = |index: usize| frequency.text(series.first, index as i64);
    Span { from: text(steps.start), to: text(steps.end - 1), steps: steps.len() }
}

/// The longest gap of a quarter of a year or more that cuts off rows which reach less far than it.
fn far_off(gathering: &Gathering, judgements: &[Judgement], frequency: Frequency) -> Option<FarOff> {
    let dated = gathering.series.iter().zip(judgements).enumerate().filter(|(_, (one, _))| one.first.is_dated());
    let candidates = dated.flat_map(|(index, (one, judged))| {
        let is_long = |gap: &&Range<usize>| 4 * gap.len() >= frequency.year();
        let cut_off = |gap: &Range<usize>| Some((index, gap.clone(), cut_off(one, gap)?));
        judged.unknown.iter().filter(is_long).filter_map(cut_off).collect::<Vec<_>>()
    });
    let (index, gap, rows) = candidates.max_by_key(|(index, gap, _)| (gap.len(), usize::MAX - index))?;
    let one = &gathering.series[index];
    // Of a gap that the unknown steps only end, the rest lies among the rows.
    let among_rows = |gap: &Range<usize>| gap.end.min(rows.end).saturating_sub(gap.start.max(rows.start));
    let missing: usize = one.gaps.iter().map(among_rows).sum();
    Some(FarOff {
        name: gathering.names[index].clone(),
        gap: span(one, &gap, frequency),
        rows: rows.len() - missing,
        span: span(one, &rows, frequency),
    })
}

/// The shorter side of a gap, where it is shorter than the gap.
fn cut_off(series: &Gapped, gap: &Range<usize>) -> Option<Range<usize>> {
    let (before, after) = (0..gap.start, gap.end..series.values.len());
    let shorter = if before.len() <= after.len() { before } else { after };
    (shorter.len() < gap.len()).then_some(shorter)
}

//! Which zeros at the begin of a series were before its launch? More than chance has between its sales.

use std::ops::Range;

use super::calendar::{Frequency, Position};

/// Zeros that a series which already sold would begin with less often than this are before its launch.
const BY_CHANCE: f64 = 0.001;

/// Series whose zeros before their launch are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launches {
    /// How many series.
    pub series: usize,
    /// Steps left out, of all of them.
    pub steps: usize,
    /// The one with the longest run.
    pub longest: Launch,
}

/// The zeros that a series began with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The series.
    pub name: String,
    /// Its steps up to the first sale.
    pub steps: usize,
    /// What a step is: `day`.
    pub noun: &'static str,
    /// The step of its first sale.
    pub first_sale: String,
}

impl Launch {
    pub(super) fn of(name: &str, steps: usize, first: Position, frequency: Frequency) -> Self {
        Self { name: name.to_owned(), steps, noun: first.noun(frequency), first_sale: frequency.text(first, 0) }
    }
}

/// What was left out before launches; `None` where nothing was.
pub(super) fn summarise(launches: &[Launch]) -> Option<Launches> {
    let longest = launches.iter().rev().max_by_key(|one| one.steps)?.clone();
    Some(Launches { series: launches.len(), steps: launches.iter().map(|one| one.steps).sum(), longest })
}

/// How many steps of zeros a series begins with that were before its launch. With the share `p` of the later
/// steps that sold, `n` zeros in a row come about by chance in (1 − p)ⁿ of all cases.
pub(super) fn zeros_before(values: &[f32], unknown: &[Range<usize>]) -> usize {
    let Some(launch) = values.iter().position(|value| *value != 0.0 && !value.is_nan()) else { return 0 };
    let of_unknown = |steps: Range<usize>| -> usize {
        unknown.iter().map(|run| run.end.min(steps.end).saturating_sub(run.start.max(steps.start))).sum()
    };
    let known = |steps: Range<usize>| steps.len() - of_unknown(steps);
    let (before, after) = (known(0..launch), known(launch + 1..values.len()));
    // The first sale is where the run ends, and says nothing of how often others follow: it counts as a step
    // that did not sell, so that few steps prove little.
    let sold = values[launch + 1..].iter().filter(|value| **value != 0.0 && !value.is_nan()).count();
    let share = sold as f64 / (after + 1) as f64;
    if (1.0 - share).powf(before as f64) < BY_CHANCE { launch } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{Range, zeros_before};

    fn series(zeros: usize, sold: &[f32]) -> Vec<f32> {
        std::iter::repeat_n(0.0, zeros).chain(sold.iter().copied()).collect()
    }

    #[test]
    fn a_long_run_before_steady_sales_is_before_the_launch() {
        assert_eq!(zeros_before(&series(40, &[2.0, 1.0, 0.0, 3.0, 2.0, 2.0]), &[]), 40);
        // Three of four later steps sold: three zeros are one case in 16, eight one in 1,526.
        assert_eq!(zeros_before(&series(3, &[2.0, 1.0, 0.0, 3.0, 2.0]), &[]), 0);
        assert_eq!(zeros_before(&series(8, &[2.0, 1.0, 0.0, 3.0, 2.0]), &[]), 8);
    }

    #[test]
    fn what_sells_once_in_a_long_while_had_no_launch() {
        let rare: Vec<f32> = (0..200).map(|step| if step % 40 == 30 { 1.0 } else { 0.0 }).collect();
        assert_eq!(zeros_before(&rare, &[]), 0);
        assert_eq!(zeros_before(&series(500, &[1.0]), &[]), 0, "one sale tells nothing of the next");
        assert_eq!(zeros_before(&[0.0; 30], &[]), 0);
    }

    #[test]
    fn steps_that_nobody_knows_are_no_zeros() {
        let values = series(40, &[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
        let unknown = |from, to| zeros_before(&values, &[Range { start: from, end: to }]);
        assert_eq!([unknown(1, 39), unknown(20, 25)], [0, 40]);
    }
}

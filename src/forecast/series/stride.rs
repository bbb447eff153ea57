//! Are the rows of a file as far apart as is supposed? Weeks read as days would be one value and six gaps.

use std::collections::BTreeMap;
use std::path::Path;

use super::collector::Gathering;
use crate::error::{Diagnostic, Result};

/// A file whose rows are regularly further apart than one day, while nobody said what its steps are.
pub(super) fn refuse_other_stride(path: &Path, gathering: &Gathering) -> Result<()> {
    let strides = strides(gathering);
    let are_dates = gathering.series.first().is_some_and(|one| one.first.is_dated());
    let Some(stride) = Stride::of(&strides, are_dates) else { return Ok(()) };
    let (message, hint) = match stride {
        Stride::Weeks => (
            "the rows are 7 days apart, and nothing says that a step is a week".to_owned(),
            "`--freq w`, or `--freq d` if the days between had no demand",
        ),
        Stride::Months => (
            "the rows are 28 to 31 days apart, and nothing says that a step is a month".to_owned(),
            "`--freq m`, or `--freq d` if the days between had no demand",
        ),
        Stride::Other(steps) if are_dates => (
            format!("the rows are {steps} days apart, which no frequency is"),
            "number the steps of `ds` 1, 2, 3 …; or `--freq d` if the days between had no demand",
        ),
        Stride::Other(steps) => (
            format!("`ds` rises by {steps} from row to row"),
            "number the steps of `ds` 1, 2, 3 …; or `--freq d` if the numbers between had no demand",
        ),
    };
    Err(Diagnostic::error("series-stride", message).in_file(path).hint(hint).into())
}

/// How often rows that follow each other are so many steps apart.
fn strides(gathering: &Gathering) -> BTreeMap<usize, usize> {
    let mut strides: BTreeMap<usize, usize> = BTreeMap::new();
    for series in &gathering.series {
        for gap in &series.gaps {
            *strides.entry(gap.len() + 1).or_default() += 1;
        }
        *strides.entry(1).or_default() += series.rows() - 1 - series.gaps.len();
    }
    strides
}

enum Stride {
    Weeks,
    Months,
    Other(usize),
}

/// Strides from which one that no calendar knows is believed.
const LEAST_STRIDES: usize = 6;

impl Stride {
    /// Three of four strides are whole weeks, most of them one; or whole months, most of them one; or the
    /// same number of days.
    fn of(strides: &BTreeMap<usize, usize>, are_dates: bool) -> Option<Self> {
        let all: usize = strides.values().sum();
        let count = |is_such: &dyn Fn(usize) -> bool| -> usize {
            strides.iter().filter(|(stride, _)| is_such(**stride)).map(|(_, count)| count).sum()
        };
        let is_most = |one: usize, multiples: usize| all >= 2 && 2 * one >= all && 4 * multiples >= 3 * all;
        let months = |stride: usize| (1..=4).any(|months| (30 * months - 2..=31 * months).contains(&stride));
        if are_dates && is_most(count(&|stride| stride == 7), count(&|stride| stride % 7 == 0)) {
            return Some(Self::Weeks);
        }
        if are_dates && is_most(count(&|stride| (28..=31).contains(&stride)), count(&months)) {
            return Some(Self::Months);
        }
        let (stride, most) = strides.iter().max_by_key(|(_, count)| **count)?;
        (*stride > 1 && all >= LEAST_STRIDES && 4 * most >= 3 * all).then_some(Self::Other(*stride))
    }
}

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
        Stride::Steps(steps) => (
            format!("the rows are {} days apart, and nothing says that a step is a {}", steps.days, steps.noun),
            format!("`--freq {}`, or `--freq d` if the days between had no demand", steps.letter),
        ),
        Stride::Other(steps) if are_dates => (
            format!("the rows are {steps} days apart, which no frequency is"),
            "number the steps of `ds` 1, 2, 3 …; or `--freq d` if the days between had no demand".to_owned(),
        ),
        Stride::Other(steps) => (
            format!("`ds` rises by {steps} from row to row"),
            "number the steps of `ds` 1, 2, 3 …; or `--freq d` if the numbers between had no demand".to_owned(),
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

/// Steps longer than a day, by the days from one to the next.
struct Steps {
    /// The letter of `--freq`.
    letter: char,
    noun: &'static str,
    /// The days as a person says them.
    days: &'static str,
    is_one: fn(usize) -> bool,
    /// Whether so many days are one or several steps.
    are_whole: fn(usize) -> bool,
}

static STEPS: [Steps; 4] = [
    Steps { letter: 'w', noun: "week", days: "7", is_one: |days| days == 7, are_whole: |days| days.is_multiple_of(7) },
    Steps {
        letter: 'm',
        noun: "month",
        days: "28 to 31",
        is_one: |days| (28..=31).contains(&days),
        are_whole: |days| (1..=4).any(|months| (30 * months - 2..=31 * months).contains(&days)),
    },
    Steps {
        letter: 'q',
        noun: "quarter",
        days: "89 to 92",
        is_one: |days| (89..=92).contains(&days),
        are_whole: |days| (1..=4).any(|quarters| (91 * quarters - 2..=92 * quarters).contains(&days)),
    },
    // A trading year has 52 or 53 whole weeks.
    Steps {
        letter: 'y',
        noun: "year",
        days: "about 365",
        is_one: |days| (364..=371).contains(&days),
        are_whole: |days| (1..=4).any(|years| (364 * years..=371 * years).contains(&days)),
    },
];

enum Stride {
    Steps(&'static Steps),
    Other(usize),
}

/// Strides from which one that no calendar knows is believed.
const LEAST_STRIDES: usize = 6;

impl Stride {
    /// Three of four strides are whole weeks, most of them one; or whole months, quarters or years, most of
    /// them one; or the same number of days.
    fn of(strides: &BTreeMap<usize, usize>, are_dates: bool) -> Option<Self> {
        let all: usize = strides.values().sum();
        let count = |is_such: fn(usize) -> bool| -> usize {
            strides.iter().filter(|(stride, _)| is_such(**stride)).map(|(_, count)| count).sum()
        };
        let are_most =
            |steps: &&Steps| all >= 2 && 2 * count(steps.is_one) >= all && 4 * count(steps.are_whole) >= 3 * all;
        if let Some(steps) = STEPS.iter().find(|steps| are_dates && are_most(steps)) {
            return Some(Self::Steps(steps));
        }
        let (stride, most) = strides.iter().max_by_key(|(_, count)| **count)?;
        (*stride > 1 && all >= LEAST_STRIDES && 4 * most >= 3 * all).then_some(Self::Other(*stride))
    }
}

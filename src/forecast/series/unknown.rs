//! How does a file say that nobody knows a value? As other tools write it: `NA`, `NaN`, `null`, in Parquet nothing.

use super::calendar::Frequency;
use super::collector::Gathering;
use super::ends::Ends;

/// The rows of a file that have no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlankRows {
    /// What a step is: `day`, or `step` where steps are numbers.
    pub noun: &'static str,
    /// All of them, without those of series that have no value at all.
    pub rows: usize,
    /// Series with such rows.
    pub series: usize,
    /// Those before the first value of their series: left out.
    pub before: usize,
    /// Those after the newest value of the file: these steps are forecast.
    pub after: usize,
    /// Those among the values: left out because nobody knows.
    pub unknown: usize,
    /// The series with most of them.
    pub most: String,
    /// How many it has.
    pub most_rows: usize,
}

/// What the rows without a value come to; `None` where every row has one.
pub(super) fn summarise(gathering: &Gathering, ends: &Ends, frequency: Frequency) -> Option<BlankRows> {
    let all: Vec<[usize; 3]> = gathering
        .series
        .iter()
        .zip(&ends.of_series)
        .map(|(one, end)| {
            let until = one.values.len() + end.blank;
            let late = one.blanks.after.iter().filter(|step| **step >= until).count();
            let inside: usize = one.blanks.inside.iter().map(ExactSizeIterator::len).sum();
            [one.blanks.before, inside + one.blanks.after.len() - late, late]
        })
        .collect();
    let rows = |one: &[usize; 3]| one.iter().sum::<usize>();
    let most = (0..all.len()).max_by_key(|index| (rows(&all[*index]), usize::MAX - index))?;
    let sum = |part: usize| all.iter().map(|one| one[part]).sum::<usize>();
    (rows(&all[most]) > 0).then(|| BlankRows {
        noun: gathering.series[most].first.noun(frequency),
        rows: all.iter().map(rows).sum(),
        series: all.iter().filter(|one| rows(one) > 0).count(),
        before: sum(0),
        unknown: sum(1),
        after: sum(2),
        most: gathering.names[most].clone(),
        most_rows: rows(&all[most]),
    })
}

/// Whether a cell says that its value is not known: an empty cell and the words of R, pandas, spreadsheets,
/// databases and SAS, however their letters are cased.
pub(super) fn is_unknown(cell: &str) -> bool {
    const WORDS: [&str; 10] = ["", "NA", "NaN", "null", "None", ".", "N/A", "#N/A", "<NA>", "\\N"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(cell))
}

#[cfg(test)]
mod tests {
    use super::is_unknown;

    #[test]
    fn words_for_unknown_are_no_numbers_and_other_words_are_none() {
        assert!(["", "NA", "nan", "NULL", "none", ".", "#N/A", "<NA>", "\\N"].into_iter().all(is_unknown));
        assert!(!["0", "-", "n", "many", "inf", ".5", "NA 3", "N"].into_iter().any(is_unknown));
    }
}

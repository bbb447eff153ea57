//! Which columns that no table knows hold the amounts that a record's own total lacks?

use std::collections::BTreeMap;

use crate::ingest::cell::{self, Value};
use crate::ingest::context::Context;
use crate::ingest::shape::View;
use crate::types::Money as Amount;

/// Of more columns than these none is looked for: a chance sum is as likely as the right one.
const COLUMNS: usize = 10;

/// A number in a column that no field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unread<'a> {
    /// The record among those that belong together.
    pub(crate) row: usize,
    pub(crate) header: &'a str,
    pub(crate) amount: Amount,
}

/// The numbers other than zero that records have in columns that no field names.
pub(crate) fn numbers<'a>(rows: &[View<'a>], context: &Context) -> Vec<Unread<'a>> {
    let of_row = |(row, view): (usize, &View<'a>)| {
        let locale = view.locale(context);
        let number = move |(header, value): (&'a str, Value<&'a str>)| {
            let Value::Text(text) = value else { return None };
            let amount = cell::money(text, &locale).ok().filter(|amount| !amount.is_zero())?;
            Some(Unread { row, header, amount })
        };
        view.others().filter_map(number)
    };
    rows.iter().enumerate().flat_map(of_row).collect()
}

/// The amounts of the fewest columns that come to what is lacking; none where other columns, as few,
/// come to it too.
pub(crate) fn making_up<'a>(lacking: Amount, numbers: &[Unread<'a>]) -> Option<Vec<Unread<'a>>> {
    let mut columns: BTreeMap<&str, Amount> = BTreeMap::new();
    for number in numbers {
        let sum = columns.entry(number.header).or_default();
        *sum = sum.checked_add(number.amount)?;
    }
    let columns: Vec<(&str, Amount)> = columns.into_iter().collect();
    if columns.is_empty() || columns.len() > COLUMNS {
        return None;
    }
    let chosen = |mask: u32| columns.iter().enumerate().filter(move |(place, _)| mask & (1 << place) != 0);
    let comes_to_it = |mask: &u32| {
        let sum = chosen(*mask).try_fold(Amount::ZERO, |sum, (_, (_, amount))| sum.checked_add(*amount));
        sum == Some(lacking)
    };
    let ways: Vec<u32> = (1..1_u32 << columns.len()).filter(comes_to_it).collect();
    let fewest = ways.iter().map(|mask| mask.count_ones()).min()?;
    let mut ways = ways.into_iter().filter(|mask| mask.count_ones() == fewest);
    let way = ways.next().filter(|_| ways.next().is_none())?;
    let is_chosen = |number: &&Unread<'a>| chosen(way).any(|(_, (header, _))| *header == number.header);
    Some(numbers.iter().filter(is_chosen).copied().collect())
}

/// `; of the columns that are not read `Levy` holds -0.40`, for a reason why a record is refused.
pub(crate) fn named(numbers: &[Unread<'_>]) -> String {
    if numbers.is_empty() {
        return "; no column that is not read holds a number".to_owned();
    }
    let told: Vec<String> = numbers.iter().map(|number| format!("`{}` {}", number.header, number.amount)).collect();
    format!("; of the columns that are not read these hold numbers: {}", told.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Unread, making_up};
    use crate::types::Money;

    fn unread(header: &str, cents: i64) -> Unread<'_> {
        Unread { row: 0, header, amount: Money::from_cents(cents) }
    }

    fn headers(lacking: i64, numbers: &[Unread<'_>]) -> Option<Vec<String>> {
        let found = making_up(Money::from_cents(lacking), numbers)?;
        Some(found.iter().map(|number| number.header.to_owned()).collect())
    }

    #[test]
    fn the_fewest_columns_that_come_to_it_are_meant() {
        let numbers = [unread("Zip", 1_011_500), unread("Levy", -70), unread("Surcharge", -30), unread("Part", -40)];
        assert_eq!(headers(-100, &numbers), Some(vec!["Levy".to_owned(), "Surcharge".to_owned()]));
        assert_eq!(headers(-70, &numbers), Some(vec!["Levy".to_owned()]), "one column before two");
        assert_eq!(headers(-71, &numbers), None);
    }

    #[test]
    fn what_two_columns_explain_as_well_neither_does() {
        assert_eq!(headers(-70, &[unread("Levy", -70), unread("Rate", -70)]), None);
    }

    #[test]
    fn a_column_counts_with_all_its_records() {
        let lines = [Unread { row: 1, ..unread("Levy", -20) }, Unread { row: 2, ..unread("Levy", -50) }];
        assert_eq!(headers(-70, &lines), Some(vec!["Levy".to_owned(); 2]));
        assert_eq!(headers(-20, &lines), None, "no column tells of one line alone");
    }
}

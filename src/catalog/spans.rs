//! Spans of days on which nothing changes.

use std::collections::BTreeSet;

use crate::types::Day;

/// Days from the first to the last, both of them part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Day,
    pub(super) until: Day,
}

/// 0001-01-01 and 9999-12-31: the first and the last day that every engine can write.
const EVER: Span = Span { from: Day::from_days(-719_162), until: Day::from_days(2_932_896) };

/// What holds when, over all days: one value per span, spans that follow one another and hold the
/// same made one. `changes` are the first days of something new; `value_on` is asked once between
/// two of them.
pub(super) fn spans<V: PartialEq, E>(
    changes: &BTreeSet<Day>,
    mut value_on: impl FnMut(Day) -> Result<V, E>,
) -> Result<Vec<(Span, V)>, E> {
    let inner = changes.iter().copied().filter(|day| *day > EVER.from && *day <= EVER.until);
    let mut spans: Vec<(Span, V)> = Vec::new();
    for from in std::iter::once(EVER.from).chain(inner) {
        let value = value_on(from)?;
        match spans.last_mut() {
            Some((_, held)) if *held == value => {}
            Some((span, _)) => {
                span.until = from.plus(-1);
                spans.push((Span { from, until: EVER.until }, value));
            }
            None => spans.push((EVER, value)),
        }
    }
    Ok(spans)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    #[test]
    fn spans_leave_no_day_out_and_none_twice() {
        let days: BTreeSet<Day> = ["2026-01-01", "2026-02-01", "2026-03-01"].map(|day| day.parse().unwrap()).into();
        let february: Day = "2026-02-01".parse().unwrap();
        let found = spans(&days, |day| Ok::<_, Infallible>(day == february)).unwrap();
        let told: Vec<String> =
            found.iter().map(|(span, value)| format!("{}..{} {value}", span.from, span.until)).collect();
        assert_eq!(
            told,
            ["0001-01-01..2026-01-31 false", "2026-02-01..2026-02-28 true", "2026-03-01..9999-12-31 false"]
        );
    }
}

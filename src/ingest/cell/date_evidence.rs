//! Which of two numbers is the day? By what all dates of a file prove together.

use super::months::numbered;
use super::time::{Parts, Shape};
use crate::config::DateOrder;

/// What a file's numeric dates prove about the order of day and month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DateEvidence {
    /// Dates that prove that the day comes first.
    day_first: u64,
    /// Dates with points that do: so they are read in any case.
    day_first_by_custom: u64,
    /// Dates that prove that the month does.
    month_first: u64,
    /// Dates that could be either.
    pub(crate) undecided: u64,
    /// Times on a twelve-hour clock.
    pub(crate) twelve_hour: bool,
    /// Times that say how far they are from UTC.
    pub(crate) with_offset: bool,
    /// How many dates and times do not.
    pub(crate) without_offset: u64,
}

impl DateEvidence {
    /// Weighs one cell: `31/12/2026` proves that the day comes first; `03/04/2026` proves nothing.
    pub(crate) fn weigh(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let named;
        let parts = match Parts::of(text) {
            Some(parts) => parts,
            None => {
                named = numbered(text);
                let Some(parts) = Parts::of(&named) else { return };
                parts
            }
        };
        match parts.zone.is_some_and(|zone| zone.offset().is_some()) {
            true => self.with_offset = true,
            false => self.without_offset += 1,
        }
        self.twelve_hour |= parts.afternoon.is_some();
        let Shape::Open { first, second, mark, .. } = parts.date else { return };
        match (first > 12, second > 12) {
            (true, false) if mark == '.' => self.day_first_by_custom += 1,
            (true, false) => self.day_first += 1,
            (false, true) => self.month_first += 1,
            _ if first == second || mark == '.' => {}
            _ => self.undecided += 1,
        }
    }

    /// Adds what another part of the file proves.
    pub(crate) fn add(&mut self, other: Self) {
        self.day_first += other.day_first;
        self.day_first_by_custom += other.day_first_by_custom;
        self.month_first += other.month_first;
        self.undecided += other.undecided;
        self.twelve_hour |= other.twelve_hour;
        self.with_offset |= other.with_offset;
        self.without_offset += other.without_offset;
    }

    /// The order, if the cells agree on one.
    pub(crate) fn verdict(self) -> Option<DateOrder> {
        match (self.day_first > 0, self.month_first > 0) {
            _ if self.contradicts() => None,
            (true, false) => Some(DateOrder::DayMonthYear),
            (false, true) => Some(DateOrder::MonthDayYear),
            _ => None,
        }
    }

    /// The order that dates with points prove: so they are read unless somebody says otherwise.
    pub(crate) fn by_custom(self) -> Option<DateOrder> {
        (self.day_first_by_custom > 0 && !self.contradicts()).then_some(DateOrder::DayMonthYear)
    }

    /// The order, where the settings say one: the file's own where its cells agree on it and are no
    /// slip. Of the dates of a month more than a tenth prove their order; one in a thousand is a typing
    /// mistake, and is rejected rather than turning all the others round.
    pub(crate) fn verdict_against(self, said: DateOrder) -> DateOrder {
        let proofs = self.day_first + self.day_first_by_custom + self.month_first;
        match self.verdict().or(self.by_custom()) {
            Some(proved) if said != DateOrder::YearMonthDay && proofs * 10 > self.undecided => proved,
            _ => said,
        }
    }

    /// True where the cells contradict each other.
    pub(crate) fn contradicts(self) -> bool {
        self.day_first + self.day_first_by_custom > 0 && self.month_first > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_and_month_by_evidence() {
        let verdict = |texts: &[&str]| {
            let mut evidence = DateEvidence::default();
            texts.iter().for_each(|text| evidence.weigh(text));
            evidence.verdict()
        };
        assert_eq!(verdict(&["03/04/2025", "31/12/2025"]), Some(DateOrder::DayMonthYear));
        assert_eq!(verdict(&["03/04/2025", "12/31/2025"]), Some(DateOrder::MonthDayYear));
        assert_eq!(verdict(&["31/12/2025", "12/31/2025"]), None);
    }

    #[test]
    fn a_slip_does_not_turn_the_order_of_the_settings_round() {
        let mut evidence = DateEvidence::default();
        (0..20).for_each(|_| evidence.weigh("03/04/2025"));
        evidence.weigh("13/04/2025");
        assert_eq!(evidence.verdict_against(DateOrder::MonthDayYear), DateOrder::MonthDayYear);
        evidence.weigh("28/04/2025");
        evidence.weigh("30/04/2025");
        assert_eq!(evidence.verdict_against(DateOrder::MonthDayYear), DateOrder::DayMonthYear);
    }
}

//! Which is the decimal mark? By what all amounts of a file prove together, and never by one cell.

use super::is_null;
use crate::config::Decimal;

/// What a file's amounts prove about its decimal mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DecimalEvidence {
    points: u64,
    commas: u64,
}

impl DecimalEvidence {
    /// Weighs one cell: `1,234.56`, `10.50` and `1,234,567` prove a point; `1.234` proves nothing.
    pub(crate) fn weigh(&mut self, text: &str) {
        match proof(text) {
            Some(Decimal::Point) => self.points += 1,
            Some(Decimal::Comma) => self.commas += 1,
            None => {}
        }
    }

    /// Adds what another part of the file proves.
    pub(crate) fn add(&mut self, other: Self) {
        self.points += other.points;
        self.commas += other.commas;
    }

    /// The mark that at least eight in ten of the telling cells prove.
    pub(crate) fn verdict(self) -> Option<Decimal> {
        let share = |part: u64| part > 0 && part * 10 >= (self.points + self.commas) * 8;
        match (share(self.points), share(self.commas)) {
            (true, false) => Some(Decimal::Point),
            (false, true) => Some(Decimal::Comma),
            _ => None,
        }
    }
}

fn proof(text: &str) -> Option<Decimal> {
    if is_null(text) || text.bytes().any(|byte| byte.is_ascii_alphabetic() && byte.is_ascii_lowercase()) {
        return None;
    }
    let points = text.matches('.').count();
    let commas = text.matches(',').count();
    let by = |mark| if mark == '.' { Decimal::Point } else { Decimal::Comma };
    let other = |mark| if mark == '.' { Decimal::Comma } else { Decimal::Point };
    match (points, commas) {
        (0, 0) => None,
        (1.., 1..) => text.rfind(['.', ',']).map(|last| by(if text[last..].starts_with('.') { '.' } else { ',' })),
        (1, 0) => single(text, '.').then_some(Decimal::Point),
        (0, 1) => single(text, ',').then_some(Decimal::Comma),
        (0, _) => Some(other(',')),
        (_, 0) => Some(other('.')),
    }
}

/// Whether the only mark in a text must be a decimal mark.
fn single(text: &str, mark: char) -> bool {
    let Some((before, after)) = text.split_once(mark) else { return false };
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let lone_zero = before.trim_start_matches(|letter: char| !letter.is_ascii_digit()) == "0";
    digits(after) != 3 || digits(before) == 0 || digits(before) > 3 || lone_zero
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_needs_proof() {
        let verdict = |texts: &[&str]| {
            let mut evidence = DecimalEvidence::default();
            texts.iter().for_each(|text| evidence.weigh(text));
            evidence.verdict()
        };
        assert_eq!(verdict(&["1.234"]), None);
        assert_eq!(verdict(&["1.234", "0,99"]), Some(Decimal::Comma));
        assert_eq!(verdict(&["1,234", "0.99"]), Some(Decimal::Point));
        assert_eq!(verdict(&["1,234,567"]), Some(Decimal::Point));
        assert_eq!(verdict(&["10.50", "10,50"]), None);
        assert_eq!(verdict(&["0.125"]), Some(Decimal::Point));
    }
}

//! Which product may a number mean that nothing maps? Suggested to a person, never applied.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::types::Sku;

/// Most suggestions for one number; of more nothing can be learnt.
const MOST: usize = 3;

/// SKUs that a number is close to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// The closest SKUs, in order; none where nothing is close, or too many are.
    pub skus: Vec<Sku>,
    /// How close they are, in words; empty without a SKU.
    pub why: String,
}

/// For each number the SKUs it is closest to: those that differ only in case, in dashes and the like
/// or in leading zeros; else those that are the fewest letters away, at most one of a short number
/// and two of a long one (Damerau 1964: a letter more, less, other or swapped with the next).
pub fn near_misses(numbers: &[&str], known: &BTreeSet<Sku>) -> Vec<Suggestion> {
    let known: Vec<(Plain, &Sku)> = known.iter().map(|sku| (Plain::of(sku.as_str()), sku)).collect();
    numbers.par_iter().map(|number| closest(number, &known)).collect()
}

fn closest(number: &str, known: &[(Plain, &Sku)]) -> Suggestion {
    let plain = Plain::of(number);
    let (mut least, mut skus) = (plain.tolerated(), Vec::new());
    if plain.letters.is_empty() {
        return Suggestion::default();
    }
    for (other, sku) in known.iter().filter(|(_, sku)| sku.as_str() != number) {
        let Some(distance) = plain.distance(other, least) else { continue };
        if distance < least {
            (least, skus) = (distance, Vec::new());
        }
        skus.push((*sku).clone());
    }
    match skus.len() {
        0 => Suggestion::default(),
        count if count > MOST => Suggestion::default(),
        _ => Suggestion { why: why(number, &skus[0], least), skus },
    }
}

fn why(number: &str, sku: &Sku, distance: usize) -> String {
    match distance {
        0 if number.to_lowercase() == sku.as_str().to_lowercase() => "differs only in case".to_owned(),
        0 => "differs only in case, dashes, spaces or leading zeros".to_owned(),
        1 => "one letter apart".to_owned(),
        letters => format!("{letters} letters apart"),
    }
}

/// A number as it is compared: small letters and digits, each run of digits without leading zeros.
struct Plain {
    letters: Vec<char>,
    /// A bit for each letter or digit in it: numbers that are close differ in few.
    held: u64,
}

impl Plain {
    fn of(text: &str) -> Self {
        let mut letters: Vec<char> = Vec::new();
        let mut after_digit = false;
        let small: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
        for (index, letter) in small.iter().enumerate() {
            let zero_before_digit = *letter == '0' && small.get(index + 1).is_some_and(char::is_ascii_digit);
            if letter.is_alphanumeric() && (after_digit || !zero_before_digit) {
                letters.push(*letter);
                after_digit = letter.is_ascii_digit();
            } else if *letter != '0' {
                after_digit = false;
            }
        }
        let held = letters.iter().fold(0, |held, letter| held | 1 << (u32::from(*letter) % 64));
        Self { letters, held }
    }

    /// How many letters two numbers may differ in and still be close: of a number of three letters
    /// every other is.
    fn tolerated(&self) -> usize {
        match self.letters.len() {
            ..=3 => 0,
            4..=7 => 1,
            _ => 2,
        }
    }

    /// The letters to change, if they are no more than `most` and no more than the shorter of the
    /// two tolerates.
    fn distance(&self, other: &Self, most: usize) -> Option<usize> {
        let most = most.min(other.tolerated());
        let (own, others) = (&self.letters, &other.letters);
        if own.len().abs_diff(others.len()) > most || (self.held ^ other.held).count_ones() as usize > 2 * most {
            return None;
        }
        let mut before: Vec<usize> = Vec::new();
        let mut above: Vec<usize> = (0..=others.len()).collect();
        for (row, letter) in own.iter().enumerate() {
            let mut line = vec![row + 1];
            for (column, other) in others.iter().enumerate() {
                let replaced = above[column] + usize::from(letter != other);
                let mut least = replaced.min(above[column + 1] + 1).min(line[column] + 1);
                if row > 0 && column > 0 && *letter == others[column - 1] && own[row - 1] == *other {
                    least = least.min(before[column - 1] + 1);
                }
                line.push(least);
            }
            (before, above) = (above, line);
        }
        above.last().copied().filter(|distance| *distance <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggested(number: &str, known: &[&str]) -> String {
        let known = known.iter().map(Sku::new).collect();
        let found = near_misses(&[number], &known).remove(0);
        format!("{}: {}", found.skus.iter().map(Sku::as_str).collect::<Vec<_>>().join(" or "), found.why)
    }

    #[test]
    fn what_differs_in_writing_only_is_closest() {
        assert_eq!(suggested("mug-blue", &["MUG-BLUE", "MUG-BLUR"]), "MUG-BLUE: differs only in case");
        let writing = "differs only in case, dashes, spaces or leading zeros";
        assert_eq!(suggested("MUG BLUE 007", &["mug_blue-7", "MUG-BLUE-8"]), format!("mug_blue-7: {writing}"));
        assert_eq!(suggested("00123", &["123", "1230"]), format!("123: {writing}"));
        assert_eq!(suggested("LAMP100", &["LAMP1"]), ": ", "zeros at the end are no leading zeros");
    }

    #[test]
    fn letters_are_counted_and_swaps_are_one() {
        assert_eq!(suggested("LANTERN-RED", &["LANTENR-RED", "POT"]), "LANTENR-RED: one letter apart");
        assert_eq!(suggested("TT-OLDLANTERN", &["OLDLANTERN"]), "OLDLANTERN: 2 letters apart");
        assert_eq!(suggested("LAMP", &["LIMPS"]), ": ", "two of four letters are another word");
        assert_eq!(suggested("CUP", &["CAP", "CUT"]), ": ", "short words are all close");
        assert_eq!(suggested("LAMP-4", &["LAMP-1", "LAMP-2"]), "LAMP-1 or LAMP-2: one letter apart");
        assert_eq!(suggested("LAMP-9", &["LAMP-1", "LAMP-2", "LAMP-3", "LAMP-4"]), ": ", "a family tells nothing");
        assert_eq!(suggested("---", &["POT"]), ": ");
    }
}

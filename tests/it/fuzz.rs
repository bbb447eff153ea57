//! Settings, mappings, workbooks and files of series that nobody would write: each is read, or refused with a
//! message. Nothing panics.
//!
//! `TRUEUP_FUZZ=25000` tries so many of each kind, `TRUEUP_FUZZ=4711..4712` the one that a failure names.

mod mappings;
mod series;
mod settings;
mod workbooks;

use std::panic::{AssertUnwindSafe, catch_unwind};

use trueup::error::Diagnostic;
use trueup::shell;

use crate::mutations::{Chance, numbers};

/// Everything that settings can say.
const SETTINGS: &str = include_str!("fuzz/settings.toml");

/// What stands where a value is expected.
const VALUES: &[&str] = &[
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "4294967296",
    "1e308",
    "-1e308",
    "1e-320",
    "-0.0",
    "nan",
    "inf",
    "true",
    "\"\"",
    "\"15%\"",
    "\"-100%\"",
    "\"99999999999999.9999\"",
    "\"*\"",
    "\"any\"",
    "\"\\u0000\\u202e\"",
    "\"\"\"\n\n\"\"\"",
    "[]",
    "[[[[[[[[[[[[1]]]]]]]]]]]]",
    "{}",
    "{ a = { b = { c = 1 } } }",
    "0001-01-01",
    "9999-12-31T23:59:59.999999999Z",
    "\"order_id\"",
    "\"order_lines\"",
    "\"refunded\"",
    "\"market\"",
];

/// What a slip of the hand leaves anywhere.
const SLIPS: &[&str] =
    &["\"", "'", "[", "]", "{", "}", "=", ".", ",", "#", "\n", "\r", "\t", "\\", "é", "\u{202e}", "[["];

/// How an input ended.
enum End {
    Read,
    Refused,
}

impl End {
    /// A refusal says what is wrong, and can be drawn.
    fn of<T>(outcome: Result<T, Box<Diagnostic>>) -> Self {
        match outcome {
            Ok(_) => Self::Read,
            Err(problem) => {
                assert!(!problem.message.is_empty() && !shell::draw(&problem, false).is_empty());
                Self::Refused
            }
        }
    }
}

/// Tries as many inputs as are asked for; `usual` without being asked.
fn try_all(kind: &str, usual: u64, attempt: impl Fn(&mut Chance) -> End) {
    let numbers = numbers("TRUEUP_FUZZ", usual);
    let count = numbers.end - numbers.start;
    let (mut read, mut refused, mut failed) = (0, 0, Vec::new());
    for number in numbers {
        match catch_unwind(AssertUnwindSafe(|| attempt(&mut Chance(number)))) {
            Ok(End::Read) => read += 1,
            Ok(End::Refused) => refused += 1,
            Err(_) => failed.push(number),
        }
    }
    eprintln!("{count} {kind}: {read} are read, {refused} are refused");
    assert!(failed.is_empty(), "{kind} {failed:?}");
    // Damage that everything or nothing survives would prove nothing.
    assert!(count < usual || read * 20 > count && refused * 20 > count, "{kind}: {read} and {refused}");
}

/// The text with one to three slips, of which it may survive some.
fn garbled(text: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=chance.below(3) {
        let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
        match chance.below(9) {
            0 => lines.swap(one, other),
            1 => drop(lines.remove(one)),
            2 => lines.insert(other, lines[one].clone()),
            3 => swap_keys(&mut lines, one, other),
            4 => slip(&mut lines[one], chance),
            5 => replace_number(&mut lines[one], chance),
            _ => replace_value(&mut lines[one], chance),
        }
    }
    lines.join("\n")
}

fn swap_keys(lines: &mut [String], one: usize, other: usize) {
    let cut = |line: &str| line.split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned()));
    if let (Some((key, value)), Some((other_key, other_value))) = (cut(&lines[one]), cut(&lines[other])) {
        lines[one] = format!("{other_key} = {value}");
        lines[other] = format!("{key} = {other_value}");
    }
}

fn slip(line: &mut String, chance: &mut Chance) {
    let places: Vec<usize> = line.char_indices().map(|(place, _)| place).collect();
    let at = places.get(chance.below(places.len())).copied().unwrap_or_default();
    line.insert_str(at, SLIPS[chance.below(SLIPS.len())]);
}

fn replace_value(line: &mut String, chance: &mut Chance) {
    let places: Vec<usize> = line.match_indices("= ").map(|(place, _)| place + 2).collect();
    let Some(at) = places.get(chance.below(places.len())) else { return };
    let rest = line.split_off(*at);
    // Of several values on a line the others stay as they are.
    let end = rest.find([',', '}']).unwrap_or(rest.len());
    line.push_str(VALUES[chance.below(VALUES.len())]);
    line.push_str(&rest[end..]);
}

fn replace_number(line: &mut String, chance: &mut Chance) {
    let Some(start) = line.find(|letter: char| letter.is_ascii_digit()) else { return };
    let length = line[start..].find(|letter: char| !letter.is_ascii_digit()).unwrap_or(line.len() - start);
    line.replace_range(start..start + length, VALUES[chance.below(12)]);
}

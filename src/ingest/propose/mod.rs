//! A layout for a file that no export knows, guessed from what its headers are called and what its
//! values look like.

mod books;
mod draft;
mod guess;
mod marks;
mod names;
mod targets;
mod words;

use std::cmp::Reverse;
use std::path::Path;

use super::explain::Proposal;
use super::sniff::Sniffed;
use crate::config::{ChannelSettings, Settings};
use crate::lake::Table;
use draft::Draft;
use guess::{Guess, Reading};
pub(crate) use guess::{called, is_torn, likely};
use targets::{MARKS, TARGETS, Target};

/// The tables that a layout can be proposed for.
pub(crate) fn tables() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.table).collect()
}

/// The table that a file fills best, or the one that is asked for, as a `[mapping.NAME]`; where it
/// fits no table, what to do.
pub(crate) fn propose(
    path: &Path,
    sniffed: &Sniffed,
    folder: Option<&ChannelSettings>,
    asked: Option<&str>,
    settings: &Settings,
) -> Result<Proposal, Option<String>> {
    if let Some([first, second]) = guess::numbered(sniffed) {
        let reason = format!("it has several articles on a row (`{first}`, `{second}`), and a mapping reads one");
        return Err(Some(format!("{reason}: export it with a row per order line")));
    }
    let reading = Reading::of(sniffed, settings);
    let guesses: Vec<(&Target, Guess)> =
        TARGETS.iter().map(|target| (target, guess::hold(target, sniffed, &reading))).collect();
    let whole = fullest(&guesses);
    if let (None, Some(header)) = (whole, guess::packed(sniffed)) {
        let reason = format!("`{header}` packs several articles into one cell, and a mapping reads one per row");
        return Err(Some(format!("{reason}: export it with a row per order line")));
    }
    let wanted = asked.and_then(|asked| guesses.iter().position(|(target, _)| target.table == asked));
    let guess_of = |table: &str| guesses.iter().position(|(target, _)| target.table == table);
    let payments = guess_of("settlement_lines").zip(guess_of("order_lines")).and_then(|(settlement, orders)| {
        guess::tells_of_payments(&guesses[settlement].1, &guesses[orders].1, sniffed).then_some(settlement)
    });
    let place = wanted.or(payments).or(whole).or_else(|| nearest(&guesses)).ok_or(None)?;
    let possible = possible(&guesses, place);
    let (target, guess) = guesses.into_iter().nth(place).expect("it is a place among them");
    let table = Table::named(target.table).expect("targets are tables of the lake");
    let mut draft = Draft { target, table, guess, sniffed, reading, doubts: Vec::new(), unsaid: Vec::new() };
    if asked.is_none() {
        draft.doubt_the_table(&possible, path, settings);
    }
    let toml = draft.toml(path, folder, settings);
    draft.doubt_the_time(path, folder, settings);
    draft.doubt_what_is_unused();
    let columns = draft.guess.columns.iter().map(|(column, place)| (*place, *column));
    Ok(Proposal {
        table: table.name,
        toml,
        open: draft.guess.untold.iter().map(|any| format!("`{}`", any.join("` or `"))).collect(),
        columns: columns.collect(),
        unsaid: draft.unsaid,
        doubts: draft.doubts,
    })
}

/// The table of which all that tells it is there, and that has a use for the most headers.
fn fullest(guesses: &[(&Target, Guess)]) -> Option<usize> {
    let whole = guesses.iter().enumerate().filter(|(_, (_, guess))| guess.untold.is_empty());
    whole.max_by_key(|(place, (_, guess))| (guess.columns.len(), Reverse(*place))).map(|(place, _)| place)
}

/// How many of a hundred of what tells a table are there, and how many headers it has a use for; none
/// where the file lacks what it cannot be without.
fn share((target, guess): &(&Target, Guess)) -> Option<(usize, usize)> {
    let mark = MARKS.iter().find(|(table, _)| *table == target.table);
    let is_near = mark.is_none_or(|(_, column)| guess.columns.contains_key(column));
    let told = target.telling.len() - guess.untold.len();
    is_near.then(|| (told * 100 / target.telling.len(), guess.columns.len()))
}

/// The table of which at least a quarter of what tells it is there, and most.
fn nearest(guesses: &[(&Target, Guess)]) -> Option<usize> {
    let near = guesses.iter().enumerate().filter_map(|(place, guess)| Some((share(guess)?, Reverse(place))));
    near.filter(|((told, _), _)| *told >= 25).max().map(|(_, Reverse(place))| place)
}

/// The tables that a file may be as well as the one that is chosen, which goes first.
fn possible(guesses: &[(&Target, Guess)], chosen: usize) -> Vec<&'static str> {
    let mut near: Vec<_> = guesses
        .iter()
        .enumerate()
        .filter_map(|(place, guess)| Some((Reverse(share(guess)?), place)))
        .filter(|(Reverse((told, _)), place)| *told >= 50 && *place != chosen)
        .collect();
    near.sort_unstable();
    let others = near.into_iter().map(|(_, place)| place);
    [chosen].into_iter().chain(others).map(|place| guesses[place].0.table).collect()
}

/// Choices in a sentence.
pub(crate) fn either(words: &[&str]) -> String {
    let mut text = String::new();
    for (place, word) in words.iter().enumerate() {
        let before = match place {
            0 => "",
            _ if place + 1 == words.len() => " or ",
            _ => ", ",
        };
        text += &format!("{before}`{word}`");
    }
    text
}

/// The text as TOML writes it, on one line: a key can be nothing else.
pub(crate) fn quoted(text: &str) -> String {
    if !text.contains(char::is_control) {
        return toml::Value::from(text).to_string();
    }
    let escaped = |letter: char| match letter {
        '"' | '\\' => format!("\\{letter}"),
        letter if letter.is_control() => format!("\\u{:04x}", letter as u32),
        letter => letter.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

//! A layout for a file that no export knows, guessed from what its headers are called and what its
//! values look like.

mod books;
mod doubts;
mod draft;
mod further;
mod guess;
mod keys;
mod labels;
mod marks;
mod names;
mod rates;
mod reading;
mod returns;
mod signs;
mod sisters;
mod speech;
mod targets;
mod translations;
mod words;

use std::cmp::Reverse;
use std::path::Path;

use super::explain::Proposal;
use super::sniff::Sniffed;
use crate::config::{ChannelSettings, Settings};
use crate::lake::Table;
use draft::Draft;
use guess::{Guess, Subject};
pub(crate) use guess::{called, is_torn, likely};
use reading::Reading;
use returns::Named;
use sisters::Sister;
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
    let reading = Reading::of(sniffed, settings);
    let orders = guess::hold(target("order_lines"), sniffed, &reading, Subject::Anything);
    let sisters = sisters::of_orders(path, sniffed, &orders, settings);
    let subject = match asked {
        Some("refund_lines") => Subject::Returns,
        _ => subject(path, sniffed, &orders, &reading),
    };
    let file = File { path, sniffed, named: Named::of(path), subject };
    let held = TARGETS.iter().map(|target| (target, guess::hold(target, sniffed, &reading, file.subject)));
    let guesses: Vec<(&Target, Guess)> = held.collect();
    let obstacle = obstacle(sniffed, &guesses);
    if let (None, Some(obstacle)) = (asked, obstacle.clone()) {
        return Err(Some(obstacle));
    }
    let place = file.table(asked, &guesses, &sisters).ok_or(None)?;
    let possible = possible(&guesses, place, file.subject);
    let (target, mut guess) = guesses.into_iter().nth(place).expect("it is a place among them");
    if target.table == "order_lines" {
        rates::add_discount_rate(&mut guess, sniffed, &reading);
    }
    let table = Table::named(target.table).expect("targets are tables of the lake");
    let mut draft =
        Draft { target, table, guess, file, reading, doubts: Vec::new(), unsaid: Vec::new(), choices: Vec::new() };
    draft.unsaid.extend(obstacle);
    if asked.is_none() && !sisters.iter().any(Sister::completes) {
        draft.doubt_the_table(&possible, settings);
    }
    let toml = draft.toml(folder, settings);
    draft.doubt(folder, settings, &sisters);
    let toml = toml + &draft.chosen();
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

/// A file that a layout is proposed for.
struct File<'a> {
    path: &'a Path,
    sniffed: &'a Sniffed,
    /// What its name says of returns.
    named: Named,
    subject: Subject,
}

impl File<'_> {
    /// The table that the file fills best, by its place among the guesses.
    fn table(&self, asked: Option<&str>, guesses: &[(&Target, Guess)], sisters: &[Sister]) -> Option<usize> {
        let of = |table: &str| guesses.iter().position(|(target, _)| target.table == table);
        let [orders, settlement] = ["order_lines", "settlement_lines"].map(of);
        if asked.is_some() {
            return asked.and_then(of);
        }
        match self.subject {
            Subject::Returns => return of("refund_lines"),
            Subject::Labels => return settlement,
            Subject::Anything => {}
        }
        let payments = settlement.zip(orders).filter(|(settlement, orders)| {
            guess::tells_of_payments(&guesses[*settlement].1, &guesses[*orders].1, self.sniffed)
        });
        let whole = Self::of_orders(guesses, orders).or_else(|| fullest(guesses));
        let part = orders.filter(|_| whole.is_none() && sisters.iter().any(Sister::completes));
        payments.map(|(settlement, _)| settlement).or(whole).or(part).or_else(|| nearest(guesses))
    }

    /// Order lines that lack something, where what is whole would make counts, costs or products of them: those
    /// number no orders.
    fn of_orders(guesses: &[(&Target, Guess)], orders: Option<usize>) -> Option<usize> {
        let place = orders?;
        let whole = fullest(guesses)?;
        let columns = &guesses[place].1.columns;
        let has = |any: &[&str]| any.iter().any(|column| columns.contains_key(column));
        let counts = ["costs", "products", "channel_stock", "stock"].contains(&guesses[whole].0.table);
        let sells = has(&["order_id"]) && has(&["sku", "title"]) && has(&["ordered_at", "quantity", "unit_price"]);
        (counts && sells).then_some(place)
    }
}

fn target(table: &str) -> &'static Target {
    TARGETS.iter().find(|target| target.table == table).expect("it is one of them")
}

fn subject(path: &Path, sniffed: &Sniffed, orders: &Guess, reading: &Reading) -> Subject {
    if returns::tells_of_returns(Named::of(path), orders, sniffed, reading) {
        Subject::Returns
    } else if labels::tells_of_labels(orders, sniffed) {
        Subject::Labels
    } else {
        Subject::Anything
    }
}

/// Why no mapping reads a file: it has several articles on a row.
fn obstacle(sniffed: &Sniffed, guesses: &[(&Target, Guess)]) -> Option<String> {
    let instead = "export it with a row per order line";
    if let Some([first, second]) = guess::numbered(sniffed) {
        let reason = format!("it has several articles on a row (`{first}`, `{second}`), and a mapping reads one");
        return Some(format!("{reason}: {instead}"));
    }
    let header = guess::packed(sniffed).filter(|_| fullest(guesses).is_none())?;
    Some(format!("`{header}` packs several articles into one cell, and a mapping reads one per row: {instead}"))
}

/// The table of which all that tells it is there, and that has a use for the most headers.
fn fullest(guesses: &[(&Target, Guess)]) -> Option<usize> {
    let candidates = guesses.iter().enumerate().filter(|(_, (target, _))| target.table != "refund_lines");
    let whole = candidates.clone().filter(|(_, (_, guess))| guess.untold.is_empty());
    let fullest = whole.clone().max_by_key(|(place, (_, guess))| (guess.columns.len(), Reverse(*place)))?;
    // What is on hand beside what is available is a count of the source of truth, and no channel shows it.
    let own = whole.clone().find(|(_, (target, _))| target.table == "stock");
    let own = own.filter(|_| fullest.1.0.table == "channel_stock");
    // What things cost, beside no price at which they are sold, is no list of what is sold.
    let has_price = ["price", "msrp"].iter().any(|column| fullest.1.1.columns.contains_key(column));
    let costs = whole.clone().find(|(_, (target, _))| target.table == "costs");
    let costs = costs.filter(|_| fullest.1.0.table == "products" && !has_price);
    Some(own.or(costs).unwrap_or(fullest).0)
}

/// How many of a hundred of what tells a table are there, and how many headers it has a use for; none
/// where the file lacks what it cannot be without. Refunds tell of themselves.
fn share((target, guess): &(&Target, Guess)) -> Option<(usize, usize)> {
    if target.table == "refund_lines" {
        return None;
    }
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
fn possible(guesses: &[(&Target, Guess)], chosen: usize, subject: Subject) -> Vec<&'static str> {
    if subject != Subject::Anything {
        return vec![guesses[chosen].0.table];
    }
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

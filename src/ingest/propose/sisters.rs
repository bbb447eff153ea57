//! Which files beside one hold the rest of its orders? Shops keep orders in one table and what was ordered in
//! another, and a mapping reads one file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::draft::listed;
use super::guess::{self, Guess, Subject};
use super::reading::Reading;
use super::returns::{self, Named};
use super::speech::{holds_part, spoken};
use super::target;
use crate::config::Settings;
use crate::ingest::sniff::{ROWS, Sniffed, peek};
use crate::ingest::{has_ending, recognise};

/// Files of a folder that are looked at, and the bytes of one.
const FILES: usize = 30;
const BYTES: u64 = 64 << 20;

/// What order lines live on, and the columns of which each needs one.
const NEEDS: &[&[&str]] = &[&["ordered_at"], &["sku", "title"], &["quantity"], &["unit_price", "gross"], &["status"]];

/// A file with the same orders.
pub(super) struct Sister {
    name: String,
    /// What numbers the orders.
    id: String,
    here: Side,
    there: Side,
}

/// What to do about two files with the same orders.
pub(super) enum Advice {
    /// Map the other one.
    Instead(String),
    /// Make one file of them.
    Join(String),
    /// Map this one, and not the other as well.
    Beware(String),
}

/// What one of two files says that the other lacks.
struct Side {
    /// Columns of order lines.
    columns: Vec<&'static str>,
    /// Their headers.
    headers: Vec<String>,
    names_articles: bool,
    /// Whether it says all that order lines need.
    is_whole: bool,
}

impl Sister {
    /// Whether the two files together are order lines, and this one alone is not.
    pub(super) fn completes(&self) -> bool {
        !self.here.is_whole && !self.there.columns.is_empty()
    }

    /// How the two belong together.
    pub(super) fn advice(&self) -> Advice {
        let Self { name, id, here, there } = self;
        let same = format!("`{name}` in the same folder has these orders too, by `{id}`");
        if there.columns.is_empty() {
            return Advice::Beware(format!(
                "{same}, and says less of them: map one of the two, or each order counts twice"
            ));
        }
        let (says, only_here) = (said(&there.columns), said(&here.headers));
        if there.is_whole && !here.is_whole {
            let rest = if here.columns.is_empty() { String::new() } else { format!("; only here: {only_here}") };
            return Advice::Instead(format!(
                "{same}, and says {says}, all that order lines need: map that one and not this{rest}"
            ));
        }
        if !here.names_articles && here.columns.is_empty() {
            return Advice::Instead(format!("{same}, and says {says}, which is not here: map that one and not this"));
        }
        let (headers, from, into) = match here.names_articles {
            true => (said(&there.headers), format!("`{name}`"), "this file".to_owned()),
            false => (only_here, "this file".to_owned(), format!("`{name}`")),
        };
        let join = format!(
            "a mapping reads one file: write {headers} of {from} into {into}, looked up by `{id}` in a spreadsheet"
        );
        Advice::Join(format!(
            "{same}, and says {says}, which is not here; {join} or joined in DuckDB, and map that one alone"
        ))
    }
}

fn said<T: AsRef<str>>(words: &[T]) -> String {
    listed(&words.iter().map(AsRef::as_ref).collect::<Vec<_>>(), " and ")
}

/// The files in the folder of one that hold the same orders and say more or less of them.
pub(super) fn of_orders(path: &Path, sniffed: &Sniffed, orders: &Guess, settings: &Settings) -> Vec<Sister> {
    let here = Held { sniffed, guess: orders };
    beside(path).iter().filter_map(|other| sister(path, &here, other, settings)).collect()
}

/// The other files of the folder that may be exports.
fn beside(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_small = |other: &PathBuf| fs::metadata(other).is_ok_and(|meta| meta.is_file() && meta.len() <= BYTES);
    let is_other = |other: &PathBuf| other.file_name() != path.file_name() && has_ending(other);
    let mut files: Vec<PathBuf> = entries.filter(|other| is_other(other) && is_small(other)).collect();
    files.sort();
    files.truncate(FILES);
    files
}

/// A file and what it is as orders.
struct Held<'a> {
    sniffed: &'a Sniffed,
    guess: &'a Guess,
}

impl Held<'_> {
    fn names_articles(&self) -> bool {
        self.has(&["sku", "title"])
    }

    fn has(&self, any: &[&str]) -> bool {
        any.iter().any(|column| self.guess.columns.contains_key(column))
    }

    /// The header that numbers the orders: in a file of orders, `id` alone does.
    fn id(&self, path: &Path) -> Option<usize> {
        let named = self.guess.columns.get("order_id").copied();
        let of_orders = holds_part(&spoken(&path.file_stem().unwrap_or_default().to_string_lossy()), "order");
        let plain = || self.sniffed.headers.iter().position(|header| spoken(header) == "id").filter(|_| of_orders);
        named.or_else(plain)
    }

    /// What this file says and another lacks.
    fn beyond(&self, other: &Self) -> Side {
        let only_here = NEEDS.iter().filter(|any| self.has(any) && !other.has(any));
        let columns: Vec<&str> =
            only_here.filter_map(|any| any.iter().find(|column| self.has(&[column])).copied()).collect();
        let header = |column: &&str| self.sniffed.headers[self.guess.columns[column]].clone();
        let headers = columns.iter().map(header).collect();
        Side { columns, headers, names_articles: self.names_articles(), is_whole: self.guess.untold.is_empty() }
    }
}

fn sister(path: &Path, here: &Held<'_>, other: &Path, settings: &Settings) -> Option<Sister> {
    let id_here = here.id(path)?;
    let sniffed = peek(other, recognise::folder_channel(other, settings), settings).ok()??;
    let reading = Reading::of(&sniffed, settings);
    let guess = guess::hold(target("order_lines"), &sniffed, &reading, Subject::Anything);
    let there = Held { sniffed: &sniffed, guess: &guess };
    let id_there = there.id(other)?;
    if returns::tells_of_returns(Named::of(other), &guess, &sniffed, &reading)
        || !meet((here, id_here), (&there, id_there))
    {
        return None;
    }
    let sides = (here.beyond(&there), there.beyond(here));
    let differ = !sides.0.columns.is_empty() || !sides.1.columns.is_empty();
    let names_articles = sides.0.names_articles || sides.1.names_articles;
    let name = other.file_name()?.to_string_lossy().into_owned();
    let id = there.sniffed.headers[id_there].clone();
    (differ && names_articles).then_some(Sister { name, id, here: sides.0, there: sides.1 })
}

/// Whether two files number the same orders. Of long files only the first rows are known: there the same header
/// must do.
fn meet((here, id_here): (&Held<'_>, usize), (there, id_there): (&Held<'_>, usize)) -> bool {
    let ids: BTreeSet<&str> = here.sniffed.column(id_here).collect();
    let is_long = here.sniffed.rows.len() >= ROWS || there.sniffed.rows.len() >= ROWS;
    let same_header = spoken(&here.sniffed.headers[id_here]) == spoken(&there.sniffed.headers[id_there]);
    there.sniffed.column(id_there).any(|id| ids.contains(id)) || is_long && same_header
}

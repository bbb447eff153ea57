//! How is a file understood, and what would make an unknown one known?

use std::collections::BTreeMap;
use std::path::Path;

use super::cell::{Locale, written_day};
use super::channels;
use super::context::Context;
use super::kinds::RejectKind;
use super::propose;
use super::read;
use super::receipt::{FileContext, Receipt, Recognition};
use super::recognise::{self, Known};
use super::remedy::Manner;
use super::settle::settle;
use super::shape::is_derived;
use super::sisters::Sisters;
use super::sniff::{Sniffed, look};
use super::source::Source;
use super::trial::Glance;
use crate::config::{DateOrder, Decimal, Settings};
use crate::error::{Diagnostic, Result, near};
use crate::types::Currency;

/// How a file is understood. Nothing of it is kept.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The export it is; none where it is unknown or refused before it is recognised.
    pub recognition: Option<Recognition>,
    /// The decimal mark of its amounts; none where no amount needs one.
    pub decimal: Option<Decimal>,
    /// The order of day and month of its dates; none where no date needs it.
    pub date_order: Option<DateOrder>,
    /// What each header became, in the order of the file; empty for an unknown file.
    pub headers: Vec<HeaderUse>,
    /// What its records become; none where the file is refused.
    pub receipt: Option<Receipt>,
    /// Its rejected records by column and reason, in the order in which they come up, each with what
    /// to change so that they are read.
    pub rejects: Vec<(RejectKind, Option<String>)>,
    /// Why it is refused or unknown.
    pub refusal: Option<Diagnostic>,
    /// What an unknown file looks like.
    pub looks: Option<Looks>,
    /// The layout that its headers and values suggest.
    pub proposal: Option<Proposal>,
}

/// A header and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderUse {
    /// The header as it stands.
    pub header: String,
    /// The column of the lake that it fills, as `order_lines.quantity`; none where its value only
    /// helps to work out others, or is not used.
    pub column: Option<String>,
    /// Whether it is used at all.
    pub used: bool,
}

/// A layout for `trueup.toml`, guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The table of the lake that it fills.
    pub table: &'static str,
    /// A `[mapping.NAME]` table as TOML that the settings accept.
    pub toml: String,
    /// Columns of the lake that no header was found for: the proposal has `?` in their place, and one
    /// of each is needed.
    pub open: Vec<String>,
    /// What else has `?` in its place and must be said, each with what to write.
    pub unsaid: Vec<String>,
    /// What the headers became, by their place.
    pub columns: BTreeMap<usize, &'static str>,
    /// What has been guessed and should be looked at.
    pub doubts: Vec<String>,
}

impl Proposal {
    /// What must be done to it before it is pasted; nothing where it is ready.
    pub fn steps(&self) -> Vec<String> {
        let mut steps = Vec::new();
        if !self.open.is_empty() {
            let open = self.open.join(" and ");
            steps.push(format!("for `{}` no header says {open}; put one that does in place of `?`", self.table));
        }
        steps.extend(self.unsaid.iter().cloned());
        steps
    }
}

/// What an unknown file looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looks {
    /// The encoding, a label of the Encoding Standard.
    pub encoding: String,
    /// The character between cells; none in a workbook.
    pub delimiter: Option<char>,
    /// Line of the header, counted from 1.
    pub header_line: u64,
    /// The headers, each with the first cell that says something.
    pub columns: Vec<(String, String)>,
    /// Headers over days of years that are not kept, each with the first of them.
    pub out_of_range: Vec<(String, String)>,
}

/// Reads a file to its end and tells how it was understood.
///
/// # Errors
/// Where the settings describe an impossible layout. A file that is refused or unknown is explained.
pub fn explain(path: &Path, settings: &Settings) -> Result<Explanation> {
    explained(path, None, settings)
}

/// The same, where the user says which table an unknown file fills.
///
/// # Errors
/// As [`explain`], and where no layout can be proposed for the table.
pub fn explain_as(path: &Path, table: &str, settings: &Settings) -> Result<Explanation> {
    let tables = propose::tables();
    if !tables.contains(&table) {
        let hint = match near(table, tables.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("name {}", propose::either(&tables)),
        };
        let message = format!("no layout can be proposed for `{table}`");
        return Err(Diagnostic::error("unknown-table", message).hint(hint).into());
    }
    explained(path, Some(table), settings)
}

fn explained(path: &Path, table: Option<&str>, settings: &Settings) -> Result<Explanation> {
    let layouts = channels::layouts(settings)?;
    let mut told = Explanation {
        recognition: None,
        decimal: None,
        date_order: None,
        headers: Vec::new(),
        receipt: None,
        rejects: Vec::new(),
        refusal: None,
        looks: None,
        proposal: None,
    };
    let known = Source::open(path).and_then(|source| recognise::recognise(path, source, settings, &layouts));
    match known {
        Ok(known) => read_through(path, &known, &Sisters::new(settings, &layouts), &mut told),
        Err(mut refusal) => {
            if table.is_some() || is_unknown(&refusal) {
                (told.looks, told.proposal) = advise(path, table, settings, &mut refusal)?;
            }
            told.refusal = Some(*refusal);
        }
    }
    Ok(told)
}

/// What a file that nothing reads looks like, and a layout for it; what to do goes into the refusal.
fn advise(
    path: &Path,
    table: Option<&str>,
    settings: &Settings,
    refusal: &mut Diagnostic,
) -> Result<(Option<Looks>, Option<Proposal>)> {
    const PASTE: &str = "paste the proposal into `trueup.toml` and run `trueup ingest`";
    const DESCRIBE: &str = "leave it if it is no export; else describe it under `[mapping.NAME]`: \
                            `trueup ingest --columns` tells what can be filled";
    let of_mapping = refusal.code == "mapping-columns";
    let folder = recognise::folder_channel(path, settings);
    let Ok(Some(sniffed)) = look(path, folder, settings, table.is_some()) else {
        refusal.hint = if is_unknown(refusal) { Some(DESCRIBE.to_owned()) } else { refusal.hint.take() };
        return Ok((None, None));
    };
    let looks = Some(looks(&sniffed));
    match propose::propose(path, &sniffed, folder, table, settings) {
        // Of a file that is nearly a mapping's own, a guess at another table is wrong.
        Ok(proposal)
            if table.is_none()
                && of_mapping
                && !settings.mappings.iter().any(|mapping| mapping.table == proposal.table) =>
        {
            Ok((None, None))
        }
        Ok(proposal) => {
            let steps = proposal.steps();
            let hint = match (steps.as_slice(), &refusal.hint) {
                ([], Some(hint)) if of_mapping => {
                    format!("{hint}; if files with the old headers come as well, {PASTE}")
                }
                ([], _) => PASTE.to_owned(),
                (_, Some(_)) if table.is_none() && !refusal.details.is_empty() && !proposal.open.is_empty() => {
                    return Ok((None, None));
                }
                (steps, _) => format!("{}; then {PASTE}", steps.join("; ")),
            };
            refusal.hint = Some(hint);
            Ok((looks, Some(proposal)))
        }
        Err(_) if !refusal.details.is_empty() => Ok((None, None)),
        Err(hint) => {
            refusal.hint = hint.or_else(|| Some(DESCRIBE.to_owned()));
            Ok((looks, None))
        }
    }
}

/// Whether a file is refused because no layout has its headers.
fn is_unknown(refusal: &Diagnostic) -> bool {
    matches!(refusal.code, "unknown-layout" | "missing-column" | "mapping-columns")
}

fn looks(sniffed: &Sniffed) -> Looks {
    let example = |place| sniffed.column(place).next().unwrap_or_default().to_owned();
    let columns = sniffed.headers.iter().enumerate().map(|(place, header)| (header.clone(), example(place)));
    let headers = sniffed.headers.iter().enumerate();
    let out_of_range = headers.filter_map(|(place, header)| {
        let day = sniffed.column(place).find(|cell| is_out_of_range(cell))?;
        Some((header.clone(), day.to_owned()))
    });
    Looks {
        out_of_range: out_of_range.collect(),
        encoding: sniffed.charset.label().to_owned(),
        delimiter: sniffed.delimiter.map(char::from),
        header_line: sniffed.header_line,
        columns: columns.collect(),
    }
}

/// Whether a cell is a day, in whatever order, of a year that is not kept.
fn is_out_of_range(cell: &str) -> bool {
    [DateOrder::DayMonthYear, DateOrder::MonthDayYear].into_iter().any(|order| {
        let locale =
            Locale { decimal: None, dates: Some(order), zone: chrono_tz::UTC, currency: Currency::USD, latest: None };
        // Eight digits without marks are more often a number than a day of another century.
        cell.contains(['-', '/', '.', ' '])
            && written_day(cell, &locale).is_err_and(|flaw| flaw.code == "date_out_of_range")
    })
}

fn read_through(path: &Path, known: &Known<'_>, sisters: &Sisters<'_>, told: &mut Explanation) {
    let settings = sisters.settings();
    let file =
        FileContext { name: super::name_of(path, settings), modified: super::modified(path), ..FileContext::default() };
    let mut context = Context::new(path, &file, settings, known.channel);
    told.recognition = Some(known.recognition());
    told.headers = headers(known);
    let mut glance = Glance::default();
    let read = settle(path, known, &mut context, sisters).and_then(|_| {
        let uses = |wanted: fn(super::cell::Reader) -> bool| {
            let fields = known.layout.fields.iter().zip(&known.found.columns);
            fields.filter(|(_, column)| column.is_some()).any(|(field, _)| wanted(field.reader))
        };
        told.decimal = context.locale.decimal.filter(|_| uses(super::cell::Reader::is_money));
        told.date_order = context.locale.dates.filter(|_| uses(super::cell::Reader::is_date));
        read::read(path, known, context.clone(), (sisters, &mut glance))
    });
    let manner = Manner {
        settings,
        channel: known.channel.map(|channel| &channel.name),
        decimal: context.locale.decimal,
        records: read.as_ref().map_or(0, |receipt| receipt.rows_read),
    };
    told.rejects = glance.remedied(known.layout, &manner);
    match read {
        Ok(receipt) => told.receipt = Some(receipt),
        Err(refusal) => told.refusal = Some(*refusal),
    }
}

fn headers(known: &Known<'_>) -> Vec<HeaderUse> {
    let table = known.layout.table;
    let of_lake = |name: &str| table.columns.iter().any(|column| column.name == name && !is_derived(name));
    let uses = known.headers.iter().enumerate().map(|(place, header)| {
        let field = known.found.columns.iter().position(|column| *column == Some(place));
        let name = field.map(|field| known.layout.fields[field].name.as_str());
        HeaderUse {
            header: header.trim().to_owned(),
            column: name.filter(|name| of_lake(name)).map(|name| format!("{}.{name}", table.name)),
            used: name.is_some() || known.layout.others.is_some(),
        }
    });
    uses.filter(|header| !header.header.is_empty()).collect()
}

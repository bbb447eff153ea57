//! What does a file lack for the layout that it comes nearest to?

use std::path::Path;

use super::export::{Layout, LayoutField};
use super::header::{Miss, normalised};
use super::propose::{called, is_torn, quoted};
use crate::config::{ChannelSettings, Settings};
use crate::error::{Diagnostic, near};

/// A layout almost found.
pub(crate) struct NearMiss {
    pub(crate) layout: usize,
    pub(crate) line: u64,
    pub(crate) miss: Miss,
    /// The cells of that line.
    pub(crate) headers: Vec<String>,
    /// Whether so much is there that the file can be nothing else; and per mille of what must be.
    pub(crate) rank: (bool, usize),
}

/// How near a miss is; none where nothing speaks for the layout. `named` tells that the file has
/// the layout's name.
pub(crate) fn rank(
    layout: &Layout,
    miss: &Miss,
    named: bool,
    folder: Option<&ChannelSettings>,
) -> Option<(bool, usize)> {
    let required = layout.required();
    let present = match miss {
        Miss::Missing { present } => *present,
        Miss::Duplicate(_) => required,
        Miss::Other => return None,
    };
    let share = (present * 1000 / required.max(1)).min(999);
    let at_home = layout.is_of_folder(folder);
    let described_here = layout.mapping().is_some() && at_home;
    let telling = share > 500 && (required >= 4 || named)
        || described_here && share >= 500
        || named && folder.is_none() && present > 0;
    (telling || described_here && present > 0).then_some((telling, share))
}

/// Why a file is refused, or that it is no export.
pub(crate) fn refusal(path: &Path, settings: &Settings, layouts: &[Layout], near: Option<NearMiss>) -> Box<Diagnostic> {
    let Some(near) = near else { return no_export(path, settings).into() };
    let layout = &layouts[near.layout];
    let at = |diagnostic: Diagnostic| diagnostic.at_line(path, near.line as usize);
    if let Miss::Duplicate(header) = &near.miss {
        let message = format!("`{}` has the column `{header}` twice", layout.id);
        return at(Diagnostic::error("duplicate-column", message)).hint("delete the column that is not meant").into();
    }
    let lacks = Lacks::of(layout, &near.headers);
    if !near.rank.0 {
        let hint = lacks.hint(layout);
        let far = no_export(path, settings).details(lacks.details(layout, &near.headers));
        return Diagnostic { message: format!("{}; `{}` comes nearest", far.message, layout.id), ..far }
            .hint(hint)
            .into();
    }
    let missing: Vec<String> = lacks.missing.iter().map(|(field, _)| format!("`{}`", field.written)).collect();
    let plural = if missing.len() == 1 { "column" } else { "columns" };
    let message = format!("this looks like `{}`, but lacks the {plural} {}", layout.id, missing.join(", "));
    let code = if layout.mapping().is_some() { "mapping-columns" } else { "missing-column" };
    at(Diagnostic::error(code, message)).details(lacks.details(layout, &near.headers)).hint(lacks.hint(layout)).into()
}

/// The command that explains a file, as it can be typed.
pub(crate) fn explaining(path: &Path, settings: &Settings) -> String {
    let folder = settings.folder.to_string_lossy();
    let project = if matches!(&*folder, "" | ".") { String::new() } else { format!(" --project '{folder}'") };
    let named = path.strip_prefix(".").unwrap_or(path).display();
    format!("trueup ingest --explain '{named}'{project}")
}

fn no_export(path: &Path, settings: &Settings) -> Diagnostic {
    let hint = format!("`{}` tells what it would take to read it", explaining(path, settings));
    Diagnostic::error("unknown-layout", "no export has these headers").in_file(path).hint(hint)
}

/// The fields whose headers are not there, each with the header that may be meant, and those that are.
struct Lacks<'a> {
    missing: Vec<(&'a LayoutField, Option<&'a str>)>,
    found: Vec<(&'a LayoutField, usize)>,
}

impl<'a> Lacks<'a> {
    fn of(layout: &'a Layout, headers: &'a [String]) -> Self {
        let cells: Vec<String> = headers.iter().map(|header| normalised(header)).collect();
        let place =
            |field: &LayoutField| field.headers.iter().find_map(|header| cells.iter().position(|cell| cell == header));
        let found: Vec<(&LayoutField, usize)> =
            layout.fields.iter().filter_map(|field| Some((field, place(field)?))).collect();
        let mut free: Vec<&str> = Vec::new();
        for (place, header) in headers.iter().enumerate() {
            let header = header.trim();
            if !header.is_empty() && !is_torn(header) && !found.iter().any(|(_, taken)| *taken == place) {
                free.push(header);
            }
        }
        let mut missing = Vec::new();
        for field in layout.fields.iter().filter(|field| field.is_required() && place(field).is_none()) {
            let meant = meant(field, &free);
            free.retain(|header| Some(*header) != meant);
            missing.push((field, meant));
        }
        Self { missing, found }
    }

    /// A line for each column, those that are missing first.
    fn details(&self, layout: &Layout, headers: &[String]) -> Vec<String> {
        let target = |field: &LayoutField| match layout.table.place(&field.name) {
            Some(_) => field.name.clone(),
            None => String::new(),
        };
        let missing = self.missing.iter().map(|(field, meant)| {
            let meant = meant.map_or_else(String::new, |header| format!(", did you mean {}?", ticked(header)));
            ("missing", target(field), format!("`{}`{meant}", field.written))
        });
        let found = self.found.iter().map(|(field, place)| ("recognised", target(field), ticked(&headers[*place])));
        let lines: Vec<(&str, String, String)> = missing.chain(found).collect();
        let width = lines.iter().map(|(_, target, _)| target.len()).max().unwrap_or(0);
        let mut details: Vec<String> = lines
            .into_iter()
            .map(|(what, target, header)| match width {
                0 => format!("{what:<10}  {header}"),
                width => format!("{what:<10}  {target:<width$}  {header}"),
            })
            .collect();
        let unused = (0..headers.len()).filter(|place| !self.found.iter().any(|(_, taken)| taken == place));
        let unused: Vec<&str> = unused.map(|place| headers[place].trim()).filter(|header| !header.is_empty()).collect();
        if !unused.is_empty() {
            let shown: Vec<String> = unused.iter().take(UNUSED).map(|header| ticked(header)).collect();
            let more = unused.len() - shown.len();
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            details.push(format!("{:<10}  {}{rest}", "not used", shown.join(", ")));
        }
        details
    }

    fn hint(&self, layout: &Layout) -> String {
        let Some(mapping) = layout.mapping() else {
            return match layout.exact {
                true => format!("`trueup ingest --columns {}` tells what each column holds", layout.table.name),
                false => "export it again with all columns".to_owned(),
            };
        };
        let meant =
            self.missing.iter().filter_map(|(field, meant)| Some(format!("{} = {}", field.name, quoted((*meant)?))));
        let meant: Vec<String> = meant.collect();
        match meant.as_slice() {
            [] => format!("write this file's headers into the columns of `[mapping.{mapping}]`"),
            meant => format!("in the columns of `[mapping.{mapping}]` set `{}`", meant.join("`, `")),
        }
    }
}

/// Headers without a use that are named.
const UNUSED: usize = 40;

/// A header in a message; a file can have one of any length.
fn ticked(header: &str) -> String {
    const LONGEST: usize = 60;
    let header = header.trim();
    match header.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("`{}…`", &header[..end]),
        None => format!("`{header}`"),
    }
}

/// The header among those left over that may be this field's: written alike, or called what such
/// columns are called.
fn meant<'a>(field: &LayoutField, free: &[&'a str]) -> Option<&'a str> {
    let alike = near(&field.written, free.iter().copied());
    let begins = |one: &str, other: &str| other.chars().count() >= 3 && one.starts_with(other);
    let part = || {
        let wanted = normalised(&field.written);
        free.iter().copied().find(|header| {
            let header = normalised(header);
            begins(&header, &wanted) || begins(&wanted, &header)
        })
    };
    alike.or_else(part).or_else(|| called(&field.name, free))
}

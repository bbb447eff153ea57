//! Which export is this file, whose is it, and where does its table start?

use std::io;
use std::path::{Path, PathBuf};

use super::channels::{Unwanted, unwanted};
use super::encoding::Encodings;
use super::export::{Layout, Owner};
use super::header::{Found, Miss, hold, normalised};
use super::limits;
use super::near_miss::{NearMiss, rank, refusal};
use super::receipt::Recognition;
use super::record::Record;
use super::records::{Dialect, Records};
use super::source::{Charset, Content, Source};
use super::workbook;
use crate::config::{ChannelSettings, Settings};
use crate::error::{Diagnostic, Result};

/// Text of a file, or of a sheet of a workbook.
#[derive(Debug)]
pub(crate) enum Body {
    File(Charset),
    /// Cells between [`workbook::DELIMITER`]s, a line per row.
    Sheet(Vec<u8>),
}

/// A file that is understood.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub(crate) source: Source,
    pub(crate) body: Body,
    pub(crate) layout: &'a Layout,
    pub(crate) found: Found,
    /// The header's cells as they stand.
    pub(crate) headers: Vec<String>,
    pub(crate) header_line: u64,
    pub(crate) dialect: Dialect,
    pub(crate) channel: Option<&'a ChannelSettings>,
    pub(crate) why: String,
    /// Sheets of a workbook that hold rows and are not the one that is read.
    pub(crate) unread_sheets: Vec<String>,
}

impl Known<'_> {
    pub(crate) fn charset(&self) -> Charset {
        match self.body {
            Body::File(charset) => charset,
            Body::Sheet(_) => Charset::Utf8,
        }
    }

    /// How the file's bytes are text; none of a workbook.
    pub(crate) fn body_charset(&self) -> Option<Charset> {
        match self.body {
            Body::File(charset) => Some(charset),
            Body::Sheet(_) => None,
        }
    }

    /// The text from its start.
    pub(crate) fn records(&self) -> io::Result<Records<'_>> {
        let text: Box<dyn io::Read + Send + '_> = match &self.body {
            Body::File(charset) => self.source.text(*charset)?,
            Body::Sheet(text) => Box::new(text.as_slice()),
        };
        Ok(Records::new(text, Dialect { quotes: false, ..self.dialect }))
    }

    pub(crate) fn recognition(&self) -> Recognition {
        let unused = self.found.others.iter().map(|place| self.headers[*place].trim().to_owned());
        Recognition {
            export: self.layout.id.clone(),
            document: self.layout.document.clone(),
            channel: self.channel.map(|channel| channel.name.clone()),
            encoding: self.charset().label().to_owned(),
            delimiter: matches!(self.body, Body::File(_)).then_some(char::from(self.dialect.delimiter)),
            header_line: self.header_line,
            why: self.why.clone(),
            unused_headers: unused.filter(|header| !header.is_empty()).collect(),
        }
    }
}

/// Recognises a file, or says why it is refused. What was emptied meanwhile is no unknown layout.
pub(crate) fn recognise<'a>(
    path: &Path,
    source: Source,
    settings: &'a Settings,
    layouts: &'a [Layout],
) -> Result<Known<'a>> {
    let before = source.before.clone();
    recognise_as_it_was(path, source, settings, layouts).or_else(|refusal| before.unless_changed(path, Err(refusal)))
}

fn recognise_as_it_was<'a>(
    path: &Path,
    mut source: Source,
    settings: &'a Settings,
    layouts: &'a [Layout],
) -> Result<Known<'a>> {
    let folder = folder_channel(path, settings);
    let in_folder = path.strip_prefix(&settings.exports).is_ok_and(|inside| inside.components().nth(1).is_some());
    let failed = |error: io::Error| Diagnostic::io("read", path, &error);
    let encodings = Encodings::of(&source, folder, settings).map_err(failed)?;
    let mut with_rows = Vec::new();
    let sheets = match source.content {
        Content::Text(charset) => {
            encodings.to_try(&source, charset, layouts).into_iter().map(Body::File).collect::<Vec<_>>()
        }
        Content::Workbook => {
            let sheets = workbook::named_sheets(path, &source.file)?;
            let filled = sheets.iter().enumerate().filter(|(_, sheet)| sheet.has_rows());
            with_rows.extend(filled.map(|(place, sheet)| (place, sheet.name.clone())));
            sheets.into_iter().map(|sheet| Body::Sheet(sheet.text)).collect()
        }
    };
    let (mut nearest, mut unwanted) = (None, None);
    for (place, body) in sheets.into_iter().enumerate() {
        let mut search = Search { path, folder, in_folder, layouts, best: None, nearest: None, unwanted: None };
        search.look(&source, &body)?;
        let Some(best) = search.best else {
            nearest = nearest.or(search.nearest);
            unwanted = unwanted.or(search.unwanted);
            continue;
        };
        let layout = &layouts[best.layout];
        if let Body::File(charset) = body {
            let header = best.headers.iter().any(|header| !header.is_ascii()).then_some(charset);
            source.settle_charset(encodings.of_layout(&source, layout, header).map_err(failed)?);
        }
        let body = match (body, source.content) {
            (Body::File(_), Content::Text(charset)) => Body::File(charset),
            (body, _) => body,
        };
        let (channel, why) = owner(path, layout, folder, settings)?;
        return Ok(Known {
            source,
            body,
            layout,
            dialect: Dialect {
                delimiter: best.delimiter,
                quotes: best.delimiter == b',' || (layout.style.quotes && best.delimiter != workbook::DELIMITER),
                width: Some(best.found.width),
            },
            found: best.found,
            headers: best.headers,
            header_line: best.line,
            channel,
            why,
            unread_sheets: with_rows.into_iter().filter(|(other, _)| *other != place).map(|(_, name)| name).collect(),
        });
    }
    Err(unwanted.map_or_else(|| refusal(path, settings, layouts, nearest), |unwanted| not_read(path, unwanted)))
}

/// An export that is known and has no table.
fn not_read(path: &Path, unwanted: &Unwanted) -> Box<Diagnostic> {
    let message = format!("{} is not read: {}", unwanted.name, unwanted.why);
    Diagnostic::error("no-table", message).in_file(path).hint(unwanted.instead).into()
}

/// The channel whose folder under the exports' folder the file lies in.
pub(crate) fn folder_channel<'a>(path: &Path, settings: &'a Settings) -> Option<&'a ChannelSettings> {
    let inside = path.strip_prefix(&settings.exports).ok()?;
    let folder = inside.parent()?.components().next()?.as_os_str().to_str()?;
    settings.channels.iter().find(|channel| channel.name.as_str() == folder)
}

fn owner<'a>(
    path: &Path,
    layout: &Layout,
    folder: Option<&'a ChannelSettings>,
    settings: &'a Settings,
) -> Result<(Option<&'a ChannelSettings>, String)> {
    let kind = match &layout.owner {
        Owner::Rows => return Ok((None, "its headers".to_owned())),
        Owner::Named(name) => {
            let channel = settings.channels.iter().find(|channel| channel.name == *name);
            return Ok((channel, format!("its headers, as `[{}]` describes", layout.id)));
        }
        Owner::Folder => {
            let Some(channel) = folder else {
                let message = format!("this is `{}`, but it lies in no channel's folder", layout.id);
                let place =
                    settings.channels.first().map_or(String::new(), |first| folder_of(&settings.exports, first));
                let hint = format!("move it to the channel's folder, such as `{place}`");
                return Err(Diagnostic::error("unknown-channel", message).in_file(path).hint(hint).into());
            };
            return Ok((Some(channel), format!("its headers and its folder `{}`", channel.name)));
        }
        Owner::Kind(kind) => *kind,
    };
    if let Some(channel) = folder.filter(|channel| channel.kind == kind) {
        return Ok((Some(channel), format!("its headers and its folder `{}`", channel.name)));
    }
    let mut candidates = settings.channels.iter().filter(|channel| channel.kind == kind);
    let word = kind.word();
    match (candidates.next(), candidates.next()) {
        (Some(channel), None) => Ok((Some(channel), "its headers".to_owned())),
        (None, _) => {
            let message = format!("this is `{}`, but no channel is of the kind `{word}`", layout.id);
            Err(Diagnostic::error("unknown-channel", message)
                .in_file(path)
                .hint(format!("add `[channel.{word}]` to `trueup.toml`"))
                .into())
        }
        (Some(first), Some(second)) => {
            let message =
                format!("this is `{}`, but it could be of `{}` or of `{}`", layout.id, first.name, second.name);
            Err(Diagnostic::error("ambiguous-channel", message)
                .in_file(path)
                .hint(format!("move it to `{}`", folder_of(&settings.exports, first)))
                .into())
        }
    }
}

fn folder_of(exports: &Path, channel: &ChannelSettings) -> String {
    let folder: PathBuf = exports.join(channel.name.as_str());
    folder.display().to_string()
}

/// A layout found, so far the best.
struct Best {
    layout: usize,
    found: Found,
    headers: Vec<String>,
    line: u64,
    delimiter: u8,
}

struct Search<'a> {
    path: &'a Path,
    folder: Option<&'a ChannelSettings>,
    /// Whether it lies in a folder of the exports' folder, a channel's or another.
    in_folder: bool,
    layouts: &'a [Layout],
    best: Option<Best>,
    nearest: Option<NearMiss>,
    unwanted: Option<&'static Unwanted>,
}

impl Search<'_> {
    fn look(&mut self, source: &Source, body: &Body) -> Result<()> {
        let failed = |error: io::Error| Diagnostic::io("read", self.path, &error);
        let (charset, delimiters): (Charset, &[u8]) = match body {
            Body::File(charset) => (*charset, b",;\t|"),
            Body::Sheet(_) => (Charset::Utf8, &[workbook::DELIMITER]),
        };
        let text: Box<dyn io::Read + Send + '_> = match body {
            Body::File(charset) => source.text(*charset).map_err(failed)?,
            Body::Sheet(text) => Box::new(text.as_slice()),
        };
        let mut lines = Records::new(text, Dialect { delimiter: 0, quotes: false, width: None });
        let mut told = None;
        for _ in 0..limits::HEADER_LINES {
            let Some(line) = lines.read().map_err(failed)? else { break };
            if line.line == 1 {
                told = separator_directive(line.content());
            }
            for delimiter in told.as_ref().map_or(delimiters, std::slice::from_ref) {
                self.hold_line(&line, *delimiter, charset)?;
            }
            if self.best.is_some() {
                break;
            }
        }
        Ok(())
    }

    fn hold_line(&mut self, line: &Record<'_>, delimiter: u8, charset: Charset) -> Result<()> {
        let headers = cells_of(line.content(), delimiter, charset);
        if headers.len() > limits::COLUMNS {
            let message = format!("{} columns; the limit is {}", headers.len(), limits::COLUMNS);
            return Err(Diagnostic::error("too-many-columns", message).at_line(self.path, line.line as usize).into());
        }
        if headers.len() < 2 {
            return Ok(());
        }
        let cells: Vec<String> = headers.iter().map(|header| normalised(header)).collect();
        self.unwanted = self.unwanted.or_else(|| unwanted(&cells));
        for (index, layout) in self.layouts.iter().enumerate() {
            // A layout that only its width tells is another's in another's folder.
            if layout.width.is_some() && self.in_folder && !layout.is_of_folder(self.folder) {
                continue;
            }
            let named = is_named(self.path, layout);
            match hold(&cells, layout, named) {
                Ok(found) if self.is_better(layout) => {
                    let (headers, line) = (headers.clone(), line.line);
                    self.best = Some(Best { layout: index, found, headers, line, delimiter });
                }
                Ok(_) | Err(Miss::Other) => {}
                Err(miss) => self.remember(index, line.line, miss, named, &headers),
            }
        }
        Ok(())
    }

    /// The layout that asks for more is the better one; among equals the folder's.
    fn is_better(&self, layout: &Layout) -> bool {
        let Some(best) = &self.best else { return true };
        let rank = |layout: &Layout| {
            let by_user = !matches!(layout.owner, Owner::Kind(_)) && !layout.exact && layout.required() > 0;
            let of_folder = self.folder.is_some() && layout.is_of_folder(self.folder);
            (of_folder, layout.required(), by_user)
        };
        rank(layout) > rank(&self.layouts[best.layout])
    }

    fn remember(&mut self, layout: usize, line: u64, miss: Miss, named: bool, headers: &[String]) {
        let Some(rank) = rank(&self.layouts[layout], &miss, named, self.folder) else { return };
        if self.nearest.as_ref().is_none_or(|near| rank > near.rank) {
            self.nearest = Some(NearMiss { layout, line, miss, headers: headers.to_vec(), rank });
        }
    }
}

/// True for `stock.csv` and `stock_2026-01.csv` and the layout `stock`.
fn is_named(path: &Path, layout: &Layout) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let rest = stem.strip_prefix(layout.table.name);
    layout.exact && rest.is_some_and(|rest| !rest.trim_start_matches('_').starts_with(char::is_alphabetic))
}

/// The delimiter that Excel's `sep=;` line tells.
fn separator_directive(line: &[u8]) -> Option<u8> {
    let rest = line.strip_prefix(b"sep=").or_else(|| line.strip_prefix(b"SEP="))?;
    matches!(rest, [b',' | b';' | b'\t' | b'|']).then(|| rest[0])
}

fn cells_of(line: &[u8], delimiter: u8, charset: Charset) -> Vec<String> {
    let mut records = Records::over(line, Dialect { delimiter, quotes: true, width: None });
    match records.read() {
        Ok(Some(record)) if record.fault.is_none() => record.cells().map(|cell| charset.loosely(cell)).collect(),
        _ => Vec::new(),
    }
}

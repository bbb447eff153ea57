//! Which parts make a workbook? Those that its relationships lead to, whatever they are called.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read, Seek};

use quick_xml::events::BytesStart;
use zip::ZipArchive;

use super::super::limits;
use super::part::{self, Flaw, attribute};

/// A part under its name in the archive.
pub(super) struct Part {
    /// Its place in the archive.
    pub(super) index: usize,
    /// The name under which a reader looks for it.
    pub(super) wanted: String,
    /// Whether it stands there already, in UTF-8.
    pub(super) is_plain: bool,
}

/// A link from a part to another.
struct Link {
    id: String,
    /// The last word of its type: `worksheet`, `sharedStrings`.
    kind: String,
    target: String,
}

/// Finds the parts of a workbook and screens each; none if the archive is no workbook.
pub(super) fn screened<R: Read + Seek>(archive: &mut ZipArchive<R>) -> Result<Option<Vec<Part>>, Flaw> {
    let mut parts = Parts { names: names(archive)?, archive, found: Vec::new(), taken: BTreeSet::new() };
    let package = parts.links("_rels/.rels")?;
    let document = package.unwrap_or_default().into_iter().rfind(|link| link.kind == "officeDocument");
    let Some(document) = document else { return Ok(None) };
    let (folder, name) = document.target.rsplit_once('/').unwrap_or(("", &document.target));
    let folder = folder.trim_start_matches('/');
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let links = parts.links(&format!("{folder}_rels/{name}.rels"))?.unwrap_or_default();
    let mut sheets = Vec::new();
    let is_there = parts.take(&format!("{folder}{name}"), None, |element| {
        if element.local_name().as_ref() == "sheet" {
            sheets.push((attribute(element, "name"), attribute(element, "id")));
        }
    })?;
    if !is_there {
        return Ok(None);
    }
    once(&sheets, &links)?;
    let place = |target: &str| target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_owned);
    for link in links.iter().filter(|link| matches!(link.kind.as_str(), "worksheet" | "chartsheet" | "dialogsheet")) {
        parts.take(&place(&link.target), None, |_| {})?;
    }
    let usual = [("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml"), ("theme", "theme/theme1.xml")];
    for (kind, name) in usual {
        let wanted = format!("{folder}{name}");
        let told =
            links.iter().find(|link| link.kind == kind).map_or_else(|| wanted.clone(), |link| place(&link.target));
        parts.take(&told, Some(&wanted), |_| {})?;
    }
    Ok(Some(parts.found))
}

/// Every sheet is another part under another name, or reading them would take as long as a file pleases.
fn once(sheets: &[(Option<String>, Option<String>)], links: &[Link]) -> Result<(), Flaw> {
    let targets: BTreeMap<&str, &str> = links.iter().map(|link| (link.id.as_str(), link.target.as_str())).collect();
    let (mut names, mut parts) = (BTreeSet::new(), BTreeSet::new());
    for (name, id) in sheets {
        let target = id.as_deref().and_then(|id| targets.get(id));
        if !names.insert(name) || !parts.insert(target) {
            return Err(Flaw::damaged("it shows one sheet twice"));
        }
    }
    if sheets.len() > limits::WORKBOOK_SHEETS {
        return Err(Flaw::damaged(format!("it has more than {} sheets", limits::WORKBOOK_SHEETS)));
    }
    Ok(())
}

/// The entries by the name under which a reader finds them.
fn names<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<BTreeMap<String, usize>, Flaw> {
    let names = archive.file_names().enumerate();
    names.map(|(index, name)| Ok((key(name.map_err(Flaw::damaged)?.as_ref()), index))).collect()
}

fn key(name: &str) -> String {
    name.replace('\\', "/").to_ascii_lowercase()
}

struct Parts<'a, R> {
    archive: &'a mut ZipArchive<R>,
    names: BTreeMap<String, usize>,
    found: Vec<Part>,
    taken: BTreeSet<usize>,
}

impl<R: Read + Seek> Parts<'_, R> {
    /// Screens a part, to be found as `wanted` where that is another name; false if it is not there.
    fn take(&mut self, name: &str, wanted: Option<&str>, element: impl FnMut(&BytesStart<'_>)) -> Result<bool, Flaw> {
        let Some(index) = self.names.get(&key(name)).copied() else { return Ok(false) };
        if !self.taken.insert(index) {
            return Err(Flaw::damaged("one of its parts is several at once"));
        }
        let entry = self.archive.by_index(index).map_err(Flaw::damaged)?;
        let is_utf8 = part::read(BufReader::new(entry), element)?;
        let wanted = wanted.unwrap_or(name);
        let is_plain = is_utf8 && key(name) == key(wanted);
        self.found.push(Part { index, wanted: wanted.to_owned(), is_plain });
        Ok(true)
    }

    fn links(&mut self, name: &str) -> Result<Option<Vec<Link>>, Flaw> {
        let mut links = Vec::new();
        let is_there = self.take(name, None, |element| links.extend(link(element)))?;
        Ok(is_there.then_some(links))
    }
}

fn link(element: &BytesStart<'_>) -> Option<Link> {
    if element.local_name().as_ref() != "Relationship" {
        return None;
    }
    let kind = attribute(element, "Type")?;
    let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
    Some(Link { id: attribute(element, "Id").unwrap_or_default(), kind, target: attribute(element, "Target")? })
}

//! Is a file a workbook that can be read? Every entry is inflated once and counted, every part that
//! makes the workbook is read as XML, before anything is given room by what the file says of itself.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom, Write};
use std::path::Path;

use quick_xml::encoding::DecodingReader;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::super::limits;
use super::part::Flaw;
use super::parts::{self, Part};
use super::{damaged, refusal};
use crate::error::{Diagnostic, Result};

/// A workbook's bytes, where they are or rewritten.
pub(super) trait Bytes: Read + Seek {}
impl<T: Read + Seek> Bytes for T {}

/// The workbook with every part under its usual name and in UTF-8: the file itself where it is so.
pub(super) fn screened(path: &Path, mut file: BufReader<File>) -> Result<Box<dyn Bytes>> {
    let listed = listed_entries(path, &mut file)?;
    let mut archive = ZipArchive::new(file).map_err(|error| damaged(path, &error.to_string()))?;
    let mut names = BTreeSet::new();
    let mut inflated = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| damaged(path, &error.to_string()))?;
        let name = entry.name().map_err(|error| damaged(path, &error.to_string()))?.replace('\\', "/");
        if name.starts_with('/') || name.split('/').any(|part| part == "..") {
            return Err(refusal("zip-entry-path", path, "an entry of the workbook points outside of it"));
        }
        if !names.insert(name.to_lowercase()) {
            return Err(refusal("zip-duplicate-entry", path, format!("the workbook holds `{name}` twice")));
        }
        inflated += inflated_entry(path, &mut entry, limits::WORKBOOK_BYTES - inflated)?;
    }
    if listed > archive.len() {
        return Err(refusal("zip-duplicate-entry", path, "the workbook holds an entry twice"));
    }
    let parts = parts::screened(&mut archive).map_err(|flaw| told(path, flaw))?;
    let Some(parts) = parts else {
        return Err(Diagnostic::error("xlsx-or-zip", "this is a ZIP archive and not a workbook")
            .in_file(path)
            .hint("unpack it here and take it away: `unzip FILE`")
            .into());
    };
    if parts.iter().all(|part| part.is_plain) {
        let mut file = archive.into_inner();
        file.rewind().map_err(|error| Diagnostic::io("read", path, &error))?;
        return Ok(Box::new(file));
    }
    let copy = rewritten(&mut archive, &parts).map_err(|error| damaged(path, &error.to_string()))?;
    Ok(Box::new(Cursor::new(copy)))
}

fn told(path: &Path, flaw: Flaw) -> Box<Diagnostic> {
    let problem = Diagnostic::error(flaw.code, flaw.message).in_file(path);
    match flaw.code {
        "xlsx-damaged" => problem.hint("download it again, or save it as CSV").into(),
        _ => problem.into(),
    }
}

/// A workbook of these parts alone, each where a reader looks for it.
fn rewritten<R: Read + Seek>(archive: &mut ZipArchive<R>, parts: &[Part]) -> io::Result<Vec<u8>> {
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        let entry = archive.by_index(part.index)?;
        copy.start_file(part.wanted.as_str(), SimpleFileOptions::default())?;
        io::copy(&mut DecodingReader::new(BufReader::new(entry)), &mut copy)?;
    }
    let mut bytes = copy.finish()?;
    bytes.flush()?;
    Ok(bytes.into_inner())
}

/// Entries by their own headers: of two with one name an archive's index may show only one.
fn listed_entries(path: &Path, file: &mut BufReader<File>) -> Result<usize> {
    const HEADER: &[u8] = b"PK\x01\x02";
    let failed = |error| Diagnostic::io("read", path, &error);
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let (mut block, mut kept, mut headers) = (vec![0; 1 << 16], 0, 0);
    loop {
        let count = file.read(&mut block[kept..]).map_err(failed)?;
        if count == 0 {
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
            return Ok(headers);
        }
        let end = kept + count;
        headers += memchr::memmem::find_iter(&block[..end], HEADER).count();
        // A header may lie across two blocks.
        kept = end.min(HEADER.len() - 1);
        block.copy_within(end - kept..end, 0);
    }
}

/// Reads an entry to its end, which checks its sum, and gives its length.
fn inflated_entry(path: &Path, entry: &mut impl Read, left: u64) -> Result<u64> {
    let most = left.min(limits::WORKBOOK_ENTRY_BYTES);
    let inflated = io::copy(&mut entry.take(most + 1), &mut io::sink());
    let inflated = inflated.map_err(|error| damaged(path, &error.to_string()))?;
    if inflated > most {
        let message = format!("the workbook inflates to more than {} bytes", limits::WORKBOOK_ENTRY_BYTES);
        return Err(refusal("xlsx-too-large-uncompressed", path, message));
    }
    Ok(inflated)
}

#[cfg(test)]
mod tests {
    use std::io::repeat;

    use super::*;

    #[test]
    fn an_entry_is_believed_to_its_limit() {
        let screened = |bytes: u64, left: u64| {
            let entry = inflated_entry(Path::new("a.xlsx"), &mut repeat(b'a').take(bytes), left);
            entry.map_err(|refusal| refusal.code)
        };
        let limit = limits::WORKBOOK_ENTRY_BYTES;
        assert_eq!(screened(limit, u64::MAX), Ok(limit));
        assert_eq!(screened(limit + 1, u64::MAX), Err("xlsx-too-large-uncompressed"));
        assert_eq!(screened(100, 100), Ok(100), "what the other entries left of the workbook's own limit");
        assert_eq!(screened(101, 100), Err("xlsx-too-large-uncompressed"));
    }
}

//! What does the lake consist of? One small JSON file per commit, chained by hash.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files;
use crate::error::{Diagnostic, Result};
use crate::types::Month;

/// One file of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataFile {
    /// The table: `order_lines`, `order_lines_history`, `rejects`.
    pub table: String,
    /// The month of its rows; none for a table that is not kept by month.
    #[serde(with = "month_text")]
    pub month: Option<Month>,
    /// The path under the lake's folder, with `/`.
    pub path: String,
    /// Of the whole file, in lower-case hexadecimal.
    pub sha256: String,
    /// Of the whole file.
    pub bytes: u64,
    /// How many rows it holds.
    pub rows: u64,
}

/// One export that was read into the lake.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRecord {
    /// The file under `exports/`, with `/`.
    pub file: String,
    /// Of the whole file, in lower-case hexadecimal. A file with a known one is not read again.
    pub sha256: String,
    /// Of the whole file.
    pub bytes: u64,
    /// The channel; none for the source of truth.
    pub channel: Option<String>,
    /// The layout it was read as.
    pub export: String,
    /// Rows in the file: accepted + rejected + duplicate.
    pub rows_read: u64,
    /// Rows that are in the lake or its history because of this file.
    pub accepted: u64,
    /// Rows that were refused, conflicting duplicates included.
    pub rejected: u64,
    /// Rows that the lake had already.
    pub duplicate: u64,
    /// The run that read it.
    pub run: String,
    /// What the settings said about reading this file, as 16 hexadecimal digits: with other settings its
    /// rows would be others.
    pub reading: String,
    /// What the settings said about reading any file, as 16 hexadecimal digits, where rows were refused: with
    /// other settings the file is read again. Empty where none was refused.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settings: String,
}

/// Which names, columns and orders the files of a lake have. It grows with each change that an older
/// lake cannot be merged with.
const FORMAT: u32 = 5;

/// The state of the lake after one commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    /// The lake's format; none was told in the first.
    #[serde(default)]
    pub(crate) format: u32,
    /// 1 for the first; 0 is the empty lake, which has no file.
    pub(crate) version: u64,
    /// Hash of the manifest before, as it lies on disk.
    pub(crate) parent: Option<String>,
    /// The run that made it.
    pub(crate) run: String,
    /// Every export ever read, in the order of file and hash.
    pub(crate) sources: Vec<SourceRecord>,
    /// Every file of rows, in the order of table and month.
    pub(crate) files: Vec<DataFile>,
    /// Hash of all of the above, so that a damaged manifest cannot pass for a good one.
    pub(crate) seal: String,
}

/// What is read of a manifest before all else.
#[derive(Deserialize)]
struct Told {
    #[serde(default = "first_format")]
    format: u32,
}

fn first_format() -> u32 {
    1
}

impl Manifest {
    /// The file of a version.
    pub(crate) fn path(root: &Path, version: u64) -> PathBuf {
        log(root).join(format!("{version:020}.json"))
    }

    /// The newest version's number; 0 for an empty lake.
    pub(crate) fn newest_version(root: &Path) -> Result<u64> {
        let versions = Self::versions(root)?;
        Ok(versions.last().copied().unwrap_or(0))
    }

    /// The versions there are, oldest first; a file in `_log` that is no manifest is an error.
    pub(crate) fn versions(root: &Path) -> Result<Vec<u64>> {
        let paths = files::entries(&log(root))?;
        paths.iter().map(|path| version_of(path).ok_or_else(|| foreign(path).into())).collect()
    }

    /// The manifest of a version.
    pub(crate) fn read(root: &Path, version: u64) -> Result<Self> {
        if version == 0 {
            return Ok(Self::default());
        }
        let path = Self::path(root, version);
        let bytes = files::read_bytes(&path)?;
        let damaged = || {
            let message = format!("the manifest `{}` is damaged", path.display());
            Diagnostic::error("lake-damaged", message).in_file(&path).hint(ANEW)
        };
        let told: Result<Told, _> = serde_json::from_slice(&bytes);
        if let Some(Told { format }) = told.ok().filter(|told| told.format != FORMAT) {
            let path = path.display();
            let message = format!("the lake has format {format} by `{path}`, and this program writes {FORMAT}");
            return Err(Diagnostic::error("lake-format", message).hint(ANEW).into());
        }
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        let whole = manifest.version == version && manifest.clone().bytes() == bytes;
        if whole { Ok(manifest) } else { Err(damaged().into()) }
    }

    /// The manifest as it lies on disk, sealed.
    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.format = FORMAT;
        self.seal.clear();
        self.seal = files::sha256(&self.json());
        self.json()
    }

    fn json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a manifest is plain data");
        bytes.push(b'\n');
        bytes
    }
}

/// Nothing is thrown away before the new lake is there.
const ANEW: &str = "restore it from a backup, or move the lake's folder away and run `trueup ingest`: the exports \
                    hold every row";

fn log(root: &Path) -> PathBuf {
    root.join("_log")
}

fn version_of(path: &Path) -> Option<u64> {
    let digits = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn foreign(path: &Path) -> Diagnostic {
    Diagnostic::error("lake-damaged", format!("`{}` is not a manifest of the lake", path.display())).in_file(path)
}

mod month_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::types::Month;

    pub(super) fn serialize<S: Serializer>(month: &Option<Month>, serializer: S) -> Result<S::Ok, S::Error> {
        match month {
            Some(month) => serializer.collect_str(month),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Month>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| text.parse().map_err(D::Error::custom)).transpose()
    }
}

//! A file as bytes: opened with suspicion, surveyed once, and handed on as bytes in which commas and
//! line ends can be found.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use encoding_rs::Encoding;
use sha2::{Digest, Sha256};

use super::limits;
use super::seen::Stamp;
use super::steady::Before;
use super::utf16::{Utf16Reader, utf16_bytes};
use crate::error::{Diagnostic, Result};

/// What a file's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Delimited text.
    Text(Charset),
    /// A workbook, to be screened.
    Workbook,
}

/// How bytes are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    Utf16 {
        big_endian: bool,
    },
    /// One whose bytes below 0x40 stand for themselves, so that cells are cut before they are decoded.
    Legacy(&'static Encoding),
}

impl Charset {
    /// The label of the Encoding Standard.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 { big_endian: false } => "UTF-16LE",
            Self::Utf16 { big_endian: true } => "UTF-16BE",
            Self::Legacy(encoding) => encoding.name(),
        }
    }

    /// The encoding of a label, where cells can be cut in it before they are decoded.
    pub(crate) fn legacy(label: &str) -> Option<Self> {
        let encoding = Encoding::for_label(label.as_bytes())?;
        (encoding.is_ascii_compatible() && encoding != encoding_rs::UTF_8).then_some(Self::Legacy(encoding))
    }

    /// The text of a cell, whatever is wrong with it.
    pub(crate) fn loosely(self, cell: &[u8]) -> String {
        match self {
            Self::Legacy(encoding) => encoding.decode_without_bom_handling(cell).0.into_owned(),
            _ => String::from_utf8_lossy(cell).into_owned(),
        }
    }

    /// How many bytes of the file these bytes of a record were.
    pub(crate) fn bytes_in_file(self, record: &[u8]) -> u64 {
        match self {
            Self::Utf16 { .. } => record.iter().map(|byte| utf16_bytes(*byte)).sum(),
            _ => record.len() as u64,
        }
    }
}

/// An open file and what one pass over it showed.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: File,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    /// Tells the file from later ones of its name; none where it changed while it was looked at.
    pub(crate) stamp: Option<Stamp>,
    /// What it was before it was looked at.
    pub(crate) before: Before,
    pub(crate) content: Content,
    /// Length of the byte order mark.
    pub(crate) mark: u64,
    /// Bytes above 0x7f that are no UTF-8.
    not_utf8: u64,
    /// Characters beyond ASCII that are UTF-8.
    beyond_ascii: u64,
}

impl Source {
    /// Opens a regular file and looks at all of its bytes once.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let found = fs::symlink_metadata(path).map_err(|error| Diagnostic::io("read", path, &error))?;
        if !found.file_type().is_file() {
            return Err(refusal("not-a-file", path, "is not a regular file").into());
        }
        if found.len() > limits::FILE_BYTES {
            let message = format!("is {} bytes long and the limit is {}", found.len(), limits::FILE_BYTES);
            return Err(refusal("file-too-large", path, &message)
                .hint("export shorter periods, or cut the file in two")
                .into());
        }
        let mut file = File::open(path).map_err(|error| Diagnostic::io("read", path, &error))?;
        // The name may have been given to something else since: look at what was really opened.
        let opened = file.metadata().map_err(|error| Diagnostic::io("read", path, &error))?;
        if !opened.is_file() {
            return Err(refusal("not-a-file", path, "is not a regular file").into());
        }
        let (stamp, opened_at) = (Stamp::of(&opened), SystemTime::now());
        let survey = Survey::of(&mut file).map_err(|error| Diagnostic::io("read", path, &error))?;
        let before = Before::new(stamp, &survey.sha256, opened_at);
        let (content, mark) = survey.content(path).or_else(|refusal| before.unless_changed(path, Err(refusal)))?;
        let stamp = file.metadata().ok().filter(|now| Stamp::of(now) == stamp).map(|_| stamp);
        Ok(Self {
            file,
            bytes: survey.bytes,
            sha256: survey.sha256,
            stamp,
            before,
            content,
            mark,
            not_utf8: survey.not_utf8,
            beyond_ascii: survey.beyond_ascii,
        })
    }

    /// Reads the text in this encoding where its bytes are not UTF-8.
    pub(crate) fn settle_charset(&mut self, label: Option<&str>) {
        if self.is_not_utf8()
            && let Some(charset) = label.and_then(Charset::legacy)
        {
            self.content = Content::Text(charset);
        }
    }

    /// Whether it is text without a byte order mark that has bytes which are not UTF-8.
    pub(crate) fn is_not_utf8(&self) -> bool {
        matches!(self.content, Content::Text(Charset::Utf8 | Charset::Legacy(_))) && self.mark == 0 && self.not_utf8 > 0
    }

    /// Whether it is in another encoding: a file that is UTF-8 but for a few bytes is damaged.
    pub(crate) fn is_in_another(&self) -> bool {
        self.is_not_utf8() && self.beyond_ascii < self.not_utf8
    }

    /// The text from its start, after the byte order mark, as ASCII-compatible bytes.
    pub(crate) fn text(&self, charset: Charset) -> io::Result<Box<dyn Read + Send>> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(self.mark))?;
        Ok(match charset {
            Charset::Utf16 { big_endian } => {
                Box::new(Utf16Reader::new(BufReader::with_capacity(1 << 16, file), big_endian))
            }
            _ => Box::new(file),
        })
    }
}

fn refusal(code: &'static str, path: &Path, what: &str) -> Diagnostic {
    Diagnostic::error(code, format!("`{}` {what}", path.display()))
}

/// The hash of all bytes of a file that was just opened, as hexadecimal digits.
pub(crate) fn sha256_of(file: &mut File) -> io::Result<String> {
    Survey::of(file).map(|survey| survey.sha256)
}

/// Bytes that are looked at at once.
const SURVEY_BYTES: usize = 1 << 18;

/// One pass over all bytes.
#[derive(Default)]
struct Survey {
    sha256: String,
    bytes: u64,
    head: Vec<u8>,
    longest_nul_run: usize,
    nul_run: usize,
    not_utf8: u64,
    beyond_ascii: u64,
    carry: Vec<u8>,
}

impl Survey {
    fn of(file: &mut File) -> io::Result<Self> {
        let mut survey = Self::default();
        let mut hash = Sha256::new();
        let (mut chunk, mut next) = (Vec::new(), Vec::new());
        let mut read = |buffer: &mut Vec<u8>| {
            buffer.clear();
            file.by_ref().take(SURVEY_BYTES as u64).read_to_end(buffer)
        };
        read(&mut chunk)?;
        while !chunk.is_empty() {
            // The hash takes as long as all the rest.
            let mut look = || {
                survey.look_at(&chunk);
                if chunk.len() < SURVEY_BYTES { Ok(0) } else { read(&mut next) }
            };
            let more = if chunk.len() < SURVEY_BYTES {
                hash.update(&chunk);
                look()
            } else {
                rayon::join(|| hash.update(&chunk), look).1
            };
            more?;
            std::mem::swap(&mut chunk, &mut next);
            next.clear();
        }
        survey.not_utf8 += survey.carry.len() as u64;
        survey.sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(survey)
    }

    fn look_at(&mut self, chunk: &[u8]) {
        self.bytes += chunk.len() as u64;
        if self.head.len() < 4096 {
            self.head.extend(chunk.iter().take(4096 - self.head.len()));
        }
        if self.nul_run > 0 || memchr::memchr(0, chunk).is_some() {
            for byte in chunk {
                self.nul_run = if *byte == 0 { self.nul_run + 1 } else { 0 };
                self.longest_nul_run = self.longest_nul_run.max(self.nul_run);
            }
        }
        if self.carry.is_empty() && chunk.is_ascii() {
            return;
        }
        let mut bytes = std::mem::take(&mut self.carry);
        bytes.extend_from_slice(chunk);
        self.carry = self.judge_utf8(&bytes).to_vec();
    }

    /// Counts characters and strays; gives back a character cut by the chunk's end.
    fn judge_utf8<'a>(&mut self, mut bytes: &'a [u8]) -> &'a [u8] {
        let beyond_ascii = |text: &[u8]| text.iter().filter(|byte| **byte >= 0xc0).count() as u64;
        loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.beyond_ascii += beyond_ascii(text.as_bytes());
                    return &[];
                }
                Err(error) => {
                    let (good, rest) = bytes.split_at(error.valid_up_to());
                    self.beyond_ascii += beyond_ascii(good);
                    let Some(length) = error.error_len() else { return rest };
                    self.not_utf8 += length as u64;
                    bytes = &rest[length..];
                }
            }
        }
    }

    fn content(&self, path: &Path) -> Result<(Content, u64)> {
        let head = self.head.as_slice();
        let refuse = |code, what: &str| Err(refusal(code, path, what).into());
        if head.is_empty() {
            return refuse("empty-file", "is empty");
        }
        if head.starts_with(b"PK\x03\x04") {
            return Ok((Content::Workbook, 0));
        }
        if head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(refusal("xlsx-encrypted-or-xls", path, "is an old or encrypted Excel file")
                .hint("open it and save it as `.xlsx` without a password, or as CSV")
                .into());
        }
        if head.starts_with(&[0x1f, 0x8b]) {
            return Err(refusal("compressed", path, "is compressed").hint("unpack it first: `gunzip FILE`").into());
        }
        if head.starts_with(&[0xff, 0xfe]) {
            return Ok((Content::Text(Charset::Utf16 { big_endian: false }), 2));
        }
        if head.starts_with(&[0xfe, 0xff]) {
            return Ok((Content::Text(Charset::Utf16 { big_endian: true }), 2));
        }
        if self.longest_nul_run >= limits::TORN_BYTES {
            return Err(refusal("torn-file", path, "has a hole of zero bytes: it was not written to its end")
                .hint("download it again")
                .into());
        }
        let mark = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        let nuls = head.iter().filter(|byte| **byte == 0).count();
        if nuls * 5 > head.len() {
            return Err(refusal("encoding-unknown", path, "looks like UTF-16 without a byte order mark")
                .hint("save it as UTF-8")
                .into());
        }
        let control = head.iter().filter(|byte| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r')).count();
        if control * 50 > head.len() + 800 {
            return refuse("binary", "is not text");
        }
        match head[mark..].iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => Err(refusal("not-tabular", path, "is a web page and not a table (html)")
                .hint("the download link had probably expired: sign in and download it again")
                .into()),
            Some(b'{' | b'[') => refuse("not-tabular", "is JSON and not a table"),
            _ => Ok((Content::Text(Charset::Utf8), mark as u64)),
        }
    }
}

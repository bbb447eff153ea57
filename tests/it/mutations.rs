//! Exports that were damaged in every way: each is refused with a message, or becomes rows and
//! rejects that add up. Nothing panics, and the lake stays whole.
//!
//! `TRUEUP_MUTATIONS=100000` tries so many, `TRUEUP_MUTATIONS=4711..4712` the one that a failure
//! names.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use trueup::config::Settings;
use trueup::error::Result;
use trueup::ingest::{self, FileContext, Reject, Sink};
use trueup::lake::{Lake, Table, verify};
use trueup::types::Timestamp;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::ingest::{golden_settings, goldens};

/// How many without being asked for more.
const MUTANTS: u64 = 2_000;
/// Of a longer file some records from its start are enough.
const LONGEST: usize = 6_000;
/// One in so many goes all the way into a lake.
const INTO_A_LAKE: u64 = 50;

/// What a careless hand, a torn disk or an ill will puts into a file.
const FRAGMENTS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\x80",
    b"-",
    b"=1+1",
    b"1e308",
    b"NaN",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"170141183460469231731687303715884105727",
    b"0.00000000000000000001",
    b"9999-12-31T23:59:59Z",
    b"0000-00-00",
    b"1970-01-01T00:00:00-23:59",
    "\u{202e}".as_bytes(),
    "\u{ff1d}".as_bytes(),
    b"%s%n",
    b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
    b"4294967295",
    b"</c></row><row r=\"1048576\"><c r=\"XFD1048576\">",
];

/// The numbers that follow from a seed (splitmix64), so that a mutant can be had again.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    fn range(&mut self, length: usize, longest: usize) -> Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(longest)).min(length)
    }
}

/// A good file, and the settings it is read with.
struct Original {
    name: PathBuf,
    bytes: Vec<u8>,
    settings: usize,
}

impl AsRef<[u8]> for Original {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

fn originals(settings: &[Settings]) -> Vec<Original> {
    let mut found = Vec::new();
    for (place, settings) in settings.iter().enumerate() {
        for path in ingest::discover(settings).unwrap() {
            let mut bytes = fs::read(&path).unwrap();
            if !is_workbook(&bytes) && bytes.len() > LONGEST {
                let end = memchr::memchr(b'\n', &bytes[LONGEST..]).map_or(bytes.len(), |end| LONGEST + end + 1);
                // In UTF-16 the line feed's other byte comes after it.
                bytes.truncate(end + end % 2 * usize::from(bytes.starts_with(&[0xff, 0xfe])));
            }
            let name = path.strip_prefix(&settings.exports).unwrap().to_owned();
            found.push(Original { name, bytes, settings: place });
        }
    }
    found
}

fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// One to four damages. Of a workbook every second one is damaged inside, where no sum tells.
fn mutant(originals: &[Original], original: &Original, chance: &mut Chance) -> Vec<u8> {
    let mut bytes = original.bytes.clone();
    let inside = is_workbook(&bytes) && chance.below(2) == 0;
    for _ in 0..=chance.below(4) {
        if inside {
            bytes = damaged_inside(&bytes, originals, chance);
        } else {
            damage(&mut bytes, originals, chance);
        }
    }
    bytes
}

pub(crate) fn damage(bytes: &mut Vec<u8>, others: &[impl AsRef<[u8]>], chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    match chance.below(8) {
        0 | 1 => {
            let bit = 1 << chance.below(8);
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= bit);
        }
        2 | 3 => drop(bytes.splice(at..at, FRAGMENTS[chance.below(FRAGMENTS.len())].iter().copied())),
        4 => bytes.truncate(at),
        5 => drop(bytes.drain(chance.range(bytes.len(), 400))),
        6 => {
            let copy = bytes[chance.range(bytes.len(), 2_000)].to_vec();
            bytes.splice(at..at, copy);
        }
        _ => {
            let other = others[chance.below(others.len())].as_ref();
            let copy = other[chance.range(other.len(), 2_000)].to_vec();
            bytes.splice(at..at, copy);
        }
    }
}

/// The workbook with one of its parts damaged and every sum right again.
pub(crate) fn damaged_inside(workbook: &[u8], others: &[impl AsRef<[u8]>], chance: &mut Chance) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let parts: Vec<usize> = (0..archive.len()).collect();
    let chosen = chance.below(parts.len());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for part in parts {
        let mut entry = archive.by_index(part).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().to_string(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        if part == chosen {
            damage(&mut bytes, others, chance);
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Counts what it is given.
#[derive(Default)]
struct Counts {
    rows: u64,
    rejects: u64,
}

impl Sink for Counts {
    fn rows(&mut self, _table: &'static Table, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        assert!(!reject.code.is_empty() && !reject.reason.is_empty(), "a reject says why");
        self.rejects += 1;
        Ok(())
    }
}

/// How the mutants ended.
#[derive(Debug, Default)]
struct Ends {
    read: u64,
    refused: u64,
    with_rejects: u64,
    into_a_lake: u64,
}

/// Reads a mutant; true where it was read, and whether with rejects.
pub(crate) fn read_one(path: &Path, settings: &Settings) -> Option<bool> {
    let mut counts = Counts::default();
    // Nothing after the 22nd of November 2026 has happened yet.
    let modified = Some(Timestamp::from_seconds(1_795_305_600));
    match ingest::read_as(path, settings, FileContext { modified, ..FileContext::default() }, &mut counts) {
        Ok(receipt) => {
            assert!(receipt.balances(), "{receipt:?}");
            assert_eq!(receipt.rows.values().sum::<u64>(), counts.rows);
            assert_eq!(receipt.rejected, counts.rejects);
            Some(receipt.rejected > 0)
        }
        Err(problem) => {
            assert!(!problem.message.is_empty());
            None
        }
    }
}

/// The mutant and the file it was, both into one lake; and a second time, which changes nothing.
fn into_a_lake(settings: &Settings) {
    let lake = Lake::open(&settings.lake).unwrap();
    let summary = ingest::run(settings, &lake, &mut |_| {}).expect("a bad file does not end the run");
    for file in &summary.files {
        assert_eq!(file.receipt.rows.values().sum::<u64>(), file.merged.total(), "{}", file.receipt.file);
    }
    assert_eq!(verify(&settings.lake, true), []);
    let again = ingest::run(settings, &lake, &mut |_| {}).unwrap();
    assert_eq!(again.snapshot.version(), summary.snapshot.version());
}

fn try_one(number: u64, originals: &[Original], settings: &[Settings], ends: &mut Ends) {
    let mut chance = Chance(number);
    let original = &originals[chance.below(originals.len())];
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        folder: folder.path().to_owned(),
        exports: folder.path().join("exports"),
        lake: folder.path().join("lake"),
        ..settings[original.settings].clone()
    };
    let path = settings.exports.join(&original.name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, mutant(originals, original, &mut chance)).unwrap();
    match read_one(&path, &settings) {
        Some(rejects) => {
            ends.read += 1;
            ends.with_rejects += u64::from(rejects);
        }
        None => ends.refused += 1,
    }
    if number.is_multiple_of(INTO_A_LAKE) {
        fs::write(
            path.with_file_name(format!("good-{}", original.name.file_name().unwrap().display())),
            &original.bytes,
        )
        .unwrap();
        into_a_lake(&settings);
        ends.into_a_lake += 1;
    }
}

/// The inputs that a variable asks for, `100000` or `4711..4712`; as many as usual where nobody asks.
pub(crate) fn numbers(variable: &str, usual: u64) -> Range<u64> {
    let asked = std::env::var(variable).unwrap_or(usual.to_string());
    let (first, end) = asked.split_once("..").unwrap_or(("0", &asked));
    first.parse().unwrap()..end.parse().unwrap()
}

#[test]
fn every_mutant_is_refused_or_accounted_for() {
    let numbers = numbers("TRUEUP_MUTATIONS", MUTANTS);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let settings = [Settings::read(&sample).unwrap(), Settings { exports: goldens(), ..golden_settings() }];
    let originals = originals(&settings);
    let (mut ends, mut failed) = (Ends::default(), Vec::new());
    let count = numbers.end - numbers.start;
    for number in numbers {
        let attempt = AssertUnwindSafe(|| try_one(number, &originals, &settings, &mut ends));
        if catch_unwind(attempt).is_err() {
            failed.push(number);
        }
    }
    eprintln!("{count} mutants of {} files: {ends:?}", originals.len());
    assert!(failed.is_empty(), "mutants {failed:?}");
    // Damage that everything or nothing survives would prove nothing.
    assert!(count < MUTANTS || ends.read * 10 > count && ends.refused * 10 > count && ends.with_rejects * 10 > count);
}

//! Workbooks however they are written: what one states of itself is held against what a workbook can hold,
//! and one that tells the truth is read in any spelling.

use std::fs;
use std::io::{Cursor, Write};
use std::process::Command;
use std::time::{Duration, Instant};

use trueup::ingest::{self, Summary};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::ingest::project;

/// How XML can be written without meaning anything else.
#[derive(Clone, Copy)]
pub(crate) struct Spelling {
    number: usize,
    quote: char,
    /// Before, and on both sides of, an attribute's `=`.
    space: (&'static str, &'static str),
    prefix: &'static str,
    /// What stands before the root element and is no part of it.
    decoy: &'static str,
    encoding: Encoding,
    /// The document and its texts.
    names: (&'static str, &'static str),
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Marked,
    Little,
    Big,
}

const SPACES: [(&str, &str); 3] = [(" ", ""), ("\n\t  ", " "), ("  ", "\n")];
const DECOYS: [&str; 5] = [
    "",
    "<!-- <sst count=\"1\" uniqueCount=\"1\"> <dimension ref=\"A1\"/> -->",
    "<?note uniqueCount=\"1\" ref=\"A1:B2\"?>",
    "<!-- > -->\n<!--<?xml?>-->",
    "<?a ?><!--'\"-->",
];
const ENCODINGS: [Encoding; 4] = [Encoding::Utf8, Encoding::Marked, Encoding::Little, Encoding::Big];
const NAMES: [(&str, &str); 4] = [
    ("xl/workbook.xml", "sharedStrings.xml"),
    ("xl/workbook.xml", "texts/all.xml"),
    ("book/main.xml", "sharedStrings.xml"),
    ("main.xml", "words.bin"),
];

pub(crate) fn spellings() -> impl Iterator<Item = Spelling> {
    (0..50).map(|number| Spelling {
        number,
        quote: if number % 2 == 0 { '"' } else { '\'' },
        space: SPACES[number % SPACES.len()],
        prefix: ["", "x:", "sheet-ml:"][number / 2 % 3],
        decoy: DECOYS[number % DECOYS.len()],
        encoding: ENCODINGS[number / 3 % ENCODINGS.len()],
        names: NAMES[number / 5 % NAMES.len()],
    })
}

/// What a workbook says of itself beside its cells.
#[derive(Clone, Copy)]
pub(crate) struct Stated<'a> {
    pub(crate) texts: &'a str,
    pub(crate) dimension: &'a str,
    pub(crate) row: &'a str,
    pub(crate) cell: &'a str,
}

pub(crate) const TRUE: Stated<'_> = Stated { texts: "16", dimension: "A1:H2", row: "2", cell: "A2" };

const LIES: &[Stated<'_>] = &[
    Stated { texts: "4294967295", ..TRUE },
    Stated { texts: "99999999999999999999999999", ..TRUE },
    Stated { texts: " 5000001 ", ..TRUE },
    Stated { dimension: "C9:A1", ..TRUE },
    Stated { dimension: "A1:ZZZZZZZ1", ..TRUE },
    Stated { dimension: "A1:H4294967297", ..TRUE },
    Stated { row: "18446744073709551616", ..TRUE },
    Stated { cell: "A4294967297", ..TRUE },
    Stated { cell: "FXSHRXX2", ..TRUE },
];

impl Spelling {
    fn attribute(&self, name: &str, value: &str) -> String {
        let (before, around) = self.space;
        format!("{before}{name}{around}={around}{quote}{value}{quote}", quote = self.quote)
    }

    /// An element with its attributes.
    fn element(&self, name: &str, attributes: &[(&str, &str)], inner: &str) -> String {
        let name = format!("{}{name}", self.prefix);
        let attributes: String = attributes.iter().map(|(name, value)| self.attribute(name, value)).collect();
        format!("<{name}{attributes}>{inner}</{name}>")
    }

    fn part(&self, root: &str) -> Vec<u8> {
        let (declared, mark) = match self.encoding {
            Encoding::Utf8 => ("UTF-8", ""),
            Encoding::Marked => ("UTF-8", "\u{feff}"),
            Encoding::Little | Encoding::Big => ("UTF-16", "\u{feff}"),
        };
        let text = format!("{mark}<?xml version=\"1.0\" encoding=\"{declared}\"?>{}{root}", self.decoy);
        match self.encoding {
            Encoding::Utf8 | Encoding::Marked => text.into_bytes(),
            Encoding::Little => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Big => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    fn links(&self, links: &[(&str, &str, &str)]) -> Vec<u8> {
        let kind = |kind: &str| format!("http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}");
        let links = links.iter().map(|(id, word, target)| {
            self.element("Relationship", &[("Id", id), ("Type", &kind(word)), ("Target", target)], "")
        });
        self.part(&self.element("Relationships", &[], &links.collect::<String>()))
    }

    /// One order in a workbook.
    pub(crate) fn workbook(&self, stated: Stated<'_>) -> Vec<u8> {
        let order = format!("W{}", self.number);
        let cells = [
            "order_id",
            "channel",
            "sku",
            "qty",
            "unit_price",
            "currency",
            "ordered_at",
            "status",
            &order,
            "shopify",
            "MUG",
            "3",
            "4.50",
            "USD",
            "2026-02-01T00:00:00Z",
            "paid",
        ];
        let texts = cells.iter().map(|text| self.element("si", &[], &self.element("t", &[], text)));
        let texts = self.element("sst", &[("count", "16"), ("uniqueCount", stated.texts)], &texts.collect::<String>());
        let row = |number: &str, first: &str, from: usize| {
            let cells = (0..8).map(|place| {
                let at =
                    if place == 0 { first.to_owned() } else { format!("{}{}", (b'A' + place) as char, from / 8 + 1) };
                let value = self.element("v", &[], &(from + usize::from(place)).to_string());
                self.element("c", &[("r", &at), ("t", "s")], &value)
            });
            self.element("row", &[("r", number)], &cells.collect::<String>())
        };
        let rows = row("1", "A1", 0) + &row(stated.row, stated.cell, 8);
        let dimension = self.element("dimension", &[("ref", stated.dimension)], "");
        let sheet = self.element("worksheet", &[], &(dimension + &self.element("sheetData", &[], &rows)));
        let shown = self.element("sheet", &[("name", "Orders"), ("sheetId", "1"), ("r:id", "r1")], "");
        let document = self.element("workbook", &[], &self.element("sheets", &[], &shown));
        let (main, words) = self.names;
        let (folder, name) = main.rsplit_once('/').map_or(("", main), |(folder, name)| (folder, name));
        let within = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let links = [("r1", "worksheet", "sheets/one.xml"), ("r2", "sharedStrings", words)];
        let parts = [
            ("_rels/.rels".to_owned(), self.links(&[("r1", "officeDocument", main)])),
            (within(&format!("_rels/{name}.rels")), self.links(&links)),
            (main.to_owned(), self.part(&document)),
            (within(words), self.part(&texts)),
            (within("sheets/one.xml"), self.part(&sheet)),
        ];
        archive(&parts)
    }
}

fn archive(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn read(workbooks: impl Iterator<Item = Vec<u8>>) -> (tempfile::TempDir, Summary) {
    let (folder, settings, lake) = project(&[]);
    fs::create_dir_all(&settings.exports).unwrap();
    for (number, bytes) in workbooks.enumerate() {
        fs::write(settings.exports.join(format!("orders-{number:02}.xlsx")), bytes).unwrap();
    }
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    (folder, summary)
}

#[test]
fn a_true_workbook_is_read_in_every_spelling() {
    let (_folder, summary) = read(spellings().map(|spelling| spelling.workbook(TRUE)));
    let told: Vec<String> = summary.refused.iter().chain(&summary.ignored).map(ToString::to_string).collect();
    assert!(told.is_empty(), "{told:#?}");
    let lines = summary.snapshot.read("order_lines", None).unwrap();
    assert_eq!(lines.len(), 50);
    assert!(lines.integer("quantity").unwrap().iter().all(|quantity| quantity == Some(3)));
}

#[test]
fn a_workbook_that_lies_is_refused_in_every_spelling() {
    for lie in LIES {
        let (_folder, summary) = read(spellings().map(|spelling| spelling.workbook(*lie)));
        let lied = (lie.texts, lie.dimension, lie.row, lie.cell);
        let told: Vec<&str> = summary.refused.iter().map(|problem| problem.code).collect();
        assert_eq!((told.len(), summary.accepted()), (50, 0), "{lied:?}: {told:?}");
        assert!(told.iter().all(|code| matches!(*code, "xlsx-damaged" | "xlsx-too-many-cells")), "{lied:?}: {told:?}");
    }
}

#[test]
fn entities_are_refused_in_every_spelling() {
    let (_folder, summary) = read(spellings().map(|spelling| {
        let decoy = "<!-- - --><!DOCTYPE  x [<!ENTITY many 'many'>]>";
        Spelling { decoy, ..spelling }.workbook(TRUE)
    }));
    assert!(summary.refused.iter().all(|problem| problem.code == "xml-dtd"), "{:?}", summary.refused);
    assert_eq!(summary.refused.len(), 50);
}

/// The whole program, in the memory and the time that it may take.
#[cfg(target_os = "linux")]
#[test]
fn a_lie_costs_neither_memory_nor_time() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("exports")).unwrap();
    fs::write(folder.path().join("trueup.toml"), "[shop]\ncurrency = \"USD\"\n[channel.shopify]\n").unwrap();
    for spelling in spellings() {
        let lie = LIES[spelling.number % LIES.len()];
        fs::write(folder.path().join(format!("exports/{}.xlsx", spelling.number)), spelling.workbook(lie)).unwrap();
    }
    let start = Instant::now();
    // Half a gigabyte of room that is asked for, used or not.
    let limited = "ulimit -v 524288 && exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_trueup"), "--project"])
        .arg(folder.path())
        .arg("ingest")
        // Room for the heaps of threads is asked for and not used.
        .envs([("MALLOC_ARENA_MAX", "1"), ("RAYON_NUM_THREADS", "2"), ("POLARS_MAX_THREADS", "1")])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert_eq!(told.matches("error: ").count().max(told.matches(".xlsx").count().min(50)), 50, "{told}");
    assert!(start.elapsed() < Duration::from_secs(50 * 5), "{:?}", start.elapsed());
}

/// A thousand names for one sheet would be a thousand readings of it.
#[test]
fn one_sheet_is_not_shown_twice() {
    let spelling = spellings().next().unwrap();
    let ids: Vec<String> = (0..1_000).map(|number| format!("r{number}")).collect();
    let sheets: String = ids.iter().map(|id| spelling.element("sheet", &[("name", id), ("r:id", id)], "")).collect();
    let document = spelling.element("workbook", &[], &sheets);
    let links: Vec<(&str, &str, &str)> = ids.iter().map(|id| (id.as_str(), "worksheet", "one.xml")).collect();
    let sheet = spelling.element("worksheet", &[], &spelling.element("sheetData", &[], ""));
    let bytes = archive(&[
        ("_rels/.rels".to_owned(), spelling.links(&[("r", "officeDocument", "xl/workbook.xml")])),
        ("xl/_rels/workbook.xml.rels".to_owned(), spelling.links(&links)),
        ("xl/workbook.xml".to_owned(), spelling.part(&document)),
        ("xl/one.xml".to_owned(), spelling.part(&sheet)),
    ]);
    let (_folder, summary) = read([bytes].into_iter());
    let refused = summary.refused;
    assert_eq!(refused[0].message, "the workbook cannot be read: it shows one sheet twice");
}

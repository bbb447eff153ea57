//! Files that somebody empties, cuts, writes anew, replaces or removes after they were looked at: none is
//! taken for what is left of it, whatever it was recognised as.

use std::fs::File;
use std::io::Write;

use rust_xlsxwriter::Workbook;

use super::*;

/// What somebody else does to a file meanwhile, and what it is called.
type Change = (&'static str, fn(&Path));

const CHANGES: [Change; 6] = [
    ("emptied", |path| drop(File::create(path).unwrap())),
    ("cut", |path| {
        let half = fs::metadata(path).unwrap().len() / 2;
        File::options().write(true).open(path).unwrap().set_len(half).unwrap();
    }),
    ("lengthened", |path| File::options().append(true).open(path).unwrap().write_all(b"\n").unwrap()),
    // As long as it was, and with the time that it had.
    ("rewritten", |path| {
        let written = fs::metadata(path).unwrap().modified().unwrap();
        let mut bytes = fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
        File::options().append(true).open(path).unwrap().set_modified(written).unwrap();
    }),
    ("replaced", |path| {
        let other = path.with_extension("new");
        fs::write(&other, fs::read(path).unwrap().repeat(2)).unwrap();
        fs::rename(other, path).unwrap();
    }),
    ("removed", |path| fs::remove_file(path).unwrap()),
];

fn workbook(header: &str) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, text) in header.trim_end().split(',').enumerate() {
        sheet.write(0, column as u16, text).unwrap();
        sheet.write(1, column as u16, "1").unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// A shop with one file, and what becomes of it if `change` happens once it was looked at.
fn refused_after(name: &str, bytes: &[u8], change: impl Fn(&Path)) -> Option<&'static str> {
    let folder = shop(name, "");
    let settings = Settings::read(folder.path()).unwrap();
    let path = settings.exports.join(name);
    fs::write(&path, bytes).unwrap();
    let layouts = channels::layouts(&settings).unwrap();
    let source = Source::open(&path).unwrap();
    change(&path);
    let read = recognise::recognise(&path, source, &settings, &layouts).and_then(|known| {
        let context = Context::new(&path, &FileContext::default(), &settings, known.channel);
        read(&path, &known, context, (&Sisters::new(&settings, &layouts), &mut Seen::default()))
    });
    read.err().map(|refusal| refusal.code)
}

/// Of every kind: one that is read, tables that nothing fits, one that no table is for, workbooks.
fn files() -> Vec<(&'static str, Vec<u8>, Option<&'static str>)> {
    vec![
        ("shopify/orders.csv", orders().into_bytes(), None),
        ("amazon/settlement.txt", settlement().into_bytes(), None),
        ("shopify/notes.csv", b"who,what\nada,count the mugs\n".repeat(40), Some("unknown-layout")),
        ("shopify/book.xlsx", workbook("who,what"), Some("unknown-layout")),
        ("shopify/words.txt", b"nothing but words\n".repeat(40), Some("unknown-layout")),
    ]
}

#[test]
fn a_file_that_changes_is_refused_whatever_it_is() {
    for (name, bytes, usual) in files() {
        assert_eq!(refused_after(name, &bytes, |_| {}), usual, "{name}");
        for (what, change) in CHANGES {
            assert_eq!(refused_after(name, &bytes, change), Some("changed-during-read"), "{name} is {what}");
        }
    }
}

#[test]
fn a_copy_with_the_same_bytes_is_no_change() {
    let replaced = |path: &Path| {
        let other = path.with_extension("new");
        let written = fs::metadata(path).unwrap().modified().unwrap();
        fs::copy(path, &other).unwrap();
        File::options().append(true).open(&other).unwrap().set_modified(written).unwrap();
        fs::rename(other, path).unwrap();
    };
    assert_eq!(refused_after("shopify/orders.csv", orders().as_bytes(), replaced), None);
}

//! Workbooks whose parts contradict themselves, their sums right and wrong.

use std::fs;

use super::{End, try_all};
use crate::ingest::golden_settings;
use crate::mutations::{Chance, damage, damaged_inside, read_one};
use crate::workbooks::{Stated, TRUE, spellings};

/// What a workbook can say of its own size.
const NUMBERS: &[&str] =
    &["", "0", "1", "16", "-1", "5000001", "4294967295", "18446744073709551616", "1e9", "NaN", " 16 "];
/// What it can say of where its cells are.
const CELLS: &[&str] =
    &["", "A0", "A1", "A2", "H2:A1", "A1:H2", "XFD1048576", "ZZZZZZZ1", "A4294967297", "1A", "A-1", "$A$2"];

/// The truth, but for one thing in two books.
fn stated(chance: &mut Chance) -> Stated<'static> {
    let number = NUMBERS[chance.below(NUMBERS.len())];
    let cell = CELLS[chance.below(CELLS.len())];
    match chance.below(8) {
        0 => Stated { texts: number, ..TRUE },
        1 => Stated { dimension: cell, ..TRUE },
        2 => Stated { row: number, ..TRUE },
        3 => Stated { cell, ..TRUE },
        _ => TRUE,
    }
}

#[test]
fn any_workbook_is_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = golden_settings();
    settings.exports = folder.path().to_owned();
    let path = folder.path().join("orders.xlsx");
    let spellings: Vec<_> = spellings().collect();
    try_all("workbooks", 300, |chance| {
        let other = spellings[chance.below(spellings.len())].workbook(TRUE);
        let mut bytes = spellings[chance.below(spellings.len())].workbook(stated(chance));
        for _ in 0..chance.below(3) {
            bytes = damaged_inside(&bytes, std::slice::from_ref(&other), chance);
        }
        if chance.below(4) == 0 {
            damage(&mut bytes, &[other], chance);
        }
        fs::write(&path, bytes).unwrap();
        read_one(&path, &settings).map_or(End::Refused, |_| End::Read)
    });
}

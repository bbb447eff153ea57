//! The report as files: escaping, guards, determinism, and the folder that holds them.

mod fixture;

use std::collections::BTreeMap;
use std::fs;

use fixture::{Fixture, fixture, table};
use trueup::lake::Kind;
use trueup::report::{Folder, Page, csv, render};

fn pages(fixture: &Fixture) -> BTreeMap<String, Vec<u8>> {
    render(&fixture.night()).unwrap().into_iter().map(|page| (page.name, page.bytes)).collect()
}

fn html(fixture: &Fixture) -> String {
    String::from_utf8(pages(fixture).remove("index.html").unwrap()).unwrap()
}

/// Set `TRUEUP_REPORT_OUT` to a folder to look at the page.
#[test]
fn the_same_night_gives_the_same_bytes() {
    let (first, second) = (render(&fixture().night()).unwrap(), render(&fixture().night()).unwrap());
    assert_eq!(first, second);
    if let Some(folder) = std::env::var_os("TRUEUP_REPORT_OUT") {
        Folder::at(folder).replace(&first).unwrap();
    }
}

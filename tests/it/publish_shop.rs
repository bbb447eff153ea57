//! A whole shop whose exports go wrong after a first publication: nothing goes out, and the feed in force stays.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::project::{Project, has, stderr};

/// A made-up shop of today, read, judged and published.
fn published_shop() -> Project {
    let project = shop();
    assert_eq!(code(&project.trueup(&["publish", "--yes", "--project", "shop"])), 0);
    project
}

fn shop() -> Project {
    let project = Project::empty();
    let today = chrono::Utc::now().date_naive().to_string();
    let sample = ["sample", "shop", "--orders", "300", "--skus", "12", "--days", "40", "--as-of", &today];
    assert_eq!(code(&project.trueup(&sample)), 0);
    assert_eq!(code(&project.trueup(&["run", "--project", "shop"])), 0);
    project
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("it ended by itself")
}

fn in_force(project: &Project) -> String {
    fs::read_to_string(project.path("shop/buffers/CURRENT")).expect("a publication")
}

/// Reads the exports as they are now into a lake that forgets the others, and judges them.
fn read_afresh(project: &Project) -> i32 {
    let read = project.trueup(&["ingest", "--afresh", "--project", "shop"]);
    assert!(code(&read) < 2, "{}", stderr(&read));
    code(&project.trueup(&["run", "--project", "shop"]))
}

/// Publishing is refused for these reasons, and what was in force still is.
fn is_refused(project: &Project, reasons: &[&str]) {
    let before = in_force(project);
    let refused = project.trueup(&["publish", "--yes", "--project", "shop"]);
    assert_eq!(code(&refused), 2);
    has(&stderr(&refused), reasons);
    assert_eq!(in_force(project), before);
}

/// Changes the `on_hand` of every count in the stock files of the shop's own book.
fn recount(project: &Project, change: impl Fn(&str, i64) -> i64) {
    for path in files(&project.path("shop/exports/truth"), "stock_2") {
        let text = fs::read_to_string(&path).unwrap();
        let lines = text.lines().enumerate().map(|(number, line)| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if number > 0 {
                cells[3] = change(&cells[0], cells[3].parse().unwrap()).to_string();
            }
            cells.join(",") + "\n"
        });
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
}

fn files(folder: &Path, prefix: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix)).collect()
}

#[test]
fn a_stock_that_is_multiplied_does_not_go_out_until_a_person_names_the_rails() {
    let project = published_shop();
    recount(&project, |_, units| units * 10);
    read_afresh(&project);
    is_refused(&project, &["nothing is published", "over all channels", "up by more than 50 %", "listed-units-share"]);
    let first = in_force(&project);
    let rails = "changed-share,zeroed-listings,listed-units,channel-units,listing-units,verdict";
    let force = ["publish", "--yes", "--project", "shop", "--force", rails];
    let nameless = project.trueup(&force);
    assert_eq!(code(&nameless), 2);
    has(&stderr(&nameless), &["--who <NAME>", "--why <TEXT>"]);
    let named = project.trueup(&[&force[..], &["--who", "mei", "--why", "the spring delivery"]].concat());
    assert_eq!(code(&named), 0, "{}", stderr(&named));
    assert_ne!(in_force(&project), first);
    let record = fs::read_to_string(project.path("shop/buffers/publications.csv")).unwrap();
    let lines: Vec<&str> = record.lines().collect();
    assert_eq!(lines.len(), 3, "{record}");
    assert!(lines[1].contains(",,,,"), "nobody had to say a word: {record}");
    has(lines[2], &["listed-units", ",mei,the spring delivery"]);
}

#[test]
fn a_channel_whose_files_are_gone_and_counts_below_nothing_do_not_go_out() {
    let project = published_shop();
    let listed = project.path("shop/exports/shopify");
    fs::rename(&listed, project.path("kept")).unwrap();
    read_afresh(&project);
    is_refused(&project, &["no listing is left on `shopify`", "--force"]);
    fs::rename(project.path("kept"), &listed).unwrap();
    recount(&project, |sku, units| if sku.starts_with("MUG-BLUE") { -500 } else { units });
    assert_eq!(read_afresh(&project), 1);
    is_refused(&project, &["the last run says no", "`check_stock_negative` finds", "`trueup run`"]);
    fs::rename(project.path("shop/exports"), project.path("kept")).unwrap();
    fs::create_dir(project.path("shop/exports")).unwrap();
    assert_eq!(code(&project.trueup(&["run", "--project", "shop"])), 1);
    is_refused(&project, &["no export is there"]);
}

#[test]
fn a_lake_that_changed_after_its_run_waits_for_another() {
    let project = published_shop();
    let more = "sku,location,at,on_hand\nNEW-ONE,main,2026-01-01T10:00:00Z,3\n";
    fs::write(project.path("shop/exports/truth/stock_more.csv"), more).unwrap();
    assert_eq!(code(&project.trueup(&["ingest", "--project", "shop"])), 0);
    is_refused(&project, &["the last run judged version 1 of the lake, and now it is version 2", "`trueup run`"]);
}

#[test]
fn an_altered_feed_is_found_by_every_command_that_reads_it() {
    let project = published_shop();
    let whole = project.trueup(&["verify", "--project", "shop"]);
    assert_eq!(code(&whole), 0);
    has(&stderr(&whole), &["the feed in force", "is as it was published"]);
    let feed = project.path("shop/buffers").join(in_force(&project).trim()).join("buffers.csv");
    let text = fs::read_to_string(&feed).unwrap();
    fs::write(&feed, text.replacen(",main,", ",Main,", 1)).unwrap();
    for (command, expected) in [("verify", 1), ("run", 2), ("publish", 2)] {
        let found = project.trueup(&[command, "--project", "shop"]);
        assert_eq!(code(&found), expected, "{command}");
        has(&stderr(&found), &["a published file was changed after it was written", "buffers.csv", "publish anew"]);
    }
}

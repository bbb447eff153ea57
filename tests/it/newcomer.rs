//! What somebody meets who has never used trueup: what is missing is told whole, with what to type.

use std::fs;
use std::process::Output;

use crate::project::{Project, said};

const SHOP: &str = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\nas-of = 2026-02-28\n\n\
    [channel.portal]\nkind = \"wholesale\"\n\n";

const MAPPING: &str = r#"[mapping.portal]
channel = "portal"
table = "order_lines"
columns = { order_id = "Beleg", ordered_at = "Datum", sku = "Artikel", quantity = "Menge", unit_price = "Preis", status = "Status" }
constants = { currency = "EUR" }
decimal = ","
"#;

/// A project with these settings after the shop's own, and files under `exports/`.
fn project(settings: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::empty();
    fs::write(project.path("trueup.toml"), format!("{SHOP}{settings}")).unwrap();
    fs::create_dir(project.path("exports")).unwrap();
    for (name, text) in files {
        let path = project.path("exports").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    project
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
}

const UNKNOWN_WORDS: &str = "Beleg;Datum;Artikel;Menge;Preis;Status\nA1;2026-02-03;MUG;2;1,50;paid\n\
    A2;2026-02-03;MUG;2;1,50;zurückgestellt\nA3;2026-02-03;MUG;2;1,50;storniert\nA4;2026-02-03;MUG;2;1,50;storniert\n\
    A5;2026-02-03;MUG;zwei;1,50;paid\n";

#[test]
fn questions_to_the_lake_that_miss_are_pointed_on() {
    let orders = UNKNOWN_WORDS.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    let project = project(MAPPING, &[("portal/orders.csv", &orders)]);
    assert_eq!(project.trueup(&["ingest"]).status.code(), Some(0));
    fs::write(project.path("own.sql"), "select sku as s\nfrom order_lines\nwhere sttus = 'paid'\norder by s\n")
        .unwrap();
    fs::write(project.path("table.sql"), "select sku as s\nfrom order_line\norder by s\n").unwrap();
    fs::write(project.path("own.txt"), "select sku as s from order_lines order by s\n").unwrap();
    for (query, wanted) in [
        ("own.sql", &["has the column `sttus`", "own.sql:3:7", "did you mean `status`?"][..]),
        ("table.sql", &["no table or query `order_line`", "table.sql:2:6", "did you mean `order_lines`?"]),
        ("mart_setlements", &["no query `mart_setlements`", "did you mean `trueup query mart_settlements`?"]),
        ("select * from order_lines", &["SQL is read from a file", "`trueup query mine.sql`"]),
        ("with x as (select 1) select 2", &["SQL is read from a file"]),
        ("own.txt", &["files whose names end in `.sql`"]),
    ] {
        let output = project.trueup(&["query", query]);
        assert_eq!(output.status.code(), Some(2), "{query}");
        has(&stderr(&output), wanted);
    }
    let table = said(&project.trueup(&["query", "order_lines"]));
    has(&table, &["channel,order_id,", "portal,A1,MUG#1,"]);
}

#[test]
fn the_terminal_counts_what_the_page_counts() {
    let twice =
        "Beleg;Datum;Artikel;Menge;Preis;Status\nA1;2026-02-03;MUG;2;1,50;paid\nA9;2026-02-03;MUG;2;1,50;paid\n";
    let files = [("portal/a.csv", UNKNOWN_WORDS), ("portal/b.csv", twice)];
    let project = project(MAPPING, &files);
    let run = stderr(&project.trueup(&["run"]));
    let counts = "2 rows from 2 files, 1 known already, 4 rejected";
    has(&run, &[&format!("Finished {counts} in ")]);
    has(&fs::read_to_string(project.path("reports/index.html")).unwrap(), &[&format!("{counts}.")]);
}

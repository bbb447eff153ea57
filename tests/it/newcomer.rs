//! What somebody meets who has never used trueup: what is missing is told whole, with what to type.

use std::fs;
use std::process::Output;

use crate::project::Project;

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

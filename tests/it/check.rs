//! `trueup check` reads the exports as a run would, and writes nothing.

use std::fs;

use crate::project::{Project, has, stderr};

const SHOP: &str = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\nas-of = 2026-02-28\n\n\
    [channel.portal]\nkind = \"wholesale\"\n\n\
    [mapping.portal]\nchannel = \"portal\"\ntable = \"order_lines\"\n\
    columns = { order_id = \"Beleg\", ordered_at = \"Datum\", sku = \"Artikel\", quantity = \"Menge\", \
    unit_price = \"Preis\", status = \"Status\" }\n\
    constants = { currency = \"EUR\" }\ndecimal = \",\"\n\n";

const HEADER: &str = "Beleg;Datum;Artikel;Menge;Preis;Status\n";

/// What stands between the name of a command and the end of its hint about a rejected row.
fn about_line(told: &str, line: &str) -> String {
    let lines = told.lines().skip_while(|told| !told.contains(line));
    lines.take_while(|told| !told.contains("Finished") && !told.contains("Checked")).collect::<Vec<_>>().join("\n")
}

#[test]
fn rows_that_would_be_rejected_are_told_with_their_remedy_and_say_no() {
    let good = format!("{HEADER}A1;2026-02-03;MUG;2;1,50;paid\n");
    let bad: String = (1..=279).map(|row| format!("B{row};2026-02-03;MUG;2;1,50;geliefert\n")).collect();
    let files = [("portal/a.csv", good.as_str()), ("portal/b.csv", &format!("{HEADER}{bad}"))];
    let project = Project::of(SHOP, &files);
    let check = project.trueup(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    let told = stderr(&check);
    let wanted = [
        "portal/b.csv, 279 of 279 rows would be rejected",
        "line 2 and 278 more are rejected for the same reason",
        "exports/portal/b.csv:2",
        "under `[mapping.portal.words.status]`: `\"geliefert\" = ",
        "Checked 2 exports, 279 rows would be rejected",
    ];
    has(&told, &wanted);
    assert!(!project.path("lake").exists(), "nothing is written");
    let ingested = stderr(&project.trueup(&["ingest"]));
    let (checked, hint) = (about_line(&told, "exports/portal/b.csv:2"), "say what it means under");
    has(&ingested, &[checked.split("hint:").next().unwrap().trim_end(), hint]);
}

#[test]
fn a_file_that_only_its_end_refuses_is_refused_by_check() {
    let rows = format!("{HEADER}A1;2026-02-03;MUG;2;1,50;paid\n");
    let project = Project::of(SHOP, &[("portal/a.csv", &rows)]);
    assert_eq!(project.trueup(&["check"]).status.code(), Some(0));
    let settlement = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest/amazon_settlement_v2_us.txt");
    let edited = fs::read_to_string(settlement).unwrap().replace("1016.20", "1016.21");
    fs::write(project.path("exports/portal/settlement.txt"), edited).unwrap();
    fs::write(project.path("trueup.toml"), SHOP.to_owned() + "[channel.amazon]\n").unwrap();
    let check = project.trueup(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    has(&stderr(&check), &["states 1016.21 but its lines come to 1016.20", "Checked 1 export, 1 file refused"]);
}

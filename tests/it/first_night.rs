//! What a first night says that nothing else would: which day it stands on, what it did not read, and
//! what no channel sells.

use std::fs;

use rust_xlsxwriter::Workbook;

use crate::project::{Project, has, stderr};

const SHOP: &str = "[shop]\ncurrency = \"EUR\"\ntime-zone = \"Europe/Berlin\"\n\n\
    [channel.portal]\nkind = \"wholesale\"\n\n\
    [mapping.portal]\nchannel = \"portal\"\ntable = \"order_lines\"\n\
    columns = { order_id = \"Beleg\", ordered_at = \"Datum\", sku = \"Artikel\", quantity = \"Menge\", \
    unit_price = \"Preis\", status = \"Status\" }\n\
    constants = { currency = \"EUR\" }\ndecimal = \",\"\n\n";

const ORDERS: &str = "Beleg;Datum;Artikel;Menge;Preis;Status\nA1;2026-02-19;MUG;2;10,00;paid\n";

/// The run over an order of 19 February, a count and a settlement of other days.
fn night(counted: &str, posted: &str, arguments: &[&str]) -> String {
    let stock = format!("sku,location,at,on_hand\nMUG,main,{counted}T06:15:00Z,7\n");
    let settled = format!(
        "channel,settlement_id,line,posted_at,kind,amount,currency\nportal,S1,1,{posted}T10:00:00Z,referral_fee,-1.00,EUR\n"
    );
    let project = Project::of(
        SHOP,
        &[("portal/orders.csv", ORDERS), ("truth/stock.csv", &stock), ("truth/settlement_lines.csv", &settled)],
    );
    stderr(&project.trueup(&[&["run"], arguments].concat()))
}

#[test]
fn a_count_shortly_after_the_last_order_is_the_day_of_the_report() {
    let told = night("2026-02-20", "2026-02-18", &[]);
    has(&told, &["index.html as of 2026-02-20"]);
    assert!(!told.contains("leaves out"), "{told}");
    has(&night("2026-02-17", "2026-02-17", &[]), &["index.html as of 2026-02-17"]);
    has(&night("2026-02-10", "2026-02-18", &[]), &["index.html as of 2026-02-19"]);
}

#[test]
fn what_is_later_than_the_day_of_the_report_is_told_with_what_to_type() {
    let told = night("2026-03-05", "2026-02-18", &[]);
    has(&told, &["index.html as of 2026-02-19", "leaves out what is later: stock up to 2026-03-05\n"]);
    has(&told, &["`trueup run --as-of 2026-03-05` takes it in"]);
    let told = night("2026-02-20", "2026-02-22", &[]);
    has(&told, &["stands on 2026-02-20 and leaves out what is later: settlements up to 2026-02-22\n"]);
    let asked = night("2026-03-05", "2026-02-18", &["--as-of", "2026-02-19"]);
    assert!(!asked.contains("leaves out"), "who names the day knows it: {asked}");
}

#[test]
fn sheets_that_are_not_read_are_named() {
    let project = Project::of(SHOP, &[]);
    fs::create_dir_all(project.path("exports/portal")).unwrap();
    let mut workbook = Workbook::new();
    let rows = ORDERS.replace("10,00", "10.00");
    for (sheet, first) in [("Februar", "A1"), ("Leer", ""), ("Januar", "B1")] {
        let worksheet = workbook.add_worksheet().set_name(sheet).unwrap();
        for (row, line) in rows.lines().enumerate().filter(|_| !first.is_empty()) {
            for (column, cell) in line.replace("A1", first).split(';').enumerate() {
                worksheet.write(row as u32, column as u16, cell).unwrap();
            }
        }
    }
    workbook.save(project.path("exports/portal/orders.xlsx")).unwrap();
    let settings = SHOP.replace("decimal = \",\"", "decimal = \".\"");
    fs::write(project.path("trueup.toml"), settings).unwrap();
    let wanted = ["Passed over exports/portal/orders.xlsx: the sheet `Januar` holds rows; save it as CSV"];
    for command in [&["check"][..], &["ingest", "--explain", "portal/orders.xlsx"], &["ingest"]] {
        let told = stderr(&project.trueup(command));
        has(&told, &wanted);
        assert!(!told.contains("Leer") && !told.contains("row and byte accounted"), "{told}");
    }
}

#[test]
fn stock_that_no_channel_sells_is_told() {
    let stock = "sku,location,at,on_hand\nMUG,main,2026-02-19T20:00:00Z,7\nMUG,depot,2026-02-19T20:00:00Z,9\n";
    let project = Project::of(SHOP, &[("portal/orders.csv", ORDERS), ("truth/stock.csv", stock)]);
    for command in ["check", "run"] {
        let told = stderr(&project.trueup(&[command]));
        has(&told, &["stock lies in `depot`, and no channel draws on that pool", "`pool = \"depot\"`"]);
        assert!(!told.contains("lies in `main`"), "{told}");
    }
}

#[test]
fn strict_says_no_as_long_as_a_row_is_rejected() {
    let project =
        Project::of(SHOP, &[("portal/orders.csv", &ORDERS.replace(";2;", ";zwei;")), ("portal/more.csv", ORDERS)]);
    for night in 1..=2 {
        assert_eq!(project.trueup(&["ingest", "--strict"]).status.code(), Some(1), "night {night}");
    }
    has(&stderr(&project.trueup(&["ingest"])), &["Rejected 1 row of earlier runs, in `./lake/rejects.csv`"]);
    fs::write(project.path("exports/portal/orders.csv"), ORDERS.replace("A1", "A2")).unwrap();
    assert_eq!(project.trueup(&["ingest", "--strict"]).status.code(), Some(0), "the file is mended");
}

#[test]
fn missing_exports_and_archives_have_a_hint() {
    let project = Project::empty();
    fs::write(project.path("trueup.toml"), SHOP).unwrap();
    has(&stderr(&project.trueup(&["ingest"])), &["cannot list", "`mkdir -p './exports'` makes it"]);
    fs::create_dir_all(project.path("exports/portal")).unwrap();
    let mut archive = zip::ZipWriter::new(fs::File::create(project.path("exports/portal/all.zip")).unwrap());
    archive.start_file("orders.csv", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut archive, ORDERS.as_bytes()).unwrap();
    archive.finish().unwrap();
    has(&stderr(&project.trueup(&["ingest"])), &["this is a ZIP archive and not a workbook", "`unzip "]);
}

#[test]
fn a_reason_says_only_what_is_true_of_its_cell() {
    let settings = SHOP.replace("\"Status\" }", "\"Status\", cancel_reason = \"Grund\" }");
    let orders = "Beleg;Datum;Artikel;Menge;Preis;Status;Grund\nA1;2026-02-19;MUG;2;10,00;cancelled;weg\n\
        A2;2026-02-19;MUG;2;10,00;weg;\nA3;2099-02-19;MUG;2;10,00;paid;\n";
    let project = Project::of(SHOP, &[("portal/orders.csv", orders)]);
    fs::write(project.path("trueup.toml"), settings).unwrap();
    let told = stderr(&project.trueup(&["check"]));
    let reason = |column: &str| told.lines().find(|line| line.contains(&format!("`{column}`: not one of"))).unwrap();
    assert!(!reason("Grund").contains("neither as sold"), "{told}");
    has(reason("Status"), &["it counts neither as sold nor as cancelled"]);
    has(&told, &["`Datum`: more than two days after the file was written; the latest that is taken is "]);
    let settings = SHOP.to_owned() + "[channel.web]\nkind = \"other\"\nfees = { referral-rate = 8.9 }\n";
    fs::write(project.path("trueup.toml"), settings).unwrap();
    has(&stderr(&project.trueup(&["check"])), &["8.9 % is written `0.089`\n"]);
}

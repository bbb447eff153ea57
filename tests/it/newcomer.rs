//! What somebody meets who has never used trueup: what is missing is told whole, with what to type.

use std::fs;
use std::path::Path;

use trueup::config::Settings;
use trueup::ingest::{self, FileContext, Need, StandIn, columns};
use trueup::lake::{TABLES, Table};

use crate::ingest::Kept;
use crate::project::{Project, has, said, stderr};

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
    Project::of(&format!("{SHOP}{settings}"), files)
}

const RENAMED: &str = "Belegnr;Bestelldatum;Artikel;Menge;Einzelpreis;Status;Notiz\n\
    A1;03.02.2026;MUG;2;1.009,50;paid;\n";

#[test]
fn what_a_file_lacks_for_its_mapping_is_told_whole() {
    let project = project(MAPPING, &[("portal/orders.csv", RENAMED)]);
    let wanted = [
        "this looks like `mapping.portal`, but lacks the columns `Beleg`, `Datum`, `Preis`",
        "missing     order_id    `Beleg`, did you mean `Belegnr`?",
        "missing     ordered_at  `Datum`, did you mean `Bestelldatum`?",
        "missing     unit_price  `Preis`, did you mean `Einzelpreis`?",
        "recognised  sku         `Artikel`",
        "recognised  quantity    `Menge`",
        "recognised  status      `Status`",
        "not used    `Belegnr`, `Bestelldatum`, `Einzelpreis`, `Notiz`",
        "in the columns of `[mapping.portal]` set `order_id = \"Belegnr\"`, `ordered_at = \"Bestelldatum\"`, \
         `unit_price = \"Einzelpreis\"`",
    ];
    for command in [&["ingest"][..], &["check"], &["ingest", "--explain", "portal/orders.csv"]] {
        let output = project.trueup(command);
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        has(&stderr(&output), &wanted);
    }
}

/// What the hint says is what reads the file.
#[test]
fn the_hint_about_headers_can_be_typed() {
    let mended = MAPPING.replace("\"Beleg\"", "\"Belegnr\"").replace("Datum", "Bestelldatum");
    let mended = mended.replace("\"Preis\"", "\"Einzelpreis\"") + "date-order = \"dmy\"\n";
    let output = project(&mended, &[("portal/orders.csv", RENAMED)]).trueup(&["ingest", "--strict"]);
    has(&stderr(&output), &["Finished 1 row from 1 file in"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_mapping_that_leaves_something_open_is_told_all_of_it() {
    let mapping = "[mapping.portal]\ntable = \"order_lines\"\ncolumns = { order_id = \"Beleg\", sku = \"Artikel\" }\n";
    let output = project(mapping, &[("portal/orders.csv", RENAMED)]).trueup(&["check"]);
    assert_eq!(output.status.code(), Some(2));
    let lacks = "`[mapping.portal]` does not say `channel`, `ordered_at`, `quantity`, `currency`, `status`, \
                 which every row of `order_lines` must have";
    has(&stderr(&output), &[lacks, "trueup.toml:9", "`channel = \"NAME\"`", "`trueup ingest --columns order_lines`"]);
}

#[test]
fn a_file_that_hardly_fits_is_left_out_and_says_what_it_lacks() {
    let stray = "Artikel;Lagerplatz\nMUG;A-1\n";
    let project = project(MAPPING, &[("portal/places.csv", stray), ("notes.csv", stray)]);
    let run = project.trueup(&["ingest"]);
    assert_eq!(run.status.code(), Some(0));
    has(
        &stderr(&run),
        &["Ignored exports/portal/places.csv: no export has these headers; `mapping.portal` comes nearest"],
    );
    let check = stderr(&project.trueup(&["check"]));
    has(&check, &["recognised  sku         `Artikel`", "missing     quantity    `Menge`", "not used    `Lagerplatz`"]);
    assert_eq!(check.matches("comes nearest").count(), 1, "{check}");
}

#[test]
fn a_file_of_the_source_of_truth_is_held_to_its_name() {
    let project = project("", &[("truth/stock_2026-02.csv", "sku,locaton,counted\nMUG,main,4\n")]);
    let output = project.trueup(&["check"]);
    assert_eq!(output.status.code(), Some(1));
    let wanted = [
        "this looks like `stock`, but lacks the columns `location`, `at`, `on_hand`",
        "missing     location  `location`, did you mean `locaton`?",
        "`trueup ingest --columns stock` tells what each column holds",
    ];
    has(&stderr(&output), &wanted);
}

#[test]
fn a_channels_export_that_lacks_a_column_names_what_is_there() {
    let header = "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Created at,Lineitem quantity,Lineitem name,\
                  Lineitem prize,Lineitem sku\n";
    let shopify = "[channel.shopify]\n";
    let output = project(shopify, &[("shopify/orders.csv", header)]).trueup(&["check"]);
    let wanted = ["lacks the column `Lineitem price`", "did you mean `Lineitem prize`?", "`Lineitem quantity`"];
    has(&stderr(&output), &wanted);
    has(&stderr(&output), &["export it again with all columns"]);
}

#[test]
fn a_stray_file_is_no_failure_and_its_hint_leads_somewhere() {
    let project = project("", &[("misc/notes.csv", "who,what\ndana,call the supplier\n")]);
    let (check, ingest) = (project.trueup(&["check"]), project.trueup(&["ingest"]));
    assert_eq!((check.status.code(), ingest.status.code()), (Some(0), Some(0)));
    has(&stderr(&ingest), &["Ignored exports/misc/notes.csv: no export has these headers"]);
    let wanted = ["warning: no export has these headers", "misc/notes.csv", "Checked 0 exports, 1 file ignored"];
    has(&stderr(&check), &wanted);
    let told = stderr(&project.trueup(&["ingest", "--explain", "misc/notes.csv"]));
    assert!(!told.contains("--explain"), "{told}");
    has(&told, &["leave it if it is no export", "`trueup ingest --columns`"]);
}

/// From outside the project the hint names it.
#[test]
fn the_hint_about_a_stray_file_can_be_typed() {
    let project = project("", &[("misc/notes.csv", "who,what\ndana,call the supplier\n")]);
    fs::create_dir(project.path("shop")).unwrap();
    for part in ["trueup.toml", "exports"] {
        fs::rename(project.path(part), project.path("shop").join(part)).unwrap();
    }
    let check = stderr(&project.trueup(&["check", "--project", "shop"]));
    let command = "trueup ingest --explain 'shop/exports/misc/notes.csv' --project 'shop'";
    has(&check, &[command]);
    let told = project.trueup(&["ingest", "--explain", "shop/exports/misc/notes.csv", "--project", "shop"]);
    has(&stderr(&told), &["leave it if it is no export"]);
}

const ORDERS: &str = "Beleg;Datum;Artikel;Menge;Preis;Status\nA1;2026-02-03;MUG;2;10,00;paid\n";

#[test]
fn a_file_that_was_not_read_is_on_the_page_every_night() {
    let settlement = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest/amazon_settlement_v2_us.txt");
    let edited = fs::read_to_string(settlement).unwrap().replace("1016.20", "1016.21");
    let files = [
        ("portal/orders.csv", ORDERS),
        ("portal/sales.csv", "Kunde;Ort\nMeier;Kiel\n"),
        ("amazon/settlement.txt", &edited),
    ];
    let project = project(&format!("[channel.amazon]\n\n{MAPPING}"), &files);
    for night in 1..=2 {
        let run = project.trueup(&["run"]);
        assert_eq!(run.status.code(), Some(1), "night {night}: {}", said(&run));
        let ignored = "Ignored exports/portal/sales.csv: no export has these headers; \
                       `trueup ingest --explain 'exports/portal/sales.csv'` tells what it would take to read it";
        has(&stderr(&run), &[ignored]);
        let page = fs::read_to_string(project.path("reports/index.html")).unwrap();
        let told = [
            ", 1 file refused, 1 file ignored.",
            "<code>amazon/settlement.txt</code>: settlement <code>77</code> states 1016.21 but its lines come to 1016.20",
            "download the settlement again",
            "<code>portal/sales.csv</code>: no export has these headers",
            "<code>trueup ingest --explain 'exports/portal/sales.csv'</code>",
        ];
        has(&page, &told);
        assert!(!page.contains("Nothing needs a person today"), "night {night}");
        has(
            &fs::read_to_string(project.path("reports/run.json")).unwrap(),
            &["\"control-total\"", "\"unknown-layout\""],
        );
        has(
            &fs::read_to_string(project.path("reports/metrics.prom")).unwrap(),
            &["trueup_files_left_out{result=\"refused\"} 1\n", "trueup_files_left_out{result=\"ignored\"} 1\n"],
        );
    }
}

/// Where the project lies is no part of a report.
#[test]
fn a_hint_on_the_page_is_typed_in_the_projects_folder() {
    let project = project(MAPPING, &[("portal/orders.csv", ORDERS), ("misc/notes.csv", "who,what\ndana,call\n")]);
    let folder = project.path("");
    let run = project.trueup(&["run", "--project", folder.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run));
    let page = fs::read_to_string(project.path("reports/index.html")).unwrap();
    has(&page, &["<code>trueup ingest --explain 'exports/misc/notes.csv'</code>"]);
    assert!(!page.contains("--project"));
}

const DOLLAR_COSTS: &str = "sku,from,unit_cost,currency\nMUG,2026-01-01,4.00,USD\n";

#[test]
fn an_unknown_contribution_is_never_nothing() {
    let files = [("portal/orders.csv", ORDERS), ("truth/costs.csv", DOLLAR_COSTS)];
    let run = project(MAPPING, &files).trueup(&["run"]);
    let told = stderr(&run);
    has(&told, &["Contribution 2026-02: unknown from 20.00 EUR net sales"]);
    assert!(!told.contains("Profit") && !told.contains(" 0.00 EUR"), "{told}");
    has(&told, &["`MUG` has a cost in `USD`, and no rate from `USD` into `EUR` is known"]);
    has(&told, &["add `2026-01-01,USD,EUR,<rate>` to `exports/truth/exchange_rates.csv`"]);
    assert!(!told.contains("exports/truth/costs.csv") && !told.contains("has no unit cost"), "{told}");
    let rates = ("truth/exchange_rates.csv", "day,currency,into,rate\n2026-01-01,USD,EUR,0.90\n");
    let run = project(MAPPING, &[files[0], files[1], rates]).trueup(&["run"]);
    has(&stderr(&run), &["Contribution 2026-02: 12.80 EUR from 20.00 EUR net sales; 0 listings losing money"]);
}

#[test]
fn what_is_known_of_the_contribution_is_told_beside_what_is_not() {
    let orders = format!("{ORDERS}A2;2026-02-04;POT;1;30,00;paid\n");
    let costs = "sku,from,unit_cost,currency\nMUG,2026-01-01,4.00,EUR\n";
    let run = project(MAPPING, &[("portal/orders.csv", &orders), ("truth/costs.csv", costs)]).trueup(&["run"]);
    let told = stderr(&run);
    has(&told, &["Contribution 2026-02: unknown from 50.00 EUR net sales, 12.00 EUR of the SKUs with a known cost"]);
    has(&told, &["`POT` has no unit cost", "`exports/truth/costs.csv`"]);
}

const UNKNOWN_WORDS: &str = "Beleg;Datum;Artikel;Menge;Preis;Status\nA1;2026-02-03;MUG;2;1,50;paid\n\
    A2;2026-02-03;MUG;2;1,50;zurückgestellt\nA3;2026-02-03;MUG;2;1,50;storniert\nA4;2026-02-03;MUG;2;1,50;storniert\n\
    A5;2026-02-03;MUG;zwei;1,50;paid\n";

#[test]
fn rejects_are_told_by_reason_with_every_unknown_word() {
    let project = project(MAPPING, &[("portal/orders.csv", UNKNOWN_WORDS)]);
    let told = project.trueup(&["ingest", "--explain", "portal/orders.csv"]);
    assert_eq!(told.status.code(), Some(0), "some rows are read");
    let told = stderr(&told);
    let wanted = [
        "line 3 and 2 more are rejected for the same reason",
        "line 6 is rejected",
        "`Status`: not one of unpaid, draft,",
        "under `[mapping.portal.words.status]`: `\"zurückgestellt\" = \"…\"`, `\"storniert\" = \"cancelled\"`",
        "the words are unpaid, pending, paid, unshipped, shipped, completed, cancelled, refunded",
    ];
    has(&told, &wanted);
    let ingest = stderr(&project.trueup(&["ingest"]));
    has(&ingest, &["4 rows rejected", "`[mapping.portal.words.status]`", "`./lake/rejects.csv`"]);
    let csv = fs::read_to_string(project.path("lake/rejects.csv")).unwrap();
    has(&csv, &["not one of unpaid, draft,"]);
    let strict = project.trueup(&["ingest", "--strict", "--explain", "portal/orders.csv"]);
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn a_file_of_which_nothing_can_be_read_says_no() {
    let nothing: String = UNKNOWN_WORDS
        .lines()
        .filter(|line| !line.ends_with("paid"))
        .fold(String::new(), |text, line| text + line + "\n");
    let project = project(MAPPING, &[("portal/orders.csv", &nothing)]);
    let told = project.trueup(&["ingest", "--explain", "portal/orders.csv"]);
    assert_eq!(told.status.code(), Some(1));
    has(&stderr(&told), &["line 2 and 2 more are rejected"]);
}

#[test]
fn a_channels_own_words_are_fixed_and_that_is_said() {
    let header = "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Created at,Lineitem quantity,Lineitem name,\
                  Lineitem price,Lineitem sku\n";
    let row = "#1,pondering,EUR,9.00,1.00,0.70,2026-01-02 10:00:00 +0100,1,Mug,9.00,MUG\n";
    let project = project("[channel.shopify]\n", &[("shopify/orders.csv", &format!("{header}{row}"))]);
    let told = stderr(&project.trueup(&["ingest", "--explain", "shopify/orders.csv"]));
    has(&told, &["the words of `shopify-orders` are fixed", "write the known word", "not one of "]);
}

#[test]
fn words_and_constants_of_a_mapping_are_looked_at_before_a_file_is() {
    for (from, to, wanted) in [
        ("decimal", "words = { status = { \"raus\" = \"shiped\" } }\ndecimal", "did you mean `shipped`?"),
        ("decimal", "words = { status = { \"raus\" = \"weg\" } }\ndecimal", "its words are unpaid, pending, paid,"),
        ("\"EUR\"", "\"Euro\"", "not the three letters of a currency in use"),
        ("\"EUR\"", "\"EUR\", order_id = \"all\"", "writes one `order_id` for every row"),
    ] {
        let output = project(&MAPPING.replace(from, to), &[]).trueup(&["check"]);
        assert_eq!(output.status.code(), Some(2), "{to}");
        has(&stderr(&output), &[wanted, "trueup.toml:9"]);
    }
}

#[test]
fn what_a_mapping_writes_itself_has_the_mark_that_it_names() {
    for (from, to) in [("\"EUR\"", "\"EUR\", shipping_charged = \"4,90\""), ("decimal = \",\"\n", "")] {
        let output = project(&MAPPING.replace(from, to), &[]).trueup(&["check"]);
        assert_ne!(output.status.code(), Some(2), "{to}: {}", stderr(&output));
    }
    let points = MAPPING.replace("decimal = \",\"\n", "").replace("\"EUR\"", "\"EUR\", shipping_charged = \"4.90\"");
    let output = project(&points, &[]).trueup(&["check"]);
    assert_ne!(output.status.code(), Some(2), "{}", stderr(&output));
}

/// A cell that a column takes.
fn cell(column: &ingest::FileColumn) -> String {
    let word = column.words.first().map(|(word, _)| (*word).to_owned());
    let text = match column.kind {
        "amount" | "rate" => "1.50",
        "whole number" => "3",
        "time" => "2026-02-03T10:00:00Z",
        "day" => "2026-02-03",
        "yes or no" => "yes",
        "currency" => "EUR",
        _ => "portal",
    };
    word.unwrap_or_else(|| text.to_owned())
}

/// What the listing says must be given, and what stands in for the rest.
fn least(table: &'static Table) -> Vec<ingest::FileColumn> {
    let all = columns(table);
    let mut names: Vec<&str> = Vec::new();
    for column in &all {
        match (column.need, column.stand_in) {
            (Need::Given, _) => names.push(column.name),
            (Need::Filled, Some(StandIn::Like(other))) => names.push(other),
            _ => {}
        }
    }
    all.into_iter().filter(|column| names.contains(&column.name)).collect()
}

fn read_with(table: &Table, columns: &[&ingest::FileColumn]) -> Result<(u64, u64), String> {
    let folder = tempfile::tempdir().unwrap();
    let headers: Vec<String> = columns.iter().map(|column| format!("H {}", column.name)).collect();
    let pairs = columns.iter().zip(&headers).map(|(column, header)| format!("{} = \"{header}\"", column.name));
    let pairs: Vec<String> = pairs.collect();
    let mapping = format!("[mapping.m]\ntable = \"{}\"\ncolumns = {{ {} }}\n", table.name, pairs.join(", "));
    let settings = Settings::parse(Path::new("trueup.toml"), folder.path(), &format!("{SHOP}{mapping}")).unwrap();
    let path = folder.path().join("counted_2026-02-28.csv");
    let cells: Vec<String> = columns.iter().map(|column| cell(column)).collect();
    fs::write(&path, format!("{};x\n{};y\n", headers.join(";"), cells.join(";"))).unwrap();
    let mut kept = Kept::default();
    let receipt = ingest::read_as(&path, &settings, FileContext::default(), &mut kept);
    let receipt = receipt.map_err(|refusal| refusal.message.clone())?;
    assert!(kept.rejects.is_empty(), "`{}`: {:?}", table.name, kept.rejects);
    Ok((receipt.accepted, receipt.rejected))
}

/// The listing is true: a mapping that gives what must be given reads a row, and one that leaves any
/// of it out is refused for that.
#[test]
fn the_listing_tells_what_a_mapping_must_give() {
    for table in TABLES {
        let least = least(table);
        let all: Vec<&ingest::FileColumn> = least.iter().collect();
        assert_eq!(read_with(table, &all), Ok((1, 0)), "`{}`", table.name);
        for left_out in columns(table).iter().filter(|column| column.need == Need::Given) {
            let others: Vec<&ingest::FileColumn> =
                all.iter().copied().filter(|one| one.name != left_out.name).collect();
            let refusal = read_with(table, &others).unwrap_err();
            has(&refusal, &[&format!("does not say `{}`", left_out.name)]);
        }
    }
}

#[test]
fn the_listing_names_tables_columns_words_and_where_fees_go() {
    let project = Project::empty();
    let tables = said(&project.trueup(&["ingest", "--columns"]));
    TABLES.iter().for_each(|table| has(&tables, &[table.name, table.about()]));
    for table in TABLES {
        let listed = said(&project.trueup(&["ingest", "--columns", table.name]));
        for column in columns(table) {
            has(&listed, &[column.name, column.meaning]);
            column.words.iter().for_each(|(word, others)| {
                let others =
                    if column.kind == "word" && table.name != "settlement_lines" { others } else { &Vec::new() };
                has(&listed, &[word]);
                has(&listed, others);
            });
        }
    }
    let fees = said(&project.trueup(&["ingest", "--columns", "settlement_lines"]));
    has(&fees, &["storage_fee       Storage fees", "payout            in no line of the statement"]);
    let near = project.trueup(&["ingest", "--columns", "order_line"]);
    assert_eq!(near.status.code(), Some(2));
    has(&stderr(&near), &["did you mean `trueup ingest --columns order_lines`?"]);
}

/// What stands under the listing of a table is a mapping but for the headers.
#[test]
fn the_template_of_a_listing_is_a_mapping() {
    let project = Project::empty();
    for table in TABLES {
        let listed = said(&project.trueup(&["ingest", "--columns", table.name]));
        let (_, template) = listed.split_once("[mapping.NAME]").unwrap();
        let template = format!("{SHOP}[mapping.NAME]{}", template.replace("CHANNEL", "portal"));
        let settings = Settings::parse(Path::new("trueup.toml"), project.path("").as_path(), &template).unwrap();
        let stray = project.path("stray.csv");
        fs::write(&stray, "a,b\n1,2\n").unwrap();
        assert_eq!(ingest::recognise(&stray, &settings).unwrap_err().code, "unknown-layout", "{template}");
    }
}

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
        ("select sku as s from order_line", &["no table or query `order_line`", "the command line:1"]),
        ("own.txt", &["files whose names end in `.sql`"]),
    ] {
        let output = project.trueup(&["query", query]);
        assert_eq!(output.status.code(), Some(2), "{query}");
        has(&stderr(&output), wanted);
    }
    let table = said(&project.trueup(&["query", "order_lines"]));
    has(&table, &["channel,order_id,", "portal,A1,MUG#1,"]);
    assert_eq!(said(&project.trueup(&["query", "select sku as s from order_lines order by s"])), "s\nMUG\n");
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

/// A wholesale portal's order lines, as an ERP writes them: nothing in it was seen before.
const ERP: &str = "Vorgang;Pos.;Eingang am;Kunde;Material;Kurztext;Anz.;ME;Stückpreis netto EUR;\
    Positionswert netto EUR;Rabatt %;Zustand;Lieferland\n\
    2026-00117;10;02.02.2026 08:14;Blumen Huber;KRG-0001;Krug, blau;12;ST;17,50;210,00;0,00;Ausgeliefert;DE\n\
    2026-00117;20;02.02.2026 08:14;Blumen Huber;SFE-0104;Seife;24;ST;8,50;193,80;5,00;Ausgeliefert;DE\n\
    2026-00118;10;13.02.2026 16:40;Café Linde;KRG-0002;Krug;1.200;ST;16,90;20.280,00;0,00;In Arbeit;AT\n\
    2026-00119;10;14.02.2026 09:05;Hofladen Ost;SFE-0104;Seife;6;ST;8,50;51,00;0,00;Storniert (Kunde);DE\n";

/// A warehouse's count with lines above it, dated in its name and with grouped digits.
const WAREHOUSE: &str = "LAGERHAUS NORD GmbH\tBestandsliste\nerstellt: 28.02.2026 23:45\tBenutzer: kschmidt\n\n\
    Lagerort\tArtikelnr.\tBezeichnung\tIst-Bestand\tdavon reserviert\tgesperrt\tZulauf\n\
    MAIN\tKRG-0001\tKrug, blau\t140\t12\t0\t0\nMAIN\tKRG-0002\tKrug, terra\t2.000\t200\t3\t500\n";

/// What `--explain` prints is appended to the settings as it is, and reads the file.
#[test]
fn an_export_that_nobody_has_seen_is_read_after_one_paste() {
    let files = [("haendler/Positionen_2026-02.csv", ERP), ("lager/Bestandsliste 28.02.2026.txt", WAREHOUSE)];
    let project = project("", &files);
    fs::write(project.path("trueup.toml"), SHOP.replace("kind = \"wholesale\"", "kind = \"shopify\"")).unwrap();
    for (name, _) in files {
        let told = project.trueup(&["ingest", "--explain", &format!("exports/{name}")]);
        assert_eq!(told.status.code(), Some(1));
        let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
        let pasted = settings + "\n" + &String::from_utf8(told.stdout).unwrap();
        fs::write(project.path("trueup.toml"), pasted).unwrap();
    }
    let ingest = project.trueup(&["ingest", "--strict"]);
    has(&stderr(&ingest), &["Finished 6 rows from 2 files in"]);
    assert_eq!(ingest.status.code(), Some(0));
    let orders = said(&project.trueup(&["query", "order_lines"]));
    let wanted = [
        "haendler,2026-00117,10,2026-02-02T07:14:00Z,2026-02-02,,,KRG-0001,KRG-0001,\"Krug, blau\",12,17.50,210.00,",
        // Five per cent are no five euros.
        "haendler,2026-00117,20,2026-02-02T07:14:00Z,2026-02-02,,,SFE-0104,SFE-0104,Seife,24,8.50,193.80,,,0.00,EUR,completed,",
        "KRG-0002,Krug,1200,16.90,20280.00,,,0.00,EUR,paid,,seller,,AT,",
        "SFE-0104,Seife,6,8.50,51.00,,,0.00,EUR,cancelled,",
    ];
    has(&orders, &wanted);
    let stock = said(&project.trueup(&["query", "stock"]));
    let wanted = [
        "KRG-0001,main,2026-02-28T22:59:59Z,2026-02-28,140,12,,0,0,",
        "KRG-0002,main,2026-02-28T22:59:59Z,2026-02-28,2000,200,,500,3,",
    ];
    has(&stock, &wanted);
}

#[test]
fn what_no_header_says_is_left_to_fill_in() {
    let text = "Doc;Quand;Chose;Combien;Sous\nd1;03/02/2026;Tasse bleue;2;12,50\nd2;17/02/2026;Bol;1;8,00\n";
    let project = project("", &[("portal/export.csv", text)]);
    let told = project.trueup(&["ingest", "--explain", "portal/export.csv"]);
    let wanted = ["#   Combien  2            not used", "order_id = \"?\"", "quantity = \"?\"", "sku = \"?\""];
    has(&said(&told), &wanted);
    has(&stderr(&told), &["for `order_lines` no header says", "put one that does in place of `?`"]);
    let draft = String::from_utf8(told.stdout).unwrap();
    let filled =
        draft.replace("order_id = \"?\"", "order_id = \"Doc\"").replace("quantity = \"?\"", "quantity = \"Combien\"");
    let settings = format!("{SHOP}{}", filled.replace("sku = \"?\"", "title = \"Chose\""));
    fs::write(project.path("trueup.toml"), settings).unwrap();
    let ingest = project.trueup(&["ingest", "--strict"]);
    has(&stderr(&ingest), &["Finished 2 rows from 1 file in"]);
}

#[test]
fn a_count_that_could_be_a_thousand_times_as_much_is_not_guessed() {
    let mapping = "[mapping.count]\ntable = \"stock\"\ncolumns = { sku = \"A\", on_hand = \"N\" }\nconstants = { location = \"main\" }\n";
    let project = project(mapping, &[("lager/count_2026-02-28.csv", "A;N\nMUG;2.000\nCUP;3,000\nPOT;7\n")]);
    let told = stderr(&project.trueup(&["ingest", "--explain", "lager/count_2026-02-28.csv"]));
    has(
        &told,
        &["line 2 and 1 more are rejected", "set `decimal = \",\"` or `decimal = \".\"` under `[mapping.count]`"],
    );
    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap() + "decimal = \",\"\n";
    fs::write(project.path("trueup.toml"), settings).unwrap();
    assert_eq!(project.trueup(&["ingest", "--strict"]).status.code(), Some(0));
    has(
        &said(&project.trueup(&["query", "stock"])),
        &["MUG,main,2026-02-28T22:59:59Z,2026-02-28,2000,", "CUP,main,2026-02-28T22:59:59Z,2026-02-28,3,"],
    );
}

/// Three headers that every system has are an export of Shopify in Shopify's folder only.
#[test]
fn a_warehouse_list_is_not_taken_for_a_channels() {
    let list = "Sku;Location;Qty\nMUG;main;12\nCUP;main;3\n";
    let project =
        project("[channel.shopify]\n", &[("depot/list_2026-02-28.csv", list), ("shopify/list_2026-02-28.csv", list)]);
    let check = stderr(&project.trueup(&["check"]));
    has(&check, &["shopify-inventory-trimmed    shopify/list", "Checked 1 export, 1 file ignored"]);
    has(&said(&project.trueup(&["ingest", "--explain", "depot/list_2026-02-28.csv"])), &["table = \"stock\""]);
}

/// A file of the folder of a channel that its settings do not have.
fn proposed(name: &str, text: &str, table: &[&str]) -> (Project, String, String) {
    let project = project("[channel.shopify]\n", &[(name, text)]);
    let told = project.trueup(&[&["ingest", "--explain", name], table].concat());
    assert_eq!(told.status.code(), Some(1));
    let stderr = stderr(&told);
    (project, String::from_utf8(told.stdout).unwrap(), stderr)
}

const PURCHASES: &str = "PO No;Line;PO Date;Buyer;Article;Qty Ordered;Net Price;PO State\n\
    PO-1;1;2026-02-03;Smith;MUG-BLUE;12;10.50;Confirmed\nPO-1;2;2026-02-03;Smith;CUP-1;3;4.50;Rejected\n";

#[test]
fn orders_of_a_buyer_are_no_settlement() {
    let (_, draft, _) = proposed("portal/po.csv", PURCHASES, &[]);
    let columns = "columns = { line_id = \"Line\", order_id = \"PO No\", ordered_at = \"PO Date\", quantity = \"Qty Ordered\", \
                   sku = \"Article\", status = \"PO State\", unit_price = \"Net Price\" }";
    has(&draft, &["table = \"order_lines\"", columns, "# Paste this into trueup.toml"]);
}

#[test]
fn a_polish_warehouse_file_is_a_count() {
    let text = "Hurtownia Centrum\nStan magazynu na dzień;2026-02-28\n\n\
        SKU;Nazwa;Lokalizacja;Stan;Rezerwacja;W drodze\nMUG-BLUE;Kubek niebieski;A-01-02;12;2;0\n\
        CUP-1;Filiżanka;A-01-03;140;0;20\n";
    let (_, draft, _) = proposed("depot/stany.csv", text, &[]);
    let columns = "columns = { inbound = \"W drodze\", location = \"Lokalizacja\", on_hand = \"Stan\", \
                   reserved = \"Rezerwacja\", sku = \"SKU\" }";
    has(&draft, &["table = \"stock\"", columns]);
    let text =
        "Numer zamówienia;Data;SKU;Nazwa;Ilość;Cena;Waluta;Status\nZ1;2026-02-03;MUG;Kubek;2;10,50;PLN;opłacone\n";
    let (_, draft, _) = proposed("portal/zam.csv", text, &[]);
    let columns = "columns = { currency = \"Waluta\", order_id = \"Numer zamówienia\", ordered_at = \"Data\", \
                   quantity = \"Ilość\", sku = \"SKU\", status = \"Status\", title = \"Nazwa\", unit_price = \"Cena\" }";
    has(&draft, &["table = \"order_lines\"", columns]);
}

/// Money without the kind of money is no settlement, and what is uncertain is not ready.
#[test]
fn a_file_that_may_be_several_tables_names_them() {
    let text = "Ref;Posted;Net;A;B;C;D;E\nx;2026-02-03;10.50;a;b;c;d;e\n";
    let (project, draft, told) = proposed("portal/x.csv", text, &[]);
    has(&draft, &["# Not ready to be pasted", "kind = \"?\""]);
    assert!(!draft.contains("\"other\"") && !draft.contains("\"all\""), "{draft}");
    has(&told, &["only 2 of 8 headers find a use", "--explain 'exports/portal/x.csv' --table NAME`"]);
    let text = "SKU;A;B;C\nMUG-1;1;2;3\n";
    let (_, draft, told) = proposed("portal/y.csv", text, &[]);
    has(&draft, &["# Not ready to be pasted"]);
    has(&told, &["--table NAME`, `channel_stock`, `stock` or `products`"]);
    assert!(!draft.contains("refund_lines") && !told.contains("refund_lines"), "{draft}{told}");
    let (_, draft, told) = proposed("portal/y.csv", text, &["--table", "stock"]);
    has(&draft, &["table = \"stock\"", "on_hand = \"?\""]);
    assert!(!told.contains("--table"), "{told}");
    let wrong = project.trueup(&["ingest", "--explain", "portal/x.csv", "--table", "stok"]);
    has(&stderr(&wrong), &["no layout can be proposed for `stok`", "did you mean `stock`?"]);
}

/// A dealer's folder may be the wholesale channel that is there: no second one is made up for it.
#[test]
fn no_channel_is_made_up_beside_one_that_may_be_meant() {
    let (project, draft, told) = proposed("haendler/po.csv", PURCHASES, &[]);
    has(&draft, &["channel = \"?\"", "# Not ready to be pasted"]);
    assert!(!draft.contains("[channel."), "{draft}");
    has(
        &told,
        &["say the `channel` in place of `?`: `portal` or `shopify`, or `haendler` with a `[channel.haendler]`"],
    );
    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap();
    fs::write(project.path("trueup.toml"), format!("{settings}\n{draft}")).unwrap();
    assert_eq!(project.trueup(&["ingest"]).status.code(), Some(2), "a `?` is no channel");
    let (_, draft, _) = proposed("Portal/po.csv", PURCHASES, &[]);
    has(&draft, &["channel = \"portal\""]);
}

/// One odd cell is no reason to read the whole file otherwise.
#[test]
fn a_cell_with_another_decimal_mark_is_to_be_corrected() {
    let mapping = MAPPING.replace("decimal = \",\"\n", "");
    let rows: String = (1..9).map(|row| format!("A{row};2026-02-03;MUG;2;{row}.50;paid\n")).collect();
    let text = format!("Beleg;Datum;Artikel;Menge;Preis;Status\n{rows}B1;2026-02-03;MUG;2;\"32,00\";paid\n");
    let project = project(&mapping, &[("portal/orders.csv", &text)]);
    let wanted = "the decimal mark of this file is the point; correct the cell: write `32.00` if that is meant";
    for command in [&["ingest", "--explain", "portal/orders.csv"][..], &["ingest"]] {
        let told = stderr(&project.trueup(command));
        has(&told, &[wanted]);
        assert!(!told.contains("set `decimal"), "{told}");
    }
    let settings = fs::read_to_string(project.path("trueup.toml")).unwrap() + "decimal = \",\"\n";
    fs::write(project.path("trueup.toml"), settings).unwrap();
    let told = stderr(&project.trueup(&["ingest", "--explain", "portal/orders.csv"]));
    has(&told, &["under `[mapping.portal]` does not fit most cells of `Preis`: set `decimal = \".\"` there"]);
}

#[test]
fn every_reason_is_told_by_file_with_its_own_hint() {
    let other = "Beleg;Datum;Artikel;Menge;Preis;Status\nC1;2026-02-03;MUG;1;1,50;neu\n";
    let files = [("portal/orders.csv", UNKNOWN_WORDS), ("portal/later.csv", other)];
    let told = stderr(&project(MAPPING, &files).trueup(&["ingest"]));
    let wanted = [
        "line 2 is rejected",
        "exports/portal/later.csv:2",
        "`\"neu\" = \"…\"`",
        "line 3 and 2 more are rejected for the same reason",
        "`\"zurückgestellt\" = \"…\"`, `\"storniert\" = \"cancelled\"`",
        "line 6 is rejected",
        "`Menge`: ",
        "5 rows rejected; the other one is in the lake\n",
        "every rejected row is in `./lake/rejects.csv`",
    ];
    has(&told, &wanted);
    let many: String = (0..12).map(|file| format!("portal/o{file:02}.csv ")).collect();
    let texts: Vec<String> = (0..12).map(|file| other.replace("C1", &format!("D{file}"))).collect();
    let files: Vec<(&str, &str)> = many.split_whitespace().zip(texts.iter().map(String::as_str)).collect();
    let told = stderr(&project(MAPPING, &files).trueup(&["ingest"]));
    has(&told, &["12 rows rejected, and no other was read; not shown: 4 rows for 4 other reasons"]);
    assert_eq!(told.matches("is rejected").count(), 8, "{told}");
}

#[test]
fn rows_that_the_lake_had_are_in_the_lake() {
    let rows = "Beleg;Datum;Artikel;Menge;Preis;Status\nA1;2026-02-03;MUG;2;1,50;paid\nA2;2026-02-03;MUG;2;1,50;paid\n";
    let project = project(MAPPING, &[("portal/orders.csv", rows)]);
    has(&stderr(&project.trueup(&["ingest"])), &["2 rows  portal/orders.csv"]);
    let longer = format!("{rows}A3;2026-02-03;MUG;zwei;1,50;paid\n");
    fs::write(project.path("exports/portal/orders.csv"), longer).unwrap();
    let told = stderr(&project.trueup(&["ingest"]));
    has(&told, &["1 row rejected; the other 2 are in the lake", "Finished 0 rows from 1 file, 2 known already"]);
    fs::write(
        project.path("exports/portal/one.csv"),
        rows.replace("A1", "B1").replace("\nA2;2026-02-03;MUG;2;1,50;paid", ""),
    )
    .unwrap();
    has(&stderr(&project.trueup(&["ingest"])), &[" 1 row   portal/one.csv", "Finished 1 row from "]);
}

/// A cell of somebody else's file must not become a setting by being shown.
#[test]
fn no_cell_writes_settings() {
    let text = "Order No,Item SKU,Qty,Unit Price,Order Date,Status\n\
        1,MUG,2,9.50,2026-02-03,\"x\n[channel.evil]\nkind='etsy'\n#\"\n2,MUG,1,9.50,2026-02-04,\u{1b}[31mred\n";
    let output =
        project("", &[("portal/orders.csv", text)]).trueup(&["ingest", "--explain", "exports/portal/orders.csv"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("[mapping."), "{told}");
    assert!(!told.lines().any(|line| line.starts_with("[channel.evil]") || line.starts_with("kind")), "{told}");
    assert!(!told.contains('\u{1b}'), "{told}");
}

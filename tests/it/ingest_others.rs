//! Exports of further systems, and how an unknown file is explained.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use trueup::config::{DateOrder, Decimal, Settings};
use trueup::error::Result;
use trueup::ingest::{self, Explanation, FileContext, Receipt, Reject, Sink};
use trueup::lake::{Rows, Table};
use trueup::types::Timestamp;

const SHOP: &str = r#"
[shop]
currency = "USD"
time-zone = "America/New_York"

[channel.amazon]
fulfilled-by-channel = true

[channel.tiktok]

[channel.woocommerce]

[channel.bigcommerce]

[channel.magento]
kind = "other"

[channel.rakuten]
kind = "other"

[channel.amazon-eu]
kind = "amazon"
fulfilled-by-channel = true
time-zone = "Europe/Berlin"
"#;

/// Everything that a file became.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) batches: Vec<(&'static Table, RecordBatch)>,
    pub(crate) rejects: Vec<Reject>,
}

impl Sink for Kept {
    fn rows(&mut self, table: &'static Table, batch: RecordBatch) -> Result<()> {
        self.batches.push((table, batch));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<()> {
        self.rejects.push(reject);
        Ok(())
    }
}

pub(crate) fn settings(folder: &Path, more: &str) -> Settings {
    let text = format!("{SHOP}{more}");
    let mut settings = Settings::parse(&folder.join("trueup.toml"), folder, &text).unwrap();
    settings.exports = folder.to_owned();
    settings
}

pub(crate) fn read(path: &Path, settings: &Settings) -> (Result<Receipt>, Kept) {
    let mut kept = Kept::default();
    // 2026-11-22
    let file = FileContext { modified: Some(Timestamp::from_seconds(1_795_305_600)), ..FileContext::default() };
    let receipt = ingest::read_as(path, settings, file, &mut kept);
    if let Ok(receipt) = &receipt {
        assert!(receipt.balances());
    }
    (receipt, kept)
}

/// A table's known cells, one row per line.
pub(crate) fn written(batches: &[(&'static Table, RecordBatch)]) -> String {
    let mut text = String::new();
    for (table, batch) in batches {
        text += &format!("{}\n", table.name);
        for row in 0..batch.num_rows() {
            let schema = batch.schema();
            let known = schema.fields().iter().zip(batch.columns()).filter(|(field, array)| {
                array.is_valid(row) && !matches!(field.name().as_str(), "source_file" | "run")
            });
            let cells: Vec<String> = known
                .map(|(field, array)| {
                    let rows = Rows::new("golden", batch.clone());
                    let instant = rows.timestamp(field.name()).ok().and_then(|at| at.get(row));
                    let shown = || array_value_to_string(array, row).unwrap();
                    format!("{}={}", field.name(), instant.map_or_else(shown, |at| at.to_string()))
                })
                .collect();
            text += &format!("  {}\n", cells.join(" | "));
        }
    }
    text
}

fn told(path: &Path, settings: &Settings) -> String {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let (receipt, kept) = read(path, settings);
    let receipt = match receipt {
        Err(refusal) => {
            let hint = refusal.hint.clone().unwrap_or_default();
            return format!("{name} is refused\n  {}: {}\n  hint: {hint}\n", refusal.code, refusal.message);
        }
        Ok(receipt) => receipt,
    };
    let known = ingest::recognise(path, settings).unwrap();
    let mut text = format!("{name} is {} by {}\n", known.export, known.why);
    text += &format!("  {}, {:?}, header on line {}\n", known.encoding, known.delimiter, known.header_line);
    text += &format!("  {} read = {} accepted + {} rejected", receipt.rows_read, receipt.accepted, receipt.rejected);
    for (what, span) in &receipt.structure {
        text += &format!("; {} {what}", span.lines);
    }
    text += &format!("\n{}", written(&kept.batches));
    for reject in &kept.rejects {
        let Reject { source_line, column, code, reason, shown, .. } = reject;
        text += &format!("rejected {source_line} `{column}` {code}: {reason}: {}\n", &shown.text[shown.span.clone()]);
    }
    text
}

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest/others")
}

fn exports() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in fs::read_dir(goldens()).unwrap().map(|entry| entry.unwrap().path()) {
        files.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|ending| ending != "golden"));
    files.sort();
    files
}

#[test]
fn other_layouts_become_what_their_goldens_say() {
    let settings = settings(&goldens(), "");
    for path in exports() {
        let text = told(&path, &settings);
        let golden = path.with_file_name(format!("{}.golden", path.file_name().unwrap().to_string_lossy()));
        if std::env::var_os("TRUEUP_BLESS").is_some() {
            fs::write(&golden, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&golden).unwrap_or_default(), "{}", golden.display());
    }
}

fn in_folder(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn explained(name: &str, text: &str) -> (tempfile::TempDir, PathBuf, Explanation) {
    let (folder, path) = in_folder(name, text);
    let told = ingest::explain(&path, &settings(folder.path(), "")).unwrap();
    (folder, path, told)
}

/// Files that no export knows: name, text, the table that they fill and how many records of it.
const UNKNOWN: &[(&str, &str, &str, u64)] = &[
    (
        "magento/Dealer orders 2026-02.csv",
        "Dealer portal;;;;;;\nPrinted;28.02.2026;;;;;\nOrder No.;Date;Item;Item name;Qty;Price each;State\n\
         W1;28.02.2026 10:00;MUG-BLUE;Mug, blue;12;1.009,50;dispatched\nW1;28.02.2026 10:00;CUP-1;Cup;1;0,99;cancelled\n\
         W2;27.02.2026 11:00;CUP-1;Cup;3;0,99;dispatched\n",
        "order_lines",
        3,
    ),
    (
        "magento/stocklist.txt",
        "Article number|Bin location|Available quantity|On order\nMUG-BLUE|A1|12|0\nCUP-1|A2|3|10\n",
        "channel_stock",
        2,
    ),
    (
        "magento/labels.csv",
        "Label date,Order #,Carrier,Label cost\n02/13/2026,W1,UPS,7.20\n02/14/2026,W2,UPS,8.15\n",
        "settlement_lines",
        2,
    ),
    ("truth/landed.csv", "Item,Landed cost,Valid from\nMUG-BLUE,3.10,2026-01-01\nCUP-1,1.05,2026-01-01\n", "costs", 2),
    (
        "magento/returns.tsv",
        "RMA number\tOrder number\tReturn date\tSKU\tQty\tReason\nR1\tW1\t2026-02-20\tMUG-BLUE\t1\tbroken\n",
        "refund_lines",
        1,
    ),
];

#[test]
fn what_is_proposed_for_an_unknown_file_reads_it() {
    for (name, text, table, records) in UNKNOWN {
        let (folder, path, told) = explained(name, text);
        assert_eq!(told.refusal.as_ref().map(|refusal| refusal.code), Some("unknown-layout"), "{name}");
        let proposal = told.proposal.unwrap_or_else(|| panic!("nothing is proposed for {name}"));
        let settings = settings(folder.path(), &proposal.toml);
        let (receipt, kept) = read(&path, &settings);
        let receipt = receipt.unwrap_or_else(|refusal| panic!("{name}: {refusal}\n{}", proposal.toml));
        assert_eq!(
            (receipt.accepted, receipt.rejected),
            (*records, 0),
            "{name}: {:?}\n{}",
            kept.rejects,
            proposal.toml
        );
        assert_eq!(receipt.rows.get(table), Some(records), "{name}\n{}", proposal.toml);
    }
}

/// A list from a German till, with lines above it and a total below.
const GERMAN: &str = "Messe-Shop GmbH;;;;;;;;\nAuswertung vom;28.02.2026;;;;;;;\n;;;;;;;;\n\
    Beleg-Nr.;Belegdatum;Pos.;Artikel-Nr.;Artikelbezeichnung;Menge;Einzelpreis (netto);Rabatt;Status\n\
    R-1;03.02.2026;1;MUG-BLAU;Becher, blau;12;1.009,50;0,00;versendet\n\
    R-1;03.02.2026;2;TASSE-1;Tasse;3;0,99;1,10;versendet\n\
    R-2;14.02.2026;1;TASSE-1;Tasse;1;0,99;0,00;storniert\n\
    R-3;15.02.2026;1;TASSE-1;Tasse;2;0,99;0,00;bezahlt\n\
    Summe;;;;;18;;;\n";

/// A count with a title above it and headers of its own making.
const COUNT: &str = "Stock Count Sheet,,,,\nItem Code (SKU),Item Description,Counted Qty,Bin / Shelf,Site\n\
    MUG-BLUE,Mug,12,A-01,main\nCUP-1,Cup,3,A-02,main\n";

/// What is proposed for a file, pasted under the settings, reads it.
#[test]
fn a_pasted_proposal_reads_what_nobody_has_seen() {
    for (name, text, table, accepted, rejected, doubt) in [
        ("magento/Verkaufsliste 2026-02.csv", GERMAN, "order_lines", 4, 0, "`storniert` is taken for `cancelled`"),
        ("truth/Count Sheet 2026-02-28.csv", COUNT, "stock", 2, 0, "2026-02-28, as the file's name says"),
    ] {
        let (folder, path, told) = explained(name, text);
        let proposal = told.proposal.unwrap_or_else(|| panic!("nothing is proposed for {name}"));
        assert!(proposal.doubts.iter().any(|told| told.contains(doubt)), "{:?}", proposal.doubts);
        assert_eq!(
            told.refusal.unwrap().hint.unwrap(),
            "paste the proposal into `trueup.toml` and run `trueup ingest`"
        );
        let (receipt, kept) = read(&path, &settings(folder.path(), &proposal.toml));
        let receipt = receipt.unwrap_or_else(|refusal| panic!("{name}: {refusal}\n{}", proposal.toml));
        assert_eq!((receipt.accepted, receipt.rejected), (accepted, rejected), "{:?}", kept.rejects);
        assert_eq!(receipt.rows.get(table), Some(&accepted), "{}", proposal.toml);
    }
}

/// A line that only adds the counts up is no product: where it is right it is structure, where it is not
/// it says so, and what only looks like it is read as it always was.
#[test]
fn a_total_below_a_count_is_no_product() {
    let header =
        "sku,location,at,on_hand,reserved\nA,main,2026-02-28T00:00:00Z,1200,2\nB,main,2026-02-28T00:00:00Z,7,\n";
    let mapping = "[mapping.count]\ntable = \"stock\"\n\
        columns = { sku = \"Artikel\", on_hand = \"Bestand\" }\nconstants = { location = \"main\" }\n";
    let told = |name: &str, bytes: &[u8], more: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let (receipt, kept) = read(&path, &settings(folder.path(), more));
        let receipt = receipt.unwrap_or_else(|refusal| panic!("{refusal}"));
        let totals = receipt.structure.get("total row").map_or(0, |span| span.lines);
        let reasons: Vec<String> =
            kept.rejects.iter().map(|reject| format!("{}: {}", reject.code, reject.reason)).collect();
        (receipt.accepted, totals, reasons.join("; "))
    };
    let plain = |end: &str| told("truth/stock.csv", format!("{header}{end}").as_bytes(), "");
    let structural = (2, 1, String::new());
    for end in ["Total,,,1207,2\n", "TOTAL:,,,1207\n", ",Summe,,1207,", "Grand total,,,1207,2\n\n,,,,\n"] {
        let (accepted, totals, reasons) = plain(end);
        let blank = if end.ends_with(",,,,\n") { "blank_record: every cell is empty" } else { "" };
        assert_eq!((accepted, totals, reasons.as_str()), (2, 1, blank), "{end}");
    }
    let wrong = "total_row: the total states 1208 in `on_hand`, but the rows come to 1207";
    assert_eq!(plain("Total,,,1208,2\n"), (2, 0, wrong.to_owned()));
    let (accepted, totals, reasons) = plain("Total,,,1207,2\nC,main,2026-02-28T00:00:00Z,1,\n");
    assert!((accepted, totals) == (3, 0) && reasons.starts_with("missing"), "{reasons}");
    assert_eq!(plain("Total,main,2026-02-28T00:00:00Z,1207,2\n"), (3, 0, String::new()), "a product of that name");
    let utf16: Vec<u8> =
        format!("\u{feff}{header}Total,,,1207,2\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(told("truth/stock.csv", &utf16, ""), structural);
    let mapped = |end: &str| {
        let text = format!("Artikel;Regal;Bestand\nA;R1;1.200\nB;R2;7\nC;R2;1.000.000\n{end}");
        told("count 2026-02-28.csv", text.as_bytes(), &format!("{mapping}decimal = \",\"\n"))
    };
    assert_eq!(mapped("Gesamtsumme;;1.001.207\n"), (3, 1, String::new()));
    assert_eq!(mapped("Suma końcowa;;1.001.207\n"), (3, 1, String::new()), "its sum tells it");
    assert_eq!(mapped("Total Wash 500;;12\n"), (4, 0, String::new()), "a product that begins with the word");
    assert_eq!(mapped("4711;Total;3\n"), (4, 0, String::new()), "a shelf of that name");
    assert!(mapped("Gesamtsumme;;1.001.208\n").2.contains("states 1001208 in `Bestand`, but the rows come to 1001207"));
}

/// What was paid for labels is a cost, though the file writes it without a sign.
#[test]
fn costs_of_labels_are_no_income() {
    let (name, text, ..) = UNKNOWN[2];
    let (folder, path, told) = explained(name, text);
    let proposal = told.proposal.unwrap();
    assert!(proposal.doubts.iter().any(|told| told.contains("is taken for a cost")), "{:?}", proposal.doubts);
    let (_, kept) = read(&path, &settings(folder.path(), &proposal.toml));
    let rows = written(&kept.batches);
    assert!(rows.contains("kind=shipping_label | amount=-7.2000"), "{rows}");
}

#[test]
fn a_file_of_no_channel_is_told_where_it_belongs() {
    let text = "Order Number,Ship Date,Carrier Fee\nW1,2026-02-13,7.20\n";
    let (folder, path) = in_folder("labels.csv", text);
    let refusal = read(&path, &settings(folder.path(), "")).0.unwrap_err();
    assert_eq!(refusal.code, "unknown-channel");
    let hint = refusal.hint.unwrap();
    assert!(hint.ends_with("/amazon`"), "{hint}");
    let (folder, path) = in_folder("magento/labels.csv", text);
    assert_eq!(read(&path, &settings(folder.path(), "")).0.unwrap().accepted, 1);
}

#[test]
fn the_german_list_is_worth_what_it_says() {
    let (folder, path, told) = explained("magento/Verkaufsliste 2026-02.csv", GERMAN);
    let (_, kept) = read(&path, &settings(folder.path(), &told.proposal.unwrap().toml));
    let expected = "order_lines\n  channel=magento | order_id=R-1 | line_id=1 | ordered_at=2026-02-03T05:00:00Z | \
        order_day=2026-02-03 | sku=MUG-BLAU | channel_sku=MUG-BLAU | title=Becher, blau | quantity=12 | \
        unit_price=1009.5000 | gross=12114.0000 | discount=0.0000 | tax=0.0000 | currency=USD | status=shipped | \
        fulfilment=seller | kind=article | source_line=5\n";
    assert!(written(&kept.batches).starts_with(expected), "{}", written(&kept.batches));
}

#[test]
fn a_file_that_no_mapping_can_read_is_told_so() {
    for (text, hint) in [
        (
            "Ticket,Sold At,Buyer,Item 1,Qty 1,Price 1,Item 2,Qty 2,Price 2,Total\n\
             T-1,2026-02-03 10:15,ann,MUG-BLUE,2,12.00,CUP-1,1,8.00,32.00\n",
            "it has several articles on a row (`Item 1`, `Item 2`)",
        ),
        (
            "Order Ref,Placed On,Line Items,Order Total\nP-1,2026-02-03 10:15,MUG-BLUE x2; CUP-1 x1,32.00\n\
             P-2,2026-02-04 11:15,CUP-1 x3,24.00\n",
            "`Line Items` packs several articles into one cell",
        ),
        (
            "Order Ref,Placed On,Article number,Note\nP-1,2026-02-03 10:15,MUG-BLUE,gift\n",
            "for `order_lines` no header says `quantity`",
        ),
    ] {
        let (_folder, _, told) = explained("magento/x.csv", text);
        let draft = told.proposal.map(|proposal| proposal.open);
        assert!(draft.as_ref().is_none_or(|open| !open.is_empty()), "{draft:?}");
        let said = told.refusal.unwrap().hint.unwrap();
        assert!(said.starts_with(hint), "{said}");
    }
}

#[test]
fn a_proposal_names_what_it_guesses() {
    let (name, text, ..) = UNKNOWN[0];
    let told = explained(name, text).2;
    let (looks, proposal) = (told.looks.unwrap(), told.proposal.unwrap());
    let expected = r#"[mapping.dealer-orders]
channel = "magento"
table = "order_lines"
columns = { order_id = "Order No.", ordered_at = "Date", quantity = "Qty", sku = "Item", status = "State", title = "Item name", unit_price = "Price each" }
constants = { currency = "USD" }
words = { status = { "dispatched" = "shipped" } }
"#;
    assert_eq!(proposal.toml, expected);
    assert_eq!((looks.header_line, looks.delimiter), (3, Some(';')));
    assert!(
        proposal.doubts.iter().any(|doubt| doubt.contains("`dispatched` is taken for `shipped`")),
        "{:?}",
        proposal.doubts
    );
}

/// What a word means that nobody has heard of is asked, never guessed: it would count as sold.
#[test]
fn an_unknown_word_is_asked_for() {
    let text = "Order No;Date;SKU;Qty;State\n\
        W1;2026-02-28;MUG;1;Anulowane\nW2;2026-02-28;MUG;1;Nowe\nW3;2026-02-28;MUG;1;Wysłane\n\
        W4;2026-02-28;MUG;1;nieopłacone\nW5;2026-02-28;MUG;1;non pagato\nW6;2026-02-28;MUG;1;terugbetaald\n\
        W7;2026-02-28;MUG;1;not paid\n";
    let (folder, _, told) = explained("magento/zam.csv", text);
    let proposal = told.proposal.unwrap();
    for said in [
        "\"Anulowane\" = \"cancelled\"",
        "\"Nowe\" = \"?\"",
        "\"Wysłane\" = \"shipped\"",
        "\"nieopłacone\" = \"pending\"",
        "\"non pagato\" = \"?\"",
        "\"not paid\" = \"?\"",
        "\"terugbetaald\" = \"refunded\"",
    ] {
        assert!(proposal.toml.contains(said), "{said} is not in\n{}", proposal.toml);
    }
    let hint = told.refusal.unwrap().hint.unwrap();
    assert!(
        hint.starts_with(
            "say what `Nowe` or `non pagato` or `not paid` means in place of `?`: the words are unpaid, pending"
        ),
        "{hint}"
    );
    let settings = settings(folder.path(), &proposal.toml);
    assert!(ingest::check_mappings(&settings).is_err(), "a `?` is not taken for a word");
}

#[test]
fn headers_with_quotes_make_a_proposal_that_is_toml() {
    let text = "Order \"\"No\"\"\tSKU\tQty\tOrder date\nA\tMUG-1\t1\t2026-02-01\n";
    let (folder, _, told) = explained("magento/q\"x.tsv", &text.replace("\"\"", "'"));
    settings(folder.path(), &told.proposal.unwrap().toml);
}

#[test]
fn a_file_of_no_table_gets_no_proposal() {
    let (_folder, _, told) = explained("notes.csv", "call the dealer,tomorrow\nor not,today\n");
    assert!(told.proposal.is_none());
    assert_eq!(told.refusal.map(|refusal| refusal.code), Some("unknown-layout"));
}

#[test]
fn a_known_file_is_explained_header_by_header() {
    let bytes = fs::read_to_string(goldens().join("../portal.csv")).unwrap();
    let (folder, path) = in_folder("magento/portal.csv", &bytes);
    let mapping = r#"
[mapping.portal]
channel = "magento"
table = "order_lines"
columns = { order_id = "Order No", ordered_at = "Ordered", sku = "Item", quantity = "Qty", unit_price = "Price each" }
constants = { currency = "USD", status = "paid" }
"#;
    let told = ingest::explain(&path, &settings(folder.path(), mapping)).unwrap();
    let known = told.recognition.unwrap();
    assert_eq!((known.export.as_str(), known.delimiter, known.header_line), ("mapping.portal", Some(';'), 1));
    assert_eq!((told.decimal, told.date_order), (Some(Decimal::Comma), None::<DateOrder>));
    let became: Vec<_> = told.headers.iter().map(|header| (header.header.as_str(), header.column.as_deref())).collect();
    assert_eq!(became[0], ("Order No", Some("order_lines.order_id")));
    assert_eq!(became.last(), Some(&("State", None)));
    assert!(!told.headers.last().unwrap().used);
    let receipt = told.receipt.unwrap();
    assert_eq!((receipt.accepted, receipt.rejected), (2, 1));
    let shown = &told.rejects[0].0.first.shown;
    assert_eq!((shown.line, &shown.text[shown.span.clone()]), (4, "29.02.2026 10:00"));
    assert!(shown.text.starts_with("W2;29.02.2026"));
}

#[test]
fn a_reject_shows_the_line_of_its_cell() {
    let text = "order_id,channel,sku,qty,unit_price,currency,ordered_at,status\n\
                \"O\n1\",amazon,MUG,1,\"1,2,3\",USD,2026-01-11T12:00:00Z,shipped\n";
    let (folder, path) = in_folder("a.csv", text);
    let (_, kept) = read(&path, &settings(folder.path(), ""));
    let reject = &kept.rejects[0];
    assert_eq!(reject.source_line, 2);
    assert!(reject.shown.span.end <= reject.shown.text.len() && !reject.shown.text.is_empty(), "{reject:?}");
}

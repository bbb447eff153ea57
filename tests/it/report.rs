//! The report as files: escaping, guards, conservation, determinism, and the folder that holds
//! them.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected has failed")]

mod fixture;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fixture::{Fixture, fixture, left_out, table};
use sha2::{Digest, Sha256};
use trueup::lake::{Kind, Rows};
use trueup::report::{Folder, Page, csv, render};

fn pages(fixture: &Fixture) -> BTreeMap<String, Vec<u8>> {
    render(&fixture.night()).unwrap().into_iter().map(|page| (page.name, page.bytes)).collect()
}

fn text(fixture: &Fixture, name: &str) -> String {
    String::from_utf8(pages(fixture).remove(name).unwrap()).unwrap()
}

fn html(fixture: &Fixture) -> String {
    text(fixture, "index.html")
}

/// What stands between `before` and the next `"`, wherever `before` occurs.
fn attributes<'a>(page: &'a str, before: &str) -> Vec<&'a str> {
    page.split(before).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
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

#[test]
fn how_long_it_took_is_in_the_timings_only() {
    let (before, mut fixture) = (pages(&fixture()), fixture());
    fixture.timings[0].1 = 77.7;
    let after = pages(&fixture);
    let changed: Vec<&String> = before.keys().filter(|name| before[*name] != after[*name]).collect();
    assert_eq!(changed, ["timings.json"]);
}

#[test]
fn hostile_words_are_words() {
    let harmless = html(&Fixture::with_words("harmless words"));
    for hostile in [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title></style></svg><h1>x</h1>",
        "&lt;b&gt; &amp; <b>",
        "<!-- ]]> {{7*7}} \u{202e}\u{2028}",
    ] {
        let page = html(&Fixture::with_words(hostile));
        for sign in ["<", ">", "\""] {
            assert_eq!(page.matches(sign).count(), harmless.matches(sign).count(), "{sign} with {hostile}");
        }
    }
}

#[test]
fn the_page_loads_and_runs_nothing() {
    let fixture = fixture();
    let (page, files) = (html(&fixture), pages(&fixture));
    for forbidden in ["<script", "<link", "<iframe", "<img", "<form", " src=", " style=", "url(", "@import", "://"] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let anchors: BTreeSet<&str> = attributes(&page, " id=\"").into_iter().collect();
    assert_eq!(anchors.len(), attributes(&page, " id=\"").len(), "an id stands twice");
    let links = attributes(&page, " href=\"");
    assert!(links.len() > 20);
    for link in links {
        let leads_somewhere =
            link.strip_prefix('#').map_or_else(|| files.contains_key(link), |id| anchors.contains(id));
        assert!(leads_somewhere, "{link}");
    }
}

#[test]
fn the_policy_names_the_digest_of_the_style_sheet() {
    let page = html(&fixture());
    let style = page.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let digest = page.split("sha256-").nth(1).unwrap().split('\'').next().unwrap();
    assert_eq!(page.matches("<style>").count(), 1);
    assert_eq!(from_base64(digest), Sha256::digest(style.as_bytes()).to_vec());
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
}

fn from_base64(text: &str) -> Vec<u8> {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let bits: String = text.trim_end_matches('=').bytes().map(|byte| format!("{:06b}", value(byte))).collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect()
}

#[test]
fn every_section_has_a_sentence_when_there_is_nothing() {
    let sections = |page: &str| page.split("<section ").skip(1).map(str::to_owned).collect::<Vec<_>>();
    let mut bare = fixture();
    bare.sheets.clear();
    bare.files.clear();
    bare.checks.clear();
    for page in [html(&fixture().without_rows()), html(&bare)] {
        assert!(!page.contains("<tbody></tbody>") && !page.contains("NaN") && !page.contains("inf"), "{page}");
        let sections = sections(&page);
        assert!(sections.len() >= 8);
        for section in sections.iter().filter(|section| !section.starts_with("id=\"method\"")) {
            assert!(section.contains("class=\"nothing\""), "{section}");
        }
    }
    assert_eq!(html(&fixture()).matches("class=\"nothing\"").count(), 0, "a full night needs no such sentence");
}

#[test]
fn an_unknown_cost_gives_no_profit_and_not_a_full_one() {
    let mut fixture = fixture();
    let rows = "2026-02 | amazon | 100.00 | 60.00 | \n2026-02 | shopify | 50.00 | 20.00 | 30.00";
    let columns = [
        ("month", Kind::Text),
        ("channel", Kind::Text),
        ("net_sales", Kind::Money),
        ("cost_of_goods", Kind::Money),
        ("contribution", Kind::Money),
    ];
    fixture.sheets.insert("pnl_by_channel".into(), table("pnl_by_channel", &columns, rows));
    let page = html(&fixture);
    let headline = page.split("<dt>Contribution</dt>").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(headline.contains(">unknown<") && headline.contains("some costs are missing"), "{headline}");
    assert!(page.contains("a cost is unknown"));
    let run: serde_json::Value = serde_json::from_str(&text(&fixture, "run.json")).unwrap();
    assert_eq!(run["totals"]["contribution"], serde_json::Value::Null);
    assert_eq!(run["totals"]["net_sales"], "150.00");
    assert!(!text(&fixture, "metrics.prom").contains("trueup_contribution"));
}

/// What a table of the page says, its rows one by one, without marks.
fn told(page: &str, caption: &str) -> Vec<String> {
    let table = page.split(&format!("aria-label=\"{caption}\"")).nth(1).unwrap().split("</table>").next().unwrap();
    let cells = |row: &str| {
        let cells = row.split("<t").skip(1).map(|cell| {
            let plain: String = cell.split('<').map(|part| part.split_once('>').map_or("", |(_, text)| text)).collect();
            plain.replace(['▲', '✓', '○', '●'], "").trim().to_owned()
        });
        cells.collect::<Vec<_>>().join(" | ").trim_end_matches(" | ").to_owned()
    };
    table.split("<tr").skip(1).map(cells).collect()
}

#[test]
fn how_good_the_forecast_has_been_is_said_in_plain_words() {
    let mut fixture = fixture();
    let columns = [
        ("sku", Kind::Text),
        ("model", Kind::Text),
        ("class", Kind::Text),
        ("mase", Kind::Real),
        ("bias", Kind::Real),
        ("coverage_95", Kind::Real),
        ("naive_mase", Kind::Real),
        ("why", Kind::Text),
    ];
    let rows = "
QUIET | ses 0.05 + window 112 | intermittent | 0.50 | | 1.0 | 0.0 | least error
WORSE | ses 0.05 + window 112 | erratic | 1.30 | 0.386 | 0.804 | 1.00 | least error
BETTER | ses 0.1 | smooth | 0.68 | -0.042 | 0.947 | 1.00 | least error
SAME | theta 0.4 | lumpy | 1.00 | 0.001 | 0.95 | 1.00 | new: starts from the demand of `BETTER`; least error
FEW | credibility | lumpy | 1.10 | 1.38 | | 1.00 | too few orders
NEW | credibility | none | | | | | too few orders
";
    fixture.sheets.insert("forecast_accuracy".into(), table("forecast_accuracy", &columns, rows));
    let page = html(&fixture);
    let percent = |text: &str| text.replace(" %", "\u{202f}%");
    let expected = [
        "SKU | Sells | Rests on | Against last week again | In all | 95 % level was enough",
        "WORSE | most days, uneven amounts | its own sales | 30.0 % more error | 38.6 % too much | in 80 of 100",
        "FEW | now and then, uneven amounts | few orders, and what its like sell | 10.0 % more error | 138.0 % too much | unknown",
        "SAME | now and then, uneven amounts | the product it is to sell like | the same error | right | in 95 of 100",
        "BETTER | most days, like amounts | its own sales | 32.0 % less error | 4.2 % too little | in 95 of 100",
        "QUIET | now and then, like amounts | its own sales | nothing sold to tell | – | in 100 of 100",
        "NEW | not so far | few orders, and what its like sell | unknown | unknown | unknown",
    ];
    let told = told(&page, "How good the forecast has been on the SKU's own past");
    assert_eq!(told[0], expected[0]);
    assert_eq!(told[1..], expected[1..].iter().map(|row| percent(row)).collect::<Vec<_>>());
    for jargon in ["MASE", "WAPE", "ses 0", "window 112", "percentile"] {
        let section = page.split("id=\"demand\"").nth(1).unwrap().split("<section ").next().unwrap();
        assert!(!section.contains(jargon), "{jargon}");
    }
    let file = text(&fixture, "forecast_accuracy.csv");
    assert!(file.contains("naive_mase") && file.contains("ses 0.05 + window 112"), "the file keeps the measures");
}

#[test]
fn last_week_states_the_interval_that_decides_its_verdict() {
    let mut fixture = fixture();
    let columns = [
        ("channel", Kind::Text),
        ("sku", Kind::Text),
        ("projected", Kind::Real),
        ("actual", Kind::Real),
        ("bias", Kind::Real),
        ("exception", Kind::Text),
        ("miss", Kind::Real),
        ("low", Kind::Real),
        ("high", Kind::Real),
    ];
    let rows = "
* | * | 180.0 | 120 | 0.5 | too high | 60.0 | 140.0 | 220.0
amazon | * | 100.0 | 70 | 0.4286 | | 30.0 | 65.0 | 135.0
amazon | MUG | 100.0 | 70 | 0.4286 | | 30.0 | 65.0 | 135.0
shopify | * | 80.0 | 50 | 0.6 | | 30.0 | 45.0 | 115.0";
    fixture.sheets.insert("forecast_check".into(), table("forecast_check", &columns, rows));
    let page = html(&fixture);
    let percent = |text: &str| text.replace(" %", "\u{202f}%");
    let told = told(&page, "Forecast and actual demand of the last 7 days, by channel");
    let expected = [
        "Channel | Forecast | 95 % interval | Actual demand | Bias | Verdict",
        "all channels | 180 | 140–220 | 120 | +50.0 % | too high",
        "amazon | 100 | 65–135 | 70 | +42.9 % | –",
        "shopify | 80 | 45–115 | 50 | +60.0 % | –",
    ];
    assert_eq!(told[0], expected[0]);
    assert_eq!(told[1..], expected[1..].iter().map(|row| percent(row)).collect::<Vec<_>>());
    let morning = section(&page, "morning");
    let line = percent("180 forecast for the last 7 days (95\u{a0}% interval 140–220), 120 wanted, bias +50.0 %");
    assert!(morning.contains(&line.replace('\u{a0}', " ")), "{morning}");
    assert!(morning.contains("beats seasonal naive (last week again) on 3 of 4 SKUs"), "{morning}");
}

/// One section of the page.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    page.split(&format!("<section id=\"{id}\"")).nth(1).unwrap().split("</section>").next().unwrap()
}

/// The page's head: everything above the first figure.
fn verdict(page: &str) -> &str {
    page.split("class=\"stand\"").nth(1).unwrap().split("<dl").next().unwrap()
}

#[test]
fn a_file_that_was_not_read_is_told_before_any_figure() {
    let mut fixture = fixture();
    fixture.sheets.insert("alerts".into(), table("alerts", &[("rule", Kind::Text)], ""));
    for file in &mut fixture.files {
        file.accepted += std::mem::take(&mut file.rejected);
    }
    let page = html(&fixture);
    assert!(verdict(&page).contains("Nothing needs a person today.") && !page.contains("class=\"left-out"));
    let metrics = text(&fixture, "metrics.prom");
    assert!(metrics.contains("trueup_files_left_out{result=\"refused\"} 0\n"), "{metrics}");

    fixture.left_out =
        vec![left_out("amazon/settlement.txt", true, "settlement `77` states 5.00 but its lines come to 4.00")];
    fixture
        .left_out
        .extend((0..12).map(|number| left_out(&format!("portal/{number}.csv"), false, "no export has these headers")));
    let page = html(&fixture);
    let head = verdict(&page);
    for told in [
        ", 1 file refused, 12 files ignored.",
        "class=\"left-out refused\"",
        "<code>amazon/settlement.txt</code>: settlement <code>77</code> states 5.00",
        "download it again",
        "class=\"left-out ignored\"",
        "<code>portal/9.csv</code>: no export has these headers",
        "and 2 more in",
        "Nothing else needs a person today.",
    ] {
        assert!(head.contains(told), "`{told}` is not in {head}");
    }
    assert!(!page.contains("Nothing needs a person today.") && !page.contains("Nothing needs a person this morning.<"));
    let run: serde_json::Value = serde_json::from_str(&text(&fixture, "run.json")).unwrap();
    assert_eq!(run["refused"][0]["path"], "amazon/settlement.txt");
    assert_eq!(run["refused"][0]["code"], "control-total");
    assert_eq!((run["refused"].as_array().unwrap().len(), run["ignored"].as_array().unwrap().len()), (1, 12));
    let metrics = text(&fixture, "metrics.prom");
    assert!(metrics.contains("trueup_files_left_out{result=\"refused\"} 1\n"), "{metrics}");
    assert!(metrics.contains("trueup_files_left_out{result=\"ignored\"} 12\n"), "{metrics}");
}

#[test]
fn rows_that_were_rejected_are_told_before_any_figure() {
    let mut fixture = fixture();
    fixture.sheets.insert("alerts".into(), table("alerts", &[("rule", Kind::Text)], ""));
    let page = html(&fixture);
    let head = verdict(&page);
    for told in [
        "3 rows rejected.",
        "class=\"left-out ignored\"",
        "<code>shopify/orders_export_1.csv</code>: 3 of 8,243 rows",
        "href=\"rejects.csv\"",
        "Nothing else needs a person today.",
    ] {
        assert!(head.contains(told), "`{told}` is not in {head}");
    }
    let lost = &mut fixture.files[0];
    (lost.accepted, lost.duplicate, lost.rejected) = (0, 0, lost.read);
    let page = html(&fixture);
    let head = verdict(&page);
    for told in
        ["12,411 rows rejected.", "class=\"left-out refused\"", "all_orders_2026-02.txt</code>: all 12,408 rows"]
    {
        assert!(head.contains(told), "`{told}` is not in {head}");
    }
}

#[test]
fn an_amount_in_another_currency_than_the_shops_names_it() {
    let mut fixture = fixture();
    let columns = [
        ("channel", Kind::Text),
        ("settlement_id", Kind::Text),
        ("total", Kind::Money),
        ("lines_sum", Kind::Money),
        ("difference", Kind::Money),
        ("currency", Kind::Text),
    ];
    let rows =
        "amazon | 1 | 22.69 | 20.00 | 2.69 | EUR\namazon | 2 | 8000 | | | JPY\namazon | 3 | 10.00 | 10.00 | 0.00 | USD";
    fixture.sheets.insert("settlements".into(), table("settlements", &columns, rows));
    let columns = [("side", Kind::Text), ("channel", Kind::Text), ("amount", Kind::Money), ("currency", Kind::Text)];
    fixture.sheets.insert("unmatched".into(), table("unmatched", &columns, "order | amazon | -22.69 | EUR"));
    let page = html(&fixture);
    let plain = |caption: &str| told(&page, caption).iter().map(|row| row.replace('\u{a0}', " ")).collect::<Vec<_>>();
    let settlements = plain("Settlements against their lines");
    assert_eq!(settlements[1], "amazon | 1 | 22.69 EUR | 20.00 EUR | 2.69 EUR");
    assert_eq!(settlements[2], "amazon | 3 | 10.00 | 10.00 | 0.00");
    assert_eq!(settlements[3], "amazon | 2 | 8,000 JPY | unknown | unknown");
    let unmatched = plain("Orders without a settlement and settlement lines without an order");
    assert_eq!(unmatched[1], "order | amazon | −22.69 EUR");
}

#[test]
fn an_exception_names_its_amounts_in_their_currency() {
    let mut fixture = fixture();
    let columns = [
        ("rule", Kind::Text),
        ("subject", Kind::Text),
        ("value", Kind::Text),
        ("threshold", Kind::Text),
        ("money", Kind::Money),
        ("hint", Kind::Text),
        ("currency", Kind::Text),
    ];
    let rows = "losing money | A | -1761.91 in 90 days | 0.00 | 1761.91 | 109 units sold for 2374.92; tipped by tax | USD\n\
        price breach | B | 36.66 | 39.00 | | below anchor | EUR\n\
        drift | C | -3 for 1.50 | 5 units apart | | | ";
    fixture.sheets.insert("alerts".into(), table("alerts", &columns, rows));
    let page = html(&fixture);
    let told = page.split("<ol class=\"morning\">").nth(1).unwrap().split("</section>").next().unwrap();
    for wanted in [
        "<span>−$1,761.91 in 90 days</span></div>",
        "109 units sold for $2,374.92; tipped by tax",
        "<span>€36.66</span><span>threshold €39.00</span>",
        "<span>−3 for 1.50</span>",
    ] {
        assert!(told.contains(wanted), "{wanted} is not in {told}");
    }
}

/// Every channel of the statement can be read on a phone, where a wide table has no room; and the shares
/// that are drawn are the rates that it states.
#[test]
fn the_statement_has_each_channel_by_itself_and_the_chart_its_rates() {
    let page = html(&fixture());
    let profit = page.split("id=\"profit\"").nth(1).unwrap().split("</section>").next().unwrap();
    let rates = profit.split("Contribution margin</th>").nth(1).unwrap().split("</tr>").next().unwrap();
    let rates: Vec<&str> = attributes(rates, "<td class=\"number\">");
    let rates: Vec<&str> =
        rates.iter().map(|cell| cell.split('<').next().unwrap()).filter(|cell| !cell.is_empty()).collect();
    let head = profit.split("<thead>").nth(1).unwrap().split("all channels").next().unwrap();
    let channels: Vec<&str> = head
        .split("scope=\"col\">")
        .skip(2)
        .map(|cell| cell.split('<').next().unwrap())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!((channels.len(), rates.len()), (4, 5), "{channels:?} {rates:?}");
    let chart = profit.split("id=\"chart-shares\"").nth(1).unwrap();
    for (channel, rate) in channels.iter().zip(&rates) {
        let own =
            profit.split(&format!("<summary>{channel}</summary>")).nth(1).unwrap().split("</details>").next().unwrap();
        let line = own.split("Contribution</th>").nth(1).unwrap().split("</tr>").next().unwrap();
        assert!(line.contains(rate), "{channel}: {rate} is not in {line}");
        assert!(chart.contains(&format!("{channel}: contribution {rate}")), "{channel}: {rate}");
    }
}

#[test]
fn page_csv_run_and_metrics_agree() {
    let fixture = fixture();
    let sheet = text(&fixture, "pnl_by_channel.csv");
    let mut reader = ::csv::Reader::from_reader(sheet.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let cents: i64 = reader
        .records()
        .map(Result::unwrap)
        .filter(|record| &record[0] == "2026-02")
        .map(|record| (record[column("contribution")].parse::<f64>().unwrap() * 100.0).round() as i64)
        .sum();
    let run: serde_json::Value = serde_json::from_str(&text(&fixture, "run.json")).unwrap();
    let total = run["totals"]["contribution"].as_str().unwrap();
    assert_eq!(total, format!("{}.{:02}", cents / 100, cents % 100));
    assert!(text(&fixture, "metrics.prom").contains(&format!("trueup_contribution {total}\n")));
    let page = html(&fixture);
    let statement = page.split("Contribution</th>").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(statement.replace(',', "").contains(total), "{statement}");
    assert_eq!(run["rows"]["read"], 115_284);
    assert_eq!(run["inputs"][3]["rejected"], 3);
}

#[test]
fn run_json_has_sorted_keys() {
    let run = text(&fixture(), "run.json");
    let keys: Vec<&str> =
        run.lines().filter_map(|line| line.strip_prefix("  \"")).map(|line| line.split('"').next().unwrap()).collect();
    assert!(keys.is_sorted() && keys.contains(&"inputs"), "{keys:?}");
}

#[test]
fn metrics_are_openmetrics() {
    let metrics = text(&Fixture::with_words("a\"b\\c\nd"), "metrics.prom");
    assert!(metrics.ends_with("\n# EOF\n"));
    assert!(metrics.contains("{channel=\"a\\\"b\\\\c\\nd\",class=\"*\"}"), "{metrics}");
    let mut family = "";
    for line in metrics.lines().filter(|line| *line != "# EOF") {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            family = declared.split(' ').next().unwrap();
        }
        let name = line.trim_start_matches("# HELP ").trim_start_matches("# TYPE ").split(['{', ' ']).next().unwrap();
        assert_eq!(name, family, "{line}");
        assert!(line.starts_with('#') || line.rsplit(' ').next().unwrap().parse::<f64>().unwrap().is_finite());
    }
}

#[test]
fn long_tables_say_where_the_rest_is() {
    let mut fixture = fixture();
    let lines: String = (0..1_250).map(|row| format!("SKU-{row} | amazon | {row}\n")).collect();
    let columns = [("sku", Kind::Text), ("channel", Kind::Text), ("gap", Kind::Integer)];
    fixture.sheets.insert("drift".into(), table("drift", &columns, &lines));
    let page = html(&fixture);
    assert!(page.contains("and 1,235 more in <a href=\"drift.csv\">drift.csv</a>"));
    assert!(page.contains(">SKU-1249<") && !page.contains(">SKU-1000<"), "the largest gaps come first");
}

fn every_kind() -> Rows {
    let columns = [
        ("text", Kind::Text),
        ("integer", Kind::Integer),
        ("money", Kind::Money),
        ("rate", Kind::Rate),
        ("day", Kind::Day),
        ("instant", Kind::Timestamp),
        ("real", Kind::Real),
        ("flag", Kind::Flag),
    ];
    let lines = "
=cmd(\"a,b\") | -5 | -1204.5 | 0.0525 | 2026-02-28 | 2026-02-28T06:15 | 41.99999 | true
@plain | 0 | 0.0001 | -1 | 1969-12-31 | 1969-12-31T23:59 | -0.5 | false
 | | | | | | | ";
    table("kinds", &columns, lines)
}

#[test]
fn a_sheet_as_csv() {
    let person = String::from_utf8(csv::write(&every_kind(), csv::Reader::Person).unwrap()).unwrap();
    let expected = "\
text,integer,money,rate,day,instant,real,flag
\"'=cmd(\"\"a,b\"\")\",-5,-1204.50,0.0525,2026-02-28,2026-02-28T06:15:00Z,42.0,true
'@plain,0,0.0001,-1.0000,1969-12-31,1969-12-31T23:59:00Z,-0.5,false
,,,,,,,
";
    assert_eq!(person, expected);
    let program = String::from_utf8(csv::write(&every_kind(), csv::Reader::Program).unwrap()).unwrap();
    assert_eq!(program, expected.replace("'=", "=").replace("'@", "@"));
}

#[test]
fn a_sheet_as_parquet_reads_back_the_same() {
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kinds.parquet");
    fs::write(&path, csv::write_parquet(&every_kind()).unwrap()).unwrap();
    let file = fs::File::open(&path).unwrap();
    let mut reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    assert_eq!(reader.next().unwrap().unwrap(), *every_kind().batch());
    assert!(reader.next().is_none());
}

fn page(name: &str, bytes: &str) -> Page {
    Page { name: name.into(), bytes: bytes.into() }
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_report_folder_changes_as_a_whole_and_keeps_what_is_not_ours() {
    let project = tempfile::tempdir().unwrap();
    let reports = project.path().join("reports");
    let folder = Folder::at(&reports);
    folder.replace(&[page("a.csv", "1"), page("b.csv", "1")]).unwrap();
    fs::write(reports.join("README.md"), "mine").unwrap();
    fs::create_dir(reports.join("archive")).unwrap();
    fs::write(reports.join("archive/old.csv"), "mine").unwrap();
    folder.add(&[page("health.html", "1")]).unwrap();
    folder.replace(&[page("a.csv", "2"), page("c.csv", "2")]).unwrap();
    assert_eq!(listing(&reports), [".trueup-files", "README.md", "a.csv", "archive", "c.csv"]);
    assert_eq!(fs::read_to_string(reports.join("a.csv")).unwrap(), "2");
    assert_eq!(fs::read_to_string(reports.join("archive/old.csv")).unwrap(), "mine");
    assert_eq!(listing(project.path()), [".reports.lock", "reports"], "nothing but the lock is left beside the folder");
}

#[cfg(unix)]
#[test]
fn links_into_nowhere_and_pipes_of_others_stay() {
    use std::os::unix::fs::{FileTypeExt as _, symlink};
    let project = tempfile::tempdir().unwrap();
    let reports = project.path().join("reports");
    Folder::at(&reports).replace(&[page("a.csv", "1")]).unwrap();
    symlink("/nowhere/at/all", reports.join("broken")).unwrap();
    nix::unistd::mkfifo(&reports.join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    for text in ["2", "3"] {
        Folder::at(&reports).replace(&[page("a.csv", text)]).unwrap();
        assert_eq!(listing(&reports), [".trueup-files", "a.csv", "broken", "pipe"]);
    }
    assert_eq!(fs::read_link(reports.join("broken")).unwrap().to_str(), Some("/nowhere/at/all"));
    assert!(fs::symlink_metadata(reports.join("pipe")).unwrap().file_type().is_fifo());
}

#[test]
fn a_run_that_died_between_two_renames_is_made_good() {
    let project = tempfile::tempdir().unwrap();
    let reports = project.path().join("reports");
    Folder::at(&reports).replace(&[page("a.csv", "1")]).unwrap();
    fs::write(reports.join("README.md"), "mine").unwrap();
    fs::rename(&reports, project.path().join(".reports.aside")).unwrap();
    fs::create_dir(project.path().join(".reports.part-7")).unwrap();
    fs::write(project.path().join(".reports.part-7/half.csv"), "").unwrap();
    Folder::at(&reports).replace(&[page("b.csv", "2")]).unwrap();
    assert_eq!(listing(&reports), [".trueup-files", "README.md", "b.csv"]);
    assert_eq!(listing(project.path()), [".reports.lock", "reports"]);
}

#[test]
fn a_name_that_is_a_path_is_refused_before_anything_is_written() {
    let project = tempfile::tempdir().unwrap();
    let folder = Folder::at(project.path().join("reports"));
    folder.replace(&[page("a.csv", "1")]).unwrap();
    for name in ["../evil.csv", "a/b.csv", ".hidden", "", "A.CSV", "a b", "a\0b"] {
        let error = folder.replace(&[page("a.csv", "2"), page(name, "")]).unwrap_err();
        assert_eq!(error.code, "report-name");
    }
    assert_eq!(fs::read_to_string(project.path().join("reports/a.csv")).unwrap(), "1");
}

#[cfg(unix)]
#[test]
fn report_files_are_for_the_owner_and_the_group() {
    use std::os::unix::fs::PermissionsExt;
    let project = tempfile::tempdir().unwrap();
    let reports = project.path().join("reports");
    Folder::at(&reports).replace(&[page("a.csv", "1")]).unwrap();
    for name in listing(&reports) {
        assert_eq!(fs::metadata(reports.join(name)).unwrap().permissions().mode() & 0o777, 0o640);
    }
}

#[test]
fn an_estimate_is_marked_and_what_is_settled_is_not() {
    let mut fixture = fixture();
    let columns = [
        ("month", Kind::Text),
        ("channel", Kind::Text),
        ("net_sales", Kind::Money),
        ("payment_fees", Kind::Money),
        ("cost_of_goods", Kind::Money),
        ("contribution", Kind::Money),
        ("payment_fees_estimated", Kind::Money),
    ];
    let rows =
        "2026-02 | etsy | 80.00 | 8.00 | 30.00 | 42.00 | 0.00\n2026-02 | shopify | 50.00 | 2.00 | 20.00 | 28.00 | 2.00";
    fixture.sheets.insert("pnl_by_channel".into(), table("pnl_by_channel", &columns, rows));
    let page = html(&fixture);
    let rows = told(&page, "Statement by channel");
    let row = |label: &str| rows.iter().find(|row| row.starts_with(label)).unwrap().replace('\u{202f}', " ");
    assert!(row("Payment fees").starts_with("Payment fees | −8.00 | ~ −2.00 | ~ −10.00"), "{}", row("Payment fees"));
    assert!(row("Contribution").starts_with("Contribution | 42.00 | ~ 28.00 | ~ 70.00"), "{}", row("Contribution"));
    assert!(row("Cost of goods").starts_with("Cost of goods | −30.00 | −20.00 | −50.00"));
    let tile = page.split("<dt>Contribution</dt>").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(tile.contains("~\u{202f}$70") && tile.contains("20.0\u{202f}% of its fees estimated"), "{tile}");
    let hatched = |page: &str| page.split("id=\"chart-waterfall\"").nth(1).unwrap().contains("class=\"s paper\"");
    assert!(hatched(&page) && page.contains("Hatched: estimated"));

    let settled = "2026-02 | etsy | 80.00 | 8.00 | 30.00 | 42.00 | 0.00";
    fixture.sheets.insert("pnl_by_channel".into(), table("pnl_by_channel", &columns, settled));
    let page = html(&fixture);
    assert!(!hatched(&page) && !page.contains("~\u{202f}"));
}

#[test]
fn orders_to_place_say_what_they_cost() {
    let page = html(&fixture());
    let rows = told(&page, "What to order");
    let head: Vec<&str> = rows[0].split(" | ").collect();
    assert!(
        head.contains(&"Unit cost") && head.contains(&"Order cost") && !head.contains(&"Money tied up"),
        "{head:?}"
    );
    let candle = rows.iter().find(|row| row.starts_with("CANDLE-FIG")).unwrap();
    assert!(candle.contains("| 240 | 7.20 | 1,728.00 |"), "{candle}");
    let section = section(&page, "replenishment");
    assert!(
        section.contains("Total order cost: <strong>$4,008.00</strong> for 3 orders, of which 1 without a unit cost."),
        "{section}"
    );
    assert!(section.contains("Inventory value"), "stock value stands apart");
}

#[test]
fn a_section_promises_only_the_tables_that_it_has() {
    let mut fixture = fixture();
    let about = |page: &str, id: &str| {
        section(page, id).split("</h2><p>").nth(1).unwrap().split("</p>").next().unwrap().to_owned()
    };
    let page = html(&fixture);
    assert!(about(&page, "channels").contains("buffer policy"), "{}", about(&page, "channels"));
    assert_eq!(about(&page, "listings"), "Prices outside their limits.");
    fixture.sheets.remove("replay");
    let page = html(&fixture);
    assert_eq!(about(&page, "channels"), "What each channel earns against what its errors cost.");
    fixture.sheets.remove("price_breaches");
    assert!(!html(&fixture).contains("<section id=\"listings\""));
}

#[test]
fn a_verdict_that_never_differs_is_said_once() {
    let mut fixture = fixture();
    let caption = "What each channel earns against what it costs to run";
    assert!(told(&html(&fixture), caption)[0].contains("Verdict"), "it differs");
    let columns =
        [("channel", Kind::Text), ("contribution", Kind::Money), ("verdict", Kind::Text), ("issues", Kind::Text)];
    let rows = "etsy | 10.00 | watch | 2 units oversold\nshopify | 20.00 | watch | P95 latency over the threshold";
    fixture.sheets.insert("channel_scorecard".into(), table("channel_scorecard", &columns, rows));
    let page = html(&fixture);
    let rows = told(&page, caption);
    assert!(!rows[0].contains("Verdict") && rows[1].contains("2 units oversold"), "{rows:?}");
    let channels = section(&page, "channels");
    assert!(channels.contains("watch</span>, the same in all 2 rows."), "{channels}");
    assert!(channels.contains("a tenth of the contribution or more"), "the rule is shown: {channels}");
}

#[test]
fn what_is_not_known_and_what_is_stale_stand_at_the_top() {
    let mut fixture = fixture();
    let columns = [
        ("rule", Kind::Text),
        ("subject", Kind::Text),
        ("value", Kind::Text),
        ("threshold", Kind::Text),
        ("money", Kind::Money),
        ("hint", Kind::Text),
        ("playbook", Kind::Text),
        ("currency", Kind::Text),
    ];
    let stale = |name: &str| format!("stale source | {name} | newest 2026-01-02 | 3 days | | 57 days old | look |\n");
    let many: String = ["orders of a", "orders of b", "orders of c", "stock counts"].map(stale).concat();
    let rows =
        "unknown money | Exchange rate missing | 310.00 | decided by `exchange_rates.csv` | | no rate | say it | EUR\n"
            .to_owned()
            + &many
            + "losing money | x: Y | -9.00 in 90 days | 0.00 | 9.00 | tipped by tax | raise | USD\n";
    fixture.sheets.insert("alerts".into(), table("alerts", &columns, &rows));
    let page = html(&fixture);
    let list = page.split("<ol class=\"morning\">").nth(1).unwrap().split("</section>").next().unwrap();
    let rules: Vec<&str> = list.split("class=\"rule\">").skip(1).map(|rule| rule.split('<').next().unwrap()).collect();
    assert_eq!(rules, ["Not known", "Stale source", "Unprofitable"], "four stale sources are one entry");
    assert!(list.contains("orders of a, orders of b, orders of c, stock counts."), "{list}");
    assert!(list.contains("<span>€310.00</span>") || list.contains("€310.00"), "{list}");
    assert!(list.contains("decided by <code>exchange_rates.csv</code>"), "{list}");
    assert!(verdict(&page).contains("1 amount not known."), "{}", verdict(&page));
    let risk = page.split("<dt>Money at risk</dt>").nth(1).unwrap().split("</div>").next().unwrap();
    assert!(risk.contains(">$9<"), "what is not known is not at risk: {risk}");
}

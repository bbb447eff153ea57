//! The channels' statements against the exports themselves: what DuckDB reads out of the files by what
//! the layouts' documents say, without the lake. Fees of a schedule stand in no file and are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::pnl_duckdb::duckdb_is_there;
use crate::project::{Project, said};

/// By month, channel and line, in cents or units.
type Amounts = BTreeMap<[String; 3], i64>;

/// An amount in another currency is converted by day and line here, by day, line and SKU there: so many
/// cents of a month may be rounded otherwise.
const CONVERTED: i64 = 4;

const LINES: [&str; 14] = [
    "units",
    "gross_sales",
    "discounts",
    "refunds",
    "shipping_charged",
    "other_income",
    "referral_fees",
    "fulfilment_fees",
    "payment_fees",
    "storage_fees",
    "other_fees",
    "shipping_paid",
    "advertising",
    "reimbursements",
];

#[test]
fn the_statements_are_what_the_files_say() {
    if !duckdb_is_there() {
        return;
    }
    let project = Project::of_sample_data();
    let run = project.trueup(&["run", "--project", "sample-data"]);
    assert!(run.status.success(), "{}", said(&run));
    let ours = reported(&project.path("reports/pnl_by_channel.csv"));
    let (theirs, foreign) = read_out(&project.path("sample-data"));
    let differing: Vec<String> = ours
        .iter()
        .map(|(key, amount)| (key, *amount, theirs.get(key).copied().unwrap_or(0)))
        .filter(|(key, ours, theirs)| (ours - theirs).abs() > if foreign.contains(*key) { CONVERTED } else { 0 })
        .map(|(key, ours, theirs)| format!("{}: reported {ours}, in the files {theirs}", key.join(" ")))
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    let unreported: Vec<_> = theirs.iter().filter(|(key, amount)| **amount != 0 && !ours.contains_key(*key)).collect();
    assert!(unreported.is_empty(), "in the files and not reported: {unreported:?}");
    assert!(ours.values().filter(|amount| **amount != 0).count() > 100, "the files tell next to nothing");
}

/// `pnl_by_channel.csv` without what is estimated.
fn reported(path: &Path) -> Amounts {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let mut amounts = Amounts::new();
    for row in reader.records().map(Result::unwrap) {
        let cell = |name: &str| header.iter().position(|column| column == name).map_or("0", |place| &row[place]);
        for line in LINES {
            let estimated = cents(cell(&format!("{line}_estimated")));
            let amount = if line == "units" { cell(line).parse().unwrap() } else { cents(cell(line)) - estimated };
            amounts.insert([cell("month"), cell("channel"), line].map(str::to_owned), amount);
        }
    }
    amounts
}

/// What the files say, and the keys of which a part was converted.
fn read_out(project: &Path) -> (Amounts, BTreeSet<[String; 3]>) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let [program, sql] = ["raw_files.py", "raw_files.sql"].map(|name| here.join(name));
    let output = Command::new("python3").args([program.as_path(), project, sql.as_path()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (mut amounts, mut foreign) = (Amounts::new(), BTreeSet::new());
    for line in text.lines() {
        let cells: Vec<&str> = line.split('|').collect();
        let key = [cells[0], cells[1], cells[2]].map(str::to_owned);
        if cells[4] == "True" && cells[2] != "units" {
            foreign.insert(key.clone());
        }
        amounts.insert(key, cells[3].parse().unwrap());
    }
    (amounts, foreign)
}

fn cents(amount: &str) -> i64 {
    amount.replace('.', "").parse().unwrap()
}

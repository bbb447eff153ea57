//! A second opinion: every query on DuckDB, over a lake that means harm, must give the same rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use parquet::arrow::ArrowWriter;
use trueup::lake::{Kind, Lake, Rows, RowsBuilder, Table};
use trueup::query::{Catalogue, Marts, Query};

use crate::adversary::shop;
use crate::query::run;

/// Reads `{"tables": {name: path}, "queries": [[name, sql]]}`, prints a line of JSON per query: its
/// name, its columns and its rows as text.
const SCRIPT: &str = r#"
import duckdb, json, sys
plan = json.load(sys.stdin)
db = duckdb.connect()
db.execute("set timezone = 'UTC'")
for name, path in plan["tables"].items():
    db.execute(f"create view {name} as from read_parquet('{path}')")
for name, sql in plan["queries"]:
    try:
        db.execute(f"create table {name} as {sql}")
    except Exception as error:
        sys.exit(f"{name}: {error}")
    columns = db.execute(f"describe {name}").fetchall()
    def text(column, kind):
        quoted = '"' + column + '"'
        if kind.startswith("TIMESTAMP"):
            return f"cast(epoch_us({quoted}) as varchar)"
        return f"cast({quoted} as varchar)"
    select = ", ".join(text(column[0], column[1]) for column in columns)
    rows = db.execute(f"select {select} from {name}").fetchall()
    print(json.dumps([name, [column[0] for column in columns], rows]))
"#;

type Answer = (Vec<String>, Vec<Vec<Option<String>>>);

#[test]
fn duckdb_gives_the_same_rows() {
    if !has_duckdb() {
        assert!(std::env::var_os("TRUEUP_REQUIRE_DUCKDB").is_none(), "python3 has no module `duckdb`");
        writeln!(std::io::stderr(), "skipped: python3 has no module `duckdb`").unwrap();
        return;
    }
    for (seed, rows) in [(0, 0), (1, 1), (2, 40), (3, 400)] {
        compare(seed, rows);
    }
}

fn compare(seed: u64, rows: usize) {
    let marts = Marts::in_memory(shop(seed, rows), run()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut theirs = duckdb(&marts, folder.path());
    for query in in_order() {
        let ours = answer(&marts.rows(&query.name).unwrap_or_else(|error| panic!("{}: {error}", query.name)));
        let theirs = theirs.remove(&query.name).expect("an answer for every query");
        assert_eq!(ours.0, theirs.0, "columns of {}", query.name);
        same_rows(&query.name, ours.1, theirs.1);
    }
}

fn same_rows(name: &str, ours: Vec<Vec<Option<String>>>, theirs: Vec<Vec<Option<String>>>) {
    let (ours, theirs) = (counted(ours), counted(theirs));
    let only = |one: &Counted, other: &Counted| -> Vec<String> {
        let differing = one.iter().filter(|(row, count)| other.get(*row) != Some(count));
        differing.map(|(row, count)| format!("{count} × {row:?}")).take(5).collect()
    };
    let (here, there) = (only(&ours, &theirs), only(&theirs, &ours));
    assert!(here.is_empty() && there.is_empty(), "{name}\n  Polars only: {here:#?}\n  DuckDB only: {there:#?}");
}

type Counted = BTreeMap<Vec<Option<String>>, usize>;

fn counted(rows: Vec<Vec<Option<String>>>) -> Counted {
    let mut counted = Counted::new();
    for row in rows {
        *counted.entry(row.into_iter().map(|cell| cell.map(|text| plain(&text))).collect()).or_default() += 1;
    }
    counted
}

/// `1.50` and `1.5` are one number, also where a float wrote them.
fn plain(text: &str) -> String {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_decimal = digits.contains('.') && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_decimal {
        return text.to_owned();
    }
    match text.trim_end_matches('0').trim_end_matches('.') {
        "" | "-" | "-0" => "0".to_owned(),
        short => short.to_owned(),
    }
}

/// The queries, each after those that it reads.
fn in_order() -> Vec<&'static Query> {
    let catalogue = Catalogue::built_in().unwrap();
    let mut done = BTreeSet::new();
    let mut order = Vec::new();
    while order.len() < catalogue.queries().count() {
        for query in catalogue.queries() {
            let ready = query.reads.iter().all(|name| catalogue.get(name).is_none() || done.contains(name.as_str()));
            if ready && done.insert(query.name.as_str()) {
                order.push(query);
            }
        }
    }
    order
}

fn has_duckdb() -> bool {
    let found = Command::new("python3").args(["-c", "import duckdb"]).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

fn duckdb(marts: &Marts, folder: &Path) -> BTreeMap<String, Answer> {
    let queries = in_order();
    let mut tables = BTreeMap::new();
    for name in queries.iter().flat_map(|query| &query.reads) {
        if Catalogue::built_in().unwrap().get(name).is_none() {
            let path = folder.join(format!("{name}.parquet"));
            write_parquet(&path, &marts.table(name).unwrap());
            tables.insert(name, path);
        }
    }
    let queries: Vec<(&str, &str)> = queries.iter().map(|query| (query.name.as_str(), query.sql.as_str())).collect();
    let plan = serde_json::json!({ "tables": tables, "queries": queries });
    let mut python = Command::new("python3");
    let mut child = python
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(plan.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "DuckDB refused {}", String::from_utf8_lossy(&output.stderr));
    let answers = text.lines().map(|line| {
        let (name, columns, rows): (String, Vec<String>, Vec<Vec<Option<String>>>) =
            serde_json::from_str(line).unwrap();
        (name, (columns, rows))
    });
    answers.collect()
}

fn write_parquet(path: &Path, rows: &Rows) {
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), rows.batch().schema(), None).unwrap();
    writer.write(rows.batch()).unwrap();
    writer.close().unwrap();
}

fn answer(rows: &Rows) -> Answer {
    let batch = rows.batch();
    let names = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let cells = |row: usize| batch.columns().iter().map(|array| text(array, row)).collect();
    (names, (0..rows.len()).map(cells).collect())
}

fn text(array: &dyn Array, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    let is = |kind: Kind| *array.data_type() == kind.data_type();
    Some(if is(Kind::Text) {
        array.as_string::<i32>().value(row).to_owned()
    } else if is(Kind::Integer) {
        array.as_primitive::<Int64Type>().value(row).to_string()
    } else if is(Kind::Day) {
        trueup::types::Day::from_days(array.as_primitive::<Date32Type>().value(row)).to_string()
    } else if is(Kind::Timestamp) {
        array.as_primitive::<TimestampMicrosecondType>().value(row).to_string()
    } else if is(Kind::Flag) {
        array.as_boolean().value(row).to_string()
    } else if is(Kind::Real) {
        format!("{:?}", array.as_primitive::<Float64Type>().value(row))
    } else {
        array.as_primitive::<Decimal128Type>().value_as_string(row)
    })
}

#[test]
fn the_grain_names_a_row() {
    let marts = Marts::in_memory(shop(3, 400), run()).unwrap();
    for query in in_order() {
        let (names, rows) = answer(&marts.rows(&query.name).unwrap());
        let grain: Vec<usize> =
            query.grain.iter().map(|name| names.iter().position(|column| column == name).expect("a column")).collect();
        let mut seen = BTreeSet::new();
        for row in rows {
            let key: Vec<Option<String>> = grain.iter().map(|index| row[*index].clone()).collect();
            assert!(key.iter().all(Option::is_some), "{}: null in the grain {key:?}", query.name);
            assert!(seen.insert(key.clone()), "{}: two rows of {key:?}", query.name);
        }
    }
}

/// `by month` promises that months put together are the whole.
#[test]
fn answers_by_month_are_the_answer_over_all() {
    let tables = shop(4, 400);
    let folder = tempfile::tempdir().unwrap();
    let mut commit = Lake::open(folder.path()).unwrap().begin("1").unwrap();
    let mut extra = Vec::new();
    for rows in &tables {
        match Table::named(rows.name()) {
            Some(table) => commit.stage(table, rows.batch()).unwrap(),
            None => extra.push(rows.clone()),
        }
    }
    commit.merge().unwrap();
    let snapshot = commit.finish(Vec::new(), Vec::new()).unwrap();
    let by_month = Marts::open(&snapshot, run(), extra).unwrap();
    let whole = Marts::in_memory(tables, run()).unwrap();
    for query in in_order() {
        let (one, other) = (by_month.rows(&query.name).unwrap(), whole.rows(&query.name).unwrap());
        same_rows(&query.name, answer(&one).1, answer(&other).1);
    }
}

/// The comparison itself can fail.
#[test]
#[should_panic(expected = "Polars only")]
fn a_differing_row_is_found() {
    let column = trueup::lake::Column { name: "a", kind: Kind::Integer, nullable: true };
    let mut builder = RowsBuilder::new("a", [column]);
    builder.push([1_i64.into()]);
    same_rows("a", answer(&builder.finish()).1, vec![vec![Some("2".to_owned())]]);
}

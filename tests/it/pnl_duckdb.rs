//! The whole P&L against a second opinion: DuckDB over the same tables, by SQL that shares nothing
//! with `queries/`. Set `TRUEUP_REQUIRE_DUCKDB=1` where a missing DuckDB must fail.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use parquet::arrow::ArrowWriter;
use trueup::config::Settings;
use trueup::lake::{Cell, Column, Kind, Lake, Rows, RowsBuilder};
use trueup::pnl::{Effect, LINES, Pnl, Statement, statements};
use trueup::query::{Marts, RUN, RunParameters};
use trueup::types::{Currency, Day};
use trueup::{catalog, ingest};

use super::pnl::books::AS_OF;
use super::pnl::chance::shop;
use crate::project::Project;

const DRIVER: &str = "
import duckdb, glob, os, sys
connection = duckdb.connect()
for path in sorted(glob.glob(os.path.join(sys.argv[1], '*.parquet'))):
    name = os.path.basename(path)[:-len('.parquet')]
    connection.execute(f\"create table {name} as select * from read_parquet('{path}')\")
for path in sorted(glob.glob(os.path.join(sys.argv[1], '*', ''))):
    name = os.path.basename(os.path.dirname(path))
    connection.execute(f\"create table {name} as select * from read_parquet('{path}*.parquet')\")
rows = connection.execute(open(sys.argv[2]).read()).fetchall()
for row in rows:
    print('|'.join('?' if cell is None else str(cell) for cell in row))
";

fn fees(settings: &Settings) -> Rows {
    let column = |name, kind| Column { name, kind, nullable: false };
    let columns = [
        column("channel", Kind::Text),
        column("marketplace", Kind::Flag),
        column("referral_rate", Kind::Rate),
        column("fulfilment_per_unit", Kind::Money),
        column("payment_rate", Kind::Rate),
        column("payment_per_order", Kind::Money),
        column("shipping_per_order", Kind::Money),
    ];
    let mut rows = RowsBuilder::new("fees", columns);
    for channel in &settings.channels {
        let fees = channel.fees;
        rows.push([
            Cell::from(&channel.name),
            channel.kind.is_marketplace().into(),
            fees.referral_rate.into(),
            fees.fulfilment_per_unit.into(),
            fees.payment_rate.into(),
            fees.payment_per_order.into(),
            fees.shipping_per_order.into(),
        ]);
    }
    rows.finish()
}

fn run_table(day: Day) -> Rows {
    let mut rows = RUN.builder();
    rows.push([day.into(), day.plus(1).start_utc().into(), "USD".into()]);
    rows.finish()
}

fn write(folder: &Path, rows: &Rows) {
    let file = File::create(folder.join(format!("{}.parquet", rows.name()))).unwrap();
    let mut writer = ArrowWriter::try_new(file, rows.batch().schema(), None).unwrap();
    writer.write(rows.batch()).unwrap();
    writer.close().unwrap();
}

/// The statement's lines as the oracle's columns: the table of lines decides both programs' output,
/// the amounts in it are each program's own.
fn oracle_sql() -> String {
    let amount = |name: &str| format!("sum(home) filter (where line = '{name}')");
    let known = |name: &str| {
        format!(
            "case when bool_or(line = '{name}' and home is null) then null else coalesce({}, 0) end as {name}",
            amount(name)
        )
    };
    let stored: Vec<&str> = LINES
        .iter()
        .filter(|line| line.effect != Effect::Subtotal)
        .map(|line| line.column)
        .chain(["gross_settled"])
        .collect();
    let columns: Vec<String> = stored.iter().map(|name| known(name)).collect();
    let sums: Vec<String> =
        stored.iter().map(|name| format!("case when count(*) = count({name}) then sum({name}) end")).collect();
    include_str!("pnl_oracle.sql")
        .replace("{columns}", &columns.join(",\n       "))
        .replace("{names}", &stored.join(", "))
        .replace("{sums}", &sums.join(", "))
}

fn told(key: String, statement: &Statement, orders: i64) -> String {
    let mut text = format!("{key}|{}", statement.units);
    for (line, amount) in statement.lines().filter(|(line, _)| line.effect != Effect::Subtotal) {
        let amount = amount.map_or("?".to_owned(), |amount| amount.ten_thousandths().to_string());
        write!(text, "|{}={amount}", line.column).unwrap();
    }
    let settled = statement.gross_settled().map_or("?".to_owned(), |amount| amount.ten_thousandths().to_string());
    write!(text, "|gross_settled={settled}|orders={orders}").unwrap();
    text
}

fn ours(pnl: &Pnl) -> Vec<String> {
    let channels = pnl
        .by_channel
        .iter()
        .map(|((month, channel), statement)| told(format!("{month}|{channel}|*"), statement, statement.orders));
    let skus = pnl
        .by_sku
        .iter()
        .map(|((month, channel, sku), statement)| told(format!("{month}|{channel}|{sku}"), statement, -1));
    told_something(channels.chain(skus).collect())
}

/// Sorted, without rows of nothing: whether an article that nothing happened to has one tells nothing.
fn told_something(mut rows: Vec<String>) -> Vec<String> {
    let is_amount = |cell: &str| match cell.split_once('=') {
        Some(("gross_settled", settled)) => !matches!(settled, "0" | "?"),
        Some((_, amount)) => !matches!(amount, "0" | "-1"),
        None => cell != "0",
    };
    rows.retain(|row| row.split('|').skip(3).any(is_amount));
    rows.sort();
    rows
}

fn theirs(output: &str) -> Vec<String> {
    let stored = LINES.iter().filter(|line| line.effect != Effect::Subtotal).map(|line| line.column);
    let names: Vec<&str> = stored.chain(["gross_settled", "orders"]).collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').collect();
        let (key, amounts) = cells.split_at(4);
        let amounts: Vec<String> = names.iter().zip(amounts).map(|(name, cell)| format!("{name}={cell}")).collect();
        format!("{}|{}", key.join("|"), amounts.join("|"))
    };
    told_something(output.lines().map(row).collect())
}

pub(crate) fn duckdb_is_there() -> bool {
    let found =
        Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|output| output.status.success());
    let required = std::env::var_os("TRUEUP_REQUIRE_DUCKDB").is_some_and(|value| value == "1");
    assert!(found || !required, "TRUEUP_REQUIRE_DUCKDB is set and `python3 -c 'import duckdb'` fails");
    if !found {
        eprintln!("skipped: python3 has no module `duckdb`");
    }
    found
}

const LAKE_TABLES: [&str; 8] = [
    "orders",
    "order_lines",
    "refund_lines",
    "settlement_lines",
    "advertising",
    "exchange_rates",
    "costs",
    "listing_costs",
];

/// Lets DuckDB work out the P&L over the tables in `folder` and compares every row.
fn agree(what: &str, folder: &Path, marts: &Marts, settings: &Settings, as_of: Day, pnl: &Pnl) {
    for name in ["sku_map", "bundle_parts", "channel_currencies"] {
        write(folder, &marts.table(name).unwrap());
    }
    write(folder, &fees(settings));
    write(folder, &run_table(as_of));
    let script = folder.join("oracle.sql");
    fs::write(&script, oracle_sql()).unwrap();
    let arguments = [DRIVER.as_ref(), folder.as_os_str(), script.as_os_str()];
    let output = Command::new("python3").arg("-c").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (ours, theirs) = (ours(pnl), theirs(&String::from_utf8(output.stdout).unwrap()));
    let ours_only: Vec<&String> = ours.iter().filter(|row| !theirs.contains(row)).collect();
    let theirs_only: Vec<&String> = theirs.iter().filter(|row| !ours.contains(row)).collect();
    assert!(
        ours_only.is_empty() && theirs_only.is_empty(),
        "{what}: {} and {} of {} rows differ\nours   {}\ntheirs {}",
        ours_only.len(),
        theirs_only.len(),
        ours.len(),
        ours_only.iter().take(5).map(|row| row.as_str()).collect::<Vec<_>>().join("\n       "),
        theirs_only.iter().take(5).map(|row| row.as_str()).collect::<Vec<_>>().join("\n       "),
    );
    assert!(ours.len() > 50, "{what} tells {} rows only", ours.len());
}

#[test]
fn duckdb_finds_the_same_profit_to_the_cent() {
    if !duckdb_is_there() {
        return;
    }
    for seed in [1, 2, 3] {
        let books = shop(seed);
        let folder = tempfile::tempdir().unwrap();
        let as_of: Day = AS_OF.parse().unwrap();
        let marts = Marts::in_memory(books.tables.clone(), RunParameters::new(as_of, Currency::USD)).unwrap();
        for name in LAKE_TABLES {
            write(folder.path(), &marts.table(name).unwrap());
        }
        agree(&format!("seed {seed}"), folder.path(), &marts, &books.settings, as_of, &books.work());
    }
}

#[test]
fn duckdb_finds_the_same_profit_over_the_lake_of_the_sample_shop() {
    if !duckdb_is_there() {
        return;
    }
    let project = Project::of_sample_data();
    let settings = Settings::read(&project.path("sample-data")).unwrap();
    let lake = Lake::open(&settings.lake).unwrap();
    let snapshot = ingest::run(&settings, &lake, &mut |_| {}).unwrap().snapshot;
    let as_of = settings.shop.as_of.unwrap();
    let marts = catalog::open(&settings, &snapshot, as_of).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in LAKE_TABLES {
        // DuckDB reads the files as they lie in the lake.
        symlink(settings.lake.join(name).canonicalize().unwrap(), folder.path().join(name)).unwrap();
    }
    let pnl = statements(&trueup::pnl::read(&marts).unwrap(), &settings);
    agree("sample-data", folder.path(), &marts, &settings, as_of, &pnl);
}

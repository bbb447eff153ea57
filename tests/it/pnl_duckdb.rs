//! The whole P&L against a second opinion: DuckDB over the same tables, by SQL that shares nothing
//! with `queries/`. Set `TRUEUP_REQUIRE_DUCKDB=1` where a missing DuckDB must fail.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use parquet::arrow::ArrowWriter;
use trueup::config::{ChannelKind, FeeSchedule, Settings};
use trueup::lake::{Cell, Column, Kind, Lake, Rows, RowsBuilder};
use trueup::pnl::{Effect, LINES, Pnl, Statement, statements};
use trueup::query::{Marts, RUN, RunParameters};
use trueup::types::{Currency, Day, Money};
use trueup::{catalog, ingest};

use super::pnl::books::{AS_OF, Books};
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

/// A small number after another, always the same: facts need variety here, not chance.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }

    fn cents(&mut self, limit: u64) -> Money {
        Money::from_cents(self.below(limit) as i64)
    }

    fn day(&mut self) -> Day {
        AS_OF.parse::<Day>().unwrap().plus(5 - self.below(130) as i32)
    }
}

const KINDS: [(&str, ChannelKind); 4] = [
    ("amazon", ChannelKind::Amazon),
    ("shopify", ChannelKind::Shopify),
    ("tiktok", ChannelKind::Tiktok),
    ("wholesale", ChannelKind::Wholesale),
];
const SKUS: [&str; 7] = ["CUP", "KIT", "LID", "MUG", "NEW", "POT", "a-cup"];

fn shop(seed: u64) -> Books {
    let mut numbers = Numbers(seed);
    let fees = |numbers: &mut Numbers| FeeSchedule {
        referral_rate: trueup::types::Rate::from_millionths(numbers.below(150_000) as i64),
        fulfilment_per_unit: numbers.cents(400),
        payment_rate: trueup::types::Rate::from_millionths(numbers.below(30_000) as i64),
        payment_per_order: numbers.cents(50),
        shipping_per_order: numbers.cents(900),
    };
    let channels = KINDS.map(|(name, kind)| (name, kind, fees(&mut numbers)));
    Books::new(&channels)
        .with(
            "sku_map",
            "channel,channel_sku,sku,matched_by,from_day,until_day
             amazon,a-cup,CUP,alias,,
             shopify,a-cup,MUG,alias,,2025-12-31
             shopify,a-cup,CUP,alias,2026-01-01,",
        )
        .with(
            "bundle_parts",
            "bundle_sku,sku,quantity,from_day,until_day
             KIT,KIT,1,,2025-11-20
             KIT,CUP,2,2025-11-21,2026-01-20
             KIT,LID,1,2025-11-21,2026-01-20
             KIT,CUP,3,2026-01-21,",
        )
        .with(
            "costs",
            "sku,from,until,unit_cost
             CUP,2025-01-01,2026-01-10,2.1234
             CUP,2026-01-11,,2.50
             CUP,2026-01-25,2026-02-03,3.50
             KIT,2025-01-01,,6.00
             LID,2025-01-01,,0.3050
             MUG,2025-01-01,2025-12-31,4.00
             MUG,2026-01-20,,4.25
             NEW,2026-02-01,,9.99",
        )
        .with("order_lines", &order_lines(&mut numbers))
        .with("settlement_lines", &settlement_lines(&mut numbers))
        .with("refund_lines", &refund_lines(&mut numbers))
        .with("advertising", &advertising(&mut numbers))
        .with("exchange_rates", &exchange_rates(&mut numbers))
}

fn order_lines(numbers: &mut Numbers) -> String {
    let mut csv =
        "channel,order_id,line_id,order_day,sku,quantity,unit_price,gross,discount,shipping_charged,tax,currency,status,fulfilment\n"
            .to_owned();
    for order in 0..160 {
        let (channel, _) = KINDS[numbers.below(4) as usize];
        let day = numbers.day();
        let currency = if numbers.below(6) == 0 { numbers.of(&["EUR", "GBP"]) } else { "USD" };
        for line in 0..=numbers.below(4) {
            let sku = numbers.of(&SKUS);
            let quantity = 1 + numbers.below(5);
            let (price, gross) = match numbers.below(9) {
                8 => (String::new(), String::new()),
                0..3 => (numbers.cents(5000).to_string(), String::new()),
                _ => (String::new(), numbers.cents(20_000).to_string()),
            };
            let discount = if numbers.below(4) == 0 { numbers.cents(900).to_string() } else { String::new() };
            let shipping = if numbers.below(3) == 0 { numbers.cents(700).to_string() } else { String::new() };
            let tax = if numbers.below(2) == 0 { numbers.cents(1500).to_string() } else { String::new() };
            let status = numbers.of(&["completed", "shipped", "refunded", "pending", "cancelled"]);
            let fulfilment = numbers.of(&["seller", "seller", "channel", "other_channel"]);
            writeln!(
                csv,
                "{channel},{order},{line},{day},{sku},{quantity},{price},{gross},{discount},{shipping},{tax},{currency},{status},{fulfilment}"
            )
            .unwrap();
        }
    }
    csv
}

fn settlement_lines(numbers: &mut Numbers) -> String {
    let mut csv =
        "channel,settlement_id,line,order_id,posted_day,sku,kind,amount,currency,tax_included,whole\n".to_owned();
    for line in 0..500 {
        let (channel, _) = KINDS[numbers.below(3) as usize];
        let order = if numbers.below(5) == 0 { String::new() } else { numbers.below(90).to_string() };
        let sku = if numbers.below(2) == 0 { "" } else { numbers.of(&SKUS) };
        let kind = numbers.of(trueup::lake::SETTLEMENT_KINDS);
        let amount = match numbers.below(8) {
            0 => Money::from_ten_thousandths(numbers.below(99_999) as i64),
            1 => numbers.cents(2000),
            _ => -numbers.cents(2000),
        };
        let currency = if numbers.below(8) == 0 { "EUR" } else { "USD" };
        let kind = if numbers.below(6) == 0 { "refund" } else { kind };
        let (taxed, whole) = (numbers.of(&["", "true", "true", "false"]), numbers.of(&["", "", "true"]));
        let (settlement, day) = (numbers.below(40), numbers.day());
        writeln!(csv, "{channel},S{settlement},{line},{order},{day},{sku},{kind},{amount},{currency},{taxed},{whole}")
            .unwrap();
    }
    csv
}

fn refund_lines(numbers: &mut Numbers) -> String {
    let mut csv =
        "channel,refund_id,order_id,refund_day,sku,quantity,amount,currency,disposition,tax_included\n".to_owned();
    for refund in 0..60 {
        let (channel, _) = KINDS[numbers.below(4) as usize];
        let order = if numbers.below(5) == 0 { String::new() } else { numbers.below(160).to_string() };
        let sku = if numbers.below(4) == 0 { "" } else { numbers.of(&SKUS) };
        let currency = numbers.of(&["USD", "USD", "", "EUR"]);
        let disposition = numbers.of(&["sellable", "damaged"]);
        let (day, quantity, amount) = (numbers.day(), numbers.below(3), numbers.cents(3000));
        let taxed = numbers.of(&["", "true"]);
        writeln!(csv, "{channel},{refund},{order},{day},{sku},{quantity},{amount},{currency},{disposition},{taxed}")
            .unwrap();
    }
    csv
}

fn advertising(numbers: &mut Numbers) -> String {
    let mut csv = "channel,day,campaign,sku,amount,currency,in_settlement\n".to_owned();
    for campaign in 0..30 {
        let (channel, _) = KINDS[numbers.below(4) as usize];
        let sku = if numbers.below(2) == 0 { "" } else { numbers.of(&SKUS) };
        let (day, amount) = (numbers.day(), numbers.cents(9000));
        let (currency, inside) = (numbers.of(&["USD", "EUR"]), numbers.of(&["", "true", "false"]));
        writeln!(csv, "{channel},{day},{campaign},{sku},{amount},{currency},{inside}").unwrap();
    }
    csv
}

/// Euros every five days and nothing for a while in January; no pounds at all.
fn exchange_rates(numbers: &mut Numbers) -> String {
    let mut csv = "day,currency,into,rate\n".to_owned();
    let start: Day = "2025-10-01".parse().unwrap();
    for step in 0..32 {
        let day = start.plus(step * 5);
        let millionths = 1_050_000 + numbers.below(90_000) as i64;
        if !(20..24).contains(&step) {
            writeln!(csv, "{day},EUR,USD,{}.{:06}", millionths / 1_000_000, millionths % 1_000_000).unwrap();
        }
    }
    csv
}

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
    let mut rows: Vec<String> = channels.chain(skus).collect();
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
    let mut rows: Vec<String> = output.lines().map(row).collect();
    rows.sort();
    rows
}

fn duckdb_is_there() -> bool {
    let found =
        Command::new("python3").args(["-c", "import duckdb"]).output().is_ok_and(|output| output.status.success());
    let required = std::env::var_os("TRUEUP_REQUIRE_DUCKDB").is_some_and(|value| value == "1");
    assert!(found || !required, "TRUEUP_REQUIRE_DUCKDB is set and `python3 -c 'import duckdb'` fails");
    if !found {
        eprintln!("skipped: python3 has no module `duckdb`");
    }
    found
}

const LAKE_TABLES: [&str; 6] =
    ["order_lines", "refund_lines", "settlement_lines", "advertising", "exchange_rates", "costs"];

/// Lets DuckDB work out the P&L over the tables in `folder` and compares every row.
fn agree(what: &str, folder: &Path, marts: &Marts, settings: &Settings, as_of: Day, pnl: &Pnl) {
    for name in ["sku_map", "bundle_parts"] {
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

//! `trueup ingest --columns`: what a mapping and the source of truth's files can fill.

use super::ExitStatus;
use crate::error::{Diagnostic, Result, near};
use crate::ingest::{self, FileColumn, Need, StandIn};
use crate::lake::{TABLES, Table};
use crate::pnl::{LINES, Source};
use crate::shell::Shell;

/// Lists the lake's tables, or the columns of one with what they hold and which must be given.
pub(super) fn columns(table: &str, shell: &Shell) -> Result<ExitStatus> {
    let text = if table.is_empty() { tables() } else { of_table(named(table)?) };
    shell.text(&text)?;
    Ok(ExitStatus::Fine)
}

fn named(name: &str) -> Result<&'static Table> {
    Table::named(name).ok_or_else(|| {
        let hint = match near(name, TABLES.iter().map(|table| table.name)) {
            Some(near) => format!("did you mean `trueup ingest --columns {near}`?"),
            None => "`trueup ingest --columns` lists the tables".to_owned(),
        };
        Diagnostic::error("unknown-table", format!("the lake has no table `{name}`")).hint(hint).into()
    })
}

fn tables() -> String {
    let lines = TABLES.iter().map(|table| format!("{:<17} {}\n", table.name, table.about()));
    lines.collect::<String>() + "\n`trueup ingest --columns TABLE` lists the columns of one.\n"
}

fn of_table(table: &'static Table) -> String {
    let columns = ingest::columns(table);
    let width = columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
    let mut text = format!("{}: {}\n", table.name, table.about());
    let parts = [
        (Need::Given, "must be given, as a header or as one text for every row"),
        (Need::Filled, "may be left out by a mapping"),
        (Need::Open, "may be left out"),
        (Need::WorkedIn, "may be named by a mapping, and is worked into the others"),
    ];
    for (need, heading) in parts {
        let part: Vec<&FileColumn> = columns.iter().filter(|column| column.need == need).collect();
        if !part.is_empty() {
            text += &format!("\n  {heading}\n");
        }
        for column in part {
            text += &line(column, width);
            for word in words(table, column) {
                text += &format!("    {:width$}                {word}\n", "");
            }
        }
    }
    text + &keys(table, &columns) + &template(table, &columns)
}

/// What else a mapping can say, with an example of each key.
const KEYS: &[(&str, &str)] = &[
    (
        "columns = { order_id = [\"CUSTOMER\", \"DATE\"] }",
        "texts are joined with `/`, a day with its time; numbers are added up",
    ),
    ("columns = { amount = { plus = \"IN\", minus = \"OUT\" } }", "what came in less what went out"),
    ("words = { status = { \"C*\" = \"refunded\" } }", "`*` stands for any letters"),
    ("skip = { \"HEADER\" = [\"TEXT\", \"T*\"] }", "rows that are left out, and counted as such"),
    ("fill-down = [\"order_id\", \"ordered_at\"]", "an empty cell says what the line above it says, within one order"),
    ("negate = [\"amount\"]", "turns the sign"),
    ("amounts = [\"discount\"]", "it is money, though all its values lie between 0 and 1"),
    ("percent = [\"discount_rate\"]", "its numbers are whole percents: `10,0` is a tenth"),
    ("prices-hold-tax = true", "the prices hold what `tax` tells; `false`: it comes on top"),
    ("decimal = \",\"", "where the files do not tell; so do `date-order`, `time-zone` and `encoding`"),
];

/// The same of order lines alone.
const KEYS_OF_ORDERS: &[(&str, &str)] = &[
    ("negative = \"refunded\"", "a line below zero is a credit note, whatever its status"),
    ("not-articles = { \"POST\" = \"handling\" }", "article numbers that are none, each with the `kind` that it is"),
];

fn keys(table: &Table, columns: &[FileColumn]) -> String {
    let of_orders = KEYS_OF_ORDERS.iter().filter(|_| table.name == "order_lines");
    let keys: Vec<&(&str, &str)> = KEYS.iter().chain(of_orders).collect();
    let width = keys.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let lines = keys.iter().map(|(key, meaning)| format!("  {key:<width$}  {meaning}\n"));
    let mut text = format!("\nA mapping can also say\n\n{}", lines.collect::<String>());
    if columns.iter().any(|column| matches!(column.kind, "time" | "day")) {
        text += "\nTimes and days are of 2000 to 2099, with `-`, `/` or `.`, two or four digits of the year, or the month's \
                 name: `2026-02-28`,\n`28.02.26`, `02/28/2026 9:30 PM`, `28-Feb-26`, `Feb 28, 2026`, `20260228`. Which of two \
                 numbers is the day, the file tells, or\nothers of the same mapping and channel, or `date-order`.\n";
    }
    text
}

/// What to paste for a file with other headers.
fn template(table: &Table, columns: &[FileColumn]) -> String {
    let mut told: Vec<&str> = Vec::new();
    for column in columns.iter().filter(|column| column.name != "channel") {
        let name = match (column.need, column.stand_in) {
            (Need::Given, _) => column.name,
            (_, Some(StandIn::Like(other))) if !told.contains(&column.name) => other,
            (_, Some(StandIn::Product)) => "unit_price",
            _ => continue,
        };
        if !told.contains(&name) {
            told.push(name);
        }
    }
    let name = table.name;
    let mut text = format!(
        "\n`{name}.csv` with these headers is read as it is. For other headers, in trueup.toml:\n\n[mapping.NAME]\n"
    );
    if columns.iter().any(|column| column.name == "channel") {
        text += "channel = \"CHANNEL\"\n";
    }
    let headers: Vec<String> = told.iter().map(|column| format!("{column} = \"HEADER\"")).collect();
    text += &format!("table = \"{name}\"\ncolumns = {{ {} }}\n", headers.join(", "));
    if let Some((column, (word, _))) = columns.iter().find_map(|column| Some((column, column.words.first()?))) {
        text += &format!("words = {{ {} = {{ \"WORD IN THE FILE\" = \"{word}\" }} }}\n", column.name);
    }
    text
}

fn line(column: &FileColumn, width: usize) -> String {
    let stand_in = column.stand_in.map_or_else(String::new, |other| format!("; without it: {}", stand_in(other)));
    let line = format!("    {:<width$}  {:<12}  {}{stand_in}", column.name, column.kind, column.meaning);
    format!("{}\n", line.trim_end())
}

fn stand_in(other: StandIn) -> String {
    match other {
        StandIn::Like(column) => format!("`{column}`"),
        StandIn::FileName => "the day in the file's name".to_owned(),
        StandIn::Pool => "the channel's pool".to_owned(),
        StandIn::Named => "a name made from the row".to_owned(),
        StandIn::Product => "`quantity` × `unit_price`".to_owned(),
        StandIn::Article => "`article`, or `giveaway` where nothing is to be paid".to_owned(),
        StandIn::Text("") => "empty".to_owned(),
        StandIn::Text(text) => format!("`{text}`"),
    }
}

/// The words that a column can hold, with what else is read as them and where the statement has them.
fn words(table: &Table, column: &FileColumn) -> Vec<String> {
    let of_statement = (table.name, column.name) == ("settlement_lines", "kind");
    let width = column.words.iter().map(|(word, _)| word.len()).max().unwrap_or(0);
    let lines = column.words.iter().map(|(word, others)| {
        let note = match others.as_slice() {
            _ if of_statement => line_of(word).to_owned(),
            [] => String::new(),
            others => format!("also {}", others.join(", ")),
        };
        format!("{word:<width$}  {note}").trim_end().to_owned()
    });
    lines.collect()
}

/// The line of the profit and loss statement that a kind of amount goes into.
fn line_of(kind: &str) -> &'static str {
    let line = LINES.iter().find(|line| matches!(line.source, Source::Charges(kinds) if kinds.contains(&kind)));
    line.map_or("in no line of the statement", |line| line.label)
}

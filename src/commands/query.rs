//! `trueup query`: one of trueup's queries, or the user's own SQL, over the lake.

use std::fs;
use std::path::Path;

use super::ExitStatus;
use super::limited::within;
use super::shop::Shop;
use crate::cli;
use crate::config::Settings;
use crate::error::{Diagnostic, Result, near};
use crate::lake::is_table;
use crate::query::{Catalogue, EXTRA_TABLES};
use crate::report::csv;
use crate::shell::Shell;

/// Lists the queries, shows one, or runs one and prints its answer as CSV.
pub(super) fn query(project: &Path, options: &cli::Query, shell: &Shell) -> Result<ExitStatus> {
    let text = match &options.query {
        None => list()?,
        Some(name) if options.show => sql(name)?.into_bytes(),
        Some(name) => answer(project, name)?,
    };
    shell.data(&text)?;
    Ok(ExitStatus::Fine)
}

fn list() -> Result<Vec<u8>> {
    let lines = Catalogue::built_in()?.queries().map(|query| format!("{:<24} {}\n", query.name, query.purpose));
    Ok(lines.collect::<String>().into_bytes())
}

fn sql(name: &str) -> Result<String> {
    let catalogue = Catalogue::built_in()?;
    catalogue.get(name).map(|query| query.sql.clone()).ok_or_else(|| unknown(name, catalogue))
}

fn answer(project: &Path, name: &str) -> Result<Vec<u8>> {
    let own = own_sql(name)?;
    let catalogue = Catalogue::built_in()?;
    let is_known = catalogue.get(name).is_some() || is_table(name) || is_extra(name);
    if own.is_none() && !is_known {
        return Err(unknown(name, catalogue));
    }
    let settings = Settings::read(project)?;
    let own = own.map(|(path, text)| (path.to_owned(), text));
    let name = name.to_owned();
    within(settings.query, move || {
        let shop = Shop::of(settings, None)?;
        let rows = match own {
            Some((path, text)) => shop.marts.sql(&path, &text)?,
            None => shop.marts.table(&name)?,
        };
        csv::write(&rows, csv::Reader::Person)
    })
}

fn is_extra(name: &str) -> bool {
    EXTRA_TABLES.iter().any(|table| table.name == name)
}

/// The user's own SQL and where it stands: in a file, or typed itself.
fn own_sql(name: &str) -> Result<Option<(&str, String)>> {
    if is_sql(name) {
        return Ok(Some(("the command line", name.to_owned())));
    }
    let file = Path::new(name);
    if file.extension().is_none_or(|ending| ending != "sql") {
        return Ok(None);
    }
    let text = fs::read_to_string(file).map_err(|error| Diagnostic::io("read", file, &error))?;
    Ok(Some((name, text)))
}

/// Whether somebody typed the statement itself.
fn is_sql(name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or_default().to_lowercase();
    name.trim().contains(char::is_whitespace) && matches!(first.as_str(), "select" | "with")
}

fn unknown(name: &str, catalogue: &Catalogue) -> Box<Diagnostic> {
    let message = Diagnostic::error("unknown-query", format!("there is no query `{name}`"));
    if Path::new(name).is_file() {
        return message.in_file(name).hint("SQL is read from files whose names end in `.sql`: rename it").into();
    }
    let names = || catalogue.queries().map(|query| query.name.as_str());
    let hint = match near(name, names()).or_else(|| names().find(|known| known.contains(name))) {
        Some(near) => format!("did you mean `trueup query {near}`?"),
        None if is_table(name) => format!("it is a table: `trueup query {name}` prints it"),
        None => {
            "`trueup query` lists them; your own SQL is a file that ends in `.sql`, or `select …` itself".to_owned()
        }
    };
    message.hint(hint).into()
}

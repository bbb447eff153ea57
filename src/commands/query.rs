//! `trueup query`: one of trueup's queries, or the user's own SQL, over the lake.

use std::fs;
use std::path::Path;

use super::ExitStatus;
use super::shop::Shop;
use crate::cli;
use crate::error::{Diagnostic, Result};
use crate::query::Catalogue;
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
    let shop = Shop::open(project, None)?;
    let rows = if Path::new(name).extension().is_some_and(|ending| ending == "sql") {
        let file = Path::new(name);
        let text = fs::read_to_string(file).map_err(|error| Diagnostic::io("read", file, &error))?;
        shop.marts.sql(name, &text)?
    } else if shop.marts.catalogue().get(name).is_none() {
        return Err(unknown(name, shop.marts.catalogue()));
    } else {
        shop.marts.rows(name)?
    };
    csv::write(&rows, csv::Reader::Person)
}

fn unknown(name: &str, catalogue: &Catalogue) -> Box<Diagnostic> {
    let near = catalogue.queries().find(|query| query.name.contains(name)).map(|query| query.name.as_str());
    let hint = match near {
        Some(near) => format!("did you mean `trueup query {near}`?"),
        None => "`trueup query` lists them; your own SQL is a file that ends in `.sql`".to_owned(),
    };
    Diagnostic::error("unknown-query", format!("there is no query `{name}`")).hint(hint).into()
}

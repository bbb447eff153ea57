//! What reads what? Every name a query reads is there, and no query reads itself by a detour.

use std::collections::BTreeMap;

use super::extras::is_extra;
use super::header::Query;
use crate::error::{Diagnostic, Result};
use crate::lake::is_table;

/// Checks the names and the circles of a set of queries.
pub(crate) fn check(queries: &BTreeMap<String, Query>) -> Result<()> {
    let mut done = BTreeMap::new();
    for query in queries.values() {
        if is_table(&query.name) || is_extra(&query.name) {
            let message = format!("`{}` is the name of a table", query.name);
            return Err(Diagnostic::error("query-name", message).in_file(query.path()).into());
        }
        walk(queries, query, &mut Vec::new(), &mut done)?;
    }
    Ok(())
}

fn walk<'a>(
    queries: &'a BTreeMap<String, Query>,
    query: &'a Query,
    path: &mut Vec<&'a str>,
    done: &mut BTreeMap<&'a str, ()>,
) -> Result<()> {
    if done.contains_key(query.name.as_str()) {
        return Ok(());
    }
    if let Some(start) = path.iter().position(|name| *name == query.name) {
        let circle: Vec<String> = path[start..].iter().chain([&&*query.name]).map(|name| format!("`{name}`")).collect();
        let message = format!("queries read each other in a circle: {}", circle.join(" reads "));
        return Err(Diagnostic::error("query-circle", message).in_file(query.path()).into());
    }
    path.push(&query.name);
    for name in &query.reads {
        match queries.get(name) {
            Some(read) => walk(queries, read, path, done)?,
            None if is_table(name) || is_extra(name) => {}
            None => {
                let message = format!("`{}` reads `{name}`, which is neither a table nor a query", query.name);
                return Err(Diagnostic::error("query-reads", message).in_file(query.path()).into());
            }
        }
    }
    path.pop();
    done.insert(&query.name, ());
    Ok(())
}

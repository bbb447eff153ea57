//! Which queries are there? Every file of `queries/`, its header read and its place in the graph
//! known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::graph;
use super::header::Query;
use super::list::SOURCES;
use crate::error::{Diagnostic, Result};
use crate::lake::is_table;

/// A set of queries that may read each other.
#[derive(Clone, Debug)]
pub struct Catalogue {
    queries: BTreeMap<String, Query>,
}

impl Catalogue {
    /// The queries that came with the program.
    ///
    /// # Errors
    /// A header that lies; a test keeps the program's own from that.
    pub fn built_in() -> Result<&'static Self> {
        static CATALOGUE: LazyLock<Result<Catalogue>> = LazyLock::new(|| Catalogue::new(SOURCES.iter().copied()));
        CATALOGUE.as_ref().map_err(Clone::clone)
    }

    /// The queries of these names and texts.
    ///
    /// # Errors
    /// A header that cannot be read, a table or query that is not there, or a circle of queries.
    pub fn new<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut queries = BTreeMap::new();
        for (name, sql) in sources {
            queries.insert(name.to_owned(), Query::parse(name, sql)?);
        }
        graph::check(&queries)?;
        Ok(Self { queries })
    }

    /// The queries by name.
    pub fn queries(&self) -> impl Iterator<Item = &Query> {
        self.queries.values()
    }

    /// The query of a name.
    pub fn get(&self, name: &str) -> Option<&Query> {
        self.queries.get(name)
    }

    /// The tables of the lake without which a query has nothing to judge: those that its header
    /// needs, else all that it reads, also by way of other queries.
    pub fn needs(&self, query: &Query) -> BTreeSet<String> {
        if !query.needs.is_empty() {
            return query.needs.iter().cloned().collect();
        }
        let read = query.reads.iter().flat_map(|name| match self.get(name) {
            Some(read) => self.needs(read),
            None => is_table(name).then(|| name.clone()).into_iter().collect(),
        });
        read.collect()
    }

    /// The query of a name, or a message that tells which there are.
    pub(crate) fn query(&self, name: &str) -> Result<&Query> {
        self.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.queries.keys().map(String::as_str).collect();
            let message = format!("there is no query `{name}`");
            Diagnostic::error("unknown-query", message).hint(format!("queries are {}", names.join(", "))).into()
        })
    }
}

//! Which SQL may run? Only what every engine answers alike.
//!
//! The engine's SQL gives silently wrong rows for some ordinary constructs, and engines differ on
//! others. What is not known to be safe is refused, with the reason and what to write instead.

mod expression;
mod function;
mod join;
mod select;

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{Ident, Query, Statement, TableFactor, Visit, Visitor};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Span;

use crate::error::{Diagnostic, Result};

/// A statement that may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portable {
    /// The tables and queries it reads.
    pub tables: BTreeSet<String>,
}

/// Checks a statement; `path` names it in messages.
///
/// # Errors
/// Text that is not one `select`, or a construct outside the portable subset, with its line.
pub fn check(path: &str, sql: &str) -> Result<Portable> {
    let query = parse(path, sql)?;
    let names = Names::of(&query);
    match (Guard { relations: names.all() }).query(&query) {
        Ok(()) => Ok(Portable { tables: names.tables() }),
        Err(refusal) => Err(refusal.diagnostic(path, sql).into()),
    }
}

/// The one `select` that a text is.
pub(super) fn parse(path: &str, sql: &str) -> Result<Box<Query>> {
    let statements = Parser::parse_sql(&GenericDialect {}, sql).map_err(|error| {
        let text = error.to_string();
        let reason = text.trim_start_matches("sql parser error: ");
        let line = reason.split_once("Line: ").and_then(|(_, rest)| rest.split(',').next()?.parse().ok());
        Diagnostic::error("sql-syntax", format!("this is not SQL: {reason}")).at_line(path, line.unwrap_or(1))
    })?;
    let count = statements.len();
    match statements.into_iter().next() {
        Some(Statement::Query(query)) if count == 1 => Ok(query),
        _ => {
            let message = "a query is one `select`, and nothing else";
            Err(Diagnostic::error("sql-not-portable", message).at_line(path, 1).into())
        }
    }
}

/// Walks a statement; the first construct that is not safe ends the walk.
pub(super) struct Guard {
    relations: BTreeSet<String>,
}

/// Why a construct is refused.
pub(super) struct Refusal {
    span: Span,
    construct: String,
    why: &'static str,
    instead: String,
}

pub(super) type Checked = std::result::Result<(), Box<Refusal>>;

/// Refuses a construct.
pub(super) fn refuse(
    span: Span,
    construct: impl Into<String>,
    why: &'static str,
    instead: impl Into<String>,
) -> Checked {
    Err(Box::new(Refusal { span, construct: construct.into(), why, instead: instead.into() }))
}

impl Refusal {
    fn diagnostic(self, path: &str, sql: &str) -> Diagnostic {
        let message = format!("{} is not safe in SQL here: {}", self.construct, self.why);
        let message = Diagnostic::error("sql-not-portable", message);
        at_span(message, path, sql, self.span, "not in the portable subset").hint(self.instead)
    }
}

/// The message with the part of a statement that is meant; of several lines, the first.
pub(super) fn at_span(message: Diagnostic, path: &str, sql: &str, span: Span, label: &str) -> Diagnostic {
    let line = (span.start.line as usize).max(1);
    let text = sql.lines().nth(line - 1).unwrap_or_default();
    let byte = |column: u64| text.char_indices().nth(column.saturating_sub(1) as usize).map(|(index, _)| index);
    let start = byte(span.start.column).unwrap_or(0);
    let same_line = span.end.line == span.start.line;
    let end = same_line.then(|| byte(span.end.column)).flatten().unwrap_or(text.len());
    message.at_line(path, line).excerpt(text, start..end.max(start), label)
}

impl Guard {
    /// Names are lower case, quoted or not.
    fn ident(&self, ident: &Ident) -> Checked {
        if ident.value.chars().any(char::is_uppercase) {
            let instead = format!("write `{}`", ident.value.to_lowercase());
            return refuse(ident.span, format!("`{}`", ident.value), "engines differ on capital letters", instead);
        }
        Ok(())
    }

    /// A name that is given is not the name of a table.
    fn given_name(&self, ident: &Ident) -> Checked {
        self.ident(ident)?;
        if self.relations.contains(&ident.value) {
            let why = "a name equal to a table's stands for the table in one engine";
            return refuse(ident.span, format!("the name `{}`", ident.value), why, "choose another name");
        }
        Ok(())
    }
}

/// The names that stand for rows in a statement.
#[derive(Default)]
struct Names {
    read: BTreeSet<String>,
    local: BTreeSet<String>,
}

impl Names {
    fn of(query: &Query) -> Self {
        let mut names = Self::default();
        let _: ControlFlow<()> = query.visit(&mut names);
        names
    }

    fn all(&self) -> BTreeSet<String> {
        self.read.union(&self.local).cloned().collect()
    }

    fn tables(&self) -> BTreeSet<String> {
        self.read.difference(&self.local).cloned().collect()
    }
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        self.local.extend(ctes.map(|cte| cte.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, .. } = factor {
            self.read.insert(name.to_string());
        }
        ControlFlow::Continue(())
    }
}

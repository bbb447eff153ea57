//! What was meant by a table or column that is not there?

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Ident, Spanned, TableFactor, Visit, Visitor};
use sqlparser::tokenizer::Span;

use super::guard;
use crate::error::{Diagnostic, near};

/// SQL reads a table that is neither of the lake nor a query. `known` are those that are.
pub(super) fn table(path: &str, sql: &str, name: &str, known: &[String]) -> Diagnostic {
    let message = Diagnostic::error("unknown-table", format!("there is no table or query `{name}`"));
    pointed(message, path, sql, Name::Table(name)).hint(hint(name, known))
}

/// SQL reads a column that none of its tables has. `known` are those that they have.
pub(super) fn column(path: &str, sql: &str, name: &str, known: &[String]) -> Diagnostic {
    let message = Diagnostic::error("unknown-column", format!("no table of this query has the column `{name}`"));
    pointed(message, path, sql, Name::Column(name)).hint(hint(name, known))
}

fn hint(name: &str, known: &[String]) -> String {
    match near(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

/// The message at the first place where the statement reads the name. Only what the statement reads
/// counts: the same letters in a text or a comment, or as a name of the other kind, mean something else.
fn pointed(message: Diagnostic, path: &str, sql: &str, name: Name<'_>) -> Diagnostic {
    let mut places = Places { name, found: Vec::new() };
    if let Ok(query) = guard::parse(path, sql) {
        let _: ControlFlow<()> = query.visit(&mut places);
    }
    match places.found.into_iter().min_by_key(|span| span.start) {
        Some(span) => guard::at_span(message, path, sql, span, "not known"),
        None => message.in_file(path),
    }
}

/// A name as the kind of thing that it is read as.
enum Name<'a> {
    Table(&'a str),
    Column(&'a str),
}

/// Where a statement reads a name.
struct Places<'a> {
    name: Name<'a>,
    found: Vec<Span>,
}

impl Places<'_> {
    fn read_column(&mut self, column: Option<&Ident>) {
        if let (Name::Column(name), Some(column)) = (&self.name, column)
            && column.value == *name
        {
            self.found.push(column.span);
        }
    }
}

impl Visitor for Places<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let (Name::Table(wanted), TableFactor::Table { name, .. }) = (&self.name, factor)
            && name.to_string() == *wanted
        {
            self.found.push(name.span());
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        match expression {
            Expr::Identifier(column) => self.read_column(Some(column)),
            Expr::CompoundIdentifier(parts) => self.read_column(parts.last()),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

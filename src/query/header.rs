//! What does a query promise? The comment at its top, read as a contract.

use crate::error::{Diagnostic, Result};
use crate::lake::is_table;

/// How bad a row of a `check_*` query is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Worth a look.
    Warn,
    /// The run exits with 1.
    Error,
}

impl Level {
    /// Its word in a query's header and in `checks.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One file of `queries/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The file's name without `.sql`.
    pub name: String,
    /// What it answers, on one line.
    pub purpose: String,
    /// The columns that name a row: unique together, and what the rows are sorted by.
    pub grain: Vec<String>,
    /// The tables and queries it reads; no other is there when it runs.
    pub reads: Vec<String>,
    /// For a `check_*` query: the tables of the lake without which it has nothing to judge; none
    /// named, then every table that it reads, also by way of other queries.
    pub needs: Vec<String>,
    /// The units of its columns.
    pub unit: Option<String>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// True where the answer over all months is the answers of the months put together.
    pub by_month: bool,
    /// True where queries that read it work it out within their own: it is large, and each of them wants
    /// another part of it.
    pub is_view: bool,
    /// For a `check_*` query: how bad its rows are.
    pub level: Option<Level>,
    /// The file's text.
    pub sql: String,
}

impl Query {
    /// Reads a file's header.
    ///
    /// ```text
    /// -- mart_pnl_daily: what each channel earned and cost, per day and statement line.
    /// --
    /// -- grain  channel, day, line
    /// -- reads  fact_sales, fact_refunds,
    /// --        fact_fees
    /// -- unit   amount in `currency`
    /// -- by month
    /// ```
    /// A line that is indented further continues the one before.
    ///
    /// # Errors
    /// A header without name, purpose, grain or reads, or with a line it does not know.
    pub fn parse(name: &str, sql: &str) -> Result<Self> {
        let mut query = Self::titled(name, sql)?;
        let mut fields: Vec<(usize, String)> = Vec::new();
        for (number, comment) in comments(sql).skip(1) {
            match fields.last_mut() {
                Some((_, field)) if comment.starts_with("  ") => {
                    field.push(' ');
                    field.push_str(comment.trim());
                }
                _ if comment.trim().is_empty() => {}
                _ => fields.push((number, comment.trim().to_owned())),
            }
        }
        for (number, field) in fields {
            query.set(&field).map_err(|error| Box::new((*error).at_line(query.path(), number)))?;
        }
        query.complete()
    }

    /// The file, as messages name it.
    pub fn path(&self) -> String {
        format!("queries/{}.sql", self.name)
    }

    fn titled(name: &str, sql: &str) -> Result<Self> {
        let title = comments(sql).next().map(|(_, comment)| comment.trim()).unwrap_or_default();
        let purpose = title.strip_prefix(name).and_then(|rest| rest.strip_prefix(':'));
        let Some(purpose) = purpose.map(str::trim).filter(|purpose| !purpose.is_empty()) else {
            let message = format!("the first line must be `-- {name}: what it answers`");
            return Err(Diagnostic::error("query-header", message).at_line(format!("queries/{name}.sql"), 1).into());
        };
        Ok(Self {
            name: name.to_owned(),
            purpose: purpose.to_owned(),
            grain: Vec::new(),
            reads: Vec::new(),
            needs: Vec::new(),
            unit: None,
            notes: Vec::new(),
            by_month: false,
            is_view: false,
            level: None,
            sql: sql.to_owned(),
        })
    }

    fn set(&mut self, field: &str) -> Result<()> {
        let (key, value) = field.split_once(char::is_whitespace).unwrap_or((field, ""));
        let value = value.trim();
        match (key, value) {
            ("grain", _) => self.grain = names(value),
            ("reads", _) => self.reads = names(value),
            ("needs", _) => self.needs = names(value),
            ("unit", _) => self.unit = Some(value.to_owned()),
            ("note", _) => self.notes.push(value.to_owned()),
            ("by", "month") => self.by_month = true,
            ("as", "view") => self.is_view = true,
            ("level", "warn") => self.level = Some(Level::Warn),
            ("level", "error") => self.level = Some(Level::Error),
            _ => {
                let message = format!("`{field}` is not a line of a query's header");
                let hint = "lines are `grain`, `reads`, `needs`, `unit`, `note`, `by month`, `as view` and `level warn` or \
                     `level error`";
                return Err(Diagnostic::error("query-header", message).hint(hint).into());
            }
        }
        Ok(())
    }

    fn complete(self) -> Result<Self> {
        let lacks = [("grain", self.grain.is_empty()), ("reads", self.reads.is_empty())];
        for (field, lacking) in lacks {
            if lacking {
                let message = format!("the header lacks `-- {field}  …`");
                return Err(Diagnostic::error("query-header", message).in_file(self.path()).into());
            }
        }
        if self.name.starts_with("check_") != self.level.is_some() {
            let message = "a `check_*` query, and no other, says `-- level warn` or `-- level error`";
            return Err(Diagnostic::error("query-header", message).in_file(self.path()).into());
        }
        if let Some(name) = self.needs.iter().find(|name| self.level.is_none() || !is_table(name)) {
            let message = format!("a `check_*` query, and no other, needs tables of the lake; `{name}` is not one");
            return Err(Diagnostic::error("query-header", message).in_file(self.path()).into());
        }
        Ok(self)
    }
}

/// The comment lines at the top of a file, numbered from 1, without `--` and one space.
fn comments(sql: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = sql.lines().map_while(|line| line.strip_prefix("--"));
    lines.zip(1..).map(|(line, number)| (number, line.strip_prefix(' ').unwrap_or(line)))
}

/// `a, b (note)` as names; what stands in brackets is for the reader.
fn names(value: &str) -> Vec<String> {
    let before = value.split_once('(').map_or(value, |(before, _)| before);
    before.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

//! The `check_*` queries: rows that should not be there.

use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::query::{Level, Marts, Query};

/// One check and what it found.
#[derive(Clone, Debug)]
pub struct Check {
    /// The query's name.
    pub name: String,
    /// What it looks for.
    pub purpose: String,
    /// Whether a finding makes the run exit with 1.
    pub level: Level,
    /// The columns that name a finding.
    pub grain: Vec<String>,
    /// The rows it found; none: the check holds.
    pub findings: Rows,
}

impl Check {
    /// True without findings.
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }

    /// The name of its first finding: the grain's values, separated by spaces.
    pub fn example(&self) -> Option<String> {
        let value = |column: &String| value_of(&self.findings, column);
        (!self.holds()).then(|| self.grain.iter().filter_map(value).collect::<Vec<_>>().join(" "))
    }
}

/// Runs every `check_*` query, by name.
///
/// # Errors
/// Where a query cannot run.
pub fn run_checks(marts: &Marts) -> Result<Vec<Check>> {
    let levelled = |query: &Query| Some((query.clone(), query.level?));
    let checks: Vec<(Query, Level)> = marts.catalogue().queries().filter_map(levelled).collect();
    let run = |(query, level): (Query, Level)| {
        let findings = marts.rows(&query.name)?;
        Ok(Check { name: query.name, purpose: query.purpose, level, grain: query.grain, findings })
    };
    checks.into_iter().map(run).collect()
}

/// True where a check of level error found something.
pub fn any_error(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.level == Level::Error && !check.holds())
}

const CHECKS: &[Column] = &[
    Column { name: "check", kind: Kind::Text, nullable: false },
    Column { name: "level", kind: Kind::Text, nullable: false },
    Column { name: "findings", kind: Kind::Integer, nullable: false },
    Column { name: "example", kind: Kind::Text, nullable: true },
    Column { name: "purpose", kind: Kind::Text, nullable: false },
];

/// `checks.csv`: every check with how many rows it found.
pub fn checks_sheet(checks: &[Check]) -> Rows {
    let mut rows = RowsBuilder::new("checks", CHECKS.iter().copied());
    for check in checks {
        rows.push([
            Cell::from(check.name.as_str()),
            level_word(check.level).into(),
            (check.findings.len() as i64).into(),
            check.example().into(),
            check.purpose.as_str().into(),
        ]);
    }
    rows.finish()
}

pub(crate) fn level_word(level: Level) -> &'static str {
    match level {
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

fn value_of(rows: &Rows, column: &str) -> Option<String> {
    if let Ok(texts) = rows.text(column) {
        return texts.get(0).map(str::to_owned);
    }
    if let Ok(integers) = rows.integer(column) {
        return integers.get(0).map(|value| value.to_string());
    }
    if let Ok(days) = rows.day(column) {
        return days.get(0).map(|value| value.to_string());
    }
    rows.timestamp(column).ok()?.get(0).map(|value| value.to_string())
}

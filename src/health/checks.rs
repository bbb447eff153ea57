//! The `check_*` queries: rows that should not be there, and what of it could be judged.

use super::tone::Tone;
use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder, is_made};
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
    /// The rows it found.
    pub findings: Rows,
    /// The tables of the lake that it needs and that hold no row.
    pub lacking: Vec<String>,
}

/// What a check came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It found rows that should not be there.
    Failed,
    /// It looked and found none.
    Passed,
    /// It had nothing to look at: a table that it needs is empty.
    NotApplicable,
}

impl Outcome {
    /// Its words in `checks.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Passed => "passed",
            Self::NotApplicable => "not applicable",
        }
    }

    /// How it weighs for a check of this level.
    pub fn tone(self, level: Level) -> Tone {
        match (self, level) {
            (Self::Failed, Level::Error) => Tone::Bad,
            (Self::Failed, Level::Warn) => Tone::Warn,
            (Self::Passed, _) => Tone::Good,
            (Self::NotApplicable, _) => Tone::Calm,
        }
    }
}

impl Check {
    /// What it came to. A finding is one also where a table is empty that the check needs.
    pub fn outcome(&self) -> Outcome {
        match (self.findings.is_empty(), self.lacking.is_empty()) {
            (false, _) => Outcome::Failed,
            (true, true) => Outcome::Passed,
            (true, false) => Outcome::NotApplicable,
        }
    }

    /// True with findings.
    pub fn has_failed(&self) -> bool {
        self.outcome() == Outcome::Failed
    }

    /// The name of its first finding: the grain's values, separated by spaces, its article and its order.
    pub fn example(&self) -> Option<String> {
        if !self.has_failed() {
            return None;
        }
        let beside = |column: &str| {
            let is_named = self.grain.iter().any(|named| named == column);
            if is_named { None } else { value_of(&self.findings, column) }
        };
        let named = self.grain.iter().filter_map(|column| value_of(&self.findings, column)).chain(beside("sku"));
        let order = beside("order_id").map_or_else(String::new, |order| format!(" of order {order}"));
        Some(named.collect::<Vec<_>>().join(" ") + &order)
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
        let lacking = marts.catalogue().needs(&query).into_iter().filter(|table| marts.is_empty(table)).collect();
        Ok(Check { name: query.name, purpose: query.purpose, level, grain: query.grain, findings, lacking })
    };
    checks.into_iter().map(run).collect()
}

/// The checks of level error that found something.
pub fn errors(checks: &[Check]) -> Vec<&Check> {
    checks.iter().filter(|check| check.level == Level::Error && check.has_failed()).collect()
}

const CHECKS: &[Column] = &[
    Column { name: "check", kind: Kind::Text, nullable: false },
    Column { name: "level", kind: Kind::Text, nullable: false },
    Column { name: "findings", kind: Kind::Integer, nullable: false },
    Column { name: "example", kind: Kind::Text, nullable: true },
    Column { name: "purpose", kind: Kind::Text, nullable: false },
    Column { name: "outcome", kind: Kind::Text, nullable: false },
    Column { name: "lacking", kind: Kind::Text, nullable: false },
];

/// `checks.csv`: every check with how many rows it found, and the empty tables it would need.
pub fn checks_sheet(checks: &[Check]) -> Rows {
    let mut rows = RowsBuilder::new("checks", CHECKS.iter().copied());
    for check in checks {
        rows.push([
            Cell::from(check.name.as_str()),
            check.level.word().into(),
            (check.findings.len() as i64).into(),
            check.example().into(),
            check.purpose.as_str().into(),
            check.outcome().word().into(),
            check.lacking.join(" ").into(),
        ]);
    }
    rows.finish()
}

fn value_of(rows: &Rows, column: &str) -> Option<String> {
    if let Ok(texts) = rows.text(column) {
        return texts.get(0).filter(|text| !text.is_empty() && !is_made(text)).map(str::to_owned);
    }
    if let Ok(integers) = rows.integer(column) {
        return integers.get(0).map(|value| value.to_string());
    }
    if let Ok(days) = rows.day(column) {
        return days.get(0).map(|value| value.to_string());
    }
    rows.timestamp(column).ok()?.get(0).map(|value| value.to_string())
}

//! What is a message? A phrase, the place, an excerpt and a hint that can be typed.
//!
//! Goes in: whatever went wrong, as far down as it happened. Comes out: one [`Diagnostic`] that
//! `shell` prints in one voice. Nothing here prints.

mod caught;
mod near;

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub(crate) use caught::caught;
pub(crate) use near::near;

use crate::types::{Currency, Money};

/// A result whose error can be shown to a person as it stands.
pub type Result<T, E = Box<Diagnostic>> = std::result::Result<T, E>;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The work went on.
    Warning,
    /// The work could not go on.
    Error,
}

/// One message to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for tests and machines: `missing-folder`, `lake-busy`.
    pub code: &'static str,
    /// One phrase, lower case, no full stop, names in backticks.
    pub message: String,
    /// Where in which file.
    pub place: Option<Place>,
    /// What is true of the place beyond the phrase, a line each.
    pub details: Vec<String>,
    /// What to type next.
    pub hint: Option<String>,
    /// The money that it concerns: what a figure lacks, or may hold wrongly. `None` where nobody can say.
    pub amount: Option<(Money, Currency)>,
    /// The setting or column that decides it, such as `prices-hold-tax`.
    pub key: Option<&'static str>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user would name it.
    pub path: PathBuf,
    /// Line, counted from 1.
    pub line: Option<usize>,
    /// The line's text and what of it is meant.
    pub excerpt: Option<Excerpt>,
}

/// A line of a file with the part that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line as it stands in the file, without its end.
    pub text: String,
    /// The bytes of `text` that are meant.
    pub span: Range<usize>,
    /// What is wrong with them.
    pub label: String,
}

impl Diagnostic {
    /// An error: the work could not go on.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            place: None,
            details: Vec::new(),
            hint: None,
            amount: None,
            key: None,
        }
    }

    /// A warning: the work went on.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// An operation on a file that the system refused.
    pub fn io(action: &str, path: &Path, error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "it does not exist".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        Self::error("io", format!("cannot {action} `{}`: {reason}", path.display()))
    }

    /// In this file.
    pub fn in_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.place = Some(Place { path: path.into(), line: None, excerpt: None });
        self
    }

    /// On this line (counted from 1) of this file.
    pub fn at_line(mut self, path: impl Into<PathBuf>, line: usize) -> Self {
        self.place = Some(Place { path: path.into(), line: Some(line), excerpt: None });
        self
    }

    /// With the line's text; `span` are the bytes meant, `label` says what is wrong with them.
    /// Comes after [`Self::at_line`].
    pub fn excerpt(mut self, text: impl Into<String>, span: Range<usize>, label: impl Into<String>) -> Self {
        if let Some(place) = &mut self.place {
            place.excerpt = Some(Excerpt { text: text.into(), span, label: label.into() });
        }
        self
    }

    /// With lines that say more.
    pub fn details(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }

    /// With the money that it concerns.
    pub fn amount(mut self, amount: Money, currency: Currency) -> Self {
        self.amount = Some((amount, currency));
        self
    }

    /// With the setting or column that decides it.
    pub fn key(mut self, key: &'static str) -> Self {
        self.key = Some(key);
        self
    }

    /// With what to type next.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The message on one line, for logs and tests; `shell` draws the whole.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}", place.path.display())?;
            if let Some(line) = place.line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Diagnostic {}

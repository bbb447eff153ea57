//! The files of `queries/`, one line each; a test compares this list with the folder and writes it
//! anew when `TRUEUP_BLESS` is set.

pub(crate) static SOURCES: &[(&str, &str)] = &[
    ("fact_identifiers", include_str!("../../queries/fact_identifiers.sql")),
];

//! Queries over a lake.

use trueup::lake::Lake;
use trueup::query::{Marts, RunParameters};
use trueup::types::Currency;

use crate::lake::{commit, line, order_lines, Line};

fn run() -> RunParameters {
    RunParameters::new("2026-02-28".parse().unwrap(), Currency::USD)
}

#[test]
fn a_query_answers_from_memory_and_from_the_lake_alike() {
    let lines = || {
        let second = Line { day: "2026-01-05", ..line("B", None, 1, "a.csv", 3) };
        [line("A", Some(10), 1, "a.csv", 2), second]
    };
    let folder = tempfile::tempdir().unwrap();
    let (snapshot, _) = commit(folder.path(), "1", &lines());
    let marts = Marts::open(&snapshot, run(), Vec::new()).unwrap();
    let from_lake = marts.rows("fact_identifiers").unwrap();
    let again = Marts::open(&Lake::open(folder.path()).unwrap().snapshot().unwrap(), run(), Vec::new()).unwrap();
    assert_eq!(from_lake.batch(), again.rows("fact_identifiers").unwrap().batch());
    let in_memory = Marts::in_memory(vec![order_lines(&lines())], run()).unwrap();
    assert_eq!(in_memory.rows("fact_identifiers").unwrap().batch(), from_lake.batch());
    assert_eq!(from_lake.len(), 2);
}

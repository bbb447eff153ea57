//! The seam to the engine: tables in, SQL through, rows out. With `convert` the only place that
//! knows Polars.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{Engine, IntoLazy, LazyFrame, ParquetReader, PlRefPath, PolarsError, ScanArgsParquet, SerReader};
use polars::sql::SQLContext;

use super::convert;
use crate::error::{Diagnostic, Result};
use crate::lake::{Rows, encode};

/// A table as the engine sees it; cheap to clone.
#[derive(Clone)]
pub(crate) struct Frame(LazyFrame);

impl Frame {
    /// A table in memory.
    pub(crate) fn of_rows(rows: &Rows) -> Result<Self> {
        let bytes = encode(rows.batch())?;
        let frame = ParquetReader::new(Cursor::new(bytes)).finish().map_err(|error| failed(rows.name(), &error))?;
        Ok(Self(frame.lazy()))
    }

    /// A table of Parquet files, of which there must be one.
    pub(crate) fn of_files(name: &str, paths: &[impl AsRef<Path>]) -> Result<Self> {
        let paths = paths.iter().map(|path| PlRefPath::try_from_path(path.as_ref()));
        let paths = paths.collect::<Result<Vec<_>, _>>().map_err(|error| failed(name, &error))?;
        let arguments = ScanArgsParquet { glob: false, ..Default::default() };
        let frame = LazyFrame::scan_parquet_files(paths.into_iter().collect(), arguments);
        frame.map(Self).map_err(|error| failed(name, &error).into())
    }
}

/// Answers one query over exactly these tables; `name` is for messages and names the answer.
pub(crate) fn answer(name: &str, sql: &str, tables: Vec<(String, Frame)>) -> Result<Rows> {
    let collected = catch_unwind(AssertUnwindSafe(|| {
        let mut context = SQLContext::new();
        for (table, frame) in tables {
            context.register(&table, frame.0);
        }
        context.execute(sql)?.collect_with_engine(Engine::Streaming)
    }));
    match collected {
        Ok(Ok(result)) => convert::rows(name, &result.unwrap_single()),
        Ok(Err(error)) => Err(failed(name, &error).into()),
        Err(_) => Err(Diagnostic::error("engine", format!("the engine gave up on `{name}`")).into()),
    }
}

fn failed(name: &str, error: &PolarsError) -> Diagnostic {
    let text = error.to_string();
    let reason = text.lines().next().unwrap_or_default();
    Diagnostic::error("engine", format!("`{name}` cannot be answered: {reason}"))
}

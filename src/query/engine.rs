//! The seam to the engine: tables in, SQL through, rows out. With `convert` the only place that
//! knows Polars.

use std::io::Cursor;
use std::path::Path;
use std::sync::Once;
use std::thread;

use polars::prelude::{
    DataType, Engine, IntoLazy, LazyFrame, ParquetReader, PlRefPath, PolarsError, PolarsResult, ScanArgsParquet,
    SerReader, col,
};
use polars::sql::SQLContext;

use super::convert;
use crate::error::{Diagnostic, Result};
use crate::lake::{Rows, encode};

/// The engine walks a query's plan by recursion, deeper than a thread's usual two megabytes.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// A table as the engine sees it; cheap to clone.
#[derive(Clone)]
pub(crate) struct Frame(LazyFrame);

impl Frame {
    /// A table in memory.
    pub(crate) fn of_rows(rows: &Rows) -> Result<Self> {
        let bytes = encode(rows.batch())?;
        let frame = ParquetReader::new(Cursor::new(bytes)).finish().map_err(|error| failed(rows.name(), &error))?;
        Self::in_utc(rows.name(), frame.lazy())
    }

    /// A table of Parquet files, of which there must be one.
    pub(crate) fn of_files(name: &str, paths: &[impl AsRef<Path>]) -> Result<Self> {
        let paths = paths.iter().map(|path| PlRefPath::try_from_path(path.as_ref()));
        let paths = paths.collect::<Result<Vec<_>, _>>().map_err(|error| failed(name, &error))?;
        let arguments = ScanArgsParquet { glob: false, ..Default::default() };
        let frame = LazyFrame::scan_parquet_files(paths.into_iter().collect(), arguments);
        Self::in_utc(name, frame.map_err(|error| failed(name, &error))?)
    }

    /// Instants without their zone, which is always UTC: the engine's SQL compares an instant with
    /// a zone to no literal.
    fn in_utc(name: &str, mut frame: LazyFrame) -> Result<Self> {
        let schema = frame.collect_schema().map_err(|error| failed(name, &error))?;
        let zoned = schema.iter().filter_map(|(column, data_type)| match data_type {
            DataType::Datetime(unit, Some(_)) => Some(col(column.clone()).cast(DataType::Datetime(*unit, None))),
            _ => None,
        });
        let zoned: Vec<_> = zoned.collect();
        Ok(Self(if zoned.is_empty() { frame } else { frame.with_columns(zoned) }))
    }

    /// Its columns; none where its files cannot be read, which its answer tells.
    pub(crate) fn columns(&self) -> Vec<String> {
        let schema = self.0.clone().collect_schema();
        schema.map_or_else(|_| Vec::new(), |schema| schema.iter_names().map(ToString::to_string).collect())
    }
}

/// Answers one query over exactly these tables; `name` is for messages and names the answer.
pub(crate) fn answer(name: &str, sql: &str, tables: Vec<(String, Frame)>) -> Result<Rows> {
    // The engine would print what it deprecates, and only `shell` prints.
    static SILENCE: Once = Once::new();
    SILENCE.call_once(|| polars::error::set_warning_function(|_, _| {}));
    let collected = on_deep_stack(name, || planned(sql, tables)?.collect_with_engine(Engine::Streaming))?;
    convert::rows(name, &collected.unwrap_single())
}

/// A query as a table that others read: worked out as a part of each of theirs, so in no order.
pub(crate) fn view(name: &str, sql: &str, tables: Vec<(String, Frame)>) -> Result<Frame> {
    let (unordered, _) = sql.rsplit_once("order by").unwrap_or((sql, ""));
    on_deep_stack(name, || planned(unordered, tables)).map(Frame)
}

fn planned(sql: &str, tables: Vec<(String, Frame)>) -> PolarsResult<LazyFrame> {
    let mut context = SQLContext::new();
    for (table, frame) in tables {
        context.register(&table, frame.0);
    }
    context.execute(sql)
}

fn on_deep_stack<T: Send>(name: &str, work: impl FnOnce() -> PolarsResult<T> + Send) -> Result<T> {
    let done = thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(STACK_BYTES);
        builder.spawn_scoped(scope, work).map(|thread| thread.join())
    });
    match done {
        Ok(Ok(Ok(done))) => Ok(done),
        Ok(Ok(Err(error))) => Err(failed(name, &error).into()),
        Ok(Err(_)) => Err(Diagnostic::error("engine", format!("the engine gave up on `{name}`")).into()),
        Err(error) => Err(Diagnostic::error("engine", format!("no thread to answer `{name}`: {error}")).into()),
    }
}

/// What a query that asks for too much can do about it.
pub(crate) const ASK_FOR_LESS: &str =
    "ask for less, such as one month by `where`, or a `join … on` instead of a `cross join`";

fn failed(name: &str, error: &PolarsError) -> Diagnostic {
    let text = error.to_string();
    let reason = text.lines().next().unwrap_or_default();
    if reason.contains("maximum length reached") {
        let message = format!("`{name}` comes to more than 4,294,967,295 rows on its way, the most that are counted");
        return Diagnostic::error("query-too-large", message).hint(ASK_FOR_LESS);
    }
    Diagnostic::error("engine", format!("`{name}` cannot be answered: {reason}"))
}

/// The column that the engine says it cannot find.
pub(crate) fn unknown_column(problem: &Diagnostic) -> Option<String> {
    let said = [("unable to find column \"", '"'), ("no column named '", '\'')];
    said.iter().find_map(|(before, after)| {
        let (_, rest) = problem.message.split_once(before)?;
        rest.split_once(*after).map(|(name, _)| name.to_owned())
    })
}

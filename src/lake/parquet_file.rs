//! A table as Parquet bytes and back. The same rows give the same bytes; bytes that are not
//! Parquet give a message, even where the reader would panic.

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::runs::Batches;
use crate::error::{Diagnostic, Result, caught};

/// Rows of a file that are in memory at once when it is read from start to end.
const BATCH_ROWS: usize = 4_096;

/// The Parquet bytes of a batch.
pub(crate) fn encode(batch: &RecordBatch) -> Result<Vec<u8>> {
    let mut writer = writer(Vec::new(), &batch.schema())?;
    writer.write(batch).map_err(|error| failed(&error))?;
    writer.into_inner().map_err(|error| failed(&error))
}

/// Columns whose values hardly ever repeat: a dictionary of them would cost time and room.
const DISTINCT: &[&str] = &[
    "order_id",
    "line_id",
    "refund_id",
    "line",
    "movement_id",
    "event_id",
    "ordered_at",
    "updated_at",
    "posted_at",
    "refunded_at",
    "source_line",
];

/// Writes batches as one Parquet file: zstd 1, decimals of 18 digits as INT64, no time and no
/// version of a library that would change the bytes.
pub(crate) fn writer<W: Write + Send>(file: W, schema: &SchemaRef) -> Result<ArrowWriter<W>> {
    let level = ZstdLevel::try_new(1).map_err(|error| failed(&error))?;
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("trueup".to_owned());
    // Nothing looks for a text by its file's smallest and largest.
    for field in schema.fields().iter().filter(|field| *field.data_type() == DataType::Utf8) {
        properties =
            properties.set_column_statistics_enabled(ColumnPath::from(field.name().as_str()), EnabledStatistics::None);
    }
    for column in DISTINCT {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(*column), false);
    }
    ArrowWriter::try_new(file, schema.clone(), Some(properties.build())).map_err(|error| failed(&error))
}

pub(crate) fn failed(error: &dyn Display) -> Box<Diagnostic> {
    Diagnostic::error("parquet-write", format!("cannot write Parquet: {error}")).into()
}

/// The batch in Parquet bytes whose schema must be `schema`; `path` is for messages.
pub(crate) fn decode(bytes: Vec<u8>, schema: Option<&SchemaRef>, path: &Path) -> Result<RecordBatch> {
    let damaged = |reason: String| {
        Diagnostic::error("lake-damaged", format!("`{}` cannot be read as Parquet: {reason}", path.display()))
            .in_file(path)
    };
    let batch = caught(|| try_decode(bytes))
        .ok_or_else(|| damaged("the reader gave up".to_owned()))?
        .map_err(|error| damaged(error.to_string()))?;
    match schema {
        Some(schema) if !same_columns(&batch.schema(), schema) => {
            Err(damaged("its columns are not those of the table".to_owned()).into())
        }
        _ => Ok(batch),
    }
}

/// The batches in Parquet bytes, one after the other, under the table's `schema`; `path` is for messages.
pub(crate) fn batches(bytes: Vec<u8>, schema: SchemaRef, path: PathBuf) -> Result<Batches<'static>> {
    let damaged = move |reason: String| {
        let message = format!("`{}` cannot be read as Parquet: {reason}", path.display());
        Box::new(Diagnostic::error("lake-damaged", message).in_file(&path))
    };
    let open = || -> Result<_, ParquetError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?;
        builder.with_batch_size(BATCH_ROWS).build()
    };
    let opened = caught(open).ok_or_else(|| damaged("the reader gave up".to_owned()))?;
    let mut reader = opened.map_err(|error| damaged(error.to_string()))?;
    Ok(Box::new(std::iter::from_fn(move || {
        let batch = match caught(|| reader.next()) {
            Some(batch) => batch?.map_err(|error| error.to_string()),
            None => Err("the reader gave up".to_owned()),
        };
        // Columns are equal by name and type; the table's schema also says which may be unknown.
        let batch = batch.and_then(|batch| {
            let same = same_columns(&batch.schema(), &schema);
            let named = same.then(|| RecordBatch::try_new(schema.clone(), batch.columns().to_vec()));
            named.ok_or("its columns are not those of the table".to_owned())?.map_err(|error| error.to_string())
        });
        Some(batch.map_err(&damaged))
    })))
}

fn try_decode(bytes: Vec<u8>) -> Result<RecordBatch, ParquetError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?.with_batch_size(1 << 16);
    let schema = builder.schema().clone();
    let batches = builder.build()?.collect::<Result<Vec<_>, _>>()?;
    Ok(concat_batches(&schema, &batches)?)
}

fn same_columns(one: &SchemaRef, other: &SchemaRef) -> bool {
    one.fields().len() == other.fields().len()
        && one
            .fields()
            .iter()
            .zip(other.fields())
            .all(|(one, other)| one.name() == other.name() && one.data_type() == other.data_type())
}

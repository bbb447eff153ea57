//! A table as Parquet bytes and back. The same rows give the same bytes; bytes that are not
//! Parquet give a message, even where the reader would panic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use crate::error::{Diagnostic, Result};

/// The Parquet bytes of a batch: zstd 1, decimals of 18 digits as INT64, no time and no version
/// of a library that would change the bytes.
pub(crate) fn encode(batch: &RecordBatch) -> Result<Vec<u8>> {
    try_encode(batch)
        .map_err(|error| Diagnostic::error("parquet-write", format!("cannot write Parquet: {error}")).into())
}

fn try_encode(batch: &RecordBatch) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_created_by("trueup".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(bytes)
}

/// The batch in Parquet bytes whose schema must be `schema`; `path` is for messages.
pub(crate) fn decode(bytes: Vec<u8>, schema: Option<&SchemaRef>, path: &Path) -> Result<RecordBatch> {
    let damaged = |reason: String| {
        Diagnostic::error("lake-damaged", format!("`{}` cannot be read as Parquet: {reason}", path.display()))
            .in_file(path)
    };
    let batch = catch_unwind(AssertUnwindSafe(|| try_decode(bytes)))
        .map_err(|_| damaged("the reader gave up".to_owned()))?
        .map_err(|error| damaged(error.to_string()))?;
    match schema {
        Some(schema) if !same_columns(&batch.schema(), schema) => {
            Err(damaged("its columns are not those of the table".to_owned()).into())
        }
        _ => Ok(batch),
    }
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

//! How much of a file is believed: every limit in one table.

/// Bytes of one file.
pub(crate) const FILE_BYTES: u64 = 16 << 30;
/// Bytes of one record, line ends included.
pub(crate) const RECORD_BYTES: usize = 1 << 20;
/// Bytes of one quoted cell.
pub(crate) const FIELD_BYTES: usize = 64 << 10;
/// Line ends inside one quoted cell.
pub(crate) const QUOTED_LINES: usize = 100;
/// Columns of one file.
pub(crate) const COLUMNS: usize = 2_000;
/// Records of one file.
pub(crate) const RECORDS: u64 = 50_000_000;
/// Lines in which the header is looked for.
pub(crate) const HEADER_LINES: usize = 50;
/// Bytes of a workbook once inflated.
pub(crate) const WORKBOOK_BYTES: u64 = 512 << 20;
/// Bytes of one entry of a workbook once inflated, so that one giant cell cannot fill the memory.
pub(crate) const WORKBOOK_ENTRY_BYTES: u64 = 128 << 20;
/// Cells of a workbook.
pub(crate) const WORKBOOK_CELLS: u64 = 20_000_000;
/// Different texts of a workbook: what its largest entry can hold of texts that say something.
pub(crate) const WORKBOOK_TEXTS: u64 = 5_000_000;
/// Formats, names or links of a workbook; a spreadsheet stops at 65,490 formats.
pub(crate) const WORKBOOK_DECLARATIONS: u64 = 100_000;
/// Sheets of a workbook.
pub(crate) const WORKBOOK_SHEETS: usize = 10_000;
/// Bytes of the text of all sheets of a workbook.
pub(crate) const WORKBOOK_TEXT_BYTES: usize = 128 << 20;
/// Bytes of a sheet's text, empty cells included.
pub(crate) const SHEET_BYTES: usize = 64 << 20;
/// What a column of amounts or counts may come to over the shop, in ten-thousandths: 10,000,000,000,000.
pub(crate) const SUM: i128 = 100_000_000_000_000_000;
/// A thousandth of it, from which on it is worth looking at what the lake holds.
pub(crate) const NOTICEABLE_SUM: i128 = SUM / 1_000;
/// Units in one cell.
pub(crate) const QUANTITY: i64 = 10_000_000;
/// Days that a supplier may take; more is a date that lost its format.
pub(crate) const LEAD_TIME_DAYS: i64 = 730;
/// Characters of a SKU or another identifier.
pub(crate) const IDENTIFIER_CHARACTERS: usize = 200;
/// Zero bytes in a row that only a torn file has.
pub(crate) const TORN_BYTES: usize = 16;
/// Bytes of records that one thread reads at a time.
pub(crate) const BLOCK_BYTES: usize = 1 << 20;
/// Records that are read column by column at once.
pub(crate) const RAW_RECORDS: usize = 128;
/// Records that belong together; more are taken apart.
pub(crate) const GROUP_RECORDS: usize = 10_000;
/// Their bytes; records beyond are taken apart as well.
pub(crate) const GROUP_BYTES: usize = 8 << 20;
/// Rows that are handed to the sink at once.
pub(crate) const BATCH_ROWS: usize = 16_384;
/// Rejected records of one file; a file with more was read the wrong way.
pub(crate) const REJECTS: u64 = 100_000;
/// Bytes from which a file's rows go to the lake as they are read, and not when it is read.
pub(crate) const STREAMED_BYTES: u64 = 64 << 20;

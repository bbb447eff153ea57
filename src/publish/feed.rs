//! The machine feed: exact text, no guard against spreadsheets, the same bytes for the same rows.

use std::path::Path;

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};

use crate::buffer::{COLUMNS, Recommendation, Recommendations};
use crate::error::{Diagnostic, Result};
use crate::lake::{self, Cell, Rows, RowsBuilder};
use crate::types::{Channel, Day, Sku};

/// One published listing: the columns that others may rely on, in the order of `buffers.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedRow {
    /// The product.
    pub sku: String,
    /// The channel.
    pub channel: String,
    /// The run that found the numbers.
    pub run: String,
    /// The day they stand on.
    pub as_of: String,
    /// The pool it draws on.
    pub pool: String,
    /// Units held back before that run.
    pub current_buffer: Option<i64>,
    /// Units the channel must not be shown.
    pub listing_holdback: i64,
    /// Stock to have until the next delivery. Never to be hidden.
    pub cover_target: i64,
    /// Units to show.
    pub listed_quantity: Option<i64>,
    /// The listing is paused when the pool has fewer units.
    pub pause_below: i64,
    /// Units that wait for a promotion elsewhere.
    pub promo_reserve: i64,
    /// The sync tier the listing needs.
    pub sync_tier: String,
    /// Hold-back less the one before.
    pub change: Option<i64>,
    /// `publish`, or `approve` where a person let it through.
    pub action: String,
    /// The rule, with its place in the settings.
    pub rule: String,
    /// How sure it is.
    pub confidence: String,
    /// One sentence with the figures in it.
    pub reason: String,
    /// The last day to work with it.
    pub valid_until: String,
    /// The policy it follows.
    pub policy_version: String,
}

impl FeedRow {
    pub(super) fn new(all: &Recommendations, row: &Recommendation) -> Self {
        Self {
            sku: row.sku.as_str().to_owned(),
            channel: row.channel.as_str().to_owned(),
            run: all.run.clone(),
            as_of: all.as_of.to_string(),
            pool: row.pool.clone(),
            current_buffer: row.current_buffer,
            listing_holdback: row.listing_holdback,
            cover_target: row.cover_target,
            listed_quantity: row.listed_quantity,
            pause_below: row.pause_below,
            promo_reserve: row.promo_reserve,
            sync_tier: row.sync_tier.word().to_owned(),
            change: row.change,
            action: row.action.word().to_owned(),
            rule: row.rule.clone(),
            confidence: row.confidence.word().to_owned(),
            reason: row.reason.clone(),
            valid_until: row.valid_until.to_string(),
            policy_version: all.policy_version.clone(),
        }
    }

    /// The listing.
    pub fn key(&self) -> (Sku, Channel) {
        (Sku::new(&self.sku), Channel::new(&self.channel))
    }

    fn cells(&self) -> Result<Vec<Cell>> {
        Ok(vec![
            self.sku.as_str().into(),
            self.channel.as_str().into(),
            self.run.as_str().into(),
            day(&self.as_of)?.into(),
            self.pool.as_str().into(),
            self.current_buffer.into(),
            self.listing_holdback.into(),
            self.cover_target.into(),
            self.listed_quantity.into(),
            self.pause_below.into(),
            self.promo_reserve.into(),
            self.sync_tier.as_str().into(),
            self.change.into(),
            self.action.as_str().into(),
            self.rule.as_str().into(),
            self.confidence.as_str().into(),
            self.reason.as_str().into(),
            day(&self.valid_until)?.into(),
            self.policy_version.as_str().into(),
        ])
    }
}

/// How many columns of `buffers.csv` others may rely on.
const PUBLISHED_COLUMNS: usize = 19;

/// All published listings, sorted by SKU and channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    pub(super) rows: Vec<FeedRow>,
}

impl Feed {
    /// The listings.
    pub fn rows(&self) -> &[FeedRow] {
        &self.rows
    }

    /// Units held back for a listing.
    pub fn holdback(&self, sku: &Sku, channel: &Channel) -> Option<i64> {
        self.row(sku.as_str(), channel.as_str()).map(|row| row.listing_holdback)
    }

    pub(super) fn row(&self, sku: &str, channel: &str) -> Option<&FeedRow> {
        let key = |row: &FeedRow| (row.sku.as_str().cmp(sku)).then(row.channel.as_str().cmp(channel));
        self.rows.binary_search_by(key).ok().map(|index| &self.rows[index])
    }

    /// Units shown over all listings of which they are known.
    pub fn units(&self) -> i64 {
        self.rows.iter().filter_map(|row| row.listed_quantity).fold(0, i64::saturating_add)
    }

    /// Units that the listings draw on, shown or held back. A pool counts once for each of its channels.
    pub(super) fn stock(&self) -> i64 {
        let held = self.rows.iter().filter(|row| row.listed_quantity.is_some()).map(|row| row.listing_holdback);
        held.fold(self.units(), i64::saturating_add)
    }

    /// The newest day that a listing stands on; none without a listing.
    ///
    /// # Errors
    /// A day that is none.
    pub fn newest_day(&self) -> Result<Option<Day>> {
        self.rows.iter().map(|row| day(&row.as_of)).try_fold(None, |newest, day| Ok(newest.max(Some(day?))))
    }

    /// The name of a publication: its day and twelve digits of its content.
    pub(super) fn version(&self, as_of: Day) -> String {
        format!("{as_of}-{}", self.digits())
    }

    /// Twelve digits of the SHA-256 of `buffers.csv`.
    pub(super) fn digits(&self) -> String {
        let mut digits = lake::sha256(&self.csv());
        digits.truncate(12);
        digits
    }

    /// `buffers.csv`
    pub(super) fn csv(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        if self.rows.is_empty() {
            let names = COLUMNS.iter().take(PUBLISHED_COLUMNS).map(|column| column.name);
            writer.write_record(names).expect("memory takes every byte");
        }
        for row in &self.rows {
            writer.serialize(row).expect("memory takes every byte");
        }
        writer.into_inner().expect("memory takes every byte")
    }

    /// `buffers.json`: one array of objects, one line per listing.
    pub(super) fn json(&self) -> Vec<u8> {
        let lines: Vec<String> =
            self.rows.iter().map(|row| serde_json::to_string(row).expect("a row is plain data")).collect();
        format!("[\n{}\n]\n", lines.join(",\n")).into_bytes()
    }

    pub(super) fn from_json(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes).map(|rows| Self { rows })
    }

    /// `buffers.parquet`
    pub(super) fn parquet(&self) -> Result<Vec<u8>> {
        let table = self.table()?;
        let level = ZstdLevel::try_new(3).expect("3 is a level of zstd");
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by(concat!("trueup ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let write = || -> parquet::errors::Result<Vec<u8>> {
            let mut writer = ArrowWriter::try_new(Vec::new(), table.batch().schema(), Some(properties))?;
            writer.write(table.batch())?;
            writer.into_inner()
        };
        write().map_err(|error| Diagnostic::error("parquet", format!("cannot write `buffers.parquet`: {error}")).into())
    }

    /// Whether a Parquet file holds just these rows, whatever version of trueup wrote it.
    pub(super) fn is_in(&self, parquet: &[u8]) -> bool {
        let Ok(table) = self.table() else { return false };
        let found = lake::decode(parquet.to_vec(), None, Path::new("buffers.parquet"));
        found.is_ok_and(|found| found.columns() == table.batch().columns())
    }

    fn table(&self) -> Result<Rows> {
        let mut table = RowsBuilder::new("buffers", COLUMNS.iter().take(PUBLISHED_COLUMNS).copied());
        for row in &self.rows {
            table.push(row.cells()?);
        }
        Ok(table.finish())
    }
}

fn day(text: &str) -> Result<Day> {
    text.parse().map_err(|_| Diagnostic::error("published-day", format!("`{text}` in the feed is not a day")).into())
}

//! What was planted, and what is true? The answers in `truth/` that a run can be held against.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::goods::Good;
use crate::sample::orders::{Line, line_id};
use crate::sample::sheet::{Sheet, Style};
use crate::sample::stores::STORES;
use crate::types::Day;

/// What one channel sold in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    /// Rows of order lines in its files.
    pub(crate) lines: i64,
    /// Units that were neither cancelled nor shipped for another channel.
    pub(crate) units: i64,
    /// Quantity times unit price of those, in cents.
    pub(crate) gross: i64,
}

/// The answers while they grow.
pub(crate) struct Answers {
    folder: PathBuf,
    first: Day,
    rates: Sheet,
    expected: Vec<[f64; 5]>,
    expected_days: i64,
    oversells: Sheet,
    pub(crate) oversell_count: u64,
    drifts: Sheet,
    pub(crate) totals: [Total; 5],
}

impl Answers {
    pub(crate) fn new(folder: &Path, goods: usize, first: Day) -> Result<Self> {
        let folder = folder.join("truth");
        let create = |name: &str, header: &[&str]| Sheet::create(folder.join(name), Style::CSV, header);
        Ok(Self {
            rates: create("demand_rates.csv", &["sku", "channel", "from", "until", "mean_units_per_day"])?,
            oversells: create("oversells.csv", &["channel", "order_id", "line_id", "sku", "units"])?,
            drifts: create("drift_causes.csv", &["channel", "sku", "location", "cause", "units"])?,
            folder,
            first,
            expected: vec![[0.0; 5]; goods],
            expected_days: 0,
            oversell_count: 0,
            totals: [Total::default(); 5],
        })
    }

    /// So many units were expected on a listing today.
    pub(crate) fn expect(&mut self, good: usize, channel: usize, units: f64) {
        self.expected[good][channel] += units;
    }

    /// Ends a day; writes the mean rates where a range of days ends.
    pub(crate) fn end_day(&mut self, day: Day, goods: &[Good], range_ends: bool) -> Result<()> {
        self.expected_days += 1;
        if !range_ends {
            return Ok(());
        }
        for (good, expected) in goods.iter().zip(&mut self.expected) {
            for (store, units) in STORES.iter().zip(expected) {
                if *units > 0.0 {
                    let mean = *units / self.expected_days as f64;
                    self.rates.text(&good.sku).text(store.name).day(self.first).day(day);
                    self.rates.text(&format!("{mean:.6}")).end()?;
                }
                *units = 0.0;
            }
        }
        self.first = day.plus(1);
        self.expected_days = 0;
        Ok(())
    }

    /// A line took units that were not there.
    pub(crate) fn oversold(&mut self, line: &Line, good: &Good, order: &str, units: i64) -> Result<()> {
        self.oversell_count += 1;
        self.oversells
            .text(STORES[line.channel].name)
            .text(order)
            .text(&line_id(line, good))
            .text(&good.sku)
            .integer(units)
            .end()
    }

    /// A part of the gap between what a channel reports and what it should show.
    pub(crate) fn drift(&mut self, channel: usize, sku: &str, location: &str, cause: &str, units: i64) -> Result<()> {
        if units == 0 {
            return Ok(());
        }
        self.drifts.text(STORES[channel].name).text(sku).text(location).text(cause).integer(units).end()
    }

    /// Lines whose month is written.
    pub(crate) fn count(&mut self, lines: &[Line]) {
        for line in lines {
            let total = &mut self.totals[line.channel];
            total.lines += 1;
            if line.cancelled.is_none() && !line.other_channel {
                total.units += line.quantity;
                total.gross += line.gross();
            }
        }
    }

    /// Writes the rest.
    pub(crate) fn finish(self, goods: &[Good], channels: usize) -> Result<()> {
        self.rates.finish()?;
        self.oversells.finish()?;
        self.drifts.finish()?;
        let path = self.folder.join("totals.csv");
        let mut sheet = Sheet::create(path, Style::CSV, &["channel", "order_lines", "units", "gross"])?;
        for (store, total) in STORES.iter().zip(self.totals).take(channels) {
            sheet.text(store.name).integer(total.lines).integer(total.units).cents(total.gross).end()?;
        }
        sheet.finish()?;
        let path = self.folder.join("losing_skus.csv");
        let mut sheet = Sheet::create(path, Style::CSV, &["channel", "sku", "tipped_by"])?;
        let mut losers: Vec<(&str, &str, &str)> = goods
            .iter()
            .filter_map(|good| good.loss.map(|(channel, loss)| (STORES[channel].name, &*good.sku, loss.line())))
            .collect();
        losers.sort_unstable();
        for (channel, sku, line) in losers {
            sheet.text(channel).text(sku).text(line).end()?;
        }
        sheet.finish()
    }
}

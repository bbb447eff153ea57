//! The dealer portal's files, in a layout of its own that `[mapping.portal]` describes; and the
//! counts that the sync service says it shows on channels without an inventory export.

use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::clock::Clock;
use crate::sample::goods::Good;
use crate::sample::orders::{Line, groups};
use crate::sample::sheet::{Sheet, Style};
use crate::sample::stores::{TIKTOK, WHOLESALE};
use crate::types::Month;

const ORDERS: &[&str] = &[
    "Order No",
    "Pos",
    "Ordered",
    "Changed",
    "Item",
    "Description",
    "Qty",
    "Price each",
    "Amount",
    "Rebate",
    "Carriage",
    "State",
    "Remark",
    "Ship to",
];
/// Headers of the counts that a channel shows, by the word for its article number.
const COUNTS: [(usize, &[&str]); 2] =
    [(TIKTOK, &["Seller number", "Warehouse", "As at", "Shown"]), (WHOLESALE, &["Item", "Site", "As at", "Shown"])];

/// `portal_2026-02.csv`: semicolons, decimal commas, days first.
pub(crate) fn write_orders(folder: &Path, month: Month, lines: &[Line], goods: &[Good], clock: &Clock) -> Result<()> {
    let mut sheet = Sheet::create(folder.join(format!("portal_{month}.csv")), Style::SEMICOLONS, ORDERS)?;
    for line in groups(lines, WHOLESALE).flatten() {
        let good = &goods[line.good];
        let changed = line.cancelled.map(|(at, _)| at).or(line.shipped_at).unwrap_or(line.at);
        let (state, remark) = match line {
            Line { cancelled: Some((_, reason)), .. } => ("void", reason.word()),
            Line { shipped_at: Some(_), .. } => ("delivered", ""),
            _ => ("open", ""),
        };
        sheet
            .text(&line.order_id())
            .integer(i64::from(line.number))
            .with(|text| clock.european(text, line.at))
            .with(|text| clock.european(text, changed))
            .text(&good.channel_sku[WHOLESALE])
            .text(&format!("{}, {}", good.title, good.variant))
            .integer(line.quantity)
            .cents(line.unit_price)
            .cents(line.gross())
            .cents(line.discount)
            .cents(line.shipping)
            .text(state)
            .text(remark)
            .text("US")
            .end()?;
    }
    sheet.finish()
}

/// The four headers: article, location, instant, count.
pub(crate) fn counts_header(channel: usize) -> &'static [&'static str] {
    COUNTS.iter().find(|(of, _)| *of == channel).map_or(COUNTS[0].1, |(_, header)| header)
}

/// What a channel shows of each article, at one instant.
pub(crate) fn write_counts<'a>(
    path: PathBuf,
    channel: usize,
    at: i64,
    rows: impl Iterator<Item = (&'a str, i64)>,
) -> Result<()> {
    let mut sheet = Sheet::create(path, Style::CSV, counts_header(channel))?;
    for (number, shown) in rows {
        sheet.text(number).text("main").instant(at).integer(shown).end()?;
    }
    sheet.finish()
}

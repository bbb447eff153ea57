//! Recommendations as the table `buffers.csv`.

use super::recommend::{Recommendation, Recommendations};
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};

const fn need(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

const fn may(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

/// The columns of `buffers.csv`: the key, what others may rely on, then what explains it.
pub const COLUMNS: &[Column] = &[
    need("sku", Kind::Text),
    need("channel", Kind::Text),
    need("run", Kind::Text),
    need("as_of", Kind::Day),
    need("pool", Kind::Text),
    may("current_buffer", Kind::Integer),
    need("listing_holdback", Kind::Integer),
    need("cover_target", Kind::Integer),
    may("listed_quantity", Kind::Integer),
    need("pause_below", Kind::Integer),
    need("promo_reserve", Kind::Integer),
    need("sync_tier", Kind::Text),
    may("change", Kind::Integer),
    need("action", Kind::Text),
    need("rule", Kind::Text),
    need("confidence", Kind::Text),
    need("reason", Kind::Text),
    need("valid_until", Kind::Day),
    need("policy_version", Kind::Text),
    may("available", Kind::Integer),
    need("paused", Kind::Flag),
    need("listed_rule", Kind::Text),
    need("cover_rule", Kind::Text),
    may("units_in_lag", Kind::Real),
    may("lag_s", Kind::Real),
    need("lag_assumed", Kind::Flag),
    may("expected_oversells", Kind::Real),
    may("replenish_units", Kind::Integer),
    need("stranded_units", Kind::Integer),
    need("is_change", Kind::Flag),
    need("needs_review", Kind::Flag),
    need("lead_time_days", Kind::Integer),
];

impl Recommendations {
    /// The table `buffers`, one row per SKU and channel.
    pub fn sheet(&self) -> Rows {
        let mut table = RowsBuilder::new("buffers", COLUMNS.iter().copied());
        for row in &self.rows {
            table.push(self.cells(row));
        }
        table.finish()
    }

    fn cells(&self, row: &Recommendation) -> Vec<Cell> {
        vec![
            (&row.sku).into(),
            (&row.channel).into(),
            self.run.as_str().into(),
            self.as_of.into(),
            row.pool.as_str().into(),
            row.current_buffer.into(),
            row.listing_holdback.into(),
            row.cover_target.into(),
            row.listed_quantity.into(),
            row.pause_below.into(),
            row.promo_reserve.into(),
            row.sync_tier.word().into(),
            row.change.into(),
            row.action.word().into(),
            row.rule.as_str().into(),
            row.confidence.word().into(),
            row.reason.as_str().into(),
            row.valid_until.into(),
            self.policy_version.as_str().into(),
            row.available.into(),
            row.paused.into(),
            row.listed_rule.as_str().into(),
            row.cover_rule.as_str().into(),
            row.units_in_lag.into(),
            row.lag_seconds.into(),
            row.lag_assumed.into(),
            row.expected_oversells.into(),
            row.replenish_units.into(),
            row.stranded_units.into(),
            row.is_change().into(),
            row.needs_review().into(),
            i64::from(row.lead_time_days).into(),
        ]
    }
}

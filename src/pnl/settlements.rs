//! Do settlements add up, and does every order have one?

use super::input::{SettlementRow, UnmatchedRow};
use super::work::Pnl;
use crate::lake::{Column, Kind, Rows, RowsBuilder};
use crate::types::Money;

const fn column(name: &'static str, kind: Kind, nullable: bool) -> Column {
    Column { name, kind, nullable }
}

impl SettlementRow {
    /// What the channel says it paid less what its lines add up to; unknown without a total, and where
    /// the lines are in several currencies.
    pub fn difference(&self) -> Option<Money> {
        Some(self.total? - self.lines_sum?)
    }
}

impl UnmatchedRow {
    /// Days from the order or the posting to the day of the reports.
    pub fn age_days(&self) -> i64 {
        self.as_of.since(self.day).into()
    }

    /// Why it stands in the list, in a phrase.
    pub fn reason(&self) -> &'static str {
        match self.side.as_str() {
            "settlement" if self.is_whole => "order not found in any order export; taken whole from the settlement",
            "settlement" if self.left_out => "order not found in any order export; left out of the profit and loss",
            "settlement" => "order not found in any order export",
            _ if self.day < self.first_posted => "ordered before the first settlement in the lake",
            _ => "in no settlement for more than 21 days",
        }
    }
}

impl Pnl {
    /// `settlements.csv`: totals against lines, in the settlement's own currency.
    pub fn settlements_sheet(&self) -> Rows {
        let columns = [
            column("channel", Kind::Text, false),
            column("settlement_id", Kind::Text, false),
            column("total", Kind::Money, true),
            column("lines_sum", Kind::Money, true),
            column("difference", Kind::Money, true),
            column("orders", Kind::Integer, true),
            column("unmatched_orders", Kind::Integer, true),
            column("currency", Kind::Text, true),
        ];
        let mut rows = RowsBuilder::new("settlements", columns);
        for row in &self.settlements {
            rows.push([
                (&row.channel).into(),
                row.settlement_id.as_str().into(),
                row.total.into(),
                row.lines_sum.into(),
                row.difference().into(),
                row.orders.into(),
                row.unmatched_orders.into(),
                row.currency.as_str().into(),
            ]);
        }
        rows.finish()
    }

    /// `unmatched.csv`: orders without settlement and settlement lines without order.
    pub fn unmatched_sheet(&self) -> Rows {
        let columns = [
            column("side", Kind::Text, false),
            column("channel", Kind::Text, false),
            column("order_id", Kind::Text, false),
            column("line", Kind::Text, false),
            column("kind", Kind::Text, true),
            column("amount", Kind::Money, true),
            column("age_days", Kind::Integer, true),
            column("reason", Kind::Text, true),
            column("currency", Kind::Text, true),
        ];
        let mut rows = RowsBuilder::new("unmatched", columns);
        for row in &self.unmatched {
            rows.push([
                row.side.as_str().into(),
                (&row.channel).into(),
                row.order_id.as_str().into(),
                row.line.as_str().into(),
                row.kind.as_str().into(),
                row.amount.into(),
                row.age_days().into(),
                row.reason().into(),
                row.currency.as_str().into(),
            ]);
        }
        rows.finish()
    }
}

//! The statements as tables: one builder walks the lines for every sheet.

use super::line::LINES;
use super::statement::Statement;
use super::work::Pnl;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};

const fn key(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: false }
}

const fn value(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, nullable: true }
}

impl Pnl {
    /// `pnl_by_channel.csv`: a row per month and channel.
    pub fn by_channel_sheet(&self) -> Rows {
        let keys = [key("month", Kind::Text), key("channel", Kind::Text)];
        let mut rows = RowsBuilder::new("pnl_by_channel", columns(&keys));
        for ((month, channel), statement) in &self.by_channel {
            rows.push(self.cells(vec![month.to_string().into(), channel.into()], statement));
        }
        rows.finish()
    }

    /// `pnl_by_sku.csv`: a row per month, channel and SKU, and one for what belongs to none.
    pub fn by_sku_sheet(&self) -> Rows {
        let keys = [key("month", Kind::Text), key("channel", Kind::Text), key("sku", Kind::Text)];
        let mut rows = RowsBuilder::new("pnl_by_sku", columns(&keys));
        for ((month, channel, sku), statement) in &self.by_sku {
            rows.push(self.cells(vec![month.to_string().into(), channel.into(), sku.into()], statement));
        }
        rows.finish()
    }

    /// `losing_skus.csv`: SKUs whose last 90 days cost more than they brought.
    pub fn losing_sheet(&self) -> Rows {
        let columns = [
            key("channel", Kind::Text),
            key("sku", Kind::Text),
            value("units", Kind::Integer),
            value("net_sales", Kind::Money),
            value("contribution", Kind::Money),
            value("per_unit", Kind::Money),
            value("tipped_by", Kind::Text),
        ];
        let mut rows = RowsBuilder::new("losing_skus", columns);
        for losing in &self.losing {
            rows.push([
                (&losing.channel).into(),
                (&losing.sku).into(),
                losing.units.into(),
                losing.net_sales.into(),
                losing.contribution.into(),
                losing.per_unit.into(),
                losing.tipped_by.column.into(),
            ]);
        }
        rows.finish()
    }

    fn cells(&self, mut cells: Vec<Cell>, statement: &Statement) -> Vec<Cell> {
        cells.extend([self.currency.as_str().into(), statement.orders.into(), statement.units.into()]);
        cells.extend(statement.lines().map(|(_, amount)| Cell::from(amount)));
        cells.extend([statement.contribution_rate().into(), statement.settled_share().into()]);
        let estimated = LINES.iter().filter(|line| line.estimated.is_some());
        cells.extend(estimated.map(|line| Cell::from(statement.estimated(line.column))));
        cells.extend([statement.units_without_cost.into(), statement.contribution_of_costed().into()]);
        cells
    }
}

fn columns(keys: &[Column]) -> Vec<Column> {
    let mut columns = keys.to_vec();
    columns.push(value("currency", Kind::Text));
    columns.extend(["orders", "units"].map(|name| value(name, Kind::Integer)));
    columns.extend(LINES.iter().map(|line| value(line.column, Kind::Money)));
    columns.extend(["contribution_rate", "settled_share"].map(|name| value(name, Kind::Rate)));
    columns.extend(LINES.iter().filter_map(|line| line.estimated).map(|name| value(name, Kind::Money)));
    columns.push(value("units_without_cost", Kind::Integer));
    columns.push(value("contribution_of_costed", Kind::Money));
    columns
}

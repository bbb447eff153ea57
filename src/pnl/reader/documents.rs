//! What do documents say of themselves, held against each other? Settlements, totals, doubts.

use super::columns::{Amount, Integer, OnDay, Text};
use crate::error::Result;
use crate::lake::Rows;
use crate::pnl::input::{Doubt, SettlementRow, UnknownKindRow, UnmatchedRow, UntoldTax};
use crate::pnl::order_totals::{OrderDifference, OrderTotals};

pub(in crate::pnl) fn settlements(rows: &Rows) -> Result<Vec<SettlementRow>> {
    let (channel, id, currency) =
        (Text::new(rows, "channel")?, Text::new(rows, "settlement_id")?, Text::new(rows, "currency")?);
    let (total, lines_sum) = (rows.money("total")?, rows.money("lines_sum")?);
    let (orders, unmatched) = (Integer::new(rows, "orders")?, Integer::new(rows, "unmatched_orders")?);
    (0..rows.len())
        .map(|row| {
            Ok(SettlementRow {
                channel: channel.at(row)?.into(),
                settlement_id: id.at(row)?.to_owned(),
                currency: currency.at(row)?.to_owned(),
                total: total.get(row),
                lines_sum: lines_sum.get(row),
                orders: orders.at(row)?,
                unmatched_orders: unmatched.at(row)?,
            })
        })
        .collect()
}

pub(in crate::pnl) fn unmatched(rows: &Rows) -> Result<Vec<UnmatchedRow>> {
    let text = |name| Text::new(rows, name);
    let (side, channel, order_id) = (text("side")?, text("channel")?, text("order_id")?);
    let (line, kind, currency) = (text("line")?, text("kind")?, text("currency")?);
    let day = |name| OnDay::new(rows, name);
    let (on, first, as_of) = (day("day")?, day("first_posted")?, day("as_of")?);
    let amount = rows.money("amount")?;
    let integer = |name| Integer::new(rows, name);
    let (was_unpaid, is_whole, left_out) = (integer("was_unpaid")?, integer("is_whole")?, integer("left_out")?);
    (0..rows.len())
        .map(|row| {
            Ok(UnmatchedRow {
                side: side.at(row)?.to_owned(),
                channel: channel.at(row)?.into(),
                order_id: order_id.at(row)?.to_owned(),
                line: line.at(row)?.to_owned(),
                kind: kind.at(row)?.to_owned(),
                amount: amount.get(row),
                currency: currency.at(row)?.to_owned(),
                day: on.at(row)?,
                first_posted: first.at(row)?,
                was_unpaid: was_unpaid.at(row)? != 0,
                is_whole: is_whole.at(row)? != 0,
                left_out: left_out.at(row)? != 0,
                as_of: as_of.at(row)?,
            })
        })
        .collect()
}

pub(in crate::pnl) fn order_differences(rows: &Rows) -> Result<Vec<OrderDifference>> {
    let text = |name| Text::new(rows, name);
    let amount = |name| Amount::new(rows, name);
    let (channel, order_id, against, currency) =
        (text("channel")?, text("order_id")?, text("against")?, text("currency")?);
    let (total, lines_sum, tax, discount) =
        (amount("total")?, amount("lines_sum")?, amount("tax")?, amount("discount")?);
    let told = (0..rows.len()).map(|row| {
        Ok(OrderDifference {
            channel: channel.at(row)?.into(),
            order_id: order_id.at(row)?.to_owned(),
            against: against.against(row)?,
            total: total.at(row)?,
            lines_sum: lines_sum.at(row)?,
            tax: tax.at(row)?,
            discount: discount.at(row)?,
            currency: currency.currency(row)?,
        })
    });
    told.filter(|order| order.as_ref().map_or(true, OrderDifference::is_told)).collect()
}

pub(in crate::pnl) fn order_totals(rows: &Rows) -> Result<Vec<OrderTotals>> {
    let (channel, file, currency) =
        (Text::new(rows, "channel")?, Text::new(rows, "source_file")?, Text::new(rows, "currency")?);
    let integer = |name| Integer::new(rows, name);
    let (tied, differing, untold) = (integer("tied")?, integer("differing")?, integer("untold")?);
    let (settlement_untold, difference) = (integer("settlement_untold")?, Amount::new(rows, "difference")?);
    (0..rows.len())
        .map(|row| {
            Ok(OrderTotals {
                channel: channel.at(row)?.into(),
                source_file: file.at(row)?.to_owned(),
                tied: tied.at(row)?,
                differing: differing.at(row)?,
                untold: untold.at(row)?,
                settlement_untold: settlement_untold.at(row)?,
                difference: difference.at(row)?,
                currency: currency.currency(row)?,
            })
        })
        .collect()
}

pub(in crate::pnl) fn unknown_kinds(rows: &Rows) -> Result<Vec<UnknownKindRow>> {
    let text = |name| Text::new(rows, name);
    let (channel, description, kind, currency) =
        (text("channel")?, text("description")?, text("kind")?, text("currency")?);
    let (line_count, amount) = (Integer::new(rows, "line_count")?, Amount::new(rows, "amount")?);
    (0..rows.len())
        .map(|row| {
            Ok(UnknownKindRow {
                channel: channel.at(row)?.into(),
                description: description.at(row)?.to_owned(),
                kind: kind.at(row)?.to_owned(),
                currency: currency.currency(row)?,
                line_count: line_count.at(row)?,
                amount: amount.at(row)?,
            })
        })
        .collect()
}

/// The rows of `mart_tax_untold`.
pub(in crate::pnl) fn untold_tax(rows: &Rows) -> Result<Vec<UntoldTax>> {
    let (channel, currency) = (Text::new(rows, "channel")?, Text::new(rows, "currency")?);
    let amount = Amount::new(rows, "amount")?;
    (0..rows.len())
        .map(|row| {
            Ok(UntoldTax {
                channel: channel.at(row)?.into(),
                currency: currency.currency(row)?,
                amount: amount.at(row)?,
            })
        })
        .collect()
}

pub(in crate::pnl) fn doubts(rows: &Rows) -> Result<Vec<Doubt>> {
    let text = |name| Text::new(rows, name);
    let (doubt, channel, currency) = (text("doubt")?, text("channel")?, text("currency")?);
    let (count, amount) = (Integer::new(rows, "row_count")?, Amount::new(rows, "amount")?);
    (0..rows.len())
        .map(|row| {
            Ok(Doubt {
                lacks: doubt.lack(row)?,
                channel: channel.at(row)?.into(),
                currency: currency.currency(row)?,
                count: count.at(row)?,
                amount: amount.at(row)?,
            })
        })
        .collect()
}

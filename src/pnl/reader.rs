//! From the queries' answers to [`Input`].

use std::collections::HashMap;

use super::input::{
    Bucket, Charge, CostPrice, CostUnits, Doubt, Input, Lack, LineCost, OrderShare, Receipt, RefundRow, RefundSource,
    Refunded, SalesRow, SettlementRow, UnknownKindRow, UnmatchedRow, UntoldTax,
};
use super::order_totals::{Against, OrderDifference, OrderTotals};
use super::rates::{DatedRate, Worth};
use crate::error::{Diagnostic, Result};
use crate::lake::{Amounts, Days, Integers, Rows, Texts};
use crate::query::Marts;
use crate::types::{Channel, Currency, Day, Money, Month, Sku};

/// Reads what the statements need.
///
/// # Errors
/// A damaged file of the lake, and a query whose answer lacks a column or a key.
pub fn read(marts: &Marts) -> Result<Input> {
    let rows = |name: &str| marts.rows(name);
    Ok(Input {
        sales: sales(&rows("mart_pnl_sales")?)?,
        shares: shares(&rows("mart_pnl_shares")?)?,
        charges: charges(&rows("mart_pnl_charges")?)?,
        refunds: refunds(&rows("mart_pnl_refunds")?)?,
        orders: orders(&rows("mart_pnl_orders")?)?,
        cost_units: cost_units(&rows("mart_cost_units")?)?,
        line_costs: line_costs(&rows("mart_cost_lines")?)?,
        cost_prices: cost_prices(&rows("mart_cost_prices")?)?,
        receipts: receipts(&rows("mart_cost_receipts")?)?,
        rates: rates(&rows("mart_pnl_rates")?)?,
        settlements: settlements(&rows("mart_settlements")?)?,
        unmatched: unmatched(&rows("mart_unmatched")?)?,
        order_differences: order_differences(&rows("mart_order_differences")?)?,
        order_totals: order_totals(&rows("mart_order_totals")?)?,
        unknown_kinds: unknown_kinds(&rows("mart_settlement_unknown")?)?,
        untold_tax: untold_tax(&rows("mart_tax_untold")?)?,
        doubts: doubts(&rows("mart_pnl_doubts")?)?,
    })
}

fn sales(rows: &Rows) -> Result<Vec<SalesRow>> {
    let mut buckets = Buckets::new(rows)?;
    let integer = |name| Integer::new(rows, name);
    let money = |name| Amount::new(rows, name);
    let (settled, orders, alone) = (integer("settled")?, integer("orders")?, integer("orders_alone")?);
    let (unlabelled, units, unpriced) = (integer("unlabelled_alone")?, integer("units")?, integer("unpriced_lines")?);
    let (gross, discount) = (money("gross")?, money("discount")?);
    let (shipping, other_income, tax) = (money("shipping_charged")?, money("other_income")?, money("tax")?);
    (0..rows.len())
        .map(|row| {
            Ok(SalesRow {
                bucket: buckets.at(row)?,
                settled: settled.at(row)? != 0,
                orders: orders.at(row)?,
                orders_alone: alone.at(row)?,
                unlabelled_alone: unlabelled.at(row)?,
                units: units.at(row)?,
                gross: gross.at(row)?,
                discount: discount.at(row)?,
                shipping_charged: shipping.at(row)?,
                other_income: other_income.at(row)?,
                tax: tax.at(row)?,
                unpriced_lines: unpriced.at(row)?,
            })
        })
        .collect()
}

fn shares(rows: &Rows) -> Result<Vec<OrderShare>> {
    let mut buckets = Buckets::new(rows)?;
    let (order_id, value) = (Text::new(rows, "order_id")?, Amount::new(rows, "value")?);
    let (settled, unlabelled) = (Integer::new(rows, "settled")?, Integer::new(rows, "unlabelled")?);
    (0..rows.len())
        .map(|row| {
            Ok(OrderShare {
                bucket: buckets.at(row)?,
                order_id: order_id.at(row)?.to_owned(),
                value: value.at(row)?,
                settled: settled.at(row)? != 0,
                unlabelled: unlabelled.at(row)? != 0,
            })
        })
        .collect()
}

fn charges(rows: &Rows) -> Result<Vec<Charge>> {
    let mut buckets = Buckets::new(rows)?;
    let (order_id, kind) = (Text::new(rows, "order_id")?, Text::new(rows, "kind")?);
    let amount = Amount::new(rows, "amount")?;
    (0..rows.len())
        .map(|row| {
            Ok(Charge {
                bucket: buckets.at(row)?,
                order_id: order_id.at(row)?.to_owned(),
                kind: kind.at(row)?.to_owned(),
                amount: amount.at(row)?,
            })
        })
        .collect()
}

fn refunds(rows: &Rows) -> Result<Vec<RefundRow>> {
    let text = |name| Text::new(rows, name);
    let integer = |name| Integer::new(rows, name);
    let (month, channel, order_id, source) = (text("month")?, text("channel")?, text("order_id")?, text("source")?);
    let (sku, currency, day) = (text("sku")?, text("currency")?, OnDay::new(rows, "day")?);
    let (recent, shared, tax_included) = (integer("recent")?, integer("shared")?, integer("tax_included")?);
    let (amount, unknown) = (Amount::new(rows, "amount")?, integer("unknown_rows")?);
    let (goods, tax) = (rows.money("order_goods")?, rows.money("order_tax")?);
    let (names, cancelled_paid) = (text("names")?, integer("cancelled_paid")?);
    let (cancelled_goods, cancelled_tax) = (rows.money("cancelled_goods")?, rows.money("cancelled_tax")?);
    (0..rows.len())
        .map(|row| {
            Ok(RefundRow {
                month: month.month(row)?,
                recent: recent.at(row)? != 0,
                channel: channel.at(row)?.into(),
                order_id: order_id.at(row)?.to_owned(),
                source: source.refund_source(row)?,
                sku: sku.at(row)?.into(),
                shared: shared.at(row)? != 0,
                day: day.at(row)?,
                currency: currency.currency(row)?,
                tax_included: tax_included.at(row)? != 0,
                amount: amount.at(row)?,
                order_goods: goods.get(row),
                order_tax: tax.get(row),
                names: names.refunded(row)?,
                cancelled_goods: cancelled_goods.get(row),
                cancelled_tax: cancelled_tax.get(row),
                cancelled_paid: cancelled_paid.at(row)? != 0,
                unknown_rows: unknown.at(row)?,
            })
        })
        .collect()
}

fn orders(rows: &Rows) -> Result<Vec<(Month, Channel, i64)>> {
    let (month, channel) = (Text::new(rows, "month")?, Text::new(rows, "channel")?);
    let orders = Integer::new(rows, "orders")?;
    (0..rows.len()).map(|row| Ok((month.month(row)?, channel.at(row)?.into(), orders.at(row)?))).collect()
}

fn cost_units(rows: &Rows) -> Result<Vec<CostUnits>> {
    let mut buckets = Buckets::new(rows)?;
    let (component, day) = (Text::new(rows, "component")?, OnDay::new(rows, "cost_day")?);
    let (sold, restocked) = (Integer::new(rows, "sold")?, Integer::new(rows, "restocked")?);
    let sold_of_sku = Integer::new(rows, "sold_of_sku")?;
    (0..rows.len())
        .map(|row| {
            Ok(CostUnits {
                bucket: buckets.at(row)?,
                component: component.at(row)?.into(),
                cost_day: day.at(row)?,
                sold: sold.at(row)?,
                restocked: restocked.at(row)?,
                sold_of_sku: sold_of_sku.at(row)?,
            })
        })
        .collect()
}

fn line_costs(rows: &Rows) -> Result<Vec<LineCost>> {
    let mut buckets = Buckets::new(rows)?;
    let (units, cost) = (Integer::new(rows, "units")?, Amount::new(rows, "cost")?);
    (0..rows.len())
        .map(|row| Ok(LineCost { bucket: buckets.at(row)?, units: units.at(row)?, cost: cost.at(row)? }))
        .collect()
}

fn cost_prices(rows: &Rows) -> Result<Vec<CostPrice>> {
    let (sku, from, until) = (Text::new(rows, "sku")?, OnDay::new(rows, "from_day")?, rows.day("until_day")?);
    let (unit_cost, currency) = (Amount::new(rows, "unit_cost")?, Text::new(rows, "currency")?);
    (0..rows.len())
        .map(|row| {
            Ok(CostPrice {
                sku: sku.at(row)?.into(),
                from: from.at(row)?,
                until: until.get(row),
                unit_cost: unit_cost.at(row)?,
                currency: currency.currency(row)?,
            })
        })
        .collect()
}

fn receipts(rows: &Rows) -> Result<Vec<Receipt>> {
    let (sku, day) = (Text::new(rows, "sku")?, OnDay::new(rows, "day")?);
    let (received, before) = (Integer::new(rows, "received")?, Integer::new(rows, "on_hand_before")?);
    let opened_on = rows.day("opened_on")?;
    (0..rows.len())
        .map(|row| {
            Ok(Receipt {
                sku: sku.at(row)?.into(),
                day: day.at(row)?,
                received: received.at(row)?,
                on_hand_before: before.at(row)?,
                opened_on: opened_on.get(row),
            })
        })
        .collect()
}

fn rates(rows: &Rows) -> Result<Vec<DatedRate>> {
    let (day, currency, rate) = (OnDay::new(rows, "day")?, Text::new(rows, "currency")?, rows.rate("rate")?);
    let inverse = Integer::new(rows, "inverse")?;
    (0..rows.len())
        .map(|row| {
            let rate = rate.get(row).ok_or_else(|| unknown(rows, "rate", row))?;
            let worth = if inverse.at(row)? == 0 { Worth::Home(rate) } else { Worth::Foreign(rate) };
            Ok(DatedRate { day: day.at(row)?, currency: currency.currency(row)?, worth })
        })
        .collect()
}

fn settlements(rows: &Rows) -> Result<Vec<SettlementRow>> {
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

fn unmatched(rows: &Rows) -> Result<Vec<UnmatchedRow>> {
    let text = |name| Text::new(rows, name);
    let (side, channel, order_id) = (text("side")?, text("channel")?, text("order_id")?);
    let (line, kind, currency) = (text("line")?, text("kind")?, text("currency")?);
    let day = |name| OnDay::new(rows, name);
    let (on, first, as_of) = (day("day")?, day("first_posted")?, day("as_of")?);
    let amount = rows.money("amount")?;
    let (is_whole, left_out) = (Integer::new(rows, "is_whole")?, Integer::new(rows, "left_out")?);
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
                is_whole: is_whole.at(row)? != 0,
                left_out: left_out.at(row)? != 0,
                as_of: as_of.at(row)?,
            })
        })
        .collect()
}

fn order_differences(rows: &Rows) -> Result<Vec<OrderDifference>> {
    let text = |name| Text::new(rows, name);
    let amount = |name| Amount::new(rows, name);
    let (channel, order_id, against, currency) =
        (text("channel")?, text("order_id")?, text("against")?, text("currency")?);
    let (total, lines_sum, tax, discount) =
        (amount("total")?, amount("lines_sum")?, amount("tax")?, amount("discount")?);
    (0..rows.len())
        .map(|row| {
            Ok(OrderDifference {
                channel: channel.at(row)?.into(),
                order_id: order_id.at(row)?.to_owned(),
                against: if against.at(row)? == "document" { Against::Document } else { Against::Settlement },
                total: total.at(row)?,
                lines_sum: lines_sum.at(row)?,
                tax: tax.at(row)?,
                discount: discount.at(row)?,
                currency: currency.currency(row)?,
            })
        })
        .collect()
}

fn order_totals(rows: &Rows) -> Result<Vec<OrderTotals>> {
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

fn unknown_kinds(rows: &Rows) -> Result<Vec<UnknownKindRow>> {
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
pub(super) fn untold_tax(rows: &Rows) -> Result<Vec<UntoldTax>> {
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

fn doubts(rows: &Rows) -> Result<Vec<Doubt>> {
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

/// The columns that say where an amount lands; names are shared, not copied per row.
struct Buckets<'a> {
    month: Text<'a>,
    recent: Integer<'a>,
    channel: Text<'a>,
    sku: Text<'a>,
    currency: Text<'a>,
    rate_day: OnDay<'a>,
    channels: HashMap<&'a str, Channel>,
    skus: HashMap<&'a str, Sku>,
}

impl<'a> Buckets<'a> {
    fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            month: Text::new(rows, "month")?,
            recent: Integer::new(rows, "recent")?,
            channel: Text::new(rows, "channel")?,
            sku: Text::new(rows, "sku")?,
            currency: Text::new(rows, "currency")?,
            rate_day: OnDay::new(rows, "rate_day")?,
            channels: HashMap::new(),
            skus: HashMap::new(),
        })
    }

    fn at(&mut self, row: usize) -> Result<Bucket> {
        let (channel, sku) = (self.channel.at(row)?, self.sku.at(row)?);
        Ok(Bucket {
            month: self.month.month(row)?,
            recent: self.recent.at(row)? != 0,
            channel: self.channels.entry(channel).or_insert_with(|| Channel::new(channel)).clone(),
            sku: self.skus.entry(sku).or_insert_with(|| Sku::new(sku)).clone(),
            currency: self.currency.currency(row)?,
            rate_day: self.rate_day.at(row)?,
        })
    }
}

/// Columns that a query promises to be known in every row.
macro_rules! known {
    ($type:ident, $column:ident, $read:ident, $value:ty) => {
        struct $type<'a> {
            rows: &'a Rows,
            name: &'static str,
            column: $column<'a>,
        }

        impl<'a> $type<'a> {
            fn new(rows: &'a Rows, name: &'static str) -> Result<Self> {
                Ok(Self { rows, name, column: rows.$read(name)? })
            }

            fn at(&self, row: usize) -> Result<$value> {
                self.column.get(row).ok_or_else(|| unknown(self.rows, self.name, row))
            }
        }
    };
}

known!(Text, Texts, text, &'a str);
known!(Integer, Integers, integer, i64);
known!(Amount, Amounts, money, Money);
known!(OnDay, Days, day, Day);

impl Text<'_> {
    fn refund_source(&self, row: usize) -> Result<RefundSource> {
        match self.at(row)? {
            "settlement" => Ok(RefundSource::Settlement),
            "refund" => Ok(RefundSource::Single),
            "order" => Ok(RefundSource::Order),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    fn lack(&self, row: usize) -> Result<Lack> {
        match self.at(row)? {
            "liquidated" => Ok(Lack::LiquidatedUnits),
            "unsold_charge" => Ok(Lack::SaleOfCharge),
            "kept" => Ok(Lack::ReasonToKeep),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    fn refunded(&self, row: usize) -> Result<Refunded> {
        match self.at(row)? {
            "sold" => Ok(Refunded::Sold),
            "cancelled" => Ok(Refunded::Cancelled),
            "either" => Ok(Refunded::Either),
            other => Err(malformed(self.rows, self.name, other)),
        }
    }

    fn month(&self, row: usize) -> Result<Month> {
        let text = self.at(row)?;
        text.parse().map_err(|_| malformed(self.rows, self.name, text))
    }

    fn currency(&self, row: usize) -> Result<Currency> {
        let text = self.at(row)?;
        text.parse().map_err(|_| malformed(self.rows, self.name, text))
    }
}

fn unknown(rows: &Rows, column: &str, row: usize) -> Box<Diagnostic> {
    let message = format!("`{column}` of `{}` is unknown in row {}", rows.name(), row + 1);
    Diagnostic::error("unknown-cell", message).into()
}

fn malformed(rows: &Rows, column: &str, text: &str) -> Box<Diagnostic> {
    let message = format!("`{column}` of `{}` cannot be `{text}`", rows.name());
    Diagnostic::error("malformed-cell", message).into()
}

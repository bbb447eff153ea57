//! From the queries' answers to [`Input`].

mod columns;
mod documents;

use columns::{Amount, Buckets, Integer, OnDay, Text, unknown};
use documents::{doubts, order_differences, order_totals, settlements, unknown_kinds, unmatched};

pub(super) use documents::untold_tax;

use super::input::{Charge, CostPrice, CostUnits, Input, LineCost, OrderShare, Receipt, RefundRow, SalesRow};
use super::rates::{DatedRate, Worth};
use crate::error::Result;
use crate::lake::Rows;
use crate::query::Marts;
use crate::types::{Channel, Month};

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
    let (sku_goods, sku_tax) = (rows.money("sku_goods")?, rows.money("sku_tax")?);
    let (names, paid_for) = (text("names")?, text("paid_for")?);
    let (foreign, alike) = (integer("cancelled_foreign")?, integer("cancelled_alike")?);
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
                sku_goods: sku_goods.get(row),
                sku_tax: sku_tax.get(row),
                names: names.refunded(row)?,
                cancelled_goods: cancelled_goods.get(row),
                cancelled_tax: cancelled_tax.get(row),
                cancelled_foreign: foreign.at(row)? != 0,
                cancelled_alike: alike.at(row)? != 0,
                paid_for: paid_for.paid_for(row)?,
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

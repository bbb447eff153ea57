//! How much of an amount is the buyer's tax, where a file tells amounts with it and not how much it is?
//! The channel's `prices-hold-tax` says so.

use std::collections::BTreeMap;

use super::shape::{Draft, Verdict};
use crate::config::TaxRates;
use crate::lake::{self, Cell};
use crate::types::{Channel, Currency, Money, Rate};

/// Takes the tax out of the rows of channels whose prices hold it. What a file says of a row's tax
/// stands.
pub(super) fn settle(channels: &BTreeMap<Channel, TaxRates>, verdicts: &mut [Verdict]) {
    for verdict in verdicts {
        let tells_tax = verdict.drafts().iter().any(|draft| text(draft, "kind") == Some("tax_collected"));
        let mut taxes = Vec::new();
        for draft in verdict.drafts_mut() {
            let Some(rates) = text(draft, "channel").and_then(|name| channels.get(name)) else { continue };
            match draft.table.name {
                "order_lines" => order_line(rates, draft),
                "refund_lines" => refund_line(rates, draft),
                "settlement_lines" if text(draft, "kind") == Some("refund") => told_with_tax(draft),
                "settlement_lines" if !tells_tax => taxes.extend(settled_tax(rates, draft)),
                _ => {}
            }
        }
        taxes.into_iter().for_each(|tax| verdict.add(tax));
    }
}

fn order_line(rates: &TaxRates, line: &mut Draft) {
    // Money that is held for others is no price.
    let is_price =
        !matches!(text(line, "kind"), Some("tip" | "kept" | "gift_card" | "donation" | "deposit" | "duties"));
    let tells_none = money(line, "tax").is_none_or(Money::is_zero);
    let sku = text(line, "sku").or(text(line, "channel_sku"));
    if let Some(rate) = rates.of(text(line, "country"), sku).filter(|_| is_price && tells_none) {
        take_out(line, rate);
    }
}

/// A credit note of its own is read as an invoice is: no order tells its tax.
fn refund_line(rates: &TaxRates, refund: &mut Draft) {
    let sku = text(refund, "sku").or(text(refund, "channel_sku"));
    let is_own = *refund.get("credit_note") == Cell::Flag(true) && refund.get("tax_included").is_null();
    match rates.of(None, sku).zip(money(refund, "amount")).filter(|_| is_own) {
        Some((rate, amount)) => {
            refund.put("amount", amount - tax_in(amount, rate, decimals(refund)));
            refund.put("tax_included", false);
        }
        None => told_with_tax(refund),
    }
}

/// What went back of an order gives up the order's part of the tax.
fn told_with_tax(refund: &mut Draft) {
    if refund.get("tax_included").is_null() {
        refund.put("tax_included", true);
    }
}

/// Splits what a settlement tells of a sale: its tax becomes a line of its own. The tax of an order may
/// stand in records of their own, so that line says whose it is: the queries put the two together again
/// where the settlement tells the tax itself.
fn settled_tax(rates: &TaxRates, line: &mut Draft) -> Option<Draft> {
    let description = match text(line, "kind")? {
        "sale" => "tax held by sale",
        "shipping_charged" => "tax held by shipping_charged",
        "discount" => "tax held by discount",
        _ => return None,
    };
    let sku = text(line, "sku").or(text(line, "channel_sku"));
    let rate = rates.of(line.country, sku)?;
    let amount = money(line, "amount")?;
    let tax = tax_in(amount, rate, decimals(line));
    line.put("tax_included", false);
    if tax.is_zero() {
        return None;
    }
    let order = text(line, "order_id").unwrap_or_default().to_owned();
    let name = lake::twin_name(&order, &[text(line, "line").unwrap_or_default().as_bytes(), b"tax"]);
    line.put("amount", amount - tax);
    let held = line.clone().set("kind", "tax_collected").set("line", name).set("quantity", Cell::Null);
    Some(held.set("description", description).set("tax_included", true).set("amount", tax))
}

/// Takes the tax of this rate out of an order line whose price, discount and shipping hold it: of what
/// the buyer pays `p` the tax is `p × r ÷ (1 + r)`, half away from zero to the smallest coin, and the
/// parts add up to what was paid.
pub(super) fn take_out(line: &mut Draft, rate: Rate) {
    let units = if let Cell::Integer(units) = line.get("quantity") { *units } else { 0 };
    let by_unit = || money(line, "unit_price").and_then(|price| price.checked_times(units));
    let Some(gross) = money(line, "gross").or_else(by_unit) else { return };
    let (discount, shipping) = (money(line, "discount"), money(line, "shipping_charged"));
    let part = |amount: Money| tax_in(amount, rate, decimals(line));
    let paid = gross - discount.unwrap_or_default() + shipping.unwrap_or_default();
    let tax = part(paid);
    let (mut of_gross, mut of_discount) = (part(gross), part(discount.unwrap_or_default()));
    // The last part that there is bears what rounding leaves.
    let of_shipping = match (shipping, discount) {
        (Some(shipping), _) if !shipping.is_zero() => tax - of_gross + of_discount,
        (_, Some(discount)) if !discount.is_zero() => {
            of_discount = of_gross - tax;
            Money::ZERO
        }
        _ => {
            of_gross = tax;
            Money::ZERO
        }
    };
    line.put("unit_price", (gross - of_gross).divided_by(units));
    line.put("gross", gross - of_gross);
    line.put("discount", discount.map(|amount| amount - of_discount));
    line.put("shipping_charged", shipping.map(|amount| amount - of_shipping));
    line.put("tax", tax);
}

/// The tax in an amount that holds it.
fn tax_in(amount: Money, rate: Rate, decimals: u32) -> Money {
    let coin = i128::from(10_i64.pow(4 - decimals.min(4)));
    let (held, whole) = (i128::from(rate.millionths()), i128::from(Rate::SCALE + rate.millionths()));
    let exact = i128::from(amount.ten_thousandths()) * held;
    let coins = (exact.abs() * 2 + whole * coin) / (whole * coin * 2);
    let tax = i64::try_from(coins * coin).expect("a part of an amount is an amount");
    Money::from_ten_thousandths(if exact < 0 { -tax } else { tax })
}

fn decimals(row: &Draft) -> u32 {
    text(row, "currency").and_then(|currency| currency.parse().ok()).map_or(2, Currency::decimals)
}

fn money(row: &Draft, column: &str) -> Option<Money> {
    if let Cell::Money(amount) = row.get(column) { Some(*amount) } else { None }
}

fn text<'a>(row: &'a Draft, column: &str) -> Option<&'a str> {
    if let Cell::Text(text) = row.get(column) { Some(text.as_str()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(gross: &str, discount: Option<&str>, shipping: Option<&str>, currency: &str) -> Draft {
        let amount = |text: &str| text.parse::<Money>().unwrap();
        Draft::new("order_lines")
            .set("quantity", 2)
            .set("gross", amount(gross))
            .set("discount", discount.map(amount))
            .set("shipping_charged", shipping.map(amount))
            .set("currency", currency)
    }

    fn without_tax(mut line: Draft, percent: i64) -> [String; 4] {
        take_out(&mut line, Rate::from_millionths(percent * 10_000));
        ["gross", "discount", "shipping_charged", "tax"]
            .map(|column| money(&line, column).map_or(String::new(), |amount| amount.to_string()))
    }

    #[test]
    fn the_parts_add_up_to_what_was_paid() {
        assert_eq!(without_tax(line("59.50", None, None, "EUR"), 19), ["50.00", "", "", "9.50"]);
        // 10.00 − 1.00 + 3.33 = 12.33, of which 2.06 are tax
        assert_eq!(without_tax(line("10.00", Some("1.00"), Some("3.33"), "GBP"), 20), ["8.33", "0.83", "2.77", "2.06"]);
        assert_eq!(without_tax(line("10.00", Some("1.01"), None, "GBP"), 20), ["8.33", "0.84", "", "1.50"]);
        assert_eq!(without_tax(line("1100.00", None, None, "JPY"), 10), ["1000.00", "", "", "100.00"]);
    }

    #[test]
    fn half_a_coin_is_rounded_away_from_nothing() {
        let of = |amount: &str| tax_in(amount.parse().unwrap(), Rate::from_millionths(200_000), 2).to_string();
        assert_eq!((of("0.03"), of("-0.03"), of("0.02")), ("0.01".into(), "-0.01".into(), "0.00".into()));
    }
}

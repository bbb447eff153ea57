//! Which article is a refund of that names none? That of the single refunds that are the same money.
//!
//! A settlement, or an order's own total, pays back an amount and says no more. Where a document of single
//! refunds names the article, what it tells counts on the day of the settlement: also how much of the money is
//! tax, since articles of one order may bear different rates.
//!
//! Example: an order of a book at 7 % and a mug at 19 % was paid back 5.00. A credit note says 4.67 for the
//! book, which is 5.00 with its tax: so the book gave up 4.67, and the mug nothing.

use super::input::{RefundRow, RefundSource};
use super::refunds::SAME_MONEY;
use crate::types::Money;

/// The refunds of one order, those that name no article under the names of the single ones; `None` where no
/// name is lent.
pub(super) fn named(rows: &[&RefundRow]) -> Option<Vec<RefundRow>> {
    let names_article = |row: &&&RefundRow| row.source == RefundSource::Single && row.sku_goods.is_some();
    let singles: Vec<&RefundRow> = rows.iter().filter(names_article).copied().collect();
    let lacks_name = |row: &&RefundRow| row.shared && row.source != RefundSource::Single;
    if singles.is_empty() || !rows.iter().any(lacks_name) {
        return None;
    }
    let mut lent: Vec<RefundRow> = rows.iter().filter(|row| !lacks_name(row)).map(|row| (*row).clone()).collect();
    let before = lent.len();
    let mut unnamed = Vec::new();
    for source in [RefundSource::Settlement, RefundSource::Order] {
        let of_source: Vec<&RefundRow> =
            rows.iter().filter(|row| lacks_name(row) && row.source == source).copied().collect();
        unnamed.extend(lend(&of_source, singles.clone(), &mut lent));
    }
    let any = lent.len() > before;
    lent.extend(unnamed.into_iter().cloned());
    any.then_some(lent)
}

/// Lends each refund the name of a single one, or the last that is left the names of all that are; gives those
/// that stay without.
fn lend<'a>(refunds: &[&'a RefundRow], mut singles: Vec<&RefundRow>, lent: &mut Vec<RefundRow>) -> Vec<&'a RefundRow> {
    let mut unnamed = Vec::new();
    for refund in refunds {
        match singles.iter().position(|single| is_same(refund, &[*single])) {
            Some(place) => lent.push(under_name(refund, singles.remove(place))),
            None => unnamed.push(*refund),
        }
    }
    match unnamed[..] {
        [last] if !singles.is_empty() && is_same(last, &singles) => {
            lent.extend(singles.iter().map(|single| under_name(last, single)));
            Vec::new()
        }
        _ => unnamed,
    }
}

fn under_name(refund: &RefundRow, single: &RefundRow) -> RefundRow {
    RefundRow {
        sku: single.sku.clone(),
        shared: false,
        amount: single.amount,
        tax_included: single.tax_included,
        sku_goods: single.sku_goods,
        sku_tax: single.sku_tax,
        names: single.names,
        ..refund.clone()
    }
}

fn is_same(refund: &RefundRow, singles: &[&RefundRow]) -> bool {
    let told: Money = singles.iter().map(|single| told_like(single, refund.tax_included)).sum();
    (told - refund.amount).abs() <= SAME_MONEY
}

/// What a single refund comes to with its article's tax, or without.
fn told_like(single: &RefundRow, with_tax: bool) -> Money {
    let parts = single.sku_goods.zip(single.sku_tax);
    let Some((goods, tax)) = parts.filter(|(goods, tax)| *goods > Money::ZERO && *tax > Money::ZERO) else {
        return single.amount;
    };
    let part = |amount: Money, of: Money, whole: Money| amount.split(&[of, whole - of].map(Money::ten_thousandths))[0];
    match (single.tax_included, with_tax) {
        (false, true) => single.amount + taxed(single.amount, goods, tax),
        (true, false) => part(single.amount, goods, goods + tax),
        _ => single.amount,
    }
}

/// The tax on an amount of goods, to the cent.
fn taxed(amount: Money, goods: Money, tax: Money) -> Money {
    let [amount, goods, tax] = [amount, goods, tax].map(|money| i128::from(money.ten_thousandths()));
    let cents = (amount * tax / goods + 50 * (amount * tax).signum()) / 100;
    Money::from_cents(i64::try_from(cents).unwrap_or_default())
}

//! Is the tax beside a discounted price that of the price, or that of what was paid? The rate that it comes
//! to tells: of a price `p` that holds its tax, a discount `d` and a tax `t` this is
//!
//! ```text
//! of the price          t ÷ (p − t)
//! of what was paid      t ÷ (p − d − t)
//! ```
//!
//! and one of the two is a rate that a country may have. Of a small amount both may be: then as most of the
//! file's amounts tell.

use std::io;

use super::cell::{Locale, Value};
use super::reading::decoded;
use super::recognise::Known;
use super::record::Record;
use super::records::{Block, Records};
use crate::types::Money;

/// Whether the tax is that of what was paid; `None` where both readings come to a usual rate, or neither.
///
/// Example: of 119.00 less 11.90, a tax of 17.10 is 19 % of what was paid, and of 119.00 no such rate.
pub(crate) fn is_of_paid(price: Money, paid: Money, tax: Money, decimals: u32) -> Option<bool> {
    let [of_price, of_paid] = [price, paid].map(|amount| is_usual(amount, tax, decimals));
    (of_price != of_paid).then_some(of_paid)
}

/// Rates in thousandths that are no multiple of half a percent, as all others are: of France, Ireland and
/// Switzerland (Your Europe, "VAT rules and rates", europa.eu; Swiss Federal Tax Administration, rates since
/// 2018 and since 2024; as known on 2026-12-01).
const ODD: [i128; 7] = [21, 26, 37, 38, 48, 77, 81];

/// Whether an amount holds this tax, to the currency's smallest coin, at a rate that countries have: a
/// multiple of half a percent up to 30 %, or one of [`ODD`].
fn is_usual(amount: Money, tax: Money, decimals: u32) -> bool {
    let [amount, tax] = [amount, tax].map(|money| i128::from(money.ten_thousandths()));
    let coin = 10_i128.pow(4 - decimals.min(4));
    let fits = |rate: i128| (tax * (1_000 + rate) - amount * rate).abs() <= coin * (1_000 + rate);
    tax > 0 && tax < amount && (5..=300).step_by(5).chain(ODD).any(fits)
}

/// The fields of a price, of its tax and of what is taken off.
pub(crate) type Discounted = [&'static str; 3];

/// How the votes of a file are read: the columns of its discounted prices.
pub(super) struct DiscountVotes<'a> {
    known: &'a Known<'a>,
    locale: &'a Locale,
    columns: Vec<[usize; 3]>,
}

impl<'a> DiscountVotes<'a> {
    /// `None` where the layout has no such prices, or the file lacks them.
    pub(super) fn reading(known: &'a Known<'a>, locale: &'a Locale) -> Option<Self> {
        let column = |name: &str| known.found.columns[known.layout.field(name)?];
        let of = |[price, tax, discount]: &Discounted| Some([column(price)?, column(tax)?, column(discount)?]);
        let columns: Vec<[usize; 3]> = known.layout.style.discounted.iter().filter_map(of).collect();
        (!columns.is_empty()).then_some(Self { known, locale, columns })
    }

    /// One for each tax of what was paid, one less for each of a price.
    pub(super) fn votes(&self, block: &Block) -> io::Result<i64> {
        let mut records = Records::over(&block.text, self.known.dialect);
        let mut votes = 0;
        while let Some(record) = records.read()? {
            if record.fault.is_none() {
                votes += self.columns.iter().map(|columns| self.vote(&record, *columns)).sum::<i64>();
            }
        }
        Ok(votes)
    }

    fn vote(&self, record: &Record<'_>, [price, tax, discount]: [usize; 3]) -> i64 {
        let told = || {
            let off = self.money(record, discount)?.abs();
            let (price, tax) = (self.money(record, price)?, self.money(record, tax)?);
            is_of_paid(price, price.checked_add(-off)?, tax, self.locale.currency.decimals()).filter(|_| !off.is_zero())
        };
        match told() {
            Some(true) => 1,
            Some(false) => -1,
            None => 0,
        }
    }

    fn money(&self, record: &Record<'_>, column: usize) -> Option<Money> {
        let cell = (column < record.width()).then(|| record.cell(column)).filter(|cell| !cell.is_empty())?;
        let text = decoded(cell, self.known.charset())?;
        match super::cell::Reader::Money.read(&text, self.locale).ok()? {
            Value::Money(amount) => Some(amount),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(price: &str, discount: &str, tax: &str) -> Option<bool> {
        let [price, discount, tax] = [price, discount, tax].map(|text| text.parse::<Money>().unwrap());
        is_of_paid(price, price - discount, tax, 2)
    }

    #[test]
    fn the_rate_tells_what_the_tax_is_of() {
        assert_eq!(told("238.00", "23.80", "34.20"), Some(true));
        assert_eq!(told("238.00", "23.80", "38.00"), Some(false));
        assert_eq!(told("84.40", "8.44", "3.96"), Some(true), "5.5 %");
        let yen = [10_990, 9_890, 999].map(|amount| Money::from_cents(amount * 100));
        assert_eq!(is_of_paid(yen[0], yen[1], yen[2], 0), Some(false), "999.09 are cut to whole yen");
    }

    #[test]
    fn small_amounts_and_odd_rates_tell_nothing() {
        assert_eq!(told("2.00", "0.10", "0.32"), None, "19 % and 20 %");
        assert_eq!(told("100.00", "10.00", "29.37"), None, "neither");
        assert_eq!(told("100.00", "100.00", "0.00"), None, "given away");
        assert_eq!(told("10.00", "12.00", "15.00"), None, "more than all");
    }
}

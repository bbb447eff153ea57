//! Exact amounts: an integer number of ten-thousandths, never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

/// An amount of money in ten-thousandths of the currency's unit, so that it is the same number as
/// the lake's `DECIMAL(18,4)`.
///
/// The currency stands beside it (in a column or a field): amounts of two currencies must never
/// meet in one sum. Adding panics on overflow instead of wrapping; nine hundred trillion units
/// fit, and a reader refuses larger cells, so an overflow is a defect and not an input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(i64);

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyError {
    /// Not digits with at most one decimal point and a leading sign.
    Malformed,
    /// More than four digits after the point that are not zero.
    TooPrecise,
    /// Beyond `DECIMAL(18,4)`.
    TooLarge,
}

impl Money {
    /// No money. Not to be used for "unknown": that is `Option::None`.
    pub const ZERO: Self = Self(0);
    /// Ten-thousandths in one unit.
    pub const SCALE: i64 = 10_000;
    const LIMIT: i64 = 999_999_999_999_999_999;

    /// The amount of so many ten-thousandths, as the lake stores it.
    pub const fn from_ten_thousandths(value: i64) -> Self {
        Self(value)
    }

    /// The amount of so many hundredths (cents).
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents * 100)
    }

    /// How many ten-thousandths this is.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// The amount as a float, for charts and statistics only: a float never comes back as money.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// True for exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The amount without its sign.
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// The sum, or `None` beyond `DECIMAL(18,4)`.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).and_then(Self::within_limit)
    }

    /// This amount `count` times, or `None` beyond `DECIMAL(18,4)`.
    pub fn checked_times(self, count: i64) -> Option<Self> {
        self.0.checked_mul(count).and_then(Self::within_limit)
    }

    /// This amount `count` times.
    ///
    /// # Panics
    /// Beyond `DECIMAL(18,4)`.
    pub fn times(self, count: i64) -> Self {
        self.checked_times(count).expect("money beyond DECIMAL(18,4)")
    }

    /// `rate` of this amount, rounded half away from zero to the cent.
    ///
    /// ```
    /// use trueup::types::{Money, Rate};
    /// let fee = Money::from_cents(1999).at_rate("0.0525".parse::<Rate>().unwrap());
    /// assert_eq!(fee, Money::from_cents(105)); // 1.049475
    /// ```
    pub fn at_rate(self, rate: Rate) -> Self {
        let exact = i128::from(self.0) * i128::from(rate.0);
        Self::from_cents(divide_half_away(exact, i128::from(Rate::SCALE) * 100))
    }

    /// This amount divided by a rate, rounded half away from zero to the cent; `None` where the rate is
    /// zero.
    ///
    /// ```
    /// # use trueup::types::{Money, Rate};
    /// let dollars = Money::from_cents(1250).over_rate("1.25".parse::<Rate>().unwrap());
    /// assert_eq!(dollars, Some(Money::from_cents(1000)));
    /// ```
    pub fn over_rate(self, rate: Rate) -> Option<Self> {
        let exact = i128::from(self.0) * i128::from(Rate::SCALE);
        (rate.0 != 0).then(|| Self::from_cents(divide_half_away(exact, i128::from(rate.0) * 100)))
    }

    /// This amount divided by `count`, rounded half away from zero to the ten-thousandth; `None`
    /// when `count` is zero.
    pub fn divided_by(self, count: i64) -> Option<Self> {
        (count != 0).then(|| Self(divide_half_away(i128::from(self.0), i128::from(count))))
    }

    /// Rounded half away from zero to the cent.
    pub fn to_cent(self) -> Self {
        Self::from_cents(divide_half_away(i128::from(self.0), 100))
    }

    /// Splits the amount in proportion to `weights` so that the parts add up to it exactly
    /// (largest remainder; ties go to the earlier part). Weights must not be negative; if all are
    /// zero the parts are equal. In units of a cent where the amount is whole cents.
    ///
    /// # Panics
    /// On a negative weight.
    ///
    /// ```
    /// use trueup::types::Money;
    /// let parts = Money::from_cents(100).split(&[1, 1, 1]);
    /// assert_eq!(parts, [34, 33, 33].map(Money::from_cents));
    /// ```
    pub fn split(self, weights: &[i64]) -> Vec<Self> {
        let unit = if self.0 % 100 == 0 { 100 } else { 1 };
        split_units(self.0 / unit, weights).into_iter().map(|part| Self(part * unit)).collect()
    }

    fn within_limit(value: i64) -> Option<Self> {
        (value.abs() <= Self::LIMIT).then_some(Self(value))
    }
}

/// Splits whole units in proportion to `weights`; see [`Money::split`].
pub(crate) fn split_units(total: i64, weights: &[i64]) -> Vec<i64> {
    if weights.is_empty() {
        return Vec::new();
    }
    assert!(weights.iter().all(|weight| *weight >= 0), "weights must not be negative");
    if weights.len() == 1 {
        return vec![total];
    }
    if total == 0 {
        return vec![0; weights.len()];
    }
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    if sum == 0 {
        return split_units(total, &vec![1; weights.len()]);
    }
    let magnitude = total.unsigned_abs();
    let mut parts: Vec<i64> = Vec::with_capacity(weights.len());
    let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        let (part, remainder) = share(magnitude, weight.unsigned_abs(), sum.unsigned_abs());
        parts.push(part as i64);
        remainders.push((remainder, index));
    }
    let left = magnitude - parts.iter().map(|part| part.unsigned_abs()).sum::<u64>();
    remainders.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, index) in remainders.into_iter().take(left as usize) {
        parts[index] += 1;
    }
    if total < 0 {
        parts.iter_mut().for_each(|part| *part = -*part);
    }
    parts
}

/// `weight` parts in `sum` of so many units: whole units and what is left over, in parts.
fn share(units: u64, weight: u64, sum: u128) -> (u64, u128) {
    // Dividing numbers of 128 bits takes ten times as long, and hardly any are that large.
    if let (Some(exact), Ok(sum)) = (units.checked_mul(weight), u64::try_from(sum)) {
        return (exact / sum, u128::from(exact % sum));
    }
    let exact = u128::from(units) * u128::from(weight);
    ((exact / sum) as u64, exact % sum)
}

fn divide_half_away(numerator: i128, denominator: i128) -> i64 {
    let quotient = (numerator.abs() + denominator.abs() / 2) / denominator.abs();
    let signed = if (numerator < 0) == (denominator < 0) { quotient } else { -quotient };
    i64::try_from(signed).expect("money beyond DECIMAL(18,4)")
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.checked_add(other.0).expect("money beyond DECIMAL(18,4)"))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.checked_sub(other.0).expect("money beyond DECIMAL(18,4)"))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// `1141.18`: a point, two decimals, or four where the third or fourth is not zero.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (units, fraction) = (magnitude / 10_000, magnitude % 10_000);
        let sign = if self.0 < 0 { "-" } else { "" };
        let text = if fraction % 100 == 0 {
            format!("{sign}{units}.{:02}", fraction / 100)
        } else {
            format!("{sign}{units}.{fraction:04}")
        };
        f.pad(&text)
    }
}

/// Reads what [`fmt::Display`] writes, with or without decimals. Export cells go through the
/// reader of `ingest`, which knows about commas, currency signs and brackets.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        decimal(text, 4).and_then(|value| Self::within_limit(value).ok_or(MoneyError::TooLarge))
    }
}

/// A share or a percentage as an exact fraction in millionths: 5.25 % is `0.0525`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(i64);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Millionths in one whole.
    pub const SCALE: i64 = 1_000_000;

    /// So many millionths.
    pub const fn from_millionths(value: i64) -> Self {
        Self(value)
    }

    /// How many millionths this is.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// The nearest rate to a float, as settings files carry it.
    pub fn from_f64(value: f64) -> Self {
        Self((value * Self::SCALE as f64).round() as i64)
    }

    /// The rate as a float.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }
}

impl FromStr for Rate {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        decimal(text, 6).map(Self)
    }
}

fn decimal(text: &str, scale: usize) -> Result<i64, MoneyError> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(MoneyError::Malformed);
    }
    let significant = fraction.trim_end_matches('0');
    if significant.len() > scale {
        return Err(MoneyError::TooPrecise);
    }
    let mut value: i64 = 0;
    let padding = scale - significant.len();
    for digit in whole.bytes().chain(significant.bytes()).chain(std::iter::repeat_n(b'0', padding)) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(i64::from(digit - b'0')))
            .ok_or(MoneyError::TooLarge)?;
    }
    Ok(if negative { -value } else { value })
}

/// A currency by its ISO 4217 letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(*b"USD");
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// No currency (ISO 4217): amounts of which nobody tells in which they are. It has no rate.
    pub const NONE: Self = Self(*b"XXX");

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is ASCII letters")
    }

    /// What the tax is called that the price a buyer is shown usually holds in the countries of this
    /// currency; `None` where prices are shown without it.
    ///
    /// In the European Union and beside it the law says so (Directive 98/6/EC, article 2: "inclusive of VAT
    /// and all other taxes"); so do Australia's (Competition and Consumer Act 2010, section 48), New
    /// Zealand's, Japan's (since 1 April 2021), Singapore's and India's rules on prices. Amazon's and TikTok
    /// Shop's other marketplaces with a value added tax show it in their prices too.
    pub fn tax_in_prices(self) -> Option<&'static str> {
        match &self.0 {
            b"EUR" | b"GBP" | b"CHF" | b"NOK" | b"SEK" | b"DKK" | b"ISK" | b"PLN" | b"CZK" | b"HUF" | b"RON"
            | b"BGN" | b"AED" | b"SAR" | b"ZAR" | b"TRY" | b"EGP" | b"THB" | b"VND" | b"IDR" | b"PHP" => Some("VAT"),
            b"AUD" | b"NZD" | b"SGD" | b"INR" => Some("GST"),
            b"MYR" => Some("sales tax"),
            b"JPY" => Some("consumption tax"),
            b"BRL" => Some("tax"),
            _ => None,
        }
    }

    /// Whether prices in this currency usually hold their tax.
    pub fn prices_hold_tax(self) -> bool {
        self.tax_in_prices().is_some()
    }

    /// Decimal places of the currency's smallest coin (ISO 4217): 0 for yen, 3 for Kuwaiti dinar.
    pub fn decimals(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"UGX" | b"XAF" | b"XOF" | b"PYG" => 0,
            b"KWD" | b"BHD" | b"OMR" | b"JOD" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| MoneyError::Malformed)?;
        if bytes.iter().all(u8::is_ascii_alphabetic) {
            Ok(Self(bytes.map(|byte| byte.to_ascii_uppercase())))
        } else {
            Err(MoneyError::Malformed)
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_share_is_that_of_numbers_of_any_size(units: u64, weight in 0..=i64::MAX as u64, more: u64) {
            for (units, weight) in [(units, weight), (units >> 40, weight >> 40), (units, 0)] {
                let sum = u128::from(weight) + u128::from(more) + 1;
                let exact = u128::from(units) * u128::from(weight);
                prop_assert_eq!(share(units, weight, sum), ((exact / sum) as u64, exact % sum));
            }
        }

        #[test]
        fn parts_add_up(total in -1_000_000_000_000_i64..1_000_000_000_000, weights in prop::collection::vec(0..2_000_000_000_000_i64, 1..9)) {
            let parts = split_units(total, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights).filter(|_| sum > 0) {
                let exact = i128::from(total) * i128::from(*weight);
                prop_assert!((i128::from(*part) * sum - exact).abs() < sum, "{part} of {total} for {weight}");
            }
        }
    }
}

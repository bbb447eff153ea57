//! Which rate does a cell hold? A share, a percentage or an exchange rate.

use super::{Flaw, Locale};
use crate::config::Decimal;
use crate::types::Rate;

/// A rate in whole percents: `10,0` and `10,0 %` are a tenth.
pub(crate) fn percent(text: &str, locale: &Locale) -> Result<Rate, Flaw> {
    rate(&format!("{}%", text.trim().trim_end_matches('%')), locale)
}

/// A share or an exchange rate: `0.0525`, or `5.25%`. Further decimals than the lake keeps are rounded
/// half away from zero; a rate so small that this would change it by more than a thousandth is refused.
pub(crate) fn rate(text: &str, locale: &Locale) -> Result<Rate, Flaw> {
    let bad = || Flaw::new("bad_rate", "not a rate such as `0.0525`");
    let text = text.trim();
    let (number, percent) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), true),
        None => (text, false),
    };
    let number = if locale.decimal == Some(Decimal::Comma) { number.replace(',', ".") } else { number.to_owned() };
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    // What is beyond is lost in any case, and would not go into an integer.
    const DECIMALS: usize = 12;
    let is_plain = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let digits = format!("{whole}{:0<DECIMALS$}", fraction.get(..DECIMALS).unwrap_or(fraction));
    let exact: i128 = digits
        .parse()
        .ok()
        .filter(|_| is_plain && number.contains(|digit: char| digit.is_ascii_digit()))
        .ok_or_else(bad)?;
    let unit = 10_i128.pow(DECIMALS as u32 - 6) * if percent { 100 } else { 1 };
    let rounded = (exact.abs() + unit / 2) / unit;
    if (rounded * unit - exact.abs()).abs() * 1000 > exact.abs() {
        let reason = "six decimals are kept, which is too few for so small a rate: give it the other way round";
        return Err(Flaw::new("rate_too_small", reason));
    }
    let millionths = i64::try_from(rounded).map_err(|_| bad())?;
    Ok(Rate::from_millionths(if exact < 0 { -millionths } else { millionths }))
}

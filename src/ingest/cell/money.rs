//! Which amount does a cell hold? Exactly, in the file's own way of writing, which `decimal_evidence` settles.

use super::currency_sign::agrees;
use super::{Flaw, Locale};
use crate::config::Decimal;
use crate::types::{Currency, Money, MoneyError};

/// No amount of a shop is larger: sums over the cells of a record stay far below what an amount can be.
const LARGEST: Money = Money::from_cents(100_000_000_000_000);

/// An amount in the locale's currency.
pub(crate) fn money(text: &str, locale: &Locale) -> Result<Money, Flaw> {
    match plain(text, locale) {
        Some(amount) => within(amount),
        None => written(text, locale).and_then(within),
    }
}

fn within(amount: Money) -> Result<Money, Flaw> {
    let reason = "beyond 1,000,000,000,000, which no amount of a shop is";
    if amount.abs() > LARGEST { Err(Flaw::new("money_overflow", reason)) } else { Ok(amount) }
}

/// An amount that is written in one of the many other ways.
fn written(text: &str, locale: &Locale) -> Result<Money, Flaw> {
    let (number, negative) = bare_number(text, locale.currency)?;
    let digits = with_point(&number, locale)?;
    let amount: Money = digits.parse().map_err(|error| match error {
        MoneyError::TooLarge => Flaw::new("money_overflow", "beyond any amount"),
        MoneyError::TooPrecise => precision(locale.currency),
        MoneyError::Malformed => bad(),
    })?;
    let unit = 10_i64.pow(4 - locale.currency.decimals());
    if amount.ten_thousandths() % unit != 0 {
        return Err(precision(locale.currency));
    }
    Ok(if negative { -amount } else { amount })
}

/// `1234.56` and `-5.00`, by far the most frequent.
fn plain(text: &str, locale: &Locale) -> Option<Money> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, cents) = digits.as_bytes().split_at_checked(digits.len().checked_sub(3)?)?;
    let point = locale.decimal == Some(Decimal::Point) && locale.currency.decimals() == 2;
    if !point || cents[0] != b'.' || whole.is_empty() || whole.len() > 12 {
        return None;
    }
    let mut value: i64 = 0;
    for digit in whole.iter().chain(&cents[1..]) {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(Money::from_cents(if negative { -value } else { value }))
}

pub(super) fn bad() -> Flaw {
    Flaw::new("bad_money", "not an amount such as `1,249.00`")
}

fn precision(currency: Currency) -> Flaw {
    Flaw::new("money_precision", format!("{currency} has {} decimals", currency.decimals()))
}

pub(super) fn ambiguous() -> Flaw {
    Flaw::new("ambiguous_decimal", "it is not clear whether the comma or the point is the decimal mark here")
}

/// Takes off brackets, signs and the currency.
fn bare_number(text: &str, currency: Currency) -> Result<(String, bool), Flaw> {
    let mut rest = text.trim_matches(|letter: char| letter == '\t' || (letter.is_whitespace()));
    let mut negative = false;
    if let Some(inner) = rest.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        (rest, negative) = (inner, true);
    }
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, '.' | ',');
    let start = rest.find(is_number).ok_or_else(bad)?;
    let end = rest.rfind(is_number).map_or(rest.len(), |last| last + 1);
    let (before, number, after) = (&rest[..start], &rest[start..end], &rest[end..]);
    // `49,-` has no cents; it is not below zero.
    let dashes = after.trim_start_matches(['-', '\u{2013}', '\u{2014}']);
    let (number, after) = match number.strip_suffix([',', '.']) {
        Some(whole) if dashes.len() < after.len() => (whole, dashes),
        _ => (number, after),
    };
    let mut sign = None;
    let mut letters = String::new();
    for letter in before.chars().chain(after.chars()) {
        match letter {
            '-' | '\u{2212}' | '+' if sign.is_none() => sign = Some(letter != '+'),
            '(' if before.contains('(') && after.contains(')') => negative = true,
            ')' if before.contains('(') && after.contains(')') => {}
            letter if letter.is_whitespace() => {}
            letter => letters.push(letter),
        }
    }
    if !letters.is_empty() {
        agrees(&letters, currency)?;
    }
    if negative && sign.is_some() {
        return Err(bad());
    }
    Ok((number.to_owned(), negative || sign == Some(true)))
}

/// The digits with a point as decimal mark and no groups.
fn with_point(number: &str, locale: &Locale) -> Result<String, Flaw> {
    let number: String = number.chars().map(|letter| if is_space(letter) { ' ' } else { letter }).collect();
    if number.chars().any(|letter| !letter.is_ascii_digit() && !matches!(letter, '.' | ',' | ' ')) {
        return Err(bad());
    }
    let has_mark = number.contains(['.', ',']);
    let decimal = match locale.decimal {
        Some(decimal) => decimal,
        None if !has_mark => Decimal::Point,
        None => return Err(ambiguous()),
    };
    let (point, group) = if decimal == Decimal::Comma { (',', '.') } else { ('.', ',') };
    let (whole, fraction) = match number.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number.as_str(), None),
    };
    if fraction.is_some_and(|fraction| fraction.bytes().any(|byte| !byte.is_ascii_digit())) {
        return Err(ambiguous());
    }
    let whole = ungrouped(whole, group)?;
    let fraction = fraction.unwrap_or_default();
    if whole.is_empty() && fraction.is_empty() {
        return Err(bad());
    }
    Ok(format!("{whole}.{fraction}"))
}

pub(super) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '\u{2019}')
}

fn ungrouped(whole: &str, group: char) -> Result<String, Flaw> {
    let groups: Vec<&str> = whole.split([group, ' ']).collect();
    let plain = groups.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let in_threes =
        groups.len() == 1 || (groups[1..].iter().all(|part| part.len() == 3) && (1..=3).contains(&groups[0].len()));
    if plain && in_threes { Ok(groups.concat()) } else { Err(ambiguous()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::DecimalEvidence;
    use super::*;

    fn locale(decimal: Option<Decimal>, currency: &str) -> Locale {
        Locale { decimal, dates: None, zone: chrono_tz::UTC, currency: currency.parse().unwrap(), latest: None }
    }

    fn read(text: &str, decimal: Option<Decimal>, currency: &str) -> Result<String, &'static str> {
        money(text, &locale(decimal, currency)).map(|amount| amount.to_string()).map_err(|flaw| flaw.code)
    }

    #[test]
    fn amounts_in_files_with_points() {
        for (text, expected) in [
            ("1,234.56", Ok("1234.56")),
            ("$12.30", Ok("12.30")),
            ("US $12.30", Ok("12.30")),
            ("12.30 USD", Ok("12.30")),
            ("(12.30)", Ok("-12.30")),
            ("$(12.34)", Ok("-12.34")),
            ("($12.34)", Ok("-12.34")),
            ("-$0.99", Ok("-0.99")),
            ("12.30-", Ok("-12.30")),
            ("\u{2212}12.30", Ok("-12.30")),
            ("12\u{a0}000.00", Ok("12000.00")),
            ("321.69    ", Ok("321.69")),
            (".5", Ok("0.50")),
            ("5.", Ok("5.00")),
            ("5.-", Ok("5.00")),
            ("-5.--", Ok("-5.00")),
            ("5-", Ok("-5.00")),
            ("1e3", Err("bad_money")),
            ("NaN", Err("bad_money")),
            ("0x10", Err("bad_money")),
            ("1_000", Err("bad_money")),
            ("10.00\u{200b}", Err("bad_money")),
            ("١٢٣", Err("bad_money")),
            ("12.345", Err("money_precision")),
            ("1000000000000.00", Ok("1000000000000.00")),
            ("-1000000000000.01", Err("money_overflow")),
            ("92233720368547758.08", Err("money_overflow")),
            ("999999999999999999999999", Err("money_overflow")),
            ("1.234,56", Err("ambiguous_decimal")),
            ("12,30", Err("ambiguous_decimal")),
            ("€5.00", Err("bad_currency")),
            ("--5", Err("bad_money")),
        ] {
            assert_eq!(read(text, Some(Decimal::Point), "USD"), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_comma_is_not_a_factor_of_a_hundred() {
        assert_eq!(read("1141,18", Some(Decimal::Comma), "EUR").unwrap(), "1141.18");
        assert_eq!(read("1.141,18 €", Some(Decimal::Comma), "EUR").unwrap(), "1141.18");
        assert_eq!(read("1.141", Some(Decimal::Comma), "EUR").unwrap(), "1141.00");
        assert_eq!(read("1.141", None, "EUR"), Err("ambiguous_decimal"));
        assert_eq!(read("1141", None, "EUR").unwrap(), "1141.00");
    }

    #[test]
    fn decimals_are_the_currencys() {
        assert_eq!(read("1000.5", Some(Decimal::Point), "JPY"), Err("money_precision"));
        assert_eq!(read("1.234", Some(Decimal::Point), "KWD").unwrap(), "1.2340");
        assert_eq!(read("1,980", Some(Decimal::Point), "JPY").unwrap(), "1980.00");
    }

    /// How a file can write an amount of 1,234.56: its decimal mark, what groups its digits, and
    /// where sign and currency stand.
    #[derive(Clone, Debug)]
    struct Style {
        decimal: Decimal,
        group: &'static str,
        pattern: &'static str,
        negative: &'static str,
    }

    fn style() -> impl Strategy<Value = Style> {
        let marks = prop::sample::select(vec![
            (Decimal::Point, ","),
            (Decimal::Point, ""),
            (Decimal::Point, "\u{a0}"),
            (Decimal::Point, "'"),
            (Decimal::Comma, "."),
            (Decimal::Comma, ""),
            (Decimal::Comma, " "),
            (Decimal::Comma, "\u{202f}"),
        ]);
        let patterns = prop::sample::select(vec!["{}", "SIGN{}", "{} SIGN", "SIGN\u{a0}{}", "{}\u{a0}CODE", "CODE {}"]);
        let negatives = prop::sample::select(vec!["-{}", "{}-", "({})", "\u{2212}{}"]);
        (marks, patterns, negatives).prop_map(|((decimal, group), pattern, negative)| Style {
            decimal,
            group,
            pattern,
            negative,
        })
    }

    fn printed(units: i64, currency: Currency, sign: &str, style: &Style) -> String {
        let decimals = currency.decimals();
        let scale = 10_u64.pow(decimals);
        let (whole, part) = ((units.unsigned_abs() / scale).to_string(), units.unsigned_abs() % scale);
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place) % 3 == 0 {
                grouped.push_str(style.group);
            }
            grouped.push(digit);
        }
        let mark = if style.decimal == Decimal::Comma { "," } else { "." };
        let width = decimals as usize;
        let number = if decimals == 0 { grouped } else { format!("{grouped}{mark}{part:0width$}") };
        let money = style.pattern.replace("{}", &number).replace("SIGN", sign).replace("CODE", currency.as_str());
        if units < 0 { style.negative.replace("{}", &money) } else { money }
    }

    proptest! {
        /// In every way of writing it an amount is read as what was printed.
        #[test]
        fn what_is_printed_is_read(
            units in -99_999_999_999_i64..99_999_999_999,
            style in style(),
            (code, sign) in prop::sample::select(vec![("USD", "$"), ("EUR", "€"), ("GBP", "£"), ("JPY", "¥"), ("KWD", "KWD"), ("SEK", "kr")]),
        ) {
            let currency: Currency = code.parse().unwrap();
            let text = printed(units, currency, sign, &style);
            let amount = money(&text, &locale(Some(style.decimal), code)).unwrap();
            prop_assert_eq!(amount.ten_thousandths(), units * 10_i64.pow(4 - currency.decimals()), "{}", text);
            // And the evidence never speaks for the other mark.
            let mut evidence = DecimalEvidence::default();
            evidence.weigh(&text);
            prop_assert!(evidence.verdict().is_none_or(|mark| mark == style.decimal) || currency.decimals() != 2, "{}", text);
        }
    }
}

//! Amounts: exact, in the file's own way of writing them, which is settled by evidence and never
//! guessed from one cell.

use super::{Flaw, Locale, is_null};
use crate::config::Decimal;
use crate::types::{Currency, Money, MoneyError, Rate};

/// What a file's amounts prove about its decimal mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DecimalEvidence {
    points: u64,
    commas: u64,
}

impl DecimalEvidence {
    /// Weighs one cell: `1,234.56`, `10.50` and `1,234,567` prove a point; `1.234` proves nothing.
    pub(crate) fn weigh(&mut self, text: &str) {
        match proof(text) {
            Some(Decimal::Point) => self.points += 1,
            Some(Decimal::Comma) => self.commas += 1,
            None => {}
        }
    }

    /// Adds what another part of the file proves.
    pub(crate) fn add(&mut self, other: Self) {
        self.points += other.points;
        self.commas += other.commas;
    }

    /// The mark that at least eight in ten of the telling cells prove.
    pub(crate) fn verdict(self) -> Option<Decimal> {
        let share = |part: u64| part > 0 && part * 10 >= (self.points + self.commas) * 8;
        match (share(self.points), share(self.commas)) {
            (true, false) => Some(Decimal::Point),
            (false, true) => Some(Decimal::Comma),
            _ => None,
        }
    }
}

fn proof(text: &str) -> Option<Decimal> {
    if is_null(text) || text.bytes().any(|byte| byte.is_ascii_alphabetic() && byte.is_ascii_lowercase()) {
        return None;
    }
    let points = text.matches('.').count();
    let commas = text.matches(',').count();
    let by = |mark| if mark == '.' { Decimal::Point } else { Decimal::Comma };
    let other = |mark| if mark == '.' { Decimal::Comma } else { Decimal::Point };
    match (points, commas) {
        (0, 0) => None,
        (1.., 1..) => text.rfind(['.', ',']).map(|last| by(if text[last..].starts_with('.') { '.' } else { ',' })),
        (1, 0) => single(text, '.').then_some(Decimal::Point),
        (0, 1) => single(text, ',').then_some(Decimal::Comma),
        (0, _) => Some(other(',')),
        (_, 0) => Some(other('.')),
    }
}

/// Whether the only mark in a text must be a decimal mark.
fn single(text: &str, mark: char) -> bool {
    let Some((before, after)) = text.split_once(mark) else { return false };
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let lone_zero = before.trim_start_matches(|letter: char| !letter.is_ascii_digit()) == "0";
    digits(after) != 3 || digits(before) == 0 || digits(before) > 3 || lone_zero
}

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

fn bad() -> Flaw {
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

/// The currency that an amount is written with: `US $12.00`, `EUR 12,00`. None where no sign stands
/// beside the number, or one of several currencies.
pub(super) fn currency_of(text: &str) -> Option<Currency> {
    let letters: String = text.chars().filter(|letter| is_of_sign(*letter)).collect();
    let code = super::currency(&letters).ok();
    code.or_else(|| match SIGNS.iter().find(|(sign, _)| *sign == letters)? {
        (_, [currency]) => currency.parse().ok(),
        _ => None,
    })
}

fn is_of_sign(letter: char) -> bool {
    let is_of_number = letter.is_ascii_digit() || is_space(letter) || ".,-\u{2212}+()".contains(letter);
    !is_of_number && !letter.is_whitespace()
}

/// Signs of currencies.
const SIGNS: &[(&str, &[&str])] = &[
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "BRL", "CLP", "COP", "ARS"]),
    ("US$", &["USD"]),
    ("C$", &["CAD"]),
    ("CA$", &["CAD"]),
    ("A$", &["AUD"]),
    ("AU$", &["AUD"]),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("¥", &["JPY", "CNY"]),
    ("￥", &["JPY", "CNY"]),
    ("฿", &["THB"]),
    ("₫", &["VND"]),
    ("đ", &["VND"]),
    ("Rp", &["IDR"]),
    ("RM", &["MYR"]),
    ("₱", &["PHP"]),
    ("₹", &["INR"]),
    ("৳", &["BDT"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("zł", &["PLN"]),
];

/// Whether what stands beside a number can be this currency's sign.
fn agrees(letters: &str, currency: Currency) -> Result<(), Flaw> {
    if letters.eq_ignore_ascii_case(currency.as_str()) {
        return Ok(());
    }
    let known = super::currency(letters).is_ok();
    match SIGNS.iter().find(|(sign, _)| *sign == letters) {
        Some((_, currencies)) if currencies.contains(&currency.as_str()) => Ok(()),
        None if !known => Err(bad()),
        _ => Err(Flaw::new("bad_currency", format!("`{letters}` in a row of {currency}"))),
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn a_sign_of_one_currency_tells_it() {
        let told = |text: &str| currency_of(text).map(|currency| currency.to_string());
        for (text, currency) in [("US $1,250.00", "USD"), ("-£0.03", "GBP"), ("116,99 €", "EUR"), ("AUD 5", "AUD")] {
            assert_eq!(told(text).as_deref(), Some(currency), "{text}");
        }
        for text in ["$12.00", "12.00", "", "Free"] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn decimals_are_the_currencys() {
        assert_eq!(read("1000.5", Some(Decimal::Point), "JPY"), Err("money_precision"));
        assert_eq!(read("1.234", Some(Decimal::Point), "KWD").unwrap(), "1.2340");
        assert_eq!(read("1,980", Some(Decimal::Point), "JPY").unwrap(), "1980.00");
    }

    #[test]
    fn evidence_needs_proof() {
        let verdict = |texts: &[&str]| {
            let mut evidence = DecimalEvidence::default();
            texts.iter().for_each(|text| evidence.weigh(text));
            evidence.verdict()
        };
        assert_eq!(verdict(&["1.234"]), None);
        assert_eq!(verdict(&["1.234", "0,99"]), Some(Decimal::Comma));
        assert_eq!(verdict(&["1,234", "0.99"]), Some(Decimal::Point));
        assert_eq!(verdict(&["1,234,567"]), Some(Decimal::Point));
        assert_eq!(verdict(&["10.50", "10,50"]), None);
        assert_eq!(verdict(&["0.125"]), Some(Decimal::Point));
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

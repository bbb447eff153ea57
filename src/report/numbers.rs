//! Numbers and days for the eye: thousands separators, a real minus sign, one locale for all.

use chrono_tz::Tz;

use crate::types::{Currency, Day, Money, Month, Rate, Timestamp};

/// What stands where nothing is known.
pub(crate) const UNKNOWN: &str = "unknown";

const MINUS: char = '−';

/// `1,204`, `−5`.
pub(crate) fn count(value: i64) -> String {
    let text = grouped(value.unsigned_abs());
    if value < 0 { format!("{MINUS}{text}") } else { text }
}

/// `+1,204`, `−5`, `0`.
pub(crate) fn change(value: i64) -> String {
    if value > 0 { format!("+{}", count(value)) } else { count(value) }
}

/// `1,204.50` in the decimals of the currency.
pub(crate) fn amount(value: Money, currency: Currency) -> String {
    let decimals = currency.decimals().min(4);
    let unit = 10_i64.pow(4 - decimals);
    let rounded = (value.abs().ten_thousandths() + unit / 2) / unit;
    let per_whole = 10_i64.pow(decimals);
    let mut text = grouped((rounded / per_whole).unsigned_abs());
    if decimals > 0 {
        text.push_str(&format!(".{:0width$}", rounded % per_whole, width = decimals as usize));
    }
    if value.is_negative() && rounded > 0 { format!("{MINUS}{text}") } else { text }
}

/// `$1,204.50`, `−€3.20`, `CHF 12.00`.
pub(crate) fn money(value: Money, currency: Currency) -> String {
    signed(&amount(value, currency), currency)
}

/// A sentence with the amounts that it names, which stand there as [`Money`] writes itself, as
/// [`money`]: `−$1,204.50 in 90 days`. An amount with its currency's code behind it is drawn in that currency,
/// without the code; any other in `currency`, and left as it is where that is not known.
pub(crate) fn with_money(sentence: &str, currency: Option<Currency>) -> String {
    let mut words = sentence.split_inclusive(' ').peekable();
    let mut told = String::with_capacity(sentence.len());
    while let Some(word) = words.next() {
        let Some((amount, value)) = amount_in(word) else {
            told.push_str(word);
            continue;
        };
        match words.peek().and_then(|next| code_in(next)).filter(|_| word.ends_with(&format!("{amount} "))) {
            Some((code, own)) => {
                told.push_str(word.replacen(amount, &money(value, own), 1).trim_end());
                told.push_str(&words.next().unwrap_or_default().replacen(code, "", 1));
            }
            None => match currency {
                Some(currency) => told.push_str(&word.replacen(amount, &money(value, currency), 1)),
                None => told.push_str(word),
            },
        }
    }
    told
}

const AROUND_AMOUNTS: [char; 7] = [' ', ';', ',', '.', '(', ')', ':'];

/// The amount that a word is, with its decimals as [`Money`] writes them.
fn amount_in(word: &str) -> Option<(&str, Money)> {
    let amount = word.trim_matches(AROUND_AMOUNTS);
    let decimals = amount.rsplit_once('.').map_or("", |(_, decimals)| decimals);
    let value = amount.parse().ok()?;
    matches!(decimals.len(), 2 | 4).then_some((amount, value))
}

/// The code of a currency that a word begins with: `EUR;`.
fn code_in(word: &str) -> Option<(&str, Currency)> {
    let code = word.trim_end_matches(AROUND_AMOUNTS);
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    code.parse().ok().filter(|_| is_code).map(|currency| (code, currency))
}

/// `$1,205`: an amount where cents would only be noise.
pub(crate) fn whole_money(value: Money, currency: Currency) -> String {
    let units = value.ten_thousandths();
    let rounded = (units.abs() + Money::SCALE / 2) / Money::SCALE * units.signum();
    signed(&count(rounded), currency)
}

/// `$12.3k`, `−$1.2M`: for an axis.
pub(crate) fn short_money(value: f64, currency: Currency) -> String {
    signed(&short(value), currency)
}

/// `12.3k`, `1.2M`, `950`.
pub(crate) fn short(value: f64) -> String {
    let magnitude = value.abs();
    let (scaled, unit) = match magnitude {
        m if m >= 999_500.0 => (magnitude / 1e6, "M"),
        m if m >= 9_995.0 => (magnitude / 1e3, "k"),
        _ => (magnitude, ""),
    };
    let text = if unit.is_empty() && scaled >= 10.0 {
        grouped(scaled.round() as u64)
    } else {
        let text = format!("{scaled:.1}");
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    if value < 0.0 && text != "0" { format!("{MINUS}{text}{unit}") } else { format!("{text}{unit}") }
}

fn signed(text: &str, currency: Currency) -> String {
    let (minus, digits) = match text.strip_prefix(MINUS) {
        Some(rest) => ("−", rest),
        None => ("", text),
    };
    match currency.as_str() {
        "USD" => format!("{minus}${digits}"),
        "EUR" => format!("{minus}€{digits}"),
        "GBP" => format!("{minus}£{digits}"),
        code => format!("{minus}{code}\u{a0}{digits}"),
    }
}

/// `28.4 %` with a narrow no-break space.
pub(crate) fn percent(rate: Rate) -> String {
    percent_of(rate.to_f64())
}

/// The same of a fraction.
pub(crate) fn percent_of(fraction: f64) -> String {
    format!("{}\u{202f}%", decimal(fraction * 100.0, 1))
}

/// `1,204.5`, `−0.3` with so many digits.
pub(crate) fn decimal(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), grouped);
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let minus = if value < 0.0 && !is_zero { "−" } else { "" };
    format!("{minus}{whole}{rest}")
}

/// A length of time: `42 s`, `14 min`, `2.5 h`, `3.1 days`.
pub(crate) fn duration(seconds: f64) -> String {
    let (value, unit) = match seconds.abs() {
        s if s < 89.5 => (seconds, "s"),
        s if s < 5_400.0 => (seconds / 60.0, "min"),
        s if s < 172_800.0 => (seconds / 3_600.0, "h"),
        _ => (seconds / 86_400.0, "days"),
    };
    let digits = usize::from(matches!(unit, "h" | "days") && value.abs() < 10.0);
    let text = decimal(value, digits);
    format!("{}\u{a0}{unit}", text.strip_suffix(".0").unwrap_or(&text))
}

/// `28 Feb 2026`.
pub(crate) fn day(day: Day) -> String {
    day.date().format("%-d %b %Y").to_string()
}

/// `28 Feb`.
pub(crate) fn short_day(day: Day) -> String {
    day.date().format("%-d %b").to_string()
}

/// `Saturday, 28 February 2026`.
pub(crate) fn long_day(day: Day) -> String {
    day.date().format("%A, %-d %B %Y").to_string()
}

/// `28 Feb, 06:15` on a clock in that zone.
pub(crate) fn instant(instant: Timestamp, zone: Tz) -> String {
    instant.utc().with_timezone(&zone).format("%-d %b, %H:%M").to_string()
}

/// `February 2026` of `2026-02`; another text as it is.
pub(crate) fn month(text: &str) -> String {
    text.parse::<Month>().map_or_else(|_| text.to_owned(), |month| month.first().date().format("%B %Y").to_string())
}

/// `Feb 26` of `2026-02`.
pub(crate) fn short_month(text: &str) -> String {
    text.parse::<Month>().map_or_else(|_| text.to_owned(), |month| month.first().date().format("%b %y").to_string())
}

/// `1 row`, `2 rows`.
pub(crate) fn things(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number as u64), if number == 1 { one } else { many })
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_follow_the_currency() {
        let currency = |code: &str| code.parse::<Currency>().expect("three letters");
        let value = Money::from_ten_thousandths(-12_045_049);
        assert_eq!(money(value, currency("USD")), "−$1,204.50");
        assert_eq!(money(value, currency("JPY")), "−JPY\u{a0}1,205");
        assert_eq!(money(value, currency("KWD")), "−KWD\u{a0}1,204.505");
        assert_eq!(money(Money::from_ten_thousandths(-1), currency("EUR")), "€0.00");
        assert_eq!(whole_money(Money::from_cents(99_950), currency("GBP")), "£1,000");
        assert_eq!(
            with_money("-1204.50 in 90 days (0.00); 3 of 4.5 by LAMP-1.50, 8.1250.", Some(currency("USD"))),
            "−$1,204.50 in 90 days ($0.00); 3 of 4.5 by LAMP-1.50, $8.13."
        );
        assert_eq!(with_money("", Some(currency("USD"))), "");
    }

    #[test]
    fn an_amount_names_its_currency_once() {
        let euro = "EUR".parse::<Currency>().ok();
        let sentence = "sold for 12.50 EUR, 3.00 GBP and -7.25 JPY; 4.00 of it; 2.00, USD";
        let told = "sold for €12.50, £3.00 and −JPY\u{a0}7; €4.00 of it; €2.00, USD";
        assert_eq!(with_money(sentence, euro), told);
        assert_eq!(with_money("1.00 CHF (9.00)", None), "CHF\u{a0}1.00 (9.00)", "of 9.00 nobody knows");
    }

    #[test]
    fn figures_are_short_where_an_axis_is_short() {
        assert_eq!(
            [0.0, 0.5, 950.0, 9_994.0, 12_340.0, -1_200_000.0].map(short),
            ["0", "0.5", "950", "9,994", "12.3k", "−1.2M"]
        );
        assert_eq!(
            [5.0, 100.0, 5_399.0, 9_000.0, 259_200.0].map(duration),
            ["5\u{a0}s", "2\u{a0}min", "90\u{a0}min", "2.5\u{a0}h", "3\u{a0}days"]
        );
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(percent_of(-0.0525), "−5.2\u{202f}%");
    }
}

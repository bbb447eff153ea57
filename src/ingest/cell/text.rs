//! Text, identifiers, counts and words.

use super::{Flaw, Read, Value};
use crate::config::Decimal;
use crate::ingest::limits;
use crate::types::Currency;

/// Free text: a title may hold line ends and tabs, which become spaces, but no other control
/// character.
pub(crate) fn prose(text: &str) -> Result<Read<'_>, Flaw> {
    let is_plain = text.bytes().all(|byte| byte >= b' ' && byte != 0x7f);
    if is_plain && !text.starts_with(' ') && text.is_ascii() && !text.is_empty() {
        return Ok(Value::Text(text.into()));
    }
    if text.trim().is_empty() {
        return Ok(Value::Null);
    }
    if is_plain {
        return Ok(Value::Text(text.into()));
    }
    let flat: String =
        text.chars().map(|letter| if matches!(letter, '\t' | '\n' | '\r') { ' ' } else { letter }).collect();
    control_free(&flat)?;
    Ok(Value::Text(flat.into()))
}

/// An identifier, exactly as the seller writes it, without the blanks around it, which nobody sees and
/// which make no other article; what spreadsheets wrap around it is taken off: `="00123"` and the
/// apostrophe before a number.
pub(crate) fn identifier(text: &str) -> Result<Read<'_>, Flaw> {
    let is_marked = match text.as_bytes() {
        [b'#', next, ..] => !next.is_ascii_digit(),
        [first, ..] => matches!(first, b'=' | b'\''),
        [] => true,
    };
    let is_plain = !is_marked && text.bytes().all(|byte| byte > b' ' && byte < 0x7f);
    if is_plain && (1..=limits::IDENTIFIER_CHARACTERS).contains(&text.len()) {
        return Ok(Value::Text(text.into()));
    }
    let text = bare(unwrapped(bare(text)));
    if text.is_empty() {
        return Ok(Value::Null);
    }
    control_free(text)?;
    if SPREADSHEET_ERRORS.contains(&text) {
        return Err(Flaw::new("spreadsheet_error", format!("`{text}` is a spreadsheet's error and names nothing")));
    }
    if text.len() > limits::IDENTIFIER_CHARACTERS && text.chars().count() > limits::IDENTIFIER_CHARACTERS {
        let reason = format!("longer than {} characters", limits::IDENTIFIER_CHARACTERS);
        return Err(Flaw::new("sku_too_long", reason));
    }
    Ok(Value::Text(text.into()))
}

/// What Excel and Google Sheets show where a formula fails, in English and as Excel writes it in German,
/// French, Spanish, Italian, Portuguese and Dutch (Microsoft's lists of functions by language, 2026-11).
const SPREADSHEET_ERRORS: &[&str] = &[
    "#REF!",
    "#N/A",
    "#VALUE!",
    "#NAME?",
    "#DIV/0!",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#ERROR!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#BUSY!",
    "#UNKNOWN!",
    "#GETTING_DATA",
    "#BEZUG!",
    "#WERT!",
    "#NV",
    "#ZAHL!",
    "#ÜBERLAUF!",
    "#KALK!",
    "#VALEUR!",
    "#NOM?",
    "#NOMBRE!",
    "#NUL!",
    "#PROPAGATION!",
    "#¡REF!",
    "#¡VALOR!",
    "#¿NOMBRE?",
    "#¡DIV/0!",
    "#¡NUM!",
    "#¡NULO!",
    "#N/D",
    "#RIF!",
    "#VALORE!",
    "#NOME?",
    "#NULLO!",
    "#VALOR!",
    "#NULO!",
    "#VERW!",
    "#WAARDE!",
    "#NAAM?",
    "#N/B",
    "#GETAL!",
    "#LEEG!",
    "#DEEL/0!",
];

/// A text without the blanks around it, also those that have no width.
fn bare(text: &str) -> &str {
    let is_blank =
        |letter: char| letter.is_whitespace() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    text.trim_matches(is_blank)
}

fn unwrapped(text: &str) -> &str {
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return inner;
    }
    text.strip_prefix('\'').filter(|rest| all_digits(rest)).unwrap_or(text)
}

/// Fails where a text holds a control character.
pub(crate) fn control_free(text: &str) -> Result<(), Flaw> {
    match text.chars().find(|letter| letter.is_control()) {
        Some(letter) => Err(Flaw::new("control_char", format!("holds the control character U+{:04X}", letter as u32))),
        None => Ok(()),
    }
}

/// A whole number of units: `1`, `+3`, `1,000`, `1.0`. Without a known decimal mark, `1,000` says nothing.
pub(crate) fn quantity(text: &str, decimal: Option<Decimal>) -> Result<i64, Flaw> {
    let bad = || Flaw::new("bad_qty", "not a whole number");
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (point, group) = if decimal == Some(Decimal::Comma) { (',', '.') } else { ('.', ',') };
    let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
    if decimal.is_none() && could_be_either(digits) {
        return Err(super::ambiguous());
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    if fraction.bytes().any(|byte| byte != b'0') {
        return Err(Flaw::new("qty_fraction", "a fraction of a unit"));
    }
    let mut groups = whole.split(|letter| letter == group || super::money::is_space(letter));
    let first = groups.next().unwrap_or_default();
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if first.is_empty() || !plain(first) || !groups.all(|part| part.len() == 3 && plain(part)) {
        return Err(bad());
    }
    let mut units: i64 = 0;
    for digit in whole.bytes().filter(u8::is_ascii_digit) {
        units = units
            .checked_mul(10)
            .and_then(|units| units.checked_add(i64::from(digit - b'0')))
            .ok_or_else(|| Flaw::new("qty_overflow", "beyond any count"))?;
    }
    if units > limits::QUANTITY {
        return Err(Flaw::new("qty_too_large", format!("more than {} units in one cell", limits::QUANTITY)));
    }
    Ok(if negative { -units } else { units })
}

/// `2.000` is two or two thousand, and so is `2,000`: some systems write counts with three decimals.
fn could_be_either(digits: &str) -> bool {
    let Some((first, rest)) = digits.split_once(['.', ',']) else { return false };
    let three = rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit());
    three && (1..=3).contains(&first.len()) && !first.starts_with('0')
}

/// A measurement such as `453.592`, rounded half up to a whole number.
pub(crate) fn measure(text: &str, decimal: Option<Decimal>) -> Result<i64, Flaw> {
    let point = if decimal == Some(Decimal::Comma) { ',' } else { '.' };
    let (whole, fraction) = text.trim().split_once(point).unwrap_or((text.trim(), ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || !plain(whole) || !plain(fraction) {
        return Err(Flaw::new("bad_number", "not a number such as `453.6`"));
    }
    let whole: i64 = whole.parse().map_err(|_| Flaw::new("bad_number", "not a number"))?;
    Ok(whole + i64::from(fraction.starts_with(|digit: char| digit >= '5')))
}

/// Yes or no.
pub(crate) fn flag(text: &str) -> Result<bool, Flaw> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" => Ok(true),
        "false" | "no" | "n" | "0" => Ok(false),
        _ => Err(Flaw::new("bad_flag", "neither yes nor no")),
    }
}

/// A currency in use, by its ISO 4217 letters in any case.
pub(crate) fn currency(text: &str) -> Result<Currency, Flaw> {
    let bad = || Flaw::new("bad_currency", "not the three letters of a currency in use");
    let currency: Currency = text.trim().parse().map_err(|_| bad())?;
    let letters = currency.as_str().as_bytes();
    let known = |all: &str| all.as_bytes().chunks(4).any(|known| &known[..3] == letters);
    if known(FREQUENT) || known(CURRENCIES) { Ok(currency) } else { Err(bad()) }
}

/// Those of most exports.
const FREQUENT: &str = "USD EUR GBP CAD ";

/// ISO 4217, currencies that goods are sold in.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP \
BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD \
MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON \
RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ";

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Read<'_> {
        Value::Text(text.into())
    }

    #[test]
    fn identifiers_stay_exact() {
        fn read(text: &str) -> Read<'static> {
            identifier(text).unwrap().held(|text| text.into_owned().into())
        }
        assert_eq!(read("00123"), said("00123"));
        assert_eq!(read("=\"00123\""), said("00123"));
        assert_eq!(read("'14"), said("14"));
        assert_eq!(read("'; DROP TABLE"), said("'; DROP TABLE"));
        assert_eq!(read("#1001"), said("#1001"));
        assert_eq!(read("#VALUES"), said("#VALUES"));
        for blank in [" ", "\t", "\u{a0}", "\u{202f}", "\u{3000}", "\u{200b}", "\u{feff}"] {
            assert_eq!(read(&format!("{blank}Mug 1{blank}{blank}")), said("Mug 1"), "{blank:?}");
        }
        assert_eq!(read(" '14\u{a0}"), said("14"));
        for error in ["#REF!", " #N/A ", "#VALUE!", "#BEZUG!", "#¡REF!"] {
            assert_eq!(identifier(error).unwrap_err().code, "spreadsheet_error", "{error}");
        }
        assert_eq!(read("   "), Value::Null);
        assert_eq!(identifier("A\tB").unwrap_err().code, "control_char");
        assert_eq!(identifier(&"x".repeat(201)).unwrap_err().code, "sku_too_long");
        assert!(identifier(&"x".repeat(200)).is_ok());
    }

    #[test]
    fn quantities_are_whole() {
        let code = |text: &str| quantity(text, None).map_err(|flaw| flaw.code);
        assert_eq!(code("1,000"), Err("ambiguous_decimal"));
        assert_eq!(code("2.000"), Err("ambiguous_decimal"));
        assert_eq!(code("1,000,000"), Ok(1_000_000));
        assert_eq!(quantity("1,000", Some(Decimal::Point)), Ok(1000));
        assert_eq!(quantity("12,000", Some(Decimal::Comma)), Ok(12));
        assert_eq!(code("1 204"), Ok(1204));
        assert_eq!(code("1\u{a0}204"), Ok(1204));
        assert_eq!(code("12 04"), Err("bad_qty"));
        assert_eq!(code(" 4 "), Ok(4));
        assert_eq!(code("1.0"), Ok(1));
        assert_eq!(code("00012"), Ok(12));
        assert_eq!(code("1.5"), Err("qty_fraction"));
        assert_eq!(code("1e2"), Err("bad_qty"));
        assert_eq!(code("½"), Err("bad_qty"));
        assert_eq!(code("10000000"), Ok(10_000_000));
        assert_eq!(code("10000001"), Err("qty_too_large"));
        assert_eq!(code("9223372036854775808"), Err("qty_overflow"));
        assert_eq!(quantity("1.000", Some(Decimal::Comma)), Ok(1000));
    }

    #[test]
    fn currencies_are_in_use() {
        assert_eq!(currency("usd").unwrap(), Currency::USD);
        assert!(currency("XXX").is_err());
        assert!(currency("US$").is_err());
        assert!(currency("AED").is_ok() && currency("ZWG").is_ok());
    }
}

//! In which currency is an amount written? By the sign or the code beside its number.

use super::Flaw;
use super::money::{bad, is_space};
use crate::types::Currency;

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
pub(super) fn agrees(letters: &str, currency: Currency) -> Result<(), Flaw> {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}

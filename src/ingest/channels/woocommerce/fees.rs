//! What is a fee of an order? Plugins put tips, surcharges, discounts and payments on an order under
//! names of their own, and on none of its lines.

use std::collections::BTreeMap;

use super::items::by_pipe;
use crate::ingest::cell::{self, Locale};
use crate::ingest::line_kind;
use crate::ingest::shape::{Complaint, View};
use crate::types::Money;

/// What a fee is by words that no article's title would have alone; the other words are those of lines.
///
/// The names are those that plugins give or propose (read 2026-12-01): `Add a tip` (plogins.com,
/// Tipping), `Donation`, gift wrap and insurance charges (propluginslab.com, Fees for WooCommerce).
const BY_NAME: &[(&str, &str)] = &[
    ("store credit", "gift_card"),
    ("gift wrapping", "gift_wrap"),
    ("insurance", "insurance"),
    ("versicherung", "insurance"),
];

/// The fees of an order: what they take off its goods, and what they add beside them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fees {
    /// Fees below zero, turned, and their tax.
    pub(super) discount: Money,
    pub(super) discount_tax: Money,
    /// By kind of line: amount and tax. A gift card below zero paid a part of the order.
    pub(super) lines: BTreeMap<&'static str, (Money, Money)>,
}

impl Fees {
    /// The fees by their names, where the file has these and they come to the total of all.
    pub(super) fn of(order: &View<'_>, locale: &Locale) -> Result<Self, Complaint> {
        let told = order.money("fee_total");
        let tax = order.money("fee_tax").unwrap_or_default();
        let named = named(order.text("fee_items").unwrap_or_default(), locale)?;
        let sum: Money = named.iter().map(|(_, amount, _)| *amount).sum();
        let mut fees = Self::default();
        if named.is_empty() || told.is_some_and(|told| told != sum) {
            fees.add("handling", told.unwrap_or_default(), tax);
        } else {
            named.into_iter().for_each(|(kind, amount, tax)| fees.add(kind, amount, tax));
        }
        Ok(fees)
    }

    fn add(&mut self, kind: &'static str, amount: Money, tax: Money) {
        if amount.is_negative() && kind != "gift_card" {
            self.discount += -amount;
            self.discount_tax += -tax;
        } else if !amount.is_zero() {
            let line = self.lines.entry(kind).or_default();
            *line = (line.0 + amount, line.1 + tax);
        }
    }
}

/// Kind, amount and tax of each fee of `name:Tip|total:5.00|total_tax:0.00;…`.
fn named(packed: &str, locale: &Locale) -> Result<Vec<(&'static str, Money, Money)>, Complaint> {
    let fee = |pairs: &Vec<(String, String)>| {
        let said = |keys: [&str; 2]| pairs.iter().find(|(key, _)| keys.contains(&key.as_str())).map(|(_, said)| said);
        let money = |keys| match said(keys).map(|text| text.trim()) {
            None | Some("") => Ok(Money::ZERO),
            Some(text) => cell::money(text, locale)
                .map_err(|flaw| Complaint::new("fee_items", flaw.code, format!("`{text}` is {}", flaw.reason))),
        };
        let kind = said(["name", "title"]).map_or("handling", |name| kind(name));
        Ok((kind, money(["total", "amount"])?, money(["total_tax", "tax"])?))
    };
    by_pipe(packed).iter().map(fee).collect()
}

fn kind(name: &str) -> &'static str {
    let name = name.to_lowercase();
    let words: Vec<&str> =
        name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let said = format!(" {} ", words.join(" "));
    let found = BY_NAME.iter().find(|(words, _)| said.contains(&format!(" {words} "))).map(|(_, kind)| *kind);
    found.or_else(|| line_kind::of_words(said.trim())).unwrap_or("handling")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_a_fee_is_by_whole_words() {
        for (name, expected) in [
            ("Add a tip", "tip"),
            ("Multiple items surcharge", "handling"),
            ("Gift-Wrap (2)", "gift_wrap"),
            ("Shipping Insurance", "insurance"),
            ("Gift Card ABC-1", "gift_card"),
            ("COD", "handling"),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
    }

    #[test]
    fn what_takes_off_is_a_discount_but_a_gift_card_pays() {
        let mut fees = Fees::default();
        fees.add("handling", Money::from_cents(-1_000), Money::from_cents(-190));
        fees.add("gift_card", Money::from_cents(-500), Money::ZERO);
        fees.add("tip", Money::from_cents(200), Money::ZERO);
        fees.add("tip", Money::from_cents(100), Money::ZERO);
        assert_eq!((fees.discount, fees.discount_tax), (Money::from_cents(1_000), Money::from_cents(190)));
        let lines: Vec<(&str, Money)> = fees.lines.iter().map(|(kind, (amount, _))| (*kind, *amount)).collect();
        assert_eq!(lines, [("gift_card", Money::from_cents(-500)), ("tip", Money::from_cents(300))]);
    }
}

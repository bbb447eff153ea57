//! How does a header read, said in words?

use unicode_normalization::UnicodeNormalization;

use crate::ingest::header::normalised;

/// A header in words: `Order_No.` is `order no`, `Order #` is `order number`, `SKUCode` is `sku code`.
pub(super) fn spoken(header: &str) -> String {
    let header = normalised(&parted(header)).replace('#', " number ");
    let words = header.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Words that are glued to each other, apart.
fn parted(header: &str) -> String {
    let letters: Vec<char> = header.nfc().collect();
    let mut text = String::with_capacity(header.len() + 8);
    for (place, letter) in letters.iter().enumerate() {
        if place > 0 && begins_word(&letters, place) {
            text.push(' ');
        }
        text.push(*letter);
    }
    text
}

/// Whether a word begins with a letter that others stand before: a capital after a small letter, or the last
/// of several capitals before small ones. `SKUs` is one word.
fn begins_word(letters: &[char], place: usize) -> bool {
    let (before, after) = (letters[place - 1], &letters[place + 1..]);
    let is_plural = after.first() == Some(&'s') && !after.get(1).is_some_and(|next| next.is_lowercase());
    let ends_capitals = before.is_uppercase() && after.first().is_some_and(|next| next.is_lowercase()) && !is_plural;
    letters[place].is_uppercase() && (before.is_lowercase() || ends_capitals)
}

/// Whether two texts are the same words, written as one or not: `ordernumber` is `order number`.
pub(super) fn same(one: &str, other: &str) -> bool {
    let is_letter = |letter: &char| *letter != ' ';
    one.chars().filter(is_letter).eq(other.chars().filter(is_letter))
}

/// Whether a name stands in a header as whole words.
pub(super) fn holds(header: &str, name: &str) -> bool {
    format!(" {header} ").contains(&format!(" {name} "))
}

/// Whether words of a header begin with a part.
pub(super) fn holds_part(header: &str, part: &str) -> bool {
    format!(" {header}").contains(&format!(" {part}"))
}

#[cfg(test)]
mod tests {
    use super::{same, spoken};

    #[test]
    fn glued_words_are_taken_apart() {
        for (header, expected) in [
            ("OrderNumber", "order number"),
            ("_ProductID", "product id"),
            ("orderID", "order id"),
            ("SKUCode", "sku code"),
            ("CustomerPONumber", "customer po number"),
            ("ItemSKUs", "item skus"),
            ("ORDER_NUMBER", "order number"),
            ("ArtikelNr.", "artikel nr"),
            ("NºEncomenda", "nº encomenda"),
            ("Order #", "order number"),
            ("QTY", "qty"),
        ] {
            assert_eq!(spoken(header), expected);
        }
        assert!(same(&spoken("ORDERNUMBER"), "order number") && same(&spoken("BestellNummer"), "bestellnummer"));
        assert!(!same(&spoken("ORDERNUMBERS"), "order number"));
    }
}

//! Does a header say whether its prices hold their tax?

use super::header::normalised;

/// Words for prices without their tax, whatever stands beside them.
const NET: &[&str] = &["netto", "net", "nett", "neto", "ht"];

/// Words for prices with it.
const GROSS: &[&str] = &["brutto", "bruto", "gross", "ttc"];

/// Words that mean either only beside a word for the tax: `excl. VAT`, `inkl. MwSt.`
const WITHOUT: &[&str] = &[
    "excl",
    "exkl",
    "excluding",
    "exclusive",
    "exc",
    "ex",
    "zzgl",
    "ohne",
    "without",
    "before",
    "hors",
    "sin",
    "senza",
    "sem",
    "bez",
    "zonder",
];
const WITH: &[&str] =
    &["incl", "inkl", "including", "inclusive", "inc", "with", "mit", "con", "com", "avec", "z", "included"];

const TAX: &[&str] =
    &["tax", "taxes", "vat", "gst", "mwst", "ust", "steuer", "tva", "iva", "btw", "moms", "dph", "podatku", "vatu"];

/// Whether prices under a header hold their tax; none where it does not say so.
pub(crate) fn hold_tax(header: &str) -> Option<bool> {
    let words = words(header);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_net = has(NET) || has(WITHOUT) && has(TAX);
    let is_gross = has(GROSS) || has(WITH) && has(TAX);
    (is_net != is_gross).then_some(is_gross)
}

/// What prices under several headers hold, where those that say it agree.
pub(crate) fn agreed<'a>(headers: impl Iterator<Item = &'a str>) -> Option<bool> {
    let mut told = headers.filter_map(hold_tax);
    let first = told.next()?;
    told.all(|other| other == first).then_some(first)
}

/// A header without the words that say it: `EK netto` is `ek`. None where it says nothing, or nothing else.
pub(crate) fn without(header: &str) -> Option<String> {
    hold_tax(header)?;
    let lists = [NET, GROSS, WITHOUT, WITH, TAX];
    let is_kept = |word: &String| !lists.iter().any(|list| list.contains(&word.as_str()));
    let rest: Vec<String> = words(header).into_iter().filter(is_kept).collect();
    (!rest.is_empty()).then(|| rest.join(" "))
}

fn words(header: &str) -> Vec<String> {
    let header = normalised(header);
    let words = header.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{agreed, hold_tax, without};

    #[test]
    fn a_header_says_whether_its_prices_hold_tax() {
        for net in ["VK netto", "Prix HT", "Price (excl. VAT)", "Net price", "Preis zzgl. MwSt.", "Precio sin IVA"] {
            assert_eq!(hold_tax(net), Some(false), "{net}");
        }
        for gross in ["VK brutto", "Prix TTC", "Unit price inc. GST", "Preis inkl. MwSt."] {
            assert_eq!(hold_tax(gross), Some(true), "{gross}");
        }
        for open in ["VK", "Price", "Price with discount", "Ex works", "Netto/Brutto", "Network fee"] {
            assert_eq!(hold_tax(open), None, "{open}");
        }
    }

    #[test]
    fn headers_that_contradict_each_other_say_nothing() {
        assert_eq!(agreed(["Preis", "Summe netto"].into_iter()), Some(false));
        assert_eq!(agreed(["Preis netto", "Summe brutto"].into_iter()), None);
    }

    #[test]
    fn what_else_it_says_remains() {
        assert_eq!(without("EK netto"), Some("ek".to_owned()));
        assert_eq!(without("Price (excl. VAT)"), Some("price".to_owned()));
        assert_eq!(without("EK"), None);
        assert_eq!(without("Netto"), None);
    }
}

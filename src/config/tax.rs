//! Which tax do the prices of a channel hold, where its files do not say?

use std::collections::BTreeMap;

use toml::Spanned;

use super::options::HeldTax;
use super::values::Source;
use crate::error::{Diagnostic, Result};
use crate::types::{Rate, Sku, country_code};

/// `prices-hold-tax` of a channel: the rates of the tax that its prices hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaxRates {
    /// The rate wherever no country is named; without one, countries that are not named have none.
    everywhere: Option<Rate>,
    /// By the letters of the buyer's country.
    by_country: BTreeMap<&'static str, Rate>,
    /// Articles with another rate than the rest.
    by_sku: BTreeMap<Sku, Rate>,
}

impl TaxRates {
    /// The rate that stands in a text such as `19 %` or `5.5%`; none where it is no such rate, or one
    /// above half of the price.
    pub fn rate_in(text: &str) -> Option<Rate> {
        const HIGHEST: i64 = Rate::SCALE / 2;
        let number = text.trim().strip_suffix('%')?.trim().replace(',', ".");
        let percent: Rate = number.parse().ok()?;
        let rate = Rate::from_millionths(percent.millionths() / 100);
        (0..=HIGHEST).contains(&rate.millionths()).then_some(rate)
    }

    /// The rate of an article for a buyer's country; none where a rate depends on a country that is not
    /// known.
    pub fn of(&self, country: Option<&str>, sku: Option<&str>) -> Option<Rate> {
        let general = match country {
            _ if self.by_country.is_empty() => self.everywhere,
            Some(country) => self.in_country(country)?,
            None => None,
        };
        // Where nothing holds tax, no article does.
        if general == Some(Rate::ZERO) {
            return general;
        }
        sku.and_then(|sku| self.by_sku.get(sku).copied()).or(general)
    }

    /// Whether all prices hold tax, or none does; unknown where that depends on the buyer's country.
    pub fn hold_everywhere(&self) -> Option<bool> {
        self.everywhere.filter(|_| self.by_country.is_empty()).map(|rate| rate > Rate::ZERO)
    }

    fn in_country(&self, country: &str) -> Option<Option<Rate>> {
        let code = country_code(country)?;
        Some(self.by_country.get(code).copied().or(self.everywhere).or(Some(Rate::ZERO)))
    }
}

impl Source<'_> {
    pub(super) fn held_tax(&self, value: Option<&Spanned<HeldTax>>) -> Result<Option<TaxRates>> {
        let Some(value) = value else { return Ok(None) };
        let mut rates = TaxRates::default();
        match value.get_ref() {
            HeldTax::Everywhere(text) => rates.everywhere = Some(self.tax_rate(value, text)?),
            HeldTax::Each(each) => {
                for (name, text) in each {
                    let rate = self.tax_rate(value, text)?;
                    match (name.as_str(), country_code(name)) {
                        ("*", _) => rates.everywhere = Some(rate),
                        (_, Some(code)) => _ = rates.by_country.insert(code, rate),
                        (sku, None) => _ = rates.by_sku.insert(Sku::new(sku), rate),
                    }
                }
            }
        }
        Ok(Some(rates))
    }

    fn tax_rate(&self, value: &Spanned<HeldTax>, text: &str) -> Result<Rate> {
        let wrong = || -> Box<Diagnostic> {
            let message = format!("`prices-hold-tax` must be a rate from 0% to 50%, and `{text}` is none");
            self.wrong(value, &message, "such as `\"20%\"`").into()
        };
        TaxRates::rate_in(text).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(percent: i64) -> Rate {
        Rate::from_millionths(percent * 10_000)
    }

    #[test]
    fn a_rate_is_written_with_its_percent() {
        assert_eq!(TaxRates::rate_in("19 %"), Some(rate(19)));
        assert_eq!(TaxRates::rate_in("8,1%"), Some(Rate::from_millionths(81_000)));
        for wrong in ["0.2", "20", "51%", "-5%", "%", "twenty%"] {
            assert_eq!(TaxRates::rate_in(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_country_decides_whether_and_an_article_how_much() {
        let rates = TaxRates {
            everywhere: None,
            by_country: [("GB", rate(20)), ("DE", rate(19))].into(),
            by_sku: [(Sku::new("BOOK"), rate(5))].into(),
        };
        assert_eq!(rates.of(Some("United Kingdom"), Some("MUG")), Some(rate(20)));
        assert_eq!(rates.of(Some("UK"), Some("BOOK")), Some(rate(5)));
        assert_eq!(rates.of(Some("US"), Some("BOOK")), Some(Rate::ZERO));
        assert_eq!(rates.of(Some("Atlantis"), Some("MUG")), None);
        assert_eq!(rates.of(None, Some("MUG")), None);
        let one = TaxRates { everywhere: Some(rate(20)), ..TaxRates::default() };
        assert_eq!(one.of(None, None), Some(rate(20)));
    }
}

//! In which currency are amounts whose file names none?

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Settings;
use crate::error::Result;
use crate::lake::{Cell, Rows};
use crate::query::{CHANNEL_CURRENCIES, Marts};
use crate::types::Currency;

/// Countries by their currency, as exports write them: by their code of ISO 3166 and by name. Where
/// the orders went tells in which currency they were paid (ISO 4217, list one, 2026-01).
const COUNTRIES: &[(&str, &[&str])] = &[
    ("USD", &["US", "USA", "United States", "United States of America", "PR", "Puerto Rico", "EC", "Ecuador"]),
    ("GBP", &["GB", "UK", "United Kingdom", "Great Britain", "England"]),
    ("EUR", &["DE", "Germany", "Deutschland", "FR", "France", "IT", "Italy", "Italia", "ES", "Spain", "España"]),
    ("EUR", &["NL", "Netherlands", "Nederland", "BE", "Belgium", "AT", "Austria", "Österreich", "IE", "Ireland"]),
    ("EUR", &["PT", "Portugal", "FI", "Finland", "GR", "Greece", "LU", "Luxembourg", "SK", "Slovakia", "SI"]),
    ("EUR", &["Slovenia", "EE", "Estonia", "LV", "Latvia", "LT", "Lithuania", "HR", "Croatia", "MT", "Malta", "CY"]),
    ("EUR", &["Cyprus", "BG", "Bulgaria"]),
    ("CAD", &["CA", "Canada"]),
    ("AUD", &["AU", "Australia"]),
    ("NZD", &["NZ", "New Zealand"]),
    ("JPY", &["JP", "Japan", "日本"]),
    ("CHF", &["CH", "Switzerland", "Schweiz", "Suisse", "LI", "Liechtenstein"]),
    ("SEK", &["SE", "Sweden", "Sverige"]),
    ("NOK", &["NO", "Norway", "Norge"]),
    ("DKK", &["DK", "Denmark", "Danmark"]),
    ("PLN", &["PL", "Poland", "Polska"]),
    ("CZK", &["CZ", "Czechia", "Czech Republic", "Česko"]),
    ("HUF", &["HU", "Hungary", "Magyarország"]),
    ("RON", &["RO", "Romania", "România"]),
    ("TRY", &["TR", "Turkey", "Türkiye"]),
    ("MXN", &["MX", "Mexico", "México"]),
    ("BRL", &["BR", "Brazil", "Brasil"]),
    ("INR", &["IN", "India"]),
    ("SGD", &["SG", "Singapore"]),
    ("MYR", &["MY", "Malaysia"]),
    ("THB", &["TH", "Thailand", "ประเทศไทย", "ไทย"]),
    ("VND", &["VN", "Vietnam", "Viet Nam", "Việt Nam"]),
    ("IDR", &["ID", "Indonesia"]),
    ("PHP", &["PH", "Philippines"]),
    ("KRW", &["KR", "South Korea", "Korea", "대한민국"]),
    ("TWD", &["TW", "Taiwan", "臺灣", "台灣"]),
    ("HKD", &["HK", "Hong Kong"]),
    ("CNY", &["CN", "China", "中国"]),
    ("AED", &["AE", "United Arab Emirates"]),
    ("SAR", &["SA", "Saudi Arabia"]),
    ("ILS", &["IL", "Israel"]),
    ("ZAR", &["ZA", "South Africa"]),
];

/// The currency that is paid with in a country; `None` where it is not known.
fn of_country(country: &str) -> Option<&'static str> {
    let country = country.trim().to_lowercase();
    let is_named = |names: &[&str]| names.iter().any(|name| name.to_lowercase() == country);
    COUNTRIES.iter().find(|(_, names)| is_named(names)).map(|(currency, _)| *currency)
}

/// What a channel's documents say of its currency.
#[derive(Debug, Default)]
struct Named {
    /// Whether the amounts of some orders are in a currency that no file names.
    assumes: bool,
    /// The currencies of its settlements, of its other orders, of its listings, and of the countries
    /// that its orders went to, each apart.
    by_document: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Named {
    fn add(&mut self, document: &'static str, currency: &str) {
        self.by_document.entry(document).or_default().insert(currency.to_owned());
    }

    /// Whether a document speaks of other currencies alone.
    fn speaks_against(&self, currency: Currency) -> bool {
        self.assumes && self.by_document.values().any(|named| !named.contains(currency.as_str()))
    }
}

/// The table `channel_currencies`: per channel the currency of amounts whose file names none. That is
/// what the settings say, and else the shop's, unless a document of the channel speaks of others
/// alone: then nobody told, and it is [`Currency::NONE`].
///
/// # Errors
/// A damaged file of the lake.
pub(super) fn channel_currencies(settings: &Settings, marts: &Marts) -> Result<Rows> {
    let named = named(marts)?;
    let mut channels: Vec<_> = settings.channels.iter().collect();
    channels.sort_by(|one, other| one.name.cmp(&other.name));
    let mut builder = CHANNEL_CURRENCIES.builder();
    for channel in channels {
        let home = settings.shop.currency;
        let is_against = named.get(channel.name.as_str()).is_some_and(|named| named.speaks_against(home));
        let currency = channel.currency.unwrap_or(if is_against { Currency::NONE } else { home });
        builder.push([Cell::from(&channel.name), currency.as_str().into()]);
    }
    Ok(builder.finish())
}

fn named(marts: &Marts) -> Result<BTreeMap<String, Named>> {
    let mut channels: BTreeMap<String, Named> = BTreeMap::new();
    let rows = marts.rows("fact_currencies")?;
    let (channel, document) = (rows.text("channel")?, rows.text("document")?);
    let (currency, country) = (rows.text("currency")?, rows.text("country")?);
    for row in 0..rows.len() {
        let (Some(channel), Some(currency)) = (channel.get(row), currency.get(row)) else { continue };
        let named = channels.entry(channel.to_owned()).or_default();
        match document.get(row) {
            Some("settlement") => named.add("settlement", currency),
            Some("orders") => named.add("orders", currency),
            _ => {
                named.assumes = true;
                country.get(row).and_then(of_country).into_iter().for_each(|currency| named.add("country", currency));
            }
        }
    }
    let listings = marts.table("listings")?;
    let (channel, currency) = (listings.text("channel")?, listings.text("currency")?);
    for (channel, currency) in (0..listings.len()).filter_map(|row| channel.get(row).zip(currency.get(row))) {
        channels.entry(channel.to_owned()).or_default().add("listings", currency);
    }
    Ok(channels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_code_and_name() {
        assert_eq!(of_country("United Kingdom"), Some("GBP"));
        assert_eq!(of_country(" de "), Some("EUR"));
        assert_eq!(of_country("österreich"), Some("EUR"));
        assert_eq!(of_country("Elbonia"), None);
    }

    #[test]
    fn every_currency_and_country_stands_once() {
        let names: Vec<String> =
            COUNTRIES.iter().flat_map(|(_, names)| *names).map(|name| name.to_lowercase()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(COUNTRIES.iter().all(|(currency, _)| currency.parse::<Currency>().is_ok()));
    }

    #[test]
    fn one_document_in_the_shops_currency_does_not_outweigh_another() {
        let mut named = Named { assumes: true, ..Named::default() };
        named.add("listings", "USD");
        assert!(!named.speaks_against(Currency::USD));
        named.add("settlement", "GBP");
        assert!(named.speaks_against(Currency::USD));
        named.add("settlement", "USD");
        assert!(!named.speaks_against(Currency::USD), "an order in dollars is settled in dollars");
    }
}

//! What is a line of an order, where its file does not say? An article, one that was given away, or
//! something that is no article at all.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::cell::Reader;
use super::context::Context;
use super::export::Owner;
use super::recognise::Known;
use super::shape::Draft;
use crate::config::{ChannelKind, LinePattern, Settings};
use crate::lake::{Cell, column_place, table_place};
use crate::types::{Channel, Money};

const LINES: usize = table_place("order_lines");
const KIND: usize = column_place(LINES, "kind");
const CHANNEL: usize = column_place(LINES, "channel");
const SKU: usize = column_place(LINES, "sku");
const CHANNEL_SKU: usize = column_place(LINES, "channel_sku");
const TITLE: usize = column_place(LINES, "title");
const QUANTITY: usize = column_place(LINES, "quantity");
const GROSS: usize = column_place(LINES, "gross");
const DISCOUNT: usize = column_place(LINES, "discount");
const UNIT_PRICE: usize = column_place(LINES, "unit_price");
const CURRENCY: usize = column_place(LINES, "currency");
const REFUND_CURRENCY: usize = column_place(table_place("refund_lines"), "currency");
const CURRENCY_ASSUMED: usize = column_place(LINES, "currency_assumed");

/// Whole titles of lines that are no goods. Shopify's checkout adds a tip as a line of its own that
/// is called `Tip` and has no SKU (help.shopify.com, "Tipping", 2026-11), in the shop's language.
const TITLES: &[(&str, &str)] = &[
    ("tip", "tip"),
    ("tips", "tip"),
    ("gratuity", "tip"),
    ("trinkgeld", "tip"),
    ("pourboire", "tip"),
    ("propina", "tip"),
    ("mancia", "tip"),
    ("fooi", "tip"),
    ("gorjeta", "tip"),
];

/// Parts of titles of lines that nobody ships: what a gift card is called in Shopify's shops
/// (help.shopify.com, "Gift cards"), what the insurers of parcels call their line (Route, Corso,
/// Navidium, ShipInsure and Onward on apps.shopify.com), and what shops call their services; 2026-11.
const SERVICES: &[(&str, &str)] = &[
    ("gift card", "gift_card"),
    ("gift certificate", "gift_card"),
    ("gift voucher", "gift_card"),
    ("geschenkgutschein", "gift_card"),
    ("geschenkkarte", "gift_card"),
    ("carte cadeau", "gift_card"),
    ("tarjeta regalo", "gift_card"),
    ("tarjeta de regalo", "gift_card"),
    ("buono regalo", "gift_card"),
    ("carta regalo", "gift_card"),
    ("cartes cadeaux", "gift_card"),
    ("tarjetas regalo", "gift_card"),
    ("buoni regalo", "gift_card"),
    ("carte regalo", "gift_card"),
    ("cadeaubon", "gift_card"),
    ("cadeaubonnen", "gift_card"),
    ("cadeaukaart", "gift_card"),
    ("cartão-presente", "gift_card"),
    ("presentkort", "gift_card"),
    ("package protection", "insurance"),
    ("shipping protection", "insurance"),
    ("delivery protection", "insurance"),
    ("order protection", "insurance"),
    ("shipping insurance", "insurance"),
    ("versandversicherung", "insurance"),
    ("shipinsure", "insurance"),
    ("gift wrap", "gift_wrap"),
    ("giftwrap", "gift_wrap"),
    ("geschenkverpackung", "gift_wrap"),
    ("emballage cadeau", "gift_wrap"),
    ("donation", "donation"),
    ("spende", "donation"),
    ("deposit", "deposit"),
    ("pfand", "deposit"),
    ("handling fee", "handling"),
    ("small order fee", "handling"),
    ("rush fee", "handling"),
];

/// What a line that nobody ships is by its title; `None` where it may well be an article, as a
/// download or a service is. What has a number of its own is held for others only where its title
/// begins so: a gift card's box and a pattern for one are articles.
pub(crate) fn of_unshipped(sku: Option<&str>, title: &str) -> Option<&'static str> {
    let title = title.trim().to_lowercase();
    let of_title = || TITLES.iter().find(|(whole, _)| *whole == title);
    let begins = |part: &str| title.trim_start_matches("e-").trim_start_matches("digital ").starts_with(part);
    let of_part = || {
        SERVICES.iter().find(|(part, kind)| {
            let is_held = matches!(*kind, "gift_card" | "donation" | "deposit");
            has_words(&title, part) && (sku.is_none() || !is_held || begins(part))
        })
    };
    let found = if sku.is_none() { of_title().or_else(of_part) } else { of_part() };
    found.map(|(_, kind)| *kind)
}

/// What the words of a name say, whatever else it says: that of an amount which stands on no line.
pub(crate) fn of_words(name: &str) -> Option<&'static str> {
    let mut known = TITLES.iter().chain(SERVICES);
    known.find(|(words, _)| has_words(name, words)).map(|(_, kind)| *kind)
}

/// What may stand beside a service's name without making an article of it: words of an amount.
const AMOUNT: [&str; 9] = ["", "usd", "eur", "euro", "gbp", "cad", "aud", "chf", "sek"];

/// What a line is by a title that is this service's name and next to nothing else, as `Gift Card ($25)` is:
/// where its file does not tell whether somebody ships it.
fn of_bare_title(title: &str) -> Option<&'static str> {
    let title = title.trim().to_lowercase();
    let name = title.trim_start_matches("e-").trim_start_matches("digital ");
    let is_amount = |rest: &str| rest.split(|letter: char| !letter.is_alphabetic()).all(|word| AMOUNT.contains(&word));
    let is_bare = |part: &str| after_words(name, part).any(|(before, rest)| before.is_empty() && is_amount(rest));
    let whole = TITLES.iter().find(|(whole, _)| *whole == title);
    whole.or_else(|| SERVICES.iter().find(|(part, _)| is_bare(part))).map(|(_, kind)| *kind)
}

/// Whether a text has these words, in the singular or plural, and not only their letters within others.
fn has_words(text: &str, words: &str) -> bool {
    after_words(text, words).next().is_some()
}

/// What comes before and after these words of a text, wherever it has them.
fn after_words<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    /// Of plurals, and of wrapping.
    const ENDINGS: [&str; 6] = ["", "s", "n", "en", "e", "ping"];
    text.match_indices(words).filter_map(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + words.len()..]);
        let is_end = |rest: &&str| !rest.starts_with(char::is_alphanumeric);
        let rest = ENDINGS.iter().filter_map(|ending| after.strip_prefix(ending)).find(is_end)?;
        (!before.ends_with(char::is_alphanumeric)).then_some((before, rest))
    })
}

/// What the settings say of order lines, by channel.
#[derive(Debug, Default)]
pub(crate) struct NotArticles(BTreeMap<Channel, Vec<LinePattern>>);

impl NotArticles {
    pub(crate) fn of(settings: &Settings) -> Self {
        let channels = settings.channels.iter().filter(|channel| !channel.not_articles.is_empty());
        Self(channels.map(|channel| (channel.name.clone(), channel.not_articles.clone())).collect())
    }

    /// What a line of a channel with these numbers and titles is, where the settings say it.
    pub(crate) fn kind(&self, channel: &str, texts: &[Option<&str>]) -> Option<&'static str> {
        let (_, patterns) = self.0.iter().find(|(name, _)| name.as_str() == channel)?;
        let fits = |pattern: &&LinePattern| texts.iter().flatten().any(|text| pattern.fits(text));
        patterns.iter().find(fits).map(|pattern| pattern.kind)
    }
}

/// Whether lines of this kind are units of an article.
pub(crate) fn is_goods(kind: &str) -> bool {
    matches!(kind, "article" | "giveaway")
}

/// What the file and the settings say of every order line.
pub(super) struct OrderLines {
    not_articles: Arc<NotArticles>,
    /// The currency that is taken for the lines' because the file names none.
    assumed: Option<Cell>,
    /// Whether a title tells what a line is: on a marketplace everything that is sold has a number, and
    /// Shopify's file says what is shipped.
    goes_by_title: bool,
}

impl OrderLines {
    pub(super) fn of(known: &Known<'_>, context: &Context) -> Self {
        let layout = known.layout;
        // A sign beside an amount is there or not, row by row.
        let names_currency = layout
            .field("currency")
            .filter(|place| layout.fields[*place].reader != Reader::CurrencyOfAmount)
            .is_some_and(|place| known.found.columns[place].is_some() || layout.fields[place].default.is_some());
        let assumed = (!names_currency && !context.currency_told).then(|| context.channel_currency.as_str().into());
        let goes_by_title = match layout.owner {
            Owner::Kind(kind) => !kind.is_marketplace() && kind != ChannelKind::Shopify,
            Owner::Named(_) | Owner::Folder | Owner::Rows => true,
        };
        Self { not_articles: context.not_articles.clone(), assumed, goes_by_title }
    }

    /// A refund is in its order's currency: where that is only assumed, so is the refund's.
    pub(super) fn leave_currency_open(&self, refund: &mut Draft) {
        if self.assumed.as_ref() == Some(&refund.cells[REFUND_CURRENCY]) {
            refund.cells[REFUND_CURRENCY] = Cell::Null;
        }
    }

    /// Fills in the kind of an order line that has none, and whether its currency is only assumed.
    pub(super) fn fill_in(&self, line: &mut Draft) {
        if line.cells[CURRENCY_ASSUMED].is_null() && self.assumed.as_ref() == Some(&line.cells[CURRENCY]) {
            line.cells[CURRENCY_ASSUMED] = true.into();
        }
        let [channel, texts @ ..] = [CHANNEL, SKU, CHANNEL_SKU, TITLE].map(|place| match &line.cells[place] {
            Cell::Text(text) => Some(text.as_ref()),
            _ => None,
        });
        let by_title = || of_bare_title(texts[2]?).filter(|_| self.goes_by_title && line.cells[KIND].is_null());
        match self.not_articles.kind(channel.unwrap_or_default(), &texts).or_else(by_title) {
            Some(kind) if !is_goods(kind) => {
                line.cells[KIND] = Cell::word(kind);
                // What is no article has no cost, no demand and no listing to be asked for.
                (line.cells[SKU], line.cells[CHANNEL_SKU]) = (Cell::Null, Cell::Null);
            }
            _ if line.cells[KIND].is_null() => {
                line.cells[KIND] = Cell::word(if is_given_away(line) { "giveaway" } else { "article" });
            }
            _ => {}
        }
    }
}

/// Whether the price is known and the buyer pays nothing of it: a replacement, a sample, a line
/// discounted whole.
fn is_given_away(line: &Draft) -> bool {
    let money = |column: usize| match line.cells[column] {
        Cell::Money(amount) => Some(amount),
        _ => None,
    };
    let units = matches!(line.cells[QUANTITY], Cell::Integer(units) if units > 0);
    let price = money(GROSS).or(money(UNIT_PRICE).filter(|price| price.is_zero()));
    units && price.is_some_and(|price| price <= money(DISCOUNT).unwrap_or(Money::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_ships_is_known_by_its_title() {
        assert_eq!(of_unshipped(None, "Tip"), Some("tip"));
        assert_eq!(of_unshipped(Some("TIP-1"), "Tip"), None, "an article that is called so has a number");
        assert_eq!(of_unshipped(Some("ROUTEINS10"), "Route Package Protection"), Some("insurance"));
        assert_eq!(of_unshipped(None, "E-Gift Card - $25.00"), Some("gift_card"));
        assert_eq!(of_unshipped(Some("PDF-7"), "Sewing pattern, download"), None);
        assert_eq!(of_unshipped(None, "Seifenspender aus Edelstahl"), None);
        assert_eq!(of_unshipped(Some("PDF-8"), "Printable gift card holder (PDF)"), None);
        for (title, kind) in
            [("Gift Wrapping", "gift_wrap"), ("Spenden für Bienen", "donation"), ("Gift Cards", "gift_card")]
        {
            assert_eq!(of_unshipped(None, title), Some(kind));
        }
    }

    #[test]
    fn a_bare_title_tells_what_a_line_is() {
        for title in ["Gift Card", "gift cards", "E-Gift Card (25.00 USD)", "Geschenkkarte 50 €", "Digital Gift Card"]
        {
            assert_eq!(of_bare_title(title), Some("gift_card"), "{title}");
        }
        assert_eq!(of_bare_title("Donation"), Some("donation"));
        for title in ["Gift card box", "Gift wrap paper, red", "Deposit bottle rack", "Spender", "My gift card"] {
            assert_eq!(of_bare_title(title), None, "{title}");
        }
    }

    #[test]
    fn the_settings_know_lines_by_number_or_title() {
        let pattern = |text: &str, kind| LinePattern { text: text.to_owned(), kind };
        let patterns = vec![pattern("wrap-*-paper", "gift_wrap"), pattern("*thank you", "tip")];
        let known = NotArticles([("shop".into(), patterns)].into());
        let kind = |channel, text| known.kind(channel, &[None, Some(text)]);
        assert_eq!(kind("shop", "WRAP-RED-PAPER"), Some("gift_wrap"));
        assert_eq!(kind("shop", "WRAP-RED"), None);
        assert_eq!(kind("shop", "A small Thank You"), Some("tip"));
        assert_eq!(kind("other", "A small Thank You"), None);
    }
}

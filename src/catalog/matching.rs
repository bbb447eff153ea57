//! Which product is behind a channel's number? Barcode before alias before equal text.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use super::spans::spans;
use crate::error::Result;
use crate::lake::{Cell, Rows};
use crate::query::{Marts, SKU_MAP};
use crate::types::{Channel, Day, Sku};

/// What is known about the numbers that channels use.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Every number seen on a channel, with the SKUs that stood beside it in an export. Where an
    /// export knows only a SKU, that is the number.
    pub seen: BTreeMap<(Channel, String), BTreeSet<Sku>>,
    /// The barcodes of listings.
    pub listed_barcodes: BTreeMap<(Channel, String), BTreeSet<String>>,
    /// The aliases of every channel and number.
    pub aliases: BTreeMap<(Channel, String), Vec<Alias>>,
    /// The products by barcode, leading zeros left out; more than one where products share it.
    pub by_barcode: BTreeMap<String, BTreeSet<Sku>>,
    /// Every SKU that the source of truth knows; empty where there is no source of truth, and then
    /// every SKU that an export states is taken as it is.
    pub products: BTreeSet<Sku>,
}

/// A row of `aliases`: the product that a number stands for from a day on, until a last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The first day.
    pub from: Day,
    /// The last day; without one until another begins.
    pub until: Option<Day>,
    /// The product.
    pub sku: Sku,
}

/// The table `sku_map`: for every number and every day the product. The first of these that tells
/// decides, and `matched_by` says which:
///
/// 1. `barcode`: a listing's barcode that exactly one product has;
/// 2. `alias`: a row of `aliases` for this channel and number that is in force on the day. It is
///    before the SKU's text because a person wrote it, and equal text may be chance;
/// 3. `sku`: the number, or the one SKU beside it, is a product's own;
/// 4. `alias` again: the row that ended last before the day, or else the one that begins next: a
///    number does not change its product because nobody wrote on;
/// 5. `unmapped`: nothing tells; the SKU is unknown.
pub fn sku_map(evidence: &Evidence) -> Rows {
    let mut builder = SKU_MAP.builder();
    for ((channel, number), stated) in &evidence.seen {
        let changes = evidence.changes(channel, number, stated);
        let product_on = |day| Ok::<_, Infallible>(evidence.product(channel, number, stated, day));
        let Ok(spans) = spans(&changes, product_on);
        for (span, (sku, matched_by)) in spans {
            builder.push([
                Cell::from(channel),
                number.as_str().into(),
                sku.as_ref().into(),
                matched_by.into(),
                span.from.into(),
                span.until.into(),
            ]);
        }
    }
    builder.finish()
}

/// Every SKU that the source of truth names: products, what has a cost, bundles and their parts.
///
/// # Errors
/// A damaged file of the lake.
pub fn known_skus(marts: &Marts) -> Result<BTreeSet<Sku>> {
    const NAMED: [(&str, &str); 4] =
        [("products", "sku"), ("costs", "sku"), ("bundles", "bundle_sku"), ("bundles", "component_sku")];
    let mut skus = BTreeSet::new();
    for (table, column) in NAMED {
        skus.extend(marts.table(table)?.text(column)?.iter().flatten().map(Sku::new));
    }
    Ok(skus)
}

impl Evidence {
    /// Reads it from the lake.
    ///
    /// # Errors
    /// A damaged file of the lake.
    pub fn read(marts: &Marts) -> Result<Self> {
        let mut evidence = Self::default();
        evidence.read_seen(&marts.rows("fact_identifiers")?)?;
        evidence.read_listings(&marts.table("listings")?)?;
        evidence.read_aliases(&marts.table("aliases")?)?;
        evidence.read_products(&marts.table("products")?)?;
        evidence.products = known_skus(marts)?;
        Ok(evidence)
    }

    /// Notes that a channel's export has a row of this number and this SKU.
    pub fn see(&mut self, channel: &str, number: Option<&str>, sku: Option<&str>) {
        let known = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let (number, sku) = (known(number), known(sku));
        for name in number.iter().chain(&sku) {
            let stated = self.seen.entry((Channel::new(channel), name.clone())).or_default();
            stated.extend(sku.as_deref().map(Sku::new));
        }
    }

    /// The days on which the product behind a number may change.
    fn changes(&self, channel: &Channel, number: &str, stated: &BTreeSet<Sku>) -> BTreeSet<Day> {
        let numbers = stated.iter().map(Sku::as_str).chain([number]);
        let aliases = numbers.flat_map(|number| self.aliases_of(channel, number));
        aliases.flat_map(|alias| [Some(alias.from), alias.until.map(|until| until.plus(1))]).flatten().collect()
    }

    fn product(
        &self,
        channel: &Channel,
        number: &str,
        stated: &BTreeSet<Sku>,
        day: Day,
    ) -> (Option<Sku>, &'static str) {
        let key = (channel.clone(), number.to_owned());
        let barcodes = self.listed_barcodes.get(&key).into_iter().flatten();
        let by_barcode: BTreeSet<&Sku> = barcodes.filter_map(|barcode| only(self.by_barcode.get(barcode)?)).collect();
        if let Some(sku) = only(&by_barcode) {
            return (Some((*sku).clone()), "barcode");
        }
        let alias = self.alias(channel, number, stated, day);
        if let Some((Preference::InForce(_), sku)) = alias {
            return (Some(sku.clone()), "alias");
        }
        let own = Sku::new(number);
        if self.is_product(&own) && (!self.products.is_empty() || stated.contains(&own)) {
            return (Some(own), "sku");
        }
        let products: BTreeSet<&Sku> = stated.iter().filter(|sku| self.is_product(sku)).collect();
        match (only(&products), alias) {
            (Some(sku), _) => (Some((*sku).clone()), "sku"),
            (None, Some((_, sku))) => (Some(sku.clone()), "alias"),
            (None, None) => (None, "unmapped"),
        }
    }

    fn is_product(&self, sku: &Sku) -> bool {
        self.products.is_empty() || self.products.contains(sku)
    }

    fn aliases_of(&self, channel: &Channel, number: &str) -> &[Alias] {
        self.aliases.get(&(channel.clone(), number.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The alias that counts on a day: the number's own, else that of the SKUs beside it, if those
    /// agree.
    fn alias(&self, channel: &Channel, number: &str, stated: &BTreeSet<Sku>, day: Day) -> Option<(Preference, &Sku)> {
        let best = |number: &str| {
            let aliases = self.aliases_of(channel, number).iter();
            aliases.map(|alias| (Preference::of(alias, day), &alias.sku)).max()
        };
        best(number).or_else(|| {
            let of_stated: Vec<(Preference, &Sku)> = stated.iter().filter_map(|sku| best(sku.as_str())).collect();
            let skus: BTreeSet<&Sku> = of_stated.iter().map(|(_, sku)| *sku).collect();
            only(&skus).and_then(|_| of_stated.into_iter().max())
        })
    }

    fn read_seen(&mut self, rows: &Rows) -> Result<()> {
        let (channel, number, sku) = (rows.text("channel")?, rows.text("channel_sku")?, rows.text("sku")?);
        for row in 0..rows.len() {
            self.see(channel.get(row).unwrap_or_default(), number.get(row), sku.get(row));
        }
        Ok(())
    }

    fn read_listings(&mut self, rows: &Rows) -> Result<()> {
        let (channel, number) = (rows.text("channel")?, rows.text("channel_sku")?);
        let (sku, barcode) = (rows.text("sku")?, rows.text("barcode")?);
        for row in 0..rows.len() {
            let (Some(channel), Some(number)) = (channel.get(row), number.get(row)) else { continue };
            self.see(channel, Some(number), sku.get(row));
            if let Some(barcode) = barcode.get(row).and_then(plain_barcode) {
                let key = (Channel::new(channel), number.to_owned());
                self.listed_barcodes.entry(key).or_default().insert(barcode);
            }
        }
        Ok(())
    }

    fn read_aliases(&mut self, rows: &Rows) -> Result<()> {
        let (channel, number, sku) = (rows.text("channel")?, rows.text("channel_sku")?, rows.text("sku")?);
        let (from, until) = (rows.day("from")?, rows.day("until")?);
        for row in 0..rows.len() {
            let (Some(channel), Some(number)) = (channel.get(row), number.get(row)) else { continue };
            let (Some(sku), Some(from)) = (sku.get(row), from.get(row)) else { continue };
            let alias = Alias { from, until: until.get(row), sku: Sku::new(sku) };
            self.aliases.entry((Channel::new(channel), number.to_owned())).or_default().push(alias);
        }
        Ok(())
    }

    fn read_products(&mut self, rows: &Rows) -> Result<()> {
        let (sku, barcode) = (rows.text("sku")?, rows.text("barcode")?);
        for row in 0..rows.len() {
            let Some(sku) = sku.get(row).map(Sku::new) else { continue };
            if let Some(barcode) = barcode.get(row).and_then(plain_barcode) {
                self.by_barcode.entry(barcode).or_default().insert(sku);
            }
        }
        Ok(())
    }
}

/// How much an alias counts on a day; the greater one is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Preference {
    /// It begins later: the earlier the better.
    Future(std::cmp::Reverse<Day>),
    /// It has ended: the later the better.
    Past(Day),
    /// It is in force, since this day.
    InForce(Day),
}

impl Preference {
    fn of(alias: &Alias, day: Day) -> Self {
        match alias.until {
            _ if alias.from > day => Self::Future(std::cmp::Reverse(alias.from)),
            Some(until) if until < day => Self::Past(until),
            _ => Self::InForce(alias.from),
        }
    }
}

/// The one element, if there is exactly one.
fn only<T: Ord>(set: &BTreeSet<T>) -> Option<&T> {
    set.first().filter(|_| set.len() == 1)
}

/// A barcode as digits without leading zeros, so that a UPC and the GTIN made from it are equal;
/// none for what is no barcode.
fn plain_barcode(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let plain = digits.trim_start_matches('0');
    let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && (8..=14).contains(&digits.len())).then(|| plain.to_owned())
}

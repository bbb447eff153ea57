//! Which product is behind a channel's number? Barcode before alias before equal text.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The aliases, the one that counts per channel and number.
    pub aliases: BTreeMap<(Channel, String), Sku>,
    /// The products by barcode, leading zeros left out; more than one where products share it.
    pub by_barcode: BTreeMap<String, BTreeSet<Sku>>,
    /// Every SKU that the source of truth knows; empty where there is no source of truth, and then
    /// every SKU that an export states is taken as it is.
    pub products: BTreeSet<Sku>,
}

/// The table `sku_map`. The first of these that tells decides, and `matched_by` says which:
///
/// 1. `barcode`: a listing's barcode that exactly one product has;
/// 2. `alias`: a row of `aliases` for this channel and number. It is before the SKU's text because
///    a person wrote it, and equal text may be chance;
/// 3. `sku`: the number, or the one SKU beside it, is a product's own;
/// 4. `unmapped`: nothing tells; the SKU is unknown.
pub fn sku_map(evidence: &Evidence) -> Rows {
    let mut builder = SKU_MAP.builder();
    for ((channel, number), stated) in &evidence.seen {
        let (sku, matched_by) = evidence.product(channel, number, stated);
        builder.push([Cell::from(channel), number.as_str().into(), sku.as_ref().into(), matched_by.into()]);
    }
    builder.finish()
}

impl Evidence {
    /// Reads it from the lake. Aliases are those in force at `as_of`; where none is, the one that
    /// ended last, or else the one that begins first.
    ///
    /// # Errors
    /// A damaged file of the lake.
    pub fn read(marts: &Marts, as_of: Day) -> Result<Self> {
        let mut evidence = Self::default();
        evidence.read_seen(&marts.rows("fact_identifiers")?)?;
        evidence.read_listings(&marts.table("listings")?)?;
        evidence.read_aliases(&marts.table("aliases")?, as_of)?;
        evidence.read_products(&marts.table("products")?)?;
        for (table, column) in [("costs", "sku"), ("bundles", "bundle_sku"), ("bundles", "component_sku")] {
            let rows = marts.table(table)?;
            evidence.products.extend(rows.text(column)?.iter().flatten().map(Sku::new));
        }
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

    fn product(&self, channel: &Channel, number: &str, stated: &BTreeSet<Sku>) -> (Option<Sku>, &'static str) {
        let key = (channel.clone(), number.to_owned());
        let barcodes = self.listed_barcodes.get(&key).into_iter().flatten();
        let by_barcode: BTreeSet<&Sku> = barcodes.filter_map(|barcode| only(self.by_barcode.get(barcode)?)).collect();
        if let Some(sku) = only(&by_barcode) {
            return (Some((*sku).clone()), "barcode");
        }
        let aliased = stated.iter().filter_map(|sku| self.alias(channel, sku.as_str()));
        if let Some(sku) = self.alias(channel, number).or_else(|| only(&aliased.collect::<BTreeSet<_>>()).copied()) {
            return (Some(sku.clone()), "alias");
        }
        let own = Sku::new(number);
        if self.is_product(&own) && (!self.products.is_empty() || stated.contains(&own)) {
            return (Some(own), "sku");
        }
        let products: BTreeSet<&Sku> = stated.iter().filter(|sku| self.is_product(sku)).collect();
        match only(&products) {
            Some(sku) => (Some((*sku).clone()), "sku"),
            None => (None, "unmapped"),
        }
    }

    fn is_product(&self, sku: &Sku) -> bool {
        self.products.is_empty() || self.products.contains(sku)
    }

    fn alias(&self, channel: &Channel, number: &str) -> Option<&Sku> {
        self.aliases.get(&(channel.clone(), number.to_owned()))
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

    fn read_aliases(&mut self, rows: &Rows, as_of: Day) -> Result<()> {
        let (channel, number, sku) = (rows.text("channel")?, rows.text("channel_sku")?, rows.text("sku")?);
        let (from, until) = (rows.day("from")?, rows.day("until")?);
        let mut best: BTreeMap<(Channel, String), (Preference, Sku)> = BTreeMap::new();
        for row in 0..rows.len() {
            let (Some(channel), Some(number)) = (channel.get(row), number.get(row)) else { continue };
            let (Some(sku), Some(from)) = (sku.get(row), from.get(row)) else { continue };
            let preference = Preference::of(from, until.get(row), as_of);
            let candidate = (preference, Sku::new(sku));
            let key = (Channel::new(channel), number.to_owned());
            match best.get_mut(&key) {
                Some(known) if *known >= candidate => {}
                Some(known) => *known = candidate,
                None => {
                    best.insert(key, candidate);
                }
            }
        }
        self.aliases = best.into_iter().map(|(key, (_, sku))| (key, sku)).collect();
        Ok(())
    }

    fn read_products(&mut self, rows: &Rows) -> Result<()> {
        let (sku, barcode) = (rows.text("sku")?, rows.text("barcode")?);
        for row in 0..rows.len() {
            let Some(sku) = sku.get(row).map(Sku::new) else { continue };
            if let Some(barcode) = barcode.get(row).and_then(plain_barcode) {
                self.by_barcode.entry(barcode).or_default().insert(sku.clone());
            }
            self.products.insert(sku);
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
    fn of(from: Day, until: Option<Day>, as_of: Day) -> Self {
        match until {
            _ if from > as_of => Self::Future(std::cmp::Reverse(from)),
            Some(until) if until < as_of => Self::Past(until),
            _ => Self::InForce(from),
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

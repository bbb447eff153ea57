//! The whole book: every SKU's walk, side by side on all threads.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::account::{Account, sort_movements, walk};
use super::facts::StockIndex;
use super::oversell::{DuplicateReservation, Oversell, Shortfalls};
use super::pool::Pools;
use super::state::{Counts, Movement, Snapshot};
use super::unpaid;
use crate::types::{Channel, Sku, Timestamp};

/// What the count should be, everywhere and at any time, and which orders had no unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    accounts: BTreeMap<Sku, BTreeMap<String, Account>>,
    oversells: Vec<Oversell>,
    duplicates: Vec<DuplicateReservation>,
}

impl Ledger {
    /// Walks all movements, SKU by SKU.
    pub fn build(index: &StockIndex<'_>, pools: &Pools) -> Self {
        let walked: Vec<OfSku> = index.skus().into_par_iter().map(|sku| OfSku::walk(index, pools, sku)).collect();
        let mut ledger = Self::default();
        for of_sku in walked {
            ledger.oversells.extend(of_sku.oversells);
            ledger.duplicates.extend(of_sku.duplicates);
            if !of_sku.accounts.is_empty() {
                ledger.accounts.insert(of_sku.sku, of_sku.accounts);
            }
        }
        // A bundle's line is oversold once, by the component that lacked most.
        ledger.oversells.sort_by(|a, b| line(a).cmp(&line(b)).then(b.units.cmp(&a.units)).then(a.sku.cmp(&b.sku)));
        ledger.oversells.dedup_by(|second, first| line(first) == line(second));
        ledger.duplicates.sort();
        ledger
    }

    /// One SKU at one location, if it was ever counted or moved there.
    pub fn account(&self, sku: &str, location: &str) -> Option<&Account> {
        self.accounts.get(sku)?.get(location)
    }

    /// Every account in the order of SKU and location.
    pub fn accounts(&self) -> impl Iterator<Item = (&Sku, &str, &Account)> {
        self.accounts.iter().flat_map(|(sku, locations)| {
            locations.iter().map(move |(location, account)| (sku, location.as_str(), account))
        })
    }

    /// The newest counts of one SKU at one location; unknown where it was never counted.
    pub fn counts(&self, sku: &str, location: &str) -> Option<Counts> {
        self.account(sku, location)?.latest
    }

    /// Units available of one SKU at one location at an instant; unknown before its first count.
    pub fn available_at(&self, sku: &str, location: &str, instant: Timestamp) -> Option<i64> {
        self.account(sku, location)?.timeline.at(instant)
    }

    /// Order lines that had no unit, by channel, order and line.
    pub fn oversells(&self) -> &[Oversell] {
        &self.oversells
    }

    /// Promises recorded more than once, by channel, order and SKU.
    pub fn duplicate_reservations(&self) -> &[DuplicateReservation] {
        &self.duplicates
    }
}

fn line(oversell: &Oversell) -> (&Channel, &str, &str) {
    (&oversell.channel, &oversell.order_id, &oversell.line_id)
}

struct OfSku {
    sku: Sku,
    accounts: BTreeMap<String, Account>,
    oversells: Vec<Oversell>,
    duplicates: Vec<DuplicateReservation>,
}

#[derive(Default)]
struct AtLocation<'a> {
    counts: Vec<Snapshot>,
    movements: Vec<Movement<'a>>,
}

impl OfSku {
    fn walk(index: &StockIndex<'_>, pools: &Pools, sku: &str) -> Self {
        let mut shortfalls = Shortfalls::of_sku(index, sku);
        let mut accounts: BTreeMap<&str, Account> = BTreeMap::new();
        for (location, AtLocation { mut counts, mut movements }) in by_location(index, sku) {
            unpaid::release(index, (sku, location), &mut counts, &mut movements);
            counts.sort_by_key(|count| count.at);
            sort_movements(&mut movements);
            let account = walk(&counts, &movements, |position, available| {
                shortfalls.promise(sku, location, &movements[position], available);
            });
            accounts.insert(location, account);
        }
        shortfalls.never_promised(&accounts, pools);
        let (oversells, duplicates) = shortfalls.finish(&accounts);
        let accounts = accounts.into_iter().map(|(location, account)| (location.to_owned(), account)).collect();
        Self { sku: Sku::new(sku), accounts, oversells, duplicates }
    }
}

fn by_location<'a>(index: &StockIndex<'a>, sku: &str) -> BTreeMap<&'a str, AtLocation<'a>> {
    let mut locations: BTreeMap<&str, AtLocation<'_>> = BTreeMap::new();
    for (location, count) in index.counts(sku) {
        locations.entry(location).or_default().counts.push(count);
    }
    for (location, movement) in index.movements(sku) {
        locations.entry(location).or_default().movements.push(movement);
    }
    locations
}

//! The exports that are known: one file per channel, each export as data.

mod amazon;
mod beside;
mod bigcommerce;
mod costs;
mod ebay;
mod etsy;
mod labels;
mod linnworks;
mod magento;
mod mapping;
mod meaning;
mod order_rows;
mod plain;
mod rakuten;
mod shipped;
mod shopify;
mod stated_tax;
mod tiktok;
mod unread;
mod unwanted;
mod walmart;
mod woocommerce;
mod words;

pub(crate) use mapping::words_of;
pub use plain::StandIn;
pub(crate) use plain::{is_read, reader, stand_in};
pub(crate) use unwanted::{Unwanted, unwanted};

use super::export::{Export, Layout};
use crate::config::Settings;
use crate::error::Result;
use crate::lake;
use crate::types::Timestamp;

/// Every export of every channel.
pub(crate) static EXPORTS: &[&Export] = &[
    &shopify::ORDERS,
    &shopify::PAYMENTS,
    &shopify::PAYOUTS,
    &shopify::INVENTORY,
    &shopify::INVENTORY_BY_COLUMN,
    &shopify::INVENTORY_TRIMMED,
    &shopify::PRODUCTS,
    &amazon::ORDERS,
    &amazon::RETURNS,
    &amazon::SETTLEMENT_V2,
    &amazon::SETTLEMENT_V1,
    &amazon::INVENTORY,
    &amazon::LISTINGS,
    &amazon::SHORT_LISTINGS,
    &tiktok::ORDERS,
    &tiktok::INCOME,
    &tiktok::WAREHOUSE,
    &amazon::TRANSACTIONS,
    &amazon::TRANSACTIONS_JP,
    &amazon::PLANNING,
    &amazon::LEDGER_EVENTS,
    &amazon::LEDGER_BALANCES,
    &amazon::MERCHANT_RETURNS,
    &woocommerce::ANALYTICS,
    &woocommerce::ORDER_ITEMS,
    &woocommerce::ORDERS,
    &woocommerce::PRODUCTS,
    &bigcommerce::ORDERS,
    &bigcommerce::PRODUCTS,
    &ebay::ORDERS,
    &ebay::TRANSACTIONS,
    &ebay::LISTINGS,
    &etsy::ITEMS,
    &etsy::ORDERS,
    &etsy::PAYMENTS,
    &etsy::STATEMENT,
    &etsy::LISTINGS,
    &walmart::ORDERS,
    &walmart::SETTLEMENT,
    &walmart::WIDE_SETTLEMENT,
    &walmart::ITEMS,
    &walmart::INVENTORY,
];

/// Every layout that a file can have in this project: the channels', the user's own, the plain
/// ones of the lake's tables.
pub(crate) fn layouts(settings: &Settings) -> Result<Vec<Layout>> {
    let mut layouts: Vec<Layout> = EXPORTS.iter().map(|export| Layout::of(export)).collect();
    layouts.extend(mapping::mappings(settings)?);
    layouts.extend(shipped::layouts()?);
    layouts.extend(of_folders());
    layouts.push(plain::order_lines());
    layouts.push(plain::snapshot());
    layouts.extend(plain::tables());
    Ok(layouts)
}

/// Exports of other systems, which lie in the folder of the channel that they tell of.
fn of_folders() -> [Layout; 4] {
    [labels::shipstation(), linnworks::orders(), magento::orders(), rakuten::orders()]
}

/// States of an order that carry no time of their own follow each other in the order of its life.
pub(crate) fn after_step(at: Timestamp, status: &str) -> Timestamp {
    const LIFE: [&[&str]; 7] = [
        &["unpaid"],
        &["pending"],
        &["paid", "unshipped"],
        &["shipped"],
        &["completed"],
        &["refunded"],
        &["cancelled"],
    ];
    let step = LIFE.iter().position(|states| states.contains(&status));
    Timestamp::from_micros(at.micros() + step.unwrap_or_default() as i64)
}

/// The name of a row that its file gives none, still without its number: what it says, beside the
/// others of its order. Twins lie in one month, where they are numbered, because they say one instant.
fn named_by_content(order: &str, at: Timestamp, said: &[&str]) -> String {
    let at = at.micros().to_le_bytes();
    let mut content: Vec<&[u8]> = vec![&at, order.as_bytes()];
    content.extend(said.iter().map(|text| text.as_bytes()));
    lake::twin_name(order, &content)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// The exports that goldens under a folder tell of.
    fn told(folder: &Path, ids: &mut BTreeSet<String>) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                told(&path, ids);
            } else if path.extension().is_some_and(|ending| ending == "golden") {
                let text = fs::read_to_string(path).unwrap();
                let id = text.split_once(" is ").and_then(|(_, rest)| rest.split_once(" by "));
                ids.extend(id.map(|(id, _)| id.to_owned()));
            }
        }
    }

    #[test]
    fn every_export_has_a_golden() {
        let mut ids = BTreeSet::new();
        told(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest"), &mut ids);
        let mut others = shipped::layouts().unwrap();
        others.extend(of_folders());
        let known = EXPORTS.iter().map(|export| export.id).chain(others.iter().map(|layout| layout.id.as_str()));
        let missing: Vec<&str> = known.filter(|id| !ids.contains(*id)).collect();
        assert!(missing.is_empty(), "no golden under tests/ingest tells of {missing:?}");
    }
}

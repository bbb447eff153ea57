//! Amazon's files: All Orders, inventory, returns, listings.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::clock;
use crate::sample::goods::{Good, Loss};
use crate::sample::orders::{Disposition, Line, groups, item_code};
use crate::sample::sheet::{Sheet, Style};
use crate::sample::stock::Shelf;
use crate::sample::stores::{AMAZON, PLACES};
use crate::types::Month;

pub(super) const ORDERS: &[&str] = &[
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "order-item-id",
    "fulfillment-channel",
    "sales-channel",
    "order-channel",
    "ship-service-level",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "promotion-ids",
    "cpf",
    "is-business-order",
    "purchase-order-number",
    "price-designation",
    "signature-confirmation-recommended",
];
const INVENTORY: &[&str] = &[
    "sku",
    "fnsku",
    "asin",
    "product-name",
    "condition",
    "your-price",
    "mfn-listing-exists",
    "mfn-fulfillable-quantity",
    "afn-listing-exists",
    "afn-warehouse-quantity",
    "afn-fulfillable-quantity",
    "afn-unsellable-quantity",
    "afn-reserved-quantity",
    "afn-total-quantity",
    "per-unit-volume",
    "afn-inbound-working-quantity",
    "afn-inbound-shipped-quantity",
    "afn-inbound-receiving-quantity",
    "afn-researching-quantity",
    "afn-reserved-future-supply",
    "afn-future-supply-buyable",
];
const RETURNS: &[&str] = &[
    "return-date",
    "order-id",
    "sku",
    "asin",
    "fnsku",
    "product-name",
    "quantity",
    "fulfillment-center-id",
    "detailed-disposition",
    "reason",
    "status",
    "license-plate-number",
    "customer-comments",
];
const LISTINGS: &[&str] = &[
    "item-name",
    "item-description",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "image-url",
    "item-is-marketplace",
    "product-id-type",
    "zshop-shipping-fee",
    "item-note",
    "item-condition",
    "zshop-category1",
    "zshop-browse-path",
    "zshop-storefront-feature",
    "asin1",
    "asin2",
    "asin3",
    "will-ship-internationally",
    "expedited-shipping",
    "zshop-boldface",
    "product-id",
    "bid-for-featured-placement",
    "add-delete",
    "pending-quantity",
    "fulfillment-channel",
    "merchant-shipping-group",
    "status",
];

fn name(good: &Good) -> String {
    format!("{} {}, {}", super::goods::BRAND, good.title, good.variant)
}

fn fnsku(good: &Good) -> String {
    format!("X0{}", &good.asin[2..])
}

/// `All_Orders_2026-02.txt`
pub(crate) fn write_orders(folder: &Path, month: Month, lines: &[Line], goods: &[Good]) -> Result<()> {
    let path = folder.join(format!("All_Orders_{month}.txt"));
    let mut sheet = Sheet::create(path, Style::TABS, ORDERS)?;
    for line in groups(lines, AMAZON).flatten() {
        order_row(&mut sheet, line, &goods[line.good])?;
    }
    sheet.finish()
}

fn order_row(sheet: &mut Sheet, line: &Line, good: &Good) -> Result<()> {
    let status = match line {
        line if line.cancelled.is_some() => "Cancelled",
        line if line.shipped_at.is_some() => "Shipped",
        _ => "Unshipped",
    };
    let updated = line.cancelled.map(|(at, _)| at).or(line.shipped_at).unwrap_or(line.at);
    let is_priced = line.cancelled.is_none() && !line.other_channel;
    let money = |amount: i64| is_priced.then_some(amount);
    let place = PLACES[line.place];
    let marketplace = if line.other_channel { "Non-Amazon US" } else { "Amazon.com" };
    sheet
        .text(&line.order_id())
        .empty(1)
        .with(|text| clock::iso_offset(text, line.at))
        .with(|text| clock::iso_offset(text, updated))
        .text(status)
        .text(&item_code(line))
        .text("Amazon")
        .text(marketplace)
        .empty(1)
        .text(if line.place.is_multiple_of(4) { "SecondDay" } else { "Expedited" })
        .text(&name(good))
        .text(&good.channel_sku[AMAZON])
        .text(&good.asin)
        .text(status)
        .integer(line.quantity)
        .text(if line.cancelled.is_some() { "" } else { "USD" })
        .maybe_cents(money(line.gross()))
        .maybe_cents(money(line.tax))
        .empty(4)
        .maybe_cents(money(line.discount).filter(|discount| *discount > 0))
        .empty(1)
        .text(place.0)
        .text(place.1)
        .text(place.3)
        .text("US")
        .text(if line.discount > 0 { "PAWS-V2-EVENT-15" } else { "" })
        .empty(1)
        .text("false")
        .empty(2)
        .text("false")
        .end()
}

/// `fba_customer_returns.csv`, in order of time.
pub(crate) struct Returns(Sheet);

impl Returns {
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        Sheet::create(folder.join("fba_customer_returns.csv"), Style::CSV, RETURNS).map(Self)
    }

    pub(crate) fn add(&mut self, good: &Good, order: &str, units: i64, state: Disposition, at: i64) -> Result<()> {
        let (disposition, reason, status) = match state {
            Disposition::Sellable => ("SELLABLE", "UNWANTED_ITEM", "Unit returned to inventory"),
            Disposition::Damaged => ("CUSTOMER_DAMAGED", "DEFECTIVE", "IMMEDIATE_LIQUIDATION"),
            Disposition::Defective => ("DEFECTIVE", "DEFECTIVE", "Reimbursed"),
        };
        let comment = match (state, at % 3) {
            (Disposition::Damaged, 0) => "arrived with the lid cracked, otherwise fine",
            (Disposition::Defective, 0) => "the \"new\" one leaks",
            _ => "",
        };
        self.0
            .with(|text| clock::iso_offset(text, at))
            .text(order)
            .text(&good.channel_sku[AMAZON])
            .text(&good.asin)
            .text(&fnsku(good))
            .text(&name(good))
            .integer(units)
            .text(super::choose(at, &["CHA1", "IND8", "RIC2", "PHX7"]))
            .text(disposition)
            .text(reason)
            .text(status)
            .with(|text| {
                let _ = write!(text, "LPNRR{:09}", at % 1_000_000_000);
            })
            .text(comment)
            .end()
    }

    pub(crate) fn finish(self) -> Result<()> {
        self.0.finish()
    }
}

/// Manage FBA Inventory at an instant; `error` is what the report is off by.
pub(crate) fn write_inventory<'a>(path: PathBuf, rows: impl Iterator<Item = (&'a Good, Shelf, i64)>) -> Result<()> {
    let mut sheet = Sheet::create(path, Style::TABS, INVENTORY)?;
    for (good, shelf, error) in rows {
        let fulfillable = shelf.available().max(0) + error;
        sheet
            .text(&good.channel_sku[AMAZON])
            .text(&fnsku(good))
            .text(&good.asin)
            .text(&name(good))
            .text("New")
            .cents(good.price_on(AMAZON))
            .text("No")
            .empty(1)
            .text("Yes")
            .integer(fulfillable + shelf.reserved)
            .integer(fulfillable)
            .integer(0)
            .integer(shelf.reserved)
            .integer(fulfillable + shelf.reserved + shelf.inbound)
            .with(|text| {
                let _ = write!(text, "0.{:02}", 1 + good.grams / 60);
            })
            .integer(0)
            .integer(shelf.inbound)
            .integer(0)
            .integer(0)
            .integer(0)
            .integer(0)
            .end()?;
    }
    sheet.finish()
}

/// All Listings; `price` tells what each asks.
pub(crate) fn write_listings(path: PathBuf, goods: &[Good], price: impl Fn(usize, &Good) -> i64) -> Result<()> {
    let mut sheet = Sheet::create(path, Style::TABS, LISTINGS)?;
    for (index, good) in goods.iter().enumerate().filter(|(_, good)| good.is_listed(AMAZON)) {
        let description = format!("{} by {}.", good.title, super::goods::BRAND);
        let fading = good.loss != Some((AMAZON, Loss::Refunds)) && good.discontinued.is_some();
        sheet
            .text(&name(good))
            .text(&description)
            .text(&format!("07{}", &good.asin[2..]))
            .text(&good.channel_sku[AMAZON])
            .cents(price(index, good))
            .empty(1)
            .text("2024-03-11 09:15:22 PDT")
            .empty(1)
            .text("y")
            .text("1")
            .empty(2)
            .text("11")
            .empty(3)
            .text(&good.asin)
            .empty(2)
            .text("1")
            .empty(2)
            .text(&good.asin)
            .empty(2)
            .text("0")
            .text("AMAZON_NA")
            .empty(1)
            .text(if fading { "Inactive" } else { "Active" })
            .end()?;
    }
    sheet.finish()
}

//! Amazon's files: All Orders, settlements, inventory, returns, listings.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::clock::{self, Clock};
use crate::sample::goods::{Good, Loss};
use crate::sample::orders::{Disposition, Line, groups, item_code};
use crate::sample::sheet::{Sheet, Style, push_cents};
use crate::sample::stock::Shelf;
use crate::sample::stores::{AMAZON, PLACES};
use crate::types::{Day, Month};

const ORDERS: &[&str] = &[
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
pub(crate) const SETTLEMENT: &[&str] = &[
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
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
        .text(if line.place % 4 == 0 { "SecondDay" } else { "Expedited" })
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

/// One settlement after the other, two weeks each; the last ends before the end of the shop.
pub(crate) struct Settlements {
    folder: PathBuf,
    /// First instant after the period, and of the last period that is written.
    end: i64,
    cut: i64,
    number: u64,
    rows: String,
    total: i64,
    sales: i64,
    reserve: i64,
    last_month: Option<Month>,
}

const PERIOD: i64 = 14 * 86_400;

/// What a settlement row is about.
#[derive(Default)]
struct Posting<'a> {
    transaction: &'static str,
    order: &'a str,
    adjustment: &'a str,
    group: &'static str,
    what: &'static str,
    amount: i64,
    item: &'a str,
    sku: &'a str,
    quantity: i64,
    promotion: &'static str,
}

impl Settlements {
    pub(crate) fn new(folder: &Path, first: i64, cut: i64) -> Self {
        let periods = (cut - first).div_euclid(PERIOD);
        Self {
            folder: folder.to_owned(),
            end: cut - periods * PERIOD,
            cut,
            number: 21_800_400_101,
            rows: String::new(),
            total: 0,
            sales: 0,
            reserve: 0,
            last_month: None,
        }
    }

    fn post(&mut self, at: i64, posting: &Posting<'_>) {
        let rows = &mut self.rows;
        let shipment = if posting.order.is_empty() { "" } else { &posting.order[4..11] };
        let prefix = if shipment.is_empty() { "" } else { "D" };
        let _ = write!(
            rows,
            "{}\t\t\t\t\tUSD\t{}\t{}\t\t{}\t{prefix}{shipment}\tAmazon.com\t{}\t{}\t",
            self.number, posting.transaction, posting.order, posting.adjustment, posting.group, posting.what
        );
        push_cents(rows, posting.amount, '.');
        rows.push_str(if posting.order.is_empty() { "\t\t" } else { "\tAFN\t" });
        clock::day(rows, Day::from_days(at.div_euclid(86_400) as i32));
        rows.push('\t');
        clock::spelled_utc(rows, at);
        let _ = write!(rows, "\t{}\t\t\t{}\t", posting.item, posting.sku);
        if posting.quantity > 0 {
            let _ = write!(rows, "{}", posting.quantity);
        }
        let _ = writeln!(rows, "\t{}", posting.promotion);
        self.total += posting.amount;
    }

    /// The lines of an order that have left.
    pub(crate) fn sale(&mut self, lines: &[Line], goods: &[Good], order: &str, at: i64) -> Result<()> {
        if !self.turn_to(at)? {
            return Ok(());
        }
        for line in lines {
            let good = &goods[line.good];
            let item = item_code(line);
            let base = Posting {
                transaction: "Order",
                order,
                item: &item,
                sku: &good.channel_sku[AMAZON],
                quantity: line.quantity,
                ..Posting::default()
            };
            let fee = -(line.net() * 1500 + 5000) / 10_000;
            let rows = [
                ("ItemPrice", "Principal", line.gross()),
                ("ItemPrice", "Tax", line.tax),
                ("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", -line.tax),
                ("ItemFees", "Commission", fee),
                ("ItemFees", "FBAPerUnitFulfillmentFee", -good.fulfilment_fee * line.quantity),
            ];
            for (group, what, amount) in rows {
                if amount != 0 {
                    self.post(at, &Posting { group, what, amount, ..base });
                }
            }
            if line.discount > 0 {
                let promotion = "PAWS-V2-EVENT-15";
                let amount = -line.discount;
                self.post(at, &Posting { group: "Promotion", what: "Principal", amount, promotion, ..base });
            }
            self.sales += line.net();
        }
        Ok(())
    }

    /// Units that came back: the price is returned, most of the commission comes back.
    pub(crate) fn refund(
        &mut self,
        line: &Line,
        good: &Good,
        order: &str,
        units: i64,
        refund: i64,
        at: i64,
    ) -> Result<()> {
        if !self.turn_to(at)? {
            return Ok(());
        }
        let item = item_code(line);
        let adjustment = format!("amzn1:crow:{item}");
        let base = Posting {
            transaction: "Refund",
            order,
            adjustment: &adjustment,
            item: &item,
            sku: &good.channel_sku[AMAZON],
            ..Posting::default()
        };
        let commission = (refund * 1500 + 5000) / 10_000;
        let rows = [
            ("ItemPrice", "Principal", -refund),
            ("ItemFees", "Commission", commission),
            ("ItemFees", "RefundCommission", -(commission / 5).min(500)),
        ];
        for (group, what, amount) in rows {
            self.post(at, &Posting { group, what, amount, quantity: units, ..base });
        }
        Ok(())
    }

    /// Amazon pays for a unit that it lost.
    pub(crate) fn reimburse(&mut self, good: &Good, at: i64) -> Result<()> {
        if self.turn_to(at)? {
            self.post(
                at,
                &Posting {
                    transaction: "Adjustment",
                    group: "other-transaction",
                    what: "WAREHOUSE_DAMAGE",
                    amount: good.price * 8 / 10,
                    sku: &good.channel_sku[AMAZON],
                    quantity: 1,
                    ..Posting::default()
                },
            );
        }
        Ok(())
    }

    /// Closes the periods that ended; false after the last one.
    pub(crate) fn turn_to(&mut self, at: i64) -> Result<bool> {
        while at >= self.end && self.end <= self.cut {
            self.close()?;
        }
        Ok(at < self.cut)
    }

    fn service(&mut self, at: i64, transaction: &'static str, what: &'static str, amount: i64) {
        if amount != 0 {
            self.post(at, &Posting { transaction, group: "other-transaction", what, amount, ..Posting::default() });
        }
    }

    fn close(&mut self) -> Result<()> {
        let at = self.end - 3600;
        let month = Day::from_days(at.div_euclid(86_400) as i32).month();
        if self.last_month.replace(month) != Some(month) {
            self.service(at, "ServiceFee", "Storage Fee", -(self.sales / 90 + 1250));
            self.service(at, "ServiceFee", "Subscription Fee", -3999);
        }
        self.service(at, "ServiceFee", "Cost of Advertising", -(self.sales * 3 / 100));
        let kept = (self.total / 40).max(0);
        self.service(self.end - PERIOD, "Transfer", "Previous Reserve Amount Balance", self.reserve);
        self.service(self.end - 1, "Transfer", "Current Reserve Amount", -kept);
        self.reserve = kept;
        let day = Day::from_days((self.end - 1).div_euclid(86_400) as i32);
        let path = self.folder.join(format!("settlement_{}_{day}.txt", self.number));
        let mut sheet = Sheet::create(path, Style::TABS, SETTLEMENT)?;
        let (start, end, total) = (self.end - PERIOD, self.end - 1, self.total);
        sheet
            .text(&self.number.to_string())
            .with(|text| clock::spelled_utc(text, start))
            .with(|text| clock::spelled_utc(text, end))
            .with(|text| clock::spelled_utc(text, end + 2 * 86_400))
            .cents(total)
            .text("USD")
            .empty(18)
            .end()?;
        sheet.raw(self.rows.trim_end_matches('\n')).end()?;
        self.rows.clear();
        self.total = 0;
        self.sales = 0;
        self.number += 16_000_293;
        self.end += PERIOD;
        sheet.finish()
    }
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

/// The last instant that settlements reach, for a shop that ends on `as_of`.
pub(crate) fn cut(as_of: Day, clock: &Clock) -> i64 {
    clock.instant(as_of.plus(-12), 0)
}

//! Shopify's files: orders, payment transactions, inventory, products.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::clock::Clock;
use crate::sample::goods::{BRAND, CATEGORIES, Good};
use crate::sample::orders::{Line, groups};
use crate::sample::sheet::{Sheet, Style};
use crate::sample::stores::PLACES;
use crate::types::{Day, Month};

pub(super) const ORDERS: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,\
Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,\
Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,\
Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,\
Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,\
Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,\
Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,\
Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,\
Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,\
Duties,Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,\
Payment References";
pub(super) const PAYMENTS: &str = "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Available On,\
Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency";
const INVENTORY: &str = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,\
Option3 Value,SKU,HS Code,COO,Location,Incoming,Unavailable,Committed,Available,On hand";
const PRODUCTS: &str = "Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,\
Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,Variant SKU,Variant Grams,\
Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Fulfillment Service,Variant Price,\
Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,\
Image Alt Text,Gift Card,SEO Title,SEO Description,Google Shopping / Google Product Category,\
Google Shopping / Gender,Google Shopping / Age Group,Google Shopping / MPN,Google Shopping / Condition,\
Google Shopping / Custom Product,Google Shopping / Custom Label 0,Google Shopping / Custom Label 1,\
Google Shopping / Custom Label 2,Google Shopping / Custom Label 3,Google Shopping / Custom Label 4,Variant Image,\
Variant Weight Unit,Variant Tax Code,Cost per item,Status";

pub(super) fn columns(header: &'static str) -> Vec<&'static str> {
    header.split(',').collect()
}

/// `orders_export_3.csv`: order-level amounts on an order's first row only.
pub(crate) fn write_orders(path: PathBuf, channel: usize, lines: &[Line], goods: &[Good], clock: &Clock) -> Result<()> {
    let mut sheet = Sheet::create(path, Style::CSV, &columns(ORDERS))?;
    for order in groups(lines, channel) {
        first_row(&mut sheet, order, goods, clock)?;
        for line in &order[1..] {
            next_row(&mut sheet, line, &order[0], goods, clock)?;
        }
    }
    sheet.finish()
}

/// An order's amounts in cents.
struct Totals {
    subtotal: i64,
    shipping: i64,
    tax: i64,
    discount: i64,
    /// Without tax.
    refunded: i64,
    refunded_tax: i64,
}

impl Totals {
    fn of(order: &[Line]) -> Self {
        Self {
            subtotal: order.iter().map(Line::net).sum(),
            shipping: order[0].shipping,
            tax: order.iter().map(|line| line.tax).sum(),
            discount: order.iter().map(|line| line.discount).sum(),
            refunded: order.iter().map(|line| line.refunded).sum(),
            refunded_tax: order.iter().map(|line| line.tax_of(line.returned)).sum(),
        }
    }

    fn total(&self) -> i64 {
        self.subtotal + self.shipping + self.tax
    }
}

fn first_row(sheet: &mut Sheet, order: &[Line], goods: &[Good], clock: &Clock) -> Result<()> {
    let head = &order[0];
    let totals = Totals::of(order);
    let cancelled = order.iter().all(|line| line.cancelled.is_some());
    let shipped = order.iter().filter(|line| line.shipped_at.is_some()).count();
    let financial = match totals.refunded {
        _ if cancelled => "voided",
        0 if shipped > 0 => "paid",
        0 => "authorized",
        refunded if refunded >= totals.subtotal => "refunded",
        _ => "partially_refunded",
    };
    let fulfilment = match shipped {
        0 => "unfulfilled",
        count if count == order.len() => "fulfilled",
        _ => "partial",
    };
    let last = order.iter().filter_map(|line| line.shipped_at).max().filter(|_| fulfilment == "fulfilled");
    let paid = order.iter().filter_map(|line| line.shipped_at).min();
    let name = head.order_id();
    sheet.text(&name).text(&email(head)).text(financial);
    when(sheet, clock, paid).text(fulfilment);
    when(sheet, clock, last)
        .text(if head.order.is_multiple_of(3) { "yes" } else { "no" })
        .text("USD")
        .cents(totals.subtotal)
        .cents(totals.shipping)
        .cents(totals.tax)
        .cents(totals.total());
    match totals.discount {
        0 => sheet.raw("\"\""),
        _ => sheet.text("SAVE"),
    };
    sheet.cents(totals.discount).text("Standard").with(|text| clock.shopify(text, head.at));
    item(sheet, head, goods);
    let (city, state, state_name, zip) = PLACES[head.place];
    for _ in 0..2 {
        sheet.empty(5).text(city).text(&format!("'{zip}")).text(state).text("US").empty(1);
    }
    sheet.text(if cancelled { reason(head) } else { "" }).raw("\"\"");
    when(sheet, clock, head.cancelled.map(|(at, _)| at).filter(|_| cancelled))
        .text("Shopify Payments")
        .text(&format!("r{:012}", head.order * 7_368_787 % 1_000_000_000_000))
        .cents(totals.refunded + totals.refunded_tax)
        .text(BRAND)
        .text("0.00")
        .empty(3)
        .text(&format!("{}", 6_634_244_000_000 + head.order * 4093))
        .raw("\"\"")
        .text("Low")
        .text("web")
        .text("0.00");
    match totals.tax {
        0 => sheet.empty(2),
        tax => sheet.text("State Tax 8.87%").cents(tax),
    };
    sheet.empty(8).empty(3).text(state_name).text(state_name).empty(4).end()
}

/// Why an order was cancelled, in the words of the note that the shop's staff leaves.
fn reason(line: &Line) -> &'static str {
    line.cancelled.map_or("", |(_, reason)| reason.word())
}

fn when<'a>(sheet: &'a mut Sheet, clock: &Clock, at: Option<i64>) -> &'a mut Sheet {
    match at {
        Some(at) => sheet.with(|text| clock.shopify(text, at)),
        None => sheet.empty(1),
    }
}

fn email(line: &Line) -> String {
    format!("buyer{}@example.com", line.order * 31 % 90_000 + 1000)
}

fn next_row(sheet: &mut Sheet, line: &Line, head: &Line, goods: &[Good], clock: &Clock) -> Result<()> {
    sheet.text(&head.order_id()).text(&email(head)).empty(13).with(|text| clock.shopify(text, head.at));
    item(sheet, line, goods);
    sheet.empty(26).text(BRAND).empty(8).text("0.00").empty(19).end()
}

/// The eight cells of the line's item.
fn item(sheet: &mut Sheet, line: &Line, goods: &[Good]) {
    let good = &goods[line.good];
    let name = if good.is_bundle() { good.title.clone() } else { format!("{} - {}", good.title, good.variant) };
    sheet
        .integer(line.quantity)
        .text(&name)
        .cents(line.unit_price)
        .raw("\"\"")
        .text(&good.channel_sku[line.channel])
        .text("true")
        .text("true")
        .text(if line.shipped_at.is_some() { "fulfilled" } else { "pending" });
}

/// A payment or its return.
struct Transaction {
    at: i64,
    kind: &'static str,
    order: String,
    amount: i64,
    fee: i64,
}

/// Payment transactions by month, newest first, as far as payouts reach.
pub(crate) struct Payments {
    folder: PathBuf,
    cut: i64,
    rows: Vec<Transaction>,
    month: Option<Month>,
    files: u32,
}

impl Payments {
    pub(crate) fn new(folder: PathBuf, cut: i64) -> Self {
        Self { folder, cut, rows: Vec::new(), month: None, files: 0 }
    }

    fn add(&mut self, at: i64, kind: &'static str, order: &str, amount: i64, fee: i64, clock: &Clock) -> Result<()> {
        if at >= self.cut {
            return Ok(());
        }
        let month = clock.day(at).month();
        if self.month.is_some_and(|open| open < month) {
            self.write(clock)?;
        }
        self.month = Some(month);
        self.rows.push(Transaction { at, kind, order: order.to_owned(), amount, fee });
        Ok(())
    }

    pub(crate) fn sale(&mut self, lines: &[Line], order: &str, at: i64, clock: &Clock) -> Result<()> {
        let amount = lines.iter().map(|line| line.net() + line.tax + line.shipping).sum();
        self.add(at, "charge", order, amount, (amount * 290 + 5000) / 10_000 + 30, clock)
    }

    pub(crate) fn refund(&mut self, order: &str, amount: i64, at: i64, clock: &Clock) -> Result<()> {
        self.add(at, "refund", order, -amount, 0, clock)
    }

    /// Writes the open month.
    pub(crate) fn write(&mut self, clock: &Clock) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.files += 1;
        let path = self.folder.join(format!("payment_transactions_export_{}.csv", self.files));
        let mut sheet = Sheet::create(path, Style::CSV, &columns(PAYMENTS))?;
        for row in self.rows.drain(..).rev() {
            let payout = clock.day(row.at).plus(2);
            let number: i64 = row.order.bytes().fold(7, |sum, byte| (sum * 31 + i64::from(byte)) % 9_999_991);
            sheet
                .with(|text| clock.shopify(text, row.at))
                .text(row.kind)
                .text(&row.order)
                .text(super::choose(number, &["visa", "master", "visa", "american_express", "discover"]))
                .text("online")
                .text("paid")
                .day(payout)
                .day(payout)
                .cents(row.amount)
                .cents(row.fee)
                .cents(row.amount - row.fee)
                .text(&format!("#3575{number:010}"))
                .text("card")
                .cents(row.amount.abs())
                .text("USD")
                .text("USD")
                .end()?;
        }
        sheet.finish()
    }
}

/// What a shop's inventory export says of one article.
pub(crate) struct InventoryRow<'a> {
    pub(crate) good: &'a Good,
    pub(crate) channel: usize,
    pub(crate) incoming: i64,
    pub(crate) unavailable: i64,
    pub(crate) committed: i64,
    pub(crate) available: i64,
}

/// The export with a row per location.
pub(crate) fn write_inventory<'a>(path: PathBuf, rows: impl Iterator<Item = InventoryRow<'a>>) -> Result<()> {
    let mut sheet = Sheet::create(path, Style::CSV, &columns(INVENTORY))?;
    for row in rows {
        let good = row.good;
        sheet
            .text(&good.handle)
            .text(&good.title)
            .text("Option")
            .text(good.variant)
            .empty(4)
            .text(&good.channel_sku[row.channel])
            .empty(2)
            .text("main")
            .integer(row.incoming)
            .integer(row.unavailable)
            .integer(row.committed)
            .integer(row.available)
            .integer(row.available + row.committed + row.unavailable)
            .end()?;
    }
    sheet.finish()
}

/// The products export; `price` tells what each asks.
pub(crate) fn write_products(
    folder: &Path,
    channel: usize,
    goods: &[Good],
    price: impl Fn(usize, &Good) -> i64,
) -> Result<()> {
    let mut sheet = Sheet::create(folder.join("products_export_1.csv"), Style::CSV, &columns(PRODUCTS))?;
    for (index, good) in goods.iter().enumerate().filter(|(_, good)| good.is_listed(channel)) {
        let body = format!("<p>{}, {}.</p>\r\n<p>Made in small batches.</p>", good.title, good.variant);
        let price = price(index, good);
        sheet
            .text(&good.handle)
            .text(&format!("{} {}", good.title, good.variant))
            .text(&body)
            .text(BRAND)
            .empty(1)
            .text(CATEGORIES[good.category])
            .text(good.class)
            .text("true")
            .text("Option")
            .text(good.variant)
            .empty(4)
            .text(&good.channel_sku[channel])
            .integer(good.grams)
            .text("shopify")
            .empty(1)
            .text("deny")
            .text("manual")
            .cents(price)
            .empty(1)
            .text("true")
            .text("true")
            .text(&good.barcode)
            .with(|text| {
                let _ = write!(text, "https://cdn.example.com/{}.jpg", good.handle);
            })
            .text("1")
            .empty(1)
            .text("false")
            .empty(14)
            .text("g")
            .empty(1)
            .maybe_cents((!good.is_bundle()).then_some(good.cost))
            .text("active")
            .end()?;
    }
    sheet.finish()
}

/// The number of a month's file, counted from the shop's first.
pub(crate) fn file_number(first: Day, month: Month) -> u32 {
    let mut number = 1;
    let mut open = first.month();
    while open < month {
        open = open.next();
        number += 1;
    }
    number
}

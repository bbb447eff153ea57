//! A TikTok Shop in Britain: its files name no currency and no tax.

use std::path::Path;

use super::Truth::{Left, Refund, Shipping, Sold};
use super::{CADDY, Meaning, money, sparse};
use crate::error::Result;
use crate::sample::sheet::{Sheet, Style};
use crate::sample::tiktok::ORDERS;
use crate::types::Day;

pub(super) const NAME: &str = "tiktok-uk";
pub(super) const FILE: &str = "All order-UK.csv";

/// What a pound is worth, in ten-thousandths of a dollar.
pub(super) fn pound_worth(_: Day) -> i64 {
    12_500
}

/// An order of one article as the export tells it.
struct Order {
    meaning: Meaning,
    quantity: i64,
    discount: i64,
    shipping: i64,
    refunded: i64,
    status: &'static str,
    sort: &'static str,
}

/// A price of one unit, with tax.
const PRICE: i64 = 1200;

const fn completed(of: &'static str, age: i32, means: &'static str, truth: &'static [super::Truth]) -> Order {
    Order {
        meaning: Meaning { of, age, means, truth },
        quantity: 1,
        discount: 0,
        shipping: 0,
        refunded: 0,
        status: "Completed",
        sort: "Normal",
    }
}

static LAID: [Order; 5] = [
    Order {
        shipping: 360,
        ..completed(
            "5761000000000000301",
            30,
            "pounds by the settings, and the prices hold 20 % tax by them",
            &[Sold(&CADDY, 1, 1000), Shipping(&CADDY, 300)],
        )
    },
    Order {
        quantity: 7,
        status: "Unpaid",
        ..completed("5761000000000000302", 28, "a cart that was never paid: not sold", &[])
    },
    Order {
        discount: PRICE,
        sort: "Sample",
        ..completed(
            "5761000000000000303",
            27,
            "a sample: a unit that left and that no buyer wanted",
            &[Left(&CADDY, 1, 1000), super::Truth::Discount(&CADDY, 1000)],
        )
    },
    Order {
        quantity: 2,
        refunded: PRICE,
        ..completed(
            "5761000000000000304",
            25,
            "one of two was paid back, which no statement tells",
            &[Sold(&CADDY, 2, 2000), Refund(&CADDY, 1000, 25)],
        )
    },
    completed("5761000000000000305", 1, "an order as any other", &[Sold(&CADDY, 1, 1000)]),
];

pub(super) fn meanings() -> Vec<&'static Meaning> {
    LAID.iter().map(|order| &order.meaning).collect()
}

pub(super) fn write(folder: &Path, as_of: Day) -> Result<()> {
    let header = ORDERS.map(|(name, _)| name);
    let mut sheet = Sheet::create(folder.join(FILE), Style::CSV_WITH_MARK, &header)?;
    for (_, description) in ORDERS {
        sheet.text(description);
    }
    sheet.end()?;
    for order in &LAID {
        sparse(&mut sheet, &header, &order.cells(as_of))?;
    }
    sheet.finish()
}

impl Order {
    fn cells(&self, as_of: Day) -> Vec<(&'static str, String)> {
        let when = as_of.plus(-self.meaning.age).date().format("%d/%m/%Y 12:00:00\t").to_string();
        let gross = PRICE * self.quantity;
        let amounts = [
            ("SKU Unit Original Price", PRICE),
            ("SKU Subtotal Before Discount", gross),
            ("SKU Platform Discount", 0),
            ("SKU Seller Discount", self.discount),
            ("SKU Subtotal After Discount", gross - self.discount),
            ("Shipping Fee After Discount", self.shipping),
            ("Taxes", 0),
            ("Order Amount", gross - self.discount + self.shipping),
            ("Order Refund Amount", self.refunded),
        ];
        let mut cells: Vec<_> = amounts.map(|(name, cents)| (name, money(cents))).into();
        cells.extend([
            ("Order ID", format!("{}\t", self.meaning.of)),
            ("Order Status", self.status.to_owned()),
            ("Normal or Pre-order", self.sort.to_owned()),
            ("SKU ID", "17294000000000077001\t".to_owned()),
            ("Seller SKU", CADDY.sku.to_owned()),
            ("Product Name", CADDY.title.to_owned()),
            ("Quantity", self.quantity.to_string()),
            ("Created Time", when.clone()),
            ("Paid Time", if self.status == "Unpaid" { String::new() } else { when }),
            ("Fulfillment Type", "Seller Shipping".to_owned()),
            ("Country", "United Kingdom".to_owned()),
        ]);
        cells
    }
}

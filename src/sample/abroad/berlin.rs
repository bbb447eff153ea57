//! A Shopify shop in Germany: prices hold their tax, and orders hold more than articles.

use std::path::Path;

use super::Truth::{Discount, Income, Left, Refund, Shipping, Sold};
use super::{Article, CANDLE, CUP, Meaning, TEA, money, sparse};
use crate::error::Result;
use crate::sample::sheet::{Sheet, Style};
use crate::sample::shopify::{ORDERS, PAYMENTS, columns};
use crate::types::Day;

pub(super) const NAME: &str = "berlin";
pub(super) const FILE: &str = "orders_export_1.csv";

/// A line as the export has it, with its price.
enum Item {
    Goods(&'static Article, i64, i64),
    /// Something that nobody ships.
    Other(&'static str, i64),
}
use Item::{Goods, Other};

/// An order as the export tells it.
struct Order {
    meaning: Meaning,
    items: &'static [Item],
    shipping: i64,
    discount: i64,
    /// Without shipping and tips, with the tax that the prices hold.
    subtotal: i64,
    tax: i64,
    total: i64,
    state: &'static str,
    /// So many days before the last it left.
    left: Option<i32>,
    cancelled: bool,
    refunded: i64,
    payment: &'static str,
}

/// An order that was paid and left on its day, without what most orders do not have.
const fn paid(
    of: &'static str,
    age: i32,
    items: &'static [Item],
    amounts: [i64; 3],
    means: &'static str,
    truth: &'static [super::Truth],
) -> Order {
    let [subtotal, tax, total] = amounts;
    Order {
        meaning: Meaning { of, age, means, truth },
        items,
        shipping: 0,
        discount: 0,
        subtotal,
        tax,
        total,
        state: "paid",
        left: Some(age),
        cancelled: false,
        refunded: 0,
        payment: "Shopify Payments",
    }
}

const EXCHANGE: &str = "#D1008";
const TYPED_WRONG: &str = "#D1012";

static LAID: [Order; 13] = [
    Order {
        shipping: 595,
        ..paid(
            "#D1001",
            30,
            &[Goods(&CANDLE, 1, 2380)],
            [2380, 475, 2975],
            "the prices hold 19 % tax, that of the parcel too",
            &[Sold(&CANDLE, 1, 2000), Shipping(&CANDLE, 500)],
        )
    },
    Order {
        shipping: 535,
        ..paid(
            "#D1002",
            29,
            &[Goods(&TEA, 2, 535)],
            [1070, 105, 1605],
            "the prices hold 7 % tax",
            &[Sold(&TEA, 2, 1000), Shipping(&TEA, 500)],
        )
    },
    paid(
        "#D1003",
        28,
        &[Goods(&CUP, 1, 1190), Other("Tip", 300)],
        [1190, 190, 1490],
        "a tip is income and no article",
        &[Sold(&CUP, 1, 1000), Income(300)],
    ),
    paid(
        "#D1004",
        27,
        &[Goods(&CANDLE, 1, 2380), Other("Geschenkgutschein 25 EUR", 2500)],
        [4880, 380, 4880],
        "a gift card that is sold is a debt and no sale",
        &[Sold(&CANDLE, 1, 2000)],
    ),
    Order {
        state: "partially_refunded",
        left: Some(25),
        refunded: 1190,
        payment: "gift_card + Shopify Payments",
        ..paid(
            "#D1005",
            26,
            &[Goods(&CUP, 2, 1190)],
            [2380, 380, 2380],
            "a gift card that is used is a payment; of the refund one half went to the card, the other to the gift card",
            &[Sold(&CUP, 2, 2000), Refund(&CUP, 500, 22), Refund(&CUP, 500, 25)],
        )
    },
    Order {
        discount: 714,
        ..paid(
            "#D1006",
            24,
            &[Goods(&CANDLE, 1, 2380), Goods(&CUP, 1, 1190)],
            [2856, 456, 2856],
            "a discount on the order is its lines', by their value",
            &[Sold(&CANDLE, 1, 2000), Discount(&CANDLE, 400), Sold(&CUP, 1, 1000), Discount(&CUP, 200)],
        )
    },
    paid(
        "#D1007",
        23,
        &[Goods(&CUP, 1, 1190), Goods(&CANDLE, 1, 2380)],
        [1190, 190, 1190],
        "an edit took the candle out, which stays in the export at its price",
        &[Sold(&CUP, 1, 1000)],
    ),
    paid(
        EXCHANGE,
        21,
        &[Goods(&CUP, 1, 1190), Goods(&CANDLE, 1, 2380)],
        [3570, 570, 3570],
        "the cup was exchanged for the candle: the export sells both, the buyer paid 23.80; in order_differences.csv",
        &[Sold(&CUP, 1, 1000), Sold(&CANDLE, 1, 2000)],
    ),
    Order {
        state: "pending",
        left: None,
        payment: "Bank Deposit",
        ..paid("#D1009", 20, &[Goods(&TEA, 9, 535)], [4815, 315, 4815], "nobody has paid it: not sold", &[])
    },
    Order {
        discount: 535,
        ..paid(
            "#D1010",
            19,
            &[Goods(&TEA, 1, 535)],
            [0, 0, 0],
            "given to the press: a unit that left and that no buyer wanted",
            &[Left(&TEA, 1, 535), Discount(&TEA, 535)],
        )
    },
    Order {
        state: "partially_refunded",
        left: None,
        cancelled: true,
        refunded: 1190,
        ..paid(
            "#D1011",
            18,
            &[Goods(&CANDLE, 1, 2380)],
            [2380, 380, 2380],
            "cancelled; what was kept of it is income",
            &[Income(1000)],
        )
    },
    Order {
        state: "refunded",
        refunded: 28_560,
        ..paid(
            TYPED_WRONG,
            17,
            &[Goods(&CANDLE, 12, 2380)],
            [28_560, 4560, 28_560],
            "typed wrong, sent all the same and credited in full within hours: no demand",
            &[Left(&CANDLE, 12, 24_000), Refund(&CANDLE, 24_000, 17)],
        )
    },
    paid("#D1013", 1, &[Goods(&TEA, 1, 535)], [535, 35, 535], "an order as any other", &[Sold(&TEA, 1, 500)]),
];

/// What passed through Shopify Payments: day, type, order, amount.
const PAID: [(i32, &str, &str, i64); 14] = [
    (30, "charge", "#D1001", 2975),
    (29, "charge", "#D1002", 1605),
    (28, "charge", "#D1003", 1490),
    (27, "charge", "#D1004", 4880),
    (26, "charge", "#D1005", 1380),
    (24, "charge", "#D1006", 2856),
    (23, "charge", "#D1007", 1190),
    (22, "refund", "#D1005", -595),
    (21, "charge", EXCHANGE, 1190),
    (18, "charge", EXCHANGE, 1190),
    (18, "charge", "#D1011", 2380),
    (18, "refund", "#D1011", -1190),
    (17, "charge", TYPED_WRONG, 28_560),
    (17, "refund", TYPED_WRONG, -28_560),
];

pub(super) fn meanings() -> Vec<&'static Meaning> {
    LAID.iter().map(|order| &order.meaning).collect()
}

pub(super) fn write(folder: &Path, as_of: Day) -> Result<()> {
    let header = columns(ORDERS);
    let mut sheet = Sheet::create(folder.join(FILE), Style::CSV, &header)?;
    for order in &LAID {
        let mut cells = order.cells(as_of);
        for item in order.items {
            cells.extend(item.cells());
            cells.push(("Name", order.meaning.of.to_owned()));
            cells.push(("Created at", noon(as_of, order.meaning.age)));
            sparse(&mut sheet, &header, &cells)?;
            cells.clear();
        }
    }
    sheet.finish()?;
    payments(folder, as_of)?;
    credit(folder, as_of)
}

fn noon(as_of: Day, age: i32) -> String {
    format!("{} 12:00:00 +0100", as_of.plus(-age))
}

impl Order {
    /// The cells of its first row that are the order's.
    fn cells(&self, as_of: Day) -> Vec<(&'static str, String)> {
        let ordered = noon(as_of, self.meaning.age);
        let left = self.left.map(|age| noon(as_of, age));
        let amounts = [
            ("Subtotal", self.subtotal),
            ("Shipping", self.shipping),
            ("Taxes", self.tax),
            ("Total", self.total),
            ("Discount Amount", self.discount),
            ("Refunded Amount", self.refunded),
        ];
        let mut cells: Vec<_> = amounts.map(|(name, cents)| (name, money(cents))).into();
        cells.extend([
            ("Financial Status", self.state.to_owned()),
            ("Fulfillment Status", if left.is_some() { "fulfilled" } else { "unfulfilled" }.to_owned()),
            ("Fulfilled at", left.unwrap_or_default()),
            ("Paid at", if self.state == "pending" { String::new() } else { ordered.clone() }),
            ("Cancelled at", if self.cancelled { ordered } else { String::new() }),
            ("Currency", "EUR".to_owned()),
            ("Shipping Country", "DE".to_owned()),
            ("Payment Method", self.payment.to_owned()),
            ("Id", format!("69{}", &self.meaning.of[2..])),
        ]);
        cells
    }
}

impl Item {
    fn cells(&self) -> [(&'static str, String); 6] {
        let (quantity, title, price, sku) = match *self {
            Goods(article, quantity, price) => (quantity, article.title, price, article.sku),
            Other(title, price) => (1, title, price, ""),
        };
        let is_goods = (!sku.is_empty()).to_string();
        [
            ("Lineitem quantity", quantity.to_string()),
            ("Lineitem name", title.to_owned()),
            ("Lineitem price", money(price)),
            ("Lineitem sku", sku.to_owned()),
            ("Lineitem requires shipping", is_goods.clone()),
            ("Lineitem taxable", is_goods),
        ]
    }
}

fn payments(folder: &Path, as_of: Day) -> Result<()> {
    let header = columns(PAYMENTS);
    let path = folder.join("payment_transactions_export_1.csv");
    let mut sheet = Sheet::create(path, Style::CSV, &header)?;
    for (age, kind, order, amount) in PAID {
        let fee = if amount > 0 { amount * 14 / 1000 + 25 } else { 0 };
        let payout = as_of.plus(2 - age).to_string();
        let cells = [
            ("Transaction Date", noon(as_of, age)),
            ("Type", kind.to_owned()),
            ("Order", order.to_owned()),
            ("Payout Status", "paid".to_owned()),
            ("Payout Date", payout.clone()),
            ("Available On", payout),
            ("Amount", money(amount)),
            ("Fee", money(fee)),
            ("Net", money(amount - fee)),
            ("Checkout", format!("#{age}{}", &order[2..])),
            ("Payment Method Name", "card".to_owned()),
            ("Currency", "EUR".to_owned()),
        ];
        sparse(&mut sheet, &header, &cells)?;
    }
    sheet.finish()
}

/// The credit of the order that was typed wrong, in a file of the shop's own.
fn credit(folder: &Path, as_of: Day) -> Result<()> {
    let header = [
        "refund_id",
        "line_id",
        "channel",
        "order_id",
        "sku",
        "quantity",
        "amount",
        "currency",
        "refunded_at",
        "disposition",
        "tax_included",
    ];
    let mut sheet = Sheet::create(folder.join("credits.csv"), Style::CSV, &header)?;
    sheet.text("G-1").text("1").text(NAME).text(TYPED_WRONG).text(CANDLE.sku).integer(12).cents(28_560).text("EUR");
    sheet.text(&format!("{}T15:00:00Z", as_of.plus(-17))).text("unknown").text("true").end()?;
    sheet.finish()
}

/// The orders whose documents disagree, and by how much.
pub(super) fn write_differences(folder: &Path) -> Result<()> {
    let header = ["channel", "order_id", "against", "difference", "currency"];
    let mut sheet = Sheet::create(folder.join("order_differences.csv"), Style::CSV, &header)?;
    sheet.text(NAME).text(EXCHANGE).text("settlement").cents(-1190).text("EUR").end()?;
    sheet.finish()
}

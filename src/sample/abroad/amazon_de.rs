//! A seller account on Amazon.de: prices hold their tax, units leave for nothing, and its settlement
//! tells of an order that no export has and of a payout that came back.

use std::path::Path;

use super::Truth::{Charge, Discount, Left, Refund, Sold};
use super::{Meaning, VASE, money, sparse};
use crate::error::Result;
use crate::sample::amazon::ORDERS;
use crate::sample::settlement::SETTLEMENT;
use crate::sample::sheet::{Sheet, Style};
use crate::types::Day;

pub(super) const NAME: &str = "amazon-de";
pub(super) const FILE: &str = "All_Orders_DE.txt";

/// An order of the vase, as the export tells it.
struct Order {
    meaning: Meaning,
    quantity: i64,
    /// Whether Amazon charges for it; a replacement has no price.
    is_priced: bool,
    /// With tax.
    discount: i64,
}

/// A vase with its tax of 19 %, and without.
const PRICE: i64 = 2380;
const NET: i64 = 2000;

static LAID: [Order; 4] = [
    Order {
        meaning: Meaning {
            of: REFUNDED,
            age: 30,
            means: "the prices hold 19 % tax; of the refund the settlement tells goods and tax apart",
            truth: &[Sold(&VASE, 2, 2 * NET), Refund(&VASE, NET, 20)],
        },
        quantity: 2,
        is_priced: true,
        discount: 0,
    },
    Order {
        meaning: Meaning {
            of: "304-7000002-0000002",
            age: 27,
            means: "a replacement without a price: a unit that left and that no buyer wanted",
            truth: &[Left(&VASE, 1, 0)],
        },
        quantity: 1,
        is_priced: false,
        discount: 0,
    },
    Order {
        meaning: Meaning {
            of: "304-7000003-0000003",
            age: 26,
            means: "given to Vine: its whole price is taken off",
            truth: &[Left(&VASE, 1, NET), Discount(&VASE, NET)],
        },
        quantity: 1,
        is_priced: true,
        discount: PRICE,
    },
    Order {
        meaning: Meaning {
            of: "304-7000005-0000005",
            age: 1,
            means: "an order as any other",
            truth: &[Sold(&VASE, 1, NET)],
        },
        quantity: 1,
        is_priced: true,
        discount: 0,
    },
];

const REFUNDED: &str = "304-7000001-0000001";
const EARLIER: &str = "304-6999999-0000009";

/// A row of the settlement: day, transaction, order, what for, how much, units.
type Posted = (i32, &'static str, &'static str, [&'static str; 2], i64, i64);

/// What the settlement tells beside the orders.
struct Event {
    meaning: Meaning,
    posted: &'static [Posted],
}

static SETTLED: [Event; 4] = [
    Event {
        meaning: Meaning {
            of: EARLIER,
            age: 33,
            means: "ordered before the first export and known to the settlement alone: sale, cost and fees, all of it",
            truth: &[Left(&VASE, 1, NET)],
        },
        posted: &[
            (33, "Order", EARLIER, ["ItemPrice", "Principal"], NET, 1),
            (33, "Order", EARLIER, ["ItemPrice", "Tax"], PRICE - NET, 1),
            (33, "Order", EARLIER, ["ItemFees", "Commission"], -357, 1),
            (33, "Order", EARLIER, ["ItemFees", "FBAPerUnitFulfillmentFee"], -310, 1),
        ],
    },
    Event {
        meaning: Meaning {
            of: "payout",
            age: 32,
            means: "a payout that bounced and a debt that was paid: no income",
            truth: &[],
        },
        posted: &[
            (
                32,
                "other-transaction",
                "",
                ["other-transaction", "Transfer of funds unsuccessful: Amazon has cancelled your transfer."],
                12_000,
                0,
            ),
            (31, "other-transaction", "", ["other-transaction", "Successful charge"], 1500, 0),
            (21, "other-transaction", "", ["other-transaction", "Current Reserve Amount"], -2000, 0),
        ],
    },
    Event {
        meaning: Meaning {
            of: "fees",
            age: 22,
            means: "the amount's type says what a fee is for, its description does not",
            truth: &[Charge("storage_fees", 300), Charge("advertising", 800)],
        },
        posted: &[
            (22, "ServiceFee", "", ["Cost of Advertising", "TransactionTotalAmount"], -800, 0),
            (22, "ServiceFee", "", ["FBA Inventory Storage Fee", "Base fee"], -300, 0),
        ],
    },
    Event {
        meaning: Meaning { of: REFUNDED, age: 29, means: "settled, and one of two paid back", truth: &[] },
        posted: &[
            (29, "Order", REFUNDED, ["ItemPrice", "Principal"], 2 * NET, 2),
            (29, "Order", REFUNDED, ["ItemPrice", "Tax"], 2 * (PRICE - NET), 2),
            (29, "Order", REFUNDED, ["ItemFees", "Commission"], -714, 2),
            (20, "Refund", REFUNDED, ["ItemPrice", "Principal"], -NET, 1),
            (20, "Refund", REFUNDED, ["ItemPrice", "Tax"], NET - PRICE, 1),
            (20, "Refund", REFUNDED, ["ItemFees", "Commission"], 357, 1),
        ],
    },
];

pub(super) fn meanings() -> Vec<&'static Meaning> {
    LAID.iter().map(|order| &order.meaning).chain(SETTLED.iter().map(|event| &event.meaning)).collect()
}

pub(super) fn write(folder: &Path, as_of: Day) -> Result<()> {
    let header: Vec<&str> = ORDERS.iter().copied().chain(["is-replacement-order"]).collect();
    let mut sheet = Sheet::create(folder.join(FILE), Style::TABS, &header)?;
    for order in &LAID {
        sparse(&mut sheet, &header, &order.cells(as_of))?;
    }
    sheet.finish()?;
    settlement(folder, as_of)
}

impl Order {
    fn cells(&self, as_of: Day) -> Vec<(&'static str, String)> {
        let at = format!("{}T12:00:00+00:00", as_of.plus(-self.meaning.age));
        let mut cells = vec![
            ("amazon-order-id", self.meaning.of.to_owned()),
            ("purchase-date", at.clone()),
            ("last-updated-date", at),
            ("order-status", "Shipped".to_owned()),
            ("order-item-id", item(self.meaning.of)),
            ("fulfillment-channel", "Amazon".to_owned()),
            ("sales-channel", "Amazon.de".to_owned()),
            ("product-name", VASE.title.to_owned()),
            ("sku", VASE.sku.to_owned()),
            ("item-status", "Shipped".to_owned()),
            ("quantity", self.quantity.to_string()),
            ("ship-country", "DE".to_owned()),
            ("is-replacement-order", (!self.is_priced).to_string()),
        ];
        if self.is_priced {
            cells.extend([
                ("currency", "EUR".to_owned()),
                ("item-price", money(PRICE * self.quantity)),
                ("item-tax", money((PRICE - NET) * self.quantity)),
                ("item-promotion-discount", money(self.discount)),
            ]);
        }
        cells
    }
}

/// An item's number: that of its order.
fn item(order: &str) -> String {
    order.replace('-', "")
}

fn settlement(folder: &Path, as_of: Day) -> Result<()> {
    const NUMBER: &str = "19482399001";
    let at = |age: i32| format!("{} 12:00:00 UTC", as_of.plus(-age));
    let posted: Vec<&Posted> = SETTLED.iter().flat_map(|event| event.posted).collect();
    let mut sheet = Sheet::create(folder.join("settlement_19482399001.txt"), Style::TABS, SETTLEMENT)?;
    let head = [
        ("settlement-id", NUMBER.to_owned()),
        ("settlement-start-date", at(34)),
        ("settlement-end-date", at(19)),
        ("deposit-date", at(17)),
        ("total-amount", money(posted.iter().map(|row| row.4).sum())),
        ("currency", "EUR".to_owned()),
    ];
    sparse(&mut sheet, SETTLEMENT, &head)?;
    for (age, transaction, order, [group, what], amount, units) in posted {
        let mut cells = vec![
            ("settlement-id", NUMBER.to_owned()),
            ("currency", "EUR".to_owned()),
            ("transaction-type", (*transaction).to_owned()),
            ("amount-type", (*group).to_owned()),
            ("amount-description", (*what).to_owned()),
            ("amount", money(*amount)),
            ("posted-date", as_of.plus(-age).to_string()),
            ("posted-date-time", at(*age)),
        ];
        if !order.is_empty() {
            cells.extend([
                ("order-id", (*order).to_owned()),
                ("marketplace-name", "Amazon.de".to_owned()),
                ("order-item-code", item(order)),
                ("sku", VASE.sku.to_owned()),
                ("quantity-purchased", units.to_string()),
            ]);
        }
        sparse(&mut sheet, SETTLEMENT, &cells)?;
    }
    sheet.finish()
}

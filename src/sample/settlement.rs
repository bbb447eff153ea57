//! Amazon's settlements: two weeks each, every amount on a row of its own.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::error::Result;
use crate::sample::clock::{self, Clock};
use crate::sample::goods::Good;
use crate::sample::orders::{Line, item_code};
use crate::sample::sheet::{Sheet, Style, push_cents};
use crate::sample::stores::AMAZON;
use crate::types::{Day, Month};

/// The columns of the flat file, second version.
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

/// The last instant that settlements reach, for a shop that ends on `as_of`.
pub(crate) fn cut(as_of: Day, clock: &Clock) -> i64 {
    clock.instant(as_of.plus(-12), 0)
}

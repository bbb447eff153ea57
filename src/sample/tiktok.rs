//! TikTok Shop's files: orders as CSV, statements as CSV and as XLSX, and the sync service's count.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::error::{Diagnostic, Result};
use crate::sample::clock::Clock;
use crate::sample::goods::{CATEGORIES, Good};
use crate::sample::orders::{Line, Reason, groups};
use crate::sample::sheet::{Sheet, Style, push_cents};
use crate::sample::stores::{PLACES, TIKTOK};
use crate::types::Month;

pub(super) const ORDERS: [(&str, &str); 54] = [
    ("Order ID", "Platform unique order ID."),
    ("Order Status", "Current order status."),
    ("Order Substatus", "Current order sub-status."),
    ("Cancelation/Return Type", "Cancelation or return type."),
    ("Normal or Pre-order", "Order type."),
    ("SKU ID", "Platform unique SKU ID."),
    ("Seller SKU", "SKU ID input by the seller."),
    ("Product Name", "Product name."),
    ("Variation", "Platform SKU variation."),
    ("Quantity", "SKU sold quantity in the order."),
    ("Sku Quantity of return", "SKU returned quantity in the order."),
    ("SKU Unit Original Price", "Unit price before discounts."),
    ("SKU Subtotal Before Discount", "Quantity times unit price."),
    ("SKU Platform Discount", "Discount that the platform pays."),
    ("SKU Seller Discount", "Discount that the seller pays."),
    ("SKU Subtotal After Discount", "Subtotal less discounts."),
    ("Shipping Fee After Discount", "Original shipping fee less discounts."),
    ("Original Shipping Fee", "Shipping fee before discounts."),
    ("Shipping Fee Seller Discount", "Shipping discount that the seller pays."),
    ("Shipping Fee Platform Discount", "Shipping discount that the platform pays."),
    ("Payment platform discount", "Payment discount that the platform pays."),
    ("Taxes", "Sales tax."),
    ("Order Amount", "What the buyer paid."),
    ("Order Refund Amount", "What the buyer got back."),
    ("Created Time", "Order creation time."),
    ("Paid Time", "Order payment time."),
    ("RTS Time", "Ready to ship time."),
    ("Shipped Time", "Order shipping time."),
    ("Delivered Time", "Order delivery time."),
    ("Cancelled Time", "Order cancelation time."),
    ("Cancel By", "Who canceled the order."),
    ("Cancel Reason", "Reason of the cancelation."),
    ("Fulfillment Type", "Fulfillment type."),
    ("Warehouse Name", "Warehouse name."),
    ("Tracking ID", "Tracking number."),
    ("Delivery Option", "Delivery option."),
    ("Shipping Provider Name", "Shipping provider."),
    ("Buyer Message", "Message from the buyer."),
    ("Buyer Username", "Buyer's user name."),
    ("Recipient", "Recipient's name."),
    ("Phone #", "Recipient's phone."),
    ("Zipcode", "Zip code."),
    ("Country", "Country."),
    ("State", "State."),
    ("Post Town", "City."),
    ("Detail Address", "Address."),
    ("Additional address information", "More of the address."),
    ("Payment Method", "Payment method."),
    ("Weight(kg)", "Package weight."),
    ("Product Category", "Product category."),
    ("Package ID", "Package ID."),
    ("Seller Note", "Note from the seller."),
    ("Checked Status", "Checked status."),
    ("Checked Marked by", "Who checked it."),
];

/// `All order-2026-02.csv`: byte order mark, a row of descriptions, tabs at the end of numbers.
pub(crate) fn write_orders(folder: &Path, month: Month, lines: &[Line], goods: &[Good], clock: &Clock) -> Result<()> {
    let path = folder.join(format!("All order-{month}.csv"));
    let mut sheet = Sheet::create(path, Style::CSV_WITH_MARK, &ORDERS.map(|(name, _)| name))?;
    for (_, description) in ORDERS {
        sheet.text(description);
    }
    sheet.end()?;
    for order in groups(lines, TIKTOK) {
        for line in order {
            order_row(&mut sheet, order, line, &goods[line.good], clock)?;
        }
    }
    sheet.finish()
}

fn order_row(sheet: &mut Sheet, order: &[Line], line: &Line, good: &Good, clock: &Clock) -> Result<()> {
    let delivered = line.shipped_at.map(|at| at + 3 * 86_400).filter(|at| clock.day(*at) <= clock.last());
    let (status, substatus) = match line {
        line if line.cancelled.is_some() => ("Canceled", "Canceled"),
        _ if delivered.is_some() => ("Completed", "Completed"),
        line if line.shipped_at.is_some() => ("Shipped", "In transit"),
        _ => ("To ship", "Awaiting shipment"),
    };
    let returned = if line.cancelled.is_some() {
        "Cancel"
    } else if line.returned > 0 {
        "Return/Refund"
    } else {
        ""
    };
    let seller_sku = if good.blank_on_tiktok { "" } else { &good.channel_sku[TIKTOK] };
    let paid = order.iter().map(Line::net).sum::<i64>();
    let refunded = order.iter().map(|line| line.refunded).sum::<i64>();
    sheet
        .with(|text| text.push_str(&(line.order_id() + "\t")))
        .text(status)
        .text(substatus)
        .text(returned)
        .text("Normal")
        .with(|text| {
            let _ = write!(text, "{}\t", good.tiktok_id);
        })
        .text(seller_sku)
        .text(&good.title)
        .text(good.variant)
        .integer(line.quantity)
        .integer(line.returned)
        .cents(line.unit_price)
        .cents(line.gross())
        .cents(0)
        .cents(line.discount)
        .cents(line.net())
        .cents(0)
        .cents(499)
        .cents(0)
        .cents(499)
        .cents(0)
        .cents(0)
        .cents(paid)
        .cents(refunded);
    stamp(sheet, clock, Some(line.at));
    stamp(sheet, clock, Some(line.at + 41));
    stamp(sheet, clock, line.shipped_at.map(|at| at - 1800));
    stamp(sheet, clock, line.shipped_at);
    stamp(sheet, clock, delivered);
    stamp(sheet, clock, line.cancelled.map(|(at, _)| at));
    let (by, reason) = line.cancelled.map_or(("", ""), |(_, reason)| match reason {
        Reason::NoStock => ("Seller", "Out of stock"),
        Reason::Buyer => ("User", "No longer needed"),
        Reason::Address => ("User", "Wrong shipping address"),
        Reason::Fraud => ("System", "Suspected fraud"),
    });
    let (city, state, state_name, zip) = PLACES[line.place];
    let package =
        line.shipped_at.map_or(String::new(), |at| format!("11526{:013}\t", line.order * 977 + at as u64 % 977));
    sheet
        .text(by)
        .text(reason)
        .text("Seller Shipping")
        .text("main")
        .text(&if package.is_empty() { String::new() } else { format!("9400{:014}\t", line.order * 4_093) })
        .text("Standard shipping")
        .text(if package.is_empty() { "" } else { "USPS" })
        .empty(1)
        .text(&format!("user{}", line.order * 17 % 88_888))
        .text("***")
        .text("(+1)***")
        .text(zip)
        .text("United States")
        .text(state_name)
        .text(city)
        .text(&format!("{state} ***"))
        .empty(1)
        .text("Credit/debit card")
        .with(|text| {
            let grams = good.grams * line.quantity;
            let _ = write!(text, "{}.{:03}", grams / 1000, grams % 1000);
        })
        .text(CATEGORIES[good.category])
        .text(&package)
        .empty(1)
        .text("Unchecked")
        .empty(1)
        .end()
}

fn stamp(sheet: &mut Sheet, clock: &Clock, at: Option<i64>) {
    match at {
        Some(at) => sheet.with(|text| {
            clock.american(text, at);
            text.push('\t');
        }),
        None => sheet.empty(1),
    };
}

const STATEMENT: [&str; 25] = [
    "Order/adjustment ID  ",
    "Type ",
    "Order created time",
    "Order settled time",
    "Currency",
    "Total settlement amount",
    "Total Revenue",
    "Subtotal after seller discounts",
    "Subtotal before discounts",
    "Seller discounts",
    "Refund subtotal after seller discounts",
    "Refund subtotal before seller discounts",
    "Refund of seller discounts",
    "Total Fees",
    "Transaction fee",
    "TikTok Shop commission fee",
    "Seller shipping fee",
    "Actual shipping fee",
    "Platform shipping fee discount",
    "Affiliate Commission",
    "Ajustment amount",
    "Related order ID",
    "Customer payment",
    "Customer refund",
    "Platform discounts",
];

/// One row of a statement: texts first, then amounts in cents.
struct Row {
    id: String,
    kind: &'static str,
    created: Option<i64>,
    settled: i64,
    before: i64,
    discount: i64,
    refund: i64,
    transaction: i64,
    commission: i64,
    shipping: i64,
    affiliate: i64,
    adjustment: i64,
}

impl Row {
    fn new(id: String, kind: &'static str, settled: i64) -> Self {
        Self {
            id,
            kind,
            created: None,
            settled,
            before: 0,
            discount: 0,
            refund: 0,
            transaction: 0,
            commission: 0,
            shipping: 0,
            affiliate: 0,
            adjustment: 0,
        }
    }

    /// The row's cells; nothing is written `/`.
    fn cells(&self, clock: &Clock) -> [String; 25] {
        let money = |cents: i64| {
            let mut text = String::new();
            push_cents(&mut text, cents, '.');
            text
        };
        let day = |at: i64| {
            let date = clock.day(at).date();
            format!("{}/{:02}/{:02}", date.year(), date.month(), date.day())
        };
        let revenue = self.before - self.discount - self.refund;
        let fees = -(self.transaction + self.commission + self.shipping + self.affiliate);
        [
            self.id.clone(),
            self.kind.to_owned(),
            self.created.map_or_else(|| "/".to_owned(), day),
            day(self.settled),
            "USD".to_owned(),
            money(revenue + fees + self.adjustment),
            money(revenue),
            money(self.before - self.discount),
            money(self.before),
            money(-self.discount),
            money(-self.refund),
            money(-self.refund),
            money(0),
            money(fees),
            money(-self.transaction),
            money(-self.commission),
            money(-self.shipping),
            money(-self.shipping),
            money(0),
            money(-self.affiliate),
            money(self.adjustment),
            if self.created.is_some() { self.id.clone() } else { "/".to_owned() },
            money(self.before - self.discount),
            money(-self.refund),
            money(0),
        ]
    }
}

/// Statements by month; every second one as XLSX.
pub(crate) struct Statements {
    folder: PathBuf,
    cut: i64,
    rows: Vec<Row>,
    month: Option<Month>,
    sales: i64,
}

impl Statements {
    pub(crate) fn new(folder: PathBuf, cut: i64) -> Self {
        Self { folder, cut, rows: Vec::new(), month: None, sales: 0 }
    }

    fn add(&mut self, row: Row, clock: &Clock) -> Result<()> {
        if row.settled >= self.cut {
            return Ok(());
        }
        let month = clock.day(row.settled).month();
        if self.month.is_some_and(|open| open < month) {
            self.write(clock)?;
        }
        self.month = Some(month);
        self.rows.push(row);
        Ok(())
    }

    pub(crate) fn sale(&mut self, lines: &[Line], order: &str, at: i64, clock: &Clock) -> Result<()> {
        let mut row = Row::new(order.to_owned(), "Order", at);
        row.created = Some(lines[0].at);
        row.before = lines.iter().map(Line::gross).sum();
        row.discount = lines.iter().map(|line| line.discount).sum();
        let net = row.before - row.discount;
        row.transaction = (net * 100 + 5000) / 10_000 + 30;
        row.commission = (net * 600 + 5000) / 10_000;
        row.shipping = 405;
        row.affiliate = if lines[0].order.is_multiple_of(5) { (net * 800 + 5000) / 10_000 } else { 0 };
        self.sales += net;
        self.add(row, clock)
    }

    pub(crate) fn refund(&mut self, line: &Line, order: &str, amount: i64, at: i64, clock: &Clock) -> Result<()> {
        let mut row = Row::new(order.to_owned(), "Refund", at);
        row.created = Some(line.at);
        row.refund = amount;
        row.commission = -((amount * 600 + 5000) / 10_000);
        self.add(row, clock)
    }

    /// Writes the open month, with the advertising that TikTok kept.
    pub(crate) fn write(&mut self, clock: &Clock) -> Result<()> {
        let (Some(month), Some(last)) = (self.month, self.rows.last()) else { return Ok(()) };
        let mut advertising = Row::new(format!("7199{:014}", last.settled), "GMV Payment for TikTok Ads", last.settled);
        advertising.adjustment = -(self.sales * 2 / 100);
        self.rows.push(advertising);
        self.sales = 0;
        let rows: Vec<[String; 25]> = self.rows.drain(..).map(|row| row.cells(clock)).collect();
        let name = format!("income_{month}");
        if month.first().date().month() % 2 == 0 {
            return write_xlsx(&self.folder.join(name + ".xlsx"), month, &rows);
        }
        let mut sheet = Sheet::create(self.folder.join(name + ".csv"), Style::CSV, &STATEMENT)?;
        for row in rows {
            for cell in &row {
                sheet.text(cell);
            }
            sheet.end()?;
        }
        sheet.finish()
    }
}

fn write_xlsx(path: &Path, month: Month, rows: &[[String; 25]]) -> Result<()> {
    let bytes = workbook(month, rows)
        .map_err(|error| Diagnostic::error("sample-workbook", format!("cannot make `{}`: {error}", path.display())))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Diagnostic::io("create", folder, &error))?;
    }
    fs::write(path, bytes).map_err(|error| Box::new(Diagnostic::io("write", path, &error)))
}

fn workbook(month: Month, rows: &[[String; 25]]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let made = month.next().first().date();
    let made = ExcelDateTime::from_ymd(made.year() as u16, made.month() as u8, made.day() as u8)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let details = workbook.add_worksheet();
    details.set_name("Order details")?;
    for (column, name) in STATEMENT.iter().enumerate() {
        details.write_string(0, column as u16, *name)?;
    }
    for (place, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            details.write_string(place as u32 + 1, column as u16, cell)?;
        }
    }
    let reports = workbook.add_worksheet();
    reports.set_name("Reports")?;
    reports.write_string(0, 0, "Period")?;
    reports.write_string(0, 1, month.to_string())?;
    reports.write_string(1, 0, "Time zone")?;
    reports.write_string(1, 1, "UTC-5")?;
    workbook.save_to_buffer()
}

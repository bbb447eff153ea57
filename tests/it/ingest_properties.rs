//! What holds for every export, in the layouts of several channels: no record, no unit and no cent
//! is lost or made; twice is once; neither the order of files nor where one is cut matters.

use std::collections::BTreeMap;

use proptest::prelude::*;
use trueup::ingest;
use trueup::lake::{Snapshot, verify};
use trueup::types::Money;

use crate::ingest::project;

const SKUS: [&str; 4] = ["00123", "CUP-1", "MUG-BLUE", "POT \"L\""];

/// A line of an order: which article, how many, at which price in cents; or one whose price is no
/// amount.
#[derive(Clone, Debug)]
struct Line {
    sku: &'static str,
    units: i64,
    cents: i64,
    broken: bool,
}

/// Orders by their number; order 7 is always the seventh, whatever file it is in.
type Orders = Vec<(usize, Vec<Line>)>;

prop_compose! {
    fn line()(sku in prop::sample::select(&SKUS[..]), units in 1..6_i64, cents in 1..5_000_000_i64, broken in prop::bool::weighted(0.1))
        -> Line {
        Line { sku, units, cents, broken }
    }
}

fn orders() -> impl Strategy<Value = Orders> {
    let numbered = |orders: Vec<Vec<Line>>| orders.into_iter().enumerate().collect();
    prop::collection::vec(prop::collection::vec(line(), 1..4), 1..8).prop_map(numbered)
}

/// How a channel writes orders.
#[derive(Debug)]
struct Layout {
    file: &'static str,
    header: &'static str,
    /// The records of one order.
    records: fn(usize, &[Line]) -> Vec<String>,
    table: &'static str,
    /// Units times price, or what else the records are worth.
    worth: fn(&Line) -> i64,
}

fn points(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn commas(cents: i64) -> String {
    let whole = (cents / 100).to_string();
    let start = whole.len() % 3;
    let groups = (start..whole.len()).step_by(3).map(|at| &whole[at..at + 3]);
    let groups: Vec<&str> = Some(&whole[..start]).filter(|first| !first.is_empty()).into_iter().chain(groups).collect();
    format!("{},{:02}", groups.join("."), cents % 100)
}

fn price(line: &Line, written: impl Fn(i64) -> String) -> String {
    if line.broken { "n.a. (ask)".to_owned() } else { written(line.cents) }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A minute that belongs to the order, so that orders differ.
fn minute(order: usize) -> String {
    format!("{:02}:{:02}", 8 + order / 60, order % 60)
}

const LAYOUTS: &[Layout] = &[
    Layout {
        file: "shopify/orders.csv",
        header: "Name,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku",
        records: |order, lines| {
            let record = |(index, line): (usize, &Line)| {
                let head = if index == 0 { "paid,USD" } else { "," };
                let Line { units, sku, .. } = line;
                let at = format!("2026-02-11 {}:16 -0500", minute(order));
                format!("#{order},{head},{at},{units},Name,{},{}", price(line, points), quoted(sku))
            };
            lines.iter().enumerate().map(record).collect()
        },
        table: "order_lines",
        worth: |line| line.units * line.cents,
    },
    Layout {
        file: "amazon/orders.txt",
        header: "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tsales-channel\t\
                 sku\tquantity\tcurrency\titem-price",
        records: |order, lines| {
            let record = |line: &Line| {
                let at = format!("2026-02-11T{}:00+00:00", minute(order));
                let Line { units, sku, .. } = line;
                format!(
                    "11-{order}\t{at}\t{at}\tShipped\tAmazon\tAmazon.com\t{sku}\t{units}\tUSD\t{}",
                    price(line, points)
                )
            };
            lines.iter().map(record).collect()
        },
        table: "order_lines",
        worth: |line| line.cents,
    },
    Layout {
        file: "tiktok/orders.csv",
        header: "Order ID,Order Status,Seller SKU,Product Name,Quantity,SKU Unit Original Price,Created Time",
        records: |order, lines| {
            let record = |line: &Line| {
                let Line { units, sku, .. } = line;
                let at = format!("02/23/2026 {}:00 AM\t", minute(order));
                format!("5760{order:03}\t,To ship,{},Name,{units},{},{at}", quoted(sku), price(line, points))
            };
            lines.iter().map(record).collect()
        },
        table: "order_lines",
        worth: |line| line.units * line.cents,
    },
    Layout {
        file: "ebay/orders.csv",
        header: "Verkaufsprotokollnummer;Bestellnummer;Artikelnummer;Angebotstitel;Bestandseinheit;Anzahl;Verkauft für;\
                 Gesamtbetrag;Verkauft am;Zahlungsdatum",
        records: |order, lines| {
            let record = |(index, line): (usize, &Line)| {
                let Line { units, sku, .. } = line;
                let price = price(line, commas);
                format!("{order};01-{order};1{index};Name;{};{units};{price};{price};10-Dez-25;10-Dez-25", quoted(sku))
            };
            lines.iter().enumerate().map(record).collect()
        },
        table: "order_lines",
        worth: |line| line.units * line.cents,
    },
    Layout {
        file: "shopify/payments.csv",
        header: "Transaction Date,Type,Order,Payout Date,Amount,Fee,Net,Checkout,Currency",
        records: |order, lines| {
            let record = |(index, line): (usize, &Line)| {
                let amount = price(line, points);
                format!(
                    "2026-02-11 {}:{index:02} -0500,charge,#{order},2026-02-13,{amount},0.00,{amount},,USD",
                    minute(order)
                )
            };
            lines.iter().enumerate().map(record).collect()
        },
        table: "settlement_lines",
        worth: |line| line.cents,
    },
    Layout {
        file: "etsy/statement.csv",
        header: "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net,Tax Details",
        records: |order, lines| {
            let record = |(index, line): (usize, &Line)| {
                let amount = price(line, |cents| format!("-${}", points(cents)));
                format!("\"February 27, 2026\",Fee,Listing fee,Label #{order}-{index},USD,--,{amount},{amount},--")
            };
            lines.iter().enumerate().map(record).collect()
        },
        table: "settlement_lines",
        worth: |line| -line.cents,
    },
    Layout {
        file: "orders.csv",
        header: "order_id,channel,sku,qty,unit_price,currency,ordered_at,status,updated_at",
        records: |order, lines| {
            let record = |line: &Line| {
                let at = format!("2026-02-11T{}:00Z", minute(order));
                let Line { units, sku, .. } = line;
                format!("O{order},walmart,{},{units},{},USD,{at},paid,{at}", quoted(sku), price(line, points))
            };
            lines.iter().map(record).collect()
        },
        table: "order_lines",
        worth: |line| line.units * line.cents,
    },
];

impl Layout {
    fn text(&self, orders: &[(usize, Vec<Line>)]) -> String {
        let records = orders.iter().flat_map(|(order, lines)| (self.records)(*order, lines));
        [self.header.to_owned()].into_iter().chain(records).map(|line| line + "\n").collect()
    }

    /// The file's name with a part before its ending.
    fn named(&self, part: &str) -> String {
        let (stem, ending) = self.file.rsplit_once('.').unwrap();
        format!("{stem}{part}.{ending}")
    }
}

/// What files came to in a lake.
#[derive(Debug, PartialEq)]
struct Outcome {
    accepted: u64,
    /// Orders whose own total is among the rows.
    stated: u64,
    rejected: u64,
    duplicate: u64,
    digest: String,
    /// By table and currency.
    money: BTreeMap<(&'static str, String), Money>,
}

/// Reads files in one run.
fn read(files: &[(String, String)]) -> Outcome {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let (_folder, settings, lake) = project(&files);
    let summary = ingest::run(&settings, &lake, &mut |_| {}).unwrap();
    assert_eq!((summary.refused.len(), summary.ignored.len()), (0, 0), "{:?} {:?}", summary.refused, summary.ignored);
    for file in &summary.files {
        assert!(file.receipt.balances());
        assert_eq!(file.receipt.rows.values().sum::<u64>(), file.merged.total(), "{}", file.receipt.file);
    }
    assert_eq!(verify(&settings.lake, true), []);
    Outcome {
        accepted: summary.accepted(),
        stated: summary.snapshot.read("orders", None).unwrap().len() as u64,
        rejected: summary.rejected(),
        duplicate: summary.duplicate(),
        digest: summary.snapshot.digest().unwrap(),
        money: money(&summary.snapshot),
    }
}

fn money(snapshot: &Snapshot) -> BTreeMap<(&'static str, String), Money> {
    let mut sums = BTreeMap::new();
    for (table, amount) in [("order_lines", "gross"), ("settlement_lines", "amount")] {
        let rows = snapshot.read(table, None).unwrap();
        let (amounts, currencies) = (rows.money(amount).unwrap(), rows.text("currency").unwrap());
        for row in 0..rows.len() {
            let currency = currencies.get(row).unwrap().to_owned();
            *sums.entry((table, currency)).or_insert(Money::ZERO) += amounts.get(row).unwrap();
        }
    }
    sums
}

/// The lines that can be read. A Shopify order without its first row is none.
fn readable<'a>(layout: &Layout, orders: &'a Orders) -> Vec<&'a Line> {
    let headed = layout.file == "shopify/orders.csv";
    let orders = orders.iter().filter(|(_, lines)| !(headed && lines[0].broken));
    orders.flat_map(|(_, lines)| lines).filter(|line| !line.broken).collect()
}

fn layout() -> impl Strategy<Value = &'static Layout> {
    (0..LAYOUTS.len()).prop_map(|place| &LAYOUTS[place])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_record_and_no_cent_is_lost_or_made(layout in layout(), orders in orders()) {
        let all: u64 = orders.iter().map(|(_, lines)| lines.len() as u64).sum();
        let readable = readable(layout, &orders);
        let outcome = read(&[(layout.file.to_owned(), layout.text(&orders))]);
        let kept = readable.len() as u64;
        prop_assert_eq!((outcome.accepted - outcome.stated, outcome.rejected, outcome.duplicate), (kept, all - kept, 0));
        let worth = Money::from_cents(readable.into_iter().map(layout.worth).sum());
        let told: Money = outcome.money.values().copied().sum();
        prop_assert_eq!(told, worth);
        prop_assert!(outcome.money.keys().all(|(table, currency)| *table == layout.table && currency == "USD"));
    }

    #[test]
    fn twice_is_once(layout in layout(), orders in orders()) {
        let text = layout.text(&orders);
        let once = read(&[(layout.file.to_owned(), text.clone())]);
        // Bytes of their own, so that the file is read and not passed over.
        let twice = read(&[(layout.file.to_owned(), text.clone()), (layout.named("-again"), text + "\n")]);
        prop_assert_eq!(&twice.digest, &once.digest);
        prop_assert_eq!(&twice.money, &once.money);
        prop_assert_eq!((twice.accepted, twice.duplicate, twice.rejected), (once.accepted, once.accepted, once.rejected * 2));
    }

    #[test]
    fn where_a_file_is_cut_and_in_which_order_it_stands_is_nothing(layout in layout(), orders in orders(), cut in 0..8_usize, swapped in any::<bool>()) {
        let whole = read(&[(layout.file.to_owned(), layout.text(&orders))]);
        let (first, second) = orders.split_at(cut.min(orders.len()));
        let names = if swapped { ["-2", "-1"] } else { ["-1", "-2"] };
        let parts = [first, second].into_iter().zip(names).map(|(orders, part)| (layout.named(part), layout.text(orders)));
        prop_assert_eq!(&read(&parts.collect::<Vec<_>>()), &whole);
        let turned: Orders = orders.iter().rev().cloned().collect();
        prop_assert_eq!(&read(&[(layout.file.to_owned(), layout.text(&turned))]), &whole);
    }
}

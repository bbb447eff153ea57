//! Which orders mean something else than they look?
//!
//! Three small channels abroad: every order of theirs was laid by hand, says one thing that a reader
//! can get wrong, and stands beside what is true of it. They have articles of their own and no dice,
//! so that the rest of the shop is the same with them as without.

mod amazon_de;
mod berlin;
mod london;

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::Result;
use crate::sample::facts;
use crate::sample::sheet::{Sheet, Style};
use crate::types::{Day, Month};

/// What the shop's owner writes into `trueup.toml` for these channels.
pub(crate) const SETTINGS: &str = r#"
[channel.berlin]
kind = "shopify"
pool = "berlin"
fulfilled-by-channel = false
fees = { payment-rate = 0.014, payment-per-order = 0.25 }

[channel.tiktok-uk]
kind = "tiktok"
pool = "london"
fulfilled-by-channel = false
currency = "GBP"
prices-hold-tax = "20%"
date-order = "dmy"
time-zone = "Europe/London"
fees = { referral-rate = 0.05 }

[channel.amazon-de]
kind = "amazon"
pool = "amazon-de"
fulfilled-by-channel = true
fees = { referral-rate = 0.15 }
"#;

/// An article that only these channels sell.
struct Article {
    sku: &'static str,
    title: &'static str,
    /// In cents of the shop's currency.
    cost: i64,
}

const CANDLE: Article = Article { sku: "KERZE-HELL", title: "Kerze, hell", cost: 200 };
const TEA: Article = Article { sku: "TEE-MINZE", title: "Pfefferminztee", cost: 150 };
const CUP: Article = Article { sku: "BECHER-BLAU", title: "Becher, blau", cost: 180 };
const CADDY: Article = Article { sku: "CADDY-GREEN", title: "Tea Caddy, Green", cost: 250 };
const VASE: Article = Article { sku: "VASE-ROT", title: "Vase, rot", cost: 300 };
const ARTICLES: [&Article; 5] = [&CANDLE, &TEA, &CUP, &CADDY, &VASE];

/// What is true of an order: amounts in cents of the channel's currency, without tax.
enum Truth {
    /// So many units that a buyer wanted left, for so much together.
    Sold(&'static Article, i64, i64),
    /// So many units left, for so much together, and tell nothing of what buyers want.
    Left(&'static Article, i64, i64),
    /// The seller takes so much off.
    Discount(&'static Article, i64),
    /// So much went back, so many days before the last.
    Refund(&'static Article, i64, i32),
    /// The buyer pays so much for the parcel.
    Shipping(&'static Article, i64),
    /// The seller keeps so much for no article.
    Income(i64),
    /// The channel takes so much, in this column of the statement.
    Charge(&'static str, i64),
}

/// One thing that can be got wrong.
struct Meaning {
    /// The order, or what else the file calls it.
    of: &'static str,
    /// How many days before the last.
    age: i32,
    means: &'static str,
    truth: &'static [Truth],
}

/// A channel abroad.
struct Abroad {
    name: &'static str,
    /// Its file of orders, in its folder.
    orders: &'static str,
    /// What its currency was worth, in ten-thousandths of the shop's.
    worth: fn(Day) -> i64,
    meanings: fn() -> Vec<&'static Meaning>,
}

const CHANNELS: [Abroad; 3] = [
    Abroad { name: berlin::NAME, orders: berlin::FILE, worth: facts::euro_worth, meanings: berlin::meanings },
    Abroad { name: london::NAME, orders: london::FILE, worth: london::pound_worth, meanings: london::meanings },
    Abroad { name: amazon_de::NAME, orders: amazon_de::FILE, worth: facts::euro_worth, meanings: amazon_de::meanings },
];

/// Writes the channels' exports, what the source of truth knows of their articles, and what is true.
pub(crate) fn write(folder: &Path, as_of: Day) -> Result<()> {
    let exports = folder.join("exports");
    berlin::write(&exports.join(berlin::NAME), as_of)?;
    london::write(&exports.join(london::NAME), as_of)?;
    amazon_de::write(&exports.join(amazon_de::NAME), as_of)?;
    articles(&exports.join("truth"), as_of)?;
    pounds(&exports.join("truth"), as_of)?;
    berlin::write_differences(&folder.join("truth"))?;
    Book::of(as_of).write(&folder.join("truth"))
}

/// File, order and meaning of everything that was planted.
pub(crate) fn meanings() -> impl Iterator<Item = (String, &'static str, &'static str)> {
    CHANNELS.iter().flat_map(|channel| {
        let file = format!("exports/{}/{}", channel.name, channel.orders);
        (channel.meanings)().into_iter().map(move |meaning| (file.clone(), meaning.of, meaning.means))
    })
}

fn articles(folder: &Path, as_of: Day) -> Result<()> {
    let header = ["sku", "title", "category", "launched_on"];
    let mut products = Sheet::create(folder.join("abroad_products.csv"), Style::CSV, &header)?;
    let header = ["sku", "from", "unit_cost", "currency"];
    let mut costs = Sheet::create(folder.join("abroad_costs.csv"), Style::CSV, &header)?;
    let launched = as_of.plus(-40);
    for article in ARTICLES {
        products.text(article.sku).text(article.title).text("Abroad").day(launched).end()?;
        costs.text(article.sku).day(launched).cents(article.cost).text("USD").end()?;
    }
    products.finish()?;
    costs.finish()
}

/// What a pound was worth on the days on which something was sold for pounds.
fn pounds(folder: &Path, as_of: Day) -> Result<()> {
    let header = ["day", "currency", "into", "rate"];
    let mut sheet = Sheet::create(folder.join("abroad_exchange_rates.csv"), Style::CSV, &header)?;
    for meaning in london::meanings() {
        let day = as_of.plus(-meaning.age);
        let worth = london::pound_worth(day);
        let rate = format!("{}.{:04}", worth / 10_000, worth % 10_000);
        sheet.day(day).text("GBP").text("USD").text(&rate).end()?;
    }
    sheet.finish()
}

/// What the statement must say, in cents of the shop's currency and in units.
struct Book {
    as_of: Day,
    /// By month, channel, SKU and column of `pnl_by_sku.csv`; `wanted` is demand, in units.
    amounts: BTreeMap<(Month, &'static str, &'static str, &'static str), i64>,
}

impl Book {
    fn of(as_of: Day) -> Self {
        let mut book = Self { as_of, amounts: BTreeMap::new() };
        for channel in &CHANNELS {
            for meaning in (channel.meanings)() {
                for truth in meaning.truth {
                    book.enter(channel, meaning.age, truth);
                }
            }
        }
        book
    }

    fn enter(&mut self, channel: &Abroad, age: i32, truth: &Truth) {
        match *truth {
            Truth::Sold(article, units, gross) => {
                self.count(channel, age, article.sku, "wanted", units);
                self.enter(channel, age, &Truth::Left(article, units, gross));
            }
            Truth::Left(article, units, gross) => {
                self.count(channel, age, article.sku, "units", units);
                self.count(channel, age, article.sku, "cost_of_goods", article.cost * units);
                self.net(channel, age, article.sku, "gross_sales", gross, 1);
            }
            Truth::Discount(article, amount) => self.net(channel, age, article.sku, "discounts", amount, -1),
            Truth::Refund(article, amount, age) => self.net(channel, age, article.sku, "refunds", amount, -1),
            Truth::Shipping(article, amount) => self.money(channel, age, article.sku, "shipping_charged", amount),
            Truth::Income(amount) => self.money(channel, age, UNALLOCATED, "other_income", amount),
            Truth::Charge(column, amount) => self.money(channel, age, UNALLOCATED, column, amount),
        }
    }

    /// An amount that net sales rise or fall by.
    fn net(&mut self, channel: &Abroad, age: i32, sku: &'static str, column: &'static str, amount: i64, sign: i64) {
        self.money(channel, age, sku, column, amount);
        self.money(channel, age, sku, "net_sales", sign * amount);
    }

    /// An amount of the channel's currency at its day's rate, half a cent away from zero.
    fn money(&mut self, channel: &Abroad, age: i32, sku: &'static str, column: &'static str, amount: i64) {
        let product = amount * (channel.worth)(self.as_of.plus(-age));
        let converted = (product.abs() + 5_000) / 10_000 * product.signum();
        self.count(channel, age, sku, column, converted);
    }

    fn count(&mut self, channel: &Abroad, age: i32, sku: &'static str, column: &'static str, amount: i64) {
        let month = self.as_of.plus(-age).month();
        *self.amounts.entry((month, channel.name, sku, column)).or_default() += amount;
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let header = ["month", "channel", "sku", "column", "amount"];
        let mut sheet = Sheet::create(folder.join("meanings.csv"), Style::CSV, &header)?;
        for ((month, channel, sku, column), amount) in self.amounts.iter().filter(|(_, amount)| **amount != 0) {
            sheet.text(&month.to_string()).text(channel).text(sku).text(column);
            if matches!(*column, "units" | "wanted") {
                sheet.integer(*amount)
            } else {
                sheet.cents(*amount)
            };
            sheet.end()?;
        }
        sheet.finish()
    }
}

/// What the statement calls amounts of no article.
const UNALLOCATED: &str = "(unallocated)";

/// A row that has only these of the header's cells.
fn sparse(sheet: &mut Sheet, header: &[&str], cells: &[(&str, String)]) -> Result<()> {
    debug_assert!(cells.iter().all(|(name, _)| header.contains(name)), "no cell without its column");
    for column in header {
        match cells.iter().find(|(name, _)| name == column) {
            Some((_, text)) => sheet.text(text),
            None => sheet.empty(1),
        };
    }
    sheet.end()
}

/// `23.80`
fn money(cents: i64) -> String {
    let mut text = String::new();
    crate::sample::sheet::push_cents(&mut text, cents, '.');
    text
}

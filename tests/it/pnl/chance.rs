//! Which books try every rule of the P&L? Made up from a seed: facts that need variety, not sense.

use std::fmt::Write as _;

use trueup::config::{ChannelKind, FeeSchedule};
use trueup::lake::ORDER_LINE_KIND_WORDS;
use trueup::types::{Day, Money};

use super::books::{AS_OF, Books};

/// A small number after another, always the same: facts need variety here, not chance.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }

    fn cents(&mut self, limit: u64) -> Money {
        Money::from_cents(self.below(limit) as i64)
    }

    /// Mostly the same channel for an order, so that documents meet; now and then a stranger.
    fn channel_of(&mut self, order: u64) -> &'static str {
        let place = if self.below(6) == 0 { self.below(4) } else { order % 4 };
        KINDS[place as usize].0
    }

    /// And the same currency.
    fn currency_of(&mut self, order: u64) -> &'static str {
        let usual = if order.is_multiple_of(5) { "EUR" } else { "USD" };
        if self.below(8) == 0 { self.of(&["USD", "EUR", "GBP"]) } else { usual }
    }

    fn day(&mut self) -> Day {
        AS_OF.parse::<Day>().unwrap().plus(5 - self.below(130) as i32)
    }
}

const KINDS: [(&str, ChannelKind); 4] = [
    ("amazon", ChannelKind::Amazon),
    ("shopify", ChannelKind::Shopify),
    ("tiktok", ChannelKind::Tiktok),
    ("wholesale", ChannelKind::Wholesale),
];
const SKUS: [&str; 8] = ["CUP", "KIT", "LID", "MUG", "NEW", "OWN", "POT", "a-cup"];
/// Few enough that two documents often tell the same refund, to the cent or nearly.
const REFUNDS: [&str; 6] = ["5.00", "5.01", "10.00", "12.34", "15.00", "19.98"];

/// Made-up books of a seed.
pub(crate) fn shop(seed: u64) -> Books {
    let mut numbers = Numbers(seed);
    let fees = |numbers: &mut Numbers| FeeSchedule {
        referral_rate: trueup::types::Rate::from_millionths(numbers.below(150_000) as i64),
        fulfilment_per_unit: numbers.cents(400),
        payment_rate: trueup::types::Rate::from_millionths(numbers.below(30_000) as i64),
        payment_per_order: numbers.cents(50),
        shipping_per_order: numbers.cents(900),
    };
    let channels = KINDS.map(|(name, kind)| (name, kind, fees(&mut numbers)));
    Books::new(&channels)
        .with(
            "sku_map",
            "channel,channel_sku,sku,matched_by,from_day,until_day
             amazon,a-cup,CUP,alias,,
             shopify,a-cup,MUG,alias,,2025-12-31
             shopify,a-cup,CUP,alias,2026-01-01,",
        )
        .with(
            "bundle_parts",
            "bundle_sku,sku,quantity,from_day,until_day
             KIT,KIT,1,,2025-11-20
             KIT,CUP,2,2025-11-21,2026-01-20
             KIT,LID,1,2025-11-21,2026-01-20
             KIT,CUP,3,2026-01-21,",
        )
        .with(
            "costs",
            "sku,from,until,unit_cost
             CUP,2025-01-01,2026-01-10,2.1234
             CUP,2026-01-11,,2.50
             CUP,2026-01-25,2026-02-03,3.50
             KIT,2025-01-01,,6.00
             LID,2025-01-01,,0.3050
             MUG,2025-01-01,2025-12-31,4.00
             MUG,2026-01-20,,4.25
             NEW,2026-02-01,,9.99",
        )
        .with(
            "channel_currencies",
            "channel,currency
             amazon,USD
             shopify,USD
             tiktok,XXX
             wholesale,EUR",
        )
        .with(
            "listing_costs",
            "channel,channel_sku,sku,from,unit_cost,currency
             shopify,POT,POT,2026-01-05,1.25,USD
             shopify,POT,POT,2026-02-01,1.50,USD
             shopify,MUG,MUG,2025-10-01,99.00,USD",
        )
        .with("order_lines", &order_lines(&mut numbers))
        .with("settlement_lines", &settlement_lines(&mut numbers))
        .with("refund_lines", &refund_lines(&mut numbers))
        .with("advertising", &advertising(&mut numbers))
        .with("exchange_rates", &exchange_rates(&mut numbers))
}

fn order_lines(numbers: &mut Numbers) -> String {
    let mut csv =
        "channel,order_id,line_id,order_day,sku,quantity,unit_price,gross,discount,shipping_charged,tax,currency,status,fulfilment,kind,currency_assumed,unit_cost\n"
            .to_owned();
    for order in 0..160 {
        let channel = numbers.channel_of(order);
        let day = numbers.day();
        let currency = numbers.currency_of(order);
        let assumed = numbers.of(&["", "", "true"]);
        for line in 0..=numbers.below(4) {
            let sku = numbers.of(&SKUS);
            let quantity = 1 + numbers.below(5);
            let (price, gross) = match numbers.below(9) {
                8 => (String::new(), String::new()),
                0..3 => (numbers.cents(5000).to_string(), String::new()),
                _ => (String::new(), numbers.cents(20_000).to_string()),
            };
            let discount = if numbers.below(4) == 0 { numbers.cents(900).to_string() } else { String::new() };
            let shipping = if numbers.below(3) == 0 { numbers.cents(700).to_string() } else { String::new() };
            let tax = if numbers.below(2) == 0 { numbers.cents(1500).to_string() } else { String::new() };
            let status = numbers.of(&["completed", "shipped", "refunded", "pending", "cancelled", "unpaid"]);
            let fulfilment = numbers.of(&["seller", "seller", "channel", "other_channel"]);
            let kind = if numbers.below(5) == 0 { numbers.of(ORDER_LINE_KIND_WORDS) } else { "article" };
            let cost =
                if sku == "OWN" || numbers.below(6) == 0 { numbers.cents(900).to_string() } else { String::new() };
            writeln!(
                csv,
                "{channel},{order},{line},{day},{sku},{quantity},{price},{gross},{discount},{shipping},{tax},{currency},{status},{fulfilment},{kind},{assumed},{cost}"
            )
            .unwrap();
        }
    }
    csv
}

fn settlement_lines(numbers: &mut Numbers) -> String {
    let mut csv =
        "channel,settlement_id,line,order_id,posted_day,sku,kind,amount,currency,tax_included,whole,quantity\n"
            .to_owned();
    for line in 0..500 {
        let number = numbers.below(90);
        let channel = numbers.channel_of(number);
        let order = if numbers.below(5) == 0 { String::new() } else { number.to_string() };
        let sku = if numbers.below(2) == 0 { "" } else { numbers.of(&SKUS) };
        let kind = numbers.of(trueup::lake::SETTLEMENT_KINDS);
        let amount = match numbers.below(8) {
            0 => Money::from_ten_thousandths(numbers.below(99_999) as i64),
            1 => numbers.cents(2000),
            _ => -numbers.cents(2000),
        };
        let currency = numbers.currency_of(number);
        let kind = if numbers.below(6) == 0 { "refund" } else { kind };
        let amount = match (kind, numbers.below(3)) {
            (_, 0) => format!("-{}", numbers.of(&REFUNDS)),
            ("refund", 1) => (-numbers.cents(2000)).to_string(),
            _ => amount.to_string(),
        };
        let (taxed, whole) = (numbers.of(&["", "true", "true", "false"]), numbers.of(&["", "", "true"]));
        let (settlement, day) = (numbers.below(40), numbers.day());
        let quantity = if kind == "liquidation" { numbers.of(&["", "2", "3"]) } else { "" };
        // now and then it is a list of orders that tells it
        let line = match (kind, numbers.below(2)) {
            ("referral_fee", 0) => format!("{order}/{}/fee", numbers.below(3)),
            ("shipping_label", 0) => format!("{order}/{}/shipping_cost", numbers.below(3)),
            _ => line.to_string(),
        };
        writeln!(
            csv,
            "{channel},S{settlement},{line},{order},{day},{sku},{kind},{amount},{currency},{taxed},{whole},{quantity}"
        )
        .unwrap();
    }
    for order in 0..40 {
        settled_only(numbers, order, &mut csv);
    }
    csv
}

/// An order that only a settlement knows, whole or nearly.
fn settled_only(numbers: &mut Numbers, order: u32, csv: &mut String) {
    let (channel, _) = KINDS[numbers.below(3) as usize];
    let (day, currency) = (numbers.day(), numbers.of(&["USD", "USD", "USD", "EUR"]));
    let mut tell = |numbers: &mut Numbers, sku: &str, kind: &str, amount: Money, quantity: &str| {
        let (line, later) = (csv.lines().count(), day.plus(numbers.below(4) as i32));
        writeln!(csv, "{channel},W{order},{line},W{order},{later},{sku},{kind},{amount},{currency},,,{quantity}")
            .unwrap();
    };
    for _ in 0..=numbers.below(2) {
        let sku = if numbers.below(8) == 0 { "" } else { numbers.of(&SKUS) };
        let (price, quantity) = (numbers.cents(9000), numbers.of(&["1", "2", "3", "1", "2", "3", "1", ""]));
        tell(numbers, sku, "sale", price, quantity);
        for kind in ["discount", "referral_fee", "refund", "shipping_label", "tax_collected", "return_fee"] {
            if numbers.below(3) == 0 {
                let amount = -numbers.cents(500);
                tell(numbers, sku, kind, amount, "");
            }
        }
    }
    if numbers.below(2) == 0 {
        let amount = numbers.cents(700);
        tell(numbers, "", "shipping_charged", amount, "");
    }
}

fn refund_lines(numbers: &mut Numbers) -> String {
    let mut csv =
        "channel,refund_id,order_id,refund_day,sku,quantity,amount,currency,disposition,tax_included,cumulative,order_line_id,credit_note\n".to_owned();
    for refund in 0..120 {
        let number = numbers.below(100);
        let channel = numbers.channel_of(number);
        let order = if numbers.below(5) == 0 { String::new() } else { number.to_string() };
        let sku = if numbers.below(4) == 0 { "" } else { numbers.of(&SKUS) };
        let currency = if numbers.below(4) == 0 { "" } else { numbers.currency_of(number) };
        let disposition = numbers.of(&["sellable", "damaged"]);
        let (day, quantity) = (numbers.day(), numbers.below(3));
        let amount = match numbers.below(4) {
            0 => numbers.cents(3000).to_string(),
            1 => String::new(),
            _ => numbers.of(&REFUNDS).to_owned(),
        };
        let (taxed, line) = (numbers.of(&["", "true"]), numbers.of(&["", "0", "1", "2"]));
        let note = if order.is_empty() { "" } else { numbers.of(&["", "", "", "true"]) };
        writeln!(
            csv,
            "{channel},{refund},{order},{day},{sku},{quantity},{amount},{currency},{disposition},{taxed},,{line},{note}"
        )
        .unwrap();
    }
    for order in (0..160).step_by(3) {
        let (channel, day, amount) = (numbers.channel_of(order), numbers.day(), numbers.cents(4000));
        let (taxed, currency) = (numbers.of(&["", "true"]), numbers.currency_of(order));
        writeln!(csv, "{channel},T{order},{order},{day},,,{amount},{currency},unknown,{taxed},true,,").unwrap();
    }
    csv
}

fn advertising(numbers: &mut Numbers) -> String {
    let mut csv = "channel,day,campaign,sku,amount,currency,in_settlement\n".to_owned();
    for campaign in 0..30 {
        let (channel, _) = KINDS[numbers.below(4) as usize];
        let sku = if numbers.below(2) == 0 { "" } else { numbers.of(&SKUS) };
        let (day, amount) = (numbers.day(), numbers.cents(9000));
        let (currency, inside) = (numbers.of(&["USD", "EUR"]), numbers.of(&["", "true", "false"]));
        writeln!(csv, "{channel},{day},{campaign},{sku},{amount},{currency},{inside}").unwrap();
    }
    csv
}

/// Euros every five days, now and then the other way round, and nothing for a while in January; no
/// pounds at all.
fn exchange_rates(numbers: &mut Numbers) -> String {
    let mut csv = "day,currency,into,rate\n".to_owned();
    let start: Day = "2025-10-01".parse().unwrap();
    for step in 0..32 {
        let day = start.plus(step * 5);
        let millionths = 1_050_000 + numbers.below(90_000) as i64;
        if !(20..24).contains(&step) {
            let (currency, into) = if step % 3 == 0 { ("USD", "EUR") } else { ("EUR", "USD") };
            writeln!(csv, "{day},{currency},{into},{}.{:06}", millionths / 1_000_000, millionths % 1_000_000).unwrap();
        }
    }
    csv
}

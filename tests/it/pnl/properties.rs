//! For any facts: parts add up to totals, no money appears or is lost, order does not matter.

use std::collections::BTreeMap;

use proptest::prelude::*;
use trueup::config::{ChannelKind, FeeSchedule};
use trueup::lake::SETTLEMENT_KINDS;
use trueup::pnl::{
    Bucket, Charge, CostPrice, CostUnits, DatedRate, Effect, Input, LINES, NOT_EARNINGS, OrderShare, PaidFor, Pnl,
    RefundRow, RefundSource, Refunded, SalesRow, Source, Statement, Worth, statements,
};
use trueup::types::{Channel, Currency, Day, Money, Month, Sku};

use super::books::{Books, PLAIN, money, rate, settings};

const SKUS: [&str; 4] = ["CUP", "MUG", "POT", "(unallocated)"];
const CHANNELS: [(&str, ChannelKind); 2] = [("amazon", ChannelKind::Amazon), ("shopify", ChannelKind::Shopify)];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn a_bucket() -> impl Strategy<Value = Bucket> {
    (0..2_usize, 0..4_usize, 1..=3_u32, any::<bool>(), 0..3_usize).prop_map(
        |(channel, sku, month, recent, currency)| {
            let month = Month::new(2026, month).unwrap();
            let currency = ["USD", "EUR", "GBP"][currency].parse().unwrap();
            let channel = Channel::new(CHANNELS[channel].0);
            Bucket { month, recent, channel, sku: Sku::new(SKUS[sku]), currency, rate_day: month.first().plus(4) }
        },
    )
}

fn an_amount() -> impl Strategy<Value = Money> {
    prop_oneof![
        (-50_000..50_000_i64).prop_map(Money::from_cents),
        (-999_999..999_999_i64).prop_map(Money::from_ten_thousandths)
    ]
}

fn a_sale() -> impl Strategy<Value = SalesRow> {
    (a_bucket(), any::<bool>(), 0..9_i64, 0..9_i64, an_amount(), 0..900_i64).prop_map(
        |(bucket, settled, orders, units, gross, discount)| SalesRow {
            bucket,
            settled,
            orders,
            orders_alone: orders / 2,
            unlabelled_alone: orders / 3,
            units,
            gross,
            discount: Money::from_cents(discount),
            shipping_charged: Money::from_cents(discount / 2),
            other_income: Money::ZERO,
            tax: Money::from_cents(discount / 5),
            unpriced_lines: 0,
        },
    )
}

/// Orders 0 to 4 are known and have the SKUs of [`shares`]; 5 to 7 are not.
fn a_charge() -> impl Strategy<Value = Charge> {
    (a_bucket(), 0..12_usize, 0..SETTLEMENT_KINDS.len(), an_amount()).prop_map(|(mut bucket, order, kind, amount)| {
        let order_id = if order < 8 { order.to_string() } else { String::new() };
        if order < 8 {
            bucket.sku = Sku::unallocated();
        }
        Charge { bucket, order_id, kind: SETTLEMENT_KINDS[kind].to_owned(), amount }
    })
}

fn shares() -> Vec<OrderShare> {
    let mut shares = Vec::new();
    for (channel, _) in CHANNELS {
        for order in 0..5_i64 {
            for (index, sku) in SKUS[..3].iter().enumerate() {
                let bucket = Bucket {
                    month: Month::new(2026, 1).unwrap(),
                    recent: true,
                    channel: channel.into(),
                    sku: (*sku).into(),
                    currency: Currency::USD,
                    rate_day: day("2026-01-05"),
                };
                let value = Money::from_cents(order * 700 * index as i64 - 200);
                let (settled, unlabelled) = (order % 2 == 0, order % 3 == 0);
                shares.push(OrderShare { bucket, order_id: order.to_string(), value, settled, unlabelled });
            }
        }
    }
    shares
}

fn units() -> impl Strategy<Value = CostUnits> {
    (a_bucket(), 0..9_i64, 0..9_i64).prop_map(|(bucket, sold, restocked)| CostUnits {
        component: bucket.sku.clone(),
        cost_day: day("2026-01-05"),
        sold,
        restocked,
        sold_of_sku: sold,
        bucket,
    })
}

/// Facts in three currencies, of which two have rates; `POT` and what has no SKU have no cost.
fn facts() -> impl Strategy<Value = Input> {
    let rows = (
        prop::collection::vec(a_sale(), 0..30),
        prop::collection::vec(a_charge(), 0..40),
        prop::collection::vec(units(), 0..20),
    );
    rows.prop_map(|(sales, charges, cost_units)| {
        let price = |sku: &str, cost: &str| CostPrice {
            sku: sku.into(),
            from: day("2025-01-01"),
            until: None,
            unit_cost: money(cost),
            currency: Currency::USD,
        };
        let rates = (1..=3).map(|month| DatedRate {
            day: Month::new(2026, month).unwrap().first(),
            currency: Currency::EUR,
            worth: Worth::Home(rate("1.0875")),
        });
        Input {
            sales,
            charges,
            cost_units,
            shares: shares(),
            cost_prices: vec![price("CUP", "2.3456"), price("MUG", "1.10")],
            rates: rates.collect(),
            ..Input::default()
        }
    })
}

fn shop() -> Books {
    let fees = FeeSchedule {
        referral_rate: rate("0.0833"),
        payment_per_order: money("0.31"),
        shipping_per_order: money("4.99"),
        ..PLAIN
    };
    Books::new(&CHANNELS.map(|(name, kind)| (name, kind, fees)))
}

fn work(input: &Input) -> Pnl {
    statements(input, &shop().settings)
}

fn in_dollars(mut input: Input) -> Input {
    for bucket in input.sales.iter_mut().map(|row| &mut row.bucket) {
        bucket.currency = Currency::USD;
    }
    for bucket in input.charges.iter_mut().map(|row| &mut row.bucket) {
        bucket.currency = Currency::USD;
    }
    input
}

fn summed<'a>(statements: impl Iterator<Item = &'a Statement>, column: &str) -> Option<Money> {
    statements.map(|statement| statement.amount(column)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn skus_and_unallocated_are_the_channel_in_every_line(input in facts()) {
        let pnl = work(&input);
        for ((month, channel), total) in &pnl.by_channel {
            let of_channel = || pnl.by_sku.iter().filter(|((m, c, _), _)| m == month && c == channel).map(|(_, s)| s);
            for line in LINES {
                prop_assert_eq!(total.amount(line.column), summed(of_channel(), line.column), "{}", line.column);
                let estimated: Option<Money> = of_channel().map(|statement| statement.estimated(line.column)).sum();
                prop_assert_eq!(total.estimated(line.column), estimated, "{}", line.column);
            }
            let known: Vec<Money> = of_channel().filter_map(Statement::contribution).collect();
            prop_assert_eq!(total.contribution_of_costed(), (!known.is_empty()).then(|| known.into_iter().sum()));
            prop_assert_eq!(total.gross_settled(), of_channel().map(Statement::gross_settled).sum::<Option<Money>>());
        }
        for (channel, total) in pnl.channel_totals() {
            let months = pnl.by_channel.iter().filter(|((_, c), _)| *c == channel).map(|(_, s)| s);
            prop_assert_eq!(total.contribution(), summed(months, "contribution"));
        }
    }

    #[test]
    fn money_in_is_money_out(input in facts()) {
        let input = in_dollars(input);
        let pnl = work(&input);
        for line in LINES {
            let told = summed(pnl.by_sku.values(), line.column);
            if let Source::Charges(kinds) = line.source {
                let charged: Money =
                    input.charges.iter().filter(|charge| kinds.contains(&&*charge.kind)).map(|charge| charge.amount).sum();
                let estimated: Option<Money> = pnl.by_sku.values().map(|statement| statement.estimated(line.column)).sum();
                let own_sense = if line.effect == Effect::Subtracts { -charged } else { charged };
                prop_assert_eq!(told, estimated.map(|estimated| own_sense + estimated), "{}", line.column);
            }
        }
        let earned: Money = input.sales.iter().map(|row| row.gross - row.discount + row.shipping_charged).sum();
        let balance: Money = input
            .charges
            .iter()
            .filter(|charge| !NOT_EARNINGS.contains(&&*charge.kind))
            .map(|charge| charge.amount)
            .sum();
        let estimated: Money =
            LINES.iter().filter_map(|line| pnl.by_sku.values().map(|s| s.estimated(line.column)).sum::<Option<Money>>()).sum();
        let before_goods = pnl.by_sku.values().flat_map(Statement::lines).fold(Money::ZERO, |sum, (line, amount)| {
            match (line.effect, line.source) {
                (Effect::Subtotal, _) | (_, Source::Costs) => sum,
                (Effect::Adds, _) => sum + amount.expect("everything is in dollars"),
                (Effect::Subtracts, _) => sum - amount.expect("everything is in dollars"),
            }
        });
        prop_assert_eq!(before_goods, earned + balance - estimated);
    }

    #[test]
    fn fees_of_whole_orders_are_told_once(input in facts()) {
        let pnl = work(&Input { sales: Vec::new(), charges: Vec::new(), cost_units: Vec::new(), ..input });
        // 2 channels × (orders 1 and 3 unsettled, orders 0 and 3 without a label)
        prop_assert_eq!(summed(pnl.by_sku.values(), "payment_fees"), Some(money("0.31").times(4)));
        prop_assert_eq!(summed(pnl.by_sku.values(), "shipping_paid"), Some(money("4.99").times(4)));
    }

    #[test]
    fn the_order_of_rows_does_not_matter(input in facts()) {
        let mut turned = input.clone();
        turned.sales.reverse();
        turned.charges.reverse();
        turned.shares.reverse();
        turned.cost_units.reverse();
        let (one, other) = (work(&input), work(&turned));
        prop_assert_eq!(one.by_sku, other.by_sku);
        prop_assert_eq!(one.losing, other.losing);
        prop_assert_eq!(one.diagnostics, other.diagnostics);
    }

    #[test]
    fn the_last_90_days_are_the_recent_rows(input in facts()) {
        let mut recent_only = input.clone();
        recent_only.sales.retain(|row| row.bucket.recent);
        recent_only.charges.retain(|row| row.bucket.recent);
        recent_only.cost_units.retain(|row| row.bucket.recent);
        prop_assert_eq!(work(&input).recent, work(&recent_only).recent);
    }

    #[test]
    fn a_missing_cost_is_never_a_profit(input in facts()) {
        let pnl = work(&input);
        let mut sold: BTreeMap<_, i64> = BTreeMap::new();
        for units in input.cost_units.iter().filter(|units| !["CUP", "MUG"].contains(&units.component.as_str())) {
            let bucket = &units.bucket;
            *sold.entry((bucket.month, bucket.channel.clone(), bucket.sku.clone())).or_default() += units.sold;
        }
        for key in sold.keys() {
            prop_assert_eq!(pnl.by_sku[key].contribution(), None);
            prop_assert_eq!(pnl.by_sku[key].contribution_rate(), None);
            let channel = &pnl.by_channel[&(key.0, key.1.clone())];
            prop_assert_eq!((channel.contribution(), channel.amount("cost_of_goods")), (None, None));
        }
    }
}

/// Refunds of one order as three kinds of documents tell them, some taken back again.
fn told_refunds() -> impl Strategy<Value = Vec<RefundRow>> {
    let amount = prop_oneof![(1..4_i64).prop_map(|tens| tens * 1000), 1..5000_i64, -3000..0_i64];
    prop::collection::vec((0..3_usize, 0..20_i32, amount), 1..7).prop_map(|rows| {
        let row = |(source, days, cents): (usize, i32, i64)| RefundRow {
            month: "2026-02".parse().unwrap(),
            recent: true,
            channel: CHANNELS[0].0.into(),
            order_id: "A1".to_owned(),
            source: [RefundSource::Settlement, RefundSource::Single, RefundSource::Order][source],
            sku: "MUG".into(),
            shared: false,
            day: day("2026-02-01").plus(days),
            currency: Currency::USD,
            tax_included: false,
            amount: Money::from_cents(cents),
            order_goods: None,
            order_tax: None,
            sku_goods: None,
            sku_tax: None,
            names: Refunded::Sold,
            cancelled_goods: None,
            cancelled_tax: None,
            cancelled_foreign: false,
            cancelled_alike: false,
            paid_for: PaidFor::Untold,
            unknown_rows: 0,
        };
        rows.into_iter().map(row).collect()
    })
}

/// What all of one kind tell; nothing where none tells anything.
fn told_by(rows: &[RefundRow], source: RefundSource) -> Option<Money> {
    let amounts: Vec<Money> = rows.iter().filter(|row| row.source == source).map(|row| row.amount).collect();
    (!amounts.is_empty()).then(|| amounts.into_iter().sum())
}

proptest! {
    /// The most that any document tells went back of an order, and never less than was settled.
    #[test]
    fn what_went_back_is_the_most_that_anyone_tells(refunds in told_refunds()) {
        let settled = told_by(&refunds, RefundSource::Settlement).unwrap_or(Money::ZERO);
        let others = [RefundSource::Single, RefundSource::Order].map(|source| told_by(&refunds, source));
        let most = others.into_iter().flatten().chain([settled]).max().unwrap();
        let pnl = work(&Input { refunds, ..Input::default() });
        let counted: Money = pnl.by_channel.values().filter_map(|statement| statement.amount("refunds")).sum();
        // two documents may divide the same money a cent or two apart, each of a few times
        prop_assert!((counted - most).abs() <= Money::from_cents(2), "{counted} of {most}");
        prop_assert!(counted >= settled, "{counted} below {settled}");
    }
}

/// Refunds of one order of which lines were cancelled, in two currencies, some of them named.
fn refunds_beside_cancelled_lines() -> impl Strategy<Value = Vec<RefundRow>> {
    let names = prop::collection::vec((0..3_usize, any::<bool>()), 6);
    let order = (0..6000_i64, 0..4_usize, any::<bool>());
    (told_refunds(), names, order).prop_map(|(rows, names, (worth, paid_for, cancelled_alike))| {
        let row = |(row, (names, is_foreign)): (RefundRow, (usize, bool))| RefundRow {
            names: [Refunded::Sold, Refunded::Cancelled, Refunded::Either][names],
            currency: if is_foreign { "EUR".parse().unwrap() } else { Currency::USD },
            // what has no rate makes nothing else unknown
            sku: if is_foreign { "POT" } else { "MUG" }.into(),
            cancelled_goods: (!is_foreign).then(|| Money::from_cents(worth)),
            cancelled_foreign: is_foreign,
            cancelled_alike,
            paid_for: match paid_for {
                _ if is_foreign => PaidFor::Untold,
                0 => PaidFor::Sold,
                1 => PaidFor::SoldByTotal,
                2 => PaidFor::All,
                _ => PaidFor::Untold,
            },
            ..row
        };
        rows.into_iter().zip(names).map(row).collect()
    })
}

/// What went back of the sale, and the doubts about it, in one currency.
fn taken_off(refunds: Vec<RefundRow>, currency: &str) -> (Money, Money) {
    let currency: Currency = currency.parse().unwrap();
    let mut settings = settings(&CHANNELS.map(|(name, kind)| (name, kind, PLAIN)));
    settings.shop.currency = currency;
    let pnl = statements(&Input { refunds, ..Input::default() }, &settings);
    let counted = pnl.by_sku.values().filter_map(|statement| statement.amount("refunds")).sum();
    let told = pnl.diagnostics.iter().filter(|told| told.code == "refunds-of-cancelled-lines");
    let doubt = told.filter_map(|told| told.amount).filter(|(_, own)| *own == currency).map(|(amount, _)| amount).sum();
    (counted, doubt)
}

proptest! {
    /// Of dollars alone: what went back lowers the sale, but for what went back for cancelled lines, which is no more
    /// than names them and what they would have come to; where only the sold ones were paid, no more than names them.
    #[test]
    fn cancelled_lines_hide_no_more_than_they_were_worth(rows in refunds_beside_cancelled_lines()) {
        let rows: Vec<RefundRow> = rows.into_iter().filter(|row| row.currency == Currency::USD && row.amount > Money::ZERO).collect();
        prop_assume!(!rows.is_empty());
        let first = rows[0].clone();
        let of = |names: fn(Refunded) -> bool| {
            let named: Vec<RefundRow> = rows.iter().filter(|row| names(row.names)).map(|row| RefundRow { names: Refunded::Sold, ..row.clone() }).collect();
            taken_off(named, "USD").0
        };
        let (counted, doubt) = taken_off(rows.clone(), "USD");
        let (all, open) = (of(|_| true), of(|names| names != Refunded::Cancelled));
        let cent = Money::from_cents(6);
        prop_assert!(counted <= open + cent, "{counted} of {open} that may be of the sale, of {all}");
        if first.paid_for == PaidFor::Sold {
            prop_assert!((counted - open).abs() <= cent, "{counted} of {open}");
        }
        prop_assert!(counted + first.cancelled_goods.unwrap() + cent >= open, "{counted} of {open}");
        prop_assert!(doubt.is_zero() || matches!(first.paid_for, PaidFor::Untold | PaidFor::SoldByTotal));
        // What is hidden without proof is said whole.
        if first.paid_for == PaidFor::SoldByTotal {
            prop_assert!((counted + doubt - open).abs() <= cent, "{counted} and {doubt} of {open}");
        }
    }

    /// What cancelled lines in dollars come to changes nothing of what went back in euros.
    #[test]
    fn cancelled_lines_lower_no_refund_of_another_currency(rows in refunds_beside_cancelled_lines()) {
        // Of one kind of document: which one is believed depends on what all currencies tell.
        let rows: Vec<RefundRow> = rows.into_iter().map(|row| RefundRow { source: RefundSource::Single, ..row }).collect();
        let without = rows.iter().map(|row| RefundRow { cancelled_goods: Some(Money::ZERO), ..row.clone() }).collect();
        prop_assert_eq!(taken_off(rows, "EUR").0, taken_off(without, "EUR").0);
    }
}

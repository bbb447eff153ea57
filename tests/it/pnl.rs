//! What did each channel and SKU earn: worked numbers, rules, conservation.

use std::collections::BTreeMap;
use std::path::PathBuf;

use trueup::config::{
    ChannelKind, ChannelSettings, CostMethod, DriftAlert, FeeSchedule, PolicyTree, Settings, Shop, SyncTier,
};
use trueup::lake::{Cell, Column, Kind, Rows, RowsBuilder, Table};
use trueup::pnl::{self, Pnl, Statement};
use trueup::query::{BUNDLE_PARTS, Marts, RunParameters, SKU_MAP};
use trueup::types::{Channel, Currency, Day, Money, Rate, Sku};

/// A shop in a few lines of CSV: lake columns as headers, everything else filled in.
pub(crate) struct Books {
    pub(crate) tables: Vec<Rows>,
    pub(crate) settings: Settings,
}

pub(crate) const AS_OF: &str = "2026-02-28";

impl Books {
    pub(crate) fn new(channels: &[(&str, ChannelKind, FeeSchedule)]) -> Self {
        Self { tables: Vec::new(), settings: settings(channels) }
    }

    /// A table as CSV; cells that are not there take the defaults of [`fallback`].
    pub(crate) fn with(mut self, name: &str, csv: &str) -> Self {
        self.tables.push(table(name, csv));
        self
    }

    pub(crate) fn work(&self) -> Pnl {
        let run = RunParameters::new(AS_OF.parse().unwrap(), Currency::USD);
        let marts = Marts::in_memory(self.tables.clone(), run).unwrap();
        pnl::statements(&pnl::read(&marts).unwrap(), &self.settings)
    }
}

fn columns_of(name: &str) -> Vec<Column> {
    match name {
        "sku_map" => SKU_MAP.columns.to_vec(),
        "bundle_parts" => BUNDLE_PARTS.columns.to_vec(),
        _ => Table::named(name).unwrap().all_columns().collect(),
    }
}

pub(crate) fn table(name: &str, csv: &str) -> Rows {
    let columns = columns_of(name);
    let mut lines = csv.lines().map(str::trim).filter(|line| !line.is_empty());
    let header: Vec<&str> = lines.next().unwrap().split(',').map(str::trim).collect();
    for named in &header {
        assert!(columns.iter().any(|column| column.name == *named), "`{name}` has no column `{named}`");
    }
    let mut builder = RowsBuilder::new(name, columns.clone());
    for (number, line) in lines.enumerate() {
        let texts: BTreeMap<&str, &str> = header.iter().copied().zip(line.split(',').map(str::trim)).collect();
        let day = columns.iter().filter(|column| column.kind == Kind::Day).find_map(|column| texts.get(column.name));
        builder.push(columns.iter().map(|column| match texts.get(column.name) {
            Some(text) if !text.is_empty() => parsed(text, column.kind),
            _ if column.nullable => Cell::Null,
            _ => fallback(column, number, day.copied()),
        }));
    }
    builder.finish()
}

fn parsed(text: &str, kind: Kind) -> Cell {
    match kind {
        Kind::Text => text.into(),
        Kind::Integer => text.parse::<i64>().unwrap().into(),
        Kind::Money => text.parse::<Money>().unwrap().into(),
        Kind::Rate => text.parse::<Rate>().unwrap().into(),
        Kind::Day => text.parse::<Day>().unwrap().into(),
        Kind::Timestamp => text.parse::<Day>().unwrap().start_utc().into(),
        Kind::Real => text.parse::<f64>().unwrap().into(),
        Kind::Flag => text.parse::<bool>().unwrap().into(),
    }
}

fn fallback(column: &Column, number: usize, day: Option<&str>) -> Cell {
    match (column.name, column.kind) {
        ("status", _) => "completed".into(),
        ("fulfilment", _) => "seller".into(),
        ("disposition", _) => "unknown".into(),
        ("currency", _) => "USD".into(),
        ("settlement_id", _) => "S1".into(),
        ("sku" | "campaign", _) => "".into(),
        (_, Kind::Text) => number.to_string().into(),
        (_, Kind::Timestamp) => day.unwrap_or(AS_OF).parse::<Day>().unwrap().start_utc().into(),
        (_, Kind::Integer) => 1_i64.into(),
        (other, _) => panic!("`{other}` must be given"),
    }
}

fn settings(channels: &[(&str, ChannelKind, FeeSchedule)]) -> Settings {
    let channel = |(name, kind, fees): &(&str, ChannelKind, FeeSchedule)| ChannelSettings {
        name: Channel::new(name),
        line: 1,
        kind: *kind,
        tier: 1,
        pool: "main".to_owned(),
        fulfilled_by_channel: false,
        can_suspend: false,
        sync: SyncTier::NearTime,
        decimal: None,
        date_order: None,
        time_zone: None,
        encoding: None,
        fees: *fees,
        oversell_penalty: None,
    };
    Settings {
        file: PathBuf::from("trueup.toml"),
        folder: PathBuf::from("."),
        shop: Shop {
            name: "Test".to_owned(),
            currency: Currency::USD,
            time_zone: chrono_tz::UTC,
            as_of: None,
            cost_method: CostMethod::Standard,
        },
        exports: PathBuf::from("exports"),
        lake: PathBuf::from("lake"),
        reports: PathBuf::from("reports"),
        channels: channels.iter().map(channel).collect(),
        policy: PolicyTree::default(),
        alerts: DriftAlert { drift_units: 5, drift_rate: None, latency_minutes: 30, fail: false },
        mappings: Vec::new(),
    }
}

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn rate(text: &str) -> Rate {
    text.parse().unwrap()
}

fn amount(statement: &Statement, column: &str) -> String {
    statement.amount(column).map_or_else(String::new, |amount| amount.to_string())
}

fn sku<'a>(pnl: &'a Pnl, month: &str, channel: &str, sku: &str) -> &'a Statement {
    let key = (month.parse().unwrap(), Channel::new(channel), Sku::new(sku));
    pnl.by_sku.get(&key).unwrap_or_else(|| panic!("no statement of {key:?} in {:?}", pnl.by_sku.keys()))
}

fn channel<'a>(pnl: &'a Pnl, month: &str, channel: &str) -> &'a Statement {
    &pnl.by_channel[&(month.parse().unwrap(), Channel::new(channel))]
}

const PLAIN: FeeSchedule = FeeSchedule {
    referral_rate: Rate::ZERO,
    fulfilment_per_unit: Money::ZERO,
    payment_rate: Rate::ZERO,
    payment_per_order: Money::ZERO,
    shipping_per_order: Money::ZERO,
};

#[test]
fn quantity_times_price() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)]).with(
        "order_lines",
        "channel,order_id,order_day,sku,quantity,unit_price
         wholesale,W1,2026-02-03,PEN,8000,1.95
         wholesale,W1,2026-02-03,BOOK,800,6.95",
    );
    let pnl = books.work();
    let total = channel(&pnl, "2026-02", "wholesale");
    assert_eq!(amount(total, "gross_sales"), "21160.00");
    assert_eq!((total.orders, total.units), (1, 8800));
    assert_eq!(total.settled_share(), Some(rate("1")), "no marketplace, no settlement: settled");
}

/// Sale and capture of one payment, and one refund of 10 in both of the channel's files.
#[test]
fn one_refund_of_ten_is_ten_and_not_twenty() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nshopify,#1,2026-02-03,MUG,1,40.00")
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount\nshopify,R1,#1,2026-02-09,MUG,1,10.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             shopify,#1,2026-02-04,sale,40.00
             shopify,#1,2026-02-04,sale,0.00
             shopify,#1,2026-02-04,payment_fee,-1.46
             shopify,#1,2026-02-09,refund,-10.00",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "shopify", "MUG");
    assert_eq!(amount(mug, "refunds"), "10.00");
    assert_eq!(amount(mug, "net_sales"), "30.00");
    assert_eq!(amount(mug, "payment_fees"), "1.46");
    assert_eq!(mug.estimated("payment_fees"), Some(Money::ZERO));
    assert_eq!(mug.settled_share(), Some(rate("1")));
    assert!(pnl.by_sku.keys().all(|(_, _, sku)| *sku != Sku::unallocated()), "nothing is left over");
}

/// Without settlements the return files tell the refund.
#[test]
fn a_channel_without_settlements_takes_refunds_from_its_return_files() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with("order_lines", "channel,order_id,order_day,sku,quantity,gross\nwholesale,W1,2026-01-03,MUG,4,40.00")
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount
             wholesale,R1,W1,2026-02-09,MUG,1,10.00
             wholesale,R2,W1,2026-02-09,MUG,1,",
        );
    let pnl = books.work();
    assert_eq!(amount(channel(&pnl, "2026-02", "wholesale"), "refunds"), "10.00");
    let warned = pnl.diagnostics.iter().find(|warning| warning.code == "missing-refund-amount").unwrap();
    assert_eq!(warned.message, "1 refund line of `wholesale` without an amount: left out of refunds");
}

#[test]
fn a_fee_without_sku_on_an_order_of_three_is_counted_once_and_shared() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,discount
             amazon,A1,1,2026-02-03,CUP,1,10.00,
             amazon,A1,2,2026-02-03,MUG,2,25.00,5.00
             amazon,A1,3,2026-02-03,POT,1,10.00,",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             amazon,A1,2026-02-05,referral_fee,-1.01
             amazon,,2026-02-05,subscription_fee,-39.99",
        );
    let pnl = books.work();
    let fee = |name| amount(sku(&pnl, "2026-02", "amazon", name), "referral_fees");
    // 1.01 over 10, 20 and 10: 0.2525, 0.505, 0.2525; the odd cent to the largest remainder
    assert_eq!([fee("CUP"), fee("MUG"), fee("POT")], ["0.25", "0.51", "0.25"]);
    let total = channel(&pnl, "2026-02", "amazon");
    assert_eq!(amount(total, "referral_fees"), "1.01");
    assert_eq!((total.orders, total.units), (1, 4));
    assert_eq!(amount(sku(&pnl, "2026-02", "amazon", "(unallocated)"), "other_fees"), "39.99");
}

#[test]
fn a_missing_cost_leaves_the_contribution_unknown() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,W1,2026-02-03,MUG,2,20.00
             wholesale,W2,2026-02-03,POT,3,90.00
             wholesale,W3,2026-02-03,KIT,1,50.00",
        )
        .with("bundle_parts", "bundle_sku,sku,quantity\nKIT,MUG,1\nKIT,LID,1\nKIT,BOX,1")
        .with("costs", "sku,from,unit_cost\nMUG,2026-01-01,4.00");
    let pnl = books.work();
    let pot = sku(&pnl, "2026-02", "wholesale", "POT");
    assert_eq!((pot.contribution(), pot.contribution_rate(), pot.units_without_cost), (None, None, 3));
    assert_eq!(sku(&pnl, "2026-02", "wholesale", "KIT").units_without_cost, 1);
    let total = channel(&pnl, "2026-02", "wholesale");
    assert_eq!(amount(total, "net_sales"), "160.00");
    assert_eq!((total.contribution(), total.units_without_cost), (None, 4));
    assert_eq!(total.contribution_of_costed(), Some(money("12.00")));
    let warned = pnl.diagnostics.iter().find(|warning| warning.code == "missing-cost").unwrap();
    assert_eq!(warned.message, "2 SKUs have no cost, `KIT` the first: what they contribute is unknown");
}

/// List price, platform fee, fulfilment, cost of returns: what is left before the goods.
#[test]
fn what_four_channels_leave_of_one_price() {
    let schedule = |referral, fulfilment, payment, per_order, shipping| FeeSchedule {
        referral_rate: rate(referral),
        fulfilment_per_unit: money(fulfilment),
        payment_rate: rate(payment),
        payment_per_order: money(per_order),
        shipping_per_order: money(shipping),
    };
    let books = Books::new(&[
        ("amazon", ChannelKind::Amazon, schedule("0.15", "5.50", "0", "0", "0")),
        ("shopify", ChannelKind::Shopify, schedule("0", "4.00", "0.029", "0.30", "5.95")),
        ("free-shipping", ChannelKind::Shopify, schedule("0", "4.00", "0.029", "0.30", "0")),
        ("walmart", ChannelKind::Walmart, schedule("0.12", "4.50", "0", "0", "0")),
        ("tiktok", ChannelKind::Tiktok, schedule("0.05", "4.00", "0", "0", "0")),
    ])
    .with(
        "order_lines",
        "channel,order_id,order_day,sku,quantity,gross
         amazon,1,2026-02-03,LAMP,1,50.00
         shopify,2,2026-02-03,LAMP,1,50.00
         free-shipping,3,2026-02-03,LAMP,1,50.00
         walmart,4,2026-02-03,LAMP,1,50.00
         tiktok,5,2026-02-03,LAMP,1,47.50",
    )
    .with(
        "settlement_lines",
        "channel,posted_day,sku,kind,amount
         amazon,2026-02-05,LAMP,return_fee,-2.00
         shopify,2026-02-05,LAMP,return_fee,-3.00
         free-shipping,2026-02-05,LAMP,return_fee,-3.00
         walmart,2026-02-05,LAMP,return_fee,-2.00
         tiktok,2026-02-05,LAMP,return_fee,-1.50",
    )
    .with("costs", "sku,from,unit_cost\nLAMP,2026-01-01,0.00");
    let pnl = books.work();
    let left = |name| amount(channel(&pnl, "2026-02", name), "contribution");
    assert_eq!(left("amazon"), "35.00");
    assert_eq!(left("shopify"), "35.30");
    assert_eq!(left("free-shipping"), "41.25");
    assert_eq!(left("walmart"), "37.50");
    assert_eq!(left("tiktok"), "39.62");
    let amazon = channel(&pnl, "2026-02", "amazon");
    assert_eq!(amazon.estimated("referral_fees"), Some(money("7.50")));
    assert_eq!(amazon.settled_share(), Some(rate("0")));
}

#[test]
fn settled_and_estimated_fees_are_told_apart() {
    let fees = FeeSchedule {
        referral_rate: rate("0.06"),
        payment_per_order: money("0.30"),
        shipping_per_order: money("5.01"),
        ..PLAIN
    };
    let books = Books::new(&[("tiktok", ChannelKind::Tiktok, fees)])
        .with(
            "order_lines",
            "channel,order_id,line_id,order_day,sku,quantity,gross,discount,shipping_charged
             tiktok,T1,1,2026-02-03,MUG,1,30.00,,
             tiktok,T2,1,2026-02-03,MUG,1,10.00,2.00,4.00
             tiktok,T3,1,2026-02-03,MUG,1,10.00,,
             tiktok,T3,2,2026-02-03,POT,1,20.00,,",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,sku,kind,amount
             tiktok,T1,2026-02-05,MUG,referral_fee,-2.00
             tiktok,T3,2026-02-05,,shipping_label,-9.00",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "tiktok", "MUG");
    // T1 settled; T2 estimated: 6 % of 10.00 − 2.00 + 4.00
    assert_eq!(amount(mug, "referral_fees"), "2.72");
    assert_eq!(mug.estimated("referral_fees"), Some(money("0.72")));
    assert_eq!(amount(mug, "payment_fees"), "0.30");
    // T1 is settled without a label and T2 not at all, so both are estimated; T3 paid one for both
    assert_eq!(amount(mug, "shipping_paid"), "13.02");
    assert_eq!(mug.estimated("shipping_paid"), Some(money("10.02")));
    assert_eq!(amount(sku(&pnl, "2026-02", "tiktok", "POT"), "shipping_paid"), "6.00");
    // 30.00 and 10.00 of 50.00
    assert_eq!(mug.settled_share(), Some(rate("0.8")));
    assert_eq!(mug.orders, 3);
    assert_eq!(channel(&pnl, "2026-02", "tiktok").orders, 3);
}

#[test]
fn fixed_fees_of_an_unsettled_order_are_shared_by_its_skus() {
    let fees = FeeSchedule { payment_per_order: money("0.30"), shipping_per_order: money("5.01"), ..PLAIN };
    let books = Books::new(&[("shopify", ChannelKind::Shopify, fees)]).with(
        "order_lines",
        "channel,order_id,line_id,order_day,sku,quantity,gross,fulfilment
         shopify,1,1,2026-02-03,MUG,1,10.00,seller
         shopify,1,2,2026-02-03,POT,1,20.00,seller
         shopify,2,1,2026-02-03,MUG,1,10.00,channel",
    );
    let pnl = books.work();
    let (mug, pot) = (sku(&pnl, "2026-02", "shopify", "MUG"), sku(&pnl, "2026-02", "shopify", "POT"));
    assert_eq!((amount(mug, "payment_fees"), amount(pot, "payment_fees")), ("0.40".into(), "0.20".into()));
    assert_eq!((amount(mug, "shipping_paid"), amount(pot, "shipping_paid")), ("1.67".into(), "3.34".into()));
}

#[test]
fn what_was_cancelled_earned_and_cost_nothing() {
    let books = Books::new(&[("shopify", ChannelKind::Shopify, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,status,fulfilment,tax
             shopify,1,2026-02-03,MUG,1,10.00,cancelled,seller,0.80
             shopify,2,2026-02-03,MUG,1,10.00,completed,other_channel,0.80
             shopify,3,2026-02-03,MUG,1,10.00,refunded,seller,0.80",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,kind,amount
             shopify,1,2026-02-03,sale,10.00
             shopify,1,2026-02-04,refund,-10.00
             shopify,3,2026-02-04,refund,-10.00
             shopify,3,2026-02-04,tax_collected,0.80
             shopify,,2026-02-04,reserve,-500.00
             shopify,,2026-02-04,payout,-300.00
             shopify,,2026-02-04,reimbursement,2.00
             shopify,,2026-02-04,chargeback,-15.00",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,disposition\nshopify,R,1,2026-02-04,MUG,1,sellable",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2026-01-01,4.00")
        .with(
            "advertising",
            "channel,day,campaign,sku,amount,in_settlement
             shopify,2026-02-05,A,MUG,1.50,
             shopify,2026-02-05,B,,2.50,false
             shopify,2026-02-05,C,,9.00,true",
        );
    let pnl = books.work();
    let total = channel(&pnl, "2026-02", "shopify");
    let expected = [
        ("gross_sales", "10.00"),
        ("refunds", "10.00"),
        ("net_sales", "0.00"),
        ("advertising", "4.00"),
        ("return_costs", "15.00"),
        ("reimbursements", "2.00"),
        ("cost_of_goods", "4.00"),
        ("contribution", "-21.00"),
    ];
    for (column, text) in expected {
        assert_eq!(amount(total, column), text, "{column}");
    }
    assert_eq!(total.orders, 1);
    assert_eq!(amount(sku(&pnl, "2026-02", "shopify", "MUG"), "advertising"), "1.50");
}

#[test]
fn bundles_cost_their_components_and_sellable_returns_give_back() {
    let books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,1,2026-01-31,KIT,2,100.00
             wholesale,2,2026-02-02,KIT,1,50.00",
        )
        .with(
            "refund_lines",
            "channel,refund_id,order_id,refund_day,sku,quantity,amount,disposition
             wholesale,1,1,2026-02-20,KIT,1,50.00,sellable
             wholesale,2,1,2026-02-20,KIT,1,50.00,damaged",
        )
        .with("bundle_parts", "bundle_sku,sku,quantity\nKIT,MUG,2\nKIT,LID,1")
        .with(
            "costs",
            "sku,from,until,unit_cost
             MUG,2025-01-01,2026-01-31,4.00
             MUG,2026-02-01,,5.00
             LID,2025-01-01,,1.25",
        );
    let pnl = books.work();
    assert_eq!(amount(sku(&pnl, "2026-01", "wholesale", "KIT"), "cost_of_goods"), "18.50");
    // one sold and one put back on the shelf
    assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "KIT"), "cost_of_goods"), "0.00");
    assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "KIT"), "contribution"), "-50.00");
}

#[test]
fn the_moving_average_follows_receipts() {
    let mut books = Books::new(&[("wholesale", ChannelKind::Wholesale, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             wholesale,1,2026-01-15,MUG,10,100.00
             wholesale,2,2026-02-10,MUG,10,100.00",
        )
        .with("costs", "sku,from,unit_cost\nMUG,2025-01-01,2.00\nMUG,2026-02-01,5.00")
        .with("stock", "sku,location,at,stock_day,on_hand\nMUG,main,2026-01-01,2026-01-01,40")
        .with(
            "stock_movements",
            "movement_id,movement_day,sku,location,kind,quantity
             1,2026-01-15,MUG,main,shipment,-10
             2,2026-01-15,MUG,main,order,10
             3,2026-02-05,MUG,main,receipt,60",
        );
    books.settings.shop.cost_method = CostMethod::MovingAverage;
    let pnl = books.work();
    assert_eq!(amount(sku(&pnl, "2026-01", "wholesale", "MUG"), "cost_of_goods"), "20.00");
    // (30 × 2.00 + 60 × 5.00) ÷ 90 = 4.00
    assert_eq!(amount(sku(&pnl, "2026-02", "wholesale", "MUG"), "cost_of_goods"), "40.00");
}

#[test]
fn foreign_amounts_are_converted_at_the_days_rate_and_unknown_without_one() {
    let books = Books::new(&[("ebay", ChannelKind::Ebay, FeeSchedule { referral_rate: rate("0.10"), ..PLAIN })])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,currency
             ebay,1,2026-02-03,MUG,1,10.01,EUR
             ebay,2,2026-02-03,MUG,1,10.02,EUR
             ebay,3,2026-02-04,MUG,1,10.00,EUR
             ebay,4,2026-02-04,POT,1,10.00,GBP
             ebay,5,2026-02-04,POT,1,10.00,USD",
        )
        .with("costs", "sku,from,unit_cost,currency\nMUG,2026-02-03,1.0000,EUR\nPOT,2026-01-01,1.00,USD")
        .with(
            "exchange_rates",
            "day,currency,into,rate
             2026-02-03,EUR,USD,1.10
             2026-02-04,EUR,USD,1.25
             2026-02-04,GBP,EUR,1.15",
        );
    let pnl = books.work();
    let mug = sku(&pnl, "2026-02", "ebay", "MUG");
    // 20.03 × 1.10 = 22.033, 10.00 × 1.25 = 12.50
    assert_eq!(amount(mug, "gross_sales"), "34.53");
    // 2.00 × 1.10 + 1.00 × 1.25
    assert_eq!(amount(mug, "referral_fees"), "3.45");
    assert_eq!(amount(mug, "cost_of_goods"), "3.30");
    let pot = sku(&pnl, "2026-02", "ebay", "POT");
    assert_eq!((pot.amount("gross_sales"), pot.contribution()), (None, None));
    assert_eq!(amount(pot, "cost_of_goods"), "2.00");
    assert_eq!(channel(&pnl, "2026-02", "ebay").contribution(), None);
    assert_eq!(channel(&pnl, "2026-02", "ebay").contribution_of_costed(), Some(money("27.78")));
    let warned: Vec<_> = pnl.diagnostics.iter().filter(|warning| warning.code == "missing-exchange-rate").collect();
    assert_eq!(warned.len(), 1);
    assert_eq!(warned[0].message, "no rate from `GBP` into `USD` on 1 day: what they earned is unknown");
}

#[test]
fn settlements_add_up_or_say_by_how_much_not() {
    let books = Books::new(&[("amazon", ChannelKind::Amazon, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross,status
             amazon,A1,2026-01-03,MUG,1,10.00,completed
             amazon,A2,2026-01-04,MUG,1,11.00,completed
             amazon,A3,2026-02-07,MUG,1,12.00,completed
             amazon,A4,2025-12-04,MUG,1,13.00,completed
             amazon,A5,2026-01-05,MUG,1,13.00,cancelled
             amazon,A6,2026-02-06,MUG,1,14.00,completed",
        )
        .with("settlements", "channel,settlement_id,total\namazon,S1,7.00\namazon,S2,1.00")
        .with(
            "settlement_lines",
            "channel,settlement_id,line,order_id,posted_day,kind,amount
             amazon,S1,1,A1,2026-01-03,sale,10.00
             amazon,S1,2,A1,2026-01-03,referral_fee,-1.50
             amazon,S1,3,X9,2026-01-04,fulfilment_fee,-1.00
             amazon,S1,4,,2026-01-14,payout,-7.00
             amazon,S3,1,A5,2026-01-14,reserve,-0.25",
        );
    let pnl = books.work();
    let sheet = pnl.settlements_sheet();
    let texts =
        |rows: &Rows, name: &str| rows.text(name).unwrap().iter().flatten().map(str::to_owned).collect::<Vec<_>>();
    let moneys = |name: &str| -> Vec<Option<Money>> { sheet.money(name).unwrap().iter().collect() };
    assert_eq!(texts(&sheet, "settlement_id"), ["S1", "S2", "S3"]);
    assert_eq!(moneys("lines_sum"), [Some(money("7.50")), Some(money("0")), Some(money("-0.25"))]);
    assert_eq!(moneys("difference"), [Some(money("-0.50")), Some(money("1.00")), None]);
    assert_eq!(sheet.integer("orders").unwrap().iter().flatten().collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(sheet.integer("unmatched_orders").unwrap().iter().flatten().collect::<Vec<_>>(), [1, 0, 0]);
    let unmatched = pnl.unmatched_sheet();
    // A3 is 21 days old, A6 is 22
    assert_eq!(texts(&unmatched, "order_id"), ["A2", "A4", "A6", "X9"]);
    assert_eq!(unmatched.integer("age_days").unwrap().iter().flatten().collect::<Vec<_>>(), [55, 86, 22, 55]);
    assert_eq!(texts(&unmatched, "line"), ["*", "*", "*", "S1/3"]);
    assert_eq!(
        texts(&unmatched, "reason"),
        [
            "in no settlement for more than 21 days",
            "ordered before the first settlement in the lake",
            "in no settlement for more than 21 days",
            "no export of orders knows this order",
        ]
    );
}

#[test]
fn the_cost_above_the_channels_own_tips_a_losing_sku() {
    let books = Books::new(&[("tiktok", ChannelKind::Tiktok, PLAIN)])
        .with(
            "order_lines",
            "channel,order_id,order_day,sku,quantity,gross
             tiktok,1,2026-02-03,LAMP,4,100.00
             tiktok,2,2026-02-03,MUG,40,900.00
             tiktok,3,2025-11-30,OLD,1,1.00
             tiktok,4,2025-12-01,NEW,1,1.00",
        )
        .with(
            "settlement_lines",
            "channel,order_id,posted_day,sku,kind,amount
             tiktok,1,2026-02-05,LAMP,referral_fee,-15.00
             tiktok,1,2026-02-05,LAMP,shipping_label,-30.00
             tiktok,2,2026-02-05,MUG,referral_fee,-135.00
             tiktok,2,2026-02-05,MUG,shipping_label,-50.00",
        )
        .with(
            "costs",
            "sku,from,unit_cost
             LAMP,2025-01-01,15.00
             MUG,2025-01-01,12.25
             OLD,2025-01-01,5.00
             NEW,2025-01-01,5.00",
        );
    let pnl = books.work();
    let found: Vec<_> = pnl.losing.iter().map(|losing| (losing.sku.as_str(), losing.tipped_by.column)).collect();
    assert_eq!(found, [("LAMP", "shipping_paid"), ("NEW", "cost_of_goods")], "the 90 days begin on 2025-12-01");
    assert_eq!(pnl.losing[0].contribution, money("-5.00"));
    assert_eq!(pnl.losing[0].per_unit, Some(money("-1.25")));
    assert_eq!(pnl.unit_margin(&"tiktok".into(), &"LAMP".into()), Some(money("-1.25")));
    assert_eq!(pnl.unit_margin(&"tiktok".into(), &"OLD".into()), None);
}

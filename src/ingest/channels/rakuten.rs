//! Rakuten Ichiba's orders as its shop system RMS downloads them: a row per article, with what
//! concerns the order on every row. The folder names the channel.
//!
//! A template in RMS chooses the columns. Their names and the codes of the states are those of
//! readers on public GitHub (jmleejake/csvProject lists every column; the clients of RMS's interface
//! explain the codes, `税込別` and the -9999 of an amount that is not settled yet). A template should
//! have `税込別` and `商品税率`: without them a price that includes the tax is taken as it stands.

use super::{after_step, beside};
use crate::ingest::cell::Reader::{Count, Identifier, Instant, Money, Prose, Rate, Word};
use crate::ingest::context::Context;
use crate::ingest::export::{Layout, Style, may, need};
use crate::ingest::shape::{ByGroup, Complaint, Draft, Verdict, View, line_names};
use crate::ingest::totals;
use crate::lake::Cell;
use crate::types::{Money as Amount, Rate as TaxRate};

/// The orders of a download.
pub(super) fn orders() -> Layout {
    let fields = &[
        need("order_id", &["注文番号"], Identifier),
        need("status", &["ステータス"], Word(STATUS)),
        need("ordered_at", &["注文日時"], Instant),
        may("confirmed_at", &["注文確認日時"], Instant),
        may("settled_at", &["注文確定日時"], Instant),
        may("instructed_at", &["発送指示日時"], Instant),
        may("shipped_at", &["発送完了報告日時"], Instant),
        may("shipping", &["送料合計"], Money),
        may("shipping_rate", &["送付先送料税率"], Rate),
        may("on_delivery", &["代引料合計"], Money),
        may("on_delivery_rate", &["送付先代引料税率"], Rate),
        may("payment_fee", &["決済手数料合計"], Money),
        may("payment_fee_rate", &["決済手数料税率"], Rate),
        may("burden", &["注文者負担金合計"], Money),
        may("wrapping", &["ラッピング料金1"], Money),
        may("wrapping_rate", &["ラッピング税率1"], Rate),
        may("ribbon", &["ラッピング料金2"], Money),
        may("ribbon_rate", &["ラッピング税率2"], Rate),
        may("billed", &["請求金額"], Money),
        may("points", &["ポイント利用額"], Money),
        may("coupon_of_rakuten", &["楽天発行クーポン利用額"], Money),
        may("payment_method", &["支払方法名"], Prose),
        may("coupon", &["店舗発行クーポン利用額"], Money),
        may("line", &["商品明細ID"], Identifier),
        may("title", &["商品名"], Prose),
        may("number", &["商品番号"], Identifier),
        need("article", &["商品管理番号"], Identifier),
        may("variant", &["SKU管理番号"], Identifier),
        may("sku", &["システム連携用SKU番号"], Identifier),
        need("unit_price", &["単価"], Money),
        need("quantity", &["個数"], Count),
        may("includes_tax", &["税込別"], Word(TAX)),
        may("tax_rate", &["商品税率"], Rate),
        may("price_with_tax", &["商品毎税込価格"], Money),
    ];
    Layout {
        group: Some(0),
        style: Style { encodings: &["shift_jis"], ..Style::POINT },
        // Its times are Japan's, wherever the shop is.
        zone: Some(chrono_tz::Asia::Tokyo),
        ..Layout::of_folder("rakuten-orders", "orders", "order_lines", fields, |_| Box::new(ByGroup(order)))
    }
}

/// The codes of `orderProgress` (hayabusa-systems/rms-go-sdk and oh0123/rakuten-spi-sdk on GitHub, read
/// 2026-12-01). Until Rakuten has the payment nobody has paid.
const STATUS: &[(&str, &str)] = &[
    ("100", "pending"),   // waits for the shop to confirm it
    ("200", "unpaid"),    // Rakuten works on the payment
    ("300", "unshipped"), // waits to be shipped
    ("400", "paid"),      // a change waits to be settled
    ("500", "shipped"),
    ("600", "shipped"), // the payment is being settled
    ("700", "completed"),
    ("800", "cancelled"), // a cancellation waits to be settled
    ("900", "cancelled"),
];

const TAX: &[(&str, &str)] = &[("0", "without"), ("1", "with")];

/// The variant of an article that has no variants.
const NO_VARIANT: &str = "normal-inventory";

/// What the units of a row cost.
struct Price {
    /// With the tax, as far as it is known: the weight of the row in what is split.
    paid: Amount,
    net: Amount,
    tax: Option<Amount>,
    rate: Option<TaxRate>,
    shipping_rate: Option<TaxRate>,
}

fn order(rows: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let prices: Vec<Result<Price, Complaint>> = rows.iter().map(price).collect();
    let weight =
        |price: &Result<Price, Complaint>| price.as_ref().map_or(0, |price| price.paid.ten_thousandths().max(0));
    let weights: Vec<i64> = prices.iter().map(weight).collect();
    let articles: Vec<String> = rows.iter().map(article).collect();
    let keys: Vec<(&str, _)> = articles
        .iter()
        .zip(rows)
        .map(|(article, row)| (article.as_str(), (row.money("unit_price"), row.count("quantity"))))
        .collect();
    let names = line_names(&keys);
    // An amount below zero stands for one that is not settled yet.
    let parts = |name: &str| rows[0].money(name).filter(|amount| !amount.is_negative()).map(|sum| sum.split(&weights));
    let (shipping, coupon) = (parts("shipping"), parts("coupon"));
    let part = |parts: &Option<Vec<Amount>>, index: usize| parts.as_ref().map(|parts| parts[index]);
    let judged = rows.iter().zip(prices).zip(names).enumerate().map(|(index, ((row, price), name))| match price {
        Ok(price) => {
            let draft = sale(row, &price, part(&shipping, index), part(&coupon, index), context);
            let line = row.text("line").unwrap_or(&name);
            Verdict::Facts(vec![draft.set("line_id", line).set("channel_sku", articles[index].as_str())])
        }
        Err(complaint) => complaint.into(),
    });
    let mut verdicts: Vec<Verdict> = judged.collect();
    if let Some(verdict) = verdicts.iter_mut().find(|verdict| !verdict.drafts().is_empty()) {
        of_order(&rows[0], &verdict.drafts()[0].clone()).into_iter().for_each(|draft| verdict.add(draft));
    }
    verdicts
}

/// What buyers pay beside goods and shipping: its line's name and kind, the fields with the amount and
/// with its rate.
const CHARGES: &[(&str, &str, &str, &str)] = &[
    ("on delivery", "handling", "on_delivery", "on_delivery_rate"),
    ("payment", "handling", "payment_fee", "payment_fee_rate"),
    ("burden", "handling", "burden", "payment_fee_rate"),
    ("wrapping", "gift_wrap", "wrapping", "wrapping_rate"),
    ("ribbon", "gift_wrap", "ribbon", "ribbon_rate"),
];

/// Charges of the order, and its total. What is billed is `goods + shipping + wrapping + payment fee +
/// burden − coupons − points` (oh0123/rakuten-spi-sdk on GitHub, `requestPrice`, read 2026-12-01); of the
/// coupons only the shop's own are its discounts, the others and the points Rakuten pays for.
fn of_order(row: &View<'_>, goods: &Draft) -> Vec<Draft> {
    let settled = |name: &str| row.money(name).filter(|amount| !amount.is_negative());
    let charges = CHARGES.iter().filter_map(|(name, kind, field, of_rate)| {
        let told = settled(field).filter(|amount| !amount.is_zero())?;
        let (net, tax) = without_tax(told, rate(row, of_rate).ok().flatten());
        Some(beside::line(goods, kind, net, tax).set("line_id", *name))
    });
    let paid_by_rakuten = settled("points").unwrap_or_default() + settled("coupon_of_rakuten").unwrap_or_default();
    let total = settled("billed").map(|billed| billed + paid_by_rakuten);
    charges.chain(total.map(|total| totals::stated(row, goods, total, "all"))).collect()
}

/// The article, and its variant where it has one: a variant's number is only its own within it.
fn article(row: &View<'_>) -> String {
    let article = row.text("article").unwrap_or_default();
    match variant(row) {
        Some(variant) => format!("{article}/{variant}"),
        None => article.to_owned(),
    }
}

fn variant<'a>(row: &View<'a>) -> Option<&'a str> {
    row.text("variant").filter(|variant| *variant != NO_VARIANT)
}

/// A rate of tax; below zero it is not settled yet.
fn rate(row: &View<'_>, name: &str) -> Result<Option<TaxRate>, Complaint> {
    match row.cell(name) {
        Cell::Rate(rate) if rate.millionths() >= 1_000_000 => {
            Err(Complaint::new(name, "bad_rate", "not a rate such as `0.1`"))
        }
        Cell::Rate(rate) if rate.millionths() >= 0 => Ok(Some(rate)),
        _ => Ok(None),
    }
}

/// An amount without the tax that it includes, and that tax.
fn without_tax(amount: Amount, rate: Option<TaxRate>) -> (Amount, Option<Amount>) {
    let Some(rate) = rate else { return (amount, None) };
    let parts = amount.split(&[1_000_000, rate.millionths()]);
    (parts[0], Some(parts[1]))
}

fn price(row: &View<'_>) -> Result<Price, Complaint> {
    let (rate, shipping_rate) = (rate(row, "tax_rate")?, rate(row, "shipping_rate")?);
    let units = row.count("quantity").unwrap_or_default();
    let times = |name: &str| match row.money(name) {
        Some(amount) => amount.checked_times(units).map(Some).ok_or_else(|| Complaint::overflow(name)),
        None => Ok(None),
    };
    let written = times("unit_price")?.unwrap_or_default();
    let with_tax = times("price_with_tax")?.filter(|amount| !amount.is_negative());
    let includes_tax = match row.text("includes_tax") {
        Some(word) => word == "with",
        None => with_tax.is_none_or(|amount| amount == written),
    };
    if includes_tax {
        let (net, tax) = without_tax(written, rate);
        return Ok(Price { paid: written, net, tax, rate, shipping_rate });
    }
    let tax = with_tax.map(|amount| amount - written).or(rate.map(|rate| written.at_rate(rate)));
    Ok(Price { paid: written + tax.unwrap_or_default(), net: written, tax, rate, shipping_rate })
}

/// The shop's own coupons are its discount; Rakuten pays for its coupons and for points.
fn sale(row: &View<'_>, price: &Price, shipping: Option<Amount>, coupon: Option<Amount>, context: &Context) -> Draft {
    let units = row.count("quantity").unwrap_or_default();
    // Without its units a row was taken off the order.
    let status = if units == 0 { "cancelled" } else { row.text("status").unwrap_or_default() };
    let times = ["ordered_at", "confirmed_at", "settled_at", "instructed_at", "shipped_at"];
    let updated = times.into_iter().filter_map(|name| row.instant(name)).max().map(|at| after_step(at, status));
    let net = |amount: Option<Amount>, rate| match amount.map(|amount| without_tax(amount, rate)) {
        Some((net, tax)) => (Some(net), tax.unwrap_or_default()),
        None => (None, Amount::ZERO),
    };
    let (shipping, shipping_tax) = net(shipping, price.shipping_rate);
    let (discount, discount_tax) = net(coupon, price.rate);
    let tax = price.tax.map(|tax| tax - discount_tax + shipping_tax);
    let number = row.text("number").filter(|_| variant(row).is_none());
    Draft::new("order_lines")
        .set("channel", context.channel_name())
        .set("order_id", row.cell("order_id").clone())
        .set("ordered_at", row.cell("ordered_at").clone())
        .set("updated_at", updated)
        .set("exported_at", context.exported_after(updated))
        .set("sku", row.text("sku").or(number))
        .set("title", row.cell("title").clone())
        .set("quantity", units)
        .set("unit_price", price.net.divided_by(units))
        .set("gross", price.net)
        .set("discount", discount)
        .set("shipping_charged", shipping)
        .set("tax", tax)
        .set("currency", "JPY")
        .set("status", status)
        .set("fulfilment", "seller")
        .set("location", context.pool.as_str())
}

//! What does the source of truth know that does not move every day? Products, costs, aliases,
//! bundles, promotions, advertising, exchange rates; and the listings with their prices.

use std::path::Path;

use crate::error::Result;
use crate::sample::goods::{BRAND, CATEGORIES, Good, Loss};
use crate::sample::season::Promotion;
use crate::sample::sheet::{Sheet, Style};
use crate::sample::stores::{AMAZON, SHOPIFY, STORES, TIKTOK, is_shopify};
use crate::sample::world::World;
use crate::sample::{amazon, exports, shopify};
use crate::types::Day;

/// Writes every such file.
pub(crate) fn write(world: &World) -> Result<()> {
    let truth = world.folder.join("exports/truth");
    products(&truth, world)?;
    costs(&truth, world)?;
    aliases(&truth, world)?;
    bundles(&truth, world)?;
    promotions(&truth, &world.promotions, &world.goods)?;
    advertising(&truth, world)?;
    exchange_rates(&truth, world.size.as_of)?;
    listings(world)
}

fn products(folder: &Path, world: &World) -> Result<()> {
    let header = [
        "sku",
        "title",
        "category",
        "class",
        "barcode",
        "brand",
        "weight_grams",
        "price",
        "map_price",
        "msrp",
        "currency",
        "supplier",
        "lead_time_days",
        "minimum_order",
        "case_pack",
        "launched_on",
        "discontinued_on",
    ];
    let mut sheet = Sheet::create(folder.join("products.csv"), Style::CSV, &header)?;
    for good in &world.goods {
        sheet
            .text(&good.sku)
            .text(&format!("{}, {}", good.title, good.variant))
            .text(CATEGORIES[good.category])
            .text(good.class)
            .text(&good.barcode)
            .text(BRAND)
            .integer(good.grams)
            .cents(good.price)
            .cents(good.price * 9 / 10)
            .cents(good.price * 11 / 10)
            .text("USD")
            .text(good.supplier)
            .integer(good.lead_days)
            .integer(good.minimum_order)
            .integer(good.case_pack)
            .day(good.launched);
        match good.discontinued {
            Some(day) => sheet.day(day),
            None => sheet.empty(1),
        };
        sheet.end()?;
    }
    sheet.finish()
}

/// Landed costs: a rise of a few percent at half time, and one ruinous delivery.
fn costs(folder: &Path, world: &World) -> Result<()> {
    let header = ["sku", "from", "until", "unit_cost", "currency"];
    let mut sheet = Sheet::create(folder.join("costs.csv"), Style::CSV, &header)?;
    for (index, good) in world.goods.iter().enumerate().filter(|(_, good)| !good.is_bundle()) {
        let change = match good.loss {
            Some((_, Loss::CostOfGoods)) => Some((world.size.as_of.plus(-100), good.price * 135 / 100)),
            _ if index % 3 == 1 => Some((world.first.plus(world.size.days as i32 / 2), good.cost * 104 / 100)),
            _ => None,
        };
        let from = good.launched.plus(-30);
        sheet.text(&good.sku).day(from);
        match change {
            Some((day, cost)) if day > from => {
                sheet.day(day.plus(-1)).cents(good.cost).text("USD").end()?;
                sheet.text(&good.sku).day(day).empty(1).cents(cost).text("USD").end()?;
            }
            _ => sheet.empty(1).cents(good.cost).text("USD").end()?,
        }
    }
    sheet.finish()
}

fn aliases(folder: &Path, world: &World) -> Result<()> {
    let header = ["channel", "channel_sku", "from", "until", "sku"];
    let mut sheet = Sheet::create(folder.join("aliases.csv"), Style::CSV, &header)?;
    for good in &world.goods {
        for channel in (0..world.channels()).filter(|channel| good.is_listed(*channel)) {
            let number = match channel {
                TIKTOK if good.blank_on_tiktok => &good.tiktok_id,
                _ => &good.channel_sku[channel],
            };
            if *number != good.sku {
                let from = good.launched.plus(-30);
                sheet.text(STORES[channel].name).text(number).day(from).empty(1).text(&good.sku).end()?;
            }
        }
    }
    sheet.finish()
}

fn bundles(folder: &Path, world: &World) -> Result<()> {
    let header = ["bundle_sku", "component_sku", "from", "until", "quantity"];
    let mut sheet = Sheet::create(folder.join("bundles.csv"), Style::CSV, &header)?;
    for good in &world.goods {
        for (part, units) in &good.parts {
            sheet.text(&good.sku).text(&world.goods[*part].sku).day(good.launched.plus(-30)).empty(1);
            sheet.integer(*units).end()?;
        }
    }
    sheet.finish()
}

fn promotions(folder: &Path, promotions: &[Promotion], goods: &[Good]) -> Result<()> {
    let header =
        ["promotion", "channel", "sku", "from", "until", "kind", "discount_rate", "expected_units", "reserved_units"];
    let mut sheet = Sheet::create(folder.join("promotions.csv"), Style::CSV, &header)?;
    for promotion in promotions {
        let days = f64::from(promotion.last.since(promotion.first) + 1);
        for good in promotion.goods.iter().map(|index| &goods[*index]) {
            let daily = good.rate * good.share[promotion.channel];
            let factor = if promotion.kind == "flash_sale" { 25.0 } else { promotion.uplift * days };
            let expected = (daily * factor).ceil() as i64;
            sheet
                .text(&promotion.name)
                .text(STORES[promotion.channel].name)
                .text(&good.sku)
                .instant(promotion.from)
                .instant(promotion.until)
                .text(promotion.kind)
                .text(&format!("0.{:02}", promotion.percent))
                .integer(expected)
                .integer(if promotion.kind == "flash_sale" { expected / 2 } else { 0 })
                .end()?;
        }
    }
    sheet.finish()
}

/// A daily budget for the own store's search campaign and for the one campaign that eats its
/// article's margin.
fn advertising(folder: &Path, world: &World) -> Result<()> {
    let header = ["channel", "day", "campaign", "sku", "amount", "currency", "in_settlement"];
    let mut sheet = Sheet::create(folder.join("advertising.csv"), Style::CSV, &header)?;
    let sales: f64 =
        world.goods.iter().map(|good| good.rate * good.share[SHOPIFY] * good.price_on(SHOPIFY) as f64).sum();
    let loser = world.goods.iter().find(|good| matches!(good.loss, Some((_, Loss::Advertising))));
    for place in 0..world.size.days as i32 {
        let day = world.first.plus(place);
        let weekend = if day.weekday() >= 5 { 1.2 } else { 1.0 };
        let amount = (sales * 0.04 * weekend) as i64;
        sheet.text(STORES[SHOPIFY].name).day(day).text("search-brand").empty(1).cents(amount);
        sheet.text("USD").text("false").end()?;
        if let Some(good) = loser
            && world.size.as_of.since(day) < 120
        {
            let amount = (good.rate * good.price as f64 * 1.15) as i64 + 100;
            sheet.text(STORES[TIKTOK].name).day(day).text("creator-spark").text(&good.sku).cents(amount);
            sheet.text("USD").text("false").end()?;
        }
    }
    sheet.finish()
}

/// Euros into dollars for the last 60 days.
fn exchange_rates(folder: &Path, as_of: Day) -> Result<()> {
    let header = ["day", "currency", "into", "rate"];
    let mut sheet = Sheet::create(folder.join("exchange_rates.csv"), Style::CSV, &header)?;
    for place in (0..60).rev() {
        let day = as_of.plus(-place);
        let worth = euro_worth(day);
        let rate = format!("{}.{:04}", worth / 10_000, worth % 10_000);
        sheet.day(day).text("EUR").text("USD").text(&rate).end()?;
    }
    sheet.finish()
}

/// What a euro was worth, in ten-thousandths of a dollar.
pub(crate) fn euro_worth(day: Day) -> i64 {
    let wave = (f64::from(day.days()) / 9.0).sin() * 0.012;
    ((1.082 + wave) * 10_000.0).round() as i64
}

/// A price that was planted away from the anchor.
struct Breach {
    channel: usize,
    good: usize,
    price: i64,
    rule: &'static str,
}

fn breaches(world: &World) -> Vec<Breach> {
    let goods = &world.goods;
    let is_fit = |good: &&usize| goods[**good].loss.is_none() && goods[**good].is_listed(AMAZON);
    let all: Vec<usize> = (0..goods.len()).filter(|good| !goods[*good].is_bundle()).collect();
    let fit: Vec<usize> = all.iter().filter(is_fit).copied().collect();
    let mut breaches = Vec::new();
    for (place, (percent, rule)) in [(108, "amazon above anchor"), (94, "amazon below anchor")].into_iter().enumerate()
    {
        if let Some(good) = fit.get(2 + place * 3) {
            let price = goods[*good].price * percent / 100;
            breaches.push(Breach { channel: AMAZON, good: *good, price, rule });
        }
    }
    // The own store below the minimum advertised price, on an article that nobody else lists.
    let alone =
        all.iter().find(|good| goods[**good].loss.is_none() && (1..5).all(|channel| !goods[**good].is_listed(channel)));
    if let Some(good) = alone {
        let price = goods[*good].price * 84 / 100;
        breaches.push(Breach { channel: SHOPIFY, good: *good, price, rule: "below minimum advertised price" });
    }
    breaches
}

fn listings(world: &World) -> Result<()> {
    let breaches = breaches(world);
    for channel in 0..world.channels() {
        let price = |index: usize, good: &Good| {
            let planted = breaches.iter().find(|breach| breach.channel == channel && breach.good == index);
            planted.map_or(good.price_on(channel), |breach| breach.price)
        };
        let folder = exports::folder(&world.folder, channel);
        if channel == AMAZON {
            let path = folder.join(format!("All_Listings_Report_{}.txt", world.size.as_of));
            amazon::write_listings(path, &world.goods, price)?;
        } else if is_shopify(channel) {
            shopify::write_products(&folder, channel, &world.goods, price)?;
        }
    }
    let header = ["channel", "sku", "field", "anchor", "seen", "rule"];
    let mut sheet = Sheet::create(world.folder.join("truth/breaches.csv"), Style::CSV, &header)?;
    for breach in &breaches {
        let good = &world.goods[breach.good];
        sheet.text(STORES[breach.channel].name).text(&good.sku).text("price").cents(good.price);
        sheet.cents(breach.price).text(breach.rule).end()?;
    }
    sheet.finish()
}

//! What a Shopify shop shows: counts in the layouts of several years, and products.

use super::super::costs::with_cost;
use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Identifier, Measure, Money, Prose};
use crate::ingest::cell::Value;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Field, head, may, need};
use crate::ingest::shape::{ByGroup, ByRow, Draft, Verdict, View};

const ARTICLE_FIELDS: [Field; 5] = [
    head("handle", &["Handle", "URL handle"], Identifier),
    head("title", &["Title"], Prose),
    head("option_1", &["Option1 Value"], Prose),
    may("option_2", &["Option2 Value"], Prose),
    may("option_3", &["Option3 Value"], Prose),
];

/// Counts with a row per location, to look at or to edit.
pub(crate) static INVENTORY: Export = Export {
    id: "shopify-inventory",
    kind: ChannelKind::Shopify,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        ARTICLE_FIELDS[0],
        ARTICLE_FIELDS[1],
        ARTICLE_FIELDS[2],
        ARTICLE_FIELDS[3],
        ARTICLE_FIELDS[4],
        head("sku", &["SKU"], Identifier),
        need("location", &["Location"], Identifier),
        head("inbound", &["Incoming", "Incoming (not editable)"], Count),
        head("damaged", &["Unavailable", "Unavailable (not editable)"], Count),
        head("reserved", &["Committed", "Committed (not editable)"], Count),
        head("available", &["Available", "Available (not editable)"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(inventory)),
};

fn inventory(view: &View<'_>, context: &Context) -> Verdict {
    if !view.is_known("available") {
        return Verdict::Structure("not stocked");
    }
    let listed = view.cell("available").clone();
    Verdict::Facts(vec![stock(view, context).with(view).set("channel_sku", number(view)).set("listed", listed)])
}

fn stock(view: &View<'_>, context: &Context) -> Draft {
    Draft::new("channel_stock")
        .set("channel", context.channel_name())
        .set("channel_sku", number(view))
        .set("sku", view.cell("sku").clone())
        .set("reported_at", context.snapshot)
}

/// What names an article here: its SKU, or else its handle and options.
fn number(view: &View<'_>) -> Option<String> {
    if let Some(sku) = view.text("sku") {
        return Some(sku.to_owned());
    }
    let options = ["option_1", "option_2", "option_3"].into_iter().filter_map(|name| view.text(name));
    let options: Vec<&str> = options.filter(|value| *value != "Default Title").collect();
    view.text("handle").map(|handle| [&[handle], options.as_slice()].concat().join(" / "))
}

/// Counts with a column per location.
pub(crate) static INVENTORY_BY_COLUMN: Export = Export {
    id: "shopify-inventory-by-column",
    kind: ChannelKind::Shopify,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        ARTICLE_FIELDS[0],
        ARTICLE_FIELDS[1],
        ARTICLE_FIELDS[2],
        ARTICLE_FIELDS[3],
        ARTICLE_FIELDS[4],
        may("option_1_name", &["Option1 Name"], Prose),
        may("option_2_name", &["Option2 Name"], Prose),
        may("option_3_name", &["Option3 Name"], Prose),
        head("sku", &["SKU"], Identifier),
        head("customs_code", &["HS Code"], Prose),
        head("country_of_origin", &["COO"], Prose),
    ],
    others: Some(Count),
    never: &["Location", "Available", "On hand"],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(inventory_by_column)),
};

fn inventory_by_column(view: &View<'_>, context: &Context) -> Verdict {
    let stocked = view.others().filter(|(_, count)| *count != Value::Null);
    let drafts: Vec<Draft> = stocked
        .map(|(location, count)| {
            let counts = stock(view, context).set("listed", count).set("available", count);
            counts.set("location", location)
        })
        .collect();
    if drafts.is_empty() { Verdict::Structure("not stocked") } else { Verdict::Facts(drafts) }
}

/// Counts that somebody cut down to article, number and location.
pub(crate) static INVENTORY_TRIMMED: Export = Export {
    id: "shopify-inventory-trimmed",
    kind: ChannelKind::Shopify,
    document: "inventory",
    table: "channel_stock",
    fields: &[need("sku", &["SKU"], Identifier), need("location", &["Location"], Identifier)],
    others: Some(Count),
    never: &[],
    width: Some(3),
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(inventory_trimmed)),
};

fn inventory_trimmed(view: &View<'_>, context: &Context) -> Verdict {
    match view.others().next() {
        Some((_, count)) if count != Value::Null => {
            let counts = stock(view, context).set("listed", count).set("available", count);
            Verdict::Facts(vec![counts.set("location", view.cell("location").clone())])
        }
        _ => Verdict::Structure("not stocked"),
    }
}

/// Products as they are on sale, in the layouts of several years.
pub(crate) static PRODUCTS: Export = Export {
    id: "shopify-products",
    kind: ChannelKind::Shopify,
    document: "products",
    table: "listings",
    fields: &[
        need("handle", &["Handle", "URL handle"], Identifier),
        ARTICLE_FIELDS[1],
        ARTICLE_FIELDS[2],
        ARTICLE_FIELDS[3],
        ARTICLE_FIELDS[4],
        head("sku", &["Variant SKU", "SKU"], Identifier),
        head("price", &["Variant Price", "Price"], Money),
        head("list_price", &["Variant Compare At Price", "Compare-at price"], Money),
        may("status", &["Status"], Prose),
        may("barcode", &["Variant Barcode", "Barcode"], Identifier),
        may("weight_grams", &["Variant Grams", "Weight value (grams)"], Measure),
        may("brand", &["Vendor"], Prose),
        may("listed", &["Variant Inventory Qty", "Inventory quantity"], Count),
        may("unit_cost", &["Cost per item"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: Some("handle"),
    totals: &[],
    shape: |_| Box::new(ByGroup(products)),
};

/// Title, status and brand stand on the first row of a product alone; rows for further pictures
/// have neither price nor number.
fn products(views: &[View<'_>], context: &Context) -> Vec<Verdict> {
    let first = views[0];
    views
        .iter()
        .map(|view| {
            if !view.is_known("price") && !view.is_known("sku") {
                return Verdict::Structure("picture");
            }
            let draft = Draft::new("listings")
                .with(view)
                .set("channel", context.channel_name())
                .set("channel_sku", number(view))
                .set("at", context.snapshot)
                .set("currency", context.channel_currency.as_str())
                .set("title", first.cell("title").clone())
                .set("brand", first.cell("brand").clone())
                .set("status", first.text("status").map(str::to_lowercase));
            with_cost(draft, view, context)
        })
        .collect()
}

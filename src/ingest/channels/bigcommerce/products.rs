//! Products of a BigCommerce shop.

use crate::config::ChannelKind;
use crate::ingest::cell;
use crate::ingest::cell::Reader::{Count, Identifier, Money, Prose};
use crate::ingest::channels::costs::with_cost;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};

/// Products in the template that most shops still use: SKUs and rules stand under their product.
pub(crate) static PRODUCTS: Export = Export {
    id: "bigcommerce-products",
    kind: ChannelKind::Bigcommerce,
    document: "listings",
    table: "listings",
    fields: &[
        need("type", &["Item Type"], Prose),
        may("id", &["Product ID"], Identifier),
        head("sku", &["Product Code/SKU", "Code"], Identifier),
        may("title", &["Product Name", "Name"], Prose),
        head("price_text", &["Price"], Prose),
        may("list_price", &["Retail Price"], Money),
        may("sale_price", &["Sale Price"], Money),
        may("brand", &["Brand Name", "Brand"], Prose),
        head("listed", &["Current Stock Level", "Stock Level"], Count),
        may("barcode", &["Product UPC/EAN"], Identifier),
        may("visible", &["Product Visible?"], Prose),
        may("unit_cost", &["Cost Price", "Cost"], Money),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style::POINT,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(product)),
};

fn product(view: &View<'_>, context: &Context) -> Verdict {
    let kind = view.text("type").unwrap_or_default().trim().to_lowercase();
    if kind != "product" && kind != "sku" {
        return Verdict::Structure("rule");
    }
    // A rule's price is a difference such as `[ADD]5`, so the column is read here.
    let price = match view.text("price_text").map(|text| cell::money(text, &view.locale(context))).transpose() {
        Ok(price) => view.money("sale_price").filter(|price| !price.is_zero()).or(price),
        Err(flaw) => return Complaint::new("price_text", flaw.code, flaw.reason).into(),
    };
    let list = view.money("list_price").filter(|price| !price.is_zero());
    let visible = view.text("visible").map(|word| word.eq_ignore_ascii_case("y") || word.eq_ignore_ascii_case("true"));
    let draft = Draft::new("listings")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.text("sku").or(view.text("id")))
        .set("at", context.snapshot)
        .set("price", price)
        .set("list_price", list)
        .set("currency", context.channel_currency.as_str())
        .set("status", visible.map(|visible| if visible { "active" } else { "inactive" }));
    with_cost(draft, view, context)
}

//! Counts in TikTok's own warehouses.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Count, Identifier, TabbedIdentifier};
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Draft, Verdict, View};

/// One row per article and warehouse.
pub(crate) static WAREHOUSE: Export = Export {
    id: "tiktok-warehouse",
    kind: ChannelKind::Tiktok,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        need("goods", &["Goods ID"], TabbedIdentifier),
        head("sku", &["Reference code"], TabbedIdentifier),
        need("location", &["Warehouse name"], Identifier),
        need("available", &["Available inventory"], Count),
        may("damaged", &["Defective"], Count),
        may("reserved", &["Good&Reserved"], Count),
        may("inbound", &["In Transit: Total Quantity"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: Style { explained_by: None, ..STYLE },
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(warehouse)),
};

fn warehouse(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::new("channel_stock")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.text("sku").or(view.text("goods")))
        .set("listed", view.cell("available").clone())
        .set("reported_at", context.snapshot);
    Verdict::Facts(vec![draft])
}

//! What buyers send back to the seller; the settlement tells the money.

use super::STYLE;
use crate::config::ChannelKind;
use crate::ingest::cell::Reader::{Identifier, Instant, Prose, Quantity};
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};

/// Returns of orders that the seller ships.
pub(crate) static MERCHANT_RETURNS: Export = Export {
    id: "amazon-merchant-returns",
    kind: ChannelKind::Amazon,
    document: "returns",
    table: "refund_lines",
    fields: &[
        need("order_id", &["Order ID"], Identifier),
        need("requested_at", &["Return request date"], Instant),
        need("status", &["Return request status"], Prose),
        may("rma", &["Amazon RMA ID"], Identifier),
        need("sku", &["Merchant SKU"], Identifier),
        need("quantity", &["Return quantity"], Quantity),
        head("reason", &["Return Reason"], Prose),
        may("delivered_at", &["Return delivery date"], Instant),
        may("item", &["Order Item ID"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(returned)),
};

/// States in which nothing comes back, or not yet for certain.
const NOT_COMING: &[&str] = &["pending", "declin", "denied", "reject", "cancel"];

fn returned(view: &View<'_>, context: &Context) -> Verdict {
    let said = |name: &str| view.text(name).unwrap_or_default();
    let status = said("status").to_lowercase();
    if NOT_COMING.iter().any(|word| status.contains(word)) {
        return Verdict::Structure("not agreed");
    }
    let Some(requested) = view.instant("requested_at") else { return Complaint::missing("requested_at").into() };
    let name = named_by_content(said("order_id"), requested, &[said("rma"), said("item"), said("sku")]);
    let arrived = view.instant("delivered_at");
    let draft = Draft::new("refund_lines")
        .with(view)
        .set("channel", context.channel_name())
        .set("refund_id", view.text("rma").unwrap_or(said("order_id")))
        .set("line_id", name)
        .set("refunded_at", requested)
        .set("channel_sku", view.cell("sku").clone())
        .set("disposition", if arrived.is_some() { "unknown" } else { "in_transit" });
    Verdict::Facts(vec![draft])
}

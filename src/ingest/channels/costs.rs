//! What a unit costs the seller, where a channel's own list of products tells it.

use crate::ingest::context::Context;
use crate::ingest::shape::{Complaint, Draft, Verdict, View};

/// The row of a listing, and beside it the cost that it tells under `unit_cost`. A cost of nothing is
/// one that nobody filled in.
pub(super) fn with_cost(listing: Draft, view: &View<'_>, context: &Context) -> Verdict {
    let told = view.money("unit_cost").filter(|cost| !cost.is_zero());
    let (Some(cost), Some(at)) = (told, context.snapshot) else { return Verdict::Facts(vec![listing]) };
    if cost.is_negative() {
        return Complaint::new("unit_cost", "money_negative", "a unit cannot cost less than nothing").into();
    }
    let cost = Draft::new("listing_costs")
        .set("channel", context.channel_name())
        .set("channel_sku", listing.get("channel_sku").clone())
        .set("from", at.day_in(context.shop_zone))
        .set("sku", listing.get("sku").clone())
        .set("unit_cost", cost)
        .set("currency", context.channel_currency.as_str());
    Verdict::Facts(vec![listing, cost])
}

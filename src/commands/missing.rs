//! What was not read that the figures need, what stands in for it, and where is it to be had?

use std::collections::BTreeSet;

use super::night::Night;
use crate::config::{ChannelKind, Settings};
use crate::error::Diagnostic;
use crate::types::Channel;

/// Channels that settlements tell of and whose orders no export has: what they sold is known from the
/// settlements alone.
fn orders(night: &Night, settings: &Settings) -> Vec<Diagnostic> {
    let ordered: BTreeSet<&Channel> = night.wanted.demand.series.iter().map(|series| &series.channel).collect();
    let settled = night.pnl.settlements.iter().filter(|settlement| settlement.unmatched_orders > 0);
    let settled: BTreeSet<&Channel> = settled.map(|settlement| &settlement.channel).collect();
    settled.difference(&ordered).map(|channel| without_orders(channel, settings)).collect()
}

/// Everything that was not read and what stands in for it.
pub(super) fn all(night: &Night, settings: &Settings) -> Vec<Diagnostic> {
    [orders(night, settings), counts(night, settings)].concat()
}

/// Pools whose book is what a channel itself counts, as no source of truth keeps one.
fn counts(night: &Night, settings: &Settings) -> Vec<Diagnostic> {
    let zone = settings.shop.time_zone;
    let told = night.stock.facts.stand_ins.iter().map(|(pool, stand_in)| {
        let (channel, day) = (&stand_in.channel, stand_in.at.day_in(zone));
        let message = format!(
            "no source of truth counts `{pool}`, so the book is what `{channel}` itself counted on {day}: whether \
             `{channel}` shows the right counts cannot be judged"
        );
        let hint = "give counts of your own as `exports/truth/stock.csv` with the columns `sku`, `location`, `at` and \
                    `on_hand`";
        Diagnostic::warning("book-of-channel", message).hint(hint)
    });
    told.collect()
}

fn without_orders(channel: &Channel, settings: &Settings) -> Diagnostic {
    let kind = settings.channel(channel.as_str()).map_or(ChannelKind::Other, |channel| channel.kind);
    let message = format!(
        "no orders of `{channel}` were read, only settlements: what it sold is what they tell, and its demand, forecast \
         and buffers are unknown"
    );
    let exports = settings.exports.strip_prefix(&settings.folder).unwrap_or(&settings.exports);
    let hint = format!("add {} to `{}/{channel}/` and run `trueup run`", export_of_orders(kind), exports.display());
    Diagnostic::warning("no-orders", message).hint(hint)
}

/// What the export of orders is called and where the channel has it, by the channels' own help pages
/// of 2026.
fn export_of_orders(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Amazon => "the All Orders report (Reports → Fulfilment → All Orders)",
        ChannelKind::Shopify => "the orders' export (Orders → Export → All orders, plain CSV)",
        ChannelKind::Tiktok => "the orders' export (Orders → Manage orders → Export)",
        ChannelKind::Ebay => "the orders report (Orders → Reports → Download orders report)",
        ChannelKind::Walmart => "the PO data (Orders → Order Management → Download)",
        ChannelKind::Etsy => "the sold order items (Settings → Options → Download Data → Order Items)",
        ChannelKind::Woocommerce => "an export of orders with their line items",
        ChannelKind::Bigcommerce => "the orders' export (Orders → Export all orders)",
        ChannelKind::Wholesale | ChannelKind::Other => "a file of order lines, described under `[mapping.NAME]`",
    }
}

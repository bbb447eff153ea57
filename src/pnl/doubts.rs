//! Which amounts do documents tell that lack something to be counted? Each is said with what decides it.

use std::collections::BTreeSet;

use super::input::{Doubt, Lack};
use crate::config::{ChannelSettings, Settings};
use crate::error::Diagnostic;
use crate::types::Channel;

/// One warning per kind of doubt, channel and currency; `settled` are the channels with a settlement.
pub(super) fn warnings(doubts: &[Doubt], settings: &Settings, settled: &BTreeSet<&Channel>) -> Vec<Diagnostic> {
    let open = doubts.iter().filter(|doubt| !doubt.amount.is_zero());
    open.filter_map(|doubt| match doubt.lacks {
        Lack::Postage => postage(doubt, settings.channel(doubt.channel.as_str())?, settled),
        _ => Some(warning(doubt)),
    })
    .collect()
}

/// What a carrier took stands in no settlement of the channel. Where nothing tells its fees either, that is
/// said of all of them.
fn postage(doubt: &Doubt, channel: &ChannelSettings, settled: &BTreeSet<&Channel>) -> Option<Diagnostic> {
    let Doubt { currency, amount, .. } = doubt;
    let name = &channel.name;
    if channel.postage_told || !channel.fees_told && !settled.contains(name) {
        return None;
    }
    let orders = if doubt.count == 1 { "1 order".to_owned() } else { format!("{} orders", doubt.count) };
    let message = format!(
        "the shop itself ships {orders} of `{name}` with sales of {amount} {currency}, and neither exports nor settings \
         tell the postage: shipping paid is left out"
    );
    let hint = if channel.fees_told {
        format!(
            "add `shipping-per-order = 4.90` to the `fees` under `[channel.{name}]`, with what you pay a carrier for an \
             order, `0` if nothing"
        )
    } else {
        format!(
            "type `fees = {{ shipping-per-order = 4.90 }}` under `[channel.{name}]`, with what you pay a carrier for an \
             order, `0` if nothing"
        )
    };
    Some(Diagnostic::warning("missing-postage", message).hint(hint).amount(amount.abs(), *currency).key("fees"))
}

fn warning(doubt: &Doubt) -> Diagnostic {
    let Doubt { channel, currency, amount, .. } = doubt;
    let money = format!("{amount} {currency}");
    let (code, message, hint) = match doubt.lacks {
        Lack::LiquidatedUnits => (
            "liquidated-units",
            format!(
                "liquidations of `{channel}` over {money} tell no units or no article: what those had cost is left out"
            ),
            "`trueup query fact_liquidations` lists them".to_owned(),
        ),
        Lack::SaleOfCharge => (
            "charges-of-unsold-lines",
            format!(
                "lists of orders of `{channel}` tell fees of {money} of lines that were cancelled or never paid: left \
                 out, since nothing was sold"
            ),
            format!("where `{channel}` did take them, its settlements in `exports/{channel}/` say so and count"),
        ),
        Lack::OrderLines => (
            "orders-without-lines",
            format!(
                "a list of orders of `{channel}` tells what {} came to, {money}, and no file tells what \
                 was sold: left out",
                if doubt.count == 1 { "1 order".to_owned() } else { format!("{} orders", doubt.count) }
            ),
            format!(
                "put the export of the lines of these orders into `exports/{channel}/`, on Etsy `EtsySoldOrderItems`"
            ),
        ),
        Lack::SaleOfKept => (
            "charges-of-unsold-lines",
            format!(
                "settlements of `{channel}` took {money} of orders whose payment stayed and does not count, as they were \
                 cancelled or never marked as paid: left out with it"
            ),
            "`trueup query fact_kept_charges` lists them; a newer export of the orders tells what became of each"
                .to_owned(),
        ),
        Lack::ReasonToKeep | Lack::Postage => (
            "kept-of-cancelled",
            format!(
                "buyers paid {money} for orders of `{channel}` that were cancelled or never marked as paid, and did not \
                 get it back: nothing tells why, so it counts neither as income nor as owed"
            ),
            "`trueup query mart_kept_money` names the orders; a newer export of them tells what became of each"
                .to_owned(),
        ),
    };
    Diagnostic::warning(code, message).hint(hint).amount(amount.abs(), *currency)
}

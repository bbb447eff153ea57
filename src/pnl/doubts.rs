//! Which amounts do documents tell that lack something to be counted? Each is said with what decides it.

use super::input::{Doubt, Lack};
use crate::error::Diagnostic;

/// One warning per kind of doubt, channel and currency.
pub(super) fn warnings(doubts: &[Doubt]) -> Vec<Diagnostic> {
    doubts.iter().filter(|doubt| !doubt.amount.is_zero()).map(warning).collect()
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
        Lack::ReasonToKeep => (
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

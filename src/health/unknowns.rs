//! What is not known, and how much money does it concern?
//!
//! Of all messages about the statements, those of [`UNKNOWNS`] say that an amount is missing or may be
//! wrong. They go before every other exception: a figure that lacks them cannot be good news. So does any other
//! message that tells an amount, unless it is one of [`NO_DOUBTS`].

use std::cmp::Reverse;

use super::exceptions::Exception;
use super::playbook::ExceptionKind;
use crate::error::Diagnostic;
use crate::types::{Currency, Money};

/// One way in which money can be unknown.
struct Unknown {
    /// The code of the message that tells it.
    code: &'static str,
    /// What it is called.
    title: &'static str,
    /// Where the answer is to be found; the message's own hint then says what to type.
    look: &'static str,
}

const fn unknown(code: &'static str, title: &'static str, look: &'static str) -> Unknown {
    Unknown { code, title, look }
}

/// The gravest first, which decides where no amount does.
static UNKNOWNS: &[Unknown] = &[
    unknown(
        "currency-not-told",
        "Currency not told",
        "see in the channel's own pages in which currency an order was paid",
    ),
    unknown("missing-rate", "Exchange rate missing", "take the rate of that day from your bank or the central bank"),
    unknown(
        "tax-not-told",
        "Sales may include tax",
        "see on one invoice whether the price that was paid holds the tax",
    ),
    unknown(
        "order-differences",
        "Orders that do not come to their own total",
        "open one of the orders in the channel: look for a fee, a coupon, an edit or a second payment that no line tells",
    ),
    unknown(
        "unknown-orders",
        "Settlement lines of unknown orders",
        "export the channel's orders again, from the days of these settlements on",
    ),
    unknown(
        "unknown-settlement-kind",
        "Settlement lines of an unknown kind",
        "find the name in the channel's own statement, and what it was charged for",
    ),
    unknown(
        "missing-price",
        "Price missing",
        "fill in the price of these lines in their export, `unit_price` or `gross` in a file of your own",
    ),
    unknown(
        "missing-refund-amount",
        "Refund amount missing",
        "fill in what the buyers got back, `amount` in a file of your own, or add the settlement that tells it",
    ),
    unknown("missing-fees", "Fees not told", "see in one payout of the channel what it keeps of a sale"),
    unknown("missing-postage", "Postage not told", "take what an order costs to send from the carrier's last invoice"),
    unknown(
        "missing-cost-rate",
        "Exchange rate of a cost missing",
        "take the rate of that day from your bank or the central bank",
    ),
    unknown(
        "kept-of-cancelled",
        "Money kept of cancelled orders",
        "open one of the orders in the channel: see whether the buyer is still to get the money back",
    ),
    unknown(
        "refunds-of-cancelled-lines",
        "Refunds of orders with cancelled lines",
        "open one of the orders in the channel: see for which of its lines the money went back",
    ),
    unknown(
        "charges-of-unsold-lines",
        "Fees of lines that were not sold",
        "see in the channel's own statement whether it took the fee of one of these lines",
    ),
    unknown(
        "liquidated-units",
        "Units of a liquidation not told",
        "take the units of each article from the removal order that the liquidator took",
    ),
    unknown("missing-cost", "Unit cost missing", "take the cost of a unit with freight and duty from the last invoice"),
];

/// Messages that tell an amount and leave no doubt of any. There are none so far.
static NO_DOUBTS: &[&str] = &[];

/// True for a message about money that is not known.
pub fn is_unknown_money(problem: &Diagnostic) -> bool {
    place(problem).is_some()
}

/// The messages about money that is not known: the most money in the shop's currency first, then
/// those whose amount nobody knows or that stand in another currency, the gravest first.
pub fn ranked(problems: &[Diagnostic], currency: Currency) -> Vec<&Diagnostic> {
    let mut found: Vec<&Diagnostic> = problems.iter().filter(|problem| is_unknown_money(problem)).collect();
    found.sort_by_key(|problem| (Reverse(amount_in(problem, currency)), place(problem)));
    found
}

/// Each as an exception, in the same order.
pub(super) fn of_unknowns(problems: &[Diagnostic], currency: Currency) -> Vec<Exception> {
    ranked(problems, currency).into_iter().map(|problem| of_unknown(problem, currency)).collect()
}

/// The message says what is unknown; its hint is one of the steps.
fn of_unknown(problem: &Diagnostic, currency: Currency) -> Exception {
    let foreign = problem.amount.filter(|(_, own)| *own != currency);
    let listed = place(problem).and_then(|place| UNKNOWNS.get(place));
    let (title, look) = listed.map_or((problem.code, None), |listed| (listed.title, Some(listed.look)));
    Exception {
        kind: ExceptionKind::UnknownMoney,
        subject: title.to_owned(),
        value: foreign.map_or_else(String::new, |(amount, _)| amount.to_string()),
        threshold: problem.key.map_or_else(String::new, |key| format!("decided by `{key}`")),
        since: None,
        money: amount_in(problem, currency),
        currency: problem.amount.map(|(_, own)| own.to_string()),
        hint: problem.message.clone(),
        steps: look.into_iter().chain(problem.hint.as_deref()).map(str::to_owned).collect(),
    }
}

fn amount_in(problem: &Diagnostic, currency: Currency) -> Option<Money> {
    problem.amount.filter(|(_, own)| *own == currency).map(|(amount, _)| amount.abs())
}

/// Its place among the [`UNKNOWNS`]; after them for a message that tells an amount and is not listed.
fn place(problem: &Diagnostic) -> Option<usize> {
    let listed = UNKNOWNS.iter().position(|unknown| unknown.code == problem.code);
    let tells_amount = problem.amount.is_some() && !NO_DOUBTS.contains(&problem.code);
    listed.or_else(|| tells_amount.then_some(UNKNOWNS.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_tells_an_amount_is_money_that_is_not_known() {
        let told = |code| Diagnostic::warning(code, "5.00 USD may be anybody's");
        let listed = UNKNOWNS.iter().map(|unknown| told(unknown.code));
        assert!(
            listed
                .chain([told("of-tomorrow").amount(Money::from_cents(500), Currency::USD)])
                .all(|problem| is_unknown_money(&problem))
        );
        assert!(!is_unknown_money(&told("of-tomorrow")), "a remark");
        assert!(NO_DOUBTS.iter().all(|code| !UNKNOWNS.iter().any(|unknown| unknown.code == *code)));
    }

    #[test]
    fn a_message_that_is_not_listed_goes_last_and_keeps_its_own_words() {
        let other = Diagnostic::warning("of-tomorrow", "5.00 EUR may be anybody's")
            .hint("ask")
            .amount(Money::from_cents(500), Currency::EUR);
        let missing = Diagnostic::warning("missing-cost", "no cost");
        let found = of_unknowns(&[other, missing], Currency::USD);
        assert_eq!(
            found.iter().map(|one| one.subject.as_str()).collect::<Vec<_>>(),
            ["Unit cost missing", "of-tomorrow"]
        );
        assert_eq!((found[1].value.as_str(), found[1].steps.as_slice()), ("5.00", ["ask".to_owned()].as_slice()));
    }
}

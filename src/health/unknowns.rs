//! What is not known, and how much money does it concern?
//!
//! Of all messages about the statements, those of [`UNKNOWNS`] say that an amount is missing or may be
//! wrong. They go before every other exception: a figure that lacks them cannot be good news.

use std::cmp::Reverse;

use super::exceptions::{Exception, ExceptionKind};
use crate::error::Diagnostic;
use crate::types::{Currency, Money};

/// Codes of messages about money that is not known, with what each is called; the gravest first,
/// which decides where no amount does.
static UNKNOWNS: &[(&str, &str)] = &[
    ("currency-not-told", "Currency not told"),
    ("missing-rate", "Exchange rate missing"),
    ("tax-not-told", "Sales may include tax"),
    ("order-differences", "Orders that do not come to their own total"),
    ("unknown-orders", "Settlement lines of unknown orders"),
    ("unknown-order-status", "Orders with an unknown status"),
    ("unknown-settlement-kind", "Settlement lines of an unknown kind"),
    ("missing-price", "Price missing"),
    ("missing-refund-amount", "Refund amount missing"),
    ("missing-fees", "Fees not told"),
    ("missing-cost-rate", "Exchange rate of a cost missing"),
    ("missing-cost", "Unit cost missing"),
];

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

fn of_unknown(problem: &Diagnostic, currency: Currency) -> Exception {
    let money = amount_in(problem, currency);
    let foreign = problem.amount.filter(|(_, own)| *own != currency);
    let title = place(problem).map_or(problem.code, |place| UNKNOWNS[place].1);
    Exception {
        kind: ExceptionKind::UnknownMoney,
        subject: title.to_owned(),
        value: foreign.map_or_else(String::new, |(amount, _)| amount.to_string()),
        threshold: problem.key.map_or_else(String::new, |key| format!("decided by `{key}`")),
        since: None,
        money,
        currency: foreign.map(|(_, own)| own.to_string()),
        hint: match &problem.hint {
            Some(hint) => format!("{}; {hint}", problem.message),
            None => problem.message.clone(),
        },
    }
}

fn amount_in(problem: &Diagnostic, currency: Currency) -> Option<Money> {
    problem.amount.filter(|(_, own)| *own == currency).map(|(amount, _)| amount.abs())
}

fn place(problem: &Diagnostic) -> Option<usize> {
    UNKNOWNS.iter().position(|(code, _)| *code == problem.code)
}

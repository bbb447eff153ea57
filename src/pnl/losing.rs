//! SKUs that lose money on a channel, and the cost that tips them.
//!
//! The cost that tips a SKU is not the one that stands last in the statement, which would nearly
//! always be the goods. It is the one that is furthest above what the channel usually pays: for
//! every line that subtracts,
//!
//! ```text
//! excess = amount − gross_sku × (amount_channel ÷ gross_channel)
//! ```
//!
//! and the line with the largest excess is named; a tie goes to the earlier line. Where no line is
//! above the channel's, the whole channel loses, and the largest cost is named.
//!
//! Example: a lamp grossed 100.00 and paid 15.00 referral, 30.00 shipping and 60.00 goods; its
//! channel pays 15 %, 8 % and 55 %. The excesses are 0.00, 22.00 and 5.00, so shipping tips it.
//!
//! The channel is the sum of its SKUs whose contribution is known.

use std::collections::BTreeMap;

use super::line::{Effect, GROSS_SALES, LINES, Line};
use super::statement::Statement;
use crate::types::{Channel, Money, Sku};

/// A SKU that lost money on a channel in the last 90 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LosingSku {
    /// The channel.
    pub channel: Channel,
    /// The SKU.
    pub sku: Sku,
    /// Units sold.
    pub units: i64,
    /// Gross sales less discounts and refunds.
    pub net_sales: Money,
    /// Below zero.
    pub contribution: Money,
    /// Contribution per unit, to the cent; `None` where nothing was sold.
    pub per_unit: Option<Money>,
    /// The line that explains most of it.
    pub tipped_by: &'static Line,
}

/// Every SKU whose contribution is known and below zero.
pub(super) fn losing(recent: &BTreeMap<(Channel, Sku), Statement>) -> Vec<LosingSku> {
    let known = || recent.iter().filter(|(_, statement)| statement.contribution().is_some());
    let mut channels: BTreeMap<&Channel, Statement> = BTreeMap::new();
    for ((channel, _), statement) in known() {
        channels.entry(channel).or_default().merge(statement);
    }
    known()
        // Late fees of earlier sales are no reason to stop selling what nobody bought.
        .filter(|((_, sku), statement)| *sku != Sku::unallocated() && statement.units > 0)
        .filter_map(|((channel, sku), statement)| {
            let contribution = statement.contribution().filter(|amount| amount.is_negative())?;
            Some(LosingSku {
                channel: channel.clone(),
                sku: sku.clone(),
                units: statement.units,
                net_sales: statement.net_sales()?,
                contribution,
                per_unit: statement.contribution_per_unit(),
                tipped_by: tipped_by(statement, &channels[channel]),
            })
        })
        .collect()
}

fn tipped_by(statement: &Statement, channel: &Statement) -> &'static Line {
    let amounts = |statement: &Statement| -> Vec<i128> {
        let known = |amount: Option<Money>| amount.map_or(0, |amount| i128::from(amount.ten_thousandths()));
        statement.lines().map(|(_, amount)| known(amount)).collect()
    };
    let (own, usual) = (amounts(statement), amounts(channel));
    let excess = |line: usize| own[line] * usual[GROSS_SALES] - own[GROSS_SALES] * usual[line];
    let costs = || (0..LINES.len()).filter(|line| LINES[*line].effect == Effect::Subtracts);
    let largest = |score: &dyn Fn(usize) -> i128| {
        costs().max_by_key(|line| (score(*line), std::cmp::Reverse(*line))).expect("some line subtracts")
    };
    let above = largest(&excess);
    let line = if excess(above) > 0 { above } else { largest(&|line| own[line]) };
    &LINES[line]
}

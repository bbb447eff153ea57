//! Fees that no settlement has told yet, from the channel's schedule.

use super::fee_base::FeeBase;
use super::line::{FULFILMENT_FEES, PAYMENT_FEES, REFERRAL_FEES};
use crate::config::FeeSchedule;
use crate::types::Money;

/// Fees in proportion to the sale, in the sale's currency, with the line each belongs to.
///
/// `referral = referral_rate × price` and `payment = payment_rate × paid`, each rounded half away
/// from zero to the cent, of the channel's [bases](super::fee_base).
pub(super) fn proportional(schedule: &FeeSchedule, base: FeeBase) -> [(usize, Money); 2] {
    [
        (REFERRAL_FEES, base.price.at_rate(schedule.referral_rate)),
        (PAYMENT_FEES, base.paid.at_rate(schedule.payment_rate)),
    ]
}

/// Fees in proportion to units and orders, in the shop's currency, with the line each belongs to. One that
/// no amount can hold is unknown.
pub(super) fn fixed(schedule: &FeeSchedule, units: i64, orders: i64) -> [(usize, Option<Money>); 2] {
    [
        (FULFILMENT_FEES, schedule.fulfilment_per_unit.checked_times(units)),
        (PAYMENT_FEES, schedule.payment_per_order.checked_times(orders)),
    ]
}

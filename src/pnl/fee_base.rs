//! Are a channel's rates taken of what buyers paid with tax or without?
//!
//! Where prices hold their tax, of all that was paid: Amazon's referral fee is "calculated on the total sales
//! price, which is the total amount that the buyer pays" (Seller Central Germany, fees card, read 2026-12-01), and
//! a processor charges what it takes in. Where tax comes on top it is "excluding any taxes collected through
//! Amazon tax calculation services" (Seller Central, referral fees, read 2026-12-01).
//!
//! Settled orders may show another base than the first: a rate of the settings times what they sold without tax,
//! less what went back, is then what was settled of them, to a twentieth.

use std::collections::{BTreeMap, BTreeSet};

use super::input::{Charge, SalesRow};
use crate::config::Settings;
use crate::types::{Channel, Currency, Money, Rate};

/// Channels and currencies whose estimates are taken of what buyers paid with tax.
#[derive(Debug)]
pub(super) struct FeeBases<'a> {
    settings: &'a Settings,
    /// Whose settled orders show that they are not.
    of_goods: BTreeSet<(&'a Channel, Currency)>,
}

impl<'a> FeeBases<'a> {
    pub(super) fn new(settings: &'a Settings, sales: &'a [SalesRow], charges: &'a [Charge]) -> Self {
        let mut settled: BTreeMap<(&Channel, Currency), Settled> = BTreeMap::new();
        for row in sales.iter().filter(|row| row.settled) {
            let sums = settled.entry((&row.bucket.channel, row.bucket.currency)).or_default();
            sums.paid += row.paid();
            sums.tax += row.tax;
        }
        for charge in charges {
            let Some(sums) = settled.get_mut(&(&charge.bucket.channel, charge.bucket.currency)) else { continue };
            match charge.kind.as_str() {
                "referral_fee" => sums.fees -= charge.amount,
                "refund" => sums.refunded -= charge.amount,
                _ => {}
            }
        }
        settled.retain(|(name, _), sums| {
            settings.channel(name.as_str()).is_some_and(|channel| sums.show_goods(channel.fees.referral_rate))
        });
        Self { settings, of_goods: settled.into_keys().collect() }
    }

    /// What the rates of a channel are taken of, of amounts without tax and their tax.
    pub(super) fn base(&self, channel: &Channel, currency: Currency, paid: Money, tax: Money) -> Money {
        let setting = self.settings.channel(channel.as_str()).and_then(|channel| channel.prices_hold_tax.as_ref());
        let holds_tax = currency.prices_hold_tax() || setting.is_some_and(|rates| rates.hold_any());
        if holds_tax && !self.of_goods.contains(&(channel, currency)) { paid + tax } else { paid }
    }
}

/// What the settled orders of a channel came to in one currency.
#[derive(Debug, Default)]
struct Settled {
    paid: Money,
    tax: Money,
    refunded: Money,
    fees: Money,
}

impl Settled {
    /// Whether their fees are the rate of what was paid without tax.
    fn show_goods(&self, rate: Rate) -> bool {
        let kept = self.paid - self.refunded;
        let tax = self.tax.split(&[kept, self.refunded].map(|part| part.ten_thousandths().max(0)))[0];
        let [of_goods, of_all] = [kept, kept + tax].map(|base| base.at_rate(rate));
        let [off_goods, off_all] = [of_goods, of_all].map(|expected| (self.fees - expected).abs());
        off_goods < off_all && of_goods.divided_by(20).is_some_and(|twentieth| off_goods <= twentieth)
    }
}

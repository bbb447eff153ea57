//! Are a channel's rates taken of what buyers paid with tax or without?
//!
//! | rate | of |
//! |---|---|
//! | payment | all that the buyer paid, tax and all: a processor charges what it takes in |
//! | referral | the price as the channel states it: with tax where prices hold it, else without |
//!
//! Where prices hold their tax Amazon's referral fee is "calculated on the total sales price, which is the total
//! amount that the buyer pays" (Seller Central Germany, fees card, read 2026-12-01); where tax comes on top it is
//! "excluding any taxes collected through Amazon tax calculation services" (Seller Central, referral fees, read
//! 2026-12-01).
//!
//! Whether prices hold it is said by the first of these that says anything: `prices-hold-tax` of the channel's
//! mappings of orders, where they agree; `prices-hold-tax` of the channel, where it is one rate for all countries;
//! the custom of the orders' currency. Rates by country say how much tax a price holds and not in which orders, and
//! leave that to the currency.
//!
//! Settled orders may show another base than the first: a rate of the settings times what they sold without tax,
//! less what went back, is then what was settled of them, to a twentieth.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use super::input::{Charge, SalesRow};
use crate::config::{Mapping, Settings};
use crate::types::{Channel, Currency, Money, Rate};

/// What the rates of each channel and currency are taken of.
#[derive(Debug)]
pub(super) struct FeeBases<'a> {
    settings: &'a Settings,
    /// Whose settled orders show that they are not.
    of_goods: BTreeSet<(&'a Channel, Currency)>,
}

impl<'a> FeeBases<'a> {
    pub(super) fn new(settings: &'a Settings, sales: &'a [SalesRow], charges: &[&'a Charge]) -> Self {
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

    /// What the rates of a channel are taken of, of what was sold without tax and of its tax.
    pub(super) fn base(&self, channel: &Channel, currency: Currency, sold: Money, tax: Money) -> FeeBase {
        let holds_tax = self.holds_tax(channel).unwrap_or(currency.prices_hold_tax());
        let of_all = holds_tax && !self.of_goods.contains(&(channel, currency));
        FeeBase { price: if of_all { sold + tax } else { sold }, paid: sold + tax }
    }

    /// Whether the settings say that a channel's prices hold their tax.
    fn holds_tax(&self, channel: &Channel) -> Option<bool> {
        let of_orders =
            |mapping: &&Mapping| mapping.channel.as_ref() == Some(channel) && mapping.table == "order_lines";
        let mut said = self.settings.mappings.iter().filter(of_orders).map(|mapping| mapping.prices_hold_tax);
        let first = said.next().flatten();
        let rates = || self.settings.channel(channel.as_str())?.prices_hold_tax.as_ref()?.hold_everywhere();
        first.filter(|_| said.all(|other| other == first)).or_else(rates)
    }
}

/// What the rates of a channel's schedule are taken of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FeeBase {
    /// The price as the channel states it.
    pub(super) price: Money,
    /// All that the buyer paid.
    pub(super) paid: Money,
}

impl AddAssign for FeeBase {
    fn add_assign(&mut self, other: Self) {
        self.price += other.price;
        self.paid += other.paid;
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

//! Amounts of an order of several SKUs, shared among them.

use std::collections::HashMap;

use super::input::OrderShare;
use crate::types::{Channel, Money, Sku};

/// The SKUs of every order that has to share something.
#[derive(Debug)]
pub(super) struct Orders<'a> {
    shares: HashMap<(&'a Channel, &'a str), Vec<&'a OrderShare>>,
}

impl<'a> Orders<'a> {
    pub(super) fn new(shares: &'a [OrderShare]) -> Self {
        let mut orders: HashMap<(&Channel, &str), Vec<&OrderShare>> = HashMap::new();
        for share in shares {
            orders.entry((&share.bucket.channel, &share.order_id)).or_default().push(share);
        }
        for lines in orders.values_mut() {
            lines.sort_by(|left, right| left.bucket.sku.cmp(&right.bucket.sku));
        }
        Self { shares: orders }
    }

    /// The amount's part for each SKU, in proportion to the SKUs' net value by largest remainder;
    /// the whole for [`Sku::unallocated`] where the order is not known.
    pub(super) fn share(&self, channel: &Channel, order_id: &str, amount: Money) -> Vec<(Sku, Money)> {
        match self.shares.get(&(channel, order_id)) {
            None => vec![(Sku::unallocated(), amount)],
            Some(lines) => {
                let skus = lines.iter().map(|line| line.bucket.sku.clone());
                skus.zip(amount.split(&weights(lines))).collect()
            }
        }
    }

    /// The orders, in no order that matters: whoever adds up their parts gets the same sums.
    pub(super) fn each(&self) -> impl Iterator<Item = &[&'a OrderShare]> {
        self.shares.values().map(Vec::as_slice)
    }
}

/// A line that was discounted below nothing carries no part.
pub(super) fn weights(lines: &[&OrderShare]) -> Vec<i64> {
    lines.iter().map(|line| line.value.ten_thousandths().max(0)).collect()
}

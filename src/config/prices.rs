//! How far may a channel's price lie from the anchor price?

use super::settings::ChannelKind;
use crate::types::{Money, Rate};

/// How far a channel's price may lie from the anchor price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differential {
    /// Share that the price may lie below: `price-below`.
    pub down: Rate,
    /// Share that the price may lie above, `price-above`; `None`: as far as it likes.
    pub up: Option<Rate>,
    /// Share that a coupon, and only a coupon, may take off the anchor price: `coupon-allowance`.
    pub coupon: Rate,
    /// Share of the minimum advertised price that wholesale pays at least: `wholesale-share`.
    pub wholesale: Rate,
}

const fn percent(percent: i64) -> Rate {
    Rate::from_millionths(percent * 10_000)
}

impl Default for Differential {
    /// The anchor price itself, no coupon, and half of the minimum advertised price in wholesale.
    fn default() -> Self {
        Self { down: Rate::ZERO, up: Some(Rate::ZERO), coupon: Rate::ZERO, wholesale: percent(50) }
    }
}

impl Differential {
    /// What is usual on a kind of channel: marketplaces at the anchor price, TikTok Shop down to
    /// 5 % below, an own store up to 10 % above.
    pub fn usual(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Tiktok => Self { down: percent(5), ..Self::default() },
            ChannelKind::Shopify | ChannelKind::Woocommerce | ChannelKind::Bigcommerce => {
                Self { up: Some(percent(10)), ..Self::default() }
            }
            ChannelKind::Amazon | ChannelKind::Walmart => Self::default(),
            ChannelKind::Ebay | ChannelKind::Etsy | ChannelKind::Wholesale | ChannelKind::Other => {
                Self { up: None, ..Self::default() }
            }
        }
    }

    /// The lowest price allowed, to the cent.
    pub fn lowest(&self, anchor: Money) -> Money {
        anchor - anchor.at_rate(self.down)
    }

    /// The highest price allowed, to the cent.
    pub fn highest(&self, anchor: Money) -> Option<Money> {
        self.up.map(|up| anchor + anchor.at_rate(up))
    }

    /// The lowest price with a coupon allowed, to the cent.
    pub fn lowest_with_coupon(&self, anchor: Money) -> Money {
        anchor - anchor.at_rate(self.down.max(self.coupon))
    }
}

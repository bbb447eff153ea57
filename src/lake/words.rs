//! Which words can stand in the columns of kinds? The lists that readers, queries and statements share.

/// What a line of an order is, and so what it counts as.
///
/// Goods have units, cost and a price; all but what was given away are also demand of the market.
/// What is delivered with them is income beside the shipping, what is paid beside them is other
/// income. What is held for somebody else (a gift card's buyer, a charity, the customs) is no income.
pub const ORDER_LINE_KINDS: &[(&str, LineRole)] = &[
    ("article", LineRole::Goods),
    ("giveaway", LineRole::Goods),
    ("gift_wrap", LineRole::Delivery),
    ("handling", LineRole::Delivery),
    ("insurance", LineRole::Delivery),
    ("tip", LineRole::Income),
    ("kept", LineRole::Income),
    ("gift_card", LineRole::Held),
    ("donation", LineRole::Held),
    ("deposit", LineRole::Held),
    ("duties", LineRole::Held),
];

/// The words of [`ORDER_LINE_KINDS`].
pub const ORDER_LINE_KIND_WORDS: &[&str] = &{
    let mut words = [""; ORDER_LINE_KINDS.len()];
    let mut place = 0;
    while place < words.len() {
        words[place] = ORDER_LINE_KINDS[place].0;
        place += 1;
    }
    words
};

/// What a line of an order counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineRole {
    /// Units of an article.
    Goods,
    /// Income for how the goods are packed and sent.
    Delivery,
    /// Income beside the goods.
    Income,
    /// Money that belongs to somebody else.
    Held,
}

/// What the total of an order that a document states is made of: everything the buyer is to pay,
/// the same before tax, or the goods less their discounts.
pub const ORDER_TOTALS: &[&str] = &["all", "without_tax", "goods"];

/// What a settlement line can be.
pub const SETTLEMENT_KINDS: &[&str] = &[
    "sale",
    "refund",
    "discount",
    "shipping_charged",
    "tax_collected",
    "tax_withheld",
    "referral_fee",
    "fulfilment_fee",
    "payment_fee",
    "storage_fee",
    "subscription_fee",
    "service_fee",
    "advertising",
    "shipping_label",
    "return_fee",
    "reimbursement",
    "chargeback",
    "liquidation",
    "balance",
    "reserve",
    "payout",
    "other",
];

/// Every place where stock changes. `receipt`, `return`, `put_away` and `adjustment` up add to what
/// is on hand; `shipment`, `damage` and `adjustment` down take from it; `quality_hold` moves units
/// into or out of the hold; `order` and `cancellation` move reservations; `transfer` comes in pairs.
pub const MOVEMENT_KINDS: &[&str] = &[
    "receipt",
    "quality_hold",
    "put_away",
    "transfer",
    "order",
    "shipment",
    "cancellation",
    "return",
    "feed_update",
    "adjustment",
    "damage",
];

//! The states a unit of stock can be in.

use crate::types::Timestamp;

/// How many units of one SKU at one location are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Units that lie in the warehouse, in whatever condition.
    pub on_hand: i64,
    /// Units promised to orders that have not been shipped.
    pub reserved: i64,
    /// Units on hand that cannot be sold.
    pub damaged: i64,
    /// Units on hand that wait for inspection.
    pub quality_hold: i64,
    /// Units on their way; they never count until they are received, checked and put away.
    pub inbound: i64,
}

impl Counts {
    /// Units that can be promised to the next order: on hand − reserved − damaged − quality hold.
    /// Below zero where more was promised than is there.
    pub const fn available(&self) -> i64 {
        self.on_hand - self.reserved - self.damaged - self.quality_hold
    }

    /// What is left to sell after safety and policy stock of `buffer` units.
    ///
    /// ```
    /// use trueup::ledger::Counts;
    /// let counts = Counts { on_hand: 1_000, reserved: 250, inbound: 100, ..Counts::default() };
    /// assert_eq!(counts.available_to_sell(75), 675);
    /// ```
    pub const fn available_to_sell(&self, buffer: i64) -> i64 {
        self.available() - buffer
    }

    /// Lets one movement happen. `quantity` has the movement's own sign; units that a shipment or
    /// a cancellation releases are never more than were reserved.
    pub fn apply(&mut self, kind: MovementKind, quantity: i64) {
        match kind {
            MovementKind::Receipt | MovementKind::Transfer => {
                self.on_hand += quantity;
                // What arrives is no longer on its way.
                self.inbound -= quantity.clamp(0, self.inbound.max(0));
            }
            MovementKind::Return | MovementKind::Adjustment | MovementKind::Damage | MovementKind::PutAway => {
                self.on_hand += quantity;
            }
            MovementKind::Shipment => {
                self.on_hand -= quantity.abs();
                self.release(quantity.abs());
            }
            MovementKind::Order => self.reserved += quantity,
            MovementKind::Cancellation => self.release(quantity.abs()),
            MovementKind::QualityHold => self.quality_hold += quantity,
            MovementKind::FeedUpdate => {}
        }
    }

    fn release(&mut self, units: i64) {
        self.reserved -= units.min(self.reserved.max(0));
    }
}

macro_rules! kinds {
    ($($variant:ident $word:literal $doc:literal),+ $(,)?) => {
        /// Every place where stock changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum MovementKind {
            $(#[doc = $doc] $variant),+
        }

        impl MovementKind {
            /// Every kind with its word in the lake.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$variant, $word)),+];
        }
    };
}

kinds! {
    Receipt "receipt" "A supplier's delivery, put away.",
    QualityHold "quality_hold" "Units that go into the hold, or out of it when negative.",
    PutAway "put_away" "Units that find their shelf; sums to nothing.",
    Transfer "transfer" "Units that change location; comes in pairs.",
    Order "order" "Units promised to an order.",
    Shipment "shipment" "Units that left, and their promise with them.",
    Cancellation "cancellation" "A promise that was taken back.",
    Return "return" "Units inspected and restocked.",
    FeedUpdate "feed_update" "A count that was sent to a channel; changes nothing here.",
    Adjustment "adjustment" "A correction by hand or by a count.",
    Damage "damage" "Units that can no longer be sold.",
}

impl MovementKind {
    /// The kind of this word, if there is such a kind.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

/// One change of stock, of an SKU at a location that are known from the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement<'a> {
    /// When it was recorded.
    pub at: Timestamp,
    /// What kind of change it was.
    pub kind: MovementKind,
    /// Units, with the sign of the change.
    pub quantity: i64,
    /// The order, delivery or count it belongs to; empty if the export does not tell.
    pub reference: &'a str,
    /// The channel of an order, the person of a change by hand; empty if the export does not tell.
    pub owner: &'a str,
}

/// One count of the source of truth, of an SKU at a location that are known from the context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// When it was taken; movements of that instant are in it.
    pub at: Timestamp,
    /// Units on hand.
    pub on_hand: i64,
    /// Units reserved, if the count tells.
    pub reserved: Option<i64>,
    /// Units damaged, if the count tells.
    pub damaged: Option<i64>,
    /// Units in quality hold, if the count tells.
    pub quality_hold: Option<i64>,
    /// Units inbound, if the count tells.
    pub inbound: Option<i64>,
}

impl Snapshot {
    /// The counts after this snapshot: what it does not tell is carried on from `before`.
    pub fn over(&self, before: Counts) -> Counts {
        Counts {
            on_hand: self.on_hand,
            reserved: self.reserved.unwrap_or(before.reserved),
            damaged: self.damaged.unwrap_or(before.damaged),
            quality_hold: self.quality_hold.unwrap_or(before.quality_hold),
            inbound: self.inbound.unwrap_or(before.inbound),
        }
    }
}

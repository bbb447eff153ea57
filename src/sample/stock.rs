//! Where is every unit, and what does every channel believe? Shelves, listings and the events
//! between them.

use std::collections::VecDeque;

/// What lies of one article in one warehouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shelf {
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) damaged: i64,
    pub(crate) inbound: i64,
}

impl Shelf {
    /// Units that can be sold; below zero after an oversell.
    pub(crate) fn available(&self) -> i64 {
        self.on_hand - self.reserved - self.damaged
    }
}

/// The seller's own warehouse.
pub(crate) const MAIN: usize = 0;
/// The warehouse of the channel that ships by itself.
pub(crate) const THEIRS: usize = 1;
/// Both warehouses by name.
pub(crate) const LOCATIONS: [&str; 2] = ["main", "amazon"];

/// What a channel shows of an article and which updates are on their way to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    /// What buyers can be sold now, once due updates are in.
    shown: i64,
    /// What the channel was last told, or should have been.
    pub(crate) sent: i64,
    on_the_way: VecDeque<(i64, i64)>,
    last_arrival: i64,
}

impl Listing {
    /// The count that buyers see at this instant.
    pub(crate) fn shown_at(&mut self, instant: i64) -> i64 {
        while let Some((_, count)) = self.on_the_way.pop_front_if(|(arrival, _)| *arrival <= instant) {
            self.shown = count;
        }
        self.shown
    }

    /// An own order or a person changes the count at once.
    pub(crate) fn change(&mut self, instant: i64, units: i64) {
        self.shown = (self.shown_at(instant) + units).max(0);
    }

    /// An update is on its way; it never overtakes an earlier one. Returns when it arrives.
    pub(crate) fn send(&mut self, arrival: i64, count: i64) -> i64 {
        let arrival = arrival.max(self.last_arrival + 1);
        self.on_the_way.push_back((arrival, count));
        self.last_arrival = arrival;
        arrival
    }

    /// True where the channel shows what it was told and nothing is on its way.
    pub(crate) fn is_settled(&mut self, instant: i64) -> bool {
        self.shown_at(instant) == self.sent && self.on_the_way.is_empty()
    }
}

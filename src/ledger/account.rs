//! The walk of one SKU at one location through time, and the balance it must keep.

use super::state::{Counts, Movement, MovementKind, Snapshot};
use crate::types::Timestamp;

/// What happened to one SKU at one location.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The movements added up; unknown without a count to start from.
    pub balance: Option<Balance>,
    /// Where a count differed from what the movements say, in time order.
    pub breaks: Vec<Break>,
    /// The counts after the last movement; unknown without a count to start from.
    pub latest: Option<Counts>,
    /// Units available at every moment.
    pub timeline: Timeline,
    /// Whether any movement was recorded: counts alone don't say when between them stock ran out.
    pub has_moved: bool,
}

/// Opening + receipts − shipments + returns ± everything else = closing, up to the last count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// When the first count was taken.
    pub opening_at: Timestamp,
    /// Units on hand at the first count.
    pub opening: i64,
    /// Units delivered.
    pub receipts: i64,
    /// Units shipped, as a positive number.
    pub shipments: i64,
    /// Units returned and restocked.
    pub returns: i64,
    /// Corrections, up and down.
    pub adjustments: i64,
    /// Units written off as damaged; negative.
    pub damage: i64,
    /// Units that came from other locations, less those that went there.
    pub transfers: i64,
    /// When the last count was taken.
    pub closing_at: Timestamp,
    /// Units on hand at the last count.
    pub closing: i64,
}

impl Balance {
    /// What the last count should have said.
    pub const fn expected(&self) -> i64 {
        self.opening + self.receipts - self.shipments + self.returns + self.adjustments + self.damage + self.transfers
    }

    /// Units that the movements say are there and the last count did not find; negative where it
    /// found more.
    pub const fn missing(&self) -> i64 {
        self.expected() - self.closing
    }

    fn open(snapshot: &Snapshot) -> Self {
        Self {
            opening_at: snapshot.at,
            opening: snapshot.on_hand,
            receipts: 0,
            shipments: 0,
            returns: 0,
            adjustments: 0,
            damage: 0,
            transfers: 0,
            closing_at: snapshot.at,
            closing: snapshot.on_hand,
        }
    }

    fn add(&mut self, movement: &Movement<'_>) {
        let quantity = movement.quantity;
        match movement.kind {
            MovementKind::Receipt => self.receipts += quantity,
            MovementKind::Shipment => self.shipments += quantity.abs(),
            MovementKind::Return => self.returns += quantity,
            MovementKind::Adjustment | MovementKind::PutAway => self.adjustments += quantity,
            MovementKind::Damage => self.damage += quantity,
            MovementKind::Transfer => self.transfers += quantity,
            MovementKind::QualityHold | MovementKind::Order | MovementKind::Cancellation | MovementKind::FeedUpdate => {
            }
        }
    }
}

/// A count that differed from what the movements since the count before it say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// The last count that was still right, or was taken as such.
    pub since: Timestamp,
    /// The count that differs.
    pub at: Timestamp,
    /// Units the movements say.
    pub expected: i64,
    /// Units counted.
    pub counted: i64,
}

impl Break {
    /// Units that should be there and are not; negative where there are more.
    pub const fn missing(&self) -> i64 {
        self.expected - self.counted
    }
}

/// Units available over time, as steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    at: Vec<Timestamp>,
    available: Vec<i64>,
}

impl Timeline {
    /// Units available at an instant, everything of that instant included; unknown before the
    /// first count.
    pub fn at(&self, instant: Timestamp) -> Option<i64> {
        self.step(self.at.partition_point(|at| *at <= instant))
    }

    /// Units available just before an instant.
    pub fn before(&self, instant: Timestamp) -> Option<i64> {
        self.step(self.at.partition_point(|at| *at < instant))
    }

    /// Times with nothing available, each from its start until before its end, in time order; the
    /// last one may have no end.
    pub fn empty_spans(&self) -> Vec<(Timestamp, Option<Timestamp>)> {
        let mut spans: Vec<(Timestamp, Option<Timestamp>)> = Vec::new();
        for (at, available) in self.at.iter().zip(&self.available) {
            let open = spans.last_mut().filter(|(_, end)| end.is_none());
            match (open, *available <= 0) {
                (None, true) => spans.push((*at, None)),
                (Some((_, end)), false) => *end = Some(*at),
                _ => {}
            }
        }
        spans
    }

    fn step(&self, steps: usize) -> Option<i64> {
        steps.checked_sub(1).map(|last| self.available[last])
    }

    fn push(&mut self, at: Timestamp, available: i64) {
        if self.at.last() == Some(&at) {
            self.at.pop();
            self.available.pop();
        }
        self.at.push(at);
        self.available.push(available);
    }
}

/// Puts movements into the order in which they take effect: by time; within one instant
/// everything else before the orders, so that a delivery serves the order of its own second.
pub(crate) fn sort_movements(movements: &mut [Movement<'_>]) {
    movements.sort_by_key(|movement| (movement.at, movement.kind == MovementKind::Order));
}

/// Walks counts and movements, both in time order, and calls `on_order` with the position of each
/// order movement and the units available just before it.
///
/// A count is taken as the truth from its instant on; where it differs from the movements, that is
/// a [`Break`]. Before the first count nothing is known but promises and holds, which are carried
/// into it where it does not tell them.
pub(crate) fn walk(
    snapshots: &[Snapshot],
    movements: &[Movement<'_>],
    mut on_order: impl FnMut(usize, i64),
) -> Account {
    let mut account = Account { has_moved: !movements.is_empty(), ..Account::default() };
    let Some((first, later)) = snapshots.split_first() else { return account };
    let opened = movements.partition_point(|movement| movement.at <= first.at);
    let mut counts = Counts::default();
    for movement in &movements[..opened] {
        counts.apply(movement.kind, movement.quantity);
    }
    counts = first.over(counts);
    account.timeline.push(first.at, counts.available());
    let mut balance = Balance::open(first);
    let mut running = balance;
    let mut later = later.iter().peekable();
    for (position, movement) in movements.iter().enumerate().skip(opened) {
        while let Some(snapshot) = later.next_if(|snapshot| snapshot.at < movement.at) {
            account.count(snapshot, &mut counts, &running, &mut balance);
        }
        if movement.kind == MovementKind::Order {
            on_order(position, counts.available());
        }
        counts.apply(movement.kind, movement.quantity);
        running.add(movement);
        account.timeline.push(movement.at, counts.available());
    }
    for snapshot in later {
        account.count(snapshot, &mut counts, &running, &mut balance);
    }
    account.balance = Some(balance);
    account.latest = Some(counts);
    account
}

impl Account {
    fn count(&mut self, snapshot: &Snapshot, counts: &mut Counts, running: &Balance, balance: &mut Balance) {
        if counts.on_hand != snapshot.on_hand {
            self.breaks.push(Break {
                since: balance.closing_at,
                at: snapshot.at,
                expected: counts.on_hand,
                counted: snapshot.on_hand,
            });
        }
        *counts = snapshot.over(*counts);
        *balance = Balance { closing_at: snapshot.at, closing: snapshot.on_hand, ..*running };
        self.timeline.push(snapshot.at, counts.available());
    }
}

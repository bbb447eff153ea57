//! What one channel was told about one SKU, what it sold itself, and so what it showed when.

use std::collections::{HashMap, HashSet};

use super::facts::StockIndex;
use super::state::MovementKind;
use crate::types::Timestamp;

/// How an update ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncResult {
    /// It was taken.
    Ok,
    /// It was refused or lost.
    Failed,
    /// It came a second time, with a count that was wrong by then.
    Duplicate,
}

/// One update that was sent to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncEvent<'a> {
    /// Its name in the log.
    pub id: &'a str,
    /// When the source of truth changed.
    pub source_at: Timestamp,
    /// When the channel showed it; `None`: not yet, or never.
    pub reflected_at: Option<Timestamp>,
    /// The count that was sent.
    pub quantity: i64,
    /// How it ended.
    pub result: SyncResult,
    /// Why it failed; empty if the log does not tell.
    pub failure: &'a str,
}

impl<'a> SyncEvent<'a> {
    /// Oldest first; numbered names in the order of their numbers where the instants are equal.
    fn order(&self) -> (Timestamp, usize, &'a str) {
        (self.source_at, self.id.len(), self.id)
    }
}

/// One order line of the channel itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnOrder<'a> {
    /// When the buyer ordered; the channel's count fell at that moment.
    pub ordered_at: Timestamp,
    /// The order.
    pub order_id: &'a str,
    /// The line.
    pub line_id: &'a str,
    /// Units of the listing.
    pub units: i64,
    /// When the source of truth recorded it; `None`: it never did.
    pub known_at: Option<Timestamp>,
    /// False where it was cancelled since.
    pub live: bool,
}

/// A count that somebody changed on the channel by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeByHand<'a> {
    /// When.
    pub at: Timestamp,
    /// Units added, or taken when negative.
    pub units: i64,
    /// Who; empty if nobody signed.
    pub owner: &'a str,
    /// Why; empty if nobody said.
    pub reason: &'a str,
}

/// Everything that decided what one channel showed for one listing.
#[derive(Clone, Debug, Default)]
pub struct Feed<'a> {
    events: Vec<SyncEvent<'a>>,
    shown: Vec<(Timestamp, usize)>,
    orders: Vec<OwnOrder<'a>>,
    units_before: Vec<i64>,
    changes: Vec<ChangeByHand<'a>>,
}

impl<'a> Feed<'a> {
    /// A feed of these updates, orders and changes, in any order.
    pub fn new(
        mut events: Vec<SyncEvent<'a>>,
        mut orders: Vec<OwnOrder<'a>>,
        mut changes: Vec<ChangeByHand<'a>>,
    ) -> Self {
        events.sort_by_key(SyncEvent::order);
        orders.sort_by_key(|order| (order.ordered_at, order.order_id, order.line_id));
        changes.sort_by_key(|change| change.at);
        let reflected = |event: &SyncEvent<'_>| event.reflected_at.filter(|_| event.result != SyncResult::Failed);
        let mut shown: Vec<(Timestamp, usize)> =
            events.iter().enumerate().filter_map(|(index, event)| Some((reflected(event)?, index))).collect();
        shown.sort_by_key(|(at, index)| (*at, events[*index].result == SyncResult::Duplicate, *index));
        let mut units_before = vec![0];
        for order in &orders {
            units_before.push(units_before[units_before.len() - 1] + order.units);
        }
        Self { events, shown, orders, units_before, changes }
    }

    /// The feed of one channel and listing out of the facts.
    pub(crate) fn of(index: &StockIndex<'a>, channel: &str, sku: &str) -> Self {
        Self::new(events(index, channel, sku), orders(index, channel, sku), changes(index, channel, sku))
    }

    /// The updates by the time at which the source of truth changed.
    pub fn events(&self) -> &[SyncEvent<'a>] {
        &self.events
    }

    /// The channel's own orders by time.
    pub fn orders(&self) -> &[OwnOrder<'a>] {
        &self.orders
    }

    /// The newest count the source of truth meant the channel to show at an instant.
    pub fn meant_at(&self, instant: Timestamp) -> Option<&SyncEvent<'a>> {
        let sent = self.events.partition_point(|event| event.source_at <= instant);
        self.events[..sent].iter().rev().find(|event| event.result != SyncResult::Duplicate)
    }

    /// The update that the channel showed last by an instant, duplicates included.
    pub fn shown_at(&self, instant: Timestamp) -> Option<&SyncEvent<'a>> {
        let shown = self.shown.partition_point(|(at, _)| *at <= instant);
        shown.checked_sub(1).map(|last| &self.events[self.shown[last].1])
    }

    /// The same without duplicates.
    pub fn shown_rightly_at(&self, instant: Timestamp) -> Option<&SyncEvent<'a>> {
        let shown = self.shown.partition_point(|(at, _)| *at <= instant);
        let mut newest_first = self.shown[..shown].iter().rev().map(|(_, index)| &self.events[*index]);
        newest_first.find(|event| event.result == SyncResult::Ok)
    }

    /// Updates newer than `after` whose source changed by `until`, duplicates left out.
    pub fn sent_between(
        &self,
        after: Option<&SyncEvent<'_>>,
        until: Timestamp,
    ) -> impl Iterator<Item = &SyncEvent<'a>> {
        let first = after.map_or(0, |after| self.events.partition_point(|event| event.order() <= after.order()));
        let last = self.events.partition_point(|event| event.source_at <= until);
        self.events[first.min(last)..last].iter().filter(|event| event.result != SyncResult::Duplicate)
    }

    /// The channel's own orders from an instant on, up to and with another.
    pub fn orders_between(&self, from: Timestamp, until: Timestamp) -> &[OwnOrder<'a>] {
        let first = self.orders.partition_point(|order| order.ordered_at < from);
        let last = self.orders.partition_point(|order| order.ordered_at <= until);
        &self.orders[first.min(last)..last]
    }

    /// Changes by hand after an instant, up to and with another.
    pub fn changes_between(&self, after: Option<Timestamp>, until: Timestamp) -> &[ChangeByHand<'a>] {
        let first = after.map_or(0, |after| self.changes.partition_point(|change| change.at <= after));
        let last = self.changes.partition_point(|change| change.at <= until);
        &self.changes[first.min(last)..last]
    }

    /// Units the channel sold itself from `from` until just before one of its order lines.
    pub fn own_units_before(&self, from: Timestamp, line: (Timestamp, &str, &str)) -> i64 {
        let first = self.orders.partition_point(|order| order.ordered_at < from);
        let last = self.orders.partition_point(|order| (order.ordered_at, order.order_id, order.line_id) < line);
        self.units_before[last.max(first)] - self.units_before[first]
    }
}

fn events<'a>(index: &StockIndex<'a>, channel: &str, sku: &str) -> Vec<SyncEvent<'a>> {
    let columns = &index.events;
    let of_channel = columns.by_sku.rows(sku).filter(|row| columns.channel.get(*row) == Some(channel));
    let event = |row| {
        Some(SyncEvent {
            id: columns.event_id.get(row)?,
            source_at: columns.source_at.get(row)?,
            reflected_at: columns.reflected_at.get(row),
            quantity: columns.quantity.get(row)?,
            result: match columns.result.get(row)? {
                "failed" => SyncResult::Failed,
                "duplicate" => SyncResult::Duplicate,
                _ => SyncResult::Ok,
            },
            failure: columns.failure.get(row).unwrap_or_default(),
        })
    };
    of_channel.filter_map(event).filter(|event| index.facts.has_happened(event.source_at)).collect()
}

/// Movements of one channel by order: the SKU and when it was recorded.
type ByOrder<'a> = HashMap<&'a str, Vec<(&'a str, Timestamp)>>;

/// A bundle's line stands once per component in the facts; it is one line of the listing.
fn orders<'a>(index: &StockIndex<'a>, channel: &str, sku: &str) -> Vec<OwnOrder<'a>> {
    let columns = &index.orders;
    let mut seen = HashSet::new();
    let mut recorded: HashMap<&str, ByOrder<'_>> = HashMap::new();
    let mut orders = Vec::new();
    for row in columns.by_listing.rows(sku).filter(|row| columns.channel.get(*row) == Some(channel)) {
        let (Some(order_id), Some(line_id)) = (columns.order_id.get(row), columns.line_id.get(row)) else { continue };
        let (Some(ordered_at), Some(units)) = (columns.ordered_at.get(row), columns.line_units.get(row)) else {
            continue;
        };
        if !index.facts.has_happened(ordered_at) || !seen.insert((order_id, line_id)) {
            continue;
        }
        let component = columns.sku.get(row).unwrap_or(sku);
        let reservations = recorded.entry(component).or_insert_with(|| reservations(index, component));
        let owned = |(owner, at): &(&str, Timestamp)| (owner.is_empty() || *owner == channel).then_some(*at);
        let known_at = reservations.get(order_id).and_then(|found| found.iter().filter_map(owned).min());
        orders.push(OwnOrder {
            ordered_at,
            order_id,
            line_id,
            units,
            known_at,
            live: columns.is_live(row) && index.facts.lapsed_at(row).is_none(),
        });
    }
    orders
}

fn reservations<'a>(index: &StockIndex<'a>, sku: &str) -> HashMap<&'a str, Vec<(&'a str, Timestamp)>> {
    let mut found: HashMap<&str, Vec<(&str, Timestamp)>> = HashMap::new();
    for (_, movement) in index.movements(sku).filter(|(_, movement)| movement.kind == MovementKind::Order) {
        found.entry(movement.reference).or_default().push((movement.owner, movement.at));
    }
    found
}

fn changes<'a>(index: &StockIndex<'a>, channel: &str, sku: &str) -> Vec<ChangeByHand<'a>> {
    let columns = &index.changes;
    let of_channel = columns.by_sku.rows(sku).filter(|row| columns.channel.get(*row) == Some(channel));
    let change = |row| {
        Some(ChangeByHand {
            at: columns.at.get(row)?,
            units: columns.value.get(row)?.trim().parse().ok()?,
            owner: columns.owner.get(row).unwrap_or_default(),
            reason: columns.reason.get(row).unwrap_or_default(),
        })
    };
    of_channel.filter_map(change).filter(|change| index.facts.has_happened(change.at)).collect()
}

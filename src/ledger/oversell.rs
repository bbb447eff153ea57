//! Which orders had no unit, and which stale count let them in?
//!
//! An order line is oversold by the units that its pool did not have just before the source of
//! truth recorded the order. A channel had shown the buyer a count: the last update it reflected,
//! less what it sold itself since. The smallest hold-back that would have refused the order is
//! that count − the line's quantity + 1.

use std::collections::{BTreeMap, HashMap};

use super::account::Account;
use super::facts::{StockFacts, StockIndex};
use super::feed::{Feed, SyncEvent, SyncResult};
use super::pool::Pools;
use super::state::Movement;
use super::words::{counted, elapsed};
use crate::types::{Channel, Money, Sku, Timestamp};

/// One order line that had no unit, or not enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oversell {
    /// The channel that sold it.
    pub channel: Channel,
    /// The order.
    pub order_id: String,
    /// The line.
    pub line_id: String,
    /// The SKU that lacked: of a bundle, the component.
    pub sku: Sku,
    /// When the buyer ordered.
    pub ordered_at: Timestamp,
    /// Units that were not there; never more than the line has.
    pub units: i64,
    /// The count the channel showed just before; unknown without an update.
    pub listed_then: Option<i64>,
    /// Units the pool had just before the order was recorded; below zero where it owed already.
    pub available_then: i64,
    /// Why the channel let it in.
    pub cause: OversellCause,
    /// How late the decisive update was, in seconds, if one was.
    pub late_seconds: Option<i64>,
    /// Units of hold-back on this listing that would have refused the order.
    pub smallest_holdback: Option<i64>,
    /// The pool it was sold from.
    pub location: String,
    /// Price of one unit in the shop's currency, if known.
    pub unit_price: Option<Money>,
    /// The cause in a sentence, with times and references.
    pub evidence: String,
}

/// Why a channel sold what was not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OversellCause {
    /// A newer count was on its way.
    SyncDelay,
    /// A newer count was refused or lost.
    SyncFailure,
    /// An old update came a second time.
    DuplicateEvent,
    /// Somebody raised the count by hand.
    ManualAdjustment,
    /// The source of truth recorded the order so late that others took the units.
    LateReservation,
    /// The channel sold more than it showed.
    BeyondListing,
    /// The channel was never told a count.
    NeverSynced,
    /// The count was right, all of it was listed, and another order came first.
    NoBuffer,
}

impl OversellCause {
    /// Its words in `oversells.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::SyncDelay => "sync delay",
            Self::SyncFailure => "sync failure",
            Self::DuplicateEvent => "duplicate event",
            Self::ManualAdjustment => "manual adjustment",
            Self::LateReservation => "late reservation",
            Self::BeyondListing => "beyond listing",
            Self::NeverSynced => "never synced",
            Self::NoBuffer => "no buffer",
        }
    }
}

/// A promise that the source of truth recorded more than once for the same order and SKU.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DuplicateReservation {
    /// The channel.
    pub channel: Channel,
    /// The order.
    pub order_id: String,
    /// The SKU.
    pub sku: Sku,
    /// When the promise was repeated.
    pub at: Timestamp,
    /// Units promised beyond what was ordered.
    pub units: i64,
}

/// A shortfall before its cause is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shortfall<'a> {
    row: usize,
    units: i64,
    available_then: i64,
    recorded_at: Timestamp,
    location: &'a str,
}

/// The order lines of one SKU as the walk meets their promises.
#[derive(Debug)]
pub(crate) struct Shortfalls<'a, 'i> {
    index: &'i StockIndex<'a>,
    lines: HashMap<&'a str, Vec<OpenLine<'a>>>,
    found: Vec<Shortfall<'a>>,
    duplicates: Vec<DuplicateReservation>,
}

#[derive(Debug)]
struct OpenLine<'a> {
    row: usize,
    channel: &'a str,
    line_id: &'a str,
    left: i64,
    touched: bool,
}

impl<'a, 'i> Shortfalls<'a, 'i> {
    pub(crate) fn of_sku(index: &'i StockIndex<'a>, sku: &str) -> Self {
        let columns = &index.orders;
        let mut lines: HashMap<&str, Vec<OpenLine<'_>>> = HashMap::new();
        for row in columns.by_sku.rows(sku) {
            let (Some(order_id), Some(channel)) = (columns.order_id.get(row), columns.channel.get(row)) else {
                continue;
            };
            let (Some(line_id), Some(left)) = (columns.line_id.get(row), columns.units.get(row)) else { continue };
            if !columns.ordered_at.get(row).is_some_and(|at| index.facts.has_happened(at)) {
                continue;
            }
            lines.entry(order_id).or_default().push(OpenLine { row, channel, line_id, left, touched: false });
        }
        for of_order in lines.values_mut() {
            of_order.sort_by_key(|line| (line.channel, line.line_id));
        }
        Self { index, lines, found: Vec::new(), duplicates: Vec::new() }
    }

    /// One promise of `movement.quantity` units while the pool had `available`.
    pub(crate) fn promise(&mut self, sku: &str, location: &'a str, movement: &Movement<'a>, available: i64) {
        let Some(lines) = self.lines.get_mut(movement.reference) else { return };
        let (mut left, mut room, mut known) = (movement.quantity, available, None);
        for line in lines.iter_mut().filter(|line| movement.owner.is_empty() || line.channel == movement.owner) {
            known = Some(line.channel);
            let taken = line.left.min(left).max(0);
            if taken == 0 {
                continue;
            }
            let short = taken - room.clamp(0, taken);
            if short > 0 {
                self.found.push(Shortfall {
                    row: line.row,
                    units: short,
                    available_then: available,
                    recorded_at: movement.at,
                    location,
                });
            }
            line.touched = true;
            line.left -= taken;
            left -= taken;
            room -= taken;
        }
        if let (Some(channel), true) = (known, left > 0) {
            self.duplicates.push(DuplicateReservation {
                channel: Channel::new(channel),
                order_id: movement.reference.to_owned(),
                sku: Sku::new(sku),
                at: movement.at,
                units: left,
            });
        }
    }

    /// Orders that were cancelled for want of stock before any promise was recorded.
    pub(crate) fn never_promised(&mut self, accounts: &BTreeMap<&'a str, Account>, pools: &Pools) {
        let columns = &self.index.orders;
        for line in self.lines.values().flatten().filter(|line| !line.touched && columns.lacked_stock(line.row)) {
            let Some(ordered_at) = columns.ordered_at.get(line.row) else { continue };
            let account = pools.pool(line.channel).and_then(|pool| accounts.get_key_value(pool));
            let Some((location, account)) = account else { continue };
            let Some(available) = account.timeline.before(ordered_at) else { continue };
            let short = line.left - available.clamp(0, line.left.max(0));
            if short > 0 {
                self.found.push(Shortfall {
                    row: line.row,
                    units: short,
                    available_then: available,
                    recorded_at: ordered_at,
                    location,
                });
            }
        }
    }

    /// What the walk found, each with its cause.
    pub(crate) fn finish(
        mut self,
        accounts: &BTreeMap<&'a str, Account>,
    ) -> (Vec<Oversell>, Vec<DuplicateReservation>) {
        let columns = &self.index.orders;
        // What nobody paid in time needs no unit.
        self.found.retain(|short| self.index.facts.lapsed_at(short.row).is_none());
        self.found.retain(|short| columns.is_live(short.row) || columns.lacked_stock(short.row));
        self.found.sort_by_key(|short| (short.row, short.recorded_at));
        self.found.dedup_by(|second, first| {
            let same_line = first.row == second.row;
            first.units += if same_line { second.units } else { 0 };
            same_line
        });
        let mut feeds: HashMap<(&str, &str), Feed<'_>> = HashMap::new();
        let mut oversells = Vec::new();
        for short in &self.found {
            let (Some(channel), Some(listing)) = (columns.channel.get(short.row), columns.listing_sku.get(short.row))
            else {
                continue;
            };
            let feed = feeds.entry((channel, listing)).or_insert_with(|| Feed::of(self.index, channel, listing));
            oversells.extend(explain(self.index, short, feed, accounts.get(short.location)));
        }
        self.duplicates.sort();
        (oversells, self.duplicates)
    }
}

fn explain(
    index: &StockIndex<'_>,
    short: &Shortfall<'_>,
    feed: &Feed<'_>,
    account: Option<&Account>,
) -> Option<Oversell> {
    let columns = &index.orders;
    let line = SoldLine {
        ordered_at: columns.ordered_at.get(short.row)?,
        order_id: columns.order_id.get(short.row)?,
        line_id: columns.line_id.get(short.row)?,
        quantity: columns.line_units.get(short.row)?,
    };
    let recorded_late = short.recorded_at > line.ordered_at
        && account
            .and_then(|account| account.timeline.before(line.ordered_at))
            .is_some_and(|then| then >= columns.units.get(short.row).unwrap_or(0));
    let reason = line.reason(feed, recorded_late.then_some(short.recorded_at), index.facts);
    let listed_then = line.listed(feed);
    Some(Oversell {
        channel: Channel::new(columns.channel.get(short.row)?),
        order_id: line.order_id.to_owned(),
        line_id: line.line_id.to_owned(),
        sku: Sku::new(columns.sku.get(short.row)?),
        ordered_at: line.ordered_at,
        units: short.units,
        listed_then,
        available_then: short.available_then,
        cause: reason.cause,
        late_seconds: reason.late_seconds,
        smallest_holdback: listed_then.map(|listed| listed - line.quantity + 1).filter(|units| *units > 0),
        location: short.location.to_owned(),
        unit_price: columns.price_in(short.row, index.facts.currency),
        evidence: reason.evidence,
    })
}

struct SoldLine<'a> {
    ordered_at: Timestamp,
    order_id: &'a str,
    line_id: &'a str,
    quantity: i64,
}

struct Reason {
    cause: OversellCause,
    late_seconds: Option<i64>,
    evidence: String,
}

impl Reason {
    fn new(cause: OversellCause, evidence: String) -> Self {
        Self { cause, late_seconds: None, evidence }
    }
}

impl SoldLine<'_> {
    fn listed(&self, feed: &Feed<'_>) -> Option<i64> {
        let shown = feed.shown_at(self.ordered_at)?;
        Some(self.listed_without_hands(feed, shown) + self.by_hand(feed, shown))
    }

    fn listed_without_hands(&self, feed: &Feed<'_>, shown: &SyncEvent<'_>) -> i64 {
        let since = shown.reflected_at.unwrap_or(shown.source_at);
        shown.quantity - feed.own_units_before(since, (self.ordered_at, self.order_id, self.line_id))
    }

    fn by_hand(&self, feed: &Feed<'_>, shown: &SyncEvent<'_>) -> i64 {
        feed.changes_between(shown.reflected_at, self.ordered_at).iter().map(|change| change.units).sum()
    }

    fn reason(&self, feed: &Feed<'_>, recorded_at: Option<Timestamp>, facts: &StockFacts) -> Reason {
        let clock = |at: Timestamp| at.clock_in(facts.zone);
        let Some(shown) = feed.shown_at(self.ordered_at) else {
            return self.never_shown(feed, facts);
        };
        let (by_hand, without) = (self.by_hand(feed, shown), self.listed_without_hands(feed, shown));
        if by_hand > 0 && without < self.quantity {
            let units = counted(by_hand, "unit");
            return Reason::new(
                OversellCause::ManualAdjustment,
                format!("{units} were added by hand; without them {without} had been listed"),
            );
        }
        if shown.result == SyncResult::Duplicate {
            let reflected = clock(shown.reflected_at.unwrap_or(shown.source_at));
            let evidence =
                format!("update {} came a second time at {reflected} and showed {}", shown.id, shown.quantity);
            return Reason::new(OversellCause::DuplicateEvent, evidence);
        }
        if let Some(missed) = self.decisive(feed, Some(shown)) {
            return missed_update(missed, facts);
        }
        if without + by_hand < self.quantity {
            let evidence = format!("the channel showed {} and sold {}", without + by_hand, self.quantity);
            return Reason::new(OversellCause::BeyondListing, evidence);
        }
        if let Some(recorded_at) = recorded_at {
            let evidence = format!("the order was recorded at {}, when its units were gone", clock(recorded_at));
            return Reason::new(OversellCause::LateReservation, evidence);
        }
        let evidence =
            format!("the count of {} was the newest there was, and all of it was listed", clock(shown.source_at));
        Reason::new(OversellCause::NoBuffer, evidence)
    }

    fn never_shown(&self, feed: &Feed<'_>, facts: &StockFacts) -> Reason {
        match self.decisive(feed, None) {
            Some(missed) => missed_update(missed, facts),
            None => Reason::new(OversellCause::NeverSynced, "no update for this listing is in the log".to_owned()),
        }
    }

    /// The first update the channel had not shown that would have refused the order; else the
    /// newest it had not shown.
    fn decisive<'f, 'a>(&self, feed: &'f Feed<'a>, after: Option<&SyncEvent<'_>>) -> Option<&'f SyncEvent<'a>> {
        let mut newest = None;
        for event in feed.sent_between(after, self.ordered_at) {
            if event.quantity < self.quantity {
                return Some(event);
            }
            newest = Some(event);
        }
        newest
    }
}

fn missed_update(missed: &SyncEvent<'_>, facts: &StockFacts) -> Reason {
    let SyncEvent { id, quantity, .. } = missed;
    let sent = missed.source_at.clock_in(facts.zone);
    if missed.result == SyncResult::Failed {
        let why = if missed.failure.is_empty() { String::new() } else { format!(": {}", missed.failure) };
        let evidence = format!("update {id} to {quantity} from {sent} failed{why}");
        return Reason::new(OversellCause::SyncFailure, evidence);
    }
    let late = missed.reflected_at.unwrap_or(facts.as_of_end).seconds_since(missed.source_at);
    let evidence = match missed.reflected_at {
        Some(reflected) => {
            let shown = reflected.clock_in(facts.zone);
            format!("update {id} to {quantity} from {sent} was shown at {shown}, {} later", elapsed(late))
        }
        None => format!("update {id} to {quantity} from {sent} was never shown"),
    };
    Reason { cause: OversellCause::SyncDelay, late_seconds: Some(late), evidence }
}

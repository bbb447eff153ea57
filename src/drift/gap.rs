//! What one report should have said, and what explains the difference unit by unit.

use crate::ledger::words::{counted, elapsed};
use crate::ledger::{ChangeByHand, Feed, OwnOrder, SyncEvent, SyncResult};
use crate::types::Timestamp;

/// Why a channel shows another number than it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DriftCause {
    /// The channel sold units that the source of truth has not recorded yet.
    PendingReservations,
    /// An update was taken and has not been shown yet.
    DelayedUpdate,
    /// An update was refused or lost.
    MissingEvent,
    /// An old update came a second time.
    DuplicateEvent,
    /// Somebody changed the count by hand.
    ManualAdjustment,
    /// Units on their way back count on one side only.
    ReturnInTransit,
    /// The listing stands for two SKUs.
    MappingError,
    /// No evidence.
    Unexplained,
}

impl DriftCause {
    /// Its words in `drift.csv`.
    pub fn word(self) -> &'static str {
        match self {
            Self::PendingReservations => "pending reservations",
            Self::DelayedUpdate => "delayed update",
            Self::MissingEvent => "missing event",
            Self::DuplicateEvent => "duplicate event",
            Self::ManualAdjustment => "manual adjustment",
            Self::ReturnInTransit => "return in transit",
            Self::MappingError => "mapping error",
            Self::Unexplained => "unexplained",
        }
    }
}

/// A part of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseUnits {
    /// Why.
    pub cause: DriftCause,
    /// Units with the gap's sign convention: reported − expected.
    pub units: i64,
    /// A sentence with times and references.
    pub evidence: String,
}

/// Where no update was ever shown, orders of so many days back can be pending.
pub const PENDING_DAYS: i64 = 3;

/// What is known about one listing beside its feed when its gap is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circumstances<'a> {
    /// The zone of the clock on which sentences tell times.
    pub zone: chrono_tz::Tz,
    /// Units on their way back that one side may count.
    pub returning_units: i64,
    /// An order of those units, for the sentence; empty if unknown.
    pub returning_order: &'a str,
    /// The SKUs the listing stands for, if more than one: `A, B`.
    pub mapped_to: Option<&'a str>,
}

/// Nothing, on the clock of UTC.
impl Default for Circumstances<'_> {
    fn default() -> Self {
        Self { zone: chrono_tz::Tz::UTC, returning_units: 0, returning_order: "", mapped_to: None }
    }
}

/// The count a channel-fed listing should show: the newest one the source of truth meant it to.
pub fn expected_of_feed(feed: &Feed<'_>, reported_at: Timestamp) -> Option<i64> {
    feed.meant_at(reported_at).map(|event| event.quantity)
}

/// Splits `reported − expected` into causes, in the order of [`DriftCause`]; the parts add up to
/// the gap exactly because what no evidence covers is `unexplained`. Nothing for no gap.
///
/// Orders that were not recorded explain no more of a count that is too low than the other evidence
/// leaves: whether the channel took them off its count is not told.
///
/// `expected` is the quantity of the newest update meant to be shown at `reported_at`, or the
/// ledger's own count where the channel ships from its own warehouse and has no updates.
pub fn explain(
    feed: &Feed<'_>,
    reported_at: Timestamp,
    reported: i64,
    expected: i64,
    circumstances: Circumstances<'_>,
) -> Vec<CauseUnits> {
    let gap = reported - expected;
    if gap == 0 {
        return Vec::new();
    }
    let mut parts = Parts { gap, zone: circumstances.zone, list: Vec::new() };
    let basis = Basis::at(feed, reported_at);
    let own = OwnUnits::since(feed, &basis, reported_at);
    parts.add(DriftCause::PendingReservations, -own.pending_units(), || own.evidence(circumstances.zone));
    basis.updates(feed, &own, reported_at, expected, &mut parts);
    basis.by_hand(feed, reported_at, &mut parts);
    parts.bound_pending();
    parts.returning(circumstances);
    parts.rest(circumstances);
    parts.list
}

struct Parts {
    gap: i64,
    zone: chrono_tz::Tz,
    list: Vec<CauseUnits>,
}

impl Parts {
    fn add(&mut self, cause: DriftCause, units: i64, evidence: impl FnOnce() -> String) {
        if units != 0 {
            self.list.push(CauseUnits { cause, units, evidence: evidence() });
        }
    }

    fn left(&self) -> i64 {
        self.gap - self.list.iter().map(|part| part.units).sum::<i64>()
    }

    /// Takes back what pending orders explain beyond a count that is too low.
    fn bound_pending(&mut self) {
        let beyond = self.left();
        if self.gap > 0 || beyond <= 0 {
            return;
        }
        let is_pending = |part: &&mut CauseUnits| part.cause == DriftCause::PendingReservations && part.units < 0;
        if let Some(pending) = self.list.iter_mut().find(is_pending) {
            pending.units = (pending.units + beyond).min(0);
            let counted = counted(-pending.units, "unit");
            pending.evidence = format!("{}; {counted} of them missing from the count", pending.evidence);
        }
        self.list.retain(|part| part.units != 0);
    }

    fn returning(&mut self, circumstances: Circumstances<'_>) {
        let left = self.left();
        let units = left.signum() * left.abs().min(circumstances.returning_units.max(0));
        self.add(DriftCause::ReturnInTransit, units, || {
            let on_the_way = counted(circumstances.returning_units, "unit");
            match circumstances.returning_order {
                "" => format!("{on_the_way} refunded and not back yet"),
                order => format!("{on_the_way} refunded and not back yet, among them order {order}"),
            }
        });
    }

    fn rest(&mut self, circumstances: Circumstances<'_>) {
        let left = self.left();
        match circumstances.mapped_to {
            Some(skus) => {
                self.add(DriftCause::MappingError, left, || format!("the listing is mapped to {skus} at once"));
            }
            None => self.add(DriftCause::Unexplained, left, || "no evidence in the exports".to_owned()),
        }
    }
}

/// The updates on which the number that the channel shows rests.
struct Basis<'f, 'a> {
    /// The last update shown, duplicates included.
    shown: Option<&'f SyncEvent<'a>>,
    /// The last update shown that was no duplicate.
    right: Option<&'f SyncEvent<'a>>,
}

impl<'f, 'a> Basis<'f, 'a> {
    fn at(feed: &'f Feed<'a>, reported_at: Timestamp) -> Self {
        Self { shown: feed.shown_at(reported_at), right: feed.shown_rightly_at(reported_at) }
    }

    fn right_since(&self) -> Option<Timestamp> {
        self.right.and_then(|event| event.reflected_at)
    }

    fn shown_since(&self) -> Option<Timestamp> {
        self.shown.and_then(|event| event.reflected_at)
    }

    fn duplicate(&self) -> Option<&'f SyncEvent<'a>> {
        self.shown.filter(|event| event.result == SyncResult::Duplicate)
    }

    /// From the last update shown, each newer one that was not moves the expected count away from
    /// the shown one; those moves add up to the difference. A move that the channel's own order
    /// caused is no difference: the channel counted that order itself.
    fn updates(&self, feed: &Feed<'_>, own: &OwnUnits<'_>, reported_at: Timestamp, expected: i64, parts: &mut Parts) {
        let missed: Vec<&SyncEvent<'_>> = feed.sent_between(self.right, reported_at).collect();
        match self.right {
            Some(right) => self.moves(right, &missed, own, reported_at, parts),
            None if self.duplicate().is_none() => never_shown(&missed, reported_at, parts),
            None => {}
        }
        let Some(duplicate) = self.duplicate() else { return };
        let counted_before = own.before(duplicate.reflected_at.unwrap_or(reported_at));
        let instead = self.right.map_or(expected, |right| right.quantity - counted_before);
        let shown = duplicate.reflected_at.unwrap_or(reported_at).clock_in(parts.zone);
        parts.add(DriftCause::DuplicateEvent, duplicate.quantity - instead, || {
            format!("update {} came a second time at {shown} and showed {}", duplicate.id, duplicate.quantity)
        });
    }

    fn moves(
        &self,
        right: &SyncEvent<'_>,
        missed: &[&SyncEvent<'_>],
        own: &OwnUnits<'_>,
        reported_at: Timestamp,
        parts: &mut Parts,
    ) {
        let (mut delayed, mut missing, mut before) = (Missed::default(), Missed::default(), right.quantity);
        let mut recorded_until = None;
        for event in missed {
            let counted_by_channel = own.recorded_between(recorded_until, Some(event.source_at));
            let side = if event.result == SyncResult::Failed { &mut missing } else { &mut delayed };
            side.add(event, before - event.quantity - counted_by_channel);
            (before, recorded_until) = (event.quantity, Some(event.source_at));
        }
        let unsent = own.recorded_between(recorded_until, None);
        parts.add(DriftCause::PendingReservations, -unsent, || {
            format!("{} sold here after the newest update", counted(unsent, "unit"))
        });
        parts.merge_pending();
        let zone = parts.zone;
        parts.add(DriftCause::DelayedUpdate, delayed.units, || delayed.evidence(right, reported_at, zone));
        parts.add(DriftCause::MissingEvent, missing.units, || missing.evidence(right, reported_at, zone));
    }

    fn by_hand(&self, feed: &Feed<'_>, reported_at: Timestamp, parts: &mut Parts) {
        let changes = feed.changes_between(self.shown_since(), reported_at);
        let units = changes.iter().map(|change| change.units).sum();
        let zone = parts.zone;
        parts.add(DriftCause::ManualAdjustment, units, || hand_evidence(changes, zone));
    }
}

impl Parts {
    /// Two findings of one cause are one row.
    fn merge_pending(&mut self) {
        if let [first, second] = &mut self.list[..]
            && first.cause == second.cause
        {
            first.units += second.units;
            first.evidence = format!("{}; {}", first.evidence, second.evidence);
            self.list.truncate(1);
            self.list.retain(|part| part.units != 0);
        }
    }
}

fn never_shown(missed: &[&SyncEvent<'_>], reported_at: Timestamp, parts: &mut Parts) {
    let Some(newest) = missed.last() else { return };
    let cause = match newest.result {
        SyncResult::Failed => DriftCause::MissingEvent,
        _ => DriftCause::DelayedUpdate,
    };
    let (units, reported) = (parts.left(), reported_at.clock_in(parts.zone));
    parts.add(cause, units, || {
        let age = elapsed(reported_at.seconds_since(missed[0].source_at));
        format!("no update was shown by {reported}; the first was sent {age} before, the newest is {}", newest.id)
    });
}

#[derive(Default)]
struct Missed<'f> {
    units: i64,
    events: Vec<&'f SyncEvent<'f>>,
}

impl<'f> Missed<'f> {
    fn add(&mut self, event: &'f SyncEvent<'f>, units: i64) {
        self.units += units;
        self.events.push(event);
    }

    fn evidence(&self, right: &SyncEvent<'_>, reported_at: Timestamp, zone: chrono_tz::Tz) -> String {
        let (Some(first), Some(last)) = (self.events.first(), self.events.last()) else { return String::new() };
        let ago = elapsed(reported_at.seconds_since(first.source_at));
        let names = match self.events.len() {
            1 => format!("update {} to {}", first.id, first.quantity),
            count => format!("{count} updates from {} to {}", first.id, last.id),
        };
        let fate = match (first.result, first.failure, last.reflected_at) {
            (SyncResult::Failed, "", _) => "failed".to_owned(),
            (SyncResult::Failed, failure, _) => format!("failed ({failure})"),
            (_, _, Some(shown)) if shown <= reported_at => "was overwritten by an older one".to_owned(),
            (_, _, Some(shown)) => format!("was shown only at {}", shown.clock_in(zone)),
            (_, _, None) => "has not been shown".to_owned(),
        };
        format!("{} was right {ago} earlier; {names} of {} {fate}", right.quantity, first.source_at.clock_in(zone))
    }
}

fn hand_evidence(changes: &[ChangeByHand<'_>], zone: chrono_tz::Tz) -> String {
    let one = |change: &ChangeByHand<'_>| {
        let owner = if change.owner.is_empty() { "nobody signed" } else { change.owner };
        let reason = if change.reason.is_empty() { "no reason" } else { change.reason };
        format!("{:+} at {} ({owner}, {reason})", change.units, change.at.clock_in(zone))
    };
    changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The channel's own orders since the update on which its number rests.
struct OwnUnits<'f> {
    /// Those that the source of truth had recorded by the report, in the order of recording.
    recorded: Vec<&'f OwnOrder<'f>>,
    /// Units of the first so many of them.
    recorded_units: Vec<i64>,
    pending: Vec<&'f OwnOrder<'f>>,
}

impl<'f> OwnUnits<'f> {
    fn since(feed: &'f Feed<'f>, basis: &Basis<'_, '_>, reported_at: Timestamp) -> Self {
        // An update overwrites what was sold before it was shown, recorded or not.
        let oldest = reported_at.plus_seconds(-PENDING_DAYS * 86_400);
        let since = feed.orders_between(basis.right_since().unwrap_or(oldest), reported_at);
        let is_pending = |order: &&OwnOrder<'_>| order.live && order.known_at.is_none_or(|known| known > reported_at);
        let pending = since.iter().filter(is_pending).collect();
        let since = if basis.right.is_some() { since } else { &[] };
        let known = |order: &&OwnOrder<'_>| order.known_at.is_some_and(|known| known <= reported_at);
        let mut recorded: Vec<&OwnOrder<'_>> = since.iter().filter(known).collect();
        recorded.sort_by_key(|order| order.known_at);
        let mut recorded_units = vec![0];
        for order in &recorded {
            recorded_units.push(recorded_units[recorded_units.len() - 1] + order.units);
        }
        Self { recorded, recorded_units, pending }
    }

    fn pending_units(&self) -> i64 {
        self.pending.iter().map(|order| order.units).sum()
    }

    /// Units of orders recorded after one instant, up to and with another; without an end, all.
    fn recorded_between(&self, after: Option<Timestamp>, until: Option<Timestamp>) -> i64 {
        let by = |instant: Option<Timestamp>| self.recorded.partition_point(|order| order.known_at <= instant);
        let last = if until.is_some() { by(until) } else { self.recorded.len() };
        self.recorded_units[last] - self.recorded_units[by(after).min(last)]
    }

    /// Units that the channel had sold by an instant, recorded or pending.
    fn before(&self, instant: Timestamp) -> i64 {
        let earlier = |order: &&&OwnOrder<'_>| order.ordered_at < instant;
        self.recorded.iter().chain(&self.pending).filter(earlier).map(|order| order.units).sum()
    }

    fn evidence(&self, zone: chrono_tz::Tz) -> String {
        let units = counted(self.pending_units(), "unit");
        let orders: Vec<&str> = self.pending.iter().map(|order| order.order_id).collect();
        let shown = orders.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let more = orders.len().saturating_sub(3);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let since = |order: &&OwnOrder<'_>| format!(" since {}", order.ordered_at.clock_in(zone));
        let first = self.pending.first().map_or_else(String::new, since);
        format!("{units} sold here{first} and not recorded yet: order {shown}{more}")
    }
}

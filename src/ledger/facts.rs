//! What the ledger reads: movements, counts, orders, sync events and changes by hand, as the
//! queries give them, with an index by SKU.

use std::collections::{BTreeMap, HashMap};

use super::stand_in::{StandIn, stand_in};
use super::state::{Movement, MovementKind, Snapshot};
use super::unpaid;
use crate::config::Settings;
use crate::error::{Diagnostic, Result};
use crate::lake::{Amounts, Integers, Rows, Texts, Timestamps};
use crate::query::Marts;
use crate::types::{Currency, Day, Money, Timestamp};

/// The facts about stock up to the run's day.
#[derive(Clone, Debug)]
pub struct StockFacts {
    /// `fact_movements`
    pub movements: Rows,
    /// `fact_stock_counts`; where there is neither a count nor a movement, `mart_channel_book`
    pub counts: Rows,
    /// By pool the channel whose own count is the book; empty where a source of truth keeps one.
    pub stand_ins: BTreeMap<String, StandIn>,
    /// `fact_stock_orders`
    pub orders: Rows,
    /// From when on an unpaid order line holds no stock, by its row in `orders`; see [`Self::bound_unpaid`].
    pub lapses: HashMap<usize, Timestamp>,
    /// `fact_stock_events`
    pub events: Rows,
    /// `fact_stock_changes_by_hand`
    pub changes: Rows,
    /// The run's day.
    pub as_of: Day,
    /// The first instant after that day; what happened from then on is left out.
    pub as_of_end: Timestamp,
    /// The currency of the reports.
    pub currency: Currency,
    /// The shop's time zone: sentences tell times on its clock.
    pub zone: chrono_tz::Tz,
}

impl StockFacts {
    /// Runs the queries.
    ///
    /// # Errors
    /// Where a query cannot run.
    pub fn read(marts: &Marts) -> Result<Self> {
        let run = marts.table("run")?;
        let movements = marts.rows("fact_movements")?;
        let counted = marts.rows("fact_stock_counts")?;
        let (counts, stand_ins) = match counted.is_empty() && movements.is_empty() {
            true => stand_in(marts)?,
            false => (counted, BTreeMap::new()),
        };
        let unknown = || Diagnostic::error("no-run", "table `run` does not say which day the run stands on");
        Ok(Self {
            as_of: run.day("as_of")?.iter().next().flatten().ok_or_else(unknown)?,
            as_of_end: run.timestamp("as_of_end")?.iter().next().flatten().ok_or_else(unknown)?,
            currency: run.text("currency")?.get(0).and_then(|text| text.parse().ok()).ok_or_else(unknown)?,
            zone: marts.run().time_zone,
            movements,
            counts,
            stand_ins,
            orders: marts.rows("fact_stock_orders")?,
            lapses: HashMap::new(),
            events: marts.rows("fact_stock_events")?,
            changes: marts.rows("fact_stock_changes_by_hand")?,
        })
    }

    /// Lets orders that nobody has paid hold stock no longer than the policy says; before that they hold it
    /// for ever.
    ///
    /// # Errors
    /// Where a column is missing or of another type.
    pub fn bound_unpaid(&mut self, marts: &Marts, settings: &Settings) -> Result<()> {
        self.lapses = unpaid::lapses(&self.orders, &marts.table("products")?, settings)?;
        Ok(())
    }

    /// When an unpaid order line lapsed; `None` where it was paid, or may still hold stock.
    pub(crate) fn lapsed_at(&self, row: usize) -> Option<Timestamp> {
        self.lapses.get(&row).copied().filter(|at| self.has_happened(*at))
    }

    /// The newest count, movement or update up to the end of the run's day; none without any.
    ///
    /// # Errors
    /// Where a column is missing or of another type.
    pub fn newest(&self) -> Result<Option<Timestamp>> {
        let mut newest = None;
        for times in
            [self.counts.timestamp("at")?, self.movements.timestamp("at")?, self.events.timestamp("source_at")?]
        {
            newest = times.iter().flatten().filter(|at| self.has_happened(*at)).max().max(newest);
        }
        Ok(newest)
    }

    /// True for what had happened by the end of the run's day.
    pub(crate) fn has_happened(&self, at: Timestamp) -> bool {
        at < self.as_of_end
    }
}

/// Row numbers of a table grouped by the text of one column.
#[derive(Debug)]
pub(crate) struct Groups<'a> {
    of: HashMap<&'a str, usize>,
    starts: Vec<usize>,
    rows: Vec<u32>,
}

impl<'a> Groups<'a> {
    fn new(column: Texts<'a>) -> Self {
        let mut of: HashMap<&'a str, usize> = HashMap::new();
        let mut group_of = Vec::new();
        let mut sizes: Vec<usize> = Vec::new();
        for text in column.iter() {
            let next = of.len();
            let group = *of.entry(text.unwrap_or_default()).or_insert(next);
            if group == sizes.len() {
                sizes.push(0);
            }
            sizes[group] += 1;
            group_of.push(group as u32);
        }
        let mut starts = vec![0];
        for size in &sizes {
            starts.push(starts[starts.len() - 1] + size);
        }
        let mut next = starts.clone();
        let mut rows = vec![0; group_of.len()];
        for (row, group) in group_of.into_iter().enumerate() {
            rows[next[group as usize]] = row as u32;
            next[group as usize] += 1;
        }
        Self { of, starts, rows }
    }

    /// The rows of one group in the table's order.
    pub(crate) fn rows(&self, text: &str) -> impl Iterator<Item = usize> + '_ {
        let range = self.of.get(text).map_or(0..0, |group| self.starts[*group]..self.starts[group + 1]);
        self.rows[range].iter().map(|row| *row as usize)
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.of.keys().copied()
    }
}

/// [`StockFacts`] with typed columns, indexed by SKU.
#[derive(Debug)]
pub struct StockIndex<'a> {
    pub(crate) facts: &'a StockFacts,
    movements: MovementColumns<'a>,
    counts: CountColumns<'a>,
    pub(crate) orders: OrderColumns<'a>,
    pub(crate) events: EventColumns<'a>,
    pub(crate) changes: ChangeColumns<'a>,
}

#[derive(Debug)]
struct MovementColumns<'a> {
    by_sku: Groups<'a>,
    at: Timestamps<'a>,
    location: Texts<'a>,
    kind: Texts<'a>,
    quantity: Integers<'a>,
    reference: Texts<'a>,
    owner: Texts<'a>,
}

#[derive(Debug)]
struct CountColumns<'a> {
    by_sku: Groups<'a>,
    at: Timestamps<'a>,
    location: Texts<'a>,
    on_hand: Integers<'a>,
    reserved: Integers<'a>,
    damaged: Integers<'a>,
    quality_hold: Integers<'a>,
    inbound: Integers<'a>,
}

#[derive(Debug)]
pub(crate) struct OrderColumns<'a> {
    pub(crate) by_sku: Groups<'a>,
    pub(crate) by_listing: Groups<'a>,
    pub(crate) channel: Texts<'a>,
    pub(crate) order_id: Texts<'a>,
    pub(crate) line_id: Texts<'a>,
    pub(crate) sku: Texts<'a>,
    pub(crate) listing_sku: Texts<'a>,
    pub(crate) units: Integers<'a>,
    pub(crate) line_units: Integers<'a>,
    pub(crate) ordered_at: Timestamps<'a>,
    pub(crate) status: Texts<'a>,
    pub(crate) cancel_reason: Texts<'a>,
    unit_price: Amounts<'a>,
    currency: Texts<'a>,
}

#[derive(Debug)]
pub(crate) struct EventColumns<'a> {
    pub(crate) by_sku: Groups<'a>,
    pub(crate) event_id: Texts<'a>,
    pub(crate) channel: Texts<'a>,
    pub(crate) class: Texts<'a>,
    pub(crate) source_at: Timestamps<'a>,
    pub(crate) reflected_at: Timestamps<'a>,
    pub(crate) quantity: Integers<'a>,
    pub(crate) result: Texts<'a>,
    pub(crate) failure: Texts<'a>,
}

#[derive(Debug)]
pub(crate) struct ChangeColumns<'a> {
    pub(crate) by_sku: Groups<'a>,
    pub(crate) at: Timestamps<'a>,
    pub(crate) channel: Texts<'a>,
    pub(crate) value: Texts<'a>,
    pub(crate) owner: Texts<'a>,
    pub(crate) reason: Texts<'a>,
}

impl<'a> StockIndex<'a> {
    /// Indexes the facts.
    ///
    /// # Errors
    /// Where a column is missing or of another type.
    pub fn new(facts: &'a StockFacts) -> Result<Self> {
        Ok(Self {
            facts,
            movements: MovementColumns::new(&facts.movements)?,
            counts: CountColumns::new(&facts.counts)?,
            orders: OrderColumns::new(&facts.orders)?,
            events: EventColumns::new(&facts.events)?,
            changes: ChangeColumns::new(&facts.changes)?,
        })
    }

    /// Every SKU that has a count, a movement or an order, sorted.
    pub(crate) fn skus(&self) -> Vec<&'a str> {
        let mut skus: Vec<&str> = self.movements.by_sku.names().collect();
        skus.extend(self.counts.by_sku.names());
        skus.extend(self.orders.by_sku.names());
        skus.sort_unstable();
        skus.dedup();
        skus
    }

    /// The movements of one SKU with their locations; kinds that are not known are left out.
    pub(crate) fn movements(&self, sku: &str) -> impl Iterator<Item = (&'a str, Movement<'a>)> + '_ {
        let columns = &self.movements;
        columns.by_sku.rows(sku).filter_map(|row| {
            let movement = Movement {
                at: columns.at.get(row)?,
                kind: MovementKind::from_word(columns.kind.get(row)?)?,
                quantity: columns.quantity.get(row)?,
                reference: columns.reference.get(row).unwrap_or_default(),
                owner: columns.owner.get(row).unwrap_or_default(),
            };
            Some((columns.location.get(row)?, movement)).filter(|_| self.facts.has_happened(movement.at))
        })
    }

    /// The counts of one SKU with their locations.
    pub(crate) fn counts(&self, sku: &str) -> impl Iterator<Item = (&'a str, Snapshot)> + '_ {
        let columns = &self.counts;
        columns.by_sku.rows(sku).filter_map(|row| {
            let snapshot = Snapshot {
                at: columns.at.get(row)?,
                on_hand: columns.on_hand.get(row)?,
                reserved: columns.reserved.get(row),
                damaged: columns.damaged.get(row),
                quality_hold: columns.quality_hold.get(row),
                inbound: columns.inbound.get(row),
            };
            Some((columns.location.get(row)?, snapshot)).filter(|_| self.facts.has_happened(snapshot.at))
        })
    }
}

impl<'a> MovementColumns<'a> {
    fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            by_sku: Groups::new(rows.text("sku")?),
            at: rows.timestamp("at")?,
            location: rows.text("location")?,
            kind: rows.text("kind")?,
            quantity: rows.integer("quantity")?,
            reference: rows.text("reference")?,
            owner: rows.text("owner")?,
        })
    }
}

impl<'a> CountColumns<'a> {
    fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            by_sku: Groups::new(rows.text("sku")?),
            at: rows.timestamp("at")?,
            location: rows.text("location")?,
            on_hand: rows.integer("on_hand")?,
            reserved: rows.integer("reserved")?,
            damaged: rows.integer("damaged")?,
            quality_hold: rows.integer("quality_hold")?,
            inbound: rows.integer("inbound")?,
        })
    }
}

impl<'a> OrderColumns<'a> {
    fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            by_sku: Groups::new(rows.text("sku")?),
            by_listing: Groups::new(rows.text("listing_sku")?),
            channel: rows.text("channel")?,
            order_id: rows.text("order_id")?,
            line_id: rows.text("line_id")?,
            sku: rows.text("sku")?,
            listing_sku: rows.text("listing_sku")?,
            units: rows.integer("units")?,
            line_units: rows.integer("line_units")?,
            ordered_at: rows.timestamp("ordered_at")?,
            status: rows.text("status")?,
            cancel_reason: rows.text("cancel_reason")?,
            unit_price: rows.money("unit_price")?,
            currency: rows.text("currency")?,
        })
    }

    /// Price of one unit of the listing, if it is known in this currency.
    pub(crate) fn price_in(&self, row: usize, currency: Currency) -> Option<Money> {
        self.unit_price.get(row).filter(|_| self.currency.get(row) == Some(currency.as_str()))
    }

    /// True where somebody still waits for these units.
    pub(crate) fn is_live(&self, row: usize) -> bool {
        self.status.get(row) != Some("cancelled")
    }

    /// True where the order was cancelled because there was no unit for it.
    pub(crate) fn lacked_stock(&self, row: usize) -> bool {
        self.cancel_reason.get(row) == Some("no_stock")
    }
}

impl<'a> EventColumns<'a> {
    fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            by_sku: Groups::new(rows.text("sku")?),
            event_id: rows.text("event_id")?,
            channel: rows.text("channel")?,
            class: rows.text("class")?,
            source_at: rows.timestamp("source_at")?,
            reflected_at: rows.timestamp("reflected_at")?,
            quantity: rows.integer("quantity")?,
            result: rows.text("result")?,
            failure: rows.text("failure")?,
        })
    }
}

impl<'a> ChangeColumns<'a> {
    fn new(rows: &'a Rows) -> Result<Self> {
        Ok(Self {
            by_sku: Groups::new(rows.text("sku")?),
            at: rows.timestamp("at")?,
            channel: rows.text("channel")?,
            value: rows.text("value")?,
            owner: rows.text("owner")?,
            reason: rows.text("reason")?,
        })
    }
}

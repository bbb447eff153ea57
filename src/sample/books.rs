//! What did the source of truth write down? Movements, sync events, nightly stock and overrides.

use std::path::Path;

use crate::error::Result;
use crate::sample::clock::Clock;
use crate::sample::sheet::{Monthly, Sheet, Style};
use crate::sample::stock::{LOCATIONS, Shelf};
use crate::types::Day;

const MOVEMENTS: &[&str] =
    &["movement_id", "at", "sku", "location", "kind", "quantity", "reference", "owner", "reason"];
const EVENTS: &[&str] = &["event_id", "channel", "sku", "source_at", "reflected_at", "quantity", "result", "failure"];
const STOCK: &[&str] = &["sku", "location", "at", "on_hand", "reserved", "damaged", "inbound"];
const OVERRIDES: &[&str] = &["override_id", "at", "channel", "sku", "field", "value", "owner", "reason"];

/// A change of stock as it is written down.
pub(crate) struct Movement<'a> {
    pub(crate) at: i64,
    pub(crate) sku: &'a str,
    pub(crate) location: usize,
    pub(crate) kind: &'static str,
    pub(crate) quantity: i64,
    pub(crate) reference: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) reason: &'static str,
}

/// How an update fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Ok,
    Failed(&'static str),
    Duplicate,
}

/// The files that grow while the shop runs.
pub(crate) struct Books {
    movements: Monthly,
    movement_count: u64,
    events: Monthly,
    event_count: u64,
    stock: Monthly,
    overrides: Sheet,
    override_count: u64,
}

impl Books {
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        Ok(Self {
            movements: Monthly::new(folder, "stock_movements", MOVEMENTS),
            movement_count: 0,
            events: Monthly::new(folder, "sync_events", EVENTS),
            event_count: 0,
            stock: Monthly::new(folder, "stock", STOCK),
            overrides: Sheet::create(folder.join("overrides.csv"), Style::CSV, OVERRIDES)?,
            override_count: 0,
        })
    }

    pub(crate) fn movement(&mut self, clock: &Clock, movement: &Movement<'_>) -> Result<()> {
        self.movement_count += 1;
        let number = self.movement_count;
        self.movements
            .at(clock.day(movement.at))?
            .with(|line| line.push_str(&format!("M{number:07}")))
            .instant(movement.at)
            .text(movement.sku)
            .text(LOCATIONS[movement.location])
            .text(movement.kind)
            .integer(movement.quantity)
            .text(movement.reference)
            .text(movement.owner)
            .text(movement.reason)
            .end()
    }

    #[expect(clippy::too_many_arguments, reason = "one per column of the table")]
    pub(crate) fn event(
        &mut self,
        clock: &Clock,
        channel: &str,
        sku: &str,
        source_at: i64,
        reflected_at: Option<i64>,
        count: i64,
        fate: Fate,
    ) -> Result<()> {
        self.event_count += 1;
        let number = self.event_count;
        let sheet = self.events.at(clock.day(source_at))?;
        sheet.with(|line| line.push_str(&format!("E{number:07}"))).text(channel).text(sku).instant(source_at);
        match reflected_at {
            Some(at) => sheet.instant(at),
            None => sheet.empty(1),
        };
        let (result, failure) = match fate {
            Fate::Ok => ("ok", ""),
            Fate::Failed(failure) => ("failed", failure),
            Fate::Duplicate => ("duplicate", ""),
        };
        sheet.integer(count).text(result).text(failure).end()
    }

    pub(crate) fn stock(&mut self, day: Day, at: i64, sku: &str, location: usize, shelf: &Shelf) -> Result<()> {
        self.stock
            .at(day)?
            .text(sku)
            .text(LOCATIONS[location])
            .instant(at)
            .integer(shelf.on_hand)
            .integer(shelf.reserved)
            .integer(shelf.damaged)
            .integer(shelf.inbound)
            .end()
    }

    /// A person changed the count that a channel shows.
    pub(crate) fn override_stock(&mut self, at: i64, channel: &str, sku: &str, units: i64) -> Result<()> {
        const PEOPLE: [(&str, &str); 3] =
            [("dana", "counted by hand"), ("luis", "held for a store visit"), ("mei", "corrected after a complaint")];
        self.override_count += 1;
        let number = self.override_count;
        let (owner, reason) = PEOPLE[number as usize % PEOPLE.len()];
        self.overrides
            .with(|line| line.push_str(&format!("O{number:04}")))
            .instant(at)
            .text(channel)
            .text(sku)
            .text("stock")
            .with(|line| line.push_str(&units.to_string()))
            .text(owner)
            .text(reason)
            .end()
    }

    pub(crate) fn finish(self) -> Result<()> {
        self.movements.finish()?;
        self.events.finish()?;
        self.stock.finish()?;
        self.overrides.finish()
    }
}

//! How long does an order that nobody has paid hold stock? As long as the policy says.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::facts::{StockFacts, StockIndex};
use super::state::{Movement, MovementKind, Snapshot};
use crate::config::Settings;
use crate::error::Result;
use crate::lake::{Cell, Column, Kind, Rows, RowsBuilder};
use crate::types::{Sku, Timestamp};

/// The word of an order that waits for its payment.
const UNPAID: &str = "unpaid";

/// From when on each unpaid order line holds nothing, by its row in `fact_stock_orders`; `products` gives the
/// class whose policy holds.
pub(super) fn lapses(orders: &Rows, products: &Rows, settings: &Settings) -> Result<HashMap<usize, Timestamp>> {
    let (status, channel, sku) = (orders.text("status")?, orders.text("channel")?, orders.text("sku")?);
    let ordered_at = orders.timestamp("ordered_at")?;
    let (product, class) = (products.text("sku")?, products.text("class")?);
    let classes: HashMap<&str, &str> =
        (0..products.len()).filter_map(|row| Some((product.get(row)?, class.get(row)?))).collect();
    let lapse = |row: usize| {
        let sku = sku.get(row)?;
        let policy =
            settings.policy_for(settings.channel(channel.get(row)?)?, classes.get(sku).copied(), &Sku::new(sku));
        let days = i64::from(policy.unpaid_reserve_days.value);
        Some((row, ordered_at.get(row)?.plus_seconds(days * 86_400)))
    };
    Ok((0..orders.len()).filter(|row| status.get(*row) == Some(UNPAID)).filter_map(lapse).collect())
}

/// One order line that holds nothing any more.
struct Lapsed<'a> {
    channel: &'a str,
    order_id: &'a str,
    units: i64,
    ordered_at: Timestamp,
    at: Timestamp,
}

fn lapsed<'a>(index: &StockIndex<'a>, sku: &str) -> Vec<Lapsed<'a>> {
    let columns = &index.orders;
    let of_row = |row: usize| {
        Some(Lapsed {
            at: index.facts.lapsed_at(row)?,
            channel: columns.channel.get(row)?,
            order_id: columns.order_id.get(row)?,
            units: columns.units.get(row)?,
            ordered_at: columns.ordered_at.get(row)?,
        })
    };
    columns.by_sku.rows(sku).filter_map(of_row).collect()
}

/// Takes back the promises of one SKU at one location that unpaid orders hold no more: each is cancelled when
/// it lapses, and no later count reserves its units.
pub(super) fn release<'a>(
    index: &StockIndex<'a>,
    (sku, location): (&str, &str),
    counts: &mut [Snapshot],
    movements: &mut Vec<Movement<'a>>,
) {
    let lapsed = lapsed(index, sku);
    if lapsed.is_empty() {
        return;
    }
    // A channel whose own count is the book reserves its own orders without a movement.
    let keeps_book = index.facts.stand_ins.get(location).map(|stand_in| stand_in.channel.as_str());
    let open = open_promises(movements);
    for line in lapsed {
        let is_own = |promise: &&Movement<'_>| promise.owner.is_empty() || promise.owner == line.channel;
        let promise = open.get(line.order_id).filter(is_own).copied();
        let (at, units) = match promise {
            Some(promise) => (line.at.max(promise.at), promise.quantity.min(line.units)),
            None if keeps_book == Some(line.channel) => (line.at, line.units),
            None => continue,
        };
        for count in counts.iter_mut().filter(|count| count.at >= at && count.at > line.ordered_at) {
            count.reserved = count.reserved.map(|reserved| reserved - units.min(reserved.max(0)));
        }
        if let Some(promise) = promise {
            movements.push(Movement { at, kind: MovementKind::Cancellation, quantity: -units, ..promise });
        }
    }
}

/// Promises by order that nothing has shipped or cancelled.
fn open_promises<'a>(movements: &[Movement<'a>]) -> HashMap<&'a str, Movement<'a>> {
    let ends = |movement: &&Movement<'_>| matches!(movement.kind, MovementKind::Shipment | MovementKind::Cancellation);
    let ended: HashSet<&str> = movements.iter().filter(ends).map(|movement| movement.reference).collect();
    let orders = movements.iter().filter(|movement| movement.kind == MovementKind::Order);
    let open = orders.filter(|movement| !movement.reference.is_empty() && !ended.contains(movement.reference));
    open.map(|movement| (movement.reference, *movement)).collect()
}

/// `unpaid_orders.csv`: every order that waits for its payment, with how long it holds stock. `orders` is
/// `fact_order_unpaid`.
///
/// # Errors
/// A column that is missing or of another type.
pub fn unpaid_sheet(orders: &Rows, facts: &StockFacts) -> Result<Rows> {
    let holds_until = holds_until(facts)?;
    let (channel, order_id) = (orders.text("channel")?, orders.text("order_id")?);
    let (ordered_at, units) = (orders.timestamp("ordered_at")?, orders.integer("units")?);
    let (amount, currency) = (orders.money("amount")?, orders.text("currency")?);
    let mut rows = RowsBuilder::new("unpaid_orders", COLUMNS.iter().copied());
    for row in 0..orders.len() {
        let (Some(channel), Some(order_id)) = (channel.get(row), order_id.get(row)) else { continue };
        let Some(at) = ordered_at.get(row).filter(|at| facts.has_happened(*at)) else { continue };
        let until = holds_until.get(&(channel, order_id)).copied();
        rows.push([
            Cell::from(channel),
            order_id.into(),
            at.into(),
            units.get(row).into(),
            amount.get(row).into(),
            currency.get(row).into(),
            until.into(),
            until.is_some_and(|until| until >= facts.as_of_end).into(),
        ]);
    }
    Ok(rows.finish())
}

const COLUMNS: [Column; 8] = [
    Column { name: "channel", kind: Kind::Text, nullable: false },
    Column { name: "order_id", kind: Kind::Text, nullable: false },
    Column { name: "ordered_at", kind: Kind::Timestamp, nullable: false },
    Column { name: "units", kind: Kind::Integer, nullable: true },
    Column { name: "amount", kind: Kind::Money, nullable: true },
    Column { name: "currency", kind: Kind::Text, nullable: true },
    Column { name: "holds_until", kind: Kind::Timestamp, nullable: true },
    Column { name: "holds_stock", kind: Kind::Flag, nullable: false },
];

/// By channel and order the last instant at which a line of it may hold stock.
fn holds_until(facts: &StockFacts) -> Result<BTreeMap<(&str, &str), Timestamp>> {
    let (channel, order_id) = (facts.orders.text("channel")?, facts.orders.text("order_id")?);
    let mut until: BTreeMap<(&str, &str), Timestamp> = BTreeMap::new();
    for (row, at) in &facts.lapses {
        if let (Some(channel), Some(order_id)) = (channel.get(*row), order_id.get(*row)) {
            let held = until.entry((channel, order_id)).or_insert(*at);
            *held = (*held).max(*at);
        }
    }
    Ok(until)
}

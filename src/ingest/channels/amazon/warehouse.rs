//! What Amazon's warehouses hold: the plan for the next weeks, the ledger by event and by day.
//!
//! The ledger counts what can be sold. Where the source of truth tells the movements of Amazon's
//! warehouses as well, give only one of the two.

use super::STYLE;
use crate::config::{ChannelKind, DateOrder};
use crate::ingest::cell::Reader::{Count, Day, Identifier, Instant, Prose, Word};
use crate::ingest::channels::named_by_content;
use crate::ingest::context::Context;
use crate::ingest::export::{Export, Style, head, may, need};
use crate::ingest::shape::{ByRow, Complaint, Draft, Verdict, View};
use crate::lake::Cell;
use crate::types::Timestamp;

/// FBA Inventory: a plan with the counts of its day.
pub(crate) static PLANNING: Export = Export {
    id: "amazon-planning",
    kind: ChannelKind::Amazon,
    document: "inventory",
    table: "channel_stock",
    fields: &[
        need("day", &["snapshot-date"], Day),
        need("sku", &["sku"], Identifier),
        need("available", &["available"], Count),
        may("inbound", &["inbound-quantity"], Count),
        may("damaged", &["unfulfillable-quantity"], Count),
        may("reserved", &["reserved-quantity", "Total Reserved Quantity"], Count),
    ],
    others: None,
    never: &[],
    width: None,
    style: STYLE,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(planning)),
};

fn planning(view: &View<'_>, context: &Context) -> Verdict {
    let draft = Draft::new("channel_stock")
        .with(view)
        .set("channel", context.channel_name())
        .set("channel_sku", view.cell("sku").clone())
        .set("location", context.warehouse.as_str())
        .set("reported_at", end_of_day(view, context))
        .set("listed", view.cell("available").clone());
    Verdict::Facts(vec![draft])
}

/// The last second of the record's day where the channel's clocks are.
fn end_of_day(view: &View<'_>, context: &Context) -> Option<Timestamp> {
    let Cell::Day(day) = view.cell("day") else { return None };
    let next = day.plus(1).date().and_hms_opt(0, 0, 0)?.and_local_timezone(context.locale.zone).earliest()?;
    Some(Timestamp::from_seconds(next.timestamp() - 1))
}

/// Tabs or quoted commas, as it was asked for, and the month first in every country.
const LEDGER: Style = Style { quotes: true, ragged: false, usual_dates: Some(DateOrder::MonthDayYear), ..STYLE };

/// The ledger by event. Equal rows are equal events.
pub(crate) static LEDGER_EVENTS: Export = Export {
    id: "amazon-ledger-events",
    kind: ChannelKind::Amazon,
    document: "stock movements",
    table: "stock_movements",
    fields: &[
        need("day", &["Date"], Instant),
        may("at", &["Date and Time"], Instant),
        need("sku", &["MSKU"], Identifier),
        need("kind", &["Event Type", "EventType"], Word(EVENTS)),
        may("reference", &["Reference ID", "ReferenceID"], Identifier),
        need("quantity", &["Quantity"], Count),
        head("centre", &["Fulfillment Center", "FulfillmentCenter"], Identifier),
        need("disposition", &["Disposition"], Prose),
        may("reason", &["Reason"], Prose),
    ],
    others: None,
    never: &[],
    width: None,
    style: LEDGER,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(event)),
};

const EVENTS: &[(&str, &str)] = &[
    ("receipts", "receipt"),
    ("shipments", "shipment"),
    ("customerreturns", "return"),
    ("customer returns", "return"),
    ("adjustments", "adjustment"),
    ("vendorreturns", "adjustment"),
    ("vendor returns", "adjustment"),
    ("whsetransfers", "transfer"),
    ("whse transfers", "transfer"),
];

fn event(view: &View<'_>, context: &Context) -> Verdict {
    let said = |name: &str| view.text(name).unwrap_or_default();
    if !said("disposition").eq_ignore_ascii_case("sellable") {
        return Verdict::Structure("not of sellable units");
    }
    let Some(at) = view.instant("at").or(view.instant("day")) else { return Complaint::missing("day").into() };
    let units = view.count("quantity").unwrap_or_default().to_string();
    let content = [said("kind"), said("reference"), said("centre"), said("reason"), &units];
    let article = format!("{}/{}", context.channel_name(), said("sku"));
    let draft = Draft::new("stock_movements")
        .with(view)
        .set("movement_id", named_by_content(&article, at, &content))
        .set("at", at)
        .set("location", context.warehouse.as_str());
    Verdict::Facts(vec![draft])
}

/// The ledger by day: the balance at the end of each.
pub(crate) static LEDGER_BALANCES: Export = Export {
    id: "amazon-ledger-balances",
    kind: ChannelKind::Amazon,
    document: "stock",
    table: "stock",
    fields: &[
        need("day", &["Date"], Day),
        need("sku", &["MSKU"], Identifier),
        need("disposition", &["Disposition"], Prose),
        need("on_hand", &["Ending Warehouse Balance", "EndingWarehouseBalance"], Count),
        may("inbound", &["In Transit Between Warehouses", "InTransitBetweenWarehouses"], Count),
        may("country", &["Location"], Identifier),
    ],
    others: None,
    never: &[],
    width: None,
    style: LEDGER,
    group: None,
    totals: &[],
    shape: |_| Box::new(ByRow(balance)),
};

fn balance(view: &View<'_>, context: &Context) -> Verdict {
    if !view.text("disposition").unwrap_or_default().eq_ignore_ascii_case("sellable") {
        return Verdict::Structure("not of sellable units");
    }
    let draft =
        Draft::new("stock").with(view).set("location", context.warehouse.as_str()).set("at", end_of_day(view, context));
    Verdict::Facts(vec![draft])
}
